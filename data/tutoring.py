"""Who tutors whom on a day: the one place.

The roster names a learner's tutor, and a cohort's with dates. Over that lie the rows of `stand_in`, which an
import never touches: a handover makes somebody else the tutor from a day on, and the one before sees the
learner no longer; cover lets somebody else tutor for some days beside the one who is away. Both follow the
roster in one thing: they concern the learners whom it gave to the named tutor on the day on which they
began, those who join the cohort later with them. Of two handovers the one of a single learner goes before
one of the cohort, then the later before the earlier; cover holds while whom it covers is still the tutor.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from data.models import (
    Cohort,
    CohortTutor,
    Enrolment,
    StandIn,
    StandInKind,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)

Day = date | ColumnElement[Any] | InstrumentedAttribute[Any]
PersonId = int | ColumnElement[Any] | InstrumentedAttribute[int]


def holds_on(
    table: type[CohortTutor] | type[StandIn] | type[TeachingGroupLearner] | type[TeachingGroupTeacher],
    on: Day,
) -> ColumnElement[bool]:
    return and_(table.from_on <= on, or_(table.until_on.is_(None), table.until_on >= on))


def tutored_by(person_id: PersonId, on: Day) -> ColumnElement[bool]:
    """A condition on `Enrolment`: on the day the person tutors it, for good or as cover."""
    given, taken = aliased(StandIn), aliased(StandIn)
    handed_over = exists().where(
        given.kind == StandInKind.HANDOVER, given.named_id == person_id, _concerns(given, on)
    )
    stands_in = exists().where(taken.person_id == person_id, stands(taken, on))
    return and_(
        may_tutor(person_id),
        or_(
            and_(_named(person_id, on), ~handed_over.correlate_except(given)),
            stands_in.correlate_except(taken),
        ),
    )


def may_tutor(person_id: PersonId) -> ColumnElement[bool]:
    """A condition on `Enrolment` that holds for all whom the person tutors on some day. It is a way in by the
    indexes: a tutor's sixty learners of a hundred thousand take half a millisecond with it, else forty."""
    of_person = select(CohortTutor.cohort_id).where(CohortTutor.person_id == person_id)
    stood_in = select(StandIn.cohort_id).where(StandIn.person_id == person_id)
    return or_(
        Enrolment.tutor_id == person_id,
        Enrolment.cohort_id.in_(of_person.correlate_except(CohortTutor)),
        Enrolment.cohort_id.in_(stood_in.correlate_except(StandIn)),
    )


def cohort_tutored_by(person_id: PersonId, on: Day) -> ColumnElement[bool]:
    """A condition on `Cohort`: on the day the person tutors it, or one of its learners."""
    whole, taken = aliased(StandIn), aliased(StandIn)
    handed_over = exists().where(
        whole.kind == StandInKind.HANDOVER,
        whole.named_id == person_id,
        whole.cohort_id == Cohort.id,
        whole.enrolment_id.is_(None),
        holds_on(whole, on),
        _named_of_cohort(person_id, Cohort.id, whole.from_on),
    )
    own = exists().where(
        Enrolment.cohort_id == Cohort.id, Enrolment.tutor_id == person_id, tutored_by(person_id, on)
    )
    stands_in = exists().where(
        taken.person_id == person_id,
        taken.cohort_id == Cohort.id,
        Enrolment.cohort_id == Cohort.id,
        stands(taken, on),
    )
    return or_(
        and_(_named_of_cohort(person_id, Cohort.id, on), ~handed_over.correlate(Cohort)),
        own.correlate(Cohort),
        stands_in.correlate(Cohort),
    )


def holder_of(on: Day) -> ColumnElement[Any]:
    """The id of the one who tutors an `Enrolment` for good on the day: the named tutor, or since a handover
    another."""
    named = named_tutor_of(on)
    return _where_anybody_stands_in(func.coalesce(_holder(named, on, "person_id"), named), named)


