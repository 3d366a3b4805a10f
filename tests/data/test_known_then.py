"""A target as it was known on an earlier day: what undoing its changes gives is what was there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.known_then import Noted, StepFacts, TargetFacts, row_then, target_then, text_then
from data.rules import CLOSED_STATUSES, reason_of_break

FIRST = date(2026, 9, 7)
TODAY = FIRST + timedelta(days=60)
TARGET = TargetFacts("Read", "to-come", date(2026, 11, 2), date(2026, 11, 2), 0, None, None, "", FIRST)


class Written:
    """A target that is changed day by day as data/targets.py changes one, with its history."""

    def __init__(self, target: TargetFacts) -> None:
        self.target = target
        self.day = target.created_on
        self.changes: list[Noted] = []
        self.known: dict[date, TargetFacts] = {}
        self.note("created", None, target.title)

    def note(self, field: str, old: Any, new: Any, reason: str = "", saves: int = 0) -> None:
        at = datetime.combine(self.day, time(9, 0, saves), UTC)
        said = [None if value is None else str(value) for value in (old, new)]
        self.changes.append(Noted(at, self.day, field, said[0], said[1], reason))
        self.known[self.day] = self.target

    def save(self, days: int, what: str, value: Any) -> None:
        before, self.day = self.target, self.day + timedelta(days=days)
        saves = len(self.changes)
        if what == "status" and value != before.status:
            closed = self.day if value in CLOSED_STATUSES else None
            achieved = self.day if value == "achieved" else None
            self.target = replace(before, status=value, closed_on=closed, achieved_on=achieved)
            self.note("status", before.status, value, saves=saves)
        elif what == "due_on" and before.status not in CLOSED_STATUSES:
            first = value if before.status == "proposed" or before.due_on is None else before.first_due_on
            moved = before.status != "proposed" and before.due_on is not None
            self.target = replace(before, due_on=value, first_due_on=first, moves=before.moves + moved)
            self.note("due_on", before.due_on, value, saves=saves)
        elif what == "title":
            self.target = replace(before, title=value)
            self.note("title", before.title, value, saves=saves)
        elif what == "tick":
            step = before.steps[value % len(before.steps)]
            done = None if step.done_on else self.day
            steps = tuple(replace(s, done_on=done) if s is step else s for s in before.steps)
            self.target = replace(before, steps=steps)
            old, new = (None, step.text) if done else (step.text, None)
            self.note("step", old, new, saves=saves)


days = st.integers(0, 9)
saves = st.lists(
    st.one_of(
        st.tuples(
            days,
            st.just("status"),
            st.sampled_from(["to-come", "in-progress", "achieved", "not-achieved", "withdrawn"]),
        ),
        st.tuples(days, st.just("due_on"), st.dates(date(2026, 10, 1), date(2027, 6, 1))),
        st.tuples(days, st.just("title"), st.sampled_from(["Read", "Write", "Present"])),
        st.tuples(days, st.just("tick"), st.integers(0, 2)),
    ),
    max_size=10,
)
steps = tuple(StepFacts(number, f"Step {number}", None, None, 1) for number in (1, 2, 3))


@settings(max_examples=150, deadline=None)
@given(saves, st.sampled_from(["proposed", "to-come"]), st.booleans())
def test_every_day_is_known_again_as_it_was(
    some: list[tuple[int, str, Any]], status: str, dated: bool
) -> None:
    first = TARGET if dated else replace(TARGET, due_on=None, first_due_on=None)
    written = Written(replace(first, status=status, steps=steps))
    for saved in some:
        written.save(*saved)
    known = first
    last = written.day + timedelta(days=1)
    for number in range((last - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        known = written.known.get(day, known)
        assert target_then(written.target, written.changes, day) == known
    assert target_then(written.target, written.changes, last) == written.target


@settings(max_examples=50, deadline=None)
@given(st.dates(date(2026, 8, 1), TODAY), st.integers(0, 40), st.booleans())
def test_once_a_target_is_there_it_stays(day: date, days: int, told: bool) -> None:
    made = [Noted(datetime(2026, 9, 9, tzinfo=UTC), date(2026, 9, 9), "created", None, "Read")]
    changes = made if told else []
    there = target_then(TARGET, changes, day) is not None
    assert there == (day >= (date(2026, 9, 9) if told else FIRST))
    assert not there or target_then(TARGET, changes, day + timedelta(days=days)) is not None


def test_what_history_does_not_tell_is_read_from_the_days_in_the_row() -> None:
    step = StepFacts(1, "Read one page", None, date(2026, 10, 1), 2)
    closed = replace(
        TARGET, status="achieved", achieved_on=date(2026, 10, 5), closed_on=date(2026, 10, 5), steps=(step,)
    )
    then = target_then(closed, [], date(2026, 9, 30))
    assert then is not None
    assert (then.status, then.achieved_on, then.steps[0].done_on) == ("to-come", None, None)
    assert target_then(closed, [], date(2026, 10, 5)) == closed


@pytest.mark.parametrize(
    ("first_due_on", "before"),
    [
        (date(2026, 11, 23), date(2026, 11, 2)),
        (date(2026, 10, 22), date(2026, 10, 1)),
        (date(2026, 9, 30), date(2026, 9, 30)),
    ],
    ids=["due after it began", "due on its first day", "passed before it"],
)
def test_a_break_that_moved_a_date_was_never_counted_as_a_move(first_due_on: date, before: date) -> None:
    moved = replace(TARGET, due_on=date(2026, 11, 23), first_due_on=first_due_on, moves=1)
    on = date(2026, 10, 20)
    at = datetime.combine(on, time(9), UTC)
    reason = reason_of_break(date(2026, 10, 1), date(2026, 10, 22))
    changes = [Noted(at, on, "due_on", "2026-11-02", "2026-11-23", reason)]
    then = target_then(moved, changes, on - timedelta(days=1))
    assert then is not None
    assert (then.due_on, then.first_due_on, then.moves) == (date(2026, 11, 2), before, 1)


def test_steps_added_reworded_and_taken_away_are_put_back() -> None:
    at = datetime(2026, 10, 20, 9, tzinfo=UTC)
    said = [("Read", "Read twice (by 2026-11-01)"), (None, "Write"), ("Draw (by 2026-10-30)", None)]
    changes = [
        Noted(at + timedelta(minutes=n), at.date(), "step_words", old, new)
        for n, (old, new) in enumerate(said)
    ]
    now = replace(
        TARGET,
        steps=(
            StepFacts(1, "Read twice", date(2026, 11, 1), None, 2),
            StepFacts(2, "Write", None, None, 1),
        ),
    )
    then = target_then(now, changes, date(2026, 10, 19))
    assert then is not None
    assert [(step.text, step.due_on) for step in then.steps] == [("Read", None), ("Draw", date(2026, 10, 30))]


def test_a_row_and_a_text_are_known_as_they_were() -> None:
    on = date(2026, 10, 20)
    at = datetime.combine(on, time(9), UTC)
    columns = {"title": "title", "achieved_on": "achieved_on"}
    changes = [
        Noted(at, on, "own_stop 1", None, "Read"),
        Noted(at + timedelta(days=1), on + timedelta(days=1), "own_stop 1 title", "Look", "Read"),
        Noted(at + timedelta(days=1), on + timedelta(days=1), "own_stop 12 title", "No", "Yes"),
    ]
    then = row_then(TARGET, "own_stop 1", columns, changes, on)
    assert then is not None
    assert then.title == "Look"
    assert row_then(TARGET, "own_stop 1", columns, changes, on - timedelta(days=1)) is None
    assert text_then("now", "own_stop 1 title", changes, on) == "Look"
    assert text_then("now", "plan 1 destination", changes, on) == "now"
