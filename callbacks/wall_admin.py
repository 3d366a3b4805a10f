"""`/admin/walls`: an administrator's walls, or a head's of the own department. Plain pages without Dash,
since the answer that shows a new address must be read once and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from flask import Flask, redirect
from flask import request as flask_request
from flask.typing import ResponseReturnValue

from callbacks import request
from components import wall_pages
from data import walls
from data.errors import ChangedElsewhere, Refused
from data.form_values import Typed
from data.scope import Viewer

DONE = {"saved": "Saved. The screen shows it at its next refresh.", "revoked": "The wall is switched off."}
log = structlog.get_logger("routebook.walls")


def walls_page() -> ResponseReturnValue:
    with request.looking() as (session, viewer):
        said = DONE.get(flask_request.args.get("done", ""), "")
        listed = walls.list_walls(session, viewer)
        return wall_pages.wall_list(request.frame(viewer), listed, zone=viewer.time_zone, said=said)


def new_wall() -> ResponseReturnValue:
    """The form, and what it posts: the answer is the sheet with the address."""
    if flask_request.method == "GET":
        with request.looking() as (_, viewer):
            sent = wall_pages.sent_by_nobody(viewer.today)
        return _form(sent)
    try:
        with request.changing() as (session, viewer):
            wall_id, token = walls.make_wall(session, viewer, _typed())
    except Refused as refused:
        return _form(_sent(), problem=refused.reason, field=refused.field), 422
    log.info("wall made", wall=wall_id, person=viewer.person_id)
    return _sheet(viewer, flask_request.form.get("name", ""), token)


def change_wall(wall_id: str) -> ResponseReturnValue:
    number = request.whole_number(wall_id)
    if flask_request.method == "GET":
        with request.looking() as (session, viewer):
            found = walls.open_wall(session, viewer, number)
        return _form(wall_pages.sent_by(found.values, found.version), number)
    try:
        with request.changing() as (session, viewer):
            walls.change_wall(session, viewer, number, _typed())
    except Refused as refused:
        return _form(_sent(), number, problem=refused.reason, field=refused.field), 422
    except ChangedElsewhere as theirs:
        return _form(_sent() | {"version": [str(theirs.version)]}, number, problem=_conflict(theirs)), 409
    log.info("wall changed", wall=number, person=viewer.person_id)
    return redirect(f"{wall_pages.ADDRESS}?done=saved", 303)


def renew_wall(wall_id: str) -> ResponseReturnValue:
    number = request.whole_number(wall_id)
    with request.changing() as (session, viewer):
        token = walls.renew_wall(session, viewer, number)
        name = walls.open_wall(session, viewer, number).values.name
    log.info("wall given a new address", wall=number, person=viewer.person_id)
    return _sheet(viewer, name, token)


def revoke_wall(wall_id: str) -> ResponseReturnValue:
    number = request.whole_number(wall_id)
    with request.changing() as (session, viewer):
        walls.revoke_wall(session, viewer, number)
    log.info("wall revoked", wall=number, person=viewer.person_id)
    return redirect(f"{wall_pages.ADDRESS}?done=revoked", 303)


def _typed() -> Typed:
    return Typed(_sent())


def _sent() -> dict[str, Sequence[str]]:
    return dict(flask_request.form.lists())


def _form(
    sent: Mapping[str, Sequence[str]],
    wall_id: int | None = None,
    *,
    problem: str = "",
    field: str | None = None,
) -> str:
    with request.looking() as (session, viewer):
        choices = walls.choices(session, viewer)
        return wall_pages.wall_form(
            request.frame(viewer), choices, sent, wall_id=wall_id, problem=problem, field=field
        )


def _sheet(viewer: Viewer, name: str, token: str) -> str:
    return wall_pages.wall_sheet(request.frame(viewer), name, f"{flask_request.host_url}wall/{token}")


def _conflict(theirs: ChangedElsewhere) -> str:
    notice = f"the notice “{theirs.theirs['notice']}”" if theirs.theirs["notice"] else "no notice"
    return (
        f"Somebody changed this wall meanwhile: it is called “{theirs.theirs['name']}” now, with {notice}."
        " What you typed stands below; save once more to keep it instead."
    )


def register(server: Flask) -> None:
    for address, page, methods in (
        (wall_pages.ADDRESS, walls_page, ["GET"]),
        (f"{wall_pages.ADDRESS}/new", new_wall, ["GET", "POST"]),
        (f"{wall_pages.ADDRESS}/<wall_id>", change_wall, ["GET", "POST"]),
        (f"{wall_pages.ADDRESS}/<wall_id>/address", renew_wall, ["POST"]),
        (f"{wall_pages.ADDRESS}/<wall_id>/revoke", revoke_wall, ["POST"]),
    ):
        server.add_url_rule(address, f"admin_{page.__name__}", request.or_missing(page), methods=methods)
