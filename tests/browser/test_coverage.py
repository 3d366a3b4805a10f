"""A head's Monday: from a department's coverage to the reason in three clicks, and to the same in a file."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Judgement
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}


def downloaded(page: Page, within: str) -> list[dict[str, str]]:
    """The rows of the CSV that a link leads to."""
    with page.expect_download() as download:
        page.locator(within).get_by_role("link", name="CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_heads_monday_leads_from_coverage_to_the_reason_in_three_clicks(
    page_as: OpenPage, served_engine: Engine
) -> None:
    page = page_as("head", "/department/1/coverage")
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    worst = page.locator("[data-table=groups] tbody tr", has_text="MV2-1")
    percent = worst.locator("td").nth(0).inner_text()
    worst.get_by_role("link").click()  # the cohort
    matrix = page.locator("[data-view=coverage-matrix]")
    expect(matrix.locator("h2")).to_contain_text(f"{percent} covered today")
    matrix.locator(".filters").get_by_role("button", name="Overdue").click()  # its learners
    overdue = matrix.locator("tbody tr")
    expect(overdue).to_have_count(int(re.findall(r"\d+", matrix.locator(".shown").inner_text())[0]))
    rows = downloaded(page, ".drawing-coverage-exports")
    assert [row["Learner"] for row in rows] == matrix.locator("tbody th a").all_inner_texts()
    assert {(row["As at"], row["Version of the rule"]) for row in rows} == {
        ("2027-01-11", "in force since 2000-01-01")
    }
    assert {row["Coverage"].split(" ")[0] for row in rows} == {percent}
    overdue.first.locator("td[data-state=overdue] button").click()  # the reason
    opened = page.locator(".window-open")
    expect(opened).to_contain_text(re.compile(r"Due by .+: .+ after"))
    assert_accessible(page)
    plan = int(re.findall(r"plan=(\d+)", page.url)[0])
    if not opened.locator("[name=colour]").is_visible():
        opened.locator("summary").click()
    opened.locator("[name=colour]").select_option("green")
    opened.locator("[data-action=save]").click()
    expect(opened.locator(".field-reason .field-error")).to_contain_text("say why")
    opened.locator("[name=reason]").fill("Came back from a placement yesterday.")
    opened.locator("[data-action=save]").click()
    expect(opened.locator(".beside").first).to_contain_text("Came back from a placement yesterday.")
    with Session(served_engine) as session:
        judgement = session.scalars(
            select(Judgement).where(Judgement.plan_id == plan).order_by(Judgement.id.desc())
        ).first()
    assert judgement is not None
    assert (judgement.colour, judgement.reason) == ("green", "Came back from a placement yesterday.")


def test_a_figure_opens_its_list_and_a_phone_shows_all_of_it(page_as: OpenPage) -> None:
    page = page_as("head", "/department/1/coverage", viewport=PHONE)
    assert_no_sideways_scrolling(page)
    opener = page.locator("[data-table=tutors] tbody button").first
    number = int(opener.inner_text())
    opener.click()
    title = page.locator("[data-list-title]")
    expect(title).to_be_focused()
    expect(title).to_contain_text(f"{number} learner")
    expect(page.locator(".card-missed tbody tr")).to_have_count(number)
    assert len(downloaded(page, ".card-missed")) == number
    assert_accessible(page)
    page.locator(".card-batches tbody button").first.click()
    expect(page.locator("[data-list-title]")).to_contain_text("reviews: ")
    page.goto("/cohort/1/coverage")
    ready(page)
    expect(page.locator("td.now").first).to_be_in_viewport(ratio=1)
    page.locator("td[data-state] button").first.click()
    expect(page.locator(".window-open")).to_be_visible()
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".window-open")).to_have_count(0)
