"""When reviews are held: by the college's rule, as punctually as the tutor is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data import rules
from data.demo.college import DemoCollege
from data.demo.layout import Character
from data.demo.lives import NEVER, Life


@dataclass(frozen=True)
class Habits:
    """How often a tutor's reviews are late, and by how many days on average."""

    late_chance: float
    late_days: float


def tutor_habits(random: Random, character: Character) -> Habits:
    late_chance = min(0.5, max(0.04, random.gauss(0.2, 0.12)))
    late_days = random.uniform(4, 13)
    return Habits(
        late_chance if character.late_chance is None else character.late_chance,
        late_days if character.late_days is None else character.late_days,
    )


def days_held(
    college: DemoCollege, life: Life, habits: Habits, rule: rules.ReviewRule, random: Random
) -> list[date]:
    """The days on which a learner's reviews were held, in order."""
    held: list[date] = []
    while True:
        due = rules.next_review_due(
            held[-1] if held else life.starts_on,
            rule,
            breaks=life.breaks,
            closures=college.open_days.spans,
            first=not held,
        )
        if due is None:
            return held
        if random.random() < habits.late_chance:
            due += timedelta(days=1 + int(random.expovariate(1 / habits.late_days)))
            day = college.open_days.on_or_after(due)
        else:
            early = random.randint(0, 24) if not held else random.randint(0, 9)
            day = college.open_days.on_or_before(due - timedelta(days=early))
        day = _present(college, life, day)
        if held and day <= held[-1]:
            day = college.open_days.on_or_after(held[-1] + timedelta(days=7))
        if day > life.seen_until:
            return held
        held.append(max(day, life.starts_on))


def _present(college: DemoCollege, life: Life, day: date) -> date:
    back_on = life.back(day)
    if back_on is None:
        return NEVER
    return day if back_on == day else college.open_days.on_or_after(back_on)
