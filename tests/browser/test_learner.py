"""The learner's page in a real browser: nothing overlaps, keys reach everything, saves redraw in place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from components.learner_print import learner_print
from components.route_map import route_map
from data import models
from data import route_map as routes
from data.rules import TargetState
from data.scope import load_viewer
from tests.browser.conftest import OpenPage
from tests.browser.looking import assert_accessible, assert_no_sideways_scrolling, go, ready
from tests.factories import TODAY

pytestmark = pytest.mark.browser

ASSETS = Path(__file__).parents[2] / "assets"
STYLES = ("static/bootstrap.min.css", "static/icons.css", "theme.css", "route_map.css")
WIDTHS = (1440, 1024, 390)
AMARA = "/learner/1"
WORDS = ("complete", "the", "risk assessment", "for a workshop task", "present", "unit maths", "to employers")

OVERLAPS = """() => {
  const shown = (element) => element.getClientRects().length;
  const boxes = Array.from(document.querySelectorAll(
    "[data-view=route-map] :is(.station, .stop-label, .beside, .review, .start-mark, .destination-text, " +
      ".way, .start-words, .start-assessments)"
  )).filter((element) => shown(element) && !element.closest("svg"))
    .map((element) => ({ element, box: element.getBoundingClientRect(), text: element.textContent.trim() }));
  const found = [];
  for (let i = 0; i < boxes.length; i += 1) {
    for (let j = i + 1; j < boxes.length; j += 1) {
      const [a, b] = [boxes[i], boxes[j]];
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      if (a.element.closest(".boxed, .beside, .review") &&
          a.element.closest("li") === b.element.closest("li")) continue;
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across > 0.5 && down > 0.5) found.push(`${a.text} × ${b.text}: ${across} by ${down}`);
    }
  }
  return found;
}"""
CUT_SHORT = """() => Array.from(document.querySelectorAll(
    "[data-view=route-map] :is(.stop-state, .stop-label)"))
  .filter((element) => element.scrollWidth > element.clientWidth + 1
    || element.scrollHeight > element.clientHeight + 1).map((element) => element.textContent)"""


def size(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 900}}


@pytest.fixture
def drawn(page: Page, tmp_path: Path) -> Callable[[routes.RouteMap, int], Page]:
    """A map alone, with our styles, at a width."""

    def draw(route: routes.RouteMap, width: int) -> Page:
        links = "".join(f'<link rel="stylesheet" href="{(ASSETS / name).as_uri()}">' for name in STYLES)
        file = tmp_path / "map.html"
        file.write_text(
            f'<!DOCTYPE html><html lang="en-GB"><meta charset="utf-8">{links}<main class="page">'
            f'<section class="card" data-view="route-map">{route_map(route)}</section></main></html>',
            encoding="utf-8",
        )
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        return page

    return draw


@pytest.fixture(scope="session")
def amara(demo_engine: Engine) -> routes.RouteMap:
    """The demo's richest plan, as the administrator reads it."""
    with Session(demo_engine) as session:
        person = session.scalars(select(models.Person).where(models.Person.email.startswith("admin@"))).one()
        viewer = load_viewer(session, person.id, datetime.now(UTC), TODAY)
        assert viewer
        return routes.read(session, viewer, 1)


