"""The learner's page: head, route map, targets with the form beside them. A learner's own speaks to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from components import ids, shell, words
from components.drawing import drawing, render
from components.plan_changes import plan_change_in_words
from components.plan_frame import plan_tabs
from components.route_entries import near_day, state_line
from components.route_map import route_map
from components.target_list import target_list
from data.news import News
from data.route_map import ATTENDANCE_WEEKS, RouteMap
from data.rules import ReviewState

HEAD, NOW, MAP, LIST = "learner-head", "learner-now", "route-map", "target-list"
DRAWINGS = (HEAD, NOW, MAP, LIST)
"""The drawings that are redrawn after a save, in the order of `drawn`."""


def learner_page(
    route: RouteMap,
    *,
    own: bool,
    form: Any,
    news: News | None = None,
    agreement: str = "",
    dialogs: Sequence[Any] = (),
    notice: str = "",
) -> list[Any]:
    """All that stands in the page's main part; `own` where the viewer is the learner.

    `dialogs` are the forms for a new target and a review held; `notice` says why the day that was asked for
    isn't shown. Nothing can be written on the map of an earlier day.
    """
    head, now, the_map, the_list = drawn(route, own=own, news=news, agreement=agreement)
    return [
        dcc.Store(
            id=ids.LEARNER,
            data={
                "learner": route.learner_id,
                "plan": route.enrolment_id,
                "as_at": route.as_at.isoformat() if route.as_at else None,
            },
            storage_type="memory",
        ),
        drawing(HEAD, head),
        *dialogs,
        plan_tabs(route.learner_id, route.enrolment_id, "", own=own),
        *([html.P(notice, className="as-at", role="status")] if notice else []),
        drawing(NOW, now),
        *(_plan(route, the_map, the_list, form, own) if route.plan_id else [_no_plan(own)]),
    ]


def drawn(
    route: RouteMap, *, own: bool, news: News | None = None, agreement: str = ""
) -> tuple[str, str, str, str]:
    """The HTML of each of `DRAWINGS`; empty where there is nothing to draw. `agreement` is drawn by
    `components.agreement.agreement_notice`."""
    if route.plan_id is None:
        return head(route, own=own), "", "", ""
    following = next_step(route) if own and not route.as_at else ""
    new = render("news.html", news=news, what=plan_change_in_words) if news else ""
    return (
        head(route, own=own),
        render("learner_now.html", agreement=agreement, following=following, news=new),
        route_map(route, calm=own),
        render(
            "learner_list.html",
            route=route,
            calm=own,
            targets=target_list(route, calm=own, brief=route.as_at is not None),
        ),
    )


def head(route: RouteMap, *, own: bool) -> str:
    """Whose route it is, where they stand, and what to do with the plan as a whole."""
    return render(
        "learner_head.html",
        route=route,
        calm=own,
        facts=facts(route, own=own),
        others=[(f"{o.cohort}, from {near_day(o.starts_on, route.today)}", o.id) for o in route.others],
        new_target=ids.NEW_TARGET,
        review_held=ids.REVIEW_HELD,
    )


def facts(route: RouteMap, *, own: bool) -> str:
    """Where the learner stands: phase, next review with its reason, attendance."""
    required = route.next_review_state not in (ReviewState.NOT_REQUIRED, ReviewState.PAUSED)
    return render(
        "learner_facts.html",
        route=route,
        calm=own,
        review=_review(route, own),
        review_icon=words.review_icon(route.next_review_state),
        why=route.why_next_review if required else "",
        attendance=_attendance(route),
    )


def next_step(route: RouteMap) -> str:
    """What to do next, for the learner: the first step not done of the target that is due first."""
    target = route.next
    return render(
        "learner_next.html",
        target=target,
        step=target.next_step if target else None,
        line=_kind_line(route) if target else "",
    )


def _kind_line(route: RouteMap) -> str:
    line = state_line(route.next, route.today, calm=True) if route.next else ""
    return line[:1].lower() + line[1:]


def _review(route: RouteMap, own: bool) -> str:
    state = route.next_review_state
    if state == ReviewState.PAUSED:
        return "Reviews paused"
    if state == ReviewState.NOT_REQUIRED or route.next_review_on is None:
        return "No review due"
    day = words.day(route.next_review_on)
    if state == ReviewState.OVERDUE:
        return f"Review was due {day}" if own else f"Review overdue since {day}"
    if state == ReviewState.DUE_SOON:
        return f"Review due soon, {day}"
    return f"Review due {day}"


def _attendance(route: RouteMap) -> str:
    share = route.attendance
    if share.percent is None:
        return "Attendance: nothing recorded lately"
    return (
        f"Attendance {words.percent(share)}: {share.count} of {words.count(share.of, 'session')},"
        f" last {ATTENDANCE_WEEKS} weeks"
    )


# --- the page's parts -----------------------------------------------------------------------------------


def _plan(route: RouteMap, the_map: str, the_list: str, form: Any, own: bool) -> list[Any]:
    return [
        drawing(MAP, the_map, view="route-map", classes="card route-card", region="Route map"),
        html.Div(
            [
                drawing(LIST, the_list, view="target-list", classes="card target-list-card"),
                *([] if route.as_at else [_form_side(form)]),
            ],
            className=f"with-form{' own' if own else ''}",
        ),
    ]


def _form_side(form: Any) -> html.Aside:
    return html.Aside(
        [
            form,
            html.P("Choose a target on the map or in the list to see it here.", className="sub hint"),
        ],
        className="form-side",
    )


def as_at_notice(route: RouteMap, asked: str, day: date | None) -> str:
    """Why the map of the day that was asked for isn't shown; empty where it is, or none was asked for."""
    if not asked or route.as_at is not None or day == route.today:
        return ""
    if day is None:
        return "That is no date in the calendar, so this is the route as it is today. Please choose a day."
    if route.plan_id is None:
        return ""
    if day > route.today:
        return f"{words.day(day)} is still ahead, so this is the route as it is today."
    return (
        f"This plan begins on {words.day(route.starts_on)}, so nothing is known of {words.day(day)}."
        " This is the route as it is today."
    )


def _no_plan(own: bool) -> html.Div:
    return shell.message(
        "No plan has been written yet",
        "Your tutor writes it with you at your first review. Until then, think about where you would like"
        " this course to take you."
        if own
        else "Import the plan with the learner’s targets (“python app.py import targets FILE”), or add the"
        " first target at the initial review; the route map begins with it.",
    )
