"""Who types, ticks and closes quickly: nothing typed goes elsewhere, and the focus is never on nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data.models import Enrolment, Step, Target
from tests.browser.conftest import OpenPage
from tests.browser.looking import ready

SLOW = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
PAUSE = 60
"""Milliseconds between keys, so that a save's answer comes among them."""


def slowed(page: Page) -> Page:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    return page


def note_of(page: Page) -> Locator:
    return page.locator("[data-view=target-form] [name=note]")


def open_targets(engine: Engine, *conditions: Any) -> list[tuple[int, int]]:
    """(target, learner) of those in progress in the cohort of the demo's tutor, the last ones first."""
    with Session(engine) as session:
        rows = session.execute(
            select(Target.id, Enrolment.learner_id)
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .where(
                Enrolment.cohort_id == 1,
                Enrolment.ended_on.is_(None),
                Target.status == "in-progress",
                Target.due_on.is_not(None),
                *conditions,
            )
            .order_by(Target.id.desc())
        )
        return [(target_id, learner_id) for target_id, learner_id in rows]


def two_undone_steps(page_as: OpenPage, engine: Engine, number: int) -> tuple[Page, Locator, Locator]:
    """The page of the target with that number among those with two steps to do, and the boxes of these."""
    undone = select(func.count()).where(Step.target_id == Target.id, Step.done_on.is_(None))
    target, learner = open_targets(engine, undone.scalar_subquery() >= 2)[number]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    boxes = page.locator("[data-view=target-form] form[data-at-once] [type=checkbox]:not(:checked)")
    one, other = (
        page.locator(f"[data-view=target-form] [data-step='{box.get_attribute('data-step')}']")
        for box in boxes.all()[:2]
    )
    return page, one, other


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return found


def unticks(answer: Response) -> bool:
    return "/write/" in answer.url and "done=" not in (answer.request.post_data or "")


def expect_focus(page: Page, selector: str) -> None:
    expect(page.locator(selector).and_(page.locator(":focus"))).to_have_count(1)


@pytest.mark.parametrize("place", ["cohort", "learner"])
def test_what_is_typed_while_a_save_is_on_its_way_stays_where_it_is_typed(
    page_as: OpenPage, served_engine: Engine, place: str
) -> None:
    shared = open_targets(served_engine, Target.milestone_id.is_not(None))
    target, learner = shared[1 if place == "cohort" else 2]
    number = 1 if place == "cohort" else learner
    page = slowed(page_as("tutor", f"/{place}/{number}?target={target}"))
    note = note_of(page)
    note.fill("the notes too.")
    note.press("Control+Home")
    note.press("Control+Enter")
    page.keyboard.type("Bring the folder, and ", delay=PAUSE)
    ready(page)
    expect(note).to_have_value("Bring the folder, and the notes too.")
    expect_focus(page, "[data-view=target-form] [name=note]")


def test_a_step_ticked_twice_quickly_is_as_the_second_left_it(
    page_as: OpenPage, served_engine: Engine
) -> None:
    has_step = select(Step.id).where(Step.target_id == Target.id, Step.done_on.is_(None)).exists()
    target, learner = open_targets(served_engine, has_step)[0]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    box = page.locator("[data-view=target-form] form[data-at-once] [type=checkbox]:not(:checked)").first
    step = box.evaluate("box => box.closest('form').dataset.draft")
    tick = page.locator(f"form[data-draft='{step}'] [type=checkbox]")
    held: list[Route] = []
    page.route("**/write/**", lambda route: route.continue_() if held else held.append(route))
    tick.press("Space")
    expect(page.locator(f"form[data-draft='{step}'][aria-busy]")).to_be_visible()
    tick.press("Space")
    expect(tick).not_to_be_checked()
    with page.expect_response(unticks) as second:
        held[0].continue_()
    assert second.value.ok, second.value.text()
    ready(page)
    expect(tick).not_to_be_checked()
    page.reload()
    ready(page)
    expect(tick).not_to_be_checked()


