"""The way to one's own page, and the caseload, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("admin", "/organisation"),
        ("head", r"/department/\d+"),
        ("tutor", "/caseload"),
        ("learner", r"/learner/\d+"),
    ],
)
def test_home_sends_each_role_to_its_own_page(page_as: OpenPage, role: str, address: str) -> None:
    page = page_as(role, "/")
    expect(page).to_have_url(re.compile(f"{address}$"))


def test_the_name_of_the_app_leads_home_and_back_leads_back(page_as: OpenPage) -> None:
    page = page_as("tutor", "/cohort/1")
    page.get_by_role("link", name="Routebook").click()
    expect(page).to_have_url(re.compile("/caseload$"))
    ready(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/cohort/1$"))
    expect(page.get_by_role("grid")).to_be_visible()


def test_a_link_of_a_drawing_or_a_grid_opens_its_page_without_loading_everything_anew(
    page_as: OpenPage,
) -> None:
    page = page_as("tutor", "/caseload")
    page.evaluate("window.loaded = 'once'")
    page.locator(".worst tbody td a").first.click()
    expect(page.locator(".learner-head")).to_be_visible()
    page.locator(".breadcrumb-trail").get_by_role("link").last.click()
    expect(page).to_have_url(re.compile(r"/cohort/\d+$"))
    ready(page).locator("[role=gridcell] a").first.click()
    expect(page.locator(".learner-head")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("grid")).to_be_visible()
    assert page.evaluate("window.loaded") == "once"
    page.get_by_role("link", name="Print").click()
    expect(page).to_have_url(re.compile(r"/cohort/\d+/print$"))
    assert page.evaluate("window.loaded") is None


@pytest.mark.parametrize(
    "id_", ["not-here", {"type": "not-here", "name": "x"}, {"type": "drawing", "name": "not-here"}]
)
def test_what_is_told_of_a_part_that_the_page_doesn_t_show_changes_nothing(
    page_as: OpenPage, id_: object
) -> None:
    page = page_as("tutor", "/caseload")
    page.evaluate("id => window.routebook.set(id, { children: 'told', 'data-html': 'told' })", id_)
    page.evaluate("window.routebook.set('status', { children: 'heard' })")
    expect(page.locator("#status")).to_have_text("heard")
    expect(page.locator(".worst")).to_be_visible()


def test_the_grid_s_library_is_read_by_who_makes_for_a_cohort_also_after_a_lost_connection(
    page_as: OpenPage, complaints: Complaints
) -> None:
    complaints.expect("dash_ag_grid|ERR_FAILED")
    page = page_as("tutor", "/learner/1")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    assert page.evaluate("Object.keys(window.dash_ag_grid)") == ["AgGrid", "getApiAsync"]
    page.route("**/dash_ag_grid/**", lambda route: route.abort())
    page.locator(".breadcrumb-trail").get_by_role("link").last.click()
    expect(page.locator("#status")).to_contain_text("isn't here yet")
    page.unroute("**/dash_ag_grid/**")
    ready(page)
    expect(page.get_by_role("grid")).to_be_visible()
    assert any("dash_ag_grid" in url for url in asked)
    page.locator("[role=gridcell][col-id^=milestone-].state-achieved").first.click()
    expect(page.locator("[data-view=target-form]")).to_be_visible()


@pytest.mark.parametrize(
    "address", ["/learner/2?target=33", "/cohort/1?name=a%20b&sort=overdue", "/caseload"]
)
def test_a_page_is_asked_for_once_before_dash_s_scripts_have_run(page_as: OpenPage, address: str) -> None:
    page = page_as("tutor", "/schedule")
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    page.goto(address)
    ready(page)
    drawing = [one.url for one in asked if "_pages_content" in (one.post_data or "")]
    assert len(drawing) == 1
    assert "endId" not in drawing[0], "Dash's own request went out, which says which load of the page it is"
    for once in ("/_dash-layout", "/_dash-dependencies"):
        assert sum(one.url.endswith(once) for one in asked) == 1


def test_enter_opens_whom_the_whole_name_finds_also_before_it_is_found(page_as: OpenPage) -> None:
    page = page_as("tutor", "/cohort/1")
    search = page.get_by_placeholder("Find a learner")
    page.keyboard.press("Control+k")
    search.press_sequentially("am")
    expect(page.locator("[data-found-for=am]")).to_be_visible()
    search.press_sequentially("ara okafor")
    search.press("Enter")
    expect(page.locator(".learner-head h1")).to_have_text("Amara Okafor")
    expect(search).to_have_value("")
    search.focus()
    expect(page.locator(".found")).to_be_hidden()


SLOW = {"offline": False, "latency": 300, "downloadThroughput": 60_000, "uploadThroughput": 60_000}


def test_a_page_chosen_on_a_slow_or_a_lost_connection_opens_by_itself(
    page_as: OpenPage, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page = page_as("tutor", "/caseload")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    page.locator(".worst tbody th a").first.click()
    ready(page)
    name = page.locator(".learner-head h1").inner_text()
    assert page.title() == f"{name} · Routebook"
    assert page.evaluate("document.activeElement.id") == "main"
    network.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    page.get_by_role("link", name="My learners").click()
    status = page.locator("#status")
    expect(status).to_contain_text("what you asked for is shown as soon as it is back")
    expect(page.locator(".learner-head h1")).to_have_text(name)
    line = page.evaluate("getComputedStyle(document.getElementById('main'), '::before').animationName")
    assert "run" in line, "nothing shows that the page is waiting"
    network.send("Network.emulateNetworkConditions", SLOW | {"latency": 0, "downloadThroughput": -1})
    expect(page.get_by_role("heading", name="My learners")).to_be_visible()
    expect(status).to_have_text("Connected again.")


def test_the_caseload_leads_to_the_learner_and_to_the_target_that_matters(page_as: OpenPage) -> None:
    page = page_as("tutor", "/caseload")
    worst = page.locator(".worst tbody tr").first
    expect(worst).to_contain_text("overdue")
    worst.locator("td a").first.click()
    expect(page).to_have_url(re.compile(r"/learner/\d+\?target=\d+$"))
    expect(ready(page).locator("[data-view=target-form]")).to_be_visible()


def test_the_caseload_is_accessible_and_fits_a_phone(page_as: OpenPage) -> None:
    assert_accessible(page_as("tutor", "/caseload"))
    page = page_as("tutor", "/caseload", viewport=PHONE)
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    heights = page.locator(".worst a:visible").evaluate_all(
        "links => links.map(l => l.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_without_scripts_a_page_says_what_it_needs(page_as: OpenPage) -> None:
    page = page_as("tutor", java_script_enabled=False)
    page.goto("/caseload")
    expect(page.locator("noscript h1")).to_have_text("This page needs JavaScript")
    expect(page.locator("noscript main")).to_be_visible()
    expect(page.locator("#react-entry-point")).to_be_hidden()
