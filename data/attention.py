"""The learners of a department who most need somebody's attention, each by named rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Result, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from data import rules, state_sql
from data.models import Cohort, Enrolment, Learner, Support, Target
from data.rules import TargetStatus
from data.scope import Viewer, cohorts_seen_by, confidential_rows_read_by
from data.statements import built_once

LEARNERS_SHOWN = 12
REVIEW_LATE_DAYS = 14
MANY_OVERDUE = 3
OLD_OVERDUE_DAYS = 28
MANY_MOVES = 2
PATIENCE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason to look at a learner, with the sentence that explains it."""

    key: str
    name: str
    explanation: str


NO_REVIEW = Rule(
    "no-review", "No review for too long", "The next review is two weeks or more past its due date."
)
OVERDUE = Rule(
    "overdue", "Overdue targets", "Three or more targets are overdue, or one by more than four weeks."
)
MOVED = Rule("moved", "Moved again", "The due date of an open target has been moved twice or more.")
SUPPORT = Rule(
    "support",
    "Support promised, none delivered",
    "Support was planned from two weeks ago or earlier, and no session has been delivered.",
)
NO_TARGET = Rule(
    "no-target", "No open target", "Enrolled for two weeks or more, and no agreed target is open."
)
RULES = {rule.key: rule for rule in (NO_REVIEW, OVERDUE, MOVED, SUPPORT, NO_TARGET)}
RANKING = "Whom most rules name comes first, then whoever has waited longest."


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found of one learner; `days` is how long it has lasted, `target_id` the target it is
    about, if about one."""

    rule: Rule
    words: str
    days: int
    target_id: int | None = None


@dataclass(frozen=True, slots=True)
class NamedLearner:
    learner_id: int
    name: str
    sort_name: str
    cohort_id: int
    cohort: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """The learners named by any rule, or by one, in the order of `RANKING`; `counts` by rule, of all."""

    learners: tuple[NamedLearner, ...]
    named: int
    counts: Mapping[str, int]
    as_at: date


def read(
    session: Session,
    viewer: Viewer,
    department_id: int,
    *,
    rule: str | None = None,
    cohort_id: int | None = None,
    limit: int | None = LEARNERS_SHOWN,
) -> Attention:
    """Of the department's cohorts those that the viewer sees; in six queries.

    Missing reviews, or targets, are missed only where any has been recorded in the department.
    """
    day = viewer.clock_day
    asked = {"department_id": department_id} | ({} if cohort_id is None else {"cohort_id": cohort_id})
    shape = (viewer, day, cohort_id is not None)
    found: dict[int, list[Finding]] = defaultdict(list)
    for plan_id, finding in (
        *_without_review(session.execute(_late_reviews(*shape), asked), day),
        *_with_overdue_targets(session.execute(_overdue_plans(*shape), asked), day),
        *_with_moved_targets(session.execute(_moved_targets(*shape), asked)),
        *_without_promised_support(session.execute(_undelivered_support(*shape), asked), day),
        *_without_target(session.execute(_plans_without_target(*shape), asked), day),
    ):
        found[plan_id].append(finding)
    counts = Counter(finding.rule.key for findings in found.values() for finding in findings)
    if rule is not None:
        found = {plan: some for plan, some in found.items() if any(f.rule.key == rule for f in some)}
    ranked = sorted(found, key=lambda plan: _rank(plan, found[plan]))[:limit]
    learners = _named(session, day, ranked, found)
    return Attention(learners, len(found), counts, viewer.today)


def _rank(plan_id: int, findings: Iterable[Finding]) -> tuple[int, int, int]:
    days = [finding.days for finding in findings]
    return -len(days), -max(days), plan_id


# --- what each rule finds ------------------------------------------------------------------------------


def _of_department(viewer: Viewer, day: date, one_cohort: bool) -> ColumnElement[bool]:
    """A condition on `Enrolment` joined to `Cohort`: who is counted, of one cohort or of all."""
    return and_(
        Cohort.department_id == bindparam("department_id"),
        *([Cohort.id == bindparam("cohort_id")] if one_cohort else []),
        cohorts_seen_by(viewer),
        state_sql.enrolled_on(day),
        ~state_sql.paused_on(day),
    )


@built_once
def _late_reviews(viewer: Viewer, day: date, one_cohort: bool) -> Select[int, date, date | None]:
    other, other_cohort = aliased(Enrolment), aliased(Cohort)
    any_review = exists().where(
        other_cohort.department_id == bindparam("department_id"),
        other.cohort_id == other_cohort.id,
        other.last_review_on.is_not(None),
    )
    return (
        select(Enrolment.id, Enrolment.starts_on, Enrolment.last_review_on)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            _of_department(viewer, day, one_cohort),
            any_review,
            state_sql.required_today(day),
            Enrolment.next_review_on <= day - timedelta(days=REVIEW_LATE_DAYS),
        )
    )


def _without_review(rows: Result[int, date, date | None], day: date) -> Iterable[tuple[int, Finding]]:
    for plan_id, starts_on, last_on in rows:
        days = (day - (last_on or starts_on)).days
        weeks = f"{days // 7} weeks"
        words = f"no review for {weeks}" if last_on else f"no review yet, {weeks} after joining"
        yield plan_id, Finding(NO_REVIEW, words, days)


@built_once
def _overdue_plans(viewer: Viewer, day: date, one_cohort: bool) -> Select[int, int, date | None]:
    number, oldest_on = func.count(), func.min(Target.due_on)
    return (
        select(Target.plan_id, number, oldest_on)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(_of_department(viewer, day, one_cohort), state_sql.is_overdue(day))
        .group_by(Target.plan_id)
        .having(or_(number >= MANY_OVERDUE, oldest_on < day - timedelta(days=OLD_OVERDUE_DAYS)))
    )


def _with_overdue_targets(rows: Result[int, int, date | None], day: date) -> Iterable[tuple[int, Finding]]:
    """Which target is the oldest is looked up for those shown, in `_named`."""
    for plan_id, number, oldest_on in rows:
        days = rules.days_late(oldest_on, day) if oldest_on else 0
        words = (
            f"{number} targets overdue, the oldest by {days} days"
            if number > 1
            else f"a target overdue by {days} days"
        )
        yield plan_id, Finding(OVERDUE, words, days)


@built_once
def _moved_targets(viewer: Viewer, day: date, one_cohort: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(Target.plan_id, Target.id, Target.title, Target.moves, Target.due_on, Target.first_due_on)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(_of_department(viewer, day, one_cohort), state_sql.is_open(), Target.moves >= MANY_MOVES)
        .order_by(Target.moves.desc(), Target.due_on, Target.id)
    )


def _with_moved_targets(rows: Result[*tuple[Any, ...]]) -> Iterable[tuple[int, Finding]]:
    """The one moved most often of each plan."""
    worst: dict[int, Finding] = {}
    for plan_id, target_id, title, moves, due_on, first_due_on in rows:
        often = "twice" if moves == MANY_MOVES else f"{moves} times"
        days = rules.slipped_days(first_due_on, due_on)
        worst.setdefault(plan_id, Finding(MOVED, f"moved {often}: {title}", days, target_id))
    return worst.items()


@built_once
def _undelivered_support(viewer: Viewer, day: date, one_cohort: bool) -> Select[int, date]:
    """Only support that the viewer may read; its words stay on the learner's own page."""
    return (
        select(Support.plan_id, Support.from_on)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            _of_department(viewer, day, one_cohort),
            confidential_rows_read_by(viewer, Support.confidentiality),
            Support.sessions_planned > 0,
            Support.sessions_delivered == 0,
            Support.from_on <= day - timedelta(days=PATIENCE_DAYS),
            or_(Support.until_on.is_(None), Support.until_on >= day),
        )
        .order_by(Support.from_on)
    )


