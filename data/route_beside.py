"""What stands on a route map beside its targets, in one query: phases, breaks, reviews, supports, barriers,
assessments, ways on, the learner's own stops. And the changes of a plan, for the map of an earlier day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from data.known_then import Noted, row_then
from data.models import (
    Assessment,
    Barrier,
    BreakInLearning,
    Change,
    Confidential,
    Enrolment,
    OwnStop,
    Phase,
    ProgressionOption,
    Review,
    ReviewKind,
    Support,
    SupportChange,
    SupportSession,
    UtcDateTime,
)
from data.scope import Viewer, confidential_rows_read_by, enrolments_seen_by
from data.statements import built_once

PHASE, BREAK, REVIEW, SUPPORT, BARRIER = "phase", "break", "review", "support", "barrier"
ASSESSMENT, WAY_ON, OWN_STOP = "assessment", "progression_option", "own_stop"
"""The sorts of rows; those that history tells of have the name that it has for them."""

TOLD: Mapping[str, Mapping[str, str]] = {
    SUPPORT: {
        "what": "name",
        "by_whom": "detail",
        "how_often": "more",
        "sessions_planned": "of",
        "from_on": "from_on",
        "until_on": "until_on",
    },
    BARRIER: {"what": "name", "how_passed": "detail", "from_on": "from_on", "passed_on": "until_on"},
    ASSESSMENT: {"instrument": "name", "result": "detail", "taken_on": "from_on"},
    WAY_ON: {"title": "name", "place": "more", "decide_by": "from_on"},
    OWN_STOP: {"title": "name", "stop_on": "from_on", "reached_on": "until_on"},
}
"""{sort: {what history calls a field: the field of `Beside`}}"""
HAS_HAPPENED = (REVIEW, SUPPORT, BARRIER, ASSESSMENT)
"""What stands on the map from its day on; the others may lie ahead."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of any sort. `at` is the instant in which a review was recorded."""

    sort: str
    id: int
    from_on: date | None
    until_on: date | None
    lane_id: int | None
    name: str
    detail: str
    more: str
    number: int
    of: int
    at: datetime | None


def beside(session: Session, viewer: Viewer, within: int, until: date) -> dict[str, list[Beside]]:
    """{sort: rows by date} within the plan of that id, which the caller found in the viewer's scope, in one
    query. Supports and barriers only as far as the viewer may read them; their sessions up to a day.
    """
    found: dict[str, list[Beside]] = defaultdict(list)
    for row in session.execute(_beside(viewer), {"plan_id": within, "until": until}):
        found[row.sort].append(Beside(*row))
    for rows in found.values():
        rows.sort(key=lambda row: (row.from_on or date.max, row.id))
    return found


def beside_then(
    found: Mapping[str, Sequence[Beside]], changes: Sequence[Noted], day: date, time_zone: str
) -> dict[str, list[Beside]]:
    """The same as it was known at the end of a day; phases and breaks as they are now."""
    here = ZoneInfo(time_zone)
    then: dict[str, list[Beside]] = defaultdict(list)
    for sort, rows in found.items():
        for now in rows:
            row = row_then(now, f"{sort} {now.id}", TOLD[sort], changes, day) if sort in TOLD else now
            if row is None or (row.at is not None and row.at.astimezone(here).date() > day):
                continue
            if sort in HAS_HAPPENED and row.from_on is not None and row.from_on > day:
                continue
            if sort in (BARRIER, OWN_STOP) and row.until_on is not None and row.until_on > day:
                row = replace(row, until_on=None, detail="")
            then[sort].append(row)
    return then


def changes_of(session: Session, viewer: Viewer, plan_id: int) -> dict[int | None, list[Noted]]:
    """{target, or None for the plan itself: its changes, oldest first}, in one query; none where the viewer
    doesn't see the plan. Those of supports and barriers only as far as the viewer may read them."""
    here = ZoneInfo(viewer.time_zone)
    found: dict[int | None, list[Noted]] = defaultdict(list)
    rows = session.execute(_changes(viewer), {"plan_id": plan_id}).all()
    for row in sorted(rows, key=lambda row: (row.at, row.id)):
        noted = Noted(row.at, row.at.astimezone(here).date(), row.field, row.old, row.new, row.reason)
        found[row.target_id].append(noted)
    return found


