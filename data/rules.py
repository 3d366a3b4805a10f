"""The rules that every view counts by: pure functions of dates and stored facts.

Nothing here knows of a database or of the clock: `today` is always passed in, as a calendar date in the
organisation's time zone. Source of each rule: the product's "Rules that other products get wrong"
(docs/decisions/0001-rules.md).
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

ONE_DAY = timedelta(days=1)
TARGET_SOON_DAYS = 7
REVIEW_SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Soon:
    """How many days ahead a target and a review are due soon."""

    targets: int = TARGET_SOON_DAYS
    reviews: int = REVIEW_SOON_DAYS


class TargetStatus(StrEnum):
    """What people record of a target; stored."""

    PROPOSED = "proposed"
    TO_COME = "to-come"
    IN_PROGRESS = "in-progress"
    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not-achieved"
    WITHDRAWN = "withdrawn"


OPEN_STATUSES = (TargetStatus.TO_COME, TargetStatus.IN_PROGRESS)
CLOSED_STATUSES = (TargetStatus.ACHIEVED, TargetStatus.NOT_ACHIEVED, TargetStatus.WITHDRAWN)


class TargetState(StrEnum):
    """What a target is on a day; derived, never stored."""

    WITHDRAWN = "withdrawn"
    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not-achieved"
    PAUSED = "paused"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    IN_PROGRESS = "in-progress"
    TO_COME = "to-come"


class ReviewState(StrEnum):
    """What a learner's review is on a day; derived, never stored."""

    NOT_YET_DUE = "not-yet-due"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    DONE = "done"
    NOT_REQUIRED = "not-required"
    PAUSED = "paused"


class IntervalUnit(StrEnum):
    """How a review rule counts."""

    WEEKS = "weeks"
    CALENDAR_MONTHS = "calendar-months"
    TERMS = "terms"
    HALF_YEARS = "half-years"


class Occasion(StrEnum):
    """What a review rule counts a due date from."""

    INTERVAL = "interval"
    START = "start"
    PHASES = "phases"
    END = "end"
    NEEDED = "needed"


class ForWhom(StrEnum):
    """The learners for whom a kind of review is demanded: all, or those with a support in place."""

    EVERYONE = "everyone"
    SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `from_on` up to, not including, `back_on`; open-ended where `back_on` is None."""

    from_on: date
    back_on: date | None = None

    def holds(self, on: date) -> bool:
        return self.from_on <= on and (self.back_on is None or on < self.back_on)


FROM_THE_START = date(2000, 1, 1)
"""From when a college's first rule is in force: earlier than any learning that is kept."""


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """One version of a review rule, in force from `from_on`.

    By its `occasion` a review is due again and again an interval after the last one; once, an interval after
    the start of learning; by the end of each phase that demands one; by the planned end of learning; or on no
    date at all, as it is held when needed. Before the end of a phase or of learning, the interval says how
    many weeks ahead of it a review counts for it.
    """

    unit: IntervalUnit
    amount: int
    closures_stop_clock: bool = False
    from_on: date = date.min
    occasion: Occasion = Occasion.INTERVAL
    for_whom: ForWhom = ForWhom.EVERYONE


@dataclass(frozen=True, slots=True)
class EnrolmentDates:
    """When a learner is enrolled and counted: the facts of one enrolment.

    `ended_on` is the last day of learning; a break holds its first day away and its first day back.
    """

    starts_on: date
    ended_on: date | None = None
    breaks: tuple[Span, ...] = ()

    def enrolled(self, on: date) -> bool:
        return self.starts_on <= on and not self.ended(on)

    def ended(self, on: date) -> bool:
        return self.ended_on is not None and self.ended_on < on

    def paused(self, on: date) -> bool:
        return any(span.holds(on) for span in self.breaks)


# --- targets -------------------------------------------------------------------------------------------


