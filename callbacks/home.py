"""`/` sends each role to its own page; `/caseload` is that of tutors and teachers."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import redirect
from flask import request as flask_request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from callbacks import request
from components import ids, shell
from components.caseload import caseload_page, waiting_for_tutor
from components.home import departments_to_choose, moving_on, without_page
from data import agreements, departments, learners, negotiations, open_cases, stuck
from data import caseload as caseloads
from data.models import Reach
from data.scope import Viewer


@request.page
def page(**_query: Any) -> Any:
    """Reached by a link within the app, or where there is no one page to send to."""
    with request.looking() as (session, viewer):
        address = own_page(session, viewer)
        if address:
            content = [moving_on(address)]
        elif viewer.reaches(Reach.DEPARTMENT):
            content = [departments_to_choose(departments.read(session, viewer))]
        else:
            content = [without_page(has_role=bool(viewer.grants))]
        return shell.page(request.frame(viewer), "My page", content, active="/")


@request.page
def caseload(**_query: Any) -> Any:
    """The learners of a tutor or teacher, worst first."""
    with request.looking() as (session, viewer):
        waiting = waiting_for_tutor(
            stuck.on_caseload(session, viewer),
            negotiations.on_caseload(session, viewer),
            agreements.not_agreed(session, viewer),
            open_cases.open_cases(session, viewer),
        )
        content = caseload_page(caseloads.read(session, viewer), waiting)
        return shell.page(request.frame(viewer), "My learners", content, active="/caseload")


def own_page(session: Session, viewer: Viewer) -> str | None:
    """The address of the page that a person's widest role works on; None where there isn't one."""
    if viewer.reaches(Reach.ORGANISATION):
        return "/organisation"
    headed = [grant.department_id for grant in viewer.grants if grant.reach == Reach.DEPARTMENT]
    if headed:
        return f"/department/{headed[0]}" if len(headed) == 1 else None
    if viewer.reaches(Reach.CASELOAD, Reach.TEACHING_GROUPS):
        return "/caseload"
    own = learners.own_learner_id(session, viewer) if viewer.reaches(Reach.OWN_PLAN) else None
    return f"/learner/{own}" if own else None


def send_on() -> ResponseReturnValue | None:
    """Answer `/` with a redirect, so that the browser's Back doesn't come to a page that sends on again."""
    if flask_request.path != "/" or flask_request.method != "GET" or not current_user.is_authenticated:
        return None
    with request.looking() as (session, viewer):
        address = own_page(session, viewer)
    return redirect(address) if address else None


def register(app: Dash) -> None:
    app.server.before_request(send_on)
    app.clientside_callback(
        ClientsideFunction("home", "go"), Output(ids.MOVE_ON, "data-gone"), Input(ids.MOVE_ON, "data-to")
    )
