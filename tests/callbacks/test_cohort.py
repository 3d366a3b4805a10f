"""The cohort's page, its paper twin, the caseload and the home page, asked for as browsers ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from dash import Dash
from sqlalchemy.orm import Session

from components import ids
from data import models
from tests import factories as make
from tests.callbacks.visiting import Visitor, declared_call, open_page

DOMAIN = "college.example"


@dataclass(frozen=True)
class Ground:
    """A tutor's cohort with one learner and a milestone, and a learner elsewhere."""

    department: models.Department
    cohort: models.Cohort
    plan: models.Plan
    learner: models.Learner
    target: models.Target
    foreign: models.Cohort
    foreign_target: models.Target


@pytest.fixture
def ground(college: Session, password_hash: str) -> Ground:
    organisation = make.organisation(college)
    department = make.department(college, organisation)
    cohort, foreign = make.cohort(college, department, title="Engineering"), make.cohort(college, department)

    def sign(role: str | None, **values: Any) -> models.Person:
        name = role or "nobody"
        roles = [role] if role else []
        return make.person(
            college, organisation, *roles, email=f"{name}@{DOMAIN}", password_hash=password_hash, **values
        )

    make.tutors(college, sign("tutor"), cohort)
    sign("administrator")
    sign("head-of-department", department=department)
    sign("teacher")
    sign(None)
    learner = make.learner(college, organisation, person_id=sign("learner").id, family_name="Okafor")
    plan = make.plan(college, make.enrolment(college, learner, cohort))
    milestone = make.milestone(college, cohort, short_title="Unit 3 RA2")
    target = make.target(college, plan, milestone_id=milestone.id, title="Risk assessment")
    other = make.planned_learner(college, foreign)
    foreign_target = make.target(college, other, title="CANARY")
    make.complete(college)
    return Ground(department, cohort, plan, learner, target, foreign, foreign_target)


@pytest.fixture
def visit(visitor: Visitor, ground: Ground) -> Callable[[str], Visitor]:
    def signed_in(role: str) -> Visitor:
        visitor.sign_in(f"{role}@{DOMAIN}")
        return visitor

    return signed_in


def opened(visitor: Visitor, path: str, search: str = "") -> str:
    """What the browser is sent for a page, without the escapes of slashes."""
    answer = json.loads(visitor.callback(open_page(path, search)).text)
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def after_save(app: Dash, saved: object, cohort: object) -> dict[str, Any]:
    """The body that a browser posts once something has been saved."""
    name, registered = next(
        (name, found)
        for name, found in app.callback_map.items()
        if found["state"] == [{"id": ids.COHORT, "property": "data"}]
    )
    return declared_call(name, registered, iter([saved, cohort]))


def test_a_tutor_opens_the_cohort_with_a_targets_form(
    visit: Callable[[str], Visitor], ground: Ground
) -> None:
    tutor = visit("tutor")
    page = f"/cohort/{ground.cohort.id}"
    assert "Unit 3 RA2" in opened(tutor, page)
    assert f'"target":{ground.target.id}}}' in opened(tutor, page, f"?target={ground.target.id}")


@pytest.mark.parametrize("target", ["nonsense", "999999", "-1", "0"])
def test_a_target_that_is_not_there_leaves_the_page_without_a_form(
    visit: Callable[[str], Visitor], ground: Ground, target: str
) -> None:
    answer = opened(visit("tutor"), f"/cohort/{ground.cohort.id}", f"?target={target}")
    assert "Unit 3 RA2" in answer


def test_a_target_out_of_scope_is_not_told(visit: Callable[[str], Visitor], ground: Ground) -> None:
    answer = opened(visit("tutor"), f"/cohort/{ground.cohort.id}", f"?target={ground.foreign_target.id}")
    assert "CANARY" not in answer
    assert "Unit 3 RA2" in answer


@pytest.mark.parametrize("role", ["tutor", "teacher", "learner", "nobody"])
def test_a_cohort_out_of_scope_is_as_missing_as_one_that_does_not_exist(
    visit: Callable[[str], Visitor], ground: Ground, role: str
) -> None:
    visitor = visit(role)
    for cohort in (ground.foreign.id, 999_999):
        assert "There is nothing here for you" in opened(visitor, f"/cohort/{cohort}")
        assert visitor.get(f"/cohort/{cohort}/print").status_code == 404


