"""The form of a review while it is held: who writes which part of it, kept on the server as it is typed.

Nothing here changes the plan: that happens when the review is completed (`review_completion`). Each part has
a version of its own, so that two people who fill in one form never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data import reviews, state_sql
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import (
    Choice,
    Colour,
    Enrolment,
    FormPart,
    Lane,
    Person,
    Plan,
    ReviewAction,
    ReviewDecision,
    ReviewForm,
    ReviewPart,
    Target,
    Writes,
)
from data.own_words import LEARNERS_OWN, may_write_own_words
from data.plan_head import READ_ONLY, PlanHead, plan_head, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by
from data.target_detail import lane_choices
from data.target_words import typed_criteria
from data.target_writes import check_due_on

COMPLETED = "This review is completed, and stays as it is. Please add a note to it instead."
AT_ONCE = "review-form"
"""What a save of a part is called: the page stays as it is, with what is being typed."""
ROW = "review-row"
"""What a save is called after which the form is drawn anew."""
Row = TypeVar("Row", ReviewPart, ReviewDecision)


@dataclass(frozen=True, slots=True)
class OpenTarget:
    """An open target as it stands now, about which a review decides."""

    id: int
    title: str
    criteria: str
    lane: str
    state: str | None
    due_on: date | None
    moves: int
    version: int


def open_targets(session: Session, viewer: Viewer, plan_id: int) -> tuple[OpenTarget, ...]:
    """The plan's open targets, the earliest due first; none where the viewer doesn't see it."""
    rows = session.execute(
        select(
            Target.id,
            Target.title,
            Target.criteria,
            Lane.label,
            state_sql.target_state(viewer.clock_day, viewer.soon.targets).label("state"),
            Target.due_on,
            Target.moves,
            Target.version,
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Lane, Lane.id == Target.lane_id)
        .where(Target.plan_id == plan_id, state_sql.is_open(), enrolments_seen_by(viewer))
        .order_by(Target.due_on.is_(None), Target.due_on, Target.id)
    )
    return tuple(OpenTarget(*row) for row in rows)


# --- whose form it is ----------------------------------------------------------------------------------


def form_seen(session: Session, viewer: Viewer, form_id: int) -> tuple[ReviewForm, PlanHead]:
    """The form and its plan. What isn't completed is seen by who takes part in the review: NotFound for
    everybody else, and where the viewer doesn't see the plan."""
    form = session.get(ReviewForm, form_id, populate_existing=True)
    if form is None:
        raise NotFound
    head = plan_head(session, viewer, form.plan_id)
    if form.completed_at is None and not (head.may_write_plan or head.may_write_notes):
        raise NotFound
    return form, head


def form_held(session: Session, viewer: Viewer, typed: Typed) -> tuple[ReviewForm, PlanHead]:
    """The form that was sent, held until the end of the transaction, so that its writers take turns.

    Raises Refused once it is completed.
    """
    form_id = typed.id("form")
    session.execute(select(ReviewForm.id).where(ReviewForm.id == form_id).with_for_update())
    form, head = form_seen(session, viewer, form_id)
    if form.completed_at is not None:
        raise Refused(COMPLETED)
    return form, head


def form_decided(session: Session, viewer: Viewer, typed: Typed) -> tuple[ReviewForm, PlanHead]:
    """The form that was sent, for who decides about the plan."""
    form, head = form_held(session, viewer, typed)
    if not head.may_write_plan:
        raise Refused(READ_ONLY)
    return form, head


# --- starting and giving up ----------------------------------------------------------------------------


