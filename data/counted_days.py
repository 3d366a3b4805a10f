"""On which days a plan counts in which figure: pure functions of its dates and its change history.

A figure of a department on any day, today or last Monday, is the number of these spans that hold the day.
What has a date of its own counts from that date, however late it was entered: closing a target, a review, a
break, leaving. What has none, moving a due date and agreeing or reopening a target, counts from the day
that it was recorded in the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data import rules
from data.rules import ONE_DAY, Span, TargetStatus


class Figure(StrEnum):
    """A column of `models.DepartmentFigures`.

    Open targets count while their learner is enrolled and not paused: `late_…` by the column of
    `rules.LATENESS` that their due date falls in, `first_…` by that of their first due date, `moved` where
    the first has passed and the current hasn't, `open` all of them. The others count learners, `achieved`
    targets since ever.
    """

    LATE_0 = "late_0"
    LATE_1 = "late_1"
    LATE_2 = "late_2"
    LATE_3 = "late_3"
    LATE_4 = "late_4"
    FIRST_0 = "first_0"
    FIRST_1 = "first_1"
    FIRST_2 = "first_2"
    FIRST_3 = "first_3"
    FIRST_4 = "first_4"
    MOVED = "moved"
    OPEN = "open"
    ACHIEVED = "achieved"
    LIVE = "live"
    COUNTED = "counted"
    ENROLLED = "enrolled"
    STARTED = "started"
    LEFT = "left"
    COMPLETED = "completed"
    REQUIRED = "required"
    COVERED = "covered"


LATE = tuple(Figure(f"late_{column}") for column in range(len(rules.LATENESS)))
LATE_BY_FIRST = tuple(Figure(f"first_{column}") for column in range(len(rules.LATENESS)))

CountedSpan = tuple[Figure, Span]
History = Sequence[tuple[date, str | None, str | None]]
"""Changes of one field, oldest first: (day, old, new)."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What is stored of a target, and the changes of its status and due date."""

    status: str
    due_on: date | None
    first_due_on: date | None
    created_on: date
    closed_on: date | None = None
    achieved_on: date | None = None
    status_changes: History = ()
    due_changes: History = ()


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is stored of one enrolment with its plan: dates, reviews and targets."""

    clock: rules.ReviewClock
    completed: bool = False
    targets: tuple[TargetFacts, ...] = ()


def counted_days(plan: PlanFacts) -> Iterator[CountedSpan]:
    """Each figure that the plan counts in, with the days on which it does."""
    enrolment = plan.clock.enrolment
    after_end = enrolment.ended_on + ONE_DAY if enrolment.ended_on else None
    enrolled = Span(enrolment.starts_on, after_end)
    counted = _without(enrolled, enrolment.breaks)
    yield Figure.STARTED, Span(enrolment.starts_on)
    yield Figure.ENROLLED, enrolled
    if after_end is not None:
        yield (Figure.COMPLETED if plan.completed else Figure.LEFT), Span(after_end)
    yield from ((Figure.COUNTED, span) for span in counted)
    for first, last, covered in plan.clock.intervals():
        span = Span(first, last + ONE_DAY if last else None)
        yield Figure.REQUIRED, span
        if covered:
            yield Figure.COVERED, span
    open_spans: list[Span] = []
    for target in plan.targets:
        if target.achieved_on is not None:
            yield Figure.ACHIEVED, Span(target.achieved_on)
        for was_open, due_on in open_days(target):
            for span in _both([was_open], counted):
                open_spans.append(span)
                yield Figure.OPEN, span
                yield from _late_days(target, due_on, enrolment.starts_on, span)
    yield from ((Figure.LIVE, span) for span in rules.merged_spans(tuple(open_spans)))


def open_days(target: TargetFacts) -> Iterator[tuple[Span, date | None]]:
    """The days on which a target was agreed and not closed, each with the due date that it had then."""
    changes = target.due_changes
    now = target.due_on.isoformat() if target.due_on else None
    due_dates = _timeline(target.created_on, changes[0][1] if changes else now, changes)
    for status, status_span in _statuses(target):
        if status not in rules.OPEN_STATUSES:
            continue
        for due_on, due_span in due_dates:
            for span in _both([status_span], [due_span]):
                yield span, date.fromisoformat(due_on) if due_on else None


def _statuses(target: TargetFacts) -> list[tuple[str | None, Span]]:
    """The status on each day since the target was made; the day of closing is `closed_on`."""
    changes = list(target.status_changes)
    if target.closed_on is None:
        return _timeline(target.created_on, changes[0][1] if changes else target.status, changes)
    at_first = changes[0][1] if changes else TargetStatus.TO_COME
    if changes and changes[-1][2] == target.status:
        changes.pop()
    before = [change for change in changes if change[0] < target.closed_on]
    return _timeline(target.created_on, at_first, [*before, (target.closed_on, None, target.status)])


def _timeline(created_on: date, at_first: str | None, changes: History) -> list[tuple[str | None, Span]]:
    """A field's value on each day since it was made; the last change of a day decides."""
    marks = {created_on: at_first}
    for day, _, new in changes:
        marks[max(day, created_on)] = new
    days = sorted(marks)
    ends: list[date | None] = [*days[1:], None]
    return [(marks[day], Span(day, end)) for day, end in zip(days, ends, strict=True)]


def _late_days(
    target: TargetFacts, due_on: date | None, joined_on: date, within: Span
) -> Iterator[CountedSpan]:
    """The columns of lateness that an open target passes through; a date before joining counts nowhere."""
    due = due_on if due_on is not None and due_on >= joined_on else None
    first = target.first_due_on
    if due is not None:
        yield from _columns(LATE, due, within)
    if first is not None and first >= joined_on:
        yield from _columns(LATE_BY_FIRST, first, within)
        if due is None or due > first:
            moved = Span(first + ONE_DAY, due + ONE_DAY if due else None)
            yield from ((Figure.MOVED, span) for span in _both([moved], [within]))


def _columns(figures: Sequence[Figure], due_on: date, within: Span) -> Iterator[CountedSpan]:
    for figure, (low, high, _) in zip(figures, rules.LATENESS, strict=True):
        from_on = due_on + timedelta(days=low)
        if within.back_on is not None and from_on >= within.back_on:
            return
        late = Span(from_on, due_on + timedelta(days=high + 1) if high is not None else None)
        yield from ((figure, span) for span in _both([late], [within]))


def _both(some: Iterable[Span], others: Sequence[Span]) -> Iterator[Span]:
    """The days that lie in a span of each."""
    for one in some:
        for other in others:
            ends = [end for end in (one.back_on, other.back_on) if end is not None]
            from_on, back_on = max(one.from_on, other.from_on), min(ends, default=None)
            if back_on is None or from_on < back_on:
                yield Span(from_on, back_on)


def _without(span: Span, breaks: Iterable[Span]) -> list[Span]:
    """The days of a span that lie in none of the breaks."""
    left = [span]
    for away in breaks:
        around = [Span(date.min, away.from_on)]
        if away.back_on is not None:
            around.append(Span(away.back_on))
        left = list(_both(left, around))
    return left
