"""A department's page: every figure against the rules, on the demo college; every list against its cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import attention, department, learner_figures, models, review_schedule, rules, target_lists
from data.errors import NotFound
from data.models import Cohort, Department, Enrolment, Person, Target
from data.overdue_heatmap import COLUMNS
from data.rules import Share, TargetState
from data.scope import Viewer
from data.target_lists import MOVED, ListChoice
from tests import factories as make
from tests.counting import statements

HEAD, ADMIN = "head@demo.routebook.example", "admin@demo.routebook.example"


@pytest.fixture
def demo(demo_engine: Engine):
    with Session(demo_engine) as session:
        yield session


def seen_by(session: Session, email: str, today: date = make.TODAY) -> Viewer:
    return make.viewer(session, session.scalars(select(Person).where(Person.email == email)).one(), today)


def departments(session: Session) -> list[int]:
    return list(session.scalars(select(Department.id).order_by(Department.id)))


def cohorts_of(session: Session, department_id: int) -> list[int]:
    return list(session.scalars(select(Cohort.id).where(Cohort.department_id == department_id)))


def late_targets(
    session: Session, viewer: Viewer, department_id: int
) -> list[tuple[int, int | None, int | None, bool]]:
    """(cohort, column by current, column by first due date, whether moved) of each open target that counts,
    by the rules alone."""
    day = viewer.clock_day
    clocks = review_schedule.review_clocks(session, cohorts_of(session, department_id))
    found = []
    for target, enrolment in session.execute(
        select(Target, Enrolment)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.department_id == department_id)
    ):
        dates = clocks[enrolment.cohort_id][enrolment.id].enrolment
        if not dates.enrolled(day):
            continue
        columns = []
        for due_on in (target.due_on, target.first_due_on):
            state = rules.target_state(
                target.status,
                due_on,
                day,
                joined_on=dates.starts_on,
                ended=dates.ended(day),
                paused=dates.paused(day),
            )
            overdue = due_on is not None and state == TargetState.OVERDUE
            columns.append(rules.lateness(due_on, day) if overdue and due_on else None)
        late, late_by_first = columns
        found.append((enrolment.cohort_id, late, late_by_first, late is None and late_by_first is not None))
    return found


def test_the_heatmap_counts_what_the_rules_call_overdue(demo: Session) -> None:
    viewer = seen_by(demo, ADMIN)
    for department_id in departments(demo):
        by_rule = late_targets(demo, viewer, department_id)
        by_due = Counter((cohort, late) for cohort, late, _, _ in by_rule)
        by_first = Counter((cohort, late) for cohort, _, late, _ in by_rule)
        moved = Counter(cohort for cohort, _, _, was_moved in by_rule if was_moved)
        heatmap = department.read(demo, viewer, department_id).figures.heatmap
        assert {row.group.id for row in heatmap.rows} >= {cohort for cohort, late, _, _ in by_rule if late}
        for row in heatmap.rows:
            for column in range(len(COLUMNS)):
                assert row.by_due[column] == by_due[row.group.id, column]
                assert row.by_first_due[column] == by_first[row.group.id, column]
            assert row.moved == moved[row.group.id]
        totals = [sum(heatmap.late(row)) for row in heatmap.rows]
        assert totals == sorted(totals, reverse=True)


def test_coverage_is_what_the_rules_say_of_each_week(demo: Session) -> None:
    viewer = seen_by(demo, ADMIN)
    for department_id in departments(demo):
        clocks = review_schedule.review_clocks(demo, cohorts_of(demo, department_id))
        coverage = department.read(demo, viewer, department_id).figures.coverage
        assert len(coverage.weeks) == 12
        for row in coverage.rows:
            for week, share in zip(coverage.weeks, row.shares, strict=True):
                assert share == rules.coverage(clocks[row.group.id].values(), week.judged_on)


def test_weeks_end_with_this_one_judged_today_and_say_when_the_college_was_closed(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    weeks = department.read(demo, viewer, 1).figures.coverage.weeks
    assert [week.monday for week in weeks] == [make.TODAY - timedelta(weeks=ago) for ago in range(11, -1, -1)]
    assert [week.judged_on for week in weeks[-2:]] == [date(2027, 1, 10), make.TODAY]
    assert [week.closed for week in weeks] == [
        rules.week_is_closed(week.monday, viewer.closures) for week in weeks
    ]
    assert any(week.closed for week in weeks)


def test_an_organisation_adds_its_departments_up(demo: Session) -> None:
    viewer = seen_by(demo, ADMIN)
    whole = department.read_organisation(demo, viewer)
    by_id = {row.group.id: row for row in whole.heatmap.rows}
    coverage = {row.group.id: row for row in whole.coverage.rows}
    headlines = []
    for department_id in departments(demo):
        figures = department.read(demo, viewer, department_id).figures
        headlines.append(figures.headline)
        row = by_id[department_id]
        assert row.by_due == tuple(
            sum(one) for one in zip(*(r.by_due for r in figures.heatmap.rows), strict=True)
        )
        assert row.by_first_due == tuple(
            sum(one) for one in zip(*(r.by_first_due for r in figures.heatmap.rows), strict=True)
        )
        assert row.moved == figures.heatmap.moved
        assert row.group.learners == sum(group.learners for group in figures.groups)
        assert row.group.left_this_year == sum(group.left_this_year for group in figures.groups)
        for week in range(12):
            assert coverage[department_id].shares[week] == Share(
                sum(r.shares[week].count for r in figures.coverage.rows),
                sum(r.shares[week].of for r in figures.coverage.rows),
            )
    for name in (
        "overdue",
        "overdue_before",
        "open",
        "moved",
        "achieved",
        "achieved_before",
        "started",
        "left_since",
    ):
        assert getattr(whole.headline, name) == sum(getattr(one, name) for one in headlines)
    assert whole.headline.live.of == sum(one.live.of for one in headlines)


def test_overdue_targets_are_counted_of_the_open_ones_that_the_cohorts_pages_count(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    figures = department.read(demo, viewer, 1).figures
    cohorts = [learner_figures.read(demo, viewer, group.id) for group in figures.groups]
    assert figures.headline.open == sum(cohort.overdue.of for cohort in cohorts) > figures.headline.overdue


def test_each_number_of_the_heatmap_is_the_length_of_its_list(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    for by_first in (False, True):
        heatmap = department.read(demo, viewer, 1, by_first=by_first).figures.heatmap
        for row in heatmap.rows:
            late_cells: list[tuple[int | str | None, int]] = [*enumerate(heatmap.late(row))]
            for late, count in [*late_cells, (MOVED, row.moved), (None, sum(heatmap.late(row)))]:
                choice = ListChoice("overdue", row.group.id, late, by_first, sort="late")
                found = target_lists.read(demo, viewer, 1, choice)
                assert found.count == len(found.rows) == count
                assert {one.cohort_id for one in found.rows} <= {row.group.id}


def test_each_cell_of_coverage_lists_those_who_are_missing_from_it(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    coverage = department.read(demo, viewer, 1).figures.coverage
    for row in coverage.rows:
        for week, share in zip(coverage.weeks, row.shares, strict=True):
            choice = ListChoice("coverage", row.group.id, week=week.monday, sort="late")
            found = target_lists.read(demo, viewer, 1, choice)
            if week.closed:
                assert found.count == 0
            else:
                assert found.share == share
                assert found.count == len(found.rows) == share.of - share.count


def test_each_rule_lists_the_learners_that_it_counts(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    shown = attention.read(demo, viewer, 1)
    assert len(shown.learners) == 12
    for key in attention.RULES:
        found = target_lists.read(demo, viewer, 1, ListChoice("attention", rule=key, sort="rank"))
        assert found.count == len(found.rows) == shown.counts.get(key, 0)
        assert all(any(finding.rule.key == key for finding in row.findings) for row in found.rows)


def test_a_list_is_sorted_as_asked_and_backwards(demo: Session) -> None:
    viewer = seen_by(demo, HEAD)
    by_name = ListChoice("overdue", sort="learner")
    forwards = target_lists.read(demo, viewer, 1, by_name).rows
    backwards = target_lists.read(demo, viewer, 1, replace(by_name, sort="-learner")).rows
    names = [row.sort_name.casefold() for row in forwards]
    assert names == sorted(names)
    assert [row.sort_name.casefold() for row in backwards] == sorted(names, reverse=True)
    late = [row.days for row in target_lists.read(demo, viewer, 1, replace(by_name, sort="late")).rows]
    assert late == sorted(late, reverse=True)


def test_a_page_costs_the_same_number_of_queries_in_each_department(demo: Session) -> None:
    viewer = seen_by(demo, ADMIN)
    choice = ListChoice("overdue", sort="late")
    counts = set()
    for department_id in departments(demo):
        with statements(demo) as ran:
            department.read(demo, viewer, department_id, choice)
        counts.add(len(ran))
    assert counts == {16}
    with statements(demo) as ran:
        department.read_organisation(demo, viewer)
    assert len(ran) == 10


def test_nobody_sees_the_figures_of_another_department(demo: Session) -> None:
    head = seen_by(demo, HEAD)
    assert department.read(demo, head, 1).department_id == 1
    for other in (2, 3, 4, 999):
        with pytest.raises(NotFound):
            department.read(demo, head, other)
    for email in (HEAD, "tutor@demo.routebook.example", "learner@demo.routebook.example"):
        with pytest.raises(NotFound):
            department.read_organisation(demo, seen_by(demo, email))
    for email in ("tutor@demo.routebook.example", "teacher@demo.routebook.example"):
        with pytest.raises(NotFound):
            department.read(demo, seen_by(demo, email), 1)


@pytest.mark.parametrize("email", ["quality@demo.routebook.example", "support@demo.routebook.example"])
def test_leads_across_departments_see_each_of_them(demo: Session, email: str) -> None:
    viewer = seen_by(demo, email)
    assert len(department.read_organisation(demo, viewer).groups) == 4
    assert department.read(demo, viewer, 3).figures.within.name


@pytest.mark.parametrize(
    "query",
    [
        {"list": "everything"},
        {"list": "overdue", "cohort": "x"},
        {"list": "overdue", "cohort": "-1"},
        {"list": "overdue", "cohort": "9" * 30},
        {"list": "overdue", "late": "7"},
        {"list": "coverage", "week": "soon"},
        {"list": "attention", "rule": "none"},
    ],
)
def test_an_address_that_names_no_list_is_not_found(query: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        target_lists.chosen(query)


def test_a_list_of_another_department_or_a_week_that_is_not_shown_is_not_found(demo: Session) -> None:
    viewer = seen_by(demo, ADMIN)
    elsewhere = cohorts_of(demo, 2)[0]
    for choice in (
        ListChoice("overdue", elsewhere, sort="late"),
        ListChoice("coverage", week=date(2020, 1, 6), sort="late"),
    ):
        with pytest.raises(NotFound):
            target_lists.read(demo, viewer, 1, choice)


# --- one rule at a time --------------------------------------------------------------------------------


class College:
    """A department with one cohort, seen by its head."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.organisation = make.organisation(session)
        self.department = make.department(session, self.organisation)
        self.cohort = make.cohort(session, self.department)
        self.head = make.person(session, self.organisation, "head-of-department", department=self.department)

    def attention(self) -> dict[int, set[str]]:
        """{learner id: the keys of the rules that name the learner}."""
        make.complete(self.session)
        found = attention.read(self.session, make.viewer(self.session, self.head), self.department.id)
        return {one.learner_id: {finding.rule.key for finding in one.findings} for one in found.learners}

    def page(self, today: date = make.TODAY) -> department.DepartmentPage:
        make.complete(self.session)
        return department.read(self.session, make.viewer(self.session, self.head, today), self.department.id)

    def learner_of(self, plan: models.Plan) -> int:
        return self.session.get_one(Enrolment, plan.id).learner_id


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def test_a_department_without_anything_recorded_has_no_percentages(college: College) -> None:
    college.session.flush()
    for _ in range(2):
        figures = college.page().figures
        assert figures.headline.live.percent is None or not figures.headline.targets_recorded
        assert not figures.headline.targets_recorded
        assert not figures.headline.reviews_recorded
        assert college.attention() == {}
        make.planned_learner(college.session, college.cohort)


