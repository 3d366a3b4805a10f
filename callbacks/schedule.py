"""`/schedule`: a tutor's slots, and who is booked into them."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, no_update
from flask import request as flask_request
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.schedule import ADDRESS, TITLE, drawn, schedule_page
from data import calendar_feed, capacity, schedule, slots, who_stands_in
from data.calendar_feed import FeedState
from data.capacity import TutorLine
from data.models import Writes
from data.scope import Viewer
from data.who_stands_in import StandsIn

WRITERS = {
    "slot-offer": Writer.of(slots.offer, Writes.PLANS),
    "slot-change": Writer.of(slots.change_slot, Writes.PLANS),
    "booking-move": Writer.of(slots.move, Writes.PLANS),
    "booking-no-show": Writer.of(slots.no_show, Writes.PLANS),
    "booking-cancel": Writer.of(slots.cancel, Writes.PLANS),
    "slots-book": Writer.of(slots.book, Writes.PLANS),
    "slot-remove": Writer.of(slots.remove_slot, Writes.PLANS),
}


@request.page
def page(**_query: Any) -> Any:
    """The viewer's own schedule."""
    with request.looking() as (session, viewer):
        content = schedule_page(*_read(session, viewer))
        return shell.page(request.frame(viewer), TITLE, content, active=ADDRESS)


@policy.reads
def follow_save(saved: Any) -> Any:
    """After a save: the schedule's drawing, from the database; a calendar's new address, this once."""
    if not isinstance(saved, dict):
        return no_update
    token = saved.get("shown_once") if saved.get("kind") == calendar_feed.SAVED_KIND else ""
    address = f"{flask_request.host_url}calendar/{token}.ics" if isinstance(token, str) and token else ""
    with request.looking() as (session, viewer):
        return drawn(*_read(session, viewer), address)


def _read(
    session: Session, viewer: Viewer
) -> tuple[schedule.Schedule, FeedState | None, TutorLine | None, list[StandsIn]]:
    return (
        schedule.read(session, viewer),
        calendar_feed.state(session, viewer),
        capacity.own(session, viewer),
        who_stands_in.of_viewer(session, viewer),
    )


def register(app: Dash) -> None:
    app.callback(drawing_output(ids.SCHEDULE), Input(ids.SAVED, "data"), prevent_initial_call=True)(
        follow_save
    )
