"""RAG judgements that people give of a learner's plan."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of


class Colour(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class Judgement(Base):
    """A person's judgement of how a plan is going, always with a reason. Rows are only ever added: the
    newest of a plan is the one that holds, and the earlier ones say how the view of it changed."""

    __tablename__ = "judgement"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    colour: Mapped[str]
    reason: Mapped[str]
    judged_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    __table_args__ = (
        one_of("colour", Colour),
        CheckConstraint("reason <> ''", name="has_reason"),
        Index("ix_judgement_plan_id_judged_on", "plan_id", "judged_on"),
    )
