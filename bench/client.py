"""A signed-in client that speaks to the server as a browser does: pages, callbacks, cookies, gzip."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from components import ids

PAGE_OUTPUT = "_pages_content.children"


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    wire_bytes: int
    queries: int
    wire: bytes

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.wire) if self.wire[:2] == b"\x1f\x8b" else self.wire


class Client:
    """One connection, kept open."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.connection = http.client.HTTPConnection(host, port, timeout=120)
        self.cookies: dict[str, str] = {}
        self._page_callback: dict[str, Any] | None = None

    def copy(self) -> Client:
        """The same person on another connection."""
        other = Client(self.host, self.port)
        other.cookies = dict(self.cookies)
        other._page_callback = self._page_callback
        return other

    def request(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, sent | (headers or {}))
            response = self.connection.getresponse()
        except ConnectionError:  # the server closes connections that were idle
            self.connection.close()
            began = time.perf_counter()
            self.connection.request(method, path, body, sent | (headers or {}))
            response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        queries = int(response.headers.get("X-Bench-Queries", "0"))
        return Answer(response.status, seconds, len(content), queries, content)

    def sign_in(self, email: str, password: str) -> None:
        page = self.request("GET", "/login")
        token = re.search(rb'name="?csrf_token"?[^>]*value="([^"]+)"', page.body)
        assert token, "no CSRF token on the sign-in page"
        form = urlencode({"email": email, "password": password, "csrf_token": token[1].decode()})
        answer = self.request("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status in (302, 303), f"sign-in answered {answer.status}"

    def page(self, path: str) -> Answer:
        """What Dash's renderer asks for when an address is opened: the one callback that draws the page."""
        if self._page_callback is None:
            self._page_callback = self._find_page_callback()
        pathname, _, search = path.partition("?")
        values = {"pathname": pathname, "search": f"?{search}" if search else ""}
        body = {
            "output": self._page_callback["output"],
            "outputs": [
                {"id": "_pages_content", "property": "children"},
                {"id": "_pages_store", "property": "data"},
            ],
            "inputs": [
                {"id": ids.LOCATION, "property": item["property"], "value": values[item["property"]]}
                for item in self._page_callback["inputs"]
            ],
            "changedPropIds": [f"{ids.LOCATION}.pathname"],
            "parsedChangedPropsIds": [f"{ids.LOCATION}.pathname"],
            "state": [],
        }
        return self.request("POST", "/_dash-update-component", json.dumps(body), self.callback_headers())

    def callback_headers(self) -> dict[str, str]:
        token = next((value for name, value in self.cookies.items() if "csrf" in name.lower()), "")
        return {"Content-Type": "application/json", "X-CSRFToken": token}

    def _find_page_callback(self) -> dict[str, Any]:
        for callback in json.loads(self.request("GET", "/_dash-dependencies").body):
            if PAGE_OUTPUT in callback["output"]:
                found: dict[str, Any] = callback
                return found
        raise LookupError("the app has no page callback")
