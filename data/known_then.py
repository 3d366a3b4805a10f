"""Rows as they were known on an earlier day: what they are now, with the changes since undone.

Pure: rows and changes in, rows out. What history doesn't tell is read from the days in the row itself; what
neither tells (the lane of a target, the order of its steps, a row taken out) is as it is now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from data.rules import CLOSED_STATUSES, FOR_A_BREAK, TargetStatus, first_due_before_break

_STEP_WITH_DAY = re.compile(r"(.+) \(by (\d{4}-\d\d-\d\d)\)", re.DOTALL)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of history: `on` is the day of its instant `at` where the college is."""

    at: datetime
    on: date
    field: str
    old: str | None
    new: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of a target; `id` is 0 for one that was taken away since."""

    id: int
    text: str
    due_on: date | None
    done_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What is stored of a target, as far as it can change."""

    title: str
    status: str
    due_on: date | None
    first_due_on: date | None
    moves: int
    achieved_on: date | None
    closed_on: date | None
    how_met: str
    created_on: date
    steps: tuple[StepFacts, ...] = ()


def target_then(now: TargetFacts, changes: Sequence[Noted], day: date) -> TargetFacts | None:
    """A target as it was known at the end of a day, from its changes, oldest first; None where it wasn't
    there yet."""
    made = next((change for change in changes if change.field == "created"), None)
    if (made.on if made else now.created_on) > day:
        return None
    then = now
    later = [change for change in changes if change.on > day]
    for _, saved in groupby(reversed(later), key=lambda change: change.at):
        then = _before(then, list(saved), changes)
    return _in_time(then, changes, day)


def row_then(
    row: Row, about: str, columns: Mapping[str, str], changes: Sequence[Noted], day: date
) -> Row | None:
    """Any other row, a dataclass, as it was known at the end of a day; None where it was added later.

    History calls it `about`; `columns` maps the names that history has for its fields to its own.
    """
    for change in reversed([change for change in changes if change.on > day]):
        if change.field == about and change.old is None:
            return None
        if change.field.startswith(f"{about} ") and (
            column := columns.get(change.field.removeprefix(f"{about} "))
        ):
            row = replace(row, **{column: _read(change.old, getattr(row, column), change.field)})  # type: ignore[type-var]
    return row


def text_then(now: str, field: str, changes: Sequence[Noted], day: date) -> str:
    """A text as it was known at the end of a day."""
    first = next((change for change in changes if change.field == field and change.on > day), None)
    return now if first is None else first.old or ""


def _read(text: str | None, now: Any, field: str) -> Any:
    """A value out of history, of the type that the field has."""
    if field.endswith(("_on", "_by")):
        return date.fromisoformat(text) if text else None
    return int(text or 0) if isinstance(now, int) else text or ""


# --- a target, one save undone -------------------------------------------------------------------------


def _before(then: TargetFacts, saved: list[Noted], changes: Sequence[Noted]) -> TargetFacts:
    """The target before what was saved in one instant, its changes newest first."""
    values: dict[str, Any] = {}
    steps = list(then.steps)
    for change in saved:
        if change.field in ("title", "how_met", "status"):
            values[change.field] = change.old or ""
        elif change.field in ("due_on", "achieved_on"):
            values[change.field] = _read(change.old, None, change.field)
        elif change.field == "step":
            _untick(steps, change, changes)
        elif change.field == "step_words":
            _reword(steps, change)
    for change in saved:
        if change.field == "due_on":
            values |= _first_date_before(then, change, values.get("status", then.status))
    return replace(then, **values, steps=tuple(steps))


def _first_date_before(then: TargetFacts, moved: Noted, status_before: str) -> dict[str, Any]:
    """The first date and the count of moves before a due date was set, as data/targets.py sets them."""
    if not moved.old:
        return {"first_due_on": None, "moves": 0}
    if status_before == TargetStatus.PROPOSED:
        return {"first_due_on": date.fromisoformat(moved.old)}
    if not moved.reason.startswith(FOR_A_BREAK):
        return {"moves": max(0, then.moves - 1)}
    if not moved.new:
        return {}
    due = (date.fromisoformat(moved.old), date.fromisoformat(moved.new))
    return {"first_due_on": first_due_before_break(then.first_due_on, due, moved.reason)}


def _untick(steps: list[StepFacts], change: Noted, changes: Sequence[Noted]) -> None:
    """Take back that a step was ticked, or that its tick was taken away. History knows it by its words."""
    text, was_done = change.new or change.old, change.new is None
    for index, step in enumerate(steps):
        if step.text == text and (step.done_on is not None) != was_done:
            ticks = [c.on for c in changes if c.field == "step" and c.new == text and c.at < change.at]
            done_on = (ticks[-1] if ticks else change.on) if was_done else None
            steps[index] = replace(step, done_on=done_on)
            return


def _reword(steps: list[StepFacts], change: Noted) -> None:
    """Take back that a step was added, reworded or taken away."""
    old, new = _step_said(change.old), _step_said(change.new)
    if new is None:
        if old is not None:
            steps.append(StepFacts(0, *old, None, 0))
        return
    found = next((n for n, step in enumerate(steps) if (step.text, step.due_on) == new), None)
    if found is None:
        found = next((n for n, step in enumerate(steps) if step.text == new[0]), None)
    if found is not None and old is None:
        del steps[found]
    elif found is not None and old is not None:
        steps[found] = replace(steps[found], text=old[0], due_on=old[1])


def _step_said(said: str | None) -> tuple[str, date | None] | None:
    """(words, day) of a step as data/target_steps.py writes it to history."""
    if said is None:
        return None
    dated = _STEP_WITH_DAY.fullmatch(said)
    return (dated[1], date.fromisoformat(dated[2])) if dated else (said, None)


def _in_time(then: TargetFacts, changes: Sequence[Noted], day: date) -> TargetFacts:
    """The target with its days of closing as they were known, and without what came about later."""
    steps = tuple(
        replace(step, done_on=None) if step.done_on is not None and step.done_on > day else step
        for step in then.steps
    )
    then = replace(then, steps=steps)
    if then.status not in CLOSED_STATUSES:
        return replace(then, closed_on=None, achieved_on=None)
    told = [change for change in changes if change.field == "status"]
    if any(change.on > day for change in told):
        closings = [change.on for change in told if change.on <= day]
        closed_on = closings[-1] if closings else then.achieved_on or then.created_on
        achieved = then.status == TargetStatus.ACHIEVED
        return replace(
            then, closed_on=closed_on, achieved_on=(then.achieved_on or closed_on) if achieved else None
        )
    if then.closed_on is not None and then.closed_on > day:
        return replace(then, status=TargetStatus.TO_COME.value, closed_on=None, achieved_on=None)
    return then
