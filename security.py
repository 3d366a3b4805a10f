"""The guard in front of every page, callback and file.

A request passes these in turn: its origin and shape, its address, its session, its CSRF token, and for a
callback whether it calls what the app declares. What of the data a person may see isn't decided here but in
data/scope.py. docs/decisions/0004-signing-in.md says why things are as they are.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import dash
import structlog
from flask import Flask, Response, abort, current_app, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect
from werkzeug.urls import iri_to_uri

import answers
from answers import (
    FILE_ENDPOINTS,
    WALL_ENDPOINTS,
    answer_failure,
    answer_refusal,
    cookie_name,
    with_csrf_cookie,
    with_headers,
)
from callbacks.declared import is_declared
from callbacks.policy import Policy, policy_of, require_policies
from callbacks.request import looking
from components import ids, shell
from data import sign_in
from data.database import reading, writing
from safe_start import secret_key
from settings import Settings

CALLBACKS = "/_dash-update-component"
CATCH_ALL = "/<path:path>"
PUBLIC_ENDPOINTS = (
    FILE_ENDPOINTS | WALL_ENDPOINTS | {"login", "healthz", "choose_password", "guest", "calendar_feed"}
)
"""All that a stranger may have: the way in, the health check, files that are the same for everyone, and
walls, guests and calendars, whose token is their sign-in."""

LARGEST_BODY = 256 * 1024
WRITING = "/write/"
DRAFTS = "/drafts"
CSRF_HEADER = "X-CSRFToken"
log = structlog.get_logger("routebook.security")


def install(app: dash.Dash, settings: Settings, engine: Engine) -> None:
    """Put the guard in front of the app's server. Raises Refused where the secret key is missing."""
    require_policies(app.callback_map)
    server = app.server
    server.config.update(
        SECRET_KEY=secret_key(settings, engine),
        SESSION_COOKIE_NAME=cookie_name("routebook", settings),
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        LARGEST_UPLOAD=LARGEST_BODY + settings.largest_file_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)
    _remember_people(server, settings, engine)
    server.before_request(refuse_foreign)
    server.before_request(refuse_misshapen)
    server.before_request(require_known_address)
    server.before_request(require_session)
    CSRFProtect(server)
    server.before_request(lambda: require_declared(app))
    server.after_request(lambda response: with_headers(app, response))
    server.after_request(lambda response: with_csrf_cookie(response, settings))
    server.register_error_handler(HTTPException, answer_refusal)
    server.register_error_handler(Exception, answer_failure)


# --- who it is -----------------------------------------------------------------------------------------


class SignedIn(UserMixin):  # type: ignore[misc]  # the library has no types
    """The person behind a request; the browser's cookie holds the key of a session in the database."""

    def __init__(self, person_id: int, key: str) -> None:
        self.person_id = person_id
        self.key = key

    def get_id(self) -> str:
        return self.key


def _remember_people(server: Flask, settings: Settings, engine: Engine) -> None:
    manager = LoginManager(server)
    manager.session_protection = None  # the session in the database decides, not the browser's name
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(key: str) -> SignedIn | None:
        now = datetime.now(UTC)
        with reading(engine) as database:
            live = sign_in.find_session(database, key, now, idle=idle, longest=longest)
        if live is None:
            return None
        if live.due:
            with writing(engine) as database:
                sign_in.seen(database, key, now)
        return SignedIn(live.person_id, key)


def sign_in_browser(person_id: int, key: str) -> None:
    """Give the browser the key of a new session, in a new cookie with a new CSRF token."""
    session.clear()
    login_user(SignedIn(person_id, key))
    g.signed_in = True
    generate_csrf()


# --- the guard -----------------------------------------------------------------------------------------


def refuse_foreign() -> None:
    """Nothing is changed for a page of another site, nor read by one other than by following a link."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        if site == "cross-site" and request.headers.get("Sec-Fetch-Mode") != "navigate":
            abort(403)
        return
    origin = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != request.host):
        log.warning("refused a request from another site", path=request.path)
        abort(403)


def refuse_misshapen() -> None:
    """Bodies have the one type that their address takes, and a size and depth that cost little."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    expected, largest = "application/x-www-form-urlencoded", LARGEST_BODY
    if request.path == CALLBACKS:
        expected = "application/json"
    elif request.path.startswith(WRITING) and request.mimetype == "multipart/form-data":
        expected, largest = "multipart/form-data", current_app.config["LARGEST_UPLOAD"]
    if (request.content_length or 0) > largest:
        abort(413)
    if request.mimetype != expected:
        abort(415)
    request.max_content_length = largest


