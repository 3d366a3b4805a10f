"""The learner's page and its paper twin, asked for as browsers ask."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import date

import pytest
from dash import Dash
from sqlalchemy.orm import Session

from components import ids
from components.learner_page import DRAWINGS
from data import models
from tests import factories as make
from tests.callbacks.visiting import Visitor, call, open_page, prop

TUTOR, LEARNER = "tutor@college.example", "amara@college.example"


@dataclass(frozen=True)
class Ground:
    """A tutor's learner with an account and two plans, and another tutor's learner."""

    learner: models.Learner
    plan: models.Plan
    earlier: models.Plan
    target: models.Target
    foreign: models.Target
    foreign_learner: int


@pytest.fixture
def ground(college: Session, password_hash: str) -> Ground:
    organisation = make.organisation(college)
    department = make.department(college, organisation)
    cohort = make.cohort(college, department, title="Engineering")
    before = make.cohort(college, department, title="Pathway", starts_on=date(2025, 9, 1))
    tutor = make.person(college, organisation, "tutor", email=TUTOR, password_hash=password_hash)
    for tutored in (cohort, before):
        make.tutors(college, tutor, tutored)
    amara = make.person(college, organisation, "learner", email=LEARNER, password_hash=password_hash)
    learner = make.learner(college, organisation, person_id=amara.id, given_name="Amara")
    plan = make.plan(college, make.enrolment(college, learner, cohort), destination="Motorsport")
    earlier = make.plan(college, make.enrolment(college, learner, before), destination="College first")
    target = make.target(college, plan, title="Risk assessment", due_on=date(2027, 1, 4))
    college.add(models.Step(target_id=target.id, position=1, text="Read one page"))
    foreign = make.target(
        college, make.planned_learner(college, make.cohort(college, department)), title="CANARY"
    )
    foreign_learner = college.get_one(models.Enrolment, foreign.plan_id).learner_id
    make.complete(college)
    return Ground(learner, plan, earlier, target, foreign, foreign_learner)


def signed_in_as(visitor: Visitor, email: str) -> Visitor:
    visitor.sign_in(email)
    return visitor


def after_save(app: Dash, saved: object, shown: object) -> dict[str, object]:
    """The body that a browser posts once something has been saved."""
    outputs = [prop(ids.drawing(name), "data-html") for name in DRAWINGS]
    name = next(
        name
        for name, found in app.callback_map.items()
        if found["state"] == [{"id": ids.LEARNER, "property": "data"}]
    )
    return call(
        name,
        [{"id": one["id"], "property": one["property"]} for one in outputs],
        [prop(ids.SAVED, "data", saved)],
        [prop(ids.LEARNER, "data", shown)],
        [f"{ids.SAVED}.data"],
    )


def test_a_tutor_opens_a_learners_current_plan_and_an_earlier_one_by_address(
    visitor: Visitor, ground: Ground
) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    current = tutor.callback(open_page(f"/learner/{ground.learner.id}")).text
    assert "Motorsport" in current
    assert f"?plan={ground.earlier.id}" in current
    earlier = tutor.callback(open_page(f"/learner/{ground.learner.id}", f"?plan={ground.earlier.id}")).text
    assert "College first" in earlier


def test_an_address_with_a_target_opens_with_its_form_filled(visitor: Visitor, ground: Ground) -> None:
    page = f"/learner/{ground.learner.id}"
    tutor = signed_in_as(visitor, TUTOR)
    assert (
        f'"target":{ground.target.id}}}'
        in tutor.callback(open_page(page, f"?target={ground.target.id}")).text
    )
    for search in (f"?target={ground.foreign.id}", "?target=nonsense", "?target=999999"):
        opened = tutor.callback(open_page(page, search)).text
        assert "CANARY" not in opened
        assert "Risk assessment" in opened  # the page is there all the same


def test_the_address_wins_over_a_parameter_of_the_same_name(visitor: Visitor, ground: Ground) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    address = f"/learner/{ground.learner.id}"
    assert "Motorsport" in tutor.callback(open_page(address, f"?learner_id={ground.foreign_learner}")).text


@pytest.mark.parametrize("search", ["", "?plan=nonsense", "?plan=999999"])
def test_a_learner_out_of_scope_is_as_missing_as_one_that_does_not_exist(
    visitor: Visitor, ground: Ground, search: str
) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    answers = [
        tutor.callback(open_page(f"/learner/{learner}", search)).text
        for learner in (ground.foreign_learner, 999_999, "nonsense")
    ]
    assert all("There is nothing here for you" in answer for answer in answers)
    for learner in (ground.foreign_learner, 999_999, "nonsense"):
        assert tutor.get(f"/learner/{learner}/print{search}").status_code == 404


def test_the_learner_reads_my_route_with_the_next_step_first(visitor: Visitor, ground: Ground) -> None:
    own = signed_in_as(visitor, LEARNER).callback(open_page(f"/learner/{ground.learner.id}")).text
    assert "My route" in own
    assert own.index("Read one page") < own.index("data-view")
    assert "New target" not in own


def test_the_map_of_an_earlier_day_says_so_and_offers_nothing_to_write(
    visitor: Visitor, ground: Ground
) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    address = f"/learner/{ground.learner.id}"
    then = tutor.callback(open_page(address, "?as_at=2026-11-02")).text
    assert "As it was known on Mon 2 Nov 2026." in then
    assert "Back to today" in then
    assert "New target" in tutor.callback(open_page(address)).text
    for offered in ("New target", "data-writes", "data-select", "Choose a target on the map"):
        assert offered not in then
    printed = tutor.get(f"{address}/print?as_at=2026-11-02").text
    assert "as at Mon 2 Nov 2026" in printed


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026-09-01", "This plan begins on Mon 7 Sept 2026"),
        ("2031-01-01", "Wed 1 Jan 2031 is still ahead"),
        ("yesterday", "That is no date in the calendar"),
    ],
)
def test_a_day_that_can_not_be_shown_is_answered_kindly_with_the_route_of_today(
    visitor: Visitor, ground: Ground, asked: str, said: str
) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    answer = tutor.callback(open_page(f"/learner/{ground.learner.id}", f"?as_at={asked}")).text
    assert said in answer
    assert "As it was known" not in answer
    assert "New target" in answer


def test_after_a_save_the_head_the_map_and_the_list_are_drawn_anew(
    app: Dash, visitor: Visitor, college: Session, ground: Ground
) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    shown = {"learner": ground.learner.id, "plan": ground.plan.id}
    ground.target.status, ground.target.achieved_on = "achieved", date(2027, 1, 9)
    ground.target.closed_on = date(2027, 1, 9)
    college.commit()
    answer = json.loads(tutor.callback(after_save(app, {"kind": "target"}, shown)).text)["response"]
    drawn = {json.loads(name)["name"]: value["data-html"] for name, value in answer.items()}
    assert 'data-state="achieved"' in drawn["route-map"]
    assert "Achieved 1" in drawn["route-map"]
    assert 'data-state="achieved"' in drawn["target-list"]


def test_a_forged_store_draws_nobody_elses_plan(app: Dash, visitor: Visitor, ground: Ground) -> None:
    tutor = signed_in_as(visitor, TUTOR)
    for shown in (
        {"learner": ground.foreign_learner, "plan": None},
        {"learner": ground.learner.id, "plan": ground.foreign.plan_id},
        {"learner": [1], "plan": {}},
        None,
    ):
        assert "CANARY" not in tutor.callback(after_save(app, {"kind": "target"}, shown)).text


def test_paper_holds_the_map_and_every_target(visitor: Visitor, ground: Ground) -> None:
    printed = signed_in_as(visitor, TUTOR).get(f"/learner/{ground.learner.id}/print").text
    assert 'data-ready="true"' in printed
    assert 'data-view="route-map"' in printed
    assert printed.count("Risk assessment") >= 2


def test_a_page_of_a_plan_with_thirty_targets_is_at_most_ten_kilobytes(
    visitor: Visitor, college: Session, ground: Ground
) -> None:
    for number in range(30):
        make.target(
            college,
            ground.plan,
            title=f"Complete part {number} of the portfolio and show it to {number * 7919} people",
            due_on=date(2026, 9, 10 + number % 20),
            lane=("academic", "career", "personal")[number % 3],
        )
    college.commit()
    answer = signed_in_as(visitor, TUTOR).callback(open_page(f"/learner/{ground.learner.id}"))
    assert len(gzip.compress(answer.text.encode())) <= 10_240
