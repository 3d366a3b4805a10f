"""The plain page of one learner's route map and targets, for one side of A4 landscape."""

from __future__ import annotations

from components.drawing import render
from components.learner_page import head
from components.route_entries import moved_line, state_icon, state_line
from components.route_map import map_sizes, route_map
from data.route_map import RouteMap

PAGE_WIDTH, PAGE_HEIGHT = 1047, 716
"""A4 landscape less margins of 10 mm, in CSS pixels."""
HEAD_HEIGHT = 72
LIST_LINE, LIST_COLUMNS = 17, 2
SMALLEST = 0.62
"""How far the map may be scaled down for the list to stay on its page; below that it can't be read."""
SMALLEST_ALONE = 0.4


def learner_print(route: RouteMap, *, own: bool) -> str:
    """The whole page."""
    targets = [*route.targets, *route.proposed]
    return render(
        "learner_print.html",
        title=f"{route.learner}, route map",
        route=route,
        head=head(route, own=own),
        map=route_map(route, calm=own, brief=True) if route.plan_id else "",
        targets=targets,
        scale=scale_for(route, lines=-(-len(targets) // LIST_COLUMNS)),
        icon=lambda target: state_icon(target.state, calm=own) if target.state else "circle",
        line=lambda target: state_line(target, route.today, calm=own),
        moved=lambda target: moved_line(target, route.today),
    )


def scale_for(route: RouteMap, *, lines: int) -> float:
    """How far the map is scaled so that it and the list fit on one page, or else the map alone."""
    room = PAGE_HEIGHT - HEAD_HEIGHT
    together = _scale(route, room - lines * LIST_LINE)
    scale = together if together >= SMALLEST else max(SMALLEST_ALONE, _scale(route, room))
    return int(scale * 1000) / 1000


def _scale(route: RouteMap, room: float) -> float:
    """The largest scale at which one of the map's layouts is no higher than the room."""
    scales = []
    sizes = map_sizes(route)
    for number, (width, height) in enumerate(sizes):
        largest = PAGE_WIDTH / width
        smallest = PAGE_WIDTH / sizes[number + 1][0] if number + 1 < len(sizes) else 0
        fitting = min(room / height, largest, 1)
        if fitting > smallest:
            scales.append(fitting)
    return max(scales)
