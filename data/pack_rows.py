"""What review packs are made of, read for many plans at once: one query for each sort of row.

The plans have been found to be in the viewer's scope; supports and barriers are read at the viewer's level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, case, exists, func, or_, select
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
    Learner,
    Person,
    PromptAnswer,
    Reflection,
    Review,
    ReviewAction,
    ReviewForm,
    ReviewKind,
    ReviewLine,
    SelfEvaluation,
    Step,
    Stuck,
    Support,
    SupportSession,
    Target,
    TeachingGroup,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)
from data.reflections import COMMENT, ReflectionLine
from data.rules import OPEN_STATUSES, Share, TargetState, TargetStatus, days_late
from data.scope import Viewer, confidential_rows_read_by

ANSWER = "answer"
"""What is said to be about where a learner answers a prompt of the college's."""
THEN_WEEKS = 6
"""Attendance before the last review is that of so many weeks."""
Since = Mapping[int, date]
"""{plan id: the day of its last review, else the day before learning began}."""


@dataclass(frozen=True, slots=True)
class PackTarget:
    id: int
    title: str
    lane: str
    state: TargetState
    open: bool
    due_on: date | None
    first_due_on: date | None
    moves: int
    days_late: int
    achieved_on: date | None
    created_on: date
    steps_done: int
    steps: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date moved later since the last review; `was_due_on` is where it stood before."""

    was_due_on: date


@dataclass(frozen=True, slots=True)
class PackSupport:
    """A support that ran since the last review: promised and delivered in all, and since then."""

    what: str
    by_whom: str
    how_often: str
    planned: int
    delivered: int
    delivered_since: int
    missed_since: int
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the learner; `about` is a prompt of `reflections.PROMPTS`, "comment", "stuck" with the title
    of its target, or `ANSWER` with what the college asked."""

    on: date
    about: str
    text: str
    target: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class SelfView:
    """The learner's self-evaluation since the last review."""

    id: int
    written_on: date
    going: str
    talk_about: str
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line by somebody who teaches or supports the learner; `subject` where they teach them."""

    written_on: date
    by: str
    subject: str
    going: str
    said: str


@dataclass(slots=True)
class PlanRows:
    """All that was read of one plan; reflections and what was said are newest first."""

    targets: list[PackTarget] = field(default_factory=list)
    moved: dict[int, Moved] = field(default_factory=dict)
    supports: tuple[PackSupport, ...] = ()
    attendance_then: Share = field(default=Share(0, 0))
    attendance_now: Share = field(default=Share(0, 0))
    reflections: list[ReflectionLine] = field(default_factory=list)
    said: tuple[Said, ...] = ()
    stuck_on: tuple[str, ...] = ()
    self_view: SelfView | None = None
    lines: tuple[Line, ...] = ()
    needs: tuple[str, ...] = ()
    heard_on: date | None = None


@dataclass(slots=True)
class Rows:
    plans: defaultdict[int, PlanRows] = field(default_factory=lambda: defaultdict(PlanRows))

    def of(self, plan_id: int) -> PlanRows:
        return self.plans[plan_id]


def read(session: Session, viewer: Viewer, since: Since) -> Rows:
    """The rows of these plans, in twelve queries however many there are."""
    rows = Rows()
    _read_targets(session, viewer, since, rows)
    _read_moves(session, viewer, since, rows)
    _read_supports(session, viewer, since, rows)
    _read_attendance(session, viewer, since, rows)
    _read_words(session, viewer, since, rows)
    _read_lines(session, since, rows)
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
            Change.at >= _earliest(since),
            Change.old.is_not(None),
            Change.new > Change.old,
        )
        .order_by(Change.id)
    ):
        if _day_of(change.at, viewer) > since[change.plan_id] and change.target_id is not None:
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


# --- what people said ----------------------------------------------------------------------------------


def _read_words(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    said: dict[int, list[Said]] = defaultdict(list)
    _read_reflections(session, since, rows)
    _read_comments(session, viewer, since, said)
    _read_stuck(session, viewer, since, rows, said)
    _read_answers(session, since, said)
    _read_self_views(session, since, rows)
    for plan_id, heard_on in _heard_on(session, viewer, since).items():
        rows.of(plan_id).heard_on = heard_on
    for plan_id in since:
        own = rows.of(plan_id)
        prompts = [
            Said(one.written_on, prompt, text)
            for one in own.reflections[1:]
            for prompt in ("learned", "went_well", "went_less_well", "use_again")
            if (text := getattr(one, prompt))
        ]
        own.said = tuple(sorted((*said[plan_id], *prompts), key=lambda one: one.on, reverse=True))


def _read_reflections(session: Session, since: Since, rows: Rows) -> None:
    """Those written since and not for a review that was held, newest first."""
    for row in session.execute(
        select(
            Reflection.plan_id,
            Reflection.id,
            Reflection.written_on,
            Reflection.learned,
            Reflection.went_well,
            Reflection.went_less_well,
            Reflection.use_again,
            Reflection.version,
        )
        .where(
            Reflection.plan_id.in_(since),
            Reflection.review_id.is_(None),
            Reflection.written_on > min(since.values()),
        )
        .order_by(Reflection.written_on.desc(), Reflection.id.desc())
    ):
        if row.written_on > since[row.plan_id]:
            line = ReflectionLine(
                row.id,
                row.written_on,
                row.learned,
                row.went_well,
                row.went_less_well,
                row.use_again,
                None,
                row.version,
            )
            rows.of(row.plan_id).reflections.append(line)


def _read_comments(session: Session, viewer: Viewer, since: Since, said: dict[int, list[Said]]) -> None:
    for row in session.execute(
        select(Change.plan_id, Change.at, Change.new, Target.title)
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .outerjoin(Target, Target.id == Change.target_id)
        .where(
            Change.plan_id.in_(since),
            Change.field == COMMENT,
            Change.by_id == Learner.person_id,
            Change.at >= _earliest(since),
        )
        .order_by(Change.id.desc())
    ):
        on = _day_of(row.at, viewer)
        if on > since[row.plan_id]:
            said[row.plan_id].append(Said(on, COMMENT, row.new or "", row.title or ""))


def _read_stuck(
    session: Session, viewer: Viewer, since: Since, rows: Rows, said: dict[int, list[Said]]
) -> None:
    for row in session.execute(
        select(Target.plan_id, Target.title, Stuck.said, Stuck.said_at, Stuck.answered_on)
        .join(Target, Target.id == Stuck.target_id)
        .where(
            Target.plan_id.in_(since),
            or_(Stuck.answered_on.is_(None), Stuck.said_at >= _earliest(since)),
        )
        .order_by(Stuck.said_at)
    ):
        on = _day_of(row.said_at, viewer)
        if row.answered_on is None:
            rows.of(row.plan_id).stuck_on += (row.title,)
        if on > since[row.plan_id] or row.answered_on is None:
            said[row.plan_id].append(Said(on, "stuck", row.said, row.title))


def _read_self_views(session: Session, since: Since, rows: Rows) -> None:
    for row in session.execute(
        select(SelfEvaluation)
        .where(SelfEvaluation.plan_id.in_(since), SelfEvaluation.written_on > min(since.values()))
        .order_by(SelfEvaluation.written_on, SelfEvaluation.id)
    ).scalars():
        if row.written_on > since[row.plan_id]:
            view = SelfView(row.id, row.written_on, row.going, row.talk_about, row.version)
            rows.of(row.plan_id).self_view = view


def _read_answers(session: Session, since: Since, said: dict[int, list[Said]]) -> None:
    for plan_id, written_on, asked, text in session.execute(
        select(PromptAnswer.plan_id, PromptAnswer.written_on, PromptAnswer.asked, PromptAnswer.said)
        .where(
            PromptAnswer.plan_id.in_(since),
            PromptAnswer.written_on > min(since.values()),
            PromptAnswer.said != "",
        )
        .order_by(PromptAnswer.id)
    ):
        if written_on > since[plan_id]:
            said[plan_id].append(Said(written_on, ANSWER, text, asked=asked))


def _heard_on(session: Session, viewer: Viewer, since: Since) -> dict[int, date]:
    """{plan id: when the learner last wrote, ticked or said something}; without those who never did."""
    found: dict[int, date] = {
        plan_id: _day_of(at, viewer)
        for plan_id, at in session.execute(
            select(Change.plan_id, func.max(Change.at))
            .join(Enrolment, Enrolment.id == Change.plan_id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .where(Change.plan_id.in_(since), Change.by_id == Learner.person_id)
            .group_by(Change.plan_id)
        )
    }
    for plan_id, written_on in session.execute(
        select(Reflection.plan_id, func.max(Reflection.written_on))
        .where(Reflection.plan_id.in_(since))
        .group_by(Reflection.plan_id)
    ):
        found[plan_id] = max(found.get(plan_id, written_on), written_on)
    return found


def _read_lines(session: Session, since: Since, rows: Rows) -> None:
    found: dict[int, list[Line]] = defaultdict(list)
    row: Row[*tuple[Any, ...]]
    for row in session.execute(
        select(
            ReviewLine.plan_id,
            ReviewLine.written_on,
            Person.name,
            _subject().label("subject"),
            ReviewLine.going,
            ReviewLine.said,
        )
        .join(Enrolment, Enrolment.id == ReviewLine.plan_id)
        .outerjoin(Person, Person.id == ReviewLine.by_id)
        .where(ReviewLine.plan_id.in_(since), ReviewLine.written_on > min(since.values()))
        .order_by(ReviewLine.written_on.desc(), ReviewLine.id.desc())
    ):
        if row.written_on > since[row.plan_id]:
            line = Line(row.written_on, row.name or "", row.subject or "", row.going, row.said)
            found[row.plan_id].append(line)
    for plan_id, some in found.items():
        rows.of(plan_id).lines = tuple(some)


def _subject() -> Any:
    """The subject in which the line's author teaches its learner, if in any."""
    return (
        select(func.min(TeachingGroup.subject))
        .join(TeachingGroupTeacher, TeachingGroupTeacher.group_id == TeachingGroup.id)
        .join(TeachingGroupLearner, TeachingGroupLearner.group_id == TeachingGroup.id)
        .where(
            TeachingGroupTeacher.person_id == ReviewLine.by_id,
            TeachingGroupLearner.learner_id == Enrolment.learner_id,
        )
        .correlate(ReviewLine, Enrolment)
        .scalar_subquery()
    )


def _earliest(since: Since) -> datetime:
    """An instant no later than the beginning of any of the days, in any time zone."""
    return datetime.combine(min(since.values()), time(), UTC)


def _day_of(at: datetime, viewer: Viewer) -> date:
    return at.astimezone(ZoneInfo(viewer.time_zone)).date()
