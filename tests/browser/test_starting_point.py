"""Where a plan starts and leads, in a real browser: the learner on a phone, the tutor at a desk."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import models
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, go, ready

PHONE = {"width": 390, "height": 844}
WORDS = "I keep calm 🙂 شكراً"


def opened(page: Page, summary: str) -> None:
    page.locator("summary", has_text=summary).first.click()


def save(page: Page, kind: str) -> None:
    page.locator(f"form[data-writes={kind}]:visible [data-action=save]").first.click()
    ready(page)


def test_a_learner_says_on_a_phone_where_they_start_and_what_they_did(page_as: OpenPage) -> None:
    page = page_as("learner", "/learner/1/start", viewport=PHONE)
    opened(page, "Change it")
    page.fill("form[data-writes=own-words] [name=strengths]", WORDS)
    save(page, "own-words")
    expect(page.locator(".known-words dd").first).to_have_text(WORDS)
    opened(page, "Rate my skills today")
    sheet = page.locator("form[data-writes=balance]")
    expect(sheet.locator(".readers")).to_contain_text("Nobody watches it round the clock")
    assert_accessible(page)
    first = sheet.locator("fieldset").first
    first.get_by_label("Can show others").check()
    skill = first.locator("legend").inner_text()
    save(page, "balance")
    rated = page.locator("table.balance tr", has_text=skill)
    expect(rated.locator("td[data-label=Now]")).to_contain_text("Can show others")
    assert_no_sideways_scrolling(page)
    go(page, "/learner/1/experiences")
    opened(page, "Add something I did")
    page.fill("[name=what]:visible", "Open day guide")
    page.fill("[name=learned]:visible", "People like to be asked.")
    page.fill("[name=from_on]:visible", "2026-08-30")
    save(page, "experience")
    expect(page.locator("[data-field=from_on] .field-error:visible")).to_contain_text(
        "before this plan began"
    )
    page.fill("[name=from_on]:visible", "2026-11-21")
    save(page, "experience")
    expect(page.locator(".log h3", has_text="Open day guide")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scrolling(page)


def test_a_tutor_meets_an_assessed_need_with_a_target_and_checks_a_way_on(
    page_as: OpenPage, served_engine: Engine
) -> None:
    learner_id, plan_id = with_one_open_need(served_engine)
    page = page_as("tutor", f"/learner/{learner_id}/start?plan={plan_id}")
    assert_accessible(page)
    opened(page, "Make a target for it")
    page.fill("form[data-writes=need-target] [name=title]", "Talk each brief through before starting")
    page.fill("form[data-writes=need-target] [name=due_on]", "2027-02-12")
    save(page, "need-target")
    expect(page.locator(".open-needs")).to_have_count(0)
    expect(page.get_by_role("link", name="Talk each brief through before starting")).to_be_visible()
    go(page, f"/learner/{learner_id}/destination?plan={plan_id}")
    opened(page, "Add a way on")
    page.fill("form[data-key$='-new'][data-writes=progression-option] [name=title]", "HND by day release")
    save(page, "progression-option")
    option = page.locator(".option", has_text="HND by day release")
    option.locator("summary", has_text="Add what it needs").click()
    option.locator("[name=needs]:visible").fill("A merit in maths")
    save(page, "progression-need")
    expect(option).to_contain_text("0 of 1 there; 1 gap that no target leads to yet")
    assert_accessible(page)


def with_one_open_need(engine: Engine) -> tuple[int, int]:
    """(learner id, plan id) of a current learner of the demo's first cohort whose one need is open."""
    with Session(engine) as session:
        rows = session.execute(
            select(models.Enrolment.learner_id, models.Enrolment.id)
            .join(models.Assessment, models.Assessment.plan_id == models.Enrolment.id)
            .where(
                models.Enrolment.cohort_id == 1,
                models.Enrolment.ended_on.is_(None),
                models.Enrolment.learner_id > 2,
                models.Assessment.need,
                models.Assessment.target_id.is_(None),
                models.Assessment.support_id.is_(None),
            )
            .order_by(models.Enrolment.id)
        ).all()
    alone = [row for row in rows if rows.count(row) == 1]
    return alone[0].learner_id, alone[0].id
