"""The progress grid: who is in it, what state each cell is in, what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from data import learner_figures, models, progress_grid
from data.errors import NotFound
from data.learner_figures import NOT_COUNTED
from data.progress_grid import Cell
from data.rules import ReviewState, Share, TargetState, TargetStatus
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

TODAY = make.TODAY
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


class College:
    """A cohort with two milestones in two phases, seen by its tutor."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.organisation = make.organisation(session)
        self.department = make.department(session, self.organisation)
        self.cohort = make.cohort(session, self.department, code="E3-1", title="Engineering")
        self.safety = make.milestone(
            session, self.cohort, position=1, phase_name="Induction", short_title="Safety"
        )
        self.maths = make.milestone(
            session, self.cohort, position=2, phase_name="Foundation", short_title="Maths"
        )
        self.tutor = make.person(session, self.organisation, "tutor", name="Priya Shah")
        make.tutors(session, self.tutor, self.cohort)

    def learner(self, family_name: str, **enrolment: Any) -> models.Plan:
        someone = make.learner(self.session, self.organisation, given_name="Ada", family_name=family_name)
        return make.plan(self.session, make.enrolment(self.session, someone, self.cohort, **enrolment))

    def target(self, plan: models.Plan, milestone: models.Milestone, **values: Any) -> models.Target:
        return make.target(self.session, plan, milestone_id=milestone.id, **values)

    def viewer(self, person: models.Person | None = None) -> Viewer:
        return make.viewer(self.session, person or self.tutor)

    def read(self, person: models.Person | None = None) -> progress_grid.ProgressGrid:
        make.complete(self.session)
        return progress_grid.read(self.session, self.viewer(person), self.cohort.id)


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def test_a_row_holds_a_cell_for_each_milestone_in_the_order_of_the_phases(college: College) -> None:
    late_induction = make.milestone(college.session, college.cohort, position=3, phase_name="Induction")
    plan = college.learner("Byron")
    maths = college.target(plan, college.maths, due_on=YESTERDAY)
    done = college.target(plan, late_induction, status="achieved", due_on=YESTERDAY)
    grid = college.read()
    assert [(phase, [column.id for column in columns]) for phase, columns in grid.phases] == [
        ("Induction", [college.safety.id, late_induction.id]),
        ("Foundation", [college.maths.id]),
    ]
    assert grid.learners[0].cells == (
        None,
        Cell(done.id, TargetState.ACHIEVED),
        Cell(maths.id, TargetState.OVERDUE),
    )


def test_learners_come_by_family_name_and_those_who_left_at_the_end(college: College) -> None:
    college.learner("Zola")
    college.learner("Élan")
    college.learner("Adler", ended_on=YESTERDAY, end_reason="withdrew")
    college.learner("evans")
    assert [row.family_name for row in college.read().learners] == ["Élan", "evans", "Zola", "Adler"]


def test_open_targets_of_a_learner_on_a_break_are_paused_and_of_one_who_left_withdrawn(
    college: College,
) -> None:
    away = college.learner("Away")
    make._add(college.session, models.BreakInLearning, enrolment_id=away.id, from_on=YESTERDAY)
    gone = college.learner("Gone", ended_on=YESTERDAY, end_reason="withdrew")
    for plan in (away, gone):
        college.target(plan, college.safety, due_on=TODAY - timedelta(days=9))
        college.target(plan, college.maths, status="achieved")
    first, second = college.read().learners
    assert [cell and cell.state for cell in first.cells] == [TargetState.PAUSED, TargetState.ACHIEVED]
    assert [cell and cell.state for cell in second.cells] == [TargetState.WITHDRAWN, TargetState.ACHIEVED]
    assert (first.paused, first.review_state) == (True, ReviewState.PAUSED)
    assert (second.ended, second.review_state) == (True, ReviewState.NOT_REQUIRED)


