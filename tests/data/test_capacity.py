"""Minutes needed and offered by tutor and week: the counting against its meaning, and what counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from data import capacity, rules
from data.capacity import Capacity, DueCount, HowLong, Room, TutorLine, Week, cells_of, weeks_ahead
from data.errors import NotFound
from data.models import BreakInLearning, ClosedPeriod, Person
from tests import factories as make
from tests.counting import statements

MONDAY = make.TODAY
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
HALF_TERM = rules.Span(MONDAY + 5 * WEEK, MONDAY + 6 * WEEK)
days = some.integers(-30, 80).map(lambda number: MONDAY + number * DAY)


# --- which weeks ---------------------------------------------------------------------------------------


def test_the_weeks_go_up_to_the_next_closed_ones_and_hold_these() -> None:
    weeks = weeks_ahead(MONDAY + 2 * DAY, [HALF_TERM])
    assert [week.monday for week in weeks] == [MONDAY + number * WEEK for number in range(6)]
    assert [week.closed for week in weeks] == [False] * 5 + [True]


def test_a_closed_week_that_comes_soon_is_passed_and_without_any_there_are_eight_weeks() -> None:
    soon = rules.Span(MONDAY + WEEK, MONDAY + 2 * WEEK)
    assert [week.closed for week in weeks_ahead(MONDAY, [soon])] == [False, True, *[False] * 6]
    assert len(weeks_ahead(MONDAY, [])) == 8


# --- counting ------------------------------------------------------------------------------------------


@given(
    due=some.lists(some.one_of(some.none(), days), max_size=30),
    offered=some.dictionaries(days, some.integers(5, 240), max_size=12),
    minutes=some.integers(5, 60),
    closed=some.sets(some.integers(0, 7), max_size=4),
    passed=some.integers(0, 6),
)
def test_a_week_holds_what_falls_due_in_it_and_the_first_open_one_what_is_overdue(
    due: Sequence[date | None], offered: dict[date, int], minutes: int, closed: set[int], passed: int
) -> None:
    today = MONDAY + passed * DAY
    closures = [rules.Span(MONDAY + number * WEEK, MONDAY + (number + 1) * WEEK) for number in sorted(closed)]
    weeks = weeks_ahead(today, closures)
    cells = cells_of([DueCount(day, 1) for day in due], offered, minutes, weeks, today)
    known = [day for day in due if day is not None and day <= weeks[-1].sunday]
    assert sum(cell.due for cell in cells) == len(known)
    assert sum(cell.late for cell in cells) == sum(day < today for day in known)
    first_open = next((week for week in weeks if not week.closed), weeks[0])
    for cell in cells:
        mine = [
            day
            for day in known
            if (cell.week == first_open if day < today else cell.week.monday <= day <= cell.week.sunday)
        ]
        assert (cell.due, cell.needed) == (len(mine), len(mine) * minutes)
        assert cell.offered == sum(
            length for day, length in offered.items() if rules.monday_of(day) == cell.week.monday
        )
        assert (cell.room == Room.CLOSED) == cell.week.closed
        if cell.room == Room.SHORT:
            assert cell.missing > 0
        if cell.room == Room.ENOUGH:
            assert cell.missing == 0


def test_a_tutor_without_any_slot_is_said_to_offer_none_not_nothing_of_something() -> None:
    weeks = (Week(MONDAY, False), Week(MONDAY + WEEK, False))
    due = [DueCount(MONDAY, 2)]
    assert [cell.room for cell in cells_of(due, {}, 20, weeks, MONDAY)] == [
        Room.NONE_OFFERED,
        Room.NOTHING_DUE,
    ]
    later = {MONDAY + WEEK: 60}
    assert [cell.room for cell in cells_of(due, later, 20, weeks, MONDAY)] == [Room.SHORT, Room.NOTHING_DUE]


# --- a department --------------------------------------------------------------------------------------


class College:
    """Two tutors of a cohort each in one department, a head, half-term in five weeks."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.college = make.organisation(session)
        session.add(
            ClosedPeriod(
                organisation_id=self.college.id,
                name="Half-term",
                from_on=HALF_TERM.from_on,
                back_on=HALF_TERM.back_on,
            )
        )
        self.department = make.department(session, self.college)
        self.a, self.b = (make.person(session, self.college, "tutor", name=name) for name in ("Mr A", "Ms B"))
        self.cohorts = [make.cohort(session, self.department) for _ in range(2)]
        for tutor, cohort in zip((self.a, self.b), self.cohorts, strict=True):
            make.tutors(session, tutor, cohort)
        self.head = make.person(session, self.college, "head-of-department", department=self.department)

    def learner(self, place: int, due_on: date | None, **values: Any) -> int:
        learner = make.learner(self.session, self.college)
        return make.enrolment(self.session, learner, self.cohorts[place], next_review_on=due_on, **values).id

    def slots(self, tutor: Person, day: date, *minutes: int) -> None:
        for number, length in enumerate(minutes):
            make.slot(self.session, tutor, on_day=day, starts=time(9 + number), minutes=length)

    def read(self) -> Capacity:
        return capacity.read(self.session, make.viewer(self.session, self.head), self.department.id)

    def line(self, tutor: Person) -> TutorLine:
        return next(line for line in self.read().tutors if line.key == tutor.id)


