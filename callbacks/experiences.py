"""`/learner/<id>/experiences`: the log of learning experiences."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import experiences as page_of
from data import experiences
from data.own_words import RIGHTS as OWN_WORDS
from data.scope import Viewer

WRITERS = {"experience": Writer.of(experiences.save, *OWN_WORDS)}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The log of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = experiences.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "experiences", page_of.experiences_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return page_of.experiences(experiences.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, page_of.EXPERIENCES)
