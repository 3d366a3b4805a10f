"""`/learner/<id>`: the route map, the targets and their form."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Dash, no_update
from flask import request as flask_request
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request, small_forms, target_form
from callbacks.writing import Writer
from components import shell
from components.agreement import agreement_notice
from components.learner_page import DRAWINGS, as_at_notice, drawn, learner_page
from components.route_map import own_route as own_route_markup
from data import agreements, news, own_route, route_map
from data.errors import NotFound, Refused
from data.form_values import date_of
from data.news import News
from data.own_words import RIGHTS as OWN_WORDS
from data.route_map import RouteMap
from data.scope import Viewer

WRITERS = {
    "own-stop": Writer.of(own_route.save_stop, *OWN_WORDS),
    "road-name": Writer.of(own_route.name_road, *OWN_WORDS),
}


@request.page
def page(
    learner_id: Any = None, plan: Any = None, target: Any = None, as_at: Any = None, **_query: Any
) -> Any:
    """The plan asked for, else the current one; `target` opens its form, `as_at` shows an earlier day."""
    with request.looking() as (session, viewer):
        day = day_of(as_at)
        route = read(session, viewer, learner_id, plan, day)
        own = viewer.is_learner_only
        content = learner_page(
            route,
            own=own,
            form=target_form.form(session, viewer, target),
            news=_news(session, viewer, route),
            agreement=_agreement(session, viewer, route),
            dialogs=small_forms.small_forms(viewer) if route.may_write and route.plan_id else (),
            notice=as_at_notice(route, str(as_at or ""), day),
        )
        title = "My route" if own else route.learner
        return shell.page(request.frame(viewer), title, content, active="/" if own else "")


def _news(session: Session, viewer: Viewer, route: RouteMap) -> News | None:
    """What is new to the learner; others see it in the history of each target."""
    own = viewer.is_learner_only and route.plan_id is not None and route.as_at is None
    return news.read(session, viewer, route.plan_id or 0) if own else None


def _agreement(session: Session, viewer: Viewer, route: RouteMap) -> str:
    """Whose agreement is waited for, for the learner and who writes the plan."""
    own = viewer.is_learner_only
    ended = route.ended_on is not None and route.ended_on < route.today
    if route.plan_id is None or route.as_at is not None or ended or not (own or route.may_write):
        return ""
    return agreement_notice(
        agreements.standing(session, viewer, route.plan_id),
        own=own,
        name=route.learner,
        learner_id=route.learner_id,
        plan_id=route.plan_id,
    )


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the head, the next step, the map and the list, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return (no_update,) * len(DRAWINGS)
    with request.looking() as (session, viewer):
        route = read(session, viewer, shown.get("learner"), shown.get("plan"), day_of(shown.get("as_at")))
        return drawn(
            route,
            own=viewer.is_learner_only,
            news=_news(session, viewer, route),
            agreement=_agreement(session, viewer, route),
        )


def own_route_forms(learner_id: str) -> str:
    """What the fold under the map holds, as it is opened."""
    with request.looking() as (session, viewer):
        route = read(session, viewer, learner_id, flask_request.args.get("plan"))
        if not route.may_write_own:
            raise NotFound
        return own_route_markup(route, calm=viewer.is_learner_only)


def read(session: Session, viewer: Viewer, learner_id: Any, plan: Any, as_at: date | None = None) -> RouteMap:
    """The route map of ids as they came with a request."""
    return route_map.read(session, viewer, *plan_page.asked(learner_id, plan), as_at)


def day_of(text: Any) -> date | None:
    """A day out of an address; None where it is none."""
    try:
        return date_of({"as_at": text}, "as_at")
    except Refused:
        return None


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, *DRAWINGS)
    app.server.add_url_rule(
        "/learner/<learner_id>/own-route", "own_route", request.or_missing(own_route_forms), methods=["GET"]
    )
