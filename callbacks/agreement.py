"""`/learner/<id>/agreement`: the contract on a plan."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components.agreement import AGREEMENT, agreement, agreement_page
from data import agreements
from data.models import Writes
from data.scope import Viewer

WRITERS = {"agree": Writer.of(agreements.agree, Writes.PLANS, Writes.OWN_NOTES)}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The contract on the plan asked for, else on the current one."""
    with request.looking() as (session, viewer):
        found = agreements.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "agreement", agreement_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return agreement(agreements.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, AGREEMENT)
