"""The cohort's page in a browser: order and filter in the address, cells that open their form, a row that
follows a save. Each test that changes something takes a cohort of its own."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data.models import BreakInLearning, Cohort, Enrolment, Target
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, go, ready

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 800}
LATE = "2027-01-10"
OVERDUE = "[role=gridcell][col-id^=milestone-].state-overdue"


@pytest.fixture(scope="module")
def cohorts(served_engine: Engine) -> list[int]:
    """Cohorts of the head's department with three overdue milestones or more: another test may settle one."""
    with Session(served_engine) as session:
        rows = session.execute(
            select(Cohort.id)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .join(Target, Target.plan_id == Enrolment.id)
            .where(
                Cohort.department_id == 1,
                Enrolment.ended_on.is_(None),
                Enrolment.id.not_in(select(BreakInLearning.enrolment_id)),
                Target.status.in_(("to-come", "in-progress")),
                Target.due_on.between(Enrolment.starts_on, LATE),
                Target.milestone_id.is_not(None),
            )
            .group_by(Cohort.id)
            .having(func.count() >= 3)
            .order_by(Cohort.id)
        )
        return [cohort_id for (cohort_id,) in rows]


@pytest.fixture
def page(page_as: OpenPage, cohorts: list[int]) -> Page:
    return opened(page_as, cohorts[0])


def opened(page_as: OpenPage, cohort: int) -> Page:
    page = page_as("head", f"/cohort/{cohort}")
    expect(grid(page)).to_be_visible()
    return page


def of_class(name: str) -> re.Pattern[str]:
    return re.compile(rf"(^|\s){re.escape(name)}(\s|$)")


def grid(page: Page) -> Locator:
    return page.locator("[data-view=progress-grid] [role=grid]")


FAMILIES = """async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const head = 2;  // rows: the names of the columns, and the cohort's own
    for (const until = performance.now() + 5000; performance.now() < until; await drawn()) {
        const grid = document.querySelector("[data-view=progress-grid] [role=grid]");
        const viewport = grid && grid.querySelector(".ag-body-viewport"), found = [];
        if (!viewport || !viewport.clientHeight) continue;
        for (let at = 0; at < viewport.scrollHeight; at += viewport.clientHeight / 2) {
            viewport.scrollTop = at;
            await drawn();
            for (const row of grid.querySelectorAll(".ag-pinned-left-cols-container [row-index]")) {
                found[Number(row.getAttribute("row-index"))] = row.querySelector("a b").textContent;
            }
        }
        viewport.scrollTop = 0;
        await drawn();
        if (found.length && Object.keys(found).length === Number(grid.ariaRowCount) - head) return found;
    }
    return null;
}"""
"""Scrolls through the grid, which draws only the rows in view, until each row that it counts is read; null
where that doesn't come. It waits itself: to `wait_for_function` an async function's promise is an answer."""


def families(page: Page) -> list[str]:
    """Family names of all rows in order."""
    names: list[str] | None = page.evaluate(FAMILIES)
    assert names is not None, "the grid doesn't draw all the rows that it counts"
    return names


def overdue_counts(page: Page) -> list[int]:
    """How many overdue milestones and personal targets each row in view has, in order."""
    titles = page.locator("[col-id=progress] .progress").evaluate_all(
        "cells => cells.filter(cell => !cell.closest('.ag-floating-top'))"
        ".map(cell => [Number(cell.closest('[row-id]').getAttribute('row-index')), cell.title])"
    )
    return [int(title.split(", ")[1].split()[0]) for _, title in sorted(titles) if ", " in title]


def focused(page: Page) -> tuple[str | None, str | None]:
    """(row id, column id) of the cell with the focus."""
    row, column = page.evaluate(
        "(() => { const cell = document.activeElement.closest('[role=gridcell]');"
        " return cell ? [cell.closest('[row-id]').getAttribute('row-id'), cell.getAttribute('col-id')]"
        " : [null, null]; })()"
    )
    return row, column


def test_each_cell_says_its_state_in_words_and_shape(page: Page) -> None:
    cell = page.locator(OVERDUE).first
    expect(cell).to_have_text("Overdue")
    expect(cell).to_have_class(of_class("icon-exclamation-diamond-fill"))
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').maskImage") != "none"


