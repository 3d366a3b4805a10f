"""The settings and traps of both databases, each shown by making it happen."""

from __future__ import annotations

import sqlite3
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, make_url, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from data import database
from data.database import SQLITE_MENDED, affected_sqlite, make_engine, reading, sqlite_module, writing
from data.models import Department, Learner, Organisation
from tests import factories as make

WRITERS, WRITES_EACH = 16, 15


@pytest.fixture
def college_id(engine: Engine) -> int:
    with writing(engine) as session:
        return make.organisation(session).id


# --- SQLite --------------------------------------------------------------------------------------------


def test_every_connection_has_the_settings_that_sqlite_needs(sqlite_engine: Engine) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with ExitStack() as open_at_once:
        for _ in range(4):
            connection = open_at_once.enter_context(sqlite_engine.connect())
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() >= 10_000


def test_many_that_open_a_new_file_at_once_are_all_let_in(tmp_path: Path) -> None:
    together = Barrier(8)

    def open_one(number: int) -> str:
        engine = make_engine(f"sqlite:///{tmp_path / f'{number // 8}.db'}")
        together.wait()
        with engine.connect() as connection:
            mode: str = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        engine.dispose()
        return mode

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(open_one, range(8 * 60))) == {"wal"}


def test_foreign_keys_are_refused_on_both_databases(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.add(Department(organisation_id=999, name="Nowhere"))


def test_a_session_that_reads_and_then_writes_fails_at_once_where_another_wrote_in_between(
    sqlite_engine: Engine,
) -> None:
    """The trap that `writing` avoids: a deferred transaction can't wait, whatever the timeout."""
    with writing(sqlite_engine) as session:
        make.organisation(session)
    with reading(sqlite_engine) as deferred:
        deferred.scalars(select(Organisation)).one()
        with writing(sqlite_engine) as other:
            other.execute(update(Organisation).values(name="Renamed"))
        with pytest.raises(OperationalError, match="locked"):
            deferred.execute(update(Organisation).values(name="Renamed too"))


def test_reading_goes_on_while_another_writes(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make.organisation(session, "Before")
    with writing(sqlite_engine) as writer:
        writer.execute(update(Organisation).values(name="After"))
        writer.flush()
        with reading(sqlite_engine) as reader:
            assert reader.scalars(select(Organisation.name)).one() == "Before"


def test_what_is_deleted_is_gone_from_the_file(sqlite_engine: Engine) -> None:
    canary = "Canary Quillfeather"
    with writing(sqlite_engine) as session:
        college = make.organisation(session)
        make.learner(session, college, family_name=canary)
    assert canary.encode() in _whole_file(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.delete(session.scalars(select(Learner)).one())
    assert canary.encode() not in _whole_file(sqlite_engine)


def _whole_file(engine: Engine) -> bytes:
    """The bytes of the database with all that was committed moved into it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    assert engine.url.database is not None
    return Path(engine.url.database).read_bytes()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_versions_of_sqlite_that_can_corrupt_a_database_are_known(
    version: tuple[int, ...], affected: bool
) -> None:
    assert affected_sqlite(version) is affected


def test_an_affected_sqlite_is_warned_of_where_it_is_used(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_engine(sqlite_url).dispose()
    assert "WARNING" not in capsys.readouterr().err
    monkeypatch.setattr(database, "SQLITE_MENDED", (99, 0, 0))
    make_engine(sqlite_url).dispose()
    warning = capsys.readouterr().err
    assert f"WARNING: SQLite {sqlite_module().sqlite_version} can corrupt a database" in warning
    assert "pysqlite3" in warning


def test_the_sqlite_in_use_is_a_mended_one_on_linux() -> None:
    version = sqlite_module().sqlite_version_info
    assert version >= SQLITE_MENDED or sys.platform != "linux"


def test_pythons_own_sqlite_serves_where_pysqlite3_has_no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    assert sqlite_module() is sqlite3


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'deep' / 'routebook.db'}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


# --- PostgreSQL ----------------------------------------------------------------------------------------


def test_a_postgres_address_means_psycopg_3(postgres_engine: Engine) -> None:
    assert make_url("postgresql://localhost/college").get_dialect().driver == "psycopg"
    assert postgres_engine.dialect.driver == "psycopg"


def test_a_statement_that_takes_too_long_is_stopped(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT_MS", 100)
    engine = make_engine(postgres_url)
    with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()


def test_statements_have_ten_seconds_and_utc(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "10s"
        assert connection.execute(text("SHOW timezone")).scalar() == "UTC"


def test_a_connection_that_the_server_dropped_is_replaced_unseen(
    postgres_engine: Engine, postgres_server: str
) -> None:
    with postgres_engine.connect() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    admin = make_engine(postgres_server)
    with admin.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    admin.dispose()
    with postgres_engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() != process


# --- both ----------------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    def interrupted_write() -> None:
        with writing(engine) as session:
            make.organisation(session)
            raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError):
        interrupted_write()
    with reading(engine) as session:
        assert session.scalars(select(Organisation)).all() == []


def count_up(url: str, college_id: int, times: int) -> None:
    """Read a number and write it one higher, each time in a transaction of its own."""
    engine = make_engine(url)
    for _ in range(times):
        with writing(engine) as session:
            number = session.scalars(
                select(Organisation.version).where(Organisation.id == college_id).with_for_update()
            ).one()
            session.execute(
                update(Organisation).where(Organisation.id == college_id).values(version=number + 1)
            )
    engine.dispose()


def counted(engine: Engine, college_id: int) -> int:
    with reading(engine) as session:
        return session.get_one(Organisation, college_id).version


def test_sixteen_threads_that_write_at_once_meet_no_error_and_lose_no_update(
    engine: Engine, database_url: str, college_id: int
) -> None:
    together = Barrier(WRITERS)

    def write(_writer: int) -> None:
        together.wait()
        count_up(database_url, college_id, WRITES_EACH)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert counted(engine, college_id) == 1 + WRITERS * WRITES_EACH


def test_sixteen_threads_share_the_connections_of_one_engine(engine: Engine, college_id: int) -> None:
    def write(_writer: int) -> None:
        for _ in range(WRITES_EACH):
            with writing(engine) as session:
                college = session.get_one(Organisation, college_id, with_for_update=True)
                college.version += 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert counted(engine, college_id) == 1 + WRITERS * WRITES_EACH


def test_processes_that_write_at_once_meet_no_error_and_lose_no_update(
    engine: Engine, database_url: str, college_id: int
) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(count_up, [database_url] * 3, [college_id] * 3, [40] * 3))
    assert counted(engine, college_id) == 1 + 3 * 40
