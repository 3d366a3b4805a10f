"""What the route map of one learner draws: a plan's road, from where it started to its destination."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from data import reasons, rules
from data.errors import NotFound
from data.known_then import Noted, StepFacts, TargetFacts, row_then, target_then, text_then
from data.models import (
    Attendance,
    Cohort,
    Department,
    Enrolment,
    Lane,
    Learner,
    Milestone,
    Person,
    Plan,
    RoadName,
    Step,
    Target,
    Writes,
)
from data.review_schedule import load_review_rules, plan_rules
from data.route_beside import (
    ASSESSMENT,
    BARRIER,
    BREAK,
    OWN_STOP,
    PHASE,
    REVIEW,
    SUPPORT,
    WAY_ON,
    Beside,
    beside,
    beside_then,
    changes_of,
)
from data.route_parts import OtherPlan as OtherPlan
from data.route_parts import OwnStopOnRoute as OwnStopOnRoute
from data.route_parts import RouteAssessment as RouteAssessment
from data.route_parts import RouteBarrier as RouteBarrier
from data.route_parts import RouteLane as RouteLane
from data.route_parts import RoutePhase as RoutePhase
from data.route_parts import RouteReview as RouteReview
from data.route_parts import RouteStep as RouteStep
from data.route_parts import RouteSupport as RouteSupport
from data.route_parts import RouteTarget as RouteTarget
from data.route_parts import WayOn as WayOn
from data.scope import (
    Viewer,
    cohorts_seen_by,
    departments_seen_by,
    enrolments_seen_by,
    enrolments_written_by,
)
from data.statements import built_once
from data.tutoring import tutor_of

ATTENDANCE_WEEKS = 6
CLOSED = (rules.TargetState.ACHIEVED, rules.TargetState.NOT_ACHIEVED, rules.TargetState.WITHDRAWN)

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RouteMap:
    """One learner's plan. `plan_id` is None where no plan has been written, `cohort_id` and `department_id`
    where the viewer can't open their pages; `may_write` says whether the viewer may change targets,
    `may_write_own` whether they may add the learner's own stops.

    `as_at` is the day as of which it was asked for, None today; `today` is that day then, and nothing can be
    written. `reviewed_on` holds the days of all reviews held up to now.
    """

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
    assessments: tuple[RouteAssessment, ...] = ()
    ways_on: tuple[WayOn, ...] = ()
    next_plan: OtherPlan | None = None
    own_stops: tuple[OwnStopOnRoute, ...] = ()
    may_write_own: bool = False
    as_at: date | None = None
    reviewed_on: tuple[date, ...] = ()

    @property
    def phase(self) -> RoutePhase | None:
        """The phase that today lies in."""
        return next((p for p in self.phases if p.starts_on <= self.today <= p.ends_on), None)

    @property
    def next(self) -> RouteTarget | None:
        """The target to work on next: the open one that is due first; what was due before the learner joined
        comes after the others."""
        still_open = [target for target in self.targets if target.state not in CLOSED]
        return min(still_open, key=self._was_due_before_joining, default=None)

    def _was_due_before_joining(self, target: RouteTarget) -> bool:
        return target.due_on is not None and target.due_on < self.starts_on

    def counts(self) -> list[tuple[rules.TargetState, int]]:
        """How many targets are in each state, in the order of the rule; proposed ones aren't counted."""
        counted = Counter(target.state for target in self.targets)
        return [(state, counted[state]) for state in rules.TargetState if counted[state]]


