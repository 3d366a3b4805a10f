"""How far somebody has read what changed in a plan."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class PlanSeen(Base):
    """The newest change of a plan that a person has seen: what came after it is new to them."""

    __tablename__ = "plan_seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    change_id: Mapped[int]
    __table_args__ = (UniqueConstraint("person_id", "plan_id"),)
