"""A review as it is held: its form, which several people fill in, and what follows once it is completed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.models.judgements import Colour
from data.models.people_of_plan import Party


class Choice(StrEnum):
    """What a review decides of a target; `NEW` is one that the review adds."""

    ACHIEVED = "achieved"
    KEEP = "keep"
    MOVE = "move"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    NEW = "new"


class FormPart(StrEnum):
    """What of a review's form is written by whom: each part is saved by itself, over its own version."""

    LEARNER = "learner"
    AGREED = "agreed"
    JUDGEMENT = "judgement"


class ReviewForm(Base):
    """The form of one review of a plan, from its start. Once completed it has its `review` and is locked;
    `next_due_on` and `next_why` say what was proposed as the next one on that day."""

    __tablename__ = "review_form"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    next_due_on: Mapped[date | None]
    next_why: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        CheckConstraint("(completed_at IS NULL) = (review_id IS NULL)", name="completed_has_review"),
    )


class ReviewPart(Base):
    """One part of a form as last saved, by whom and when."""

    __tablename__ = "review_part"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("review_form.id"))
    part: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(default="")
    colour: Mapped[str | None] = mapped_column(String(8))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("form_id", "part"),
        one_of("part", FormPart),
        one_of("colour", Colour),
    )


class ReviewDecision(Base):
    """What a review decides of one target, or a target that it adds. Until the review is completed it may
    be half filled in. `title` is the target's, as the decision has it; `target_version` is the version of
    the target that was decided about."""

    __tablename__ = "review_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("review_form.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    choice: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(default="")
    criteria: Mapped[str] = mapped_column(default="")
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    due_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    how_met: Mapped[str] = mapped_column(default="")
    target_version: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("form_id", "target_id"), one_of("choice", Choice))


class ReviewAction(Base):
    """What somebody will do by when, as agreed at a review."""

    __tablename__ = "review_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("review_form.id"), index=True)
    what: Mapped[str]
    by_whom: Mapped[str]
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class ReviewSignature(Base):
    """Somebody signed a completed review. `by_id` is who signed in: the one who signs, or, where it was
    done `in_person`, who wrote it down. Rows are only ever added."""

    __tablename__ = "review_signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    party: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_person: Mapped[bool] = mapped_column(default=False)
    signed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("review_id", "party"), one_of("party", Party))


class ReviewNote(Base):
    """What was added to a completed review, whose own words stay as they are. Rows are only ever added."""

    __tablename__ = "review_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    said: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
