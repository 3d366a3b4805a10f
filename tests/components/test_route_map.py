"""What the route map, the list and the page say: each target once, in the order of the journey, as text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from components.learner_page import head, learner_page, next_step
from components.learner_print import learner_print, sheet_for
from components.route_entries import most_title_lines
from components.route_map import map_sizes, own_route, route_map
from components.target_form import target_form
from components.target_list import target_list
from data.route_map import (
    OtherPlan,
    OwnStopOnRoute,
    RouteAssessment,
    RouteBarrier,
    RouteLane,
    RouteMap,
    RoutePhase,
    RouteReview,
    RouteStep,
    RouteSupport,
    RouteTarget,
    WayOn,
)
from data.rules import ReviewState, Share, TargetState
from tests.factories import TODAY

TARGET = RouteTarget(
    id=1,
    lane_id=1,
    title="Unit 3: Complete the risk assessment",
    short_title="Unit 3",
    state=TargetState.OVERDUE,
    due_on=date(2026, 12, 19),
    first_due_on=date(2026, 12, 1),
    moves=1,
    achieved_on=None,
    closed_on=None,
    days_late=23,
    stretch=False,
)
ROUTE = RouteMap(
    learner_id=7,
    learner="Amara Okafor",
    enrolment_id=70,
    plan_id=70,
    cohort_id=3,
    cohort="Engineering (E3-1)",
    department_id=None,
    department="Engineering",
    tutor="Priya Shah",
    starts_on=date(2026, 9, 7),
    ends_on=date(2027, 7, 9),
    ended_on=None,
    paused=False,
    today=TODAY,
    clock_day=TODAY,
    starting_point="GCSE maths 6",
    destination="I want to be a motorsport engineer.",
    next_review_on=date(2027, 1, 14),
    next_review_state=ReviewState.DUE_SOON,
    why_next_review="Due by 14 January 2027: six weeks after the review on 19 November 2026.",
    attendance=Share(47, 50),
    may_write=True,
    lanes=(RouteLane(1, "Qualification"), RouteLane(2, "Career"), RouteLane(3, "Personal growth")),
    phases=(
        RoutePhase("Induction", date(2026, 9, 7), date(2026, 10, 4)),
        RoutePhase("Foundation", date(2026, 10, 5), date(2027, 7, 9)),
    ),
    targets=(
        replace(
            TARGET, id=2, state=TargetState.ACHIEVED, due_on=date(2026, 10, 1), achieved_on=date(2026, 10, 8)
        ),
        TARGET,
        replace(TARGET, id=3, lane_id=2, state=TargetState.TO_COME, due_on=date(2027, 3, 1), moves=0),
        replace(
            TARGET, id=4, lane_id=3, state=TargetState.IN_PROGRESS, due_on=None, first_due_on=None, moves=0
        ),
    ),
    proposed=(replace(TARGET, id=5, lane_id=2, state=None, due_on=date(2027, 2, 1), moves=0),),
    reviews=(
        RouteReview(31, "Progress review", date(2026, 11, 19), ReviewState.DONE),
        RouteReview(None, "Next review", date(2027, 1, 14), ReviewState.DUE_SOON),
    ),
    supports=(RouteSupport(1, "Dyslexia tutor", "Mr Hale", "weekly", 8, 6, date(2026, 10, 12), None),),
    barriers=(RouteBarrier(None, "Missed workshops", date(2026, 12, 1), date(2026, 12, 12), "Catch-up"),),
)


def text_of(markup: str) -> str:
    """What a screen reader hears: the text outside of what is hidden from it."""
    heard: list[str] = []

    class Reader(HTMLParser):
        hidden = 0

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if self.hidden or dict(attrs).get("aria-hidden") == "true":
                self.hidden += tag not in ("path", "br")

        def handle_endtag(self, tag: str) -> None:
            self.hidden = max(0, self.hidden - (tag not in ("path", "br")))

        def handle_data(self, data: str) -> None:
            if not self.hidden:
                heard.append(data)

    Reader().feed(markup)
    return " ".join(" ".join(heard).split())


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_a_screen_reader_hears_the_journey_in_order() -> None:
    heard = text_of(route_map(ROUTE))
    assert in_order(
        heard,
        "Start",
        "GCSE maths 6",
        "Induction",
        "Achieved 8 Oct",
        "Foundation",
        "Support: Dyslexia tutor",
        "Review held 19 Nov",
        "Barrier: Missed workshops Passed 12 Dec: Catch-up",
        "Unit 3 Overdue, 23 days late Moved from 1 Dec",
        "Today",
        "Next review 14 Jan, due soon",
        "To come, 1 Mar",
        "In progress, no date yet",
        "Proposed, 1 Feb",
        "Destination",
        "I want to be a motorsport engineer.",
    ), heard


def test_a_station_tells_its_whole_title_lane_and_due_date() -> None:
    heard = text_of(route_map(ROUTE))
    assert "Qualification, Unit 3: Complete the risk assessment, due Sat 19 Dec 2026" in heard


def test_each_target_is_a_link_with_its_state_once_and_the_proposed_have_none() -> None:
    markup = route_map(ROUTE)
    assert re.findall(r'data-target="(\d+)"(?: data-state="([a-z-]+)")?', markup) == [
        ("2", "achieved"),
        ("1", "overdue"),
        ("3", "to-come"),
        ("4", "in-progress"),
        ("5", ""),
    ]
    assert markup.count('href="/learner/7?plan=70&target=1"') == 1
    assert re.findall(r'data-review="(\w+)" data-state="([a-z-]+)"', markup) == [
        ("31", "done"),
        ("next", "due-soon"),
    ]


def test_the_counts_add_up_to_the_total_and_leave_the_proposed_out() -> None:
    heard = text_of(route_map(ROUTE))
    assert "4 targets; 1 proposed, not counted" in heard
    assert "Achieved 1 In progress 1 Overdue 1 To come 1" in heard


def test_the_learners_own_map_says_was_due_and_never_overdue() -> None:
    for markup in (route_map(ROUTE, calm=True), target_list(ROUTE, calm=True), next_step(ROUTE)):
        heard = text_of(markup).lower()
        assert "overdue" not in heard
        assert not re.search(r"\blate\b", heard)
        assert "was due" in heard
    assert 'data-state="overdue"' in route_map(ROUTE, calm=True)


def test_the_list_begins_with_what_is_overdue_and_ends_with_what_is_closed() -> None:
    assert re.findall(r'<tr data-target="(\d+)"', target_list(ROUTE)) == ["1", "3", "4", "5", "2"]


@pytest.mark.parametrize(
    ("unit", "title", "whole"),
    [
        ("Unit 3", "CAD drawings", "Unit 3: CAD drawings"),
        ("TMA 1", "Tutor-marked assessment 1", "TMA 1: Tutor-marked assessment 1"),
        ("Unit 3 CAD", "Unit 3: Draw a bearing", "Unit 3: Draw a bearing"),
        (None, "CAD drawings", "CAD drawings"),
    ],
)
def test_the_list_names_a_target_as_the_map_does(unit: str | None, title: str, whole: str) -> None:
    route = replace(ROUTE, targets=(replace(TARGET, short_title=unit, title=title),))
    assert f">{whole}</a>" in target_list(route)
    assert whole in text_of(learner_print(route, own=False))


def test_the_head_gives_the_reason_of_the_review_and_the_denominator_of_attendance() -> None:
    heard = text_of(head(ROUTE, own=False))
    assert "Review due soon, Thu 14 Jan 2027" in heard
    assert "six weeks after the review on 19 November 2026" in heard
    assert "Attendance 94%: 47 of 50 sessions, last 6 weeks" in heard
    nothing = replace(ROUTE, attendance=Share(0, 0))
    assert "Attendance: nothing recorded lately" in text_of(head(nothing, own=False))


def test_the_next_step_is_the_first_undone_one_of_the_target_that_is_due_first() -> None:
    steps = (
        RouteStep(1, "Read the brief", None, date(2026, 12, 1), 1),
        RouteStep(2, "Read one page with Mr Hale", None, None, 1),
    )
    route = replace(ROUTE, targets=(replace(TARGET, steps=steps),))
    markup = next_step(route)
    assert "<h2>Read one page with Mr Hale</h2>" in markup
    assert 'data-ticks="2" data-of="1"' in markup
    assert "can see which steps you have done" in text_of(markup)
    assert "Nothing is waiting for you" in next_step(replace(ROUTE, targets=ROUTE.targets[:1]))


def test_what_was_due_before_the_learner_joined_is_not_the_next_step() -> None:
    earlier = replace(TARGET, id=99, title="Initial assessment", due_on=date(2026, 9, 1), steps=())
    route = replace(ROUTE, targets=(earlier, replace(TARGET, title="Unit 3", steps=())))
    assert "<h2>Unit 3</h2>" in next_step(route)
    assert "<h2>Initial assessment</h2>" in next_step(replace(route, targets=(earlier,)))


def test_a_plan_without_targets_or_dates_is_drawn_with_what_to_do_next() -> None:
    empty = replace(ROUTE, targets=(), proposed=(), phases=(), reviews=(), ends_on=None, starting_point="")
    assert "not written yet." in text_of(route_map(empty))
    assert "Add the first with “New target”" in text_of(target_list(empty))
    assert "agreed at a review" in text_of(target_list(replace(empty, may_write=False)))


def test_a_map_whose_end_has_passed_tells_today_and_draws_no_line_for_it() -> None:
    ended = replace(ROUTE, today=date(2029, 1, 1))
    assert "today outside" in route_map(ended)


TEXT = "<script>alert(1)</script>\"'&{{7*7}}"


def test_markup_in_any_text_is_shown_as_text() -> None:
    step = RouteStep(1, TEXT, None, None, 1)
    target = replace(TARGET, title=TEXT, short_title=TEXT, steps=(step,))
    route = replace(
        ROUTE,
        learner=TEXT,
        cohort=TEXT,
        department=TEXT,
        tutor=TEXT,
        starting_point=TEXT,
        destination=TEXT,
        why_next_review=TEXT,
        lanes=(RouteLane(1, TEXT),),
        phases=(RoutePhase(TEXT, date(2026, 9, 7), date(2027, 7, 9)),),
        targets=(target, replace(target, id=2, due_on=None)),
        proposed=(replace(target, id=3, state=None),),
        reviews=(RouteReview(1, TEXT, date(2026, 11, 19), ReviewState.DONE),),
        supports=(RouteSupport(1, TEXT, TEXT, TEXT, 8, 6, date(2026, 10, 12), None),),
        barriers=(RouteBarrier(None, TEXT, date(2026, 12, 1), date(2026, 12, 12), TEXT),),
    )
    drawn = (
        route_map(route),
        target_list(route),
        head(route, own=True),
        next_step(route),
        learner_print(route, own=False),
    )
    for markup in drawn:
        assert "<script>alert" not in markup
        assert TEXT in text_of(markup)


def test_the_page_has_few_components() -> None:
    for own in (False, True):
        content = learner_page(ROUTE, own=own, form=target_form(None))
        components = [part for one in content for part in [one, *one._traverse()]]
        assert len(components) <= 150


def test_no_plan_gives_a_next_step_to_staff_and_to_the_learner() -> None:
    unwritten = replace(ROUTE, plan_id=None)
    staff, own = (str(learner_page(unwritten, own=own, form="")) for own in (False, True))
    assert "No plan has been written yet" in staff
    assert "import targets" in staff
    assert "Your tutor writes it with you" in own


def many(count: int) -> RouteMap:
    targets = [
        replace(TARGET, id=100 + n, lane_id=1 + n % 3, due_on=date(2026, 9, 10) + timedelta(days=5 * n))
        for n in range(count)
    ]
    return replace(ROUTE, targets=tuple(targets))


@pytest.mark.parametrize("count", [0, 4, 10, 60])
def test_on_paper_the_map_never_grows_beyond_a_page(count: int) -> None:
    route = many(count)
    sheet = sheet_for(route, lines=count // 2)
    sizes = map_sizes(route, sheet.title_lines)
    heights = {width: height for width, height in sizes if width <= 1047 / sheet.scale}
    assert heights[max(heights)] * sheet.scale <= 716 - 72 - (count // 2 * 17 if sheet.listed else 20)
    assert sheet.scale >= 0.4


def test_on_paper_titles_are_whole_or_the_page_says_where_they_are() -> None:
    title = "Write to three employers about a placement in the spring, and ring each of them"
    said = set()
    for count in (4, 5, 20, 60):
        targets = [replace(one, title=title, short_title=None) for one in many(count).targets]
        route = replace(ROUTE, targets=tuple(targets))
        page = learner_print(route, own=False)
        whole = f"--n:{most_title_lines(route)}" in page
        here, elsewhere = "is whole in this list" in page, "are in the printed plan" in page
        assert not (here and elsewhere)
        assert whole or here or elsewhere
        assert not (whole and here)
        said.add((whole, here, elsewhere))
    assert said == {(True, False, False), (False, True, False), (False, False, True)}


def test_the_start_says_its_assessments_and_the_destination_its_ways_on() -> None:
    ways = tuple(WayOn(n, "next-level", f"Way {n}", "this college", n == 1) for n in range(1, 6))
    route = replace(
        ROUTE,
        assessments=(RouteAssessment(1, "BKSB English", "Level 1", date(2026, 9, 9)),),
        ways_on=ways,
        next_plan=OtherPlan(80, "HNC (H1)", date(2027, 9, 6)),
    )
    text = words_of(route_map(route))
    assert "1 assessment: BKSB English, 9 Sept: Level 1" in text
    assert "Way 1, this college, first choice" in text
    assert "Next plan: HNC (H1)" in text
    assert "Way 4" not in text
    assert "and 2 more" in text
    assert 'href="/learner/7?plan=80"' in route_map(route)
    assert 'href="/learner/7?plan=80"' not in route_map(route, brief=2)


def test_a_moved_date_leaves_a_trail_and_says_so_and_one_that_stayed_leaves_none() -> None:
    assert route_map(ROUTE).count('class="trail"') == 2 * 3  # two stops, once in each layout
    still = replace(ROUTE, targets=tuple(replace(t, first_due_on=t.due_on, moves=0) for t in ROUTE.targets))
    assert 'class="trail"' not in route_map(still)
    assert "Moved from 1 Dec" in words_of(route_map(ROUTE))
    assert "moved from 1 dec" in words_of(learner_print(ROUTE, own=False))


def test_how_a_target_was_met_is_read_on_the_map_and_in_the_list() -> None:
    met = replace(ROUTE, targets=(replace(ROUTE.targets[0], how_met="Presented\nit"),))
    assert "How it was met: Presented it" in words_of(route_map(met))
    assert "How it was met: Presented it" in words_of(target_list(met))
    assert "How it was met" not in words_of(route_map(ROUTE))


def test_a_stop_of_the_learners_own_and_a_named_road_stand_on_the_map_uncounted() -> None:
    stop = OwnStopOnRoute(4, 2, "Open day <b>", date(2027, 2, 1), None, 1)
    lanes = (ROUTE.lanes[0], replace(ROUTE.lanes[1], own_name="My racing road"), ROUTE.lanes[2])
    route = replace(ROUTE, own_stops=(stop,), lanes=lanes, may_write_own=True)
    mine, theirs = words_of(route_map(route, calm=True)), words_of(route_map(route))
    assert "My stop: Open day <b>" in mine
    assert "Own stop: Open day <b>" in theirs
    assert "4 targets; 1 proposed, not counted" in mine
    assert "My racing road Career" in mine
    assert "Put it on my map" not in mine, "the forms come as their fold is opened"
    assert "Put it on my map" in words_of(own_route(route, calm=True))
    assert "Put it on the map" in words_of(own_route(route, calm=False))
    assert "Put it on my map" not in words_of(route_map(replace(route, may_write_own=False), calm=True))
    assert 'data-writes="own-stop"' not in route_map(route, brief=2)


def test_another_day_is_a_link_or_a_date_away_and_says_which_it_is() -> None:
    held = (date(2026, 10, 12), date(2026, 11, 19))
    today = route_map(replace(ROUTE, reviewed_on=held))
    assert "as_at=2026-11-19" in today
    assert "Back to today" not in today
    day = date(2026, 11, 2)
    then = replace(ROUTE, reviewed_on=held, as_at=day, today=day, clock_day=day)
    drawn = route_map(then)
    assert "as_at=2026-10-12" in drawn
    assert "as_at=2026-11-19" in drawn
    assert "As it was known on Mon 2 Nov 2026." in words_of(drawn)
    assert "data-select" not in drawn
    assert "As at, Mon 2 Nov 2026" in words_of(drawn)


def words_of(markup: str) -> str:
    """The words of a drawing with one space between."""
    return " ".join(
        unescape(re.sub(r"<[^>]+>", "", re.sub(r"<(/p|/span|small|/b|br)[^>]*>", " ", markup))).split()
    ).replace(" ,", ",")
