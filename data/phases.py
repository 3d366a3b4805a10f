"""The phases of a plan: where it stands, what each transition asks for, and the transition plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from data import rules
from data.models import (
    Aspect,
    BreakInLearning,
    BridgeAction,
    Person,
    Phase,
    Preparedness,
    Readiness,
    Review,
    ReviewKind,
    Target,
    TransitionItem,
    TransitionKind,
    TransitionStatus,
)
from data.phase_sets import SetOfPhases, phase_sets
from data.plan_head import PlanHead, head_of_learner
from data.rules import ReviewState
from data.scope import Viewer

AnyRow = Row[Any]

TRANSITION_KINDS = ("transition", "exit")
"""Kinds of review that are about moving on, whenever they are held."""
CLOSED_ITEMS = (TransitionStatus.DONE, TransitionStatus.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to get ready for the next phase."""

    id: int
    aspect: Aspect
    what: str
    by_whom: str
    due_on: date | None
    done_on: date | None
    late: bool
    version: int


@dataclass(frozen=True, slots=True)
class Judged:
    """How prepared the learner is: one readiness an aspect, None where nobody has judged it yet."""

    readiness: tuple[tuple[Aspect, Readiness | None], ...]
    reason: str
    judged_on: date | None
    by: str
    own_view: str
    version: int

    @property
    def weak(self) -> tuple[Aspect, ...]:
        """The aspects in which the learner isn't ready yet."""
        return tuple(aspect for aspect, found in self.readiness if found and found != Readiness.READY)


NOT_JUDGED = Judged(tuple((aspect, None) for aspect in Aspect), "", None, "", "", 0)


@dataclass(frozen=True, slots=True)
class Transition:
    """The end of a phase: what it leads `to` (empty at the end of the plan), and what it asks for.

    `review` is NOT_REQUIRED where the phase demands none. `unbridged` are the weak aspects for which
    nothing to do is written down.
    """

    on: date
    to: str
    review: ReviewState
    review_held_on: date | None
    judged: Judged
    actions: tuple[Action, ...]

    @property
    def unbridged(self) -> tuple[Aspect, ...]:
        bridged = {action.aspect for action in self.actions}
        return tuple(aspect for aspect in self.judged.weak if aspect not in bridged)


@dataclass(frozen=True, slots=True)
class PhaseOfPlan:
    """A phase with how many of its targets are achieved of those that count."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    demands_review: bool
    asks_preparedness: bool
    version: int
    targets: rules.Share
    transition: Transition


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the transition plan. `late`: its deadline has passed and it isn't done."""

    id: int
    kind: TransitionKind
    what: str
    where_to: str
    due_on: date | None
    status: TransitionStatus
    outcome: str
    note: str
    late: bool
    version: int


@dataclass(frozen=True, slots=True)
class PhasesPage:
    """All phases of one plan. `position` is that of the phase that today lies in: -1 before the first,
    the number of phases after the last."""

    head: PlanHead
    today: date
    phases: tuple[PhaseOfPlan, ...]
    position: int
    items: tuple[Item, ...]
    sets: tuple[SetOfPhases, ...]

    @property
    def current(self) -> PhaseOfPlan | None:
        return self.phases[self.position] if 0 <= self.position < len(self.phases) else None

    @property
    def coming(self) -> PhaseOfPlan | None:
        """The phase whose end is the next transition: the current one, before the first the first."""
        return self.phases[0] if self.position < 0 and self.phases else self.current

    @property
    def missing(self) -> tuple[TransitionKind, ...]:
        """What a transition plan usually has and this one hasn't."""
        there = {item.kind for item in self.items}
        return tuple(kind for kind in TransitionKind if kind not in there and kind != TransitionKind.OTHER)


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> PhasesPage:
    """The phases of the plan asked for, else of the current one, in a fixed number of queries; NotFound
    where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    rows = session.scalars(select(Phase).where(Phase.plan_id == head.id).order_by(Phase.position)).all()
    ends = [row.ends_on for row in rows]
    judged = _judged(session, head.id)
    actions = _actions(session, viewer, head.id)
    stopped = _Stopped(head, viewer, _breaks(session, head.id))
    held = _reviews_of_ends(session, head.id, ends)
    shares = _shares(session, head.id)
    names = [row.name for row in rows]
    phases = tuple(
        PhaseOfPlan(
            id=row.id,
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            demands_review=row.demands_review,
            asks_preparedness=row.asks_preparedness,
            version=row.version,
            targets=shares.get(row.id, rules.Share(0, 0)),
            transition=Transition(
                on=row.ends_on,
                to=names[at + 1] if at + 1 < len(names) else "",
                review=stopped.review_state(row, held[at]),
                review_held_on=held[at],
                judged=judged.get(row.id, NOT_JUDGED),
                actions=tuple(actions.get(row.id, ())),
            ),
        )
        for at, row in enumerate(rows)
    )
    return PhasesPage(
        head=head,
        today=viewer.today,
        phases=phases,
        position=_position(rows, viewer.today),
        items=_items(session, viewer, head.id),
        sets=tuple(phase_sets(session, viewer)),
    )


def _position(phases: Sequence[Phase], today: date) -> int:
    return sum(phase.starts_on <= today for phase in phases) - 1 + bool(phases and phases[-1].ends_on < today)


@dataclass(frozen=True, slots=True)
class _Stopped:
    """Judges whether a transition's review is due, with the clock stopped by breaks and by leaving."""

    head: PlanHead
    viewer: Viewer
    breaks: Sequence[rules.Span]

    def review_state(self, phase: Phase, held_on: date | None) -> ReviewState:
        due_on = phase.ends_on
        for away in self.breaks:
            due_on = rules.moved_by_break(due_on, away)
        left = self.head.ended_on is not None and self.head.ended_on < phase.ends_on
        return rules.review_state(
            due_on,
            self.viewer.clock_day,
            held=held_on is not None,
            required=phase.demands_review and not left,
            paused=any(away.holds(self.viewer.clock_day) for away in self.breaks),
            soon_days=self.viewer.soon.reviews,
        )


