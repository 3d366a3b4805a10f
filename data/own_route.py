"""What learners put on their own map: stops of their own, which nothing counts, and names for their roads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import plan_days, plan_rows
from data.errors import Refused
from data.form_values import Typed
from data.models import Enrolment, Lane, OwnStop, RoadName
from data.own_words import require_own_words
from data.plan_head import PlanHead
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by
from data.targets import lane_choices

MOST_STOPS = 24
LONGEST_TITLE, LONGEST_NAME = 80, 32
"""What has room on the map."""


@dataclass(frozen=True, slots=True)
class CopiedStop:
    """An own stop as a copy of the plan tells of it; `road` is its lane's label."""

    title: str
    road: str
    on: date
    reached_on: date | None


@dataclass(frozen=True, slots=True)
class NamedRoad:
    road: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnRoute:
    """What a learner has put on their own map."""

    stops: tuple[CopiedStop, ...]
    roads: tuple[NamedRoad, ...]


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> OwnRoute:
    """The own stops of a plan by day and the names of its roads, in two queries; nothing out of scope."""
    stops = session.execute(
        select(OwnStop.title, Lane.label, OwnStop.stop_on, OwnStop.reached_on)
        .join(Lane, Lane.id == OwnStop.lane_id)
        .join(Enrolment, Enrolment.id == OwnStop.plan_id)
        .where(OwnStop.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(OwnStop.stop_on, OwnStop.id)
    )
    roads = session.execute(
        select(Lane.label, RoadName.name)
        .join(Lane, Lane.id == RoadName.lane_id)
        .join(Enrolment, Enrolment.id == RoadName.plan_id)
        .where(RoadName.plan_id == plan_id, RoadName.name != "", enrolments_seen_by(viewer))
        .order_by(Lane.position)
    )
    return OwnRoute(tuple(CopiedStop(*row) for row in stops), tuple(NamedRoad(*row) for row in roads))


def save_stop(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out a stop of the learner's own. Raises NotFound, Refused, ChangedElsewhere."""
    head = require_own_words(session, viewer, typed.id("plan"))
    stop_id = typed.id_or_none("own_stop")
    stop = plan_rows.of_plan(session, OwnStop, stop_id, head.id) if stop_id else None
    if stop and typed.ticked("remove"):
        plan_rows.remove(session, viewer, head.id, stop, typed.version(), stop.title)
        return head.saved("Taken off your map.", "own-route")
    values = _stop(session, viewer, head, typed)
    if stop:
        version = plan_rows.change(session, viewer, head.id, stop, typed.version(), values)
        return head.saved("Your stop is saved.", "own-route", id=stop.id, version=version)
    count = session.scalar(select(func.count()).where(OwnStop.plan_id == head.id)) or 0
    if count >= MOST_STOPS:
        raise Refused(f"{MOST_STOPS} own stops are on your map. Please take one off before you add another.")
    made = plan_rows.add(session, viewer, head.id, OwnStop(plan_id=head.id, **values), values["title"])
    return head.saved("Your stop is on the map.", "own-route", id=made.id, version=made.version)


def _stop(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    stop_on = typed.day("stop_on", required="Please choose a day for your stop.")
    plan_days.not_before_the_plan(head, stop_on, "stop_on")
    plan_days.not_far_ahead(viewer, stop_on, "stop_on")
    reached_on = typed.day("reached_on")
    plan_days.not_before_the_plan(head, reached_on, "reached_on")
    plan_days.not_after_today(viewer, reached_on, "reached_on")
    return {
        "lane_id": _lane(session, viewer, typed),
        "title": typed.line("title", required="Please say what your stop is.", longest=LONGEST_TITLE),
        "stop_on": stop_on,
        "reached_on": reached_on,
    }


def name_road(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Name the road of a lane; an empty name gives it the lane's again. Raises NotFound, Refused,
    ChangedElsewhere."""
    head = require_own_words(session, viewer, typed.id("plan"))
    lane_id = _lane(session, viewer, typed)
    name = typed.line("name", longest=LONGEST_NAME)
    row = session.scalar(
        select(RoadName)
        .where(RoadName.plan_id == head.id, RoadName.lane_id == lane_id)
        .execution_options(populate_existing=True)
    )
    if row is None:
        if name:
            made = RoadName(plan_id=head.id, lane_id=lane_id, name=name)
            plan_rows.add(session, viewer, head.id, made, name)
        return head.saved("The road has your name.", "own-route", version=1)
    version = plan_rows.change(session, viewer, head.id, row, typed.version(), {"name": name})
    sentence = "The road has your name." if name else "The road is called by its lane again."
    return head.saved(sentence, "own-route", version=version)


def _lane(session: Session, viewer: Viewer, typed: Typed) -> int:
    lane_id = typed.id_or_none("lane_id")
    if lane_id is None or lane_id not in {lane.id for lane in lane_choices(session, viewer)}:
        raise Refused("Please choose a lane.", "lane_id")
    return lane_id
