"""What every part of the generator needs to know of the college it fills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from data.demo.academic_year import OpenDays, weekday_on_or_after
from data.demo.curriculum import CommonWords
from data.demo.rows import Rows
from data.rules import ReviewRule

LAST_WEEKS = 12


@dataclass(frozen=True)
class DemoCollege:
    """Nothing is recorded of `today` itself: the day has only begun."""

    organisation_id: int
    today: date
    rows: Rows
    words: CommonWords
    open_days: OpenDays
    rule: ReviewRule
    lanes: dict[str, int]
    kinds: dict[str, int]
    full: bool
    """The demo keeps everything; the benchmark leaves out what its views don't read in such numbers: who
    set the milestones and their steps, and attendance before the last twelve weeks."""

    @property
    def yesterday(self) -> date:
        return self.today - timedelta(days=1)


def instant(random: Random, day: date, order: int = 0) -> datetime:
    """A moment of a working day; a higher order is a later moment of it."""
    return datetime.combine(day, time(9 + order % 8, random.randrange(60), random.randrange(60)), UTC)


def working_day(college: DemoCollege, day: date, *, also_when_closed: bool) -> date:
    """The first day on or after `day` on which work is done; at a workplace and at home that is any
    weekday."""
    return weekday_on_or_after(day) if also_when_closed else college.open_days.on_or_after(day)
