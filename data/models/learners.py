"""Learners and their time in a cohort."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, EndReason, in_order, one_of


class Learner(Base):
    """A person with a plan. `reference` is the college's own number, unique with its provider (UKPRN)."""

    __tablename__ = "learner"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    provider: Mapped[str] = mapped_column(default="")
    reference: Mapped[str]
    given_name: Mapped[str]
    family_name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    born_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("organisation_id", "provider", "reference"),
        Index("ix_learner_family_name", "organisation_id", "family_name", "given_name"),
    )


class Enrolment(Base):
    """A learner in a cohort. `ended_on` is the last day of learning, both it and its reason or neither."""

    __tablename__ = "enrolment"
    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    planned_end_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    last_review_on: Mapped[date | None]
    next_review_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("learner_id", "cohort_id"),
        Index("ix_enrolment_cohort_id_next_review_on", "cohort_id", "next_review_on"),
        Index("ix_enrolment_tutor_id", "tutor_id"),
        in_order("starts_on", "ended_on"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        one_of("end_reason", EndReason),
    )


class BreakInLearning(Base):
    """`back_on` is the first day back; open-ended while it is empty."""

    __tablename__ = "break_in_learning"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    from_on: Mapped[date]
    back_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("enrolment_id", "from_on"),
        CheckConstraint("back_on IS NULL OR back_on > from_on", name="back_after_from"),
    )


class TeachingGroupLearner(Base):
    __tablename__ = "teaching_group_learner"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("teaching_group.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("group_id", "learner_id", "from_on"), in_order("from_on", "until_on"))


class Attendance(Base):
    """Sessions possible and attended in the week that begins on `week_on`, a Monday."""

    __tablename__ = "attendance"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    week_on: Mapped[date]
    possible: Mapped[int]
    attended: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("enrolment_id", "week_on"),
        CheckConstraint("possible >= 0 AND attended BETWEEN 0 AND possible", name="attended_possible"),
    )
