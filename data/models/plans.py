"""A plan, its phases and targets, and what stands beside the road."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import BarrierKind, Base, confidentiality_known, in_order, one_of
from data.rules import IntervalUnit, TargetStatus

OPEN_TARGET = text("status IN ('to-come', 'in-progress')")


class Plan(Base):
    """One learner's plan for one programme: it shares its enrolment's id.

    The own review rule, if any, holds for this plan instead of the college's from a day on, with its reason.
    """

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    starting_point: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    progression: Mapped[str] = mapped_column(default="")
    own_rule_unit: Mapped[str | None]
    own_rule_amount: Mapped[int | None]
    own_rule_from_on: Mapped[date | None]
    own_rule_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    own_rule_evidence: Mapped[str] = mapped_column(default="", server_default=text("''"))
    __table_args__ = (
        one_of("own_rule_unit", IntervalUnit),
        CheckConstraint(
            "(own_rule_unit IS NULL) = (own_rule_amount IS NULL)"
            " AND (own_rule_unit IS NULL) = (own_rule_from_on IS NULL)"
            " AND (own_rule_unit IS NULL) = (own_rule_reason IS NULL)",
            name="own_rule_whole",
        ),
        CheckConstraint("own_rule_amount > 0", name="own_rule_amount_positive"),
    )


class Phase(Base):
    """A stretch of a plan. At its end a review may be demanded, and a judgement whether the learner is
    prepared for what follows."""

    __tablename__ = "phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    name: Mapped[str]
    position: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    demands_review: Mapped[bool] = mapped_column(default=True, server_default=true())
    asks_preparedness: Mapped[bool] = mapped_column(default=True, server_default=true())
    __table_args__ = (UniqueConstraint("plan_id", "position"), in_order("starts_on", "ends_on"))


class Milestone(Base):
    """A target that a whole cohort shares: a column of the progress grid."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    phase_name: Mapped[str]
    position: Mapped[int]
    short_title: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (Index("ix_milestone_cohort_id_position", "cohort_id", "position"),)


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IdeaOf(StrEnum):
    """Whose idea a target was."""

    LEARNER = "learner"
    TUTOR = "tutor"
    BOTH = "both"
    OTHER = "other"


class Target(Base):
    """Something to achieve by a date. `first_due_on` is what was agreed first; no person changes it
    once it is agreed, and a break in learning moves it as it moves `due_on`. `moves` counts how often a
    person moved the due date since.

    Each line of `criteria` is one success criterion; `how_met` says, once achieved, how they were met.
    `idea_of` is None where nobody said whose idea it was.

    An achieved target has its own `achieved_on`; any closed one `closed_on`, the day it was closed.
    """

    __tablename__ = "target"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    title: Mapped[str]
    criteria: Mapped[str] = mapped_column(default="")
    resources: Mapped[str] = mapped_column(default="")
    where_and_how: Mapped[str] = mapped_column(default="")
    stretch: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default=TargetStatus.TO_COME)
    due_on: Mapped[date | None]
    first_due_on: Mapped[date | None]
    moves: Mapped[int] = mapped_column(default=0)
    achieved_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    support_and_guidance: Mapped[str] = mapped_column(default="", server_default=text("''"))
    how_met: Mapped[str] = mapped_column(default="", server_default=text("''"))
    priority: Mapped[str] = mapped_column(
        String(8), default=Priority.MEDIUM, server_default=Priority.MEDIUM.value
    )
    idea_of: Mapped[str | None] = mapped_column(String(8))
    __table_args__ = (
        one_of("status", TargetStatus),
        one_of("priority", Priority),
        one_of("idea_of", IdeaOf),
        CheckConstraint("(status = 'achieved') = (achieved_on IS NOT NULL)", name="achieved_has_date"),
        CheckConstraint(
            "(status IN ('achieved', 'not-achieved', 'withdrawn')) = (closed_on IS NOT NULL)",
            name="closed_has_date",
        ),
        CheckConstraint("(due_on IS NULL) = (first_due_on IS NULL)", name="first_due_with_due"),
        CheckConstraint("moves >= 0", name="moves_counted"),
        Index("uq_target_plan_id_milestone_id", "plan_id", "milestone_id", unique=True),
        Index("ix_target_milestone_id", "milestone_id"),
        Index(
            "ix_target_open_plan_id",
            "plan_id",
            "due_on",
            "first_due_on",
            "moves",
            "status",
            sqlite_where=OPEN_TARGET,
            postgresql_where=OPEN_TARGET,
        ),
        Index(
            "ix_target_open_due_on",
            "due_on",
            "plan_id",
            sqlite_where=OPEN_TARGET,
            postgresql_where=OPEN_TARGET,
        ),
        Index("ix_target_closed_on", "closed_on", "plan_id"),
    )


class Step(Base):
    __tablename__ = "step"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    position: Mapped[int]
    text: Mapped[str]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    by_learner: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (UniqueConstraint("target_id", "position"),)


class Reflection(Base):
    """The learner's own account, by the four prompts."""

    __tablename__ = "reflection"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    written_on: Mapped[date]
    learned: Mapped[str] = mapped_column(default="")
    went_well: Mapped[str] = mapped_column(default="")
    went_less_well: Mapped[str] = mapped_column(default="")
    use_again: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Support(Base):
    """Services beside the road. Sessions are counts; confidentiality 1 (who sees the plan) to 4."""

    __tablename__ = "support"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    what: Mapped[str]
    by_whom: Mapped[str] = mapped_column(default="")
    how_often: Mapped[str] = mapped_column(default="")
    sessions_planned: Mapped[int] = mapped_column(default=0)
    sessions_delivered: Mapped[int] = mapped_column(default=0)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    confidentiality: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        in_order("from_on", "until_on"),
        confidentiality_known(),
        CheckConstraint("sessions_planned >= 0 AND sessions_delivered >= 0", name="sessions_counted"),
    )


class Barrier(Base):
    """A breakdown on the road, and how it was passed."""

    __tablename__ = "barrier"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    kind: Mapped[str]
    what: Mapped[str]
    from_on: Mapped[date]
    passed_on: Mapped[date | None]
    how_passed: Mapped[str] = mapped_column(default="")
    confidentiality: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    named_by_learner: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        one_of("kind", BarrierKind),
        in_order("from_on", "passed_on"),
        confidentiality_known(),
    )
