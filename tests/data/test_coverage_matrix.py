"""The coverage matrix: states by word and date, the same figure as elsewhere, the filters, who sees what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from components.coverage_matrix import coverage_print
from data import coverage_matrix, groups, learner_figures, models, rules
from data.coverage_matrix import MatrixChoice, chosen
from data.errors import NotFound
from data.rules import PRESETS, EnrolmentDates, ReviewClock, ReviewRule, ReviewState, Share, Span
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements
from tests.data.test_rules_properties import clocks, days

START = date(2026, 9, 7)
FIRST_DUE = date(2026, 10, 19)
"""Six weeks after the start; no closed weeks here."""


@dataclass
class College:
    cohort: models.Cohort
    plans: dict[str, models.Plan]
    head: Viewer
    tutor: Viewer


@pytest.fixture
def college(session: Session) -> College:
    """A learner for each state: reviewed, due soon, overdue, paused, withdrawn, not yet due."""
    ours = make.organisation(session)
    department = make.department(session, ours)
    cohort = make.cohort(session, department)
    head = make.person(session, ours, "head-of-department", department=department)
    tutor = make.person(session, ours, "tutor")
    plans = {
        "soon": make.planned_learner(session, cohort),
        "overdue": make.planned_learner(session, cohort),
        "paused": make.planned_learner(session, cohort),
        "left": make.planned_learner(
            session, cohort, ended_on=date(2026, 11, 20), end_reason=models.EndReason.WITHDREW
        ),
        "new": make.planned_learner(session, cohort, starts_on=date(2027, 1, 4), tutor_id=tutor.id),
    }
    for on in (date(2026, 10, 12), date(2026, 12, 7)):
        make.review(session, plans["soon"], on, note="Talked about the placement.")
    make.review(session, plans["left"], date(2026, 10, 19))
    session.add(models.BreakInLearning(enrolment_id=plans["paused"].id, from_on=date(2026, 10, 5)))
    make.complete(session)
    return College(cohort, plans, make.viewer(session, head), make.viewer(session, tutor))


def read(session: Session, college: College, **choice: object) -> coverage_matrix.CoverageMatrix:
    return coverage_matrix.read(session, college.head, college.cohort.id, MatrixChoice(**choice))  # type: ignore[arg-type]  # as a test names them


def row_of(matrix: coverage_matrix.CoverageMatrix, plan: models.Plan) -> coverage_matrix.MatrixRow:
    return next(row for row in matrix.rows if row.plan_id == plan.id)


def test_each_window_has_its_state_its_date_and_how_late_it_was_held(
    session: Session, college: College
) -> None:
    matrix = read(session, college)
    found = {
        name: [(cell.state, cell.on) for cell in row_of(matrix, plan).cells if cell]
        for name, plan in college.plans.items()
    }
    assert found == {
        "soon": [
            (ReviewState.DONE, date(2026, 10, 12)),
            (ReviewState.DONE, date(2026, 12, 7)),
            (ReviewState.DUE_SOON, date(2027, 1, 18)),
        ],
        "overdue": [(ReviewState.OVERDUE, FIRST_DUE)],
        "paused": [(ReviewState.PAUSED, None)],
        "left": [(ReviewState.DONE, FIRST_DUE), (ReviewState.NOT_REQUIRED, date(2026, 11, 30))],
        "new": [(ReviewState.NOT_YET_DUE, date(2027, 2, 15))],
    }
    assert [column.number for column in matrix.columns] == [1, 2, 3]

    cell = row_of(read(session, college), college.plans["soon"]).cells[1]
    assert cell is not None
    assert (cell.window.due_on, cell.days_late, cell.missed) == (date(2026, 11, 23), 14, True)
    columns = read(session, college).columns
    assert [column.on_time for column in columns] == [Share(2, 3), Share(0, 1), Share(0, 0)]


def test_held_on_time_is_not_coverage_and_leaves_out_what_fell_due_after_a_learner_left(
    session: Session, college: College
) -> None:
    matrix = read(session, college)
    assert (matrix.held_on_time, matrix.covered) == (Share(2, 4), Share(1, 2))
    assert "Held on time: 50% (2 of 4 reviews due in 2026/27)." in coverage_print(matrix)


def test_the_cohorts_coverage_is_the_same_figure_as_on_every_other_page(
    session: Session, college: College
) -> None:
    covered = read(session, college).covered
    assert covered == learner_figures.read(session, college.head, college.cohort.id).covered == Share(1, 2)
    within = groups.within_department(session, college.head, college.cohort.department_id)
    assert covered == groups.read(session, college.head, within)[0].reviewed


def test_rows_are_narrowed_and_ordered_as_asked(session: Session, college: College) -> None:
    overdue, missed = read(session, college, only="overdue"), read(session, college, missed=2)
    assert [row.plan_id for row in overdue.rows] == [college.plans["overdue"].id]
    assert [row.plan_id for row in missed.rows] == [college.plans["soon"].id]
    assert overdue.learners == missed.learners == 5
    assert overdue.states == {
        ReviewState.DUE_SOON: 1,
        ReviewState.OVERDUE: 1,
        ReviewState.PAUSED: 1,
        ReviewState.NOT_REQUIRED: 1,
        ReviewState.NOT_YET_DUE: 1,
    }

    by_state = [row.plan_id for row in read(session, college, sort="state").rows]
    backwards = [row.plan_id for row in read(session, college, sort="-state").rows]
    plans = college.plans
    assert by_state == [plans[name].id for name in ("overdue", "soon", "new", "paused", "left")]
    assert backwards == [plans[name].id for name in ("paused", "new", "soon", "overdue", "left")]


def test_an_open_cell_says_why_it_is_due_and_only_to_who_sees_the_learner(
    session: Session, college: College
) -> None:
    held = read(session, college, plan_id=college.plans["soon"].id, window=2).open_window
    assert held is not None
    assert held.why == "Due by 23 November 2026: six weeks after the review on 12 October 2026."
    assert held.note == "Talked about the placement."
    overdue = read(session, college, plan_id=college.plans["overdue"].id).open_window
    assert overdue is not None
    assert overdue.why == "Due by 19 October 2026: six weeks after learning began on 7 September 2026."

    matrix = coverage_matrix.read(session, college.tutor, college.cohort.id)
    assert [row.plan_id for row in matrix.rows] == [college.plans["new"].id]
    assert matrix.covered == Share(0, 0)
    with pytest.raises(NotFound):
        coverage_matrix.read(
            session, college.tutor, college.cohort.id, MatrixChoice(plan_id=college.plans["soon"].id)
        )


def test_a_year_holds_the_windows_that_reach_into_it(session: Session, college: College) -> None:
    plan = make.planned_learner(session, college.cohort, starts_on=date(2025, 9, 8))
    make.review(session, plan, date(2026, 6, 1))
    make.review(session, plan, date(2026, 9, 14))
    make.complete(session)
    this_year, last_year = (
        row_of(read(session, college), plan),
        row_of(read(session, college, year=2025), plan),
    )
    assert [cell.on for cell in this_year.cells if cell] == [date(2026, 9, 14), date(2026, 10, 26)]
    assert [cell.on for cell in last_year.cells if cell] == [date(2026, 6, 1), date(2026, 9, 14)]


def test_the_matrix_takes_as_many_queries_for_many_learners_as_for_few(
    session: Session, college: College
) -> None:
    session.commit()
    with statements(session) as few:
        read(session, college)
    session.rollback()
    for _ in range(8):
        make.review(session, make.planned_learner(session, college.cohort), date(2026, 10, 12))
    make.complete(session)
    session.commit()
    with statements(session) as many:
        read(session, college)
    assert len(few) == len(many) <= 24


@pytest.mark.parametrize(
    "query", [{"sort": "height"}, {"only": "everyone"}, {"missed": "-1"}, {"plan": "1;2"}, {"year": "x"}]
)
def test_an_address_that_asks_for_what_there_is_not_is_not_found(query: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        chosen(query)


# --- the clock's windows, for any dates ------------------------------------------------------------------


@given(clocks(), days)
def test_the_windows_are_the_reviews_held_and_one_that_is_open(clock: ReviewClock, today: date) -> None:
    *done, opened = clock.windows(today)
    assert [window.held_on for window in done] == [day for day in clock._held if day <= today]
    assert opened.held_on is None
    assert opened.due_on == clock.next_due(today)
    assert [window.counted_from for window in (*done, opened)] == [
        clock.enrolment.starts_on,
        *(window.held_on for window in done),
    ]


@given(clocks(), days)
def test_a_learner_on_a_break_is_never_due(clock: ReviewClock, today: date) -> None:
    paused = clock.enrolment.paused(today)
    state = rules.review_state(clock.windows(today)[-1].due_on, today, paused=paused)
    if paused:
        assert state in (ReviewState.PAUSED, ReviewState.NOT_REQUIRED)
        assert not clock.required(today)


@given(clocks(), days, st.sampled_from(list(PRESETS.values())))
def test_a_later_rule_never_moves_a_review_that_is_done(
    clock: ReviewClock, today: date, preset: ReviewRule
) -> None:
    if not clock.rules:
        return
    done = clock.windows(today)[:-1]
    after = max([today, *(rule.from_on for rule in clock.rules)]) + timedelta(days=1)
    later = ReviewRule(preset.unit, preset.amount, preset.closures_stop_clock, after)
    changed = ReviewClock(
        clock.enrolment, clock.held_on, (*clock.rules, later), clock.closures, clock.transitions
    )
    assert changed.windows(today)[:-1] == done


def test_days_of_a_break_do_not_make_a_review_late() -> None:
    away = Span(date(2026, 10, 5), date(2026, 11, 2))
    clock = ReviewClock(
        EnrolmentDates(START, None, (away,)), (date(2026, 11, 9),), (PRESETS["every 6 weeks"],)
    )
    first = clock.windows(date(2026, 12, 1))[0]
    assert (first.due_on, first.days_late) == (date(2026, 11, 16), 0)
