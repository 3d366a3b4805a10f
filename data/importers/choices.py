"""Cells that hold a word of the college's own: a lane, a kind of review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.importers.columns import folded
from data.importers.summary import Unusable
from data.importers.table import Row


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


def choices(heading: str, usual: str, rows: Iterable[tuple[str, str, int]]) -> Choices:
    """The choices of (key, label, id), in their order."""
    rows = list(rows)
    ids = {folded(word): row_id for key, label, row_id in rows for word in (key, label)}
    return Choices(heading, ids, [label for _, label, _ in rows], usual)
