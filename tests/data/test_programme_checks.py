"""Whether a learner is on the right programme: when it is asked, what is decided, who is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from components import caseload as caseload_lines
from data import caseload, college_prompts, models, programme_checks, questions, review_pack
from data.errors import ChangedElsewhere, NotFound, Refused
from data.plan_head import plan_head
from data.programme_checks import CheckOfPlan, Rule, due_on, state
from data.rules import EnrolmentDates, ReviewState, Share, Span
from tests import factories as make
from tests.counting import statements
from tests.data.around_a_plan import Around, around_a_plan

START = date(2026, 9, 7)
DUE = date(2026, 10, 19)
RULE = Rule(date(2026, 9, 1), 6)
A_BREAK = (Span(date(2026, 9, 28), date(2026, 10, 5)),)


@pytest.mark.parametrize(
    ("dates", "day", "checked", "expected"),
    [
        (EnrolmentDates(START), date(2026, 9, 14), False, ReviewState.NOT_YET_DUE),
        (EnrolmentDates(START), DUE - timedelta(days=14), False, ReviewState.DUE_SOON),
        (EnrolmentDates(START), DUE, False, ReviewState.DUE_SOON),
        (EnrolmentDates(START), DUE + timedelta(days=1), False, ReviewState.OVERDUE),
        (EnrolmentDates(START), DUE + timedelta(days=1), True, ReviewState.DONE),
        (EnrolmentDates(START, breaks=A_BREAK), date(2026, 9, 30), False, ReviewState.PAUSED),
        (EnrolmentDates(START, breaks=A_BREAK), DUE + timedelta(days=7), False, ReviewState.DUE_SOON),
        (EnrolmentDates(START, breaks=A_BREAK), DUE + timedelta(days=8), False, ReviewState.OVERDUE),
        (EnrolmentDates(START, date(2026, 10, 2)), DUE + timedelta(days=8), False, ReviewState.NOT_REQUIRED),
        (EnrolmentDates(START, date(2026, 10, 2)), DUE + timedelta(days=8), True, ReviewState.DONE),
        (EnrolmentDates(date(2026, 8, 31)), DUE, False, ReviewState.NOT_REQUIRED),
    ],
)
def test_the_state_follows_start_breaks_end_and_the_rules_first_day(
    dates: EnrolmentDates, day: date, checked: bool, expected: ReviewState
) -> None:
    assert state(RULE, dates, day, checked=checked) == expected


def test_without_a_rule_and_in_a_break_without_an_end_no_day_is_due() -> None:
    assert due_on(None, EnrolmentDates(START)) is None
    assert state(None, EnrolmentDates(START), DUE, checked=False) == ReviewState.NOT_REQUIRED
    away = EnrolmentDates(START, breaks=(Span(date(2026, 9, 28)),))
    assert due_on(RULE, away) is None
    assert state(RULE, away, DUE, checked=False) == ReviewState.PAUSED


@pytest.fixture
def around(session: Session) -> Around:
    found = around_a_plan(session)
    found.save(
        college_prompts.save_check_rule,
        "administrator",
        college=found.organisation.id,
        version=0,
        from_on="2026-09-01",
        weeks=6,
    )
    return found


def check(around: Around, role: str = "tutor") -> CheckOfPlan:
    viewer = around.viewer(role)
    return programme_checks.of_plan(around.session, viewer, plan_head(around.session, viewer, around.plan.id))


def decide(around: Around, role: str = "tutor", **sent: object) -> None:
    fields = {"plan": around.plan.id, "version": 0, "choice": "stay", "checked_on": "2026-10-12"}
    around.save(programme_checks.decide, role, **(fields | sent))


def test_changing_ones_mind_adds_a_decision_and_keeps_the_one_before(around: Around) -> None:
    assert check(around).state == ReviewState.OVERDUE
    decide(around)
    decide(
        around,
        version=1,
        choice="transfer",
        to_what="Level 2 Digital Skills",
        reason="Likes the computers most.",
        checked_on="2026-11-02",
    )
    found = check(around, "learner")
    assert [(one.choice, one.to_what, one.by) for one in found.lines] == [
        ("transfer", "Level 2 Digital Skills", "The tutor"),
        ("stay", "", "The tutor"),
    ]
    assert found.state == ReviewState.DONE


def test_two_who_decide_at_once_are_told_of_each_other(around: Around) -> None:
    decide(around)
    with pytest.raises(ChangedElsewhere) as changed:
        decide(around, "head-of-department", choice="change-level", to_what="Level 2", reason="x")
    assert (changed.value.version, changed.value.by) == (1, "The tutor")


def test_a_decision_says_to_what_why_and_a_day_of_the_plan(around: Around) -> None:
    for sent, field in (
        ({"choice": ""}, "choice"),
        ({"choice": "transfer", "reason": "x"}, "to_what"),
        ({"choice": "change-level", "to_what": "Level 2"}, "reason"),
        ({"checked_on": "2026-09-06"}, "checked_on"),
        ({"checked_on": "2027-01-12"}, "checked_on"),
    ):
        with pytest.raises(Refused) as refused:
            decide(around, **sent)
        assert refused.value.field == field


def test_learners_teachers_and_support_dont_decide(around: Around) -> None:
    for role in ("learner", "teacher", "learning-support-lead", "quality-lead"):
        with pytest.raises(Refused):
            decide(around, role)


def test_a_departments_head_sees_how_many_of_how_many_and_who_is_missing(around: Around) -> None:
    session, cohort = around.session, around.cohort
    missing = make.planned_learner(session, cohort)
    away = make.planned_learner(session, cohort)
    around.add(models.BreakInLearning(enrolment_id=away.id, from_on=date(2027, 1, 4)))
    make.planned_learner(session, cohort, ended_on=date(2026, 12, 1), end_reason="withdrew")
    make.planned_learner(session, make.cohort(session, around.department, starts_on=date(2025, 9, 8)))
    decide(around, choice="change-level", to_what="Level 2", reason="A better start.")
    found = programme_checks.of_department(session, around.viewer("head-of-department"), around.department.id)
    ours = next(one for one in found.cohorts if one.id == cohort.id)
    assert ours.checked == Share(1, 2)
    assert [one.plan_id for one in ours.missing] == [missing.id]
    assert [one.plan_id for one in ours.changing] == [around.plan.id]
    assert (ours.overdue, ours.paused, ours.not_required) == (1, 1, 0)
    assert found.checked == Share(1, 2)
    assert sum(one.not_required for one in found.cohorts) == 1
    for role in ("tutor", "teacher", "learner"):
        with pytest.raises(NotFound):
            programme_checks.of_department(session, around.viewer(role), around.department.id)


def test_a_departments_checks_cost_the_same_queries_however_many_learners(around: Around) -> None:
    def cost() -> int:
        around.session.commit()
        viewer = around.viewer("head-of-department")
        with statements(around.session) as ran:
            programme_checks.of_department(around.session, viewer, around.department.id)
        return len(ran)

    before = cost()
    for _ in range(3):
        make.planned_learner(around.session, around.cohort)
    assert cost() == before <= 6


def test_what_is_missing_is_the_tutors_line_and_a_question_of_the_pack_until_it_is_decided(
    around: Around,
) -> None:
    session = around.session

    def line() -> str:
        (learner,) = caseload.read(session, around.viewer("tutor")).learners
        return caseload_lines.line(learner)

    def asks() -> bool:
        pack = review_pack.read(session, around.viewer("tutor"), around.plan.id)
        return any(one.rule == questions.RIGHT_PROGRAMME for one in pack.questions)

    assert line().startswith("right programme? was due 19 Oct")
    assert asks()
    decide(around)
    assert "right programme" not in line()
    assert not asks()


def test_only_an_administrator_says_when_programmes_are_checked(around: Around) -> None:
    fields = {"college": around.organisation.id, "version": 1, "from_on": "2026-09-01"}
    with pytest.raises(NotFound):
        around.save(college_prompts.save_check_rule, "head-of-department", weeks=6, **fields)
    with pytest.raises(Refused):
        around.save(college_prompts.save_check_rule, "administrator", weeks=27, **fields)
    with pytest.raises(ChangedElsewhere):
        around.save(college_prompts.save_check_rule, "administrator", weeks=8, **(fields | {"version": 0}))
