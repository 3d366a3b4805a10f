"""Supports, barriers, outside help and plans kept elsewhere have a level of confidentiality: who reads each,
and how such a row is found, changed and its history written.

A row is read at its level and below (`scope.confidential_rows_read_by`); for anyone else it isn't there.
Nobody gives a row a level that they don't read themselves. Its history has the level that the row has now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select, true, tuple_
from sqlalchemy.orm import Session

from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.history import author
from data.models import (
    Barrier,
    Confidential,
    Enrolment,
    ExternalHelp,
    LinkedPlan,
    Origin,
    Person,
    Role,
    Support,
    SupportChange,
)
from data.plan_head import PlanHead
from data.scope import (
    Viewer,
    confidential_rows_read_by,
    confidentiality_read_by,
    enrolments_seen_by,
)

HIGHEST = 4
LONGEST_PLAN = timedelta(days=3653)
"""Ten years: a day further ahead is a slip of the pen."""
Row = Support | Barrier | ExternalHelp | LinkedPlan
Found = TypeVar("Found", Support, Barrier, ExternalHelp, LinkedPlan)
Value = str | int | date | None
_SORTS: dict[type[Row], Confidential] = {
    Support: Confidential.SUPPORT,
    Barrier: Confidential.BARRIER,
    ExternalHelp: Confidential.EXTERNAL_HELP,
    LinkedPlan: Confidential.LINKED_PLAN,
}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of confidentiality of one plan: the roles that read it, as (label, reach), and whether
    every role does; `yours` where the viewer may choose it."""

    number: int
    readers: tuple[tuple[str, str], ...]
    everyone: bool
    yours: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of one field; `at` is in the organisation's time zone."""

    at: datetime
    by: str
    field: str
    old: str | None
    new: str | None


def levels(session: Session, viewer: Viewer, plan_id: int) -> tuple[Level, ...]:
    """The four levels with who reads each, as the role table has it, in one query.

    Raises NotFound where the viewer doesn't see the plan.
    """
    rows = session.execute(
        select(Role.label, Role.reach, Role.reads_confidentiality, confidentiality_read_by(viewer))
        .select_from(Enrolment)
        .join(Role, true())
        .where(Enrolment.id == plan_id, enrolments_seen_by(viewer))
        .order_by(Role.label)
    ).all()
    if not rows:
        raise NotFound
    return tuple(
        Level(
            number,
            tuple((label, reach) for label, reach, reads, _ in rows if reads >= number),
            everyone=all(reads >= number for _, _, reads, _ in rows),
            yours=number <= rows[0][3],
        )
        for number in range(1, HIGHEST + 1)
    )


def level_typed(session: Session, viewer: Viewer, plan_id: int, typed: Typed) -> int:
    """The level that a form chose: one that whoever chooses it reads."""
    yours = [str(level.number) for level in levels(session, viewer, plan_id) if level.yours]
    return int(typed.choice("confidentiality", yours, required="Please choose who shall read this."))


def day_in_plan(head: PlanHead, viewer: Viewer, typed: Typed, field: str, required: str = "") -> date | None:
    """A day of the plan's time, up to ten years ahead."""
    day = typed.day(field, required=required)
    if day is None:
        return None
    if day < head.starts_on:
        began = f"{head.starts_on.day} {head.starts_on:%B %Y}"
        raise Refused(f"That is before learning began on {began}. Please choose a later date.", field)
    if day > viewer.today + LONGEST_PLAN:
        raise Refused("That is more than ten years ahead. Please check the year.", field)
    return day


def span_in_plan(head: PlanHead, viewer: Viewer, typed: Typed) -> dict[str, Value]:
    """From when, and until when if that is known."""
    from_on = day_in_plan(head, viewer, typed, "from_on", "Please choose the day from which it counts.")
    until_on = day_in_plan(head, viewer, typed, "until_on")
    if from_on and until_on and until_on < from_on:
        raise Refused("It can’t end before it begins. Please choose a later day.", "until_on")
    return {"from_on": from_on, "until_on": until_on}


