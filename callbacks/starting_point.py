"""`/learner/<id>/start`: the starting point and the individual balance."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.starting_point import DRAWINGS, drawn, starting_point_page
from data import balance, starting_point
from data.balance import IndividualBalance
from data.models import Writes
from data.own_words import RIGHTS as OWN_WORDS
from data.scope import Viewer
from data.starting_point import StartingPoint

WRITERS = {
    "starting-summary": Writer.of(starting_point.save_summary, Writes.PLANS),
    "attainment": Writer.of(starting_point.save_attainment, Writes.PLANS),
    "assessment": Writer.of(starting_point.save_assessment, Writes.PLANS),
    "need-target": Writer.of(starting_point.add_target_for_need, Writes.PLANS),
    "own-words": Writer.of(starting_point.save_own_words, *OWN_WORDS),
    "balance": Writer.of(balance.save_own_balance, *OWN_WORDS),
    "tutors-balance": Writer.of(balance.save_tutors_balance, Writes.PLANS),
    "skill": Writer.of(balance.save_skill, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The starting point of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        start, skills = read(session, viewer, learner_id, plan)
        title = "My start" if start.head.own else f"Starting point, {start.head.learner_name}"
        content = starting_point_page(start, skills)
        return shell.page(request.frame(viewer), title, content, active="/" if start.head.own else "")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: both drawings, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return (no_update,) * len(DRAWINGS)
    with request.looking() as (session, viewer):
        return drawn(*read(session, viewer, shown.get("learner"), shown.get("plan")))


def read(
    session: Session, viewer: Viewer, learner_id: Any, plan: Any
) -> tuple[StartingPoint, IndividualBalance]:
    """Both, of ids as they came with a request."""
    learner_number = request.whole_number(learner_id)
    plan_number = request.whole_number(plan) if plan else None
    return (
        starting_point.read(session, viewer, learner_number, plan_number),
        balance.read(session, viewer, learner_number, plan_number),
    )


def register(app: Dash) -> None:
    app.callback(
        *(Output(ids.drawing_html(name), "data") for name in DRAWINGS),
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
