"""Targets, one at a time: what the form shows, and what it saves with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session

from data import history, negotiations, rules, stuck
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import LONGEST_LINE, LONGEST_REASON, date_of, id_of, only, text_of
from data.models import Enrolment, Move, Plan, Side, Step, Target, Writes
from data.rules import CLOSED_STATUSES, TargetStatus
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.target_detail import LaneChoice as LaneChoice
from data.target_detail import MayWrite as MayWrite
from data.target_detail import StepLine as StepLine
from data.target_detail import TargetDetail as TargetDetail
from data.target_detail import criteria_in
from data.target_detail import lane_choices as lane_choices
from data.target_detail import read as read
from data.target_writes import (
    ANYONE_OF_THE_PLAN,
    READ_ONLY,
    changed_elsewhere,
    check_due_on,
    phase_of,
    status_values,
    touch,
    write,
)

FIELDS = ("status", "due_on", "note", "how_met")
NEW_FIELDS = ("title", "criteria", "lane_id", "due_on")


def update(
    session: Session,
    viewer: Viewer,
    target_id: int,
    version: int,
    changes: Mapping[str, Any],
    reason: str | None = "",
) -> TargetDetail:
    """Save what the form typed (any of `FIELDS`) over the version that it showed; the caller commits.

    What is already so is no change and no new version. Raises NotFound out of scope, ChangedElsewhere where
    anyone saved in between, and Refused for what the viewer may not change or what can't be: a date moves
    only with a reason, and stays between the start of learning and ten years ahead.
    """
    only(changes, FIELDS)
    before = read(session, viewer, target_id)
    after = _typed(before, changes)
    if after == _Typed(before.status, before.due_on, before.note, before.how_met):
        return before
    if version != before.version:
        raise changed_elsewhere(before)
    _check_allowed(before, after)
    why = text_of({"reason": reason}, "reason", LONGEST_REASON)
    values = _date_values(session, viewer, before, after, why)
    if after.status != before.status:
        values |= status_values(viewer, after.status)
    for field in ("note", "how_met"):
        if getattr(after, field) != getattr(before, field):
            values[field] = getattr(after, field)
    if values.keys() == {"note"}:
        write(session, viewer, before, values, why, Writes.PLANS, Writes.OWN_NOTES)
        return read(session, viewer, target_id)
    with keeping(session, [before.plan_id]):
        write(session, viewer, before, values, why, Writes.PLANS)
        if before.proposed and after.status != before.status:
            move = Move.DECLINED if after.status == TargetStatus.WITHDRAWN else Move.AGREED
            negotiations.record(session, viewer, target_id, Side.TUTOR, move, why)
    return read(session, viewer, target_id)


def create(session: Session, viewer: Viewer, plan_id: int, typed: Mapping[str, Any]) -> TargetDetail:
    """Add a target to a plan from what the form typed (`NEW_FIELDS`); the caller commits.

    Raises NotFound where the viewer sees no such plan, Refused where it can't be or isn't theirs to do.
    """
    only(typed, NEW_FIELDS)
    _check_may_add(session, viewer, plan_id)
    title = text_of(typed, "title", LONGEST_LINE)
    if not title:
        raise Refused("Please say what the target is.", "title")
    lane_id, due_on = id_of(typed, "lane_id"), date_of(typed, "due_on")
    if lane_id not in {lane.id for lane in lane_choices(session, viewer)}:
        raise Refused("Please choose a lane.", "lane_id")
    if due_on is None:
        raise Refused("Please choose the day by which it should be achieved.", "due_on")
    check_due_on(session, plan_id, due_on, viewer.today)
    target = Target(
        plan_id=plan_id,
        lane_id=lane_id,
        phase_id=phase_of(session, plan_id, due_on),
        title=title,
        criteria="\n".join(criteria_in(text_of(typed, "criteria"))),
        due_on=due_on,
        first_due_on=due_on,
        created_on=viewer.today,
    )
    with keeping(session, [plan_id]):
        session.add(target)
        session.flush()
        history.record(session, viewer, plan_id, "created", None, title, target_id=target.id)
    return read(session, viewer, target.id)


def tick_step(session: Session, viewer: Viewer, target_id: int, step_id: int, done: bool) -> TargetDetail:
    """Tick a step as done today, or take its tick away; the caller commits.

    Raises NotFound for a target or step that the viewer doesn't see, Refused where they only read it.
    """
    before = read(session, viewer, target_id)
    step = next((step for step in before.steps if step.id == step_id), None)
    if step is None:
        raise NotFound
    if before.may_write == "none":
        raise Refused("You can read this target, but not tick its steps.")
    if (step.done_on is not None) == done:
        return before
    session.execute(
        update_of(Step)
        .where(Step.id == step_id)
        .values(done_on=viewer.today if done else None, version=Step.version + 1)
    )
    touch(session, viewer, before, *ANYONE_OF_THE_PLAN)
    if done:
        stuck.settle_step(session, viewer, step_id)
    old, new = (None, step.text) if done else (step.text, None)
    history.record(session, viewer, before.plan_id, "step", old, new, target_id=target_id)
    session.flush()
    return read(session, viewer, target_id)


# --- what was typed, and whether it can be -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typed:
    """The form's values; what wasn't sent is as it was."""

    status: TargetStatus
    due_on: date | None
    note: str
    how_met: str


def _typed(before: TargetDetail, changes: Mapping[str, Any]) -> _Typed:
    return _Typed(
        status=_status_typed(before, changes),
        due_on=date_of(changes, "due_on") if "due_on" in changes else before.due_on,
        note=_text_typed(before.note, changes, "note"),
        how_met=_text_typed(before.how_met, changes, "how_met"),
    )


def _text_typed(stored: str, changes: Mapping[str, Any], field: str) -> str:
    """The text that was sent; what is stored where nothing was, or the same as browsers send it."""
    sent = text_of(changes, field) if field in changes else stored
    return stored if sent == stored.replace("\r\n", "\n").strip() else sent


def _status_typed(before: TargetDetail, changes: Mapping[str, Any]) -> TargetStatus:
    sent = changes.get("status", before.status)
    if sent == before.status or (not sent and before.status == TargetStatus.PROPOSED):
        return before.status
    if sent not in (*rules.OPEN_STATUSES, *CLOSED_STATUSES):
        raise Refused("Please choose one of the states.", "status")
    return TargetStatus(sent)


def _check_allowed(before: TargetDetail, after: _Typed) -> None:
    if before.may_write == "none":
        raise Refused(READ_ONLY)
    if before.may_write == "note":
        for field in ("status", "due_on", "how_met"):
            if getattr(before, field) != getattr(after, field):
                raise Refused("Please change this together with your tutor; your note is yours.", field)


def _check_may_add(session: Session, viewer: Viewer, plan_id: int) -> None:
    may_add = session.scalar(
        select(enrolments_written_by(viewer, Writes.PLANS))
        .select_from(Enrolment)
        .join(Plan, Plan.id == Enrolment.id)
        .where(Enrolment.id == plan_id, enrolments_seen_by(viewer))
    )
    if may_add is None:
        raise NotFound
    if not may_add:
        raise Refused("Please agree a new target together with the tutor, who can add it.")


# --- writing -------------------------------------------------------------------------------------------


def _date_values(
    session: Session, viewer: Viewer, before: TargetDetail, after: _Typed, why: str
) -> dict[str, Any]:
    """The columns that a new due date sets. Until a target is agreed, its first date is the one proposed."""
    if after.due_on == before.due_on:
        return {}
    if after.due_on is None:
        raise Refused("A target that has a date keeps one. Please choose the new date.", "due_on")
    if before.status in CLOSED_STATUSES and after.status in CLOSED_STATUSES:
        raise Refused("This target is closed. To move its date, please reopen it.", "due_on")
    check_due_on(session, before.plan_id, after.due_on, viewer.today)
    if before.due_on is None or before.status == TargetStatus.PROPOSED:
        return {"due_on": after.due_on, "first_due_on": after.due_on}
    if not why:
        raise Refused("Please say why the date moves.", "reason")
    return {"due_on": after.due_on, "moves": before.moves + 1}
