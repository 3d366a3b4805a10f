"""What every callback begins with: who asks, a database session, and the answer to an unforeseen error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any, ParamSpec

import dash
import structlog
from dash import set_props
from dash.exceptions import MissingCallbackContextException
from flask import abort, current_app
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from components import ids, shell
from data import review_lines, rules
from data.college_changes import keeps_college
from data.college_rules import CollegeRules
from data.database import reading, writing
from data.errors import NotFound
from data.models import Reach
from data.open_cases import leads_cases
from data.schedule import keeps_schedule
from data.scope import Viewer, load_viewer
from data.templates import keeps_templates
from data.walls import may_keep_walls
from logs import log_failure
from settings import Settings

Parameters = ParamSpec("Parameters")
log = structlog.get_logger("routebook.callbacks")


def engine() -> Engine:
    found: Engine = current_app.extensions["routebook_engine"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["routebook_settings"]
    return found


def database_session() -> AbstractContextManager[Session]:
    """A session for a callback that only reads."""
    return reading(engine())


def writing_session() -> AbstractContextManager[Session]:
    """A session for a callback that saves: one transaction, committed at its end."""
    return writing(engine())


def viewer(session: Session) -> Viewer:
    """The signed-in person, with the roles of today; raises NotFound where there is none."""
    chosen = settings()
    soon = rules.Soon(chosen.target_soon_days, chosen.review_soon_days)
    now = datetime.now(UTC)
    found = load_viewer(session, current_user.person_id, now, chosen.today, soon, college_rules())
    if found is None:
        raise NotFound
    return found


def college_rules() -> CollegeRules:
    """What the settings say of agreements and links."""
    chosen = settings()
    return CollegeRules.of(
        chosen.material_fields,
        chosen.agreeing_parties,
        parents_of_minors=chosen.parents_of_minors,
        longest_link=chosen.longest_link_days,
    )


@contextmanager
def looking() -> Iterator[tuple[Session, Viewer]]:
    """A reading session and who looks."""
    with database_session() as session:
        yield session, viewer(session)


@contextmanager
def changing() -> Iterator[tuple[Session, Viewer]]:
    """A writing session and who changes something; committed at the end or not at all."""
    with writing_session() as session:
        yield session, viewer(session)


def frame(viewer: Viewer) -> shell.Frame:
    """What the frame of a page shows of the viewer."""
    return shell.Frame(
        finds_learners=not viewer.is_learner_only,
        name=viewer.name,
        role=viewer.grants[0].label if viewer.grants else "no role yet",
        links=_links(viewer),
        csrf_token=generate_csrf(),
        banner=shell.DEMO_BANNER if viewer.is_demo else None,
    )


def _links(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    links: list[tuple[str, str]] = []
    if viewer.reaches(Reach.ORGANISATION):
        links.append(("Organisation", "/organisation"))
    links += [
        ("Department", f"/department/{grant.department_id}")
        for grant in viewer.grants
        if grant.reach == Reach.DEPARTMENT and grant.department_id
    ]
    if keeps_templates(viewer):
        links.append(("Templates", "/templates"))
    if viewer.reaches(Reach.CASELOAD, Reach.TEACHING_GROUPS):
        links.append(("My learners", "/caseload"))
    if viewer.reaches(Reach.CASELOAD) or review_lines.is_asked(viewer):
        links.append(("My reviews", "/reviews"))
    if keeps_schedule(viewer):
        links.append(("Schedule", "/schedule"))
    if leads_cases(viewer):
        links.append(("Cases", "/cases"))
    if viewer.reaches(Reach.OWN_PLAN):
        links.append(("My route", "/"))
    if keeps_college(viewer):
        links.append(("Review rules", "/admin/reviews"))
    if may_keep_walls(viewer):
        links.append(("Walls", "/admin/walls"))
    return tuple(links)


def page(function: Callable[Parameters, Any]) -> Callable[Parameters, Any]:
    """Make a page function answer out of scope and missing alike, with a page that says what to do."""

    @wraps(function)
    def answered(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
        kwargs.update(_address_variables())
        try:
            return function(*args, **kwargs)
        except NotFound:
            with looking() as (_, someone):
                return shell.page(frame(someone), "Not found", [not_found()])

    return answered


def or_missing(route: Callable[Parameters, Any]) -> Callable[Parameters, Any]:
    """Make a route of Flask's answer out of scope as an address that doesn't exist."""

    @wraps(route)
    def answered(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
        try:
            return route(*args, **kwargs)
        except NotFound:
            abort(404)

    return answered


def _address_variables() -> dict[str, Any]:
    """The variables in the path of the page asked for: Dash lets `?cohort_id=7` override `/cohort/5`."""
    pathname = dash.ctx.inputs.get(f"{ids.LOCATION}.pathname") if has_callback_context() else None
    for template in (entry["path_template"] for entry in dash.page_registry.values()):
        names, pattern = _template_pattern(template or "")
        if names and isinstance(pathname, str) and (found := pattern.fullmatch(pathname)):
            return dict(zip(names, found.groups(), strict=True))
    return {}


@cache
def _template_pattern(template: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    names = tuple(re.findall(r"<(\w+)>", template))
    return names, re.compile(re.sub(r"<\w+>", "([^/]+)", template))


def has_callback_context() -> bool:
    """Whether a page function runs inside a callback; a test may call it as a plain function."""
    try:
        return dash.ctx.triggered is not None
    except MissingCallbackContextException:
        return False


def not_found() -> Any:
    return shell.message(
        "There is nothing here for you",
        "Either this page doesn't exist, or it belongs to learners whom you don't work with."
        " If you should see it, ask an administrator to check your role.",
    )


def whole_number(text: Any) -> int:
    """An id out of an address or a callback's input; NotFound where it can't be one."""
    if isinstance(text, bool) or not isinstance(text, int | str):
        raise NotFound
    try:
        number = int(text)
    except ValueError:
        raise NotFound from None
    if not 0 < number < 2**31:
        raise NotFound
    return number


def on_error(error: Exception) -> Any:
    """The answer to an unforeseen error: logged without its text, with a reference that the page shows."""
    if isinstance(error, NotFound):
        log.warning("asked for what isn't there or out of scope", person=current_user.person_id)
        set_props(ids.STATUS, {"children": "That isn't there any more, or it isn't yours to change."})
        return dash.no_update
    reference = log_failure(error, person=current_user.person_id)
    if ids.PAGE_CONTENT in str(dash.ctx.outputs_grouping):
        return shell.broken_page(reference), {"title": f"{shell.BROKEN} · Routebook"}
    set_props(
        ids.STATUS,
        {
            "children": "Something went wrong on our side, so this page may not show what is so now. What you"
            " typed is still here: please try again. If it goes on, tell an administrator the reference"
            f" {reference}."
        },
    )
    return dash.no_update
