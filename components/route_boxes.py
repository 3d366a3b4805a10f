"""Where boxes stand: supports, barriers and own stops beside their road, others in strips under the roads."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from components.route_edges import HALF, LABEL_GAP, LANE_GAP, ROW_GAP, Edge, free, percent, pixels


class Box(NamedTuple):
    """Something beside the road that isn't a station: a support, a barrier, a review, a proposed target.

    It begins at its date, or later up to `until` where that brings it nearer to its road.
    """

    key: str
    at: float
    width: int
    height: int
    until: float = 0


class PlacedBox(NamedTuple):
    key: str
    x: float
    y: float
    left: float
    width: int
    height: int


def beside(
    boxes: Sequence[Box],
    width: int,
    y: float,
    above: Sequence[Edge],
    over: Sequence[Edge],
    under: Sequence[Edge],
) -> list[PackedBox]:
    """The boxes of a lane whose road is at y: just above it where its upper edges and those of what is above
    leave room, else beneath its lower edges."""
    packed: list[PackedBox] = []
    labels = over[:-1]
    for box in sorted(boxes, key=lambda box: box.at):
        top = y - HALF - ROW_GAP - box.height
        for x, left in _starts(box, width, packed, labels, above):
            right = left + box.width
            if (
                free(labels, x, left, right) == -inf
                and free(above, x, left, right) + LANE_GAP <= top
                and _room(packed, box, x, left, top) == top
            ):
                packed.append(PackedBox(box, x, left, top))
                break
        else:
            packed.append(_packed(box, width, y, under, packed))
    return packed


def in_rows(boxes: Sequence[Box], width: int) -> list[PackedBox]:
    """The boxes of a strip that begins at 0."""
    packed: list[PackedBox] = []
    for box in sorted(boxes, key=lambda box: box.at):
        packed.append(_packed(box, width, 0, (), packed))
    return packed


def _packed(box: Box, width: int, y: float, under: Sequence[Edge], packed: Sequence[PackedBox]) -> PackedBox:
    """The box where it can be nearest beneath y and these lower edges, clear of those packed before."""
    starts = _starts(box, width, packed, under)
    top, left = min(
        (_room(packed, box, x, left, max(y, free(under, x, left, left + box.width) + ROW_GAP)), left)
        for x, left in starts
    )
    return PackedBox(box, starts[0][0], left, top)


def _starts(
    box: Box, width: int, packed: Sequence[PackedBox], *edges: Sequence[Edge]
) -> list[tuple[float, float]]:
    """(what it hangs on, its left) of a box where it may begin: at its date, or after something else."""
    x = pixels(box.at, width)
    first = max(0, min(x - HALF, width - box.width))
    latest = min(pixels(box.until, width) - HALF, width - box.width)
    if latest <= first:
        return [(x, first)]
    ends = {right + LABEL_GAP for some in edges for _, _, right, _ in some}
    ends.update(other.lower[2] + LABEL_GAP for other in packed)
    return [(x, first), *((x, end) for end in sorted(ends) if first < end <= latest)]


class PackedBox(NamedTuple):
    """A box with the place on the road that it hangs on, its left and its top."""

    box: Box
    x: float
    left: float
    top: float

    @property
    def upper(self) -> Edge:
        return self.x, self.left, self.left + self.box.width, self.top

    @property
    def lower(self) -> Edge:
        return self.x, self.left, self.left + self.box.width, self.top + self.box.height

    def placed(self, y: float, width: int) -> PlacedBox:
        """As it stands where its strip begins at y."""
        box, x, left, top = self
        return PlacedBox(box.key, percent(x, width), y + top, round(left - x, 2), box.width, box.height)


def _room(packed: Sequence[PackedBox], box: Box, x: float, left: float, y: float) -> float:
    """The first y from this one down where the box has room between those others."""
    right = left + box.width + LABEL_GAP
    again = True
    while again:
        again = False
        for other, other_x, other_left, top in packed:
            if (
                y < top + other.height + ROW_GAP
                and top < y + box.height + ROW_GAP
                and not (other_x <= x and other_left + other.width + LABEL_GAP <= left)
                and not (x <= other_x and right <= other_left)
            ):
                y = top + other.height + ROW_GAP
                again = True
    return y