def target_state(
    status: TargetStatus | str,
    due_on: date | None,
    today: date,
    *,
    joined_on: date | None = None,
    ended: bool = False,
    paused: bool = False,
    soon_days: int = TARGET_SOON_DAYS,
) -> TargetState | None:
    """The state of a target on `today` (a clock day, see `clock_day`); None for a proposed target.

    The first that fits: withdrawn, achieved, not achieved, paused, overdue, due soon, in progress, to come.
    The open targets of a learner who has left are withdrawn with the learner. A target due today is not
    overdue; one that was due before the learner joined never is.
    """
    if status == TargetStatus.PROPOSED:
        return None
    if status in CLOSED_STATUSES:
        return TargetState(status)
    if ended:
        return TargetState.WITHDRAWN
    if paused:
        return TargetState.PAUSED
    chased = due_on is not None and (joined_on is None or due_on >= joined_on)
    if chased and due_on is not None:
        if due_on < today:
            return TargetState.OVERDUE
        if due_on <= today + timedelta(days=soon_days):
            return TargetState.DUE_SOON
    return TargetState(status)


LATENESS = (
    (1, 7, "≤ 1 wk"),
    (8, 14, "2 wk"),
    (15, 28, "3–4 wk"),
    (29, 56, "5–8 wk"),
    (57, None, "9+ wk"),
)
"""How late, in days, both ends included: the columns of the overdue heatmap."""


def days_late(due_on: date, today: date) -> int:
    """Whole calendar days since the due date; 0 on the due date and before."""
    return max(0, (today - due_on).days)


def lateness(due_on: date, today: date) -> int | None:
    """The column of `LATENESS` that a due date falls in, or None where it isn't late."""
    late = days_late(due_on, today)
    return next((i for i, (low, high, _) in enumerate(LATENESS) if low <= late <= (high or late)), None)


def slipped_days(first_due_on: date | None, due_on: date | None) -> int:
    """How many days later than first agreed a target is due now; moving it earlier is no slippage."""
    if first_due_on is None or due_on is None:
        return 0
    return max(0, (due_on - first_due_on).days)


def moved_by_break(due_on: date, away: Span) -> date:
    """The due date after a break in learning: later by the break's days if it hadn't passed before."""
    if away.back_on is None or due_on < away.from_on:
        return due_on
    return due_on + (away.back_on - away.from_on)


FOR_A_BREAK = "Break in learning"
"""How the reason begins where a break moved a due date: that isn't counted as a move."""


def reason_of_break(from_on: date, back_on: date | None) -> str:
    """Why a break moved a due date, as the history keeps it."""
    return f"{FOR_A_BREAK} from {from_on} to {back_on or 'an open end'}"


def first_due_before_break(first_due_on: date | None, due: tuple[date, date], reason: str) -> date | None:
    """What the first due date was before a break moved the due date from the one to the other of `due`: the
    break moved both, unless the first had passed when it began."""
    began = re.search(r"\d{4}-\d\d-\d\d", reason)
    if first_due_on is None or began is None:
        return first_due_on
    before = first_due_on - (due[1] - due[0])
    return before if before >= date.fromisoformat(began[0]) else first_due_on


# --- closed weeks --------------------------------------------------------------------------------------


def clock_day(today: date, closures: Sequence[Span]) -> date:
    """The day that states are judged by: today, or the last open day before a closure that today is in.

    So nothing becomes overdue while the college is closed.
    """
    day = today
    while any(span.holds(day) for span in closures):
        day = min(span.from_on for span in closures if span.holds(day)) - ONE_DAY
    return day


