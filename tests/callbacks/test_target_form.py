"""What the form's callbacks answer, posted as a browser posts them, and as nobody's browser would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from dash import Dash
from sqlalchemy.orm import Session

from components import ids
from data import models
from tests import factories as make
from tests.callbacks.visiting import Visitor, call, prop

TUTOR, LEARNER = "tutor@college.example", "amara@college.example"


@dataclass(frozen=True)
class Ground:
    """A tutor's learner with an account, her target, and another tutor's target."""

    cohort: models.Cohort
    learner: models.Learner
    plan: models.Plan
    target: models.Target
    step: models.Step
    foreign: models.Target


@pytest.fixture
def ground(college: Session, password_hash: str) -> Ground:
    organisation = make.organisation(college)
    cohort, other = (make.cohort(college, make.department(college, organisation)) for _ in range(2))
    tutor = make.person(
        college, organisation, "tutor", email=TUTOR, name="Priya Shah", password_hash=password_hash
    )
    make.tutors(college, tutor, cohort)
    amara = make.person(college, organisation, "learner", email=LEARNER, password_hash=password_hash)
    learner = make.learner(college, organisation, person_id=amara.id)
    plan = make.plan(college, make.enrolment(college, learner, cohort))
    target = make.target(college, plan, title="Risk assessment", due_on=date(2027, 1, 29))
    step = models.Step(target_id=target.id, position=1, text="Read one page")
    college.add(step)
    foreign = make.target(college, make.planned_learner(college, other), title="CANARY", note="CANARY")
    make.complete(college)
    return Ground(cohort, learner, plan, target, step, foreign)


@dataclass(frozen=True)
class Page:
    """A signed-in person's page: presses what is named by its input, as Dash's scripts would."""

    app: Dash
    visitor: Visitor

    def press(self, component: str, of: str, value: Any, **state: Any) -> dict[str, Any]:
        """Post the callback of one input; returns {output's component: data}. State is given by id."""
        name, registered = next(
            (name, found)
            for name, found in self.app.callback_map.items()
            if [(one["id"], one["property"]) for one in found["inputs"]] == [(component, of)]
            and "callback" in found
            and ids.SAVED in name
        )
        body = call(
            name,
            [prop_of(one.component_id, one.component_property) for one in registered["output"]],
            [prop(component, of, value)],
            [
                prop(one["id"], one["property"], state[one["id"].replace("-", "_")])
                for one in registered["state"]
            ],
            [f"{component}.{of}"],
        )
        answer = self.visitor.callback(body)
        assert answer.status_code == 200, answer.text
        response = json.loads(answer.text)["response"]
        return {component: props["data"] for component, props in response.items() if "data" in props}

    def save(self, target_id: Any, version: Any, **typed: Any) -> dict[str, Any]:
        values = {"status": "to-come", "due_on": "2027-01-29", "reason": "", "note": ""} | typed
        return self.press(
            ids.TARGET_SAVE,
            "n_clicks",
            1,
            target_edited={"target": target_id, "version": version},
            target_status=values["status"],
            target_due=values["due_on"],
            target_reason=values["reason"],
            target_note=values["note"],
        )


def look_again(college: Session, row: models.Base) -> None:
    """Read a row as it is stored by now."""
    college.rollback()
    college.refresh(row)


def prop_of(component: Any, name: str) -> dict[str, Any]:
    return {"id": component, "property": name}


@pytest.fixture
def page_of(app: Dash, new_visitor: Callable[..., Visitor]) -> Callable[[str], Page]:
    def page(email: str) -> Page:
        visitor = new_visitor()
        assert visitor.sign_in(email).status_code == 303
        return Page(app, visitor)

    return page


def test_a_save_answers_with_the_new_version_and_tells_the_pages(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    answer = page_of(TUTOR).save(ground.target.id, 1, status="in-progress", note="Booked for Tuesday")
    said = answer[ids.TARGET_SAID]
    assert (said["version"], said["saved"], said["follows"], said["errors"]) == (2, True, 1, {})
    assert said["values"] == {"status": "in-progress", "due_on": "2027-01-29", "note": "Booked for Tuesday"}
    assert answer[ids.SAVED] == {
        "target": ground.target.id,
        "plan": ground.plan.id,
        "learner": ground.learner.id,
        "cohort": ground.cohort.id,
        "milestone": None,
        "version": 2,
        "kind": "target",
    }


def test_a_refused_save_says_why_at_its_field_and_saves_nothing(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    answer = page_of(TUTOR).save(ground.target.id, 1, status="achieved", due_on="2027-02-12")
    said = answer[ids.TARGET_SAID]
    assert said["errors"] == {"reason": "Please say why the date moves."}
    assert said["sentence"] == "Please say why the date moves."
    assert (said["saved"], said["version"]) == (False, 1)
    assert ids.SAVED not in answer
    look_again(college, ground.target)
    assert ground.target.status == "to-come"


def test_what_is_not_about_a_field_of_the_form_is_said_of_the_form(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    said = page_of(TUTOR).save(ground.target.id, 1, note={"not": "text"})[ids.TARGET_SAID]
    assert list(said["errors"]) == ["note"]
    said = page_of(TUTOR).save(ground.target.id, 1, status="overdue")[ids.TARGET_SAID]
    assert list(said["errors"]) == ["status"]


def test_a_save_over_somebody_elses_answers_with_theirs_and_who_it_was(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    one, other = page_of(TUTOR), page_of(LEARNER)
    assert other.save(ground.target.id, 1, note="Amara's")[ids.TARGET_SAID]["saved"]
    answer = one.save(ground.target.id, 1, note="The tutor's")
    said = answer[ids.TARGET_SAID]
    assert (said["saved"], said["version"], said["follows"]) == (False, 2, None)
    assert said["values"]["note"] == "Amara's"
    assert said["by"] in said["sentence"]
    assert ids.SAVED not in answer
    look_again(college, ground.target)
    assert ground.target.note == "Amara's"


def test_two_tabs_of_one_person_are_two_people(ground: Ground, page_of: Callable[[str], Page]) -> None:
    one, other = page_of(TUTOR), page_of(TUTOR)
    assert one.save(ground.target.id, 1, note="From one tab")[ids.TARGET_SAID]["saved"]
    assert not other.save(ground.target.id, 1, note="From the other")[ids.TARGET_SAID]["saved"]


def test_what_is_stored_already_is_saved_however_often_it_is_sent(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    for _ in range(2):
        said = page.save(ground.target.id, 1, note="Once")[ids.TARGET_SAID]
        assert (said["saved"], said["version"]) == (True, 2)


def test_a_learner_changes_the_note_and_nothing_else(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    page = page_of(LEARNER)
    assert page.save(ground.target.id, 1, note="I have started")[ids.TARGET_SAID]["saved"]
    for posted, field in (
        ({"status": "achieved"}, "status"),
        ({"due_on": "2027-06-30", "reason": "Because"}, "due_on"),
    ):
        said = page.save(ground.target.id, 2, note="I have started", **posted)[ids.TARGET_SAID]
        assert list(said["errors"]) == [field]
    look_again(college, ground.target)
    assert (ground.target.status, ground.target.due_on) == ("to-come", date(2027, 1, 29))
    assert ground.target.note == "I have started"


def test_a_learner_ticks_a_step_and_takes_the_tick_away(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    page = page_of(LEARNER)
    for done, expected in ((True, make.TODAY), (False, None)):
        ticked = {"target": ground.target.id, "step": ground.step.id, "done": done}
        answer = page.press(ids.TARGET_STEP, "data", ticked)
        assert answer[ids.SAVED]["kind"] == "step"
        assert answer[ids.TARGET_SAID]["follows"] == answer[ids.TARGET_SAID]["version"] - 1
        look_again(college, ground.step)
        assert ground.step.done_on == expected


def test_choosing_a_target_shows_it_and_choosing_it_again_changes_nothing(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page, chosen = page_of(TUTOR), {"target": str(ground.target.id), "list": "overdue"}
    shown = page.press(ids.SELECTION, "data", chosen, target_edited=None)
    assert shown[ids.TARGET_SAID]["target"] == ground.target.id
    assert ids.SAVED not in shown
    again = {"target": ground.target.id, "version": 1}
    assert page.press(ids.SELECTION, "data", chosen, target_edited=again) == {}
    closed = page.press(ids.SELECTION, "data", {"list": "overdue"}, target_edited=again)
    assert closed[ids.TARGET_SAID] == {"target": None, "sentence": ""}


def test_a_target_out_of_scope_is_as_one_that_is_not_there(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    for target_id in (ground.foreign.id, 999_999, 0, -1, 2**63, "x", None, True, {"a": 1}):
        assert page.save(target_id, 1, note="Mine now") == {}, target_id
        step = {"target": target_id, "step": ground.step.id, "done": True}
        assert page.press(ids.TARGET_STEP, "data", step) == {}, target_id
    missing, foreign = (
        page.press(ids.SELECTION, "data", {"target": str(target_id)}, target_edited=None)
        for target_id in (999_999, ground.foreign.id)
    )
    assert missing == foreign
    assert missing[ids.TARGET_SAID]["target"] is None


def test_a_step_of_another_target_is_not_ticked_through_ones_own(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    foreign_step = models.Step(target_id=ground.foreign.id, position=1, text="Not yours")
    college.add(foreign_step)
    college.commit()
    ticked = {"target": ground.target.id, "step": foreign_step.id, "done": True}
    assert page_of(TUTOR).press(ids.TARGET_STEP, "data", ticked) == {}
    look_again(college, foreign_step)
    assert foreign_step.done_on is None


def new_target(page: Page, plan_id: Any, **typed: Any) -> dict[str, Any]:
    values = {"title": "Write a CV", "criteria": "", "lane_id": "1", "due_on": "2027-03-01"} | typed
    return page.press(
        ids.NEW_TARGET_SAVE,
        "n_clicks",
        1,
        new_target_plan={"plan": plan_id},
        new_target_title=values["title"],
        new_target_criteria=values["criteria"],
        new_target_lane=values["lane_id"],
        new_target_due=values["due_on"],
    )


def review_held(page: Page, plan_id: Any, held_on: str, kind_id: Any) -> dict[str, Any]:
    return page.press(
        ids.REVIEW_HELD_SAVE,
        "n_clicks",
        1,
        review_held_plan={"plan": plan_id},
        review_held_kind=kind_id,
        review_held_day=held_on,
        review_held_note="Went through the plan",
    )


def test_a_tutor_adds_a_target_and_pages_hear_of_it(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    lane = str(make.lane_id(college, ground.plan, "career"))
    answer = new_target(page_of(TUTOR), ground.plan.id, lane_id=lane)
    assert answer[ids.NEW_TARGET_SAID] == {
        "plan": ground.plan.id,
        "sentence": "Added “Write a CV”.",
        "errors": {},
    }
    saved = answer[ids.SAVED]
    assert (saved["kind"], saved["learner"], saved["version"]) == ("new-target", ground.learner.id, 1)
    college.rollback()
    assert college.get_one(models.Target, saved["target"]).title == "Write a CV"


def test_a_new_target_without_a_date_is_refused_at_the_date(
    ground: Ground, page_of: Callable[[str], Page], college: Session
) -> None:
    lane = str(make.lane_id(college, ground.plan, "career"))
    answer = new_target(page_of(TUTOR), ground.plan.id, lane_id=lane, due_on="")
    assert list(answer[ids.NEW_TARGET_SAID]["errors"]) == ["due_on"]
    assert ids.SAVED not in answer


def test_a_review_held_moves_the_next_one_and_says_by_when_it_is_due(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    kind = make.review(college, ground.plan, date(2026, 11, 2)).kind_id
    make.complete(college)
    page = page_of(TUTOR)
    answer = review_held(page, ground.plan.id, "2027-01-11", str(kind))
    said = answer[ids.REVIEW_HELD_SAID]
    assert said["errors"] == {}
    assert said["sentence"] == "Review recorded. The next one is due by Mon 22 Feb 2027."
    assert answer[ids.SAVED]["kind"] == "review"
    again = review_held(page, ground.plan.id, "2027-01-11", str(kind))
    assert list(again[ids.REVIEW_HELD_SAID]["errors"]) == ["held_on"]


def test_a_plan_out_of_scope_takes_neither_target_nor_review(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    for plan_id in (ground.foreign.plan_id, 999_999, -1, "x", None):
        assert new_target(page, plan_id) == {}
        assert review_held(page, plan_id, "2027-01-11", "1") == {}
