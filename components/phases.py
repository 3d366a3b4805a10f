"""The phases of a plan: where it stands, the next transition, the transition plan."""

from __future__ import annotations

from typing import Any

from dash import html

from components import ids
from components.attributes import attributes
from components.drawing import drawing, render
from components.plan_frame import plan_frame
from data.models import Aspect, Readiness, TransitionKind, TransitionStatus
from data.phases import PhasesPage

ASPECTS = {
    Aspect.ACADEMIC: "Learning and subject",
    Aspect.PERSONAL: "Motivation and independence",
    Aspect.SOCIAL: "Working with others",
    Aspect.PRACTICAL: "Practical side: travel, money, time",
}
READINESS = {
    # word, icon, the state whose colours it wears
    Readiness.READY: ("Ready", "check-circle-fill", "achieved"),
    Readiness.NEARLY: ("Nearly", "hourglass-split", "due-soon"),
    Readiness.NOT_YET: ("Not yet", "cone-striped", "paused"),
}
KINDS = {
    TransitionKind.APPLICATION: "Application",
    TransitionKind.STATEMENT: "Personal statement",
    TransitionKind.CV: "CV",
    TransitionKind.PLACEMENT: "Placement",
    TransitionKind.FUNDING: "Funding",
    TransitionKind.OTHER: "Something else",
}
STATUSES = {
    # word, icon, the state whose colours it wears
    TransitionStatus.TO_DO: ("To do", "circle", "to-come"),
    TransitionStatus.UNDER_WAY: ("Under way", "circle-half", "in-progress"),
    TransitionStatus.SENT: ("Sent, waiting", "hourglass-split", "due-soon"),
    TransitionStatus.DONE: ("Done", "check-circle-fill", "achieved"),
    TransitionStatus.NOT_NEEDED: ("Not needed", "slash-circle", "withdrawn"),
}


def phases_page(page: PhasesPage) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(
        page.head,
        "phases",
        [html.Section(drawing(ids.PHASES, drawn(page), view="phases"), **attributes(aria_label="Phases"))],
    )


def drawn(page: PhasesPage) -> str:
    """The page's one drawing."""
    return render(
        "phases.html",
        page=page,
        head=page.head,
        own=page.head.own,
        may_write=page.head.may_write_plan,
        may_note=page.head.may_write_plan or page.head.may_write_notes,
        aspects=ASPECTS,
        readiness=READINESS,
        levels=[(level, word) for level, (word, _, _) in READINESS.items()],
        kinds=KINDS,
        statuses=STATUSES,
        status_choices=[(status, word) for status, (word, _, _) in STATUSES.items()],
        set_choices=[(one.id, f"{one.name}: {', '.join(p.name for p in one.phases)}") for one in page.sets],
    )