def test_after_a_save_the_row_the_cohorts_row_and_the_figures_follow(
    app: Dash, visit: Callable[[str], Visitor], college: Session, ground: Ground
) -> None:
    tutor = visit("tutor")
    ground.target.status = "achieved"
    ground.target.achieved_on = ground.target.closed_on = make.TODAY
    college.commit()
    saved = {"cohort": ground.cohort.id, "learner": ground.learner.id}
    answer = json.loads(tutor.callback(after_save(app, saved, ground.cohort.id)).text)["response"]
    grid = answer[ids.PROGRESS_GRID]
    (changed,) = grid["rowTransaction"]["update"]
    assert (changed["id"], changed["states"]) == (str(ground.learner.id), "a")
    assert "1 of 1 achieved" in json.dumps(grid["dashGridOptions"])
    assert "100%" in json.dumps(answer)


def test_a_save_elsewhere_and_a_forged_one_change_nothing(
    app: Dash, visit: Callable[[str], Visitor], ground: Ground
) -> None:
    tutor = visit("tutor")
    for saved, cohort in (
        ({"cohort": ground.foreign.id, "learner": ground.learner.id}, ground.cohort.id),
        ({"cohort": ground.foreign.id, "learner": 1}, ground.foreign.id),
        ({"cohort": ground.cohort.id, "learner": 999_999}, ground.cohort.id),
        (None, ground.cohort.id),
        ({"cohort": "x"}, "x"),
    ):
        assert "rowTransaction" not in tutor.callback(after_save(app, saved, cohort)).text


def test_paper_holds_every_learner_and_cell(visit: Callable[[str], Visitor], ground: Ground) -> None:
    printed = visit("head-of-department").get(f"/cohort/{ground.cohort.id}/print").text
    assert 'data-ready="true"' in printed
    assert f'data-target="{ground.target.id}"' in printed
    assert printed.count("Okafor") == 2


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("administrator", "/organisation"),
        ("head-of-department", "/department/{}"),
        ("tutor", "/caseload"),
        ("teacher", "/caseload"),
        ("learner", "/learner/{}"),
    ],
)
def test_home_sends_each_role_to_its_own_page(
    visit: Callable[[str], Visitor], ground: Ground, role: str, address: str
) -> None:
    own = address.format(ground.department.id if "department" in address else ground.learner.id)
    visitor = visit(role)
    answer = visitor.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, own)
    assert f'"data-to":"{own}"' in opened(visitor, "/")


def test_home_tells_a_person_without_a_role_what_to_do(visit: Callable[[str], Visitor]) -> None:
    nobody = visit("nobody")
    assert nobody.get("/").status_code == 200
    assert "your account has no role yet" in opened(nobody, "/")


def test_home_lets_a_head_of_two_departments_choose(
    visit: Callable[[str], Visitor], college: Session, ground: Ground
) -> None:
    organisation = college.get_one(models.Organisation, ground.department.organisation_id)
    second = make.department(college, organisation)
    head = college.query(models.Person).filter_by(email=f"head-of-department@{DOMAIN}").one()
    values = {"person_id": head.id, "role_name": "head-of-department", "department_id": second.id}
    college.add(models.RoleAssignment(**values))
    college.commit()
    answer = opened(visit("head-of-department"), "/")
    for department in (ground.department, second):
        assert f"/department/{department.id}" in answer


def test_home_of_a_learner_without_a_plan_says_so(
    visit: Callable[[str], Visitor], college: Session, ground: Ground
) -> None:
    ground.learner.person_id = None
    college.commit()
    learner = visit("learner")
    assert learner.get("/").status_code == 200
    assert "no plan is linked to your account" in opened(learner, "/")


def test_the_caseload_lists_the_tutors_learners_and_nobody_elses(
    visit: Callable[[str], Visitor], ground: Ground
) -> None:
    tutor = opened(visit("tutor"), "/caseload")
    assert "Okafor" in tutor
    assert f"/cohort/{ground.cohort.id}" in tutor
    assert "CANARY" not in tutor


def test_an_empty_caseload_says_how_learners_come_onto_it(visit: Callable[[str], Visitor]) -> None:
    assert "Nobody is in a teaching group of yours" in opened(visit("teacher"), "/caseload")
