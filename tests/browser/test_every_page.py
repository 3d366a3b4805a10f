"""What holds for every page that the app registers, whoever looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlparse

import dash
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from data.models import (
    Cohort,
    Enrolment,
    Learner,
    Person,
    ReviewForm,
    Stuck,
    Target,
    TeachingGroupLearner,
    Template,
)
from settings import Settings
from tests.browser.conftest import HOST, OpenPage, Server
from tests.browser.looking import (
    Complaints,
    assert_accessible,
    assert_no_sideways_scrolling,
    assert_touch_targets,
    go,
)

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PARTS = 3
"""Each a test, so that they are shared among workers."""
AS_WIDE_AS_PAPER = ("/print", "/sheet", "/script", "/case-study")


@pytest.fixture(scope="session")
def addresses(server: Server, served_engine: Engine) -> list[str]:
    """The address of every page, with Dash and without, about a learner whom all the demo's people see."""
    with Session(served_engine) as session:
        learner_id, cohort_id, department_id = session.execute(
            select(Learner.id, Enrolment.cohort_id, Cohort.department_id)
            .join(Person, Person.id == Learner.person_id)
            .join(Enrolment, Enrolment.learner_id == Learner.id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Person.email == "learner@demo.routebook.example")
        ).one()
        target_id = session.scalars(
            select(Target.id)
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .join(Stuck, Stuck.target_id == Target.id)
            .where(Enrolment.learner_id == learner_id)
        ).first()
        form_id = session.scalars(
            select(ReviewForm.id).join(Enrolment, Enrolment.id == ReviewForm.plan_id).order_by(ReviewForm.id)
        ).first()
        template_id = session.scalars(select(Template.id)).first()
        group_id = session.scalars(
            select(TeachingGroupLearner.group_id).where(TeachingGroupLearner.learner_id == learner_id)
        ).first()
    known = {
        "form_id": str(form_id or 1),
        "template_id": str(template_id),
        "group_id": str(group_id or 1),
        "target_id": str(target_id),
        "evidence_id": "999999",
        "learner_id": str(learner_id),
        "cohort_id": str(cohort_id),
        "department_id": str(department_id),
        "token": "no-such-token",
        "wall_id": "1",
    }
    return [re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], rule) for rule in _rules(server)]


def _rules(server: Server) -> Iterator[str]:
    """Pages of Dash and routes of Flask; neither files nor what isn't a page."""
    routes = create_app(Settings(database_url=server.database_url)).server.url_map.iter_rules()
    for page in dash.page_registry.values():
        yield page["path_template"] or page["path"]
    for route in routes:
        not_a_page = route.endpoint.startswith(("/", "_dash", "bundle_")) or route.endpoint in (
            "static",
            "healthz",
            "wall_boards",
            "read_drafts",
            "small_forms",
            "own_route",
        )
        is_a_file = route.rule.endswith((".csv", ".xlsx", ".zip", ".ics"))
        if "GET" in (route.methods or ()) and not not_a_page and not is_a_file:
            yield route.rule


def test_no_page_asks_any_other_host_of_a_stranger(
    addresses: list[str], page_as: OpenPage, complaints: Complaints
) -> None:
    complaints.expect("the server responded with a status of 404")
    page = page_as(None)
    asked: set[str | None] = set()
    page.on("request", lambda request: asked.add(urlparse(request.url).hostname))
    # Most addresses lead to the same form to sign in.
    led_to = {urlparse(page.request.get(address).url).path: address for address in addresses}
    assert len(led_to) < len(addresses)
    for address in led_to.values():
        go(page, address)
    assert asked == {HOST}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("role", "theme", "viewport"),
    [("admin", "light", DESKTOP), ("learner", "dark", PHONE)],
    ids=["an administrator's desktop, light", "a learner's phone, dark"],
)
def test_every_page_is_accessible_fits_and_asks_no_other_host(
    role: str,
    theme: str,
    viewport: dict[str, int],
    part: int,
    addresses: list[str],
    page_as: OpenPage,
    complaints: Complaints,
) -> None:
    complaints.expect("the server responded with a status of 404")
    page = page_as(role, color_scheme=theme, viewport=viewport)
    asked: set[str | None] = set()
    page.on("request", lambda request: asked.add(urlparse(request.url).hostname))
    nothing = page.get_by_role("heading", name="There is nothing here for you")
    nothing_seen = False
    for address in addresses[part::PARTS]:
        go(page, address)
        if nothing_seen and nothing.count():
            continue
        if nothing.count():
            nothing_seen = True
            assert len(re.findall(rb"/Type */Page\b", page.pdf(prefer_css_page_size=True))) == 1
        if page.locator("[data-view=progress-grid]:not(.cohort-print)").count():
            # Its cells, which the keyboard reaches, come a moment after the page.
            expect(page.locator(".ag-center-cols-viewport [role=gridcell]").first).to_be_visible()
        assert_accessible(page)
        if not address.endswith(AS_WIDE_AS_PAPER):
            assert_no_sideways_scrolling(page)
            if viewport is PHONE:
                assert_touch_targets(page)
    assert asked == {HOST}
