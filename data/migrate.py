"""Brings a database to the newest version of the tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from data.college import add_roles
from data.database import writing

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0001"
"""The newest revision; a test holds it equal to the newest file, so that a start needn't load Alembic."""


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def migrate(engine: Engine) -> bool:
    """Apply what is missing; True where something was. Roles that the product brings are added too."""
    if is_current(engine):
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with writing(engine) as session:
        add_roles(session)
    return True
