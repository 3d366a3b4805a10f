"""A college's own prompts for its reviews and its case-study sheet, what learners answer to them, whether the
programme is the right one, and cases.

The history of a case lies apart from `Change`, as that of supports does: whoever reads a plan's changes
would learn from them that a confidential row exists.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, confidentiality_known, in_order, one_of

NOT_REOPENED = text("reopened_on IS NULL")


class Audience(StrEnum):
    """Whose prompt it is. What is for the tutor alone never reaches a learner's page."""

    LEARNER = "learner"
    TUTOR = "tutor"
    BOTH = "both"


class Prompt(Base):
    """One prompt of a kind of review's interview script; without a kind, a heading of the case-study sheet.
    A retired one is asked no more, and its answers stay."""

    __tablename__ = "prompt"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("review_kind.id"))
    position: Mapped[int]
    asks: Mapped[str]
    guidance: Mapped[str] = mapped_column(default="")
    audience: Mapped[str]
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("audience", Audience),
        Index("ix_prompt_organisation_id_kind_id", "organisation_id", "kind_id"),
    )


class PromptAnswer(Base):
    """What a learner answers to a prompt while preparing a review; `asked` are the prompt's words on that
    day."""

    __tablename__ = "prompt_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    prompt_id: Mapped[int] = mapped_column(ForeignKey("prompt.id"))
    written_on: Mapped[date]
    asked: Mapped[str]
    said: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("plan_id", "prompt_id", "written_on"),)


class ProgrammeChoice(StrEnum):
    """What a right-programme check comes to."""

    STAY = "stay"
    CHANGE_LEVEL = "change-level"
    TRANSFER = "transfer"


class ProgrammeCheck(Base):
    """Whether a learner is on the right programme, as decided on a day. Rows are only ever added: the newest
    holds."""

    __tablename__ = "programme_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    choice: Mapped[str]
    to_what: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    __table_args__ = (
        one_of("choice", ProgrammeChoice),
        CheckConstraint("choice = 'stay' OR (to_what <> '' AND reason <> '')", name="change_is_explained"),
    )


class ProgrammeCheckRule(Base):
    """Plans that begin on `from_on` or later are checked within their first `weeks`. A college without a row
    asks for no check."""

    __tablename__ = "programme_check_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    from_on: Mapped[date]
    weeks: Mapped[int] = mapped_column(default=6)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("weeks BETWEEN 1 AND 26", name="weeks_likely"),)


class CaseOutcome(Base):
    """A way in which a college's cases close."""

    __tablename__ = "case_outcome"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    position: Mapped[int]
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class Case(Base):
    """What several people work on together for one learner, led by one of them. It is open unless it has a
    closing after which it wasn't opened again."""

    __tablename__ = "learner_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    about: Mapped[str]
    confidentiality: Mapped[int]
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opened_on: Mapped[date]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (confidentiality_known(),)


class CasePerson(Base):
    """Somebody who works on a case: one who signs in, or an outsider by name."""

    __tablename__ = "case_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learner_case.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(default="")
    part: Mapped[str] = mapped_column(default="")
    left_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("(person_id IS NULL) = (name <> '')", name="staff_or_named"),)


class CaseAction(Base):
    """What somebody does for a case by when."""

    __tablename__ = "case_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learner_case.id"), index=True)
    what: Mapped[str]
    by_whom: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class CaseNote(Base):
    """A note on a case. Rows are only ever added."""

    __tablename__ = "case_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learner_case.id"), index=True)
    said: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class CaseClosing(Base):
    """A case was closed, and perhaps opened again since. The next closing is a row of its own."""

    __tablename__ = "case_closing"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learner_case.id"), index=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("case_outcome.id"))
    said: Mapped[str]
    closed_on: Mapped[date]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopened_on: Mapped[date | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopened_why: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        in_order("closed_on", "reopened_on"),
        CheckConstraint("reopened_on IS NULL OR reopened_why <> ''", name="reopened_has_reason"),
        Index(
            "uq_case_closing_in_force",
            "case_id",
            unique=True,
            sqlite_where=NOT_REOPENED,
            postgresql_where=NOT_REOPENED,
        ),
    )


class CaseChange(Base):
    """One change of one field of a case; read by who reads the case. Rows are only ever added.

    `field` "created" with the new value alone says that the case was opened.
    """

    __tablename__ = "case_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("learner_case.id"), index=True)
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
