"""What `rules` decides, as SQL conditions on Target joined to Enrolment (Target.plan_id == Enrolment.id).

For counting in bulk; `tests/data/test_state_sql.py` holds each against its function in `rules`, on SQLite
and PostgreSQL. Days are bound values, and the statuses literals, as both planners need them to match the
partial indexes of open targets.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, literal_column, null, or_
from sqlalchemy.orm import QueryableAttribute

from data import rules
from data.models import BreakInLearning, Enrolment, Target


def is_open() -> ColumnElement[bool]:
    """A condition on `Target`: agreed and not yet closed."""
    return _status_in(rules.OPEN_STATUSES)


def paused_on(day: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: the learner is on a break in learning that day."""
    return (
        exists()
        .where(
            BreakInLearning.enrolment_id == Enrolment.id,
            BreakInLearning.from_on <= day,
            or_(BreakInLearning.back_on.is_(None), BreakInLearning.back_on > day),
        )
        .correlate(Enrolment)
    )


def ended_by(day: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: the last day of learning lies before that day."""
    return and_(Enrolment.ended_on.is_not(None), Enrolment.ended_on < day)


def enrolled_on(day: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: as `rules.EnrolmentDates.enrolled`."""
    return and_(Enrolment.starts_on <= day, or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day))


def target_state(clock_day: date, soon_days: int = rules.TARGET_SOON_DAYS) -> ColumnElement[str | None]:
    """The state of each target, as `rules.target_state`; NULL for a proposed one."""
    chased = Target.due_on >= Enrolment.starts_on
    return case(
        (Target.status == rules.TargetStatus.PROPOSED, null()),
        (_status_in(rules.CLOSED_STATUSES), Target.status),
        (ended_by(clock_day), rules.TargetState.WITHDRAWN.value),
        (paused_on(clock_day), rules.TargetState.PAUSED.value),
        (and_(chased, Target.due_on < clock_day), rules.TargetState.OVERDUE.value),
        (
            and_(chased, Target.due_on <= clock_day + timedelta(days=soon_days)),
            rules.TargetState.DUE_SOON.value,
        ),
        else_=Target.status,
    )


def is_overdue(clock_day: date) -> ColumnElement[bool]:
    """A condition: the target's state is overdue. Reads only open targets that are late, by index."""
    return and_(
        is_open(),
        Target.due_on < clock_day,
        Target.due_on >= Enrolment.starts_on,
        ~ended_by(clock_day),
        ~paused_on(clock_day),
    )


def counts(clock_day: date) -> ColumnElement[bool]:
    """A condition: an open target that is in denominators, since its learner is enrolled and not paused."""
    return and_(is_open(), enrolled_on(clock_day), ~paused_on(clock_day))


def lateness(due_on: QueryableAttribute[date | None], clock_day: date) -> ColumnElement[int | None]:
    """The column of `rules.LATENESS` that a due date falls in, as `rules.lateness`; NULL where not late."""
    return case(
        (due_on >= clock_day, null()),
        *(
            (due_on >= clock_day - timedelta(days=high), index)
            for index, (_, high, _) in enumerate(rules.LATENESS)
            if high is not None
        ),
        (due_on.is_not(None), len(rules.LATENESS) - 1),
        else_=null(),
    )


def required_today(today: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: in the denominator of coverage, as `rules.ReviewClock.required`.

    From the stored last and next review, so for a day no earlier than the last review, in a college that
    has a review rule (as each has from `college.add_organisation`).
    """
    return and_(
        enrolled_on(today),
        ~paused_on(today),
        or_(Enrolment.last_review_on.is_not(None), Enrolment.next_review_on <= today),
    )


def covered_today(today: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: in the numerator of coverage, as `rules.ReviewClock.covered`."""
    return and_(
        required_today(today),
        or_(Enrolment.next_review_on.is_(None), Enrolment.next_review_on >= today),
    )


def _status_in(statuses: tuple[rules.TargetStatus, ...]) -> ColumnElement[bool]:
    return Target.status.in_([literal_column(f"'{status}'") for status in statuses])
