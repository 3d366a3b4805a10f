"""`/learner/<id>/next-review`: by when and why, when it is booked, and the plan's own rule."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.next_review import drawn, next_review_page
from data import next_review
from data.models import Writes
from data.next_review import NextReview
from data.scope import Viewer

WRITERS = {
    "own-rule": Writer.of(next_review.set_own_rule, Writes.PLANS),
    "own-rule-remove": Writer.of(next_review.remove_own_rule, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The next review of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = _read(session, viewer, learner_id, plan)
        title = "My next review" if found.head.own else f"Next review: {found.head.learner_name}"
        return shell.page(
            request.frame(viewer), title, next_review_page(found), active="/" if found.head.own else ""
        )


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(_read(session, viewer, shown.get("learner"), shown.get("plan")))


def _read(session: Session, viewer: Viewer, learner_id: Any, plan: Any) -> NextReview:
    """The next review for ids as they came with a request."""
    plan_id = request.whole_number(plan) if plan else None
    return next_review.read(session, viewer, request.whole_number(learner_id), plan_id)


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(ids.NEXT_REVIEW), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
