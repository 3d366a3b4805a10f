"""The route that a learner drafts, and what the tutor makes of it."""

from __future__ import annotations

from typing import Any

from dash import html

from components import ids
from components.attributes import attributes
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.support_page import BARRIER_KINDS_EXPLAINED, LEVEL_NAMES, readers
from data.route_draft import RouteDraft

FIRST_LEVEL = 3
"""What a barrier that comes from a draft is offered as: read by those who read the draft, at most."""


def route_draft_page(draft: RouteDraft) -> list[Any]:
    """All that stands in the main part of the page."""
    content = html.Section(
        drawing(ids.ROUTE_DRAFT, drawn(draft), view="route-draft"), **attributes(aria_label="Route draft")
    )
    return plan_frame(draft.head, "build", [content])


def drawn(draft: RouteDraft) -> str:
    """The page's one drawing."""
    own = draft.head.own
    levels = [level for level in draft.levels if level.yours]
    return render(
        "route_draft.html",
        draft=draft,
        head=draft.head,
        own=own,
        lanes=[(lane.id, lane.label) for lane in draft.lanes],
        roads={lane.id: draft.road(lane.id) for lane in draft.lanes},
        lane_labels={lane.id: lane.label for lane in draft.lanes},
        level_options=[
            (level.number, f"{level.number} {LEVEL_NAMES[level.number]}: {readers(level, own)}")
            for level in levels
        ],
        first_level=min(FIRST_LEVEL, max((level.number for level in levels), default=1)),
        barrier_kinds=BARRIER_KINDS_EXPLAINED.items(),
        address=lambda key: plan_address(draft.head, key),
        plan_says={"start": draft.starting_point, "destination": draft.head.destination},
    )
