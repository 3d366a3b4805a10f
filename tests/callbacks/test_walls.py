"""A wall's own addresses: what its token opens, what it gets, what it costs, and the pages to keep walls."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import JSON, Engine, make_url, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import app as routebook
from app import create_app
from callbacks import walls as callbacks_walls
from callbacks.wall_cache import REST, Shared
from data import models
from data.database import make_engine, writing
from settings import Settings
from tests import factories as make
from tests.callbacks.test_security_guard import FOR_STRANGERS, addresses
from tests.callbacks.visiting import CALLBACKS, Visitor
from tests.counting import statements
from tests.test_logs import logged

LARGEST = 50_000
TOKEN = "the-token-of-a-test-that-is-longer-than-any-word"


def ask(visitor: Visitor, token: str = TOKEN, **headers: str) -> TestResponse:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.get("/wall/boards", headers={"Authorization": f"Bearer {token}"} | headers)


def forget(server: Flask) -> None:
    """As if the seconds had passed for which the server remembers walls and figures."""
    server.extensions["routebook_walls"] = callbacks_walls.Walls()


@pytest.fixture
def wall(college: Session) -> models.Wall:
    """A wall of a department with one cohort of six and one of four."""
    organisation = make.organisation(college)
    department = make.department(college, organisation)
    department.name = "Engineering"
    for code, size in (("E3-1", 6), ("E3-2", 7), ("E3-3", 8)):
        cohort = make.cohort(college, department, code=code)
        for _ in range(size):
            make.planned_learner(college, cohort)
    made = make.wall(college, organisation, token=TOKEN, department_id=department.id, notice="Open evening")
    make.complete(college)
    return made


# --- what its token opens ------------------------------------------------------------------------------


def test_a_wall_gets_its_page_and_its_boards(visitor: Visitor, wall: models.Wall) -> None:
    page = visitor.get(f"/wall/{TOKEN}")
    assert page.status_code == 200
    assert "dash-renderer" not in page.text
    assert TOKEN not in page.text
    boards = ask(visitor)
    assert boards.status_code == 200
    assert "Engineering: where we are" in boards.json["html"]  # type: ignore[index]
    assert boards.json["html"].count('data-view="wall-board"') == 7  # type: ignore[index]
    for answer in (page, boards):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_a_walls_token_opens_nothing_else(server: Flask, visitor: Visitor, wall: models.Wall) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    visitor.get(f"/wall/{TOKEN}")
    for rule, address in addresses(server):
        if rule in FOR_STRANGERS:
            continue
        for method in ("GET", "POST"):
            stranger = Visitor(server).open(address, method=method, json={} if address == CALLBACKS else None)
            answer = visitor.open(
                address, method=method, headers=headers, json={} if address == CALLBACKS else None
            )
            assert (answer.status_code, answer.headers.get("Location")) == (
                stranger.status_code,
                stranger.headers.get("Location"),
            ), (method, rule)


def test_another_token_opens_nothing(visitor: Visitor, wall: models.Wall) -> None:
    for token in ("", "boards", "nonsense", TOKEN + "x", TOKEN[:-1], "é" * 40, "x" * 5000):
        sent = f"Bearer {token}".encode().decode("latin1")
        answer = visitor.get("/wall/boards", headers={"Authorization": sent})
        assert answer.status_code == 404
        assert "Engineering" not in answer.text


def test_a_page_without_a_wall_says_so_in_large_letters(visitor: Visitor, wall: models.Wall) -> None:
    answer = visitor.get("/wall/nonsense")
    assert answer.status_code == 404
    assert "This address opens no wall" in answer.text
    assert 'data-state="gone"' in answer.text


def test_a_revoked_wall_is_told_so_within_a_refresh(
    server: Flask, settings: Settings, college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    assert ask(visitor).status_code == 200
    wall.revoked_at = wall.made_at
    college.commit()
    assert settings.wall_refresh_seconds > callbacks_walls.KNOWN_SECONDS
    forget(server)
    answer = ask(visitor)
    assert answer.status_code == 410
    assert answer.json["gone"] == "This wall has been switched off"  # type: ignore[index]
    assert visitor.get(f"/wall/{TOKEN}").status_code == 410


def test_an_expired_wall_works_on_its_last_day_and_not_after(
    server: Flask, college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    wall.expires_on = make.TODAY
    college.commit()
    assert ask(visitor).status_code == 200
    wall.expires_on = make.TODAY - timedelta(days=1)
    college.commit()
    forget(server)
    answer = ask(visitor)
    assert answer.status_code == 410
    assert "It worked until Sun 10 Jan 2027" in answer.json["advice"]  # type: ignore[index]


def test_no_log_holds_a_walls_token(server: Flask, visitor: Visitor, wall: models.Wall) -> None:
    with logged() as written:
        visitor.get(f"/wall/{TOKEN}")
        ask(visitor)
        visitor.post(f"/wall/{TOKEN}", headers={"Origin": "https://evil.example"})
        server.extensions["routebook_engine"].dispose()
        visitor.get(f"/wall/{TOKEN}", headers={"Sec-Fetch-Site": "cross-site"})
    assert "refused a request from another site" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_it_is_written_when_a_wall_was_seen_and_from_where(
    college: Session, new_visitor: Callable[..., Visitor], wall: models.Wall
) -> None:
    assert (wall.last_seen_at, wall.last_seen_from) == (None, None)
    ask(new_visitor("192.0.2.44"))
    college.rollback()
    college.refresh(wall)
    assert wall.last_seen_from == "192.0.2.44"
    assert wall.last_seen_at is not None
    assert wall.last_seen_at.date() == make.TODAY
    assert wall.version == 1


# --- what it gets --------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(
    server: Flask, college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    first = ask(visitor)
    again = ask(visitor, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Wall-As-At"]
    assert again.headers["X-Wall-Version"] == first.headers["X-Wall-Version"]
    forget(server)
    assert ask(visitor, If_None_Match=first.headers["ETag"]).status_code == 304
    wall.notice = "Another notice"
    wall.version += 1
    college.commit()
    forget(server)
    changed = ask(visitor, If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200
    assert "Another notice" in changed.text


def test_a_wall_of_some_cohorts_shows_no_other(
    server: Flask, college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    cohort = college.scalars(select(models.Cohort).where(models.Cohort.code == "E3-2")).one()
    college.add(models.WallCohort(wall_id=wall.id, cohort_id=cohort.id))
    college.commit()
    text = ask(visitor).text
    assert "E3-2" in text
    assert "E3-1" not in text
    assert "7 learners in 1 cohort" in text


def test_a_wall_says_which_cohorts_it_leaves_out(
    college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    few = make.cohort(college, college.get_one(models.Department, wall.department_id), code="TINY")
    for _ in range(3):
        make.planned_learner(college, few)
    make.complete(college)
    html = ask(visitor).json["html"]  # type: ignore[index]
    assert "so that nobody can be made out in a small group: E3-1, TINY." in html
    assert "21 learners" not in html
    assert "15 learners in 2 cohorts" in html


def test_old_data_is_said_apart_from_a_silent_screen(
    college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    plan = college.scalars(select(models.Plan)).first()
    assert plan is not None
    make.review(college, plan, make.TODAY - timedelta(days=20))
    make.complete(college)
    answer: Any = ask(visitor).json
    assert answer["newest"] == "Newest record: Tue 22 Dec, 12:00"
    assert answer["old"].startswith("Old data: nothing has been recorded for 14 college days")


def test_the_largest_department_that_fits_is_sent_in_less_than_50_kilobytes(
    college: Session, visitor: Visitor, wall: models.Wall
) -> None:
    department = college.get_one(models.Department, wall.department_id)
    for number in range(40):
        cohort = make.cohort(college, department, code=f"LONG-CODE-{number:02}")
        milestone = make.milestone(college, cohort, due_on=make.TODAY, short_title="A long short title " * 2)
        for _ in range(5):
            plan = make.planned_learner(college, cohort)
            make.target(college, plan, milestone_id=milestone.id, due_on=make.TODAY)
    make.complete(college)
    answer = ask(visitor)
    assert len(answer.data) < LARGEST
    assert "23 cohorts more than fit" in answer.text


# --- every byte ----------------------------------------------------------------------------------------


@pytest.fixture
def demo_server(demo_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on a copy of the demo college with a wall for each cohort, each department and the whole."""
    path = Path(shutil.copy(str(make_url(demo_database).database), tmp_path / "demo.db"))
    engine = make_engine(f"sqlite:///{path}")
    with writing(engine) as session:
        organisation = session.scalars(select(models.Organisation)).one()
        make.wall(session, organisation, token="whole")
        for department in session.scalars(select(models.Department)).all():
            make.wall(session, organisation, token=f"department {department.id}", department_id=department.id)
        for cohort in session.scalars(select(models.Cohort)).all():
            made = make.wall(
                session, organisation, token=f"cohort {cohort.id}", department_id=cohort.department_id
            )
            session.add(models.WallCohort(wall_id=made.id, cohort_id=cohort.id))
    engine.dispose()
    server: Flask = create_app(Settings(database_url=f"sqlite:///{path}")).server
    yield server
    server.extensions["routebook_engine"].dispose()


