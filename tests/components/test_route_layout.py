"""Nothing on the route map overlaps, whatever the dates: at the layout's own width and at wider ones."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.route_boxes import Box
from components.route_edges import HALF, LABEL_GAP, ROW_GAP
from components.route_labels import ROAD_TO_LABEL, Stop
from components.route_layout import FARTHEST_FROM_DATE, HEADER, ROADS_APART, Lane, Layout, lay_out, spread

WIDTHS = (620, 990)


class Rectangle(NamedTuple):
    what: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        slack = 0.05
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )


ats = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
stops = st.builds(Stop, st.just(""), ats, st.integers(40, 136), st.sampled_from([30, 45, 60]), st.booleans())
boxes = st.builds(Box, st.just(""), ats, st.integers(60, 320), st.sampled_from([22, 36]), ats)
lanes = st.lists(
    st.builds(Lane, st.lists(stops, max_size=30), st.lists(boxes, max_size=5)), min_size=1, max_size=4
)
strips = st.lists(st.lists(boxes, max_size=12), max_size=3)


def named(some_lanes: list[Lane], some_strips: list[list[Box]]) -> tuple[list[Lane], list[list[Box]]]:
    """The same with a key of its own for each stop and box."""
    number = iter(range(10_000))

    def key(prefix: str) -> str:
        return f"{prefix}{next(number)}"

    return (
        [
            Lane(
                [stop._replace(key=key("s")) for stop in lane.stops],
                [box._replace(key=key("b")) for box in lane.beside],
            )
            for lane in some_lanes
        ],
        [[box._replace(key=key("b")) for box in strip] for strip in some_strips],
    )


def rectangles(layout: Layout, width: float) -> list[Rectangle]:
    """Stations, labels and boxes as drawn on a road of that many pixels."""
    found = []
    for station in layout.stations:
        x = station.x * width / 100
        found.append(
            Rectangle(f"station {station.key}", x - HALF, station.y - HALF, x + HALF, station.y + HALF)
        )
        left, top = x + station.left, station.y + station.top
        found.append(Rectangle(f"label {station.key}", left, top, left + station.width, top + station.height))
    for box in layout.boxes:
        left = box.x * width / 100 + box.left
        found.append(Rectangle(f"box {box.key}", left, box.y, left + box.width, box.y + box.height))
    return found


def leaders(layout: Layout, width: float) -> list[Rectangle]:
    found = []
    for station in layout.stations:
        x, end = station.x * width / 100, station.y + station.leader
        if station.leader:
            top, bottom = sorted((station.y + (HALF if station.leader > 0 else -HALF), end))
            found.append(Rectangle(f"leader {station.key}", x - 1, top, x + 1, bottom))
    return found


def roads_of_others(layout: Layout, some_lanes: list[Lane], width: float) -> list[tuple[set[str], Rectangle]]:
    """Each lane's own road and the bends of its stretches, with the keys that may be near it: for the road
    those of its lane, for the bends none but the stretches' own."""
    found = []
    for lane, (own, *others) in zip(some_lanes, layout.roads, strict=True):
        of_lane = {stop.key for stop in lane.stops} | {box.key for box in lane.beside}
        found.append((of_lane, Rectangle("road", 0, own.y - 4, width, own.y + 4)))
        stretches = {stop.key for stop in lane.stops if stop.stretch}
        for road in others:
            if road.kind == "stretch":
                ends = road.from_x * width / 100, road.to_x * width / 100
                found.append((stretches, Rectangle("stretch", ends[0], road.y - 2, ends[1], own.y - HALF)))
    return found


def check_apart(some_lanes: list[Lane], some_strips: list[list[Box]]) -> None:
    for narrowest in WIDTHS:
        layout = lay_out(narrowest, some_lanes, some_strips)
        wanted = sorted(
            [stop.key for lane in some_lanes for stop in lane.stops]
            + [box.key for lane in some_lanes for box in lane.beside]
            + [box.key for strip in some_strips for box in strip]
        )
        assert sorted([s.key for s in layout.stations] + [b.key for b in layout.boxes]) == wanted
        for width in (narrowest, narrowest * 1.37, narrowest * 2.4):
            drawn = rectangles(layout, width)
            for one, other in combinations(drawn, 2):
                assert not one.overlaps(other), (width, one, other)
            for line in leaders(layout, width):
                for one in drawn:
                    assert not line.overlaps(one), (width, line, one)
            for near, road in roads_of_others(layout, some_lanes, width):
                for one in drawn:
                    kind, key = one.what.split()
                    if key not in near and not (road.what == "stretch" and kind == "station"):
                        assert not road.overlaps(one), (width, road, one)
            for one in drawn:
                assert one.left >= -0.05
                assert one.right <= width + 0.05, (width, one)
                assert one.top >= 0
                assert one.bottom <= layout.height


