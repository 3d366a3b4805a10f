"""What lies beside the road: attendance."""

from __future__ import annotations

from datetime import timedelta

from data.demo.college import LAST_WEEKS
from data.demo.enrolled import Enrolled

SESSIONS_A_WEEK = (6, 8, 9, 10)


def add_attendance(enrolled: Enrolled) -> None:
    """Sessions by week; a learner who struggles comes less and less, one who settles more."""
    random, life, college = enrolled.random, enrolled.life, enrolled.college
    weeks = college.open_days.weeks(life.starts_on, life.seen_until)
    if not college.full:
        weeks = weeks[-LAST_WEEKS:]
    possible = random.choice(SESSIONS_A_WEEK)
    drift = random.gauss(0, 0.06)
    for number, week_on in enumerate(weeks):
        if life.away(week_on) or life.away(week_on + timedelta(days=4)):
            continue
        chance = life.attendance + drift * (number / len(weeks) - 0.5)
        missed = sum(random.random() > chance for _ in range(possible))
        college.rows.add(
            "attendance",
            enrolment_id=enrolled.plan_id,
            week_on=week_on,
            possible=possible,
            attended=possible - missed,
        )
