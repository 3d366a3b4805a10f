"""What the demo's learner and her tutor said to each other, and how far she has read what is new."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege

NEW_TO_HER = 3
SAID = (
    (9, "tutor", "Your risk assessment read well. Bring it on Tuesday and we go through the last page."),
    (4, "learner", "Can we move the reading sessions to the morning? After lunch the room is loud."),
    (3, "tutor", "Good idea. I have asked the learning centre; they tell us by Friday."),
)
"""(days ago, by whom, what)."""


def add_voices(college: DemoCollege, session: Session) -> None:
    """Comments on the plan of the learner who signs in; all but the newest changes are known to her."""
    found = session.execute(
        select(models.Plan.id, models.Learner.person_id, models.CohortTutor.person_id)
        .join(models.Enrolment, models.Enrolment.id == models.Plan.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .join(models.CohortTutor, models.CohortTutor.cohort_id == models.Enrolment.cohort_id)
        .where(models.Learner.person_id.is_not(None))
        .order_by(models.Plan.id, models.CohortTutor.id)
        .limit(1)
    ).first()
    if found is None:
        return
    plan_id, learner_id, tutor_id = found
    for days, who, said in SAID:
        session.add(
            models.Change(
                plan_id=plan_id,
                field="comment",
                new=said,
                origin=models.Origin.DEMO,
                by_id=learner_id if who == "learner" else tutor_id,
                at=datetime.combine(college.today - timedelta(days=days), time(15, 20), UTC),
            )
        )
    session.flush()
    by_others = session.scalars(
        select(models.Change.id)
        .where(models.Change.plan_id == plan_id, models.Change.by_id.is_distinct_from(learner_id))
        .order_by(models.Change.id.desc())
        .limit(NEW_TO_HER + 1)
    ).all()
    session.add(models.PlanSeen(plan_id=plan_id, person_id=learner_id, change_id=by_others[-1]))
    session.flush()
