"""The route map of one learner, as the HTML of one template: a list in the order of the journey.

Wide screens and paper set the list's items along the roads, phones let them run down the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf

from components import words
from components.drawing import render
from components.route_boxes import Box, PlacedBox
from components.route_edges import BEFORE_FIRST, WIDEST_LABEL, percent
from components.route_entries import ICON, Entry, counts, entries
from components.route_labels import ROAD_BEGINS, Stop
from components.route_layout import Lane, Layout, Road, Station, lay_out
from components.text_width import wrapped
from data.route_map import RouteMap, WayOn

NARROWEST = (620, 990, 1320)
"""The narrowest road, in pixels, of each layout; assets/route_map.css says from which width each holds."""
GUTTERS, AXIS, TITLE = 270, 78, 40
"""What lies beside, under and over the roads in assets/route_map.css: lane names and destination, months
and starting point, the heading."""
MONTHS_APART = 36
LEAST_DAYS_OF_MONTH = 14

MOST_WAYS = 3
ABOVE_DESTINATION = 22
"""How far the box of the destination begins above the road that leads into it."""
WAY_HEIGHT = 68
TRAIL_ABOVE = 9
"""How far above its road the trail of a moved stop runs: between the road and the labels."""
DESTINATION_WIDTH = 100
"""The room for its words, in pixels, in the narrowest layout."""

Styles = dict[str, str]


def route_map(route: RouteMap, *, calm: bool = False, brief: int = 0) -> str:
    """The map of a plan; `calm` is the learner's own: no alarm, and kind words. `brief`, for paper, says how
    many lines a title may have."""
    found = entries(route, calm=calm, brief=brief)
    days = _Days.of(route, found)
    layouts = _laid_out(route, found, days)
    placed = _styles(layouts)
    trails = _trails(route, days)
    return render(
        "route_map.html",
        route=route,
        calm=calm,
        brief=brief,
        entries=[(entry, _place(entry, placed, layouts, days, route)) for entry in found],
        time=None if brief else Reviews.around(route),
        assessments=words.count(len(route.assessments), "assessment"),
        ways=_WaysShown.of(route),
        lane_names={lane.id: lane.own_name or lane.label for lane in route.lanes},
        layouts=[_Drawn(layout, number, trails) for number, layout in enumerate(layouts)],
        lanes=[
            (lane, _each("y", [layout.roads[n][0].y for layout in layouts]))
            for n, lane in enumerate(route.lanes)
        ],
        strips=[
            (label, _each("y", [layout.strips[n] for layout in layouts]))
            for n, label in enumerate(_STRIPS)
            if any(_strip_of(entry) == n for entry in found)
        ],
        months=[
            (month, year, _each("x", [layout.x(days.at(on)) for layout in layouts]))
            for month, year, on in days.months()
        ],
        canvas=_each("high", [layout.height for layout in layouts])
        + _each("middle", [_middle(layout) for layout in layouts]),
        counts=counts(route, calm=calm),
        summary=_summary(route),
    )


def own_route(route: RouteMap, *, calm: bool) -> str:
    """The forms of the learner's own stops and names of roads, for the fold under the map."""
    options = [(lane.id, lane.own_name or lane.label) for lane in route.lanes]
    return render("own_route.html", route=route, calm=calm, lane_options=options)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The days of the reviews held last before, and first after, the day of the map."""

    before: date | None
    after: date | None

    @classmethod
    def around(cls, route: RouteMap) -> Reviews:
        earlier = [day for day in route.reviewed_on if day < route.today]
        later = [day for day in route.reviewed_on if day > route.today]
        return cls(max(earlier, default=None), min(later, default=None))


@dataclass(frozen=True, slots=True)
class _WaysShown:
    """The ways on that have room on the map, and how many more there are."""

    shown: tuple[WayOn, ...]
    more: int

    @classmethod
    def of(cls, route: RouteMap) -> _WaysShown:
        return cls(route.ways_on[:MOST_WAYS], max(0, len(route.ways_on) - MOST_WAYS))


def map_sizes(route: RouteMap, brief: int) -> list[tuple[int, float]]:
    """(narrowest width, height) in pixels of each layout of the brief map, for who must know beforehand."""
    found = entries(route, calm=False, brief=brief)
    layouts = _laid_out(route, found, _Days.of(route, found))
    return [(layout.width + GUTTERS, layout.height + AXIS + TITLE) for layout in layouts]


def _summary(route: RouteMap) -> str:
    total = words.count(len(route.targets), "target")
    if not route.proposed:
        return total
    return f"{total}; {len(route.proposed)} proposed, not counted"


# --- from dates to places -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Days:
    """The first and the last day of the map."""

    first: date
    last: date

    @classmethod
    def of(cls, route: RouteMap, found: Iterable[Entry]) -> _Days:
        days = [entry.on for entry in found if entry.on is not None and entry.kind != "today"]
        days += [phase.ends_on for phase in route.phases]
        days += [day for day in (route.starts_on, route.ends_on) if day is not None]
        return cls(min(days), max([*days, min(days) + timedelta(days=60)]))

    def at(self, day: date) -> float:
        """A day as a part of the road, 0 to 1."""
        return (day - self.first).days / (self.last - self.first).days

    def hold(self, day: date) -> bool:
        return self.first <= day <= self.last

    def months(self) -> list[tuple[str, str, date]]:
        """(month, year where it is another, first day) of as many as have room in the narrowest layout."""
        firsts = [self.first]
        while (following := (firsts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= self.last:
            firsts.append(following)
        if len(firsts) > 1 and (firsts[1] - self.first).days < LEAST_DAYS_OF_MONTH:
            del firsts[0]
        road = NARROWEST[0] - BEFORE_FIRST - WIDEST_LABEL
        every = max(1, ceil(len(firsts) * MONTHS_APART / road))
        return [
            (
                words.month(day.month),
                str(day.year) if number == 0 or day.year != firsts[(number - 1) * every].year else "",
                day,
            )
            for number, day in enumerate(firsts[::every])
        ]


_STRIPS = ("Support", "No date yet", "Proposed", "Reviews")


def _strip_of(entry: Entry) -> int | None:
    """The strip under the lanes that an entry stands in, if it does."""
    if entry.kind == "review":
        return 3
    if entry.kind == "target" and entry.state is None:
        return 2
    if entry.kind == "target" and entry.on is None:
        return 1
    if entry.kind in ("support", "barrier") and entry.lane_id is None:
        return 0
    return None


def _laid_out(route: RouteMap, found: Sequence[Entry], days: _Days) -> list[Layout]:
    """A layout for each of `NARROWEST`."""
    lanes = []
    for lane in route.lanes:
        of_lane = [entry for entry in found if entry.lane_id == lane.id]
        lanes.append(
            Lane(
                [
                    Stop(e.key, days.at(e.on), e.width, e.height, e.stretch)
                    for e in of_lane
                    if e.kind == "target" and not e.boxed and e.on
                ],
                [_box(e, days) for e in of_lane if e.kind in ("support", "barrier", "own")],
            )
        )
    strips = [[_box(e, days) for e in found if _strip_of(e) == number] for number in range(len(_STRIPS))]
    side = _side_height(route)
    return [lay_out(width, lanes, strips, under_middle=side) for width in NARROWEST]


def _side_height(route: RouteMap) -> float:
    """How far the destination with its ways on reaches down from the road."""
    _, lines = wrapped(f"“{route.destination}”", 13, DESTINATION_WIDTH, 6)
    ways = _WaysShown.of(route)
    rows = len(ways.shown) + (route.next_plan is not None)
    return 34 + 17 * max(lines, 2) + rows * WAY_HEIGHT + bool(ways.more) * 20 - ABOVE_DESTINATION


def _trails(route: RouteMap, days: _Days) -> dict[str, float]:
    """{key of a target whose date was moved: its first date as a part of the road}"""
    return {
        f"target{target.id}": days.at(target.first_due_on)
        for target in route.targets
        if target.moves and target.first_due_on and target.due_on
    }


def _box(entry: Entry, days: _Days) -> Box:
    height = 24 if entry.kind == "review" else max(entry.height + 4, ICON + 4)
    if entry.on is None:
        return Box(entry.key, 0, entry.width, height, until=1)
    until = days.at(entry.until) if entry.until else 0
    return Box(entry.key, days.at(entry.on), entry.width, height, until)


def _styles(layouts: Sequence[Layout]) -> Styles:
    """{key: its custom properties}, one number for each layout: --x0 of the first, --x1 of the second. One
    that is as in the layout before isn't said again."""
    styles: dict[str, str] = {}
    said: dict[str, tuple[float, ...]] = {}
    for n, layout in enumerate(layouts):
        placed: list[Station | PlacedBox] = [*layout.stations, *layout.boxes]
        for one in placed:
            key = one.key
            place: tuple[float, ...] = (one.x, one.y, one.left)
            style = f"--w:{one.width};--h:{one.height};" if n == 0 else styles[key]
            if isinstance(one, Station):
                place = (*place, one.top)
                style += "" if one.centred else f"--a{n}:left;"
            before = said.get(key, (inf,) * len(place))
            for name, value, last in zip("xylt", place, before, strict=False):
                if value != last:
                    style += f"--{name}{n}:{value:g};"
            styles[key], said[key] = style, place
    return styles


