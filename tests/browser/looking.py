"""What every browser test does: open a page, wait until it is ready, hear complaints, run axe."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Page, Request

READY_SECONDS = 15
READY = """timeout => new Promise((answer) => {
    const root = document.documentElement, isReady = () => root.dataset.ready === "true";
    if (!root) return setTimeout(() => answer(false), 20);
    if (isReady()) return answer(true);
    new MutationObserver(() => isReady() && answer(true)).observe(root, { attributeFilter: ["data-ready"] });
    setTimeout(() => answer(false), timeout);
})"""
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # Nothing but violations is looked at, and no rule of these needs what axe would fetch ahead.
    "resultTypes": ["violations"],
    "preload": False,
}

SMALL_TARGETS = """() => {
    const pressed = "a[href],button,summary,select,textarea,"
        + "input:not([type=checkbox],[type=radio],[type=hidden])";
    const inSentence = (one) => getComputedStyle(one).display === "inline"
        && one.parentElement.textContent.trim().length > one.textContent.trim().length + 12;
    return [...document.querySelectorAll(pressed)]
        .filter((one) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
        .filter((one) => !one.closest(".skip-link,.ag-root,.visually-hidden") && !inSentence(one))
        .filter((one) => one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML.slice(0, 120));
}"""


def go(page: Page, address: str) -> Page:
    """Open an address and wait until the page has drawn itself."""
    page.goto(address)
    return ready(page)


def ready(page: Page) -> Page:
    """Wait until nothing is asked of the server any more."""
    # Playwright's own waits ask again after up to a second, or need `eval`, which most pages forbid.
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if page.evaluate(READY, 1000 * (until - time.monotonic())):
                return page
        except Error as error:
            if "context was destroyed" not in error.message:  # it is on its way to another page
                raise
    pytest.fail(f"{page.url} isn't ready after {READY_SECONDS} s")


def assert_accessible(page: Page, within: str | None = None) -> None:
    """No rule of WCAG 2.2 AA that axe can judge is broken on the page, or within a selector."""
    found = Axe().run(page, context=within, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def assert_no_sideways_scrolling(page: Page) -> None:
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, f"{page.url} scrolls sideways by {beyond} px"


def assert_touch_targets(page: Page) -> None:
    """Whatever is pressed is 44 px high, but for links within a sentence and the grid's rows."""
    small = page.evaluate(SMALL_TARGETS)
    assert small == [], f"{page.url} has targets too small for a thumb: {small}"


@dataclass
class Complaints:
    """What the browser complained of: console errors (violations of the content policy among them), errors
    in scripts, failed requests, requests to other hosts."""

    host: str
    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Allow complaints in which the pattern is found: the test provokes them."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in dict.fromkeys(self.heard)
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]

    def listen(self, page: Page) -> None:
        page.on("console", self._hear_console)
        page.on("pageerror", lambda error: self.heard.append(f"error in a script: {error.stack or error}"))
        page.on("requestfailed", self._hear_failure)
        page.on("request", self._hear_request)

    def _hear_console(self, message: ConsoleMessage) -> None:
        # Browsers call it an error when a form is refused or was saved elsewhere.
        is_an_answer = "/write/" in message.location["url"] and re.search("status of 4(09|22)", message.text)
        if message.type == "error" and not is_an_answer:
            self.heard.append(f"console: {message.text} ({message.location['url']})")

    def _hear_failure(self, request: Request) -> None:
        # A page that is left takes its unfinished requests with it.
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"failed: {request.url} {request.failure}")

    def _hear_request(self, request: Request) -> None:
        if urlparse(request.url).hostname not in (self.host, None):
            self.heard.append(f"another host: {request.url}")
