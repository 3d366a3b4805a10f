"""A plan's support, lived through: what a learner names for few, what a tutor plans, records and links."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.models import Cohort, CohortTutor, Enrolment, Learner, Person, Support
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, ready

PHONE = {"width": 390, "height": 844}
NAMED = "Something only for Mr Hale"


def amara(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalars(
            select(Learner.id)
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example")
        ).one()


def without_support(engine: Engine) -> int:
    """A learner of the tutor's of whom nothing is written on the page."""
    with Session(engine) as session:
        return session.scalars(
            select(Enrolment.learner_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .join(CohortTutor, CohortTutor.cohort_id == Cohort.id)
            .join(Person, Person.id == CohortTutor.person_id)
            .where(
                Person.email == "tutor@demo.routebook.example",
                Enrolment.ended_on.is_(None),
                Enrolment.id.not_in(select(Support.plan_id)),
            )
            .order_by(Enrolment.id.desc())
            .limit(1)
        ).one()


def opened(page: Page, summary: str) -> None:
    page.locator("summary", has_text=summary).first.click()


def test_a_learner_names_a_barrier_on_a_phone_and_only_whom_they_chose_learns_of_it(
    page_as: OpenPage, served_engine: Engine
) -> None:
    address = f"/learner/{amara(served_engine)}/support"
    page = page_as("learner", address, viewport=PHONE)
    opened(page, "Name something that is in my way")
    form = page.locator("[data-writes=barrier-add]")
    expect(form).to_contain_text("Nobody watches it round the clock")
    form.locator("[data-action=save]").click()
    expect(form.locator("[data-field=what] .field-error")).to_have_text("Please say what is in the way.")
    form.locator("[name=what]").fill(NAMED)
    form.locator("[name=confidentiality]").select_option("4")
    assert_accessible(page)
    form.locator("[data-action=save]").click()
    barrier = page.locator("[data-barrier]", has_text=NAMED)
    expect(barrier).to_contain_text("named by you")
    assert_no_sideways_scrolling(page)
    tutors = page_as("tutor", address)
    expect(tutors.locator("[data-view=support]")).to_contain_text("On test days my mind goes blank")
    expect(tutors.locator("body")).not_to_contain_text(NAMED)


def test_a_tutor_adds_a_support_records_a_session_and_lets_a_barrier_lead_to_it(
    page_as: OpenPage, served_engine: Engine
) -> None:
    page = page_as("tutor", f"/learner/{without_support(served_engine)}/support")
    opened(page, "Add support")
    form = page.locator("[data-writes=support-add]")
    for name, value in (("what", "Reader in exams"), ("by_whom", "Exams office"), ("sessions_planned", "3")):
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=from_on]").fill("2027-01-04")
    form.locator("[data-action=save]").click()
    support = page.locator("[data-support]", has_text="Reader in exams")
    expect(support).to_contain_text("0 of 3 sessions held")
    support.locator("summary", has_text="Record a session").click()
    support.locator("[data-writes=support-session-add] [data-action=save]").click()
    expect(support).to_contain_text("1 of 3 sessions held")
    # It stays open for the next one, and the keyboard stays where it was.
    expect(support.locator("[data-writes=support-session-add] [data-action=save]")).to_be_focused()
    opened(page, "Name a barrier")
    named = page.locator("[data-writes=barrier-add]")
    named.locator("[name=what]").fill("Small print")
    named.locator("[name=support_id]").select_option(label="Reader in exams")
    named.locator("[data-action=save]").click()
    barrier = page.locator("[data-barrier]", has_text="Small print")
    expect(barrier).to_contain_text("Leads to the support Reader in exams")
    expect(support).to_contain_text("Because of: Small print")
    ready(page)
    assert_accessible(page)
