"""The door to the database: engines with the settings that each one needs, and sessions."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from data.errors import Refused

SQLITE_MENDED = (3, 51, 3)
SQLITE_BUSY_MS = 15_000
OPENED_AT_ONCE = 50
"""How often a connection gives way to others that switch a new SQLite file to WAL."""
STATEMENT_TIMEOUT_MS = 10_000
DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


def sqlite_module() -> Any:
    """pysqlite3, which bundles a current SQLite, or Python's own where there is no wheel of it."""
    try:
        import pysqlite3.dbapi2
    except ImportError:
        return sqlite3
    return pysqlite3.dbapi2


def affected_sqlite(version_info: tuple[int, ...]) -> bool:
    """Whether a SQLite version can corrupt a WAL database when the log is reset (3.7.0 to 3.51.2)."""
    return (3, 7, 0) <= version_info < SQLITE_MENDED


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for SQLite (WAL, foreign keys, immediate transactions) or PostgreSQL (psycopg 3).

    Raises Refused for an address of anything else.
    """
    parsed = _known_database(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=pool_size,
            connect_args={"options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"},
        )
    module = sqlite_module()
    if affected_sqlite(module.sqlite_version_info):
        print(
            f"WARNING: SQLite {module.sqlite_version} can corrupt a database under concurrent writes"
            " (WAL reset, mended in 3.51.3). Install pysqlite3 0.6.1 or use PostgreSQL.",
            file=sys.stderr,
        )
    database = parsed.database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, module=module, connect_args={"timeout": SQLITE_BUSY_MS / 1000})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _known_database(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        raise Refused(
            "DATABASE_URL is no address of SQLite or PostgreSQL. It looks like sqlite:////path/routebook.db"
            " or postgresql://user:password@host/routebook."
        )
    return parsed


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Of several who open a new file at once, SQLite lets one switch it to WAL and refuses the others without
    their waiting time; they wait for that one to be done, and find it switched."""
    for _ in range(OPENED_AT_ONCE):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite_module().OperationalError:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for a request that only reads."""
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction is one write: immediate on SQLite, committed at the end or not at all."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session
