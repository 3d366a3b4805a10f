"""`/learner/<id>/reflections`: the learner's reflections, comments, and what is new in the plan."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import reflections as page_of
from data import news, reflections
from data.own_words import RIGHTS as OWN_WORDS
from data.reflections import COMMENTERS
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
        found = reflections.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "reflections", page_of.reflections_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return page_of.reflections(reflections.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, page_of.REFLECTIONS)
