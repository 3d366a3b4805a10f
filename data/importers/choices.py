"""Cells that hold a word of the college's own: a lane, a kind of review."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from data.importers.columns import folded
from data.importers.merge import Run
from data.importers.summary import Unusable
from data.importers.table import Row
from data.models import Lane, ReviewKind


@dataclass(frozen=True, slots=True)
class Choices:
    """What a column may hold: ids by key or label, folded, the labels for messages, and the key of an
    empty cell."""

    heading: str
    ids: dict[str, int]
    labels: list[str]
    usual: str

    def id(self, row: Row) -> int:
        """The id that the row's word names. Raises Unusable for a word that names none."""
        text = row.text(self.heading)
        found = self.ids.get(folded(text) or self.usual)
        if found is None:
            raise Unusable(f"{self.heading} {text!r} isn't known; write one of {', '.join(self.labels)}")
        return found


def choices(run: Run, heading: str, of: type[Lane | ReviewKind], label: Mapped[str], usual: str) -> Choices:
    """The college's own lanes, or kinds of review, in their order."""
    rows = run.session.execute(
        select(of.key, label, of.id).where(of.organisation_id == run.organisation_id).order_by(of.position)
    ).all()
    ids = {folded(word): row_id for key, name, row_id in rows for word in (key, name)}
    return Choices(heading, ids, [name for _, name, _ in rows], usual)
