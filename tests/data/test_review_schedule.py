"""What is stored of reviews stays in step with what the rules say, after any writes, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from data import models, rules
from data.database import writing
from data.models import CoverageSpan, Enrolment
from data.review_schedule import END_OF_TIME, reschedule
from tests import factories as make

START = date(2026, 9, 7)
NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
SIX_WEEKS = rules.ReviewRule(rules.IntervalUnit.WEEKS, 6, closures_stop_clock=True, from_on=date(2000, 1, 1))


@pytest.fixture
def cohort(session: Session) -> models.Cohort:
    return make.cohort(session, make.department(session, make.organisation(session)), starts_on=START)


def stored(session: Session, plan: models.Plan) -> tuple[date | None, date | None]:
    """(last review, next review) as written down."""
    session.flush()
    last_on, next_on = session.execute(
        select(Enrolment.last_review_on, Enrolment.next_review_on).where(Enrolment.id == plan.id)
    ).one()
    return last_on, next_on


def stored_coverage(session: Session, cohort_id: int, sunday: date) -> tuple[int, int]:
    """(covered, required) of a cohort on a Sunday, as written down."""
    found = session.execute(
        select(CoverageSpan.covered, CoverageSpan.required).where(
            CoverageSpan.cohort_id == cohort_id,
            CoverageSpan.from_sunday <= sunday,
            CoverageSpan.until_sunday >= sunday,
        )
    ).one_or_none()
    return (found.covered, found.required) if found else (0, 0)


@dataclass
class Facts:
    """What was written for one learner, kept beside the database to compare with."""

    plan: models.Plan
    held: list[date] = field(default_factory=list)
    breaks: list[models.BreakInLearning] = field(default_factory=list)
    own_rule: rules.ReviewRule | None = None
    ended_on: date | None = None


@dataclass
class College:
    """Two learners of a cohort and the facts that decide their reviews."""

    session: Session
    cohort: models.Cohort
    learners: list[Facts]
    versions: list[rules.ReviewRule] = field(default_factory=lambda: [SIX_WEEKS])
    closures: list[rules.Span] = field(default_factory=list)

    def hold_review(self, who: int, day: date) -> None:
        make.review(self.session, self.learners[who].plan, day)
        self.learners[who].held.append(day)

    def hold_review_that_does_not_count(self, who: int, day: date) -> None:
        make.review(self.session, self.learners[who].plan, day, kind="support")

    def begin_break(self, who: int, day: date) -> None:
        breaks = self.learners[who].breaks
        if any(away.back_on is None or day < away.back_on for away in breaks):
            return
        away = models.BreakInLearning(enrolment_id=self.learners[who].plan.id, from_on=day)
        self.session.add(away)
        breaks.append(away)

    def come_back(self, who: int, day: date) -> None:
        for away in self.learners[who].breaks:
            if away.back_on is None and away.from_on < day:
                away.back_on = day

    def leave(self, who: int, day: date) -> None:
        facts = self.learners[who]
        enrolment = self.session.get_one(Enrolment, facts.plan.id)
        enrolment.ended_on = facts.ended_on = day
        enrolment.end_reason = models.EndReason.WITHDREW

    def change_the_rule(self, who: int, day: date) -> None:
        if any(version.from_on == day for version in self.versions):
            return
        version = rules.ReviewRule(rules.IntervalUnit.CALENDAR_MONTHS, who + 2, from_on=day)
        kind = self.session.scalars(
            select(models.ReviewKind.id).where(models.ReviewKind.key == "progress")
        ).one()
        self.session.add(
            models.ReviewRuleVersion(kind_id=kind, from_on=day, unit=version.unit, amount=version.amount)
        )
        self.versions.append(version)

    def agree_own_rule(self, who: int, day: date) -> None:
        facts = self.learners[who]
        facts.own_rule = rules.ReviewRule(rules.IntervalUnit.WEEKS, 3, True, day)
        facts.plan.own_rule_unit = rules.IntervalUnit.WEEKS
        facts.plan.own_rule_amount, facts.plan.own_rule_from_on = 3, day
        facts.plan.own_rule_reason = "Asked for by the learner"

    def close(self, who: int, day: date) -> None:
        closure = rules.Span(day, day + timedelta(days=7 * (who + 1)))
        organisation = self.session.scalars(select(models.Organisation.id)).one()
        self.session.add(
            models.ClosedPeriod(
                organisation_id=organisation, name="Closed", from_on=day, back_on=closure.back_on
            )
        )
        self.closures.append(closure)

    def clock(self, facts: Facts) -> rules.ReviewClock:
        own = facts.own_rule
        in_force = [version for version in self.versions if own is None or version.from_on < own.from_on]
        return rules.ReviewClock(
            rules.EnrolmentDates(
                START,
                facts.ended_on,
                tuple(rules.Span(away.from_on, away.back_on) for away in facts.breaks),
            ),
            tuple(facts.held),
            (*in_force, *([own] if own else [])),
            tuple(self.closures),
        )


def found_college(session: Session) -> College:
    cohort = make.cohort(session, make.department(session, make.organisation(session)), starts_on=START)
    session.execute(update(models.ReviewKind).values(counts=models.ReviewKind.key != "support"))
    return College(session, cohort, [Facts(make.planned_learner(session, cohort)) for _ in range(2)])


Write = Callable[[College, int, date], None]
WRITES: tuple[Write, ...] = (
    College.hold_review,
    College.hold_review_that_does_not_count,
    College.begin_break,
    College.come_back,
    College.leave,
    College.change_the_rule,
    College.agree_own_rule,
    College.close,
)
days = st.integers(0, 500).map(lambda passed: START + timedelta(days=passed))
writes = st.tuples(st.sampled_from(WRITES), st.integers(0, 1), days)


@settings(
    max_examples=40,
    # Each example writes inside a savepoint that is rolled back, so the one session serves them all.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(some=st.lists(writes, min_size=1, max_size=8))
def test_what_is_stored_is_what_the_clocks_say_after_any_writes(
    session: Session, some: list[tuple[Write, int, date]]
) -> None:
    with session.begin_nested() as savepoint:
        college = found_college(session)
        for write, who, day in some:
            write(college, who, day)
            reschedule(session, [college.cohort.id])
        clocks = [college.clock(facts) for facts in college.learners]
        for facts, clock in zip(college.learners, clocks, strict=True):
            last_on = clock.last_held(date.max)
            assert stored(session, facts.plan) == (last_on, clock.due_after(last_on))
        for week in range(110):
            sunday = rules.sunday_of(START) + timedelta(days=7 * week)
            share = rules.coverage(clocks, sunday)
            assert stored_coverage(session, college.cohort.id, sunday) == (share.count, share.of)
        savepoint.rollback()


def test_a_cohort_that_loses_its_last_learner_has_no_coverage_left(
    session: Session, cohort: models.Cohort
) -> None:
    plan = make.planned_learner(session, cohort)
    reschedule(session, [cohort.id])
    assert stored_coverage(session, cohort.id, date(2027, 1, 10)) == (0, 1)
    session.delete(plan)
    session.delete(session.get_one(Enrolment, plan.id))
    reschedule(session, [cohort.id])
    assert session.scalar(select(func.count()).select_from(CoverageSpan)) == 0


def test_coverage_reaches_to_the_end_of_time_without_gaps(session: Session, cohort: models.Cohort) -> None:
    plan = make.planned_learner(session, cohort)
    make.review(session, plan, date(2026, 10, 12))
    reschedule(session, [cohort.id])
    spans = session.scalars(select(CoverageSpan).order_by(CoverageSpan.from_sunday)).all()
    assert [(span.from_sunday, span.until_sunday, span.covered, span.required) for span in spans] == [
        (date(2026, 10, 18), date(2026, 11, 22), 1, 1),
        (date(2026, 11, 29), END_OF_TIME, 0, 1),
    ]
    assert rules.sunday_of(END_OF_TIME) == END_OF_TIME


def test_a_kind_of_review_that_does_not_count_sets_no_clock(session: Session, cohort: models.Cohort) -> None:
    plan = make.planned_learner(session, cohort)
    support = session.scalars(select(models.ReviewKind).where(models.ReviewKind.key == "support")).one()
    make.review(session, plan, date(2026, 10, 12), kind="support")
    support.counts = False
    reschedule(session, [cohort.id])
    assert stored(session, plan) == (None, date(2026, 10, 19))
    support.counts = True
    reschedule(session, [cohort.id])
    assert stored(session, plan) == (date(2026, 10, 12), date(2026, 11, 23))


def test_a_plans_own_rule_moves_no_date_that_was_given_before(
    session: Session, cohort: models.Cohort
) -> None:
    plan = make.planned_learner(session, cohort)
    make.review(session, plan, date(2026, 10, 12))
    plan.own_rule_unit, plan.own_rule_amount = rules.IntervalUnit.WEEKS, 2
    plan.own_rule_from_on, plan.own_rule_reason = date(2026, 11, 1), "Agreed with the learner"
    reschedule(session, [cohort.id])
    assert stored(session, plan) == (date(2026, 10, 12), date(2026, 11, 23))
    make.review(session, plan, date(2026, 11, 2))
    reschedule(session, [cohort.id])
    assert stored(session, plan) == (date(2026, 11, 2), date(2026, 11, 16))


def test_a_plans_own_half_yearly_rule_asks_for_a_review_at_each_transition(
    session: Session, cohort: models.Cohort
) -> None:
    plan = make.planned_learner(session, cohort)
    plan.own_rule_unit, plan.own_rule_amount = rules.IntervalUnit.HALF_YEARS, 1
    plan.own_rule_from_on, plan.own_rule_reason = START, "Agreed with the learner"
    session.add(
        models.Phase(
            plan_id=plan.id, name="Induction", position=1, starts_on=START, ends_on=date(2026, 10, 23)
        )
    )
    reschedule(session, [cohort.id])
    assert stored(session, plan) == (None, date(2026, 10, 23))


def test_cohorts_of_two_organisations_are_refused(session: Session, cohort: models.Cohort) -> None:
    other = make.cohort(session, make.department(session, make.organisation(session)))
    with pytest.raises(ValueError, match="one organisation"):
        reschedule(session, [cohort.id, other.id])


def test_a_cohort_costs_the_same_number_of_queries_with_one_learner_and_with_ten(
    session: Session, cohort: models.Cohort
) -> None:
    statements: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    def queries() -> int:
        session.flush()
        statements.clear()
        reschedule(session, [cohort.id])
        return len(statements)

    event.listen(session.connection(), "before_cursor_execute", listen)
    make.planned_learner(session, cohort)
    with_one = queries()
    for _ in range(9):
        make.planned_learner(session, cohort)
    assert queries() == with_one


def test_eight_reviews_held_at_once_in_a_cohort_all_count(
    engine: Engine, session: Session, cohort: models.Cohort
) -> None:
    plans = [make.planned_learner(session, cohort).id for _ in range(8)]
    make.complete(session)
    held_on = date(2026, 10, 12)
    kind = session.scalars(select(models.ReviewKind.id).where(models.ReviewKind.key == "progress")).one()
    cohort_id = cohort.id
    session.commit()
    together = Barrier(len(plans))

    def hold(plan_id: int) -> None:
        together.wait()
        with writing(engine) as own:
            own.add(models.Review(plan_id=plan_id, kind_id=kind, held_on=held_on, recorded_at=NOON))
            reschedule(own, [cohort_id])

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(hold, plans))
    assert stored_coverage(session, cohort_id, date(2026, 10, 18)) == (8, 8)
