"""What the route map of one learner draws: a plan's road, from where it started to its destination."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from data import reasons, rules
from data.errors import NotFound
from data.models import (
    Attendance,
    Barrier,
    BreakInLearning,
    Cohort,
    Department,
    Enrolment,
    Lane,
    Learner,
    Milestone,
    Person,
    Phase,
    Plan,
    Review,
    ReviewKind,
    Step,
    Support,
    Target,
    Writes,
)
from data.review_schedule import load_review_rules, plan_rules
from data.scope import (
    Viewer,
    cohorts_seen_by,
    confidential_rows_read_by,
    departments_seen_by,
    enrolments_seen_by,
    enrolments_written_by,
)
from data.statements import built_once

ATTENDANCE_WEEKS = 6
CLOSED = (rules.TargetState.ACHIEVED, rules.TargetState.NOT_ACHIEVED, rules.TargetState.WITHDRAWN)

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RouteStep:
    id: int
    text: str
    due_on: date | None
    done_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class RouteTarget:
    """A target on the road. `state` is None while it is proposed; `short_title` is its milestone's."""

    id: int
    lane_id: int
    title: str
    short_title: str | None
    state: rules.TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    achieved_on: date | None
    closed_on: date | None
    days_late: int
    stretch: bool
    steps: tuple[RouteStep, ...] = ()

    @property
    def steps_done(self) -> int:
        return sum(step.done_on is not None for step in self.steps)

    @property
    def next_step(self) -> RouteStep | None:
        return next((step for step in self.steps if step.done_on is None), None)


@dataclass(frozen=True, slots=True)
class RouteLane:
    id: int
    label: str


@dataclass(frozen=True, slots=True)
class RoutePhase:
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class RouteReview:
    """A review on the axis; `id` is None for the next one, which is due and not yet held."""

    id: int | None
    kind: str
    on: date
    state: rules.ReviewState


@dataclass(frozen=True, slots=True)
class RouteSupport:
    lane_id: int | None
    what: str
    by_whom: str
    how_often: str
    sessions_planned: int
    sessions_delivered: int
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class RouteBarrier:
    lane_id: int | None
    what: str
    from_on: date
    passed_on: date | None
    how_passed: str


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """Another enrolment of the learner that the viewer may see."""

    id: int
    cohort: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class RouteMap:
    """One learner's plan. `plan_id` is None where no plan has been written, `cohort_id` and `department_id`
    where the viewer can't open their pages; `may_write` says whether the viewer may change targets."""

    learner_id: int
    learner: str
    enrolment_id: int
    plan_id: int | None
    cohort_id: int | None
    cohort: str
    department_id: int | None
    department: str
    tutor: str | None
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    paused: bool
    today: date
    clock_day: date
    starting_point: str
    destination: str
    next_review_on: date | None
    next_review_state: rules.ReviewState
    why_next_review: str
    attendance: rules.Share
    may_write: bool
    others: tuple[OtherPlan, ...] = ()
    lanes: tuple[RouteLane, ...] = ()
    phases: tuple[RoutePhase, ...] = ()
    targets: tuple[RouteTarget, ...] = ()
    proposed: tuple[RouteTarget, ...] = ()
    reviews: tuple[RouteReview, ...] = ()
    supports: tuple[RouteSupport, ...] = ()
    barriers: tuple[RouteBarrier, ...] = ()

    @property
    def phase(self) -> RoutePhase | None:
        """The phase that today lies in."""
        return next((p for p in self.phases if p.starts_on <= self.today <= p.ends_on), None)

    @property
    def next(self) -> RouteTarget | None:
        """The target to work on next: the open one that is due first."""
        return next((target for target in self.targets if target.state not in CLOSED), None)

    def counts(self) -> list[tuple[rules.TargetState, int]]:
        """How many targets are in each state, in the order of the rule; proposed ones aren't counted."""
        counted = Counter(target.state for target in self.targets)
        return [(state, counted[state]) for state in rules.TargetState if counted[state]]


