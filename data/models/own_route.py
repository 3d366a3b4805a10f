"""What learners put on their own map: stops of their own, and names for their roads."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class OwnStop(Base):
    """A stop that the learner added. It is no target: nothing counts it, nobody is late for it."""

    __tablename__ = "own_stop"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    title: Mapped[str]
    stop_on: Mapped[date]
    reached_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class RoadName(Base):
    """What the learner calls the road of a lane; it has none while the name is empty."""

    __tablename__ = "road_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("plan_id", "lane_id"),)
