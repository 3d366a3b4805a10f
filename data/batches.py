"""Reviews that look as if nobody had sat down for them, found by three named rules.

A batch isn't proof of anything: a group session is saved at once, and an honest tutor may meet everybody on
the last day. It is shown, so that whoever reads a coverage knows what it is made of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.models import Cohort, Enrolment, Learner, Person, Review, ReviewKind
from data.rules import ONE_DAY, ReviewClock
from data.scope import Viewer, enrolments_seen_by

MANY = 5
A_MINUTE = timedelta(minutes=1)
SAME_TEXT = 3
SHORTEST_TEXT = 20
"""Shorter notes (“On track.”) are alike by chance."""


class BatchKind(StrEnum):
    MINUTE = "minute"
    TEXT = "text"
    LAST_DAY = "last-day"


EXPLANATIONS = {
    BatchKind.MINUTE: f"{MANY} or more reviews saved by one person within a minute.",
    BatchKind.TEXT: f"The same note of {SHORTEST_TEXT} or more letters for {SAME_TEXT} or more learners.",
    BatchKind.LAST_DAY: (
        f"{MANY} or more reviews of a cohort held by one person on one day, each the last of its window."
    ),
}


@dataclass(frozen=True, slots=True)
class ReviewOfBatch:
    """One review that the rules look at; `due_on` is None where it doesn't count."""

    review_id: int
    plan_id: int
    learner_id: int
    learner: str
    sort_name: str
    cohort_id: int
    cohort: str
    kind: str
    held_on: date
    due_on: date | None
    note: str
    by_id: int | None
    by: str
    recorded_at: datetime
    group_key: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Reviews that one rule names together, in the order in which they were saved."""

    kind: BatchKind
    reviews: tuple[ReviewOfBatch, ...]

    @property
    def key(self) -> str:
        """What an address calls it."""
        return f"{self.kind}-{min(review.review_id for review in self.reviews)}"

    @property
    def group_written(self) -> bool:
        """Whether all of it is one group review, which is saved at once with one note by its nature."""
        keys = {review.group_key for review in self.reviews}
        return len(keys) == 1 and None not in keys

    @property
    def by(self) -> tuple[str, ...]:
        return tuple(sorted({review.by for review in self.reviews}))

    @property
    def cohorts(self) -> tuple[str, ...]:
        return tuple(sorted({review.cohort for review in self.reviews}))


def read(
    session: Session,
    viewer: Viewer,
    condition: ColumnElement[bool],
    clocks: Mapping[int, ReviewClock],
    since: date,
) -> tuple[Batch, ...]:
    """The batches among the reviews held since a day of those learners (a condition on `Enrolment`) whom
    the viewer sees, the latest first. `clocks` are the review clocks of their plans."""
    rows = session.execute(
        select(
            Review.id,
            Review.plan_id,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            ReviewKind.name.label("kind"),
            ReviewKind.counts,
            Review.held_on,
            Review.note,
            Review.recorded_by_id,
            Person.name.label("by"),
            Review.recorded_at,
            Review.group_key,
        )
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .outerjoin(Person, Person.id == Review.recorded_by_id)
        .where(condition, enrolments_seen_by(viewer), Review.held_on >= since)
        .order_by(Review.recorded_at, Review.id)
    ).all()
    here = ZoneInfo(viewer.time_zone)
    reviews = [
        ReviewOfBatch(
            review_id=row.id,
            plan_id=row.plan_id,
            learner_id=row.learner_id,
            learner=f"{row.given_name} {row.family_name}",
            sort_name=f"{row.family_name} {row.given_name}",
            cohort_id=row.cohort_id,
            cohort=row.code,
            kind=row.kind,
            held_on=row.held_on,
            due_on=_due_on(clocks[row.plan_id], row.held_on) if row.counts else None,
            note=row.note,
            by_id=row.recorded_by_id,
            by=row.by or "import",
            recorded_at=row.recorded_at.astimezone(here),
            group_key=row.group_key,
        )
        for row in rows
    ]
    return found(reviews)


def found(reviews: Sequence[ReviewOfBatch]) -> tuple[Batch, ...]:
    """The batches among reviews that are in the order in which they were saved; the latest first."""
    groups = (
        *((BatchKind.MINUTE, some) for some in _within_a_minute(reviews)),
        *((BatchKind.TEXT, some) for some in _with_the_same_note(reviews)),
        *((BatchKind.LAST_DAY, some) for some in _on_the_last_day(reviews)),
    )
    batches = [Batch(kind, tuple(some)) for kind, some in groups]
    return tuple(sorted(batches, key=lambda batch: batch.reviews[-1].recorded_at, reverse=True))


def _due_on(clock: ReviewClock, held_on: date) -> date | None:
    """When a review that was held on a day was due: its window's date, as `ReviewClock.windows` has it."""
    if held_on < clock.enrolment.starts_on:
        return None
    return clock.due_after(clock.last_held(held_on - ONE_DAY))


def _within_a_minute(reviews: Sequence[ReviewOfBatch]) -> list[list[ReviewOfBatch]]:
    """Runs saved by one person, each within a minute of its first; what an import saved was held long
    before and says nothing. An import may name who held a review; it has one instant for all."""
    saved_at = Counter((review.by_id, review.recorded_at, review.group_key) for review in reviews)
    by_person: dict[int, list[list[ReviewOfBatch]]] = defaultdict(list)
    for review in reviews:
        at_once = saved_at[review.by_id, review.recorded_at, None] > 1 and review.group_key is None
        if review.by_id is None or at_once:
            continue
        runs = by_person[review.by_id]
        if runs and review.recorded_at - runs[-1][0].recorded_at <= A_MINUTE:
            runs[-1].append(review)
        else:
            runs.append([review])
    return [run for runs in by_person.values() for run in runs if len(run) >= MANY]


def _with_the_same_note(reviews: Iterable[ReviewOfBatch]) -> list[list[ReviewOfBatch]]:
    by_note: dict[str, list[ReviewOfBatch]] = defaultdict(list)
    for review in reviews:
        note = " ".join(review.note.casefold().split())
        if len(note) >= SHORTEST_TEXT:
            by_note[note].append(review)
    return [some for some in by_note.values() if len({review.plan_id for review in some}) >= SAME_TEXT]


def _on_the_last_day(reviews: Iterable[ReviewOfBatch]) -> list[list[ReviewOfBatch]]:
    """A person's reviews of a day in a cohort, all of them on their due date."""
    by_day: dict[tuple[str, date, int], list[ReviewOfBatch]] = defaultdict(list)
    for review in reviews:
        if review.due_on is not None:
            by_day[review.by, review.held_on, review.cohort_id].append(review)
    return [
        some
        for some in by_day.values()
        if len(some) >= MANY and all(review.held_on == review.due_on for review in some)
    ]
