"""`/learner/<id>/cases`: the cases of a plan; `/cases`: the open ones that somebody leads or works on."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import shell
from components.cases_page import CASES, cases_page, markup, open_cases_page
from data import case_writes, cases, open_cases
from data.case_writes import STAFF
from data.errors import NotFound
from data.scope import Viewer

WRITERS = {
    "case-open": Writer.of(case_writes.open_case, *STAFF),
    "case-change": Writer.of(case_writes.change_case, *STAFF),
    "case-person-add": Writer.of(case_writes.add_person, *STAFF),
    "case-person-left": Writer.of(case_writes.person_left, *STAFF),
    "case-action-add": Writer.of(case_writes.add_action, *STAFF),
    "case-action": Writer.of(case_writes.change_action, *STAFF),
    "case-note-add": Writer.of(case_writes.add_note, *STAFF),
    "case-close": Writer.of(case_writes.close_case, *STAFF),
    "case-reopen": Writer.of(case_writes.reopen_case, *STAFF),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The cases of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = cases.read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "cases", cases_page(found))


@request.page
def open_ones(**_query: Any) -> Any:
    """The open cases of who leads or works on some; of all for who keeps support."""
    with request.looking() as (session, viewer):
        if not any(grant.writes in STAFF for grant in viewer.grants):
            raise NotFound
        content = open_cases_page(open_cases.open_cases(session, viewer))
        return shell.page(request.frame(viewer), "Cases", content, active="/cases")


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the page's drawing, from the database."""
    return markup(cases.read(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, CASES)
