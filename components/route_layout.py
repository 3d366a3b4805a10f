"""Where everything on the route map stands: pure arithmetic, so that labels never overlap.

Distances along the road are percentages of its width, sizes of boxes and all heights are pixels. A layout
is made for the narrowest width that it serves, and holds for wider ones (see components/route_edges.py).

Stations stand on a road at their due dates, pushed apart where dates lie close; a road whose dates lie too
close gets a siding. Roads and the boxes beside them come as near to what is above them as they can: until
two labels would meet, or a label and another road. Nothing rises past what it may meet, so the lines from
stations to labels stay clear, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from components.route_boxes import Box, PlacedBox, beside, in_rows
from components.route_edges import (
    AFTER_LAST,
    BEFORE_FIRST,
    HALF,
    LANE_GAP,
    ROW_GAP,
    STATION,
    Edge,
    across,
    apart,
    moved,
    percent,
    pixels,
)
from components.route_labels import ROAD_TO_LABEL, Label, Stop, Track, labelled

FARTHEST_FROM_DATE = 40
HEADER = 52
ROADS_APART = 64
"""The least distance of two lanes' roads: their names stand beside them, in up to four lines."""
ROAD_TO_STRIP, STRIPS_APART = 32, 24
"""The least distance of the first strip from a road, and of two strips: each has its name beside it, too."""
STRETCH_ABOVE = 42
"""How far at least a stretch runs above its lane's road."""
BEND = 2 * STATION
"""How far a siding or a stretch takes to leave its lane's road."""


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

    @property
    def centred(self) -> bool:
        return abs(self.left + self.width / 2) < HALF

    @property
    def leader(self) -> float:
        """How far a line must run from the station to its label: 0 to the nearest ones, less upwards."""
        near = self.top if self.top > 0 else self.top + self.height
        return near if abs(near) > ROAD_TO_LABEL else 0


class Road(NamedTuple):
    """A road at `y`: the lane's own from start to destination, a siding or a stretch from x to x."""

    kind: str
    y: float
    from_x: float
    to_x: float
    leaves_y: float


class Layout(NamedTuple):
    width: int
    height: float
    stations: tuple[Station, ...]
    roads: tuple[tuple[Road, ...], ...]
    boxes: tuple[PlacedBox, ...]
    strips: tuple[float, ...]

    def x(self, at: float) -> float:
        """Percent along the road of a date's part of it."""
        return percent(pixels(at, self.width), self.width)


