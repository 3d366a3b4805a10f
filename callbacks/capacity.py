"""`/department/<id>/capacity`: minutes that reviews need against minutes offered, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import of_department, policy, request
from components import ids, shell
from components.capacity import Shown, capacity_page, drawn, monday_asked
from data import capacity
from data.scope import Viewer, may_see_organisation
from data.stand_ins import arranges

DRAWINGS = (ids.CAPACITY, ids.CAPACITY_LIST)
"""In the order of `drawn`."""
PARAMETERS = ("list", "of", "week", "order")


@request.page
def page(department_id: Any = None, **query: Any) -> Any:
    """A department's; `of` and `week` open the list of a tutor's learners due."""
    wanted = of_department.wanted(department_id, query, PARAMETERS)
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
    return of_department.redrawn(
        selection, shown, PARAMETERS, DRAWINGS, lambda *asked_of: drawn(read(*asked_of))
    )


def read(session: Session, viewer: Viewer, department_id: int, asked: Mapping[str, str]) -> Shown:
    """A department's figures, and the list that is asked for."""
    of = capacity.read(session, viewer, department_id)
    due = None
    if asked.get("list") == "due":
        key = asked.get("of", "")
        found = int(key) if key == str(capacity.NOBODY) else request.whole_number(key)
        due = capacity.due_list(session, viewer, of, found, monday_asked(asked))
    return Shown(of, asked, due)


def register(app: Dash) -> None:
    of_department.wire(app, follow_selection, DRAWINGS, ids.CAPACITY_SHOWN)
