"""A tutor fills the tutorial hour and subscribes to it; an administrator tries a change before making it."""

from __future__ import annotations

from urllib.request import urlopen

from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}


def test_a_tutor_books_the_proposed_order_and_has_it_in_the_calendar(page_as: OpenPage) -> None:
    page = page_as("tutor", "/schedule", viewport=PHONE)
    day = page.locator(".day", has=page.locator("summary", has_text="proposed order")).nth(1)
    heading = day.locator("h2").inner_text()
    free = day.locator("summary", has_text="withdraw").count()
    assert free > 1
    day.locator("summary", has_text="proposed order").click()
    assert_accessible(page)
    day.locator("[data-writes=slots-book] [data-action=save]").first.click()
    booked = page.locator(".day", has=page.get_by_role("heading", name=heading)).locator(".pill")
    expect(booked).to_have_count(free)
    assert_no_sideways_scrolling(page)
    page.locator("summary", has_text="In my own calendar").click()
    page.locator("[data-writes=calendar-make] [data-action=save]").click()
    address = page.locator("[data-feed-address]").input_value()
    with urlopen(address) as answer:
        calendar = Calendar.from_ical(answer.read())
    assert len(calendar.events) > free
    assert all(str(event["summary"]).count(".") == 2 for event in calendar.events)
    page.reload()
    expect(ready(page).locator("[data-feed-address]")).to_have_count(0)


def test_closed_weeks_say_how_many_reviews_they_move_before_they_do(page_as: OpenPage) -> None:
    page = page_as("admin", "/admin/reviews")
    page.locator("summary", has_text="Add closed weeks").click()
    form = page.locator("[data-writes=closed-add]")
    form.locator("[name=name]").fill("Boiler repair")
    form.locator("[name=from_on]").fill("2027-02-01")
    form.locator("[name=last_on]").fill("2027-02-02")
    form.locator("[data-action=save]").click()
    expect(form.locator("[data-field=sure] .field-error")).to_contain_text("This moves the next review of")
    assert_accessible(page)
    expect(page.locator(".items", has_text="Boiler repair")).to_have_count(0)
    form.locator("[name=sure]").check()
    form.locator("[data-action=save]").click()
    expect(page.locator(".items", has_text="Boiler repair").first).to_be_visible()
    form = page.locator("[data-writes=closed-remove]", has_text="Remove Boiler repair")
    page.locator("li", has_text="Boiler repair").first.locator("summary").first.click()
    form.locator("[name=sure]").check()
    form.locator("[data-action=remove]").click()
    gone = page.locator("[data-writes=closed-remove]", has_text="Boiler repair")
    expect(gone).to_have_count(0)
