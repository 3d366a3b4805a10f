"""A head of department sees where time for reviews is short, whose reviews they are, and who stands in."""

from __future__ import annotations

from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_a_head_goes_from_a_short_week_to_its_learners_and_hands_a_cohort_over_ahead(
    page_as: OpenPage,
) -> None:
    page = page_as("head", "/department/1")
    page.get_by_role("link", name="Capacity").click()
    short = page.locator("td[data-room=short] button").first
    number = short.get_attribute("title") or ""
    short.click()
    learners = page.locator("[data-view=coverage-list] tbody tr")
    expect(learners).to_have_count(int(number.split()[0]))
    assert_accessible(page)

    page.get_by_role("link", name="Cover and handover").click()
    tutor = page.locator("li[data-tutor]", has_text="E2-1")
    tutor.get_by_role("button", name="Away, or hands over").click()
    form = page.locator("[data-writes=stand-in]")
    form.locator("[name=kind]").select_option("handover")
    form.locator("[name=from_on]").fill("2027-03-01")
    form.locator("[name=person]").select_option(index=1)
    form.locator("[name=whose]").select_option(index=1)
    form.locator("[data-action=save]").click()
    expect(form.locator("[data-field=sure] .field-error")).to_contain_text("Nothing is saved yet")
    assert_accessible(page)
    form.locator("[name=sure]").check()
    form.locator("[data-action=save]").click()
    row = page.locator("[data-stand-in]", has_text="from Mon 1 Mar 2027")
    expect(row).to_have_count(1)
    page.set_viewport_size(PHONE)
    assert_no_sideways_scrolling(ready(page))
    row.locator("summary").click()
    row.locator("[data-action=take-back]").click()
    expect(row).to_have_count(0)
