"""A tutor's caseload: who is on it, in which order, and what is due this week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from components import caseload as caseload_lines
from data import caseload, models
from data.rules import Share
from tests import factories as make
from tests.counting import statements

TODAY = make.TODAY
"""A Monday."""


class College:
    """A department whose tutor has one cohort."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.organisation = make.organisation(session)
        self.department = make.department(session, self.organisation)
        self.cohort = make.cohort(session, self.department, code="E3-1")
        self.tutor = make.person(session, self.organisation, "tutor")
        make.tutors(session, self.tutor, self.cohort)

    def learner(
        self, family_name: str, cohort: models.Cohort | None = None, *, reviewed: bool = True, **values: Any
    ) -> models.Plan:
        """A learner whose next review isn't due yet, unless none was held."""
        someone = make.learner(self.session, self.organisation, given_name="Ada", family_name=family_name)
        enrolment = make.enrolment(self.session, someone, cohort or self.cohort, **values)
        plan = make.plan(self.session, enrolment)
        if reviewed:
            make.review(self.session, plan, TODAY - timedelta(days=3))
        return plan

    def read(self, person: models.Person | None = None) -> caseload.Caseload:
        make.complete(self.session)
        return caseload.read(self.session, make.viewer(self.session, person or self.tutor))


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def names(found: caseload.Caseload) -> list[str]:
    return [learner.family_name for learner in found.learners]


def test_whoever_has_waited_longest_comes_first_and_a_break_comes_last(college: College) -> None:
    away = college.learner("Away")
    make._add(college.session, models.BreakInLearning, enrolment_id=away.id, from_on=TODAY)
    calm, late, unreviewed = (
        college.learner("Calm"),
        college.learner("Late"),
        college.learner("Unreviewed", reviewed=False),
    )
    for plan in (away, late):
        make.target(college.session, plan, due_on=TODAY - timedelta(days=30))
    make.target(college.session, calm, due_on=TODAY + timedelta(days=30))
    found = college.read()
    assert names(found) == ["Unreviewed", "Late", "Calm", "Away"]
    assert [learner.longest_late for learner in found.learners][1:] == [30, 0, 0]
    assert unreviewed.id


def test_due_this_week_is_from_today_to_sunday(college: College) -> None:
    plan = college.learner("Byron")
    for days in (-1, 0, 6, 7):
        make.target(college.session, plan, due_on=TODAY + timedelta(days=days), title=f"in {days}")
    make.target(college.session, plan, due_on=TODAY, status="achieved")
    make.target(college.session, plan, due_on=TODAY, status="proposed")
    due = college.read().due
    assert [(one.on, one.target and one.target.title) for one in due] == [
        (TODAY, "in 0"),
        (TODAY + timedelta(days=6), "in 6"),
    ]


def test_what_was_due_before_a_learner_joined_is_next_only_when_nothing_else_is_open(
    college: College,
) -> None:
    plan = college.learner("Late to join", starts_on=TODAY - timedelta(days=30))
    make.target(college.session, plan, due_on=TODAY - timedelta(days=60), title="Initial assessment")
    (learner,) = college.read().learners
    assert caseload_lines.line(learner) == "next: Initial assessment, 12 Nov"
    unit = make.target(college.session, plan, due_on=TODAY + timedelta(days=30), title="Unit 4")
    (learner,) = college.read().learners
    assert caseload_lines.line(learner) == "next: Unit 4, 10 Feb"
    assert caseload_lines.about(learner) == unit.id


def test_a_review_that_is_due_this_week_is_listed(college: College) -> None:
    plan = college.learner("Byron", reviewed=False)
    make.review(college.session, plan, TODAY - timedelta(days=40))
    assert [(one.on, one.target) for one in college.read().due] == [(TODAY + timedelta(days=2), None)]


def test_single_learners_of_another_cohort_are_on_the_caseload(college: College) -> None:
    elsewhere = make.cohort(college.session, college.department, code="E3-2")
    college.learner("Mine")
    college.learner("Also", elsewhere, tutor_id=college.tutor.id)
    college.learner("Other", elsewhere)
    found = college.read()
    assert sorted(names(found)) == ["Also", "Mine"]
    assert [(one.code, one.learners, one.linked) for one in found.cohorts] == [
        ("E3-1", 1, True),
        ("E3-2", 1, True),
    ]


def test_a_head_who_also_tutors_sees_here_only_the_learners_tutored(college: College) -> None:
    both = make.person(
        college.session, college.organisation, "head-of-department", "tutor", department=college.department
    )
    mine = make.cohort(college.session, college.department)
    make.tutors(college.session, both, mine)
    college.learner("Departments")
    plan = college.learner("Mine", mine)
    make.target(college.session, plan)
    found = college.read(both)
    assert names(found) == ["Mine"]
    assert found.figures.achieved == Share(0, 1)


def test_a_teacher_sees_the_learners_of_the_groups_without_their_cohorts_page(college: College) -> None:
    teacher = make.person(college.session, college.organisation, "teacher")
    group = make._add(
        college.session,
        models.TeachingGroup,
        department_id=college.department.id,
        code="MA1",
        subject="Maths",
    )
    taught = college.learner("Taught")
    college.learner("Other")
    learner_id = college.session.get_one(models.Enrolment, taught.id).learner_id
    since = {"group_id": group.id, "from_on": date(2026, 9, 7)}
    make._add(college.session, models.TeachingGroupTeacher, person_id=teacher.id, **since)
    make._add(college.session, models.TeachingGroupLearner, learner_id=learner_id, **since)
    found = college.read(teacher)
    assert names(found) == ["Taught"]
    assert found.teaches_only
    assert [one.linked for one in found.cohorts] == [False]


def test_who_has_left_is_not_on_the_list_but_counted(college: College) -> None:
    gone = college.learner("Gone", ended_on=TODAY - timedelta(days=1), end_reason="withdrew")
    make.target(college.session, gone, due_on=TODAY - timedelta(days=9))
    found = college.read()
    assert names(found) == []
    assert (found.figures.started, found.figures.left, found.figures.overdue) == (1, 1, Share(0, 0))


@pytest.mark.parametrize("role", ["administrator", "learner", "quality-lead"])
def test_a_role_without_a_caseload_has_nobody_on_it(college: College, role: str) -> None:
    college.learner("Byron")
    assert names(college.read(make.person(college.session, college.organisation, role))) == []


def test_the_number_of_queries_does_not_grow_with_learners(college: College) -> None:
    viewer = make.viewer(college.session, college.tutor)
    counts = []
    for learners in (1, 8):
        for number in range(learners):
            make.target(college.session, college.learner(f"Learner{number}"))
        make.complete(college.session)
        with statements(college.session) as ran:
            caseload.read(college.session, viewer)
        counts.append(len([statement for statement in ran if statement.startswith("SELECT")]))
    assert counts == [6, 6]
