"""The targets of a plan with all that belongs to them, as the learner's copy of the plan has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from data import evidence, negotiations, stuck, target_criteria, target_links
from data.evidence import EvidenceLine
from data.history import author
from data.models import Change, Enrolment, IdeaOf, Lane, Person, Phase, Priority, Step, Target
from data.negotiations import MoveLine, Talks
from data.rules import TargetState
from data.scope import Viewer, enrolments_seen_by
from data.state_sql import target_state
from data.stuck import StuckLine
from data.target_criteria import CriterionLine
from data.target_detail import criteria_in
from data.target_links import LinkLine


@dataclass(frozen=True, slots=True)
class CopiedStep:
    text: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A move of a due date: from which day to which, by whom, and why."""

    at: datetime
    by: str
    old: str | None
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CopiedTarget:
    """A target with all that was written in it; `state` is None while it is proposed. `moved` are the moves
    of its date, oldest first."""

    id: int
    lane: str
    phase: str | None
    title: str
    criteria: tuple[CriterionLine, ...]
    resources: str
    where_and_how: str
    support_and_guidance: str
    priority: Priority
    idea_of: IdeaOf | None
    state: TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    achieved_on: date | None
    how_met: str
    note: str
    steps: tuple[CopiedStep, ...]
    evidence: tuple[EvidenceLine, ...]
    serves: tuple[LinkLine, ...]
    talks: tuple[MoveLine, ...]
    stuck: tuple[StuckLine, ...]
    moved: tuple[MovedDate, ...]


def targets_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[CopiedTarget, ...]:
    """The plan's targets in eight queries, by lane and date; none where the viewer doesn't see it."""
    rows = session.execute(
        select(
            Target,
            Lane.label.label("lane"),
            Phase.name.label("phase"),
            target_state(viewer.clock_day, viewer.soon.targets).label("state"),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Lane, Lane.id == Target.lane_id)
        .outerjoin(Phase, Phase.id == Target.phase_id)
        .where(Target.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Lane.position, Target.due_on.is_(None), Target.due_on, Target.id)
    ).all()
    beside = _Beside.read(session, viewer, plan_id, [row.Target for row in rows])
    return tuple(_target(row, beside) for row in rows)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What belongs to the targets of a plan, by the target's id."""

    criteria: dict[int, tuple[CriterionLine, ...]]
    steps: dict[int, list[CopiedStep]]
    evidence: dict[int, tuple[EvidenceLine, ...]]
    serves: dict[int, tuple[LinkLine, ...]]
    talks: dict[int, Talks]
    stuck: dict[int, list[StuckLine]]
    moved: dict[int, list[MovedDate]]

    @classmethod
    def read(cls, session: Session, viewer: Viewer, plan_id: int, targets: Iterable[Target]) -> _Beside:
        criteria = {target.id: criteria_in(target.criteria) for target in targets}
        ids = list(criteria)
        waiting: dict[int, list[StuckLine]] = defaultdict(list)
        for one in stuck.of_plan(session, viewer, plan_id):
            waiting[one.target_id].append(one)
        return cls(
            target_criteria.lines_of_targets(session, criteria),
            _steps(session, ids),
            evidence.lines_of_targets(session, ids, viewer.time_zone),
            target_links.lines_of_targets(session, viewer, ids),
            negotiations.talks_of_targets(session, ids, viewer.time_zone),
            waiting,
            _moved(session, viewer, ids),
        )


def _steps(session: Session, target_ids: list[int]) -> dict[int, list[CopiedStep]]:
    found: dict[int, list[CopiedStep]] = defaultdict(list)
    for step in session.scalars(
        select(Step).where(Step.target_id.in_(target_ids)).order_by(Step.target_id, Step.position)
    ):
        found[step.target_id].append(CopiedStep(step.text, step.due_on, step.done_on))
    return found


def _moved(session: Session, viewer: Viewer, target_ids: list[int]) -> dict[int, list[MovedDate]]:
    """The dates that were changed once they were set."""
    here = ZoneInfo(viewer.time_zone)
    found: dict[int, list[MovedDate]] = defaultdict(list)
    for change, name in session.execute(
        select(Change, Person.name)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(Change.target_id.in_(target_ids), Change.field == "due_on", Change.old.is_not(None))
        .order_by(Change.at, Change.id)
    ):
        by = author(name, change.origin)
        moved = MovedDate(change.at.astimezone(here), by, change.old, change.new, change.reason)
        found[change.target_id or 0].append(moved)
    return found


def _target(row: Row[*tuple[Any, ...]], beside: _Beside) -> CopiedTarget:
    target: Target = row.Target
    talks = beside.talks.get(target.id, Talks())
    return CopiedTarget(
        id=target.id,
        lane=row.lane,
        phase=row.phase,
        title=target.title,
        criteria=beside.criteria[target.id],
        resources=target.resources,
        where_and_how=target.where_and_how,
        support_and_guidance=target.support_and_guidance,
        priority=Priority(target.priority),
        idea_of=IdeaOf(target.idea_of) if target.idea_of else None,
        state=TargetState(row.state) if row.state else None,
        due_on=target.due_on,
        first_due_on=target.first_due_on,
        moves=target.moves,
        achieved_on=target.achieved_on,
        how_met=target.how_met,
        note=target.note,
        steps=tuple(beside.steps[target.id]),
        evidence=beside.evidence.get(target.id, ()),
        serves=beside.serves.get(target.id, ()),
        talks=talks.moves,
        stuck=tuple(beside.stuck[target.id]),
        moved=tuple(beside.moved[target.id]),
    )
