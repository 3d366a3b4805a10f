"""`/cohort/<id>`: the progress grid with the form beside it."""

from __future__ import annotations

from typing import Any

import dash
from dash import ClientsideFunction, Dash, Input, Output, Patch, State

from callbacks import policy, request, small_forms, target_form
from components import ids, shell
from components.cohort_page import cohort_page
from components.drawing import drawing_output
from components.progress_grid import cohort_figures, cohort_rows, row
from data import progress_grid


@request.page
def page(cohort_id: Any = None, target: Any = None, **_query: Any) -> Any:
    """The page as its address says: `target` opens its form; sort, filter and name are read by the grid."""
    with request.looking() as (session, viewer):
        grid = progress_grid.read(session, viewer, request.whole_number(cohort_id))
        title = f"{grid.cohort.code} {grid.cohort.title}"
        form = target_form.form(session, viewer, target)
        dialogs = small_forms.small_forms(viewer)
        content = [*cohort_page(grid, form, may_record=bool(dialogs)), *dialogs]
        return shell.page(request.frame(viewer), title, content)


@policy.reads
def follow_save(saved: Any, cohort_id: Any) -> Any:
    """After a save: the learner's row, the cohort's row and the figures, from the database."""
    cohort_id = request.whole_number(cohort_id)
    if not isinstance(saved, dict) or saved.get("cohort") != cohort_id:
        return dash.no_update, dash.no_update, dash.no_update
    with request.looking() as (session, viewer):
        learner_id = request.whole_number(saved.get("learner"))
        changed = progress_grid.read_learner(session, viewer, cohort_id, learner_id)
    options = Patch()
    options["pinnedTopRowData"] = cohort_rows(changed.milestones, changed.figures)
    return {"update": [row(changed.learner)], "async": False}, options, cohort_figures(changed.figures)


def register(app: Dash) -> None:
    app.callback(
        Output(ids.PROGRESS_GRID, "rowTransaction"),
        Output(ids.PROGRESS_GRID, "dashGridOptions"),
        drawing_output("figures"),
        Input(ids.SAVED, "data"),
        State(ids.COHORT, "data"),
        prevent_initial_call=True,
    )(follow_save)
    app.clientside_callback(
        ClientsideFunction("grid", "begin"),
        Output(ids.GRID_FRAME, "data-begun"),
        Input(ids.PROGRESS_GRID, "id"),
    )
    # Each has an output of its own: Dash takes two without an output and with the same input for one.
    app.clientside_callback(
        ClientsideFunction("grid", "select"),
        Output(ids.GRID_FRAME, "data-selected"),
        Input(ids.SELECTION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("grid", "saved"),
        Output(ids.GRID_FRAME, "data-followed"),
        Input(ids.PROGRESS_GRID, "rowTransaction"),
        prevent_initial_call=True,
    )
