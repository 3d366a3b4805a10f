"""What review packs are made of, read for many plans at once: one query for each sort of row.

The plans have been found to be in the viewer's scope; supports and barriers are read at the viewer's level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from data import state_sql
from data.models import (
    Assessment,
    Attendance,
    Barrier,
    BarrierAnswer,
    Change,
    Enrolment,
    Lane,
    Person,
    Review,
    ReviewAction,
    ReviewForm,
    ReviewKind,
    Step,
    Support,
    SupportSession,
    Target,
)
from data.pack_parts import Moved, PackSupport, PackTarget, Rows, Since, day_of, earliest
from data.pack_words import read_lines, read_words
from data.rules import OPEN_STATUSES, Share, TargetState, TargetStatus, days_late
from data.scope import Viewer, confidential_rows_read_by

THEN_WEEKS = 6
"""Attendance before the last review is that of so many weeks."""


def read(session: Session, viewer: Viewer, since: Since) -> Rows:
    """The rows of these plans, in twelve queries however many there are."""
    rows = Rows()
    _read_targets(session, viewer, since, rows)
    _read_moves(session, viewer, since, rows)
    _read_supports(session, viewer, since, rows)
    _read_attendance(session, viewer, since, rows)
    read_words(session, viewer, since, rows)
    read_lines(session, since, rows)
    _read_needs(session, viewer, since, rows)
    return rows


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody said at a review they would do, by when."""

    what: str
    by_whom: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class LastReview:
    """A review that was held: of which kind, who recorded it, and what was agreed."""

    id: int
    held_on: date
    kind: str
    by: str
    note: str
    outcome: str
    actions: tuple[Action, ...] = ()


def last_reviews(session: Session, held_on: Mapping[int, date]) -> dict[int, LastReview]:
    """{plan id: the review that counts of that day}, in two queries; the latest recorded where there are
    several."""
    found: dict[int, LastReview] = {}
    for row in session.execute(
        select(
            Review.plan_id,
            Review.id,
            Review.held_on,
            ReviewKind.name,
            Person.name.label("by"),
            Review.note,
            Review.outcome,
        )
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .outerjoin(Person, Person.id == Review.recorded_by_id)
        .where(Review.plan_id.in_(held_on), ReviewKind.counts)
        .order_by(Review.id)
    ):
        if row.held_on == held_on[row.plan_id]:
            found[row.plan_id] = LastReview(
                row.id, row.held_on, row.name, row.by or "", row.note, row.outcome
            )
    actions: dict[int, list[Action]] = defaultdict(list)
    for agreed in session.execute(
        select(ReviewForm.review_id, ReviewAction.what, ReviewAction.by_whom, ReviewAction.due_on)
        .join(ReviewForm, ReviewForm.id == ReviewAction.form_id)
        .where(ReviewForm.review_id.in_([one.id for one in found.values()]))
        .order_by(ReviewAction.id)
    ):
        if agreed.review_id is not None:
            actions[agreed.review_id].append(Action(agreed.what, agreed.by_whom, agreed.due_on))
    return {plan_id: replace(one, actions=tuple(actions[one.id])) for plan_id, one in found.items()}


# --- targets -------------------------------------------------------------------------------------------


