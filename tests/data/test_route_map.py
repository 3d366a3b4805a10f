"""What a learner's route map reads: the right plan, states, levels of confidentiality, few queries."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data import models, route_map
from data.errors import NotFound
from data.rules import ReviewState, Share, TargetState
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements
from tests.factories import TODAY


class College:
    """One cohort with a tutor, and a learner's plan in it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.organisation = make.organisation(session)
        self.department = make.department(session, self.organisation)
        self.cohort = make.cohort(session, self.department)
        self.tutor = make.person(session, self.organisation, "tutor")
        make.tutors(session, self.tutor, self.cohort)
        self.plan = make.planned_learner(session, self.cohort)
        self.enrolment = session.get_one(models.Enrolment, self.plan.id)

    def viewer(self, role: str = "") -> Viewer:
        if not role:
            return make.viewer(self.session, self.tutor)
        needs_department = {"department": self.department} if role == "head-of-department" else {}
        someone = make.person(self.session, self.organisation, role, **needs_department)
        return make.viewer(self.session, someone)

    def read(self, viewer: Viewer | None = None, plan_id: int | None = None) -> route_map.RouteMap:
        make.complete(self.session)
        return route_map.read(self.session, viewer or self.viewer(), self.enrolment.learner_id, plan_id)


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def test_targets_come_by_due_date_with_their_states_and_the_proposed_apart(college: College) -> None:
    undated = make.target(college.session, college.plan, due_on=None)
    late = make.target(college.session, college.plan, due_on=date(2027, 1, 10), lane="career")
    achieved = make.target(
        college.session,
        college.plan,
        status="achieved",
        due_on=date(2026, 11, 2),
        achieved_on=date(2026, 11, 5),
    )
    due_today = make.target(college.session, college.plan, due_on=TODAY)
    proposed = make.target(college.session, college.plan, status="proposed")
    route = college.read()
    assert [(target.id, target.state) for target in route.targets] == [
        (achieved.id, TargetState.ACHIEVED),
        (late.id, TargetState.OVERDUE),
        (due_today.id, TargetState.DUE_SOON),
        (undated.id, TargetState.TO_COME),
    ]
    assert [target.id for target in route.proposed] == [proposed.id]
    assert sum(number for _, number in route.counts()) == 4
    assert route.targets[1].days_late == 1


def test_every_lane_of_the_organisation_is_there_in_order_even_without_targets(college: College) -> None:
    assert [lane.label for lane in college.read().lanes] == ["Qualification", "Career", "Personal growth"]


def test_steps_come_in_order_with_the_next_one_to_do(college: College) -> None:
    target = make.target(college.session, college.plan)
    for position, done_on in ((2, None), (1, date(2026, 12, 1)), (3, None)):
        college.session.add(
            models.Step(target_id=target.id, position=position, text=f"Step {position}", done_on=done_on)
        )
    (read,) = college.read().targets
    assert [step.text for step in read.steps] == ["Step 1", "Step 2", "Step 3"]
    assert (read.steps_done, read.next_step and read.next_step.text) == (1, "Step 2")


def test_a_milestones_short_title_stands_for_its_target(college: College) -> None:
    milestone = make.milestone(college.session, college.cohort, short_title="Unit 3 RA2")
    make.target(college.session, college.plan, milestone_id=milestone.id)
    make.target(college.session, college.plan, due_on=date(2027, 5, 1))
    assert [target.short_title for target in college.read().targets] == ["Unit 3 RA2", None]


def test_reviews_held_and_the_next_due_stand_on_the_axis_with_the_reason(college: College) -> None:
    held = make.review(college.session, college.plan, date(2026, 12, 7))
    route = college.read()
    assert [(review.id, review.on, review.state) for review in route.reviews] == [
        (held.id, date(2026, 12, 7), ReviewState.DONE),
        (None, date(2027, 1, 18), ReviewState.DUE_SOON),
    ]
    assert route.why_next_review == "Due by 18 January 2027: six weeks after the review on 7 December 2026."


def test_a_plans_own_review_rule_is_the_reason_given(college: College) -> None:
    make.review(college.session, college.plan, date(2026, 12, 7))
    college.plan.own_rule_unit, college.plan.own_rule_amount = "weeks", 2
    college.plan.own_rule_from_on, college.plan.own_rule_reason = date(2026, 12, 1), "Close support"
    assert college.read().why_next_review.startswith("Due by 21 December 2026: two weeks after")


