"""A target from proposal to evidence, by a learner on a phone and a tutor at a desk."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Enrolment, Learner, Person
from tests.browser.conftest import OpenPage
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, go, ready

PHONE = {"width": 390, "height": 844}


def form(page: Page, kind: str) -> Locator:
    return page.locator(f"form[data-writes={kind}]:visible").first


def save(page: Page, kind: str) -> None:
    form(page, kind).locator("[data-action=save]").click()


def open_part(page: Page, words: str) -> None:
    page.locator("summary:visible", has_text=words).first.click()


def test_a_target_is_proposed_amended_agreed_and_achieved_with_evidence(
    served_engine: Engine, page_as: OpenPage, complaints: Complaints
) -> None:
    with Session(served_engine) as session:
        learner_id = session.scalars(
            select(Enrolment.learner_id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example")
        ).first()
    learner = page_as("learner", f"/learner/{learner_id}", viewport=PHONE)
    learner.get_by_role("link", name="Propose a target").click()
    expect(learner.locator("[data-view=propose-target]")).to_be_visible()
    ready(learner)
    propose = form(learner, "target-propose")
    title, checks = propose.locator("[name=title]"), propose.locator("[data-check]")
    title.fill("Better at talking")
    open_part(learner, "Is it worded well?")
    for key, holds in (("verb", "no"), ("date", "no"), ("one", "yes")):
        expect(propose.locator(f"[data-check={key}]")).to_have_attribute("data-holds", holds)
    title.fill("Ask two engineers at the open day how they began")
    propose.locator("[name=due_on]").fill("2027-02-12")
    propose.locator("[name=support_and_guidance]").fill("My uncle comes along")
    propose.locator("[name=lane_id]").select_option(label="Career")
    expect(propose.locator("[data-wording-count]")).to_have_text(f"{checks.count()} of {checks.count()}")
    expect(propose.locator("[data-example-of]:visible")).to_contain_text("Telephone three local firms")
    propose.locator("[name=criteria]").fill("Two conversations noted\nOne thing to try")
    assert_accessible(learner)
    save(learner, "target-propose")
    learner.wait_for_url(re.compile(r"/target/\d+$"))
    address = learner.url

    tutor = page_as("tutor", "/caseload")
    open_part(tutor, "more proposals")
    tutor.get_by_role("link", name="Ask two engineers at the open day how they began").click()
    expect(tutor.get_by_text("It is for you to agree or amend")).to_be_visible()
    open_part(tutor, "Amend it")
    form(tutor, "target-amend").locator("[name=due_on]").fill("2027-02-26")
    save(tutor, "target-amend")
    expect(tutor.get_by_text("Due Fri 26 Feb 2027.")).to_be_visible()

    go(learner, address)
    assert_no_sideways_scrolling(learner)
    save(learner, "target-agree")
    expect(learner.locator(".target-head[data-state]")).to_contain_text("Agreed by")
    open_part(learner, "Add a step")
    form(learner, "step-add").locator("[name=text]").fill("Write down my two questions")
    save(learner, "step-add")
    step = learner.locator("[data-step-row]", has_text="Write down my two questions")
    step.get_by_text("I’m stuck").click()
    step.locator("[name=said]").fill("I only have one")
    save(learner, "stuck-say")
    expect(step.locator("[data-stuck]")).to_contain_text("I only have one")
    assert_accessible(learner)

    go(tutor, "/caseload")
    tutor.get_by_role("link", name=re.compile("is stuck on “Write down my two questions”")).click()
    answer = form(tutor, "stuck-answer")
    answer.locator("[name=answer]").fill("Ask what they would do differently")
    save(tutor, "stuck-answer")
    expect(tutor.locator(".answer")).to_contain_text("Ask what they would do differently")

    complaints.expect("422")
    open_part(learner, "Add evidence")
    evidence = form(learner, "evidence-add")
    evidence.locator("[name=file]").set_input_files(
        {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"<html>not a PDF</html>"}
    )
    save(learner, "evidence-add")
    expect(evidence.locator("[data-field=file] .field-error")).to_contain_text("ends in .pdf, but")
    evidence.locator("[name=file]").set_input_files(
        {"name": "my notes.pdf", "mimeType": "text/html", "buffer": b"%PDF-1.7 two conversations"}
    )
    save(learner, "evidence-add")
    with learner.expect_download() as download:
        learner.get_by_role("link", name="my notes.pdf").click()
    assert download.value.suggested_filename == "my notes.pdf"

    go(tutor, address)
    open_part(tutor, "It is achieved")
    form(tutor, "target-achieve").locator("[name=how_met]").fill("Both conversations stand in the logbook")
    save(tutor, "target-achieve")
    expect(tutor.locator(".target-head[data-state=achieved]")).to_contain_text("Both conversations stand")
    assert_accessible(tutor)
