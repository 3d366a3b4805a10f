"""A plan's own rule for a kind of review, with its reason and the evidence for it: another interval, another
occasion, or none at all. The kind that sets the clock has its own in `next_review`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import kind_clocks, plan_days, plan_rows
from data.college_kind_rules import CLOCKS_OWN, kind_rule_typed
from data.college_reviews import kind_of_college
from data.errors import Refused
from data.form_values import Typed
from data.models import Enrolment, PlanReviewRule, ReviewKind, Writes
from data.plan_head import PlanHead, require_plan
from data.review_schedule import PROGRESS
from data.rules import ReviewRule
from data.saved import Saved
from data.scope import Viewer


@dataclass(frozen=True, slots=True)
class OwnKindRule:
    """A plan's own rule for a kind; `id` and `version` are its row's."""

    id: int
    version: int
    kind_id: int
    kind: str
    rule: ReviewRule
    reason: str
    evidence: str


def of_plan(session: Session, head: PlanHead) -> tuple[OwnKindRule, ...]:
    """The own rules of a plan that the viewer may read, in the college's order of kinds."""
    rows = session.execute(
        select(PlanReviewRule, ReviewKind.name)
        .join(ReviewKind, ReviewKind.id == PlanReviewRule.kind_id)
        .where(PlanReviewRule.plan_id == head.id)
        .order_by(ReviewKind.position)
    )
    return tuple(
        OwnKindRule(
            row.id, row.version, row.kind_id, kind, kind_clocks.own_rule(row), row.reason, row.evidence
        )
        for row, kind in rows
    )


def kinds_to_choose(session: Session, viewer: Viewer) -> tuple[tuple[int, str], ...]:
    """(id, name) of each kind that can have a rule of its own."""
    rows = session.execute(
        select(ReviewKind.id, ReviewKind.name)
        .where(ReviewKind.organisation_id == viewer.organisation_id, ReviewKind.key != PROGRESS)
        .order_by(ReviewKind.position)
    )
    return tuple((kind_id, name) for kind_id, name in rows)


def add(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Give the plan a rule of its own for a kind; reviews that are held keep the date they were due by."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    kind = kind_of_college(session, viewer, typed.id("kind"))
    if kind.key == PROGRESS:
        raise Refused(CLOCKS_OWN, "kind")
    if any(own.kind_id == kind.id for own in of_plan(session, head)):
        raise Refused("This plan has a rule of its own for that already. Please take it out first.", "kind")
    from_on = plan_days.chosen(typed, "from_on", "Please choose the day from which it holds.")
    plan_days.not_before_the_plan(head, from_on, "from_on")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    rule = kind_rule_typed(typed)
    college_rules = kind_clocks.load_rules(session, viewer.organisation_id)
    here = Enrolment.id == head.id
    clock = kind_clocks.clocks(session, viewer, here, college_rules).get(kind.id, {}).get(head.id)
    if clock is not None:
        kind_clocks.check_no_done_review_moves([clock], from_on)
    row = PlanReviewRule(
        plan_id=head.id,
        kind_id=kind.id,
        from_on=from_on,
        occasion=rule.occasion,
        unit=rule.unit,
        amount=rule.amount,
        reason=typed.text("own_rule_reason", required="Please say why this plan needs its own rule."),
        evidence=typed.text(
            "own_rule_evidence", required="Please say what shows it: a document, a meeting, who decided."
        ),
    )
    plan_rows.add(session, viewer, head.id, row, f"{kind.name}: {row.reason}")
    return head.saved(f"“{kind.name}” goes by this plan’s own rule now.", "own-rule", id=row.id)


def remove(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Let the college's rule for the kind hold for the plan again."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    row = plan_rows.of_plan(session, PlanReviewRule, typed.id("rule"), head.id)
    here = Enrolment.id == head.id
    clock = kind_clocks.clocks(session, viewer, here, {}).get(row.kind_id, {}).get(head.id)
    if clock is not None:
        kind_clocks.check_no_done_review_moves([clock], row.from_on, removed=True)
    name = session.scalars(select(ReviewKind.name).where(ReviewKind.id == row.kind_id)).one()
    plan_rows.remove(session, viewer, head.id, row, typed.version(), f"{name}: {row.reason}")
    return head.saved(f"“{name}” goes by the college’s rule again.", "own-rule")