def _read_targets(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    """Every open target, and those closed since."""
    day = viewer.clock_day
    done = func.sum(case((Step.done_on.is_not(None), 1), else_=0))
    steps = (
        select(Step.target_id, func.count().label("steps"), done.label("done"))
        .join(Target, Target.id == Step.target_id)
        .where(Target.plan_id.in_(since))
        .group_by(Step.target_id)
        .subquery()
    )
    closed_since = Target.closed_on > func.coalesce(Enrolment.last_review_on, Enrolment.starts_on)
    closed_first_day = and_(Enrolment.last_review_on.is_(None), Target.closed_on == Enrolment.starts_on)
    for row in session.execute(
        select(
            Target.plan_id,
            Target.id,
            Target.title,
            Lane.label,
            Target.status,
            state_sql.target_state(day, viewer.soon.targets).label("state"),
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Target.achieved_on,
            Target.created_on,
            steps.c.steps,
            steps.c.done,
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Lane, Lane.id == Target.lane_id)
        .outerjoin(steps, steps.c.target_id == Target.id)
        .where(
            Target.plan_id.in_(since),
            Target.status != TargetStatus.PROPOSED,
            or_(state_sql.is_open(), closed_since, closed_first_day),
        )
        .order_by(Target.due_on, Target.id)
    ):
        late = row.state == TargetState.OVERDUE
        rows.of(row.plan_id).targets.append(
            PackTarget(
                id=row.id,
                title=row.title,
                lane=row.label,
                state=TargetState(row.state),
                open=row.status in OPEN_STATUSES,
                due_on=row.due_on,
                first_due_on=row.first_due_on,
                moves=row.moves,
                days_late=days_late(row.due_on, day) if late else 0,
                achieved_on=row.achieved_on,
                created_on=row.created_on,
                steps_done=int(row.done or 0),
                steps=row.steps or 0,
            )
        )


def _read_moves(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    """Where each target stood before it was first moved later since."""
    for change in session.execute(
        select(Change.plan_id, Change.target_id, Change.at, Change.old, Change.new)
        .where(
            Change.plan_id.in_(since),
            Change.field == "due_on",
            Change.at >= earliest(since),
            Change.old.is_not(None),
            Change.new > Change.old,
        )
        .order_by(Change.id)
    ):
        if day_of(change.at, viewer) > since[change.plan_id] and change.target_id is not None:
            moved = Moved(date.fromisoformat(change.old))
            rows.of(change.plan_id).moved.setdefault(change.target_id, moved)


# --- support, attendance, needs ------------------------------------------------------------------------


def _read_supports(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    later = SupportSession.held_on > func.coalesce(Enrolment.last_review_on, Enrolment.starts_on)
    delivered = func.sum(case((SupportSession.delivered, 1), else_=0))
    missed = func.sum(case((and_(SupportSession.id.is_not(None), ~SupportSession.delivered), 1), else_=0))
    found: dict[int, list[PackSupport]] = defaultdict(list)
    for row in session.execute(
        select(
            Support.plan_id,
            Support.what,
            Support.by_whom,
            Support.how_often,
            Support.sessions_planned,
            Support.sessions_delivered,
            Support.from_on,
            Support.until_on,
            delivered.label("delivered"),
            missed.label("missed"),
        )
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .outerjoin(SupportSession, and_(SupportSession.support_id == Support.id, later))
        .where(
            Support.plan_id.in_(since),
            confidential_rows_read_by(viewer, Support.confidentiality),
            Support.from_on <= viewer.today,
            or_(
                Support.until_on.is_(None),
                Support.until_on > func.coalesce(Enrolment.last_review_on, Enrolment.starts_on),
            ),
        )
        .group_by(Support.id)
        .order_by(Support.from_on, Support.id)
    ):
        found[row.plan_id].append(
            PackSupport(
                what=row.what,
                by_whom=row.by_whom,
                how_often=row.how_often,
                planned=row.sessions_planned,
                delivered=row.sessions_delivered,
                delivered_since=int(row.delivered),
                missed_since=int(row.missed),
                from_on=row.from_on,
                until_on=row.until_on,
            )
        )
    for plan_id, some in found.items():
        rows.of(plan_id).supports = tuple(some)


def _read_attendance(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    """By week: the weeks that begin after the last review, and the six before them."""
    earliest = min(since.values()) - timedelta(weeks=THEN_WEEKS)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for plan_id, week_on, attended, possible in session.execute(
        select(Attendance.enrolment_id, Attendance.week_on, Attendance.attended, Attendance.possible).where(
            Attendance.enrolment_id.in_(since),
            Attendance.week_on > earliest,
            Attendance.week_on <= viewer.today,
        )
    ):
        weeks_back = (since[plan_id] - week_on).days // 7
        at = 2 if week_on > since[plan_id] else 0 if weeks_back < THEN_WEEKS else None
        if at is not None:
            sums[plan_id][at] += attended
            sums[plan_id][at + 1] += possible
    for plan_id, (then, of_then, now, of_now) in sums.items():
        rows.of(plan_id).attendance_then = Share(then, of_then)
        rows.of(plan_id).attendance_now = Share(now, of_now)


def _read_needs(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    """Needs that an assessment found, then barriers, that nothing in the plan takes up."""
    for plan_id, what in session.execute(
        select(Assessment.plan_id, Assessment.instrument)
        .where(
            Assessment.plan_id.in_(since),
            Assessment.need,
            Assessment.target_id.is_(None),
            Assessment.support_id.is_(None),
        )
        .order_by(Assessment.taken_on, Assessment.id)
    ):
        rows.of(plan_id).needs += (what,)
    answered = exists().where(BarrierAnswer.barrier_id == Barrier.id)
    for plan_id, what in session.execute(
        select(Barrier.plan_id, Barrier.what)
        .join(Enrolment, Enrolment.id == Barrier.plan_id)
        .where(
            Barrier.plan_id.in_(since),
            confidential_rows_read_by(viewer, Barrier.confidentiality),
            Barrier.passed_on.is_(None),
            Barrier.from_on <= viewer.today,
            ~answered,
        )
        .order_by(Barrier.from_on, Barrier.id)
    ):
        rows.of(plan_id).needs += (what,)
