"""Building the demo and the benchmark college: repeatable, all or nothing, on any day, on both databases."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, event, func, select
from sqlalchemy.orm import Session

from data import demo, models, rules
from data.database import make_engine
from data.demo.academic_year import OpenDays, closures, easter_sunday
from data.demo.layout import benchmark_layout
from data.errors import Refused
from data.models import Base
from tests.factories import TODAY

DOMAIN = "@demo.routebook.example"
DEMO = Path(demo.__file__).parent
SALTED = {"person": {"password_hash"}}


def all_rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but for what is salted, as the database gives them in the order of ids."""
    with engine.connect() as connection:
        return {
            table.name: list(
                map(tuple, connection.execute(select(*_unsalted(table)).order_by(*table.primary_key)))
            )
            for table in Base.metadata.sorted_tables
        }


def _unsalted(table: Table) -> list[Any]:
    return [column for column in table.columns if column.name not in SALTED.get(table.name, set())]


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Engine]:
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


def built(path: Path, empty: Path, **arguments: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a college built into a new database file."""
    path.write_bytes(empty.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    demo.build(engine, **arguments)
    rows = all_rows(engine)
    engine.dispose()
    return rows


def count(session: Session, table: type[Base], *where: Any) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*where)).one()


def test_the_same_seed_and_day_make_the_same_rows_and_another_seed_others(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    once = built(tmp_path / "1.db", migrated_sqlite, today=TODAY, learners=60)
    again = built(tmp_path / "2.db", migrated_sqlite, today=TODAY, learners=60)
    other = built(tmp_path / "3.db", migrated_sqlite, today=TODAY, learners=60, seed=2)
    assert once == again
    for table in ("learner", "target", "review", "attendance", "change"):
        assert once[table] != other[table]


def test_the_counts_are_those_of_the_database(small: Engine) -> None:
    counts = demo.build(small, today=TODAY, learners=70)
    with Session(small) as session:
        assert counts == demo.DemoCounts(
            departments=count(session, models.Department),
            cohorts=count(session, models.Cohort),
            learners=count(session, models.Learner),
            targets=count(session, models.Target),
            reviews=count(session, models.Review),
        )
        assert counts.learners == 70


def test_a_database_with_an_organisation_is_refused_and_left_alone(small: Engine) -> None:
    demo.build(small, today=TODAY, learners=40)
    before = all_rows(small)
    with pytest.raises(Refused, match="empty"):
        demo.build(small, today=TODAY, learners=40)
    assert all_rows(small) == before


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 8, 15),
        date(2026, 9, 7),
        date(2026, 10, 1),
        date(2026, 11, 2),
        date(2026, 12, 30),
        date(2027, 2, 28),
        date(2027, 4, 1),
        date(2027, 6, 18),
        date(2027, 7, 20),
        date(2028, 2, 29),
    ],
)
def test_the_college_is_alive_on_any_day(small: Engine, today: date) -> None:
    demo.build(small, today=today, learners=200)
    with Session(small) as session:
        since = today - timedelta(days=14)
        assert count(session, models.Target, models.Target.achieved_on >= since) > 5
        at = datetime.combine(since, datetime.min.time(), UTC)
        assert count(session, models.Change, models.Change.at >= at) > 20
        at = datetime.combine(today, datetime.min.time(), UTC)
        assert count(session, models.Change, models.Change.at >= at) == 0
        assert count(session, models.Review, models.Review.held_on >= today) == 0
        under_way = count(
            session,
            models.Enrolment,
            models.Enrolment.starts_on < since,
            models.Enrolment.planned_end_on > today,
            models.Enrolment.ended_on.is_(None),
        )
        assert under_way > 0.85 * 200
        opened = count(session, models.Target, models.Target.status.in_(rules.OPEN_STATUSES))
        achieved = count(session, models.Target, models.Target.status == "achieved")
        assert min(opened, achieved) > 400


def test_rows_can_be_added_after_those_of_the_demo(engine: Engine) -> None:
    demo.build(engine, today=TODAY, learners=60)
    with Session(engine.execution_options(writes=True)) as session:
        assert count(session, models.Learner) == 60
        assert count(session, models.CoverageSpan) > 10
        session.add(models.Person(email="new" + DOMAIN, name="New", organisation_id=1))
        session.add(models.Department(organisation_id=1, name="New"))
        session.commit()
        assert count(session, models.Department) == 5


def test_the_demo_says_in_which_order_it_reads(postgres_url: str) -> None:
    """PostgreSQL gives rows as it suits it: mostly as they were written, and now and then not."""
    engine = make_engine(postgres_url)
    unordered = set()

    @event.listens_for(engine, "after_cursor_execute")
    def read(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT") and cursor.rowcount > 1 and "ORDER BY" not in statement:
            code = next(
                file
                for frame in reversed(traceback.extract_stack())
                if DEMO.parent in (file := Path(frame.filename)).parents
            )
            if DEMO in code.parents:
                unordered.add(f"{code.name}: {statement}")

    demo.build(engine, today=TODAY, learners=60)
    engine.dispose()
    assert unordered == set()


def test_postgresql_and_sqlite_hold_the_same_rows(
    postgres_url: str, tmp_path: Path, migrated_sqlite: Path
) -> None:
    engine = make_engine(postgres_url)
    demo.build(engine, today=TODAY, learners=60)
    on_postgres = all_rows(engine)
    engine.dispose()
    assert on_postgres == built(tmp_path / "same.db", migrated_sqlite, today=TODAY, learners=60)


def test_a_thousand_learners_make_the_benchmark_college(small: Engine) -> None:
    counts = demo.build(small, today=TODAY, learners=1000)
    assert (counts.departments, counts.cohorts, counts.learners) == (1, 41, 1350)
    with Session(small) as session:
        sizes = Counter(
            session.scalars(
                select(func.count()).select_from(models.Enrolment).group_by(models.Enrolment.cohort_id)
            ).all()
        )
        assert sizes == {25: 40, 350: 1}
        large = session.scalars(select(models.Cohort.id).where(models.Cohort.code == "EY1")).one()
        assert count(session, models.Milestone, models.Milestone.cohort_id == large) == 130
        in_others = models.Enrolment.cohort_id != large
        targets = session.scalars(
            select(func.count())
            .select_from(models.Target)
            .join(models.Enrolment, models.Enrolment.id == models.Target.plan_id)
            .where(in_others)
        ).one()
        reviews = session.scalars(
            select(func.count())
            .select_from(models.Review)
            .join(models.Enrolment, models.Enrolment.id == models.Review.plan_id)
            .where(in_others, models.Enrolment.ended_on.is_(None))
        ).one()
        assert 14.5 < targets / 1000 < 15.5
        enrolled = count(session, models.Enrolment, in_others, models.Enrolment.ended_on.is_(None))
        assert 5.5 < reviews / enrolled < 6.5
        for account in ("admin", "head", "tutor", "learner"):
            assert count(session, models.Person, models.Person.email == account + DOMAIN) == 1


def test_a_hundred_thousand_learners_are_laid_out_in_a_hundred_departments() -> None:
    layout = benchmark_layout(OpenDays(closures(2023, 2030)), TODAY, 100_000)
    assert len({department.name for department in layout}) == len(layout) == 100
    assert sum(cohort.size for department in layout for cohort in department.cohorts) == 100_350


# --- the academic year ---------------------------------------------------------------------------------


def test_closed_periods_are_those_of_a_real_year() -> None:
    assert [(closure.name, closure.from_on, closure.back_on) for closure in closures(2026, 2026)] == [
        ("October half-term", date(2026, 10, 26), date(2026, 11, 2)),
        ("Christmas", date(2026, 12, 21), date(2027, 1, 4)),
        ("February half-term", date(2027, 2, 15), date(2027, 2, 22)),
        ("Easter", date(2027, 3, 22), date(2027, 4, 5)),
        ("May half-term", date(2027, 5, 31), date(2027, 6, 7)),
        ("Summer", date(2027, 7, 12), date(2027, 9, 6)),
    ]


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_falls_on_its_sunday(year: int, sunday: date) -> None:
    assert easter_sunday(year) == sunday
