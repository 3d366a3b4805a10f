"""The guard: who is let in where, and what shape a request must have. Taken from the app's own registry."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import dash
import pytest
from dash import Dash, Input, Output
from flask import Flask
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings
from sqlalchemy import select
from sqlalchemy.orm import Session

import security
from app import create_app
from callbacks import policy
from data import models
from settings import Settings
from tests import factories as make
from tests.callbacks.visiting import CALLBACKS, Visitor, call, declared_call, open_page, prop, search_box

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
FILES = {
    "/assets/<path:filename>": "/assets/theme.css",
    SUITES: "/_dash-component-suites/dash/dcc/dash_core_components.js",
    "/assets/routebook.css": "/assets/routebook.css",
    "/assets/routebook.js": "/assets/routebook.js",
    "/_favicon.ico": "/_favicon.ico",
}
FOR_STRANGERS = {
    *FILES,
    "/login",
    "/healthz",
    "/choose-password/<token>",
    "/wall/<token>",
    "/wall/boards",
    "/guest/<token>",
    "/calendar/<token>.ics",
}


def addresses(server: Flask) -> Iterator[tuple[str, str]]:
    """(rule, an address that it matches) for all that the server and Dash's pages answer."""
    for rule in server.url_map.iter_rules():
        yield rule.rule, FILES.get(rule.rule) or re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)
    for page in dash.page_registry.values():
        template = page["path_template"] or page["path"]
        yield template, re.sub(r"<\w+>", "1", template)


# --- strangers -----------------------------------------------------------------------------------------


def test_a_stranger_gets_nothing_but_the_way_in_and_files(server: Flask, visitor: Visitor) -> None:
    for rule, address in addresses(server):
        for method in METHODS:
            if rule in FOR_STRANGERS and method in ("GET", "HEAD", "OPTIONS"):
                continue
            answer = visitor.open(address, method=method, json={} if address == CALLBACKS else None)
            if (address, method) == (CALLBACKS, "POST"):
                assert json.loads(answer.text)["response"] == {}
                continue
            assert answer.status_code in (302, 303, 401, 403, 404, 405, 415), (method, rule)
            if answer.status_code in (302, 303):
                assert answer.headers["Location"].startswith("/login"), (method, rule)


def test_what_strangers_may_have_is_listed_by_hand_in_one_place(server: Flask) -> None:
    listed = {rule.rule for rule in server.url_map.iter_rules() if rule.endpoint in security.PUBLIC_ENDPOINTS}
    assert listed == FOR_STRANGERS


def test_each_page_of_the_way_in_answers_a_stranger(visitor: Visitor) -> None:
    for address in [*FILES.values(), "/login", "/healthz"]:
        assert visitor.get(address).status_code == 200, address


def test_no_page_of_dash_is_sent_for_an_address_that_is_not_one(signed_in: Visitor, visitor: Visitor) -> None:
    for address in (
        "/nowhere",
        "/learner",
        "/learner/abc",
        "/learner/1/2",
        "/learner/9999999999999999999",
        "/.git/config",
        "/.env",
        "/app.py",
        "/assets",
        "/assets/",
        "/static/x",
        "/_dash-nothing",
        "/_mcp",
        "/mcp",
        "/_dash-ws-callback",
        "/var/routebook.db",
        "/assets/../settings.py",
        "/assets/%2e%2e/settings.py",
        "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js.map",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/dash/dash.py",
    ):
        assert signed_in.get(address).status_code == 404, address
        assert visitor.get(address).status_code in (302, 404), address
        assert "_dash-config" not in visitor.get(address).text


def test_what_dash_tells_of_the_layout_names_nobody(signed_in: Visitor, person: models.Person) -> None:
    for address in ("/organisation", "/_dash-layout", "/_dash-dependencies"):
        answer = signed_in.get(address)
        assert answer.status_code == 200
        for personal in (person.name, person.email):
            assert personal not in answer.text
    assert "validation_layout" not in signed_in.get("/organisation").text


def test_no_way_in_that_we_do_not_use_is_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASH_MCP_ENABLED", "1")
    app = create_app(settings)
    rules = {rule.rule for rule in app.server.url_map.iter_rules()}
    parts = {part for rule in rules for part in re.split(r"[/_.-]", rule)}
    assert not parts & {"mcp", "ws", "websocket", "api"}
    assert not app.callback_api_paths
    assert not [
        name for name, found in app.callback_map.items() if found.get("background") or found.get("websocket")
    ]
    app.server.extensions["routebook_engine"].dispose()


