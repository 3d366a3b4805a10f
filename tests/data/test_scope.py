"""Who sees whom: a viewer's roles against a naive reading of the same table."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import Cohort, Department, Enrolment, Learner, RoleAssignment
from data.scope import (
    Grant,
    Viewer,
    cohorts_seen_by,
    departments_seen_by,
    enrolments_seen_by,
    learners_seen_by,
)
from tests import factories as make


def seen(session: Session, viewer: Viewer) -> set[int]:
    return set(session.scalars(select(Enrolment.id).where(enrolments_seen_by(viewer))))


def test_each_reach_sees_its_own_learners_and_nobody_else(session: Session) -> None:
    college = make.organisation(session)
    here, there = make.department(session, college), make.department(session, college)
    first, second, elsewhere = (
        make.cohort(session, here),
        make.cohort(session, here),
        make.cohort(session, there),
    )
    plans = {c.id: make.planned_learner(session, c).id for c in (first, second, elsewhere)}
    admin = make.person(session, college, "administrator")
    head = make.person(session, college, "head-of-department", department=here)
    tutor = make.person(session, college, "tutor")
    make.tutors(session, tutor, first)
    former = make.person(session, college, "tutor")
    make.tutors(session, former, first, until_on=date(2026, 12, 31))
    assert seen(session, make.viewer(session, admin)) == set(plans.values())
    assert seen(session, make.viewer(session, head)) == {plans[first.id], plans[second.id]}
    assert seen(session, make.viewer(session, tutor)) == {plans[first.id]}
    assert seen(session, make.viewer(session, former)) == set()
    assert set(session.scalars(select(Cohort.id).where(cohorts_seen_by(make.viewer(session, tutor))))) == {
        first.id
    }
    assert set(
        session.scalars(select(Department.id).where(departments_seen_by(make.viewer(session, head))))
    ) == {here.id}


def test_nobody_sees_another_organisation(session: Session) -> None:
    ours, theirs = make.organisation(session), make.organisation(session)
    their_plan = make.planned_learner(session, make.cohort(session, make.department(session, theirs)))
    for role in ("administrator", "quality-lead", "learning-support-lead"):
        viewer = make.viewer(session, make.person(session, ours, role))
        assert their_plan.id not in seen(session, viewer)


def test_a_learners_account_opens_no_plan_of_another_organisation(session: Session) -> None:
    ours, theirs = make.organisation(session), make.organisation(session)
    plan = make.planned_learner(session, make.cohort(session, make.department(session, theirs)))
    someone = make.person(session, ours, "learner")
    session.get_one(Learner, session.get_one(Enrolment, plan.id).learner_id).person_id = someone.id
    session.flush()
    assert seen(session, make.viewer(session, someone)) == set()


def test_a_role_without_a_known_reach_sees_nothing(session: Session) -> None:
    college = make.organisation(session)
    make.planned_learner(session, make.cohort(session, make.department(session, college)))
    viewer = Viewer(
        1, college.id, "Nobody", make.TODAY, (Grant("visitor", "visitor", "everything", "plans", 4),)
    )
    for table, condition in (
        (Enrolment, enrolments_seen_by(viewer)),
        (Cohort, cohorts_seen_by(viewer)),
        (Department, departments_seen_by(viewer)),
        (Learner, learners_seen_by(viewer)),
    ):
        assert session.scalars(select(table.id).where(condition)).all() == []


def test_a_head_without_a_department_sees_nothing(session: Session) -> None:
    college = make.organisation(session)
    make.planned_learner(session, make.cohort(session, make.department(session, college)))
    head = make.person(session, college, "head-of-department")
    assert session.scalars(select(RoleAssignment.department_id)).all() == [None]
    assert seen(session, make.viewer(session, head)) == set()