def personal_texts(session: Session) -> Iterator[tuple[str, str]]:
    """(column, text) of every name, reference, e-mail, note and all else that is personal, once each."""
    for table in models.Base.metadata.sorted_tables:
        for name in sorted(models.PERSONAL.get(table.name, ())):
            column = table.c[name]
            if isinstance(column.type, JSON):
                continue
            for text in session.scalars(select(column).distinct().where(column.is_not(None))):
                yield f"{table.name}.{name}", str(text)


WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SHORTEST_SENTENCE = 3
"""Of free text, fewer words than that are said of anything: a grade, a room, the name of a unit."""
IDENTIFYING = {
    "person": {"name", "email"},
    "learner": {"given_name", "family_name", "reference"},
}
"""Looked for however short."""


def test_no_wall_of_any_cohort_holds_a_name_a_reference_an_address_or_a_note(demo_server: Flask) -> None:
    visitor = Visitor(demo_server)
    engine: Engine = demo_server.extensions["routebook_engine"]
    with Session(engine) as session:
        cohorts = session.scalars(select(models.Cohort.id)).all()
        departments = session.scalars(select(models.Department.id)).all()
        texts = list(personal_texts(session))
        of_the_college = set(session.scalars(select(models.Milestone.short_title)))
    tokens = ["whole", *(f"department {one}" for one in departments), *(f"cohort {one}" for one in cohorts)]
    got = ""
    for token in tokens:
        for answer in (visitor.get(f"/wall/{token}"), ask(visitor, token)):
            assert answer.status_code == 200
            assert len(answer.data) < LARGEST
            got += answer.text + repr(dict(answer.headers))
    assert len(cohorts) > 30
    assert got.count('data-view=\\"wall-board\\"') >= len(tokens) * 7
    words, lines = set(WORD.findall(got)), got.lower()
    leaked = set()
    for column, text in texts:
        its_words, (table, _, name) = WORD.findall(text), column.partition(".")
        short = len(its_words) < SHORTEST_SENTENCE or text in of_the_college
        if short and name not in IDENTIFYING.get(table, ()):
            continue
        if its_words and words.issuperset(its_words) and text.lower() in lines:
            leaked.add((column, text))
    assert leaked == set()
    assert len(texts) > 5_000


