"""A plan's next review: the sentence that says why, and a rule of the plan's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, next_review
from data.errors import ChangedElsewhere, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make

OWN: dict[str, Any] = {
    "preset": "own",
    "unit": "weeks",
    "amount": 4,
    "from_on": "2026-10-13",
    "own_rule_reason": "Returns after a long illness",
    "own_rule_evidence": "Meeting of 11 January",
}


@pytest.fixture
def plan(session: Session) -> models.Plan:
    """A plan reviewed on 12 October and, in time, on 4 January."""
    college = make.organisation(session)
    made = make.planned_learner(session, make.cohort(session, make.department(session, college)))
    for held_on in (date(2026, 10, 12), date(2027, 1, 4)):
        make.review(session, made, held_on)
    make.complete(session)
    return made


@pytest.fixture
def viewer(session: Session, plan: models.Plan) -> Viewer:
    college = session.scalars(select(models.Organisation)).one()
    return make.viewer(session, make.person(session, college, "administrator"))


def typed(plan: models.Plan, version: int = 1, **fields: Any) -> Typed:
    sent = {"plan": plan.id, "version": version} | fields
    return Typed({name: [str(value)] for name, value in sent.items()})


def read(session: Session, viewer: Viewer, plan: models.Plan) -> next_review.NextReview:
    learner_id = session.get_one(models.Enrolment, plan.id).learner_id
    return next_review.read(session, viewer, learner_id, plan.id)


def test_an_own_rule_moves_the_open_date_with_reason_evidence_and_history(
    session: Session, viewer: Viewer, plan: models.Plan
) -> None:
    assert read(session, viewer, plan).why.startswith("Due by 15 February 2027: six weeks after the review")
    saved = next_review.set_own_rule(session, viewer, typed(plan, **OWN))
    assert saved.sentence == "The rule is saved. The next review is due by 1 February 2027."
    found = read(session, viewer, plan)
    assert found.why == "Due by 1 February 2027: four weeks after the review on 4 January 2027."
    assert found.own is not None
    assert (found.own.reason, found.own.evidence) == (OWN["own_rule_reason"], OWN["own_rule_evidence"])
    changed = session.scalars(select(models.Change.field).where(models.Change.plan_id == plan.id)).all()
    assert f"plan {plan.id} own_rule_reason" in changed
    with pytest.raises(ChangedElsewhere):
        next_review.set_own_rule(session, viewer, typed(plan, **(OWN | {"amount": 3})))


def test_an_own_rule_needs_a_reason_and_evidence_and_moves_no_review_that_is_held(
    session: Session, viewer: Viewer, plan: models.Plan
) -> None:
    for field in ("own_rule_reason", "own_rule_evidence"):
        with pytest.raises(Refused) as refused:
            next_review.set_own_rule(session, viewer, typed(plan, **(OWN | {field: " "})))
        assert refused.value.field == field
    with pytest.raises(Refused, match="13 October 2026 or a later day"):
        next_review.set_own_rule(session, viewer, typed(plan, **(OWN | {"from_on": "2026-10-12"})))


def test_a_plan_goes_by_the_colleges_rule_again(session: Session, viewer: Viewer, plan: models.Plan) -> None:
    next_review.set_own_rule(session, viewer, typed(plan, **OWN))
    next_review.remove_own_rule(session, viewer, typed(plan, version=2))
    found = read(session, viewer, plan)
    assert found.own is None
    assert found.why.startswith("Due by 15 February 2027")