def read(
    session: Session,
    viewer: Viewer,
    learner_id: int,
    plan_id: int | None = None,
) -> RouteMap:
    """The learner's plan of that id, else the current one: four queries, whatever its size.

    Raises NotFound where the viewer sees no such learner, or the learner has no such plan.
    """
    enrolments = session.execute(_enrolments(viewer), {"learner_id": learner_id}).all()
    chosen = _chosen(enrolments, plan_id, viewer.today)
    happened = _happened(session, viewer, chosen.id)
    dates = rules.EnrolmentDates(
        chosen.starts_on,
        chosen.ended_on,
        tuple(rules.Span(row.from_on, row.until_on) for row in happened["break"]),
    )
    lanes, targets = _lanes_and_targets(session, viewer, chosen.id, dates, viewer.soon.targets)
    next_review = _next_review(chosen, dates, viewer.clock_day, viewer.soon.reviews)
    return RouteMap(
        learner_id=learner_id,
        learner=f"{chosen.given_name} {chosen.family_name}",
        enrolment_id=chosen.id,
        plan_id=chosen.plan_id,
        cohort_id=chosen.cohort_id if chosen.sees_cohort else None,
        cohort=f"{chosen.cohort_title} ({chosen.cohort_code})",
        department_id=chosen.department_id if chosen.sees_department else None,
        department=chosen.department,
        tutor=chosen.tutor,
        starts_on=chosen.starts_on,
        ends_on=chosen.planned_end_on,
        ended_on=chosen.ended_on,
        paused=dates.paused(viewer.clock_day),
        today=viewer.today,
        clock_day=viewer.clock_day,
        starting_point=chosen.starting_point or "",
        destination=chosen.destination or "",
        next_review_on=chosen.next_review_on,
        next_review_state=next_review,
        why_next_review=_why_next_review(session, viewer, chosen, dates, happened),
        attendance=rules.Share(chosen.attended or 0, chosen.possible or 0),
        may_write=bool(chosen.may_write),
        others=tuple(
            OtherPlan(row.id, f"{row.cohort_title} ({row.cohort_code})", row.starts_on)
            for row in enrolments
            if row.id != chosen.id
        ),
        lanes=lanes,
        phases=tuple(RoutePhase(row.name, row.from_on, row.until_on) for row in happened["phase"]),
        targets=tuple(target for target in targets if target.state is not None),
        proposed=tuple(target for target in targets if target.state is None),
        reviews=_reviews(happened["review"], chosen.next_review_on, next_review),
        supports=tuple(
            RouteSupport(
                row.lane_id, row.name, row.detail, row.more, row.of, row.number, row.from_on, row.until_on
            )
            for row in happened["support"]
        ),
        barriers=tuple(
            RouteBarrier(row.lane_id, row.name, row.from_on, row.until_on, row.detail)
            for row in happened["barrier"]
        ),
    )


# --- the enrolment --------------------------------------------------------------------------------------


