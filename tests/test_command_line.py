"""The command line: what goes wrong is one sentence and an exit code, never a traceback."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app as routebook
from data.migrate import HEAD

NOTHING_LISTENS = "postgresql://somebody:a-password@127.0.0.1:1/routebook"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env={"ROUTEBOOK_TODAY": "2027-01-11", **environment}).invoke(routebook.cli, arguments)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('command') / 'routebook.db'}"


def no_database(tmp_path: Path) -> str:
    (tmp_path / "letter.txt").write_text(
        "Dear college, this is no database, and it is long enough to be one."
    )
    return f"sqlite:///{tmp_path / 'letter.txt'}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("routebook.db", "DATABASE_URL is no address of SQLite or PostgreSQL."),
        ("mysql://somebody@host/routebook", "DATABASE_URL is no address of SQLite or PostgreSQL."),
        (NOTHING_LISTENS, "Connection refused. Check DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_sentence_without_its_password(url: str, said: str) -> None:
    result = run("migrate", DATABASE_URL=url)
    assert result.exit_code == 1
    assert said in result.output
    assert "a-password" not in result.output


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    result = run("migrate", DATABASE_URL=no_database(tmp_path))
    assert (result.exit_code, "file is not a database" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ROUTEBOOK_TODAY", "yesterday"), ("PORT", "many"), ("ROUTEBOOK_TRUSTED_PROXIES", "9")],
)
def test_a_setting_that_cannot_be_is_named_as_it_stands_in_the_environment(
    database: str, name: str, value: str
) -> None:
    result = run("migrate", DATABASE_URL=database, **{name: value})
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: ROUTEBOOK_{name.removeprefix('ROUTEBOOK_')}: ")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("import", "roster", "{folder}"), 1, "is a folder. Name the file itself."),
        (("import", "roster", "{folder}/missing.csv"), 2, "does not exist"),
        (("import", "roster", "{folder}/empty.csv"), 1, "empty.csv"),
        (("import", "ilr", "{folder}/empty.csv", "--department", "Engineering"), 1, "empty.csv"),
        (("import", "ilr", "{folder}/empty.csv"), 2, "Missing option '--department'"),
        (
            ("import", "ilr", "{folder}/empty.csv", "--department", "E", "--mapping", "{folder}/empty.csv"),
            2,
            "No such option",
        ),
        (("import", "oulad", "{folder}", "--department", "Engineering"), 1, "courses.csv"),
        (("template", "letters"), 2, "'letters' is not one of"),
        (("template-from", "{folder}/empty.csv", "--department", "Engineering"), 1, "empty.csv"),
        (("user", "add", "nobody", "Nobody", "--role", "tutor"), 1, "isn't an e-mail address"),
        (("user", "add", "a@college.example", "A", "--role", "king"), 1, "There is no role “king”"),
        (("demo", "--learners", "0"), 2, "0 is not in the range"),
    ],
)
def test_refused_input_exits_1_and_wrong_usage_2_each_with_a_sentence(
    tmp_path: Path, database: str, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    (tmp_path / "empty.csv").touch()
    result = run(*(each.format(folder=tmp_path) for each in arguments), DATABASE_URL=database)
    assert result.exit_code == exit_code
    assert said in result.output


@pytest.mark.parametrize(
    ("named", "begins"),
    [
        ({}, "http://127.0.0.1:8050/"),
        ({"PORT": "8060"}, "http://127.0.0.1:8060/"),
        ({"ROUTEBOOK_ADDRESS": "https://routebook.college.example"}, "https://routebook.college.example/"),
    ],
)
def test_a_new_person_gets_a_link_to_where_the_college_reaches_routebook(
    database: str, monkeypatch: pytest.MonkeyPatch, named: dict[str, str], begins: str
) -> None:
    for name in ("HOST", "PORT", "ROUTEBOOK_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    someone = ("user", "add", "ada@college.example", "Ada", "--role", "administrator")
    result = run(*someone, DATABASE_URL=database, **named)
    link = rf"  {re.escape(begins)}choose-password/[\w-]{{43}}\n"
    assert re.search(link, result.output)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Links made: 1.")


def test_migrating_ends_in_the_number_of_migrations_applied(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    first, second = run("migrate", DATABASE_URL=url), run("migrate", DATABASE_URL=url)
    assert (first.exit_code, first.output) == (0, f"Migrations applied: {int(HEAD)}.\n")
    assert (second.exit_code, second.output) == (0, "Migrations applied: 0.\n")


def test_an_address_with_a_path_is_refused(database: str) -> None:
    result = run("migrate", DATABASE_URL=database, ROUTEBOOK_ADDRESS="routebook.college.example/x")
    assert (result.exit_code, "ROUTEBOOK_ADDRESS" in result.output) == (1, True)


def test_every_command_has_help() -> None:
    for name, command in routebook.cli.commands.items():
        for words in [(name,), *((name, part) for part in getattr(command, "commands", {}))]:
            result = run(*words, "--help")
            assert (result.exit_code, result.output.startswith("Usage:")) == (0, True), words


def test_help_says_what_each_import_takes() -> None:
    assert "FOLDER" in run("import", "oulad", "--help").output.splitlines()[0]
    assert "FILE..." in run("import", "ilr", "--help").output.splitlines()[0]


def test_the_reloading_server_watches_templates_and_styles_too() -> None:
    watched = {Path(name).name for name in routebook.files_of_pages()}
    assert {"route_map.html", "theme.css", "grid.js"} <= watched
