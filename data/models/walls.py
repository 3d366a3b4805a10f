"""Wall displays: screens that show figures of a department, of some cohorts or of the whole organisation."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of


class Theme(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class Orientation(StrEnum):
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class BoardKind(StrEnum):
    """What a board shows, in the order in which a new wall offers them."""

    WHERE_WE_ARE = "where-we-are"
    COVERAGE = "coverage"
    OVERDUE = "overdue"
    REVIEWS_DUE = "reviews-due"
    ACHIEVED = "achieved"
    MILESTONES = "milestones"
    NOTICE = "notice"


class Wall(Base):
    """A screen, and what it shows: a department, the whole organisation where `department_id` is empty, and
    in either case only the cohorts of `WallCohort` where there are any.

    Only a hash of the token in its address is kept. It shows from `shows_from` until `shows_until` on the
    organisation's clock (the same time twice: all day), and works to the end of `expires_on`.
    """

    __tablename__ = "wall"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str]
    theme: Mapped[str] = mapped_column(default=Theme.DARK)
    orientation: Mapped[str] = mapped_column(default=Orientation.LANDSCAPE)
    scale: Mapped[int] = mapped_column(default=100)
    shows_from: Mapped[time]
    shows_until: Mapped[time]
    expires_on: Mapped[date]
    notice: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    last_seen_from: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("theme", Theme),
        one_of("orientation", Orientation),
        CheckConstraint("scale IN (100, 110, 125)", name="scale_readable"),
    )


class WallBoard(Base):
    """One board of a wall: what it shows and for how long, in turn by position."""

    __tablename__ = "wall_board"
    id: Mapped[int] = mapped_column(primary_key=True)
    wall_id: Mapped[int] = mapped_column(ForeignKey("wall.id"))
    position: Mapped[int]
    kind: Mapped[str]
    seconds: Mapped[int]
    __table_args__ = (
        UniqueConstraint("wall_id", "position"),
        one_of("kind", BoardKind),
        CheckConstraint("seconds BETWEEN 5 AND 600", name="seconds_readable"),
    )


class WallCohort(Base):
    """A cohort that a wall is limited to."""

    __tablename__ = "wall_cohort"
    wall_id: Mapped[int] = mapped_column(ForeignKey("wall.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
