"""When a college in England is open: term dates of any academic year, and when its cohorts began."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from data.rules import Span

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SETTLED_DAYS = 56
NEARLY_OVER_DAYS = 265


class Closure(NamedTuple):
    """The college is closed from `from_on` up to, not including, `back_on`."""

    name: str
    from_on: date
    back_on: date


def closures(first_year: int, last_year: int) -> list[Closure]:
    """The closed periods of the academic years that begin in these autumns, in order."""
    return [closure for year in range(first_year, last_year + 1) for closure in _closures_of(year)]


def _closures_of(year: int) -> Iterator[Closure]:
    easter = easter_sunday(year + 1)
    yield _weeks("October half-term", monday_from(date(year, 10, 23)), 1)
    yield _weeks("Christmas", monday_from(date(year, 12, 19)), 2)
    yield _weeks("February half-term", monday_from(date(year + 1, 2, 12)), 1)
    yield _weeks("Easter", easter - timedelta(days=6), 2)
    yield _weeks("May half-term", monday_from(date(year + 1, 5, 25)), 1)
    yield Closure("Summer", monday_from(date(year + 1, 7, 8)), autumn_start(year + 1))


def _weeks(name: str, monday: date, weeks: int) -> Closure:
    return Closure(name, monday, monday + timedelta(weeks=weeks))


def monday_from(day: date) -> date:
    """The first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def easter_sunday(year: int) -> date:
    """By the anonymous Gregorian algorithm, as Meeus gives it."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), (i, k) = divmod(b, 4), divmod(c, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    x = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * x) // 451
    month, day = divmod(h + x - 7 * m + 114, 31)
    return date(year, month, day + 1)


def autumn_start(year: int) -> date:
    return monday_from(date(year, 9, 1))


def winter_start(year: int) -> date:
    return monday_from(date(year, 1, 4))


def main_intake(today: date) -> date:
    """When the courses that fill a college on `today` began: in September, or in January where September's
    are too new or nearly over. So a college is in full swing on any day, August too."""
    for year in (today.year, today.year - 1):
        if SETTLED_DAYS <= (today - autumn_start(year)).days <= NEARLY_OVER_DAYS:
            return autumn_start(year)
    return winter_start(today.year)


def course_end(starts_on: date, years: int) -> date:
    """The last day of a course: early July for a September start, mid-December for a January one."""
    if starts_on.month == 9:
        return monday_from(date(starts_on.year + years, 7, 8)) - timedelta(days=3)
    return monday_from(date(starts_on.year + years - 1, 12, 19)) - timedelta(days=3)


def same_intake(starts_on: date, years_before: int) -> date:
    """The same intake, some years before."""
    start = autumn_start if starts_on.month == 9 else winter_start
    return start(starts_on.year - years_before)


class OpenDays:
    """The weekdays on which the college is open."""

    def __init__(self, closed: list[Closure]) -> None:
        self.spans = tuple(Span(closure.from_on, closure.back_on) for closure in closed)
        first, last = closed[0].from_on, closed[-1].back_on
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        self.days = [
            day
            for day in days
            if day.weekday() < SATURDAY and not any(span.holds(day) for span in self.spans)
        ]
        self._mondays = sorted({day - timedelta(days=day.weekday()) for day in self.days})
        self._after, self._before = dict[date, date](), dict[date, date]()
        position = 0
        for day in days:
            while position + 1 < len(self.days) and self.days[position] < day:
                position += 1
            self._after[day] = self.days[position]
            self._before[day] = day if self.days[position] == day else self.days[max(0, position - 1)]

    def on_or_after(self, day: date) -> date:
        return self._after[day]

    def on_or_before(self, day: date) -> date:
        return self._before[day]

    def before(self, day: date, count: int) -> date:
        """The open day that lies so many open days before."""
        return self.days[bisect_left(self.days, day) - count]

    def weeks(self, first: date, last: date) -> list[date]:
        """The Mondays of the weeks with an open day that begin on or after one day and end by another."""
        friday_by = bisect_right(self._mondays, last - timedelta(days=4))
        return self._mondays[bisect_left(self._mondays, first) : friday_by]


def weekday_on_or_after(day: date) -> date:
    """The next weekday, but for the days from Christmas Eve to New Year."""
    if (day.month, day.day) >= (12, 24):
        day = date(day.year + 1, 1, 2)
    elif (day.month, day.day) == (1, 1):
        day += ONE_DAY
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day
