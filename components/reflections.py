"""The page of the learner's reflections and of what people say to each other about the plan."""

from __future__ import annotations

from typing import Any

from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.starting_point import given_name, no_plan
from data.reflections import Reflections

REFLECTIONS = "reflections"
PROMPTS = (
    ("learned", "What I learned, and how", "What was learned, and how"),
    ("went_well", "What went well, and why", "What went well, and why"),
    ("went_less_well", "What went less well, and why", "What went less well, and why"),
    ("use_again", "Where I could use it again", "Where it could be used again"),
)
"""The four prompts: (field, to the learner, to others)."""


def reflections_page(found: Reflections) -> list[Any]:
    """All that stands in the main part of the page."""
    content = (
        drawing(REFLECTIONS, reflections(found), view="reflection")
        if found.head.written
        else no_plan(found.head)
    )
    return plan_frame(found.head, "reflections", [content])


def reflections(found: Reflections) -> str:
    return render(
        "reflections.html",
        found=found,
        own=found.head.own,
        given=given_name(found.head),
        prompts=[(name, mine if found.head.own else theirs) for name, mine, theirs in PROMPTS],
        route=plan_address(found.head),
    )
