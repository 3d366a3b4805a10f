"""Migrations give the tables that the models describe, on both databases, also when two start at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, func, inspect, make_url, select, text
from sqlalchemy.orm import Session

from data import department_figures
from data.college import add_organisation
from data.counted_days import Figure
from data.database import make_engine
from data.migrate import HEAD, alembic_config, is_current, migrate
from data.models import Base, Prompt, Role
from tests import factories as make

COUNTED_BY_SQLITE = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'role'"
COUNTED_BY_POSTGRESQL = "SELECT reltuples::int FROM pg_class WHERE oid = 'role'::regclass"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"routebook_{uuid4().hex}"
    admin = make_engine(server)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def test_a_new_database_is_migrated_once_and_then_is_current(empty_engine: Engine) -> None:
    assert not is_current(empty_engine)
    assert migrate(empty_engine)
    assert is_current(empty_engine)
    assert not migrate(empty_engine)


def test_after_a_migration_the_planner_knows_how_many_rows_there_are(empty_engine: Engine) -> None:
    known = {
        "sqlite": "SELECT stat FROM sqlite_stat1 WHERE tbl = 'role'",
        "postgresql": COUNTED_BY_POSTGRESQL,
    }
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        counted = connection.execute(text(known[empty_engine.dialect.name])).scalar_one()
    assert str(counted).split()[0] == "7"


def test_a_migrated_database_knows_the_roles(engine: Engine) -> None:
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Role)) == 7


def test_the_newest_revision_is_the_one_that_a_start_looks_for(engine: Engine) -> None:
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_current_head() == HEAD


def test_the_migrations_give_what_the_models_describe(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_give_the_same_constraints_and_indexes_as_the_models(empty_engine: Engine) -> None:
    migrate(empty_engine)
    migrated = {table: constraints(inspect(empty_engine), table) for table in Base.metadata.tables}
    with empty_engine.execution_options(writes=True).begin() as connection:
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
    described = {table: constraints(inspect(empty_engine), table) for table in Base.metadata.tables}
    assert migrated == described


def constraints(found: Inspector, table: str) -> dict[str, list[str]]:
    """All that a database holds a table to, in comparable words."""
    return {
        "columns": [f"{c['name']} {c['type']} {c['nullable']}" for c in found.get_columns(table)],
        "checks": sorted(f"{c['name']}: {c['sqltext']}" for c in found.get_check_constraints(table)),
        "uniques": sorted(f"{c['name']}: {c['column_names']}" for c in found.get_unique_constraints(table)),
        "foreign keys": sorted(
            f"{c['name']}: {c['constrained_columns']} {c['referred_table']} {c['referred_columns']}"
            for c in found.get_foreign_keys(table)
        ),
        "indexes": sorted(
            f"{c['name']}: {c['column_names']} {c['unique']} {where(c.get('dialect_options', {}))}"
            for c in found.get_indexes(table)
        ),
    }


def where(options: dict[str, object]) -> str:
    """The condition of a partial index, None for one of all rows."""
    return str(options.get("sqlite_where", options.get("postgresql_where")))


def test_the_partial_indexes_of_open_targets_hold_only_open_targets(engine: Engine) -> None:
    indexes = {index["name"]: index for index in inspect(engine).get_indexes("target")}
    for name in ("ix_target_open_plan_id", "ix_target_open_due_on"):
        condition = where(indexes[name].get("dialect_options", {}))
        assert "'to-come'" in condition
        assert "'in-progress'" in condition
        assert "'achieved'" not in condition


def test_a_migration_can_be_taken_back_and_made_again(empty_engine: Engine) -> None:
    migrate(empty_engine)
    with empty_engine.execution_options(writes=True).begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(empty_engine).get_table_names() == ["alembic_version"]
    assert migrate(empty_engine)
    assert set(inspect(empty_engine).get_table_names()) == {"alembic_version", *Base.metadata.tables}


def test_a_college_that_is_there_already_gets_the_prompts_that_a_new_one_begins_with(
    empty_engine: Engine,
) -> None:
    migrate(empty_engine)

    def asked() -> list[tuple[str, int | None]]:
        with Session(empty_engine) as session:
            rows = session.execute(select(Prompt.asks, Prompt.kind_id).order_by(Prompt.asks))
            return [(asks, kind_id) for asks, kind_id in rows]

    with Session(empty_engine.execution_options(writes=True)) as session:
        add_organisation(session, "There already")
        session.commit()
    begun_with = asked()
    with empty_engine.execution_options(writes=True).begin() as connection:
        command.downgrade(alembic_config(connection), "0016")
        command.upgrade(alembic_config(connection), "head")
    assert asked() == begun_with != []


def test_figures_that_a_migration_adds_are_counted_for_a_college_that_is_there_already(
    empty_engine: Engine,
) -> None:
    migrate(empty_engine)
    with Session(empty_engine.execution_options(writes=True)) as session:
        department = make.department(session, make.organisation(session))
        plan = make.planned_learner(session, make.cohort(session, department))
        make.target(session, plan, due_on=make.TODAY)
        make.complete(session)
        session.commit()
        department_id = department.id

    def open_targets() -> int:
        with Session(empty_engine) as session:
            figures = department_figures.read(session, [department_id], [make.TODAY])
            return figures[department_id, make.TODAY][Figure.OPEN]

    assert open_targets() == 1
    with empty_engine.execution_options(writes=True).begin() as connection:
        command.downgrade(alembic_config(connection), "0018")
    migrate(empty_engine)
    assert open_targets() == 1


def test_a_migration_that_fails_leaves_nothing_behind(
    empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr("data.migrate.add_roles", fail)
        with pytest.raises(RuntimeError):
            migrate(empty_engine)
    assert inspect(empty_engine).get_table_names() == []
    assert migrate(empty_engine)


def migrate_at(url: str) -> int:
    engine = make_engine(url)
    try:
        return migrate(engine)
    finally:
        engine.dispose()


def test_threads_that_migrate_at_once_migrate_once(empty_url: str) -> None:
    together = Barrier(6)

    def start(url: str) -> None:
        together.wait()
        migrate_at(url)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(start, [empty_url] * 6))
    assert_migrated(empty_url)


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(migrate_at, [empty_url] * 3))
    assert_migrated(empty_url)


def assert_migrated(url: str) -> None:
    engine = make_engine(url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Role)) == 7
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
    engine.dispose()