@built_once
def _enrolments(viewer: Viewer) -> AnySelect:
    """The learner's enrolments that the viewer sees, newest first, each with its plan if there is one."""
    tutor = aliased(Person)
    return (
        select(
            Enrolment.id,
            Enrolment.starts_on,
            Enrolment.planned_end_on,
            Enrolment.ended_on,
            Enrolment.last_review_on,
            Enrolment.next_review_on,
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code.label("cohort_code"),
            Cohort.title.label("cohort_title"),
            Department.id.label("department_id"),
            Department.name.label("department"),
            cohorts_seen_by(viewer).label("sees_cohort"),
            departments_seen_by(viewer).label("sees_department"),
            enrolments_written_by(viewer, Writes.PLANS).label("may_write"),
            tutor.name.label("tutor"),
            Plan.id.label("plan_id"),
            Plan.starting_point,
            Plan.destination,
            Plan.own_rule_unit,
            Plan.own_rule_amount,
            Plan.own_rule_from_on,
            _attendance(Attendance.attended, viewer.today).label("attended"),
            _attendance(Attendance.possible, viewer.today).label("possible"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .outerjoin(tutor, tutor.id == Enrolment.tutor_id)
        .outerjoin(Plan, Plan.id == Enrolment.id)
        .where(Enrolment.learner_id == bindparam("learner_id"), enrolments_seen_by(viewer))
        .order_by(Enrolment.starts_on.desc(), Enrolment.id.desc())
    )


def _attendance(column: InstrumentedAttribute[int], today: date) -> Any:
    """The sum of a column of attendance over the last weeks, the running one included."""
    from_week = rules.monday_of(today) - timedelta(weeks=ATTENDANCE_WEEKS - 1)
    return (
        select(func.sum(column))
        .where(
            Attendance.enrolment_id == Enrolment.id,
            Attendance.week_on >= from_week,
            Attendance.week_on <= today,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )


def _chosen(enrolments: Sequence[AnyRow], plan_id: int | None, today: date) -> AnyRow:
    """The enrolment asked for, else the newest that is running, else the newest that isn't to come."""
    if plan_id is not None:
        asked = [row for row in enrolments if row.id == plan_id]
    else:
        begun = [row for row in enrolments if row.starts_on <= today]
        running = [row for row in begun if row.ended_on is None or row.ended_on >= today]
        asked = running or begun or list(enrolments)
    if not asked:
        raise NotFound
    return asked[0]


# --- what happened beside the targets -------------------------------------------------------------------


def _happened(session: Session, viewer: Viewer, plan_id: int) -> dict[str, list[AnyRow]]:
    """{"phase", "break", "review", "support", "barrier": rows by date}, in one query.

    Supports and barriers only as far as the viewer may read them.
    """
    found: dict[str, list[AnyRow]] = defaultdict(list)
    for row in session.execute(_happened_in(viewer), {"plan_id": plan_id}):
        found[row.sort].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.from_on, row.id))
    return found


@built_once
def _happened_in(viewer: Viewer) -> CompoundSelect[*tuple[Any, ...]]:
    plan_id: BindParameter[int] = bindparam("plan_id")
    return union_all(
        _rows(
            "phase", Phase.id, Phase.starts_on, Phase.ends_on, name=Phase.name, number=Phase.demands_review
        ).where(Phase.plan_id == plan_id),
        _rows("break", BreakInLearning.id, BreakInLearning.from_on, BreakInLearning.back_on).where(
            BreakInLearning.enrolment_id == plan_id
        ),
        _rows(
            "review",
            Review.id,
            Review.held_on,
            Review.held_on,
            name=ReviewKind.name,
            number=ReviewKind.counts,
        )
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .where(Review.plan_id == plan_id),
        _rows(
            "support",
            Support.id,
            Support.from_on,
            Support.until_on,
            lane_id=Support.lane_id,
            name=Support.what,
            detail=Support.by_whom,
            more=Support.how_often,
            number=Support.sessions_delivered,
            of=Support.sessions_planned,
        )
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(Support.plan_id == plan_id, confidential_rows_read_by(viewer, Support.confidentiality)),
        _rows(
            "barrier",
            Barrier.id,
            Barrier.from_on,
            Barrier.passed_on,
            lane_id=Barrier.lane_id,
            name=Barrier.what,
            detail=Barrier.how_passed,
        )
        .join(Enrolment, Enrolment.id == Barrier.plan_id)
        .where(Barrier.plan_id == plan_id, confidential_rows_read_by(viewer, Barrier.confidentiality)),
    )


def _rows(
    sort: str,
    row_id: InstrumentedAttribute[int],
    from_on: InstrumentedAttribute[date],
    until_on: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
    *,
    lane_id: InstrumentedAttribute[int | None] | None = None,
    name: Any = "",
    detail: Any = "",
    more: Any = "",
    number: Any = 0,
    of: Any = 0,
) -> AnySelect:
    """One part of the union: every part has the same columns of the same types."""
    return select(
        literal(sort).label("sort"),
        row_id.label("id"),
        from_on.label("from_on"),
        until_on.label("until_on"),
        cast(null() if lane_id is None else lane_id, Integer).label("lane_id"),
        cast(name, Text).label("name"),
        cast(detail, Text).label("detail"),
        cast(more, Text).label("more"),
        cast(number, Integer).label("number"),
        cast(of, Integer).label("of"),
    )


def _reviews(
    held: Iterable[AnyRow], next_on: date | None, next_state: rules.ReviewState
) -> tuple[RouteReview, ...]:
    reviews = [RouteReview(row.id, row.name, row.from_on, rules.ReviewState.DONE) for row in held]
    if next_on is not None and next_state not in (rules.ReviewState.NOT_REQUIRED, rules.ReviewState.PAUSED):
        reviews.append(RouteReview(None, "Next review", next_on, next_state))
    return tuple(reviews)


def _next_review(
    chosen: AnyRow, dates: rules.EnrolmentDates, clock_day: date, soon_days: int
) -> rules.ReviewState:
    return rules.review_state(
        chosen.next_review_on,
        clock_day,
        required=not dates.ended(clock_day),
        paused=dates.paused(clock_day),
        soon_days=soon_days,
    )


def _why_next_review(
    session: Session,
    viewer: Viewer,
    chosen: AnyRow,
    dates: rules.EnrolmentDates,
    happened: dict[str, list[AnyRow]],
) -> str:
    college_rules = load_review_rules(session, viewer.organisation_id)
    clock = rules.ReviewClock(
        enrolment=dates,
        held_on=tuple(row.from_on for row in happened["review"] if row.number),
        rules=plan_rules(
            college_rules, chosen.own_rule_unit, chosen.own_rule_amount, chosen.own_rule_from_on
        ),
        closures=viewer.closures,
        transitions=tuple(row.until_on for row in happened["phase"] if row.number),
    )
    return reasons.why_next_review(clock, date.max)


# --- lanes, targets, steps ------------------------------------------------------------------------------


def _lanes_and_targets(
    session: Session, viewer: Viewer, plan_id: int, dates: rules.EnrolmentDates, soon_days: int
) -> tuple[tuple[RouteLane, ...], list[RouteTarget]]:
    """Every lane of the organisation in order, and the plan's targets by due date, undated ones last."""
    asked = {"organisation_id": viewer.organisation_id, "plan_id": plan_id}
    rows = session.execute(_lanes_with_targets(), asked).all()
    steps: dict[int, list[RouteStep]] = defaultdict(list)
    for row in rows:
        if row.step_id is not None:
            steps[row.id].append(
                RouteStep(row.step_id, row.text, row.step_due_on, row.done_on, row.step_version)
            )
    lanes = {row.lane_id: RouteLane(row.lane_id, row.label) for row in rows}
    targets = {
        row.id: _target(row, tuple(steps[row.id]), dates, viewer.clock_day, soon_days)
        for row in rows
        if row.id is not None
    }
    in_order = sorted(targets.values(), key=lambda t: (t.due_on is None, t.due_on or date.max, t.id))
    return tuple(lanes.values()), in_order


@built_once
def _lanes_with_targets() -> AnySelect:
    return (
        select(
            Lane.id.label("lane_id"),
            Lane.label,
            Target.id,
            Target.title,
            Milestone.short_title,
            Target.status,
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Target.achieved_on,
            Target.closed_on,
            Target.stretch,
            Step.id.label("step_id"),
            Step.text,
            Step.due_on.label("step_due_on"),
            Step.done_on,
            Step.version.label("step_version"),
        )
        .select_from(Lane)
        .outerjoin(Target, and_(Target.lane_id == Lane.id, Target.plan_id == bindparam("plan_id")))
        .outerjoin(Milestone, Milestone.id == Target.milestone_id)
        .outerjoin(Step, Step.target_id == Target.id)
        .where(Lane.organisation_id == bindparam("organisation_id"))
        .order_by(Lane.position, Target.id, Step.position)
    )


def _target(
    row: AnyRow, steps: tuple[RouteStep, ...], dates: rules.EnrolmentDates, clock_day: date, soon_days: int
) -> RouteTarget:
    state = rules.target_state(
        row.status,
        row.due_on,
        clock_day,
        joined_on=dates.starts_on,
        ended=dates.ended(clock_day),
        paused=dates.paused(clock_day),
        soon_days=soon_days,
    )
    late = state == rules.TargetState.OVERDUE
    return RouteTarget(
        id=row.id,
        lane_id=row.lane_id,
        title=row.title,
        short_title=row.short_title,
        state=state,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        moves=row.moves,
        achieved_on=row.achieved_on,
        closed_on=row.closed_on,
        days_late=rules.days_late(row.due_on, clock_day) if late else 0,
        stretch=row.stretch,
        steps=steps,
    )