def test_two_moves_of_an_open_target_name_its_learner(college: College) -> None:
    once, twice, closed = (make.planned_learner(college.session, college.cohort) for _ in range(3))
    make.target(college.session, once, moves=1)
    make.target(college.session, twice, moves=2)
    make.target(college.session, closed, moves=2, status="achieved")
    make.target(college.session, closed)
    assert college.attention() == {college.learner_of(twice): {"moved"}}


def test_three_overdue_targets_or_an_old_one_name_their_learner(college: College) -> None:
    two, three, old = (make.planned_learner(college.session, college.cohort) for _ in range(3))
    for plan, count, due_on in (
        (two, 2, make.TODAY - timedelta(days=28)),
        (three, 3, make.TODAY - timedelta(days=1)),
        (old, 1, make.TODAY - timedelta(days=29)),
    ):
        for _ in range(count):
            make.target(college.session, plan, due_on=due_on)
    assert college.attention() == {
        college.learner_of(three): {"overdue"},
        college.learner_of(old): {"overdue"},
    }


def test_a_review_two_weeks_overdue_names_its_learner(college: College) -> None:
    """Every six weeks: held on 16 November, it was due on 28 December, two weeks ago."""
    late, less_late = (make.planned_learner(college.session, college.cohort) for _ in range(2))
    make.review(college.session, late, date(2026, 11, 16))
    make.review(college.session, less_late, date(2026, 11, 17))
    assert college.attention() == {college.learner_of(late): {"no-review"}}


