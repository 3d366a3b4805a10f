"""What a review pack holds: what happened since the last review, what the learner said, what to ask and to
decide. For one learner or for many, in the same number of queries.

"Since" is from the day after the last review that counts; what was written on its day belonged to it. Before
the first review it is since learning began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from data import pack_rows, programme_checks, reasons, review_schedule, rules, state_sql
from data.errors import NotFound
from data.models import Cohort, Department, Enrolment, Lane, Learner, Plan, Target
from data.pack_parts import Line, Moved, PackSupport, PackTarget, PlanRows, Said, SelfView
from data.pack_rows import LastReview
from data.questions import Facts, Late, Missed, Question, worth_asking
from data.reflections import ReflectionLine
from data.rules import ReviewState, Share, TargetState
from data.scope import Viewer, enrolments_seen_by
from data.statements import built_once

CAREER = "career"


@dataclass(frozen=True, slots=True)
class Slipped:
    """A target that slipped since the last review: moved (`was_due_on` before that), overdue, or closed
    without success. `target.moves` says how often it was moved in all."""

    target: PackTarget
    was_due_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewPack:
    """One learner's pack. `last` is None before the first review; `open_targets` stand most urgent first;
    `said` is newest first; `reflection` is the newest since the last review."""

    plan_id: int
    learner_id: int
    learner: str
    given_name: str
    learner_person_id: int | None
    cohort_id: int
    cohort: str
    department: str
    today: date
    starts_on: date
    last: LastReview | None
    next_review_on: date | None
    next_state: ReviewState
    why_next: str
    achieved: tuple[PackTarget, ...]
    slipped: tuple[Slipped, ...]
    new: tuple[PackTarget, ...]
    open_targets: tuple[PackTarget, ...]
    supports: tuple[PackSupport, ...]
    attendance_then: Share
    attendance_now: Share
    self_view: SelfView | None
    reflection: ReflectionLine | None
    said: tuple[Said, ...]
    lines: tuple[Line, ...]
    questions: tuple[Question, ...]


def read(session: Session, viewer: Viewer, plan_id: int) -> ReviewPack:
    """The pack for the plan's next review; NotFound where the viewer sees no such plan."""
    packs = of_plans(session, viewer, [plan_id])
    if not packs:
        raise NotFound
    return packs[0]


def of_plans(session: Session, viewer: Viewer, plan_ids: Sequence[int]) -> tuple[ReviewPack, ...]:
    """The packs of these plans, in their order, in a fixed number of queries; without those out of scope."""
    rows = session.execute(_heads(viewer), {"plan_ids": list(plan_ids)}).all()
    by_id = {row.plan_id: row for row in rows}
    heads = [by_id[plan_id] for plan_id in dict.fromkeys(plan_ids) if plan_id in by_id]
    return _packs(session, viewer, heads) if heads else ()


def of_cohort(session: Session, viewer: Viewer, cohort_id: int) -> tuple[ReviewPack, ...]:
    """The packs of a cohort's learners who are in learning and not on a break, by family name.

    Raises NotFound where the viewer sees nobody of it.
    """
    day = viewer.clock_day
    seen = session.execute(
        select(Enrolment.id, state_sql.enrolled_on(day) & ~state_sql.paused_on(day))
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Plan, Plan.id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort_id, enrolments_seen_by(viewer))
        .order_by(Learner.family_name, Learner.given_name, Enrolment.id)
    ).all()
    if not seen:
        raise NotFound
    return of_plans(session, viewer, [plan_id for plan_id, learns in seen if learns])


@built_once
def _heads(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id.label("plan_id"),
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Learner.person_id,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Department.name.label("department"),
            Enrolment.starts_on,
            Enrolment.last_review_on,
            Enrolment.next_review_on,
            state_sql.enrolled_on(viewer.clock_day).label("enrolled"),
            state_sql.paused_on(viewer.clock_day).label("paused"),
            _career_target().label("has_career_target"),
        )
        .join(Plan, Plan.id == Enrolment.id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .where(enrolments_seen_by(viewer), Enrolment.id.in_(bindparam("plan_ids", expanding=True)))
    )


def _career_target() -> ColumnElement[bool]:
    """A condition on `Enrolment`: a career target of its plan is open or achieved."""
    achieved = Target.status == rules.TargetStatus.ACHIEVED
    return (
        exists()
        .where(
            Target.plan_id == Enrolment.id,
            Lane.id == Target.lane_id,
            Lane.key == CAREER,
            state_sql.is_open() | achieved,
        )
        .correlate(Enrolment)
    )


# --- putting the packs together ------------------------------------------------------------------------


