"""Putting a target right on the spot, as tutor and as learner, by mouse and by keyboard; what is typed is
never lost. Each test takes targets of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import APIResponse, Dialog, Locator, Page, Route, expect
from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from data.models import CohortTutor, Enrolment, Learner, Person, Step, Target
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}
LOST = "ERR_INTERNET_DISCONNECTED|the server did not respond"


class Case(NamedTuple):
    """An open target of a learner, not touched by another test."""

    id: int
    learner_id: int
    cohort_id: int

    @property
    def address(self) -> str:
        return f"/learner/{self.learner_id}?target={self.id}"


@pytest.fixture(scope="module")
def cases(served_engine: Engine) -> Iterator[Case]:
    """Targets of the tutor's learners: open and without a note; each of another learner."""
    tutored = select(CohortTutor.cohort_id).join(Person, Person.id == CohortTutor.person_id)
    found = _open_targets(
        served_engine,
        Enrolment.cohort_id.in_(tutored.where(Person.email == "tutor@demo.routebook.example")),
        Enrolment.learner_id.not_in(_demo_learner()),
        Target.note == "",
    )
    return iter({case.learner_id: case for case in found}.values())


@pytest.fixture
def case(cases: Iterator[Case]) -> Case:
    return next(cases)


@pytest.fixture(scope="module")
def own_cases(served_engine: Engine) -> Iterator[Case]:
    """Targets of the demo's learner, who has an account."""
    step_to_do = select(Step.id).where(Step.target_id == Target.id, Step.done_on.is_(None)).exists()
    return iter(_open_targets(served_engine, Enrolment.learner_id.in_(_demo_learner()), step_to_do))


@pytest.fixture
def own_case(own_cases: Iterator[Case]) -> Case:
    return next(own_cases)


def _open_targets(engine: Engine, *conditions: ColumnElement[bool]) -> list[Case]:
    with Session(engine) as session:
        rows = session.execute(
            select(Target.id, Enrolment.learner_id, Enrolment.cohort_id)
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .where(
                Target.status == "in-progress",
                Target.due_on.is_not(None),
                Enrolment.ended_on.is_(None),
                *conditions,
            )
            .order_by(Target.id)
        ).all()
    return [Case(*row) for row in rows]


def _demo_learner() -> ColumnElement[int]:
    account = select(Person.id).where(Person.email == "learner@demo.routebook.example")
    return select(Learner.id).where(Learner.person_id.in_(account)).scalar_subquery()


def form_of(page: Page) -> Locator:
    return page.locator("[data-view=target-form]")


def control(page: Page, name: str) -> Locator:
    return form_of(page).locator(f"[name={name}]")


def save(page: Page) -> None:
    form_of(page).locator("[data-action=save]").click()


def row_of(page: Page, case: Case) -> Locator:
    """The target's row in the list of the learner's page."""
    return page.locator(f"[data-view=target-list] [data-target='{case.id}']")


def expect_saved(page: Page, version: int) -> None:
    expect(form_of(page)).to_have_attribute("data-saved", str(version))
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def version_of(engine: Engine, case: Case) -> int:
    return stored(engine, case).version


def stored(engine: Engine, case: Case) -> Target:
    with Session(engine) as session:
        return session.get_one(Target, case.id)


# --- saving --------------------------------------------------------------------------------------------


def test_a_save_by_mouse_updates_the_view_around_without_a_reload(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, case)
    page = page_as("tutor", f"/learner/{case.learner_id}")
    page.evaluate("window.stillHere = true")
    expect(form_of(page)).to_be_hidden()
    row_of(page, case).locator("a:not(.everything)").click()
    expect(form_of(page)).to_be_focused()
    expect(page).to_have_url(re.compile(f"target={case.id}"))
    control(page, "status").select_option("achieved")
    control(page, "note").fill("Signed off by the assessor")
    save(page)
    expect_saved(page, version + 1)
    expect(row_of(page, case)).to_have_attribute("data-state", "achieved")
    expect(form_of(page).locator(".history")).to_contain_text("wrote “Signed off by the assessor”")
    expect(form_of(page).locator(".pill")).to_contain_text("Achieved")
    assert page.evaluate("window.stillHere")


