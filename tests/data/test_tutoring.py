"""Who tutors whom on a day, against a plain reading of the rows, and on days that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Date, Integer, bindparam, select
from sqlalchemy.orm import Session

from data.models import Cohort, CohortTutor, Enrolment, Person, StandIn, Writes
from data.scope import cohorts_seen_by, enrolments_seen_by, enrolments_written_by
from data.tutoring import cohort_tutored_by, tutor_of, tutored_by
from tests import factories as make

ONE_DAY = timedelta(days=1)
DAYS = [make.TODAY + timedelta(days=day) for day in range(-1, 8)]
WORLDS = 10
ROWS = 6
PERSON, ON = bindparam("person", type_=Integer), bindparam("on", type_=Date)
TUTORED = select(Enrolment.id).where(
    Enrolment.id.in_(bindparam("plans", expanding=True)), tutored_by(PERSON, ON)
)
TUTORS = select(Enrolment.id, tutor_of(ON)).where(Enrolment.id.in_(bindparam("plans", expanding=True)))
COHORTS = select(Cohort.id).where(cohort_tutored_by(PERSON, ON))


def holds(row: CohortTutor | StandIn, on: date) -> bool:
    return row.from_on <= on and (row.until_on is None or row.until_on >= on)


@dataclass
class Plainly:
    """The rule of `data.tutoring` read row by row."""

    tutors: Sequence[CohortTutor]
    rows: Sequence[StandIn]

    def named(self, person_id: int, plan: Enrolment, on: date) -> bool:
        return plan.tutor_id == person_id or any(
            row.person_id == person_id and row.cohort_id == plan.cohort_id and holds(row, on)
            for row in self.tutors
        )

    def rows_of(self, plan: Enrolment, on: date, kind: str) -> list[StandIn]:
        """Those that hold and concern the plan: the one that goes before the others first."""
        found = [
            row
            for row in self.rows
            if row.kind == kind
            and row.cohort_id == plan.cohort_id
            and row.enrolment_id in (None, plan.id)
            and holds(row, on)
            and self.named(row.named_id, plan, row.from_on)
        ]
        return sorted(found, key=lambda row: (row.enrolment_id is None, -row.from_on.toordinal(), -row.id))

    def holder(self, named_id: int, plan: Enrolment, on: date) -> int:
        handed = (row for row in self.rows_of(plan, on, "handover") if row.named_id == named_id)
        first = next(handed, None)
        return first.person_id if first else named_id

    def tutored(self, person_id: int, plan: Enrolment, on: date) -> bool:
        handed = self.rows_of(plan, on, "handover")
        return (
            (self.named(person_id, plan, on) and all(row.named_id != person_id for row in handed))
            or any(self.holder(row.named_id, plan, on) == person_id for row in handed)
            or any(
                row.person_id == person_id and self.holder(row.named_id, plan, on) == row.tutor_id
                for row in self.rows_of(plan, on, "cover")
            )
        )

    def tutor(self, plan: Enrolment, on: date) -> int | None:
        of_cohort = [r.person_id for r in self.tutors if r.cohort_id == plan.cohort_id and holds(r, on)]
        named = plan.tutor_id or min(of_cohort, default=None)
        if named is None:
            return None
        holder = self.holder(named, plan, on)
        cover = (
            row for row in self.rows_of(plan, on, "cover") if row.named_id == named and row.tutor_id == holder
        )
        first = next(cover, None)
        return first.person_id if first else holder


def a_world(session: Session, random: Random) -> tuple[list[Person], list[Enrolment], list[Cohort]]:
    college = make.organisation(session)
    department = make.department(session, college)
    people = [make.person(session, college, "tutor") for _ in range(3)]
    cohorts = [make.cohort(session, department) for _ in range(2)]
    plans = [
        make.enrolment(
            session,
            make.learner(session, college),
            cohort,
            tutor_id=random.choice([None, *(one.id for one in people)]),
        )
        for cohort in cohorts
        for _ in range(2)
    ]
    for cohort in cohorts:
        tutor, until = random.choice(people), random.choice([None, *DAYS])
        make.tutors(session, tutor, cohort, until_on=until)
    for _ in range(ROWS):
        tutor, person = random.sample(people, 2)
        plan = random.choice(plans)
        from_on = random.choice(DAYS)
        kind = random.choice(["cover", "handover", "handover"])
        length = random.choice([0, 2, 5] if kind == "cover" else [None, None, 3])
        make.stand_in(
            session,
            tutor,
            person,
            next(cohort for cohort in cohorts if cohort.id == plan.cohort_id),
            random.choice([None, plan]),
            kind=kind,
            named_id=random.choice([tutor, *people]).id,
            from_on=from_on,
            until_on=None if length is None else from_on + timedelta(days=length),
        )
    return people, plans, cohorts


def worlds(session: Session) -> Iterator[tuple[Plainly, list[Person], list[Enrolment], list[Cohort]]]:
    for seed in range(WORLDS):
        people, plans, cohorts = a_world(session, Random(seed))
        ids = [cohort.id for cohort in cohorts]
        tutors = session.scalars(select(CohortTutor).where(CohortTutor.cohort_id.in_(ids))).all()
        rows = session.scalars(select(StandIn).where(StandIn.cohort_id.in_(ids))).all()
        yield Plainly(tutors, rows), people, plans, cohorts


def test_on_no_day_does_anybody_tutor_a_learner_without_a_row_that_says_so(session: Session) -> None:
    stood_in = 0
    for plainly, people, plans, _ in worlds(session):
        ids = [plan.id for plan in plans]
        for on in DAYS:
            for person in people:
                asked = {"plans": ids, "person": person.id, "on": on}
                found = set(session.scalars(TUTORED, asked))
                assert found == {plan.id for plan in plans if plainly.tutored(person.id, plan, on)}
                stood_in += sum(not plainly.named(person.id, plan, on) for plan in plans if plan.id in found)
    assert stood_in > 50


def test_each_learner_has_one_tutor_on_a_day_who_also_sees_the_plan(session: Session) -> None:
    for plainly, _, plans, _ in worlds(session):
        ids = [plan.id for plan in plans]
        for on in DAYS:
            found = {plan: tutor for plan, tutor in session.execute(TUTORS, {"plans": ids, "on": on})}
            assert found == {plan.id: plainly.tutor(plan, on) for plan in plans}


def test_a_cohort_is_seen_by_whoever_tutors_one_of_its_learners(session: Session) -> None:
    for plainly, people, plans, cohorts in worlds(session):
        for on in DAYS:
            for person in people:
                found = set(session.scalars(COHORTS, {"person": person.id, "on": on}))
                tutored = {plan.cohort_id for plan in plans if plainly.tutored(person.id, plan, on)}
                named = {
                    row.cohort_id for row in plainly.tutors if row.person_id == person.id and holds(row, on)
                }
                assert tutored <= found <= tutored | named
                assert found <= {cohort.id for cohort in cohorts}


class College:
    """Mr A tutors a cohort; Ms B and Ms C tutor too, but nobody of it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.college = make.organisation(session)
        self.cohort = make.cohort(session, make.department(session, self.college))
        self.a, self.b, self.c = (make.person(session, self.college, "tutor") for _ in range(3))
        make.tutors(session, self.a, self.cohort)
        self.one, self.two = (
            make.enrolment(session, make.learner(session, self.college), self.cohort, tutor_id=tutor_id)
            for tutor_id in (self.a.id, None)
        )

    def sees(self, person: Person, on: date) -> set[int]:
        viewer = make.viewer(self.session, person, today=on)
        found = set(self.session.scalars(select(Enrolment.id).where(enrolments_seen_by(viewer))))
        written = enrolments_written_by(viewer, Writes.PLANS)
        assert found == set(self.session.scalars(select(Enrolment.id).where(written)))
        cohorts = set(self.session.scalars(select(Cohort.id).where(cohorts_seen_by(viewer))))
        assert cohorts == ({self.cohort.id} if found else set())
        return found

    @property
    def everybody(self) -> set[int]:
        return {self.one.id, self.two.id}