def test_needed_is_what_falls_due_times_the_length_of_the_tutors_usual_slot(session: Session) -> None:
    world = College(session)
    for due_on in (MONDAY - 3 * DAY, MONDAY, MONDAY + 6 * DAY, MONDAY + WEEK, MONDAY + 30 * WEEK):
        world.learner(0, due_on)
    world.learner(0, None)
    world.slots(world.a, MONDAY + DAY, 25, 25, 40)
    line = world.line(world.a)
    assert (line.minutes, line.how_long, line.learners) == (25, HowLong.OWN, 6)
    assert [(cell.due, cell.late, cell.needed, cell.offered) for cell in line.cells[:2]] == [
        (3, 1, 75, 90),
        (1, 0, 25, 0),
    ]
    assert [cell.room for cell in line.cells[:3]] == [Room.ENOUGH, Room.SHORT, Room.NOTHING_DUE]
    assert (line.due, line.needed, line.offered, line.missing, line.short) == (4, 100, 90, 10, 1)


def test_slots_of_days_gone_by_offer_nothing_and_the_others_slots_say_how_long_else(session: Session) -> None:
    world = College(session)
    world.learner(0, MONDAY)
    world.learner(1, MONDAY)
    assert {line.how_long for line in world.read().tutors} == {HowLong.USUAL}
    world.slots(world.a, MONDAY - DAY, 30)
    assert (world.line(world.a).offered, world.line(world.a).minutes) == (0, 30)
    assert (world.line(world.b).how_long, world.line(world.b).minutes) == (HowLong.OTHERS, 30)


def test_who_is_on_a_break_or_has_left_is_not_counted(session: Session) -> None:
    world = College(session)
    world.learner(0, MONDAY, ended_on=MONDAY - DAY, end_reason="withdrew")
    session.add(BreakInLearning(enrolment_id=world.learner(0, MONDAY), from_on=MONDAY - WEEK))
    world.learner(0, MONDAY)
    assert (world.line(world.a).learners, world.line(world.a).due) == (1, 1)


def test_cover_and_handover_take_the_reviews_of_their_days_with_them(session: Session) -> None:
    world = College(session)
    for week in range(4):
        world.learner(0, MONDAY + week * WEEK + DAY)
    make.stand_in(
        session,
        world.a,
        world.b,
        world.cohorts[0],
        kind="cover",
        from_on=MONDAY + WEEK,
        until_on=MONDAY + 2 * WEEK - DAY,
    )
    make.stand_in(session, world.a, world.b, world.cohorts[0], from_on=MONDAY + 3 * WEEK)
    assert [cell.due for cell in world.line(world.a).cells[:4]] == [1, 0, 1, 0]
    assert [cell.due for cell in world.line(world.b).cells[:4]] == [0, 1, 0, 1]
    own = capacity.own(session, make.viewer(session, world.b))
    assert own is not None
    assert [cell.due for cell in own.cells[:4]] == [0, 1, 0, 1]


def test_a_tutor_who_is_away_and_covered_offers_nothing_on_these_days(session: Session) -> None:
    world = College(session)
    world.learner(0, MONDAY + WEEK)
    for day in (MONDAY, MONDAY + DAY, MONDAY + 2 * DAY):
        world.slots(world.a, day, 20)
    away: dict[str, Any] = {"kind": "cover", "from_on": MONDAY + DAY, "until_on": MONDAY + DAY}
    make.stand_in(session, world.a, world.b, world.cohorts[0], **away)
    assert world.line(world.a).offered == 40


def test_each_number_opens_as_many_learners_as_it_says(session: Session) -> None:
    world = College(session)
    for due_on in (MONDAY - WEEK, MONDAY + 2 * DAY, MONDAY + 8 * DAY, MONDAY + 9 * DAY):
        world.learner(0, due_on)
    world.learner(1, MONDAY)
    viewer = make.viewer(session, world.head)
    of = world.read()
    for line in of.tutors:
        assert len(capacity.due_list(session, viewer, of, line.key, None).learners) == line.due
        for cell in line.cells:
            found = capacity.due_list(session, viewer, of, line.key, cell.week.monday)
            assert len(found.learners) == cell.due
            assert sum(one.days_late > 0 for one in found.learners) == cell.late
    with pytest.raises(NotFound):
        capacity.due_list(session, viewer, of, world.head.id, None)
    with pytest.raises(NotFound):
        capacity.due_list(session, viewer, of, world.a.id, MONDAY + DAY)


def test_learners_whom_nobody_tutors_stand_last_and_are_counted(session: Session) -> None:
    world = College(session)
    orphan = make.cohort(session, world.department)
    make.enrolment(session, make.learner(session, world.college), orphan, next_review_on=MONDAY)
    world.learner(0, MONDAY)
    of = world.read()
    assert [(line.key, line.due) for line in of.tutors] == [(world.a.id, 1), (capacity.NOBODY, 1)]
    assert (of.due, of.learners) == (2, 2)


def test_only_who_sees_the_departments_figures_reads_its_capacity(session: Session) -> None:
    world = College(session)
    elsewhere = make.department(session, world.college)
    for somebody in (
        world.a,
        make.person(session, world.college, "head-of-department", department=elsewhere),
        make.person(session, make.organisation(session), "administrator"),
    ):
        with pytest.raises(NotFound):
            capacity.read(session, make.viewer(session, somebody), world.department.id)


def test_a_capacity_takes_five_queries_for_any_number_of_learners(session: Session) -> None:
    world = College(session)
    world.learner(0, MONDAY)
    world.slots(world.a, MONDAY, 20)
    for place in (0, 1, 1, 0):
        world.learner(place, MONDAY + WEEK)
    viewer = make.viewer(session, world.head)
    with statements(session) as many:
        capacity.read(session, viewer, world.department.id)
    assert len(many) == 5