# --- what it costs -------------------------------------------------------------------------------------


def test_two_hundred_walls_cost_the_database_what_one_does(
    settings: Settings, college: Session, wall: models.Wall
) -> None:
    organisation = college.get_one(models.Organisation, wall.organisation_id)
    tokens = [TOKEN]
    for number in range(199):
        tokens.append(f"wall {number}")
        make.wall(college, organisation, token=tokens[-1], department_id=wall.department_id)
    college.commit()

    def cost_of(some: list[str]) -> int:
        server = create_app(settings).server
        with Session(server.extensions["routebook_engine"]) as session, statements(session) as ran:
            visitor = Visitor(server)
            for token in some * 2:
                assert ask(visitor, token).status_code == 200
        server.extensions["routebook_engine"].dispose()
        return len(ran)

    assert cost_of(tokens) == cost_of(tokens[:1]) < 30


def test_what_many_ask_for_at_once_is_made_once() -> None:
    made: list[int] = []
    together = Barrier(16)
    shared: Shared[str, int] = Shared(60)

    def make_it() -> int:
        made.append(1)
        return len(made)

    def get() -> int:
        together.wait()
        return shared.get("a", make_it).value

    with ThreadPoolExecutor(16) as pool:
        assert [future.result() for future in [pool.submit(get) for _ in range(16)]] == [1] * 16
    assert made == [1]


