"""Recording a review: who may, on which days, and what follows from it for the learner and the cohort."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data import models, reviews
from data.counted_days import Figure
from data.database import reading, writing
from data.department_figures import read as read_figures
from data.errors import NotFound, Refused
from data.models import Change, CoverageSpan, Enrolment, Review
from data.reviews import ReviewHeld
from data.rules import ReviewState
from data.scope import Viewer
from tests import factories as make

TODAY = make.TODAY


@dataclass
class World:
    """A cohort of eight plans whose first review fell due on 19 October, and people around it."""

    plans: list[models.Plan]
    cohort: models.Cohort
    kinds: dict[str, int]
    tutor: Viewer
    learner: Viewer
    stranger: Viewer


@pytest.fixture
def world(session: Session) -> World:
    college = make.organisation(session)
    cohort = make.cohort(session, make.department(session, college))
    tutor = make.person(session, college, "tutor")
    make.tutors(session, tutor, cohort)
    account = make.person(session, college, "learner")
    own = make.plan(
        session, make.enrolment(session, make.learner(session, college, person_id=account.id), cohort)
    )
    plans = [own, *(make.planned_learner(session, cohort) for _ in range(7))]
    stranger = make.person(session, make.organisation(session), "administrator")
    make.complete(session)
    as_tutor = make.viewer(session, tutor)
    return World(
        plans=plans,
        cohort=cohort,
        kinds={kind.key: kind.id for kind in reviews.kind_choices(session, as_tutor)},
        tutor=as_tutor,
        learner=make.viewer(session, account),
        stranger=make.viewer(session, stranger),
    )


def hold(session: Session, viewer: Viewer, world: World, **typed: Any) -> ReviewHeld:
    values = {"kind_id": str(world.kinds["progress"]), "held_on": "2027-01-08", "note": "On track"}
    return reviews.hold(session, viewer, world.plans[0].id, values | typed)


def covered(session: Session, world: World, sunday: date) -> tuple[int, int]:
    """(covered, required) of the cohort on a Sunday."""
    found = session.execute(
        select(CoverageSpan.covered, CoverageSpan.required).where(
            CoverageSpan.cohort_id == world.cohort.id,
            CoverageSpan.from_sunday <= sunday,
            CoverageSpan.until_sunday >= sunday,
        )
    ).one()
    return found.covered, found.required


def test_a_review_held_moves_the_clock_and_says_when_the_next_one_is_due(
    session: Session, world: World
) -> None:
    held = hold(session, world.tutor, world)
    assert (held.plan_id, held.cohort_id, held.held_on) == (
        world.plans[0].id,
        world.cohort.id,
        date(2027, 1, 8),
    )
    assert (held.last_review_on, held.next_review_on) == (date(2027, 1, 8), date(2027, 2, 19))
    assert held.state == ReviewState.NOT_YET_DUE


def test_a_review_held_is_kept_with_who_recorded_it_and_in_the_history(
    session: Session, world: World
) -> None:
    held = hold(session, world.tutor, world)
    review = session.get_one(Review, held.id)
    assert (review.note, review.recorded_by_id) == ("On track", world.tutor.person_id)
    assert review.recorded_at.date() == TODAY
    line = session.scalars(select(Change).where(Change.review_id == held.id)).one()
    assert (line.field, line.old, line.new) == ("created", None, "progress 2027-01-08")
    assert (line.by_id, line.plan_id) == (world.tutor.person_id, world.plans[0].id)


def test_coverage_and_the_departments_figures_follow_in_the_same_transaction(
    session: Session, world: World
) -> None:
    department = world.cohort.department_id
    before = read_figures(session, [department], [TODAY])[department, TODAY]
    hold(session, world.tutor, world)
    after = read_figures(session, [department], [TODAY])[department, TODAY]
    assert covered(session, world, date(2027, 1, 10)) == (1, 8)
    assert after[Figure.COVERED] - before[Figure.COVERED] == 1


def test_a_review_of_long_ago_is_recorded_and_an_earlier_last_one_stays_the_last(
    session: Session, world: World
) -> None:
    hold(session, world.tutor, world)
    held = hold(session, world.tutor, world, held_on="2026-10-12", kind_id=world.kinds["initial"])
    assert held.last_review_on == date(2027, 1, 8)
    assert covered(session, world, date(2026, 10, 18)) == (1, 1)


def test_a_review_that_can_not_be_is_refused_with_the_next_step(session: Session, world: World) -> None:
    refusals: list[tuple[dict[str, Any], str, str | None]] = [
        ({"held_on": "2027-01-12"}, "still ahead", "held_on"),
        ({"held_on": "2026-09-06"}, "before learning began on 7 September 2026", "held_on"),
        ({"held_on": ""}, "choose the day", "held_on"),
        ({"held_on": "yesterday"}, "no date in the calendar", "held_on"),
        ({"kind_id": ""}, "choose the kind", "kind_id"),
        ({"kind_id": 999_999}, "choose the kind", "kind_id"),
        ({"note": ["On track"]}, "as text", "note"),
        ({"note": "n" * 4001}, "shorten", "note"),
        ({"recorded_by_id": 1}, "can't change that", None),
    ]
    for typed, said, field in refusals:
        with pytest.raises(Refused, match=said) as refused:
            hold(session, world.tutor, world, **typed)
        assert refused.value.field == field
    assert session.scalar(select(func.count()).select_from(Review)) == 0


def test_today_and_the_first_day_of_learning_are_days_of_reviews(session: Session, world: World) -> None:
    assert hold(session, world.tutor, world, held_on=TODAY).held_on == TODAY
    assert hold(session, world.tutor, world, held_on="2026-09-07").held_on == date(2026, 9, 7)


def test_a_kind_of_another_organisation_is_no_kind(session: Session, world: World) -> None:
    theirs = reviews.kind_choices(session, world.stranger)[0].id
    with pytest.raises(Refused, match="choose the kind"):
        hold(session, world.tutor, world, kind_id=theirs)


def test_the_same_review_is_recorded_once(session: Session, world: World) -> None:
    hold(session, world.tutor, world)
    with pytest.raises(Refused, match="recorded already"):
        hold(session, world.tutor, world)
    assert hold(session, world.tutor, world, kind_id=world.kinds["transition"]).id


def test_a_learner_is_refused_kindly(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="recorded by the tutor"):
        hold(session, world.learner, world)


def test_out_of_scope_and_missing_are_the_same_answer(session: Session, world: World) -> None:
    for viewer, plan_id in (
        (world.stranger, world.plans[0].id),
        (replace(world.tutor, grants=()), world.plans[0].id),
        (world.tutor, 999_999),
    ):
        with pytest.raises(NotFound):
            reviews.hold(session, viewer, plan_id, {"kind_id": world.kinds["progress"], "held_on": TODAY})
    assert session.scalar(select(func.count()).select_from(Review)) == 0


def test_reviews_of_a_cohort_recorded_at_once_all_count(
    engine: Engine, session: Session, world: World
) -> None:
    plan_ids, together = [plan.id for plan in world.plans], Barrier(len(world.plans))
    department = world.cohort.department_id
    session.commit()

    def record(plan_id: int) -> None:
        together.wait()
        with writing(engine) as own:
            typed = {"kind_id": world.kinds["progress"], "held_on": "2027-01-08"}
            reviews.hold(own, world.tutor, plan_id, typed)

    with ThreadPoolExecutor(len(plan_ids)) as pool:
        list(pool.map(record, plan_ids))
    with reading(engine) as fresh:
        assert covered(fresh, world, date(2027, 1, 10)) == (8, 8)
        figures = read_figures(fresh, [department], [TODAY])[department, TODAY]
        assert figures[Figure.COVERED] == 8
        assert set(fresh.scalars(select(Enrolment.next_review_on))) == {date(2027, 2, 19)}


def test_of_two_who_record_the_same_review_at_once_one_is_told(
    engine: Engine, session: Session, world: World
) -> None:
    together = Barrier(4)
    session.commit()

    def record(_number: int) -> str:
        together.wait()
        try:
            with writing(engine) as own:
                hold(own, world.tutor, world)
        except Refused:
            return "told"
        return "recorded"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(record, range(4))) == ["recorded", "told", "told", "told"]
