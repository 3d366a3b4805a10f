"""One request at a time in each server process, as long as each is brief.

On SQLite a request hardly waits for anything but the processor, of which Python gives a process no more than
one: four at once take longer than the four by turns, and each as long as the slowest. A request that waits
for another longer than `PATIENCE` goes on beside it, so that an export or a slow line stops nobody.
docs/decisions/0022 has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wsgi import get_content_length

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.25
"""Seconds: some ten pages' time."""
FILES = ("/assets/", "/_dash-component-suites/")
UPLOAD = 50_000
"""Bytes of a request from which on it waits for its sender, rather than for the processor."""


def install(server: Flask) -> None:
    """Files wait for nobody, since a page needs all of its own; nor does anybody wait for an upload."""
    server.wsgi_app = Turns(server.wsgi_app)  # type: ignore[method-assign]  # how Flask's manual wraps it


class Turns:
    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(FILES) or (get_content_length(environ) or 0) > UPLOAD:
            return self._application(environ, start_response)
        mine = self._turn.acquire(timeout=PATIENCE)
        try:
            return self._application(environ, start_response)
        finally:
            if mine:
                self._turn.release()
