"""Targets, one at a time: what the form shows, and what it saves with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, select
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session

from data import history, rules
from data.department_figures import keeping
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_LINE, LONGEST_REASON, date_of, id_of, only, text_of
from data.models import Change, Cohort, Enrolment, Lane, Learner, Person, Phase, Plan, Step, Target, Writes
from data.rules import CLOSED_STATUSES, TargetState, TargetStatus
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.state_sql import target_state
from data.statements import built_once

FIELDS = ("status", "due_on", "note")
NEW_FIELDS = ("title", "criteria", "lane_id", "due_on")
LONGEST_PLAN = timedelta(days=3653)
"""Ten years: a due date further ahead is a slip of the pen."""

MayWrite = Literal["all", "note", "none"]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One of a target's ordered steps."""

    id: int
    text: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class LaneChoice:
    id: int
    label: str


@dataclass(frozen=True, slots=True)
class TargetDetail:
    """One target with all that its form shows; `state` is None for a proposed one.

    `may_write` says what this viewer may change: all, the note and the ticks of steps, or none.
    """

    id: int
    plan_id: int
    learner_id: int
    learner_name: str
    cohort_id: int
    cohort_code: str
    milestone_id: int | None
    title: str
    criteria: str
    lane_label: str
    phase_name: str | None
    status: TargetStatus
    state: TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    days_late: int
    achieved_on: date | None
    note: str
    steps: tuple[StepLine, ...]
    version: int
    may_write: MayWrite
    last_changed_by: str
    last_changed_at: datetime | None


def read(session: Session, viewer: Viewer, target_id: int) -> TargetDetail:
    """The target, in two queries; NotFound where there is none that the viewer sees."""
    row = session.execute(_detail(viewer).where(Target.id == target_id)).one_or_none()
    if row is None:
        raise NotFound
    steps = session.execute(
        select(Step.id, Step.text, Step.due_on, Step.done_on)
        .where(Step.target_id == target_id)
        .order_by(Step.position)
    )
    return _as_detail(viewer, row, tuple(StepLine(*step) for step in steps))


def lane_choices(session: Session, viewer: Viewer) -> list[LaneChoice]:
    """The lanes of the viewer's organisation, in order."""
    rows = session.execute(_lanes(), {"organisation_id": viewer.organisation_id})
    return [LaneChoice(*row) for row in rows]