def _packs(
    session: Session, viewer: Viewer, heads: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[ReviewPack, ...]:
    since = {head.plan_id: head.last_review_on or head.starts_on - rules.ONE_DAY for head in heads}
    rows = pack_rows.read(session, viewer, since)
    unchecked = programme_checks.asked_for(session, viewer, [head.plan_id for head in heads])
    why = _why(session, heads)
    last = pack_rows.last_reviews(session, {h.plan_id: h.last_review_on for h in heads if h.last_review_on})
    return tuple(
        _pack(
            viewer,
            head,
            since[head.plan_id],
            rows.of(head.plan_id),
            why,
            last,
            unchecked=head.plan_id in unchecked,
        )
        for head in heads
    )


def _why(session: Session, heads: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, str]:
    """{plan id: why its next review is due when it is}."""
    clocks = review_schedule.review_clocks(session, sorted({head.cohort_id for head in heads}))
    return {
        head.plan_id: reasons.why_next_review(clocks[head.cohort_id][head.plan_id], date.max)
        for head in heads
    }


def _pack(
    viewer: Viewer,
    head: Row[*tuple[Any, ...]],
    since: date,
    rows: PlanRows,
    why: Mapping[int, str],
    last: Mapping[int, LastReview],
    *,
    unchecked: bool,
) -> ReviewPack:
    targets = rows.targets
    achieved = tuple(t for t in targets if t.state == TargetState.ACHIEVED)
    open_targets = tuple(sorted((t for t in targets if t.open), key=_most_urgent_first))
    return ReviewPack(
        plan_id=head.plan_id,
        learner_id=head.learner_id,
        learner=f"{head.given_name} {head.family_name}",
        given_name=head.given_name,
        learner_person_id=head.person_id,
        cohort_id=head.cohort_id,
        cohort=head.code,
        department=head.department,
        today=viewer.today,
        starts_on=head.starts_on,
        last=last.get(head.plan_id),
        next_review_on=head.next_review_on,
        next_state=rules.review_state(
            head.next_review_on,
            viewer.clock_day,
            required=bool(head.enrolled),
            paused=bool(head.paused),
            soon_days=viewer.soon.reviews,
        ),
        why_next=why[head.plan_id],
        achieved=achieved,
        slipped=_slipped(targets, rows.moved),
        new=tuple(t for t in open_targets if head.last_review_on and t.created_on > head.last_review_on),
        open_targets=open_targets,
        supports=rows.supports,
        attendance_then=rows.attendance_then,
        attendance_now=rows.attendance_now,
        self_view=rows.self_view,
        reflection=rows.reflections[0] if rows.reflections else None,
        said=rows.said,
        lines=rows.lines,
        questions=worth_asking(_facts(viewer, head, rows, achieved, open_targets, unchecked=unchecked)),
    )


def _most_urgent_first(target: PackTarget) -> tuple[bool, int, bool, date, int]:
    late = target.state == TargetState.OVERDUE
    return not late, -target.days_late, target.due_on is None, target.due_on or date.max, target.id


def _slipped(targets: Iterable[PackTarget], moved: Mapping[int, Moved]) -> tuple[Slipped, ...]:
    """The longest overdue first, then those moved most often, then those closed without success."""
    lost = (TargetState.NOT_ACHIEVED, TargetState.WITHDRAWN)
    found = [
        Slipped(target, moved[target.id].was_due_on if target.id in moved else None)
        for target in targets
        if target.state != TargetState.ACHIEVED
        and (target.id in moved or target.days_late or target.state in lost)
    ]
    return tuple(sorted(found, key=lambda one: (-one.target.days_late, -one.target.moves, one.target.title)))


def _facts(
    viewer: Viewer,
    head: Row[*tuple[Any, ...]],
    rows: PlanRows,
    achieved: Sequence[PackTarget],
    open_targets: Sequence[PackTarget],
    *,
    unchecked: bool,
) -> Facts:
    day = viewer.clock_day
    return Facts(
        days_in=(day - head.starts_on).days,
        silent_days=(day - max(rows.heard_on or head.starts_on, head.starts_on)).days,
        open_targets=tuple(Late(t.id, t.title, t.moves, t.days_late) for t in open_targets),
        stuck_on=rows.stuck_on,
        supports=tuple(Missed(one.what, one.missed_since, _waiting(one, day)) for one in rows.supports),
        needs=rows.needs,
        attendance_then=rows.attendance_then,
        attendance_now=rows.attendance_now,
        has_career_target=bool(head.has_career_target),
        achieved=len(achieved),
        achieved_early=sum(bool(t.due_on and t.achieved_on and t.achieved_on < t.due_on) for t in achieved),
        programme_unchecked=unchecked,
    )


def _waiting(support: PackSupport, day: date) -> int:
    """Days since a support was promised of which no session has been held; 0 where one was, or it ended."""
    none_held = support.planned and not support.delivered
    runs = support.until_on is None or support.until_on >= day
    return max(timedelta(0), day - support.from_on).days if none_held and runs else 0
