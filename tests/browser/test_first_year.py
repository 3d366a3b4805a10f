"""A learner's first year, lived through with the tutor: from where she starts to the plan that comes next.

On a college of its own, in which the day moves on. The route map is looked at, and a picture of it kept,
at each stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from data import models
from data.database import make_engine, writing
from data.department_figures import rebuild
from data.review_schedule import reschedule
from tests.browser.conftest import PASSWORD, copy_of, serving
from tests.browser.looking import Complaints, assert_accessible, assert_no_sideways_scrolling, go, ready

NOVA = "nova@demo.routebook.example"
GIVEN, FAMILY = "ليلى 🦊", "العلوي"
"""A name that is written from right to left, with a picture in it: each page and picture has to bear it."""
PHONE = {"width": 390, "height": 844}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass
class College:
    """The served college; Nova starts in E3-1 with a plan that is still empty."""

    address: str
    engine: Engine
    learner: int = 0
    plan: int = 0
    next_plan: int = 0
    template: int = 0

    def today_is(self, day: date) -> None:
        with writing(self.engine) as session:
            session.execute(update(models.Organisation).values(demo_today=day))


@pytest.fixture(scope="module")
def college(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[College]:
    with serving(copy_of(demo_database, tmp_path_factory)) as served:
        engine = make_engine(served.database_url)
        found = College(served.address, engine)
        with writing(engine) as session:
            _enrol(session, found)
        yield found
        engine.dispose()


def _enrol(session: Session, college: College) -> None:
    cohort = session.scalars(select(models.Cohort).where(models.Cohort.code == "E3-1")).one()
    following = session.scalars(select(models.Cohort).where(models.Cohort.code == "E3-2")).one()
    amara = session.scalars(
        select(models.Person).where(models.Person.email == "learner@demo.routebook.example")
    ).one()
    person = models.Person(
        organisation_id=amara.organisation_id,
        email=NOVA,
        name=f"{GIVEN} {FAMILY}",
        password_hash=amara.password_hash,
    )
    session.add(person)
    session.flush()
    session.add(models.RoleAssignment(person_id=person.id, role_name="learner"))
    learner = models.Learner(
        organisation_id=amara.organisation_id,
        person_id=person.id,
        reference="NOVA-1",
        given_name=GIVEN,
        family_name=FAMILY,
    )
    session.add(learner)
    session.flush()
    for place, begins, ends in (
        (cohort, date(2026, 9, 7), date(2027, 7, 9)),
        (following, date(2027, 9, 6), date(2028, 7, 7)),
    ):
        enrolment = models.Enrolment(
            learner_id=learner.id, cohort_id=place.id, starts_on=begins, planned_end_on=ends
        )
        session.add(enrolment)
        session.flush()
        session.add(models.Plan(id=enrolment.id))
        session.flush()
        if place is cohort:
            college.plan = enrolment.id
        else:
            college.next_plan = enrolment.id
    college.learner = learner.id
    college.template = session.scalars(select(models.Template.id)).first() or 0
    reschedule(session, [cohort.id, following.id])
    rebuild(session, [cohort.department_id])


OpenAs = Callable[..., Page]


@pytest.fixture
def open_as(college: College, browser: Browser) -> Iterator[OpenAs]:
    complaints = Complaints("127.0.0.1")
    contexts = []

    def sign_in(email: str, **options: Any) -> Page:
        contexts.append(browser.new_context(base_url=college.address, **options))
        page = contexts[-1].new_page()
        complaints.listen(page)
        page.goto("/login")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        return ready(page)

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints.unexpected() == []


def form(page: Page, kind: str, within: str = "main") -> Locator:
    """The first form of a kind within a part of the page, with all that it is folded into opened."""
    found = page.locator(f"{within} form[data-writes={kind}]").first
    found.evaluate(
        """form => {
            let box = form.closest("details");
            for (; box; box = box.parentElement.closest("details")) box.open = true;
        }"""
    )
    return found


def send(page: Page, kind: str, within: str = "main", **fields: Any) -> None:
    """Fill in a form and send it; it must be saved."""
    sent = form(page, kind, within)
    for name, value in fields.items():
        control = sent.locator(f"[name={name}]").first
        tag = control.evaluate("control => control.localName + ':' + control.type")
        if tag.startswith("select"):
            control.select_option(value)
        elif tag.endswith(("checkbox", "radio")):
            control.set_checked(bool(value))
        elif tag.endswith("file"):
            control.set_input_files(value)
        else:
            control.fill(value)
    with page.expect_response(lambda answer: "/write/" in answer.url) as answered:
        sent.locator("[type=submit]").click()
    assert answered.value.status == 200, (kind, answered.value.text())
    ready(page)


def keep_picture(page: Page, college: College, stage: str, folder: Path) -> Locator:
    """The route map as it is at a stage of the year; its picture is kept, and it is read by its targets."""
    go(page, f"/learner/{college.learner}?plan={college.plan}")
    route = page.locator("[data-view=route-map]")
    with suppress(AssertionError):  # an empty plan has no map yet
        expect(route).to_be_visible(timeout=2000)
        route.screenshot(path=folder / f"{stage}.png")
        assert (folder / f"{stage}.png").stat().st_size > 5_000
    return route


def test_a_first_year_from_the_starting_point_to_the_next_plan(
    college: College, open_as: OpenAs, tmp_path: Path
) -> None:
    mine = f"/learner/{college.learner}"
    of_plan = f"?plan={college.plan}"
    college.today_is(date(2026, 9, 14))
    nova = open_as(NOVA, viewport=PHONE)
    tutor = open_as("tutor@demo.routebook.example")
    head = open_as("head@demo.routebook.example")

    # September: where she starts, in her own words, and what the assessments found.
    go(nova, f"{mine}/start{of_plan}")
    expect(nova.get_by_placeholder("Find a learner")).to_have_count(0)
    send(nova, "own-words", strengths="I take things apart and they work again. 🙂 قوية")
    go(tutor, f"{mine}/start{of_plan}")
    send(
        tutor,
        "assessment",
        instrument="BKSB maths",
        taken_on="2026-09-11",
        result="Level 1",
        meaning="Fractions first",
        next_step="A drop-in each Wednesday",
        need=True,
    )
    expect(tutor.locator(".open-needs")).to_contain_text("1 assessed need without a target or support")
    send(tutor, "need-target", title="Work through the fractions booklet", due_on="2026-11-20")
    expect(tutor.locator(".open-needs")).to_have_count(0)
    go(nova, f"{mine}/destination{of_plan}")
    send(nova, "destination", destination="Design parts that don’t break")

    # The programme's template makes the plan's common part.
    go(head, f"/template/{college.template}?cohort={_cohort_of(college)}")
    ticks = form(head, "template-carry").locator("[name=plan]")
    for tick in ticks.all():
        tick.set_checked(tick.get_attribute("value") == str(college.plan))
    send(head, "template-carry")
    route = keep_picture(tutor, college, "1-september", tmp_path)
    targets = route.locator("[data-target]").count()
    assert targets > 3
    expect(tutor.get_by_role("heading", level=1)).to_have_text(f"{GIVEN} {FAMILY}")
    assert_accessible(tutor)

    # October: she proposes, the tutor amends, she agrees; both agree to the plan.
    college.today_is(date(2026, 10, 5))
    go(nova, f"{mine}/propose{of_plan}")
    send(
        nova,
        "target-propose",
        title="Build a desk lamp",
        criteria="It lights\nNo sharp edges",
        due_on="2026-12-04",
        said="I want one for my desk",
    )
    target = _target(college, "Build a desk lamp")
    go(tutor, f"/target/{target}")
    send(tutor, "target-amend", due_on="2026-12-11", said="The laser cutter is free that week")
    go(nova, f"/target/{target}")
    expect(nova.locator("main")).to_contain_text("The laser cutter is free that week")
    assert_accessible(nova)
    assert_no_sideways_scrolling(nova)
    send(nova, "target-agree")
    for page in (nova, tutor):
        go(page, f"{mine}/agreement{of_plan}")
        send(page, "agree")
    expect(tutor.locator("[data-view=contract]")).to_contain_text(f"{GIVEN} {FAMILY}")
    keep_picture(nova, college, "2-october", tmp_path)
    expect(nova.locator(f"[data-view=route-map] [data-target='{target}']:visible").first).to_be_visible()

    # November: steps, a barrier that she names, and the support that it leads to.
    college.today_is(date(2026, 11, 9))
    go(nova, f"/target/{target}")
    send(nova, "step-add", text="Draw it in CAD", due_on="2026-11-16")
    nova.locator("[data-step]").first.check()
    expect(nova.locator("[data-step]").first).to_be_checked()
    go(nova, f"{mine}/support{of_plan}")
    send(nova, "barrier-add", what="The bus comes after the first lesson has begun", confidentiality="1")
    go(tutor, f"{mine}/support{of_plan}")
    send(tutor, "support-add", what="A lift", by_whom="The estates team", from_on="2026-11-10")
    answer = form(tutor, "barrier-answer")
    answer.locator("select").first.select_option(index=1)
    send(tutor, "barrier-answer", why_not="")
    go(nova, f"{mine}/support{of_plan}")
    send(nova, "barrier-pass", passed_on="2026-11-09", how_passed="The lift works")
    keep_picture(nova, college, "3-november", tmp_path)

    # December: achieved, with evidence; a file that lies about its type is refused.
    college.today_is(date(2026, 12, 10))
    go(tutor, f"/target/{target}")
    lying = form(tutor, "evidence-add")
    lying.locator("[name=file]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"<html><script>alert(1)</script>"}
    )
    lying.locator("[type=submit]").click()
    expect(lying.locator("[data-field=file] .field-error")).not_to_be_empty()
    go(tutor, f"/target/{target}")
    send(
        tutor,
        "target-achieve",
        how_met="It lights her desk; edges filed and checked",
        file={"name": "lamp.png", "mimeType": "image/png", "buffer": PNG},
    )
    route = keep_picture(nova, college, "4-december", tmp_path)
    expect(route.locator(f"[data-target='{target}']").first).to_have_attribute("data-state", "achieved")

    # January: a date moves, which she agreed to otherwise: both agree again.
    college.today_is(date(2027, 1, 11))
    moved = _target(college, "Work through the fractions booklet")
    go(tutor, f"{mine}{of_plan}&target={moved}")
    form(tutor, "target").locator("[name=due_on]").fill("2027-02-19")
    send(tutor, "target", reason="Two Wednesdays were cancelled")
    for page in (nova, tutor):
        go(page, f"{mine}/agreement{of_plan}")
        expect(page.locator("[data-view=contract]")).to_contain_text("Two Wednesdays were cancelled")
        send(page, "agree")
    keep_picture(nova, college, "5-january", tmp_path)

    # July: where it led, and the plan that comes next.
    college.today_is(date(2027, 7, 8))
    go(tutor, f"{mine}/destination{of_plan}")
    send(
        tutor,
        "plan-exit",
        destination="Engineering Level 3, second year",
        ended_on="2027-07-08",
        end_reason="completed",
        next=str(college.next_plan),
    )
    go(nova, f"{mine}/destination{of_plan}")
    expect(nova.locator("main")).to_contain_text("Engineering Level 3, second year")
    assert_accessible(nova)
    assert_no_sideways_scrolling(nova)
    keep_picture(nova, college, "6-july", tmp_path)
    copy = nova.request.get(f"{college.address}{mine}/plan.zip{of_plan}")
    assert copy.status == 200


def _cohort_of(college: College) -> int:
    with Session(college.engine) as session:
        return session.get_one(models.Enrolment, college.plan).cohort_id


def _target(college: College, title: str) -> int:
    with Session(college.engine) as session:
        return session.scalars(
            select(models.Target.id).where(
                models.Target.plan_id == college.plan, models.Target.title == title
            )
        ).one()
