"""The starting point: what the learner brings, assessments and their needs, own words, who may write what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, starting_point
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


class College:
    """A tutor with two learners: one signs in, the other doesn't; and a tutor of elsewhere."""

    def __init__(self, session: Session) -> None:
        college = make.organisation(session)
        department = make.department(session, college)
        cohort = make.cohort(session, department)
        tutor = make.person(session, college, "tutor", name="Priya Shah")
        make.tutors(session, tutor, cohort)
        person = make.person(session, college, "learner")
        learner = make.learner(session, college, person_id=person.id)
        self.plan = make.plan(session, make.enrolment(session, learner, cohort))
        self.without_account = make.planned_learner(session, cohort)
        self.tutor = make.viewer(session, tutor)
        self.learner = make.viewer(session, person)
        self.teacher = make.viewer(session, make.person(session, college, "quality-lead"))
        self.stranger = make.viewer(session, make.person(session, college, "tutor"))
        self.learner_id = learner.id
        make.complete(session)


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def typed(plan: models.Plan, **fields: Any) -> Typed:
    return Typed({"plan": [str(plan.id)]} | {name: [str(value)] for name, value in fields.items()})


ASSESSMENT = {
    "kind": "initial",
    "instrument": "BKSB English",
    "taken_on": "2026-09-09",
    "result": "Level 1",
    "meaning": "Briefs take time",
    "next_step": "An hour a week",
    "need": "on",
}


def read(session: Session, viewer: Viewer, college: College) -> starting_point.StartingPoint:
    return starting_point.read(session, viewer, college.learner_id)


def history_of(session: Session, plan: models.Plan) -> list[tuple[str, str | None, str | None]]:
    rows = session.execute(
        select(models.Change.field, models.Change.old, models.Change.new)
        .where(models.Change.plan_id == plan.id)
        .order_by(models.Change.id)
    )
    return [(field.split(" ")[-1], old, new) for field, old, new in rows]


