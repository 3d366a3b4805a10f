"""The change history: who changed what of a plan, when and why. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.errors import NotFound
from data.models import Change, Enrolment, Origin, Person, Target
from data.scope import Viewer, enrolments_seen_by

Value = str | int | date | None
BY_LINK = ", by link"
"""How the reason of what a guest does ends, after their name."""
_BY_NOBODY = {Origin.IMPORT.value: "import", Origin.DEMO.value: "demo", Origin.PERSON.value: "a guest"}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of one field; `at` is in the organisation's time zone, `by` a name or "import"."""

    at: datetime
    by: str
    field: str
    old: str | None
    new: str | None
    reason: str


def record(
    session: Session,
    viewer: Viewer,
    plan_id: int,
    field: str,
    old: Value,
    new: Value,
    *,
    reason: str = "",
    target_id: int | None = None,
    review_id: int | None = None,
) -> None:
    """Write down a change that the viewer makes, in the transaction that makes it."""
    session.add(
        Change(
            plan_id=plan_id,
            target_id=target_id,
            review_id=review_id,
            field=field,
            old=_as_text(old),
            new=_as_text(new),
            reason=reason,
            origin=Origin.PERSON,
            by_id=viewer.person_id or None,  # a guest has no account
            at=viewer.now,
        )
    )


def read(session: Session, viewer: Viewer, target_id: int) -> list[HistoryLine]:
    """A target's history, newest first; NotFound where the viewer doesn't see the target."""
    seen = (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(Target.id == target_id, enrolments_seen_by(viewer))
    )
    if session.scalar(seen) is None:
        raise NotFound
    rows = session.execute(
        select(Change.at, Person.name, Change.origin, Change.field, Change.old, Change.new, Change.reason)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(Change.target_id == target_id)
        .order_by(Change.at.desc(), Change.id.desc())
    )
    here = ZoneInfo(viewer.time_zone)
    return [
        line(at.astimezone(here), name, origin, field, old, new, reason)
        for at, name, origin, field, old, new, reason in rows
    ]


def line(
    at: datetime,
    name: str | None,
    origin: str | None,
    field: str,
    old: str | None,
    new: str | None,
    reason: str,
) -> HistoryLine:
    """A change as it was stored. A guest has no account: their name stands where the reason does."""
    if name is None and reason.endswith(BY_LINK):
        return HistoryLine(at, reason, field, old, new, "")
    return HistoryLine(at, author(name, origin), field, old, new, reason)


def author(name: str | None, origin: str | None) -> str:
    """Who made a change, in a word: a person's name, or where it came from."""
    return name or _BY_NOBODY.get(origin or "", "")


def _as_text(value: Value) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
