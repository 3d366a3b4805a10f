"""What belongs to supports and barriers: sessions, answers, help from outside, plans kept elsewhere, and
the history of all of them.

Their history lies apart from `Change`: whoever reads a plan's changes would learn from them that a
confidential row exists.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Origin, confidentiality_known, in_order, one_of


class LinkedPlanKind(StrEnum):
    """The plans of others that a learner may have; Routebook knows only where they are."""

    EHCP = "ehcp"
    IEP = "iep"
    SECTION_504 = "section-504"
    HEALTH = "health"
    WELLNESS = "wellness"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"


class Confidential(StrEnum):
    """The sorts of rows with a level of confidentiality."""

    SUPPORT = "support"
    BARRIER = "barrier"
    EXTERNAL_HELP = "external-help"
    LINKED_PLAN = "linked-plan"


class SupportSession(Base):
    """One session of a support, delivered or missed; as confidential as its support."""

    __tablename__ = "support_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    support_id: Mapped[int] = mapped_column(ForeignKey("support.id"))
    held_on: Mapped[date]
    delivered: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("support_id", "held_on"),)


class BarrierAnswer(Base):
    """What a barrier leads to: a support, a target, both, or the reason why neither."""

    __tablename__ = "barrier_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    barrier_id: Mapped[int] = mapped_column(ForeignKey("barrier.id"), unique=True)
    support_id: Mapped[int | None] = mapped_column(ForeignKey("support.id"), index=True)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"), index=True)
    why_not: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("support_id IS NOT NULL OR target_id IS NOT NULL OR why_not <> ''", name="given"),
    )


class ExternalHelp(Base):
    """Help from outside the college. It is spoken with only by consent: from `consent_on`, given by
    `consent_by`, until `withdrawn_on`."""

    __tablename__ = "external_help"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    what: Mapped[str]
    agency: Mapped[str]
    contact_name: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    consent_on: Mapped[date | None]
    consent_by: Mapped[str] = mapped_column(default="")
    withdrawn_on: Mapped[date | None]
    confidentiality: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        in_order("from_on", "until_on"),
        confidentiality_known(),
        CheckConstraint("(consent_on IS NULL) = (consent_by = '')", name="consent_has_name"),
        CheckConstraint(
            "withdrawn_on IS NULL OR (consent_on IS NOT NULL AND withdrawn_on >= consent_on)",
            name="withdrawn_after_consent",
        ),
    )


class LinkedPlan(Base):
    """A plan that is kept elsewhere: its reference and whom to ask, never its content.

    That there is a safeguarding record is itself of the highest level.
    """

    __tablename__ = "linked_plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    reference: Mapped[str]
    whom_to_ask: Mapped[str]
    ended_on: Mapped[date | None]
    confidentiality: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", LinkedPlanKind),
        confidentiality_known(),
        CheckConstraint("kind <> 'safeguarding' OR confidentiality = 4", name="safeguarding_highest"),
    )


class SupportChange(Base):
    """One change of one field of a confidential row; read by who reads that row. Rows are only ever added.

    `field` "created" with the new value alone says that the row came into being.
    """

    __tablename__ = "support_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    about: Mapped[str]
    row_id: Mapped[int]
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    origin: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    __table_args__ = (
        one_of("about", Confidential),
        one_of("origin", Origin),
        Index("ix_support_change_plan_id_about_row_id", "plan_id", "about", "row_id"),
    )
