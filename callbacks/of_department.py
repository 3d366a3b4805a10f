"""What pages of a department share whose lists open by the selection in their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import request
from callbacks.coverage import parameters
from components import ids
from components.drawing import drawing_output
from data.scope import Viewer

Draw = Callable[[Session, Viewer, int, Mapping[str, str]], Sequence[str]]
"""(session, viewer, department's id, what is asked for) to the markup of the page's drawings."""


def wanted(department_id: Any, query: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What a page shows, as its store keeps it: the department, and those parameters of its address."""
    return {"department": request.whole_number(department_id), "asked": parameters(query, names)}


def redrawn(
    selection: Any, shown: Any, names: tuple[str, ...], drawings: Sequence[str], draw: Draw
) -> tuple[Any, ...]:
    """The drawings anew and what they show, where another selection asks for something else; the page of a
    whole organisation has no lists."""
    before = shown if isinstance(shown, dict) else {}
    sent = selection if isinstance(selection, dict) else {}
    unchanged = (no_update,) * (len(drawings) + 1)
    if before.get("department") is None:
        return unchanged
    now = wanted(before["department"], sent, names)
    if now == before:
        return unchanged
    with request.looking() as (session, viewer):
        return *draw(session, viewer, now["department"], now["asked"]), now


def wire(app: Dash, follow: Callable[..., Any], drawings: Sequence[str], shown: str) -> None:
    """`follow` hears of each selection and answers with `redrawn`."""
    app.callback(
        *(drawing_output(name) for name in drawings),
        Output(shown, "data"),
        Input(ids.SELECTION, "data"),
        State(shown, "data"),
        prevent_initial_call=True,
    )(follow)
