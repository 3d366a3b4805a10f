"""When reviews take place: slots that tutors offer, learners booked into them, calendar feeds; and the
changes of what a whole college goes by."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

TAKEN = text("status <> 'cancelled'")


class BookingStatus(StrEnum):
    """What people record of a booking. That the review was held follows from the review of that day."""

    BOOKED = "booked"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


class Slot(Base):
    """A time that a tutor offers for one review, on the organisation's clock; `place` says where, or how to
    reach the meeting where it is online."""

    __tablename__ = "slot"
    id: Mapped[int] = mapped_column(primary_key=True)
    tutor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_day: Mapped[date]
    starts: Mapped[time]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("tutor_id", "on_day", "starts"),
        CheckConstraint("minutes BETWEEN 5 AND 240", name="minutes_likely"),
    )


class Booking(Base):
    """A learner's plan booked into a slot. A cancelled booking says why and leaves its slot free."""

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    status: Mapped[str] = mapped_column(default=BookingStatus.BOOKED)
    reason: Mapped[str] = mapped_column(default="")
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("status", BookingStatus),
        CheckConstraint("status <> 'cancelled' OR reason <> ''", name="cancelled_has_reason"),
        Index("uq_booking_taken_slot_id", "slot_id", unique=True, sqlite_where=TAKEN, postgresql_where=TAKEN),
    )


class CalendarFeed(Base):
    """A person's reviews at a private address for a calendar, until it is revoked; only a hash of its token
    is kept. Learners are in it by their initials unless `full_names`."""

    __tablename__ = "calendar_feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    full_names: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class CollegeChange(Base):
    """Change history of what a whole college goes by: its kinds of review, their rules, closed periods, who
    tutors a cohort. `about` names the table, `title` what was changed. Rows are only ever added."""

    __tablename__ = "college_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    about: Mapped[str]
    row_id: Mapped[int]
    title: Mapped[str]
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_college_change_organisation_id_at", "organisation_id", "at"),)
