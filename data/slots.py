"""Changes of a tutor's schedule: slots offered and withdrawn, learners booked, moved, cancelled, not come.

Each tutor keeps their own. A slot holds one booking, a learner is in one place at a time and has one review
ahead with a tutor: slots and learners are locked while that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from data import history, plan_days, plan_rows
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed, id_of
from data.models import Booking, BookingStatus, Enrolment, Learner, Review, Slot, Writes
from data.plan_days import long_day
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.schedule import ends
from data.scope import Viewer

SAVED_KIND = "schedule"
MOST_IN_A_ROW = 20
MOST_WEEKS = 20
SHORTEST, LONGEST = 5, 240
BOOKS = "plan-"
"""With a slot's id after it: the field that says whom to book into the slot."""


# --- slots ---------------------------------------------------------------------------------------------


def offer(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Offer slots in a row, on one day or on that weekday of some weeks; closed days and times that are
    offered already are left out, and the sentence says how many."""
    if typed.id("tutor") != viewer.person_id:
        raise NotFound
    on_day = plan_days.chosen(typed, "on_day", "Please choose the day.")
    if on_day < viewer.today:
        raise Refused("That day is over. Please choose today or a later day.", "on_day")
    plan_days.not_far_ahead(viewer, on_day, "on_day")
    starts = _time(typed, "starts")
    minutes = typed.number("minutes", SHORTEST, LONGEST) or 15
    how_many = typed.number("how_many", 1, MOST_IN_A_ROW) or 1
    if datetime.combine(on_day, starts) + timedelta(minutes=minutes * how_many) > _midnight_after(on_day):
        raise Refused("That goes on past midnight. Please offer fewer or shorter ones.", "how_many")
    days = [on_day + timedelta(weeks=week) for week in range(typed.number("weeks", 1, MOST_WEEKS) or 1)]
    open_days = [day for day in days if not any(span.holds(day) for span in viewer.closures)]
    wanted = [
        Slot(
            tutor_id=viewer.person_id,
            on_day=day,
            starts=ends(starts, minutes * place),
            minutes=minutes,
            place=typed.line("place"),
            online=typed.ticked("online"),
        )
        for day in open_days
        for place in range(how_many)
    ]
    offered = list(_without_overlap(wanted, _own_slots(session, viewer, days)))
    if not offered:
        raise Refused("No slot can be offered then: the college is closed, or you offer that time already.")
    session.add_all(offered)
    session.flush()
    left_out = len(days) * how_many - len(offered)
    rest = f" {left_out} left out: closed days, or times that you offer already." if left_out else ""
    slots = "1 slot is" if len(offered) == 1 else f"{len(offered)} slots are"
    return Saved(f"{slots} offered.{rest}", SAVED_KIND)


def change_slot(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say anew where a slot is; who is booked into it has that in the history."""
    slot = _own_slot(session, viewer, typed.id("slot"))
    booking = _taken_by(session, slot.id)
    place, online = typed.line("place"), typed.ticked("online")
    if booking is not None:
        values = {"place": place, "online": online}
        plan_rows.change(session, viewer, booking.plan_id, slot, typed.version(), values)
    elif slot.version != typed.version():
        raise ChangedElsewhere(slot.version, {"place": slot.place, "online": slot.online})
    else:
        slot.place, slot.online, slot.version = place, online, slot.version + 1
        session.flush()
    return Saved("The slot is saved.", SAVED_KIND, id=slot.id)


def remove_slot(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Withdraw a free slot. The history of plans keeps who was booked into it and cancelled."""
    slot = _own_slot(session, viewer, typed.id("slot"))
    if _taken_by(session, slot.id) is not None:
        raise Refused("Somebody is booked into this slot. Please move or cancel the booking first.")
    session.execute(delete(Booking).where(Booking.slot_id == slot.id))
    session.delete(slot)
    session.flush()
    return Saved("The slot is withdrawn.", SAVED_KIND)


def _time(typed: Typed, field: str) -> time:
    sent = typed.line(field, required="Please say when it starts.")
    try:
        return datetime.strptime(sent[:5], "%H:%M").time()  # noqa: DTZ007  # a time of day, without a zone
    except ValueError:
        raise Refused("Please write the time as 09:30.", field) from None


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=23, minutes=59)


def _without_overlap(wanted: Iterable[Slot], there: list[Slot]) -> Iterator[Slot]:
    for slot in wanted:
        if not any(_overlap(slot, other) for other in there):
            yield slot


def _overlap(one: Slot, other: Slot) -> bool:
    return (
        one.on_day == other.on_day
        and one.starts < ends(other.starts, other.minutes)
        and other.starts < ends(one.starts, one.minutes)
    )


def _own_slots(session: Session, viewer: Viewer, days: list[date]) -> list[Slot]:
    own = select(Slot).where(Slot.tutor_id == viewer.person_id, Slot.on_day.in_(days))
    return list(session.scalars(own))


# --- bookings ------------------------------------------------------------------------------------------


def book(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Book learners into slots: one field for each slot, `plan-<slot id>`, all of them or none."""
    if typed.id("tutor") != viewer.person_id:
        raise NotFound
    chosen = [
        (slot_id, plan_id)
        for field in typed.sent
        if field.startswith(BOOKS) and (plan_id := typed.id_or_none(field))
        for slot_id in [id_of({"slot": field.removeprefix(BOOKS)}, "slot") or 0]
    ]
    if not chosen:
        raise Refused("Please choose whom to book.")
    said = ""
    for slot_id, plan_id in chosen:
        slot, head = _own_slot(session, viewer, slot_id), require_plan(session, viewer, plan_id, Writes.PLANS)
        _check_free(session, viewer, slot, head)
        row = Booking(slot_id=slot.id, plan_id=head.id, booked_by_id=viewer.person_id, booked_at=viewer.now)
        plan_rows.add(session, viewer, head.id, row, f"booked {_when(slot)}")
        said = f"{head.learner_name} is booked for {_spoken(slot)}."
    return Saved(said if len(chosen) == 1 else f"{len(chosen)} learners are booked.", SAVED_KIND)


def move(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Move a booking into another free slot."""
    booking, old = _own_booking(session, viewer, typed.id("booking"))
    head = require_plan(session, viewer, booking.plan_id, Writes.PLANS)
    if booking.status != BookingStatus.BOOKED:
        raise Refused("Only a booking that is still to come can be moved.")
    slot_id = typed.id_or_none("slot")
    if slot_id is None:
        raise Refused("Please choose the slot to move it to.", "slot")
    slot = _own_slot(session, viewer, slot_id)
    _check_free(session, viewer, slot, head, but_for=booking.id)
    before = _when(old)
    plan_rows.change(session, viewer, head.id, booking, typed.version(), {"slot_id": slot.id})
    history.record(session, viewer, head.id, f"booking {booking.id} moved", before, _when(slot))
    return Saved(f"{head.learner_name} is moved to {_spoken(slot)}.", SAVED_KIND, plan=head.id)


def cancel(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Cancel a booking, or a learner's not coming that is explained since; the slot is free again."""
    booking, slot = _own_booking(session, viewer, typed.id("booking"))
    head = require_plan(session, viewer, booking.plan_id, Writes.PLANS)
    if booking.status == BookingStatus.CANCELLED:
        raise Refused("This booking is cancelled already.")
    if _is_held(session, booking, slot):
        raise Refused("This review was held, so its booking stays.")
    reason = typed.line("reason", required="Please say why it is cancelled.")
    values = {"status": BookingStatus.CANCELLED.value, "reason": reason}
    plan_rows.change(session, viewer, head.id, booking, typed.version(), values)
    return Saved(f"The booking of {head.learner_name} is cancelled.", SAVED_KIND, plan=head.id)


def no_show(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say that a learner didn't come, or that they did after all."""
    booking, slot = _own_booking(session, viewer, typed.id("booking"))
    head = require_plan(session, viewer, booking.plan_id, Writes.PLANS)
    if booking.status == BookingStatus.CANCELLED:
        raise Refused("This booking is cancelled.")
    absent = typed.ticked("no_show")
    if absent and slot.on_day > viewer.today:
        raise Refused("That day is still to come.", "no_show")
    if absent and _is_held(session, booking, slot):
        raise Refused("A review of that day is recorded, so the learner was there.", "no_show")
    status = BookingStatus.NO_SHOW if absent else BookingStatus.BOOKED
    plan_rows.change(session, viewer, head.id, booking, typed.version(), {"status": status.value})
    said = "didn’t come. The review is still due." if absent else "is booked as before."
    return Saved(f"{head.learner_name} {said}", SAVED_KIND, plan=head.id)


def _check_free(
    session: Session, viewer: Viewer, slot: Slot, head: PlanHead, but_for: int | None = None
) -> None:
    """Refuse a slot that is over or taken, and a learner who is somewhere else then or has one ahead."""
    field = f"{BOOKS}{slot.id}" if but_for is None else "slot"
    if slot.on_day < viewer.today:
        raise Refused("That slot is over. Please choose a later one.", field)
    if head.ended_on is not None and head.ended_on < slot.on_day:
        raise Refused(f"{head.learner_name} has left by then.", field)
    taken = _taken_by(session, slot.id)
    if taken is not None and taken.id != but_for:
        raise Refused(f"Somebody is booked for {_spoken(slot)} already. Please choose another.", field)
    _lock_learner(session, head.learner_id)
    for other in _ahead(session, viewer, head.learner_id, but_for):
        if _overlap(slot, other):
            raise Refused(f"{head.learner_name} is booked at that time already.", field)
        if other.tutor_id == viewer.person_id:
            raise Refused(
                f"{head.learner_name} is booked for {_spoken(other)} already. Please move that booking.",
                field,
            )


def _lock_learner(session: Session, learner_id: int) -> None:
    """Two who book one learner take turns (SQLite has one writer in any case)."""
    session.execute(select(Learner.id).where(Learner.id == learner_id).with_for_update(key_share=True))


def _ahead(session: Session, viewer: Viewer, learner_id: int, but_for: int | None) -> list[Slot]:
    """The slots from today on into which the learner is booked, whoever's they are."""
    return list(
        session.scalars(
            select(Slot)
            .join(Booking, Booking.slot_id == Slot.id)
            .join(Enrolment, Enrolment.id == Booking.plan_id)
            .where(
                Enrolment.learner_id == learner_id,
                Booking.status == BookingStatus.BOOKED,
                Booking.id != (but_for or 0),
                Slot.on_day >= viewer.today,
                ~exists().where(Review.plan_id == Booking.plan_id, Review.held_on == Slot.on_day),
            )
        )
    )


def _own_slot(session: Session, viewer: Viewer, slot_id: int) -> Slot:
    """The viewer's slot, locked; NotFound where it is none of theirs."""
    slot = session.get(Slot, slot_id, populate_existing=True, with_for_update=True)
    if slot is None or slot.tutor_id != viewer.person_id:
        raise NotFound
    return slot


def _own_booking(session: Session, viewer: Viewer, booking_id: int) -> tuple[Booking, Slot]:
    booking = session.get(Booking, booking_id, populate_existing=True)
    if booking is None:
        raise NotFound
    return booking, _own_slot(session, viewer, booking.slot_id)


def _taken_by(session: Session, slot_id: int) -> Booking | None:
    return session.scalars(
        select(Booking).where(Booking.slot_id == slot_id, Booking.status != BookingStatus.CANCELLED)
    ).one_or_none()


def _is_held(session: Session, booking: Booking, slot: Slot) -> bool:
    held = exists().where(Review.plan_id == booking.plan_id, Review.held_on == slot.on_day)
    return bool(session.scalar(select(held)))


def _when(slot: Slot) -> str:
    """As the history says it: 2027-01-12 09:00."""
    return f"{slot.on_day.isoformat()} {slot.starts:%H:%M}"


def _spoken(slot: Slot) -> str:
    return f"{long_day(slot.on_day)}, {slot.starts:%H:%M}"
