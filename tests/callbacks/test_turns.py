"""One request at a time, and none held up by one that takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.test import Client

import turns

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Ask = Callable[..., Future[None]]
SOON = 10
"""Seconds that nothing here takes, unless it never ends."""


class Application:
    """Answers /slow when it is let go, /broken never, everything else at once."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.answered = Event(), Event(), list[str]()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/broken":
            raise RuntimeError
        if path == "/slow":
            self.begun.set()
            assert self.let_go.wait(SOON)
        self.answered.append(path)
        start_response("200 OK", [])
        return [b""]


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def asking(application: Application) -> Iterator[Ask]:
    client = Client(turns.Turns(application))
    with ThreadPoolExecutor(4) as pool:
        yield lambda path, data=b"": pool.submit(lambda: client.post(path, data=data).close())
        application.let_go.set()


def test_a_page_waits_for_the_one_before(
    application: Application, asking: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", SOON)
    slow = asking("/slow")
    assert application.begun.wait(SOON)
    page = asking("/learner/1")
    asking("/assets/routebook.css").result(SOON)
    assert not page.done()
    application.let_go.set()
    slow.result(SOON)
    page.result(SOON)
    assert application.answered == ["/assets/routebook.css", "/slow", "/learner/1"]


def test_one_that_takes_long_stops_nobody(
    application: Application, asking: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    slow = asking("/slow")
    assert application.begun.wait(SOON)
    asking("/learner/1").result(SOON)
    asking("/learner/2").result(SOON)
    assert not slow.done()


def test_nobody_waits_for_an_upload_that_comes_slowly(
    application: Application, asking: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", -1)
    monkeypatch.setattr(turns, "UPLOAD", 3)
    upload = asking("/slow", data=b"a scan")
    assert application.begun.wait(SOON)
    asking("/learner/1", data=b"ok").result(SOON)
    assert not upload.done()


def test_an_error_ends_its_turn(
    application: Application, asking: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", -1)  # for ever
    with pytest.raises(RuntimeError):
        asking("/broken").result(SOON)
    asking("/learner/1").result(SOON)


def test_the_server_takes_turns_on_sqlite(server: Flask) -> None:
    assert isinstance(server.wsgi_app, turns.Turns)
