"""Where everything on the route map stands: pure arithmetic, so that labels never overlap.

Distances along the road are percentages of its width, sizes of boxes and all heights are pixels. A layout
is made for the narrowest width that it serves. On a wider road stations only move apart while boxes keep
their size, so what doesn't overlap at the narrowest width doesn't overlap at any.

Stations stand on a road at their due dates, pushed apart where dates lie close; a road whose dates lie too
close gets a siding. Labels are set from the last station to the first, each reaching to the right of its
station, in a row that lies beyond the rows of every station that it covers: so no leader line, which runs
from a road to a farther row, ever meets another label. Then each label moves towards the middle of its
station as far as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

STATION = 28
"""The room of a station on its road, in pixels."""
HALF = STATION // 2
LABEL_GAP = 8
ROW_GAP = 6
ROAD_TO_LABEL = HALF + 3
WIDEST_LABEL = 136
BEFORE_FIRST = 52
ROAD_BEGINS = 36.0
"""Where the bend from the start ends and the road runs straight."""
AFTER_LAST = WIDEST_LABEL - HALF
FARTHEST_FROM_DATE = 40
HEADER = 58
LANE_GAP = 14
EMPTY_LANE = 34
BEND = 2 * STATION
"""How far a siding or a stretch takes to leave its lane's road."""
MOST_ROWS_BEFORE_OTHER_SIDE = 8


class Stop(NamedTuple):
    """A station with its label; `at` is its date as a part of the road, 0 to 1."""

    key: str
    at: float
    width: int
    height: int
    stretch: bool = False


class Box(NamedTuple):
    """Something beside the road that isn't a station: a support, a barrier, a review, a proposed target.

    It begins at its date, or later up to `until` where the row is taken.
    """

    key: str
    at: float
    width: int
    height: int
    until: float = 0


class Lane(NamedTuple):
    stops: Sequence[Stop]
    beside: Sequence[Box] = ()


class Station(NamedTuple):
    """`x` percent along the road and `y` pixels down; `left` and `top` of its label from its middle."""

    key: str
    x: float
    y: float
    left: float
    top: float
    width: int
    height: int
    row: int

    @property
    def centred(self) -> bool:
        return abs(self.left + self.width / 2) < HALF

    @property
    def leader(self) -> float:
        """How far a line must run from the station to its label: 0 in the nearest rows, less upwards."""
        if abs(self.row) < 2:
            return 0
        return self.top if self.row > 0 else self.top + self.height


class Road(NamedTuple):
    """A road at `y`: the lane's own from start to destination, a siding or a stretch from x to x."""

    kind: str
    y: float
    from_x: float
    to_x: float
    leaves_y: float


class PlacedBox(NamedTuple):
    key: str
    x: float
    y: float
    left: float
    width: int
    height: int


class Layout(NamedTuple):
    width: int
    height: float
    stations: tuple[Station, ...]
    roads: tuple[tuple[Road, ...], ...]
    boxes: tuple[PlacedBox, ...]
    strips: tuple[float, ...]

    def x(self, at: float) -> float:
        """Percent along the road of a date's part of it."""
        return percent(_pixels(at, self.width), self.width)


Track = Sequence[tuple[Stop, float, int]]
"""The stops of one road, each with its pixels along it and the side of its label: 1 below, -1 above, 0 any
of them."""


def lay_out(width: int, lanes: Sequence[Lane], strips: Sequence[Sequence[Box]] = ()) -> Layout:
    """Everything in its place on a road of at least `width` pixels.

    `strips` are boxes in rows of their own under the lanes. Of the answer, `roads` has one entry per lane,
    the lane's own road first; `strips` the top of each strip.
    """
    stations: list[Station] = []
    roads: list[tuple[Road, ...]] = []
    boxes: list[PlacedBox] = []
    tops: list[float] = []
    y: float = HEADER
    for lane in lanes:
        placed, of_lane, below = _lane(lane, width, y)
        stations += placed
        roads.append(of_lane)
        beside, y = _packed(lane.beside, width, below)
        boxes += beside
        y += LANE_GAP
    for strip in strips:
        tops.append(y)
        placed_boxes, y = _packed(strip, width, y)
        boxes += placed_boxes
        y += ROW_GAP if strip else 0
    return Layout(width, y, tuple(stations), tuple(roads), tuple(boxes), tuple(tops))


def percent(pixels: float, width: int) -> float:
    return round(pixels * 100 / width, 3)


