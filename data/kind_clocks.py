"""By when a review of each kind is due, by that kind's own rule.

Progress reviews set the clock that every kind that counts answers (`review_schedule`). Any other kind with a
rule has a clock of its own, which only its own reviews answer. It is worked out at each look, by the same
`rules.ReviewClock`, from the same start, breaks and closed weeks; nothing of it is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data import reasons, review_schedule, rules
from data.errors import Refused
from data.models import (
    Enrolment,
    Phase,
    PlanReviewRule,
    Review,
    ReviewKind,
    ReviewRuleVersion,
    Support,
)
from data.review_schedule import PROGRESS
from data.rules import ForWhom, IntervalUnit, Occasion, ReviewClock, ReviewRule, ReviewState, Span
from data.scope import Viewer, confidential_rows_read_by

Clocks = Mapping[int, Mapping[int, ReviewClock]]
"""{kind id: {plan id: its clock for that kind}}, without those for whom the kind isn't demanded."""
PRESSING = (ReviewState.OVERDUE, ReviewState.DUE_SOON)


@dataclass(frozen=True, slots=True)
class KindDue:
    """A kind of review for one plan: by when it is due, its state on the viewer's day, and why, in one
    sentence. `own` where the plan's own rule gives the date. Without a date nothing more is demanded, or the
    clock has stopped."""

    kind_id: int
    name: str
    due_on: date | None
    state: ReviewState
    why: str
    own: bool

    @property
    def pressing(self) -> bool:
        return self.state in PRESSING


def main_clocks(session: Session, here: ColumnElement[bool]) -> dict[int, ReviewClock]:
    """{plan id: its main clock} of the cohorts in which anybody is `here`, a condition on `Enrolment`."""
    cohort_ids = session.scalars(select(Enrolment.cohort_id).where(here).distinct()).all()
    by_cohort = review_schedule.review_clocks(session, sorted(cohort_ids))
    return {plan_id: clock for of_cohort in by_cohort.values() for plan_id, clock in of_cohort.items()}


def clocks(
    session: Session, viewer: Viewer, here: ColumnElement[bool], rules_of: Mapping[int, Sequence[ReviewRule]]
) -> Clocks:
    """The clocks of these kinds for the plans `here`, which the caller has scoped, in a fixed number of
    queries.

    `rules_of` are the college's rules by kind, as from `load_rules`. A kind for those with support in place
    counts from the day it began, as far as the viewer may read of support.
    """
    own_rules = _own_rules(session, here)
    if not rules_of and not own_rules:
        return {}
    main = main_clocks(session, here)
    held = _held(session, here)
    phases = _phase_ends(session, here)
    supported = _supported_since(session, viewer, here)
    found: dict[int, dict[int, ReviewClock]] = defaultdict(dict)
    for plan_id, planned_end_on in session.execute(
        select(Enrolment.id, Enrolment.planned_end_on).where(here)
    ):
        of_plan = replace(
            main[plan_id], transitions=tuple(phases.get(plan_id, ())), planned_end_on=planned_end_on
        )
        for kind_id in rules_of.keys() | own_rules.get(plan_id, {}).keys():
            versions = _in_order(rules_of.get(kind_id, ()), own_rules.get(plan_id, {}).get(kind_id))
            clock = replace(of_plan, held_on=tuple(held.get((plan_id, kind_id), ())), rules=versions)
            demanded = _for_whom(clock, supported.get(plan_id), viewer)
            if demanded is not None:
                found[kind_id][plan_id] = demanded
    return found


def load_rules(session: Session, organisation_id: int) -> dict[int, tuple[ReviewRule, ...]]:
    """{kind id: the versions of its rule, oldest first}; progress reviews, whose rule is the main clock's,
    are left out, and kinds without a rule."""
    found: dict[int, tuple[ReviewRule, ...]] = defaultdict(tuple)
    for row in session.scalars(
        select(ReviewRuleVersion)
        .join(ReviewKind, ReviewKind.id == ReviewRuleVersion.kind_id)
        .where(ReviewKind.organisation_id == organisation_id, ReviewKind.key != PROGRESS)
        .order_by(ReviewRuleVersion.from_on)
    ):
        found[row.kind_id] += (_rule(row),)
    return dict(found)


