"""Where the labels of one road stand: near their stations, never on each other or on each other's lines.

They are set from the outermost of a crowd inwards, each as near to the road as those before it let it. Then
each moves towards the middle of its station as far as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from components.route_edges import HALF, LABEL_GAP, ROW_GAP, Edge, across, apart

ROAD_TO_LABEL = HALF + 3
ROAD_BEGINS = 36.0
"""Where the bend from the start ends and the road runs straight."""
LEADER_GAP = 4
DEPTHS_TRIED = (70, 110, 160)
"""How far below a road its labels may reach before they go above it: the best of these is taken."""


class Stop(NamedTuple):
    """A station with its label; `at` is its date as a part of the road, 0 to 1."""

    key: str
    at: float
    width: int
    height: int
    stretch: bool = False


Track = Sequence[tuple[Stop, float, int]]
"""The stops of one road, each with its pixels along it and the side of its label: 1 below, -1 above, 0 any
of them."""

Turn = tuple[int, tuple[float, ...]]
"""Which label of a road is set, and where its left edge may be: the first of the places nearest the road."""


class Label(NamedTuple):
    """A label with the place of its station, its left and right, how far from the road it begins and ends."""

    x: float
    left: float
    right: float
    near: float
    far: float
    below: bool

    @property
    def top(self) -> float:
        return self.near if self.below else -self.far


def labelled(stops: Track, under: Sequence[Edge]) -> list[Label]:
    """A label for each stop, in their order, so that they reach least far down beneath those lower edges."""
    if not stops:
        return []
    turns = _turns(stops)
    best: tuple[list[Label], list[Label]] = [], []
    lowest, needed = inf, 0.0
    for depth in DEPTHS_TRIED:
        if depth < needed:
            continue  # it would be the same again
        above, below, needed = _set(stops, turns, depth)
        over = [(label.x, label.left, label.right, -label.far) for label in above]
        reach = apart(under, [across(-HALF), *over]) + max([label.far for label in below], default=0)
        if reach < lowest:
            best, lowest = (above, below), reach
    return sorted(_settled(best[0]) + _settled(best[1]))


def _turns(track: Track) -> list[Turn]:
    """The labels in the order in which they are set: of stations whose labels might meet, from the outermost
    inwards. So none ever lies on the line of a station whose turn is still to come."""
    turns: list[Turn] = []
    first, count = 0, len(track)
    while first < count:
        last, reach = first, track[first][1] + track[first][0].width
        while last + 1 < count and track[last + 1][1] < reach:
            last += 1
            reach = max(reach, track[last][1] + track[last][0].width)
        following = last + 1
        leftwards = False
        while first < last:
            left_turn = _turn_left(track, first) if leftwards else None
            turns.append(left_turn or _turn_right(track, last))
            first, last = (first + 1, last) if left_turn else (first, last - 1)
            leftwards = not left_turn
        stop, x, _ = track[first]
        middle = max(x - stop.width / 2, ROAD_BEGINS)
        turns.append((first, (middle, x - HALF, max(x + HALF - stop.width, ROAD_BEGINS))))
        first = following
    return turns


def _turn_left(track: Track, index: int) -> Turn | None:
    """The places of a label that leave the line of the station after it free, if there are any."""
    stop, x, _ = track[index]
    after = track[index + 1][1]
    most = min(after - LEADER_GAP - stop.width, x - HALF)
    if most < ROAD_BEGINS:
        return None
    middle = min(max(x - stop.width / 2, ROAD_BEGINS), most)
    aside = max(x + HALF, (x + after - LABEL_GAP) / 2) - stop.width
    return index, (max(min(aside, middle), ROAD_BEGINS), middle)


def _turn_right(track: Track, index: int) -> Turn:
    """The places of a label that leave the line of the station before it free."""
    stop, x, _ = track[index]
    before = track[index - 1][1]
    middle = max(x - stop.width / 2, before + LEADER_GAP)
    aside = min(x - HALF, (before + x + LABEL_GAP) / 2)
    return index, (max(aside, middle), middle)


def _set(track: Track, turns: Sequence[Turn], depth: float) -> tuple[list[Label], list[Label], float]:
    """The labels above the road and those below, each as near to the road as those before it let it; and the
    depth from which on they would be set otherwise.

    Where a label may be on either side: below as long as it reaches no farther than `depth`, else above,
    else where it reaches less far.
    """
    above: list[Label] = []
    below: list[Label] = []
    needed = inf
    for index, lefts in turns:
        stop, x, side = track[index]
        near, left, placed = inf, 0.0, below
        for some in (below,) if side > 0 else (above,) if side < 0 else (below, above):
            for one in lefts if some else lefts[:1]:
                distance = _nearest(some, one, stop.width, stop.height)
                if distance < near:
                    near, left, placed = distance, one, some
                if distance == ROAD_TO_LABEL:
                    break
            if some is below:
                if near + stop.height <= depth:
                    break
                needed = min(needed, near + stop.height)
        placed.append(Label(x, left, left + stop.width, near, near + stop.height, placed is below))
    return above, below, needed


def _nearest(placed: Sequence[Label], left: float, width: float, height: float) -> float:
    """How near to the road a label can begin on this side, clear of those labels and of their lines."""
    near: float = ROAD_TO_LABEL
    right = left + width
    again = True
    while again:
        again = False
        for x, other_left, other_right, other_near, other_far, _ in placed:
            if (
                near < other_far + ROW_GAP
                and other_left < right + LABEL_GAP
                and left < other_right + LABEL_GAP
                and (other_near < near + height + ROW_GAP or left - LEADER_GAP < x < right + LEADER_GAP)
            ):
                near = other_far + ROW_GAP
                again = True
    return near


def _settled(labels: list[Label]) -> list[Label]:
    """The labels of one side, in the order of their stations, each where the others let it: as near to the
    middle of its station as may be, and then as near to the road."""
    if len(labels) > 1:
        labels.sort()
    for index, (x, left, right, near, far, below) in enumerate(labels):
        width = right - left
        middle = x - width / 2
        if left == middle:
            continue
        low, high = ROAD_BEGINS, inf
        for other in labels[:index]:
            if other.far > near:
                low = max(low, other.right + LABEL_GAP if other.near < far else other.x + LEADER_GAP)
        for other in labels[index + 1 :]:
            if other.far > near:
                high = min(high, other.left - LABEL_GAP if other.near < far else other.x - LEADER_GAP)
        left = min(max(middle, low), high - width)
        labels[index] = Label(x, left, left + width, near, far, below)
    for index, (x, left, right, near, far, below) in enumerate(labels):
        if near > ROAD_TO_LABEL:
            others = [*labels[:index], *labels[index + 1 :]]
            nearest = _nearest(others, left, right - left, far - near)
            if nearest < near:
                labels[index] = Label(x, left, right, nearest, nearest + far - near, below)
    return labels
