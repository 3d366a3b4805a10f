"""Reviews of each kind by that kind's own rule: the college's, a plan's, for whom, and who may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college_kind_rules, college_reviews, kind_clocks, models, my_reviews, plan_kind_rules
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.kind_clocks import KindDue
from data.models import Enrolment
from data.rules import ReviewState
from data.scope import Viewer, enrolments_seen_by
from tests import factories as make
from tests.counting import statements

START = date(2026, 9, 7)


@dataclass(frozen=True)
class College:
    """A cohort of two: one with support in place since November that only the tutor may read about."""

    plan: models.Plan
    supported: models.Plan
    cohort: models.Cohort
    tutor: Viewer
    head: Viewer
    administrator: Viewer


@pytest.fixture
def college(session: Session) -> College:
    ours = make.organisation(session)
    department = make.department(session, ours)
    cohort = make.cohort(session, department)
    plan, supported = (make.planned_learner(session, cohort) for _ in range(2))
    tutor = make.person(session, ours, "tutor")
    make.tutors(session, tutor, cohort)
    session.add(
        models.Support(plan_id=supported.id, what="Reader", from_on=date(2026, 11, 2), confidentiality=3)
    )
    head = make.person(session, ours, "head-of-department", department=department)
    administrator = make.person(session, ours, "administrator")
    make.complete(session)
    viewers = (make.viewer(session, one) for one in (tutor, head, administrator))
    return College(plan, supported, cohort, *viewers)


def rule(session: Session, plan: models.Plan, key: str, occasion: str, weeks: int, **values: Any) -> None:
    kind_id = make.review_kind_id(session, plan, key)
    of = {"kind_id": kind_id, "from_on": START, "unit": "weeks", "amount": weeks, "occasion": occasion}
    session.add(models.ReviewRuleVersion(**(of | values)))
    session.flush()


def due(session: Session, viewer: Viewer, plan: models.Plan) -> dict[str, KindDue]:
    found = kind_clocks.of_plans(session, viewer, enrolments_seen_by(viewer))
    return {one.name: one for one in found.get(plan.id, ())}


def typed(**fields: Any) -> Typed:
    return Typed({name: [str(value)] for name, value in fields.items()})


def kind_rule(college: College, session: Session, key: str, **fields: Any) -> Typed:
    kind = make.review_kind_id(session, college.plan, key)
    about = {"college": college.administrator.organisation_id, "kind": kind, "for_whom": "everyone"}
    return typed(**(about | fields))


def test_each_kind_is_due_by_its_own_rule_which_only_its_own_reviews_answer(
    session: Session, college: College
) -> None:
    rule(session, college.plan, "initial", "start", 6)
    rule(session, college.plan, "transition", "phases", 2)
    rule(session, college.plan, "exit", "end", 4)
    make.phase(session, college.plan, ends_on=date(2027, 1, 22))
    make.phase(session, college.plan, ends_on=date(2027, 1, 13), demands_review=False)
    make.review(session, college.plan, date(2026, 10, 12))
    found = due(session, college.tutor, college.plan)
    assert {name: (one.due_on, one.state) for name, one in found.items()} == {
        "Initial review": (date(2026, 10, 19), ReviewState.OVERDUE),
        "Transition review": (date(2027, 1, 22), ReviewState.DUE_SOON),
        "Exit review": (date(2027, 7, 9), ReviewState.NOT_YET_DUE),
    }
    assert found["Initial review"].why.startswith("Due by 19 October 2026: six weeks after learning began")
    make.review(session, college.plan, date(2026, 11, 9), kind="initial")
    done = due(session, college.tutor, college.plan)["Initial review"]
    assert (done.due_on, done.state) == (None, ReviewState.DONE)
    main = session.get_one(Enrolment, college.plan.id, populate_existing=True).next_review_on
    make.complete(session)
    assert session.get_one(Enrolment, college.plan.id, populate_existing=True).next_review_on != main, (
        "a kind that counts still sets the clock"
    )


def test_a_review_for_learners_with_support_is_known_to_who_may_read_of_it(
    session: Session, college: College
) -> None:
    rule(session, college.plan, "support", "interval", 12, for_whom="supported")
    make.review(session, college.supported, date(2026, 10, 12), kind="support")
    found = due(session, college.tutor, college.supported)["Support review"]
    assert found.due_on == date(2027, 1, 25), "twelve weeks from the day on which support began"
    assert found.why.startswith("Due by 25 January 2027: twelve weeks after support began on 2 November 2026")
    assert due(session, college.tutor, college.plan) == {}
    for viewer in (college.head, college.administrator):
        assert due(session, viewer, college.supported) == {}
    for support in session.scalars(select(models.Support)):
        support.until_on = date(2027, 1, 8)
    assert due(session, college.tutor, college.supported) == {}


def test_no_review_of_a_kind_is_due_on_a_break_or_after_the_end(session: Session, college: College) -> None:
    rule(session, college.plan, "initial", "start", 6)
    session.add(models.BreakInLearning(enrolment_id=college.plan.id, from_on=date(2026, 10, 1)))
    left = session.get_one(Enrolment, college.supported.id)
    left.ended_on, left.end_reason = date(2026, 12, 1), "withdrew"
    make.complete(session)
    paused = due(session, college.tutor, college.plan)["Initial review"]
    assert (paused.due_on, paused.state) == (None, ReviewState.PAUSED)
    assert due(session, college.tutor, college.supported) == {}


def test_my_reviews_name_the_learners_of_each_kind_that_is_due_for_the_same_queries(
    session: Session, college: College
) -> None:
    with statements(session) as without_rules:
        assert my_reviews.read(session, college.tutor).of_kinds == ()
    rule(session, college.plan, "initial", "start", 6)
    with statements(session) as ran:
        (found,) = my_reviews.read(session, college.tutor).of_kinds
    assert {one.plan_id for one in found.learners} == {college.plan.id, college.supported.id}
    for _ in range(3):
        make.planned_learner(session, college.cohort)
    with statements(session) as ran_for_more:
        my_reviews.read(session, college.tutor)
    assert len(ran_for_more) == len(ran) <= len(without_rules) + 14


# --- the college's rules -------------------------------------------------------------------------------


def test_a_kinds_rule_is_saved_once_the_form_knows_how_many_dates_it_moves(
    session: Session, college: College
) -> None:
    fields = {"from_on": "2026-09-07", "occasion": "start", "preset": "every 6 weeks"}
    session.commit()
    with pytest.raises(Refused, match="the date of 2 plans, 2 of them overdue at once") as refused:
        college_kind_rules.add(
            session, college.administrator, kind_rule(college, session, "initial", **fields)
        )
    session.rollback()
    assert refused.value.field == "sure"
    assert due(session, college.tutor, college.plan) == {}
    saved = college_kind_rules.add(
        session, college.administrator, kind_rule(college, session, "initial", **fields, sure="on")
    )
    assert saved.sentence == (
        "The rule of “Initial review” holds from 7 September 2026. It moved the date of 2 plans."
    )
    assert due(session, college.tutor, college.plan)["Initial review"].due_on == date(2026, 10, 19)
    line = college_reviews.read(session, college.administrator).changes[0]
    assert (line.about, line.field, line.title) == ("review_rule", "added", "Initial review from 2026-09-07")


@pytest.mark.parametrize("key", ["initial", "transition", "exit", "support"])
def test_a_later_rule_of_any_kind_moves_no_review_that_is_held(
    session: Session, college: College, key: str
) -> None:
    rule(session, college.plan, key, "interval", 6)
    for held_on in (date(2026, 10, 12), date(2027, 1, 4)):
        make.review(session, college.plan, held_on, kind=key)
    fields = {"occasion": "interval", "preset": "every 12 weeks", "sure": "on"}
    with pytest.raises(Refused, match="13 October 2026 or a later day"):
        college_kind_rules.add(
            session,
            college.administrator,
            kind_rule(college, session, key, from_on="2026-10-12", **fields),
        )
    of_kind = make.review_kind_id(session, college.plan, key)

    def windows() -> list[tuple[date, date | None, date | None]]:
        versions = kind_clocks.load_rules(session, college.tutor.organisation_id)
        here = Enrolment.id == college.plan.id
        clock = kind_clocks.clocks(session, college.tutor, here, versions)[of_kind][college.plan.id]
        return [(one.counted_from, one.due_on, one.held_on) for one in clock.windows(make.TODAY)]

    before = windows()
    college_kind_rules.add(
        session, college.administrator, kind_rule(college, session, key, from_on="2026-10-13", **fields)
    )
    after = windows()
    assert after[:-1] == before[:-1]
    assert (before[-1][1], after[-1][1]) == (date(2027, 2, 15), date(2027, 3, 29))


def test_a_kinds_rule_ends_for_who_starts_later_and_progress_reviews_keep_the_clocks(
    session: Session, college: College
) -> None:
    rule(session, college.plan, "exit", "end", 4)
    ends = {"from_on": "2026-10-01", "occasion": "needed"}
    college_kind_rules.add(session, college.administrator, kind_rule(college, session, "exit", **ends))
    later = make.planned_learner(session, college.cohort, starts_on=date(2026, 11, 2))
    assert due(session, college.tutor, college.plan)["Exit review"].due_on == date(2027, 7, 9)
    assert due(session, college.tutor, later) == {}
    for wanted, key, fields in (
        ("", "progress", ends),
        ("weeks_before", "exit", {"from_on": "2027-02-01", "occasion": "end", "weeks_before": 40}),
        ("from_on", "exit", ends),
        ("occasion", "exit", {"from_on": "2027-02-01", "occasion": "birthday"}),
    ):
        with pytest.raises(Refused) as refused:
            college_kind_rules.add(session, college.administrator, kind_rule(college, session, key, **fields))
        assert (refused.value.field or "") == wanted
    with pytest.raises(NotFound):
        college_kind_rules.add(session, college.head, kind_rule(college, session, "exit", **ends))


def test_the_parties_who_sign_a_kind_are_chosen_in_the_open(session: Session, college: College) -> None:
    kind = next(
        one for one in college_reviews.read(session, college.administrator).kinds if one.key == "exit"
    )
    sent = {
        "college": [str(college.administrator.organisation_id)],
        "kind": [str(kind.id)],
        "version": ["1"],
        "name": [kind.name],
        "counts": ["on"],
        "signed_by": ["employer", "learner", "nobody"],
    }
    college_reviews.change_kind(session, college.administrator, Typed(sent))
    found = college_reviews.read(session, college.administrator)
    assert next(one for one in found.kinds if one.key == "exit").signed_by == ("learner", "employer")
    line = found.changes[0]
    assert (line.field, line.old, line.new) == ("signed_by", "learner tutor", "learner employer")


# --- a plan's own --------------------------------------------------------------------------------------


def own(college: College, session: Session, key: str, **fields: Any) -> Typed:
    said = {"own_rule_reason": "Seen by the hospital", "own_rule_evidence": "Letter of June"}
    about = {"plan": college.plan.id, "kind": make.review_kind_id(session, college.plan, key)}
    return typed(**(about | said | fields))


def test_a_plan_has_its_own_rule_for_a_kind_with_reason_and_evidence_and_history(
    session: Session, college: College
) -> None:
    rule(session, college.plan, "initial", "start", 6)
    interval = {"from_on": "2026-09-07", "occasion": "start", "preset": "own", "unit": "weeks", "amount": 10}
    for field in ("own_rule_reason", "own_rule_evidence"):
        with pytest.raises(Refused) as refused:
            plan_kind_rules.add(
                session, college.tutor, own(college, session, "initial", **(interval | {field: " "}))
            )
        assert refused.value.field == field
    made = plan_kind_rules.add(session, college.tutor, own(college, session, "initial", **interval))
    found = due(session, college.tutor, college.plan)["Initial review"]
    assert (found.due_on, found.own) == (date(2026, 11, 16), True)
    assert not due(session, college.tutor, college.supported)["Initial review"].own
    with pytest.raises(Refused, match="already"):
        plan_kind_rules.add(session, college.tutor, own(college, session, "initial", **interval))
    about = {"plan": college.plan.id, "rule": made.id}
    with pytest.raises(ChangedElsewhere):
        plan_kind_rules.remove(session, college.tutor, typed(**about, version=7))
    plan_kind_rules.remove(session, college.tutor, typed(**about, version=1))
    assert due(session, college.tutor, college.plan)["Initial review"].due_on == date(2026, 10, 19)
    changes = session.scalars(select(models.Change).where(models.Change.plan_id == college.plan.id)).all()
    assert [(one.old, one.new) for one in changes] == [
        (None, "Initial review: Seen by the hospital"),
        ("Initial review: Seen by the hospital", None),
    ]


def test_a_plans_own_rule_moves_no_review_that_is_held_and_may_ask_for_none(
    session: Session, college: College
) -> None:
    rule(session, college.plan, "support", "interval", 12)
    for held_on in (date(2026, 10, 12), date(2027, 1, 4)):
        make.review(session, college.plan, held_on, kind="support")
    none = {"occasion": "needed"}
    with pytest.raises(Refused, match="13 October 2026 or a later day"):
        plan_kind_rules.add(
            session, college.tutor, own(college, session, "support", from_on="2026-10-12", **none)
        )
    made = plan_kind_rules.add(
        session, college.tutor, own(college, session, "support", from_on="2026-12-01", **none)
    )
    assert due(session, college.tutor, college.plan) == {}
    about = {"plan": college.plan.id, "rule": made.id, "version": 1}
    make.review(session, college.plan, date(2027, 1, 8), kind="support")
    with pytest.raises(Refused, match="must stay"):
        plan_kind_rules.remove(session, college.tutor, typed(**about))
