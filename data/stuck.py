"""Who is stuck: a learner says so on a step, and it reaches the home page of their tutors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session, aliased

from data import history, state_sql
from data.errors import NotFound, Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import Enrolment, Learner, Person, Reach, Step, Stuck, Target, Writes
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.statements import built_once
from data.target_detail import TargetDetail, read
from data.target_writes import READ_ONLY


@dataclass(frozen=True, slots=True)
class StuckLine:
    """Somebody stuck; `step` is empty where it is about the target as a whole, `answered_on` is None while
    nobody has answered."""

    id: int
    learner_id: int
    learner: str
    target_id: int
    target: str
    step_id: int | None
    step: str
    said: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_on: date | None


def say(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say that one is stuck on a step, or on the target as a whole; the caller commits.

    Said twice of the same, the second words replace the first. Raises NotFound out of scope, Refused for
    who only reads and for what is closed.
    """
    detail = read(session, viewer, typed.id("target"))
    if detail.may_write == "none":
        raise Refused(READ_ONLY)
    step_id = _step_of(detail, typed.id_or_none("step"))
    said = typed.text("said", longest=LONGEST_REASON)
    open_one = session.scalars(
        select(Stuck).where(
            Stuck.target_id == detail.id,
            Stuck.step_id.is_not_distinct_from(step_id),
            Stuck.answered_on.is_(None),
        )
    ).first()
    if open_one is None:
        open_one = Stuck(target_id=detail.id, step_id=step_id, version=0)
        session.add(open_one)
    open_one.said, open_one.said_at, open_one.said_by_id = said, viewer.now, viewer.person_id
    open_one.version += 1
    history.record(session, viewer, detail.plan_id, "stuck", None, said, target_id=detail.id)
    session.flush()
    own = "Your tutor sees on their first page that you are stuck."
    return detail.saved(
        own if detail.may_write == "note" else "Noted, and on the tutor’s first page.", "stuck"
    )


def answer(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Answer who is stuck, or take back that one is; the caller commits.

    Raises NotFound out of scope, or where it is answered already.
    """
    one = _open_one(session, viewer, typed.id("stuck"))
    detail = read(session, viewer, one.target_id)
    said = typed.text("answer", longest=LONGEST_REASON)
    if detail.may_write == "all" and not said:
        raise Refused("Please write an answer: the learner reads it beside the step.", "answer")
    one.answer, one.answered_on, one.answered_by_id = said, viewer.today, viewer.person_id
    one.version += 1
    history.record(session, viewer, detail.plan_id, "stuck_answer", None, said, target_id=detail.id)
    session.flush()
    return detail.saved("Answered." if said else "Good. On you go.", "stuck")


def settle_step(session: Session, viewer: Viewer, step_id: int) -> None:
    """Whoever was stuck on a step isn't any more once it is done."""
    session.execute(
        update_of(Stuck)
        .where(
            Stuck.step_id == step_id,
            Stuck.answered_on.is_(None),
            Stuck.target_id.in_(_written_targets(viewer)),
        )
        .values(answered_on=viewer.today, answered_by_id=viewer.person_id, version=Stuck.version + 1)
    )


def on_caseload(session: Session, viewer: Viewer) -> tuple[StuckLine, ...]:
    """Who of the viewer's caseload is stuck and not answered, the longest first."""
    grants = tuple(grant for grant in viewer.grants if grant.reach == Reach.CASELOAD)
    tutor = replace(viewer, grants=grants)
    return _as_lines(session.execute(_waiting(tutor, viewer.clock_day)), viewer)


def of_target(session: Session, viewer: Viewer, target_id: int) -> tuple[StuckLine, ...]:
    """Who was or is stuck on a target, oldest first; without those that were settled without words."""
    return _as_lines(session.execute(_of_target(viewer), {"target_id": target_id}), viewer)


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> tuple[StuckLine, ...]:
    """As `of_target`, of all targets of a plan."""
    return _as_lines(session.execute(_of_plan(viewer), {"plan_id": plan_id}), viewer)


@built_once
def _waiting(viewer: Viewer, day: date) -> Select[*tuple[Any, ...]]:
    return _lines(viewer).where(Stuck.answered_on.is_(None), ~state_sql.ended_by(day))


@built_once
def _of_target(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _lines(viewer).where(Target.id == bindparam("target_id"), _worth_reading())


@built_once
def _of_plan(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _lines(viewer).where(Target.plan_id == bindparam("plan_id"), _worth_reading())


def _worth_reading() -> ColumnElement[bool]:
    return or_(Stuck.answered_on.is_(None), Stuck.answer != "")


def _lines(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    by, answered_by = aliased(Person), aliased(Person)
    return (
        select(
            Stuck.id,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Target.id.label("target_id"),
            Target.title,
            Stuck.step_id,
            Step.text,
            Stuck.said,
            by.name.label("by"),
            Stuck.said_at,
            Stuck.answer,
            answered_by.name.label("answered_by"),
            Stuck.answered_on,
        )
        .join(Target, Target.id == Stuck.target_id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .outerjoin(Step, Step.id == Stuck.step_id)
        .outerjoin(by, by.id == Stuck.said_by_id)
        .outerjoin(answered_by, answered_by.id == Stuck.answered_by_id)
        .where(enrolments_seen_by(viewer))
        .order_by(Stuck.said_at, Stuck.id)
    )


def _as_lines(rows: Iterable[Row[Any]], viewer: Viewer) -> tuple[StuckLine, ...]:
    here = ZoneInfo(viewer.time_zone)
    return tuple(
        StuckLine(
            id=row.id,
            learner_id=row.learner_id,
            learner=f"{row.given_name} {row.family_name}",
            target_id=row.target_id,
            target=row.title,
            step_id=row.step_id,
            step=row.text or "",
            said=row.said,
            by=row.by or "",
            at=row.said_at.astimezone(here),
            answer=row.answer,
            answered_by=row.answered_by or "",
            answered_on=row.answered_on,
        )
        for row in rows
    )


def _open_one(session: Session, viewer: Viewer, stuck_id: int) -> Stuck:
    one = session.scalars(
        select(Stuck).where(
            Stuck.id == stuck_id, Stuck.answered_on.is_(None), Stuck.target_id.in_(_written_targets(viewer))
        )
    ).one_or_none()
    if one is None:
        raise NotFound
    return one


def _written_targets(viewer: Viewer) -> Select[int]:
    return (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(enrolments_written_by(viewer, Writes.PLANS, Writes.OWN_NOTES))
    )


def _step_of(detail: TargetDetail, step_id: int | None) -> int | None:
    if detail.achieved_on or detail.status in ("withdrawn", "not-achieved"):
        raise Refused("This target is closed. If something about it bothers you, please talk to your tutor.")
    if step_id is not None and step_id not in {step.id for step in detail.steps}:
        raise NotFound
    return step_id
