"""From a route drafted on a phone to proposed targets, and a template's change to the plans that take it."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Learner, Person, Template
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, go, ready

PHONE = {"width": 390, "height": 844}
STOP = "See a wind tunnel from the inside"


def amara(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalars(
            select(Learner.id)
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example")
        ).one()


def test_a_stop_drafted_on_a_phone_outlives_the_tab_and_becomes_a_proposed_target(
    page_as: OpenPage, served_engine: Engine
) -> None:
    address = f"/learner/{amara(served_engine)}/build"
    phone = page_as("learner", address, viewport=PHONE)
    assert_accessible(phone)
    assert_no_sideways_scrolling(phone)
    phone.locator("summary", has_text="Add a stop").click()
    form = phone.locator("form[data-draft$=-new-stop]")
    with phone.expect_response("**/drafts"):
        form.locator("[name=said]").fill(STOP)
    go(phone, address)
    expect(form.locator("[name=said]")).to_have_value(STOP)
    form.locator("[data-action=save]").click()
    expect(phone.locator(".pieces")).to_contain_text([STOP, ""])

    tutor = page_as("tutor", address)
    assert_accessible(tutor)
    piece = tutor.locator(".pieces > li", has_text=STOP)
    piece.locator("summary", has_text="Propose as a target").click()
    proposal = piece.locator("[data-writes=draft-take-stop]")
    expect(proposal.locator("[name=title]")).to_have_value(STOP)
    proposal.locator("[name=criteria]").fill("One photograph and three things that I noticed")
    proposal.locator("[name=due_on]").fill("2027-05-14")
    proposal.locator("[data-action=save]").click()
    expect(piece.locator(".taken")).to_contain_text("taken over by Priya Shah")
    expect(piece.locator(".own-words")).to_contain_text("Amara Okafor")

    go(phone, address)
    expect(phone.locator(".pieces > li", has_text=STOP)).to_contain_text("open the target")


def test_a_weak_judgement_is_bridged_on_the_page_of_phases(page_as: OpenPage, served_engine: Engine) -> None:
    page = page_as("tutor", f"/learner/{amara(served_engine)}/phases")
    assert_accessible(page)
    move = page.locator(".next-move")
    move.locator("summary", has_text="Judge anew").click()
    form = move.locator("[data-writes=preparedness]")
    form.locator("[name=practical]").select_option("not-yet")
    form.locator("[data-action=save]").click()
    expect(move.locator(".gap-notice")).to_contain_text("practical side")
    move.locator("summary", has_text="Add a bridge").click()
    bridge = move.locator("[data-writes=bridge-add]")
    expect(bridge.locator("[name=aspect]")).to_have_value("practical")
    bridge.locator("[name=what]").fill("Travel pass for the spring")
    bridge.locator("[data-action=save]").click()
    expect(move.locator(".bridges")).to_contain_text("Travel pass for the spring")
    expect(move.locator(".gap-notice")).to_have_count(0)
    move.locator(".bridges label", has_text="Travel pass").locator("input").check()
    expect(move.locator(".bridges li", has_text="Travel pass")).to_contain_text("done 11 Jan")


def test_a_templates_change_goes_into_the_plans_that_are_ticked_and_back(
    page_as: OpenPage, served_engine: Engine
) -> None:
    with Session(served_engine) as session:
        template_id = session.scalars(select(Template.id)).one()
    page = page_as("head", "/templates")
    assert_accessible(page)
    page.locator(".plain-table a").click()
    ready(page)
    assert_accessible(page)
    plans = page.locator(".outlooks > li")
    before = plans.count()
    for box in page.locator(".outlooks [name=plan]").all()[1:]:
        box.uncheck()
    page.locator("[data-writes=template-carry] [data-action=save]").click()
    expect(page.locator(".runs > li")).to_have_count(2)
    expect(page.locator(".runs > li").first).to_contain_text("in 1 plan")
    expect(plans).to_have_count(before - 1)
    page.locator(".runs [data-writes=template-undo]").first.locator("[data-action=save]").click()
    expect(page.locator(".runs > li").first).to_contain_text("Undone")
    expect(plans).to_have_count(before)
    go(page, f"/template/{template_id}?cohort=1")
    assert_no_sideways_scrolling(page)
