"""Whose plan it is and what the viewer may do with it: with this each page and each save of one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from data.errors import NotFound, Refused
from data.models import Cohort, Department, Enrolment, Learner, Plan, Writes
from data.saved import Saved
from data.scope import (
    Viewer,
    cohorts_seen_by,
    departments_seen_by,
    enrolments_seen_by,
    enrolments_written_by,
)

READ_ONLY = "You can read this plan, but not change it. Please ask the tutor."


@dataclass(frozen=True, slots=True)
class PlanHead:
    """One plan (its id is its enrolment's), whose it is, and what the viewer may write of it.

    `own`: the viewer is the learner. `written`: there is a plan, not only an enrolment. `sees_cohort` and
    `sees_department`: the viewer may open those pages.
    """

    id: int
    learner_id: int
    learner_name: str
    learner_person_id: int | None
    cohort_id: int
    cohort_code: str
    cohort_title: str
    department_id: int
    department: str
    starts_on: date
    planned_end_on: date | None
    ended_on: date | None
    destination: str
    plan_version: int
    written: bool
    own: bool
    sees_cohort: bool
    sees_department: bool
    may_write_plan: bool
    may_write_support: bool
    may_write_notes: bool

    def saved(self, sentence: str, kind: str, **more: Any) -> Saved:
        """What a save of something of this plan tells the page."""
        return Saved(sentence, kind, plan=self.id, learner=self.learner_id, cohort=self.cohort_id, **more)


def plan_head(session: Session, viewer: Viewer, plan_id: int) -> PlanHead:
    """The plan, in one query; NotFound where the viewer sees no such plan."""
    return _one(session, viewer, _heads(viewer).where(Enrolment.id == plan_id, Plan.id.is_not(None)))


def head_of_learner(
    session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None
) -> PlanHead:
    """The learner's plan asked for, else the current one: what runs today before what has ended, then what
    began last. NotFound where the viewer sees none."""
    wanted = _heads(viewer).where(Enrolment.learner_id == learner_id)
    if plan_id is not None:
        wanted = wanted.where(Enrolment.id == plan_id)
    ended = case((Enrolment.ended_on < viewer.today, 1), else_=0)
    return _one(session, viewer, wanted.order_by(ended, Enrolment.starts_on.desc(), Enrolment.id).limit(1))


def require_plan(session: Session, viewer: Viewer, plan_id: int, *writes: Writes) -> PlanHead:
    """The plan, for who may write one of `writes` of it. NotFound where the viewer doesn't see it, Refused
    where they only read it."""
    head = plan_head(session, viewer, plan_id)
    may = {
        Writes.PLANS: head.may_write_plan,
        Writes.SUPPORT: head.may_write_support,
        Writes.OWN_NOTES: head.may_write_notes,
    }
    if not any(may.get(right, False) for right in writes):
        raise Refused(READ_ONLY)
    return head


def _heads(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Learner.person_id.label("learner_person_id"),
            Cohort.id.label("cohort_id"),
            Cohort.code.label("cohort_code"),
            Cohort.title.label("cohort_title"),
            Department.id.label("department_id"),
            Department.name.label("department"),
            Enrolment.starts_on,
            Enrolment.planned_end_on,
            Enrolment.ended_on,
            Plan.id.label("plan_id"),
            Plan.destination,
            Plan.version.label("plan_version"),
            cohorts_seen_by(viewer).label("sees_cohort"),
            departments_seen_by(viewer).label("sees_department"),
            enrolments_written_by(viewer, Writes.PLANS).label("may_write_plan"),
            enrolments_written_by(viewer, Writes.SUPPORT, Writes.PLANS).label("may_write_support"),
            enrolments_written_by(viewer, Writes.OWN_NOTES).label("may_write_notes"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .outerjoin(Plan, Plan.id == Enrolment.id)
        .where(enrolments_seen_by(viewer))
    )


def _one(session: Session, viewer: Viewer, heads: Select[*tuple[Any, ...]]) -> PlanHead:
    row = session.execute(heads).one_or_none()
    if row is None:
        raise NotFound
    return PlanHead(
        id=row.id,
        learner_id=row.learner_id,
        learner_name=f"{row.given_name} {row.family_name}",
        learner_person_id=row.learner_person_id,
        cohort_id=row.cohort_id,
        cohort_code=row.cohort_code,
        cohort_title=row.cohort_title,
        department_id=row.department_id,
        department=row.department,
        starts_on=row.starts_on,
        planned_end_on=row.planned_end_on,
        ended_on=row.ended_on,
        destination=row.destination or "",
        plan_version=row.plan_version or 0,
        written=row.plan_id is not None,
        own=row.learner_person_id == viewer.person_id,
        sees_cohort=bool(row.sees_cohort),
        sees_department=bool(row.sees_department),
        may_write_plan=bool(row.may_write_plan),
        may_write_support=bool(row.may_write_support),
        may_write_notes=bool(row.may_write_notes),
    )
