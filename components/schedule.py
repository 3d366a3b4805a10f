"""A tutor's schedule: the slots by day, who is booked, and whom to book next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from components import ids, words
from components.capacity import own_in_words
from components.drawing import drawing, render
from components.tutors import in_words
from data.calendar_feed import FeedState
from data.capacity import TutorLine
from data.schedule import BookingState, Schedule, SlotLine, Waiting
from data.who_stands_in import StandsIn

TITLE = "Schedule"
ADDRESS = "/schedule"
STATES = {
    BookingState.BOOKED: ("Booked", "clock-fill", "due-soon"),
    BookingState.HELD: ("Held", "check-circle-fill", "done"),
    BookingState.NO_SHOW: ("Didn’t come", "x-circle-fill", "not-achieved"),
}
"""{state: (word, icon, colour)}."""


def schedule_page(
    schedule: Schedule, feed: FeedState | None, own: TutorLine | None, stand_ins: Sequence[StandsIn]
) -> list[Any]:
    """All that stands in the main part of the page."""
    return [
        html.Div([html.H1(TITLE)], className="page-head"),
        drawing(ids.SCHEDULE, drawn(schedule, feed, own, stand_ins), view="schedule"),
    ]


def drawn(
    schedule: Schedule,
    feed: FeedState | None,
    own: TutorLine | None,
    stand_ins: Sequence[StandsIn],
    address: str = "",
) -> str:
    """The drawing; `own` is what the tutor's reviews need and what is offered for them, `address` the
    calendar's, right after it was made."""
    return render(
        "schedule.html",
        schedule=schedule,
        feed=feed,
        feed_address=address,
        states=STATES,
        figures=figures_in_words(schedule),
        capacity=own_in_words(own) if own else "",
        stand_ins=[f"{one.cohort}: {in_words(one)}" for one in stand_ins],
        people=[(one.plan_id, _person(one)) for one in schedule.waiting],
        proposed=lambda slots: proposed_order(slots, schedule),
        free_slots=[(slot.id, _slot(slot)) for slot in schedule.free],
    )


def figures_in_words(schedule: Schedule) -> str:
    """6 slots free, 12 learners without a booking. Since August 30 reviews held, 2 learners didn’t come."""
    return (
        f"{words.count(len(schedule.free), 'slot')} free,"
        f" {words.count(len(schedule.waiting), 'learner')} without a booking ahead."
        f" Of bookings since August, {schedule.held} were held;"
        f" {words.times(schedule.no_shows) if schedule.no_shows else 'not once'} somebody didn’t come."
    )


def proposed_order(slots: Sequence[SlotLine], schedule: Schedule) -> list[tuple[SlotLine, Waiting]]:
    """The day's free slots with those whose reviews are most overdue, in order."""
    free = [slot for slot in slots if not slot.taken and slot.on_day >= schedule.today]
    return list(zip(free, schedule.waiting, strict=False))


def _person(one: Waiting) -> str:
    state = words.review_word(one.state).lower()
    return f"{words.isolated(one.name)}, {one.cohort_code}: {state}, {words.short_day(one.next_review_on)}"


def _slot(slot: SlotLine) -> str:
    return f"{words.day(slot.on_day)}, {slot.starts:%H:%M}"
