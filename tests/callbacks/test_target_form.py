"""What the forms are answered, sent as a browser sends them, and as nobody's browser would."""

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
from tests.callbacks.visiting import Visitor, declared_call

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
    """A signed-in person's page: sends forms and selects targets, as its scripts would."""

    app: Dash
    visitor: Visitor

    def send(self, kind: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        """(status, what is answered)."""
        answer = self.visitor.write(kind, fields)
        return answer.status_code, json.loads(answer.text)

    def save(self, target_id: Any, version: Any, **typed: Any) -> tuple[int, dict[str, Any]]:
        values = {"status": "to-come", "due_on": "2027-01-29", "reason": "", "note": ""} | typed
        return self.send("target", target=target_id, version=version, **values)

    def choose(self, selection: Any, on_show: Any) -> dict[str, Any]:
        """Post the callback of the selection; returns {output: value}."""
        name, registered = next(
            (name, found)
            for name, found in self.app.callback_map.items()
            if ids.TARGET_SHOWN in name and "callback" in found
        )
        answer = self.visitor.callback(declared_call(name, registered, iter([selection, on_show])))
        if answer.status_code == 204:
            return {}
        response: dict[str, Any] = json.loads(answer.text)["response"]
        return response


def look_again(college: Session, row: models.Base) -> None:
    """Read a row as it is stored by now."""
    college.rollback()
    college.refresh(row)


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
    page = page_of(TUTOR)
    status, answer = page.save(ground.target.id, 1, status="in-progress", note="Booked for Tuesday")
    assert (status, answer["sentence"]) == (200, "Saved.")
    assert answer["saved"] == {
        "sentence": "Saved.",
        "target": ground.target.id,
        "plan": ground.plan.id,
        "learner": ground.learner.id,
        "cohort": ground.cohort.id,
        "milestone": None,
        "id": None,
        "version": 2,
        "kind": "target",
        "go": "",
        "shown_once": "",
    }
    assert "Booked for Tuesday</textarea>" in answer["drawings"]["target-form"]


def test_a_refused_save_says_why_at_its_field_and_saves_nothing(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    status, answer = page_of(TUTOR).save(ground.target.id, 1, status="achieved", due_on="2027-02-12")
    assert status == 422
    assert answer["errors"] == {"reason": "Please say why the date moves."}
    assert "saved" not in answer
    look_again(college, ground.target)
    assert ground.target.status == "to-come"


def test_a_status_that_is_none_is_refused_at_the_status(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    status, answer = page_of(TUTOR).save(ground.target.id, 1, status="overdue")
    assert (status, list(answer["errors"])) == (422, ["status"])


def test_a_save_over_somebody_elses_answers_with_theirs_and_who_it_was(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    one, other = page_of(TUTOR), page_of(LEARNER)
    assert other.save(ground.target.id, 1, note="Amara's")[0] == 200
    status, answer = one.save(ground.target.id, 1, note="The tutor's")
    assert (status, answer["version"]) == (409, 2)
    assert answer["theirs"] == {
        "status": ["to-come"],
        "due_on": ["2027-01-29"],
        "note": ["Amara's"],
        "how_met": [""],
    }
    assert answer["by"] in answer["sentence"]
    look_again(college, ground.target)
    assert ground.target.note == "Amara's"


def test_two_tabs_of_one_person_are_two_people(ground: Ground, page_of: Callable[[str], Page]) -> None:
    one, other = page_of(TUTOR), page_of(TUTOR)
    assert one.save(ground.target.id, 1, note="From one tab")[0] == 200
    assert other.save(ground.target.id, 1, note="From the other")[0] == 409


def test_what_is_stored_already_is_saved_however_often_it_is_sent(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    for _ in range(2):
        status, answer = page.save(ground.target.id, 1, note="Once")
        assert (status, answer["saved"]["version"]) == (200, 2)


def test_what_the_form_did_not_send_stays_as_it_is(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    assert page_of(LEARNER).send("target", target=ground.target.id, version=1, note="Only this")[0] == 200
    look_again(college, ground.target)
    assert (ground.target.status, ground.target.note) == ("to-come", "Only this")


def test_a_learner_changes_the_note_and_nothing_else(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    page = page_of(LEARNER)
    assert page.save(ground.target.id, 1, note="I have started")[0] == 200
    for posted, field in (
        ({"status": "achieved"}, "status"),
        ({"due_on": "2027-06-30", "reason": "Because"}, "due_on"),
    ):
        status, answer = page.save(ground.target.id, 2, note="I have started", **posted)
        assert (status, list(answer["errors"])) == (422, [field])
    look_again(college, ground.target)
    assert (ground.target.status, ground.target.due_on) == ("to-come", date(2027, 1, 29))
    assert ground.target.note == "I have started"


def test_a_learner_ticks_a_step_and_takes_the_tick_away(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    page = page_of(LEARNER)
    ids_sent = {"target": ground.target.id, "step": ground.step.id}
    for ticked, expected in (({"done": "on"}, make.TODAY), ({}, None)):
        status, answer = page.send("target-step", **ids_sent, **ticked)
        assert (status, answer["saved"]["kind"]) == (200, "step")
        look_again(college, ground.step)
        assert ground.step.done_on == expected


def test_choosing_a_target_shows_it_and_choosing_it_again_changes_nothing(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page, chosen = page_of(TUTOR), {"target": str(ground.target.id), "list": "overdue"}
    shown = page.choose(chosen, None)
    assert "Risk assessment" in str(shown)
    assert shown[ids.TARGET_SHOWN]["data"] == {"target": ground.target.id}
    assert shown[ids.TARGET_FORM]["hidden"] is False
    assert page.choose(chosen, {"target": ground.target.id}) == {}
    closed = page.choose({"list": "overdue"}, {"target": ground.target.id})
    assert closed[ids.TARGET_SHOWN]["data"] == {"target": None}
    assert closed[ids.TARGET_FORM]["hidden"] is True


def test_a_target_out_of_scope_is_as_one_that_is_not_there(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    gone = page.save(999_999, 1, note="Mine now")
    assert gone[0] == 404
    for target_id in (ground.foreign.id, 0, -1, 2**63, "x", ""):
        assert page.save(target_id, 1, note="Mine now") == gone, target_id
        assert page.send("target-step", target=target_id, step=ground.step.id, done="on") == gone, target_id
    missing, foreign = (
        page.choose({"target": str(target_id)}, None) for target_id in (999_999, ground.foreign.id)
    )
    assert missing == foreign
    assert missing[ids.TARGET_SHOWN]["data"] == {"target": None}


def test_a_step_of_another_target_is_not_ticked_through_ones_own(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    foreign_step = models.Step(target_id=ground.foreign.id, position=1, text="Not yours")
    college.add(foreign_step)
    college.commit()
    sent = {"target": ground.target.id, "step": foreign_step.id, "done": "on"}
    assert page_of(TUTOR).send("target-step", **sent)[0] == 404
    look_again(college, foreign_step)
    assert foreign_step.done_on is None


def new_target(page: Page, plan_id: Any, **typed: Any) -> tuple[int, dict[str, Any]]:
    values = {"title": "Write a CV", "criteria": "", "lane_id": "1", "due_on": "2027-03-01"} | typed
    return page.send("new-target", plan=plan_id, **values)


def review_held(page: Page, plan_id: Any, held_on: str, kind_id: Any) -> tuple[int, dict[str, Any]]:
    return page.send(
        "review-held", plan=plan_id, kind_id=kind_id, held_on=held_on, note="Went through the plan"
    )


def test_a_tutor_adds_a_target_and_pages_hear_of_it(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    lane = str(make.lane_id(college, ground.plan, "career"))
    status, answer = new_target(page_of(TUTOR), ground.plan.id, lane_id=lane)
    assert (status, answer["sentence"]) == (200, "Added “Write a CV”.")
    saved = answer["saved"]
    assert (saved["kind"], saved["learner"], saved["version"]) == ("new-target", ground.learner.id, 1)
    college.rollback()
    assert college.get_one(models.Target, saved["target"]).title == "Write a CV"


def test_a_new_target_without_a_date_is_refused_at_the_date(
    ground: Ground, page_of: Callable[[str], Page], college: Session
) -> None:
    lane = str(make.lane_id(college, ground.plan, "career"))
    status, answer = new_target(page_of(TUTOR), ground.plan.id, lane_id=lane, due_on="")
    assert (status, list(answer["errors"])) == (422, ["due_on"])


def test_a_review_held_moves_the_next_one_and_says_by_when_it_is_due(
    ground: Ground, college: Session, page_of: Callable[[str], Page]
) -> None:
    kind = make.review(college, ground.plan, date(2026, 11, 2)).kind_id
    make.complete(college)
    page = page_of(TUTOR)
    status, answer = review_held(page, ground.plan.id, "2027-01-11", str(kind))
    assert status == 200
    assert answer["sentence"] == "Review recorded. The next one is due by Mon 22 Feb 2027."
    assert answer["saved"]["kind"] == "review"
    status, again = review_held(page, ground.plan.id, "2027-01-11", str(kind))
    assert (status, list(again["errors"])) == (422, ["held_on"])


def test_a_plan_out_of_scope_takes_neither_target_nor_review(
    ground: Ground, page_of: Callable[[str], Page]
) -> None:
    page = page_of(TUTOR)
    for plan_id in (ground.foreign.plan_id, 999_999, -1, "x", ""):
        assert new_target(page, plan_id)[0] == 404
        assert review_held(page, plan_id, "2027-01-11", "1")[0] == 404
