"""The whole of one plan, as far as the viewer reads it: what a learner takes along, on paper or as files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import (
    agreements,
    balance,
    destination,
    experiences,
    own_route,
    phases,
    reflections,
    starting_point,
    support,
)
from data.agreements import Contract
from data.balance import IndividualBalance
from data.destination import Destination
from data.errors import NotFound
from data.experiences import ExperienceLine
from data.models import Enrolment, Lane, Phase, Step, Target
from data.own_route import OwnRoute
from data.phases import PhasesPage
from data.plan_head import PlanHead, head_of_learner
from data.reflections import Reflections
from data.rules import TargetState
from data.scope import Viewer, enrolments_seen_by
from data.starting_point import StartingPoint
from data.state_sql import target_state
from data.support import SupportPage

HOW_A_PAGE_WORKS = {
    "version",
    "own_version",
    "plan_version",
    "learner_person_id",
    "person_id",
    "choices",
    "levels",
    "sets",
    "lanes",
    "history",
    "own_sheet",
    "tutors_sheet",
    "written",
    "sees_cohort",
    "sees_department",
}
"""What the reads hold for their pages, not of the plan."""


@dataclass(frozen=True, slots=True)
class CopiedStep:
    text: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class CopiedTarget:
    """A target with all that was written in it; `state` is None while it is proposed."""

    id: int
    lane: str
    phase: str | None
    title: str
    criteria: str
    resources: str
    where_and_how: str
    support_and_guidance: str
    state: TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    achieved_on: date | None
    how_met: str
    note: str
    steps: tuple[CopiedStep, ...]


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """A plan as at `today`."""

    head: PlanHead
    college: str
    today: date
    starting_point: StartingPoint
    balance: IndividualBalance
    destination: Destination
    phases: PhasesPage
    targets: tuple[CopiedTarget, ...]
    support: SupportPage
    experiences: tuple[ExperienceLine, ...]
    reflections: Reflections
    contract: Contract
    own_route: OwnRoute


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> PlanCopy:
    """The learner's plan; NotFound where the viewer sees none, or nothing has been written."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    if not head.written:
        raise NotFound
    return PlanCopy(
        head=head,
        college=viewer.organisation_name,
        today=viewer.today,
        starting_point=starting_point.read(session, viewer, learner_id, head.id),
        balance=balance.read(session, viewer, learner_id, head.id),
        destination=destination.read(session, viewer, learner_id, head.id),
        phases=phases.read(session, viewer, learner_id, head.id),
        targets=targets_of(session, viewer, head.id),
        support=support.read(session, viewer, learner_id, head.id),
        experiences=experiences.read(session, viewer, learner_id, head.id).lines,
        reflections=reflections.read(session, viewer, learner_id, head.id),
        contract=agreements.read(session, viewer, learner_id, head.id),
        own_route=own_route.of_plan(session, viewer, head.id),
    )


def targets_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[CopiedTarget, ...]:
    """The plan's targets in two queries, by lane and date; none where the viewer doesn't see it."""
    steps: dict[int, list[CopiedStep]] = defaultdict(list)
    for target_id, text, due_on, done_on in session.execute(
        select(Step.target_id, Step.text, Step.due_on, Step.done_on)
        .join(Target, Target.id == Step.target_id)
        .where(Target.plan_id == plan_id)
        .order_by(Step.target_id, Step.position)
    ):
        steps[target_id].append(CopiedStep(text, due_on, done_on))
    rows = session.execute(
        select(
            Target.id,
            Lane.label,
            Phase.name,
            Target.title,
            Target.criteria,
            Target.resources,
            Target.where_and_how,
            Target.support_and_guidance,
            target_state(viewer.clock_day, viewer.soon.targets).label("state"),
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Target.achieved_on,
            Target.how_met,
            Target.note,
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Lane, Lane.id == Target.lane_id)
        .outerjoin(Phase, Phase.id == Target.phase_id)
        .where(Target.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Lane.position, Target.due_on, Target.id)
    )
    return tuple(_target(row, tuple(steps[row.id])) for row in rows)


def _target(row: Any, steps: tuple[CopiedStep, ...]) -> CopiedTarget:
    return CopiedTarget(
        id=row.id,
        lane=row.label,
        phase=row.name,
        title=row.title,
        criteria=row.criteria,
        resources=row.resources,
        where_and_how=row.where_and_how,
        support_and_guidance=row.support_and_guidance,
        state=TargetState(row.state) if row.state else None,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        moves=row.moves,
        achieved_on=row.achieved_on,
        how_met=row.how_met,
        note=row.note,
        steps=steps,
    )


def plain(value: Any, said: Collection[str] = ()) -> Any:
    """The copy as JSON holds it: days in ISO form, and nothing that is there for a page alone.

    `said` are names that stand above already.
    """
    if is_dataclass(value) and not isinstance(value, type):
        names = [
            one.name for one in fields(value) if one.name not in HOW_A_PAGE_WORKS and one.name not in said
        ]
        within = {"head", "today"} if isinstance(value, PlanCopy) else said
        return {name: plain(getattr(value, name), within) for name in names if not name.startswith("may_")}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one, said) for key, one in value.items()}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [plain(one, said) for one in value]
    return value