def stands(row: type[StandIn], on: Day) -> ColumnElement[bool]:
    """On the day the row is why somebody tutors an `Enrolment`."""
    return and_(_concerns(row, on), _stands(row, on))


def tutor_of(on: Day) -> ColumnElement[Any]:
    """The id of the one who tutors an `Enrolment` on the day: one, so that parts make the whole.

    Who covers goes before whom they cover; a learner's own tutor before the cohort's.
    """
    cover = aliased(StandIn)
    named = named_tutor_of(on)
    holder = holder_of(on)
    covered_by = (
        select(cover.person_id)
        .where(
            cover.kind == StandInKind.COVER,
            cover.named_id == named,
            cover.tutor_id == holder,
            _concerns(cover, on),
        )
        .order_by(cover.enrolment_id.is_(None), cover.from_on.desc(), cover.id.desc())
        .limit(1)
        .correlate_except(cover)
        .scalar_subquery()
    )
    return _where_anybody_stands_in(func.coalesce(covered_by, holder), named)


def _where_anybody_stands_in(there: ColumnElement[Any], elsewhere: ColumnElement[Any]) -> ColumnElement[Any]:
    """The one where the cohort has rows of cover or handover at all, the other in the many that have none."""
    row = aliased(StandIn)
    any_row = exists().where(row.cohort_id == Enrolment.cohort_id).correlate_except(row)
    return case((any_row, there), else_=elsewhere)


def named_tutor_of(on: Day) -> ColumnElement[Any]:
    """The id of the tutor whom the roster names for an `Enrolment`: its own, else its cohort's on the day."""
    of_cohort = (
        select(func.min(CohortTutor.person_id))
        .where(CohortTutor.cohort_id == Enrolment.cohort_id, holds_on(CohortTutor, on))
        .correlate_except(CohortTutor)
        .scalar_subquery()
    )
    return func.coalesce(Enrolment.tutor_id, of_cohort)


def _named(person_id: PersonId, on: Day) -> ColumnElement[bool]:
    """A condition on `Enrolment`: the roster names the person as its tutor, or on the day its cohort's."""
    return or_(Enrolment.tutor_id == person_id, _named_of_cohort(person_id, Enrolment.cohort_id, on))


def _named_of_cohort(
    person_id: PersonId, cohort_id: InstrumentedAttribute[int], on: Day
) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            CohortTutor.cohort_id == cohort_id, CohortTutor.person_id == person_id, holds_on(CohortTutor, on)
        )
        .correlate_except(CohortTutor)
    )


def _concerns(row: type[StandIn], on: Day) -> ColumnElement[bool]:
    """The row holds on the day, and is of this `Enrolment`."""
    return and_(
        row.cohort_id == Enrolment.cohort_id,
        or_(row.enrolment_id.is_(None), row.enrolment_id == Enrolment.id),
        holds_on(row, on),
        _named(row.named_id, row.from_on),
    )


def _stands(row: type[StandIn], on: Day) -> ColumnElement[bool]:
    """No other handover goes before this one; or whom this row covers is the tutor on the day."""
    holder = func.coalesce(_holder(row.named_id, on, "person_id"), row.named_id)
    return or_(
        and_(row.kind == StandInKind.HANDOVER, row.id == _holder(row.named_id, on, "id")),
        and_(row.kind == StandInKind.COVER, row.tutor_id == holder),
    )


def _holder(named_id: PersonId, on: Day, column: str) -> ColumnElement[Any]:
    """Of the handover by which an `Enrolment` of the named tutor has another on the day; NULL where none."""
    row = aliased(StandIn)
    return (
        select(getattr(row, column))
        .where(row.kind == StandInKind.HANDOVER, row.named_id == named_id, _concerns(row, on))
        .order_by(row.enrolment_id.is_(None), row.from_on.desc(), row.id.desc())
        .limit(1)
        .correlate_except(row)
        .scalar_subquery()
    )
