"""The college: departments, cohorts, closed days, teaching groups, lanes, kinds and rules of reviews."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.rules import ForWhom, IntervalUnit, Occasion


class Organisation(Base):
    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Europe/London")
    coverage_goal: Mapped[int] = mapped_column(default=95)
    demo_today: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("coverage_goal BETWEEN 0 AND 100", name="coverage_goal_percent"),)


class Department(Base):
    __tablename__ = "department"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class Cohort(Base):
    """The learners of one programme and start; `code` is what people say (E3-1)."""

    __tablename__ = "cohort"
    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    code: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("department_id", "code"),)


class ClosedPeriod(Base):
    """Days on which the college is closed: from `from_on` up to, not including, `back_on`."""

    __tablename__ = "closed_period"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    from_on: Mapped[date]
    back_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("back_on > from_on", name="back_after_from"),)


class TeachingGroup(Base):
    __tablename__ = "teaching_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    code: Mapped[str]
    subject: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("department_id", "code"),)


class Lane(Base):
    """A road of the route map; `key` is academic, career or personal, or one a college adds."""

    __tablename__ = "lane"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    label: Mapped[str]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)


class ReviewKind(Base):
    """`counts` says whether a review of this kind counts for coverage and sets the clock again; `signed_by`
    names the parties who sign one, with a space between them."""

    __tablename__ = "review_kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    counts: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    signed_by: Mapped[str] = mapped_column(default="learner tutor", server_default="learner tutor")
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)


class ReviewRuleVersion(Base):
    """One version of a kind's rule, in force from a date; see `rules.ReviewRule`. `for_whom` says which
    learners it holds for."""

    __tablename__ = "review_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    from_on: Mapped[date]
    unit: Mapped[str]
    amount: Mapped[int]
    closures_stop_clock: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    occasion: Mapped[str] = mapped_column(default=Occasion.INTERVAL, server_default="interval")
    for_whom: Mapped[str] = mapped_column(default=ForWhom.EVERYONE, server_default="everyone")
    __table_args__ = (
        UniqueConstraint("kind_id", "from_on"),
        one_of("unit", IntervalUnit),
        CheckConstraint("amount > 0", name="amount_positive"),
    )
