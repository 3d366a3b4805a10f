"""The measures of the route map, and how near two things on it may come to each other.

On a wider road stations only move apart while boxes keep their size. So two things side by side never meet,
as long as the one on the left also hangs on the earlier place of the road.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

STATION = 28
"""The room of a station on its road, in pixels."""
HALF = STATION // 2
LABEL_GAP = 8
ROW_GAP = 4
LANE_GAP = 10
WIDEST_LABEL = 156
BEFORE_FIRST = 52
AFTER_LAST = WIDEST_LABEL - HALF

Edge = tuple[float, float, float, float]
"""The upper or lower edge of something: the place on the road that it hangs on, its left, its right, its y,
all in pixels at the narrowest width."""


def percent(pixels: float, width: int) -> float:
    return round(pixels * 100 / width, 3)


def pixels(at: float, width: int) -> float:
    return BEFORE_FIRST + min(max(at, 0), 1) * (width - BEFORE_FIRST - AFTER_LAST)


def across(y: float) -> Edge:
    """An edge from one side of the map to the other."""
    return 0, -inf, inf, y


def moved(edges: Iterable[Edge], by: float) -> list[Edge]:
    return [(x, left, right, y + by) for x, left, right, y in edges]


def free(under: Iterable[Edge], x: float, left: float, right: float) -> float:
    """The y beneath each of the lower edges that something hanging on x may meet, at any width."""
    free = -inf
    left, right = left - LABEL_GAP, right + LABEL_GAP
    for other_x, other_left, other_right, y in under:
        if y > free and not (
            (other_x <= x and other_right <= left) or (x <= other_x and right <= other_left)
        ):
            free = y
    return free


def apart(under: Sequence[Edge], over: Iterable[Edge]) -> float:
    """How far down the things of these upper edges must be, for none to be above a lower edge it may meet."""
    return max([free(under, x, left, right) - y for x, left, right, y in over])
