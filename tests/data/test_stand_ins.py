"""Writing down who stands in for a tutor: by whom, for whom, from when, and what the form says before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import stand_in_saves, stand_ins, who_stands_in
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import CollegeChange, Enrolment, Person, StandIn, StandInKind
from data.scope import enrolments_seen_by
from tests import factories as make

DAY = timedelta(days=1)
TODAY = make.TODAY


class College:
    """Mr A tutors two learners of one cohort and one of another; Ms B and Ms C tutor too."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.college = make.organisation(session)
        self.department = make.department(session, self.college)
        self.cohorts = [make.cohort(session, self.department) for _ in range(2)]
        self.a, self.b, self.c = (
            make.person(session, self.college, "tutor", name=name) for name in ("Mr A", "Ms B", "Ms C")
        )
        self.plans = [
            make.enrolment(session, make.learner(session, self.college), cohort, tutor_id=self.a.id)
            for cohort in (self.cohorts[0], self.cohorts[0], self.cohorts[1])
        ]
        self.head = make.person(session, self.college, "head-of-department", department=self.department)

    def form(self, tutor: Person, person: Person, **typed: Any) -> Typed:
        defaults: dict[str, Any] = {
            "department": self.department.id,
            "tutor": tutor.id,
            "person": person.id,
            "kind": "handover",
            "from_on": TODAY,
            "whose": "all",
            "sure": "on",
        }
        sent = {name: value for name, value in (defaults | typed).items() if value is not None}
        return Typed(
            {name: value if isinstance(value, list) else [str(value)] for name, value in sent.items()}
        )

    def record(self, tutor: Person, person: Person, by: Person | None = None, **typed: Any) -> None:
        viewer = make.viewer(self.session, by or self.head)
        stand_in_saves.record(self.session, viewer, self.form(tutor, person, **typed))
        self.session.expire_all()

    def sees(self, person: Person, on: date = TODAY) -> list[int]:
        viewer = make.viewer(self.session, person, today=on)
        found = set(self.session.scalars(select(Enrolment.id).where(enrolments_seen_by(viewer))))
        return [number for number, plan in enumerate(self.plans) if plan.id in found]

    def rows(self) -> list[StandIn]:
        return list(self.session.scalars(select(StandIn).order_by(StandIn.id)))


def refused(world: College, tutor: Person, person: Person, **typed: Any) -> str:
    with pytest.raises(Refused) as caught:
        world.record(tutor, person, **typed)
    return f"{caught.value.field}: {caught.value.reason}"


def test_the_first_save_only_says_how_many_learners_it_concerns(session: Session) -> None:
    world = College(session)
    said = refused(world, world.a, world.b, sure=None)
    assert said.startswith("sure: 3 learners go from Mr A to Ms B, from 11 January 2027 on; Mr A doesn’t see")
    assert world.rows() == []
    cover = {"kind": "cover", "until_on": TODAY + DAY, "whose": world.cohorts[1].id}
    assert "the plans of 1 learner of Mr A, from 11 January 2027 to 12 January 2027" in refused(
        world, world.a, world.b, sure=None, **cover
    )


def test_a_tutor_who_has_only_some_of_a_cohort_hands_over_only_those(session: Session) -> None:
    world = College(session)
    other = make.enrolment(
        session, make.learner(session, world.college), world.cohorts[0], tutor_id=world.c.id
    )
    world.plans.append(other)
    world.record(world.a, world.b, whose=world.cohorts[0].id)
    assert world.sees(world.b) == [0, 1]
    assert world.sees(world.a) == [2]
    assert world.sees(world.c) == [3]


def test_learners_that_are_ticked_go_alone(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, learner=[str(world.plans[1].id)])
    assert (world.sees(world.a), world.sees(world.b)) == ([0, 2], [1])
    with pytest.raises(NotFound):
        world.record(world.a, world.c, learner=[str(world.plans[1].id)])


