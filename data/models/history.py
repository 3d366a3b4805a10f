"""Change history and what an import last said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Origin, one_of


class Change(Base):
    """Change history: one field of one row, by whom, when and why. Rows are only ever added.

    `field` "created" with the new value alone says that the row came into being.
    """

    __tablename__ = "change"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    origin: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    __table_args__ = (
        one_of("origin", Origin),
        Index("ix_change_target_id", "target_id", "id"),
        Index("ix_change_plan_id_at", "plan_id", "at"),
        Index("ix_change_at", "at"),
    )


class ImportRecord(Base):
    """What a source last said of a row, so that a repeated import changes only what the source changed
    and a field that a person has edited since is kept."""

    __tablename__ = "import_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str]
    key: Mapped[str]
    row_id: Mapped[int]
    said: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("organisation_id", "source", "key"),)
