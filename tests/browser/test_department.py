"""A head of department's ten minutes: from the page to the reason in three clicks."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Change, Target
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}


def cells(page: Page, view: str) -> list[tuple[str, str, int]]:
    """(row, column, number) of each cell of a table."""
    found = page.locator(f"[data-view={view}] td[data-row][data-column]").evaluate_all(
        "cells => cells.map(cell => [cell.dataset.row, cell.dataset.column, cell.innerText.trim()])"
    )
    return [(row, column, int(number)) for row, column, number in found if number.isdecimal()]


def cell(page: Page, view: str, row: str, column: str):
    return page.locator(f"[data-view={view}] td[data-row='{row}'][data-column='{column}'] [data-stop]")


def test_three_clicks_lead_from_the_page_to_the_reason(page_as: OpenPage, served_engine: Engine) -> None:
    with Session(served_engine) as session:
        reason = session.scalars(
            select(Change.reason).where(Change.field == "due_on", Change.reason != "")
        ).all()
    page = page_as("head", "/department/1")
    row = next(row for row, column, count in cells(page, "overdue-heatmap") if column == "moved" and count)
    cell(page, "overdue-heatmap", row, "moved").click()
    page.locator("[data-view=target-list] td button").first.click()
    expect(page.locator("[data-view=target-form] .history")).to_contain_text("moved")
    history = page.locator("[data-view=target-form] .history").inner_text()
    assert any(one in history for one in set(reason))
    page.locator("[data-view=target-list] tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/learner/\d+\?target=\d+"))
    ready(page)


def test_on_a_phone_a_table_begins_at_its_newest_week_and_stays_where_it_was_scrolled_to(
    page_as: OpenPage,
) -> None:
    page = page_as("head", "/department/1", viewport=PHONE)

    def scrolled(view: str) -> tuple[int, int]:
        (left, most) = page.locator(f"[data-view={view}] .scrolls").evaluate(
            "(table) => new Promise((done) => requestAnimationFrame(() => setTimeout(() =>"
            " done([table.scrollLeft, table.scrollWidth - table.clientWidth]))))"
        )
        return round(left), most

    left, most = scrolled("review-coverage")
    assert left == most > 0
    assert scrolled("overdue-heatmap") == (0, 0), "each name stands over its numbers, all of which fit"
    coverage = page.locator("[data-view=review-coverage] .scrolls")
    coverage.evaluate("(table) => { table.scrollLeft = 40 }")
    page.locator("[data-key=by-first]").click()
    expect(page.locator("[data-key=by-first]")).to_have_attribute("aria-pressed", "true")
    assert scrolled("review-coverage")[0] == 40


def test_a_cell_opens_a_list_as_long_as_its_number_in_an_address_to_come_back_to(page_as: OpenPage) -> None:
    page = page_as("head", "/department/1")
    row, column, count = max(
        (one for one in cells(page, "overdue-heatmap") if one[1].isdecimal() and one[0] != "all"),
        key=lambda one: one[2],
    )
    cell(page, "overdue-heatmap", row, column).click()
    title = page.locator("[data-list-title]")
    expect(title).to_be_focused()
    expect(title).to_have_text(re.compile(f"^{count} overdue targets? of "))
    expect(page.locator("[data-view=target-list] tbody tr")).to_have_count(count)
    expect(page.locator("[data-view=target-list]")).to_contain_text("As at Mon 11 Jan 2027")
    opened = page.url
    page.go_back()
    expect(title).to_have_count(0)
    page.goto(opened)
    expect(page.locator("[data-view=target-list] tbody tr")).to_have_count(count)
    expect(cell(page, "overdue-heatmap", row, column)).to_have_attribute("aria-current", "true")
    page.locator("[data-key^=rule-]").first.click()
    expect(page).to_have_url(re.compile("list=attention"))
    assert not re.search("late=|cohort=", page.url), "an address says no more than what is open"
    cell(page, "overdue-heatmap", row, column).click()
    expect(title).to_have_text(re.compile(f"^{count} overdue targets? of "))
    assert parse_qs(urlsplit(page.url).query) == parse_qs(urlsplit(opened).query)


def test_the_heatmap_is_walked_by_arrow_keys_and_opened_by_enter(page_as: OpenPage) -> None:
    page = page_as("head", "/department/1")
    page.locator("[data-view=overdue-heatmap] [data-stop]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    place = page.evaluate("(({row, column}) => [row, column])(document.activeElement.closest('td').dataset)")
    second_row = [row for row, column, _ in cells(page, "overdue-heatmap") if column == "0"][1]
    assert place == [second_row, "1"]
    page.keyboard.press("Enter")
    expect(page.locator("[data-list-title]")).to_be_focused()
    stops = page.locator("[data-view=overdue-heatmap] [data-stop][tabindex='0']")
    expect(stops).to_have_count(1)


def test_a_saved_target_leaves_the_list_the_cell_and_the_headline(
    page_as: OpenPage, served_engine: Engine
) -> None:
    page = page_as("head", "/department/1")
    row, column, count = next(
        one
        for one in reversed(cells(page, "overdue-heatmap"))
        if one[1] == "0" and one[2] > 1 and one[0] != "all"
    )
    overdue = page.locator(".headline .number").nth(2)
    before = int(overdue.inner_text())
    cell(page, "overdue-heatmap", row, column).click()
    page.locator("[data-view=target-list] td button").last.click()
    form = page.locator("[data-view=target-form]")
    form.locator("[name=status]").select_option("achieved")
    form.locator("[data-action=save]").click()
    expect(page.locator("[data-view=target-list] tbody tr")).to_have_count(count - 1)
    expect(cell(page, "overdue-heatmap", row, column)).to_have_text(str(count - 1))
    expect(overdue).to_have_text(str(before - 1))
    expect(form).to_have_attribute("data-saved", re.compile(r"\d+"))
    with Session(served_engine) as session:
        target_id = int(re.findall(r"target=(\d+)", page.url)[0])
        assert session.get_one(Target, target_id).status == "achieved"


def test_a_head_of_one_department_finds_no_other_and_an_administrator_each(page_as: OpenPage) -> None:
    expect(page_as("head", "/department/2").locator("main")).to_contain_text("nothing here for you")
    expect(page_as("head", "/organisation").locator("main")).to_contain_text("nothing here for you")
    page = page_as("admin", "/organisation")
    row, column, count = next(one for one in cells(page, "overdue-heatmap") if one[1] == "all")
    cell(page, "overdue-heatmap", row, column).click()
    expect(page).to_have_url(re.compile(rf"/department/{row}\?list=overdue"))
    expect(page.locator("[data-list-title]")).to_have_text(f"{count} overdue targets of all cohorts")


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_lists_are_accessible_and_fit(page_as: OpenPage, viewport: dict[str, int], theme: str) -> None:
    page = page_as("head", "/department/1?list=overdue&by=first", viewport=viewport, color_scheme=theme)
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    cell(page, "review-coverage", "all", "2026-12-07").click()
    expect(page.locator("[data-list-title]")).to_contain_text("past the review date")
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    page.locator(".rules button").first.click()
    expect(page.locator("[data-list-title]")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