def found(session: Session, viewer: Viewer, table: type[Found], row_id: int) -> Found:
    """The row, locked until the transaction ends; NotFound where the viewer doesn't read it."""
    row = session.scalar(
        select(table)
        .join(Enrolment, Enrolment.id == table.plan_id)
        .where(table.id == row_id, confidential_rows_read_by(viewer, table.confidentiality))
        .with_for_update(of=table)
    )
    if row is None:
        raise NotFound
    return row


def add(session: Session, viewer: Viewer, row: Row, named: str) -> None:
    """Put a new row in, with its history."""
    session.add(row)
    session.flush()
    record(session, viewer, row, "created", None, named)


def change(session: Session, viewer: Viewer, row: Row, version: int, values: Mapping[str, Value]) -> bool:
    """Set columns of a row that `found` gave, with their history; False where nothing differs.

    Raises ChangedElsewhere where the form was filled with an earlier version.
    """
    stored = {field: getattr(row, field) for field in values}
    if stored == dict(values):
        return False
    check_version(session, row, row.version, version, stored)
    for field, new in values.items():
        if stored[field] != new:
            record(session, viewer, row, field, stored[field], new)
            setattr(row, field, new)
    row.version += 1
    session.flush()
    return True


def check_version(session: Session, row: Row, stored: int, typed: int, theirs: Mapping[str, Any]) -> None:
    """Raise ChangedElsewhere, with what is stored now, where a form was filled with another version of the
    row or of what belongs to it."""
    if typed != stored:
        raise ChangedElsewhere(stored, theirs, _last_changed_by(session, row))


def record(session: Session, viewer: Viewer, row: Row, field: str, old: Value, new: Value) -> None:
    """Write down a change of a confidential row, in the transaction that makes it."""
    session.add(
        SupportChange(
            plan_id=row.plan_id,
            about=_SORTS[type(row)],
            row_id=row.id,
            field=field,
            old=_as_text(old),
            new=_as_text(new),
            origin=Origin.PERSON,
            by_id=viewer.person_id,
            at=viewer.now,
        )
    )


def history_of(
    session: Session, viewer: Viewer, plan_id: int, rows: Mapping[Confidential, list[int]]
) -> dict[tuple[str, int], tuple[ChangeLine, ...]]:
    """{(sort, id): changes, newest first} of rows that the viewer has been found to read, in one query."""
    wanted = [(sort.value, row_id) for sort, ids in rows.items() for row_id in ids]
    if not wanted:
        return {}
    here = ZoneInfo(viewer.time_zone)
    lines: dict[tuple[str, int], list[ChangeLine]] = {}
    for row in session.execute(
        select(SupportChange, Person.name)
        .join(Enrolment, Enrolment.id == SupportChange.plan_id)
        .outerjoin(Person, Person.id == SupportChange.by_id)
        .where(
            SupportChange.plan_id == plan_id,
            enrolments_seen_by(viewer),
            tuple_(SupportChange.about, SupportChange.row_id).in_(wanted),
        )
        .order_by(SupportChange.at.desc(), SupportChange.id.desc())
    ):
        noted, name = row
        lines.setdefault((noted.about, noted.row_id), []).append(
            ChangeLine(
                noted.at.astimezone(here), author(name, noted.origin), noted.field, noted.old, noted.new
            )
        )
    return {key: tuple(some) for key, some in lines.items()}


def _last_changed_by(session: Session, row: Row) -> str:
    last = session.execute(
        select(Person.name, SupportChange.origin)
        .outerjoin(Person, Person.id == SupportChange.by_id)
        .where(
            SupportChange.plan_id == row.plan_id,
            SupportChange.about == _SORTS[type(row)],
            SupportChange.row_id == row.id,
        )
        .order_by(SupportChange.id.desc())
        .limit(1)
    ).one_or_none()
    return author(*last) if last else ""


def _as_text(value: Value) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