def test_the_share_of_a_milestone_counts_who_is_here_and_what_is_not_withdrawn(college: College) -> None:
    achieved, open_one, not_achieved, withdrawn, gone, away = (
        college.learner(name) for name in ("Aa", "Bb", "Cc", "Dd", "Ee", "Ff")
    )
    gone_enrolment = college.session.get_one(models.Enrolment, gone.id)
    gone_enrolment.ended_on, gone_enrolment.end_reason = YESTERDAY, "withdrew"
    make._add(college.session, models.BreakInLearning, enrolment_id=away.id, from_on=YESTERDAY)
    for plan, status in (
        (achieved, "achieved"),
        (open_one, "in-progress"),
        (not_achieved, "not-achieved"),
        (withdrawn, "withdrawn"),
        (gone, "achieved"),
        (away, "achieved"),
    ):
        college.target(plan, college.maths, status=status)
    figures = college.read().figures
    assert figures.milestones == {college.maths.id: Share(1, 3)}
    assert (figures.learners, figures.here, figures.paused, figures.started, figures.left) == (5, 4, 1, 6, 1)


def test_coverage_is_known_once_a_review_of_anybody_is_recorded(college: College) -> None:
    plan = college.learner("Aa")
    assert college.read().figures.reviewed == 0
    make.review(college.session, plan, YESTERDAY)
    assert college.read().figures.reviewed == 1


def test_completing_is_not_leaving_and_a_later_start_is_counted_apart(college: College) -> None:
    college.learner("Done", ended_on=YESTERDAY, end_reason="completed")
    college.learner("Moved", ended_on=YESTERDAY, end_reason="transferred")
    college.learner("Later", starts_on=TOMORROW)
    figures = college.read().figures
    assert (figures.started, figures.left, figures.completed, figures.to_start, figures.here) == (
        2,
        1,
        1,
        1,
        0,
    )


def test_nothing_recorded_is_nothing_to_count_and_not_zero_percent(college: College) -> None:
    college.learner("Byron")
    figures = college.read().figures
    assert figures.achieved.percent is None
    assert figures.milestones == {}


def test_moving_a_due_date_takes_a_target_from_overdue_to_moved(college: College) -> None:
    plan = college.learner("Byron")
    college.target(plan, college.safety, due_on=YESTERDAY)
    moved = college.target(plan, college.maths, due_on=YESTERDAY, moves=1)
    moved.due_on = TOMORROW
    figures = college.read().figures
    assert (figures.overdue, figures.moved, figures.due_soon) == (Share(1, 2), 1, Share(1, 2))


def test_personal_targets_are_counted_by_state_and_the_most_urgent_opens(college: College) -> None:
    plan = college.learner("Byron")
    make.target(college.session, plan, status="achieved")
    make.target(college.session, plan, due_on=YESTERDAY)
    worst = make.target(college.session, plan, due_on=TODAY - timedelta(days=30), title="Ask for help")
    make.target(college.session, plan, status="proposed")
    personal = college.read().learners[0].personal
    assert personal is not None
    assert personal.counts == {TargetState.OVERDUE: 2, TargetState.ACHIEVED: 1}
    assert (personal.first_id, personal.first_title) == (worst.id, "Ask for help")


def test_a_review_that_was_due_is_late_by_its_days(college: College) -> None:
    late = college.learner("Late")
    make.review(college.session, late, TODAY - timedelta(days=42 + 9))
    row = college.read().learners[0]
    assert (row.review_state, row.review_days_late) == (ReviewState.OVERDUE, 9)


def test_a_tutor_with_some_of_a_cohort_sees_and_counts_only_those(college: College) -> None:
    colleague = make.person(college.session, college.organisation, "tutor")
    mine = college.learner("Mine", tutor_id=colleague.id)
    other = college.learner("Other")
    for plan in (mine, other):
        college.target(plan, college.maths, due_on=YESTERDAY)
    grid = college.read(colleague)
    assert [row.family_name for row in grid.learners] == ["Mine"]
    assert (grid.figures.learners, grid.cohort.size, grid.figures.overdue) == (1, 2, Share(1, 1))
    other_id = college.session.get_one(models.Enrolment, other.id).learner_id
    with pytest.raises(NotFound):
        progress_grid.read_learner(college.session, college.viewer(colleague), college.cohort.id, other_id)


@pytest.mark.parametrize("role", ["teacher", "learner", "tutor", None])
def test_a_cohort_out_of_scope_is_as_one_that_does_not_exist(college: College, role: str | None) -> None:
    stranger = make.person(college.session, college.organisation, *([role] if role else []))
    college.learner("Byron")
    for cohort_id in (college.cohort.id, 999_999):
        with pytest.raises(NotFound):
            progress_grid.read(college.session, college.viewer(stranger), cohort_id)


