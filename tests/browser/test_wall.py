"""A wall's screen over hours and days, on a simulated clock, through a proxy that breaks what can break."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select, update

from callbacks.walls import KNOWN_SECONDS
from data import models
from data.database import make_engine, writing
from data.sign_in import hash_of
from tests import factories as make
from tests.browser.conftest import HOST, Server, copy_of, serving

START = datetime(2027, 1, 11, 10, 42, tzinfo=UTC)
LANDSCAPE = {"width": 1920, "height": 1080}
SMALLEST_TEXT = 32
MOST_HEAP, MOST_NODES = 8_000_000, 6_000
MORE_HEAP = 500_000
"""Bytes of script's memory and elements that a wall may take, and how much more after three days."""

SHOWN = "document.querySelector('.board:not([hidden])').dataset.kind"
LOOK = """(at) => {
    const boards = Array.from(document.querySelectorAll(".board")), board = boards[at];
    boards.forEach((one) => { one.hidden = one !== board; });
    const edge = board.getBoundingClientRect(), beyond = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let smallest = Infinity;
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, place = element.getBoundingClientRect();
        const unseen = !place.width || element.closest(".visually-hidden, script");
        if (unseen || !texts.currentNode.data.trim()) continue;
        smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize));
        const out = place.right > edge.right + 1 || place.bottom > edge.bottom + 1;
        if (out && board.contains(element)) beyond.push(element.textContent);
    }
    const tiles = board.querySelectorAll(".tiles > li").length;
    return { smallest, beyond, tiles, rows: board.querySelectorAll("tbody tr").length };
}"""
"""Shows one board; tells its smallest text, what lies beyond its edge, how many tiles and rows it has."""


@dataclass
class Proxy:
    """Stands between a screen and the server; tells the screen the simulated time as the server's.

    `fault` is what happens to each answer: "" nothing, else down, error, cut, foreign (another system),
    gone (as of a wall that has expired) or late (it never comes, as far as the screen is concerned).
    """

    upstream: str
    now: datetime = START
    fault: str = ""
    version: str = "first"
    """Told instead of the server's own; on pages too, unless two servers tell different ones in turn."""
    flapping: bool = False
    pages: int = 0
    asked: int = 0
    address: str = ""
    late: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        boards = handler.path == "/wall/boards"
        self.asked += boards
        self.pages += handler.path.startswith("/wall/") and not boards
        if boards and self.fault == "late":
            self.late.wait(30)
        if self.fault in ("down", "late"):
            handler.close_connection = True
            return
        if boards and self.fault in ("error", "foreign"):
            _send(handler, 500 if self.fault == "error" else 200, {}, b"<!DOCTYPE html><p>Please log in</p>")
            return
        if boards and self.fault == "gone":
            _send(handler, 410, {}, b'{"gone": "This wall\'s time is over", "advice": "Ask."}')
            return
        try:
            status, headers, body = self._ask(handler)
        except OSError:
            handler.close_connection = True
            return
        if boards:
            told = str(int(self.now.timestamp() * 1000))
            headers = headers | {"X-Wall-Now": told, "X-Wall-As-At": told}
            headers |= {"X-Wall-Version": self.version}
        elif not self.flapping:
            body = re.sub(rb'data-version="\w+"', f'data-version="{self.version}"'.encode(), body)
        cut = boards and self.fault == "cut"
        _send(handler, status, headers, body, sent=len(body) // 2 if cut else None)

    def _ask(self, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(urlsplit(self.upstream).netloc, timeout=20)
        # Only what is sent anew can be cut in half.
        kept = ("Authorization",) if self.fault == "cut" else ("Authorization", "If-None-Match")
        headers = {name: handler.headers[name] for name in kept if handler.headers[name]}
        connection.request("GET", handler.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        named = {"content-type", "etag", "content-security-policy", "cache-control"}
        kept_headers = {name: value for name, value in answer.getheaders() if name.lower() in named}
        kept_headers |= {name: value for name, value in answer.getheaders() if name.startswith("X-Wall")}
        connection.close()
        return answer.status, kept_headers, body


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    headers: dict[str, str],
    body: bytes,
    sent: int | None = None,
) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:sent])
    handler.close_connection = sent is not None


