"""When a plan's next review is due and why, when it is booked, and a rule of the plan's own instead of the
college's, with its reason and the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import (
    kind_clocks,
    plan_days,
    plan_kind_rules,
    plan_rows,
    reasons,
    review_coverage,
    review_schedule,
)
from data.college_reviews import rule_typed
from data.department_figures import keeping
from data.errors import Refused
from data.form_values import Typed
from data.kind_clocks import KindDue
from data.models import Enrolment, Plan, Writes
from data.plan_head import PlanHead, head_of_learner, require_plan
from data.plan_kind_rules import OwnKindRule
from data.review_coverage import Counted
from data.rules import IntervalUnit, ReviewClock, ReviewRule
from data.saved import Saved
from data.schedule import BookedReview, bookings_of_plan
from data.scope import Viewer


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A plan's own rule: its interval from a day on, why, and what shows that it is right."""

    rule: ReviewRule
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class NextReview:
    """`why` says in one sentence by when the next review is due and why; `bookings` are those ahead. `kinds`
    are those with a rule of their own, `own_kinds` the plan's own rules for kinds."""

    head: PlanHead
    today: date
    why: str
    counted: Counted
    own: OwnRule | None
    bookings: tuple[BookedReview, ...]
    kinds: tuple[KindDue, ...]
    own_kinds: tuple[OwnKindRule, ...]
    kind_choices: tuple[tuple[int, str], ...]


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> NextReview:
    """The next review of the plan asked for, else of the learner's current one."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    return NextReview(
        head=head,
        today=viewer.today,
        why=_why(head, _clock(session, head), viewer),
        counted=review_coverage.counted(session, viewer),
        own=_own_rule(session, head),
        bookings=tuple(bookings_of_plan(session, viewer, head.id)),
        kinds=kind_clocks.of_plans(session, viewer, Enrolment.id == head.id).get(head.id, ()),
        own_kinds=plan_kind_rules.of_plan(session, head),
        kind_choices=plan_kind_rules.kinds_to_choose(session, viewer),
    )


def set_own_rule(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Give the plan a rule of its own from a day on; reviews that are held keep the date they were due by."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    rule = rule_typed(typed)
    from_on = plan_days.chosen(typed, "from_on", "Please choose the day from which it holds.")
    plan_days.not_before_the_plan(head, from_on, "from_on")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    kind_clocks.check_no_done_review_moves([_clock(session, head)], from_on)
    values = {
        "own_rule_unit": rule.unit.value,
        "own_rule_amount": rule.amount,
        "own_rule_from_on": from_on,
        "own_rule_reason": typed.text(
            "own_rule_reason", required="Please say why this plan needs its own rule."
        ),
        "own_rule_evidence": typed.text(
            "own_rule_evidence", required="Please say what shows it: a document, a meeting, who decided."
        ),
    }
    return _save(session, viewer, head, typed.version(), values)


def remove_own_rule(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Let the college's rule hold for the plan again."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    own = _own_rule(session, head)
    if own is None:
        raise Refused("This plan goes by the college’s rule already.")
    kind_clocks.check_no_done_review_moves([_clock(session, head)], own.rule.from_on, removed=True)
    fields = ("own_rule_unit", "own_rule_amount", "own_rule_from_on", "own_rule_reason")
    values = dict.fromkeys(fields) | {"own_rule_evidence": ""}
    return _save(session, viewer, head, typed.version(), values)


def _save(session: Session, viewer: Viewer, head: PlanHead, version: int, values: Mapping[str, Any]) -> Saved:
    with keeping(session, [head.id]):
        plan_rows.change(
            session, viewer, head.id, session.get_one(Plan, head.id, populate_existing=True), version, values
        )
        review_schedule.reschedule(session, [head.cohort_id])
    due = session.scalars(select(Enrolment.next_review_on).where(Enrolment.id == head.id)).one()
    said = f"The next review is due by {plan_days.long_day(due)}." if due else "No review is due for now."
    return head.saved(f"The rule is saved. {said}", "own-rule")


def _why(head: PlanHead, clock: ReviewClock, viewer: Viewer) -> str:
    if head.ended_on is not None and head.ended_on < viewer.today:
        return "No date: this plan has ended."
    return reasons.why_next_review(clock, viewer.today)


def _clock(session: Session, head: PlanHead) -> ReviewClock:
    return review_schedule.review_clocks(session, [head.cohort_id])[head.cohort_id][head.id]


def _own_rule(session: Session, head: PlanHead) -> OwnRule | None:
    plan = session.get_one(Plan, head.id, populate_existing=True)
    unit, amount, from_on = plan.own_rule_unit, plan.own_rule_amount, plan.own_rule_from_on
    if unit is None or amount is None or from_on is None:
        return None
    weeks = unit == IntervalUnit.WEEKS
    rule = ReviewRule(IntervalUnit(unit), amount, weeks, from_on)
    return OwnRule(rule, plan.own_rule_reason or "", plan.own_rule_evidence)
