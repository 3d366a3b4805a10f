"""A tutor's reviews at a private address for a calendar: made, revoked, read by its token.

The token is the whole sign-in, so the feed is little: when, where, and a learner's initials. It reads as its
tutor would on the day: who has left a cohort, or whose account is disabled, has nobody of it in the calendar.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data import rules
from data.errors import NotFound
from data.form_values import Typed
from data.models import CalendarFeed
from data.saved import Saved
from data.schedule import BookedReview, BookingState, bookings_of, keeps_schedule
from data.scope import USUALLY_SOON, Viewer, load_viewer
from data.sign_in import hash_of

SAVED_KIND = "calendar-feed"
TOKEN_BYTES = 32
WEEKS_BACK, WEEKS_AHEAD = 8, 60
READ_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedState:
    """The feed that works, as its tutor is told of it."""

    made_at: datetime
    last_read_at: datetime | None
    full_names: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar asks for. Times are on the clock of `time_zone`."""

    tutor: str
    organisation: str
    time_zone: str
    full_names: bool
    as_at: datetime
    bookings: tuple[BookedReview, ...]


def state(session: Session, viewer: Viewer) -> FeedState | None:
    """The viewer's feed, if there is one."""
    found = session.execute(
        select(CalendarFeed.made_at, CalendarFeed.last_read_at, CalendarFeed.full_names).where(
            CalendarFeed.person_id == viewer.person_id, CalendarFeed.revoked_at.is_(None)
        )
    ).first()
    return FeedState(*found) if found else None


def make(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new address, which is told in `shown_once` and nowhere else; the one before stops working."""
    _require_own(viewer, typed)
    _revoke(session, viewer)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        CalendarFeed(
            person_id=viewer.person_id,
            token_hash=hash_of(token),
            full_names=typed.ticked("full_names"),
            made_at=viewer.now,
        )
    )
    session.flush()
    return Saved("Your calendar’s address is shown above, this once.", SAVED_KIND, shown_once=token)


def revoke(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    _require_own(viewer, typed)
    _revoke(session, viewer)
    return Saved("The address has stopped working.", SAVED_KIND)


def _require_own(viewer: Viewer, typed: Typed) -> None:
    if not keeps_schedule(viewer) or typed.id("tutor") != viewer.person_id:
        raise NotFound


def _revoke(session: Session, viewer: Viewer) -> None:
    working = (CalendarFeed.person_id == viewer.person_id, CalendarFeed.revoked_at.is_(None))
    session.execute(update(CalendarFeed).where(*working).values(revoked_at=viewer.now))


def read_by_token(
    session: Session,
    token: str,
    now: datetime,
    fixed_today: date | None = None,
    soon: rules.Soon = USUALLY_SOON,
) -> Feed:
    """What the calendar at this address shows; notes that it was read. NotFound for any other token."""
    row = session.scalars(
        select(CalendarFeed).where(
            CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None)
        )
    ).one_or_none()
    viewer = load_viewer(session, row.person_id, now, fixed_today, soon) if row else None
    if row is None or viewer is None or not keeps_schedule(viewer):
        raise NotFound
    if row.last_read_at is None or viewer.now - row.last_read_at >= READ_NOTED_EVERY:
        row.last_read_at = viewer.now
    monday = rules.monday_of(viewer.today)
    from_on, until_on = monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(weeks=WEEKS_AHEAD)
    shown = (BookingState.BOOKED, BookingState.HELD)
    return Feed(
        tutor=viewer.name,
        organisation=viewer.organisation_name,
        time_zone=viewer.time_zone,
        full_names=row.full_names,
        as_at=viewer.now,
        bookings=tuple(one for one in bookings_of(session, viewer, from_on, until_on) if one.state in shown),
    )
