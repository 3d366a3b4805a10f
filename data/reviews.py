"""Recording that a review was held, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from data import history, rules
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import date_of, id_of, only, text_of
from data.models import Enrolment, Plan, Review, ReviewKind, Writes
from data.review_schedule import reschedule
from data.rules import ReviewState
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.state_sql import enrolled_on, paused_on
from data.statements import built_once

NEW_FIELDS = ("kind_id", "held_on", "note")


@dataclass(frozen=True, slots=True)
class KindChoice:
    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ReviewHeld:
    """A review now recorded, and when the learner's next one is due; `state` is that of the next."""

    id: int
    plan_id: int
    learner_id: int
    cohort_id: int
    held_on: date
    last_review_on: date | None
    next_review_on: date | None
    state: ReviewState


def kind_choices(session: Session, viewer: Viewer) -> list[KindChoice]:
    """The kinds of review of the viewer's organisation, in order."""
    rows = session.execute(_kinds(), {"organisation_id": viewer.organisation_id})
    return [KindChoice(*row) for row in rows]


@built_once
def _kinds() -> Select[int, str, str]:
    return (
        select(ReviewKind.id, ReviewKind.key, ReviewKind.name)
        .where(ReviewKind.organisation_id == bindparam("organisation_id"))
        .order_by(ReviewKind.position)
    )


def hold(session: Session, viewer: Viewer, plan_id: int, typed: Mapping[str, Any]) -> ReviewHeld:
    """Record a review from what the form typed (`NEW_FIELDS`) and move the clock; the caller commits.

    Raises NotFound where the viewer sees no such plan, Refused where it can't be (a day ahead, one before
    the start of learning, the same review twice) or isn't theirs to do.
    """
    only(typed, NEW_FIELDS)
    cohort_id = check_may_record(session, viewer, plan_id)
    kind = kind_of(session, viewer, typed)
    held_on, note = date_of(typed, "held_on"), text_of(typed, "note")
    if held_on is None:
        raise Refused("Please choose the day on which it was held.", "held_on")
    with keeping(session, [plan_id]):
        review = record(session, viewer, plan_id, kind, held_on, note)
        reschedule(session, [cohort_id])
    return _held(session, viewer, review)


def kind_of(session: Session, viewer: Viewer, typed: Mapping[str, Any]) -> KindChoice:
    """The kind of review that was chosen as `kind_id`."""
    kind = next((kind for kind in kind_choices(session, viewer) if kind.id == id_of(typed, "kind_id")), None)
    if kind is None:
        raise Refused("Please choose the kind of review.", "kind_id")
    return kind


def record(
    session: Session,
    viewer: Viewer,
    plan_id: int,
    kind: KindChoice,
    held_on: date,
    note: str,
    **of_group: str,
) -> Review:
    """Add a review with its history, for a caller who checked the right, keeps the figures and moves the
    clock. Refused where it can't be: a day ahead, one before the start of learning, the same review twice.
    """
    _check_day(session, viewer, plan_id, held_on)
    if _is_recorded(session, plan_id, kind.id, held_on):
        raise Refused("This review is recorded already: the same kind, on the same day.", "held_on")
    review = Review(
        plan_id=plan_id,
        kind_id=kind.id,
        held_on=held_on,
        note=note,
        recorded_by_id=viewer.person_id,
        recorded_at=viewer.now,
        **of_group,
    )
    session.add(review)
    session.flush()
    history.record(session, viewer, plan_id, "created", None, f"{kind.key} {held_on}", review_id=review.id)
    return review


def check_may_record(session: Session, viewer: Viewer, plan_id: int) -> int:
    """The plan's cohort, if the viewer may record a review of the plan."""
    found = session.execute(
        select(Enrolment.cohort_id, enrolments_written_by(viewer, Writes.PLANS).label("may"))
        .join(Plan, Plan.id == Enrolment.id)
        .where(Enrolment.id == plan_id, enrolments_seen_by(viewer))
    ).one_or_none()
    if found is None:
        raise NotFound
    if not found.may:
        raise Refused("Reviews are recorded by the tutor; please ask yours if one is missing.")
    cohort_id: int = found.cohort_id
    return cohort_id


def _check_day(session: Session, viewer: Viewer, plan_id: int, held_on: date) -> None:
    if held_on > viewer.today:
        raise Refused("That day is still ahead. Please record the review once it was held.", "held_on")
    starts_on = session.scalars(select(Enrolment.starts_on).where(Enrolment.id == plan_id)).one()
    if held_on < starts_on:
        began = f"{starts_on.day} {starts_on:%B %Y}"
        raise Refused(f"That is before learning began on {began}. Please check the day.", "held_on")


def _is_recorded(session: Session, plan_id: int, kind_id: int, held_on: date) -> bool:
    same = exists().where(Review.plan_id == plan_id, Review.kind_id == kind_id, Review.held_on == held_on)
    return bool(session.scalar(select(same)))


def _held(session: Session, viewer: Viewer, review: Review) -> ReviewHeld:
    row = session.execute(
        select(
            Enrolment.learner_id,
            Enrolment.cohort_id,
            Enrolment.last_review_on,
            Enrolment.next_review_on,
            enrolled_on(viewer.clock_day).label("enrolled"),
            paused_on(viewer.clock_day).label("paused"),
        ).where(Enrolment.id == review.plan_id)
    ).one()
    return ReviewHeld(
        id=review.id,
        plan_id=review.plan_id,
        learner_id=row.learner_id,
        cohort_id=row.cohort_id,
        held_on=review.held_on,
        last_review_on=row.last_review_on,
        next_review_on=row.next_review_on,
        state=rules.review_state(
            row.next_review_on,
            viewer.clock_day,
            required=row.enrolled,
            paused=row.paused,
            soon_days=viewer.soon.reviews,
        ),
    )