def test_a_target_is_put_right_by_keyboard_alone(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, case)
    page = page_as("tutor", f"/learner/{case.learner_id}")
    row_of(page, case).locator("a:not(.everything)").focus()
    page.keyboard.press("Enter")
    expect(form_of(page)).to_be_focused()
    while not page.evaluate("document.activeElement.name === 'status'"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(control(page, "status")).to_have_value("achieved")
    control(page, "note").focus()
    page.keyboard.type("First line")
    page.keyboard.press("Enter")
    page.keyboard.type("Second line")
    page.keyboard.press("Control+Enter")
    expect_saved(page, version + 1)
    expect(control(page, "note")).to_be_focused()
    assert stored(served_engine, case).note == "First line\nSecond line"
    page.keyboard.press("Escape")
    expect(form_of(page)).to_be_hidden()
    expect(row_of(page, case).locator("a:not(.everything)")).to_be_focused()


def test_a_date_moves_with_a_reason_and_enter_saves(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, case)
    page = page_as("tutor", case.address)
    expect(control(page, "reason")).to_be_hidden()
    control(page, "due_on").fill("2027-04-30")
    control(page, "due_on").press("Enter")
    reason = control(page, "reason")
    expect(reason).to_be_focused()
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_have_accessible_description(re.compile("Please say why the date moves."))
    expect(control(page, "due_on")).to_have_value("2027-04-30")
    reason.fill("Two workshop sessions missed")
    reason.press("Enter")
    expect_saved(page, version + 1)
    expect(reason).to_be_hidden()
    expect(reason).not_to_have_attribute("aria-invalid", "true")
    expect(form_of(page).locator(".history")).to_contain_text("to 30 Apr: Two workshop sessions missed")


def test_half_a_date_is_refused_at_the_field_and_stays_typed(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    page = page_as("tutor", case.address)
    due_on = control(page, "due_on")
    due_on.fill("")
    due_on.focus()
    page.keyboard.type("02")
    page.keyboard.press("Enter")
    expect(due_on).to_have_accessible_description(re.compile("Please type the whole date"))
    assert due_on.evaluate("control => control.validity.badInput")
    due_on.fill("")
    control(page, "note").fill("Still here")
    save(page)
    expect(due_on).to_have_accessible_description(re.compile("A target that has a date keeps one"))
    expect(control(page, "note")).to_have_value("Still here")
    due_on.fill("1995-01-01")
    save(page)
    expect(due_on).to_have_accessible_description(re.compile("before learning began"))
    assert stored(served_engine, case).note == ""


def test_the_cohort_s_grid_follows_a_save_beside_it(page_as: OpenPage, case: Case) -> None:
    page = page_as("tutor", f"/cohort/{case.cohort_id}?target={case.id}")
    figures = page.locator(".figures")
    before = figures.inner_text()
    control(page, "status").select_option("achieved")
    save(page)
    expect(form_of(page)).to_have_attribute("data-saved", re.compile(r"\d+"))
    expect(figures).not_to_have_text(before)


# --- somebody else in between --------------------------------------------------------------------------


def test_two_people_s_edits_stand_side_by_side_and_mine_can_be_kept(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, case)
    mine, theirs = page_as("tutor", case.address), page_as("head", case.address)
    control(theirs, "note").fill("The head's words")
    control(theirs, "status").select_option("to-come")
    save(theirs)
    expect_saved(theirs, version + 1)
    control(mine, "note").fill("The tutor's words")
    save(mine)
    expect(form_of(mine)).to_have_attribute("data-conflict", "true")
    conflict = form_of(mine).get_by_role("group", name="Somebody else saved in between")
    expect(conflict).to_contain_text("Dr Leonie Brandt saved")
    expect(conflict).to_contain_text("The head's words")
    expect(conflict).to_contain_text("The tutor's words")
    expect(conflict.get_by_role("row", name="Status")).to_contain_text("To come")
    expect(conflict.get_by_role("row", name="Due")).to_be_hidden()
    expect(control(mine, "note")).to_have_value("The tutor's words")
    assert_accessible(mine, "[data-view=target-form]")
    conflict.get_by_text("Keep what I typed").click()
    expect(conflict).to_be_hidden()
    save(mine)
    expect_saved(mine, version + 2)
    assert stored(served_engine, case).note == "The tutor's words"


def test_two_tabs_of_one_person_are_two_people_and_theirs_can_be_taken(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, case)
    one = page_as("tutor", case.address)
    other = one.context.new_page()
    other.goto(case.address)
    control(other, "note").fill("From the other tab")
    save(other)
    expect_saved(other, version + 1)
    control(one, "note").fill("From this tab")
    control(one, "note").press("Control+Enter")
    expect(form_of(one)).to_have_attribute("data-conflict", "true")
    form_of(one).get_by_text("Take theirs").click()
    expect(control(one, "note")).to_have_value("From the other tab")
    expect(form_of(one)).not_to_have_attribute("data-conflict", "true")
    control(one, "note").fill("Agreed with myself")
    save(one)
    expect_saved(one, version + 2)


def test_a_second_conflict_is_told_too(page_as: OpenPage, case: Case, served_engine: Engine) -> None:
    mine, theirs = page_as("tutor", case.address), page_as("head", case.address)
    control(mine, "note").fill("Mine")
    for words in ("Theirs, once", "Theirs, twice"):
        control(theirs, "note").fill(words)
        save(theirs)
        expect(form_of(theirs).locator(".history li").first).to_contain_text(words)
        save(mine)
        conflict = form_of(mine).get_by_role("group", name="Somebody else saved in between")
        expect(conflict).to_contain_text(words)
        conflict.get_by_text("Keep what I typed").click()
    assert stored(served_engine, case).note == "Theirs, twice"


# --- nothing typed is lost -----------------------------------------------------------------------------


def test_a_lost_connection_keeps_the_text_and_says_so(
    page_as: OpenPage, case: Case, complaints: Complaints, served_engine: Engine
) -> None:
    complaints.expect(LOST)
    version = version_of(served_engine, case)
    page = page_as("tutor", case.address)
    control(page, "note").fill("Written in the tunnel")
    page.context.set_offline(True)
    save(page)
    expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible()
    expect(control(page, "note")).to_have_value("Written in the tunnel")
    expect(form_of(page)).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    save(page)
    expect_saved(page, version + 1)
    assert stored(served_engine, case).note == "Written in the tunnel"


def test_an_ended_session_keeps_the_text_until_one_has_signed_in_again(
    page_as: OpenPage, case: Case, served_engine: Engine, complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    version = version_of(served_engine, case)
    page = page_as(None)
    sign_in(page, "tutor")
    ready(page)
    page.goto(case.address)
    control(page, "note").fill("Written before lunch")
    page.context.clear_cookies()
    save(page)
    notice = page.get_by_role("alert").filter(has_text="You have been signed out")
    expect(notice).to_be_visible()
    expect(control(page, "note")).to_have_value("Written before lunch")
    with page.context.expect_page() as opened:
        notice.get_by_role("link").click()
    sign_in_tab = opened.value
    sign_in_tab.fill("[name=email]", "tutor@demo.routebook.example")
    sign_in_tab.fill("[name=password]", "routebook-demo")
    sign_in_tab.click("[type=submit]")
    expect(sign_in_tab.get_by_role("heading", name="You are signed in")).to_be_visible()
    save(page)
    expect_saved(page, version + 1)
    assert stored(served_engine, case).note == "Written before lunch"


def test_what_is_typed_outlives_another_selection_and_another_page(page_as: OpenPage, case: Case) -> None:
    page = page_as("tutor", case.address)
    control(page, "note").fill("Half a sentence")
    page.locator("[data-view=target-list] [data-target] a:not(.everything)").last.click()
    expect(page.get_by_role("status").filter(has_text="kept but not saved")).to_be_visible()
    expect(control(page, "note")).not_to_have_value("Half a sentence")
    page.go_back()
    expect(control(page, "note")).to_have_value("Half a sentence")
    form_of(page).get_by_role("button", name="Close this target").click()
    expect(form_of(page)).to_be_hidden()
    page.get_by_role("navigation", name="Pages").get_by_role("link").first.click()
    expect(form_of(page)).to_have_count(0)
    page.go_back()
    ready(page)
    row_of(page, case).locator("a:not(.everything)").click()
    expect(control(page, "note")).to_have_value("Half a sentence")
    expect(form_of(page)).to_contain_text("Not saved yet")


def test_a_closed_tab_and_another_device_find_what_was_typed(page_as: OpenPage, own_case: Case) -> None:
    tab = page_as("tutor", own_case.address)
    with tab.expect_request(lambda asked: asked.url.endswith("/drafts") and asked.method == "POST") as kept:
        control(tab, "note").fill("Typed before the tab was closed")
    kept.value.response()
    tab.close()
    elsewhere = page_as("tutor", own_case.address)
    expect(control(elsewhere, "note")).to_have_value("Typed before the tab was closed")
    expect(form_of(elsewhere)).to_contain_text("Not saved yet")
    form_of(elsewhere).get_by_role("button", name="Discard").click()
    expect(control(elsewhere, "note")).not_to_have_value("Typed before the tab was closed")


def test_what_somebody_else_saved_meanwhile_is_seen_on_coming_back(page_as: OpenPage, case: Case) -> None:
    mine, theirs = page_as("tutor", case.address), page_as("head", case.address)
    control(mine, "note").fill("Mine")
    mine.locator("[data-view=target-list] [data-target] a:not(.everything)").last.click()
    expect(control(mine, "note")).not_to_have_value("Mine")
    control(theirs, "note").fill("Theirs")
    save(theirs)
    expect(form_of(theirs)).to_have_attribute("data-saved", re.compile(r"\d+"))
    mine.go_back()
    expect(form_of(mine)).to_have_attribute("data-conflict", "true")
    expect(control(mine, "note")).to_have_value("Mine")


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "untouched"])
def test_leaving_with_something_unsaved_asks_first_and_only_then(
    page_as: OpenPage, case: Case, typed: bool, complaints: Complaints
) -> None:
    page = page_as("tutor", case.address)
    page.route("**/drafts", lambda route: route.abort())  # else what is typed is safe in a moment
    complaints.expect("/drafts")
    control(page, "note").click()
    if typed:
        page.keyboard.type("Half a sentence")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto("/signed-in")
    assert asked == (["beforeunload"] if typed else [])


# --- who may do what -----------------------------------------------------------------------------------


def test_a_learner_changes_the_note_and_ticks_steps_and_reads_who_reads_it(
    page_as: OpenPage, own_case: Case, served_engine: Engine
) -> None:
    version = version_of(served_engine, own_case)
    page = page_as("learner", own_case.address)
    for name in ("status", "due_on", "reason"):
        expect(control(page, name)).to_be_hidden()
    expect(control(page, "note")).to_have_accessible_description(re.compile("Nobody watches it round the"))
    expect(form_of(page).get_by_text("Nobody watches it round the clock")).to_be_visible()
    control(page, "note").fill("The workshop hours helped")
    step = form_of(page).locator("[data-step]:not(:checked)").first
    words = step.locator("xpath=..").inner_text()
    step.click()
    expect(form_of(page).get_by_role("checkbox", name=words)).to_be_checked()
    expect(control(page, "note")).to_have_value("The workshop hours helped")
    save(page)
    expect_saved(page, version + 2)
    expect(form_of(page).locator(".history")).to_contain_text(f"did “{words}”")
    assert stored(served_engine, own_case).note == "The workshop hours helped"


def test_a_note_saved_while_a_tick_is_on_its_way_back_is_no_conflict_with_oneself(
    page_as: OpenPage, own_case: Case, served_engine: Engine, complaints: Complaints
) -> None:
    complaints.expect("status of 409")
    version = version_of(served_engine, own_case)
    page = page_as("learner", own_case.address)
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/write/target-step", lambda route: held.append((route, route.fetch())))
    control(page, "note").fill("Typed while the tick was under way")
    with page.expect_request("**/write/target-step"):
        form_of(page).locator("[data-step]:not(:checked)").first.click()
    save(page)
    expect_saved(page, version + 2)
    for route, answer in held:
        route.fulfill(response=answer)
    expect(form_of(page).locator(".conflict")).to_have_count(0)
    assert stored(served_engine, own_case).note == "Typed while the tick was under way"


def test_who_only_reads_sees_the_values_without_controls(page_as: OpenPage, own_case: Case) -> None:
    page = page_as("quality", own_case.address)
    expect(form_of(page)).to_contain_text("Due ")
    for name in ("status", "due_on", "note"):
        expect(control(page, name)).to_be_hidden()
    expect(form_of(page).locator("[data-action=save]")).to_be_hidden()
    expect(form_of(page).locator("[data-step]").first).to_be_disabled()
    expect(page.locator("[data-opens]")).to_have_count(0)


# --- the small forms -----------------------------------------------------------------------------------


def opened(page: Page, button: str) -> Locator:
    page.locator("main .page-head").get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog", name=re.compile(button))
    expect(dialog).to_be_visible()
    return dialog


def test_a_new_target_is_added_once_and_appears_in_the_view(page_as: OpenPage, case: Case) -> None:
    page = page_as("tutor", f"/learner/{case.learner_id}")
    dialog = opened(page, "New target")
    expect(dialog.get_by_label("Target", exact=True)).to_be_focused()
    page.keyboard.type("Write to three employers")
    page.keyboard.press("Enter")
    due_on = dialog.get_by_label("Due")
    expect(due_on).to_be_focused()
    expect(due_on).to_have_accessible_description(re.compile("Please choose the day"))
    assert_accessible(page, "dialog[open]")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    dialog = opened(page, "New target")
    expect(dialog.get_by_label("Target", exact=True)).to_have_value("Write to three employers")
    dialog.get_by_label("Success criteria").fill("Three letters sent, with replies kept")
    dialog.get_by_label("Lane").select_option(label="Career")
    due_on.fill("2027-03-26")
    dialog.get_by_role("button", name="Add target").dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="Added “Write to three employers”")).to_be_visible()
    added = page.locator("[data-view=target-list] [data-target]", has_text="Write to three employers")
    expect(added).to_have_count(1)
    dialog = opened(page, "New target")
    expect(dialog.get_by_label("Target", exact=True)).to_have_value("")