def _without_promised_support(rows: Result[int, date], day: date) -> Iterable[tuple[int, Finding]]:
    longest: dict[int, Finding] = {}
    for plan_id, from_on in rows:
        days = (day - from_on).days
        words = f"support promised {days // 7} weeks ago, none delivered"
        longest.setdefault(plan_id, Finding(SUPPORT, words, days))
    return longest.items()


@built_once
def _plans_without_target(viewer: Viewer, day: date, one_cohort: bool) -> Select[int, date]:
    other, other_cohort, other_target = aliased(Enrolment), aliased(Cohort), aliased(Target)
    any_target = exists().where(
        other_cohort.department_id == bindparam("department_id"),
        other.cohort_id == other_cohort.id,
        other_target.plan_id == other.id,
        other_target.status != TargetStatus.PROPOSED,
    )
    open_target = exists().where(Target.plan_id == Enrolment.id, state_sql.is_open()).correlate(Enrolment)
    return (
        select(Enrolment.id, Enrolment.starts_on)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            _of_department(viewer, day, one_cohort),
            Enrolment.starts_on <= day - timedelta(days=PATIENCE_DAYS),
            ~open_target,
            any_target,
        )
    )


def _without_target(rows: Result[int, date], day: date) -> Iterable[tuple[int, Finding]]:
    for plan_id, starts_on in rows:
        yield plan_id, Finding(NO_TARGET, "no open target", (day - starts_on).days)


# --- the learners shown --------------------------------------------------------------------------------


def _named(
    session: Session, day: date, ranked: Sequence[int], found: Mapping[int, Sequence[Finding]]
) -> tuple[NamedLearner, ...]:
    """The learners of these plans in their order, each overdue finding with its oldest target."""
    rows: dict[int, Row[*tuple[Any, ...]]] = {}
    for row in session.execute(_learners(day), {"plan_ids": ranked}):
        rows.setdefault(row.plan_id, row)
    return tuple(
        NamedLearner(
            learner_id=row.learner_id,
            name=f"{row.given_name} {row.family_name}",
            sort_name=f"{row.family_name} {row.given_name}",
            cohort_id=row.cohort_id,
            cohort=row.code,
            findings=tuple(
                replace(finding, target_id=row.oldest_overdue_id) if finding.rule is OVERDUE else finding
                for finding in found[row.plan_id]
            ),
        )
        for row in (rows[plan_id] for plan_id in ranked)
    )


@built_once
def _learners(day: date) -> Select[*tuple[Any, ...]]:
    """A row for each overdue target of each plan, the oldest first; one row where there is none."""
    return (
        select(
            Enrolment.id.label("plan_id"),
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Target.id.label("oldest_overdue_id"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(Target, and_(Target.plan_id == Enrolment.id, state_sql.is_overdue(day)))
        .where(Enrolment.id.in_(bindparam("plan_ids", expanding=True)))
        .order_by(Target.due_on, Target.id)
    )
