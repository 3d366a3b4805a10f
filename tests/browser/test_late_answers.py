"""Answers that come late, in another order than they were asked for, or cut off: each is taken for what it
answers, and nothing typed meanwhile goes elsewhere, comes back after it was saved, or is lost."""

from __future__ import annotations

from playwright.sync_api import APIResponse, Locator, Page, Request, Route, expect
from sqlalchemy import Engine

from tests.browser.conftest import OpenPage
from tests.browser.looking import ready
from tests.browser.test_going_on import note_of, open_targets, two_undone_steps

WRITES = "**/write/**"
DRAFTS = "**/drafts"
CALLBACKS = "**/_dash-update-component*"


class Held:
    """Holds requests of a page, or their answers, until they are let go."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[tuple[Route, APIResponse | None]] = []
        self._mark = f"data-held-{id(self)}"

    def request(self, route: Route) -> None:
        self._hold(route, None)

    def answer(self, route: Route) -> None:
        self._hold(route, route.fetch())

    def _hold(self, route: Route, answer: APIResponse | None) -> None:
        self._routes.append((route, answer))
        self._page.evaluate("mark => document.body.setAttribute(mark, '')", self._mark)

    def wait(self) -> None:
        """Until there is one."""
        self._page.wait_for_selector(f"body[{self._mark}]", state="attached")

    def let_go(self) -> None:
        """Once there is one; the last one first."""
        self.wait()
        while self._routes:
            route, answer = self._routes.pop()
            route.fulfill(response=answer) if answer else route.continue_()


def keeps_a_draft(request: Request) -> bool:
    return request.url.endswith("/drafts") and request.method == "POST"


def hold_draft(page: Page) -> Held:
    """Hold the next draft."""
    held = Held(page)
    page.route(
        DRAFTS,
        lambda route: held.request(route) if keeps_a_draft(route.request) else route.continue_(),
        times=1,
    )
    return held


def keep_drafts(page: Page) -> None:
    """Have the page keep what is typed by now, as whoever comes back to it does, and wait until it has."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.evaluate("async () => { await fetch('/drafts'); }")


def two_targets(engine: Engine, number: int) -> tuple[int, int, int]:
    """(learner, target, another one of theirs) of the learner with that number."""
    of_learner: dict[int, list[int]] = {}
    for target, learner in open_targets(engine):
        of_learner.setdefault(learner, []).append(target)
    learner, targets = [found for found in of_learner.items() if len(found[1]) > 1][number]
    return learner, targets[0], targets[1]


def choose(page: Page, target: int) -> None:
    page.evaluate("target => window.routebook.select({ target })", target)


def expect_chosen(page: Page, target: int) -> None:
    expect(page.locator("#target-heading")).to_have_attribute("data-of", str(target))


def new_step(page: Page) -> Locator:
    """The field of a step to add, on a target's page."""
    page.locator("summary", has_text="Add a step").click()
    return page.locator("[data-writes=step-add] [name=text]")


def expect_said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_what_was_sent_about_one_learner_leaves_the_dialog_of_the_next_alone(page_as: OpenPage) -> None:
    page = page_as("tutor", "/cohort/1")
    forms = Held(page)
    page.route("**/small-forms", forms.request)
    unsent, one, other = (page.locator(".grid [data-opens=review-held]").nth(number) for number in (1, 2, 3))
    for pill in (unsent, one):
        with page.expect_request("**/small-forms"):
            pill.click()
    forms.let_go()
    dialog = page.locator("#review-held")
    note = dialog.locator("[name=note]")
    expect(dialog.locator("[name=plan]")).to_have_value(one.get_attribute("data-plan") or "")
    draft, save = hold_draft(page), Held(page)
    page.route(WRITES, save.request)
    with page.expect_request(keeps_a_draft):
        note.fill("About the first")
    note.press("Control+Enter")
    note.press("Escape")
    other.click()
    note.fill("About the second")
    with page.expect_request(WRITES) as sent:
        draft.let_go()
    assert f"plan={one.get_attribute('data-plan')}&" in (sent.value.post_data or "")
    assert "note=About+the+first&" in (sent.value.post_data or "")
    with page.expect_response(WRITES):
        save.let_go()
    ready(page)
    expect(dialog).to_be_visible()
    expect(note).to_have_value("About the second")


def test_the_next_step_typed_while_one_is_being_added_stays(page_as: OpenPage, served_engine: Engine) -> None:
    page = page_as("tutor", f"/target/{open_targets(served_engine)[5][0]}")
    step, save = new_step(page), Held(page)
    page.route(WRITES, save.request)
    step.fill("Ask for the long drill")
    with page.expect_request(WRITES):
        step.press("Enter")
    step.fill("Bring the long drill")
    save.let_go()
    expect(page.get_by_text("Ask for the long drill", exact=True)).to_be_visible()
    ready(page)
    expect(step).to_have_value("Bring the long drill")


def test_what_was_saved_doesn_t_come_back_as_a_draft(page_as: OpenPage, served_engine: Engine) -> None:
    page = page_as("tutor", f"/target/{open_targets(served_engine)[6][0]}")
    step, save = new_step(page), Held(page)
    page.route(WRITES, save.answer)
    step.fill("Only once")
    with page.expect_request(WRITES):
        step.press("Enter")
    keep_drafts(page)
    save.let_go()
    expect(page.get_by_text("Only once", exact=True)).to_be_visible()
    with page.expect_response(DRAFTS):
        page.reload()
    new_step(page)
    expect(step).to_have_value("")


