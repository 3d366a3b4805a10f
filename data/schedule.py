"""When a tutor's reviews take place: the slots offered, and who is booked into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from data import rules
from data.errors import NotFound
from data.models import (
    Booking,
    BookingStatus,
    Cohort,
    Enrolment,
    Learner,
    Person,
    Reach,
    Review,
    Slot,
    Writes,
)
from data.rules import ReviewState
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by, tutored_by
from data.state_sql import enrolled_on, paused_on
from data.statements import built_once


class BookingState(StrEnum):
    """What a booking is: held once a review of that day is recorded, else what people said of it."""

    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BookedReview:
    """A learner booked into a slot; times are on the organisation's clock. `reason` says why a booking was
    cancelled. `next_review_on` is when the review is due."""

    id: int
    version: int
    slot_id: int
    on_day: date
    starts: time
    minutes: int
    place: str
    online: bool
    tutor_id: int
    tutor: str
    plan_id: int
    learner_id: int
    given_name: str
    family_name: str
    cohort_code: str
    next_review_on: date | None
    state: BookingState
    reason: str

    @property
    def learner(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def ends(self) -> time:
        return ends(self.starts, self.minutes)


def ends(starts: time, minutes: int) -> time:
    """When what starts then is over; a slot never reaches past midnight."""
    return (datetime.combine(date.min, starts) + timedelta(minutes=minutes)).time()


def bookings_of(session: Session, viewer: Viewer, from_on: date, until_on: date) -> list[BookedReview]:
    """Who is booked with the viewer from one day to another, both included, by time; in one query.

    Cancelled bookings aren't among them, nor learners whom the viewer doesn't see any more.
    """
    rows = session.execute(
        _bookings(viewer).where(
            Slot.tutor_id == bindparam("tutor_id"),
            Slot.on_day.between(bindparam("from_on"), bindparam("until_on")),
        ),
        {"tutor_id": viewer.person_id, "from_on": from_on, "until_on": until_on},
    )
    return [_booked(row) for row in rows]


def bookings_of_plan(session: Session, viewer: Viewer, plan_id: int) -> list[BookedReview]:
    """When the plan's reviews are booked from today on, by time."""
    rows = session.execute(_bookings(viewer).where(Booking.plan_id == plan_id, Slot.on_day >= viewer.today))
    return [_booked(row) for row in rows]


