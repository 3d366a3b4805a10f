"""`/department/<id>/capacity`: minutes that reviews need against minutes offered, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.coverage import parameters
from components import ids, shell
from components.capacity import Shown, capacity_page, drawn, monday_asked
from components.drawing import drawing_output
from data import capacity
from data.scope import Viewer, may_see_organisation
from data.stand_ins import arranges

DRAWINGS = (ids.CAPACITY, ids.CAPACITY_LIST)
"""In the order of `drawn`."""
PARAMETERS = ("list", "of", "week", "order")


@request.page
def page(department_id: Any = None, **query: Any) -> Any:
    """A department's; `of` and `week` open the list of a tutor's learners due."""
    wanted = _wanted(department_id, query)
    with request.looking() as (session, viewer):
        shown = read(session, viewer, wanted["department"], wanted["asked"])
        organisation = viewer.organisation_name if may_see_organisation(viewer) else None
        content = capacity_page(
            shown, wanted, organisation=organisation, arranges=arranges(viewer, wanted["department"])
        )
        return shell.page(request.frame(viewer), f"Review capacity of {shown.of.within.name}", content)


@policy.reads
def follow_selection(selection: Any, shown: Any) -> Any:
    """Another list, or another order of it: the drawings anew."""
    before = shown if isinstance(shown, dict) else {}
    sent = selection if isinstance(selection, dict) else {}
    wanted = _wanted(before.get("department"), sent)
    if wanted == before:
        return (no_update,) * (len(DRAWINGS) + 1)
    with request.looking() as (session, viewer):
        return *drawn(read(session, viewer, wanted["department"], wanted["asked"])), wanted


def read(session: Session, viewer: Viewer, department_id: int, asked: Mapping[str, str]) -> Shown:
    """A department's figures, and the list that is asked for."""
    of = capacity.read(session, viewer, department_id)
    due = None
    if asked.get("list") == "due":
        key = asked.get("of", "")
        found = int(key) if key == str(capacity.NOBODY) else request.whole_number(key)
        due = capacity.due_list(session, viewer, of, found, monday_asked(asked))
    return Shown(of, asked, due)


def _wanted(department_id: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    return {"department": request.whole_number(department_id), "asked": parameters(query, PARAMETERS)}


def register(app: Dash) -> None:
    app.callback(
        *(drawing_output(name) for name in DRAWINGS),
        Output(ids.CAPACITY_SHOWN, "data"),
        Input(ids.SELECTION, "data"),
        State(ids.CAPACITY_SHOWN, "data"),
        prevent_initial_call=True,
    )(follow_selection)
