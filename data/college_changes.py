"""Changes what a whole college goes by, with a history: who changed what and when.

Only an administrator does: who may change the plans of the whole organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.errors import ChangedElsewhere, NotFound
from data.form_values import Typed
from data.models import Base, CollegeChange, Person, Reach, Writes
from data.scope import Viewer

MOST_CHANGES = 30
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class CollegeChangeLine:
    """One change; `about` is its table, `title` what was changed, `at` in the organisation's time zone."""

    at: datetime
    by: str
    about: str
    title: str
    field: str
    old: str | None
    new: str | None


def keeps_college(viewer: Viewer) -> bool:
    return any(grant.writes == Writes.PLANS and grant.reach == Reach.ORGANISATION for grant in viewer.grants)


def require_college(viewer: Viewer, typed: Typed | None = None) -> None:
    """NotFound for who doesn't decide what the college goes by, or where the form is another college's."""
    if not keeps_college(viewer) or (typed is not None and typed.id("college") != viewer.organisation_id):
        raise NotFound


def add(session: Session, viewer: Viewer, row: Row, title: str) -> Row:
    """Add a row of the college; `title` is what the history calls it."""
    session.add(row)
    session.flush()
    _record(session, viewer, row, title, "added", None, None)
    return row


def change(
    session: Session, viewer: Viewer, row: Base, title: str, version: int, values: Mapping[str, Any]
) -> bool:
    """Write `values` over the version that the form showed; whether anything changed.

    Raises ChangedElsewhere where somebody saved in between.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    before = {name: getattr(row, name) for name in changed}
    _next_version(session, row, version, values, changed)
    for name, old in before.items():
        _record(session, viewer, row, title, name, old, changed[name])
    return True


def remove(session: Session, viewer: Viewer, row: Base, title: str, version: int) -> None:
    """Take a row out; the history keeps what it was called."""
    _next_version(session, row, version, {}, {})
    session.delete(row)
    _record(session, viewer, row, title, "removed", None, None)


def read(session: Session, viewer: Viewer, *about: str) -> list[CollegeChangeLine]:
    """The last changes of these tables, newest first."""
    require_college(viewer)
    here = ZoneInfo(viewer.time_zone)
    rows = session.execute(
        select(
            CollegeChange.at,
            Person.name,
            CollegeChange.about,
            CollegeChange.title,
            CollegeChange.field,
            CollegeChange.old,
            CollegeChange.new,
        )
        .outerjoin(Person, Person.id == CollegeChange.by_id)
        .where(CollegeChange.organisation_id == viewer.organisation_id, CollegeChange.about.in_(about))
        .order_by(CollegeChange.at.desc(), CollegeChange.id.desc())
        .limit(MOST_CHANGES)
    )
    return [
        CollegeChangeLine(at.astimezone(here), name or "", about_table, title, field, old, new)
        for at, name, about_table, title, field, old, new in rows
    ]


def _next_version(
    session: Session, row: Base, version: int, wanted: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    """Write over the version that the form showed, or say what stands there now."""
    table: Any = type(row)
    same = (table.id == vars(row)["id"], table.version == version)
    written = update(table).where(*same).values(**changed, version=version + 1).returning(table.version)
    if session.scalar(written) is None:
        session.refresh(row)
        theirs = {name: getattr(row, name) for name in wanted}
        raise ChangedElsewhere(vars(row)["version"], theirs, _last_author(session, row))
    session.refresh(row)


def _last_author(session: Session, row: Base) -> str:
    name = session.scalar(
        select(Person.name)
        .join(CollegeChange, CollegeChange.by_id == Person.id)
        .where(CollegeChange.about == row.__tablename__, CollegeChange.row_id == vars(row)["id"])
        .order_by(CollegeChange.id.desc())
        .limit(1)
    )
    return name or ""


def _record(session: Session, viewer: Viewer, row: Base, title: str, field: str, old: Any, new: Any) -> None:
    session.add(
        CollegeChange(
            organisation_id=viewer.organisation_id,
            about=row.__tablename__,
            row_id=vars(row)["id"],
            title=title,
            field=field,
            old=_text(old),
            new=_text(new),
            by_id=viewer.person_id,
            at=viewer.now,
        )
    )
    session.flush()


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: None}[value]
    return value.isoformat() if isinstance(value, date) else str(value)