def test_enter_held_down_adds_once(page_as: OpenPage, served_engine: Engine) -> None:
    target = open_targets(served_engine)[7][0]
    page = page_as("tutor", f"/target/{target}")
    step = new_step(page)
    step.fill("Held down")
    page.keyboard.down("Enter")
    expect(step).to_have_value("")
    ready(page)
    page.keyboard.down("Enter")
    expect(page.locator("[data-writes=step-add][aria-busy]")).to_have_count(0)
    expect(page.locator("[data-writes=step-add] [aria-invalid=true]")).to_have_count(0)


def test_an_answer_cut_off_is_no_claim_that_nothing_was_saved(
    page_as: OpenPage, served_engine: Engine
) -> None:
    page = page_as("tutor", f"/target/{open_targets(served_engine)[8][0]}")
    step = new_step(page)

    def cut_off(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text()[:40])

    page.route(WRITES, cut_off, times=1)
    step.fill("Saved or not")
    step.press("Enter")
    expect_said(page, "may be saved or not")
    expect(step).to_have_value("Saved or not")
    page.route(WRITES, lambda route: route.fulfill(json={}), times=1)
    step.press("Enter")
    expect(page.locator("[data-writes=step-add][aria-busy]")).to_have_count(0)
    expect(step).to_have_value("Saved or not")


def test_a_draft_that_comes_late_takes_no_later_one_s_place(page_as: OpenPage, served_engine: Engine) -> None:
    target, learner = open_targets(served_engine)[9]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    draft = hold_draft(page)
    with page.expect_request(keeps_a_draft):
        note_of(page).fill("Older")
    note_of(page).fill("Older and newer")
    keep_drafts(page)
    with page.expect_response(lambda one: "newer" in (one.request.post_data or "")):
        draft.let_go()
    page.reload()
    ready(page)
    expect(note_of(page)).to_have_value("Older and newer")


def test_the_answer_to_a_save_leaves_a_target_alone_that_was_chosen_meanwhile(
    page_as: OpenPage, served_engine: Engine
) -> None:
    learner, target, other = two_targets(served_engine, 0)
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    save = Held(page)
    page.route(WRITES, save.request)
    note_of(page).fill("Saved while another is read")
    with page.expect_request(WRITES):
        note_of(page).press("Control+Enter")
    choose(page, other)
    expect_chosen(page, other)
    save.let_go()
    expect_said(page, "Saved.")
    ready(page)
    expect_chosen(page, other)


def test_a_form_that_was_read_before_its_save_shows_what_was_saved(
    page_as: OpenPage, served_engine: Engine
) -> None:
    learner, target, other = two_targets(served_engine, 1)
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    save, form = Held(page), Held(page)
    page.route(WRITES, save.request)
    note_of(page).fill("Saved after it was read")
    with page.expect_request(WRITES):
        note_of(page).press("Control+Enter")
    choose(page, other)
    expect_chosen(page, other)
    page.route(CALLBACKS, form.answer, times=1)
    with page.expect_request(CALLBACKS):
        choose(page, target)
    save.let_go()
    expect_said(page, "Saved.")
    form.let_go()
    ready(page)
    expect_chosen(page, target)
    expect(note_of(page)).to_have_value("Saved after it was read")


def test_two_ticks_answered_in_the_other_order_both_show(page_as: OpenPage, served_engine: Engine) -> None:
    page, one, other = two_undone_steps(page_as, served_engine, 3)
    first = Held(page)
    page.route(WRITES, first.answer, times=1)
    with page.expect_request(WRITES):
        one.press("Space")
    first.wait()
    other.press("Space")
    expect(other.and_(page.locator("[checked]"))).to_be_visible()
    with page.expect_response(WRITES):
        first.let_go()
    ready(page)
    expect(one).to_be_checked()
    expect(other).to_be_checked()


def test_a_draft_that_was_read_before_its_form_was_saved_is_not_put_back(
    page_as: OpenPage, served_engine: Engine
) -> None:
    target, learner = open_targets(served_engine)[10]
    page = page_as("tutor", f"/learner/{learner}?target={target}")
    with page.expect_response(DRAFTS):
        note_of(page).fill("Typed a while ago")
    drafts = Held(page)
    page.route(DRAFTS, drafts.answer, times=1)
    page.reload()
    note_of(page).fill("Saved by now")
    note_of(page).press("Control+Enter")
    expect_said(page, "Saved.")
    with page.expect_response(DRAFTS):
        drafts.let_go()
    ready(page)
    expect(note_of(page)).to_have_value("Saved by now")
    expect(page.get_by_text("Somebody else saved in between")).to_have_count(0)


def test_light_or_dark_once_chosen_stays_so_at_dusk(page_as: OpenPage) -> None:
    page = page_as("tutor", "/caseload", color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    for system in ("dark", "light"):
        page.emulate_media(color_scheme=system)
        page.evaluate("() => new Promise((heard) => requestAnimationFrame(() => setTimeout(heard)))")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
