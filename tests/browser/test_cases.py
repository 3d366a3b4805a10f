"""A review prepared by a college's own prompts and held without the tutor's part; a case lived through."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Enrolment, Learner, Person, ProgrammeCheck, Prompt, ReviewForm
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, go
from tests.browser.test_review_held import someone

PHONE = {"width": 390, "height": 844}
ANSWER = "The drawing, since I could explain it to Zoe."


def test_a_learner_answers_on_a_phone_and_the_tutor_holds_the_review_without_their_own_part_on_the_screen(
    page_as: OpenPage, served_engine: Engine
) -> None:
    with Session(served_engine) as session:
        learner_id, form_id, kind_id = session.execute(
            select(Enrolment.learner_id, ReviewForm.id, ReviewForm.kind_id)
            .join(ReviewForm, ReviewForm.plan_id == Enrolment.id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example", ReviewForm.completed_at.is_(None))
        ).one()
        of_kind = select(Prompt.asks).where(Prompt.kind_id == kind_id).order_by(Prompt.position)
        asked = session.scalars(of_kind.where(Prompt.audience == "learner")).first()
        tutors = session.scalars(of_kind.where(Prompt.audience == "tutor")).first()
    assert asked is not None
    assert tutors is not None

    phone = page_as("learner", f"/learner/{learner_id}/pack", viewport=PHONE)
    answers = phone.locator("[data-writes=prompt-answers]")
    answers.get_by_label(asked).fill(ANSWER)
    answers.get_by_role("button", name="Save my answers").click()
    expect(phone.locator("[data-view=review-pack]")).to_contain_text(ANSWER)
    assert_no_sideways_scrolling(phone)
    go(phone, f"/review/{form_id}")
    expect(phone.locator(".to-talk-about")).to_contain_text(ANSWER)
    assert tutors not in phone.content()

    page = page_as("tutor", f"/review/{form_id}")
    expect(page.locator(".to-talk-about")).to_contain_text(ANSWER)
    assert tutors not in page.content()
    page.get_by_role("button", name="Show what is for me only").click()
    expect(page.locator("[data-view=tutors-part]")).to_contain_text(tutors)
    assert_accessible(page)
    page.get_by_role("button", name="Hide what is for me only").click()
    expect(page.locator("[data-view=tutors-part]")).to_have_count(0)
    assert tutors not in page.content()


def test_a_programme_is_checked_and_a_case_opened_acted_on_closed_and_opened_again(
    page_as: OpenPage, served_engine: Engine
) -> None:
    learner_id, plan_id, _given = someone(served_engine)
    page = page_as("tutor", f"/learner/{learner_id}/reviews")
    check = page.locator("[data-view=programme-check]")
    if not check.locator("[name=choice]").is_visible():
        check.get_by_text("Decide anew").click()
    check.locator("[name=choice]").select_option("change-level")
    check.locator("[name=to_what]").fill("Level 2 of the same programme")
    check.locator("[name=reason]").fill("A better start")
    check.locator("[data-action=check]").click()
    expect(check).to_contain_text("Changes level to Level 2 of the same programme: checked")
    expect(check).to_have_attribute("data-state", "done")
    with Session(served_engine) as session:
        decided = select(ProgrammeCheck.choice).where(ProgrammeCheck.plan_id == plan_id)
        assert "change-level" in session.scalars(decided).all()

    go(page, f"/learner/{learner_id}/cases")
    opening = page.locator("[data-writes=case-open]")
    if not opening.is_visible():
        page.get_by_text("Open a case").click()
    opening.locator("[name=about]").fill("The last bus leaves before the workshop ends")
    opening.locator("[data-action=open-case]").click()
    case = page.locator("[data-case]").filter(has_text="The last bus leaves")
    case.get_by_text("Add an action").click()
    acting = case.locator("[data-writes=case-action-add]")
    acting.locator("[name=what]").fill("Ask for an earlier workshop")
    acting.locator("[name=due_on]").fill("2027-01-08")
    acting.get_by_role("button", name="Add action").click()
    expect(case.locator(".case-actions")).to_contain_text("3 days late")
    assert_accessible(page)

    go(page, "/caseload")
    expect(page.locator(".waiting")).to_contain_text("Ask for an earlier workshop, 3 days late")
    go(page, f"/learner/{learner_id}/cases")
    case.get_by_text("Close it").click()
    closing = case.locator("[data-writes=case-close]")
    closing.locator("[name=outcome_id]").select_option(index=1)
    closing.locator("[name=said]").fill("The workshop moved")
    closing.locator("[data-action=close-case]").click()
    expect(case.locator(".closing")).to_contain_text("The workshop moved")
    case.locator("summary", has_text="Open it again").click()
    case.locator("[name=reopened_why]").fill("Moved back again")
    case.locator("[data-action=reopen]").click()
    expect(case.locator(".closing")).to_contain_text("Moved back again")
    expect(case.locator(".row-head")).to_contain_text("Open")
    page.set_viewport_size({"width": 390, "height": 844})
    assert_no_sideways_scrolling(page)
