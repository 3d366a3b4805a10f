"""One target as it stands, with all that its form and its page show of the target itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from data import history, rules
from data.errors import NotFound
from data.models import (
    Change,
    Cohort,
    Enrolment,
    IdeaOf,
    Lane,
    Learner,
    Person,
    Phase,
    Priority,
    Step,
    Target,
    Writes,
)
from data.rules import TargetState, TargetStatus
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.state_sql import target_state
from data.statements import built_once

MayWrite = Literal["all", "note", "none"]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One of a target's ordered steps."""

    id: int
    text: str
    due_on: date | None
    done_on: date | None
    by_learner: bool = False


@dataclass(frozen=True, slots=True)
class LaneChoice:
    id: int
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class TargetDetail:
    """One target with all that its form shows; `state` is None for a proposed one.

    `criteria` holds one success criterion a line; `how_met` says how they were met, once achieved.
    `may_write` says what this viewer may change: all, the note and the ticks of steps, or none.
    """

    id: int
    plan_id: int
    learner_id: int
    learner_name: str
    cohort_id: int
    cohort_code: str
    milestone_id: int | None
    title: str
    criteria: str
    lane_label: str
    phase_name: str | None
    status: TargetStatus
    state: TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    days_late: int
    achieved_on: date | None
    note: str
    steps: tuple[StepLine, ...]
    version: int
    may_write: MayWrite
    last_changed_by: str
    last_changed_at: datetime | None
    lane_id: int = 0
    resources: str = ""
    where_and_how: str = ""
    support_and_guidance: str = ""
    how_met: str = ""
    priority: Priority = Priority.MEDIUM
    idea_of: IdeaOf | None = None
    stretch: bool = False

    @property
    def criteria_list(self) -> tuple[str, ...]:
        """The success criteria, one a line."""
        return criteria_in(self.criteria)

    def saved(self, sentence: str, kind: str, **more: Any) -> Saved:
        """What a save of the target, or of something that belongs to it, tells the page."""
        return Saved(
            sentence,
            kind,
            plan=self.plan_id,
            learner=self.learner_id,
            cohort=self.cohort_id,
            target=self.id,
            milestone=self.milestone_id,
            version=self.version,
            **more,
        )

    @property
    def proposed(self) -> bool:
        return self.status == TargetStatus.PROPOSED


def read(session: Session, viewer: Viewer, target_id: int) -> TargetDetail:
    """The target, in two queries; NotFound where there is none that the viewer sees."""
    row = session.execute(_detail(viewer).where(Target.id == target_id)).one_or_none()
    if row is None:
        raise NotFound
    steps = session.execute(
        select(Step.id, Step.text, Step.due_on, Step.done_on, Step.by_learner)
        .where(Step.target_id == target_id)
        .order_by(Step.position)
    )
    return _as_detail(viewer, row, tuple(StepLine(*step) for step in steps))


def lane_choices(session: Session, viewer: Viewer) -> list[LaneChoice]:
    """The lanes of the viewer's organisation, in order."""
    rows = session.execute(_lanes(), {"organisation_id": viewer.organisation_id})
    return [LaneChoice(*row) for row in rows]


@built_once
def _lanes() -> Select[int, str, str]:
    return (
        select(Lane.id, Lane.label, Lane.key)
        .where(Lane.organisation_id == bindparam("organisation_id"))
        .order_by(Lane.position)
    )


def criteria_in(text: str) -> tuple[str, ...]:
    """The criteria of a text, one a line, each once."""
    return tuple(dict.fromkeys(line for one in text.splitlines() if (line := " ".join(one.split()))))


def _detail(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    last_change = (
        select(func.max(Change.id)).where(Change.target_id == Target.id).correlate(Target).scalar_subquery()
    )
    return (
        select(
            Target.id,
            Target.plan_id,
            Target.milestone_id,
            Target.title,
            Target.criteria,
            Target.status,
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Target.achieved_on,
            Target.note,
            Target.version,
            Target.lane_id,
            Target.resources,
            Target.where_and_how,
            Target.support_and_guidance,
            Target.how_met,
            Target.priority,
            Target.idea_of,
            Target.stretch,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Lane.label,
            Phase.name.label("phase_name"),
            target_state(viewer.clock_day, viewer.soon.targets).label("state"),
            enrolments_written_by(viewer, Writes.PLANS).label("writes_all"),
            enrolments_written_by(viewer, Writes.OWN_NOTES).label("writes_notes"),
            Change.at,
            Change.origin,
            Person.name.label("changed_by"),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Lane, Lane.id == Target.lane_id)
        .outerjoin(Phase, Phase.id == Target.phase_id)
        .outerjoin(Change, Change.id == last_change)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(enrolments_seen_by(viewer))
    )


def _as_detail(viewer: Viewer, row: Row[Any], steps: tuple[StepLine, ...]) -> TargetDetail:
    state = TargetState(row.state) if row.state else None
    return TargetDetail(
        id=row.id,
        plan_id=row.plan_id,
        learner_id=row.learner_id,
        learner_name=f"{row.given_name} {row.family_name}",
        cohort_id=row.cohort_id,
        cohort_code=row.code,
        milestone_id=row.milestone_id,
        title=row.title,
        criteria=row.criteria,
        lane_label=row.label,
        phase_name=row.phase_name,
        status=TargetStatus(row.status),
        state=state,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        moves=row.moves,
        days_late=rules.days_late(row.due_on, viewer.clock_day) if state == TargetState.OVERDUE else 0,
        achieved_on=row.achieved_on,
        note=row.note,
        steps=steps,
        version=row.version,
        may_write="all" if row.writes_all else "note" if row.writes_notes else "none",
        last_changed_by=history.author(row.changed_by, row.origin),
        last_changed_at=row.at.astimezone(ZoneInfo(viewer.time_zone)) if row.at else None,
        lane_id=row.lane_id,
        resources=row.resources,
        where_and_how=row.where_and_how,
        support_and_guidance=row.support_and_guidance,
        how_met=row.how_met,
        priority=Priority(row.priority),
        idea_of=IdeaOf(row.idea_of) if row.idea_of else None,
        stretch=row.stretch,
    )
