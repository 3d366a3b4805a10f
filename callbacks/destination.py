"""`/learner/<id>/destination`: where the plan leads, and where it led."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import destination as page_of
from components import ids, shell
from data import destination, plan_exit
from data.destination import Destination
from data.models import Writes
from data.own_words import RIGHTS as OWN_WORDS
from data.scope import Viewer

WRITERS = {
    "destination": Writer.of(destination.save_goal, *OWN_WORDS),
    "progression-in-words": Writer.of(destination.save_progression_in_words, Writes.PLANS),
    "progression-option": Writer.of(destination.save_option, Writes.PLANS),
    "progression-need": Writer.of(destination.save_need, Writes.PLANS),
    "plan-exit": Writer.of(plan_exit.save_exit, Writes.PLANS),
    "plan-continues": Writer.of(plan_exit.save_previous, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The destination of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        place = read(session, viewer, learner_id, plan)
        own = place.head.own
        title = "My destination" if own else f"Destination, {place.head.learner_name}"
        content = page_of.destination_page(place)
        return shell.page(request.frame(viewer), title, content, active="/" if own else "")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return page_of.destination(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner_id: Any, plan: Any) -> Destination:
    """The destination of ids as they came with a request."""
    return destination.read(
        session,
        viewer,
        request.whole_number(learner_id),
        request.whole_number(plan) if plan else None,
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(page_of.DESTINATION), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