def test_what_is_typed_for_one_learner_is_not_shown_for_another(
    page_as: OpenPage, case: Case, served_engine: Engine
) -> None:
    other = next(
        found
        for found in _open_targets(served_engine, Enrolment.cohort_id == case.cohort_id)
        if found.learner_id != case.learner_id
    )
    page = page_as("tutor", f"/cohort/{case.cohort_id}?target={case.id}")
    new_target = form_of(page).get_by_role("button", name="New target")
    title = page.get_by_role("dialog").get_by_label("Target", exact=True)
    new_target.click()
    title.fill("For the first learner")
    page.keyboard.press("Escape")
    page.evaluate("target => window.routebook.select({ target })", other.id)
    expect(form_of(page)).to_have_attribute("data-of", str(other.id))
    new_target.click()
    expect(title).to_have_value("")
    page.keyboard.press("Escape")
    page.go_back()
    expect(form_of(page)).to_have_attribute("data-of", str(case.id))
    new_target.click()
    expect(title).to_have_value("For the first learner")
    page.get_by_role("dialog").get_by_label("Due").fill("2027-03-26")
    page.get_by_role("dialog").get_by_role("button", name="Add target").click()
    expect(page.get_by_role("status").filter(has_text="Added “For the first learner”")).to_be_visible()