def lay_out(
    width: int,
    lanes: Sequence[Lane],
    strips: Sequence[Sequence[Box]] = (),
    *,
    under_middle: float = 0,
) -> Layout:
    """Everything in its place on a road of at least `width` pixels.

    `strips` are boxes in rows of their own under the lanes, the last of them at the very bottom; that is at
    least `under_middle` below the road in the middle. Of the answer, `roads` has one entry per lane, the
    lane's own road first; `strips` the top of each strip.
    """
    stations: list[Station] = []
    roads: list[tuple[Road, ...]] = []
    boxes: list[PlacedBox] = []
    under = [across(HEADER - LANE_GAP)]
    least: float = 0
    for lane in lanes:
        tracks, over, beneath = _lane(lane.stops, width, under)
        y = max(least, apart(under, over) + LANE_GAP)
        stations += [station for track in tracks for station in track.stations(y, width)]
        roads.append(_roads(tracks, y, width))
        above, under = under, moved(beneath, y)
        if lane.beside:
            packed = beside(lane.beside, width, y, above, moved(over, y), under)
            boxes += [box.placed(0, width) for box in packed]
            under += [box.lower for box in packed]
        least = y + ROADS_APART
    lowest = roads[len(roads) // 2][0].y + under_middle - ROW_GAP
    tops, in_strips, height = _strips(strips, width, under, least - ROADS_APART + ROAD_TO_STRIP, lowest)
    return Layout(width, height, tuple(stations), tuple(roads), (*boxes, *in_strips), tops)


def _strips(
    strips: Sequence[Sequence[Box]], width: int, under: list[Edge], least: float, lowest: float
) -> tuple[tuple[float, ...], list[PlacedBox], float]:
    """(the top of each strip, their boxes, the height of all) of strips from `least` down under these lower
    edges; `lowest` is where the last of them ends, if they need no more."""
    tops: list[float] = []
    boxes: list[PlacedBox] = []
    for number, strip in enumerate(strips, start=1):
        packed = in_rows(strip, width)
        y = least
        if packed:
            y = max(y, apart(under, [box.upper for box in packed]) + ROW_GAP)
            if number == len(strips):
                bottom = max(lowest, *(edge[3] for edge in under))
                y = max(y, bottom - max(box.lower[3] for box in packed))
            least = y + STRIPS_APART
        tops.append(y)
        boxes += [box.placed(y, width) for box in packed]
        under += moved([box.lower for box in packed], y)
    return tuple(tops), boxes, max(lowest, *(edge[3] for edge in under)) + ROW_GAP


# --- a lane: its roads ----------------------------------------------------------------------------------


class _Track(NamedTuple):
    """A road with its stops and their labels, at `y` from the lane's own road."""

    kind: str
    y: float
    stops: Track
    labels: Sequence[Label]

    def stations(self, y: float, width: int) -> list[Station]:
        """As they stand where the lane's road runs at y."""
        y += self.y
        return [
            Station(
                stop.key, percent(x, width), y, round(label.left - x, 1), label.top, stop.width, stop.height
            )
            for (stop, x, _), label in zip(self.stops, self.labels, strict=True)
        ]

    def over(self) -> list[Edge]:
        """The upper edges of the labels above the road."""
        return [(one.x, one.left, one.right, self.y - one.far) for one in self.labels if not one.below]

    def under(self) -> list[Edge]:
        """The lower edges of the labels below the road."""
        return [(one.x, one.left, one.right, self.y + one.far) for one in self.labels if one.below]

    def bottoms(self) -> list[Edge]:
        """The lower edges of the stations, and of labels that are all above the road."""
        stations = [(one.x, one.x - HALF, one.x + HALF, self.y + HALF) for one in self.labels]
        return stations + [(one.x, one.left, one.right, self.y - one.near) for one in self.labels]


def _lane(
    stops: Sequence[Stop], width: int, above: Sequence[Edge]
) -> tuple[list[_Track], list[Edge], list[Edge]]:
    """(roads, upper edges, lower edges) of a lane, from its own road, which is the first: then come the
    stretches above it and the sidings below."""
    stretches = _tracks([stop for stop in stops if stop.stretch], width)
    others = _tracks([stop for stop in stops if not stop.stretch], width) or [[]]
    own = _track("own", [(stop, x, _side(stop, x, stretches)) for stop, x in others[0]], above)
    tracks = [own]
    over = own.over()
    for stretch in stretches:
        track = _track("stretch", [(stop, x, -1) for stop, x in stretch], above)
        beneath = [*over, across(tracks[-1].y - HALF)]
        up = max(STRETCH_ABOVE - tracks[-1].y, apart(track.bottoms(), beneath) + ROW_GAP)
        tracks.append(track._replace(y=-up))
        over += tracks[-1].over()
        over += _arch([x for _, x in stretch], -up - HALF)
    over.append(across(-HALF))
    under = [across(HALF + ROW_GAP), *own.under()]
    for siding in others[1:]:
        track = _track("siding", [(stop, x, 0) for stop, x in siding], under)
        y = apart(under, [across(-HALF), *track.over()]) + ROW_GAP
        tracks.append(track._replace(y=y))
        under = [across(y + HALF + ROW_GAP), *tracks[-1].under()]
    return tracks, over, under


def _arch(xs: Sequence[float], y: float) -> list[Edge]:
    """The upper edges of a stretch with its bends, which widen with the road: nothing goes under it."""
    around = [xs[0] - BEND, *xs, xs[-1] + BEND]
    edges = [(x, around[n], around[n + 2], y) for n, x in enumerate(xs)]
    return [*edges, (around[0], around[0], around[0], y), (around[-1], around[-1], around[-1], y)]


def _track(kind: str, stops: Track, above: Sequence[Edge]) -> _Track:
    return _Track(kind, 0, stops, labelled(stops, above))


def _roads(tracks: Sequence[_Track], y: float, width: int) -> tuple[Road, ...]:
    """As they run where the lane's own is at y."""
    return tuple(
        Road(
            track.kind,
            y + track.y,
            max(0, percent(track.stops[0][1] - BEND, width)) if track.y else 0,
            min(100, percent(track.stops[-1][1] + BEND, width)) if track.y else 100,
            y,
        )
        for track in tracks
    )


def _side(stop: Stop, x: float, stretches: Sequence[Sequence[tuple[Stop, float]]]) -> int:
    """1, below, for a label that would lie above the road where a stretch bends over it; else 0, either."""
    for track in stretches:
        if x + stop.width > track[0][1] - BEND and x - stop.width < track[-1][1] + BEND:
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
            wanted = [pixels(stop.at, width) for stop in some]
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
