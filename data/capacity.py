"""Minutes that reviews falling due take, by tutor and week, against minutes that the tutors offer for them.

Each learner counts once: with the next due date that stands today, under whoever tutors them on that day,
cover and handover included. What is overdue falls in the first open week. Learners on a break and who left
aren't counted. A review takes as long as the slots that the tutor mostly offers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from data import groups, rules, state_sql
from data.errors import NotFound
from data.groups import Within
from data.models import Cohort, Enrolment, Learner, Person, Slot, StandIn, StandInKind
from data.schedule import keeps_schedule
from data.scope import Viewer, enrolments_seen_by
from data.tutoring import may_tutor, tutor_of

ONE_WEEK = timedelta(weeks=1)
MOST_WEEKS = 8
FEWEST_OPEN = 3
"""A closed week that comes sooner doesn't end the weeks that are looked at."""
USUAL_MINUTES = 20
"""Where nobody offers any slot, so that nothing says how long a review takes."""
NOBODY = 0
"""The key of learners without a tutor."""


class Room(StrEnum):
    """Whether the minutes that a tutor offers in a week are enough for the reviews falling due in it."""

    NOTHING_DUE = "nothing-due"
    ENOUGH = "enough"
    SHORT = "short"
    NONE_OFFERED = "none-offered"
    CLOSED = "closed"


class HowLong(StrEnum):
    """What says how long a tutor's review takes: their own slots, those of the others, or nothing."""

    OWN = "own"
    OTHERS = "others"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Week:
    """`closed`: the college is, on each weekday."""

    monday: date
    closed: bool

    @property
    def sunday(self) -> date:
        return self.monday + ONE_WEEK - rules.ONE_DAY


@dataclass(frozen=True, slots=True)
class Cell:
    """A tutor's week: reviews falling due (`late` of them overdue), the minutes that they take, the minutes
    offered from today on."""

    week: Week
    due: int
    late: int
    needed: int
    offered: int
    room: Room

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.offered)


