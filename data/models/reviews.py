"""Reviews held, and the rule that a plan has for a kind of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.rules import IntervalUnit, Occasion


class Review(Base):
    """A review that was held. Those of a group, written at once, share their `note` and a `group_key`; each
    has an `outcome` of its own."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    held_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str] = mapped_column(default="", server_default=text("''"))
    group_key: Mapped[str | None]
    __table_args__ = (
        Index("ix_review_plan_id_held_on", "plan_id", "held_on"),
        Index("ix_review_recorded_at", "recorded_at"),
    )


class PlanReviewRule(Base):
    """A plan's own rule for a kind of review, instead of the college's from a day on, with its reason and the
    evidence. The kind that sets the clock has its own on `Plan`."""

    __tablename__ = "plan_review_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    from_on: Mapped[date]
    occasion: Mapped[str]
    unit: Mapped[str]
    amount: Mapped[int]
    reason: Mapped[str]
    evidence: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("plan_id", "kind_id"),
        one_of("occasion", Occasion),
        one_of("unit", IntervalUnit),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