def start(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Start a review of a kind, or go on with the one that is open. Raises NotFound or Refused."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    kind_id = typed.id_or_none("kind")
    if kind_id not in {kind.id for kind in reviews.kind_choices(session, viewer)}:
        raise Refused("Please choose the kind of review.", "kind")
    session.execute(select(Plan.id).where(Plan.id == head.id).with_for_update())
    form = session.scalars(
        select(ReviewForm).where(
            ReviewForm.plan_id == head.id, ReviewForm.kind_id == kind_id, ReviewForm.completed_at.is_(None)
        )
    ).first()
    if form is None:
        form = ReviewForm(
            plan_id=head.id, kind_id=kind_id, started_by_id=viewer.person_id, started_at=viewer.now
        )
        session.add(form)
        session.flush()
    return head.saved("Started.", "review-started", id=form.id, go=f"/review/{form.id}")


def give_up(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Throw away a form that isn't completed, with all that was written in it."""
    form, head = form_decided(session, viewer, typed)
    for table in (ReviewPart, ReviewDecision, ReviewAction):
        session.execute(delete(table).where(table.form_id == form.id))
    session.delete(form)
    session.flush()
    return head.saved(
        "Thrown away. The plan is as it was.", "review-gone", go=f"/learner/{head.learner_id}/reviews"
    )


# --- the parts -----------------------------------------------------------------------------------------


def write_part(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Keep one part of the form: the learner's words, what was agreed, or the judgement, which may be half
    filled in. Raises NotFound, Refused or ChangedElsewhere."""
    form, head = form_held(session, viewer, typed)
    part = typed.choice("part", FormPart, required="Please load the page again.")
    if part == FormPart.LEARNER and not may_write_own_words(head):
        raise Refused(LEARNERS_OWN if head.may_write_plan else READ_ONLY)
    if part != FormPart.LEARNER and not head.may_write_plan:
        raise Refused(READ_ONLY)
    values = {
        "said": typed.text("said"),
        "colour": (typed.choice("colour", Colour) or None) if part == FormPart.JUDGEMENT else None,
    }
    stored = session.scalars(
        select(ReviewPart).where(ReviewPart.form_id == form.id, ReviewPart.part == part)
    ).one_or_none()
    row = _over(session, typed, stored, values)
    row = row or ReviewPart(form_id=form.id, part=part)
    return _kept(session, viewer, head, row, values)


def decide(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Keep what is decided of one open target; it may be half filled in.

    Raises NotFound where it isn't an open target of this plan, Refused or ChangedElsewhere.
    """
    form, head = form_decided(session, viewer, typed)
    target_id = typed.id("target")
    target = next((one for one in open_targets(session, viewer, head.id) if one.id == target_id), None)
    if target is None:
        raise NotFound
    choice = typed.choice("choice", [one for one in Choice if one != Choice.NEW], required="Please choose.")
    changes = choice == Choice.CHANGE
    values: dict[str, Any] = {
        "choice": choice,
        "title": typed.line("title") if changes else target.title,
        "criteria": typed_criteria(typed) if changes else target.criteria,
        "due_on": typed.day("due_on") if choice == Choice.MOVE else None,
        "reason": typed.text("reason", longest=LONGEST_REASON),
        "how_met": typed.text("how_met") if choice == Choice.ACHIEVED else "",
        "target_version": target.version,
    }
    stored = session.scalars(
        select(ReviewDecision).where(ReviewDecision.form_id == form.id, ReviewDecision.target_id == target_id)
    ).one_or_none()
    row = _over(session, typed, stored, values)
    row = row or ReviewDecision(form_id=form.id, target_id=target_id)
    return _kept(session, viewer, head, row, values)


def _over(session: Session, typed: Typed, stored: Row | None, values: Mapping[str, Any]) -> Row | None:
    """The row, where the form that was sent showed it as it is stored; None where there is none yet.

    Raises ChangedElsewhere where somebody else saved in between something other than what was sent.
    """
    if stored is None or stored.version == typed.version():
        return stored
    shown = {name: value for name, value in values.items() if name in typed.sent}
    if all(getattr(stored, name) == value for name, value in shown.items()):
        return stored
    theirs = {name: getattr(stored, name) for name in shown}
    raise ChangedElsewhere(stored.version, theirs, _name_of(session, stored.by_id))


def _kept(
    session: Session,
    viewer: Viewer,
    head: PlanHead,
    row: ReviewPart | ReviewDecision,
    values: Mapping[str, Any],
) -> Saved:
    for name, value in values.items():
        setattr(row, name, value)
    row.version = (row.version or 0) + 1
    row.by_id, row.written_at = viewer.person_id, viewer.now
    session.add(row)
    session.flush()
    return head.saved("Kept.", AT_ONCE, id=row.id, version=row.version)


def _name_of(session: Session, person_id: int | None) -> str:
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


# --- new targets, and who does what --------------------------------------------------------------------


def add_target(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Note a target that the plan gets once the review is completed. Raises NotFound or Refused."""
    form, head = form_decided(session, viewer, typed)
    title = typed.line("title", required="Please say what the target is.")
    lanes = {str(lane.id) for lane in lane_choices(session, viewer)}
    lane_id = int(typed.choice("lane_id", lanes, required="Please choose a lane."))
    due_on = typed.day("due_on", required="Please choose the day by which it should be achieved.")
    if due_on is not None:
        check_due_on(session, head.id, due_on, viewer.today)
    row = ReviewDecision(
        form_id=form.id,
        choice=Choice.NEW,
        title=title,
        criteria=typed_criteria(typed),
        lane_id=lane_id,
        due_on=due_on,
        by_id=viewer.person_id,
        written_at=viewer.now,
    )
    session.add(row)
    session.flush()
    return head.saved("Noted. The plan gets it once the review is completed.", ROW, id=row.id)


def add_action(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Note what somebody will do by when. Raises NotFound or Refused."""
    form, head = form_decided(session, viewer, typed)
    due_on = typed.day("due_on")
    if due_on is not None:
        check_due_on(session, head.id, due_on, viewer.today)
    row = ReviewAction(
        form_id=form.id,
        what=typed.line("what", required="Please say what will be done."),
        by_whom=typed.line("by_whom", required="Please say who does it."),
        due_on=due_on,
    )
    session.add(row)
    session.flush()
    return head.saved("Noted.", ROW, id=row.id)


def remove_target(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take out a new target that was noted by mistake."""
    form, head = form_decided(session, viewer, typed)
    return _remove(
        session,
        head,
        select(ReviewDecision).where(
            ReviewDecision.id == typed.id("decision"),
            ReviewDecision.form_id == form.id,
            ReviewDecision.choice == Choice.NEW,
        ),
    )


def remove_action(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take out what was noted by mistake."""
    form, head = form_decided(session, viewer, typed)
    return _remove(
        session,
        head,
        select(ReviewAction).where(ReviewAction.id == typed.id("action"), ReviewAction.form_id == form.id),
    )


def _remove(session: Session, head: PlanHead, wanted: Any) -> Saved:
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise NotFound
    session.delete(row)
    session.flush()
    return head.saved("Taken out.", ROW)
