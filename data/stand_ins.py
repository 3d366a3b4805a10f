"""Cover and handover: who stands in for a tutor of a department, from which day to which.

A head of the department or an administrator writes them down, today or ahead; `tutoring` says what follows
from them on a day. Each change is in the college's history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from data import groups, state_sql
from data.errors import NotFound
from data.groups import Within
from data.models import (
    Cohort,
    CollegeChange,
    Enrolment,
    Learner,
    Person,
    Reach,
    Role,
    RoleAssignment,
    StandIn,
    StandInKind,
    Writes,
)
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.tutoring import holder_of, named_tutor_of, stands, tutor_of

EVERYTHING = "all"
"""Instead of a cohort's id: all that the tutor has in the department."""
OVER_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TutorOf:
    """A tutor of a department: `learners` are theirs today, cover included, in these cohorts; `covered` are
    theirs too, and somebody else covers today."""

    id: int
    name: str
    learners: int
    cohorts: tuple[str, ...]
    covered: int


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cover or handover. `learner` where it is of one only. `by` wrote it down `at` a time."""

    id: int
    version: int
    kind: StandInKind
    tutor: str
    person: str
    cohort: str
    learner: str
    learners: int
    from_on: date
    until_on: date | None
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A learner whom a tutor has for good; `named_id` is whom the roster names."""

    plan_id: int
    cohort_id: int
    cohort: str
    learner: str
    named_id: int


@dataclass(frozen=True, slots=True)
class Arranging:
    """What the form for one tutor offers: their learners here, and who may stand in."""

    tutor_id: int
    name: str
    held: tuple[Held, ...]
    people: tuple[tuple[int, str], ...]

    @property
    def cohorts(self) -> list[tuple[int, str, int]]:
        """(id, code, learners) of each cohort."""
        number: dict[tuple[int, str], int] = defaultdict(int)
        for one in self.held:
            number[one.cohort_id, one.cohort] += 1
        return [(cohort_id, code, learners) for (cohort_id, code), learners in number.items()]


@dataclass(frozen=True, slots=True)
class DepartmentTutors:
    """`now` holds today, `ahead` begins later, `over` ended; `arranging` the form that is open, if one is."""

    within: Within
    today: date
    may_arrange: bool
    tutors: tuple[TutorOf, ...]
    now: tuple[Line, ...]
    ahead: tuple[Line, ...]
    over: tuple[Line, ...]
    arranging: Arranging | None


def arranges(viewer: Viewer, department_id: int | None) -> bool:
    """Whether the viewer says who stands in for the department's tutors: its heads, and administrators."""
    return any(
        grant.writes == Writes.PLANS
        and (
            grant.reach == Reach.ORGANISATION
            or (grant.reach == Reach.DEPARTMENT and grant.department_id == department_id)
        )
        for grant in viewer.grants
    )


# --- reading -------------------------------------------------------------------------------------------


def read(
    session: Session, viewer: Viewer, department_id: int, tutor_id: int | None = None
) -> DepartmentTutors:
    """The tutors of a department, who stands in for them, and the form for one. NotFound where the viewer
    may not see the department's figures, or the tutor has no learners in it."""
    within = groups.within_department(session, viewer, department_id)
    may_arrange = arranges(viewer, department_id)
    form = arranging(session, viewer, within, tutor_id, viewer.today) if tutor_id and may_arrange else None
    if form is not None and not form.held:
        raise NotFound
    lines = _lines(session, viewer, within)
    over = [line for line in lines if line.until_on and line.until_on < viewer.today]
    return DepartmentTutors(
        within=within,
        today=viewer.today,
        may_arrange=may_arrange,
        tutors=tuple(_tutors(session, viewer, within)),
        now=tuple(line for line in lines if line.from_on <= viewer.today and line not in over),
        ahead=tuple(line for line in lines if line.from_on > viewer.today),
        over=tuple(sorted(over, key=lambda line: line.until_on or date.max, reverse=True)[:OVER_SHOWN]),
        arranging=form,
    )


def _tutors(session: Session, viewer: Viewer, within: Within) -> Iterable[TutorOf]:
    """Who tutors somebody here today, or would if nobody covered for them, by name."""
    learners = (
        select(
            tutor_of(viewer.today).label("tutor_id"), holder_of(viewer.today).label("holder_id"), Cohort.code
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            groups.enrolled_within(within), enrolments_seen_by(viewer), state_sql.enrolled_on(viewer.today)
        )
        .subquery()
    )
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    covered: dict[tuple[str, int], int] = defaultdict(int)
    for name, person_id, code, tutor_id in session.execute(
        select(Person.name, Person.id, learners.c.code, learners.c.tutor_id)
        .join(learners, Person.id.in_([learners.c.tutor_id, learners.c.holder_id]))
        .order_by(Person.name, Person.id, learners.c.code)
    ):
        of_tutor = found[name, person_id]
        if person_id == tutor_id:
            of_tutor.append(code)
        else:
            covered[name, person_id] += 1
    for (name, person_id), codes in found.items():
        yield TutorOf(person_id, name, len(codes), tuple(dict.fromkeys(codes)), covered[name, person_id])


