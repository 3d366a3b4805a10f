"""`/learner/<id>/build`: the learner drafts a route, the tutor takes it over piece by piece."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.route_draft import drawn, route_draft_page
from data import own_words, route_draft, route_draft_saves
from data.models import Writes
from data.route_draft import RouteDraft
from data.scope import Viewer

WRITERS = {
    "draft-part": Writer.of(route_draft_saves.save_part, *own_words.RIGHTS),
    "draft-remove": Writer.of(route_draft_saves.remove_part, *own_words.RIGHTS),
    "draft-reply": Writer.of(route_draft_saves.reply, Writes.PLANS),
    "draft-take-text": Writer.of(route_draft_saves.take_text, Writes.PLANS),
    "draft-take-stop": Writer.of(route_draft_saves.take_stop, Writes.PLANS),
    "draft-take-breakdown": Writer.of(route_draft_saves.take_breakdown, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The draft of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        draft = read(session, viewer, learner_id, plan)
        title = "Build my route" if draft.head.own else f"Route draft of {draft.head.learner_name}"
        return shell.page(request.frame(viewer), title, route_draft_page(draft))


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing anew, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner: Any, plan: Any) -> RouteDraft:
    """The draft for ids as they came with a request."""
    return route_draft.read(
        session, viewer, request.whole_number(learner), request.whole_number(plan) if plan else None
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(ids.ROUTE_DRAFT), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