def with_targets(route: routes.RouteMap, count: int, seed: int) -> routes.RouteMap:
    """The same plan with so many other targets: any state, any lane, dates that cluster."""
    random = Random(seed)
    last = (route.ends_on or TODAY) - route.starts_on
    targets = []
    for number in range(count):
        due_on = route.starts_on + timedelta(
            days=random.choice((random.randint(0, last.days), 140, last.days))
        )
        targets.append(
            replace(
                route.targets[0],
                id=1000 + number,
                lane_id=random.choice(route.lanes).id,
                title=" ".join(random.choices(WORDS, k=random.randint(1, 12))),
                short_title=None,
                state=random.choice(list(TargetState)),
                due_on=due_on,
                first_due_on=due_on - timedelta(days=20),
                moves=random.choice((0, 0, 1, 3)),
                achieved_on=due_on,
                days_late=40,
                stretch=random.random() < 0.08,
            )
        )
    return replace(route, targets=tuple(sorted(targets, key=lambda target: target.due_on or TODAY)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("count", "seed"), [(10, 1), (10, 2), (60, 3), (60, 4)])
def test_no_label_overlaps_at_ten_or_sixty_targets(
    drawn: Callable[[routes.RouteMap, int], Page],
    amara: routes.RouteMap,
    width: int,
    count: int,
    seed: int,
) -> None:
    page = drawn(with_targets(amara, count, seed), width)
    assert page.evaluate(OVERLAPS) == []
    assert page.locator(".stop:not(.proposed) [data-target]").count() == count
    assert_no_sideways_scrolling(page)


@pytest.mark.parametrize("width", [*WIDTHS, 960, 1280, 1366, 1920])
def test_no_label_overlaps_on_the_demos_richest_plan(
    drawn: Callable[[routes.RouteMap, int], Page], amara: routes.RouteMap, width: int
) -> None:
    page = drawn(amara, width)
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(CUT_SHORT) == []
    assert_no_sideways_scrolling(page)


def test_on_a_phone_the_road_runs_down_the_page_in_the_same_order(page_as: OpenPage) -> None:
    page = page_as("learner", AMARA, **size(390))
    tops = page.eval_on_selector_all(
        "[data-view=route-map] .route > li", "all => all.map((item) => item.getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)
    assert len(tops) > 20


@pytest.mark.parametrize("role", ["tutor", "learner"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_accessible_and_fits(page_as: OpenPage, role: str, width: int) -> None:
    page = page_as(role, AMARA, **size(width))
    assert_no_sideways_scrolling(page)
    assert_accessible(page, "main")


def test_the_dark_page_is_accessible(page_as: OpenPage) -> None:
    page = page_as("tutor", AMARA, color_scheme="dark", **size(1440))
    assert_accessible(page, "main")


def test_keys_reach_each_station_in_order_and_enter_selects_it(page_as: OpenPage) -> None:
    page = page_as("tutor", AMARA, **size(1440))
    stations = page.locator("[data-view=route-map] [data-target]")
    ids = stations.evaluate_all("all => all.map((station) => station.dataset.target)")
    stations.first.focus()
    reached = []
    for _ in ids:
        reached.append(page.evaluate("document.activeElement.dataset.target"))
        page.keyboard.press("Tab")
    assert reached == ids
    stations.nth(3).focus()
    page.keyboard.press("Enter")
    ready(page)
    assert page.url.endswith(f"?target={ids[3]}")
    expect(stations.nth(3)).to_have_attribute("aria-current", "true")
    expect(page.locator(f"[data-view=target-list] tr[data-target='{ids[3]}']")).to_have_attribute(
        "aria-current", "true"
    )
    expect(page.locator("[data-view=target-form]")).to_be_visible()


def test_a_click_in_the_list_selects_on_the_map_and_back_takes_it_away(page_as: OpenPage) -> None:
    page = page_as("tutor", AMARA, **size(1440))
    page.locator("[data-view=target-list] tr[data-target]").nth(2).click()
    ready(page)
    chosen = page.locator("[data-view=target-list] tr[aria-current]").get_attribute("data-target")
    expect(page.locator("[data-view=route-map] [aria-current]")).to_have_attribute("data-target", str(chosen))
    page.go_back()
    ready(page)
    expect(page.locator("[data-view=route-map] [aria-current]")).to_have_count(0)
    expect(page.locator("[data-view=target-form]")).to_be_hidden()


def test_an_address_with_a_target_opens_with_it_selected(page_as: OpenPage) -> None:
    page = page_as("tutor", AMARA, **size(1440))
    target = page.locator("[data-view=route-map] [data-target]").nth(4).get_attribute("data-target")
    go(page, f"{AMARA}?target={target}")
    expect(page.locator("[data-view=route-map] [aria-current]")).to_have_attribute("data-target", str(target))
    expect(page.locator("[data-view=target-form]")).to_be_visible()
    expect(page.locator("[name=status]")).not_to_have_value("")


def test_a_save_redraws_map_list_and_counts_in_place(page_as: OpenPage) -> None:
    page = page_as("tutor", "/learner/2", **size(1440))
    in_list = page.locator("[data-view=target-list] tr[data-target]:not([data-state=achieved])").first
    target = in_list.get_attribute("data-target")
    in_list.click()
    ready(page)
    before = page.locator("[data-view=route-map] .counts").inner_text()
    page.evaluate("document.querySelector('[data-view=target-form]').dataset.kept = 'yes'")
    page.select_option("[name=status]", "achieved")
    page.click("[data-action=save]")
    on_map = page.locator(f"[data-view=route-map] [data-target='{target}']")
    expect(on_map).to_have_attribute("data-state", "achieved")
    expect(on_map).to_have_attribute("aria-current", "true")
    expect(page.locator(f"[data-view=target-list] [data-target='{target}']")).to_have_attribute(
        "data-state", "achieved"
    )
    assert page.locator("[data-view=route-map] .counts").inner_text() != before
    expect(page.locator("[data-view=target-form]")).to_have_attribute("data-kept", "yes")


def test_the_learner_ticks_the_next_step_and_the_one_after_it_comes(page_as: OpenPage) -> None:
    page = page_as("learner", AMARA, **size(390))
    card = page.locator(".next-step")
    step = card.locator("[data-ticks]").get_attribute("data-ticks")
    card.get_by_role("button", name="Done it").click()
    expect(card.locator(f"[data-ticks='{step}']")).to_have_count(0)


def test_on_paper_each_target_is_on_the_map_and_in_the_list(page_as: OpenPage) -> None:
    page = page_as("head", f"{AMARA}/print")
    page.emulate_media(media="print")
    on_map = page.locator("[data-view=route-map] [data-target]").count()
    assert page.locator("[data-view=target-list] [data-target]").count() == on_map > 20
    assert page.evaluate(OVERLAPS) == []
    assert_accessible(page)


def test_the_route_prints_on_one_page_even_with_sixty_targets(
    drawn: Callable[[routes.RouteMap, int], Page], amara: routes.RouteMap
) -> None:
    page = drawn(amara, 1123)
    page.emulate_media(media="print")
    for route in (amara, with_targets(amara, 60, 3)):
        styles = "".join(
            f'<link rel="stylesheet" href="{(ASSETS / name).as_uri()}">'
            for name in (*STYLES, "print.css", "learner_print.css")
        )
        plain = re.sub(r'<link rel="stylesheet"[^>]*>', "", learner_print(route, own=False))
        page.set_content(plain.replace("</head>", f"{styles}</head>"))
        page.evaluate("document.fonts.ready")
        assert page.evaluate(OVERLAPS) == []
        assert len(re.findall(rb"/Type */Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_learner_puts_a_stop_on_the_map_names_a_road_and_goes_back_in_time_on_a_phone(
    page_as: OpenPage,
) -> None:
    page = page_as("learner", AMARA, **size(390))
    page.locator(".own-route > summary").click()
    stops = page.locator("section[aria-labelledby=own-stops-heading]")
    stops.get_by_text("Add a stop").click()
    form = stops.locator("form").last
    form.locator("[name=title]").fill("Sit in a simulator")
    form.locator("[name=stop_on]").fill("2027-03-05")
    form.locator("[type=submit]").click()
    the_map = page.locator("[data-view=route-map]")
    expect(the_map.locator(".beside.own", has_text="My stop: Sit in a simulator")).to_have_count(1)
    road = page.locator("form[data-writes=road-name]").last
    road.locator("[name=name]").fill("Finding my feet")
    road.locator("[type=submit]").click()
    expect(the_map.locator(".own-name", has_text="Finding my feet")).to_have_count(1)
    assert_accessible(page, "main")
    page.get_by_role("link", name="At the last review").focus()
    page.keyboard.press("Enter")
    expect(page.locator("p.as-at")).to_contain_text("As it was known on")
    ready(page)
    assert "as_at=" in page.url
    expect(the_map).not_to_contain_text("Sit in a simulator")
    expect(page.locator("form[data-writes]")).to_have_count(0)
    assert_accessible(page, "main")
    assert_no_sideways_scrolling(page)
    page.locator("input[name=as_at]").fill("2026-11-02")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("p.as-at")).to_contain_text("Mon 2 Nov 2026")
    page.get_by_role("link", name="Back to today").click()
    expect(the_map).to_contain_text("Sit in a simulator")
