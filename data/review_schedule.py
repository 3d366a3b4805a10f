"""Keeps what follows from reviews in step with them: each enrolment's last and next review, and each
cohort's coverage by Sunday.

`reschedule` is called in the transaction of every write that moves a review clock: a review held, an
enrolment, a break, a rule, a closed period. The rules decide; this module only writes down what they say,
so that the pages of a department and an organisation read a few rows of each cohort.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from data import rules
from data.models import (
    BreakInLearning,
    Cohort,
    CoverageSpan,
    Department,
    Enrolment,
    Phase,
    Plan,
    Review,
    ReviewKind,
    ReviewRuleVersion,
)
from data.scope import load_closures
from data.statements import built_once

END_OF_TIME = date(9999, 12, 26)
"""The last Sunday there is: a cohort's last coverage span reaches to it."""
COHORTS_AT_ONCE = 40
PROGRESS = "progress"
"""The kind of review whose rule sets the clock."""


def reschedule(session: Session, cohort_ids: Iterable[int]) -> None:
    """Write down anew what follows from the reviews of these cohorts; the caller commits.

    Two writers of one cohort take turns, so that neither counts without the other's review.
    """
    session.flush()
    ordered = sorted(set(cohort_ids))
    for start in range(0, len(ordered), COHORTS_AT_ONCE):
        some = ordered[start : start + COHORTS_AT_ONCE]
        _take_turns(session, some)
        clocks = review_clocks(session, some)
        _write_next_reviews(session, some, clocks)
        _write_coverage(session, some, clocks)


def review_clocks(session: Session, cohort_ids: list[int]) -> dict[int, dict[int, rules.ReviewClock]]:
    """The review clock of each enrolment: {cohort id: {enrolment id: clock}}, in a fixed
    number of queries."""
    organisations = {
        organisation_id
        for (organisation_id,) in session.execute(
            select(Department.organisation_id)
            .join(Cohort, Cohort.department_id == Department.id)
            .where(Cohort.id.in_(cohort_ids))
            .distinct()
        )
    }
    if not organisations:
        return {}
    if len(organisations) > 1:
        raise ValueError("cohorts of one organisation at a time")
    (organisation_id,) = organisations
    college_rules = load_review_rules(session, organisation_id)
    closures = load_closures(session, organisation_id)
    held = _held_on(session, cohort_ids)
    breaks = load_breaks(session, cohort_ids)
    own_rules = _plan_rules(session, cohort_ids, college_rules)
    units = {rule.unit for some in (college_rules, *own_rules.values()) for rule in some}
    half_yearly = rules.IntervalUnit.HALF_YEARS in units
    transitions = _transitions(session, cohort_ids) if half_yearly else {}
    clocks: dict[int, dict[int, rules.ReviewClock]] = defaultdict(dict)
    for enrolment_id, cohort_id, starts_on, ended_on in session.execute(
        select(Enrolment.id, Enrolment.cohort_id, Enrolment.starts_on, Enrolment.ended_on).where(
            Enrolment.cohort_id.in_(cohort_ids)
        )
    ):
        clocks[cohort_id][enrolment_id] = rules.ReviewClock(
            enrolment=rules.EnrolmentDates(starts_on, ended_on, breaks.get(enrolment_id, ())),
            held_on=held.get(enrolment_id, ()),
            rules=own_rules.get(enrolment_id, college_rules),
            closures=closures,
            transitions=transitions.get(enrolment_id, ()),
        )
    return clocks


def load_review_rules(session: Session, organisation_id: int) -> tuple[rules.ReviewRule, ...]:
    """The versions of the organisation's rule for progress reviews, oldest first."""
    rows = session.execute(_review_rules(), {"organisation_id": organisation_id})
    return tuple(
        rules.ReviewRule(rules.IntervalUnit(unit), amount, closures_stop_clock, from_on)
        for unit, amount, closures_stop_clock, from_on in rows
    )


@built_once
def _review_rules() -> Select[str, int, bool, date]:
    return (
        select(
            ReviewRuleVersion.unit,
            ReviewRuleVersion.amount,
            ReviewRuleVersion.closures_stop_clock,
            ReviewRuleVersion.from_on,
        )
        .join(ReviewKind, ReviewKind.id == ReviewRuleVersion.kind_id)
        .where(ReviewKind.organisation_id == bindparam("organisation_id"), ReviewKind.key == PROGRESS)
        .order_by(ReviewRuleVersion.from_on)
    )


def plan_rules(
    college_rules: tuple[rules.ReviewRule, ...],
    unit: str | None,
    amount: int | None,
    from_on: date | None,
) -> tuple[rules.ReviewRule, ...]:
    """The rules of a plan: the college's, until its own, if it carries one, begins."""
    if unit is None or amount is None or from_on is None:
        return college_rules
    weeks = unit == rules.IntervalUnit.WEEKS
    own = rules.ReviewRule(rules.IntervalUnit(unit), amount, weeks, from_on)
    return (*(other for other in college_rules if other.from_on < from_on), own)


def load_breaks(session: Session, cohort_ids: Iterable[int]) -> dict[int, tuple[rules.Span, ...]]:
    """{enrolment id: its breaks in learning, oldest first}; enrolments without one are left out."""
    spans: dict[int, tuple[rules.Span, ...]] = defaultdict(tuple)
    for enrolment_id, from_on, back_on in session.execute(
        select(BreakInLearning.enrolment_id, BreakInLearning.from_on, BreakInLearning.back_on)
        .join(Enrolment, Enrolment.id == BreakInLearning.enrolment_id)
        .where(Enrolment.cohort_id.in_(list(cohort_ids)))
        .order_by(BreakInLearning.from_on)
    ):
        spans[enrolment_id] += (rules.Span(from_on, back_on),)
    return spans


