"""How a learner fares: when they joined and left, breaks, how fast they work, how often they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.college import DemoCollege
from data.demo.layout import CohortLayout
from data.rules import Span

PACES = ((0.20, -13, 7), (0.46, -3, 8), (0.25, 16, 16), (0.09, 52, 30))
"""Share of learners, days after the due date at which they finish work, and how much that varies."""
NEVER = date(9000, 1, 1)


@dataclass(frozen=True)
class Life:
    starts_on: date
    planned_end_on: date
    ended_on: date | None
    end_reason: str | None
    breaks: tuple[Span, ...]
    pace: float
    spread: float
    attendance: float
    seen_until: date
    """The last day on which anything was recorded of this learner."""

    def away(self, day: date) -> bool:
        return any(span.holds(day) for span in self.breaks)

    def present(self, day: date) -> date:
        """The day itself, or the last one before a break that it lies in."""
        return min([day, *(span.from_on - timedelta(days=1) for span in self.breaks if span.holds(day))])

    def back(self, day: date) -> date | None:
        """The first day on or after `day` that lies in no break; None where a break is open."""
        for span in self.breaks:
            if span.holds(day):
                return span.back_on
        return day


def draw_life(college: DemoCollege, cohort: CohortLayout, random: Random) -> Life:
    open_days = college.open_days
    days_so_far = (college.yesterday - cohort.starts_on).days
    starts_on = cohort.starts_on
    if random.random() < 0.06:
        starts_on = open_days.on_or_before(
            starts_on + timedelta(days=random.randint(14, max(15, days_so_far * 2 // 3)))
        )
    elif random.random() < 0.012:
        starts_on = open_days.on_or_before(college.yesterday - timedelta(days=random.randint(0, 9)))
    ended_on, end_reason = _draw_end(college, random, starts_on)
    breaks = _draw_break(college, random, starts_on) if ended_on is None else ()
    open_break = bool(breaks) and breaks[-1].back_on is None
    _, pace, spread = random.choices(PACES, [share for share, _, _ in PACES])[0]
    usual_attendance = 0.94 - max(0.0, pace) / 250
    return Life(
        starts_on=starts_on,
        planned_end_on=cohort.ends_on,
        ended_on=ended_on,
        end_reason=end_reason,
        breaks=breaks,
        pace=pace + cohort.character.pace,
        spread=spread,
        attendance=min(1.0, max(0.45, random.gauss(usual_attendance, 0.05))),
        seen_until=ended_on or (breaks[-1].from_on - timedelta(days=1) if open_break else college.yesterday),
    )


def _draw_end(college: DemoCollege, random: Random, starts_on: date) -> tuple[date | None, str | None]:
    days = (college.yesterday - starts_on).days
    if days < 45:
        return None, None
    drawn = random.random()
    if drawn < 0.05:
        reason = "withdrew" if drawn < 0.043 else "transferred"
        return _open_day(college, starts_on + timedelta(days=random.randint(30, days))), reason
    if drawn < 0.08 and days > 300:
        return _open_day(college, college.yesterday - timedelta(days=random.randint(1, 60))), "completed"
    return None, None


def _draw_break(college: DemoCollege, random: Random, starts_on: date) -> tuple[Span, ...]:
    days = (college.yesterday - starts_on).days
    if days < 70 or random.random() > 0.045:
        return ()
    if random.random() < 0.4:
        away = _open_day(college, college.yesterday - timedelta(days=random.randint(7, min(80, days - 40))))
        return (Span(away),)
    length = random.randint(21, min(100, days - 40))
    from_on = _open_day(college, starts_on + timedelta(days=random.randint(28, days - length)))
    back_on = college.open_days.on_or_after(from_on + timedelta(days=length))
    return (Span(from_on, back_on),) if back_on <= college.yesterday else (Span(from_on),)


def _open_day(college: DemoCollege, day: date) -> date:
    return college.open_days.on_or_before(day)