def of_plans(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> dict[int, tuple[KindDue, ...]]:
    """{plan id: each kind with a rule for it, in the college's order}, of the plans `here`, which the caller
    has scoped. Kinds that are held when needed are left out, and plans that have ended."""
    college_rules = load_rules(session, viewer.organisation_id)
    by_kind = clocks(session, viewer, here, college_rules)
    found: dict[int, list[KindDue]] = defaultdict(list)
    for kind_id, name in _names(session, viewer).items():
        for plan_id, clock in by_kind.get(kind_id, {}).items():
            rule = _in_force(clock, viewer.today)
            if clock.enrolment.enrolled(viewer.clock_day) and rule.occasion != Occasion.NEEDED:
                own = rule not in college_rules.get(kind_id, ())
                found[plan_id].append(_due(kind_id, name, clock, viewer, own=own))
    return {plan_id: tuple(some) for plan_id, some in found.items()}


def _due(kind_id: int, name: str, clock: ReviewClock, viewer: Viewer, *, own: bool) -> KindDue:
    day = viewer.clock_day
    last_on = clock.last_held(viewer.today)
    due_on = clock.due_after(last_on)
    state = rules.review_state(
        due_on,
        day,
        held=due_on is None and last_on is not None and not clock.stopped(last_on),
        paused=clock.enrolment.paused(day),
        soon_days=viewer.soon.reviews,
    )
    return KindDue(kind_id, name, due_on, state, reasons.why_next_review(clock, viewer.today), own)


def _in_force(clock: ReviewClock, today: date) -> ReviewRule:
    """The rule that gives the clock's date; there is one for each kind that has a clock."""
    counted_from = clock.last_held(today) or clock.enrolment.starts_on
    rule = rules.rule_in_force(clock.rules, counted_from)
    if rule is None:
        raise ValueError("a clock of a kind has a rule")
    return rule


def _in_order(versions: Sequence[ReviewRule], own: ReviewRule | None) -> tuple[ReviewRule, ...]:
    """The college's versions until the plan's own rule, if it carries one, begins."""
    if own is None:
        return tuple(versions)
    return (*(one for one in versions if one.from_on < own.from_on), own)


def _for_whom(clock: ReviewClock, supported_since: date | None, viewer: Viewer) -> ReviewClock | None:
    """The clock as it runs for the learner; None where the kind isn't demanded of this one."""
    rule = rules.rule_in_force(clock.rules, viewer.today)
    if rule is None or rule.for_whom == ForWhom.EVERYONE:
        return clock
    if supported_since is None:
        return None
    starts_on = max(clock.enrolment.starts_on, supported_since)
    return replace(
        clock, enrolment=replace(clock.enrolment, starts_on=starts_on), supported_since=supported_since
    )


def check_no_done_review_moves(some: Iterable[ReviewClock], from_on: date, *, removed: bool = False) -> None:
    """Refuse a rule from a day at or before one that a review which is held was counted from: an interval
    keeps the rule that it began under. `removed` where the rule from that day is to be taken out."""
    latest = max(
        (window.counted_from for clock in some for window in clock.windows(date.max)[:-1][-1:]),
        default=date.min,
    )
    if from_on > latest:
        return
    if removed:
        raise Refused(
            "Reviews were held under this rule, and by when they were due must stay."
            " Please give the plan a rule like the college’s from a later day instead."
        )
    first = latest + rules.ONE_DAY
    raise Refused(
        "From that day it would change by when reviews were due that are held already."
        f" Please choose {reasons.spoken(first)} or a later day.",
        "from_on",
    )


# --- what is stored ------------------------------------------------------------------------------------


def _names(session: Session, viewer: Viewer) -> dict[int, str]:
    rows = session.execute(
        select(ReviewKind.id, ReviewKind.name)
        .where(ReviewKind.organisation_id == viewer.organisation_id)
        .order_by(ReviewKind.position)
    )
    return {kind_id: name for kind_id, name in rows}


def _rule(row: ReviewRuleVersion) -> ReviewRule:
    return ReviewRule(
        IntervalUnit(row.unit),
        row.amount,
        row.closures_stop_clock,
        row.from_on,
        Occasion(row.occasion),
        ForWhom(row.for_whom),
    )


def own_rule(row: PlanReviewRule) -> ReviewRule:
    """A plan's rule for a kind, for this learner whatever the college's says; closed days stop its weeks."""
    unit = IntervalUnit(row.unit)
    return ReviewRule(unit, row.amount, unit == IntervalUnit.WEEKS, row.from_on, Occasion(row.occasion))


def _own_rules(session: Session, here: ColumnElement[bool]) -> dict[int, dict[int, ReviewRule]]:
    """{plan id: {kind id: its own rule}}."""
    found: dict[int, dict[int, ReviewRule]] = defaultdict(dict)
    for row in session.scalars(
        select(PlanReviewRule).join(Enrolment, Enrolment.id == PlanReviewRule.plan_id).where(here)
    ):
        found[row.plan_id][row.kind_id] = own_rule(row)
    return found


def _held(session: Session, here: ColumnElement[bool]) -> dict[tuple[int, int], list[date]]:
    """{(plan id, kind id): the days on which one was held}."""
    found: dict[tuple[int, int], list[date]] = defaultdict(list)
    for plan_id, kind_id, held_on in session.execute(
        select(Review.plan_id, Review.kind_id, Review.held_on)
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .where(here)
    ):
        found[plan_id, kind_id].append(held_on)
    return found


def _phase_ends(session: Session, here: ColumnElement[bool]) -> dict[int, list[date]]:
    """{plan id: the last day of each of its phases that demands a review there}."""
    found: dict[int, list[date]] = defaultdict(list)
    for plan_id, ends_on in session.execute(
        select(Phase.plan_id, Phase.ends_on)
        .join(Enrolment, Enrolment.id == Phase.plan_id)
        .where(here, Phase.demands_review)
        .order_by(Phase.ends_on)
    ):
        found[plan_id].append(ends_on)
    return found


def _supported_since(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> dict[int, date]:
    """{plan id: since when support has been in place without a gap}, of what the viewer may read of it."""
    spans: dict[int, list[Span]] = defaultdict(list)
    for plan_id, from_on, until_on in session.execute(
        select(Support.plan_id, Support.from_on, Support.until_on)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(here, confidential_rows_read_by(viewer, Support.confidentiality))
    ):
        spans[plan_id].append(Span(from_on, until_on + rules.ONE_DAY if until_on else None))
    day = viewer.clock_day
    return {plan_id: since for plan_id, some in spans.items() if (since := _since(some, day)) is not None}


def _since(spans: Iterable[Span], day: date) -> date | None:
    return next((span.from_on for span in rules.merged_spans(tuple(spans)) if span.holds(day)), None)
