"""What walls show: the same figures as the pages, and nothing about anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import groups, headline, learner_figures, models, overdue_heatmap, review_coverage
from data.models import PERSONAL
from data.rules import Soon
from data.scope import Viewer
from data.wall_boards import Figures, Scope, looker, read
from tests import factories as make
from tests.counting import statements

NOW = datetime(2027, 1, 11, 10, 42, tzinfo=UTC)


def looking(session: Session, organisation_id: int, today: date = make.TODAY) -> Viewer:
    return looker(session, organisation_id, NOW, today, Soon())


def figures(session: Session, department: models.Department, *, at_least: int = 5) -> Figures:
    scope = Scope(department.organisation_id, department.id, at_least)
    return read(session, scope, looking(session, department.organisation_id), NOW)


def organisation_figures(session: Session, organisation_id: int) -> Figures:
    return read(session, Scope(organisation_id, None, 5), looking(session, organisation_id), NOW)


def cohort_of(session: Session, department: models.Department, code: str, size: int) -> models.Cohort:
    cohort = make.cohort(session, department, code=code)
    for _ in range(size):
        make.target(session, make.planned_learner(session, cohort), due_on=date(2027, 1, 4))
    return cohort


# --- the same figures as the pages ---------------------------------------------------------------------


@pytest.fixture
def demo(demo_engine: Engine) -> Iterator[Session]:
    with Session(demo_engine) as session:
        yield session


def test_each_department_of_the_demo_college_has_the_figures_of_its_page(demo: Session) -> None:
    admin = demo.scalars(select(models.Person).where(models.Person.email.startswith("admin@"))).one()
    viewer = make.viewer(demo, admin)
    for department in demo.scalars(select(models.Department)).all():
        of = figures(demo, department)
        within = groups.within_department(demo, viewer, department.id)
        rows = groups.read(demo, viewer, within)
        heatmap = overdue_heatmap.read(demo, viewer, within, rows)
        coverage = review_coverage.read(demo, viewer, within, rows)
        head = headline.read(demo, viewer, within, rows, heatmap)
        assert of.left_out == ()
        assert [row.name for row in of.rows] == [group.name for group in rows]
        assert sum(row.achieved.count for row in of.rows) == head.achieved
        assert {row.id: row.late for row in of.rows} == {row.group.id: row.by_due for row in heatmap.rows}
        assert {row.id: row.weeks for row in of.rows} == {row.group.id: row.shares for row in coverage.rows}
        for row in of.rows:
            page = learner_figures.read(demo, viewer, row.id)
            assert (row.progress.achieved, row.progress.of) == (page.achieved.count, page.achieved.of)
            assert row.progress.overdue == page.overdue.count == sum(row.late)


def test_the_organisations_wall_has_the_sums_of_its_departments(demo: Session) -> None:
    organisation = demo.scalars(select(models.Organisation)).one()
    of = organisation_figures(demo, organisation.id)
    for row in of.rows:
        cohorts = figures(demo, demo.get_one(models.Department, row.id)).rows
        assert row.progress.of == sum(one.progress.of for one in cohorts)
        assert row.progress.overdue == sum(row.late) == sum(sum(one.late) for one in cohorts)
        assert row.achieved.count == sum(one.achieved.count for one in cohorts)
        assert row.achieved.weeks == tuple(
            map(sum, zip(*(one.achieved.weeks for one in cohorts), strict=True))
        )
        assert row.due.this_week == sum(one.due.this_week for one in cohorts)


# --- nobody in them ------------------------------------------------------------------------------------


def test_no_query_of_a_wall_names_a_column_with_personal_data(demo: Session) -> None:
    organisation = demo.scalars(select(models.Organisation)).one()
    departments = demo.scalars(select(models.Department)).all()
    with statements(demo) as ran:
        organisation_figures(demo, organisation.id)
        for department in departments:
            figures(demo, department)
    assert len(ran) > 20
    columns = {f"{table}.{column}" for table, some in PERSONAL.items() for column in some}
    named = {name for statement in ran for name in re.findall(r"\w+\.\w+", statement)}
    assert "cohort.code" in named
    assert named & columns == set()


def test_a_wall_reads_as_many_queries_for_many_cohorts_as_for_few(session: Session) -> None:
    organisation = make.organisation(session)
    few, many = make.department(session, organisation), make.department(session, organisation)
    cohort_of(session, few, "F1", 6)
    for number in range(6):
        cohort_of(session, many, f"M{number}", 6)
    make.complete(session)
    counts = []
    for department in (few, many):
        day = looking(session, organisation.id)
        with statements(session) as ran:
            read(session, Scope(organisation.id, department.id, 5), day, NOW)
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 16


def test_a_cohort_of_four_is_left_out_and_so_is_the_next_that_would_give_it_away(session: Session) -> None:
    department = make.department(session, make.organisation(session))
    for code, size in (("A", 4), ("B", 6), ("C", 7)):
        cohort_of(session, department, code, size)
    make.complete(session)
    of = figures(session, department)
    assert [row.name for row in of.rows] == ["C"]
    assert [name for _, name in of.left_out] == ["A", "B"]
    assert {one.cohort for one in of.milestones} <= {"C"}


def test_the_departments_row_less_its_cohorts_shown_is_about_five_learners_or_more(session: Session) -> None:
    """What two walls, of the organisation and of a department, give away together."""
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    for code, size in (("A", 2), ("B", 5), ("C", 8), ("D", 9)):
        cohort_of(session, department, code, size)
    make.complete(session)
    (whole,) = organisation_figures(session, organisation.id).rows
    shown = figures(session, department).rows
    assert whole.learners - sum(row.learners for row in shown) == 7


def test_a_smallest_group_is_a_setting(session: Session) -> None:
    department = make.department(session, make.organisation(session))
    cohort_of(session, department, "A", 4)
    make.complete(session)
    assert [row.name for row in figures(session, department, at_least=4).rows] == ["A"]


def test_a_week_in_which_few_reviews_were_due_shows_no_share(session: Session) -> None:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    for number in range(8):
        joined = date(2026, 9, 7) if number < 3 else date(2027, 1, 4)
        make.planned_learner(session, cohort, starts_on=joined)
    make.complete(session)
    (row,) = figures(session, department).rows
    assert row.reviewed is None, "three of the eight have a review due by now"


def test_few_who_left_are_not_counted_out(session: Session) -> None:
    department = make.department(session, make.organisation(session))
    cohort = cohort_of(session, department, "A", 8)
    ended = {"ended_on": date(2026, 12, 1), "end_reason": "withdrew"}
    make.planned_learner(session, cohort, **ended)
    make.complete(session)
    assert figures(session, department).rows[0].left is None
    for _ in range(5):
        make.planned_learner(session, cohort, **ended)
    make.complete(session)
    assert figures(session, department).rows[0].left == 6


# --- how old the data is -------------------------------------------------------------------------------


def test_data_is_as_old_as_its_newest_record_counted_in_days_on_which_the_college_was_open(
    session: Session,
) -> None:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = cohort_of(session, department, "A", 6)
    assert figures(session, department).newest is None
    plan = make.planned_learner(session, cohort)
    recorded_at = datetime(2026, 12, 17, 15, tzinfo=UTC)
    make.review(session, plan, date(2026, 12, 17), recorded_at=recorded_at)
    make.complete(session)
    of = figures(session, department)
    assert (of.newest, of.quiet_days) == (recorded_at, 17)
    closed = {"from_on": date(2026, 12, 19), "back_on": date(2027, 1, 4), "name": "Christmas"}
    session.add(models.ClosedPeriod(organisation_id=organisation.id, **closed))
    session.flush()
    assert figures(session, department).quiet_days == 7


def test_another_organisations_records_do_not_make_the_data_newer(session: Session) -> None:
    ours, theirs = make.organisation(session), make.organisation(session)
    department = make.department(session, ours)
    cohort_of(session, department, "A", 6)
    plan = make.planned_learner(session, make.cohort(session, make.department(session, theirs)))
    make.review(session, plan, date(2027, 1, 8))
    make.complete(session)
    assert figures(session, department).newest is None


# --- milestones and weeks ------------------------------------------------------------------------------


def test_milestones_ahead_are_those_of_the_next_four_weeks_the_nearest_first(session: Session) -> None:
    department = make.department(session, make.organisation(session))
    cohort = make.cohort(session, department, code="A")
    plans = [make.planned_learner(session, cohort) for _ in range(6)]
    for days in (30, 14, 0, -1):
        due_on = make.TODAY + timedelta(days=days)
        milestone = make.milestone(session, cohort, due_on=due_on, short_title=f"in {days}")
        for number, plan in enumerate(plans):
            status = "achieved" if number < 2 and days == 14 else "to-come"
            on = date(2027, 1, 8) if status == "achieved" else None
            held: dict[str, Any] = {"milestone_id": milestone.id, "achieved_on": on}
            make.target(session, plan, due_on=due_on, status=status, **held)
    make.complete(session)
    found = figures(session, department).milestones
    assert [(one.title, one.achieved.count, one.achieved.of) for one in found] == [
        ("in 0", 0, 6),
        ("in 14", 2, 6),
    ]


def test_achieved_is_set_against_the_open_weeks_before(session: Session) -> None:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = cohort_of(session, department, "A", 5)
    plan = make.planned_learner(session, cohort)
    for on in (date(2027, 1, 4), date(2027, 1, 11), date(2027, 1, 3), date(2026, 12, 21)):
        make.target(session, plan, status="achieved", achieved_on=on)
    closed = {"from_on": date(2026, 12, 21), "back_on": date(2026, 12, 28), "name": "Christmas"}
    session.add(models.ClosedPeriod(organisation_id=organisation.id, **closed))
    make.complete(session)
    achieved = figures(session, department).rows[0].achieved
    assert achieved.count == 2, "from the Monday before this one to today"
    assert (len(achieved.weeks), sum(achieved.weeks)) == (11, 1), "without the week that was closed"
