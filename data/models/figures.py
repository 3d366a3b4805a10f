"""Figures kept in the transaction of the writes that they follow from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, in_order


class CoverageSpan(Base):
    """Review coverage of a cohort, from one Sunday to another, both included: how many learners are
    required, how many of them covered. The last span of a cohort reaches to the end of time."""

    __tablename__ = "coverage_span"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    from_sunday: Mapped[date] = mapped_column(primary_key=True)
    until_sunday: Mapped[date]
    required: Mapped[int]
    covered: Mapped[int]
    __table_args__ = (
        in_order("from_sunday", "until_sunday"),
        CheckConstraint("covered BETWEEN 0 AND required", name="covered_required"),
    )


class DepartmentFigures(Base):
    """A department's figures from `from_on` until the day before its next row: the columns are those of
    `counted_days.Figure`."""

    __tablename__ = "department_figures"
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    late_0: Mapped[int] = mapped_column(default=0)
    late_1: Mapped[int] = mapped_column(default=0)
    late_2: Mapped[int] = mapped_column(default=0)
    late_3: Mapped[int] = mapped_column(default=0)
    late_4: Mapped[int] = mapped_column(default=0)
    first_0: Mapped[int] = mapped_column(default=0)
    first_1: Mapped[int] = mapped_column(default=0)
    first_2: Mapped[int] = mapped_column(default=0)
    first_3: Mapped[int] = mapped_column(default=0)
    first_4: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    achieved: Mapped[int] = mapped_column(default=0)
    live: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    enrolled: Mapped[int] = mapped_column(default=0)
    started: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    required: Mapped[int] = mapped_column(default=0)
    covered: Mapped[int] = mapped_column(default=0)
    open: Mapped[int] = mapped_column(default=0, server_default="0")
    __table_args__ = (CheckConstraint("covered BETWEEN 0 AND required", name="covered_required"),)