def test_reading_changes_nothing(app: Dash, signed_in: Visitor, college: Session) -> None:
    def everything() -> dict[str, list[str]]:
        college.rollback()
        return {
            table.name: sorted(map(repr, college.execute(select(table)).all()))
            for table in models.Base.metadata.sorted_tables
            if table.name != "login_session"
        }

    before = everything()
    assert before["person"]
    for _, address in addresses(app.server):
        signed_in.get(address)
        signed_in.callback(open_page(address))
    assert everything() == before


# --- other sites ---------------------------------------------------------------------------------------

FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1234"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_nothing_is_posted_from_another_site(
    signed_in: Visitor, visitor: Visitor, person: models.Person, headers: dict[str, str]
) -> None:
    assert signed_in.callback(search_box("x"), headers=headers).status_code == 403
    token = visitor.form_token("/login")
    form = {"csrf_token": token, "email": person.email, "password": "x"}
    assert visitor.post("/login", data=form, headers=headers).status_code == 403
    token = signed_in.csrf_header()["X-CSRFToken"]
    assert signed_in.post("/logout", data={"csrf_token": token}, headers=headers).status_code == 403


def test_a_page_of_another_site_may_link_to_us_but_not_read_us(signed_in: Visitor) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    read = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert signed_in.get("/organisation", headers=link).status_code == 200
    assert signed_in.get("/_dash-layout", headers=read).status_code == 403


def test_our_own_pages_may_post(signed_in: Visitor) -> None:
    for headers in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert signed_in.callback(search_box("x"), headers=headers).status_code == 200


def test_a_callback_takes_the_token_of_its_own_session(
    signed_in: Visitor, new_visitor: Callable[..., Visitor], person: models.Person
) -> None:
    body = search_box("x")
    other = new_visitor()
    other.sign_in(person.email)
    assert signed_in.post(CALLBACKS, json=body).status_code == 403
    for token in ("", "wrong", other.csrf_header()["X-CSRFToken"]):
        assert signed_in.post(CALLBACKS, json=body, headers={"X-CSRFToken": token}).status_code == 403
    assert signed_in.post(CALLBACKS, json=body, headers=signed_in.csrf_header()).status_code == 200


def test_a_page_that_was_open_for_a_day_can_still_save(
    signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed_in.csrf_header()
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 86_400)
    assert signed_in.post(CALLBACKS, json=search_box("x"), headers=headers).status_code == 200


# --- shapes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_callback_takes_json_only(signed_in: Visitor, content_type: str) -> None:
    answer = signed_in.post(
        CALLBACKS,
        data=json.dumps(search_box("x")),
        content_type=content_type,
        headers=signed_in.csrf_header(),
    )
    assert answer.status_code == 415


def test_a_form_takes_form_fields_only(visitor: Visitor) -> None:
    assert visitor.post("/login", json={"email": "x"}).status_code == 415
    assert visitor.post("/login", data="email=x", content_type="text/plain").status_code == 415


def test_a_body_of_more_than_256_kilobytes_is_refused_whoever_sends_it(
    visitor: Visitor, signed_in: Visitor
) -> None:
    for someone in (visitor, signed_in):
        assert someone.callback(search_box("x" * 263_000)).status_code == 413
        assert someone.post("/login", data={"email": "x" * 263_000}).status_code == 413
    assert signed_in.callback(search_box("x" * 200_000)).status_code == 200


MISSHAPEN: list[Any] = [
    [],
    "text",
    7,
    {},
    {"output": "learner-search-found.children"},
    {"output": "no-such.children", "inputs": [], "changedPropIds": []},
    {"output": ["learner-search-found.children"]},
    {**search_box("x"), "inputs": "x"},
    {**search_box("x"), "inputs": []},
    {**search_box("x"), "inputs": [prop("learner-search", "data", "x")] * 2},
    {**search_box("x"), "inputs": [prop("other", "value", "x")]},
    {**search_box("x"), "inputs": [prop("learner-search", "children", "x")]},
    {**search_box("x"), "inputs": [[prop("learner-search", "data", "x")]]},
    {**search_box("x"), "inputs": [{"id": {"type": "learner-search"}, "property": "data"}]},
    {**search_box("x"), "inputs": [None]},
    {**search_box("x"), "state": [prop("learner-search", "data", "x")]},
    {**search_box("x"), "state": None},
    {**search_box("x"), "changedPropIds": None},
    {**search_box("x"), "changedPropIds": [1]},
    {**search_box("x"), "outputs": None},
    {**search_box("x"), "outputs": []},
    {**search_box("x"), "outputs": {"id": "status", "property": "children"}},
    {**search_box("x"), "outputs": {"id": "learner-search-found", "property": "style"}},
    search_box("nul \0 in it"),
    search_box("half a \ud800 pair"),
    search_box({"deep": json.loads("[" * 40 + "]" * 40)}),
]


