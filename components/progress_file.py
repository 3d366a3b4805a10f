"""A cohort's progress grid as a file holds it: the page's rows in the order and by the filter of its address.

The page sorts and filters in the browser (assets/grid.js); a browser test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from unicodedata import combining, normalize

from components import coverage_tables, words
from components.coverage_tables import Cell, Table, cell, columns
from components.progress_grid import SORTS, learner_note, tiles
from data.exports import Sheet
from data.progress_grid import LearnerRow, ProgressGrid
from data.review_coverage import Counted
from data.rules import TargetState

PARAMETERS = ("sort", "filter", "name")
ORDERS: dict[str, Callable[[LearnerRow], Any]] = {
    "overdue": lambda learner: -learner.count(TargetState.OVERDUE),
    "review": lambda learner: learner.next_review_on or date.max,
    "progress": lambda learner: learner.count(TargetState.ACHIEVED) / max(1, _counting(learner)),
}


def sheet(grid: ProgressGrid, counted: Counted, goal: int, today: date, asked: Mapping[str, str]) -> Sheet:
    """One row a learner: what is achieved, each milestone's state in words, personal targets, next review."""
    table = Table(
        key="progress",
        title=f"Progress of {grid.cohort.code}, {grid.cohort.title}",
        columns=columns(
            *("Learner", "Note", "#Achieved", "#Overdue", "#Targets"),
            *(milestone.short_title for milestone in grid.milestones),
            *("Personal targets", "Next review", "Review"),
        ),
        rows=tuple(_row(learner) for learner in in_order(grid, asked)),
    )
    return coverage_tables.sheet(
        table,
        name=coverage_tables.file_name("progress", grid.cohort.code, today.isoformat()),
        as_at=today,
        facts=(
            *coverage_tables.facts(counted, today, goal),
            ("Shown", _shown(asked)),
            ("Cohort", "; ".join(f"{what} {figure}, {of}" for what, figure, of in tiles(grid.figures))),
        ),
    )


def in_order(grid: ProgressGrid, asked: Mapping[str, str]) -> list[LearnerRow]:
    """The learners whom the page lists with these parameters, as it lists them."""
    wanted = _plain(asked.get("name", "")).split()
    found = [
        learner
        for learner in grid.learners
        if (asked.get("filter") != "overdue" or learner.count(TargetState.OVERDUE))
        and all(word in _plain(learner.name) for word in wanted)
    ]
    order = ORDERS.get(asked.get("sort", ""))
    return sorted(found, key=lambda learner: (learner.ended, order(learner) if order else 0))


def _row(learner: LearnerRow) -> tuple[Cell, ...]:
    states = (words.target_word(state) if state else None for state in learner.states)
    personal = learner.personal.counts.items() if learner.personal else ()
    return (
        cell(learner.name),
        cell(learner_note(learner)),
        cell(learner.count(TargetState.ACHIEVED)),
        cell(learner.count(TargetState.OVERDUE)),
        cell(_counting(learner)),
        *(cell(state) for state in states),
        cell(", ".join(f"{number} {words.target_word(state).lower()}" for state, number in personal)),
        cell(learner.next_review_on),
        cell(words.review_word(learner.review_state)),
    )


def _counting(learner: LearnerRow) -> int:
    return learner.count(*(state for state in TargetState if state != TargetState.WITHDRAWN))


def _shown(asked: Mapping[str, str]) -> str:
    said = ["overdue only" if asked.get("filter") == "overdue" else "everyone"]
    if asked.get("name"):
        said.append(f"name holds “{asked['name']}”")
    return ", ".join([*said, f"by {SORTS.get(asked.get('sort', ''), SORTS['name'])}"])


def _plain(text: str) -> str:
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter)).lower()
