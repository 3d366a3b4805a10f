"""The plain page of a cohort's grid, for A3 landscape: a table for each phase, names repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from components import words
from components.cohort_page import tutors_named, who_is_shown
from components.drawing import render
from components.progress_grid import learner_note, review_words, tiles
from data.progress_grid import Cell, LearnerRow, MilestoneColumn, ProgressGrid
from data.rules import Share, TargetState

MOST_COLUMNS = 30
"""How many milestones fit beside the names on A3 landscape."""
SIDE_BY_SIDE = 36
"""Up to so many learners a table is no higher than a page, so that phases stand side by side."""


@dataclass(frozen=True)
class Part:
    """One table: some milestones of a phase, and each learner's cells for them."""

    title: str
    milestones: Sequence[MilestoneColumn]
    shares: Sequence[Share]
    rows: Sequence[tuple[LearnerRow, Sequence[Cell | None]]]


def cohort_print(grid: ProgressGrid, *, as_at: date) -> str:
    """The whole page."""
    return render(
        "cohort_print.html",
        title=f"{grid.cohort.code} {grid.cohort.title}",
        cohort=grid.cohort,
        who=who_is_shown(grid),
        tutors=tutors_named(grid.cohort.tutors),
        as_at=as_at,
        figures=tiles(grid.figures),
        states=words.TARGET_STATES,
        parts=list(_parts(grid)),
        learners=[(learner, _achieved(learner), review_words(learner)) for learner in grid.learners],
        note=learner_note,
        side_by_side=SIDE_BY_SIDE,
    )


def _parts(grid: ProgressGrid) -> Iterator[Part]:
    start = 0
    for phase, columns in grid.phases:
        for first in range(0, len(columns), MOST_COLUMNS):
            some = columns[first : first + MOST_COLUMNS]
            place = slice(start + first, start + first + len(some))
            yield Part(
                title=phase if first == 0 else f"{phase}, continued",
                milestones=some,
                shares=[grid.figures.milestones.get(milestone.id, Share(0, 0)) for milestone in some],
                rows=[(learner, learner.cells[place]) for learner in grid.learners],
            )
        start += len(columns)


def _achieved(learner: LearnerRow) -> str:
    counted = [state for state in TargetState if state != TargetState.WITHDRAWN]
    return f"{learner.count(TargetState.ACHIEVED)} of {learner.count(*counted)}"
