"""What goes with every answer: its headers and cookies, and the words of a refusal."""

from __future__ import annotations

import dash
import structlog
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

import logs
from components.drawing import render
from settings import Settings

FILE_ENDPOINTS = frozenset(
    {
        "_dash_assets.static",
        "bundle_css",
        "bundle_js",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_favicon.ico",
    }
)
"""Files that are the same for everyone."""
WALL_ENDPOINTS = frozenset({"wall_page", "wall_boards"})
"""What a wall asks for by its token, which stands in the address of its page."""
A_YEAR = 31536000
log = structlog.get_logger("routebook.security")


def cookie_name(name: str, settings: Settings) -> str:
    """With the prefix that binds a cookie to this host and TLS. Browsers and curl accept it from
    http://127.0.0.1 and http://localhost too; elsewhere plain HTTP must be asked for."""
    return name if settings.plain_http else f"__Host-{name}"


def csrf_cookie_name(settings: Settings) -> str:
    return cookie_name("routebook-csrf", settings)


def with_headers(app: dash.Dash, response: Response) -> Response:
    """Headers of every answer; only files whose address changes with their content may be kept."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    response.headers.update(
        {
            "Content-Security-Policy": f"default-src 'self'; script-src {scripts}; style-src 'self'"
            " 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none';"
            " form-action 'self'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer"
            if request.endpoint in WALL_ENDPOINTS
            else response.headers.get("Referrer-Policy", "same-origin"),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
    )
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    _set_caching(response)
    return response


def _set_caching(response: Response) -> None:
    is_file = request.endpoint in FILE_ENDPOINTS
    fingerprinted = "m" in request.args or response.cache_control.max_age == A_YEAR
    if not is_file or response.status_code not in (200, 304):
        response.headers["Cache-Control"] = "no-store"
    elif fingerprinted:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"


def with_csrf_cookie(response: Response, settings: Settings) -> Response:
    """The token that Dash's scripts send back with each callback, renewed with each page."""
    if response.mimetype == "text/html" and response.status_code < 400 and "signed_in" in g:
        response.set_cookie(
            csrf_cookie_name(settings),
            generate_csrf(),
            secure=not settings.plain_http,
            samesite="Lax",
            path="/",
        )
    return response


REFUSALS = {
    400: ("That request wasn't understood", "Please go back, reload the page and try again."),
    401: ("Please sign in", "You have been signed out. Sign in to go on."),
    403: (
        "That request was refused",
        "The page may be from before you last signed in. Please reload it and try again. If you can't sign"
        " in at all, check that your browser keeps cookies of this address.",
    ),
    404: (
        "There is no such page",
        "Please check the address. It may have moved, or belong to something that you don't work with.",
    ),
    413: ("That is too much at once", "Please shorten the text and try again."),
}
OTHERWISE = ("That didn't work", "Please go back to the page that you came from and try again.")


def answer_refusal(error: HTTPException) -> ResponseReturnValue:
    """A page, or one line for a script, that says what to do and nothing of how the server works."""
    if isinstance(error, RequestRedirect):
        return error.get_response()
    code = error.code or 500
    if isinstance(error, CSRFError):
        log.warning("refused a request without its CSRF token", path=request.path)
        code = 403
    allowed = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _plain_words(code, *REFUSALS.get(code, OTHERWISE)), code, allowed


def answer_failure(error: Exception) -> ResponseReturnValue:
    """The answer to an unforeseen error outside a callback: logged without its text, under a reference."""
    if isinstance(error, dash.exceptions.DependencyException):
        return answer_refusal(NotFound())
    reference = logs.log_failure(error, path=request.path)
    words = f"Please try again in a moment. If it goes on, tell an administrator the reference {reference}."
    return _plain_words(500, "Something went wrong on our side", words), 500


def _plain_words(code: int, heading: str, words: str) -> Response:
    if request.path.startswith("/_"):
        return Response(heading, code, mimetype="text/plain")
    if request.path.startswith(("/write/", "/drafts")):
        return jsonify(sentence=f"{heading}. {words}")
    return Response(render("message.html", title=heading, words=words), code, mimetype="text/html")