def test_promised_support_names_its_learner_only_to_who_may_read_of_it(college: College) -> None:
    plans = [make.planned_learner(college.session, college.cohort) for _ in range(5)]
    for plan, level, planned, delivered, from_on in (
        (plans[0], 2, 6, 0, make.TODAY - timedelta(days=14)),
        (plans[1], 3, 6, 0, make.TODAY - timedelta(days=14)),
        (plans[2], 1, 6, 1, make.TODAY - timedelta(days=14)),
        (plans[3], 1, 6, 0, make.TODAY - timedelta(days=13)),
        (plans[4], 1, 0, 0, make.TODAY - timedelta(days=14)),
    ):
        college.session.add(
            models.Support(
                plan_id=plan.id,
                what="Reading",
                sessions_planned=planned,
                sessions_delivered=delivered,
                from_on=from_on,
                confidentiality=level,
            )
        )
    assert college.attention() == {college.learner_of(plans[0]): {"support"}}


def test_nobody_is_named_for_having_no_target_where_nobody_has_one(college: College) -> None:
    without = make.planned_learner(college.session, college.cohort)
    proposed = make.planned_learner(college.session, college.cohort)
    make.target(college.session, proposed, status="proposed")
    assert college.attention() == {}
    make.target(college.session, make.planned_learner(college.session, college.cohort))
    assert college.attention() == {
        college.learner_of(without): {"no-target"},
        college.learner_of(proposed): {"no-target"},
    }


