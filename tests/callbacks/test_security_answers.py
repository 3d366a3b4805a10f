"""What goes with every answer: headers, cookies, caching, words that give nothing away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from dash import Dash
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import create_app
from settings import Settings
from tests.callbacks.test_security_guard import FILES, addresses
from tests.callbacks.visiting import CALLBACKS, CSRF_COOKIE, SESSION_COOKIE, Visitor, open_page, search_box

POLICY = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.fixture
def answers(server: Flask, visitor: Visitor, signed_in: Visitor) -> Iterator[TestResponse]:
    """An answer of every kind: of each route, to a stranger and to someone, good and refused."""

    def each() -> Iterator[TestResponse]:
        for who in (visitor, signed_in):
            for _, address in addresses(server):
                yield who.get(address)
                yield who.post(address)
            yield who.callback(search_box("x"))
            yield who.callback(open_page("/"))
            yield who.get("/nowhere")
            yield who.post("/login", data={"csrf_token": "wrong"})

    return each()


def test_every_answer_carries_the_same_headers(app: Dash, answers: Iterator[TestResponse]) -> None:
    seen = set()
    for answer in answers:
        expected = POLICY.format(hashes=" ".join(app.csp_hashes()))
        assert answer.headers["Content-Security-Policy"] == expected, answer.request.path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.request.method == "GET":
            stricter = {"wall": "no-referrer", "guest": "strict-origin"}  # a secret stands in the address
            referrer = stricter.get(answer.request.path.split("/")[1], "same-origin")
            assert answer.headers["Referrer-Policy"] == referrer, answer.request.path
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
        seen.add(answer.status_code)
    assert {200, 302, 401, 403, 404, 415} <= seen


def test_the_policy_names_each_inline_script_of_the_page(signed_in: Visitor) -> None:
    import base64
    import hashlib

    answer = signed_in.get("/organisation")
    inline = [body for body in re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", answer.text, re.S)]
    scripts = [body for body in inline if not body.strip().startswith("{")]
    assert scripts
    for body in scripts:
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]


def test_only_files_that_are_the_same_for_everyone_may_be_kept(answers: Iterator[TestResponse]) -> None:
    for answer in answers:
        if answer.request.path in FILES.values() and answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "no-cache"
        else:
            assert answer.headers["Cache-Control"] == "no-store", answer.request.path


def test_files_whose_address_changes_with_them_are_kept_for_a_year(signed_in: Visitor) -> None:
    page = signed_in.get("/organisation").text
    files = re.findall(r'(?:src|href)="(/(?:_dash-component-suites|assets)/[^"]+)"', page)
    fingerprinted = [file for file in files if "?m=" in file or re.search(r"\.v\d", file)]
    assert len(fingerprinted) > 5
    for file in fingerprinted:
        assert signed_in.get(file).headers["Cache-Control"] == "public, max-age=31536000, immutable", file


def test_over_tls_browsers_are_told_to_stay_with_tls(visitor: Visitor) -> None:
    answer = visitor.get("/login", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_are_bound_to_this_host_and_to_tls(answers: Iterator[TestResponse]) -> None:
    names = set()
    for answer in answers:
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, *_ = cookie.split("=", 1)
            flags = {flag.strip() for flag in cookie.split(";")[1:]}
            assert name in (SESSION_COOKIE, CSRF_COOKIE)
            assert {"Secure", "SameSite=Lax", "Path=/"} <= flags
            assert not [flag for flag in flags if flag.startswith("Domain")]
            assert ("HttpOnly" in flags) == (name == SESSION_COOKIE)
            names.add(name)
    assert names == {SESSION_COOKIE, CSRF_COOKIE}


def test_cookies_of_a_plain_http_server_lose_the_flag_that_browsers_would_refuse(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"plain_http": True}))
    answer = Visitor(app.server).get("/login")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("routebook=")
    assert "Secure" not in cookie
    assert {"HttpOnly", "SameSite=Lax"} <= {flag.strip() for flag in cookie.split(";")}
    app.server.extensions["routebook_engine"].dispose()


# --- words that give nothing away ----------------------------------------------------------------------

TELLTALE = (
    "Traceback",
    "sqlite",
    "SELECT",
    "werkzeug",
    "/site-packages/",
    "Python",
    "dash.exceptions",
    "OperationalError",
)


def test_no_refusal_tells_how_the_server_works(answers: Iterator[TestResponse]) -> None:
    for answer in answers:
        if answer.status_code >= 400:
            for word in TELLTALE:
                assert word not in answer.text, (answer.request.path, word)


def test_an_unforeseen_error_says_sorry_and_a_reference(app: Dash, signed_in: Visitor) -> None:
    engine = app.server.extensions["routebook_engine"]
    headers = signed_in.csrf_header()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE login_session"))
    page = signed_in.get("/organisation")
    for answer in (page, signed_in.post(CALLBACKS, json=search_box("x"), headers=headers)):
        assert answer.status_code == 500
        assert answer.text.startswith(("<!DOCTYPE html>", "Something went wrong"))
        for word in TELLTALE:
            assert word not in answer.text
    assert re.search(r"tell an administrator the reference [0-9a-f]{8}\.", page.text)


def test_an_unforeseen_error_in_a_callback_leaves_the_page_and_says_a_reference(
    app: Dash, signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("Quillfeather's support need")

    monkeypatch.setattr("callbacks.search.learners.find", broken)
    answer = signed_in.post(CALLBACKS, json=search_box("anything"), headers=signed_in.csrf_header())
    assert answer.status_code == 200
    assert re.search(r"the reference [0-9a-f]{8}", answer.text)
    assert "nothing was saved" not in answer.text, "it only reads, maybe what was just saved"
    assert "Quillfeather" not in answer.text


def test_a_page_that_cannot_be_made_says_so_in_its_place(
    signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("Quillfeather's support need")

    monkeypatch.setattr("callbacks.request.frame", broken)
    answer = signed_in.post(CALLBACKS, json=open_page("/"), headers=signed_in.csrf_header())
    assert answer.status_code == 200
    content = json.dumps(answer.json["response"]["_pages_content"])  # type: ignore[index]
    assert re.search(r"tell an administrator the reference [0-9a-f]{8}\.", content)
    assert '"id": "main"' in content
    assert "Quillfeather" not in answer.text


def test_the_page_does_not_say_what_python_it_runs_on(signed_in: Visitor) -> None:
    found = re.search(r'<script id="_dash-config"[^>]*>(.*?)</script>', signed_in.get("/organisation").text)
    assert found
    config = json.loads(found[1])
    assert "python_version" not in config
    assert config["csrf_token_name"] == CSRF_COOKIE
    assert not config["ui"]


def test_refusals_are_pages_with_a_way_on(visitor: Visitor, signed_in: Visitor) -> None:
    missing = visitor.get("/nowhere")
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    assert 'href="/">Go to my page</a>' in missing.text
    assert 'data-ready="true"' in missing.text
    refused = signed_in.post("/logout", data={"csrf_token": "wrong"})
    assert "Please reload it and try again" in refused.text
    assert visitor.get("/_dash-layout").mimetype == "text/plain"


def test_answers_say_which_methods_an_address_takes(signed_in: Visitor) -> None:
    answer = signed_in.client.put("/login", data={"x": "y"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
