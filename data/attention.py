"""The learners of a department who most need somebody's attention, each by named rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from data import rules, state_sql
from data.models import Cohort, Enrolment, Learner, Support, Target
from data.rules import TargetStatus
from data.scope import Viewer, cohorts_seen_by, confidential_rows_read_by

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
    found: dict[int, list[Finding]] = defaultdict(list)
    of_department = and_(Cohort.department_id == department_id, cohorts_seen_by(viewer), _counted(day))
    if cohort_id is not None:
        of_department = and_(of_department, Cohort.id == cohort_id)
    for plan_id, finding in (
        *_without_review(session, day, of_department, department_id),
        *_with_overdue_targets(session, day, of_department),
        *_with_moved_targets(session, of_department),
        *_without_promised_support(session, viewer, of_department),
        *_without_target(session, day, of_department, department_id),
    ):
        found[plan_id].append(finding)
    counts = Counter(finding.rule.key for findings in found.values() for finding in findings)
    if rule is not None:
        found = {plan: some for plan, some in found.items() if any(f.rule.key == rule for f in some)}
    ranked = sorted(found, key=lambda plan: _rank(plan, found[plan]))[:limit]
    learners = _named(session, ranked, found)
    return Attention(learners, len(found), counts, viewer.today)


def _rank(plan_id: int, findings: Iterable[Finding]) -> tuple[int, int, int]:
    days = [finding.days for finding in findings]
    return -len(days), -max(days), plan_id


def _counted(day: date) -> ColumnElement[bool]:
    return and_(state_sql.enrolled_on(day), ~state_sql.paused_on(day))


def _without_review(
    session: Session, day: date, condition: ColumnElement[bool], department_id: int
) -> Iterable[tuple[int, Finding]]:
    other, other_cohort = aliased(Enrolment), aliased(Cohort)
    any_review = exists().where(
        other_cohort.department_id == department_id,
        other.cohort_id == other_cohort.id,
        other.last_review_on.is_not(None),
    )
    rows = session.execute(
        select(Enrolment.id, Enrolment.starts_on, Enrolment.last_review_on)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            condition,
            any_review,
            state_sql.required_today(day),
            Enrolment.next_review_on <= day - timedelta(days=REVIEW_LATE_DAYS),
        )
    ).all()
    for plan_id, starts_on, last_on in rows:
        days = (day - (last_on or starts_on)).days
        weeks = f"{days // 7} weeks"
        words = f"no review for {weeks}" if last_on else f"no review yet, {weeks} after joining"
        yield plan_id, Finding(NO_REVIEW, words, days)


def _with_overdue_targets(
    session: Session, day: date, condition: ColumnElement[bool]
) -> Iterable[tuple[int, Finding]]:
    overdue: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for plan_id, due_on, target_id in session.execute(
        select(Target.plan_id, Target.due_on, Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition, state_sql.is_overdue(day))
        .order_by(Target.due_on, Target.id)
    ):
        if due_on is not None:
            overdue[plan_id].append((due_on, target_id))
    for plan_id, targets in overdue.items():
        oldest_on, target_id = targets[0]
        days = (day - oldest_on).days
        if len(targets) >= MANY_OVERDUE or days > OLD_OVERDUE_DAYS:
            words = (
                f"{len(targets)} targets overdue, the oldest by {days} days"
                if len(targets) > 1
                else f"a target overdue by {days} days"
            )
            yield plan_id, Finding(OVERDUE, words, days, target_id)


def _with_moved_targets(session: Session, condition: ColumnElement[bool]) -> Iterable[tuple[int, Finding]]:
    """The one moved most often of each plan."""
    worst: dict[int, Finding] = {}
    for plan_id, target_id, title, moves, due_on, first_due_on in session.execute(
        select(Target.plan_id, Target.id, Target.title, Target.moves, Target.due_on, Target.first_due_on)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition, state_sql.is_open(), Target.moves >= MANY_MOVES)
        .order_by(Target.moves.desc(), Target.due_on, Target.id)
    ):
        often = "twice" if moves == MANY_MOVES else f"{moves} times"
        days = rules.slipped_days(first_due_on, due_on)
        worst.setdefault(plan_id, Finding(MOVED, f"moved {often}: {title}", days, target_id))
    return worst.items()


def _without_promised_support(
    session: Session, viewer: Viewer, condition: ColumnElement[bool]
) -> Iterable[tuple[int, Finding]]:
    """Only of support that the viewer may read; its words stay on the learner's own page."""
    day = viewer.clock_day
    longest: dict[int, Finding] = {}
    for plan_id, from_on in session.execute(
        select(Support.plan_id, Support.from_on)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            condition,
            confidential_rows_read_by(viewer, Support.confidentiality),
            Support.sessions_planned > 0,
            Support.sessions_delivered == 0,
            Support.from_on <= day - timedelta(days=PATIENCE_DAYS),
            or_(Support.until_on.is_(None), Support.until_on >= day),
        )
        .order_by(Support.from_on)
    ):
        days = (day - from_on).days
        words = f"support promised {days // 7} weeks ago, none delivered"
        longest.setdefault(plan_id, Finding(SUPPORT, words, days))
    return longest.items()


def _without_target(
    session: Session, day: date, condition: ColumnElement[bool], department_id: int
) -> Iterable[tuple[int, Finding]]:
    other, other_cohort, other_target = aliased(Enrolment), aliased(Cohort), aliased(Target)
    any_target = exists().where(
        other_cohort.department_id == department_id,
        other.cohort_id == other_cohort.id,
        other_target.plan_id == other.id,
        other_target.status != TargetStatus.PROPOSED,
    )
    open_target = exists().where(Target.plan_id == Enrolment.id, state_sql.is_open()).correlate(Enrolment)
    for plan_id, starts_on in session.execute(
        select(Enrolment.id, Enrolment.starts_on)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            condition, Enrolment.starts_on <= day - timedelta(days=PATIENCE_DAYS), ~open_target, any_target
        )
    ):
        yield plan_id, Finding(NO_TARGET, "no open target", (day - starts_on).days)


def _named(
    session: Session, ranked: list[int], found: Mapping[int, list[Finding]]
) -> tuple[NamedLearner, ...]:
    rows = {
        plan_id: (learner_id, given, family, cohort_id, code)
        for plan_id, learner_id, given, family, cohort_id, code in session.execute(
            select(Enrolment.id, Learner.id, Learner.given_name, Learner.family_name, Cohort.id, Cohort.code)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Enrolment.id.in_(ranked))
        )
    }
    return tuple(
        NamedLearner(
            learner_id, f"{given} {family}", f"{family} {given}", cohort_id, code, tuple(found[plan_id])
        )
        for plan_id in ranked
        for learner_id, given, family, cohort_id, code in [rows[plan_id]]
    )