@dataclass
class Hall:
    """A server of its own with walls, and the screen that hangs there."""

    proxy: Proxy
    database: Path
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    asking: set[Request] = field(default_factory=set)
    """What screens have asked for their boards and not heard yet."""

    def hang(self, token: str, viewport: Any = LANDSCAPE, *, clock: bool = True) -> Page:
        """A screen that has just been switched on, on a simulated clock unless told otherwise."""
        context = self.browser.new_context(base_url=self.proxy.address, viewport=viewport)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self._asks(request))
        page.on("requestfinished", lambda request: self.asking.discard(request))
        page.on("requestfailed", lambda request: self.asking.discard(request))
        if clock:
            page.clock.install(time=self.proxy.now)
        page.goto(f"/wall/{token}")
        return page

    def wait(self, page: Page, seconds: float, step: float = 15) -> None:
        """Let time pass for the screen and on the server's clock, in steps shorter than a screen's patience:
        what it asks for in one is answered before the next."""
        while seconds > 0:
            passed = min(step, seconds)
            self.proxy.now += timedelta(seconds=passed)
            page.clock.run_for(int(passed * 1000))
            while self.asking and self.proxy.fault != "late":
                page.wait_for_timeout(2)
            self.settle(page)
            seconds -= passed

    def _asks(self, request: Request) -> None:
        if request.url.endswith("/wall/boards"):
            self.asking.add(request)

    def settle(self, page: Page) -> None:
        """The page has dealt with what it heard; it may have loaded itself anew."""
        try:
            page.evaluate("0")
        except PlaywrightError:
            page.wait_for_load_state()
            state(page, "showing")

    def wait_for(self, page: Page, expected: str, seconds: float, step: float = 15) -> None:
        """Let time pass until the screen is in a state, so many seconds at most."""
        while page.get_attribute("body", "data-state") != expected and seconds > 0:
            self.wait(page, step, step)
            seconds -= step
        state(page, expected)

    def change(self, token: str, **values: Any) -> None:
        engine = make_engine(f"sqlite:///{self.database}")
        with writing(engine) as session:
            session.execute(
                update(models.Wall).where(models.Wall.token_hash == hash_of(token)).values(**values)
            )
        engine.dispose()


