"""The demo college as it stands: people, lives, reviews, figures and wording that could be real."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.orm import Session

from data import demo, models, review_schedule, rules
from data.models import Base
from data.passwords import verify_password
from data.scope import cohorts_seen_by, enrolments_seen_by, load_closures
from tests.factories import TODAY, viewer

DOMAIN = "@demo.routebook.example"


@pytest.fixture(scope="module")
def college(demo_engine: Engine) -> Iterator[Session]:
    with Session(demo_engine) as session:
        yield session


def count(session: Session, table: type[Base], *where: Any) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*where)).one()


# --- what is made --------------------------------------------------------------------------------------


def test_the_demo_has_900_learners_in_40_cohorts_of_4_departments(college: Session) -> None:
    sizes = college.scalars(
        select(func.count()).select_from(models.Enrolment).group_by(models.Enrolment.cohort_id)
    ).all()
    assert count(college, models.Department) == 4
    assert len(sizes) == 40
    assert sum(sizes) == count(college, models.Learner) == 900
    assert min(sizes) >= 14
    assert max(sizes) <= 30


def test_every_table_that_a_college_fills_holds_rows(college: Session) -> None:
    empty = {
        table.name
        for table in Base.metadata.sorted_tables
        if college.execute(select(func.count()).select_from(table)).scalar_one() == 0
    }
    signing_in = {"login_session", "one_time_link", "failed_sign_in"}
    assert empty == {*signing_in, "import_record", "draft", "wall_cohort"}


def test_the_organisation_keeps_the_day_it_was_made_for(college: Session) -> None:
    assert college.scalars(select(models.Organisation.demo_today)).one() == TODAY


# --- people --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "role"),
    [
        ("admin", "administrator"),
        ("head", "head-of-department"),
        ("tutor", "tutor"),
        ("teacher", "teacher"),
        ("support", "learning-support-lead"),
        ("quality", "quality-lead"),
        ("learner", "learner"),
    ],
)
def test_the_demo_accounts_sign_in_with_the_demo_password(college: Session, account: str, role: str) -> None:
    person = college.scalars(select(models.Person).where(models.Person.email == account + DOMAIN)).one()
    assert verify_password(demo.DEMO_PASSWORD, person.password_hash)[0]
    assert [grant.role for grant in viewer(college, person).grants] == [role]


def test_each_department_has_a_head_and_a_tutor_account(college: Session) -> None:
    heads = college.execute(
        select(models.Person.email, models.RoleAssignment.department_id)
        .join(models.RoleAssignment, models.RoleAssignment.person_id == models.Person.id)
        .where(models.RoleAssignment.role_name == "head-of-department")
        .order_by(models.Person.id)
    ).all()
    assert [email for email, _ in heads] == [f"head{n}{DOMAIN}" for n in ("", "-2", "-3", "-4")]
    assert len({department_id for _, department_id in heads}) == 4
    assert count(college, models.Person, models.Person.email.like(f"tutor-_{DOMAIN}")) == 3


def test_the_accounts_see_what_the_contract_says(college: Session) -> None:
    def seen_by(account: str) -> tuple[int, int]:
        person = college.scalars(select(models.Person).where(models.Person.email == account + DOMAIN)).one()
        who = viewer(college, person)
        return count(college, models.Cohort, cohorts_seen_by(who)), count(
            college, models.Enrolment, enrolments_seen_by(who)
        )

    assert seen_by("admin") == (40, 900)
    assert seen_by("head")[0] == 10
    assert seen_by("tutor")[0] == 2
    assert seen_by("learner") == (0, 1)
    assert seen_by("teacher")[0] == 0
    assert seen_by("teacher")[1] > 5


def test_some_cohorts_changed_their_tutor_and_some_share_the_caseload(college: Session) -> None:
    assert count(college, models.CohortTutor, models.CohortTutor.until_on.is_not(None)) == 4
    tutors = college.execute(
        select(models.Enrolment.cohort_id, func.count(models.Enrolment.tutor_id.distinct())).group_by(
            models.Enrolment.cohort_id
        )
    )
    assert Counter(number for _, number in tutors) == {1: 36, 2: 4}


def test_a_teacher_has_learners_of_another_department(college: Session) -> None:
    group, learner, enrolment = (models.TeachingGroup, models.TeachingGroupLearner, models.Enrolment)
    pairs = college.execute(
        select(group.department_id, models.Cohort.department_id)
        .join(learner, learner.group_id == group.id)
        .join(enrolment, enrolment.learner_id == learner.learner_id)
        .join(models.Cohort, models.Cohort.id == enrolment.cohort_id)
    ).all()
    assert any(of_group != of_learner for of_group, of_learner in pairs)
    assert any(of_group == of_learner for of_group, of_learner in pairs)


def test_every_address_is_of_the_demo(college: Session) -> None:
    addresses = college.scalars(select(models.Person.email)).all()
    assert all(address.endswith(DOMAIN) and address.isascii() for address in addresses)


def test_nobody_shares_a_full_name_within_a_cohort(college: Session) -> None:
    names = college.execute(
        select(models.Enrolment.cohort_id, models.Learner.given_name, models.Learner.family_name).join(
            models.Learner, models.Learner.id == models.Enrolment.learner_id
        )
    ).all()
    assert len(names) == len(set(names))


def test_names_try_what_real_registers_hold(college: Session) -> None:
    names = [
        f"{given} {family}"
        for given, family in college.execute(select(models.Learner.given_name, models.Learner.family_name))
    ]
    assert sum(not name.isascii() for name in names) > 50
    assert any("'" in name or "’" in name for name in names)
    assert sum("-" in name for name in names) > 10
    assert max(len(name) for name in names) > 50


# --- lives ---------------------------------------------------------------------------------------------


def test_lives_differ_as_real_ones_do(college: Session) -> None:
    enrolment = models.Enrolment
    reasons = Counter(college.scalars(select(enrolment.end_reason)).all())
    assert 0.02 < reasons["withdrew"] / 900 < 0.08
    assert reasons["completed"] >= 3
    breaks = college.scalars(select(models.BreakInLearning)).all()
    assert sum(away.back_on is None for away in breaks) >= 3
    assert sum(away.back_on is not None for away in breaks) >= 5
    joined_late = (
        select(func.count())
        .select_from(enrolment)
        .join(models.Cohort, models.Cohort.id == enrolment.cohort_id)
    )
    assert college.scalars(joined_late.where(enrolment.starts_on > models.Cohort.starts_on)).one() > 20
    with_targets = set(college.scalars(select(models.Target.plan_id)))
    assert 2 <= 900 - len(with_targets) <= 30


def test_late_joiners_have_milestones_that_were_due_before_they_joined(college: Session) -> None:
    target, enrolment = models.Target, models.Enrolment
    early = college.scalars(
        select(func.count())
        .select_from(target)
        .join(enrolment, enrolment.id == target.plan_id)
        .where(target.due_on < enrolment.starts_on, target.milestone_id.is_not(None))
    ).one()
    assert early > 20


def test_targets_are_in_every_status(college: Session) -> None:
    statuses = Counter(college.scalars(select(models.Target.status)).all())
    assert set(statuses) == set(rules.TargetStatus)
    assert min(statuses.values()) > 20


def test_every_target_is_consistent_with_its_history(college: Session) -> None:
    """Replaying the changes gives the row: status, due date, how often moved, its version."""
    changes: dict[int, list[Row[Any]]] = defaultdict(list)
    for change in college.execute(
        select(*models.Change.__table__.columns)
        .where(models.Change.target_id.is_not(None))
        .order_by(models.Change.id)
    ):
        changes[change.target_id].append(change)
    for target in college.scalars(select(models.Target)):
        history = changes[target.id]
        assert history[0].field == "created"
        assert [c.at for c in history] == sorted(c.at for c in history)
        assert target.version == len(history)
        due = [c for c in history if c.field == "due_on"]
        moved = [c for c in due if not c.reason.startswith(rules.FOR_A_BREAK)]
        assert len(moved) == target.moves
        assert all(c.reason for c in due)
        assert all(c.by_id is not None for c in history)
        steps = [due[0].old if due else f"{target.due_on}", *(c.new for c in due)]
        of_breaks = [c.new for c in due if c not in moved]
        assert f"{target.first_due_on}" == (of_breaks[-1] if of_breaks else steps[0])
        assert [c.old for c in due] == steps[:-1]
        assert steps[-1] == f"{target.due_on}"
        told = [c for c in history if c.field == "status"]
        assert all(later.old == earlier.new for earlier, later in pairwise(told))
        if target.status != rules.TargetStatus.PROPOSED:
            assert (told[-1].new if told else "to-come") == target.status
        if target.closed_on:
            assert told[-1].at.date() == target.closed_on


def test_steps_are_done_with_their_target(college: Session) -> None:
    for step, target in college.execute(
        select(models.Step, models.Target).join(models.Target, models.Target.id == models.Step.target_id)
    ):
        if target.status == "achieved":
            assert step.done_on is not None
            assert target.achieved_on is not None
            assert step.done_on <= target.achieved_on
        if target.status in ("to-come", "proposed"):
            assert step.done_on is None


def test_nothing_lies_in_the_future_or_before_its_learner_joined(college: Session) -> None:
    noon_of_today = datetime.combine(TODAY, datetime.min.time(), UTC)
    assert college.scalars(select(func.max(models.Change.at))).one() < noon_of_today
    assert college.scalars(select(func.max(models.Review.recorded_at))).one() < noon_of_today
    for column in (
        models.Review.held_on,
        models.Target.achieved_on,
        models.Target.closed_on,
        models.Target.created_on,
        models.Step.done_on,
        models.Enrolment.starts_on,
        models.Enrolment.ended_on,
        models.BreakInLearning.from_on,
        models.Reflection.written_on,
        models.Agreement.agreed_on,
        models.Barrier.passed_on,
        models.Support.from_on,
        models.Attendance.week_on,
    ):
        latest = college.scalars(select(func.max(column))).one()
        assert latest is not None
        assert latest < TODAY, column
    enrolment = models.Enrolment
    for table, day in (
        (models.Review, models.Review.held_on),
        (models.Target, models.Target.created_on),
    ):
        early = (
            select(func.count())
            .select_from(table)
            .join(enrolment, enrolment.id == table.plan_id)
            .where((day < enrolment.starts_on) | (day > enrolment.ended_on))
        )
        assert college.scalars(early).one() == 0


def test_the_last_fortnight_is_told_by_the_history(college: Session) -> None:
    since = TODAY - timedelta(days=14)
    assert count(college, models.Target, models.Target.achieved_on >= since) > 50
    at = datetime.combine(since, datetime.min.time(), UTC)
    told = Counter(college.scalars(select(models.Change.field).where(models.Change.at >= at)).all())
    assert told["status"] > 50
    assert told["due_on"] > 10


# --- reviews -------------------------------------------------------------------------------------------


def coverage_today(session: Session) -> dict[str, rules.Share]:
    """{cohort code: coverage today}, by the rules themselves."""
    codes = {cohort.id: cohort.code for cohort in session.scalars(select(models.Cohort))}
    clocks = review_schedule.review_clocks(session, list(codes))
    return {code: rules.coverage(clocks[cohort_id].values(), TODAY) for cohort_id, code in codes.items()}


def test_most_cohorts_are_well_reviewed_and_one_is_not(college: Session) -> None:
    percents = {code: share.percent or 0 for code, share in coverage_today(college).items()}
    badly = percents.pop("MV2-1")
    assert 30 <= badly <= 65
    assert sum(percent >= 80 for percent in percents.values()) >= 33
    assert 90 <= statistics.mean(percents.values()) <= 99


def test_reviews_reach_back_twenty_months(college: Session) -> None:
    first = college.scalars(select(func.min(models.Review.held_on))).one()
    assert first is not None
    assert 18 * 30 <= (TODAY - first).days <= 21 * 31


def test_no_review_was_held_while_the_college_was_closed_or_the_learner_away(college: Session) -> None:
    organisation_id = college.scalars(select(models.Organisation.id)).one()
    closures = load_closures(college, organisation_id)
    away = defaultdict(list)
    for row in college.scalars(select(models.BreakInLearning)):
        away[row.enrolment_id].append(rules.Span(row.from_on, row.back_on))
    for plan_id, held_on in college.execute(select(models.Review.plan_id, models.Review.held_on)):
        assert held_on.weekday() < 5
        assert not any(span.holds(held_on) for span in (*closures, *away[plan_id]))


def test_next_reviews_follow_from_the_rule(college: Session) -> None:
    cohort_ids = list(college.scalars(select(models.Cohort.id)))
    stored = {
        enrolment_id: (last_on, next_on)
        for enrolment_id, last_on, next_on in college.execute(
            select(models.Enrolment.id, models.Enrolment.last_review_on, models.Enrolment.next_review_on)
        )
    }
    for of_cohort in review_schedule.review_clocks(college, cohort_ids).values():
        for enrolment_id, clock in of_cohort.items():
            last_on = clock.last_held(date.max)
            assert stored[enrolment_id] == (last_on, clock.due_after(last_on))


def test_one_cohort_saves_its_reviews_in_batches(college: Session) -> None:
    def largest_minute(code: str) -> int:
        saved = college.scalars(
            select(models.Review.recorded_at)
            .join(models.Enrolment, models.Enrolment.id == models.Review.plan_id)
            .join(models.Cohort, models.Cohort.id == models.Enrolment.cohort_id)
            .where(models.Cohort.code == code)
        )
        return max(Counter(at.replace(second=0, microsecond=0) for at in saved).values())

    assert largest_minute("EL3-1") >= 12
    assert largest_minute("E3-1") <= 3


def test_one_cohort_has_near_identical_plans(college: Session) -> None:
    def different_titles(code: str) -> int:
        return len(
            set(
                college.scalars(
                    select(models.Target.title)
                    .join(models.Enrolment, models.Enrolment.id == models.Target.plan_id)
                    .join(models.Cohort, models.Cohort.id == models.Enrolment.cohort_id)
                    .where(models.Cohort.code == code, models.Target.milestone_id.is_(None))
                )
            )
        )

    assert different_titles("E2-1") == 3
    assert different_titles("E2-2") > 10


# --- figures and wording -------------------------------------------------------------------------------


def overdue_by_cohort(session: Session) -> dict[str, tuple[int, int]]:
    """{cohort code: (overdue, open)} by the rules, learners who are enrolled and not away."""
    away = set(
        session.scalars(
            select(models.BreakInLearning.enrolment_id).where(models.BreakInLearning.back_on.is_(None))
        )
    )
    found: dict[str, tuple[int, int]] = {}
    for target, starts_on, ended_on, code in session.execute(
        select(models.Target, models.Enrolment.starts_on, models.Enrolment.ended_on, models.Cohort.code)
        .join(models.Enrolment, models.Enrolment.id == models.Target.plan_id)
        .join(models.Cohort, models.Cohort.id == models.Enrolment.cohort_id)
        .where(models.Target.status.in_(rules.OPEN_STATUSES))
    ):
        state = rules.target_state(
            target.status,
            target.due_on,
            TODAY,
            joined_on=starts_on,
            ended=ended_on is not None,
            paused=target.plan_id in away,
        )
        overdue, opened = found.get(code, (0, 0))
        if state not in (rules.TargetState.WITHDRAWN, rules.TargetState.PAUSED):
            found[code] = (overdue + (state == rules.TargetState.OVERDUE), opened + 1)
    return found


def test_a_few_targets_in_a_hundred_are_overdue_and_in_some_cohorts_many(college: Session) -> None:
    by_cohort = overdue_by_cohort(college)
    overdue = sum(count for count, _ in by_cohort.values())
    opened = sum(count for _, count in by_cohort.values())
    assert 0.05 <= overdue / opened <= 0.10
    assert sum(count >= 20 for count, _ in by_cohort.values()) >= 3
    assert sum(count <= 5 for count, _ in by_cohort.values()) >= 8
    moved = count(college, models.Target, models.Target.moves > 0)
    assert moved > overdue


def test_programmes_have_their_own_milestones_that_fit_a_narrow_column(college: Session) -> None:
    by_cohort: dict[int, list[models.Milestone]] = defaultdict(list)
    for milestone in college.scalars(select(models.Milestone).order_by(models.Milestone.position)):
        by_cohort[milestone.cohort_id].append(milestone)
    assert len(by_cohort) == 40
    for milestones in by_cohort.values():
        assert 8 <= len(milestones) <= 16
        assert all(len(milestone.short_title) <= 22 for milestone in milestones)
        assert len({milestone.short_title for milestone in milestones}) == len(milestones)
        due = [milestone.due_on for milestone in milestones]
        assert due == sorted(due, key=lambda day: day or date.max)
        phases = list(dict.fromkeys(milestone.phase_name for milestone in milestones))
        assert phases == ["Induction", "Foundation", "Progression", "Transition"]
    assert len({tuple(m.title for m in milestones) for milestones in by_cohort.values()}) >= 17


def test_wording_varies_and_no_slot_stays_open(college: Session) -> None:
    for column, different in (
        (models.Target.title, 250),
        (models.Target.criteria, 250),
        (models.Step.text, 150),
        (models.Plan.destination, 90),
        (models.Plan.starting_point, 90),
        (models.Review.note, 1500),
        (models.Reflection.learned, 40),
        (models.Barrier.what, 10),
        (models.Support.what, 10),
    ):
        texts = college.scalars(select(column).distinct()).all()
        assert len(texts) >= different, column
        assert not any("{" in text or "lorem" in text.lower() for text in texts)


def test_the_learners_own_plan_makes_a_good_route_map(college: Session) -> None:
    person = college.scalars(select(models.Person).where(models.Person.email == "learner" + DOMAIN)).one()
    plan_id = college.scalars(
        select(models.Enrolment.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .where(models.Learner.person_id == person.id)
    ).one()
    plan = college.get_one(models.Plan, plan_id)
    assert plan.destination.startswith("I want to be")
    targets = college.scalars(select(models.Target).where(models.Target.plan_id == plan_id)).all()
    states = Counter(rules.target_state(target.status, target.due_on, TODAY) for target in targets)
    assert len(targets) >= 18
    assert len({target.lane_id for target in targets}) == 3
    assert states[rules.TargetState.OVERDUE] == 2
    assert states[rules.TargetState.ACHIEVED] >= 7
    assert states[None] == 1
    assert any(target.stretch for target in targets)
    assert any(target.moves for target in targets)
    assert count(college, models.Support, models.Support.plan_id == plan_id) == 2
    passed = set(college.scalars(select(models.Barrier.passed_on).where(models.Barrier.plan_id == plan_id)))
    assert None in passed
    assert len(passed) == 2
    assert count(college, models.Review, models.Review.plan_id == plan_id) >= 2
    assert count(college, models.Reflection, models.Reflection.plan_id == plan_id) >= 2
    in_progress = [target.id for target in targets if target.status == "in-progress"]
    assert count(college, models.Step, models.Step.target_id.in_(in_progress)) >= 6