@dataclass(frozen=True, slots=True)
class TutorLine:
    """`learners` of this department are the tutor's on their next due date; `key` is the person's id."""

    key: int
    name: str
    learners: int
    minutes: int
    how_long: HowLong
    cells: tuple[Cell, ...]

    @property
    def due(self) -> int:
        return sum(cell.due for cell in self.cells)

    @property
    def needed(self) -> int:
        return sum(cell.needed for cell in self.cells)

    @property
    def offered(self) -> int:
        return sum(cell.offered for cell in self.cells)

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.offered)

    @property
    def short(self) -> int:
        """In how many weeks too little is offered, or nothing."""
        return sum(cell.room in (Room.SHORT, Room.NONE_OFFERED) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Capacity:
    """`tutors` by name, last those learners whom nobody tutors. `until_closed`: the weeks end with closed
    ones, else after as many as are looked at."""

    within: Within
    as_at: date
    weeks: tuple[Week, ...]
    until_closed: bool
    tutors: tuple[TutorLine, ...]

    @property
    def learners(self) -> int:
        return sum(line.learners for line in self.tutors)

    @property
    def due(self) -> int:
        return sum(line.due for line in self.tutors)

    @property
    def late(self) -> int:
        return sum(cell.late for line in self.tutors for cell in line.cells)

    @property
    def needed(self) -> int:
        return sum(line.needed for line in self.tutors)

    @property
    def offered(self) -> int:
        return sum(line.offered for line in self.tutors)


@dataclass(frozen=True, slots=True)
class DueLearner:
    learner_id: int
    plan_id: int
    learner: str
    sort_name: str
    cohort_id: int
    cohort: str
    last_on: date | None
    due_on: date
    days_late: int


@dataclass(frozen=True, slots=True)
class DueList:
    """Whose reviews fall due with a tutor in a week; in all weeks where `week` is None."""

    key: int
    tutor: str
    week: Week | None
    learners: tuple[DueLearner, ...]


@dataclass(frozen=True, slots=True)
class DueCount:
    """Some learners of one tutor whose next reviews are due on the same day; None where they have none."""

    due_on: date | None
    learners: int


# --- counting ------------------------------------------------------------------------------------------


def weeks_ahead(today: date, closures: Sequence[rules.Span]) -> tuple[Week, ...]:
    """From this week to the next closed ones, with these, after at least three open ones; at most eight."""
    first = rules.monday_of(today)
    mondays = [first + ONE_WEEK * number for number in range(MOST_WEEKS)]
    found: list[Week] = []
    for week in (Week(monday, rules.week_is_closed(monday, closures)) for monday in mondays):
        if not week.closed and ends_closed(found):
            break
        found.append(week)
    return tuple(found)


def ends_closed(weeks: Sequence[Week]) -> bool:
    """Whether the last week is closed and at least three before it are open."""
    return bool(weeks) and weeks[-1].closed and sum(not week.closed for week in weeks) >= FEWEST_OPEN


def week_of(due_on: date, weeks: Sequence[Week], clock_day: date) -> Week | None:
    """The week that a review is counted in: what is overdue in the first open one. None after the last."""
    if due_on < clock_day:
        return next((week for week in weeks if not week.closed), weeks[0])
    return next((week for week in weeks if due_on <= week.sunday), None)


def cells_of(
    due: Iterable[DueCount],
    offered: Mapping[date, int],
    minutes: int,
    weeks: Sequence[Week],
    clock_day: date,
) -> tuple[Cell, ...]:
    """A tutor's weeks. `offered` is {day: minutes}; a review takes `minutes`."""
    number: dict[Week, int] = defaultdict(int)
    late: dict[Week, int] = defaultdict(int)
    for some in due:
        week = week_of(some.due_on, weeks, clock_day) if some.due_on else None
        if week is not None and some.due_on is not None:
            number[week] += some.learners
            late[week] += some.learners if some.due_on < clock_day else 0
    any_offered = any(offered.values())
    found = []
    for week in weeks:
        there = sum(length for day, length in offered.items() if week.monday <= day <= week.sunday)
        needed = number[week] * minutes
        room = _room(week, needed, there, any_offered=any_offered)
        found.append(Cell(week, number[week], late[week], needed, there, room))
    return tuple(found)


def _room(week: Week, needed: int, offered: int, *, any_offered: bool) -> Room:
    if week.closed:
        return Room.CLOSED
    if not needed:
        return Room.NOTHING_DUE
    if not any_offered:
        return Room.NONE_OFFERED
    return Room.ENOUGH if offered >= needed else Room.SHORT


def usual_minutes(slots: Mapping[int, int]) -> int | None:
    """The length that most slots have, of {length: number}; of two as frequent the longer. None of none."""
    return max(slots, key=lambda length: (slots[length], length), default=None)


# --- reading -------------------------------------------------------------------------------------------


def read(session: Session, viewer: Viewer, department_id: int) -> Capacity:
    """A department's, in five queries; NotFound where the viewer may not see its figures."""
    within = groups.within_department(session, viewer, department_id)
    return _read(session, viewer, within, and_(groups.enrolled_within(within), enrolments_seen_by(viewer)))


def own(session: Session, viewer: Viewer) -> TutorLine | None:
    """The viewer's own line, of all departments; None for who keeps no schedule or has nobody to review.

    Who is to be covered from a later day on is counted without being named.
    """
    if not keeps_schedule(viewer):
        return None
    within = Within(viewer.organisation_id, viewer.organisation_name)
    whose = and_(may_tutor(viewer.person_id), _tutor(viewer) == viewer.person_id)
    found = _read(session, viewer, within, and_(groups.enrolled_within(within), whose))
    return next((line for line in found.tutors if line.key == viewer.person_id), None)


def due_list(session: Session, viewer: Viewer, capacity: Capacity, key: int, monday: date | None) -> DueList:
    """The learners behind a number; NotFound for what the page doesn't show."""
    line = next((line for line in capacity.tutors if line.key == key), None)
    week = next((week for week in capacity.weeks if week.monday == monday), None)
    if line is None or (monday is not None and week is None):
        raise NotFound
    tutor = _tutor(viewer)
    rows = session.execute(
        select(
            Learner.id,
            Enrolment.id.label("plan_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Enrolment.last_review_on,
            Enrolment.next_review_on,
        )
        .join(Enrolment, Enrolment.learner_id == Learner.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            groups.enrolled_within(capacity.within),
            enrolments_seen_by(viewer),
            _here(viewer),
            Enrolment.next_review_on <= capacity.weeks[-1].sunday,
            tutor.is_(None) if key == NOBODY else tutor == key,
        )
        .order_by(Enrolment.next_review_on, Learner.family_name, Learner.given_name, Enrolment.id)
    )
    due = [row for row in rows if monday is None or _falls_in(row.next_review_on, week, capacity, viewer)]
    return DueList(key, line.name, week, tuple(_due_learner(row, viewer) for row in due))


def _falls_in(due_on: date, week: Week | None, capacity: Capacity, viewer: Viewer) -> bool:
    return week_of(due_on, capacity.weeks, viewer.clock_day) == week


def _due_learner(row: Any, viewer: Viewer) -> DueLearner:
    return DueLearner(
        learner_id=row.id,
        plan_id=row.plan_id,
        learner=f"{row.given_name} {row.family_name}",
        sort_name=f"{row.family_name} {row.given_name}",
        cohort_id=row.cohort_id,
        cohort=row.code,
        last_on=row.last_review_on,
        due_on=row.next_review_on,
        days_late=rules.days_late(row.next_review_on, viewer.clock_day),
    )


def _read(session: Session, viewer: Viewer, within: Within, whose: ColumnElement[bool]) -> Capacity:
    weeks = weeks_ahead(viewer.today, viewer.closures)
    due = _due(session, viewer, whose)
    offered = _offered(session, viewer, due.keys(), weeks[-1].sunday)
    lengths = _lengths(session, viewer, due.keys())
    of_all: dict[int, int] = defaultdict(int)
    for of_tutor in lengths.values():
        for length, number in of_tutor.items():
            of_all[length] += number
    lines = []
    for key, name in _names(session, viewer, due.keys()):
        minutes, how_long = _minutes(lengths.get(key, {}), of_all)
        cells = cells_of(due[key], offered.get(key, {}), minutes, weeks, viewer.clock_day)
        learners = sum(some.learners for some in due[key])
        lines.append(TutorLine(key, name, learners, minutes, how_long, cells))
    return Capacity(within, viewer.today, weeks, ends_closed(weeks), tuple(lines))


def _minutes(own_slots: Mapping[int, int], of_all: Mapping[int, int]) -> tuple[int, HowLong]:
    """How long a tutor's review takes, and what says so."""
    if minutes := usual_minutes(own_slots):
        return minutes, HowLong.OWN
    if minutes := usual_minutes(of_all):
        return minutes, HowLong.OTHERS
    return USUAL_MINUTES, HowLong.USUAL


def _here(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Enrolment`: enrolled and not on a break."""
    return and_(state_sql.enrolled_on(viewer.clock_day), ~state_sql.paused_on(viewer.clock_day))


def _tutor(viewer: Viewer) -> ColumnElement[Any]:
    """The id of whoever tutors an `Enrolment` on its next due date; today where that is over or isn't set."""
    ahead = Enrolment.next_review_on > viewer.today
    return tutor_of(case((ahead, Enrolment.next_review_on), else_=viewer.today))


def _due(session: Session, viewer: Viewer, whose: ColumnElement[bool]) -> dict[int, list[DueCount]]:
    """{tutor's id, NOBODY where there is none: their learners by next due date}."""
    rows = (
        select(_tutor(viewer).label("tutor_id"), Enrolment.next_review_on.label("due_on"))
        .where(whose, _here(viewer))
        .subquery()
    )
    found: dict[int, list[DueCount]] = defaultdict(list)
    for tutor_id, due_on, learners in session.execute(
        select(rows.c.tutor_id, rows.c.due_on, func.count()).group_by(rows.c.tutor_id, rows.c.due_on)
    ):
        found[tutor_id or NOBODY].append(DueCount(due_on, learners))
    return found


def _offered(
    session: Session, viewer: Viewer, tutor_ids: Iterable[int], last_on: date
) -> dict[int, dict[date, int]]:
    """{tutor's id: {day: minutes of slots, booked or free}} from today on, without days on which the tutor
    is away and covered."""
    away = exists().where(
        StandIn.kind == StandInKind.COVER,
        StandIn.tutor_id == Slot.tutor_id,
        StandIn.from_on <= Slot.on_day,
        StandIn.until_on >= Slot.on_day,
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for tutor_id, day, minutes in session.execute(
        select(Slot.tutor_id, Slot.on_day, func.sum(Slot.minutes))
        .where(Slot.tutor_id.in_(sorted(tutor_ids)), Slot.on_day.between(viewer.today, last_on), ~away)
        .group_by(Slot.tutor_id, Slot.on_day)
    ):
        found[tutor_id][day] = minutes
    return found


def _lengths(session: Session, viewer: Viewer, tutor_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """{tutor's id: {minutes: slots of that length since the academic year began}}."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for tutor_id, minutes, number in session.execute(
        select(Slot.tutor_id, Slot.minutes, func.count())
        .where(
            Slot.tutor_id.in_(sorted(tutor_ids)),
            Slot.on_day >= rules.academic_year_start(viewer.today),
        )
        .group_by(Slot.tutor_id, Slot.minutes)
    ):
        found[tutor_id][minutes] = number
    return found


def _names(session: Session, viewer: Viewer, tutor_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Tutors by name, at the end those learners who have none."""
    keys = set(tutor_ids)
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(sorted(keys)), Person.organisation_id == viewer.organisation_id)
        .order_by(Person.name, Person.id)
    )
    named = [(person_id, name) for person_id, name in rows]
    return [*named, (NOBODY, "No tutor named")] if NOBODY in keys else named
