"""`/department/<id>`: headline figures, heatmap, coverage, attention, and the list behind each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request, small_forms, target_form
from components import ids, shell
from components.department_page import DRAWINGS, department_page, drawn
from components.drawing import drawing_output
from data import department, target_lists
from data.errors import NotFound
from data.scope import Viewer, may_see_organisation

LIST_PARAMETERS = ("list", "cohort", "late", "by", "week", "rule", "sort")


@request.page
def page(department_id: Any = None, target: Any = None, **query: Any) -> Any:
    """The page as its address says: `list` and its parameters open a list, `target` its form."""
    wanted = _shown(department_id, query)
    with request.looking() as (session, viewer):
        of = _as_asked(session, viewer, wanted)
        form = target_form.form(session, viewer, target)
        organisation = viewer.organisation_name if may_see_organisation(viewer) else None
        content = department_page(of, wanted, form, organisation=organisation)
        content += small_forms.small_forms(viewer)
        title, address = of.figures.within.name, f"/department/{of.department_id}"
        return shell.page(request.frame(viewer), title, content, active=address)


@policy.reads
def follow_selection(selection: Any, shown: Any) -> Any:
    """Another list, order or due date: every drawing anew; nothing where only the target changed."""
    wanted = _shown(_of(shown).get("department"), _of(selection))
    if wanted["list"] == _of(shown).get("list"):
        return (no_update,) * (len(DRAWINGS) + 1)
    with request.looking() as (session, viewer):
        return *drawn(_as_asked(session, viewer, wanted)), wanted


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: every drawing anew, from the database."""
    if not isinstance(saved, dict):
        return (no_update,) * len(DRAWINGS)
    with request.looking() as (session, viewer):
        wanted = _shown(_of(shown).get("department"), _of(_of(shown).get("list")))
        return drawn(_as_asked(session, viewer, wanted))


def read(
    session: Session, viewer: Viewer, department_id: int, query: Mapping[str, Any]
) -> department.DepartmentPage:
    """The page with the list that an address's parameters open."""
    return department.read(
        session,
        viewer,
        department_id,
        target_lists.chosen(query),
        by_first=query.get("by") == "first",
    )


def _as_asked(session: Session, viewer: Viewer, wanted: Mapping[str, Any]) -> department.DepartmentPage:
    """The page, which says so where the list that a bookmark opens isn't there any more."""
    try:
        return read(session, viewer, wanted["department"], wanted["list"])
    except NotFound:
        return replace(read(session, viewer, wanted["department"], {}), list_is_gone=True)


def _shown(department_id: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    """What a request asks for, with only the parameters that this page knows."""
    asked = {
        name: query[name] for name in LIST_PARAMETERS if isinstance(query.get(name), str) and query[name]
    }
    return {"department": request.whole_number(department_id), "list": asked}


def _of(sent: Any) -> Mapping[str, Any]:
    return sent if isinstance(sent, dict) else {}


def register(app: Dash) -> None:
    drawings = [drawing_output(name, allow_duplicate=True) for name in DRAWINGS]
    app.callback(
        *drawings,
        Output(ids.DEPARTMENT, "data"),
        Input(ids.SELECTION, "data"),
        State(ids.DEPARTMENT, "data"),
        prevent_initial_call=True,
    )(follow_selection)
    app.callback(
        *drawings, Input(ids.SAVED, "data"), State(ids.DEPARTMENT, "data"), prevent_initial_call=True
    )(follow_save)