def week_is_closed(monday: date, closures: Sequence[Span]) -> bool:
    """Whether the college is closed on each weekday of the week."""
    return all(any(span.holds(monday + timedelta(days=day)) for span in closures) for day in range(5))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def sunday_of(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def academic_year_start(day: date) -> date:
    """1 August on or before the day: the funding year of colleges in England."""
    return date(day.year if day.month >= 8 else day.year - 1, 8, 1)


# --- reviews -------------------------------------------------------------------------------------------

TERM_ENDS = ((12, 31), (4, 15), (7, 31))
HALF_YEAR_ENDS = ((1, 31), (7, 31))
FIRST_PERIOD_NEEDS_DAYS = 42
TRANSITION_REVIEW_DAYS = REVIEW_SOON_DAYS
"""A review held so many days before a transition, or on it, is the transition's."""
PRESETS = {
    "every 6 weeks": ReviewRule(IntervalUnit.WEEKS, 6, closures_stop_clock=True),
    "every 12 weeks": ReviewRule(IntervalUnit.WEEKS, 12, closures_stop_clock=True),
    "every 3 calendar months": ReviewRule(IntervalUnit.CALENDAR_MONTHS, 3),
    "termly": ReviewRule(IntervalUnit.TERMS, 1),
    "twice a year and at each transition": ReviewRule(IntervalUnit.HALF_YEARS, 1),
}


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month that lies `months` after the month of `day`."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, calendar.monthrange(year, month0 + 1)[1])


def rule_in_force(rules: Sequence[ReviewRule], on: date) -> ReviewRule | None:
    """The version in force on a day: the latest that had begun, else the earliest there is.

    An interval keeps the rule it began under, so that a later version never moves a date already given.
    """
    begun = [rule for rule in rules if rule.from_on <= on]
    if begun:
        return max(begun, key=lambda rule: rule.from_on)
    return min(rules, key=lambda rule: rule.from_on, default=None)


def next_review_due(
    last_on: date,
    rule: ReviewRule,
    *,
    breaks: tuple[Span, ...] = (),
    closures: tuple[Span, ...] = (),
    transitions: tuple[date, ...] = (),
    planned_end_on: date | None = None,
    first: bool = False,
) -> date | None:
    """The day by which the next review is due, counted from the last one (or the start of learning).

    "3 calendar months" is the last day of the third month after the month of the last review. A break moves
    the date by its days, then to the month's end where the rule counts in calendar months; closed days do
    so where the rule says it. None where an open-ended break stops the clock. Half-yearly reviews are also
    due at each transition between phases, unless held shortly before it.

    Of the other occasions None also where nothing more is demanded: the one review after the start is held,
    no phase ends any more, the end is reviewed. What was due before the rule began isn't demanded by it.
    """
    stops = breaks + closures if rule.closures_stop_clock else breaks
    if rule.occasion == Occasion.INTERVAL:
        ends = transitions if rule.unit == IntervalUnit.HALF_YEARS else ()
        return _next_due(last_on, rule, stops, ends, first)
    if rule.occasion == Occasion.START:
        due = _next_due(last_on, rule, stops, (), first) if first else None
        return due if due is not None and due >= rule.from_on else None
    if rule.occasion == Occasion.NEEDED:
        return None
    ends = transitions if rule.occasion == Occasion.PHASES else (planned_end_on,) if planned_end_on else ()
    return _due_by_an_end(last_on, rule, stops, ends, first)


def _due_by_an_end(
    last_on: date, rule: ReviewRule, stops: tuple[Span, ...], ends: tuple[date, ...], first: bool
) -> date | None:
    """The first of the ends that no review was held shortly before, moved as any date is."""
    reviewed_until = last_on if first else last_on + timedelta(weeks=rule.amount)
    ahead = [day for day in ends if day > reviewed_until and day >= rule.from_on]
    return _moved_by_stops(last_on, min(ahead), stops, to_month_end=False) if ahead else None


@lru_cache(maxsize=65536)
def _next_due(
    last_on: date, rule: ReviewRule, stops: tuple[Span, ...], transitions: tuple[date, ...], first: bool
) -> date | None:
    if rule.unit == IntervalUnit.WEEKS:
        due = last_on + timedelta(weeks=rule.amount)
    elif rule.unit == IntervalUnit.CALENDAR_MONTHS:
        due = month_end(last_on, rule.amount)
    elif rule.unit == IntervalUnit.TERMS:
        due = _period_end(last_on, TERM_ENDS, rule.amount, first)
    else:
        due = _period_end(last_on, HALF_YEAR_ENDS, rule.amount, first)
        reviewed_until = last_on if first else last_on + timedelta(days=TRANSITION_REVIEW_DAYS)
        due = min([due, *(day for day in transitions if day > reviewed_until)])
    return _moved_by_stops(last_on, due, stops, to_month_end=rule.unit == IntervalUnit.CALENDAR_MONTHS)


def _moved_by_stops(last_on: date, due: date, stops: tuple[Span, ...], *, to_month_end: bool) -> date | None:
    """The due date, later by the days of each stop that begins before it has passed, one after another."""
    for span in merged_spans(stops):
        if span.back_on is not None and span.back_on <= last_on + ONE_DAY:
            continue
        begins = max(span.from_on, last_on + ONE_DAY)
        if begins > due:
            break
        if span.back_on is None:
            return None
        due += span.back_on - begins
        if to_month_end:
            due = month_end(due)
    return due


@lru_cache(maxsize=4096)
def merged_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same days as spans that neither touch nor overlap, in order."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: s.from_on):
        last = merged[-1] if merged else None
        if last is None or (last.back_on is not None and last.back_on < span.from_on):
            merged.append(span)
        elif last.back_on is not None and (span.back_on is None or span.back_on > last.back_on):
            merged[-1] = Span(last.from_on, span.back_on)
    return tuple(merged)


def _period_end(last_on: date, ends: tuple[tuple[int, int], ...], amount: int, first: bool) -> date:
    """The end of the period `amount` after the one that holds `last_on`.

    The first review falls in the period in which learning starts, if six weeks of it are left.
    """
    years = range(last_on.year, last_on.year + amount + 2)
    days = sorted(date(year, month, day) for year in years for month, day in ends)
    held_in = next(i for i, day in enumerate(days) if day >= last_on)
    if first and (days[held_in] - last_on).days >= FIRST_PERIOD_NEEDS_DAYS:
        return days[held_in]
    return days[held_in + amount]


def review_state(
    due_on: date | None,
    today: date,
    *,
    held: bool = False,
    required: bool = True,
    paused: bool = False,
    soon_days: int = REVIEW_SOON_DAYS,
) -> ReviewState:
    """The state of a review on `today` (a clock day); due today is not overdue.

    One without a due date isn't required: there is no rule, or a break without an end begins before it.
    """
    if held:
        return ReviewState.DONE
    if not required:
        return ReviewState.NOT_REQUIRED
    if paused:
        return ReviewState.PAUSED
    if due_on is None:
        return ReviewState.NOT_REQUIRED
    if due_on < today:
        return ReviewState.OVERDUE
    if due_on <= today + timedelta(days=soon_days):
        return ReviewState.DUE_SOON
    return ReviewState.NOT_YET_DUE


@dataclass(frozen=True, slots=True)
class ReviewWindow:
    """The time in which one review is to be held: counted from a day, until `due_on` (None where the clock
    has stopped or there is no rule). The first of a learner counts from the start of learning."""

    number: int
    counted_from: date
    due_on: date | None
    held_on: date | None

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def days_late(self) -> int:
        """Days after the due date on which it was held; 0 where it was held in time or isn't held."""
        if self.held_on is None or self.due_on is None:
            return 0
        return days_late(self.due_on, self.held_on)


@dataclass(frozen=True, slots=True)
class ReviewClock:
    """What decides a learner's coverage: the enrolment, the reviews held, and the rules with their dates.

    `supported_since` is there where the kind of review counts from the start of support, not of learning;
    `enrolment.starts_on` is that day then, if it is the later one.
    """

    enrolment: EnrolmentDates
    held_on: tuple[date, ...]
    rules: tuple[ReviewRule, ...]
    closures: tuple[Span, ...] = ()
    transitions: tuple[date, ...] = ()
    planned_end_on: date | None = None
    supported_since: date | None = None
    _held: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts_on = self.enrolment.starts_on
        object.__setattr__(self, "_held", tuple(sorted({day for day in self.held_on if day >= starts_on})))

    def last_held(self, on: date) -> date | None:
        """The last review held on or before a day."""
        count = bisect_right(self._held, on)
        return self._held[count - 1] if count else None

    def due_after(self, last_on: date | None) -> date | None:
        """When the next review is due after one held on `last_on`, or after the start where it is None."""
        counted_from = last_on or self.enrolment.starts_on
        rule = rule_in_force(self.rules, counted_from)
        if rule is None:
            return None
        return next_review_due(
            counted_from,
            rule,
            breaks=self.enrolment.breaks,
            closures=self.closures,
            transitions=self.transitions,
            planned_end_on=self.planned_end_on,
            first=last_on is None,
        )

    def stopped(self, last_on: date | None) -> bool:
        """Whether a break without an end is why nothing is due after a day."""
        ended = replace(
            self.enrolment, breaks=tuple(away for away in self.enrolment.breaks if away.back_on is not None)
        )
        return (
            self.due_after(last_on) is None and replace(self, enrolment=ended).due_after(last_on) is not None
        )

    def next_due(self, on: date) -> date | None:
        """When the next review is due, as known on a day."""
        return self.due_after(self.last_held(on))

    def windows(self, on: date) -> tuple[ReviewWindow, ...]:
        """Each review window as known on a day, in order: those of the reviews held, then the open one."""
        held: list[date | None] = [*self._held[: bisect_right(self._held, on)]]
        return tuple(
            ReviewWindow(number, last_on or self.enrolment.starts_on, self.due_after(last_on), held_on)
            for number, (last_on, held_on) in enumerate(zip([None, *held], [*held, None], strict=True), 1)
        )

    def required(self, on: date) -> bool:
        """Whether the learner is in the denominator of coverage: enrolled, not paused, the first review
        due or held by then."""
        if not self.rules or not self.enrolment.enrolled(on) or self.enrolment.paused(on):
            return False
        if self.last_held(on) is not None:
            return True
        first_due = self.due_after(None)
        return first_due is not None and first_due <= on

    def covered(self, on: date) -> bool:
        """Whether the learner is in the numerator: required, and the next due date isn't passed."""
        due = self.next_due(on)
        return self.required(on) and (due is None or due >= on)

    def intervals(self) -> Iterator[tuple[date, date | None, bool]]:
        """The days on which the learner is required, as (first day, last day, covered), in order.

        The same answer as `required` and `covered` day by day, found in one pass. The last day is None
        where the interval doesn't end.
        """
        if not self.rules:
            return
        first_due = self.due_after(None)
        starts = [day for day in (first_due, self._held[0] if self._held else None) if day is not None]
        if not starts:
            return
        marks: list[tuple[date | None, date]] = []
        begins = min(starts)
        if not self._held or begins < self._held[0]:
            marks.append((None, begins))
        marks += [(day, day) for day in self._held]
        for index, (held, from_on) in enumerate(marks):
            until = marks[index + 1][1] - ONE_DAY if index + 1 < len(marks) else None
            due = self.due_after(held)
            yield from self._counted(from_on, _earlier(due, until), True)
            if due is not None and (until is None or due < until):
                yield from self._counted(due + ONE_DAY, until, False)

    def _counted(
        self, first: date, last: date | None, covered: bool
    ) -> Iterator[tuple[date, date | None, bool]]:
        """The part of an interval on which the learner is enrolled and not paused."""
        last = _earlier(last, self.enrolment.ended_on)
        for away in merged_spans(self.enrolment.breaks):
            if away.back_on is not None and away.back_on <= first:
                continue
            if last is not None and away.from_on > last:
                break
            if away.from_on > first:
                yield first, away.from_on - ONE_DAY, covered
            if away.back_on is None:
                return
            first = away.back_on
        if last is None or first <= last:
            yield first, last, covered


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Share:
    """A count and what it is counted of."""

    count: int
    of: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that only all is 100; None where there is nothing to count."""
        return self.count * 100 // self.of if self.of else None


def coverage(clocks: Iterable[ReviewClock], on: date) -> Share:
    """Review coverage on a day: learners whose next due date isn't passed, of those required."""
    required = covered = 0
    for clock in clocks:
        if clock.required(on):
            required += 1
            covered += clock.covered(on)
    return Share(covered, required)