def _place(entry: Entry, placed: Styles, layouts: Sequence[Layout], days: _Days, route: RouteMap) -> str:
    """The entry's custom properties. Where today lies outside the road, it has no place and is only told."""
    if entry.kind == "phase":
        phase = next(p for n, p in enumerate(route.phases) if f"phase{n}" == entry.key)
        following = [p.starts_on for p in route.phases if p.starts_on > phase.starts_on]
        ends = min(following, default=None)
        lefts = [layout.x(days.at(phase.starts_on)) if phase != route.phases[0] else 0 for layout in layouts]
        rights = [layout.x(days.at(ends)) if ends else 100 for layout in layouts]
        sizes = [right - left for left, right in zip(lefts, rights, strict=True)]
        return _each("x", lefts) + _each("span", sizes)
    if entry.kind == "today" and days.hold(route.today):
        return _each("x", [layout.x(days.at(route.today)) for layout in layouts])
    return placed.get(entry.key, "")


def _each(name: str, values: Sequence[float]) -> str:
    return "".join(f"--{name}{n}:{value:g};" for n, value in enumerate(values))


def _middle(layout: Layout) -> float:
    return layout.roads[len(layout.roads) // 2][0].y


# --- the roads, for the eye only ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Trail:
    """Where a stop stood first and where it stands now."""

    from_x: float
    to_x: float
    y: float

    @property
    def line(self) -> str:
        return f"M{self.from_x:g} {self.y:g}H{self.to_x:g}"

    @property
    def dot(self) -> str:
        return f"M{self.from_x:g} {self.y:g}h.01"


class _Drawn:
    """The lines of one layout, in a box of 1000 by its height that stretches with the page."""

    def __init__(self, layout: Layout, number: int, trails: dict[str, float]) -> None:
        self.number = number
        self.height = layout.height
        self.middle = _middle(layout)
        self.roads = [
            ("main" if lane == 0 else "side", road.kind, self._path(road, layout.width))
            for lane, roads in enumerate(layout.roads)
            for road in reversed(roads)
        ]
        self.trails = [
            _Trail(layout.x(trails[s.key]) * 10, s.x * 10, s.y - TRAIL_ABOVE)
            for s in layout.stations
            if s.key in trails
        ]
        self.leaders = [f"M{s.x * 10:g} {s.y:g}V{s.y + s.leader:g}" for s in layout.stations if s.leader]

    def _path(self, road: Road, width: int) -> str:
        if road.kind == "own":
            bend, y, middle = percent(ROAD_BEGINS, width) * 10, road.y, self.middle
            return (
                f"M0 {middle:g}C{bend / 2:g} {middle:g} {bend / 3:g} {y:g} {bend:g} {y:g}"
                f"H{1000 - bend:g}C{1000 - bend / 3:g} {y:g} {1000 - bend / 2:g} {middle:g} 1000 {middle:g}"
            )
        first, last, bend = road.from_x * 10, road.to_x * 10, percent(52, width) * 10
        half = bend / 2
        return (
            f"M{first:g} {road.leaves_y:g}C{first + half:g} {road.leaves_y:g} {first + half:g} {road.y:g}"
            f" {first + bend:g} {road.y:g}H{last - bend:g}C{last - half:g} {road.y:g}"
            f" {last - half:g} {road.leaves_y:g} {last:g} {road.leaves_y:g}"
        )
