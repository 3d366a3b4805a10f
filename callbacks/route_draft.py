"""`/learner/<id>/build`: the learner drafts a route, the tutor takes it over piece by piece."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids
from components.route_draft import drawn, route_draft_page
from data import own_words, route_draft, route_draft_saves
from data.models import Writes
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
        found = route_draft.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "build", route_draft_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return drawn(route_draft.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, ids.ROUTE_DRAFT)
