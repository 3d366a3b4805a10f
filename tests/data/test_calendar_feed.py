"""A tutor's reviews as a calendar reads them: parsed back, when the clocks change, by a secret address."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from components.calendar_feed import calendar
from data import calendar_feed, models
from data.errors import NotFound
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make

NOW = datetime(2027, 1, 11, 12, tzinfo=UTC)
BEFORE, AFTER = date(2027, 3, 26), date(2027, 3, 29)
"""The clocks go forward on 28 March 2027."""


@pytest.fixture
def tutor(session: Session) -> Viewer:
    """A tutor with a review at nine on the Friday before the clocks change, and on the Monday after."""
    college = make.organisation(session)
    cohort = make.cohort(session, make.department(session, college))
    someone = make.person(session, college, "tutor")
    make.tutors(session, someone, cohort)
    for day in (BEFORE, AFTER):
        slot = make.slot(session, someone, on_day=day, starts=time(9), place="B2.14", online=True)
        make.booking(session, make.planned_learner(session, cohort), someone, slot.id)
    for learner, name in zip(session.scalars(select(models.Learner)), ("Zoë", "Łukasz"), strict=True):
        learner.given_name, learner.family_name = name, "O'Neill"
    make.complete(session)
    return make.viewer(session, someone)


def made(session: Session, tutor: Viewer, **fields: str) -> str:
    typed = Typed({"tutor": [str(tutor.person_id)]} | {name: [value] for name, value in fields.items()})
    return calendar_feed.make(session, tutor, typed).shown_once


def read(session: Session, token: str) -> Calendar:
    return Calendar.from_ical(calendar(calendar_feed.read_by_token(session, token, NOW, make.TODAY)))


def test_a_review_at_nine_stays_at_nine_when_the_clocks_change(session: Session, tutor: Viewer) -> None:
    parsed = read(session, made(session, tutor))
    starts: list[Any] = [event.decoded("dtstart") for event in parsed.events]
    assert [one.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None) for one in starts] == [
        datetime.combine(BEFORE, time(9)),
        datetime.combine(AFTER, time(9)),
    ]
    assert [one.astimezone(UTC).hour for one in starts] == [9, 8]
    assert [event.end - event.start for event in parsed.events] == [timedelta(minutes=15)] * 2


def test_the_file_brings_the_rules_of_its_time_zone(session: Session, tutor: Viewer) -> None:
    (zone,) = read(session, made(session, tutor)).timezones
    assert zone.tz_name == "Europe/London"
    own = zone.to_tz()
    offsets = [datetime.combine(day, time(9), own).utcoffset() for day in (BEFORE, AFTER)]
    assert offsets == [timedelta(0), timedelta(hours=1)]


@pytest.mark.parametrize(
    ("zone", "before", "after", "in_utc", "offsets"),
    [
        ("America/New_York", date(2027, 3, 12), date(2027, 3, 15), ("12 14:00", "15 13:00"), (-5, -4)),
        ("America/New_York", date(2027, 11, 5), date(2027, 11, 8), ("05 13:00", "08 14:00"), (-4, -5)),
        ("Pacific/Auckland", date(2027, 4, 2), date(2027, 4, 5), ("01 20:00", "04 21:00"), (13, 12)),
        ("Pacific/Auckland", date(2027, 9, 24), date(2027, 9, 27), ("23 21:00", "26 20:00"), (12, 13)),
    ],
)
def test_a_review_at_nine_stays_at_nine_wherever_the_college_is(
    session: Session,
    tutor: Viewer,
    zone: str,
    before: date,
    after: date,
    in_utc: tuple[str, str],
    offsets: tuple[int, int],
) -> None:
    session.scalars(select(models.Organisation)).one().time_zone = zone
    slots = session.scalars(select(models.Slot).order_by(models.Slot.id)).all()
    for slot, day in zip(slots, (before, after), strict=True):
        slot.on_day = day
    session.flush()
    parsed = read(session, made(session, tutor))
    starts: list[Any] = [event.decoded("dtstart") for event in parsed.events]
    here = ZoneInfo(zone)
    assert [one.astimezone(here).replace(tzinfo=None) for one in starts] == [
        datetime.combine(day, time(9)) for day in (before, after)
    ]
    assert tuple(f"{one.astimezone(UTC):%d %H:%M}" for one in starts) == in_utc
    (brought,) = parsed.timezones
    assert brought.tz_name == zone
    own = brought.to_tz()
    hours = [datetime.combine(day, time(9), own).utcoffset() for day in (before, after)]
    assert hours == [timedelta(hours=offset) for offset in offsets]


def test_today_in_the_calendar_is_the_colleges_own_day(session: Session, tutor: Viewer) -> None:
    session.scalars(select(models.Organisation)).one().time_zone = "Pacific/Auckland"
    token = made(session, tutor)
    feed = calendar_feed.read_by_token(session, token, NOW)
    assert (feed.as_at.date(), feed.as_at.hour) == (date(2027, 1, 12), 1), "at noon in Greenwich"


def test_learners_are_in_it_by_their_initials_unless_their_tutor_asks_for_names(
    session: Session, tutor: Viewer
) -> None:
    events = read(session, made(session, tutor)).events
    assert [str(event["summary"]) for event in events] == ["Review: Z.O.", "Review: Ł.O."]
    assert str(events[0]["location"]) == "B2.14, online"
    assert b"Neill" not in calendar(
        calendar_feed.read_by_token(session, made(session, tutor), NOW, make.TODAY)
    )
    with_names = read(session, made(session, tutor, full_names="on")).events
    assert str(with_names[0]["summary"]) == "Review: Zoë O'Neill"


def test_an_address_is_long_kept_as_a_hash_and_works_until_the_next_or_its_end(
    session: Session, tutor: Viewer
) -> None:
    first, second = made(session, tutor), made(session, tutor)
    assert len(second) >= 43
    assert second not in repr(session.execute(select(models.CalendarFeed.__table__)).all())
    with pytest.raises(NotFound):
        read(session, first)
    read(session, second)
    state = calendar_feed.state(session, tutor)
    assert state is not None
    assert state.last_read_at is not None
    calendar_feed.revoke(session, tutor, Typed({"tutor": [str(tutor.person_id)]}))
    with pytest.raises(NotFound):
        read(session, second)
    assert calendar_feed.state(session, tutor) is None


def test_whoever_no_longer_tutors_a_cohort_has_nobody_of_it_in_the_calendar(
    session: Session, tutor: Viewer
) -> None:
    token = made(session, tutor)
    session.scalars(select(models.CohortTutor)).one().until_on = make.TODAY - timedelta(days=1)
    session.flush()
    assert read(session, token).events == []
    session.get_one(models.Person, tutor.person_id).disabled = True
    session.flush()
    with pytest.raises(NotFound):
        read(session, token)