def read(
    session: Session,
    viewer: Viewer,
    learner_id: int,
    plan_id: int | None = None,
    as_at: date | None = None,
) -> RouteMap:
    """The learner's plan of that id, else the current one: four queries, whatever its size.

    `as_at` gives it as it was known at the end of that day, from one query more; as it is today where that
    day isn't between the start of learning and yesterday. Who sees what is decided as of today all the same.
    Raises NotFound where the viewer sees no such learner, or the learner has no such plan.
    """
    day = as_at or viewer.today
    enrolments = session.execute(
        _enrolments(viewer),
        {
            "learner_id": learner_id,
            "week_from": rules.monday_of(day) - timedelta(weeks=ATTENDANCE_WEEKS - 1),
            "week_until": day,
        },
    ).all()
    chosen = _chosen(enrolments, plan_id, viewer.today)
    if as_at is not None and (chosen.plan_id is None or not chosen.starts_on <= as_at < viewer.today):
        return read(session, viewer, learner_id, plan_id)
    found = beside(session, viewer, chosen.id, day)
    reviewed_on = tuple(row.from_on for row in found[REVIEW] if row.from_on is not None)
    changes: dict[int | None, list[Noted]] = {}
    if as_at is not None:
        changes = changes_of(session, viewer, chosen.id)
        found = beside_then(found, changes.get(None, []), as_at, viewer.time_zone)
    judged = _Judged.of(viewer, chosen, found, day)
    lanes, targets = _lanes_and_targets(session, viewer, chosen.id, judged, changes)
    clock = _review_clock(session, viewer, chosen, judged.dates, found)
    next_on = chosen.next_review_on if as_at is None else clock.next_due(day)
    next_review = rules.review_state(
        next_on,
        judged.clock_day,
        required=not judged.dates.ended(judged.clock_day),
        paused=judged.dates.paused(judged.clock_day),
        soon_days=viewer.soon.reviews,
    )
    of_plan = changes.get(None, [])
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
        paused=judged.dates.paused(judged.clock_day),
        today=day,
        clock_day=judged.clock_day,
        starting_point=text_then(
            chosen.starting_point or "", f"plan {chosen.id} starting_point", of_plan, day
        ),
        destination=text_then(chosen.destination or "", f"plan {chosen.id} destination", of_plan, day),
        next_review_on=next_on,
        next_review_state=next_review,
        why_next_review=reasons.why_next_review(clock, date.max),
        attendance=rules.Share(chosen.attended or 0, chosen.possible or 0),
        may_write=bool(chosen.may_write) and as_at is None,
        others=tuple(_other(row) for row in enrolments if row.id != chosen.id),
        lanes=lanes,
        phases=tuple(_phases(found)),
        targets=tuple(target for target in targets if target.state is not None),
        proposed=tuple(target for target in targets if target.state is None),
        reviews=_reviews(found[REVIEW], next_on, next_review),
        supports=tuple(
            RouteSupport(
                row.lane_id, row.name, row.detail, row.more, row.of, row.number, row.from_on, row.until_on
            )
            for row in found[SUPPORT]
            if row.from_on is not None
        ),
        barriers=tuple(
            RouteBarrier(row.lane_id, row.name, row.from_on, row.until_on, row.detail)
            for row in found[BARRIER]
            if row.from_on is not None
        ),
        assessments=tuple(
            RouteAssessment(row.id, row.name, row.detail, row.from_on)
            for row in found[ASSESSMENT]
            if row.from_on is not None
        ),
        ways_on=_ways_on(found),
        next_plan=next((_other(row) for row in enrolments if row.continues_id == chosen.id), None),
        own_stops=tuple(
            OwnStopOnRoute(row.id, row.lane_id, row.name, row.from_on, row.until_on, row.number)
            for row in found[OWN_STOP]
            if row.from_on is not None and row.lane_id is not None
        ),
        may_write_own=as_at is None and _may_write_own(chosen),
        as_at=as_at,
        reviewed_on=reviewed_on,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the states of a plan's targets and reviews are judged by, on one day."""

    dates: rules.EnrolmentDates
    day: date
    clock_day: date

    @classmethod
    def of(cls, viewer: Viewer, chosen: AnyRow, found: dict[str, list[Beside]], day: date) -> _Judged:
        breaks = (rules.Span(row.from_on, row.until_on) for row in found[BREAK] if row.from_on is not None)
        dates = rules.EnrolmentDates(chosen.starts_on, chosen.ended_on, tuple(breaks))
        return cls(dates, day, rules.clock_day(day, viewer.closures))


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
            enrolments_written_by(viewer, Writes.OWN_NOTES).label("may_write_notes"),
            Learner.person_id,
            tutor.name.label("tutor"),
            Plan.id.label("plan_id"),
            Plan.continues_id,
            Plan.starting_point,
            Plan.destination,
            Plan.own_rule_unit,
            Plan.own_rule_amount,
            Plan.own_rule_from_on,
            _attendance(Attendance.attended).label("attended"),
            _attendance(Attendance.possible).label("possible"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .outerjoin(tutor, tutor.id == tutor_of(viewer.today))
        .outerjoin(Plan, Plan.id == Enrolment.id)
        .where(Enrolment.learner_id == bindparam("learner_id"), enrolments_seen_by(viewer))
        .order_by(Enrolment.starts_on.desc(), Enrolment.id.desc())
    )