def test_a_break_pauses_targets_and_reviews_and_a_leavers_targets_are_withdrawn(college: College) -> None:
    make.target(college.session, college.plan, due_on=date(2026, 12, 1))
    away = models.BreakInLearning(enrolment_id=college.plan.id, from_on=date(2027, 1, 4))
    college.session.add(away)
    route = college.read()
    assert (route.paused, route.next_review_state) == (True, ReviewState.PAUSED)
    assert [target.state for target in route.targets] == [TargetState.PAUSED]
    assert route.reviews == ()
    college.session.delete(away)
    college.enrolment.ended_on, college.enrolment.end_reason = date(2027, 1, 8), "withdrew"
    route = college.read()
    assert route.next_review_state == ReviewState.NOT_REQUIRED
    assert [target.state for target in route.targets] == [TargetState.WITHDRAWN]


@pytest.mark.parametrize(
    ("role", "levels"),
    [
        ("administrator", [1]),
        ("head-of-department", [1, 2]),
        ("tutor", [1, 2, 3]),
        ("learning-support-lead", [1, 2, 3, 4]),
        ("quality-lead", [1]),
    ],
)
def test_supports_and_barriers_are_read_at_the_viewers_level_of_confidentiality(
    college: College, role: str, levels: list[int]
) -> None:
    for level in (1, 2, 3, 4):
        about = {"plan_id": college.plan.id, "what": str(level), "confidentiality": level}
        college.session.add(models.Support(from_on=date(2026, 10, 1), **about))
        college.session.add(models.Barrier(kind="personal", from_on=date(2026, 10, 1), **about))
    route = college.read(college.viewer("" if role == "tutor" else role))
    assert sorted(int(support.what) for support in route.supports) == levels
    assert sorted(int(barrier.what) for barrier in route.barriers) == levels


def test_attendance_is_that_of_the_last_six_weeks(college: College) -> None:
    for week_on, attended in (
        (date(2026, 11, 30), 1),  # seven weeks ago
        (date(2026, 12, 7), 2),
        (date(2027, 1, 11), 4),
        (date(2027, 1, 18), 5),  # next week
    ):
        college.session.add(
            models.Attendance(enrolment_id=college.plan.id, week_on=week_on, possible=5, attended=attended)
        )
    assert college.read().attendance == Share(6, 10)
    other = College(college.session)
    assert other.read().attendance == Share(0, 0)


def test_the_current_plan_is_shown_and_the_others_are_named(college: College) -> None:
    session = college.session
    learner = session.get_one(models.Learner, college.enrolment.learner_id)
    before = make.cohort(session, college.department, starts_on=date(2025, 9, 1))
    ahead = make.cohort(session, college.department, starts_on=date(2027, 9, 6))
    earlier = make.enrolment(session, learner, before, ended_on=date(2026, 7, 1), end_reason="completed")
    later = make.enrolment(session, learner, ahead)
    for cohort in (before, ahead):
        make.tutors(session, college.tutor, cohort)
    route = college.read()
    assert route.enrolment_id == college.enrolment.id
    assert [other.id for other in route.others] == [later.id, earlier.id]
    chosen = college.read(plan_id=earlier.id)
    assert (chosen.enrolment_id, chosen.plan_id, chosen.targets) == (earlier.id, None, ())


def test_out_of_scope_and_missing_are_the_same(college: College) -> None:
    elsewhere = College(college.session)
    make.complete(college.session)
    with pytest.raises(NotFound):
        route_map.read(college.session, elsewhere.viewer(), college.enrolment.learner_id)
    with pytest.raises(NotFound):
        route_map.read(college.session, college.viewer(), 999_999)
    with pytest.raises(NotFound):  # a plan that exists, but not this learner's
        route_map.read(college.session, college.viewer(), college.enrolment.learner_id, elsewhere.plan.id)


def test_only_the_part_of_a_learner_that_a_tutor_sees_is_shown(college: College) -> None:
    learner = college.session.get_one(models.Learner, college.enrolment.learner_id)
    hidden = make.cohort(college.session, make.department(college.session, college.organisation))
    second = make.plan(college.session, make.enrolment(college.session, learner, hidden))
    assert college.read().others == ()
    with pytest.raises(NotFound):
        college.read(plan_id=second.id)


def test_links_lead_only_where_the_viewer_may_go(college: College) -> None:
    tutor = college.read()
    assert (tutor.cohort_id, tutor.department_id, tutor.may_write) == (college.cohort.id, None, True)
    head = college.read(college.viewer("head-of-department"))
    assert (head.cohort_id, head.department_id) == (college.cohort.id, college.department.id)
    assert college.read(college.viewer("quality-lead")).may_write is False


def test_four_queries_whatever_the_plan_holds(engine: Engine, college: College) -> None:
    viewer = college.viewer()

    def queries() -> int:
        college.read(viewer)
        with Session(engine) as session, statements(session) as ran:
            route_map.read(session, viewer, college.enrolment.learner_id)
        return sum(statement.lstrip().startswith("SELECT") for statement in ran)

    empty = queries()
    for _ in range(20):
        make.target(college.session, college.plan)
    make.review(college.session, college.plan, date(2026, 12, 7))
    assert (empty, queries()) == (4, 4)
