"""What is written before a review: a self-evaluation, and a line from those who teach or support."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of


class Going(StrEnum):
    """How it goes, in the view of whoever says so."""

    WELL = "well"
    MOSTLY = "mostly"
    HARD = "hard"


class SelfEvaluation(Base):
    """How the learner sees it before a review; what they write under the four prompts is a `Reflection`."""

    __tablename__ = "self_evaluation"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    written_on: Mapped[date]
    going: Mapped[str]
    talk_about: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("going", Going),
        Index("ix_self_evaluation_plan_id_written_on", "plan_id", "written_on"),
    )


class ReviewLine(Base):
    """A line on a learner before a review, by somebody who teaches or supports them; everyone who reads the
    plan reads it."""

    __tablename__ = "review_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_on: Mapped[date]
    going: Mapped[str]
    said: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("going", Going),
        CheckConstraint("going <> 'hard' OR said <> ''", name="hard_is_explained"),
        Index("ix_review_line_plan_id_written_on", "plan_id", "written_on"),
    )