def _breaks(session: Session, plan_id: int) -> list[rules.Span]:
    rows = session.execute(
        select(BreakInLearning.from_on, BreakInLearning.back_on)
        .where(BreakInLearning.enrolment_id == plan_id)
        .order_by(BreakInLearning.from_on)
    )
    return [rules.Span(from_on, back_on) for from_on, back_on in rows]


def _reviews_of_ends(session: Session, plan_id: int, ends: Sequence[date]) -> list[date | None]:
    """The day of the review that belongs to each end of a phase, None where there was none."""
    rows = session.execute(
        select(Review.held_on, ReviewKind.key, ReviewKind.counts)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .where(Review.plan_id == plan_id)
        .order_by(Review.held_on)
    ).all()
    found: list[date | None] = [None] * len(ends)
    for held_on, kind, counts in rows:
        moving_on = kind in TRANSITION_KINDS
        at = review_belongs_to(ends, held_on, about_moving_on=moving_on)
        if at is not None and (moving_on or (counts and found[at] is None)):
            found[at] = held_on
    return found


def review_belongs_to(ends: Sequence[date], held_on: date, *, about_moving_on: bool) -> int | None:
    """Which end of a phase a review is for, by its position: a transition or exit review for the nearest
    end (the earlier of two), any other for the last end that lies behind it or within a fortnight."""
    if about_moving_on:
        return min(range(len(ends)), key=lambda at: abs(ends[at] - held_on), default=None)
    shortly = timedelta(days=rules.TRANSITION_REVIEW_DAYS)
    reached = sum(end - shortly <= held_on for end in ends)
    return reached - 1 if reached else None


def _judged(session: Session, plan_id: int) -> dict[int, Judged]:
    rows = session.execute(
        select(Preparedness, Person.name)
        .outerjoin(Person, Person.id == Preparedness.by_id)
        .where(Preparedness.plan_id == plan_id)
    )
    return {row.phase_id: _as_judged(row, name or "") for row, name in rows}


def _as_judged(row: Preparedness, by: str) -> Judged:
    found = {aspect: getattr(row, aspect.value) for aspect in Aspect}
    return Judged(
        readiness=tuple((aspect, Readiness(value) if value else None) for aspect, value in found.items()),
        reason=row.reason,
        judged_on=row.judged_on,
        by=by,
        own_view=row.own_view,
        version=row.version,
    )


def _actions(session: Session, viewer: Viewer, plan_id: int) -> dict[int, list[Action]]:
    rows = session.scalars(
        select(BridgeAction)
        .where(BridgeAction.plan_id == plan_id)
        .order_by(BridgeAction.done_on.is_not(None), BridgeAction.due_on, BridgeAction.id)
    )
    found: dict[int, list[Action]] = defaultdict(list)
    for row in rows:
        late = row.done_on is None and row.due_on is not None and row.due_on < viewer.clock_day
        found[row.phase_id].append(
            Action(
                row.id, Aspect(row.aspect), row.what, row.by_whom, row.due_on, row.done_on, late, row.version
            )
        )
    return found


def _shares(session: Session, plan_id: int) -> dict[int, rules.Share]:
    """Of each phase its achieved targets out of those that count: neither proposed nor withdrawn."""
    counted: dict[int, list[bool]] = defaultdict(list)
    for phase_id, status in session.execute(
        select(Target.phase_id, Target.status).where(
            Target.plan_id == plan_id,
            Target.status.not_in([rules.TargetStatus.PROPOSED, rules.TargetStatus.WITHDRAWN]),
        )
    ):
        if phase_id is not None:
            counted[phase_id].append(status == rules.TargetStatus.ACHIEVED)
    return {phase_id: rules.Share(sum(achieved), len(achieved)) for phase_id, achieved in counted.items()}


def _items(session: Session, viewer: Viewer, plan_id: int) -> tuple[Item, ...]:
    rows = session.scalars(
        select(TransitionItem)
        .where(TransitionItem.plan_id == plan_id)
        .order_by(TransitionItem.status.in_(CLOSED_ITEMS), TransitionItem.due_on.is_(None))
        .order_by(TransitionItem.due_on, TransitionItem.id)
    )
    return tuple(
        Item(
            id=row.id,
            kind=TransitionKind(row.kind),
            what=row.what,
            where_to=row.where_to,
            due_on=row.due_on,
            status=TransitionStatus(row.status),
            outcome=row.outcome,
            note=row.note,
            late=row.status not in CLOSED_ITEMS and row.due_on is not None and row.due_on < viewer.clock_day,
            version=row.version,
        )
        for row in rows
    )
