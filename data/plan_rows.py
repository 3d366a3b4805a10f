"""Writes rows of a plan with their history: rows are added, changed over a version, or taken out.

The caller has decided whose plan it is, with `plan_head.require_plan` or `own_words.require_own_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data import history
from data.errors import ChangedElsewhere, NotFound
from data.models import Base, Change, Person
from data.scope import Viewer

Row = TypeVar("Row", bound=Base)


def of_plan(session: Session, table: type[Row], row_id: int, plan_id: int) -> Row:
    """The row with this id; NotFound where it isn't this plan's."""
    row = session.get(table, row_id, populate_existing=True)
    if row is None or vars(row)["plan_id"] != plan_id:
        raise NotFound
    return row


def add(session: Session, viewer: Viewer, plan_id: int, row: Row, title: str) -> Row:
    """Add a row; `title` is what history calls it."""
    session.add(row)
    session.flush()
    history.record(session, viewer, plan_id, _name(row), None, title)
    return row


def change(
    session: Session, viewer: Viewer, plan_id: int, row: Base, version: int, values: Mapping[str, Any]
) -> int:
    """Write `values` over the version that the form showed; the answer is the row's version now.

    What is already so is no change. Raises ChangedElsewhere where somebody saved in between.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return _version(row)
    before = {name: getattr(row, name) for name in changed}
    table: Any = type(row)
    same = (table.id == _id(row), table.version == version)
    written = session.scalar(
        update(table).where(*same).values(**changed, version=version + 1).returning(table.version)
    )
    if written is None:
        raise _changed_elsewhere(session, plan_id, row, values)
    for name, old in before.items():
        history.record(session, viewer, plan_id, f"{_name(row)} {name}", _text(old), _text(changed[name]))
    session.flush()
    return int(written)


def remove(session: Session, viewer: Viewer, plan_id: int, row: Base, version: int, title: str) -> None:
    """Take a row out; history keeps what it was called, who did it and when."""
    table: Any = type(row)
    gone = session.scalar(
        delete(table).where(table.id == _id(row), table.version == version).returning(table.id)
    )
    if gone is None:
        raise _changed_elsewhere(session, plan_id, row, {})
    history.record(session, viewer, plan_id, _name(row), title, None)
    session.flush()


def _changed_elsewhere(
    session: Session, plan_id: int, row: Base, values: Mapping[str, Any]
) -> ChangedElsewhere:
    session.refresh(row)
    theirs = {name: _text(getattr(row, name)) for name in values}
    return ChangedElsewhere(_version(row), theirs, _last_author(session, plan_id, row))


def _last_author(session: Session, plan_id: int, row: Base) -> str:
    name, origin = session.execute(
        select(Person.name, Change.origin)
        .select_from(Change)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(Change.plan_id == plan_id, Change.field.startswith(_name(row), autoescape=True))
        .order_by(Change.id.desc())
        .limit(1)
    ).one_or_none() or (None, None)
    return history.author(name, origin)


def _name(row: Base) -> str:
    """What history calls a row: its table and id."""
    return f"{row.__tablename__} {_id(row)}"


def _id(row: Base) -> int:
    return int(vars(row)["id"])


def _version(row: Base) -> int:
    return int(vars(row)["version"])


def _text(value: Any) -> str | int | date | None:
    """A value as history and a form's conflict show it."""
    if isinstance(value, bool):
        return "on" if value else None
    return value if isinstance(value, str | int | date) else None
