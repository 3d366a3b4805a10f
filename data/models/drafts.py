"""What somebody typed and hasn't saved yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class Draft(Base):
    """A form's fields as last typed, by who types; `key` is the form and what it is about, `based_on` the
    version of what it would change."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    key: Mapped[str]
    typed: Mapped[dict[str, Any]]
    based_on: Mapped[int | None]
    kept_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "key"),)
