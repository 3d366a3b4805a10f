"""RAG judgements as tutors give them at a review: mostly what was to be seen on that day, now and then a
shade kinder. By the demo's today some of them no longer agree with the figures."""

from __future__ import annotations

from datetime import date
from random import Random

from data.demo.college import instant
from data.demo.enrolled import Enrolled
from data.demo.reviews import Spoken
from data.judgements import WORSE, computed
from data.models import Colour

JUDGED = 0.8
KINDER = 0.2
REASONS = {
    Colour.GREEN: (
        "{done} was finished in good time and {next} is well under way.",
        "Attends, asks for help early, and {next} is on course.",
        "Works at a steady pace; nothing stands in the way of {next}.",
    ),
    Colour.AMBER: (
        "{next} is slipping. We agreed two study hours a week until it is done.",
        "Behind with {next} after two missed sessions, but knows what is left to do.",
        "{done} took longer than planned, so {next} has less time now.",
    ),
    Colour.RED: (
        "Several targets are behind and {next} hasn't been started. Meeting with the course leader agreed.",
        "{next} can't be reached without more support; referral made after the review.",
        "Hardly any work since {done}. We agreed small weekly steps and a call home.",
    ),
}


def add_judgement(enrolled: Enrolled, held: list[date], spoken: Spoken) -> None:
    """The tutor's judgement of the last review, if there was one. Its chances are its own, so that nobody
    else's life changes with them."""
    college, random = enrolled.college, Random(f"judgement {enrolled.plan_id}")
    if not college.full or not held or random.random() > JUDGED:
        return
    day = held[-1]
    colour = computed(sum(due_on < day < finished_on for due_on, finished_on, _ in spoken.targets), 0).colour
    if random.random() < KINDER:
        colour = WORSE[max(0, WORSE.index(colour) - 1)]
    done, following, _ = spoken.about(day)
    reason = random.choice(REASONS[colour]).format(done=done, next=following)
    college.rows.add(
        "judgement",
        plan_id=enrolled.plan_id,
        colour=colour,
        reason=reason[0].upper() + reason[1:],
        judged_on=day,
        by_id=enrolled.tutor_id,
        recorded_at=instant(random, day, 7),
    )