def test_a_review_held_is_recorded_for_today_and_moves_the_next_one(page_as: OpenPage, case: Case) -> None:
    page = page_as("tutor", f"/learner/{case.learner_id}")
    reviews = page.locator("[data-view=route-map] [data-review]:not([data-review=next])")
    before = reviews.count()
    dialog = opened(page, "Review held")
    expect(dialog.get_by_label("Held on")).to_have_value("2027-01-11")
    dialog.get_by_label("Held on").fill("2027-01-12")
    dialog.get_by_label("Note").fill("Went through the plan")
    dialog.get_by_label("Note").press("Control+Enter")
    expect(dialog.get_by_label("Held on")).to_have_accessible_description(re.compile("still ahead"))
    dialog.get_by_label("Held on").fill("2027-01-11")
    dialog.get_by_role("button", name="Record review").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="Review recorded")).to_be_visible()
    expect(reviews).to_have_count(before + 1)


# --- how it looks and sounds ---------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ["tutor", "learner"])
def test_the_form_is_accessible_and_fits_a_phone(
    role: str, theme: str, page_as: OpenPage, own_cases: Iterator[Case], served_engine: Engine
) -> None:
    case = _open_targets(served_engine, Enrolment.learner_id.in_(_demo_learner()))[-1]
    page = page_as(role, case.address, viewport=PHONE, color_scheme=theme)
    expect(form_of(page)).to_be_visible()
    if role == "tutor":
        control(page, "due_on").fill("2027-05-03")
        save(page)
        expect(control(page, "reason")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page, "[data-view=target-form]")
    assert_no_sideways_scrolling(page)


def test_what_a_thumb_touches_on_a_phone_is_large_enough(page_as: OpenPage, served_engine: Engine) -> None:
    case = _open_targets(served_engine, Enrolment.learner_id.in_(_demo_learner()))[-1]
    page = page_as("tutor", case.address, viewport=PHONE)
    control(page, "note").fill("On the bus")
    expect(form_of(page).get_by_role("button", name="Discard")).to_be_visible()
    touched = form_of(page).locator(":is(button, select, textarea, .steps label, [type=date]):visible")
    assert touched.count() > 4
    for one in touched.all():
        box = one.bounding_box()
        assert box
        assert box["height"] >= 44, one.evaluate("element => element.outerHTML")
