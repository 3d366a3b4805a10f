"""The phases that imported plans get, and the phase that a day falls in. No database here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.college import FOUR_PHASES
from data.phase_sets import SetPhase, dated

FOUR = tuple(SetPhase(name, weeks) for name, weeks in FOUR_PHASES)


@dataclass(frozen=True, slots=True)
class PhaseDates:
    name: str
    starts_on: date
    ends_on: date


def phases_between(starts_on: date, planned_end_on: date | None) -> list[PhaseDates]:
    """The default phases of a plan: induction and transition take six weeks, or a sixth of a short plan,
    foundation and progression share what lies between. A plan under four weeks has one phase."""
    return [
        PhaseDates(one.phase.name, one.starts_on, one.ends_on)
        for one in dated(FOUR, starts_on, planned_end_on)
    ]


def phase_at(starts: Sequence[date], on: date) -> int:
    """The position of the phase that a day falls in; days outside count to the first or last."""
    return max(0, bisect_right(starts, on) - 1)


def phase_name(starts_on: date, planned_end_on: date | None, due_on: date | None) -> str:
    phases = phases_between(starts_on, planned_end_on)
    on = due_on or phases[-1].ends_on
    return phases[phase_at([phase.starts_on for phase in phases], on)].name


@dataclass(slots=True)
class PlanPhases:
    """The phases of one plan, in order."""

    ids: list[int]
    names: list[str]
    starts: list[date]
    ends: list[date]

    def at(self, due_on: date | None) -> int | None:
        """The phase that a due date falls in; None without a date."""
        return self.ids[phase_at(self.starts, due_on)] if due_on and self.ids else None

    def named(self, name: str) -> int | None:
        folded = [each.casefold() for each in self.names]
        return self.ids[folded.index(name.casefold())] if name.casefold() in folded else None
