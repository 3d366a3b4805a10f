"""`/department/<id>/tutors`: who tutors whom in a department, cover and handover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.coverage import parameters
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.tutors import drawn, tutors_page
from data import stand_in_saves, stand_ins
from data.models import Writes
from data.scope import Viewer, may_see_organisation
from data.stand_ins import DepartmentTutors

WRITERS = {
    "stand-in": Writer.of(stand_in_saves.record, Writes.PLANS),
    "stand-in-last-day": Writer.of(stand_in_saves.change_last_day, Writes.PLANS),
    "stand-in-take-back": Writer.of(stand_in_saves.take_back, Writes.PLANS),
}


@request.page
def page(department_id: Any = None, **query: Any) -> Any:
    """A department's; `tutor` opens the form for one."""
    wanted = _wanted(department_id, query)
    with request.looking() as (session, viewer):
        of = _read(session, viewer, wanted)
        organisation = viewer.organisation_name if may_see_organisation(viewer) else None
        content = tutors_page(of, wanted, organisation=organisation)
        return shell.page(request.frame(viewer), f"Tutors of {of.within.name}", content)


@policy.reads
def follow_selection(selection: Any, shown: Any) -> Any:
    """The form for another tutor, or none: the drawing anew."""
    before = shown if isinstance(shown, dict) else {}
    wanted = _wanted(before.get("department"), selection if isinstance(selection, dict) else {})
    if wanted == before:
        return no_update, no_update
    with request.looking() as (session, viewer):
        return drawn(_read(session, viewer, wanted)), wanted


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(_read(session, viewer, _wanted(shown.get("department"), {})))


def _read(session: Session, viewer: Viewer, wanted: Mapping[str, Any]) -> DepartmentTutors:
    tutor = wanted["tutor"]
    tutor_id = request.whole_number(tutor) if tutor else None
    return stand_ins.read(session, viewer, wanted["department"], tutor_id)


def _wanted(department_id: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    asked = parameters(query, ("tutor",))
    return {"department": request.whole_number(department_id), "tutor": asked.get("tutor", "")}


def register(app: Dash) -> None:
    app.callback(
        drawing_output(ids.TUTORS, allow_duplicate=True),
        Output(ids.TUTORS_SHOWN, "data"),
        Input(ids.SELECTION, "data"),
        State(ids.TUTORS_SHOWN, "data"),
        prevent_initial_call=True,
    )(follow_selection)
    app.callback(
        drawing_output(ids.TUTORS, allow_duplicate=True),
        Input(ids.SAVED, "data"),
        State(ids.TUTORS_SHOWN, "data"),
        prevent_initial_call=True,
    )(follow_save)
