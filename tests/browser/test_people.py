"""People around a plan in a browser: an invitation from its making to its end, and a plan agreed again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Enrolment, Person, PlanPerson
from tests.browser.conftest import OpenPage
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, go

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def parent(served_engine: Engine) -> tuple[int, int]:
    """(learner, person): somebody who may comment on the plan of one of the tutor's learners."""
    with Session(served_engine) as session:
        found = session.execute(
            select(Enrolment.learner_id, PlanPerson.id)
            .join(Enrolment, Enrolment.id == PlanPerson.plan_id)
            .join(Person, Person.id == Enrolment.tutor_id)
            .where(
                Person.email == "tutor@demo.routebook.example",
                PlanPerson.access == "comment",
                PlanPerson.consented_on.is_not(None),
                PlanPerson.consent_in_person.is_(True),
            )
            .order_by(PlanPerson.id)
        ).first()
        assert found is not None
        return found[0], found[1]


def test_a_link_is_made_used_without_scripts_and_revoked(
    page_as: OpenPage, parent: tuple[int, int], complaints: Complaints
) -> None:
    learner_id, person_id = parent
    page = page_as("tutor", f"/learner/{learner_id}/people")
    assert_accessible(page)
    someone = page.locator(f"[data-person='{person_id}']")
    someone.get_by_text("Make a", exact=False).first.click()
    someone.get_by_role("button", name="Make the link").click()
    shown = someone.locator("[data-copies]")
    expect(shown).to_be_visible()
    address = shown.input_value()
    assert "/guest/" in address

    guest = page_as(None, address, viewport=PHONE, java_script_enabled=False)
    expect(guest.locator("[data-view=route-map]")).to_be_visible()
    guest.fill("[name=text]", "The bus on Tuesdays is the problem.")
    guest.get_by_role("button", name="Send the comment").click()
    expect(guest.get_by_role("status")).to_contain_text("Your comment is with the learner")

    looking = page_as(None, address, viewport=PHONE)
    assert_accessible(looking)
    assert_no_sideways_scrolling(looking)

    go(page, f"/learner/{learner_id}/people")
    expect(page.locator(".comment-text").first).to_have_text("The bus on Tuesdays is the problem.")
    expect(someone.locator("[data-copies]")).to_have_count(0)
    someone.get_by_role("button", name="Revoke the link").click()
    expect(someone).to_contain_text("The last link was revoked")

    complaints.expect("Failed to load resource")
    looking.goto(address)
    expect(looking.locator("h1")).to_have_text("This link doesn’t open anything any more")


def test_a_learner_reads_what_changed_and_agrees_again(page_as: OpenPage) -> None:
    page = page_as("learner", "/learner/1/agreement", viewport=PHONE)
    contract = page.locator("[data-view=contract]")
    expect(contract).to_contain_text("The plan has changed since it was agreed")
    expect(contract.locator(".changes")).to_contain_text("is due")
    assert_accessible(page)
    assert_no_sideways_scrolling(page)
    page.get_by_role("button", name="I have read the plan and agree").press("Enter")
    expect(contract).to_contain_text("Everyone has agreed to the plan as it stands")
    expect(contract.locator("[data-action=agree]")).to_have_count(0)
