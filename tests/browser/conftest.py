"""A live server on a copy of the demo college, and pages of it signed in as each of its people."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, make_url

from data.database import make_engine
from tests.browser.looking import Complaints, go

ROOT = Path(__file__).parents[2]
PASSWORD = "routebook-demo"
HOST = "127.0.0.1"
START_SECONDS = 60
PATIENCE = 15_000
"""Milliseconds that a page has, of which other browsers and servers may take the most."""
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Server:
    """The app as `app.py run` serves it."""

    address: str
    database_url: str
    log: Path


@pytest.fixture(scope="session")
def server(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves a copy of the demo college for the whole test run.

    A test that changes something chooses a target or learner that no other test looks at closely.
    """
    with serving(copy_of(demo_database, tmp_path_factory)) as served:
        yield served


def copy_of(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo college of one's own."""
    folder = tmp_path_factory.mktemp("served")
    return Path(shutil.copy(str(make_url(demo_database).database), folder / "routebook.db"))


@contextmanager
def serving(database: Path) -> Iterator[Server]:
    """Serves a SQLite file as `app.py run` does."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    served = Server(f"http://{HOST}:{port}", f"sqlite:///{database}", database.with_name("log.txt"))
    ours = ("ROUTEBOOK_", "DATABASE_URL", "HOST", "PORT")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"DATABASE_URL": served.database_url, "HOST": HOST, "PORT": str(port)}
    environment["ROUTEBOOK_EVIDENCE_FOLDER"] = str(database.with_name("evidence"))
    with served.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_until_it_answers(served, process)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"{server.address}/healthz", timeout=5).close()
        except URLError:
            time.sleep(0.1)  # between two questions; nothing tells when a server is up
        else:
            return
    pytest.fail(f"The server didn't start:\n{server.log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def served_engine(server: Server) -> Iterator[Engine]:
    """The served database, to look things up in and to change them as if elsewhere."""
    engine = make_engine(server.database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    assert chromium, "The browser tests need Chromium: sudo apt-get install chromium"
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_OPTIONS}


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    return server.address


def sign_in(page: Page, role: str) -> None:
    """Sign in as the admin, head, tutor or learner of the demo college."""
    page.goto("/login")
    page.fill("[name=email]", f"{role}@demo.routebook.example")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)


@pytest.fixture(scope="session")
def signed_in_state(browser: Browser, base_url: str) -> Callable[[str], Any]:
    """The cookies of each role, from one sign-in for the whole test run."""
    states: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in states:
            context = browser.new_context(base_url=base_url)
            sign_in(context.new_page(), role)
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state


@pytest.fixture
def complaints(server: Server) -> Iterator[Complaints]:
    """Fails the test when the browser complained of something, or the server logged an unforeseen error.

    A test that provokes a complaint allows it: `complaints.expect("Failed to load resource")`.
    """
    heard = Complaints(HOST)
    logged = server.log.stat().st_size
    yield heard
    with server.log.open() as log:
        log.seek(logged)
        heard.heard += [f"server: {line.strip()}" for line in log if '"level": "error"' in line]
    assert heard.unexpected() == []


OpenPage = Callable[..., Page]


@pytest.fixture
def page_as(complaints: Complaints, new_context: Any, signed_in_state: Callable[[str], Any]) -> OpenPage:
    """`page_as("tutor", "/cohort/1", viewport={"width": 390, "height": 844})`: the page, ready, in a browser
    of its own, signed in as admin, head, tutor or learner, or as nobody where the role is None."""

    def open_page(role: str | None, address: str | None = None, **options: Any) -> Page:
        state = signed_in_state(role) if role else None
        page: Page = new_context(storage_state=state, **options).new_page()
        complaints.listen(page)
        return go(page, address) if address else page

    return open_page
