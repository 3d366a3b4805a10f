"""An administrator gives a kind of review its rule and says who signs; a tutor sees what follows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}


def test_a_kind_of_review_gets_a_rule_that_says_first_what_it_moves(page_as: OpenPage) -> None:
    page = page_as("admin", "/admin/reviews")
    page.locator("summary", has_text="Add a kind of review").click()
    added = page.locator("[data-writes=review-kind-add]")
    added.locator("[name=name]").fill("Gateway review")
    added.locator("[name=counts]").uncheck()
    added.locator("[name=signed_by][value=employer]").check()
    added.locator("[data-action=save]").click()
    kind = page.locator(".items > li", has_text="Gateway review").first
    expect(kind).to_contain_text("Signed by learner, tutor, employer.")
    kind.locator("summary", has_text="Give it a rule").click()
    form = kind.locator("[data-writes=kind-rule-add]")
    form.locator("[name=from_on]").fill("2026-08-01")
    form.locator("[name=occasion]").select_option("start")
    expect(form.locator("[name=weeks_before]")).to_be_hidden()
    form.locator("[name=preset]").select_option("every 12 weeks")
    form.locator("[data-action=save]").click()
    expect(form.locator("[data-field=sure] .field-error")).to_contain_text("overdue at once")
    assert_accessible(page)
    form.locator("[name=sure]").check()
    form.locator("[data-action=save]").click()
    expect(kind).to_contain_text("A review is due once, 12 weeks after the start")

    mine = page_as("tutor", "/reviews", viewport=PHONE)
    of_kind = mine.locator(".of-kind", has_text="Gateway review").first
    expect(of_kind.locator(".pill")).to_contain_text("Overdue")
    expect(of_kind).to_contain_text("twelve weeks after learning began on")
    assert_accessible(mine)
    assert_no_sideways_scrolling(mine)
    of_kind.locator(".names a").first.click()
    due = ready(mine).locator(".kinds-due li", has_text="Gateway review")
    expect(due).to_have_attribute("data-state", "overdue")
    mine.locator("summary", has_text="Give another kind of review its own rule").click()
    own = mine.locator("[data-writes=own-kind-rule]")
    own.locator("[name=kind]").select_option(label="Gateway review")
    own.locator("[name=from_on]").fill("2026-09-07")
    own.locator("[name=occasion]").select_option("needed")
    own.locator("[name=own_rule_reason]").fill("The employer holds it with the learner.")
    own.locator("[name=own_rule_evidence]").fill("Agreement of September")
    own.locator("[data-action=save]").click()
    expect(due).to_have_count(0)
    expect(mine.get_by_text("The employer holds it with the learner.")).to_be_visible()
    assert_no_sideways_scrolling(mine)
