"""The targets of one plan as a list: what is late first, then by date, then what is closed."""

from __future__ import annotations

from components.drawing import render
from components.route_entries import moved_line, near_day, state_icon, state_word, whole_title
from data.route_map import CLOSED, RouteMap, RouteTarget
from data.rules import TargetState


def target_list(route: RouteMap, *, calm: bool = False, brief: bool = False) -> str:
    """A table in three parts: open, proposed (counted nowhere), closed; `calm` and `brief` as in `route_map`:
    a brief one links to nothing."""
    open_targets = [target for target in route.targets if target.state not in CLOSED]
    late = [target for target in open_targets if target.state == TargetState.OVERDUE]
    others = [target for target in open_targets if target.state != TargetState.OVERDUE]
    closed = [target for target in route.targets if target.state in CLOSED]
    parts = (
        ("Open", [*late, *others]),
        ("Proposed, not counted", list(route.proposed)),
        ("Closed", closed[::-1]),
    )
    return render(
        "target_list.html",
        route=route,
        calm=calm,
        brief=brief,
        parts=[(name, targets) for name, targets in parts if targets],
        title=whole_title,
        lanes={lane.id: lane.label for lane in route.lanes},
        word=lambda target: state_word(target.state, calm=calm),
        icon=lambda target: state_icon(target.state, calm=calm),
        day=lambda day: near_day(day, route.today),
        moved=lambda target: moved_line(target, route.today),
        detail=lambda target: _detail(target, route, calm=calm),
    )


def _detail(target: RouteTarget, route: RouteMap, *, calm: bool) -> str:
    """What stands beside the state: how late, when achieved, how many steps are done."""
    if target.state == TargetState.OVERDUE and not calm:
        return f"{target.days_late} {'day' if target.days_late == 1 else 'days'} late"
    if target.state == TargetState.ACHIEVED:
        return near_day(target.achieved_on, route.today)
    if target.steps and target.state not in CLOSED:
        return f"{target.steps_done} of {len(target.steps)} steps"
    return ""