@built_once
def _bookings(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    held = exists().where(Review.plan_id == Booking.plan_id, Review.held_on == Slot.on_day)
    return (
        select(
            Booking.id,
            Booking.version,
            Booking.slot_id,
            Slot.on_day,
            Slot.starts,
            Slot.minutes,
            Slot.place,
            Slot.online,
            Slot.tutor_id,
            Person.name.label("tutor"),
            Booking.plan_id,
            Enrolment.learner_id,
            Learner.given_name,
            Learner.family_name,
            Cohort.code.label("cohort_code"),
            Enrolment.next_review_on,
            case(
                (and_(held, Booking.status == BookingStatus.BOOKED), BookingState.HELD), else_=Booking.status
            ).label("state"),
            Booking.reason,
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Person, Person.id == Slot.tutor_id)
        .join(Enrolment, Enrolment.id == Booking.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Booking.status != BookingStatus.CANCELLED, enrolments_seen_by(viewer))
        .order_by(Slot.on_day, Slot.starts, Booking.id)
    )


def _booked(row: Any) -> BookedReview:
    return BookedReview(**(dict(row._mapping) | {"state": BookingState(row.state)}))


# --- a tutor's page ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A slot and who is booked into it, if anybody whom the viewer sees is; `taken`: somebody is."""

    id: int
    version: int
    on_day: date
    starts: time
    minutes: int
    place: str
    online: bool
    taken: bool
    booking: BookedReview | None

    @property
    def ends(self) -> time:
        return ends(self.starts, self.minutes)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A learner of the viewer's without a booking ahead."""

    plan_id: int
    learner_id: int
    name: str
    cohort_code: str
    next_review_on: date | None
    state: ReviewState


@dataclass(frozen=True, slots=True)
class Schedule:
    """A tutor's slots from Monday of this week on, by time; `waiting` the most overdue first.

    `held` and `no_shows` count the tutor's bookings since the academic year began.
    """

    tutor_id: int
    today: date
    slots: tuple[SlotLine, ...]
    waiting: tuple[Waiting, ...]
    held: int
    no_shows: int

    @property
    def days(self) -> list[tuple[date, list[SlotLine]]]:
        return [(day, list(slots)) for day, slots in groupby(self.slots, key=lambda slot: slot.on_day)]

    @property
    def free(self) -> list[SlotLine]:
        """Slots from today on that nobody has."""
        return [slot for slot in self.slots if not slot.taken and slot.on_day >= self.today]


def keeps_schedule(viewer: Viewer) -> bool:
    return any(grant.reach == Reach.CASELOAD and grant.writes == Writes.PLANS for grant in viewer.grants)


def read(session: Session, viewer: Viewer) -> Schedule:
    """The viewer's own schedule, for tutors; in a fixed number of queries."""
    if not keeps_schedule(viewer):
        raise NotFound
    monday = rules.monday_of(viewer.today)
    bookings = {one.slot_id: one for one in bookings_of(session, viewer, monday, date.max)}
    counts = _counts(session, viewer)
    return Schedule(
        tutor_id=viewer.person_id,
        today=viewer.today,
        slots=tuple(_slots(session, viewer, monday, bookings)),
        waiting=tuple(_waiting(session, viewer)),
        held=counts.get(BookingState.HELD, 0),
        no_shows=counts.get(BookingState.NO_SHOW, 0),
    )


def _slots(
    session: Session, viewer: Viewer, from_on: date, bookings: Mapping[int, BookedReview]
) -> Iterator[SlotLine]:
    taken = exists().where(Booking.slot_id == Slot.id, Booking.status != BookingStatus.CANCELLED)
    for slot, is_taken in session.execute(
        select(Slot, taken)
        .where(Slot.tutor_id == viewer.person_id, Slot.on_day >= from_on)
        .order_by(Slot.on_day, Slot.starts)
    ):
        yield SlotLine(
            slot.id,
            slot.version,
            slot.on_day,
            slot.starts,
            slot.minutes,
            slot.place,
            slot.online,
            is_taken,
            bookings.get(slot.id),
        )


def _waiting(session: Session, viewer: Viewer) -> Iterator[Waiting]:
    """Learners whom the viewer tutors, enrolled, not paused, not booked from today on."""
    booked = exists().where(
        Booking.plan_id == Enrolment.id,
        Booking.status == BookingStatus.BOOKED,
        Slot.id == Booking.slot_id,
        Slot.on_day >= viewer.today,
    )
    for plan_id, learner_id, given_name, family_name, code, next_on in session.execute(
        select(
            Enrolment.id,
            Enrolment.learner_id,
            Learner.given_name,
            Learner.family_name,
            Cohort.code,
            Enrolment.next_review_on,
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            enrolments_written_by(viewer, Writes.PLANS),
            tutored_by(viewer),
            enrolled_on(viewer.clock_day),
            ~paused_on(viewer.clock_day),
            Enrolment.next_review_on.is_not(None),
            ~booked,
        )
        .order_by(Enrolment.next_review_on, Learner.family_name, Enrolment.id)
    ):
        state = rules.review_state(next_on, viewer.clock_day, soon_days=viewer.soon.reviews)
        yield Waiting(plan_id, learner_id, f"{given_name} {family_name}", code, next_on, state)


def _counts(session: Session, viewer: Viewer) -> dict[str, int]:
    """{state: the viewer's bookings of this academic year}."""
    since = rules.academic_year_start(viewer.today)
    year = _bookings(viewer).where(Slot.tutor_id == viewer.person_id, Slot.on_day >= since).subquery()
    rows = session.execute(select(year.c.state, func.count()).group_by(year.c.state)).all()
    return {state: count for state, count in rows}
