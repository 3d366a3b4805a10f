"""The SQL twins of the rules give the same answer as the rules, row by row, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from data import models, rules, state_sql
from data.models import BreakInLearning, Enrolment, Learner, Plan, Target
from tests import factories as make

CLOCK_DAY = date(2027, 1, 11)
SOON_DAYS = 7
BOUNDARIES = [edge + nudge for edge in (-56, -28, -14, -7, 0, 7) for nudge in (-1, 0, 1)]

days = st.one_of(st.sampled_from(BOUNDARIES), st.integers(-100, 100)).map(
    lambda offset: CLOCK_DAY + timedelta(days=offset)
)
batches_of_rows = settings(
    max_examples=12,
    # Each example writes inside a savepoint that is rolled back, so the one session serves them all.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Case:
    """One learner's enrolment with one target."""

    status: rules.TargetStatus
    due_on: date | None
    enrolment: rules.EnrolmentDates
    last_review_on: date | None = None
    next_review_on: date | None = None


@st.composite
def enrolments(draw: st.DrawFn) -> rules.EnrolmentDates:
    starts_on = draw(days)
    ended_on = draw(st.none() | days.filter(lambda day: day >= starts_on)) if draw(st.booleans()) else None
    edges = draw(st.lists(days, max_size=4, unique=True).map(sorted))
    breaks = tuple(
        rules.Span(edges[i], edges[i + 1] if i + 1 < len(edges) else None) for i in range(0, len(edges), 2)
    )
    return rules.EnrolmentDates(starts_on, ended_on, breaks)


cases = st.builds(Case, st.sampled_from(list(rules.TargetStatus)), st.one_of(st.none(), days), enrolments())
batches = st.lists(cases, min_size=1, max_size=80)


@pytest.fixture
def cohort(session: Session) -> models.Cohort:
    college = make.organisation(session)
    made = make.cohort(session, make.department(session, college))
    make.planned_learner(session, made)
    session.flush()
    return made


def store(session: Session, cohort: models.Cohort, some: list[Case]) -> dict[int, Case]:
    """Write a learner, enrolment, plan and target for each case: {id of all four: case}."""
    college = session.scalars(select(models.Organisation.id)).one()
    lane = session.scalars(select(models.Lane.id)).first()
    numbered = dict(zip(count(1001), some, strict=False))
    session.execute(
        insert(Learner),
        [
            {"id": i, "organisation_id": college, "reference": f"T{i}", "given_name": "A", "family_name": "B"}
            for i in numbered
        ],
    )
    session.execute(
        insert(Enrolment),
        [
            {
                "id": i,
                "learner_id": i,
                "cohort_id": cohort.id,
                "starts_on": case.enrolment.starts_on,
                "ended_on": case.enrolment.ended_on,
                "end_reason": case.enrolment.ended_on and models.EndReason.WITHDREW,
                "last_review_on": case.last_review_on,
                "next_review_on": case.next_review_on,
            }
            for i, case in numbered.items()
        ],
    )
    session.execute(insert(Plan), [{"id": i} for i in numbered])
    away = [
        {"enrolment_id": i, "from_on": span.from_on, "back_on": span.back_on}
        for i, case in numbered.items()
        for span in case.enrolment.breaks
    ]
    if away:
        session.execute(insert(BreakInLearning), away)
    session.execute(insert(Target), [_target_values(i, case, lane) for i, case in numbered.items()])
    return numbered


def _target_values(i: int, case: Case, lane: int | None) -> dict[str, object]:
    closed = case.status in rules.CLOSED_STATUSES
    return {
        "id": i,
        "plan_id": i,
        "lane_id": lane,
        "title": "Unit 1",
        "status": case.status,
        "due_on": case.due_on,
        "first_due_on": case.due_on,
        "achieved_on": CLOCK_DAY if case.status == rules.TargetStatus.ACHIEVED else None,
        "closed_on": CLOCK_DAY if closed else None,
        "created_on": CLOCK_DAY,
    }


def state_by_rule(case: Case) -> rules.TargetState | None:
    return rules.target_state(
        case.status,
        case.due_on,
        CLOCK_DAY,
        joined_on=case.enrolment.starts_on,
        ended=case.enrolment.ended(CLOCK_DAY),
        paused=case.enrolment.paused(CLOCK_DAY),
        soon_days=SOON_DAYS,
    )