def test_the_order_and_the_filter_are_in_the_address_and_come_back_from_it(page: Page) -> None:
    by_name = families(page)
    page.get_by_label("Sort by").select_option("overdue")
    expect(page).to_have_url(re.compile(r"\?sort=overdue$"))
    counts = overdue_counts(page)
    assert counts == sorted(counts, reverse=True)
    page.get_by_role("button", name="Overdue only").click()
    expect(page).to_have_url(re.compile("filter=overdue"))
    expect(page.locator("[data-grid=shown]")).to_contain_text(" listed")
    assert all(overdue_counts(page))
    some = families(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    file = list(csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert [line["Learner"].split()[-1] for line in file] == [name.split()[-1] for name in some]
    counts = overdue_counts(page)
    assert [int(line["Overdue"]) for line in file][: len(counts)] == counts
    page.reload()
    ready(page)
    expect(page.locator("[data-grid=shown]")).to_contain_text(" listed")
    assert families(page) == some
    expect(page.get_by_label("Sort by")).to_have_value("overdue")
    expect(page.get_by_role("button", name="Overdue only")).to_have_attribute("aria-pressed", "true")
    grid(page).evaluate("grid => { grid.dataset.drawn = 'once' }")
    page.go_back()
    page.go_back()
    expect(page.get_by_label("Sort by")).to_have_value("")
    assert families(page) == by_name
    expect(grid(page)).to_have_attribute("data-drawn", "once")
    page.go_forward()
    expect(page.get_by_label("Sort by")).to_have_value("overdue")
    page.go_back()
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_a_name_is_found_without_its_accents_and_nobody_is_said_kindly(page: Page) -> None:
    family = families(page)[0]
    page.get_by_label("Name", exact=True).fill(family.upper())
    expect(page.locator("[data-grid=shown]")).to_contain_text("1 of ")
    assert families(page) == [family]
    page.get_by_label("Name", exact=True).fill("nobody of that name")
    expect(grid(page)).to_contain_text("No learner fits")


def test_a_cell_opens_its_form_by_mouse_and_by_keyboard_and_gets_the_focus_back(page: Page) -> None:
    page.locator(OVERDUE).first.click()
    form = page.locator("[data-view=target-form]")
    expect(form).to_be_visible()
    expect(page).to_have_url(re.compile(r"target=\d+"))
    expect(page.locator(".ag-cell.selected")).to_have_count(1)
    chosen = page.locator(".ag-cell.selected").get_attribute("col-id")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    assert focused(page)[1] == chosen
    page.keyboard.press("ArrowLeft")
    assert focused(page)[1] != chosen
    page.keyboard.press("ArrowRight")
    ready(page)
    page.keyboard.press("Enter")
    expect(form).to_be_visible()


def test_a_selected_target_is_marked_when_the_page_is_opened_with_it(page: Page) -> None:
    page.locator(OVERDUE).last.click()
    expect(page).to_have_url(re.compile(r"target=\d+"))
    go(page, page.url)
    expect(page.locator(".ag-cell.selected")).to_have_count(1)
    expect(page.locator("[data-view=target-form]")).to_be_visible()


def test_next_overdue_goes_from_one_overdue_cell_to_the_next_from_the_tools_and_from_the_form(
    page: Page,
) -> None:
    seen = []
    for place in (".grid-tools", ".target-form", ".target-form"):
        page.locator(place).get_by_role("button", name="Next overdue").click()
        expect(page.locator(".ag-cell.selected")).to_have_count(1)
        seen.append(page.url)
        ready(page)
    assert len(set(seen)) == 3


def test_a_save_changes_the_cell_and_the_figures_in_place(page_as: OpenPage, cohorts: list[int]) -> None:
    page = opened(page_as, cohorts[-1])
    page.get_by_label("Sort by").select_option("overdue")
    before = families(page)
    cell = page.locator(OVERDUE).first
    row = cell.locator("xpath=..").get_attribute("row-id")
    column = cell.get_attribute("col-id")
    overdue = page.locator(".figures div", has_text="Overdue").locator("b")
    count = int(overdue.inner_text())
    cell.click()
    form = page.locator("[data-view=target-form]")
    expect(form).to_be_visible()
    ready(page)
    page.evaluate("document.querySelector('.grid').dataset.untouched = 'yes'")
    form.locator("[name=status]").select_option("achieved")
    form.locator("[data-action=save]").click()
    changed = page.locator(f".ag-center-cols-container [row-id='{row}'] [col-id='{column}']")
    expect(changed).to_have_class(of_class("state-achieved"))
    expect(overdue).to_have_text(str(count - 1))
    expect(page.locator(".grid")).to_have_attribute("data-untouched", "yes")
    assert families(page) == before
    expect(changed).to_be_focused()
    form.get_by_role("button", name="Close this target").click()
    expect(changed).to_be_focused()


def test_the_grid_and_its_tools_are_accessible_in_both_themes(page: Page) -> None:
    page.locator(OVERDUE).first.click()
    expect(page.locator("[data-view=target-form]")).to_be_visible()
    ready(page)
    assert_accessible(page)
    page.get_by_role("button", name="Light or dark").click()
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [PHONE, TABLET])
def test_a_small_screen_scrolls_only_inside_the_grid_and_shows_the_form_as_a_sheet(
    page_as: OpenPage, viewport: dict[str, int]
) -> None:
    page = page_as("tutor", "/cohort/1", viewport=viewport)
    expect(grid(page)).to_be_visible()
    assert_no_sideways_scrolling(page)
    cell = page.locator("[role=gridcell][col-id^=milestone-].state-achieved").first
    cell.scroll_into_view_if_needed()
    cell.click()
    form = page.locator("[data-view=target-form]")
    expect(form).to_be_in_viewport()
    assert_no_sideways_scrolling(page)
    assert_accessible(page)


def test_print_is_a3_landscape_with_names_on_each_table(page_as: OpenPage) -> None:
    page = page_as("tutor", "/cohort/1/print")
    expect(page.locator("[data-view=progress-grid] table")).not_to_have_count(0)
    names = page.locator("table tbody th").all_inner_texts()
    tables = page.locator("table").count()
    assert len(names) == tables * len(set(names))
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    assert page.pdf(prefer_css_page_size=True).count(b"/MediaBox [0 0 1191") >= 1


def test_a_review_is_recorded_from_its_cell_and_the_next_one_stands_there(
    page_as: OpenPage, cohorts: list[int]
) -> None:
    page = opened(page_as, cohorts[-2])
    page.get_by_label("Sort by").select_option("review")
    cell = page.locator("[role=gridcell][col-id=review]:has(button)").first
    row = cell.locator("xpath=..").get_attribute("row-id")
    before = cell.inner_text()
    cell.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="Review held")
    dialog.get_by_role("button", name="Record review").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(f"[row-id='{row}'] [col-id=review]")).not_to_have_text(before)