@pytest.fixture(scope="module")
def database(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo college with a wall for each test."""
    path = copy_of(demo_database, tmp_path_factory)
    engine = make_engine(f"sqlite:///{path}")
    kinds = tuple(models.BoardKind)
    with writing(engine) as session:
        organisation = session.scalars(select(models.Organisation)).one()
        department = session.scalars(select(models.Department.id).order_by(models.Department.id)).first()
        night_and_day = {
            "shows_from": time_of_day(0),
            "shows_until": time_of_day(0),
            "notice": "Open evening",
        }
        of = {"department_id": department} | night_and_day
        for token, boards in (
            ("one", kinds[:1]),
            ("two", kinds[:2]),
            ("seven", kinds),
            ("faults", kinds[:2]),
        ):
            make.wall(session, organisation, *boards, token=token, **of)
        day = {"shows_from": time_of_day(7), "shows_until": time_of_day(18), "department_id": department}
        make.wall(session, organisation, *kinds[:1], token="day", **day)
        make.wall(session, organisation, *kinds, token="upright", orientation="portrait", **of)
        make.wall(session, organisation, *kinds, token="large", scale=125, theme="light", **of)
        make.wall(session, organisation, *kinds, token="whole", **night_and_day)
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def running(database: Path) -> Iterator[list[ExitStack]]:
    """The walls' own server, which a test may kill and start again."""
    stack = ExitStack()
    served: Server = stack.enter_context(serving(database))
    stack.served = served  # type: ignore[attr-defined]
    holder = [stack]
    yield holder
    holder[0].close()


@pytest.fixture
def hall(browser: Browser, database: Path, running: list[ExitStack]) -> Iterator[Hall]:
    proxy = Proxy(running[0].served.address)  # type: ignore[attr-defined]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                proxy.answer(self)
            except ConnectionError:  # the screen didn't wait
                self.close_connection = True

        def log_message(self, *_said: Any) -> None:
            pass

    listener = ThreadingHTTPServer((HOST, 0), Handler)
    listener.daemon_threads = True
    proxy.address = f"http://{HOST}:{listener.server_port}"
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    made = Hall(proxy, database, browser)
    yield made
    for context in made.contexts:
        context.close()
    proxy.late.set()
    listener.shutdown()
    listener.server_close()


def state(page: Page, expected: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-state", expected)


def as_at(page: Page) -> str:
    """The time that the figures on the screen are of."""
    return page.inner_text("#as-at")[len("As at ") :][:5]


# --- faults --------------------------------------------------------------------------------------------


def test_a_wall_keeps_its_picture_says_how_old_it_is_and_recovers_alone_from_every_fault(
    hall: Hall, running: list[ExitStack], database: Path
) -> None:
    page = hall.hang("faults")
    state(page, "showing")
    expect(page.locator("#as-at")).to_contain_text("As at 10:42 · Newest record:")
    expect(page.locator("#clock")).to_contain_text("10:42 Monday")
    picture = page.inner_text(".board:not([hidden]) table")
    for fault in ("error", "cut", "foreign", "late", "down"):
        hall.proxy.fault = fault
        told = as_at(page)
        hall.wait(page, 40)
        state(page, "showing")
        hall.wait(page, 90)
        state(page, "stale")
        expect(page.locator("#silence")).to_have_text(f"last updated {told}, reconnecting")
        expect(page.locator("#boards")).to_have_css("opacity", "0.35")
        assert page.locator(".board:not([hidden]) table").count() == 1
        hall.proxy.fault = ""
        hall.proxy.late.set()
        hall.wait_for(page, "showing", 100)
        expect(page.locator("#silence")).to_be_empty()
    # The server itself is killed for ten minutes.
    running[0].close()
    hall.wait(page, 600)
    state(page, "stale")
    stack = ExitStack()
    stack.served = stack.enter_context(serving(database))  # type: ignore[attr-defined]
    running[0] = stack
    hall.proxy.upstream = stack.served.address  # type: ignore[attr-defined]
    hall.wait_for(page, "showing", 100)
    # Silence for more than an hour leaves a clock; then the figures come back by themselves.
    hall.proxy.fault = "down"
    told = as_at(page)
    hall.wait(page, 3700, step=60)
    state(page, "blank")
    silent = f"No answer from Routebook: last updated {told}, reconnecting"
    expect(page.locator("#silence")).to_have_text(silent)
    expect(page.locator("#silence")).to_be_visible()
    expect(page.locator("#boards")).to_be_hidden()
    assert page.inner_text("#time") == f"{hall.proxy.now:%H:%M}"
    hall.proxy.fault = ""
    hall.wait_for(page, "showing", 100)
    assert hall.proxy.pages == 1, "all that without loading the page again"
    assert "E2-1" in picture
    # Expired: in large letters, without a figure, and seldom asked again, until it works longer.
    hall.proxy.fault = "gone"
    hall.wait_for(page, "gone", 100)
    assert page.locator(".board").count() == 0
    assert page.locator("#heading").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 96
    asked = hall.proxy.asked
    hall.wait(page, 3600)
    assert 2 <= hall.proxy.asked - asked <= 6
    hall.proxy.fault = ""
    hall.wait_for(page, "showing", 1200)
    # Revoked, by the server itself.
    hall.change("faults", revoked_at=START)
    page.wait_for_timeout(KNOWN_SECONDS * 1000)
    hall.wait_for(page, "gone", 200)
    expect(page.locator("#heading")).to_have_text("This wall has been switched off")
    assert page.locator(".board").count() == 0


# --- time ----------------------------------------------------------------------------------------------


def test_a_wall_keeps_its_hours_reloads_by_night_and_for_a_new_version_and_follows_summer_time(
    hall: Hall,
) -> None:
    hall.proxy.now = datetime(2027, 3, 27, 17, 58, tzinfo=UTC)
    page = hall.hang("day")
    state(page, "showing")
    hall.wait(page, 150)
    state(page, "dark")
    expect(page.locator("#boards")).to_be_hidden()
    assert page.inner_text("#time") == "18:00"
    page.close()
    hall.proxy.now = datetime(2027, 3, 28, 0, 58, tzinfo=UTC)
    page = hall.hang("one")
    state(page, "showing")
    assert page.inner_text("#time") == "00:58"
    hall.wait(page, 150)
    assert page.inner_text("#time") == "02:00", "the clocks went forward at one"
    state(page, "showing")
    pages = hall.proxy.pages
    hall.wait(page, 3.2 * 3600, step=60)
    assert hall.proxy.pages == pages + 1, "one reload between half past three and five"
    hall.wait(page, 90)  # steps longer than its patience let answers come too late
    state(page, "showing")
    hall.wait(page, 3600, step=60)
    hall.proxy.version = "another"
    hall.wait(page, 300)
    assert hall.proxy.pages == pages + 2, "one reload for a new version"
    page.close()
    page = hall.hang("one", clock=False)
    state(page, "showing")
    hall.proxy.version, hall.proxy.flapping = "other", True
    pages = hall.proxy.pages
    page.reload()
    state(page, "showing")
    page.reload()
    state(page, "showing")
    assert hall.proxy.pages == pages + 2, "a page that was just reloaded doesn't reload itself again"


def test_walls_of_one_two_and_seven_boards_run_for_three_days_in_flat_memory_and_stay_walls(
    hall: Hall,
) -> None:
    screens = {token: hall.hang(token) for token in ("one", "two", "seven")}
    before = {}
    for token, page in screens.items():
        state(page, "showing")
        page.evaluate("document.body.dataset.nightly = 'false'")
        before[token] = memory(page)
        assert before[token]["heap"] < MOST_HEAP
        assert before[token]["nodes"] < MOST_NODES
    shown: dict[str, set[str]] = {token: set() for token in screens}
    for _ in range(72 * 3):
        hall.proxy.now += timedelta(minutes=20, seconds=-1)
        for token, page in screens.items():
            page.clock.fast_forward(1_199_000)
            shown[token].add(page.evaluate(SHOWN))
    for token, page in screens.items():
        hall.wait(page, 90)
        state(page, "showing")
        assert urlsplit(page.url).path == f"/wall/{token}"
        assert page.locator(".board:not([hidden])").count() == 1
        after = memory(page)
        assert after["nodes"] <= before[token]["nodes"] + 50
        assert after["heap"] < before[token]["heap"] + MORE_HEAP
    assert hall.proxy.pages == 3
    assert {token: len(kinds) for token, kinds in shown.items()} == {"one": 1, "two": 2, "seven": 7}


def memory(page: Page) -> dict[str, float]:
    """What the page holds after its garbage is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    nodes = session.send("Memory.getDOMCounters")["nodes"]
    session.detach()
    return {"heap": heap, "nodes": nodes}


# --- readable from five metres -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "viewport", "smallest"),
    [
        ("seven", LANDSCAPE, SMALLEST_TEXT),
        ("whole", {"width": 3840, "height": 2160}, 2 * SMALLEST_TEXT),
        ("upright", {"width": 1080, "height": 1920}, SMALLEST_TEXT),
        ("upright", LANDSCAPE, SMALLEST_TEXT),
        ("large", LANDSCAPE, 1.25 * SMALLEST_TEXT),
    ],
    ids=["1080p", "4K", "upright", "upright, unknown to the computer", "large"],
)
def test_every_board_is_readable_and_whole(
    hall: Hall, token: str, viewport: dict[str, int], smallest: float
) -> None:
    page = hall.hang(token, viewport, clock=False)
    state(page, "showing")
    for number in range(page.locator(".board").count()):
        found = page.evaluate(LOOK, number)
        assert found["smallest"] >= smallest
        assert found["rows"] <= 12
        assert found["tiles"] <= 6
        assert found["beyond"] == []
