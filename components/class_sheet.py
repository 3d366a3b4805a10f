"""A teaching group on one side of A4."""

from __future__ import annotations

from components import words
from components.drawing import render
from data.class_sheet import HOW_CHOSEN, ClassSheet, SheetLearner

CLIPPED = 110
COLUMN, MOST_LINES = 30, 45
"""Characters in a line of a column, and lines on the sheet in normal print."""
MOST_SUPPORTS = MOST_TARGETS = 2
"""On paper, of each learner; the rest is counted."""


def class_sheet(sheet: ClassSheet) -> str:
    """The whole plain page."""
    group = sheet.group
    return render(
        "class_sheet.html",
        title=f"{group.code}, {group.subject}",
        sheet=sheet,
        group=group,
        back="/reviews",
        clipped=_clipped,
        supports=MOST_SUPPORTS,
        targets=MOST_TARGETS,
        how_chosen=HOW_CHOSEN,
        dense=sum(_lines(learner) for learner in sheet.learners) > MOST_LINES,
        counted=words.count(len(sheet.learners), "learner"),
    )


def _lines(learner: SheetLearner) -> int:
    """About how many lines of the sheet a learner takes."""
    works_how = -(-len(_clipped(learner.works_how)) // COLUMN)
    supports = sum(-(-len(one) // COLUMN) for one in learner.supports[:MOST_SUPPORTS])
    targets = sum(-(-(len(one.title) + 20) // COLUMN) for one in learner.targets[:MOST_TARGETS])
    more = len(learner.supports) > MOST_SUPPORTS or len(learner.targets) > MOST_TARGETS
    return max(works_how, supports, targets, 1) + more


def _clipped(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED].rsplit(' ', 1)[0]} …"
