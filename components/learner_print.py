"""The plain page of one learner's route map and targets, for one side of A4 landscape."""

from __future__ import annotations

from components.drawing import render
from components.learner_page import head
from components.route_entries import near_day, state_icon, state_line
from components.route_map import map_size, route_map
from data.route_map import RouteMap

PAGE_WIDTH, PAGE_HEIGHT = 1047, 716
"""A4 landscape less margins of 10 mm, in CSS pixels."""
HEAD_HEIGHT = 118
MAP_HEAD = 44
LIST_LINE, LIST_COLUMNS = 17, 3
SMALLEST, LARGEST = 0.64, 0.8
"""How far the map is scaled down to leave room for the list: less than that can't be read."""


def learner_print(route: RouteMap, *, own: bool) -> str:
    """The whole page."""
    lines = -(-len([*route.targets, *route.proposed]) // LIST_COLUMNS)
    width, height = map_size(route)
    room = PAGE_HEIGHT - HEAD_HEIGHT - lines * LIST_LINE
    scale = min(max(room / height, SMALLEST), LARGEST, PAGE_WIDTH / width)
    return render(
        "learner_print.html",
        title=f"{route.learner}, route map",
        route=route,
        head=head(route, own=own),
        map=route_map(route, calm=own) if route.plan_id else "",
        targets=[*route.targets, *route.proposed],
        scale=round(scale, 3),
        inner_width=round(PAGE_WIDTH / scale),
        map_height=round((height + MAP_HEAD) * scale),
        icon=lambda target: state_icon(target.state, calm=own) if target.state else "circle",
        line=lambda target: state_line(target, route.today, calm=own),
        day=lambda day: near_day(day, route.today),
    )
