"""Holding a review: its form keeps each one's part, its completion is all or nothing, then it is locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import (
    batches,
    group_reviews,
    models,
    review_completion,
    review_forms,
    review_recap,
    review_schedule,
    review_sheet,
    reviews,
)
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import Enrolment, Judgement, Review, ReviewForm, Target
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

TODAY = make.TODAY


@dataclass
class World:
    """A learner with three open targets, another of the cohort, and people around them."""

    plan: models.Plan
    other: models.Plan
    cohort: models.Cohort
    first: models.Target
    second: models.Target
    third: models.Target
    kind: int
    tutor: Viewer
    learner: Viewer
    teacher: Viewer
    stranger: Viewer


@pytest.fixture
def world(session: Session) -> World:
    college = make.organisation(session)
    cohort = make.cohort(session, make.department(session, college))
    tutor = make.person(session, college, "tutor")
    make.tutors(session, tutor, cohort)
    account = make.person(session, college, "learner")
    learner = make.learner(session, college, person_id=account.id)
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    other = make.planned_learner(session, cohort)
    first, second, third = (make.target(session, plan) for _ in range(3))
    support = make.person(session, college, "learning-support-lead")
    stranger = make.person(session, make.organisation(session), "administrator")
    make.complete(session)
    as_tutor = make.viewer(session, tutor)
    kinds = {kind.key: kind.id for kind in reviews.kind_choices(session, as_tutor)}
    return World(
        plan,
        other,
        cohort,
        first,
        second,
        third,
        kinds["progress"],
        as_tutor,
        make.viewer(session, account),
        make.viewer(session, support),
        make.viewer(session, stranger),
    )


def typed(**fields: Any) -> Typed:
    return Typed(
        {
            name: [str(one) for one in (value if isinstance(value, list) else [value])]
            for name, value in fields.items()
        }
    )


def start(session: Session, world: World) -> int:
    saved = review_forms.start(session, world.tutor, typed(plan=world.plan.id, kind=world.kind))
    assert saved.id
    assert saved.go == f"/review/{saved.id}"
    return saved.id


def agree(session: Session, world: World, form: int, said: str = "Two evenings a week.") -> None:
    part = typed(form=form, version=0, part="agreed", said=said)
    review_forms.write_part(session, world.tutor, part)


def decide(session: Session, world: World, form: int, target: models.Target, **fields: Any) -> None:
    review_forms.decide(session, world.tutor, typed(form=form, target=target.id, version=0, **fields))


def complete(session: Session, world: World, form: int, held_on: date = TODAY) -> int:
    saved = review_completion.complete(session, world.tutor, typed(form=form, held_on=held_on))
    assert saved.id
    return saved.id


def count(session: Session, table: type[models.Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# --- while it is held ----------------------------------------------------------------------------------


def test_a_review_that_is_open_is_gone_on_with_not_started_twice(session: Session, world: World) -> None:
    assert start(session, world) == start(session, world)


def test_what_is_decided_so_far_is_there_again_and_changes_nothing_of_the_plan(
    session: Session, world: World
) -> None:
    form = start(session, world)
    decide(session, world, form, world.first, choice="move", reason="Workshop full")
    review_forms.add_target(
        session,
        world.tutor,
        typed(form=form, title="New", lane_id=world.first.lane_id, due_on="2027-03-01"),
    )
    sheet = review_sheet.read(session, world.tutor, form)
    assert sheet.decisions[world.first.id].reason == "Workshop full"
    assert [one.title for one in sheet.new] == ["New"]
    assert len(sheet.targets) == 3
    assert (count(session, Review), count(session, Target)) == (0, 3)


def test_the_learners_part_and_the_tutors_never_overwrite_each_other(session: Session, world: World) -> None:
    form = start(session, world)
    words = typed(form=form, version=0, part="learner", said="I need more time.")
    review_forms.write_part(session, world.learner, words)
    agree(session, world, form, "More time.")
    sheet = review_sheet.read(session, world.learner, form)
    assert {name: part.said for name, part in sheet.parts.items()} == {
        "learner": "I need more time.",
        "agreed": "More time.",
    }
    for viewer, part in ((world.learner, "agreed"), (world.learner, "judgement"), (world.tutor, "learner")):
        with pytest.raises(Refused):
            review_forms.write_part(session, viewer, typed(form=form, version=1, part=part, said="Mine"))


def test_the_second_of_two_tabs_is_told_what_the_first_one_kept(session: Session, world: World) -> None:
    form = start(session, world)
    agree(session, world, form, "First")
    with pytest.raises(ChangedElsewhere) as told:
        agree(session, world, form, "Second")
    assert (told.value.version, told.value.theirs["said"]) == (1, "First")
    agree(session, world, form, "First")


def test_a_held_review_is_nobodys_but_theirs_who_take_part(session: Session, world: World) -> None:
    form = start(session, world)
    for viewer in (world.teacher, world.stranger):
        with pytest.raises(NotFound):
            review_sheet.read(session, viewer, form)
    complete_with_agreement(session, world, form)
    assert review_sheet.read(session, world.teacher, form).completed
    with pytest.raises(NotFound):
        review_sheet.read(session, world.stranger, form)


def test_a_review_can_be_thrown_away_before_it_is_completed(session: Session, world: World) -> None:
    form = start(session, world)
    agree(session, world, form)
    decide(session, world, form, world.first, choice="keep")
    review_forms.give_up(session, world.tutor, typed(form=form))
    assert count(session, ReviewForm) == 0
    with pytest.raises(NotFound):
        review_sheet.read(session, world.tutor, form)


def complete_with_agreement(session: Session, world: World, form: int) -> int:
    agree(session, world, form)
    return complete(session, world, form)


# --- completing ----------------------------------------------------------------------------------------


def test_a_completed_review_carries_out_each_decision_at_once(session: Session, world: World) -> None:
    form = start(session, world)
    decide(session, world, form, world.first, choice="achieved", how_met="All four tests passed")
    decide(session, world, form, world.second, choice="move", due_on="2027-03-05", reason="Workshop full")
    decide(session, world, form, world.third, choice="change", title="Better said", criteria="One\nTwo")
    review_forms.add_target(
        session,
        world.tutor,
        typed(form=form, title="New", lane_id=world.first.lane_id, due_on="2027-03-01"),
    )
    judged = typed(form=form, version=0, part="judgement", colour="amber", said="One target moved.")
    review_forms.write_part(session, world.tutor, judged)
    review_id = complete_with_agreement(session, world, form)
    session.expire_all()
    assert (world.first.status, world.first.how_met) == ("achieved", "All four tests passed")
    assert world.first.achieved_on == TODAY
    assert (world.second.due_on, world.second.moves) == (date(2027, 3, 5), 1)
    assert (world.third.title, world.third.criteria) == ("Better said", "One\nTwo")
    assert session.scalars(select(Target.due_on).where(Target.title == "New")).one() == date(2027, 3, 1)
    judgement = session.scalars(select(Judgement)).one()
    assert (judgement.review_id, judgement.colour) == (review_id, "amber")
    assert session.get_one(Review, review_id).note == "Two evenings a week."
    enrolment = session.get_one(Enrolment, world.plan.id)
    assert enrolment.last_review_on == TODAY
    sheet = review_sheet.read(session, world.tutor, form)
    assert sheet.next_due_on == enrolment.next_review_on
    assert "six weeks after the review on 11 January 2027" in sheet.next_why


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"choice": "move", "reason": "Full"}, "due_on"),
        ({"choice": "move", "due_on": "2027-03-05"}, "reason"),
        ({"choice": "move", "due_on": "2020-03-05", "reason": "Full"}, "due_on"),
        ({"choice": "achieved"}, "how_met"),
        ({"choice": "withdraw"}, "reason"),
        ({"choice": "change", "title": ""}, "title"),
    ],
)
def test_what_cant_be_is_refused_at_its_field(
    session: Session, world: World, decision: dict[str, str], field: str
) -> None:
    form = start(session, world)
    agree(session, world, form)
    decide(session, world, form, world.first, **decision)
    with pytest.raises(Refused) as refused:
        complete(session, world, form)
    assert refused.value.field == f"target-{world.first.id}.{field}"


def test_a_review_is_completed_all_of_it_or_nothing(session: Session, world: World) -> None:
    form = start(session, world)
    agree(session, world, form)
    decide(session, world, form, world.first, choice="achieved", how_met="Passed")
    decide(session, world, form, world.second, choice="move", reason="No date yet")
    session.commit()
    with pytest.raises(Refused):
        complete(session, world, form)
    session.rollback()
    assert (count(session, Review), world.first.status) == (0, "to-come")
    assert review_sheet.read(session, world.tutor, form).completed is None


def test_it_isnt_completed_without_an_agreement_or_with_half_a_judgement(
    session: Session, world: World
) -> None:
    form = start(session, world)
    with pytest.raises(Refused) as refused:
        complete(session, world, form)
    assert refused.value.field == "agreed.said"
    agree(session, world, form)
    half = typed(form=form, version=0, part="judgement", colour="red")
    review_forms.write_part(session, world.tutor, half)
    session.commit()
    with pytest.raises(Refused) as refused:
        complete(session, world, form)
    assert refused.value.field == "judgement.said"


def test_a_target_that_somebody_changed_since_is_decided_anew(session: Session, world: World) -> None:
    form = start(session, world)
    agree(session, world, form)
    decide(session, world, form, world.first, choice="withdraw", reason="Left the unit")
    world.first.version += 1
    session.commit()
    with pytest.raises(Refused, match="decide anew") as refused:
        complete(session, world, form)
    assert refused.value.field == f"target-{world.first.id}.choice"


# --- afterwards ----------------------------------------------------------------------------------------


def test_a_completed_review_is_locked_signed_and_added_to(session: Session, world: World) -> None:
    form = start(session, world)
    complete_with_agreement(session, world, form)
    for write in (
        lambda: agree(session, world, form, "Something else"),
        lambda: decide(session, world, form, world.first, choice="keep"),
        lambda: complete(session, world, form),
    ):
        with pytest.raises(Refused, match="completed"):
            write()
    review_completion.sign(session, world.tutor, typed(form=form, party="tutor"))
    review_completion.sign(session, world.learner, typed(form=form, party="learner"))
    with pytest.raises(Refused, match="already"):
        review_completion.sign(session, world.tutor, typed(form=form, party="learner"))
    review_completion.add_note(session, world.tutor, typed(form=form, said="The workshop moved."))
    done = review_sheet.read(session, world.learner, form).completed
    assert done is not None
    assert [(one.party, one.in_person) for one in done.signatures] == [("learner", False), ("tutor", False)]
    assert [note.said for note in done.notes] == ["The workshop moved."]
    assert review_sheet.read(session, world.tutor, form).part("agreed").said == "Two evenings a week."


def test_a_signature_in_person_says_who_wrote_it_down_and_a_learner_signs_for_no_tutor(
    session: Session, world: World
) -> None:
    form = start(session, world)
    complete_with_agreement(session, world, form)
    with pytest.raises(Refused):
        review_completion.sign(session, world.learner, typed(form=form, party="tutor"))
    with pytest.raises(Refused):
        review_completion.sign(session, world.teacher, typed(form=form, party="learner"))
    (line,) = review_sheet.of_learner(session, world.tutor, learner_of(session, world.plan)).lines
    assert set(line.unsigned) == {"learner", "tutor"}
    review_completion.sign(session, world.tutor, typed(form=form, party="learner"))
    done = review_sheet.read(session, world.tutor, form).completed
    assert done is not None
    by_learner = done.signatures[0]
    assert (by_learner.in_person, by_learner.by) == (True, world.tutor.name)


def learner_of(session: Session, plan: models.Plan) -> int:
    return session.get_one(Enrolment, plan.id).learner_id


def test_a_page_of_a_review_takes_the_same_queries_however_much_was_decided(
    session: Session, world: World
) -> None:
    form = start(session, world)
    with statements(session) as few:
        review_sheet.read(session, world.tutor, form)
    for target in (world.first, world.second, world.third):
        decide(session, world, form, target, choice="keep")
    with statements(session) as many:
        review_sheet.read(session, world.tutor, form)
    assert len(many) == len(few)


# --- several learners at once, and the day afterwards --------------------------------------------------


def hold_group(session: Session, world: World, *plans: models.Plan) -> None:
    outcomes = {f"outcome-{plan.id}": f"Outcome {plan.id}" for plan in plans}
    group_reviews.hold(
        session,
        world.tutor,
        typed(
            cohort=world.cohort.id,
            kind_id=world.kind,
            held_on=TODAY,
            note="We planned the trip to the engine works together.",
            present=[plan.id for plan in plans],
            **outcomes,
        ),
    )


def test_a_group_review_is_one_note_with_an_outcome_for_each_who_was_there(
    session: Session, world: World
) -> None:
    absent = make.planned_learner(session, world.cohort)
    hold_group(session, world, world.plan, world.other)
    held = session.scalars(select(Review).order_by(Review.plan_id)).all()
    assert [(one.plan_id, one.outcome) for one in held] == [
        (world.plan.id, f"Outcome {world.plan.id}"),
        (world.other.id, f"Outcome {world.other.id}"),
    ]
    assert len({one.group_key for one in held}) == 1
    assert held[0].group_key
    assert session.get_one(Enrolment, absent.id).last_review_on is None
    with pytest.raises(Refused, match="recorded already"):
        hold_group(session, world, absent, world.plan)


def test_a_group_review_among_the_batches_is_marked_as_such(session: Session, world: World) -> None:
    third = make.planned_learner(session, world.cohort)
    make.complete(session)
    hold_group(session, world, world.plan, world.other, third)
    clocks = review_schedule.review_clocks(session, [world.cohort.id])[world.cohort.id]
    of_cohort = Enrolment.cohort_id == world.cohort.id
    (batch,) = batches.read(session, world.tutor, of_cohort, clocks, date(2026, 9, 1))
    assert (batch.kind, batch.group_written) == ("text", True)


def test_the_recap_of_a_day_says_who_does_what_by_when(session: Session, world: World) -> None:
    form = start(session, world)
    decide(session, world, form, world.first, choice="move", due_on="2027-03-05", reason="Full")
    action = typed(form=form, by_whom="Ms Shah", what="Book the workshop", due_on="2027-01-15")
    review_forms.add_action(session, world.tutor, action)
    complete_with_agreement(session, world, form)
    (seen,) = review_recap.read(session, world.tutor, TODAY).seen
    assert [(task.what, task.by_on) for task in seen.tasks] == [
        ("Book the workshop", date(2027, 1, 15)),
        (world.first.title, date(2027, 3, 5)),
    ]
    assert seen.agreed == "Two evenings a week."
    assert review_recap.read(session, world.learner, TODAY).seen == ()
