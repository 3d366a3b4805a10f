"""What lies beside the road: agreements, support, barriers, attendance."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from data.demo.college import LAST_WEEKS
from data.demo.enrolled import Enrolled

SUPPORTED = 0.24
BARRED = 0.2
UNSIGNED = 0.03
SESSIONS_A_WEEK = (6, 8, 9, 10)


def add_agreement(enrolled: Enrolled, *, signed: bool) -> None:
    """The tutor's and the learner's yes to the first version of the plan; a learner may not have said it."""
    for party in ("learner", "tutor") if signed else ("tutor",):
        enrolled.college.rows.add(
            "agreement",
            plan_id=enrolled.plan_id,
            party=party,
            by_id=enrolled.tutor_id if party == "tutor" else None,
            agreed_on=enrolled.agreed_on,
        )


def add_support(enrolled: Enrolled) -> None:
    """Services promised and delivered; now and then none came of it."""
    random, life = enrolled.random, enrolled.life
    if random.random() > SUPPORTED:
        return
    for wording in random.sample(enrolled.college.words.supports, random.choice((1, 1, 1, 2))):
        from_on = _between(random, life.starts_on, life.seen_until)
        until_on = from_on + timedelta(weeks=random.choice((6, 10, 12, 30)))
        planned = random.choice((6, 8, 10, 12))
        passed = min(1.0, (life.seen_until - from_on) / (until_on - from_on))
        turned_up = random.choice((0.0, 0.6, 0.8, 0.9, 1.0, 1.0))
        enrolled.college.rows.add(
            "support",
            plan_id=enrolled.plan_id,
            lane_id=enrolled.college.lanes[random.choice(("academic", "academic", "personal"))],
            what=wording.what,
            by_whom=wording.by_whom,
            how_often=wording.how_often,
            sessions_planned=planned,
            sessions_delivered=int(planned * passed * turned_up),
            from_on=from_on,
            until_on=until_on if random.random() < 0.8 else None,
            confidentiality=wording.confidentiality,
        )


def add_barrier(enrolled: Enrolled) -> None:
    random, life = enrolled.random, enrolled.life
    if random.random() > BARRED:
        return
    wording = random.choice(enrolled.college.words.barriers)
    from_on = _between(random, life.starts_on, life.seen_until)
    passed_on = from_on + timedelta(days=random.randint(10, 70))
    passed = passed_on <= life.seen_until and random.random() < 0.85
    enrolled.college.rows.add(
        "barrier",
        plan_id=enrolled.plan_id,
        lane_id=enrolled.college.lanes["personal" if wording.kind == "personal" else "academic"],
        kind=wording.kind,
        what=wording.what,
        from_on=from_on,
        passed_on=passed_on if passed else None,
        how_passed=wording.how_passed if passed else "",
        confidentiality=wording.confidentiality,
    )


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


def _between(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))
