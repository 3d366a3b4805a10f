"""The ordered steps of a target: added, reworded, moved, taken away. Ticking them is in `targets`.

A learner adds steps and changes those that they added; the others are changed together with the tutor.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session

from data import history
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Step, Stuck
from data.rules import CLOSED_STATUSES
from data.saved import Saved
from data.scope import Viewer
from data.target_detail import StepLine, TargetDetail, read
from data.target_writes import ANYONE_OF_THE_PLAN, READ_ONLY, check_due_on, touch

MOST_STEPS = 30
ASIDE = -1
"""The place of a step while it changes places with another."""


def may_change(detail: TargetDetail, step: StepLine) -> bool:
    """Whether who read the target may reword, move or take away the step."""
    return detail.may_write == "all" or (detail.may_write == "note" and (step.by_learner or detail.proposed))


def add(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a step at the end; the caller commits. NotFound out of scope, Refused where it can't be."""
    detail = read(session, viewer, typed.id("target"))
    text = typed.line("text", required="Please say what the step is.")
    due_on = _due_on(session, viewer, detail, typed)
    if detail.status in CLOSED_STATUSES:
        raise Refused("This target is closed. To add a step, please reopen it.")
    if len(detail.steps) >= MOST_STEPS:
        raise Refused(f"{MOST_STEPS} steps are many for one target. Please make a second target of the rest.")
    touch(session, viewer, detail, *ANYONE_OF_THE_PLAN)
    last = session.scalar(select(func.max(Step.position)).where(Step.target_id == detail.id))
    session.add(
        Step(
            target_id=detail.id,
            position=0 if last is None else last + 1,
            text=text,
            due_on=due_on,
            by_learner=detail.may_write == "note",
        )
    )
    _record(session, viewer, detail, "step_words", None, text)
    return detail.saved("Step added.", "step")


def change(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Reword a step or give it another date; the caller commits."""
    detail, step = _step(session, viewer, typed)
    text = typed.line("text", required="Please say what the step is.")
    due_on = _due_on(session, viewer, detail, typed)
    if (text, due_on) == (step.text, step.due_on):
        return detail.saved("Nothing has changed.", "step")
    session.execute(
        update_of(Step).where(Step.id == step.id).values(text=text, due_on=due_on, version=Step.version + 1)
    )
    _record(session, viewer, detail, "step_words", _in_words(step.text, step.due_on), _in_words(text, due_on))
    return detail.saved("Step changed.", "step")


def move(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Let a step change places with the one before or after it; the caller commits."""
    detail, step = _step(session, viewer, typed)
    earlier = typed.choice("to", ("earlier", "later"), required="Please say where to.") == "earlier"
    at = detail.steps.index(step)
    other_at = at - 1 if earlier else at + 1
    if not 0 <= other_at < len(detail.steps):
        return detail.saved("It is there already.", "step")
    other = detail.steps[other_at]
    rows = session.execute(select(Step.id, Step.position).where(Step.id.in_((step.id, other.id))))
    positions = {step_id: position for step_id, position in rows}
    for step_id, position in (
        (step.id, ASIDE),
        (other.id, positions[step.id]),
        (step.id, positions[other.id]),
    ):
        session.execute(update_of(Step).where(Step.id == step_id).values(position=position))
    _record(session, viewer, detail, "step_moved", None, step.text)
    return detail.saved("Moved.", "step")


def remove(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take a step away that isn't done; its words stay in the history. The caller commits."""
    detail, step = _step(session, viewer, typed)
    if step.done_on is not None:
        raise Refused("This step is done, and what was done stays. Take its tick away first.")
    session.execute(delete(Stuck).where(Stuck.step_id == step.id))
    session.execute(delete(Step).where(Step.id == step.id))
    _record(session, viewer, detail, "step_words", step.text, None)
    return detail.saved("Step taken away.", "step")


def _step(session: Session, viewer: Viewer, typed: Typed) -> tuple[TargetDetail, StepLine]:
    """The target, held until the end of the transaction, and its step that the viewer may change."""
    detail = read(session, viewer, typed.id("target"))
    step_id = typed.id("step")
    if step_id not in {step.id for step in detail.steps}:
        raise NotFound
    if detail.may_write == "none":
        raise Refused(READ_ONLY)
    touch(session, viewer, detail, *ANYONE_OF_THE_PLAN)
    detail = read(session, viewer, detail.id)
    step = next((step for step in detail.steps if step.id == step_id), None)
    if step is None:
        raise NotFound
    if not may_change(detail, step):
        raise Refused(
            "This step was agreed: please change it together with your tutor. You can add your own."
        )
    return detail, step


def _due_on(session: Session, viewer: Viewer, detail: TargetDetail, typed: Typed) -> date | None:
    due_on = typed.day("due_on")
    if due_on is not None:
        check_due_on(session, detail.plan_id, due_on, viewer.today)
    return due_on


def _in_words(text: str, due_on: date | None) -> str:
    return f"{text} (by {due_on.isoformat()})" if due_on else text


def _record(
    session: Session, viewer: Viewer, detail: TargetDetail, field: str, old: str | None, new: str | None
) -> None:
    history.record(session, viewer, detail.plan_id, field, old, new, target_id=detail.id)
    session.flush()
