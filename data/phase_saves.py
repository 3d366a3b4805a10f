"""What is written of phases and transitions: dates, preparedness, bridges, the transition plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from data import history, plan_rows
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Aspect,
    BridgeAction,
    CopyKind,
    Phase,
    Preparedness,
    Readiness,
    Target,
    TemplateCopy,
    TemplateRunLine,
    TransitionItem,
    TransitionKind,
    TransitionStatus,
    Writes,
)
from data.phase_sets import DatedPhase, SetPhase, dated, phases_of_set
from data.plan_head import PlanHead, require_plan
from data.review_schedule import reschedule
from data.saved import Saved
from data.scope import Viewer

LONGEST_PHASE = timedelta(days=3653)
KIND = "phases"
NOTHING_YET = 1
"""The version of what has only just been made, so that its form needs none."""
PlanRow = TypeVar("PlanRow", Phase, BridgeAction, TransitionItem)


# --- phases --------------------------------------------------------------------------------------------


def save_phase(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Change a phase's name, its last day and what its end asks for. The next phase begins the day after."""
    phase, head = _row(session, viewer, Phase, typed, "phase", Writes.PLANS)
    name = typed.line("name", required="Please name the phase.")
    ends_on = typed.day("ends_on")
    if ends_on is None:
        raise Refused("Please choose the last day of the phase.", "ends_on")
    review, prepared = typed.ticked("demands_review"), typed.ticked("asks_preparedness")
    following = session.scalar(
        select(Phase)
        .where(Phase.plan_id == head.id, Phase.position > phase.position)
        .order_by(Phase.position)
    )
    _refuse_dates(phase, ends_on, following)
    changes = {"name": name, "ends_on": ends_on, "demands_review": review, "asks_preparedness": prepared}
    with keeping(session, [head.id]):
        version = plan_rows.change(session, viewer, head.id, phase, typed.version(), changes)
        if following is not None:
            begins = {"starts_on": ends_on + timedelta(days=1)}
            plan_rows.change(session, viewer, head.id, following, following.version, begins)
        _dates_follow(session, head)
    return head.saved(f"“{name}” is saved.", KIND, id=phase.id, version=version)


def _refuse_dates(phase: Phase, ends_on: date, following: Phase | None) -> None:
    if ends_on < phase.starts_on:
        raise Refused("A phase can’t end before it begins. Please choose a later day.", "ends_on")
    if ends_on > phase.starts_on + LONGEST_PHASE:
        raise Refused("That is more than ten years after it begins. Please check the year.", "ends_on")
    if following is not None and ends_on >= following.ends_on:
        raise Refused(
            f"“{following.name}” would have no day left. Please choose an earlier day, or first let that"
            " phase end later.",
            "ends_on",
        )