@settings(max_examples=150, deadline=None)
@given(lanes, strips)
@example([Lane([], [Box("", 0.875, 192, 22)])], [])
def test_no_label_station_box_or_leader_overlaps_another_and_each_is_there_once(
    some_lanes: list[Lane], some_strips: list[list[Box]]
) -> None:
    check_apart(*named(some_lanes, some_strips))


def test_sixty_targets_on_one_day_in_one_lane_stay_apart() -> None:
    check_apart(*named([Lane([Stop("", 0.5, 130, 45)] * 60)], []))


def test_twenty_targets_due_on_the_last_day_stay_apart() -> None:
    check_apart(*named([Lane([Stop("", 1.0, 130, 60)] * 20)], []))


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30))
def test_stations_are_pushed_apart_in_their_order_and_stay_on_the_road(wanted: list[float]) -> None:
    wanted.sort()
    found = spread(wanted, 28, 0, 1000)
    assert all(b - a >= 28 - 1e-6 for a, b in pairwise(found))
    assert found[0] >= -1e-6
    assert found[-1] <= 1000 + 1e-6


def test_a_station_with_room_stands_exactly_at_its_date() -> None:
    layout = lay_out(1000, [Lane([Stop("a", 0, 100, 30), Stop("b", 0.5, 100, 30), Stop("c", 1, 100, 30)])])
    assert [station.x for station in layout.stations] == [layout.x(0), layout.x(0.5), layout.x(1)]


@settings(deadline=None)
@given(st.lists(ats, min_size=1, max_size=40))
def test_no_station_is_drawn_far_from_its_date(days: list[float]) -> None:
    stops_at = {f"s{number}": at for number, at in enumerate(days)}
    layout = lay_out(640, [Lane([Stop(key, at, 120, 45) for key, at in stops_at.items()])])
    for station in layout.stations:
        assert abs(station.x - layout.x(stops_at[station.key])) * 6.4 <= FARTHEST_FROM_DATE + 0.1


def test_the_same_targets_give_the_same_map() -> None:
    some = [Lane([Stop(f"s{n}", n / 20, 120, 45) for n in range(20)])]
    assert lay_out(640, some) == lay_out(640, some)


def test_stations_with_room_have_their_labels_centred_below_the_road() -> None:
    layout = lay_out(990, [Lane([Stop(f"s{n}", n / 5, 120, 45) for n in range(6)])])
    assert [station.top for station in layout.stations] == [ROAD_TO_LABEL] * 6
    assert all(station.centred for station in layout.stations[1:])


def a_plan(count: int, seed: int) -> list[Lane]:
    """So many targets on three roads, with labels such as a year's plan has, some of their dates close."""
    random = Random(seed)
    stops = [
        Stop(f"s{n}", random.random() ** 1.3, random.randint(80, 130), random.choice((34, 34, 50, 50, 66)))
        for n in range(count)
    ]
    return [Lane(stops[lane::3]) for lane in range(3)]


@pytest.mark.parametrize("count", [10, 24, 60])
def test_a_map_is_at_most_three_times_as_high_as_its_labels_would_fill(count: int) -> None:
    """On average over many plans, besides the heading and the roads themselves."""
    width, plans = 990, [a_plan(count, seed) for seed in range(25)]
    filled = sum(
        (stop.width + LABEL_GAP) * (stop.height + ROW_GAP) / width
        for lanes_of_plan in plans
        for lane in lanes_of_plan
        for stop in lane.stops
    )
    heights = [lay_out(width, lanes_of_plan).height - HEADER - 3 * ROADS_APART for lanes_of_plan in plans]
    assert sum(heights) < 3 * filled


def test_roads_with_labels_that_do_not_meet_run_closer_than_their_labels_are_high() -> None:
    upper = Lane([Stop("a", 0.1, 100, 66), Stop("b", 0.11, 100, 66), Stop("c", 0.12, 100, 66)])
    lower = Lane([stop._replace(key=stop.key * 2, at=stop.at + 0.6) for stop in upper.stops])
    apart, meeting = lay_out(990, [upper, lower]), lay_out(990, [upper, upper])
    assert apart.roads[1][0].y - apart.roads[0][0].y < meeting.roads[1][0].y - meeting.roads[0][0].y


def test_a_box_with_room_between_labels_makes_the_map_no_higher() -> None:
    stops = [Stop("a", 0, 100, 66), Stop("b", 1, 100, 66)]
    plain = lay_out(990, [Lane(stops)])
    with_box = lay_out(990, [Lane(stops, [Box("support", 0.4, 200, 36)])])
    assert with_box.height == plain.height


def test_the_last_strip_lies_on_the_axis_however_far_down_that_is() -> None:
    review = Box("review", 0.5, 90, 24)
    for under_middle in (0, 400):
        layout = lay_out(990, [Lane([Stop("a", 0.1, 100, 66)])], [[], [review]], under_middle=under_middle)
        assert layout.height - ROW_GAP == layout.boxes[0].y + review.height
    assert layout.height == layout.roads[0][0].y + 400
