"""`/learner/<id>/next-review`: by when and why, when it is booked, and the plan's own rule."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids
from components.next_review import drawn, next_review_page
from data import next_review, plan_kind_rules
from data.models import Writes
from data.scope import Viewer

WRITERS = {
    "own-rule": Writer.of(next_review.set_own_rule, Writes.PLANS),
    "own-rule-remove": Writer.of(next_review.remove_own_rule, Writes.PLANS),
    "own-kind-rule": Writer.of(plan_kind_rules.add, Writes.PLANS),
    "own-kind-rule-remove": Writer.of(plan_kind_rules.remove, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The next review of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = next_review.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "reviews", next_review_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return drawn(next_review.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, ids.NEXT_REVIEW)