def test_whom_more_rules_name_comes_first_then_who_has_waited_longest(college: College) -> None:
    waiting, both, old = (make.planned_learner(college.session, college.cohort) for _ in range(3))
    make.target(college.session, waiting, due_on=make.TODAY - timedelta(days=40))
    make.target(college.session, both, due_on=make.TODAY - timedelta(days=30), moves=2)
    make.target(college.session, old, due_on=make.TODAY - timedelta(days=90))
    assert list(college.attention()) == [college.learner_of(one) for one in (both, old, waiting)]


def test_learners_who_left_or_are_on_a_break_need_no_attention(college: College) -> None:
    gone = make.planned_learner(
        college.session, college.cohort, ended_on=date(2026, 12, 1), end_reason="withdrew"
    )
    away = make.planned_learner(college.session, college.cohort)
    college.session.add(models.BreakInLearning(enrolment_id=away.id, from_on=date(2026, 12, 1)))
    for plan in (gone, away):
        make.target(college.session, plan, due_on=date(2026, 11, 2), moves=3)
    assert college.attention() == {}
    figures = college.page().figures
    assert figures.headline.overdue == 0
    assert [(group.learners, group.paused, group.started, group.left) for group in figures.groups] == [
        (1, 1, 2, 1)
    ]


def test_the_headline_compares_with_the_evening_before_last_monday(college: College) -> None:
    """On Monday 11 January that is Sunday the 3rd; what happened on Monday the 4th is part of the change."""
    plan = make.planned_learner(college.session, college.cohort)
    make.target(college.session, plan, due_on=date(2027, 1, 2))
    make.target(college.session, plan, due_on=date(2027, 1, 3))
    make.target(
        college.session, plan, status="achieved", due_on=date(2027, 1, 2), achieved_on=date(2027, 1, 4)
    )
    make.target(
        college.session, plan, status="achieved", due_on=date(2027, 1, 2), achieved_on=date(2027, 1, 3)
    )
    headline = college.page().figures.headline
    assert headline.since == date(2027, 1, 4)
    assert (headline.overdue, headline.overdue_before, headline.open) == (2, 2, 2)
    assert (headline.achieved, headline.achieved_before, headline.days) == (1, 1, 8)
    tuesday = college.page(make.TODAY + timedelta(days=1)).figures.headline
    assert (tuesday.since, tuesday.days) == (make.TODAY, 2)


def test_a_cohort_with_nobody_this_year_is_listed_apart_and_can_still_be_opened(session: Session) -> None:
    college = make.organisation(session)
    here = make.department(session, college)
    finished = make.cohort(session, here, code="E3-0", starts_on=date(2024, 9, 2))
    make.planned_learner(session, finished, ended_on=date(2026, 7, 10), end_reason="completed")
    running = make.cohort(session, here, code="E3-1")
    make.planned_learner(session, running)
    coming = make.cohort(session, here, code="E3-2", starts_on=date(2027, 2, 1))
    make.planned_learner(session, coming)
    make.cohort(session, here, code="E3-3")
    make.complete(session)
    head = make.viewer(session, make.person(session, college, "head-of-department", department=here))
    shown = department.read(session, head, here.id)
    others = [(cohort.code, cohort.learners, cohort.to_start) for cohort in shown.others]
    assert others == [("E3-2", 1, True), ("E3-3", 0, False), ("E3-0", 1, False)]
    assert [group.name for group in shown.figures.groups] == ["E3-1"]
