"""One request at a time in each server process, as long as each is brief.

On SQLite a request hardly waits for anything but the processor, of which Python gives a process no more than
one: four at once take longer than the four by turns, and each as long as the slowest. A request that waits
for another longer than `PATIENCE` goes on beside it, so that an export or a peer's slow line stops nobody.
docs/decisions/0022 has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.25
"""Seconds: some ten pages' time."""
FILES = ("/assets/", "/_dash-component-suites/")


def install(server: Flask) -> None:
    """Files wait for nobody: they come from memory, and a page needs all of its own."""
    server.wsgi_app = Turns(server.wsgi_app)  # type: ignore[method-assign]  # how Flask's manual wraps it


class Turns:
    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(FILES):
            return self._application(environ, start_response)
        mine = self._turn.acquire(timeout=PATIENCE)
        try:
            return self._application(environ, start_response)
        finally:
            if mine:
                self._turn.release()
