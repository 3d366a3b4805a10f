"""`/organisation`: the views of a department's page, with a row for each department."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, no_update

from callbacks import policy, request
from components import ids, shell
from components.department_page import organisation_heatmap, organisation_page
from components.drawing import drawing_output
from data import department

ADDRESS = "/organisation"


@request.page
def page(by: Any = None, **_query: Any) -> Any:
    """The page as its address says: `by=first` judges targets by their first due date."""
    with request.looking() as (session, viewer):
        of = department.read_organisation(session, viewer, by_first=by == "first")
        return shell.page(request.frame(viewer), of.within.name, organisation_page(of), active=ADDRESS)


@policy.reads
def follow_selection(selection: Any) -> Any:
    """The heatmap by the due date chosen."""
    if not isinstance(selection, dict):
        return no_update
    with request.looking() as (session, viewer):
        by_first = selection.get("by") == "first"
        return organisation_heatmap(department.read_organisation(session, viewer, by_first=by_first))


def register(app: Dash) -> None:
    app.callback(
        drawing_output(ids.ORGANISATION_HEATMAP),
        Input(ids.SELECTION, "data"),
        prevent_initial_call=True,
    )(follow_selection)
