"""Brings a database to the newest version of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.orm import Session

from data.college import add_roles
from data.department_figures import rebuild
from data.models import Department

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0019"
"""The newest revision; a test holds it equal to the newest file, so that a start needn't load Alembic."""
MIGRATION_LOCK = 20_260_907
"""Any number of our own: the advisory lock under which PostgreSQL lets one process migrate at a time."""


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def migrate(engine: Engine) -> int:
    """Apply what is missing; how many migrations that were. Roles that the product brings are added, and each
    department's figures counted anew.

    One transaction: all of it or nothing. Of several processes that start at once, one migrates and the
    others wait for it.
    """
    if is_current(engine):
        return 0
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine.execution_options(writes=True).begin() as connection:
        _wait_for_other_processes(connection)
        config = alembic_config(connection)
        before = MigrationContext.configure(connection).get_current_revision()
        missing = ScriptDirectory.from_config(config).iterate_revisions("head", before or "base")
        applied = sum(1 for _ in missing)
        command.upgrade(config, "head")
        with Session(connection) as session:
            add_roles(session)
            # A figure that is new is counted from the facts.
            rebuild(session, session.scalars(select(Department.id)))
            session.flush()
        # New tables and indexes have no statistics, without which the planner guesses.
        connection.execute(text("ANALYZE"))
    return applied


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for our migrations on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _wait_for_other_processes(connection: Connection) -> None:
    """Migrations run one at a time; SQLite's immediate transaction waits by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
