"""Coverage from several sides: the parts make the whole, small groups stay unsaid, lists name the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from components import coverage_by as page
from components.coverage_by import Shown
from data import coverage_by, models
from data.coverage_by import KIND_RULE, CoverageBy
from data.coverage_by_kind import SMALLEST_SHOWN, ByRule, KindLine
from data.errors import NotFound
from data.rules import Share
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

REVIEWED = date(2026, 12, 14)


@dataclass
class College:
    """A department whose learners are all reviewed but those of `late`, in the care of two tutors."""

    department: models.Department
    cohort: models.Cohort
    plans: list[models.Plan]
    late: list[models.Plan]
    head: Viewer
    admin: Viewer


@pytest.fixture
def college(session: Session) -> College:
    ours = make.organisation(session)
    department = make.department(session, ours)
    cohort = make.cohort(session, department)
    own, cohorts = make.person(session, ours, "tutor"), make.person(session, ours, "tutor")
    make.tutors(session, cohorts, cohort)
    head = make.person(session, ours, "head-of-department", department=department)
    admin = make.person(session, ours, "administrator")
    late = [make.planned_learner(session, cohort, tutor_id=own.id) for _ in range(2)]
    plans = [*late, *(make.planned_learner(session, cohort) for _ in range(10))]
    for plan in plans[2:]:
        make.review(session, plan, REVIEWED)
    for plan in plans[: SMALLEST_SHOWN + 1]:
        support(session, plan)
    make.complete(session)
    return College(department, cohort, plans, late, make.viewer(session, head), make.viewer(session, admin))


def support(session: Session, plan: models.Plan, level: int = 1) -> None:
    session.add(
        models.Support(plan_id=plan.id, what="Reader", from_on=date(2026, 10, 1), confidentiality=level)
    )
    session.flush()


def read(session: Session, college: College) -> CoverageBy:
    return coverage_by.read(session, college.head, college.department.id)


def need(of: CoverageBy, key: str) -> dict[str, tuple[Share, bool]]:
    found = next(one for one in of.needs if one.key == key)
    return {part.key: (part.covered, part.hidden) for part in found.parts}


def kind(of: CoverageBy, name: str) -> KindLine:
    return next(one for one in of.kinds if one.name == name)


def by_rule(of: KindLine) -> ByRule:
    assert of.by_rule is not None
    return of.by_rule


def test_the_parts_make_the_whole(session: Session, college: College) -> None:
    of = read(session, college)
    assert of.covered == Share(10, 12)
    assert [part.covered for part in of.tutors] == [Share(0, 2), Share(10, 10)]
    assert need(of, "support") == {"in-place": (Share(4, 6), False), "none": (Share(6, 6), False)}
    assert of.trend[-1].share == of.covered
    assert by_rule(kind(of, "Progress review")).covered == of.covered
    assert [row.reviewed for row in of.groups] == [of.covered]


def test_a_small_group_by_need_is_hidden_and_what_would_give_it_away(
    session: Session, college: College
) -> None:
    for plan, kind in zip(college.plans[:5], ["personal"] * 4 + ["social"], strict=True):
        session.add(models.Barrier(plan_id=plan.id, kind=kind, what="Travel", from_on=date(2026, 10, 1)))
    make.complete(session)
    shown = need(read(session, college), "barrier")
    assert {key for key, (_, hidden) in shown.items() if hidden} == {"personal", "social"}
    session.delete(session.get_one(models.Support, 1))
    session.delete(session.get_one(models.Support, 2))
    session.flush()
    assert all(hidden for _, hidden in need(read(session, college), "support").values())


def test_a_need_that_its_reader_may_not_read_is_counted_as_none(session: Session, college: College) -> None:
    for plan in college.plans[6:]:
        support(session, plan, level=4)
    assert need(read(session, college), "support")["in-place"] == (Share(4, 6), False)


def test_the_organisation_leaves_out_departments_in_which_a_group_is_too_small(
    session: Session, college: College
) -> None:
    ours = session.get_one(models.Organisation, college.head.organisation_id)
    other = make.cohort(session, make.department(session, ours))
    for number in range(8):
        plan = make.planned_learner(session, other)
        make.review(session, plan, REVIEWED)
        if number < 2:
            support(session, plan)
    make.complete(session)
    of = coverage_by.read_organisation(session, college.admin)
    assert of.covered == Share(18, 20)
    assert need(of, "support") == {"in-place": (Share(4, 6), False), "none": (Share(6, 6), False)}
    (found,) = [one for one in of.needs if one.key == "support"]
    assert (found.departments, found.of) == (1, 2)


def test_each_figure_opens_the_learners_whom_it_leaves_out(session: Session, college: College) -> None:
    of = read(session, college)
    late = {plan.id for plan in college.late}

    def listed(by: str, key: str) -> set[int]:
        found = coverage_by.missed(session, college.head, of, by, key)
        return {learner.plan_id for learner in found.learners}

    assert (
        listed("all", "") == listed("cohort", str(college.cohort.id)) == listed("support", "in-place") == late
    )
    assert [listed("tutor", part.key) for part in of.tutors] == [late, set()]
    assert listed("support", "none") == set()
    progress, initial = of.kinds[1], of.kinds[0]
    assert listed("kind", str(progress.id)) == late
    assert len(listed("kind", str(initial.id))) == initial.had.of - initial.had.count == 12
    for by, key in (("cohort", "999"), ("tutor", "x"), ("nobody", "1"), ("barrier", "sideways")):
        with pytest.raises(NotFound):
            listed(by, key)


def test_a_kind_with_a_rule_of_its_own_is_covered_by_its_own_reviews(
    session: Session, college: College
) -> None:
    support_kind = kind(read(session, college), "Support review")
    assert support_kind.by_rule is None
    version = models.ReviewRuleVersion(
        kind_id=support_kind.id, from_on=date(2026, 8, 1), unit="weeks", amount=12
    )
    session.add(version)
    for plan in college.plans[:3]:
        make.review(session, plan, date(2026, 11, 2), kind="support")
    make.complete(session)
    of = read(session, college)
    assert by_rule(kind(of, "Support review")).covered == Share(3, 12)
    missed = coverage_by.missed(session, college.head, of, KIND_RULE, str(support_kind.id))
    assert {one.plan_id for one in missed.learners} == {plan.id for plan in college.plans[3:]}
    assert {(one.last_on, one.due_on) for one in missed.learners} == {(None, date(2026, 11, 30))}


def test_a_kind_for_learners_with_support_counts_from_its_first_day_and_hides_how_few_they_are(
    session: Session, college: College
) -> None:
    support_kind = kind(read(session, college), "Support review")
    session.add(
        models.ReviewRuleVersion(
            kind_id=support_kind.id, from_on=date(2026, 8, 1), unit="weeks", amount=12, for_whom="supported"
        )
    )
    make.review(session, college.plans[0], date(2026, 9, 28), kind="support")
    make.review(session, college.plans[1], date(2026, 12, 1), kind="support")
    make.complete(session)
    of = read(session, college)
    found = by_rule(kind(of, "Support review"))
    assert found.covered == Share(1, SMALLEST_SHOWN + 1)
    assert found.late[college.plans[0].id].due_on == date(2026, 12, 24), "twelve weeks from 1 October"
    whole = coverage_by.read_organisation(session, college.admin)
    assert by_rule(kind(whole, "Support review")).covered is None
    for ended in session.scalars(select(models.Support).limit(2)):
        ended.until_on = date(2026, 12, 18)
    of = read(session, college)
    assert by_rule(kind(of, "Support review")).covered is None
    with pytest.raises(NotFound):
        coverage_by.missed(session, college.head, of, KIND_RULE, str(support_kind.id))


def test_what_a_file_holds_is_what_the_page_shows(session: Session, college: College) -> None:
    of = read(session, college)
    missed = coverage_by.missed(session, college.head, of, "all", "")
    for key in (*page.figure_tables(of), "weeks", "batches", "disagree", "missed"):
        shown = Shown(of, {"list": key, "by": "all"}, missed)
        sheet = page.sheet(shown)
        assert dict(sheet.facts)["Version of the rule"] == "in force since 2000-01-01"
        assert sheet.as_at == make.TODAY
        markup = "".join(page.drawn(shown))
        for row in sheet.rows:
            assert str(row[0]) in markup or key == "trend"
    with pytest.raises(NotFound):
        page.sheet(Shown(of, {"list": "everything"}))


def test_a_head_of_another_department_sees_nothing_and_no_head_the_organisation(
    session: Session, college: College
) -> None:
    ours = session.get_one(models.Organisation, college.head.organisation_id)
    other = make.person(session, ours, "head-of-department", department=make.department(session, ours))
    with pytest.raises(NotFound):
        coverage_by.read(session, make.viewer(session, other), college.department.id)
    with pytest.raises(NotFound):
        coverage_by.read_organisation(session, college.head)


def test_the_page_takes_as_many_queries_for_many_learners_as_for_few(
    session: Session, college: College
) -> None:
    session.commit()
    with statements(session) as few:
        read(session, college)
    session.rollback()
    for _ in range(8):
        make.review(session, make.planned_learner(session, college.cohort), REVIEWED)
    make.complete(session)
    with statements(session) as many:
        read(session, college)
    assert len(few) == len(many) <= 36
