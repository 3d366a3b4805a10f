"""`/learner/<id>/reflections`: the learner's reflections, comments, and what is new in the plan."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components import reflections as page_of
from data import news, reflections
from data.own_words import RIGHTS as OWN_WORDS
from data.reflections import COMMENTERS, Reflections
from data.scope import Viewer

WRITERS = {
    "reflection": Writer.of(reflections.save, *OWN_WORDS),
    "comment": Writer.of(reflections.comment, *COMMENTERS),
    "news-seen": Writer.of(news.seen),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """What was written in the plan asked for, else in the current one."""
    with request.looking() as (session, viewer):
        found = read(session, viewer, learner_id, plan)
        own = found.head.own
        title = "My reflections" if own else f"Reflections, {found.head.learner_name}"
        content = page_of.reflections_page(found)
        return shell.page(request.frame(viewer), title, content, active="/" if own else "")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return page_of.reflections(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner_id: Any, plan: Any) -> Reflections:
    """What was written, of ids as they came with a request."""
    return reflections.read(
        session,
        viewer,
        request.whole_number(learner_id),
        request.whole_number(plan) if plan else None,
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(page_of.REFLECTIONS), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