def test_two_steps_ticked_quickly_are_both_done(page_as: OpenPage, served_engine: Engine) -> None:
    page, one, other = two_undone_steps(page_as, served_engine, 2)
    of_other = f"step={other.get_attribute('data-step')}&"
    held: list[Route] = []

    def hold_the_second(route: Route) -> None:
        if of_other in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/write/**", hold_the_second)
    other.press("Space")
    one.press("Space")
    expect(one.and_(page.locator("[checked]"))).to_be_visible()  # drawn by its answer
    expect(other).to_be_checked()
    with page.expect_response("**/write/**") as second:
        held[0].continue_()
    assert second.value.ok, second.value.text()
    ready(page)
    page.reload()
    ready(page)
    expect(one).to_be_checked()
    expect(other).to_be_checked()


def test_ones_own_tick_is_no_conflict_with_ones_own_draft(page_as: OpenPage, served_engine: Engine) -> None:
    has_step = select(Step.id).where(Step.target_id == Target.id, Step.done_on.is_(None)).exists()
    target, learner = open_targets(served_engine, has_step)[1]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    with page.expect_request(lambda one: one.url.endswith("/drafts") and one.method == "POST"):
        note_of(page).fill("My draft of this")
    page.reload()
    ready(page)
    expect(note_of(page)).to_have_value("My draft of this")
    page.locator("[data-view=target-form] form[data-at-once] [type=checkbox]:not(:checked)").first.press(
        "Space"
    )
    expect(page.get_by_role("status").filter(has_text=re.compile("done", re.I))).to_be_visible()
    ready(page)
    expect(page.get_by_text("Somebody else saved in between")).to_have_count(0)
    expect(note_of(page)).to_have_value("My draft of this")


def test_closing_a_form_that_an_address_opened_leads_to_its_target(
    page_as: OpenPage, served_engine: Engine
) -> None:
    target, learner = open_targets(served_engine)[3]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    note_of(page).press("Escape")
    ready(page)
    expect(page.locator("[data-view=target-form] form")).to_have_count(0)
    expect_focus(page, f"[data-target='{target}'], [data-target='{target}'] *")


def test_the_focus_stays_in_a_form_whose_field_or_button_its_own_action_hides(
    page_as: OpenPage, served_engine: Engine
) -> None:
    target, learner = open_targets(served_engine)[4]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    form = page.locator("[data-view=target-form]")
    note_of(page).fill("Typed and thrown away")
    form.locator("[data-action=discard-draft]").click()
    expect_focus(page, "[data-view=target-form] [type=submit]")
    due = form.locator("[name=due_on]")
    due.fill("2027-06-21")
    form.locator("[name=reason]").fill("The workshop is closed")
    form.locator("[name=reason]").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    ready(page)
    expect(form.locator("[name=reason]")).to_be_hidden()
    expect_focus(page, "[data-view=target-form] [type=submit]")


def test_a_step_done_from_the_first_card_shows_what_it_did(page_as: OpenPage) -> None:
    page = page_as("learner", "/")
    page.locator("form[data-ticks] [type=submit], form[data-ticks] button").first.press("Enter")
    expect(page.locator("[data-view=target-form]")).to_be_in_viewport()
    expect_focus(page, "#target-form, #target-form *")


def test_a_list_opened_from_another_page_is_in_view_with_its_heading_in_focus(page_as: OpenPage) -> None:
    page = page_as("admin", "/organisation")
    page.locator("[data-view=overdue-heatmap] td [data-stop]").first.press("Enter")
    page.wait_for_url(re.compile(r"/department/\d+\?list=overdue"))
    ready(page)
    expect(page.locator("[data-list-title]")).to_be_in_viewport()
    expect_focus(page, "[data-list-title]")
    page.get_by_role("button", name="Close").click()
    ready(page)
    assert focused(page)[:5] != "<body"


def test_tab_leaves_the_grid_that_arrows_walk_through(page_as: OpenPage) -> None:
    page = page_as("tutor", "/cohort/1")
    cell = page.locator("[role=gridcell][col-id^=milestone-]").first
    cell.focus()
    page.keyboard.press("ArrowRight")
    assert 'role="gridcell"' in focused(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('[role=grid]')")
    expect(page.get_by_role("grid", name="Progress in E3-1 Engineering L3 Year 1")).to_be_visible()
