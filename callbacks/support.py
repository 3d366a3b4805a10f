"""`/learner/<id>/support`: supports, barriers, help from outside, plans kept elsewhere."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.support_page import SUPPORT, markup, support_page
from data import barriers, outside_help, support, supports
from data.models import Writes
from data.scope import Viewer
from data.support import SupportPage

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
        found = read(session, viewer, learner_id, plan)
        title = "My support" if found.head.own else f"Support: {found.head.learner_name}"
        return shell.page(
            request.frame(viewer), title, support_page(found), active="/" if found.head.own else ""
        )


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return markup(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner_id: Any, plan: Any) -> SupportPage:
    """The support of ids as they came with a request."""
    return support.read(
        session, viewer, request.whole_number(learner_id), request.whole_number(plan) if plan else None
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(SUPPORT), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
