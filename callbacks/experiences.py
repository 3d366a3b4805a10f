"""`/learner/<id>/experiences`: the log of learning experiences."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import experiences as page_of
from components import ids, shell
from data import experiences
from data.experiences import ExperienceLog
from data.own_words import RIGHTS as OWN_WORDS
from data.scope import Viewer

WRITERS = {"experience": Writer.of(experiences.save, *OWN_WORDS)}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The log of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        log = read(session, viewer, learner_id, plan)
        own = log.head.own
        title = "My experiences" if own else f"Learning experiences, {log.head.learner_name}"
        content = page_of.experiences_page(log)
        return shell.page(request.frame(viewer), title, content, active="/" if own else "")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return page_of.experiences(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner_id: Any, plan: Any) -> ExperienceLog:
    """The log of ids as they came with a request."""
    return experiences.read(
        session,
        viewer,
        request.whole_number(learner_id),
        request.whole_number(plan) if plan else None,
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(page_of.EXPERIENCES), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
