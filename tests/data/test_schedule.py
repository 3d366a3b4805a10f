"""A tutor's schedule: slots offered, learners booked, moved, cancelled, not come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, time
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import models, schedule, slots
from data.database import writing
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.schedule import BookingState
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

TODAY, TOMORROW = make.TODAY, date(2027, 1, 12)


@dataclass
class World:
    """Two tutors of one cohort with three learners; the second was reviewed in December."""

    plans: list[models.Plan]
    tutor: Viewer
    colleague: Viewer
    learner: Viewer


@pytest.fixture
def world(session: Session) -> World:
    college = make.organisation(session)
    cohort = make.cohort(session, make.department(session, college))
    tutors = [make.person(session, college, "tutor") for _ in range(2)]
    for one in tutors:
        make.tutors(session, one, cohort)
    plans = [make.planned_learner(session, cohort) for _ in range(3)]
    make.review(session, plans[0], date(2026, 12, 7))
    learner = make.person(session, college, "learner")
    session.add(
        models.ClosedPeriod(
            organisation_id=college.id, name="Half-term", from_on=date(2027, 1, 18), back_on=date(2027, 1, 25)
        )
    )
    make.complete(session)
    return World(plans, *(make.viewer(session, one) for one in (*tutors, learner)))


def typed(viewer: Viewer, **fields: Any) -> Typed:
    sent = {name: [str(value)] for name, value in fields.items()}
    return Typed(sent | {"tutor": [str(viewer.person_id)]})


def offer(session: Session, viewer: Viewer, **fields: Any) -> list[models.Slot]:
    usual = {"on_day": TOMORROW, "starts": "09:00", "minutes": 15, "how_many": 2}
    slots.offer(session, viewer, typed(viewer, **(usual | fields)))
    own = select(models.Slot).where(models.Slot.tutor_id == viewer.person_id)
    return list(session.scalars(own.order_by(models.Slot.on_day, models.Slot.starts)))


def book(session: Session, viewer: Viewer, slot: models.Slot, plan: models.Plan) -> models.Booking:
    slots.book(session, viewer, typed(viewer, **{f"plan-{slot.id}": plan.id}))
    return session.scalars(
        select(models.Booking).where(models.Booking.plan_id == plan.id).order_by(models.Booking.id.desc())
    ).all()[0]


def test_slots_stand_in_a_row_and_leave_out_closed_weeks_and_times_offered_already(
    session: Session, world: World
) -> None:
    offered = offer(session, world.tutor, weeks=3)
    assert [(one.on_day, one.starts) for one in offered] == [
        (TOMORROW, time(9)),
        (TOMORROW, time(9, 15)),
        (date(2027, 1, 26), time(9)),
        (date(2027, 1, 26), time(9, 15)),
    ]
    again = typed(world.tutor, on_day=TOMORROW, starts="09:20", minutes=15, how_many=2)
    saved = slots.offer(session, world.tutor, again)
    assert saved.sentence.startswith("1 slot is offered. 1 left out")
    with pytest.raises(Refused, match="past midnight"):
        offer(session, world.tutor, starts="23:50")


def test_the_proposed_order_is_the_most_overdue_first_without_those_who_are_booked(
    session: Session, world: World
) -> None:
    _, second, third = world.plans
    first_slot, _ = offer(session, world.tutor)
    waiting = schedule.read(session, world.tutor).waiting
    assert [one.plan_id for one in waiting] == [second.id, third.id, world.plans[0].id]
    book(session, world.tutor, first_slot, second)
    with statements(session) as ran:
        found = schedule.read(session, world.tutor)
    assert len(ran) == 4
    assert [one.plan_id for one in found.waiting] == [third.id, world.plans[0].id]
    assert [slot.booking.plan_id if slot.booking else None for slot in found.slots] == [second.id, None]


def test_a_learner_is_in_one_place_at_a_time_and_a_slot_holds_one(session: Session, world: World) -> None:
    plan, other, _ = world.plans
    first, second = offer(session, world.tutor)
    theirs, later = offer(session, world.colleague, starts="09:10", minutes=10)
    book(session, world.tutor, first, plan)
    with pytest.raises(Refused, match="booked at that time already"):
        book(session, world.colleague, theirs, plan)
    with pytest.raises(Refused, match="Somebody is booked"):
        book(session, world.tutor, first, other)
    with pytest.raises(Refused, match="Please move that booking"):
        book(session, world.tutor, second, plan)
    with pytest.raises(NotFound):
        book(session, world.tutor, later, other)
    book(session, world.colleague, later, plan)


def test_a_booking_is_moved_cancelled_with_a_reason_and_leaves_its_slot_free(
    session: Session, world: World
) -> None:
    first, second = offer(session, world.tutor)
    booking = book(session, world.tutor, first, world.plans[0])
    about = {"booking": booking.id}
    slots.move(session, world.tutor, typed(world.tutor, **about, version=1, slot=second.id))
    with pytest.raises(ChangedElsewhere):
        slots.cancel(session, world.tutor, typed(world.tutor, **about, version=1, reason="Ill"))
    with pytest.raises(Refused, match="why"):
        slots.cancel(session, world.tutor, typed(world.tutor, **about, version=2))
    slots.cancel(session, world.tutor, typed(world.tutor, **about, version=2, reason="Ill"))
    book(session, world.tutor, second, world.plans[1])
    changes = (
        select(models.Change).where(models.Change.plan_id == world.plans[0].id).order_by(models.Change.id)
    )
    said = [(one.field.split()[-1], one.old, one.new) for one in session.scalars(changes)]
    assert ("moved", "2027-01-12 09:00", "2027-01-12 09:15") in said
    assert ("status", "booked", "cancelled") in said


def test_not_coming_is_counted_apart_from_held_and_a_held_review_is_no_absence(
    session: Session, world: World
) -> None:
    here, absent, _ = world.plans
    first, second = offer(session, world.tutor, on_day=TODAY)
    held, missed = book(session, world.tutor, first, here), book(session, world.tutor, second, absent)
    make.review(session, here, TODAY)
    with pytest.raises(Refused, match="the learner was there"):
        slots.no_show(session, world.tutor, typed(world.tutor, booking=held.id, version=1, no_show="on"))
    slots.no_show(session, world.tutor, typed(world.tutor, booking=missed.id, version=1, no_show="on"))
    found = schedule.read(session, world.tutor)
    assert (found.held, found.no_shows) == (1, 1)
    states = [one.state for one in schedule.bookings_of(session, world.tutor, TODAY, TODAY)]
    assert states == [BookingState.HELD, BookingState.NO_SHOW]


def test_two_who_book_one_slot_at_once_book_it_once(session: Session, engine: Engine, world: World) -> None:
    slot = offer(session, world.tutor, how_many=1)[0]
    session.commit()
    together = Barrier(2)

    def try_to_book(plan: models.Plan) -> bool:
        together.wait()
        try:
            with writing(engine) as own:
                slots.book(own, world.tutor, typed(world.tutor, **{f"plan-{slot.id}": plan.id}))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_book, world.plans[:2])) == [False, True]


def test_only_a_tutor_has_a_schedule_and_only_the_own(session: Session, world: World) -> None:
    slot = offer(session, world.tutor)[0]
    booking = book(session, world.tutor, slot, world.plans[0])
    cancelled = {"booking": booking.id, "version": 1, "reason": "x"}
    with pytest.raises(NotFound):
        slots.cancel(session, world.colleague, typed(world.colleague, **cancelled))
    with pytest.raises(NotFound):
        slots.remove_slot(session, world.colleague, typed(world.colleague, slot=slot.id))
    with pytest.raises(NotFound):
        schedule.read(session, world.learner)
    with pytest.raises(Refused, match="move or cancel"):
        slots.remove_slot(session, world.tutor, typed(world.tutor, slot=slot.id))
    slots.cancel(session, world.tutor, typed(world.tutor, **cancelled))
    slots.remove_slot(session, world.tutor, typed(world.tutor, slot=slot.id))
    assert slot.id not in [one.id for one in schedule.read(session, world.tutor).slots]
