"""The end of a plan: where the learner went, when, and which plan comes next."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import history, plan_days, plan_rows
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.long_route import Leg, plans_of
from data.models import EndReason, Enrolment, Plan, PlanExit, ProgressionKind, Writes
from data.plan_head import PlanHead, require_plan
from data.review_schedule import reschedule
from data.saved import Saved
from data.scope import Viewer


def save_exit(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Where the learner went; the plan ends on the day given, and the next plan is linked to it."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    values = {
        "kind": typed.choice("kind", ProgressionKind, required="Please say what kind of step it was."),
        "destination": typed.line("destination", required="Please say where the learner went."),
    }
    _end(session, viewer, head, typed)
    next_id = typed.id_or_none("next")
    if next_id:
        _continue(session, viewer, head.learner_id, head.id, next_id, "next")
    found = session.get(PlanExit, head.id, populate_existing=True)
    if found:
        plan_rows.change(session, viewer, head.id, found, typed.version(), values)
    else:
        plan_rows.add(session, viewer, head.id, PlanExit(id=head.id, **values), values["destination"])
    return head.saved("Exit saved: the plan has ended.", "destination")


def save_previous(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Which earlier plan of the learner this one continues; none where nothing is chosen."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    previous_id = typed.id_or_none("previous")
    if previous_id:
        _continue(session, viewer, head.learner_id, previous_id, head.id, "previous")
        return head.saved("The two plans are one route now.", "destination")
    plan = session.get_one(Plan, head.id, populate_existing=True)
    plan_rows.change(session, viewer, head.id, plan, plan.version, {"continues_id": None})
    return head.saved("This plan stands alone now.", "destination")


def _end(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> None:
    """Write the last day of learning and its reason; the learner is out of the figures from the next day."""
    ended_on = typed.day("ended_on", required="Please say which was the last day of learning.")
    reason = typed.choice("end_reason", EndReason, required="Please say how it ended.")
    plan_days.not_before_the_plan(head, ended_on, "ended_on")
    plan_days.not_after_today(viewer, ended_on, "ended_on")
    enrolment = session.scalars(
        select(Enrolment)
        .where(Enrolment.id == head.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if (enrolment.ended_on, enrolment.end_reason) == (ended_on, reason):
        return
    with keeping(session, [head.id]):
        history.record(session, viewer, head.id, "ended_on", enrolment.ended_on, ended_on)
        history.record(session, viewer, head.id, "end_reason", enrolment.end_reason, reason)
        enrolment.ended_on, enrolment.end_reason = ended_on, reason
        enrolment.version += 1
        session.flush()
        reschedule(session, [head.cohort_id])


def _continue(
    session: Session, viewer: Viewer, learner_id: int, earlier_id: int, later_id: int, field: str
) -> None:
    """Let the later plan of the learner continue the earlier one; the viewer writes the later one."""
    legs = {leg.id: leg for leg in plans_of(session, viewer, learner_id)}
    earlier, later = legs.get(earlier_id), legs.get(later_id)
    if earlier is None or later is None:
        raise NotFound
    if not later.may_write:
        raise Refused("Somebody else writes that plan. Please ask its tutor to link the two.", field)
    if later.starts_on < earlier.starts_on or _leads_to(legs, later_id, earlier_id):
        raise Refused("A plan can only continue an earlier one. Please choose another.", field)
    if any(leg.continues_id == earlier_id and leg.id != later_id for leg in legs.values()):
        raise Refused("Another plan continues that one already. Please unlink it there first.", field)
    plan = session.get_one(Plan, later_id, populate_existing=True)
    plan_rows.change(session, viewer, later_id, plan, plan.version, {"continues_id": earlier_id})


def _leads_to(legs: dict[int, Leg], earlier_id: int, later_id: int) -> bool:
    """Whether going back from the later plan one comes to the earlier one."""
    at: int | None = later_id
    seen = set[int]()
    while at is not None and at not in seen:
        if at == earlier_id:
            return True
        seen.add(at)
        at = legs[at].continues_id if at in legs else None
    return False
