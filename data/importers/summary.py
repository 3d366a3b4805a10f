"""What an import did, or in a dry run would do: counts, and every line that needs somebody's eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

LISTED_AT_MOST = 200
"""Lines kept of each list; the count goes on."""


class Unusable(Exception):
    """A row that can't be taken; the message says why. The rows around it are."""


@dataclass(slots=True)
class Counts:
    """Records of one kind that were added, changed, or found as the source says."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row or value that wasn't taken, where it stands (file and line), and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that differs from what the source last said: what stands here stays."""

    record: str
    field: str
    here: str
    says: str

    def __str__(self) -> str:
        return f"{self.record}: {self.field} stays {self.here} (the file says {self.says})"


Line = TypeVar("Line", Refusal, Kept)


@dataclass(slots=True)
class Listed(Generic[Line]):
    """Lines for the reader: all counted, the first two hundred held."""

    count: int = 0
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.count += 1
        if len(self.lines) < LISTED_AT_MOST:
            self.lines.append(line)


@dataclass(slots=True)
class Summary:
    """The outcome of one import. `read` counts rows of the files; the other counts are of records."""

    kind: str
    dry_run: bool = False
    read: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    kept: Listed[Kept] = field(default_factory=Listed)
    refused: Listed[Refusal] = field(default_factory=Listed)
    left_out: Listed[Refusal] = field(default_factory=Listed)
    unused_headings: list[str] = field(default_factory=list)

    def of(self, noun: str) -> Counts:
        return self.counts.setdefault(noun, Counts())

    @property
    def added(self) -> int:
        return sum(counts.added for counts in self.counts.values())

    @property
    def changed(self) -> int:
        return sum(counts.changed for counts in self.counts.values())

    @property
    def unchanged(self) -> int:
        return sum(counts.unchanged for counts in self.counts.values())

    @property
    def all_refused(self) -> bool:
        """Whether there was something to import and none of it was taken."""
        return self.refused.count > 0 and not self.counts

    def lines(self) -> list[str]:
        """The summary as it is printed: lists first, counts last."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.dry_run:
            yield "DRY RUN: nothing was written. This is what the import would do."
        if self.unused_headings:
            yield "Columns not used: " + ", ".join(self.unused_headings)
        yield from _list("Kept, since they were changed here or by another file", self.kept)
        yield from _list("Left out, the rest of the row was taken", self.left_out)
        yield from _list("Refused", self.refused)
        if self.counts:
            yield f"{'':24}{'added':>10}{'changed':>10}{'unchanged':>11}"
        for noun, counts in self.counts.items():
            yield f"{noun:24}{counts.added:>10,}{counts.changed:>10,}{counts.unchanged:>11,}"
        would = " (dry run: nothing was written)" if self.dry_run else ""
        yield (
            f"Rows read {self.read:,}, records added {self.added:,}, changed {self.changed:,},"
            f" unchanged {self.unchanged:,}; fields kept {self.kept.count:,}, values left out"
            f" {self.left_out.count:,}, rows refused {self.refused.count:,}{would}"
        )


def _list(title: str, listed: Listed[Refusal] | Listed[Kept]) -> Iterator[str]:
    if listed.count:
        yield f"{title} ({listed.count:,}):"
        yield from (f"  {line}" for line in listed.lines)
        if listed.count > len(listed.lines):
            yield f"  … and {listed.count - len(listed.lines):,} more"