def require_known_address() -> None:
    """404 before Dash answers, which would send its index for any address at all."""
    if request.routing_exception is not None:
        raise request.routing_exception
    if request.endpoint == CATCH_ALL and not is_page(request.path):
        raise NotFound
    if request.path.endswith(".map"):
        raise NotFound


def require_session() -> ResponseReturnValue | None:
    """Pages lead to sign-in, data is refused, and a callback's page is told (a redirect would crash it)."""
    if request.endpoint in PUBLIC_ENDPOINTS:
        return None
    if current_user.is_authenticated:
        g.signed_in = True
        return None
    if request.path == CALLBACKS and request.method == "POST":
        return answer_signed_out()
    if request.path.startswith((WRITING, DRAFTS)):
        return answer_signed_out_form()
    if request.path.startswith("/_"):
        abort(401)
    if request.method in ("GET", "HEAD"):
        return redirect(sign_in_address(iri_to_uri(request.full_path.removesuffix("?"))))
    return redirect("/login", 303)


def require_declared(app: dash.Dash) -> None:
    """A callback gets the inputs and states that it declares, and is called by who has the right to."""
    if request.path != CALLBACKS:
        return
    body = _body()
    if not is_declared(app.callback_map, body):
        log.warning("refused a misshapen callback", person=current_user.person_id)
        abort(400)
    policy = policy_of(app.callback_map[body["output"]])
    if policy.rights and not _allowed(policy):
        log.warning("refused a callback", person=current_user.person_id, output=body["output"])
        abort(403)


def _allowed(policy: Policy) -> bool:
    with looking() as (_, viewer):
        return policy.allows(viewer)


def _body() -> Any:
    try:
        return request.get_json()
    except RecursionError:
        abort(400)


def answer_signed_out() -> Response:
    """What a page is told whose session has ended.

    While a page is being opened there is nothing to lose, so that the browser goes to sign-in and back.
    Otherwise something may have been typed, which must neither get lost nor be kept in the browser: the
    page stays as it is, and shows a link that opens sign-in beside it.
    """
    body = _body()
    opens_a_page = isinstance(body, dict) and ids.PAGE_CONTENT in str(body.get("output"))
    if opens_a_page:
        update: dict[str, Any] = {ids.SIGN_IN: {"href": sign_in_address(_page_of_callback())}}
    else:
        update = {ids.SIGNED_OUT_NOTICE: {"children": _notice()}}
    answer = current_app.json.dumps({"multi": True, "response": {}, "sideUpdate": update}, default=_component)
    return Response(answer, mimetype="application/json")


def answer_signed_out_form() -> Response:
    """What a form is told whose session has ended: nothing is lost, and how to go on."""
    sentence, _ = answers.REFUSALS[401]
    told = current_app.json.dumps({"sentence": sentence, "notice": _notice()}, default=_component)
    return Response(told, 401, mimetype="application/json")


def _notice() -> list[Any]:
    return shell.signed_out_notice(sign_in_address("/signed-in"))


def _page_of_callback() -> str:
    page = urlsplit(request.referrer or "")
    return page._replace(scheme="", netloc="").geturl() if page.netloc == request.host else "/"


def _component(thing: Any) -> Any:
    return thing.to_plotly_json()


# --- addresses -----------------------------------------------------------------------------------------


def is_page(path: str) -> bool:
    """Whether a page is registered for the address; what is called an id there is a number."""
    return page_pattern().fullmatch(path.rstrip("/") or "/") is not None


def page_pattern() -> re.Pattern[str]:
    """What the address of a registered page looks like; JavaScript reads the pattern alike."""
    return _page_pattern(tuple(page["path_template"] or page["path"] for page in dash.page_registry.values()))


@cache
def _page_pattern(templates: tuple[str, ...]) -> re.Pattern[str]:
    def piece(part: str) -> str:
        if not part.startswith("<"):
            return re.escape(part)
        return "[0-9]{1,18}" if part.endswith("_id>") else "[^/]+"

    return re.compile("|".join("/".join(map(piece, template.split("/"))) for template in templates))


def sign_in_address(back_to: str) -> str:
    return f"/login?next={quote(own_address(back_to), safe='/')}"


def own_address(address: str | None) -> str:
    """The address if it is one of our own pages, else that of the home page.

    What isn't plainly a path of ours (another host, a scheme, a backslash, a control character) isn't.
    """
    if not address or not re.fullmatch(r"/[!-\[\]-~]*", address) or address.startswith("//"):
        return "/"
    path = urlsplit(address).path
    if path == "/" or (is_page(path) or _is_plain_page(path)):
        return address.split("#")[0]
    return "/"


def _is_plain_page(path: str) -> bool:
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return endpoint not in PUBLIC_ENDPOINTS and not endpoint.startswith("/")
