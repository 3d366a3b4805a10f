"""The plain page that a link opens: one plan's route map and targets, and a form for a comment. It links to
nothing else and works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components.drawing import render
from components.learner_page import facts
from components.route_map import route_map
from components.target_list import target_list
from data.guests import Guest, TargetToJudge
from data.route_map import RouteMap

GUEST_LINES = 2
"""Of the title of a target on the map."""


NOT_FOR_GUESTS = "kept among those who work on the plan."


def guest_page(
    guest: Guest,
    route: RouteMap,
    *,
    csrf_token: str,
    banner: str | None,
    token: str,
    typed: str = "",
    problem: str = "",
    done: str = "",
) -> str:
    """The whole page; `problem` says what was wrong with what was `typed`, `done` what was kept."""
    # What was found at the start, ways on, own stops and the names of roads stay with those who work on it.
    lanes = tuple(replace(lane, own_name="") for lane in route.lanes)
    route = replace(
        route, starting_point=NOT_FOR_GUESTS, assessments=(), ways_on=(), own_stops=(), lanes=lanes
    )
    return render(
        "guest_page.html",
        title=f"{route.learner}, plan",
        banner=banner,
        guest=guest,
        route=route,
        facts=facts(route, own=True),
        map=route_map(route, calm=True, brief=GUEST_LINES) if route.plan_id else "",
        targets=target_list(route, calm=True, brief=True) if route.plan_id else "",
        csrf_token=csrf_token,
        token=token,
        typed=typed,
        problem=problem,
        done=done,
    )


def judge_page(
    guest: Guest,
    targets: Sequence[TargetToJudge],
    *,
    csrf_token: str,
    banner: str | None,
    token: str,
    problem: str = "",
    done: str = "",
    done_at: str = "",
) -> str:
    """The page of an invited peer: success criteria, and a judgement on each. What is `done` stands in the
    card of the target `done_at`."""
    return render(
        "guest_judge.html",
        title="Success criteria",
        banner=banner,
        guest=guest,
        targets=targets,
        csrf_token=csrf_token,
        token=token,
        problem=problem,
        done=done,
        done_at=done_at,
    )


def no_such_link(banner: str | None) -> str:
    """What a link answers that opens nothing, whatever the reason: it says nothing of any plan."""
    return render("guest_nothing.html", title="This link doesn’t open anything any more", banner=banner)
