"""What belongs to a target besides its steps: how its criteria are judged, evidence, links, how it was
negotiated, and who is stuck on it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

OPEN_STUCK = text("answered_on IS NULL")


class Judged(StrEnum):
    """What somebody says of one success criterion."""

    MET = "met"
    NOT_YET = "not-yet"


class JudgeKind(StrEnum):
    """Who judges a criterion before the tutor confirms it."""

    LEARNER = "learner"
    PEER = "peer"


class CriterionJudgement(Base):
    """How one success criterion of a target was judged, by the words that it had then.

    A target's criteria are the lines of `target.criteria`. A judgement holds while its line stands there
    unchanged: other words are another criterion. `confirmed_on` is the day on which a tutor confirmed it.
    """

    __tablename__ = "criterion_judgement"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    criterion: Mapped[str]
    judged: Mapped[str] = mapped_column(String(8))
    judge_kind: Mapped[str] = mapped_column(String(8))
    judge_name: Mapped[str]
    judged_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("judged", Judged),
        one_of("judge_kind", JudgeKind),
        CheckConstraint("(confirmed_on IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        UniqueConstraint("target_id", "criterion"),
    )


class EvidenceKind(StrEnum):
    NOTE = "note"
    LINK = "link"
    FILE = "file"


class Evidence(Base):
    """What shows that a target is achieved: a note, a link, or a file that lies outside the database.

    `file_name` is the name to offer at a download; the file is stored under `stored_name`, which says
    nothing. `size` is in bytes.
    """

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    said: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    stored_name: Mapped[str | None]
    media_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    __table_args__ = (
        one_of("kind", EvidenceKind),
        CheckConstraint("(kind = 'file') = (stored_name IS NOT NULL)", name="file_is_stored"),
        CheckConstraint("size >= 0", name="size_counted"),
        UniqueConstraint("stored_name"),
    )


class LinkKind(StrEnum):
    """What a target serves."""

    NEED = "need"
    GOAL = "goal"
    UNIT = "unit"
    SKILL = "skill"


class TargetLink(Base):
    """What a target serves: an assessed need, a long-term goal, a unit or a skill, in its own words."""

    __tablename__ = "target_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    serves: Mapped[str]
    __table_args__ = (one_of("kind", LinkKind),)


class Side(StrEnum):
    """The two who agree on a target."""

    LEARNER = "learner"
    TUTOR = "tutor"


class Move(StrEnum):
    PROPOSED = "proposed"
    AMENDED = "amended"
    AGREED = "agreed"
    DECLINED = "declined"


class Negotiation(Base):
    """One move in agreeing on a target: who of the two sides did what, and what they said with it."""

    __tablename__ = "negotiation"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    side: Mapped[str] = mapped_column(String(8))
    move: Mapped[str] = mapped_column(String(8))
    said: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    __table_args__ = (one_of("side", Side), one_of("move", Move))


class Stuck(Base):
    """Somebody says that they are stuck, on a step or on the target as a whole, until it is answered or the
    step is done."""

    __tablename__ = "stuck"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"))
    said: Mapped[str] = mapped_column(default="")
    said_at: Mapped[datetime]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        Index("ix_stuck_open_target_id", "target_id", sqlite_where=OPEN_STUCK, postgresql_where=OPEN_STUCK),
    )
