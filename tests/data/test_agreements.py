"""The contract: who agreed to which version of a plan, and what asks for agreement again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import agreements, models, targets
from data.agreements import Signature
from data.college_rules import CollegeRules
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Party
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


@dataclass
class Small:
    """A plan with a target, its tutor, its learner with an account, and an administrator."""

    plan: models.Plan
    learner_id: int
    target: models.Target
    tutor: Viewer
    learner: Viewer
    administrator: Viewer


@pytest.fixture
def small(session: Session) -> Small:
    college = make.organisation(session)
    cohort = make.cohort(session, make.department(session, college))
    tutor, boss = make.person(session, college, "tutor"), make.person(session, college, "administrator")
    someone = make.person(session, college, "learner")
    learner = make.learner(session, college, person_id=someone.id)
    plan = make.plan(session, make.enrolment(session, learner, cohort, tutor_id=tutor.id))
    target = make.target(session, plan, title="Risk assessment")
    _agree_to_another_plan(session, cohort)
    make.complete(session)
    return Small(
        plan,
        learner.id,
        target,
        make.viewer(session, tutor),
        make.viewer(session, someone),
        make.viewer(session, boss),
    )


def _agree_to_another_plan(session: Session, cohort: models.Cohort) -> None:
    """Somebody else's plan, changed and agreed to: it has no part in what these tests ask."""
    other = make.planned_learner(session, cohort)
    target = make.target(session, other)
    for number in range(20):
        session.add(
            models.Change(
                plan_id=other.id,
                target_id=target.id,
                field="title",
                new=f"Title {number}",
                origin="person",
                at=datetime(2027, 1, 10, 12, number, tzinfo=UTC),
            )
        )
        session.flush()
    last = session.scalars(select(func.max(models.Change.id))).one()
    for party in ("learner", "tutor"):
        session.add(models.Agreement(plan_id=other.id, party=party, agreed_on=make.TODAY, change_id=last))


def agree(
    session: Session, small: Small, viewer: Viewer, party: str, version: int | None = None, **more: Any
) -> None:
    if version is None:
        version = read(session, small, viewer).version
    sent = {"plan": small.plan.id, "party": party, "version": version} | more
    agreements.agree(session, viewer, Typed({name: [str(value)] for name, value in sent.items()}))


def read(session: Session, small: Small, viewer: Viewer) -> agreements.Contract:
    return agreements.read(session, viewer, small.learner_id)


def signed(session: Session, small: Small, viewer: Viewer, party: Party) -> Signature:
    return next(one for one in read(session, small, viewer).signatures if one.party == party)


def move(session: Session, small: Small, to: str = "2027-02-12") -> None:
    target = targets.read(session, small.tutor, small.target.id)
    targets.update(session, small.tutor, target.id, target.version, {"due_on": to}, "Workshop closed")


def both_agree(session: Session, small: Small) -> None:
    agree(session, small, small.learner, "learner")
    agree(session, small, small.tutor, "tutor")


def test_learner_and_tutor_agree_each_for_themselves(session: Session, small: Small) -> None:
    assert not read(session, small, small.learner).whole
    both_agree(session, small)
    contract = read(session, small, small.administrator)
    assert contract.whole
    assert [(one.party, one.agreed_on) for one in contract.signatures] == [
        (Party.LEARNER, make.TODAY),
        (Party.TUTOR, make.TODAY),
    ]
    assert contract.changes == ()


@pytest.mark.parametrize(
    ("who", "party"),
    [
        ("tutor", "learner"),
        ("administrator", "learner"),
        ("administrator", "tutor"),
        ("learner", "tutor"),
    ],
)
def test_nobody_agrees_for_somebody_else(session: Session, small: Small, who: str, party: str) -> None:
    with pytest.raises(Refused, match="Only"):
        agree(session, small, getattr(small, who), party)
    own = select(models.Agreement).where(models.Agreement.plan_id == small.plan.id)
    assert session.scalars(own).all() == []


def test_what_a_learner_without_an_account_says_in_person_is_shown_as_recorded(
    session: Session, small: Small
) -> None:
    session.get_one(models.Learner, small.learner_id).person_id = None
    session.flush()
    agree(session, small, small.tutor, "learner")
    signature = signed(session, small, small.tutor, Party.LEARNER)
    assert signature.current
    assert signature.written_down_by == small.tutor.name


def test_a_moved_date_asks_for_agreement_again_and_says_what_changed(session: Session, small: Small) -> None:
    both_agree(session, small)
    move(session, small)
    contract = read(session, small, small.learner)
    assert not contract.whole
    assert [(c.about, c.field, c.old, c.new, c.reason) for c in contract.changes] == [
        ("Risk assessment", "due_on", "2027-01-29", "2027-02-12", "Workshop closed")
    ]
    both_agree(session, small)
    assert read(session, small, small.learner).whole


def test_a_note_a_tick_and_starting_or_achieving_a_target_change_nothing_of_what_was_agreed(
    session: Session, small: Small
) -> None:
    both_agree(session, small)
    for changes in ({"note": "Going well"}, {"status": "in-progress"}, {"status": "achieved"}):
        before = targets.read(session, small.tutor, small.target.id)
        targets.update(session, small.tutor, before.id, before.version, changes)
    assert read(session, small, small.learner).whole


