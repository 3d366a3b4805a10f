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
        how_chosen=_how_chosen(sheet),
        dense=sum(_lines(learner) for learner in sheet.learners) > MOST_LINES,
        counted=words.count(len(sheet.learners), "learner"),
    )


def _how_chosen(sheet: ClassSheet) -> str:
    """By which words targets were found, and how many were."""
    looked_for = " or ".join(f"“{word}”" for word in sheet.looked_for)
    found = sum(len(learner.targets) for learner in sheet.learners)
    said = words.count(found, "target") if found else "none here"
    return (
        f"{HOW_CHOSEN} by the word {looked_for}, in what they serve, in their unit of the programme, in the"
        f" title, in what shows that they are achieved or in where and how: {said}."
    )


def _lines(learner: SheetLearner) -> int:
    """About how many lines of the sheet a learner takes."""
    works_how = -(-len(_clipped(learner.works_how)) // COLUMN)
    supports = sum(-(-len(one) // COLUMN) for one in learner.supports[:MOST_SUPPORTS])
    targets = sum(
        -(-(len(one.title) + len(one.named_in) + 22) // COLUMN) for one in learner.targets[:MOST_TARGETS]
    )
    more = len(learner.supports) > MOST_SUPPORTS or len(learner.targets) > MOST_TARGETS
    return max(works_how, supports, targets, 1) + more


def _clipped(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED].rsplit(' ', 1)[0]} …"