@batches_of_rows
@given(some=batches)
def test_each_target_has_in_sql_the_state_that_the_rules_give_it(
    session: Session, cohort: models.Cohort, some: list[Case]
) -> None:
    with session.begin_nested() as savepoint:
        stored = store(session, cohort, some)
        rows = session.execute(
            select(
                Target.id,
                state_sql.target_state(CLOCK_DAY, SOON_DAYS),
                state_sql.is_overdue(CLOCK_DAY).label("overdue"),
                state_sql.counts(CLOCK_DAY).label("counts"),
                state_sql.lateness(Target.due_on, CLOCK_DAY),
                state_sql.paused_on(CLOCK_DAY).label("paused"),
            )
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .where(Target.id.in_(stored))
        ).all()
        savepoint.rollback()
    assert len(rows) == len(some)
    for i, state, overdue, counted, late, paused in rows:
        case = stored[i]
        by_rule = state_by_rule(case)
        assert state == by_rule
        # A target without a due date is neither true nor false in SQL, and so in no WHERE.
        assert bool(overdue) is (by_rule == rules.TargetState.OVERDUE)
        assert paused is case.enrolment.paused(CLOCK_DAY)
        assert counted is (
            case.status in rules.OPEN_STATUSES and case.enrolment.enrolled(CLOCK_DAY) and not paused
        )
        assert late == (rules.lateness(case.due_on, CLOCK_DAY) if case.due_on else None)


SIX_WEEKS = rules.ReviewRule(rules.IntervalUnit.WEEKS, 6, closures_stop_clock=True)
THREE_MONTHS = rules.ReviewRule(rules.IntervalUnit.CALENDAR_MONTHS, 3)
review_clocks = st.builds(
    rules.ReviewClock,
    enrolments(),
    st.lists(days.filter(lambda day: day <= CLOCK_DAY), max_size=3).map(tuple),
    st.sampled_from([(SIX_WEEKS,), (THREE_MONTHS,)]),
)


@batches_of_rows
@given(clocks=st.lists(review_clocks, min_size=1, max_size=80))
def test_coverage_today_counts_in_sql_whom_the_review_clocks_count(
    session: Session, cohort: models.Cohort, clocks: list[rules.ReviewClock]
) -> None:
    some = [
        Case(
            rules.TargetStatus.TO_COME,
            None,
            clock.enrolment,
            last_review_on=clock.last_held(CLOCK_DAY),
            next_review_on=clock.next_due(CLOCK_DAY),
        )
        for clock in clocks
    ]
    with session.begin_nested() as savepoint:
        stored = store(session, cohort, some)
        rows = session.execute(
            select(
                Enrolment.id,
                state_sql.required_today(CLOCK_DAY).label("required"),
                state_sql.covered_today(CLOCK_DAY).label("covered"),
            ).where(Enrolment.id.in_(stored))
        ).all()
        savepoint.rollback()
    by_id = dict(zip(stored, clocks, strict=True))
    assert len(rows) == len(clocks)
    for i, required, covered in rows:
        assert bool(required) is by_id[i].required(CLOCK_DAY)
        assert bool(covered) is by_id[i].covered(CLOCK_DAY)


def query_plan(session: Session, statement: Select[int]) -> str:
    """The database's plan for a statement, explained with bound values, as the app runs it."""
    connection = session.connection()
    compiled = statement.compile(connection)
    names = compiled.positiontup
    parameters = tuple(compiled.params[name] for name in names) if names else compiled.params
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {compiled}", parameters)
    return "\n".join(str(tuple(row)) for row in rows)


@pytest.fixture
def small_cohort(session: Session, cohort: models.Cohort) -> models.Cohort:
    """A cohort of one, beside one of 2,000 learners, two targets in five of which are open."""
    statuses = list(rules.TargetStatus)
    some = [
        Case(
            statuses[i % 5 + 1],
            CLOCK_DAY + timedelta(days=i % 300 - 150),
            rules.EnrolmentDates(date(2026, 8, 1)),
        )
        for i in range(2000)
    ]
    store(session, cohort, some)
    small = make.cohort(session, session.get_one(models.Department, cohort.department_id))
    make.target(session, make.planned_learner(session, small))
    session.connection().exec_driver_sql("ANALYZE")
    return small


def test_overdue_targets_of_a_cohort_are_found_by_the_partial_index_by_plan(
    session: Session, small_cohort: models.Cohort
) -> None:
    statement = (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(Enrolment.cohort_id == small_cohort.id, state_sql.is_overdue(CLOCK_DAY))
    )
    assert "ix_target_open_plan_id" in query_plan(session, statement)


def test_the_longest_overdue_targets_are_found_by_the_partial_index_by_date(
    session: Session, small_cohort: models.Cohort
) -> None:
    statement = (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(state_sql.is_overdue(CLOCK_DAY), Target.due_on < CLOCK_DAY - timedelta(days=145))
    )
    assert "ix_target_open_due_on" in query_plan(session, statement)
