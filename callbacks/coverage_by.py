"""`/department/<id>/coverage` and `/organisation/coverage`: coverage from several sides, and its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import of_department, policy, request
from callbacks.coverage import parameters
from components import ids, shell
from components.coverage_by import Shown, coverage_by_page, drawn
from data import coverage_by, target_lists
from data.scope import Viewer, may_see_organisation

DRAWINGS = (ids.COVERAGE_BY, ids.COVERAGE_BY_LISTS)
"""In the order of `drawn`."""
PARAMETERS = ("list", "by", "of", "week", "cohort", "batch", "order")


@request.page
def page(department_id: Any = None, **query: Any) -> Any:
    """A department's; `list` and its parameters open the list behind a figure."""
    wanted = of_department.wanted(department_id, query, PARAMETERS)
    with request.looking() as (session, viewer):
        return _page(viewer, read(session, viewer, wanted["department"], wanted["asked"]), wanted)


@request.page
def organisation_page(**query: Any) -> Any:
    """The organisation's; its figures lead to its departments' pages."""
    asked = parameters(query, PARAMETERS)
    with request.looking() as (session, viewer):
        shown = read_organisation(session, viewer, asked)
        return _page(viewer, shown, {"department": None, "asked": asked})


def _page(viewer: Viewer, shown: Shown, wanted: dict[str, Any]) -> Any:
    organisation = viewer.organisation_name if may_see_organisation(viewer) else None
    title = f"Review coverage of {shown.of.within.name}"
    content = coverage_by_page(shown, wanted, organisation=organisation)
    return shell.page(request.frame(viewer), title, content)


@policy.reads
def follow_selection(selection: Any, shown: Any) -> Any:
    """Another list, or another order of it: the drawings anew."""
    return of_department.redrawn(
        selection, shown, PARAMETERS, DRAWINGS, lambda *asked_of: drawn(read(*asked_of))
    )


def read(session: Session, viewer: Viewer, department_id: int, asked: Mapping[str, str]) -> Shown:
    """A department's figures, and the list that is asked for."""
    of = coverage_by.read(session, viewer, department_id)
    wanted = asked.get("list")
    missed = week = None
    if wanted == "missed":
        missed = coverage_by.missed(session, viewer, of, asked.get("by", ""), asked.get("of", ""))
    elif wanted == "coverage":
        choice = target_lists.chosen({name: asked.get(name) for name in ("list", "week", "cohort")})
        week = target_lists.read(session, viewer, department_id, choice) if choice else None
    return Shown(of, asked, missed, week)


def read_organisation(session: Session, viewer: Viewer, asked: Mapping[str, str]) -> Shown:
    return Shown(coverage_by.read_organisation(session, viewer), asked)


def register(app: Dash) -> None:
    of_department.wire(app, follow_selection, DRAWINGS, ids.COVERAGE_BY_SHOWN)
