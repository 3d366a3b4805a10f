"""What every change of a target goes through: its right and its version in the query, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session

from data import history
from data.errors import ChangedElsewhere, Refused
from data.models import Enrolment, Phase, Target, Writes
from data.rules import CLOSED_STATUSES, TargetStatus
from data.scope import Viewer, enrolments_written_by
from data.target_detail import TargetDetail, read

ANYONE_OF_THE_PLAN = (Writes.PLANS, Writes.OWN_NOTES)
READ_ONLY = "You can read this target, but not change it."
LONGEST_PLAN = timedelta(days=3653)
"""Ten years: a due date further ahead is a slip of the pen."""
RECORDED = (
    "status",
    "achieved_on",
    "due_on",
    "note",
    "how_met",
    "title",
    "criteria",
    "resources",
    "where_and_how",
    "support_and_guidance",
    "priority",
    "idea_of",
)
"""Columns whose changes stand in the history, in the order in which they do."""


def write(
    session: Session,
    viewer: Viewer,
    before: TargetDetail,
    values: Mapping[str, Any],
    why: str,
    *rights: Writes,
) -> None:
    """Write the values over the version that was read, with their history.

    Raises ChangedElsewhere where anyone saved in between, or the viewer has none of the rights any more.
    """
    written = session.scalar(
        update_of(Target)
        .where(Target.id == before.id, Target.version == before.version, plan_is_written_by(viewer, *rights))
        .values(**values, version=before.version + 1)
        .returning(Target.id)
    )
    if written is None:
        raise changed_elsewhere(read(session, viewer, before.id), *values)
    for field in RECORDED:
        if field in values and values[field] != (old := getattr(before, field)):
            reason = why if field == "due_on" or "due_on" not in values else ""
            history.record(
                session, viewer, before.plan_id, field, old, values[field], reason=reason, target_id=before.id
            )
    session.flush()


def touch(session: Session, viewer: Viewer, before: TargetDetail, *rights: Writes) -> None:
    """Count up the target's version for a change of what belongs to it, and hold the target until the end of
    the transaction, so that two who change its steps take turns. Refused without one of the rights."""
    touched = session.scalar(
        update_of(Target)
        .where(Target.id == before.id, plan_is_written_by(viewer, *rights))
        .values(version=Target.version + 1)
        .returning(Target.id)
    )
    if touched is None:
        raise Refused(READ_ONLY)


def plan_is_written_by(viewer: Viewer, *rights: Writes) -> ColumnElement[bool]:
    """A condition on `Target`: the viewer may change its plan in one of these ways."""
    return (
        exists()
        .where(Enrolment.id == Target.plan_id, enrolments_written_by(viewer, *rights))
        .correlate(Target)
    )


def changed_elsewhere(stored: TargetDetail, *fields: str) -> ChangedElsewhere:
    """What somebody else saved of these fields; without any, of those of the form beside a view."""
    shown = fields or ("status", "due_on", "note", "how_met")
    theirs = {field: getattr(stored, field) for field in shown if hasattr(stored, field)}
    return ChangedElsewhere(stored.version, theirs, stored.last_changed_by)


def check_due_on(session: Session, plan_id: int, due_on: date, today: date) -> None:
    """Refused where the day is before learning began, or further ahead than any plan goes."""
    starts_on = session.scalars(select(Enrolment.starts_on).where(Enrolment.id == plan_id)).one()
    if due_on < starts_on:
        began = f"{starts_on.day} {starts_on:%B %Y}"
        raise Refused(f"That is before learning began on {began}. Please choose a later date.", "due_on")
    if due_on > today + LONGEST_PLAN:
        raise Refused("That is more than ten years ahead. Please check the year.", "due_on")


def status_values(viewer: Viewer, status: TargetStatus) -> dict[str, Any]:
    """The columns that a new status sets: what is closed has its day, what is reopened has none."""
    return {
        "status": status,
        "closed_on": viewer.today if status in CLOSED_STATUSES else None,
        "achieved_on": viewer.today if status == TargetStatus.ACHIEVED else None,
    }


def phase_of(session: Session, plan_id: int, due_on: date) -> int | None:
    """The first phase of the plan that the day lies in."""
    return session.scalar(
        select(Phase.id)
        .where(Phase.plan_id == plan_id, Phase.starts_on <= due_on, Phase.ends_on >= due_on)
        .order_by(Phase.position)
        .limit(1)
    )
