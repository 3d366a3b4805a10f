"""`/learner/<id>/phases`: the phases of a plan, its transitions and the transition plan."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids
from components.phases import drawn, phases_page
from data import phase_saves, phases
from data.models import Writes
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
        found = phases.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "phases", phases_page(found))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return drawn(phases.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, ids.PHASES)