def test_cover_is_seen_from_its_first_day_to_its_last_beside_whom_it_covers(session: Session) -> None:
    world = College(session)
    last = make.TODAY + 4 * ONE_DAY
    make.stand_in(session, world.a, world.b, world.cohort, kind="cover", until_on=last)
    assert world.sees(world.b, make.TODAY - ONE_DAY) == set()
    assert world.sees(world.b, make.TODAY) == world.sees(world.b, last) == world.everybody
    assert world.sees(world.b, last + ONE_DAY) == set()
    assert world.sees(world.a, make.TODAY) == world.everybody


def test_a_handover_takes_place_by_itself_on_its_day(session: Session) -> None:
    world = College(session)
    day = make.TODAY + 3 * ONE_DAY
    make.stand_in(session, world.a, world.b, world.cohort, from_on=day)
    assert (world.sees(world.a, day - ONE_DAY), world.sees(world.b, day - ONE_DAY)) == (
        world.everybody,
        set(),
    )
    assert (world.sees(world.a, day), world.sees(world.b, day)) == (set(), world.everybody)


def test_a_learner_handed_over_alone_leaves_the_others_where_they_are(session: Session) -> None:
    world = College(session)
    make.stand_in(session, world.a, world.b, world.cohort, world.one)
    assert world.sees(world.a, make.TODAY) == {world.two.id}
    assert world.sees(world.b, make.TODAY) == {world.one.id}


def test_cover_for_the_new_tutor_after_a_handover_does_not_bring_the_former_one_back(
    session: Session,
) -> None:
    world = College(session)
    make.stand_in(session, world.a, world.b, world.cohort)
    away: dict[str, Any] = {"kind": "cover", "named_id": world.a.id, "until_on": make.TODAY + 7 * ONE_DAY}
    make.stand_in(session, world.b, world.c, world.cohort, **away)
    assert world.sees(world.a, make.TODAY) == set()
    assert world.sees(world.b, make.TODAY) == world.sees(world.c, make.TODAY) == world.everybody


def test_who_joins_the_cohort_later_is_covered_too(session: Session) -> None:
    world = College(session)
    make.stand_in(session, world.a, world.b, world.cohort)
    late = make.planned_learner(session, world.cohort, starts_on=make.TODAY)
    assert late.id in world.sees(world.b, make.TODAY)