class Clock:
    """Tells the time that it is given."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_what_is_remembered_is_made_again_when_it_is_old_and_stays_the_same_object_when_equal() -> None:
    clock = Clock()
    shared: Shared[str, list[int]] = Shared(30, clock=clock)
    first = shared.get("a", lambda: [1])
    clock.seconds = 29
    assert shared.get("a", lambda: [2]) is first
    clock.seconds = 30
    again = shared.get("a", lambda: [1])
    assert again.value is first.value
    assert again.at > first.at


def test_what_takes_long_to_make_is_kept_for_longer() -> None:
    clock = Clock()
    shared: Shared[str, float] = Shared(30, rest=REST, clock=clock)

    def slowly() -> float:
        clock.seconds += 2
        return clock.seconds

    assert shared.get("a", slowly).value == 2
    clock.seconds = 2 + 2 * REST - 1
    assert shared.get("a", slowly).value == 2
    clock.seconds += 1
    assert shared.get("a", slowly).value == 2 + 2 * REST + 2


def test_a_figure_that_could_not_be_made_is_tried_again() -> None:
    def broken() -> int:
        raise RuntimeError

    clock = Clock()
    shared: Shared[str, int] = Shared(30, clock=clock)
    shared.get("a", lambda: 1)
    clock.seconds = 31
    with pytest.raises(RuntimeError):
        shared.get("a", broken)
    assert shared.get("a", lambda: 2).value == 2


# --- the pages to keep walls, and the command line -----------------------------------------------------

FORM = {
    "name": "Staff room",
    "where": "organisation",
    "shows-coverage": "1",
    "seconds-coverage": "20",
    "theme": "dark",
    "orientation": "landscape",
    "scale": "100",
    "shows_from": "07:30",
    "shows_until": "18:00",
    "expires_on": "2027-07-31",
}


def made_on_the_page(someone: Visitor, **values: str) -> str:
    """The address on the sheet of a new wall."""
    sheet = someone.post_form("/admin/walls/new", FORM | values)
    assert sheet.status_code == 200
    assert "data:image/svg+xml" in sheet.text
    found = re.search(r"data-wall-address>http://localhost(/wall/[^<]+)<", sheet.text)
    assert found
    return found[1]


def test_a_wall_is_made_changed_renewed_and_switched_off_on_its_pages(
    server: Flask, college: Session, signed_in: Visitor, visitor: Visitor
) -> None:
    address = made_on_the_page(signed_in)
    assert visitor.get(address).status_code == 200
    listed = signed_in.get("/admin/walls").text
    assert "Staff room" in listed
    assert address.rpartition("/")[2] not in listed
    wall = college.scalars(select(models.Wall)).one()
    page = f"/admin/walls/{wall.id}"
    saved = signed_in.post_form(page, FORM | {"name": "Canteen", "version": "1"})
    assert (saved.status_code, saved.headers["Location"]) == (303, "/admin/walls?done=saved")
    conflict = signed_in.post_form(page, FORM | {"name": "Library", "version": "1"})
    assert conflict.status_code == 409
    assert "it is called “Canteen” now" in conflict.text
    assert 'value="Library"' in conflict.text
    assert signed_in.post_form(page, {}, to=f"{page}/address").status_code == 200
    forget(server)
    assert visitor.get(address).status_code == 404
    assert signed_in.post_form(page, {}, to=f"{page}/revoke").status_code == 303
    college.rollback()
    college.refresh(wall)
    assert wall.revoked_at is not None


def test_what_is_refused_comes_back_with_what_was_typed(signed_in: Visitor) -> None:
    answer = signed_in.post_form("/admin/walls/new", FORM | {"expires_on": "2020-01-01", "name": "<Hall>"})
    assert answer.status_code == 422
    assert "Please choose a day that hasn't passed." in unescape(answer.text)
    assert 'value="&lt;Hall&gt;"' in answer.text


def test_who_keeps_no_walls_finds_no_page_for_them(
    server: Flask, college: Session, person: models.Person, password_hash: str
) -> None:
    organisation = college.get_one(models.Organisation, person.organisation_id)
    wall = make.wall(college, organisation)
    make.person(college, organisation, "tutor", email="tutor@college.example", password_hash=password_hash)
    college.commit()
    someone = Visitor(server)
    someone.sign_in("tutor@college.example")
    token = someone.csrf_header()["X-CSRFToken"]
    for address in ("/admin/walls", "/admin/walls/new", f"/admin/walls/{wall.id}"):
        assert someone.get(address).status_code == 404
    for address in ("/admin/walls/new", *(f"/admin/walls/{wall.id}/{act}" for act in ("address", "revoke"))):
        assert someone.post(address, data=FORM | {"csrf_token": token}).status_code == 404
        assert someone.post(address, data=FORM).status_code == 403
    college.rollback()
    college.refresh(wall)
    assert (wall.version, wall.revoked_at) == (1, None)


def test_the_command_line_makes_lists_and_revokes_walls(
    college: Session, person: models.Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    department = make.department(college, college.get_one(models.Organisation, person.organisation_id))
    make.cohort(college, department, code="E3-1")
    college.commit()
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("ROUTEBOOK_TODAY", make.TODAY.isoformat())
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(routebook.cli, ["wall", *arguments])
        return result.exit_code, result.output

    status, said = run(
        "add", "Hall", "--department", department.name, "--cohort", "E3-1", "--boards", "overdue:9"
    )
    assert status == 0
    assert re.search(r"http://127\.0\.0\.1:8050/wall/[\w-]{43}\n", said)
    wall = college.scalars(select(models.Wall)).one()
    assert wall.department_id == department.id
    assert run("list") == (0, f"{wall.id}  Hall: E3-1; works until 2028-01-11; never seen\nWalls: 1.\n")
    assert run("add", "Hall", "--department", "Nowhere")[0] == 1
    assert run("add", "Hall", "--boards", "league-table:9")[0] == 1
    assert run("add")[0] == 2
    assert run("revoke", "999") == (1, "Error: There is no such thing in this database.\n")
    assert run("revoke", str(wall.id)) == (0, "“Hall” is switched off. Walls revoked: 1.\n")
    assert "revoked 2027-01-11" in run("list")[1]
