"""Pages without Dash: signing in and out, choosing a password, health."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Flask, current_app, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import answers
import security
from callbacks.request import database_session, engine, settings, writing_session
from components.drawing import render
from components.shell import DEMO_BANNER
from data import accounts, sign_in
from data.errors import NotFound, Refused
from settings import VERSION

WRONG = "E-mail address and password don't fit together. Please check both and try again."
log = structlog.get_logger("routebook.sign_in")


def login() -> ResponseReturnValue:
    """The form, and what it posts; works without scripts."""
    back_to = security.own_address(request.values.get("next"))
    if request.method == "POST":
        return _sign_in(request.form.get("email", ""), request.form.get("password", ""), back_to)
    if current_user.is_authenticated:
        return redirect(back_to)
    done = "Your password is set. Please sign in with it." if "chosen" in request.args else None
    return _sign_in_page(back_to, done=done)


def signed_in() -> ResponseReturnValue:
    """Where someone lands who signed in again beside a page with typed text on it."""
    return _page(
        "message.html",
        title="You are signed in",
        words="You can close this tab and go back to your page. What you typed is still there:"
        " save it once more.",
    )


def logout() -> ResponseReturnValue:
    with writing_session() as database:
        sign_in.end_session(database, current_user.key, _now())
    log.info("signed out", person=current_user.person_id)
    session.clear()
    answer = redirect("/login", 303)
    answer.delete_cookie(answers.csrf_cookie_name(settings()), secure=not settings().plain_http)
    # Not "cookies": browsers would clear those of the college's other sites on the same domain too.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def choose_password(token: str) -> ResponseReturnValue:
    """The page behind a one-time link, which is used up by choosing, not by looking."""
    try:
        if request.method == "POST":
            return _choose(token, request.form.get("password", ""), request.form.get("again", ""))
        with database_session() as database:
            person = accounts.person_of_link(database, token, _now())
        return _choose_page(person.email)
    except NotFound:
        words = (
            "It was used already or is too old. If you have chosen a password, sign in with it; else ask an"
            " administrator for a new link."
        )
        title = "This link doesn't work any more"
        return _page("message.html", title=title, words=words, link=("/login", "Sign in")), 404


def healthz() -> ResponseReturnValue:
    """Whether the app can answer; asks the database."""
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "unavailable", "version": VERSION, "database": "unreachable"}, 503
    return {"status": "ok", "version": VERSION, "database": "ok"}


def _sign_in(email: str, password: str, back_to: str) -> ResponseReturnValue:
    """One counted attempt: in, or back to the form with the same words for whatever was wrong."""
    attempt = sign_in.Attempt.of(email, request.remote_addr or "", str(current_app.secret_key))
    now = _now()
    try:
        with database_session() as database:
            sign_in.require_few_failures(database, attempt, now)
            person_id, renewed = accounts.person_with_password(database, email, password)
    except sign_in.TooManyAttempts as refused:
        log.warning("too many failed sign-ins", account=attempt.account[:12], address=attempt.address[:12])
        return _too_many(email, back_to, refused.seconds)
    if person_id is None:
        with writing_session() as database:
            sign_in.record_failure(database, attempt, now)
        log.warning("failed sign-in", account=attempt.account[:12], address=attempt.address[:12])
        return _sign_in_page(back_to, email=email, problem=WRONG), 401
    with writing_session() as database:
        if renewed:
            accounts.store_hash(database, person_id, renewed)
        if current_user.is_authenticated:
            sign_in.end_session(database, current_user.key, now)
        key = sign_in.start_session(database, person_id, now)
    security.sign_in_browser(person_id, key)
    log.info("signed in", person=person_id)
    return redirect(back_to, 303)


def _too_many(email: str, back_to: str, seconds: int) -> ResponseReturnValue:
    minutes = -(-seconds // 60)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    problem = f"There were too many attempts. Nothing is locked: please try again in {wait}."
    return _sign_in_page(back_to, email=email, problem=problem), 429, {"Retry-After": str(seconds)}


def _sign_in_page(
    back_to: str, *, email: str = "", problem: str | None = None, done: str | None = None
) -> str:
    return _page(
        "sign_in.html", back_to=back_to, email=email, problem=problem, done=done, csrf_token=generate_csrf()
    )


def _choose(token: str, password: str, again: str) -> ResponseReturnValue:
    try:
        with writing_session() as database:
            email = accounts.person_of_link(database, token, _now()).email
            if password != again:
                raise Refused("The two passwords differ. Please type the same one twice.", "again")
            person = accounts.choose_password(database, token, password, _now())
    except Refused as refused:
        return _choose_page(email, problem=refused.reason), 422
    log.info("password chosen", person=person.id)
    session.clear()
    return redirect("/login?chosen=1", 303)


def _choose_page(email: str, *, problem: str | None = None) -> str:
    return _page("choose_password.html", email=email, problem=problem, csrf_token=generate_csrf())


def _page(template: str, **values: Any) -> str:
    """A plain page, which says so where everything in it is made up."""
    with database_session() as database:
        banner = DEMO_BANNER if accounts.holds_demo(database) else None
    return render(template, banner=banner, **values)


def _now() -> datetime:
    return datetime.now(UTC)


def register(server: Flask) -> None:
    for address, view, methods in (
        ("/login", login, ["GET", "POST"]),
        ("/signed-in", signed_in, ["GET"]),
        ("/logout", logout, ["POST"]),
        ("/choose-password/<token>", choose_password, ["GET", "POST"]),
        ("/healthz", healthz, ["GET"]),
    ):
        server.add_url_rule(address, view.__name__, view, methods=methods)
