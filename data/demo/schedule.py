"""The schedule of the demo's tutor: the reviews of the last weeks, this week's tutorial hour half booked, and
free slots in the weeks ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, rules
from data.demo.college import DemoCollege
from data.models import BookingStatus
from data.schedule import ends

ROOM = "Tutorial room B2.14"
MINUTES = 15
IN_A_ROW = 4
HOURS = ((1, time(9)), (3, time(13, 30)))
"""(weekday, when the tutorial hour starts)."""
WEEKS_BACK, WEEKS_AHEAD = 4, 5
NO_ADDRESS = "the hash of no address"
BOOKED_AHEAD = 3


def add_schedule(college: DemoCollege, session: Session) -> None:
    """For the tutor of the first cohort; one learner didn't come the other day."""
    tutor_id, cohort_id = session.execute(
        select(models.CohortTutor.person_id, models.CohortTutor.cohort_id)
        .order_by(models.CohortTutor.id)
        .limit(1)
    ).one()
    _add_held(college, session, tutor_id, cohort_id)
    _add_calendar(college, session, tutor_id)
    _add_change(college, session)
    monday = rules.monday_of(college.today)
    offered = [
        slot
        for week in range(WEEKS_AHEAD)
        for weekday, starts in HOURS
        if (day := monday + timedelta(weeks=week, days=weekday)) >= college.today
        and college.open_days.on_or_after(day) == day
        for slot in _hour(tutor_id, day, starts)
    ]
    session.add_all(offered)
    session.flush()
    waiting = session.scalars(
        select(models.Enrolment.id)
        .where(
            models.Enrolment.cohort_id == cohort_id,
            models.Enrolment.ended_on.is_(None),
            models.Enrolment.next_review_on >= college.today,
        )
        .order_by(models.Enrolment.next_review_on, models.Enrolment.id)
        .limit(BOOKED_AHEAD + 1)
    ).all()
    for plan_id, slot in zip(waiting[:BOOKED_AHEAD], offered, strict=False):
        _book(college, session, slot, plan_id)
    last_open_day = college.open_days.on_or_before(college.yesterday)
    for plan_id in waiting[BOOKED_AHEAD:]:
        missed = models.Slot(
            tutor_id=tutor_id, on_day=last_open_day, starts=time(16, 30), minutes=MINUTES, place=ROOM
        )
        session.add(missed)
        session.flush()
        _book(college, session, missed, plan_id, BookingStatus.NO_SHOW)


def _add_held(college: DemoCollege, session: Session, tutor_id: int, cohort_id: int) -> None:
    """A booking for each review of the last weeks, one after another from nine."""
    held = session.execute(
        select(models.Review.plan_id, models.Review.held_on)
        .join(models.Enrolment, models.Enrolment.id == models.Review.plan_id)
        .where(
            models.Enrolment.cohort_id == cohort_id,
            models.Review.held_on >= college.today - timedelta(weeks=WEEKS_BACK),
        )
        .order_by(models.Review.held_on, models.Review.id)
    ).all()
    places: dict[date, int] = {}
    for plan_id, held_on in held:
        place = places[held_on] = places.get(held_on, -1) + 1
        slot = models.Slot(
            tutor_id=tutor_id,
            on_day=held_on,
            starts=ends(time(9), place * MINUTES),
            minutes=MINUTES,
            place=ROOM,
        )
        session.add(slot)
        session.flush()
        _book(college, session, slot, plan_id)


def _add_calendar(college: DemoCollege, session: Session, tutor_id: int) -> None:
    """The tutor's calendar at an address that nobody knows."""
    session.add(
        models.CalendarFeed(
            person_id=tutor_id,
            token_hash=NO_ADDRESS,
            made_at=datetime.combine(college.today - timedelta(days=60), time(8, 40), UTC),
            last_read_at=datetime.combine(college.yesterday, time(22, 5), UTC),
        )
    )


def _add_change(college: DemoCollege, session: Session) -> None:
    """The last thing that an administrator changed of what the college goes by."""
    administrator = session.scalars(
        select(models.RoleAssignment.person_id)
        .where(models.RoleAssignment.role_name == "administrator")
        .order_by(models.RoleAssignment.id)
    ).first()
    session.add(
        models.CollegeChange(
            organisation_id=college.organisation_id,
            about="review_kind",
            row_id=college.kinds["support"],
            title="Support review",
            field="counts",
            old="no",
            new="yes",
            by_id=administrator,
            at=datetime.combine(college.today - timedelta(days=120), time(10, 15), UTC),
        )
    )


def _hour(tutor_id: int, day: date, starts: time) -> list[models.Slot]:
    return [
        models.Slot(
            tutor_id=tutor_id, on_day=day, starts=ends(starts, place * MINUTES), minutes=MINUTES, place=ROOM
        )
        for place in range(IN_A_ROW)
    ]


def _book(
    college: DemoCollege,
    session: Session,
    slot: models.Slot,
    plan_id: int,
    status: BookingStatus = BookingStatus.BOOKED,
) -> None:
    booked_on = min(slot.on_day, college.today) - timedelta(days=5)
    session.add(
        models.Booking(
            slot_id=slot.id,
            plan_id=plan_id,
            status=status,
            booked_by_id=slot.tutor_id,
            booked_at=datetime.combine(booked_on, time(11, 5), UTC),
        )
    )
    session.flush()
