"""Who tutors in place of the tutor whom the roster names: for some days, or for good."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, in_order, one_of


class StandInKind(StrEnum):
    """`COVER`: the tutor is away until a day, and sees the learners as before. `HANDOVER`: somebody else
    is the tutor from a day on, and the former one sees the learners no longer."""

    COVER = "cover"
    HANDOVER = "handover"


class StandIn(Base):
    """`person_id` tutors in place of `tutor_id` from the first day to the last, both included: the learners
    of the cohort whom the roster gives to `named_id`, or one of them (`enrolment_id`).

    `named_id` is another than `tutor_id` where the learners were handed over before: the roster still names
    the first tutor. See `tutoring` for what follows.
    """

    __tablename__ = "stand_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    named_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    tutor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", StandInKind),
        in_order("from_on", "until_on"),
        CheckConstraint("kind <> 'cover' OR until_on IS NOT NULL", name="cover_has_end"),
        CheckConstraint("person_id <> tutor_id", name="somebody_else"),
    )
