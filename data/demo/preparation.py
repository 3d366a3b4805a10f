"""What the demo’s learners, and those who teach them, wrote before a review that is near."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege
from data.models import Going

PREPARED, LINED = 0.45, 0.5
NEAR_AFTER = timedelta(weeks=4)
GOING = (Going.WELL, Going.MOSTLY, Going.MOSTLY, Going.HARD)
TALK_ABOUT = {
    Going.WELL: (
        "I would like to try something harder, and to know what else I could do with it.",
        "The open day next month: can I go during lessons?",
        "",
    ),
    Going.MOSTLY: (
        "I keep leaving the written work to the evening before. I want a plan for that.",
        "Whether I can change my day at the placement; the bus gets me there late.",
        "How much of the portfolio has to be done by Easter.",
    ),
    Going.HARD: (
        "There is too much at once. I don’t know what to do first.",
        "I missed two weeks and can’t find my way back in.",
        "Maths. I sit there and don’t get started.",
    ),
}
LINES = {
    Going.WELL: (
        "Asks good questions and explains to others at the table.",
        "Homework is on time and has been checked before it is handed in.",
        "",
    ),
    Going.MOSTLY: (
        "Gets there with a worked example; on a blank page it takes long to start.",
        "Good in talk, less written down. A frame for paragraphs helps.",
        "Would gain from ten minutes’ reading before each lesson.",
    ),
    Going.HARD: (
        "Missed three of the last six lessons and the mock; needs a way to catch up.",
        "Stops at the first hurdle at the moment. Small steps with a quick success work best.",
    ),
}


def add_preparation(college: DemoCollege, session: Session, seed: int) -> None:
    """Self-evaluations with a reflection, and lines, for learners whose last review is four weeks or more
    ago; what the demo's own learner wrote stays hers to write."""
    random = Random(f"{seed} preparation")
    teachers = _teachers(session)
    for plan_id, learner_id, person_id, last_on in _near(college, session):
        on = college.today - timedelta(days=random.randrange(1, 7))
        if on <= last_on:
            continue
        if random.random() < PREPARED and person_id is None:
            _prepare(college, session, random, plan_id, on)
        if learner_id in teachers and random.random() < LINED:
            going = random.choice(GOING)
            by_id, said = random.choice(teachers[learner_id]), random.choice(LINES[going])
            line = {"plan_id": plan_id, "by_id": by_id, "written_on": on}
            session.add(models.ReviewLine(going=going, said=said, **line))
    session.flush()


def _near(college: DemoCollege, session: Session) -> list[tuple[int, int, int | None, date]]:
    """(plan id, learner id, person id, last review) of learners who are here."""
    rows = session.execute(
        select(models.Plan.id, models.Learner.id, models.Learner.person_id, func.max(models.Review.held_on))
        .join(models.Enrolment, models.Enrolment.id == models.Plan.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .join(models.Review, models.Review.plan_id == models.Plan.id)
        .where(models.Enrolment.ended_on.is_(None))
        .group_by(models.Plan.id, models.Learner.id, models.Learner.person_id)
        .having(func.max(models.Review.held_on) <= college.today - NEAR_AFTER)
        .order_by(models.Plan.id)
    )
    return [(plan_id, learner_id, person_id, last) for plan_id, learner_id, person_id, last in rows]


def _teachers(session: Session) -> dict[int, list[int]]:
    """{learner id: who teaches them}."""
    found: dict[int, list[int]] = {}
    for learner_id, teacher_id in session.execute(
        select(models.TeachingGroupLearner.learner_id, models.TeachingGroupTeacher.person_id)
        .join(
            models.TeachingGroupTeacher,
            models.TeachingGroupTeacher.group_id == models.TeachingGroupLearner.group_id,
        )
        .order_by(models.TeachingGroupLearner.id, models.TeachingGroupTeacher.id)
    ):
        found.setdefault(learner_id, []).append(teacher_id)
    return found


def _prepare(college: DemoCollege, session: Session, random: Random, plan_id: int, on: date) -> None:
    going = random.choice(GOING)
    talk_about = random.choice(TALK_ABOUT[going])
    of = {"plan_id": plan_id, "written_on": on}
    session.add(models.SelfEvaluation(going=going, talk_about=talk_about, **of))
    wording = random.choice(college.words.reflections)
    session.add(
        models.Reflection(
            learned=wording.learned, went_well=wording.went_well, went_less_well=wording.went_less_well, **of
        )
    )
