"""`/learner/<id>/agreement`: the contract on a plan."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks import policy, request
from callbacks.people import plan_asked
from callbacks.writing import Writer
from components import ids, shell
from components.agreement import AGREEMENT, agreement, agreement_page
from data import agreements
from data.models import Writes

WRITERS = {"agree": Writer.of(agreements.agree, Writes.PLANS, Writes.OWN_NOTES)}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    with request.looking() as (session, viewer):
        contract = agreements.read(session, viewer, request.whole_number(learner_id), plan_asked(plan))
        title = "What we agreed" if contract.head.own else f"{contract.head.learner_name}: agreement"
        return shell.page(request.frame(viewer), title, agreement_page(contract))


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        learner_id = request.whole_number(shown.get("learner"))
        return agreement(agreements.read(session, viewer, learner_id, plan_asked(shown.get("plan"))))


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(AGREEMENT), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
