"""A visitor: the app's test client, signed in through the form, posting callbacks as Dash's scripts do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

CALLBACKS = "/_dash-update-component"
CSRF_COOKIE = "__Host-routebook-csrf"
SESSION_COOKIE = "__Host-routebook"
PASSWORD = "kettle bicycle thunder"


class Visitor:
    """One browser of its own."""

    def __init__(self, server: Flask, address: str = "192.0.2.1") -> None:
        self.client = server.test_client()
        self.address = address

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="GET", **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="POST", **options)

    def open(self, path: str, **options: Any) -> TestResponse:
        return self.client.open(path, environ_base={"REMOTE_ADDR": self.address}, buffered=True, **options)

    def post_form(self, page: str, fields: dict[str, str], *, to: str | None = None) -> TestResponse:
        """Fill in the form of a page and send it."""
        return self.post(to or page, data={"csrf_token": self.form_token(page)} | fields)

    def form_token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post_form("/login", {"email": email, "password": password} | fields)

    def csrf_header(self) -> dict[str, str]:
        """The header that Dash's scripts make of the cookie which came with the page."""
        if not self.client.get_cookie(CSRF_COOKIE):
            self.get("/signed-in")
        cookie = self.client.get_cookie(CSRF_COOKIE)
        return {"X-CSRFToken": cookie.value} if cookie else {}

    def write(self, kind: str, fields: dict[str, Any], **options: Any) -> TestResponse:
        """Send a form as assets/writing.js does."""
        answer = self.post(f"/write/{kind}", data=fields, headers=self.csrf_header(), **options)
        assert "Something went wrong on our side" not in answer.text, (kind, fields)
        return answer

    def callback(self, body: Any, **options: Any) -> TestResponse:
        headers = self.csrf_header() | options.pop("headers", {})
        answer = self.post(CALLBACKS, json=body, headers=headers, **options)
        assert "Something went wrong on our side" not in answer.text, body
        return answer


def prop(component: str | dict[str, Any], name: str, value: Any = None) -> dict[str, Any]:
    """An input or state, as Dash's scripts send it."""
    return {"id": component, "property": name, "value": value}


def call(
    output: str, outputs: Any, inputs: Sequence[Any], state: Sequence[Any] = (), changed: Sequence[str] = ()
) -> dict[str, Any]:
    """The body of a callback, as Dash's scripts send it."""
    return {
        "output": output,
        "outputs": outputs,
        "inputs": list(inputs),
        "state": list(state),
        "changedPropIds": list(changed),
        "parsedChangedPropsIds": list(changed),
    }


def declared_call(name: str, registered: dict[str, Any], values: Iterator[Any]) -> dict[str, Any]:
    """The body of one of the app's callbacks, as registered, with the values of its inputs and states."""

    def sent(component: str, of: str) -> Any:
        if not component.startswith("{"):
            return {"id": component, "property": of}
        pattern = json.loads(component)
        one = {
            "id": {key: "x" if isinstance(part, list) else part for key, part in pattern.items()},
            "property": of,
        }
        return [one] if any(part in (["ALL"], ["ALLSMALLER"]) for part in pattern.values()) else one

    def with_value(component: str, of: str) -> Any:
        one = sent(component, of)
        (one[0] if isinstance(one, list) else one)["value"] = next(values)
        return one

    output = registered["output"]
    several = isinstance(output, list | tuple)
    outputs = [
        sent(one.component_id_str(), one.component_property) for one in (output if several else [output])
    ]
    return call(
        name,
        outputs if several else outputs[0],
        [with_value(one["id"], one["property"]) for one in registered["inputs"]],
        [with_value(one["id"], one["property"]) for one in registered["state"]],
        [f"{one['id']}.{one['property']}" for one in registered["inputs"][:1]],
    )


def open_page(path: str, search: str = "") -> dict[str, Any]:
    """The callback by which Dash's pages draw an address."""
    return call(
        ".._pages_content.children..._pages_store.data..",
        [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        [prop("_pages_location", "pathname", path), prop("_pages_location", "search", search)],
        changed=["_pages_location.pathname"],
    )


def search_box(text: Any) -> dict[str, Any]:
    """The callback of the box that finds a learner."""
    return call(
        "learner-search-found.children",
        {"id": "learner-search-found", "property": "children"},
        [prop("learner-search", "data", text)],
        changed=["learner-search.data"],
    )
