"""Writes a tutor's reviews as an iCalendar file (RFC 5545), with the rules of the time zone in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.calendar_feed import Feed
from data.schedule import BookedReview

if TYPE_CHECKING:
    from icalendar import Event

REFRESH = timedelta(hours=1)


def calendar(feed: Feed) -> bytes:
    """The file: an event for each review, by wall-clock time in the college's zone, so that a review at nine
    stays at nine when the clocks change."""
    from icalendar import Calendar  # takes memory of every worker, few of which ever serve a calendar

    made = Calendar()
    made.add("prodid", "-//Routebook//Reviews//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"Reviews, {feed.organisation}")
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for one in feed.bookings:
        made.add_component(_event(one, feed))
    made.add_missing_timezones()
    content: bytes = made.to_ical()
    return content


def initials(one: BookedReview) -> str:
    """A.B."""
    return "".join(f"{name[:1].upper()}." for name in (one.given_name, one.family_name) if name)


def _event(one: BookedReview, feed: Feed) -> Event:
    from icalendar import Event

    event = Event()
    starts = datetime.combine(one.on_day, one.starts, ZoneInfo(feed.time_zone))
    event.add("uid", f"booking-{one.id}@routebook")
    event.add("sequence", one.version)
    event.add("dtstamp", feed.as_at.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("duration", timedelta(minutes=one.minutes))
    event.add("summary", f"Review: {one.learner if feed.full_names else initials(one)}")
    where = ", ".join(part for part in (one.place, "online" if one.online else "") if part)
    if where:
        event.add("location", where)
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    return event
