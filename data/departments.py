"""The departments whose figures a viewer may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import Department
from data.scope import Viewer, departments_seen_by


@dataclass(frozen=True, slots=True)
class NamedDepartment:
    id: int
    name: str


def read(session: Session, viewer: Viewer) -> list[NamedDepartment]:
    """By name."""
    rows = session.execute(
        select(Department.id, Department.name).where(departments_seen_by(viewer)).order_by(Department.name)
    )
    return [NamedDepartment(*row) for row in rows]
