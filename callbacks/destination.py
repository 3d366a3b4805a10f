"""`/learner/<id>/destination`: where the plan leads, and where it led."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import destination as page_of
from data import destination, plan_exit
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
        found = destination.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "destination", page_of.destination_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return page_of.destination(destination.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, page_of.DESTINATION)
