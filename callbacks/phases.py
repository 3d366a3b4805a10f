"""`/learner/<id>/phases`: the phases of a plan, its transitions and the transition plan."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.phases import drawn, phases_page
from data import phase_saves, phases
from data.models import Writes
from data.phases import PhasesPage
from data.scope import Viewer

WRITERS = {
    "phase": Writer.of(phase_saves.save_phase, Writes.PLANS),
    "phases-set": Writer.of(phase_saves.take_set, Writes.PLANS),
    "preparedness": Writer.of(phase_saves.save_preparedness, Writes.PLANS),
    "own-view": Writer.of(phase_saves.save_own_view, Writes.OWN_NOTES),
    "bridge-add": Writer.of(phase_saves.add_bridge, Writes.PLANS, Writes.OWN_NOTES),
    "bridge-tick": Writer.of(phase_saves.tick_bridge, Writes.PLANS, Writes.OWN_NOTES),
    "transition-add": Writer.of(phase_saves.add_item, Writes.PLANS, Writes.OWN_NOTES),
    "transition-item": Writer.of(phase_saves.save_item, Writes.PLANS, Writes.OWN_NOTES),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The phases of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = read(session, viewer, learner_id, plan)
        title = "My phases" if found.head.own else f"Phases of {found.head.learner_name}"
        return shell.page(request.frame(viewer), title, phases_page(found))


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing anew, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(session: Session, viewer: Viewer, learner: Any, plan: Any) -> PhasesPage:
    """The phases for ids as they came with a request."""
    return phases.read(
        session, viewer, request.whole_number(learner), request.whole_number(plan) if plan else None
    )


def register(app: Dash) -> None:
    app.callback(
        Output(ids.drawing_html(ids.PHASES), "data"),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
