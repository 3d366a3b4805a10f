"""`/templates` and `/template/<id>`: what plans of a programme begin with, and carrying it into plans."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, State, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.templates_page import drawn, drawn_list, template_page, templates_page
from data import phase_sets, template_plans, template_runs, template_undo, templates
from data.errors import NotFound
from data.models import Writes
from data.scope import Viewer

WRITERS = {
    "template-add": Writer.of(templates.add, Writes.PLANS),
    "template": Writer.of(templates.save, Writes.PLANS),
    "template-milestone": Writer.of(templates.save_milestone, Writes.PLANS),
    "template-carry": Writer.of(template_runs.carry_out, Writes.PLANS),
    "template-undo": Writer.of(template_undo.undo, Writes.PLANS),
    "phase-set": Writer.of(phase_sets.save_set, Writes.PLANS),
}


@request.page
def page(**_query: Any) -> Any:
    """The templates that the viewer keeps."""
    with request.looking() as (session, viewer):
        if not templates.keeps_templates(viewer):
            raise NotFound
        return shell.page(
            request.frame(viewer),
            "Templates",
            templates_page(*_listed(session, viewer), may_write_sets=phase_sets.may_write_sets(viewer)),
            active="/templates",
        )


def _listed(session: Session, viewer: Viewer) -> tuple[Any, Any, Any]:
    return (
        templates.listed(session, viewer),
        templates.department_choices(session, viewer),
        phase_sets.phase_sets(session, viewer),
    )


@request.page
def template(template_id: Any = None, cohort: Any = None, **_query: Any) -> Any:
    """One template, and how it stands to the plans of a cohort or to those made from it."""
    with request.looking() as (session, viewer):
        found = _read(session, viewer, template_id, cohort)
        return shell.page(request.frame(viewer), found[0].name, template_page(*found), active="/templates")


def _read(session: Session, viewer: Viewer, template_id: Any, cohort: Any) -> tuple[Any, Any, Any, Any]:
    """The template with its cohorts and the outlook, for ids as they came with a request."""
    wanted, cohort_id = request.whole_number(template_id), request.whole_number(cohort) if cohort else None
    return (
        templates.read(session, viewer, wanted),
        template_plans.cohort_choices(session, viewer, wanted),
        template_plans.outlooks(session, viewer, wanted, cohort_id),
        cohort_id,
    )


@policy.reads
def follow_save_of_list(saved: Any) -> Any:
    """After a save: the list anew, from the database."""
    if not isinstance(saved, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn_list(*_listed(session, viewer), may_write_sets=phase_sets.may_write_sets(viewer))


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the template's drawing anew, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(*_read(session, viewer, shown.get("template"), shown.get("cohort")))


def register(app: Dash) -> None:
    app.callback(drawing_output(ids.TEMPLATES), Input(ids.SAVED, "data"), prevent_initial_call=True)(
        follow_save_of_list
    )
    app.callback(
        drawing_output(ids.TEMPLATE),
        Input(ids.SAVED, "data"),
        State(ids.TEMPLATE_SHOWN, "data"),
        prevent_initial_call=True,
    )(follow_save)