def test_a_viewer_without_scope_has_no_figures(college: College) -> None:
    college.learner("Byron")
    nobody = replace(college.viewer(), grants=())
    figures = learner_figures.read(college.session, nobody, college.cohort.id)
    assert (figures.learners, figures.started, figures.covered) == (0, 0, Share(0, 0))


def test_the_department_is_named_to_all_and_linked_for_those_who_may_open_it(college: College) -> None:
    head = make.person(
        college.session, college.organisation, "head-of-department", department=college.department
    )
    assert college.read(head).cohort.department_seen
    seen_by_tutor = college.read().cohort
    assert not seen_by_tutor.department_seen
    assert seen_by_tutor.department == college.department.name
    assert seen_by_tutor.tutors == ("Priya Shah",)


def test_one_row_read_again_is_the_row_of_the_grid(college: College) -> None:
    for name in ("Aa", "Bb"):
        college.target(college.learner(name), college.maths, due_on=YESTERDAY)
    grid = college.read()
    again = progress_grid.read_learner(
        college.session, college.viewer(), college.cohort.id, grid.learners[1].id
    )
    assert (again.learner, again.milestones, again.figures) == (
        grid.learners[1],
        grid.milestones,
        grid.figures,
    )


def test_the_number_of_queries_does_not_grow_with_learners_and_milestones(college: College) -> None:
    college.target(college.learner("First"), college.maths)
    college.read()
    viewer = college.viewer()
    counts = []
    for learners in (0, 12):
        for number in range(learners):
            milestone = make.milestone(college.session, college.cohort)
            plan = college.learner(f"Learner{number}")
            college.target(plan, milestone)
            make.target(college.session, plan)
        make.complete(college.session)
        with statements(college.session) as ran:
            progress_grid.read(college.session, viewer, college.cohort.id)
        counts.append(len([statement for statement in ran if statement.startswith("SELECT")]))
    assert counts == [8, 8]


days = st.integers(-70, 20).map(lambda offset: TODAY + timedelta(days=offset))
targets = st.tuples(st.sampled_from(list(TargetStatus)), days, days)
learners = st.tuples(
    st.lists(targets, max_size=2),
    st.lists(targets, max_size=3),
    st.sampled_from(["here", "away", "left", "later"]),
)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cohort=st.lists(learners, max_size=6))
def test_the_figures_counted_by_the_database_are_those_of_the_rows(
    session: Session,
    cohort: list[tuple[list[tuple[str, date, date]], list[tuple[str, date, date]], str]],
) -> None:
    savepoint = session.begin_nested()
    college = College(session)
    for shared, own, where in cohort:
        ended = {"ended_on": YESTERDAY, "end_reason": "withdrew"} if where == "left" else {}
        starts_on = TOMORROW if where == "later" else date(2026, 9, 7)
        plan = college.learner("Byron", starts_on=starts_on, **ended)
        if where == "away":
            make._add(session, models.BreakInLearning, enrolment_id=plan.id, from_on=YESTERDAY)
        milestones = [college.safety.id, college.maths.id][: len(shared)] + [None] * len(own)
        for milestone_id, (status, due_on, first_due_on) in zip(milestones, shared + own, strict=True):
            made = make.target(session, plan, milestone_id=milestone_id, status=status, due_on=first_due_on)
            made.due_on = due_on
    session.flush()
    viewer = college.viewer()
    grid = progress_grid.read(session, viewer, college.cohort.id)
    here = [row for row in grid.learners if not (row.ended or row.paused or row.starts_on > TODAY)]
    counted = [state for state in TargetState if state not in NOT_COUNTED]
    closed = (TargetState.ACHIEVED, TargetState.NOT_ACHIEVED)
    every = sum(row.count(*counted) for row in here)
    open_ones = every - sum(row.count(*closed) for row in here)
    figures = grid.figures
    assert figures == learner_figures.read(session, viewer, college.cohort.id), (
        "of the rows, as in the database"
    )
    assert figures.here == len(here)
    assert figures.achieved == Share(sum(row.count(TargetState.ACHIEVED) for row in here), every)
    assert figures.overdue == Share(sum(row.count(TargetState.OVERDUE) for row in here), open_ones)
    for index, milestone in enumerate((college.safety, college.maths)):
        states = [cell.state for row in here if (cell := row.cells[index]) and cell.state in counted]
        share = figures.milestones.get(milestone.id, Share(0, 0))
        assert share == Share(states.count(TargetState.ACHIEVED), len(states))
    savepoint.rollback()
