"""A teaching group on one side of A4."""

from __future__ import annotations

from components import words
from components.drawing import render
from data.class_sheet import HOW_CHOSEN, ClassSheet

CLIPPED = 110
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
        clipped=_clipped,
        supports=MOST_SUPPORTS,
        targets=MOST_TARGETS,
        how_chosen=HOW_CHOSEN,
        dense=len(sheet.learners) > 14,
        counted=words.count(len(sheet.learners), "learner"),
    )


def _clipped(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED].rsplit(' ', 1)[0]} …"