def _lines(session: Session, viewer: Viewer, within: Within) -> list[Line]:
    tutor, person = aliased(Person), aliased(Person)
    rows = session.execute(
        select(
            StandIn,
            tutor.name.label("tutor"),
            person.name.label("person"),
            Cohort.code,
            Learner.given_name,
            Learner.family_name,
        )
        .join(Cohort, Cohort.id == StandIn.cohort_id)
        .join(tutor, tutor.id == StandIn.tutor_id)
        .join(person, person.id == StandIn.person_id)
        .outerjoin(Enrolment, Enrolment.id == StandIn.enrolment_id)
        .outerjoin(Learner, Learner.id == Enrolment.learner_id)
        .where(Cohort.department_id == within.department_id)
        .order_by(StandIn.from_on, tutor.name, Cohort.code, StandIn.id)
    ).all()
    written = _written(session, viewer, [row.StandIn.id for row in rows])
    concerned = _concerned(session, viewer, within)
    return [
        Line(
            id=row.StandIn.id,
            version=row.StandIn.version,
            kind=StandInKind(row.StandIn.kind),
            tutor=row.tutor,
            person=row.person,
            cohort=row.code,
            learner=f"{row.given_name} {row.family_name}" if row.StandIn.enrolment_id else "",
            learners=concerned.get(row.StandIn.id, 0),
            from_on=row.StandIn.from_on,
            until_on=row.StandIn.until_on,
            by=written.get(row.StandIn.id, ("", None))[0],
            at=written.get(row.StandIn.id, ("", None))[1],
        )
        for row in rows
    ]


def _concerned(session: Session, viewer: Viewer, within: Within) -> Mapping[int, int]:
    """{id: how many enrolled learners a row concerns on its first day, or today once that is over}."""
    row = aliased(StandIn)
    on = case((row.from_on > viewer.today, row.from_on), else_=viewer.today)
    found: dict[int, int] = defaultdict(int)
    for row_id in session.scalars(
        select(row.id)
        .select_from(Enrolment)
        .join(row, row.cohort_id == Enrolment.cohort_id)
        .where(
            groups.enrolled_within(within),
            enrolments_seen_by(viewer),
            state_sql.enrolled_on(viewer.today),
            stands(row, on),
        )
    ):
        found[row_id] += 1
    return found


def _written(
    session: Session, viewer: Viewer, row_ids: Sequence[int]
) -> dict[int, tuple[str, datetime | None]]:
    """{id: who wrote the row down, and when}."""
    here = ZoneInfo(viewer.time_zone)
    return {
        row_id: (name or "", at.astimezone(here))
        for row_id, name, at in session.execute(
            select(CollegeChange.row_id, Person.name, CollegeChange.at)
            .outerjoin(Person, Person.id == CollegeChange.by_id)
            .where(
                CollegeChange.organisation_id == viewer.organisation_id,
                CollegeChange.about == StandIn.__tablename__,
                CollegeChange.field == "added",
                CollegeChange.row_id.in_(row_ids),
            )
        )
    }


def arranging(session: Session, viewer: Viewer, within: Within, tutor_id: int, on: date) -> Arranging:
    """What the form for a tutor offers, of the learners whom the viewer may change and the tutor has on the
    day; NotFound where there is no such person."""
    name = session.scalar(
        select(Person.name).where(Person.id == tutor_id, Person.organisation_id == viewer.organisation_id)
    )
    if name is None:
        raise NotFound
    held = held_by(session, viewer, within, tutor_id, on)
    return Arranging(tutor_id, name, tuple(held), tuple(_people(session, viewer, tutor_id)))


def held_by(session: Session, viewer: Viewer, within: Within, tutor_id: int, on: date) -> list[Held]:
    """The learners of the department, not gone by the day, whom the tutor has for good then and the viewer
    may change."""
    rows = session.execute(
        select(
            Enrolment.id,
            Enrolment.cohort_id,
            Cohort.code,
            Learner.given_name,
            Learner.family_name,
            named_tutor_of(on).label("named_id"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            groups.enrolled_within(within),
            enrolments_written_by(viewer, Writes.PLANS),
            or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= on),
            holder_of(on) == tutor_id,
        )
        .order_by(Cohort.code, Learner.family_name, Learner.given_name, Enrolment.id)
    )
    return [
        Held(row.id, row.cohort_id, row.code, f"{row.given_name} {row.family_name}", row.named_id)
        for row in rows
    ]


def _people(session: Session, viewer: Viewer, tutor_id: int) -> list[tuple[int, str]]:
    """Who may stand in: everybody of the college in a tutor's role, but the tutor."""
    is_tutor = exists().where(
        RoleAssignment.person_id == Person.id,
        Role.name == RoleAssignment.role_name,
        Role.reach == Reach.CASELOAD,
        Role.writes == Writes.PLANS,
    )
    rows = session.execute(
        select(Person.id, Person.name)
        .where(
            Person.organisation_id == viewer.organisation_id,
            Person.disabled.is_(False),
            Person.id != tutor_id,
            is_tutor,
        )
        .order_by(Person.name, Person.id)
    )
    return [(person_id, name) for person_id, name in rows]