@built_once
def _beside(viewer: Viewer) -> CompoundSelect[*tuple[Any, ...]]:
    plan_id = bindparam("plan_id", type_=Integer)
    later = (
        select(func.count())
        .where(
            SupportSession.support_id == Support.id,
            SupportSession.delivered,
            SupportSession.held_on > bindparam("until", type_=Date),
        )
        .correlate(Support)
        .scalar_subquery()
    )
    return union_all(
        _rows(
            PHASE, Phase.id, Phase.starts_on, Phase.ends_on, name=Phase.name, number=Phase.demands_review
        ).where(Phase.plan_id == plan_id),
        _rows(BREAK, BreakInLearning.id, BreakInLearning.from_on, BreakInLearning.back_on).where(
            BreakInLearning.enrolment_id == plan_id
        ),
        _rows(
            REVIEW,
            Review.id,
            Review.held_on,
            Review.held_on,
            name=ReviewKind.name,
            number=ReviewKind.counts,
            at=Review.recorded_at,
        )
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .where(Review.plan_id == plan_id),
        _rows(
            SUPPORT,
            Support.id,
            Support.from_on,
            Support.until_on,
            lane_id=Support.lane_id,
            name=Support.what,
            detail=Support.by_whom,
            more=Support.how_often,
            number=Support.sessions_delivered - later,
            of=Support.sessions_planned,
        )
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(Support.plan_id == plan_id, confidential_rows_read_by(viewer, Support.confidentiality)),
        _rows(
            BARRIER,
            Barrier.id,
            Barrier.from_on,
            Barrier.passed_on,
            lane_id=Barrier.lane_id,
            name=Barrier.what,
            detail=Barrier.how_passed,
        )
        .join(Enrolment, Enrolment.id == Barrier.plan_id)
        .where(Barrier.plan_id == plan_id, confidential_rows_read_by(viewer, Barrier.confidentiality)),
        _rows(
            ASSESSMENT,
            Assessment.id,
            Assessment.taken_on,
            Assessment.taken_on,
            name=Assessment.instrument,
            detail=Assessment.result,
        ).where(Assessment.plan_id == plan_id),
        _rows(
            WAY_ON,
            ProgressionOption.id,
            ProgressionOption.decide_by,
            ProgressionOption.decide_by,
            name=ProgressionOption.title,
            detail=ProgressionOption.kind,
            more=ProgressionOption.place,
            number=ProgressionOption.first_choice,
        ).where(ProgressionOption.plan_id == plan_id),
        _rows(
            OWN_STOP,
            OwnStop.id,
            OwnStop.stop_on,
            OwnStop.reached_on,
            lane_id=OwnStop.lane_id,
            name=OwnStop.title,
            number=OwnStop.version,
        ).where(OwnStop.plan_id == plan_id),
    )


def _rows(
    sort: str,
    row_id: Any,
    from_on: Any,
    until_on: Any,
    *,
    lane_id: Any = None,
    name: Any = "",
    detail: Any = "",
    more: Any = "",
    number: Any = 0,
    of: Any = 0,
    at: Any = None,
) -> Select[*tuple[Any, ...]]:
    """One part of the union: every part has the same columns of the same types."""
    return select(
        literal(sort).label("sort"),
        row_id.label("id"),
        from_on.label("from_on"),
        until_on.label("until_on"),
        cast(null() if lane_id is None else lane_id, Integer).label("lane_id"),
        cast(name, Text).label("name"),
        cast(detail, Text).label("detail"),
        cast(more, Text).label("more"),
        cast(number, Integer).label("number"),
        cast(of, Integer).label("of"),
        (cast(null(), UtcDateTime()) if at is None else at).label("at"),
    )


@built_once
def _changes(viewer: Viewer) -> CompoundSelect[*tuple[Any, ...]]:
    plan_id = bindparam("plan_id", type_=Integer)
    of_plan = (
        select(Change.at, Change.id, Change.target_id, Change.field, Change.old, Change.new, Change.reason)
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .where(Change.plan_id == plan_id, enrolments_seen_by(viewer))
    )
    tables: tuple[tuple[Confidential, Any], ...] = (
        (Confidential.SUPPORT, Support),
        (Confidential.BARRIER, Barrier),
    )
    confidential = [
        select(
            SupportChange.at,
            SupportChange.id,
            cast(null(), Integer),
            # As the history of the plan calls a row: "support 5 until_on", or "support 5" where it was added.
            literal(f"{sort.value} ")
            + cast(table.id, Text)
            + func.replace(literal(" ") + SupportChange.field, " created", ""),
            SupportChange.old,
            SupportChange.new,
            literal(""),
        )
        .join(table, and_(table.id == SupportChange.row_id, table.plan_id == SupportChange.plan_id))
        .join(Enrolment, Enrolment.id == SupportChange.plan_id)
        .where(
            SupportChange.plan_id == plan_id,
            SupportChange.about == sort.value,
            confidential_rows_read_by(viewer, table.confidentiality),
        )
        for sort, table in tables
    ]
    return union_all(of_plan, *confidential)
