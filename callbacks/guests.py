"""`/guest/<token>`: the page of one plan for who holds its link, without signing in and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Flask, Response, current_app, redirect
from flask import request as flask_request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from callbacks import request
from callbacks.declared import is_plain
from components import shell
from components.guest_page import guest_page, judge_page, no_such_link
from data import accounts, guests, route_map, rules
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.guests import Guest

ACTS: dict[str, Callable[[Session, Guest, Typed], None]] = {"agree": guests.agree, "judge": guests.judge}
"""What a form asks for by its button; all else is a comment."""
DONE = {
    "judge": "Thank you. Your judgement is saved; the tutor confirms it.",
    "comment": "Thank you. Your comment is with the learner and the tutor.",
    "agree": "Thank you. Your agreement is recorded.",
}
log = structlog.get_logger("routebook.guests")


def guest(token: str) -> ResponseReturnValue:
    """The plan (GET, which keeps that it was looked at), or a comment on it or agreement to it (POST)."""
    try:
        if flask_request.method == "POST":
            return _private(_write(token))
        with request.writing_session() as session:
            someone = guests.open_link(session, token, _door())
            guests.note_look(session, someone, someone.viewer.now)
            done = DONE.get(flask_request.args.get("done", ""), "")
            at = flask_request.args.get("target", "")
            return _private(_page(session, someone, token, done=done, done_at=at))
    except NotFound:
        log.info("a link opened nothing")
        with request.database_session() as session:
            return _private((no_such_link(_banner(session)), 404))


def _write(token: str) -> ResponseReturnValue:
    sent = flask_request.form.to_dict(flat=False)
    act = flask_request.form.get("act", "")
    try:
        with request.writing_session() as session:
            someone = guests.open_link(session, token, _door())
            if not is_plain(sent):
                raise Refused("This can’t be saved as it is. Please type it anew.")
            ACTS.get(act, guests.comment)(session, someone, Typed(sent))
    except Refused as refused:
        typed = flask_request.form.get("text", "") if is_plain(sent) else ""
        with request.database_session() as session:
            again = guests.open_link(session, token, _door())
            return _page(session, again, token, typed=typed, problem=refused.reason), 422
    done = f"/guest/{token}?done={act if act in ACTS else 'comment'}"
    if act == "judge":
        # Back to where they were: there may be forty criteria.
        target_id = Typed(sent).id("target")
        done += f"&target={target_id}#target-{target_id}"
    return redirect(done, 303)


def _page(
    session: Session,
    someone: Guest,
    token: str,
    *,
    typed: str = "",
    problem: str = "",
    done: str = "",
    done_at: str = "",
) -> str:
    door: dict[str, Any] = {"csrf_token": generate_csrf(), "banner": _banner(session), "token": token}
    if someone.judges:
        targets = guests.to_judge(session, someone)
        return judge_page(someone, targets, problem=problem, done=done, done_at=done_at, **door)
    route = route_map.read(session, someone.viewer, someone.learner_id, someone.plan_id)
    return guest_page(someone, route, typed=typed, problem=problem, done=done, **door)


def _private(answer: ResponseReturnValue) -> Response:
    """The address holds the secret: of it, nothing but our own host's name may go into a Referer header."""
    response = current_app.make_response(answer)
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _banner(session: Session) -> str | None:
    return shell.DEMO_BANNER if accounts.holds_demo(session) else None


def _door() -> guests.Doorstep:
    chosen = request.settings()
    return guests.Doorstep(
        now=datetime.now(UTC),
        fixed_today=chosen.today,
        soon=rules.Soon(chosen.target_soon_days, chosen.review_soon_days),
        college_rules=request.college_rules(),
    )


def register(server: Flask) -> None:
    server.add_url_rule("/guest/<token>", guest.__name__, guest, methods=["GET", "POST"])
