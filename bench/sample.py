"""What there is to open in a college: departments, cohorts, learners, drawn by a fixed seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from data.database import reading
from data.models import Cohort, Department, Enrolment

HOW_MANY = 40


@dataclass(frozen=True)
class Sample:
    """Ids; `grid` is the cohort of 350 learners by 130 milestones."""

    departments: list[int]
    cohorts: list[int]
    learners: list[int]
    grid: int

    def of(self, view: str) -> list[int]:
        """What to open of a view; one of a kind has the number 1."""
        return {"learner": self.learners, "cohort": self.cohorts, "department": self.departments}.get(
            view, [self.grid] if view == "grid" else [1]
        )


def draw(engine: Engine) -> Sample:
    chance = random.Random(1)
    with reading(engine) as session:
        by_size = session.execute(
            select(Cohort.id, func.count(Enrolment.id))
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .group_by(Cohort.id)
            .order_by(func.count(Enrolment.id).desc(), Cohort.id)
        ).all()
        grid, cohorts = by_size[0][0], [cohort_id for cohort_id, _ in by_size[1:]]
        departments = list(session.scalars(select(Department.id).order_by(Department.id)))
        learners = list(
            session.scalars(select(Enrolment.learner_id).where(Enrolment.cohort_id.in_(cohorts[:400])))
        )
    return Sample(
        departments=chance.sample(departments, min(HOW_MANY, len(departments))),
        cohorts=chance.sample(cohorts, min(HOW_MANY, len(cohorts))),
        learners=chance.sample(learners, min(HOW_MANY, len(learners))),
        grid=grid,
    )
