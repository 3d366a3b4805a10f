"""The learner's own account, what people say about a plan, and what is new to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, news, reflections
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


@dataclass
class World:
    """A learner with an account, the tutor, another tutor; the plan began on 7 September."""

    plan: models.Plan
    target: models.Target
    learner_id: int
    learner: Viewer
    tutor: Viewer
    stranger: Viewer


@pytest.fixture
def world(session: Session) -> World:
    organisation = make.organisation(session)
    cohort = make.cohort(session, make.department(session, organisation))
    people = [make.person(session, organisation, role) for role in ("learner", "tutor", "tutor")]
    make.tutors(session, people[1], cohort)
    learner = make.learner(session, organisation, person_id=people[0].id)
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    target = make.target(session, plan, title="Risk assessment")
    session.commit()
    viewers = [make.viewer(session, person) for person in people]
    return World(plan, target, learner.id, *viewers)


def typed(**fields: str | int | Sequence[str]) -> Typed:
    return Typed(
        {name: [value] if isinstance(value, str) else [str(value)] for name, value in fields.items()}
    )


def test_a_learner_writes_changes_and_takes_out_a_reflection_with_history(
    session: Session, world: World
) -> None:
    saved = reflections.save(session, world.learner, typed(plan=world.plan.id, went_well="The jig held"))
    assert saved.learner == world.learner_id
    (line,) = reflections.read(session, world.tutor, world.learner_id).lines
    assert (line.went_well, line.written_on) == ("The jig held", make.TODAY)
    fields = {"plan": world.plan.id, "reflection": line.id, "version": line.version}
    reflections.save(session, world.learner, typed(**fields, learned="To clamp twice"))
    with pytest.raises(ChangedElsewhere) as changed:
        reflections.save(session, world.learner, typed(**fields, learned="Something else"))
    assert changed.value.theirs["learned"] == "To clamp twice"
    reflections.save(session, world.learner, typed(**(fields | {"version": 2}), remove="on"))
    assert reflections.read(session, world.learner, world.learner_id).lines == ()
    assert session.scalars(select(models.Change.field)).all()[0].startswith("reflection")


def test_an_empty_reflection_and_one_of_an_impossible_day_are_refused_kindly(
    session: Session, world: World
) -> None:
    for fields, field in (
        ({}, "learned"),
        ({"learned": "x", "written_on": "2026-09-01"}, "written_on"),
        ({"learned": "x", "written_on": "2027-01-12"}, "written_on"),
        ({"learned": "x" * 4001}, "learned"),
    ):
        with pytest.raises(Refused) as refused:
            reflections.save(session, world.learner, typed(plan=world.plan.id, **fields))
        assert refused.value.field == field


def test_staff_do_not_put_words_into_a_learners_mouth_and_strangers_see_nothing(
    session: Session, world: World
) -> None:
    with pytest.raises(Refused, match="own words"):
        reflections.save(session, world.tutor, typed(plan=world.plan.id, learned="A lot"))
    for act in (reflections.save, reflections.comment):
        with pytest.raises(NotFound):
            act(session, world.stranger, typed(plan=world.plan.id, learned="A lot", said="Hello"))
    with pytest.raises(NotFound):
        reflections.read(session, world.stranger, world.learner_id)


def test_a_comment_stands_in_the_plan_and_in_the_history_of_its_target(
    session: Session, world: World
) -> None:
    reflections.comment(session, world.tutor, typed(plan=world.plan.id, said="Well done שלום 🎓"))
    about = typed(plan=world.plan.id, target=world.target.id, said="Bring it on Tuesday")
    reflections.comment(session, world.learner, about)
    newest, first = reflections.read(session, world.tutor, world.learner_id).comments
    assert (newest.target, newest.said.new) == ("Risk assessment", "Bring it on Tuesday")
    assert (first.target, first.said.new) == (None, "Well done שלום 🎓")
    with pytest.raises(Refused):
        reflections.comment(session, world.tutor, typed(plan=world.plan.id, said=" "))


def test_a_comment_on_another_plans_target_is_refused_as_missing(session: Session, world: World) -> None:
    cohort = session.get_one(models.Cohort, session.get_one(models.Enrolment, world.plan.id).cohort_id)
    foreign = make.target(session, make.planned_learner(session, cohort))
    with pytest.raises(NotFound):
        reflections.comment(
            session, world.learner, typed(plan=world.plan.id, target=foreign.id, said="Not mine")
        )


def test_new_is_what_others_changed_since_one_said_that_one_had_seen_it(
    session: Session, world: World
) -> None:
    for number in range(8):
        reflections.comment(session, world.tutor, typed(plan=world.plan.id, said=f"Number {number}"))
    reflections.comment(session, world.learner, typed(plan=world.plan.id, said="My own"))
    found = news.read(session, world.learner, world.plan.id)
    assert [line.change.new for line in found.lines] == [f"Number {number}" for number in range(7, 1, -1)]
    assert found.more == 2
    news.seen(session, world.learner, typed(plan=world.plan.id, change=found.newest))
    assert news.read(session, world.learner, world.plan.id).lines == ()
    reflections.comment(session, world.tutor, typed(plan=world.plan.id, said="And one more"))
    assert len(news.read(session, world.learner, world.plan.id).lines) == 1
    assert len(news.read(session, world.tutor, world.plan.id).lines) == 1


def test_seen_counts_no_change_that_is_still_to_come_and_never_goes_back(
    session: Session, world: World
) -> None:
    reflections.comment(session, world.tutor, typed(plan=world.plan.id, said="First"))
    news.seen(session, world.learner, typed(plan=world.plan.id, change=999_999))
    reflections.comment(session, world.tutor, typed(plan=world.plan.id, said="Second"))
    newest = news.read(session, world.learner, world.plan.id).newest
    news.seen(session, world.learner, typed(plan=world.plan.id, change=newest))
    news.seen(session, world.learner, typed(plan=world.plan.id, change=1))
    assert news.read(session, world.learner, world.plan.id).lines == ()


def test_the_page_costs_the_same_queries_for_any_number_of_reflections(
    session: Session, world: World
) -> None:
    def cost() -> int:
        session.flush()
        with statements(session) as asked:
            reflections.read(session, world.tutor, world.learner_id)
        return len(asked)

    before = cost()
    for day in range(1, 9):
        reflections.save(
            session,
            world.learner,
            typed(plan=world.plan.id, learned="Again", written_on=date(2026, 10, day).isoformat()),
        )
    assert cost() == before
