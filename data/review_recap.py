"""A recap after a review day: of each learner whom the viewer saw, who does what by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import (
    Choice,
    Cohort,
    Enrolment,
    Learner,
    Review,
    ReviewAction,
    ReviewDecision,
    ReviewForm,
    ReviewKind,
)
from data.scope import Viewer, enrolments_seen_by

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody does; `by_on` is None where no day was named."""

    who: str
    what: str
    by_on: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One learner's review on the day. `form_id` is None where it was recorded without a form."""

    learner_id: int
    learner: str
    cohort: str
    kind: str
    agreed: str
    outcome: str
    form_id: int | None
    tasks: tuple[Task, ...]
    next_review_on: date | None


@dataclass(frozen=True, slots=True)
class Recap:
    """The reviews that the viewer held on a day, in the order in which they were recorded."""

    on: date
    seen: tuple[Seen, ...]


def read(session: Session, viewer: Viewer, on: date) -> Recap:
    """The viewer's recap of a day, in four queries; empty where nobody was seen."""
    rows = session.execute(
        select(
            Learner.id,
            Learner.given_name,
            Learner.family_name,
            Cohort.code,
            ReviewKind.name,
            Review.note,
            Review.outcome,
            ReviewForm.id.label("form_id"),
            Enrolment.next_review_on,
        )
        .select_from(Review)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .outerjoin(ReviewForm, ReviewForm.review_id == Review.id)
        .where(Review.held_on == on, Review.recorded_by_id == viewer.person_id, enrolments_seen_by(viewer))
        .order_by(Review.recorded_at, Review.id)
    ).all()
    form_ids = [row.form_id for row in rows if row.form_id]
    tasks = _by_form((*_actions(session, form_ids), *_of_targets(session, form_ids)))
    return Recap(
        on,
        tuple(
            Seen(
                row.id,
                f"{row.given_name} {row.family_name}",
                row.code,
                row.name,
                row.note,
                row.outcome,
                row.form_id,
                tuple(sorted(tasks[row.form_id], key=lambda task: (task.by_on or date.max, task.what))),
                row.next_review_on,
            )
            for row in rows
        ),
    )


def _actions(session: Session, form_ids: Sequence[int]) -> list[tuple[int, Task]]:
    rows = session.execute(
        select(ReviewAction.form_id, ReviewAction.by_whom, ReviewAction.what, ReviewAction.due_on)
        .where(ReviewAction.form_id.in_(form_ids))
        .order_by(ReviewAction.id)
    )
    return [(form_id, Task(who, what, due_on)) for form_id, who, what, due_on in rows]


def _of_targets(session: Session, form_ids: Sequence[int]) -> list[tuple[int, Task]]:
    """The targets that got a date at the review: the learner works on them."""
    rows = session.execute(
        select(ReviewDecision.form_id, Learner.given_name, ReviewDecision.title, ReviewDecision.due_on)
        .join(ReviewForm, ReviewForm.id == ReviewDecision.form_id)
        .join(Enrolment, Enrolment.id == ReviewForm.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(ReviewDecision.form_id.in_(form_ids), ReviewDecision.choice.in_((Choice.MOVE, Choice.NEW)))
        .order_by(ReviewDecision.id)
    )
    return [(form_id, Task(given, title, due_on)) for form_id, given, title, due_on in rows]


def _by_form(found: Sequence[tuple[int, Item]]) -> defaultdict[int | None, list[Item]]:
    grouped: defaultdict[int | None, list[Item]] = defaultdict(list)
    for form_id, one in found:
        grouped[form_id].append(one)
    return grouped