@built_once
def _lanes() -> Select[int, str]:
    return (
        select(Lane.id, Lane.label)
        .where(Lane.organisation_id == bindparam("organisation_id"))
        .order_by(Lane.position)
    )


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
    if after == _Typed(before.status, before.due_on, before.note):
        return before
    if version != before.version:
        raise _changed_elsewhere(before)
    _check_allowed(before, after)
    why = text_of({"reason": reason}, "reason", LONGEST_REASON)
    values = _date_values(session, viewer, before, after, why) | _status_values(viewer, before, after)
    if after.note != before.note:
        values["note"] = after.note
    if values.keys() == {"note"}:
        _write(session, viewer, before, values, why, Writes.PLANS, Writes.OWN_NOTES)
    else:
        with keeping(session, [before.plan_id]):
            _write(session, viewer, before, values, why, Writes.PLANS)
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
    _check_due_on(session, viewer, plan_id, due_on)
    target = Target(
        plan_id=plan_id,
        lane_id=lane_id,
        phase_id=_phase_of(session, plan_id, due_on),
        title=title,
        criteria=text_of(typed, "criteria"),
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
    session.execute(update_of(Target).where(Target.id == target_id).values(version=Target.version + 1))
    old, new = (None, step.text) if done else (step.text, None)
    history.record(session, viewer, before.plan_id, "step", old, new, target_id=target_id)
    session.flush()
    return read(session, viewer, target_id)


# --- reading -------------------------------------------------------------------------------------------


def _detail(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    last_change = (
        select(func.max(Change.id)).where(Change.target_id == Target.id).correlate(Target).scalar_subquery()
    )
    return (
        select(
            Target.id,
            Target.plan_id,
            Target.milestone_id,
            Target.title,
            Target.criteria,
            Target.status,
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Target.achieved_on,
            Target.note,
            Target.version,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Lane.label,
            Phase.name.label("phase_name"),
            target_state(viewer.clock_day, viewer.soon.targets).label("state"),
            enrolments_written_by(viewer, Writes.PLANS).label("writes_all"),
            enrolments_written_by(viewer, Writes.OWN_NOTES).label("writes_notes"),
            Change.at,
            Change.origin,
            Person.name.label("changed_by"),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Lane, Lane.id == Target.lane_id)
        .outerjoin(Phase, Phase.id == Target.phase_id)
        .outerjoin(Change, Change.id == last_change)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(enrolments_seen_by(viewer))
    )


def _as_detail(viewer: Viewer, row: Row[Any], steps: tuple[StepLine, ...]) -> TargetDetail:
    state = TargetState(row.state) if row.state else None
    return TargetDetail(
        id=row.id,
        plan_id=row.plan_id,
        learner_id=row.learner_id,
        learner_name=f"{row.given_name} {row.family_name}",
        cohort_id=row.cohort_id,
        cohort_code=row.code,
        milestone_id=row.milestone_id,
        title=row.title,
        criteria=row.criteria,
        lane_label=row.label,
        phase_name=row.phase_name,
        status=TargetStatus(row.status),
        state=state,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        moves=row.moves,
        days_late=rules.days_late(row.due_on, viewer.clock_day) if state == TargetState.OVERDUE else 0,
        achieved_on=row.achieved_on,
        note=row.note,
        steps=steps,
        version=row.version,
        may_write="all" if row.writes_all else "note" if row.writes_notes else "none",
        last_changed_by=history.author(row.changed_by, row.origin),
        last_changed_at=row.at.astimezone(ZoneInfo(viewer.time_zone)) if row.at else None,
    )


# --- what was typed, and whether it can be -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typed:
    """The form's values; what wasn't sent is as it was."""

    status: TargetStatus
    due_on: date | None
    note: str


def _typed(before: TargetDetail, changes: Mapping[str, Any]) -> _Typed:
    note = text_of(changes, "note") if "note" in changes else before.note
    return _Typed(
        status=_status_typed(before, changes),
        due_on=date_of(changes, "due_on") if "due_on" in changes else before.due_on,
        note=before.note if note == _as_browsers_send(before.note) else note,
    )


def _status_typed(before: TargetDetail, changes: Mapping[str, Any]) -> TargetStatus:
    sent = changes.get("status", before.status)
    if sent == before.status or (not sent and before.status == TargetStatus.PROPOSED):
        return before.status
    if sent not in (*rules.OPEN_STATUSES, *CLOSED_STATUSES):
        raise Refused("Please choose one of the states.", "status")
    return TargetStatus(sent)


def _as_browsers_send(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _check_allowed(before: TargetDetail, after: _Typed) -> None:
    if before.may_write == "none":
        raise Refused("You can read this target, but not change it.")
    if before.may_write == "note":
        for field in ("status", "due_on"):
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


def _check_due_on(session: Session, viewer: Viewer, plan_id: int, due_on: date) -> None:
    starts_on = session.scalars(select(Enrolment.starts_on).where(Enrolment.id == plan_id)).one()
    if due_on < starts_on:
        began = f"{starts_on.day} {starts_on:%B %Y}"
        raise Refused(f"That is before learning began on {began}. Please choose a later date.", "due_on")
    if due_on > viewer.today + LONGEST_PLAN:
        raise Refused("That is more than ten years ahead. Please check the year.", "due_on")


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
    _check_due_on(session, viewer, before.plan_id, after.due_on)
    if before.due_on is None or before.status == TargetStatus.PROPOSED:
        return {"due_on": after.due_on, "first_due_on": after.due_on}
    if not why:
        raise Refused("Please say why the date moves.", "reason")
    return {"due_on": after.due_on, "moves": before.moves + 1}


def _status_values(viewer: Viewer, before: TargetDetail, after: _Typed) -> dict[str, Any]:
    """The columns that a new status sets: what is closed has its day, what is reopened has none."""
    if after.status == before.status:
        return {}
    return {
        "status": after.status,
        "closed_on": viewer.today if after.status in CLOSED_STATUSES else None,
        "achieved_on": viewer.today if after.status == TargetStatus.ACHIEVED else None,
    }


def _write(
    session: Session,
    viewer: Viewer,
    before: TargetDetail,
    values: Mapping[str, Any],
    why: str,
    *writes: Writes,
) -> None:
    """Write the values over the version that was read, with their history."""
    written = session.scalar(
        update_of(Target)
        .where(Target.id == before.id, Target.version == before.version, _plan_is_written_by(viewer, *writes))
        .values(**values, version=before.version + 1)
        .returning(Target.id)
    )
    if written is None:
        raise _changed_elsewhere(read(session, viewer, before.id))
    for field in ("status", "achieved_on", "due_on", "note"):
        if field in values and values[field] != (old := getattr(before, field)):
            reason = why if field == "due_on" or "due_on" not in values else ""
            history.record(
                session, viewer, before.plan_id, field, old, values[field], reason=reason, target_id=before.id
            )
    session.flush()


def _plan_is_written_by(viewer: Viewer, *writes: Writes) -> ColumnElement[bool]:
    return (
        exists()
        .where(Enrolment.id == Target.plan_id, enrolments_written_by(viewer, *writes))
        .correlate(Target)
    )


def _changed_elsewhere(stored: TargetDetail) -> ChangedElsewhere:
    theirs = {"status": stored.status, "due_on": stored.due_on, "note": stored.note}
    return ChangedElsewhere(stored.version, theirs, stored.last_changed_by)


def _phase_of(session: Session, plan_id: int, due_on: date) -> int | None:
    """The first phase of the plan that the day lies in."""
    return session.scalar(
        select(Phase.id)
        .where(Phase.plan_id == plan_id, Phase.starts_on <= due_on, Phase.ends_on >= due_on)
        .order_by(Phase.position)
        .limit(1)
    )
