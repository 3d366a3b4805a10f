"""What only a browser can show: text that survives an ended session, text that stays text, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, String, and_, cast, func, select, update
from sqlalchemy.orm import Session

from data import models
from data.database import make_engine, writing
from data.models import Learner, LoginSession, Person, Target
from tests.browser.conftest import OpenPage, Server, copy_of, serving, sign_in
from tests.browser.looking import Complaints, go, ready

NOTICE = "#signed-out-notice"
NOTE = "[data-view=target-form] [name=note]"


@pytest.fixture(scope="module")
def target(served_engine: Engine) -> Target:
    """The last target still open of the learner whom all the demo's people see."""
    with Session(served_engine) as session:
        return session.scalars(
            select(Target)
            .join(Learner, Learner.id.is_not(None))
            .join(
                models.Enrolment,
                (models.Enrolment.id == Target.plan_id) & (models.Enrolment.learner_id == Learner.id),
            )
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example", Target.status == "in-progress")
            .order_by(Target.id.desc())
        ).first()  # type: ignore[return-value]  # the demo college has one


@pytest.fixture
def tutor(page_as: OpenPage) -> Page:
    """A tutor, signed in apart from the other tests, since the session ends."""
    page = page_as(None)
    sign_in(page, "tutor")
    return page


def end_newest_session(engine: Engine) -> None:
    with writing(engine) as session:
        newest = session.scalar(select(func.max(LoginSession.id)))
        session.execute(
            update(LoginSession).where(LoginSession.id == newest).values(ended_at=datetime.now(UTC))
        )


# --- an ended session ----------------------------------------------------------------------------------


def test_what_is_typed_survives_an_ended_session_and_is_saved_after_signing_in_beside_it(
    tutor: Page, served_engine: Engine, target: Target, complaints: Complaints
) -> None:
    complaints.expect("status of 401")
    go(tutor, f"/learner/{learner_of(served_engine, target)}?target={target.id}")
    tutor.fill(NOTE, "Typed before the session ended")
    end_newest_session(served_engine)
    tutor.click("[data-view=target-form] [data-action=save]")
    expect(tutor.locator(NOTICE)).to_contain_text("You have been signed out, so nothing was saved")
    with tutor.context.expect_page() as opened:
        tutor.click(f"{NOTICE} a")
    beside = opened.value
    beside.fill("[name=email]", "tutor@demo.routebook.example")
    beside.fill("[name=password]", "routebook-demo")
    beside.click("[type=submit]")
    expect(beside.locator("main")).to_contain_text("What you typed is still there")
    beside.close()
    expect(tutor.locator(NOTICE)).to_be_empty()
    expect(tutor.locator(NOTE)).to_have_value("Typed before the session ended")
    tutor.click("[data-view=target-form] [data-action=save]")
    expect(tutor.locator("[data-view=target-form]")).to_have_attribute("data-saved", str(target.version + 1))
    with Session(served_engine) as session:
        assert session.get_one(Target, target.id).note == "Typed before the session ended"


def test_opening_a_page_after_the_session_ended_leads_to_sign_in_and_back(
    tutor: Page, served_engine: Engine, target: Target
) -> None:
    address = f"/learner/{learner_of(served_engine, target)}"
    go(tutor, address)
    end_newest_session(served_engine)
    tutor.click("header a.brand")
    tutor.wait_for_url("**/login?next=**")
    tutor.fill("[name=email]", "tutor@demo.routebook.example")
    tutor.fill("[name=password]", "routebook-demo")
    tutor.click("[type=submit]")
    ready(tutor)
    expect(tutor.locator("header")).to_contain_text("tutor")


def test_signing_out_leads_to_sign_in_and_the_back_button_shows_nothing(
    tutor: Page, served_engine: Engine, target: Target
) -> None:
    go(tutor, f"/learner/{learner_of(served_engine, target)}")
    tutor.get_by_role("button", name="Sign out").click()
    tutor.wait_for_url("**/login")
    tutor.go_back()
    tutor.wait_for_url("**/login?next=**")
    expect(tutor.locator("[name=password]")).to_be_visible()


def learner_of(engine: Engine, target: Target) -> int:
    with Session(engine) as session:
        return session.get_one(models.Enrolment, target.plan_id).learner_id


# --- nothing foreign, nothing kept ---------------------------------------------------------------------


def test_the_browser_refuses_scripts_that_are_not_ours(page_as: OpenPage, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy")
    page = page_as("tutor", "/caseload")
    refused = page.evaluate(
        """() => new Promise((resolve) => {
            const refused = [];
            const note = (event) => refused.push(event.effectiveDirective);
            document.addEventListener("securitypolicyviolation", note);
            const script = document.createElement("script");
            script.textContent = "window.foreign = true";
            document.body.append(script);
            const image = '<img src="data:," onerror="window.foreign = true">';
            document.body.insertAdjacentHTML("beforeend", image);
            fetch("https://elsewhere.example/").catch(() => setTimeout(() => resolve(refused), 300));
        })"""
    )
    assert {"script-src-elem", "script-src-attr", "connect-src"} <= set(refused)
    assert page.evaluate("window.foreign") is None


@pytest.mark.parametrize("role", ["admin", "head", "tutor", "learner"])
def test_nothing_is_kept_in_the_browser_but_its_cookies(page_as: OpenPage, role: str) -> None:
    page = page_as(role, "/")
    for address in page.locator("header a[href^='/']").evaluate_all(
        "links => links.map((link) => link.pathname)"
    ):
        go(page, address)
        kept = page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)].flat()")
        assert kept == []
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert names <= {"__Host-routebook", "__Host-routebook-csrf", "theme"}


