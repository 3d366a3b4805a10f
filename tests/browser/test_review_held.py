"""A review lived through: held with a dropped connection in the middle, completed, signed, added to."""

from __future__ import annotations

import re

from playwright.sync_api import APIResponse, Page, Route, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Cohort, CohortTutor, Enrolment, Learner, Person, Review, ReviewForm, Target
from tests.browser.conftest import OpenPage
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, go, ready

AGREED = "Two study evenings a week until half-term."


def someone(engine: Engine) -> tuple[int, int, str]:
    """(learner, plan, given name) of a learner of the tutor's with an open target and no review under way."""
    with Session(engine) as session:
        found = session.execute(
            select(Enrolment.learner_id, Enrolment.id, Learner.given_name)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .join(CohortTutor, CohortTutor.cohort_id == Cohort.id)
            .join(Person, Person.id == CohortTutor.person_id)
            .where(
                Person.email == "tutor@demo.routebook.example",
                Enrolment.ended_on.is_(None),
                Learner.person_id.is_(None),
                Enrolment.id.not_in(select(ReviewForm.plan_id)),
                Enrolment.id.in_(select(Target.plan_id).where(Target.status == "in-progress")),
            )
            .order_by(Enrolment.id.desc())
            .limit(1)
        ).one()
        return found.learner_id, found.id, found.given_name


def target_of(engine: Engine, place: str) -> Target:
    with Session(engine) as session:
        return session.get_one(Target, int(place.removeprefix("target-")))


def kept(page: Page, place: str) -> None:
    expect(page.locator(f"[data-kept={place}]")).to_have_text("Kept")


def test_a_redraw_that_was_read_before_a_part_kept_itself_doesn_t_take_it_back(
    page_as: OpenPage, served_engine: Engine
) -> None:
    learner_id, _, _ = someone(served_engine)
    page = page_as("tutor", f"/learner/{learner_id}/reviews")
    page.locator("[data-action=start-review]").click()
    page.wait_for_url(re.compile(r"/review/\d+$"))
    ready(page)
    waiting: list[tuple[Route, APIResponse]] = []

    def read_now_tell_later(route: Route) -> None:
        waiting.append((route, route.fetch()))
        page.evaluate("document.body.dataset.isRead = 'true'")

    page.route("**/_dash-update-component*", read_now_tell_later)
    page.locator("[data-writes=review-action-add] [name=what]").fill("Book the workshop")
    page.locator("[data-action=add-action]").click()
    expect(page.locator("#status")).to_have_text("Noted.")
    page.wait_for_selector("body[data-is-read]")
    part = page.locator("[data-place=agreed]")
    part.locator("[name=said]").fill(AGREED)
    kept(page, "agreed")
    for route, answer in waiting:
        route.fulfill(response=answer)
    page.unroute("**/_dash-update-component*")
    expect(page.locator(".who-does-what")).to_contain_text("Book the workshop")
    expect(part.locator("[name=said]")).to_have_value(AGREED)
    part.locator("[name=said]").press_sequentially(" And on Fridays.")
    kept(page, "agreed")
    page.reload()
    ready(page)
    expect(part.locator("[name=said]")).to_have_value(f"{AGREED} And on Fridays.")


def test_a_review_is_held_through_a_lost_connection_completed_signed_added_to_and_recapped(
    page_as: OpenPage, served_engine: Engine, complaints: Complaints
) -> None:
    complaints.expect("net::ERR_INTERNET_DISCONNECTED")
    learner_id, plan_id, given = someone(served_engine)
    page = page_as("tutor", f"/learner/{learner_id}/reviews")
    page.locator("[data-action=start-review]").click()
    page.wait_for_url(re.compile(r"/review/\d+$"))
    expect(page.locator("[data-view=review-form]")).to_contain_text("What we agreed")
    expect(page.get_by_placeholder("Find a learner")).to_have_count(0)
    address = page.url

    first = page.locator("[data-view=review-agenda] .decide").first
    place = first.get_attribute("data-place") or ""
    moves = target_of(served_engine, place).moves
    first.get_by_role("radio", name="Move").check()
    kept(page, place)
    page.context.set_offline(True)
    first.locator("[name=reason]").fill("The workshop is full")
    page.locator("[data-place=agreed] [name=said]").fill(AGREED)
    page.context.set_offline(False)
    kept(page, "agreed")
    kept(page, place)
    assert_accessible(page)

    page.close()
    page = page_as("tutor", address)
    expect(page.locator("[data-place=agreed] [name=said]")).to_have_value(AGREED)
    moved = page.locator(f"[data-place={place}]")
    expect(moved.locator("[name=reason]")).to_have_value("The workshop is full")
    complaints.expect("status of 422")
    page.locator("[data-action=complete]").click()
    expect(moved.locator("[data-field=due_on] .field-error")).to_have_text("Please choose the new date.")
    moved.locator("[name=due_on]").fill("2027-03-05")
    page.get_by_role("radio", name="Green").check()
    page.locator("[data-place=judgement] [name=said]").fill("On course once the workshop is done.")
    page.locator("[data-writes=review-action-add] [name=what]").fill("Book the workshop")
    page.locator("[data-action=add-action]").click()
    expect(page.locator(".who-does-what")).to_contain_text("Book the workshop")
    page.locator("[data-action=complete]").click()

    signatures = page.locator(".signatures")
    expect(signatures).to_be_visible()
    expect(page.locator("[data-view=review-agenda]")).to_contain_text("Moved to Fri 5 Mar 2027")
    target = target_of(served_engine, place)
    assert (str(target.due_on), target.moves) == ("2027-03-05", moves + 1)
    with Session(served_engine) as session:
        held = session.scalars(select(Review).where(Review.plan_id == plan_id).order_by(Review.id.desc()))
        assert held.first().note == AGREED  # type: ignore[union-attr]  # it was just completed
    signatures.locator("[data-party=tutor] [data-action=sign]").click()
    expect(signatures.locator("[data-party=tutor]")).to_have_attribute("data-signed", "true")
    signatures.locator("[data-party=learner] [data-action=sign]").click()
    expect(signatures.locator("[data-party=learner]")).to_contain_text("in person, written down by")
    page.locator("[data-writes=review-note] [name=said]").fill("The workshop moved to Thursday.")
    page.locator("[data-action=add-note]").click()
    expect(page.locator("blockquote.added")).to_contain_text("The workshop moved to Thursday.")
    expect(page.locator("[data-view=review-form]")).to_contain_text(AGREED)
    assert_accessible(page)

    go(page, "/reviews/recap")
    recap = page.locator("[data-view=review-recap] article", has_text=given).last
    expect(recap).to_contain_text("Book the workshop")
    expect(recap).to_contain_text("by Fri 5 Mar 2027")
    page.set_viewport_size({"width": 390, "height": 844})
    assert_no_sideways_scrolling(page)
