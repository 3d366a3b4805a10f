"""`/admin/reviews/script`: the college's prompts, when programmes are checked, how cases close."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, State, no_update

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.college_prompts import PROMPTS, TITLE, drawn, prompts_page
from components.drawing import drawing_output
from data import college_prompts
from data.models import Writes

WRITERS = {
    "prompt-add": Writer.of(college_prompts.add_prompt, Writes.PLANS),
    "prompt": Writer.of(college_prompts.change_prompt, Writes.PLANS),
    "prompt-move": Writer.of(college_prompts.move_prompt, Writes.PLANS),
    "programme-check-rule": Writer.of(college_prompts.save_check_rule, Writes.PLANS),
    "case-outcome-add": Writer.of(college_prompts.add_outcome, Writes.PLANS),
    "case-outcome": Writer.of(college_prompts.change_outcome, Writes.PLANS),
}


@request.page
def page(kind: Any = None, **_query: Any) -> Any:
    """The prompts of the kind of review asked for, or of the case-study sheet, for administrators."""
    with request.looking() as (session, viewer):
        found = college_prompts.read(session, viewer, str(kind or ""))
        return shell.page(request.frame(viewer), TITLE, prompts_page(found), active="/admin/reviews")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(college_prompts.read(session, viewer, str(shown.get("kind") or "")))


def register(app: Dash) -> None:
    app.callback(
        drawing_output(PROMPTS),
        Input(ids.SAVED, "data"),
        State(ids.PROMPTS_SHOWN, "data"),
        prevent_initial_call=True,
    )(follow_save)
