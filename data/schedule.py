"""When a tutor's reviews take place: the slots offered, and who is booked into them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, select
from sqlalchemy.orm import Session

from data.models import Booking, BookingStatus, Cohort, Enrolment, Learner, Person, Review, Slot
from data.scope import Viewer, enrolments_seen_by
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