def test_whoever_took_learners_over_can_be_covered_and_hand_them_on(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, whose=world.cohorts[0].id)
    world.record(world.a, world.b, learner=[str(world.plans[2].id)])
    world.record(world.b, world.c, kind="cover", from_on=TODAY + DAY, until_on=TODAY + 3 * DAY)
    assert world.sees(world.c, TODAY + DAY) == world.sees(world.b, TODAY + DAY) == [0, 1, 2]
    assert world.sees(world.c, TODAY + 4 * DAY) == world.sees(world.a, TODAY + 4 * DAY) == []
    world.record(world.b, world.c, from_on=TODAY + 5 * DAY)
    assert world.sees(world.c, TODAY + 5 * DAY) == [0, 1, 2]
    assert world.sees(world.b, TODAY + 5 * DAY) == world.sees(world.a, TODAY + 5 * DAY) == []
    world.record(world.c, world.a, from_on=TODAY + 9 * DAY)
    assert world.sees(world.a, TODAY + 9 * DAY) == [0, 1, 2]
    assert world.sees(world.c, TODAY + 9 * DAY) == []


def test_handing_on_one_learner_of_a_cohort_leaves_the_others_with_their_tutor(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, learner=[str(world.plans[0].id)])
    world.record(world.b, world.c, from_on=TODAY + DAY, whose=world.cohorts[0].id)
    assert world.sees(world.c, TODAY + DAY) == [0]
    assert world.sees(world.a, TODAY + DAY) == [1, 2]


def test_the_form_is_refused_where_days_or_people_cannot_be(session: Session) -> None:
    world = College(session)
    assert refused(world, world.a, world.b, from_on=TODAY - DAY).startswith("from_on: That day is over")
    assert refused(world, world.a, world.b, kind="cover").startswith("until_on: Please choose the last day")
    assert refused(world, world.a, world.b, until_on=TODAY).startswith("until_on: A handover is for good")
    assert refused(world, world.a, world.a).startswith("person: ")
    assert refused(world, world.a, world.head).startswith("person: ")
    stranger = make.person(session, make.organisation(session), "tutor")
    assert refused(world, world.a, stranger).startswith("person: ")
    world.record(world.a, world.b, kind="cover", until_on=TODAY + 5 * DAY)
    again = {"kind": "cover", "from_on": TODAY + 5 * DAY, "until_on": TODAY + 9 * DAY}
    assert "Ms B covers for these learners in that time already" in refused(world, world.a, world.c, **again)


def test_only_a_head_of_the_department_or_an_administrator_says_who_stands_in(session: Session) -> None:
    world = College(session)
    elsewhere = make.department(session, world.college)
    for somebody in (
        world.a,
        make.person(session, world.college, "head-of-department", department=elsewhere),
        make.person(session, world.college, "quality-lead"),
        make.person(session, make.organisation(session), "administrator"),
    ):
        with pytest.raises(NotFound):
            world.record(world.a, world.b, by=somebody)
    world.record(world.a, world.b, by=make.person(session, world.college, "administrator"))
    (first, _) = world.rows()
    for save in (stand_in_saves.change_last_day, stand_in_saves.take_back):
        with pytest.raises(NotFound):
            save(session, make.viewer(session, world.a), Typed({"row": [str(first.id)], "version": ["1"]}))


def test_taken_back_it_is_as_if_it_had_not_been_and_ended_it_was_until_yesterday(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, whose=world.cohorts[0].id)
    (row,) = world.rows()
    later = make.viewer(session, world.head, today=TODAY + 3 * DAY)
    stand_in_saves.take_back(session, later, Typed({"row": [str(row.id)], "version": ["1"]}))
    session.expire_all()
    assert world.sees(world.b, TODAY + 2 * DAY) == [0, 1]
    assert (world.sees(world.a, TODAY + 3 * DAY), world.sees(world.b, TODAY + 3 * DAY)) == ([0, 1, 2], [])
    world.record(world.a, world.c, from_on=TODAY + 9 * DAY)
    ahead = world.rows()[1:]
    for one in ahead:
        take_back = Typed({"row": [str(one.id)], "version": ["1"]})
        stand_in_saves.take_back(session, make.viewer(session, world.head), take_back)
    assert world.rows() == [row]
    said = session.scalars(
        select(CollegeChange.field).where(CollegeChange.about == "stand_in").order_by(CollegeChange.id)
    ).all()
    assert said == ["added", "until_on", "added", "added", "removed", "removed"]


