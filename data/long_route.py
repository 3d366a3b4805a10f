"""A learner's plans linked into one long route: Level 2 › Level 3 › higher education."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import Cohort, Enrolment, Plan, PlanExit, Writes
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by


@dataclass(frozen=True, slots=True)
class Leg:
    """One plan of a long route. `until_on` is the day it ended, else the day it is planned to end; `exit` is
    where the learner went, where that is known."""

    id: int
    continues_id: int | None
    code: str
    title: str
    starts_on: date
    until_on: date | None
    ended: bool
    goal: str
    exit: str
    may_write: bool


def plans_of(session: Session, viewer: Viewer, learner_id: int) -> tuple[Leg, ...]:
    """The plans of a learner that the viewer sees, by start."""
    rows = session.execute(
        select(
            Plan.id,
            Plan.continues_id,
            Cohort.code,
            Cohort.title,
            Enrolment.starts_on,
            Enrolment.planned_end_on,
            Enrolment.ended_on,
            Plan.destination,
            PlanExit.destination.label("exit"),
            enrolments_written_by(viewer, Writes.PLANS).label("may_write"),
        )
        .join(Enrolment, Enrolment.id == Plan.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(PlanExit, PlanExit.id == Plan.id)
        .where(Enrolment.learner_id == learner_id, enrolments_seen_by(viewer))
        .order_by(Enrolment.starts_on, Plan.id)
    )
    return tuple(
        Leg(
            id=row.id,
            continues_id=row.continues_id,
            code=row.code,
            title=row.title,
            starts_on=row.starts_on,
            until_on=row.ended_on or row.planned_end_on,
            ended=row.ended_on is not None and row.ended_on < viewer.today,
            goal=row.destination,
            exit=row.exit or "",
            may_write=bool(row.may_write),
        )
        for row in rows
    )


def long_route(legs: Sequence[Leg], plan_id: int) -> tuple[Leg, ...]:
    """The plans before and after one, as they continue each other; the plan alone where it stands alone."""
    by_id = {leg.id: leg for leg in legs}
    if plan_id not in by_id:
        return ()
    route = [by_id[plan_id]]
    while (before := by_id.get(route[0].continues_id or 0)) and before not in route:
        route.insert(0, before)
    while (after := _continued_by(legs, route[-1])) and after not in route:
        route.append(after)
    return tuple(route)


def _continued_by(legs: Sequence[Leg], leg: Leg) -> Leg | None:
    return next((other for other in legs if other.continues_id == leg.id), None)