# --- text stays text -----------------------------------------------------------------------------------

HOSTILE = (
    "<script>window.foreign=1</script>",
    '"><img src=x onerror=window.foreign=1>',
    "'><svg/onload=window.foreign=1>",
    "</textarea></title></style></script><iframe srcdoc='x'>",
    "javascript:window.foreign=1",
    "[x](javascript:window.foreign=1) <b data-foreign>bold</b>",
    "{{7*191}} ${7*191} <%= 7*191 %>",
    "\\u003cimg src=x onerror=window.foreign=1\\u003e",
    "&lt;img src=x onerror=window.foreign=1&gt;",
    "<a href='javascript:window.foreign=1' data-foreign>link</a>",
    "<math><mtext></form><form data-foreign><mglyph><style><img src=x onerror=window.foreign=1>",
)
FOREIGN = (
    "[onerror], [onload], [data-foreign], img[src=x], iframe, math, form:not([action]):not([method]),"
    " a[href^='javascript:']"
)


@pytest.fixture(scope="module")
def hostile(demo_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo college in which every text that a person or a file could have brought in is hostile."""
    database = copy_of(demo_database, tmp_path_factory)
    engine = make_engine(f"sqlite:///{database}")
    with writing(engine) as session:
        _make_hostile(session)
    engine.dispose()
    with serving(database) as served:
        yield served


def _make_hostile(session: Session) -> None:
    brought_in = models.PERSONAL | {
        "organisation": {"name"},
        "department": {"name"},
        "cohort": {"code", "title"},
        "milestone": {"short_title", "title", "phase_name"},
        "phase": {"name"},
        "lane": {"label"},
        "review_kind": {"name"},
        "teaching_group": {"code", "subject"},
        "closed_period": {"name"},
    }
    number = 0
    for table in models.Base.metadata.sorted_tables:
        for column in sorted(brought_in.get(table.name, set()) - {"email", "password_hash", "said", "typed"}):
            text = HOSTILE[number % len(HOSTILE)]
            number += 1
            words = func.concat(text, " ", cast(table.c.id, String)) if table.name != "organisation" else text
            if column == "new" or column == "old":
                session.execute(
                    update(table).where(table.c.field.in_(["note", "title"])).values({column: words})
                )
            else:
                filled = and_(table.c[column].is_not(None), table.c[column] != "")
                session.execute(update(table).where(filled).values({column: words}))


@pytest.mark.parametrize("role", ["admin", "head", "tutor", "learner"])
def test_hostile_text_stays_text_on_every_page(hostile: Server, browser: Browser, role: str) -> None:
    context = browser.new_context(base_url=hostile.address)
    page = context.new_page()
    trouble: list[Any] = []
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    sign_in(page, role)
    seen = ""
    for address in _addresses(hostile, role):
        go(page, address)
        seen += page.content()
        assert page.locator(FOREIGN).count() == 0, address
        assert page.evaluate("window.foreign") is None, address
        assert "1337" not in page.inner_text("body"), address
    assert "&lt;script&gt;window.foreign=1" in seen or "&lt;img src=x" in seen, (
        "nothing hostile was on any page"
    )
    assert trouble == []
    context.close()


def _addresses(hostile: Server, role: str) -> list[str]:
    engine = make_engine(hostile.database_url)
    with Session(engine) as session:
        learner = session.scalars(
            select(Learner)
            .join(Person, Person.id == Learner.person_id)
            .where(Person.email == "learner@demo.routebook.example")
        ).one()
        enrolment = session.scalars(
            select(models.Enrolment).where(models.Enrolment.learner_id == learner.id)
        ).first()
        assert enrolment is not None
        target_id = session.scalars(select(Target.id).where(Target.plan_id == enrolment.id)).first()
        department_id = session.get_one(models.Cohort, enrolment.cohort_id).department_id
    engine.dispose()
    learners = [f"/learner/{learner.id}?target={target_id}", f"/learner/{learner.id}/print", "/"]
    cohorts = [f"/cohort/{enrolment.cohort_id}?target={target_id}", f"/cohort/{enrolment.cohort_id}/print"]
    departments = [f"/department/{department_id}?list=overdue&target={target_id}"]
    return (
        learners
        + {
            "learner": [],
            "tutor": cohorts,
            "head": cohorts + departments,
            "admin": [*cohorts, *departments, "/organisation"],
        }[role]
    )