def test_the_last_day_is_moved_over_the_version_that_the_form_showed(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, kind="cover", until_on=TODAY + DAY, whose=world.cohorts[0].id)
    (row,) = world.rows()
    viewer = make.viewer(session, world.head)
    moved = {"row": [str(row.id)], "version": ["1"], "until_on": [str(TODAY + 9 * DAY)]}
    stand_in_saves.change_last_day(session, viewer, Typed(moved))
    assert world.sees(world.b, TODAY + 9 * DAY) == [0, 1]
    with pytest.raises(ChangedElsewhere):
        stand_in_saves.change_last_day(session, viewer, Typed(moved | {"until_on": [str(TODAY)]}))
    with pytest.raises(Refused):
        stand_in_saves.change_last_day(session, viewer, Typed(moved | {"version": ["2"], "until_on": [""]}))


def test_the_page_says_who_stands_in_and_who_will_and_since_when_it_is_written_down(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, kind="cover", until_on=TODAY + DAY, whose=world.cohorts[0].id)
    world.record(world.a, world.c, from_on=TODAY + 5 * DAY, whose=world.cohorts[1].id)
    found = stand_ins.read(session, make.viewer(session, world.head), world.department.id, world.a.id)
    assert [(line.person, line.kind, line.learners, line.by) for line in found.now] == [
        ("Ms B", StandInKind.COVER, 2, world.head.name)
    ]
    assert [(line.person, line.kind, line.learners) for line in found.ahead] == [
        ("Ms C", StandInKind.HANDOVER, 1)
    ]
    assert [(one.name, one.learners, one.covered) for one in found.tutors] == [("Mr A", 1, 2), ("Ms B", 2, 0)]
    assert found.arranging is not None
    assert [learners for _, _, learners in found.arranging.cohorts] == [2, 1]
    later = stand_ins.read(session, make.viewer(session, world.head, TODAY + 2 * DAY), world.department.id)
    assert [line.person for line in later.over] == ["Ms B"]
    reads = make.viewer(session, make.person(session, world.college, "quality-lead"))
    assert stand_ins.read(session, reads, world.department.id, world.a.id).arranging is None


def test_both_tutors_are_told_while_it_runs_and_before(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, kind="cover", until_on=TODAY + DAY, whose=world.cohorts[0].id)
    world.record(world.a, world.c, from_on=TODAY + 5 * DAY, whose=world.cohorts[1].id)

    def told(person: Person, on: date = TODAY) -> list[str]:
        return [one.person for one in who_stands_in.of_viewer(session, make.viewer(session, person, on))]

    assert told(world.a) == ["Ms B", "Ms C"]
    assert (told(world.b), told(world.c), told(world.head)) == (["Ms B"], ["Ms C"], [])
    assert told(world.a, TODAY + 2 * DAY) == ["Ms C"]
    assert told(world.c, TODAY + 60 * DAY) == []


def test_a_plans_people_are_told_who_stands_in_now_and_later(session: Session) -> None:
    world = College(session)
    world.record(world.a, world.b, kind="cover", until_on=TODAY + DAY, whose=world.cohorts[0].id)
    world.record(world.a, world.c, from_on=TODAY + 5 * DAY)
    viewer = make.viewer(session, world.a)
    assert [
        (one.person, one.from_on) for one in who_stands_in.of_plan(session, viewer, world.plans[0].id)
    ] == [
        ("Ms B", TODAY),
        ("Ms C", TODAY + 5 * DAY),
    ]
    assert who_stands_in.of_plan(session, make.viewer(session, world.c), world.plans[0].id) == []
