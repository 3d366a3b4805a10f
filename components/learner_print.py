"""The plain page of one learner's route map and targets, for one side of A4 landscape."""

from __future__ import annotations

from dataclasses import dataclass

from components.drawing import render
from components.learner_page import facts
from components.route_entries import moved_line, state_icon, state_line
from components.route_map import map_sizes, route_map
from data.route_map import RouteMap

PAGE_WIDTH, PAGE_HEIGHT = 1047, 716
"""A4 landscape less margins of 10 mm, in CSS pixels."""
HEAD_HEIGHT = 72
LIST_LINE, LIST_COLUMNS = 17, 2
WITHOUT_LIST = 20
"""The height of the line that says where the list is."""
SMALLEST = 0.62
"""How far the map may be scaled down for the list to stay on its page; below that it can't be read."""
SMALLEST_ALONE = 0.5
"""How far before its titles are cut to one line each."""
TITLE_LINES = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the map fits on its page: its scale, how many lines its titles have, and whether the list of the
    targets has room beneath it."""

    scale: float
    title_lines: int
    listed: bool


def learner_print(route: RouteMap, *, own: bool) -> str:
    """The whole page."""
    targets = [*route.targets, *route.proposed]
    sheet = sheet_for(route, lines=-(-len(targets) // LIST_COLUMNS))
    return render(
        "learner_print.html",
        title=f"{route.learner}, route map",
        route=route,
        facts=facts(route, own=own),
        map=route_map(route, calm=own, brief=sheet.title_lines) if route.plan_id else "",
        targets=targets,
        sheet=sheet,
        icon=lambda target: state_icon(target.state, calm=own) if target.state else "circle",
        line=lambda target: state_line(target, route.today, calm=own),
        moved=lambda target: moved_line(target, route.today),
    )


def sheet_for(route: RouteMap, *, lines: int) -> Sheet:
    """How the map and a list of so many lines fit on one page, or else the map alone."""
    room = PAGE_HEIGHT - HEAD_HEIGHT
    together = _scale(route, room - lines * LIST_LINE, TITLE_LINES)
    if together >= SMALLEST:
        return Sheet(together, TITLE_LINES, True)
    alone = _scale(route, room - WITHOUT_LIST, TITLE_LINES)
    if alone >= SMALLEST_ALONE:
        return Sheet(alone, TITLE_LINES, False)
    return Sheet(_scale(route, room - WITHOUT_LIST, 1), 1, False)


def _scale(route: RouteMap, room: float, title_lines: int) -> float:
    """The largest scale, rounded down, at which one of the map's layouts is no higher than the room."""
    scales = []
    sizes = map_sizes(route, title_lines)
    for number, (width, height) in enumerate(sizes):
        largest = PAGE_WIDTH / width
        smallest = PAGE_WIDTH / sizes[number + 1][0] if number + 1 < len(sizes) else 0
        fitting = min(room / height, largest, 1)
        if fitting > smallest:
            scales.append(fitting)
    return int(max(scales) * 1000) / 1000
