"""The plain page of one learner's route map and targets, for one side of A4 landscape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.drawing import render
from components.learner_page import facts
from components.route_entries import (
    MOST_TITLE_LINES,
    most_title_lines,
    moved_line,
    state_icon,
    state_line,
    whole_title,
)
from components.route_map import map_sizes, route_map
from components.text_width import text_width, wrapped
from data.route_map import RouteMap

PAGE_WIDTH, PAGE_HEIGHT = 1047, 716
"""A4 landscape less margins of 10 mm, in CSS pixels."""
HEAD_HEIGHT = 72
LIST_LINE, LIST_COLUMNS = 17, 2
LIST_SIZE, LIST_WIDTH = 12, 470
"""The size of the list's text, and the room for a title with its state in a column, less icon and gaps."""
A_SENTENCE = 20
"""The height of the line that says where a title is whole, or the list is."""
SMALLEST = 0.62
"""How far the map may be scaled down for the list to stay on its page; below that it can't be read."""
SMALLEST_ALONE = 0.5
"""How far before its titles are cut to one line each."""
SHORTER_TITLES = 2
"""How many lines titles may have where they have no room in full."""


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
    sheet = sheet_for(route, lines=_list_lines(route, own=own))
    return render(
        "learner_print.html",
        title=f"{route.learner}, route map",
        route=route,
        facts=facts(route, own=own),
        map=route_map(route, calm=own, brief=sheet.title_lines) if route.plan_id else "",
        targets=targets,
        sheet=sheet,
        shortened=most_title_lines(route) > sheet.title_lines,
        icon=lambda target: state_icon(target.state, calm=own) if target.state else "circle",
        whole_title=whole_title,
        line=lambda target: state_line(target, route.today, calm=own),
        moved=lambda target: moved_line(target, route.today),
    )


def _list_lines(route: RouteMap, *, own: bool) -> int:
    """How many lines each column of the list has at most."""
    lines = 0
    longest = 1
    for target in (*route.targets, *route.proposed):
        state = f"{state_line(target, route.today, calm=own)} {moved_line(target, route.today)}"
        room = LIST_WIDTH - text_width(state, LIST_SIZE)
        needed = wrapped(whole_title(target), LIST_SIZE, room, MOST_TITLE_LINES)[1]
        lines, longest = lines + needed, max(longest, needed)
    return -(-lines // LIST_COLUMNS) + longest - 1


def sheet_for(route: RouteMap, *, lines: int) -> Sheet:
    """How the map and a list of so many lines fit on one page, or else the map alone: with whole titles
    where that is possible."""
    room = PAGE_HEIGHT - HEAD_HEIGHT
    sizes = {most: map_sizes(route, most) for most in (MOST_TITLE_LINES, SHORTER_TITLES)}
    for title_lines, of_map in sizes.items():
        said = A_SENTENCE if most_title_lines(route) > title_lines else 0
        scale = _scale(of_map, room - lines * LIST_LINE - said)
        if scale >= SMALLEST:
            return Sheet(scale, title_lines, True)
    for title_lines, of_map in sizes.items():
        scale = _scale(of_map, room - A_SENTENCE)
        if scale >= SMALLEST_ALONE:
            return Sheet(scale, title_lines, False)
    return Sheet(_scale(map_sizes(route, 1), room - A_SENTENCE), 1, False)


def _scale(sizes: Sequence[tuple[int, float]], room: float) -> float:
    """The largest scale, rounded down, at which one of the map's layouts is no higher than the room; 0 where
    none is."""
    scales = [0.0]
    for number, (width, height) in enumerate(sizes):
        largest = PAGE_WIDTH / width
        smallest = PAGE_WIDTH / sizes[number + 1][0] if number + 1 < len(sizes) else 0
        fitting = min(room / height, largest, 1)
        if fitting > smallest:
            scales.append(fitting)
    return int(max(scales) * 1000) / 1000