def test_an_assessed_need_stays_open_until_a_target_or_support_meets_it(
    session: Session, college: College
) -> None:
    starting_point.save_assessment(session, college.tutor, typed(college.plan, **ASSESSMENT))
    (need,) = read(session, college.tutor, college).open_needs
    saved = starting_point.add_target_for_need(
        session,
        college.tutor,
        typed(
            college.plan,
            assessment=need.id,
            version=need.version,
            title="Mark each brief before starting",
            lane_id=make.lane_id(session, college.plan, "academic"),
            due_on="2027-02-01",
        ),
    )
    start = read(session, college.tutor, college)
    assert start.open_needs == ()
    assert start.assessments[0].target_id == saved.target
    assert start.assessments[0].target == "Mark each brief before starting"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("next_step", "", "Each result asks for a next step"),
        ("meaning", " ", "what this means for the plan"),
        ("taken_on", "2027-01-12", "still to come"),
        ("taken_on", "the first", "no date in the calendar"),
        ("result", "x" * 201, "Please shorten this to 200 characters; it has 201"),
        ("kind", "final", "choose one of the list"),
        ("met_by", "target-999999", "of this plan"),
    ],
)
def test_what_an_assessment_lacks_is_said_at_its_field(
    session: Session, college: College, field: str, value: str, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        starting_point.save_assessment(
            session, college.tutor, typed(college.plan, **(ASSESSMENT | {field: value}))
        )
    assert refused.value.field == field


def test_a_support_that_one_may_not_read_meets_a_need_without_being_named(
    session: Session, college: College
) -> None:
    hidden = models.Support(
        plan_id=college.plan.id, what="Counselling", from_on=date(2026, 10, 1), confidentiality=4
    )
    session.add(hidden)
    session.flush()
    session.add(
        models.Assessment(
            plan_id=college.plan.id,
            kind="diagnostic",
            instrument="Conversation",
            taken_on=date(2026, 9, 9),
            result="x",
            need=True,
            support_id=hidden.id,
        )
    )
    session.flush()
    (seen,) = read(session, college.tutor, college).assessments
    assert (seen.taken_up, seen.support, seen.support_id) == (True, "", None)
    assert read(session, college.learner, college).assessments[0].support == "Counselling"
    starting_point.save_assessment(
        session,
        college.tutor,
        typed(college.plan, **ASSESSMENT, assessment=seen.id, version=seen.version),
    )
    assert session.get_one(models.Assessment, seen.id, populate_existing=True).support_id == hidden.id


def test_two_people_who_change_one_row_are_told_of_each_other(session: Session, college: College) -> None:
    fields = {"kind": "qualification", "what": "GCSE maths", "result": "4"}
    starting_point.save_attainment(session, college.tutor, typed(college.plan, **fields))
    (line,) = read(session, college.tutor, college).attainments
    change = typed(college.plan, **(fields | {"result": "5"}), attainment=line.id, version=line.version)
    starting_point.save_attainment(session, college.tutor, change)
    with pytest.raises(ChangedElsewhere) as changed:
        starting_point.save_attainment(
            session,
            college.tutor,
            typed(college.plan, **(fields | {"result": "6"}), attainment=line.id, version=line.version),
        )
    assert changed.value.theirs["result"] == "5"
    assert changed.value.by == "Priya Shah"
    assert history_of(session, college.plan)[-1] == ("result", "4", "5")


def test_what_is_taken_out_stays_in_history(session: Session, college: College) -> None:
    fields = {"kind": "experience", "what": "Saturday job"}
    starting_point.save_attainment(session, college.tutor, typed(college.plan, **fields))
    (line,) = read(session, college.tutor, college).attainments
    starting_point.save_attainment(
        session,
        college.tutor,
        typed(college.plan, attainment=line.id, version=line.version, remove="on"),
    )
    assert read(session, college.tutor, college).attainments == ()
    assert history_of(session, college.plan)[-1][1:] == ("Saturday job", None)


def test_own_words_are_the_learners_and_keep_any_script(session: Session, college: College) -> None:
    words = {"strengths": "Calm 🙂", "languages": "عربي, Igbo: nnọọ"}
    starting_point.save_own_words(session, college.learner, typed(college.plan, version=0, **words))
    start = read(session, college.tutor, college)
    assert (start.own["strengths"], start.own["languages"]) == tuple(words.values())
    assert not start.may_write_own
    with pytest.raises(Refused, match="learner’s own words"):
        starting_point.save_own_words(session, college.tutor, typed(college.plan, version=1, **words))
    with pytest.raises(Refused, match="shorten this to 4,000"):
        starting_point.save_own_words(
            session, college.learner, typed(college.plan, version=1, background="x" * 4001)
        )


def test_a_tutor_writes_own_words_together_with_who_does_not_sign_in(
    session: Session, college: College
) -> None:
    plan = college.without_account
    starting_point.save_own_words(session, college.tutor, typed(plan, version=0, interests="Bikes"))
    assert session.get_one(models.OwnWords, plan.id).interests == "Bikes"


def test_a_learner_changes_nothing_that_the_tutor_writes(session: Session, college: College) -> None:
    for save, fields in (
        (starting_point.save_assessment, ASSESSMENT),
        (starting_point.save_attainment, {"kind": "experience", "what": "x"}),
        (starting_point.save_summary, {"starting_point": "x", "version": 1}),
    ):
        with pytest.raises(Refused, match="can read this plan"):
            save(session, college.learner, typed(college.plan, **fields))
        with pytest.raises(NotFound):
            save(session, college.stranger, typed(college.plan, **fields))


def test_a_row_of_another_plan_is_as_if_it_were_not_there(session: Session, college: College) -> None:
    starting_point.save_assessment(session, college.tutor, typed(college.without_account, **ASSESSMENT))
    other = session.scalars(select(models.Assessment)).one()
    with pytest.raises(NotFound):
        starting_point.save_assessment(
            session, college.tutor, typed(college.plan, **ASSESSMENT, assessment=other.id, version=1)
        )


def test_reading_takes_as_many_queries_for_much_as_for_little(session: Session, college: College) -> None:
    session.commit()
    with statements(session) as few:
        read(session, college.tutor, college)
    for _ in range(5):
        starting_point.save_assessment(session, college.tutor, typed(college.plan, **ASSESSMENT))
        starting_point.save_attainment(
            session, college.tutor, typed(college.plan, kind="qualification", what="GCSE")
        )
    session.commit()
    with statements(session) as many:
        read(session, college.tutor, college)
    assert len(many) == len(few) <= 9
    with statements(session) as for_a_reader:
        read(session, college.teacher, college)
    assert len(for_a_reader) <= 5