# --- a lane: its roads ----------------------------------------------------------------------------------


def _lane(lane: Lane, width: int, y: float) -> tuple[list[Station], tuple[Road, ...], float]:
    """The lane's stations and roads from `y` down: stretches above, its own road, then sidings."""
    stretches = _tracks([stop for stop in lane.stops if stop.stretch], width)
    others = _tracks([stop for stop in lane.stops if not stop.stretch], width) or [[]]
    tracks = [("stretch", [(stop, x, -1) for stop, x in track]) for track in stretches]
    tracks.append(("own", [(stop, x, _side(stop, x, stretches)) for stop, x in others[0]]))
    tracks += [("siding", [(stop, x, 0) for stop, x in track]) for track in others[1:]]
    stations: list[Station] = []
    levels: list[tuple[str, float, list[float]]] = []
    for kind, track in tracks:
        placed, road_y, y = _road(track, width, y)
        stations += placed
        levels.append((kind, road_y, [station.x for station in placed]))
    own_y = next(road_y for kind, road_y, _ in levels if kind == "own")
    bend = percent(BEND, width)
    roads = [
        Road(kind, road_y, max(0, xs[0] - bend), min(100, xs[-1] + bend), own_y)
        if kind != "own"
        else Road(kind, road_y, 0, 100, own_y)
        for kind, road_y, xs in levels
    ]
    return stations, tuple(sorted(roads, key=lambda road: road.kind != "own")), y


def _side(stop: Stop, x: float, stretches: Sequence[Sequence[tuple[Stop, float]]]) -> int:
    """1, below, for a label that would lie above the road where a stretch bends over it; else 0, either."""
    for track in stretches:
        if x + stop.width > track[0][1] - BEND and x - stop.width / 2 < track[-1][1] + BEND:
            return 1
    return 0


