"""Phases: their days, what their ends ask for, being prepared, and the transition plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, phase_saves, phase_sets, phases
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.phase_sets import SetPhase, dated
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

START = date(2026, 9, 7)


def typed(**sent: Any) -> Typed:
    return Typed({name: [str(value)] for name, value in sent.items()})


@dataclass
class Placed:
    session: Session
    tutor: Viewer
    learner: Viewer
    plan: models.Plan
    learner_id: int
    four: int

    def page(self, viewer: Viewer | None = None) -> phases.PhasesPage:
        self.session.flush()
        return phases.read(self.session, viewer or self.tutor, self.learner_id)

    def take_four(self) -> phases.PhasesPage:
        phase_saves.take_set(self.session, self.tutor, typed(plan=self.plan.id, phase_set=self.four))
        return self.page()


@pytest.fixture
def placed(session: Session) -> Placed:
    organisation = make.organisation(session)
    cohort = make.cohort(session, make.department(session, organisation))
    tutor = make.person(session, organisation, "tutor")
    make.tutors(session, tutor, cohort)
    plan = make.planned_learner(session, cohort)
    learner_id = session.get_one(models.Enrolment, plan.id).learner_id
    someone = make.person(session, organisation, "learner")
    session.get_one(models.Learner, learner_id).person_id = someone.id
    four = session.scalars(select(models.PhaseSet.id).order_by(models.PhaseSet.position)).first()
    make.complete(session)
    assert four is not None
    viewers = make.viewer(session, tutor), make.viewer(session, someone)
    return Placed(session, *viewers, plan, learner_id, four)


@given(
    weeks=st.lists(st.none() | st.integers(1, 60), min_size=1, max_size=12),
    days=st.integers(0, 2000),
)
def test_phases_follow_one_another_from_the_first_day_to_the_last(weeks: list[int | None], days: int) -> None:
    found = dated([SetPhase(f"P{at}", one) for at, one in enumerate(weeks)], START, START + timedelta(days))
    assert found[0].starts_on == START
    assert found[-1].ends_on == START + timedelta(days)
    assert all(one.starts_on <= one.ends_on for one in found)
    assert all(later.starts_on == earlier.ends_on + timedelta(1) for earlier, later in pairwise(found))


def test_a_plan_takes_the_four_phases_and_its_targets_lie_in_them(placed: Placed) -> None:
    target = make.target(placed.session, placed.plan, due_on=date(2026, 9, 30))
    page = placed.take_four()
    assert [phase.name for phase in page.phases] == ["Induction", "Foundation", "Progression", "Transition"]
    placed.session.refresh(target)
    assert target.phase_id == page.phases[0].id
    assert page.current is not None
    assert page.current.name == "Foundation"
    assert page.current.transition.to == "Progression"
    assert page.phases[0].targets.of == 1


def test_a_phase_that_ends_later_lets_the_next_begin_later(placed: Placed) -> None:
    first, second, *_ = placed.take_four().phases
    sent = {"phase": first.id, "version": first.version, "name": "Settling in", "demands_review": "on"}
    phase_saves.save_phase(placed.session, placed.tutor, typed(**sent, ends_on="2026-10-30"))
    first, second, *_ = placed.page().phases
    assert (first.name, first.ends_on, second.starts_on) == (
        "Settling in",
        date(2026, 10, 30),
        date(2026, 10, 31),
    )
    with pytest.raises(Refused, match="no day left"):
        phase_saves.save_phase(
            placed.session, placed.tutor, typed(**{**sent, "version": first.version}, ends_on="2027-06-30")
        )
    with pytest.raises(ChangedElsewhere):
        phase_saves.save_phase(placed.session, placed.tutor, typed(**sent, ends_on="2026-10-16"))


def test_an_end_of_a_phase_demands_a_review_until_one_is_held(placed: Placed) -> None:
    first, _, third, _ = placed.take_four().phases
    assert first.transition.review == "overdue"
    assert third.transition.review == "not-yet-due"
    make.review(placed.session, placed.plan, first.ends_on - timedelta(days=10))
    assert placed.page().phases[0].transition.review == "done"


def test_a_transition_review_belongs_to_the_nearest_end_and_another_to_the_one_that_it_follows() -> None:
    ends = [date(2026, 10, 18), date(2027, 1, 31)]
    belongs = phases.review_belongs_to
    assert belongs(ends, date(2026, 11, 20), about_moving_on=True) == 0
    assert belongs(ends, date(2026, 12, 20), about_moving_on=True) == 1
    assert belongs(ends, date(2026, 10, 3), about_moving_on=False) is None
    assert belongs(ends, date(2026, 10, 4), about_moving_on=False) == 0
    assert belongs(ends, date(2027, 1, 17), about_moving_on=False) == 1
    assert belongs([], date(2027, 1, 17), about_moving_on=True) is None


def test_nobody_is_asked_for_the_review_of_a_learner_who_left_or_is_away(placed: Placed) -> None:
    second = placed.take_four().phases[1]
    enrolment = placed.session.get_one(models.Enrolment, placed.plan.id)
    away = models.BreakInLearning(enrolment_id=enrolment.id, from_on=date(2026, 12, 7))
    placed.session.add(away)
    assert placed.page().phases[1].transition.review == "paused"
    away.back_on = date(2027, 1, 4)
    enrolment.ended_on, enrolment.end_reason = second.ends_on - timedelta(days=1), "withdrew"
    assert placed.page().phases[1].transition.review == "not-required"


def test_a_weak_judgement_asks_for_a_bridge_until_there_is_one(placed: Placed) -> None:
    phase = placed.take_four().phases[1]
    saved = phase_saves.save_preparedness(
        placed.session,
        placed.tutor,
        typed(phase=phase.id, academic="not-yet", social="ready", reason="Two units are open."),
    )
    assert "bridges the gap" in saved.sentence
    assert placed.page().phases[1].transition.unbridged == ("academic",)
    # the learner adds the bridge, and the own view beside the judgement
    bridge = phase_saves.add_bridge(
        placed.session, placed.learner, typed(phase=phase.id, aspect="academic", what="Maths drop-in")
    )
    version = placed.page().phases[1].transition.judged.version
    phase_saves.save_own_view(
        placed.session, placed.learner, typed(phase=phase.id, version=version, own_view="Nearly there")
    )
    phase_saves.tick_bridge(placed.session, placed.tutor, typed(bridge=bridge.id, done="on"))
    transition = placed.page(placed.learner).phases[1].transition
    assert transition.unbridged == ()
    assert transition.judged.own_view == "Nearly there"
    assert transition.judged.reason == "Two units are open."
    assert transition.actions[0].done_on == make.TODAY


def test_a_learner_judges_nobody_and_a_reason_is_asked_for(placed: Placed) -> None:
    phase = placed.take_four().phases[1]
    sent = typed(phase=phase.id, academic="ready", reason="I say so")
    with pytest.raises(Refused):
        phase_saves.save_preparedness(placed.session, placed.learner, sent)
    with pytest.raises(Refused, match="rests on"):
        phase_saves.save_preparedness(placed.session, placed.tutor, typed(phase=phase.id, academic="ready"))


def test_a_transition_plan_says_what_it_lacks_and_what_is_late(placed: Placed) -> None:
    saved = phase_saves.add_item(
        placed.session,
        placed.learner,
        typed(plan=placed.plan.id, kind="application", what="HNC", due_on="2027-01-08"),
    )
    page = placed.page()
    assert page.items[0].late
    assert [str(kind) for kind in page.missing] == ["personal-statement", "cv", "placement", "funding"]
    sent = {"item": saved.id, "version": 1, "kind": "application", "what": "HNC", "due_on": "2027-01-08"}
    phase_saves.save_item(placed.session, placed.tutor, typed(**sent, status="done", outcome="A place"))
    assert not placed.page().items[0].late
    with pytest.raises(ChangedElsewhere):
        phase_saves.save_item(placed.session, placed.learner, typed(**sent, status="sent"))
    with pytest.raises(Refused, match="before learning began"):
        phase_saves.add_item(
            placed.session, placed.tutor, typed(plan=placed.plan.id, kind="cv", what="x", due_on="2026-01-08")
        )


def test_other_phases_keep_what_is_written_of_ends_and_drop_none_that_is_written_of(placed: Placed) -> None:
    sets = {one.name: one.id for one in phase_sets.phase_sets(placed.session, placed.tutor)}
    last = placed.take_four().phases[3]
    terms = typed(plan=placed.plan.id, phase_set=sets["Three terms"])
    phase_saves.add_bridge(placed.session, placed.tutor, typed(phase=last.id, aspect="social", what="x"))
    with pytest.raises(Refused, match="Transition"):
        phase_saves.take_set(placed.session, placed.tutor, terms)
    placed.session.delete(placed.session.scalars(select(models.BridgeAction)).one())
    phase_saves.take_set(placed.session, placed.tutor, terms)
    assert [phase.name for phase in placed.page().phases] == ["Autumn", "Spring", "Summer"]


def test_sets_are_typed_a_phase_a_line(placed: Placed) -> None:
    organisation = placed.session.scalars(select(models.Organisation)).one()
    admin = make.viewer(placed.session, make.person(placed.session, organisation, "administrator"))
    lines = "Start, 4 weeks, no judgement\nMiddle\nEnd, no review"
    phase_sets.save_set(placed.session, admin, typed(name="Danish", phases=lines))
    danish = phase_sets.phase_sets(placed.session, admin)[-1]
    assert phase_sets.in_lines(danish.phases) == lines
    for wrong, why in (
        ("Start, soon", "6 weeks"),
        ("A\na", "name of its own"),
        (", no review", "begins with the name"),
    ):
        with pytest.raises(Refused, match=why):
            phase_sets.save_set(placed.session, admin, typed(name="Other", phases=wrong))
    with pytest.raises(Refused, match="of that name"):
        phase_sets.save_set(placed.session, admin, typed(name="Danish", phases="A"))
    with pytest.raises(NotFound):
        phase_sets.save_set(placed.session, placed.tutor, typed(name="Mine", phases="A"))


def test_the_page_takes_as_many_queries_for_many_phases_as_for_none(placed: Placed) -> None:
    def queries() -> int:
        with statements(placed.session) as ran:
            placed.page()
        return len(ran)

    few = queries()
    placed.take_four()
    assert queries() == few