def _attendance(column: InstrumentedAttribute[int]) -> Any:
    """The sum of a column of attendance over the weeks asked for."""
    return (
        select(func.sum(column))
        .where(
            Attendance.enrolment_id == Enrolment.id,
            Attendance.week_on >= bindparam("week_from", type_=Date),
            Attendance.week_on <= bindparam("week_until", type_=Date),
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


# --- what stands beside the targets --------------------------------------------------------------------


def _may_write_own(chosen: AnyRow) -> bool:
    """As `own_words.may_write_own_words`."""
    return bool(chosen.may_write_notes or (chosen.may_write and chosen.person_id is None))


def _other(row: AnyRow) -> OtherPlan:
    return OtherPlan(row.id, f"{row.cohort_title} ({row.cohort_code})", row.starts_on)


def _phases(found: dict[str, list[Beside]]) -> Iterable[RoutePhase]:
    for row in found[PHASE]:
        if row.from_on is not None and row.until_on is not None:
            yield RoutePhase(row.name, row.from_on, row.until_on)


def _ways_on(found: dict[str, list[Beside]]) -> tuple[WayOn, ...]:
    ways = (WayOn(row.id, row.detail, row.name, row.more, bool(row.number)) for row in found[WAY_ON])
    return tuple(sorted(ways, key=lambda way: (not way.first_choice, way.id)))


def _reviews(
    held: Iterable[Beside], next_on: date | None, next_state: rules.ReviewState
) -> tuple[RouteReview, ...]:
    reviews = [
        RouteReview(row.id, row.name, row.from_on, rules.ReviewState.DONE)
        for row in held
        if row.from_on is not None
    ]
    if next_on is not None and next_state not in (rules.ReviewState.NOT_REQUIRED, rules.ReviewState.PAUSED):
        reviews.append(RouteReview(None, "Next review", next_on, next_state))
    return tuple(reviews)


def _review_clock(
    session: Session,
    viewer: Viewer,
    chosen: AnyRow,
    dates: rules.EnrolmentDates,
    found: dict[str, list[Beside]],
) -> rules.ReviewClock:
    college_rules = load_review_rules(session, viewer.organisation_id)
    return rules.ReviewClock(
        enrolment=dates,
        held_on=tuple(row.from_on for row in found[REVIEW] if row.number and row.from_on is not None),
        rules=plan_rules(
            college_rules, chosen.own_rule_unit, chosen.own_rule_amount, chosen.own_rule_from_on
        ),
        closures=viewer.closures,
        transitions=tuple(row.until_on for row in found[PHASE] if row.number and row.until_on is not None),
    )


# --- lanes, targets, steps ------------------------------------------------------------------------------


def _lanes_and_targets(
    session: Session,
    viewer: Viewer,
    plan_id: int,
    judged: _Judged,
    changes: dict[int | None, list[Noted]],
) -> tuple[tuple[RouteLane, ...], list[RouteTarget]]:
    """Every lane of the organisation in order, and the plan's targets by due date, undated ones last; with
    changes, those that were there on the day, as they were known then."""
    asked = {"organisation_id": viewer.organisation_id, "plan_id": plan_id}
    rows = session.execute(_lanes_with_targets(), asked).all()
    steps: dict[int, list[StepFacts]] = defaultdict(list)
    for row in rows:
        if row.step_id is not None:
            steps[row.id].append(
                StepFacts(row.step_id, row.text, row.step_due_on, row.done_on, row.step_version)
            )
    lanes = {row.lane_id: _lane(row, changes.get(None, []), judged.day) for row in rows}
    targets = []
    for row in {row.id: row for row in rows if row.id is not None}.values():
        facts: TargetFacts | None = _facts(row, tuple(steps[row.id]))
        if facts is not None and judged.day < viewer.today:
            facts = target_then(facts, changes.get(row.id, []), judged.day)
        if facts is not None:
            targets.append(_target(row, facts, judged, viewer.soon.targets))
    return tuple(lanes.values()), sorted(
        targets, key=lambda t: (t.due_on is None, t.due_on or date.max, t.id)
    )


def _lane(row: AnyRow, changes: list[Noted], day: date) -> RouteLane:
    lane = RouteLane(row.lane_id, row.label, row.road_name or "", row.name_version or 0)
    known = row_then(lane, f"road_name {row.name_id}", {"name": "own_name"}, changes, day)
    return known or RouteLane(row.lane_id, row.label)


def _facts(row: AnyRow, steps: tuple[StepFacts, ...]) -> TargetFacts:
    return TargetFacts(
        row.title,
        row.status,
        row.due_on,
        row.first_due_on,
        row.moves,
        row.achieved_on,
        row.closed_on,
        row.how_met,
        row.created_on,
        steps,
    )


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
            Target.how_met,
            Target.created_on,
            RoadName.id.label("name_id"),
            RoadName.name.label("road_name"),
            RoadName.version.label("name_version"),
            Step.id.label("step_id"),
            Step.text,
            Step.due_on.label("step_due_on"),
            Step.done_on,
            Step.version.label("step_version"),
        )
        .select_from(Lane)
        .outerjoin(RoadName, and_(RoadName.lane_id == Lane.id, RoadName.plan_id == bindparam("plan_id")))
        .outerjoin(Target, and_(Target.lane_id == Lane.id, Target.plan_id == bindparam("plan_id")))
        .outerjoin(Milestone, Milestone.id == Target.milestone_id)
        .outerjoin(Step, Step.target_id == Target.id)
        .where(Lane.organisation_id == bindparam("organisation_id"))
        .order_by(Lane.position, Target.id, Step.position)
    )


def _target(row: AnyRow, facts: TargetFacts, judged: _Judged, soon_days: int) -> RouteTarget:
    state = rules.target_state(
        facts.status,
        facts.due_on,
        judged.clock_day,
        joined_on=judged.dates.starts_on,
        ended=judged.dates.ended(judged.clock_day),
        paused=judged.dates.paused(judged.clock_day),
        soon_days=soon_days,
    )
    late = state == rules.TargetState.OVERDUE and facts.due_on is not None
    return RouteTarget(
        id=row.id,
        lane_id=row.lane_id,
        title=facts.title,
        short_title=row.short_title,
        state=state,
        due_on=facts.due_on,
        first_due_on=facts.first_due_on,
        moves=facts.moves,
        achieved_on=facts.achieved_on,
        closed_on=facts.closed_on,
        days_late=rules.days_late(facts.due_on, judged.clock_day) if late and facts.due_on else 0,
        stretch=row.stretch,
        steps=tuple(RouteStep(s.id, s.text, s.due_on, s.done_on, s.version) for s in facts.steps),
        how_met=facts.how_met if state == rules.TargetState.ACHIEVED else "",
    )