def _tracks(stops: Sequence[Stop], width: int) -> list[list[tuple[Stop, float]]]:
    """The stops with their pixels along the road, on as few tracks as keep each near its date."""
    stops = sorted(stops, key=lambda stop: stop.at)
    first, last = BEFORE_FIRST, width - AFTER_LAST
    for count in range(1, len(stops) + 1):
        tracks = []
        for offset in range(count):
            some = stops[offset::count]
            wanted = [_pixels(stop.at, width) for stop in some]
            if (len(some) - 1) * STATION > last - first:
                break
            found = spread(wanted, STATION, first, last)
            if max(abs(a - b) for a, b in zip(wanted, found, strict=True)) > FARTHEST_FROM_DATE:
                break
            tracks.append(list(zip(some, found, strict=True)))
        else:
            return tracks
    return []


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Ascending positions at least `apart` from each other, as near to the wanted ones as may be.

    The least sum of squared moves (pool adjacent violators), then kept between low and high.
    """
    blocks: list[list[float]] = []
    for index, position in enumerate(wanted):
        blocks.append([position - index * apart, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            before, before_count = blocks.pop()
            total = before_count + count
            blocks.append([(before * before_count + mean * count) / total, total])
    bases = [mean for mean, count in blocks for _ in range(int(count))]
    ceiling = high - (len(bases) - 1) * apart
    return [min(max(base, low), ceiling) + index * apart for index, base in enumerate(bases)]


def _pixels(at: float, width: int) -> float:
    return BEFORE_FIRST + min(max(at, 0), 1) * (width - BEFORE_FIRST - AFTER_LAST)


# --- a road: its stations and their labels --------------------------------------------------------------


def _road(track: Track, width: int, y: float) -> tuple[list[Station], float, float]:
    """(stations, the road's y, the y under it all) of one road whose labels begin at `y`."""
    if not track:
        return [], y + EMPTY_LANE / 2, y + EMPTY_LANE
    rows = _best_rows(track)
    heights = _row_heights(track, rows)
    above = _reach(heights, -1)
    road_y = y + above + (ROAD_TO_LABEL if above else HALF)
    near = {
        row: ROAD_TO_LABEL + sum(h + ROW_GAP for r, h in heights.items() if r * row > 0 and abs(r) < abs(row))
        for row in heights
    }
    stations = []
    for (stop, x, _), row, left in zip(track, rows, _lefts(track, rows), strict=True):
        top = near[row] if row > 0 else -near[row] - stop.height
        stations.append(Station(stop.key, percent(x, width), road_y, left, top, stop.width, stop.height, row))
    return stations, road_y, road_y + max(HALF, ROAD_TO_LABEL + _reach(heights, 1))


def _reach(heights: dict[int, int], side: int) -> float:
    some = [height for row, height in heights.items() if row * side > 0]
    return sum(some) + ROW_GAP * max(0, len(some) - 1)


def _row_heights(track: Track, rows: Sequence[int]) -> dict[int, int]:
    heights: dict[int, int] = {}
    for (stop, _, _), row in zip(track, rows, strict=True):
        if stop.height > heights.get(row, 0):
            heights[row] = stop.height
    return heights


def _best_rows(track: Track) -> list[int]:
    """The rows that make the lane lowest; see `_rows`."""
    covers = _covers(track)
    choices: list[list[int]] = []
    for most in range(1, MOST_ROWS_BEFORE_OTHER_SIDE + 1):
        choices.append(_rows(track, covers, most))
        if len(set(choices[-1])) == 1 or max(map(abs, choices[-1])) < most:
            break  # deeper rows would make it no lower
    if len(choices) == 1:
        return choices[0]
    return min(choices, key=lambda rows: sum(_row_heights(track, rows).values()))


def _covers(track: Track) -> list[int]:
    """For each label the first station that lies beyond it."""
    ends = []
    for index, (stop, x, _) in enumerate(track):
        beyond, end = x + stop.width + LABEL_GAP, index + 1
        while end < len(track) and track[end][1] < beyond:
            end += 1
        ends.append(end)
    return ends


def _rows(track: Track, covers: Sequence[int], most: int) -> list[int]:
    """The row of each label: 1, 2 … below the road, -1, -2 … above it.

    Where a label may be on either side: below as long as that takes no more than `most` rows, else above,
    else where it takes fewer.
    """
    rows = [0] * len(track)
    for index in range(len(track) - 1, -1, -1):
        side, covered = track[index][2], rows[index + 1 : covers[index]]
        below, above = (1 + max(0, *covered), 1 - min(0, *covered)) if covered else (1, 1)
        if not side:
            side = 1 if below <= most or below <= above else -1
        rows[index] = below if side > 0 else -above
    return rows


def _lefts(track: Track, rows: Sequence[int]) -> list[float]:
    """Each label's left edge from its station's middle: centred, or as near to that as there is room."""
    lefts: list[float] = []
    for index, (stop, x, _) in enumerate(track):
        free = ROAD_BEGINS
        for other in range(index):
            before, before_x, _ = track[other]
            if rows[other] == rows[index]:
                free = max(free, before_x + lefts[other] + before.width + LABEL_GAP)
            elif rows[other] * rows[index] > 0 and abs(rows[other]) > abs(rows[index]):
                free = max(free, before_x + LABEL_GAP / 2)
        lefts.append(round(min(-HALF, max(free - x, -stop.width / 2)), 1))
    return lefts


# --- boxes in rows --------------------------------------------------------------------------------------


def _packed(boxes: Sequence[Box], width: int, y: float) -> tuple[list[PlacedBox], float]:
    """The boxes from their dates to the right, each in the first row that has room; and the y under them."""
    rows: list[_Row] = []
    for box in sorted(boxes, key=lambda box: box.at):
        x = _pixels(box.at, width)
        row, start = _room_in(rows, box, x, width)
        row.boxes.append((box, x, start))
        row.ends = start + box.width
    placed: list[PlacedBox] = []
    for row in rows:
        for box, x, start in row.boxes:
            placed.append(
                PlacedBox(box.key, percent(x, width), y, round(start - x, 2), box.width, box.height)
            )
        y += max([box.height for box, _, _ in row.boxes]) + ROW_GAP
    return placed, y


@dataclass(slots=True)
class _Row:
    """A row of boxes, each with its pixels along the road and where it begins."""

    boxes: list[tuple[Box, float, float]]
    ends: float


def _room_in(rows: list[_Row], box: Box, x: float, width: int) -> tuple[_Row, float]:
    """The first row with room for the box and where it begins there; a new row where there is none."""
    natural = max(0, min(x - HALF, width - box.width))
    latest = max(natural, _pixels(box.until, width) - HALF)
    for row in rows:
        start = max(natural, row.ends + LABEL_GAP)
        if start <= latest and start + box.width <= width:
            return row, start
    rows.append(_Row([], 0))
    return rows[-1], natural
