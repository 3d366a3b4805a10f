"""Sets of phases, templates and what was made from them, transitions between phases, and drafts of routes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of


class PhaseSet(Base):
    """Phases that a plan can have, as a whole: the college's four, or others for other programmes."""

    __tablename__ = "phase_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class PhaseSetPhase(Base):
    """One phase of a set. It takes so many weeks, or an even share of what the others leave."""

    __tablename__ = "phase_set_phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    phase_set_id: Mapped[int] = mapped_column(ForeignKey("phase_set.id"))
    position: Mapped[int]
    name: Mapped[str]
    weeks: Mapped[int | None]
    demands_review: Mapped[bool] = mapped_column(default=True)
    asks_preparedness: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        UniqueConstraint("phase_set_id", "position"),
        CheckConstraint("weeks > 0", name="weeks_positive"),
    )


class Template(Base):
    """What the plans of one programme begin with: general outcomes only. The wording is optional.

    `months` is how long the programme usually takes, `source` where the template came from.
    """

    __tablename__ = "template"
    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    name: Mapped[str]
    starting_point: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    progression: Mapped[str] = mapped_column(default="")
    months: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("department_id", "name"),
        CheckConstraint("months > 0", name="months_positive"),
    )


class TemplatePhase(Base):
    __tablename__ = "template_phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    position: Mapped[int]
    name: Mapped[str]
    weeks: Mapped[int | None]
    demands_review: Mapped[bool] = mapped_column(default=True)
    asks_preparedness: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("template_id", "position"),
        CheckConstraint("weeks > 0", name="weeks_positive"),
    )


class TemplateMilestone(Base):
    """A general outcome. `weeks_in` is when it is due, in weeks after the start; one that is `retired` goes
    into no new plan and stays in those that have it."""

    __tablename__ = "template_milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    position: Mapped[int]
    short_title: Mapped[str]
    title: Mapped[str]
    criteria: Mapped[str] = mapped_column(default="")
    resources: Mapped[str] = mapped_column(default="")
    weeks_in: Mapped[int | None]
    retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("template_id", "short_title"),
        CheckConstraint("weeks_in >= 0", name="weeks_in_counted"),
    )


class CopyKind(StrEnum):
    """What a row made from a template is; `row_id` is an id of that table."""

    PLAN = "plan"
    PHASE = "phase"
    TARGET = "target"
    MILESTONE = "milestone"


class TemplateCopy(Base):
    """What a template last said of a row made from it, field by field: a field whose text is still that is
    the template's, any other is the plan's own. See docs/decisions/0009-templates.md.

    `part_id` is the template's phase or milestone that the row is a copy of, None for the plan itself;
    `plan_id` is None for a cohort's milestone.
    """

    __tablename__ = "template_copy"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    part_id: Mapped[int | None]
    row_id: Mapped[int]
    said: Mapped[dict[str, Any]]
    __table_args__ = (one_of("kind", CopyKind), UniqueConstraint("kind", "row_id"))


class TemplateRun(Base):
    """One time that a template was carried into plans: how many fields and rows it changed, and of how many
    it left be and why. It can be undone at any time."""

    __tablename__ = "template_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    plans: Mapped[int]
    changed: Mapped[int]
    skipped: Mapped[int]
    why_skipped: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)


class TemplateRunLine(Base):
    """What a run did to one field of one copy; a field "created" says that the row came into being."""

    __tablename__ = "template_run_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("template_run.id"), index=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("template_copy.id"))
    field: Mapped[str]
    old: Mapped[str] = mapped_column(default="")
    new: Mapped[str] = mapped_column(default="")


class Readiness(StrEnum):
    READY = "ready"
    NEARLY = "nearly"
    NOT_YET = "not-yet"


class Aspect(StrEnum):
    """What being prepared for the next phase is made of."""

    ACADEMIC = "academic"
    PERSONAL = "personal"
    SOCIAL = "social"
    PRACTICAL = "practical"


class Preparedness(Base):
    """How prepared a learner is to move on at the end of a phase: a judgement with its reason, and the
    learner's own view beside it."""

    __tablename__ = "preparedness"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id"), unique=True)
    academic: Mapped[str | None] = mapped_column(String(16))
    personal: Mapped[str | None] = mapped_column(String(16))
    social: Mapped[str | None] = mapped_column(String(16))
    practical: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(default="")
    judged_on: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    own_view: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (*(one_of(aspect, Readiness) for aspect in Aspect),)


class BridgeAction(Base):
    """What is done, by whom and by when, to get ready where a judgement of preparedness was weak."""

    __tablename__ = "bridge_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id"))
    aspect: Mapped[str] = mapped_column(String(16))
    what: Mapped[str]
    by_whom: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("aspect", Aspect),)


class TransitionKind(StrEnum):
    """What an individual transition plan holds."""

    APPLICATION = "application"
    STATEMENT = "personal-statement"
    CV = "cv"
    PLACEMENT = "placement"
    FUNDING = "funding"
    OTHER = "other"


class TransitionStatus(StrEnum):
    TO_DO = "to-do"
    UNDER_WAY = "under-way"
    SENT = "sent"
    DONE = "done"
    NOT_NEEDED = "not-needed"


class TransitionItem(Base):
    """One thing of the transition plan: where it goes to, its deadline, how far it is and what came of it."""

    __tablename__ = "transition_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    what: Mapped[str]
    where_to: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(16), default=TransitionStatus.TO_DO)
    outcome: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("kind", TransitionKind), one_of("status", TransitionStatus))


class DraftKind(StrEnum):
    """What a learner drafts of the own route."""

    START = "start"
    DESTINATION = "destination"
    ROAD = "road"
    STOP = "stop"
    BREAKDOWN = "breakdown"


class RouteDraftPart(Base):
    """One piece of the route that a learner drafts, in the learner's words, which stay as they are when a
    tutor takes the piece over into the plan. `reply` is what the tutor says to it."""

    __tablename__ = "route_draft_part"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    said: Mapped[str]
    what_helps: Mapped[str] = mapped_column(default="")
    by_when: Mapped[date | None]
    drafted_on: Mapped[date]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reply: Mapped[str] = mapped_column(default="")
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_on: Mapped[date | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    barrier_id: Mapped[int | None] = mapped_column(ForeignKey("barrier.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", DraftKind),
        CheckConstraint("(taken_on IS NULL) = (taken_by_id IS NULL)", name="taken_by_somebody"),
    )