def coverage_spans(clocks: Iterable[rules.ReviewClock]) -> Iterator[tuple[date, date, int, int]]:
    """A cohort's coverage as (from Sunday, until Sunday, required, covered), gapless, in order.

    The same figures as `rules.coverage` on each Sunday.
    """
    changes: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for clock in clocks:
        for first, last, covered in clock.intervals():
            from_sunday = rules.sunday_of(first)
            to_sunday = (
                END_OF_TIME if last is None else rules.sunday_of(last + rules.ONE_DAY) - timedelta(days=7)
            )
            if to_sunday < from_sunday:
                continue
            changes[from_sunday][0] += 1
            changes[from_sunday][1] += covered
            if last is not None:
                changes[to_sunday + timedelta(days=7)][0] -= 1
                changes[to_sunday + timedelta(days=7)][1] -= covered
    sundays = sorted(changes)
    required = covered_count = 0
    for index, sunday in enumerate(sundays):
        required += changes[sunday][0]
        covered_count += changes[sunday][1]
        until = sundays[index + 1] - timedelta(days=7) if index + 1 < len(sundays) else END_OF_TIME
        yield sunday, until, required, covered_count


def _held_on(session: Session, cohort_ids: list[int]) -> Mapping[int, tuple[date, ...]]:
    """{enrolment id: days on which a review that counts was held}."""
    held: dict[int, list[date]] = defaultdict(list)
    for plan_id, held_on in session.execute(
        select(Review.plan_id, Review.held_on)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .where(Enrolment.cohort_id.in_(cohort_ids), ReviewKind.counts.is_(True))
    ):
        held[plan_id].append(held_on)
    return {plan_id: tuple(sorted(days)) for plan_id, days in held.items()}


def _take_turns(session: Session, cohort_ids: list[int]) -> None:
    """Lock these cohorts until the end of the transaction (SQLite lets only one write in any case)."""
    session.execute(
        select(Cohort.id).where(Cohort.id.in_(cohort_ids)).order_by(Cohort.id).with_for_update(key_share=True)
    )


def _plan_rules(
    session: Session, cohort_ids: list[int], college_rules: tuple[rules.ReviewRule, ...]
) -> dict[int, tuple[rules.ReviewRule, ...]]:
    """{plan id: the college's rules until its own begins, then its own}, for plans that carry one."""
    own: dict[int, tuple[rules.ReviewRule, ...]] = {}
    for plan_id, unit, amount, from_on in session.execute(
        select(Plan.id, Plan.own_rule_unit, Plan.own_rule_amount, Plan.own_rule_from_on)
        .join(Enrolment, Enrolment.id == Plan.id)
        .where(Enrolment.cohort_id.in_(cohort_ids), Plan.own_rule_unit.is_not(None))
    ):
        own[plan_id] = plan_rules(college_rules, unit, amount, from_on)
    return own


def _transitions(session: Session, cohort_ids: list[int]) -> dict[int, tuple[date, ...]]:
    """{plan id: the last day of each of its phases that demands a review there}; a rule may ask for it."""
    ends: dict[int, tuple[date, ...]] = defaultdict(tuple)
    for plan_id, ends_on in session.execute(
        select(Phase.plan_id, Phase.ends_on)
        .join(Enrolment, Enrolment.id == Phase.plan_id)
        .where(Enrolment.cohort_id.in_(cohort_ids), Phase.demands_review)
        .order_by(Phase.ends_on)
    ):
        ends[plan_id] += (ends_on,)
    return ends


def _write_next_reviews(
    session: Session, cohort_ids: list[int], clocks: Mapping[int, Mapping[int, rules.ReviewClock]]
) -> None:
    stored = {
        enrolment_id: (last_on, next_on)
        for enrolment_id, last_on, next_on in session.execute(
            select(Enrolment.id, Enrolment.last_review_on, Enrolment.next_review_on).where(
                Enrolment.cohort_id.in_(cohort_ids)
            )
        )
    }
    changed = []
    for of_cohort in clocks.values():
        for enrolment_id, clock in of_cohort.items():
            last_on = clock.last_held(date.max)
            next_on = clock.due_after(last_on)
            if stored[enrolment_id] != (last_on, next_on):
                changed.append({"id": enrolment_id, "last_review_on": last_on, "next_review_on": next_on})
    if changed:
        session.execute(update(Enrolment), changed)


def _write_coverage(
    session: Session, cohort_ids: list[int], clocks: Mapping[int, Mapping[int, rules.ReviewClock]]
) -> None:
    session.execute(delete(CoverageSpan).where(CoverageSpan.cohort_id.in_(cohort_ids)))
    rows = [
        {
            "cohort_id": cohort_id,
            "from_sunday": from_sunday,
            "until_sunday": until_sunday,
            "required": required,
            "covered": covered,
        }
        for cohort_id, of_cohort in clocks.items()
        for from_sunday, until_sunday, required, covered in coverage_spans(of_cohort.values())
    ]
    if rows:
        session.execute(insert(CoverageSpan), rows)
