"""RAG judgements: always with a reason, the newest holds, and beside them what the figures say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import judgements, models
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.judgements import RED_FROM_DAYS_LATE, RED_FROM_OVERDUE, computed
from data.models import Colour, Enrolment
from data.scope import Viewer
from tests import factories as make


@pytest.mark.parametrize(
    ("overdue", "days_late", "colour"),
    [
        (0, 0, Colour.GREEN),
        (1, 0, Colour.AMBER),
        (0, 1, Colour.AMBER),
        (RED_FROM_OVERDUE - 1, RED_FROM_DAYS_LATE - 1, Colour.AMBER),
        (RED_FROM_OVERDUE, 0, Colour.RED),
        (0, RED_FROM_DAYS_LATE, Colour.RED),
    ],
)
def test_a_threshold_belongs_to_the_worse_colour(overdue: int, days_late: int, colour: Colour) -> None:
    assert computed(overdue, days_late).colour == colour


@pytest.fixture
def plan(session: Session) -> models.Plan:
    ours = make.organisation(session)
    cohort = make.cohort(session, make.department(session, ours))
    plan = make.planned_learner(session, cohort)
    make.review(session, plan, make.TODAY - timedelta(days=7))
    make.complete(session)
    return plan


@pytest.fixture
def tutor(session: Session, plan: models.Plan) -> Viewer:
    enrolment = session.get_one(Enrolment, plan.id)
    cohort = session.get_one(models.Cohort, enrolment.cohort_id)
    department = session.get_one(models.Department, cohort.department_id)
    ours = session.get_one(models.Organisation, department.organisation_id)
    person = make.person(session, ours, "tutor")
    make.tutors(session, person, cohort)
    return make.viewer(session, person)


def give(session: Session, viewer: Viewer, plan_id: int, colour: str, reason: str) -> None:
    judgements.judge(session, viewer, Typed({"plan": [str(plan_id)], "colour": [colour], "reason": [reason]}))
    session.flush()


def test_the_newest_judgement_holds_and_each_is_in_the_history(
    session: Session, plan: models.Plan, tutor: Viewer
) -> None:
    give(session, tutor, plan.id, "green", "On course.")
    give(session, tutor, plan.id, "red", "Hasn't come for two weeks.")
    holds = judgements.judged_of(session, tutor, Enrolment.id == plan.id)[plan.id]
    assert (holds.colour, holds.reason, holds.judged_on) == (
        Colour.RED,
        "Hasn't come for two weeks.",
        make.TODAY,
    )
    changes = session.execute(
        select(models.Change.old, models.Change.new, models.Change.reason).where(
            models.Change.field == "judgement"
        )
    ).all()
    assert [tuple(change) for change in changes] == [
        (None, "green", "On course."),
        ("green", "red", "Hasn't come for two weeks."),
    ]


@pytest.mark.parametrize(("colour", "reason"), [("red", " "), ("", "Because."), ("blue", "Because.")])
def test_a_judgement_without_colour_or_reason_is_refused(
    session: Session, plan: models.Plan, tutor: Viewer, colour: str, reason: str
) -> None:
    with pytest.raises(Refused):
        give(session, tutor, plan.id, colour, reason)


def test_nobody_judges_a_plan_out_of_scope(session: Session, plan: models.Plan, tutor: Viewer) -> None:
    other = make.planned_learner(
        session,
        make.cohort(
            session, make.department(session, session.get_one(models.Organisation, tutor.organisation_id))
        ),
    )
    with pytest.raises(NotFound):
        give(session, tutor, other.id, "green", "Fine.")


def test_those_disagree_whose_judgement_is_of_another_colour_than_the_figures(
    session: Session, plan: models.Plan, tutor: Viewer
) -> None:
    everyone = Enrolment.cohort_id == session.get_one(Enrolment, plan.id).cohort_id
    give(session, tutor, plan.id, "green", "On course.")
    assert judgements.disagreements(session, tutor, everyone) == ()
    make.target(session, plan, due_on=date(2027, 1, 4))
    session.flush()
    (found,) = judgements.disagreements(session, tutor, everyone)
    assert (found.plan_id, found.judged.colour, found.computed.colour) == (plan.id, "green", "amber")
    assert judgements.is_kinder(found.judged, found.computed)
    session.add(models.BreakInLearning(enrolment_id=plan.id, from_on=date(2027, 1, 4)))
    session.flush()
    assert judgements.disagreements(session, tutor, everyone) == ()
