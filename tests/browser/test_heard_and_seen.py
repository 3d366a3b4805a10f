"""What is told can be heard within a dialog, what is shown be seen in forced colours and above an open sheet,
and who skips or leaves something by a key stays on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import Complaints, go

STOPS = 30
COVERED = """() => {
    const one = document.activeElement, sheet = document.querySelector(".form-side");
    const [top, edge] = [one, sheet].map((part) => part.getBoundingClientRect().top);
    return !sheet.contains(one) && top >= edge ? one.outerHTML.slice(0, 120) : null;
}"""
"""What has the focus, where the sheet of a form covers it."""


def test_a_dialog_says_itself_that_the_connection_is_lost_until_its_form_is_sent_again(
    page_as: OpenPage, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page = page_as("tutor", "/learner/1")
    page.get_by_role("button", name="New target").click()
    dialog = page.get_by_role("dialog")
    page.context.set_offline(True)
    dialog.locator("[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_contain_text("may not be saved")
    page.context.set_offline(False)
    dialog.locator("[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_have_count(0)


def test_forced_colours_leave_the_shapes_and_the_page_on_show(page_as: OpenPage) -> None:
    page = page_as("head", "/department/1", forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")

    def painted(selector: str, what: str, part: str | None = None) -> str:
        look = "(one, [what, part]) => getComputedStyle(one, part)[what]"
        found: str = page.locator(selector).first.evaluate(look, [what, part])
        return found

    assert painted(".brand .icon", "backgroundColor") != ground
    assert painted(".links .on", "borderBottomColor") != ground
    assert painted(".links a:not(.on)", "borderBottomColor") == ground
    assert "gradient" in painted(".coverage .closed", "backgroundImage")

    go(page, "/cohort/1")
    cell = ".ag-center-cols-container .ag-cell[class*=icon-][col-id^=milestone-]"
    assert painted(cell, "backgroundColor", "::before") != ground
    assert painted(cell, "borderTopColor") == ground
    assert painted(".bar .state-achieved", "backgroundColor") != ground


@pytest.mark.parametrize("address", ["/cohort/1?target=7", "/learner/1?target=7"])
def test_tab_reaches_nothing_that_an_open_sheet_covers(page_as: OpenPage, address: str) -> None:
    page = page_as("tutor", address, viewport={"width": 720, "height": 450}, reduced_motion="reduce")
    expect(page.locator("[data-view=target-form]")).to_be_visible()
    page.locator("#main").focus()
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        covered = page.evaluate(COVERED)
        assert covered is None, f"{covered} has the focus under the sheet"


def test_the_skip_link_and_escape_leave_the_page_as_it_is_and_the_focus_on_it(page_as: OpenPage) -> None:
    page = page_as("tutor", "/learner/1?target=7")
    main, form = page.locator("#main"), page.locator("[data-view=target-form]")
    expect(form).to_be_visible()
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    expect(main).to_be_focused()
    assert page.url.endswith("/learner/1?target=7")
    expect(form).to_be_visible()

    button = page.locator("[data-key=new-target]")
    search, found = page.get_by_label("Find a learner"), page.locator(".found a")
    button.focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("amara")
    expect(found.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(found.first).to_be_hidden()
    expect(button).to_be_focused()

    search.click()
    page.keyboard.press("Escape")
    expect(main).to_be_focused()
