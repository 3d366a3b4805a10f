"""`/learner/<id>/support`: supports, barriers, help from outside, plans kept elsewhere."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components.support_page import SUPPORT, markup, support_page
from data import barriers, outside_help, support, supports
from data.models import Writes
from data.scope import Viewer

STAFF = (Writes.PLANS, Writes.SUPPORT)
WITH_LEARNER = (*STAFF, Writes.OWN_NOTES)
WRITERS = {
    "support-add": Writer.of(supports.add_support, *STAFF),
    "support-change": Writer.of(supports.change_support, *STAFF),
    "support-session-add": Writer.of(supports.add_session, *STAFF),
    "support-session-change": Writer.of(supports.change_session, *STAFF),
    "barrier-add": Writer.of(barriers.add_barrier, *WITH_LEARNER),
    "barrier-change": Writer.of(barriers.change_barrier, *WITH_LEARNER),
    "barrier-answer": Writer.of(barriers.answer_barrier, *STAFF),
    "barrier-pass": Writer.of(barriers.pass_barrier, *WITH_LEARNER),
    "help-add": Writer.of(outside_help.add_help, *STAFF),
    "help-change": Writer.of(outside_help.change_help, *STAFF),
    "help-consent": Writer.of(outside_help.give_consent, *WITH_LEARNER),
    "help-consent-withdraw": Writer.of(outside_help.withdraw_consent, *WITH_LEARNER),
    "linked-plan-add": Writer.of(outside_help.add_linked_plan, *STAFF),
    "linked-plan-change": Writer.of(outside_help.change_linked_plan, *STAFF),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The support of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = support.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "support", support_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return markup(support.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, SUPPORT)
