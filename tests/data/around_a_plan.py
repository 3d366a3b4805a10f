"""One plan and one of each who has to do with it: for the tests of prompts, checks and cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from data import models
from data.form_values import Typed
from data.saved import Saved
from data.scope import Viewer
from tests import factories as make

ROLES = (
    "administrator",
    "head-of-department",
    "tutor",
    "teacher",
    "learning-support-lead",
    "quality-lead",
    "learner",
)


@dataclass
class Around:
    session: Session
    organisation: models.Organisation
    department: models.Department
    cohort: models.Cohort
    learner_id: int
    plan: models.Plan
    people: dict[str, models.Person]

    def viewer(self, role: str) -> Viewer:
        return make.viewer(self.session, self.people[role])

    def save(self, function: Callable[[Session, Viewer, Typed], Saved], role: str, **sent: Any) -> Saved:
        """What the role gets for sending the fields."""
        typed = Typed({name: [str(value)] for name, value in sent.items()})
        return function(self.session, self.viewer(role), typed)

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row


def around_a_plan(session: Session) -> Around:
    """A learner with an account in a cohort that began on 7 September, with a tutor and a teacher."""
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department, code="E3-1")
    people = {
        role: make.person(
            session,
            organisation,
            role,
            name=f"The {role}",
            department=department if role == "head-of-department" else None,
        )
        for role in ROLES
    }
    make.tutors(session, people["tutor"], cohort)
    learner = make.learner(session, organisation, person_id=people["learner"].id, given_name="Amara")
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    group = models.TeachingGroup(department_id=department.id, code="M-1", subject="Maths")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": cohort.starts_on}
    session.add(models.TeachingGroupLearner(learner_id=learner.id, **since))
    session.add(models.TeachingGroupTeacher(person_id=people["teacher"].id, **since))
    make.complete(session)
    return Around(session, organisation, department, cohort, learner.id, plan, people)
