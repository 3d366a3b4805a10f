"""What others changed in a plan since somebody last said that they had seen it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import history
from data.form_values import Typed
from data.history import HistoryLine
from data.models import Change, Enrolment, Person, PlanSeen, Target
from data.plan_head import plan_head
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One change by somebody else, and the target that it is about, if it is about one."""

    change: HistoryLine
    target_id: int | None
    target: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What is new to the viewer, newest first: at most `MOST_LINES`, and how many more. `newest` is the
    change up to which it has been seen once the viewer says so."""

    plan_id: int
    lines: tuple[NewsLine, ...]
    more: int
    newest: int


def read(session: Session, viewer: Viewer, plan_id: int) -> News:
    """The plan's news for the viewer, in one query; empty where the viewer doesn't see the plan."""
    seen = (
        select(PlanSeen.change_id)
        .where(PlanSeen.plan_id == plan_id, PlanSeen.person_id == viewer.person_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Change.id,
            Change.at,
            Change.origin,
            Change.field,
            Change.old,
            Change.new,
            Change.reason,
            Change.target_id,
            Target.title,
            Person.name,
            func.count().over().label("all"),
        )
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .outerjoin(Target, Target.id == Change.target_id)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(
            Change.plan_id == plan_id,
            Change.id > func.coalesce(seen, 0),
            or_(Change.by_id.is_(None), Change.by_id != viewer.person_id),
            enrolments_seen_by(viewer),
        )
        .order_by(Change.id.desc())
        .limit(MOST_LINES)
    ).all()
    here = ZoneInfo(viewer.time_zone)
    lines = tuple(
        NewsLine(
            history.line(
                row.at.astimezone(here), row.name, row.origin, row.field, row.old, row.new, row.reason
            ),
            row.target_id,
            row.title,
        )
        for row in rows
    )
    more = rows[0].all - len(rows) if rows else 0
    return News(plan_id, lines, more, rows[0].id if rows else 0)


def seen(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Remember that the viewer has seen a plan's changes up to one; NotFound out of scope."""
    head = plan_head(session, viewer, typed.id("plan"))
    newest = session.scalar(select(func.max(Change.id)).where(Change.plan_id == head.id)) or 0
    change_id = min(typed.id("change"), newest)
    own = session.scalar(
        select(PlanSeen).where(PlanSeen.plan_id == head.id, PlanSeen.person_id == viewer.person_id)
    )
    if own is None:
        session.add(PlanSeen(plan_id=head.id, person_id=viewer.person_id, change_id=change_id))
    else:
        own.change_id = max(own.change_id, change_id)
    session.flush()
    return head.saved("You are up to date.", "news")
