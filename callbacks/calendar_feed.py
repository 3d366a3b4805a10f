"""`/calendar/<token>.ics`: a tutor's reviews for the calendar that holds the address, without signing in."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Flask, Response
from flask.typing import ResponseReturnValue

from callbacks import request
from callbacks.writing import Writer
from components.calendar_feed import calendar
from data import calendar_feed, rules
from data.errors import NotFound
from data.models import Writes

WRITERS = {
    "calendar-make": Writer.of(calendar_feed.make, Writes.PLANS),
    "calendar-revoke": Writer.of(calendar_feed.revoke, Writes.PLANS),
}
log = structlog.get_logger("routebook.calendar")


def feed(token: str) -> ResponseReturnValue:
    """The calendar, or 404 for an address that opens none any more."""
    chosen = request.settings()
    soon = rules.Soon(chosen.target_soon_days, chosen.review_soon_days)
    try:
        with request.writing_session() as session:
            found = calendar_feed.read_by_token(session, token, datetime.now(UTC), chosen.today, soon)
    except NotFound:
        log.info("a calendar's address opened nothing")
        return Response("This address opens no calendar any more.", 404, mimetype="text/plain")
    response = Response(calendar(found), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="reviews.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def register(server: Flask) -> None:
    server.add_url_rule("/calendar/<token>.ics", "calendar_feed", feed, methods=["GET"])
