"""Where a plan starts and where it leads: what the learner brings, assessments, the individual balance, own
words, progression options, the exit, and the log of learning experiences."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, in_order, one_of


class AttainmentKind(StrEnum):
    QUALIFICATION = "qualification"
    EXPERIENCE = "experience"


class AssessmentKind(StrEnum):
    INITIAL = "initial"
    DIAGNOSTIC = "diagnostic"


class RatedBy(StrEnum):
    """Whose view a balance is."""

    LEARNER = "learner"
    TUTOR = "tutor"


class ProgressionKind(StrEnum):
    """Where a plan can lead, and where its learner went."""

    NEXT_LEVEL = "next-level"
    HIGHER_EDUCATION = "higher-education"
    APPRENTICESHIP = "apprenticeship"
    EMPLOYMENT = "employment"
    OTHER = "other"


class Met(StrEnum):
    """Whether the learner has what a progression option needs."""

    MET = "met"
    ON_THE_WAY = "on-the-way"
    NOT_YET = "not-yet"


class ExperienceKind(StrEnum):
    ACADEMIC = "academic"
    ENRICHMENT = "enrichment"
    WORK_PLACEMENT = "work-placement"
    VOLUNTEERING = "volunteering"


LOWEST_RATING, HIGHEST_RATING = 1, 4


class Attainment(Base):
    """A qualification or an experience that the learner brings; `year` is when it was gained or ended."""

    __tablename__ = "attainment"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    what: Mapped[str]
    result: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", AttainmentKind),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year_likely"),
    )


class Assessment(Base):
    """An initial or diagnostic assessment: what it said, what that means for the plan, and what comes next.

    Where it found a need, a target or a support of the plan takes it up.
    """

    __tablename__ = "assessment"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    instrument: Mapped[str]
    taken_on: Mapped[date]
    result: Mapped[str]
    meaning: Mapped[str] = mapped_column(default="")
    next_step: Mapped[str] = mapped_column(default="")
    need: Mapped[bool] = mapped_column(default=False)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    support_id: Mapped[int | None] = mapped_column(ForeignKey("support.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("kind", AssessmentKind),)


class OwnWords(Base):
    """What the learner wants known, in their own words; it shares its plan's id."""

    __tablename__ = "own_words"
    id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    strengths: Mapped[str] = mapped_column(default="")
    interests: Mapped[str] = mapped_column(default="")
    ways_of_working: Mapped[str] = mapped_column(default="")
    languages: Mapped[str] = mapped_column(default="")
    background: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Skill(Base):
    """A skill of a cohort's programme; a learning skill, for every programme, where `cohort_id` is empty.

    One that is no longer asked about is retired, so that earlier ratings keep their name.
    """

    __tablename__ = "skill"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    meaning: Mapped[str] = mapped_column(default="")
    retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Balance(Base):
    """One look at the skills, by the learner or the tutor, on a day; its ratings are `SkillRating`."""

    __tablename__ = "balance"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    rated_by: Mapped[str]
    rated_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("plan_id", "rated_by", "rated_on"), one_of("rated_by", RatedBy))


class SkillRating(Base):
    """How far a skill was in one balance: 1 new to me, 2 with help, 3 on my own, 4 can show others."""

    __tablename__ = "skill_rating"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance_id: Mapped[int] = mapped_column(ForeignKey("balance.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    rating: Mapped[int]
    __table_args__ = (
        UniqueConstraint("balance_id", "skill_id"),
        CheckConstraint(f"rating BETWEEN {LOWEST_RATING} AND {HIGHEST_RATING}", name="rating_on_scale"),
    )


class ProgressionOption(Base):
    """A way on from the destination of a plan; `decide_by` is the day to apply or decide by."""

    __tablename__ = "progression_option"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    decide_by: Mapped[date | None]
    first_choice: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("kind", ProgressionKind),)


class ProgressionNeed(Base):
    """One thing that an option needs, beside what the learner has; a target may close the gap."""

    __tablename__ = "progression_need"
    id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("progression_option.id"), index=True)
    needs: Mapped[str]
    has: Mapped[str] = mapped_column(default="")
    met: Mapped[str]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("met", Met),)


class PlanExit(Base):
    """Where the learner went at the end of a plan. The day is the enrolment's `ended_on`, the next plan the
    one that continues this one; it shares its plan's id."""

    __tablename__ = "plan_exit"
    id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    kind: Mapped[str]
    destination: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (one_of("kind", ProgressionKind),)


class Experience(Base):
    """Something that the learner did, in college or outside, and what they learned by it."""

    __tablename__ = "experience"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    what: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    hours: Mapped[int | None]
    learned: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", ExperienceKind),
        in_order("from_on", "until_on"),
        CheckConstraint("hours >= 0", name="hours_counted"),
    )