def take_set(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Give a plan the phases of a set, dated from its start to its planned end. Phases that are there keep
    what is written about their ends, by their order; one too many goes, unless something is written
    about it."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    phases = phases_of_set(session, viewer, typed.id_or_none("phase_set"))
    make_phases(session, head, phases, viewer)
    return head.saved("The plan has these phases now. Please check their dates.", KIND)


def make_phases(
    session: Session, head: PlanHead, phases: Sequence[SetPhase], viewer: Viewer
) -> Sequence[Phase]:
    """The plan's phases, made or changed to be these; the answer is them, in order."""
    days = dated(phases, head.starts_on, head.planned_end_on)
    there = list(session.scalars(select(Phase).where(Phase.plan_id == head.id).order_by(Phase.position)))
    _refuse_loss(session, there[len(days) :])
    before = ", ".join(phase.name for phase in there) or None
    with keeping(session, [head.id]):
        kept = [_dated_row(session, head, there, at, one) for at, one in enumerate(days)]
        session.flush()
        gone = [phase.id for phase in there[len(days) :]]
        _dates_follow(session, head, gone)
        forget_phases(session, gone)
        session.execute(delete(Phase).where(Phase.id.in_(gone)))
        history.record(session, viewer, head.id, "phases", before, ", ".join(phase.name for phase in kept))
    return kept


def _dated_row(session: Session, head: PlanHead, there: list[Phase], at: int, one: DatedPhase) -> Phase:
    phase = there[at] if at < len(there) else Phase(plan_id=head.id, version=0, position=_after(there, at))
    phase.name = one.phase.name
    phase.starts_on, phase.ends_on = one.starts_on, one.ends_on
    phase.demands_review = one.phase.demands_review
    phase.asks_preparedness = one.phase.asks_preparedness
    phase.version += 1
    session.add(phase)
    return phase


def _after(there: list[Phase], at: int) -> int:
    """A position behind all that are there."""
    return (there[-1].position if there else 0) + at - len(there) + 1


def _refuse_loss(session: Session, gone: Sequence[Phase]) -> None:
    for phase in gone:
        if session.scalar(
            select(
                exists().where(Preparedness.phase_id == phase.id)
                | exists().where(BridgeAction.phase_id == phase.id)
            )
        ):
            raise Refused(
                f"Something is written about the end of “{phase.name}”, which these phases would leave out."
                " Please choose a set with as many phases.",
                "phase_set",
            )


def forget_phases(session: Session, phase_ids: Sequence[int]) -> None:
    """Forget from which template phases came that are about to go."""
    copies = select(TemplateCopy.id).where(
        TemplateCopy.kind == CopyKind.PHASE, TemplateCopy.row_id.in_(phase_ids)
    )
    session.execute(delete(TemplateRunLine).where(TemplateRunLine.copy_id.in_(copies)))
    session.execute(delete(TemplateCopy).where(TemplateCopy.id.in_(copies)))


def _dates_follow(session: Session, head: PlanHead, gone: Iterable[int] = ()) -> None:
    """What follows from new dates of phases: which phase a target lies in, and when reviews are due."""
    session.flush()
    phase_of_day = (
        select(Phase.id)
        .where(Phase.plan_id == head.id, Phase.starts_on <= Target.due_on, Phase.ends_on >= Target.due_on)
        .where(Phase.id.not_in(list(gone)))
        .order_by(Phase.position)
        .limit(1)
        .correlate(Target)
        .scalar_subquery()
    )
    session.execute(
        update(Target)
        .where(Target.plan_id == head.id)
        .values(phase_id=phase_of_day)
        .execution_options(synchronize_session=False)
    )
    reschedule(session, [head.cohort_id])


# --- being prepared for what follows -------------------------------------------------------------------


def save_preparedness(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The tutor's judgement at the end of a phase: a readiness for each aspect, with its reason."""
    head, row = _preparedness(session, viewer, typed, Writes.PLANS)
    levels = {aspect.value: typed.choice(aspect.value, Readiness) or None for aspect in Aspect}
    if not any(levels.values()):
        raise Refused("Please judge at least one of the four.", Aspect.ACADEMIC.value)
    reason = typed.text("reason", required="Please say what the judgement rests on.")
    version = plan_rows.change(session, viewer, head.id, row, _version(typed), {**levels, "reason": reason})
    row.judged_on, row.by_id = viewer.today, viewer.person_id
    session.flush()
    weak = [name for name, level in levels.items() if level not in (None, Readiness.READY)]
    more = " Please write down what bridges the gap." if weak else ""
    return head.saved(f"The judgement is saved.{more}", KIND, id=row.id, version=version)


def save_own_view(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The learner's own view of being prepared, beside the tutor's judgement."""
    head, row = _preparedness(session, viewer, typed, Writes.OWN_NOTES)
    values = {"own_view": typed.text("own_view")}
    version = plan_rows.change(session, viewer, head.id, row, _version(typed), values)
    return head.saved("Your view is saved; your tutor reads it too.", KIND, id=row.id, version=version)


def _preparedness(
    session: Session, viewer: Viewer, typed: Typed, *writes: Writes
) -> tuple[PlanHead, Preparedness]:
    """What is written about the end of the phase, made empty where nothing is yet."""
    phase, head = _row(session, viewer, Phase, typed, "phase", *writes)
    row = session.scalar(select(Preparedness).where(Preparedness.phase_id == phase.id))
    if row is None:
        row = Preparedness(plan_id=head.id, phase_id=phase.id, version=NOTHING_YET)
        session.add(row)
        session.flush()
    return head, row


def _version(typed: Typed) -> int:
    """The version that the form was filled with, which may be that of nothing yet."""
    return typed.id_or_none("version") or NOTHING_YET


def add_bridge(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Something to do to get ready where the learner isn't yet."""
    phase, head = _row(session, viewer, Phase, typed, "phase", Writes.PLANS, Writes.OWN_NOTES)
    action = BridgeAction(
        plan_id=head.id,
        phase_id=phase.id,
        aspect=typed.choice("aspect", Aspect, required="Please choose what it is about."),
        what=typed.line("what", required="Please say what is to be done."),
        by_whom=typed.line("by_whom"),
        due_on=_deadline(head, typed),
    )
    plan_rows.add(session, viewer, head.id, action, action.what)
    return head.saved("It is written down.", KIND, id=action.id, version=action.version)


def tick_bridge(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Tick something as done today, or take the tick away."""
    action, head = _row(session, viewer, BridgeAction, typed, "bridge", Writes.PLANS, Writes.OWN_NOTES)
    done, version = typed.ticked("done"), action.version
    if done != (action.done_on is not None):
        values = {"done_on": viewer.today if done else None}
        version = plan_rows.change(session, viewer, head.id, action, version, values)
    return head.saved("It is done." if done else "It is open again.", KIND, id=action.id, version=version)


# --- the transition plan -------------------------------------------------------------------------------


def add_item(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add something to the transition plan; learner and tutor both may."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS, Writes.OWN_NOTES)
    item = TransitionItem(plan_id=head.id, **_item_typed(head, typed))
    plan_rows.add(session, viewer, head.id, item, item.what)
    return head.saved("It is in the transition plan now.", KIND, id=item.id, version=item.version)


def save_item(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Change something of the transition plan: how far it is, what came of it."""
    item, head = _row(session, viewer, TransitionItem, typed, "item", Writes.PLANS, Writes.OWN_NOTES)
    values = _item_typed(head, typed)
    version = plan_rows.change(session, viewer, head.id, item, typed.version(), values)
    return head.saved(f"“{values['what']}” is saved.", KIND, id=item.id, version=version)


def _item_typed(head: PlanHead, typed: Typed) -> dict[str, Any]:
    return {
        "kind": typed.choice("kind", TransitionKind, required="Please choose what it is."),
        "what": typed.line("what", required="Please say what is to be done."),
        "where_to": typed.line("where_to"),
        "due_on": _deadline(head, typed),
        "status": typed.choice("status", TransitionStatus) or TransitionStatus.TO_DO,
        "outcome": typed.line("outcome"),
        "note": typed.text("note"),
    }


# --- parts ---------------------------------------------------------------------------------------------


def _deadline(head: PlanHead, typed: Typed) -> date | None:
    due_on = typed.day("due_on")
    if due_on is not None and due_on < head.starts_on:
        began = f"{head.starts_on.day} {head.starts_on:%B %Y}"
        raise Refused(f"That is before learning began on {began}. Please choose a later date.", "due_on")
    return due_on


def _row(
    session: Session, viewer: Viewer, table: type[PlanRow], typed: Typed, field: str, *writes: Writes
) -> tuple[PlanRow, PlanHead]:
    """The row of the form's id with its plan, locked; NotFound where the viewer doesn't see it."""
    row = session.scalar(select(table).where(table.id == typed.id(field)).with_for_update())
    if row is None:
        raise NotFound
    return row, require_plan(session, viewer, row.plan_id, *writes)