def test_a_withdrawn_target_asks_for_agreement_again(session: Session, small: Small) -> None:
    both_agree(session, small)
    before = targets.read(session, small.tutor, small.target.id)
    targets.update(session, small.tutor, before.id, before.version, {"status": "withdrawn"}, "Not needed")
    assert [change.new for change in read(session, small, small.learner).changes] == ["withdrawn"]


def test_what_is_only_proposed_is_not_agreed_yet(session: Session, small: Small) -> None:
    both_agree(session, small)
    proposed = make.target(session, small.plan, status="proposed")
    session.add(
        models.Change(
            plan_id=small.plan.id,
            target_id=proposed.id,
            field="created",
            new=proposed.title,
            origin="person",
            at=small.tutor.now,
        )
    )
    session.flush()
    assert read(session, small, small.learner).whole
    proposed.status = "to-come"
    session.flush()
    assert not read(session, small, small.learner).whole


def test_agreeing_to_a_version_that_has_changed_meanwhile_is_refused(session: Session, small: Small) -> None:
    version = read(session, small, small.learner).version
    move(session, small)
    with pytest.raises(Refused, match="changed while you were reading"):
        agree(session, small, small.learner, "learner", version)


def test_agreeing_twice_to_the_same_version_is_refused(session: Session, small: Small) -> None:
    agree(session, small, small.learner, "learner")
    with pytest.raises(Refused, match="agreed already"):
        agree(session, small, small.learner, "learner")


def test_each_sees_what_changed_since_their_own_yes(session: Session, small: Small) -> None:
    agree(session, small, small.learner, "learner")
    move(session, small)
    agree(session, small, small.tutor, "tutor")
    move(session, small, "2027-02-19")
    assert len(read(session, small, small.learner).changes) == 2
    assert len(read(session, small, small.tutor).changes) == 1


def test_the_material_fields_and_the_parties_are_the_colleges_choice(session: Session, small: Small) -> None:
    both_agree(session, small)
    move(session, small)
    chosen = CollegeRules.of("target:title", "learner,tutor,parent")
    learner = replace_rules(small.learner, chosen)
    contract = read(session, small, learner)
    assert contract.changes == ()
    assert [one.missing for one in contract.signatures] == [False, False, True]
    parent = make.plan_person(session, small.plan, name="Ngozi")
    agree(session, small, replace_rules(small.tutor, chosen), "parent", person=parent.id)
    assert signed(session, small, learner, Party.PARENT).written_down_by == small.tutor.name
    assert read(session, small, learner).whole


def replace_rules(viewer: Viewer, chosen: CollegeRules) -> Viewer:
    return replace(viewer, college_rules=chosen)


def test_out_of_scope_is_missing(session: Session, small: Small) -> None:
    stranger = make.viewer(session, make.person(session, make.organisation(session), "tutor"))
    with pytest.raises(NotFound):
        read(session, small, stranger)
    with pytest.raises(NotFound):
        agree(session, small, stranger, "tutor", 0)
    with pytest.raises(NotFound):
        agreements.standing(session, stranger, small.plan.id)
    assert agreements.not_agreed(session, stranger) == []


def test_a_plan_waits_on_its_tutors_home_until_learner_and_tutor_agree(
    session: Session, small: Small
) -> None:
    (waiting,) = agreements.not_agreed(session, small.tutor)
    assert (waiting.learner_has_to, waiting.tutor_has_to) == (True, True)
    agree(session, small, small.tutor, "tutor")
    (waiting,) = agreements.not_agreed(session, small.tutor)
    assert (waiting.learner_has_to, waiting.tutor_has_to) == (True, False)
    agree(session, small, small.learner, "learner")
    assert agreements.not_agreed(session, small.tutor) == []
    move(session, small)
    assert len(agreements.not_agreed(session, small.tutor)) == 1
    assert agreements.not_agreed(session, small.administrator) == []


def test_how_a_plan_stands_is_told_with_the_number_of_changes_since_the_learners_yes(
    session: Session, small: Small
) -> None:
    new = agreements.standing(session, small.learner, small.plan.id)
    assert (new.learner_agreed, new.learner_did_before) == (False, False)
    both_agree(session, small)
    assert agreements.standing(session, small.learner, small.plan.id).whole
    move(session, small)
    moved = agreements.standing(session, small.learner, small.plan.id)
    assert (moved.learner_agreed, moved.learner_did_before, moved.changes) == (False, True, 1)


def test_a_contract_costs_the_same_queries_however_much_changed(session: Session, small: Small) -> None:
    both_agree(session, small)
    session.commit()
    with statements(session) as few:
        read(session, small, small.learner)
    for day in range(1, 12):
        move(session, small, date(2027, 2, day).isoformat())
    session.commit()
    with statements(session) as many:
        read(session, small, small.learner)
    assert len([one for one in many if "SELECT" in one]) == len([one for one in few if "SELECT" in one]) == 4