@pytest.mark.parametrize("body", MISSHAPEN, ids=range(len(MISSHAPEN)))
def test_a_callback_that_is_not_as_declared_is_refused_before_dash_sees_it(
    signed_in: Visitor, body: Any
) -> None:
    answer = signed_in.callback(body)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"output": NaN'])
def test_what_is_not_json_is_refused(signed_in: Visitor, visitor: Visitor, body: bytes) -> None:
    for someone in (signed_in, visitor):
        answer = someone.post(
            CALLBACKS, data=body, content_type="application/json", headers=someone.csrf_header()
        )
        assert answer.status_code == 400


json_values = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
ALLOWED = {200, 204, 400, 401, 403, 404, 409, 413, 415}


@pytest.fixture
def anything_goes(signed_in: Visitor) -> Callable[[Any], None]:
    headers = signed_in.csrf_header()

    def post(body: Any) -> None:
        answer = signed_in.post(
            CALLBACKS, data=json.dumps(body), content_type="application/json", headers=headers
        )
        assert answer.status_code in ALLOWED
        assert "Traceback" not in answer.text

    return post


fuzzing = hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzzing
@given(body=json_values)
def test_no_body_at_all_makes_the_server_fail(anything_goes: Callable[[Any], None], body: Any) -> None:
    anything_goes(body)


@fuzzing
@given(data=strategies.data())
def test_no_value_makes_a_declared_callback_fail(
    app: Dash, anything_goes: Callable[[Any], None], data: strategies.DataObject
) -> None:
    """Every callback of the app, with any value in every input, and one part of its request replaced."""
    names = sorted(name for name, found in app.callback_map.items() if "callback" in found)
    name = data.draw(strategies.sampled_from(names))
    values = (data.draw(json_values) for _ in count())
    body = declared_call(name, app.callback_map[name], values)
    spoilt = data.draw(strategies.sampled_from(["nothing", *body]))
    anything_goes(body if spoilt == "nothing" else {**body, spoilt: data.draw(json_values)})


@pytest.mark.parametrize(
    "text", ["%%%", "___", "' OR 1=1 --", "x' UNION SELECT name FROM person --", "\\%", "a;b"]
)
def test_what_is_searched_for_is_never_read_as_sql(signed_in: Visitor, college: Session, text: str) -> None:
    organisation = college.scalars(select(models.Organisation)).one()
    make.planned_learner(college, make.cohort(college, make.department(college, organisation)))
    college.commit()
    assert "Nobody of that name among your learners" in signed_in.callback(search_box(text)).text


# --- policies ------------------------------------------------------------------------------------------


def test_an_app_with_a_callback_that_declares_no_policy_does_not_start() -> None:
    app = Dash("routebook_test", add_log_handler=False, enable_mcp=False)

    def undeclared(value: Any) -> Any:
        return value

    app.callback(Output("a", "children"), Input("b", "value"))(undeclared)
    with pytest.raises(LookupError, match="undeclared declares no policy"):
        policy.require_policies(app.callback_map)


def test_who_has_none_of_the_rights_that_a_callback_names_is_refused_before_it_runs(
    settings: Settings, college: Session, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []

    @policy.writes(models.Writes.PLANS)
    def save(value: Any) -> Any:
        ran.append(value)
        return "saved"

    monkeypatch.setattr(
        "callbacks.home.register",
        lambda app: app.callback(Output("a", "children"), Input("b", "value"))(save),
    )
    app = create_app(settings)
    here = make.organisation(college)
    body = call("a.children", {"id": "a", "property": "children"}, [prop("b", "value", 1)])
    expected = {"tutor": 200, "administrator": 200, "teacher": 403, "quality-lead": 403, "learner": 403}
    for role, status in expected.items():
        email = f"{role}@college.example"
        make.person(college, here, role, email=email, password_hash=password_hash)
        college.commit()
        someone = Visitor(app.server)
        someone.sign_in(email)
        assert someone.callback(body).status_code == status, role
    assert len(ran) == 2
    app.server.extensions["routebook_engine"].dispose()
