"""The page of the learning experiences: a log with what was learned."""

from __future__ import annotations

from typing import Any

from components.drawing import drawing, render
from components.plan_frame import plan_frame
from components.starting_point import given_name, no_plan
from data.experiences import ExperienceLog
from data.models import ExperienceKind

EXPERIENCES = "experiences"

KINDS = {
    ExperienceKind.ACADEMIC: "Academic",
    ExperienceKind.ENRICHMENT: "Enrichment",
    ExperienceKind.WORK_PLACEMENT: "Work placement",
    ExperienceKind.VOLUNTEERING: "Volunteering",
}


def experiences_page(log: ExperienceLog) -> list[Any]:
    """All that stands in the main part of the page."""
    content = (
        drawing(EXPERIENCES, experiences(log), view="experiences") if log.head.written else no_plan(log.head)
    )
    return plan_frame(log.head, "experiences", [content])


def experiences(log: ExperienceLog) -> str:
    labels = {kind.value: label for kind, label in KINDS.items()}
    return render(
        "experiences.html",
        log=log,
        own=log.head.own,
        given=given_name(log.head),
        kinds=list(labels.items()),
        kind_words=labels,
        hours=[(labels[kind], number) for kind, number in log.hours.items()],
    )
