"""How long until a page's data is visible in Chromium, cold and warm, and what it loads."""

from __future__ import annotations

import shutil
import statistics
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Visible:
    """Medians over the visits, in milliseconds; requests and kilobytes of one cold visit."""

    name: str
    cold_ms: float
    warm_ms: float
    requests: int
    kilobytes: float


@dataclass(frozen=True)
class Visit:
    """A page to open: its address and what is in view once its data is."""

    name: str
    address: str
    shows: str


def measure(
    visits: list[Visit], cookies: list[dict[str, Any]], *, times: int = 9, base_of: dict[str, str]
) -> list[Visible]:
    """Each page in turn, round after round, so that all share the machine's better and worse moments.

    Cold is a browser that has never been here, warm the same address once more in the same browser.
    """
    seconds: dict[str, tuple[list[float], list[float]]] = {visit.name: ([], []) for visit in visits}
    loads: dict[str, tuple[int, float]] = {}
    with sync_playwright() as play:
        for _ in range(times):
            for visit in visits:
                browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                context = _context(browser, cookies)
                page = context.new_page()
                counted = _count(page, context)
                address = base_of[visit.name] + visit.address
                seconds[visit.name][0].append(_until_visible(page, address, visit.shows))
                page.wait_for_load_state("networkidle")
                loads[visit.name] = (int(counted["requests"]), counted["bytes"] / 1024)
                seconds[visit.name][1].append(_until_visible(page, address, visit.shows))
                browser.close()
    return [
        Visible(
            visit.name,
            statistics.median(seconds[visit.name][0]) * 1000,
            statistics.median(seconds[visit.name][1]) * 1000,
            *loads[visit.name],
        )
        for visit in visits
    ]


def _context(browser: Browser, cookies: list[dict[str, Any]]) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)  # type: ignore[arg-type]  # plain dicts of the right shape
    return context


def _count(page: Page, context: BrowserContext) -> dict[str, float]:
    """Requests made and bytes received over the wire, headers aside, as the browser counts them; what
    stands in a style sheet itself (`data:`) isn't asked for."""
    counted: dict[str, float] = {"requests": 0, "bytes": 0}
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        counted["requests"] += not event["request"]["url"].startswith("data:")

    def received(event: dict[str, Any]) -> None:
        counted["bytes"] += event["encodedDataLength"]

    devtools.on("Network.requestWillBeSent", asked)
    devtools.on("Network.loadingFinished", received)
    return counted


def _until_visible(page: Page, address: str, shows: str) -> float:
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(shows).first.wait_for(state="visible", timeout=60_000)
    return time.perf_counter() - began
