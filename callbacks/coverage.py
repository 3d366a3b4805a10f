"""`/cohort/<id>/coverage`: the coverage matrix, the cell that is open, and the lists under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.coverage_matrix import title
from components.coverage_page import cohort_coverage_page, drawn
from components.drawing import drawing_output
from data import coverage_matrix, judgements
from data.coverage_matrix import CoverageMatrix
from data.models import Writes
from data.scope import Viewer

DRAWINGS = (ids.COVERAGE_EXPORTS, ids.COVERAGE_MATRIX, ids.COVERAGE_LISTS)
"""In the order of `drawn`."""
PARAMETERS = ("sort", "only", "missed", "year", "plan", "window", "list", "batch", "order")
WRITERS = {"judgement-add": Writer.of(judgements.judge, Writes.PLANS)}


@request.page
def page(cohort_id: Any = None, **query: Any) -> Any:
    """The matrix with the rows and the order of the address; `plan` and `window` open a cell."""
    wanted = _wanted(cohort_id, query)
    with request.looking() as (session, viewer):
        matrix = read(session, viewer, wanted["cohort"], wanted["asked"])
        return shell.page(request.frame(viewer), title(matrix), cohort_coverage_page(matrix, wanted))


@policy.reads
def follow_selection(selection: Any, shown: Any) -> Any:
    """Other rows, another order, another cell or list: the drawings anew."""
    wanted = _wanted(_of(shown).get("cohort"), _of(selection))
    if wanted == shown:
        return (no_update,) * (len(DRAWINGS) + 1)
    with request.looking() as (session, viewer):
        matrix = read(session, viewer, wanted["cohort"], wanted["asked"])
        return *drawn(matrix, wanted["asked"]), wanted


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a judgement or a review: the drawings anew, from the database."""
    wanted = _wanted(_of(shown).get("cohort"), _of(_of(shown).get("asked")))
    if not isinstance(saved, dict) or saved.get("cohort") != wanted["cohort"]:
        return (no_update,) * len(DRAWINGS)
    with request.looking() as (session, viewer):
        return drawn(read(session, viewer, wanted["cohort"], wanted["asked"]), wanted["asked"])


def read(session: Session, viewer: Viewer, cohort_id: int, asked: Mapping[str, str]) -> CoverageMatrix:
    return coverage_matrix.read(session, viewer, cohort_id, coverage_matrix.chosen(asked))


def parameters(query: Mapping[str, Any], known: tuple[str, ...] = PARAMETERS) -> dict[str, str]:
    """Those of an address that a page knows, without the empty ones."""
    return {name: query[name] for name in known if isinstance(query.get(name), str) and query[name]}


def _wanted(cohort_id: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    return {"cohort": request.whole_number(cohort_id), "asked": parameters(query)}


def _of(sent: Any) -> Mapping[str, Any]:
    return sent if isinstance(sent, dict) else {}


def register(app: Dash) -> None:
    drawings = [drawing_output(name, allow_duplicate=True) for name in DRAWINGS]
    app.callback(
        *drawings,
        Output(ids.COVERAGE, "data"),
        Input(ids.SELECTION, "data"),
        State(ids.COVERAGE, "data"),
        prevent_initial_call=True,
    )(follow_selection)
    app.callback(*drawings, Input(ids.SAVED, "data"), State(ids.COVERAGE, "data"), prevent_initial_call=True)(
        follow_save
    )
