"""Who may see what: the one place. A viewer's roles become SQL conditions that every query takes.

| reach           | sees                                                                     |
|-----------------|--------------------------------------------------------------------------|
| organisation    | everyone in the viewer's organisation                                    |
| department      | the learners of the cohorts of the departments that the role is given for|
| caseload        | the learners tutored on the day, as the roster, handover and cover say   |
| teaching-groups | the learners who are in a group taught on the day                        |
| own-plan        | the viewer                                                               |
| one-plan        | the plan that a guest's link opens; no role has it                       |

A role whose reach isn't listed sees nothing, and nobody sees another organisation. Conditions are
correlated (EXISTS), so that a look at one learner costs the same in a college of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from data import college_rules, rules, tutoring
from data.college_rules import CollegeRules
from data.errors import NotFound
from data.models import (
    ClosedPeriod,
    Cohort,
    Department,
    Enrolment,
    Learner,
    Organisation,
    Person,
    Reach,
    Role,
    RoleAssignment,
    TeachingGroupLearner,
    TeachingGroupTeacher,
    Writes,
)
from data.statements import built_once
from data.tutoring import holds_on

USUALLY_SOON = rules.Soon()
ONE_PLAN = "one-plan"
"""The reach of who reads a plan by a link. No role in the database has it."""
CONDITIONS_KEPT = 2048
"""Making a condition takes longer than most queries that it goes into, so each viewer's are kept."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of a viewer, as the role table describes it."""

    role: str
    label: str
    reach: str
    writes: str
    reads_confidentiality: int
    department_id: int | None = None
    plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person on a day. `clock_day` is the day that states are judged by, `now` the instant
    that is written beside a change: where today is a fixed day, this time of that day.

    Two are equal who see and may do the same: what a condition is made of, and nothing else, is compared.
    """

    person_id: int
    organisation_id: int
    name: str = field(compare=False)
    today: date
    grants: tuple[Grant, ...] = ()
    organisation_name: str = field(default="", compare=False)
    time_zone: str = field(default="Europe/London", compare=False)
    coverage_goal: int = field(default=95, compare=False)
    is_demo: bool = field(default=False, compare=False)
    closures: tuple[rules.Span, ...] = field(default=(), compare=False)
    soon: rules.Soon = field(default=USUALLY_SOON, compare=False)
    college_rules: CollegeRules = field(default=college_rules.USUAL, compare=False)
    time_of_day: time = field(default=time(12, tzinfo=UTC), compare=False)
    clock_day: date = field(init=False, compare=False)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, self.time_of_day)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock_day", rules.clock_day(self.today, self.closures))

    def reaches(self, *reaches: Reach) -> bool:
        return any(grant.reach in reaches for grant in self.grants)

    @property
    def is_learner_only(self) -> bool:
        return bool(self.grants) and all(grant.reach == Reach.OWN_PLAN for grant in self.grants)


def today_in(time_zone: str, now: datetime) -> date:
    """The calendar date in an organisation's time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def load_viewer(
    session: Session,
    person_id: int,
    now: datetime,
    fixed_today: date | None = None,
    soon: rules.Soon = USUALLY_SOON,
    chosen: CollegeRules = college_rules.USUAL,
) -> Viewer | None:
    """The person with today's roles, or None where there is no such person or the account is disabled.

    Today is `fixed_today`, else the day that a demo was made with, else now in the organisation's time zone.
    """
    rows = session.execute(_person_with_roles(), {"person_id": person_id}).all()
    if not rows:
        return None
    person = rows[0]
    grants = tuple(
        Grant(row.role, row.label, row.reach, row.writes, row.reads_confidentiality, row.department_id)
        for row in rows
        if row.role is not None
    )
    return Viewer(
        person_id=person_id,
        organisation_id=person.organisation_id,
        name=person.name,
        today=fixed_today or person.demo_today or today_in(person.time_zone, now),
        grants=grants,
        organisation_name=person.organisation_name,
        time_zone=person.time_zone,
        coverage_goal=person.coverage_goal,
        is_demo=person.demo_today is not None,
        closures=load_closures(session, person.organisation_id),
        soon=soon,
        college_rules=chosen,
        time_of_day=now.astimezone(ZoneInfo(person.time_zone)).timetz(),
    )


def guest_viewer(
    session: Session,
    organisation: Organisation,
    plan_id: int,
    name: str,
    now: datetime,
    fixed_today: date | None = None,
    soon: rules.Soon = USUALLY_SOON,
    chosen: CollegeRules = college_rules.USUAL,
) -> Viewer:
    """Who reads one plan by a link: nobody who signs in, without any right to write."""
    return Viewer(
        person_id=0,
        organisation_id=organisation.id,
        name=name,
        today=fixed_today or organisation.demo_today or today_in(organisation.time_zone, now),
        grants=(Grant("guest", "guest", ONE_PLAN, Writes.NOTHING, 1, plan_id=plan_id),),
        organisation_name=organisation.name,
        time_zone=organisation.time_zone,
        is_demo=organisation.demo_today is not None,
        closures=load_closures(session, organisation.id),
        soon=soon,
        college_rules=chosen,
        time_of_day=now.astimezone(ZoneInfo(organisation.time_zone)).timetz(),
    )


@built_once
def _person_with_roles() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.organisation_id,
            Person.name,
            Organisation.name.label("organisation_name"),
            Organisation.time_zone,
            Organisation.coverage_goal,
            Organisation.demo_today,
            RoleAssignment.department_id,
            Role.name.label("role"),
            Role.label,
            Role.reach,
            Role.writes,
            Role.reads_confidentiality,
        )
        .join(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(RoleAssignment, RoleAssignment.person_id == Person.id)
        .outerjoin(Role, Role.name == RoleAssignment.role_name)
        .where(Person.id == bindparam("person_id"), Person.disabled.is_(False))
        .order_by(RoleAssignment.id)
    )


def load_closures(session: Session, organisation_id: int) -> tuple[rules.Span, ...]:
    rows = session.execute(_closures(), {"organisation_id": organisation_id})
    return tuple(rules.Span(from_on, back_on) for from_on, back_on in rows)


@built_once
def _closures() -> Select[date, date]:
    return (
        select(ClosedPeriod.from_on, ClosedPeriod.back_on)
        .where(ClosedPeriod.organisation_id == bindparam("organisation_id"))
        .order_by(ClosedPeriod.from_on)
    )


# --- conditions on enrolments, cohorts, departments, learners ------------------------------------------


@lru_cache(maxsize=CONDITIONS_KEPT)
def enrolments_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Enrolment`: those that the viewer may see."""
    return _any_grant(viewer, viewer.grants)


@lru_cache(maxsize=CONDITIONS_KEPT)
def enrolments_written_by(viewer: Viewer, *writes: Writes) -> ColumnElement[bool]:
    """A condition on `Enrolment`: those whose plans the viewer may change in one of these ways."""
    return _any_grant(viewer, [grant for grant in viewer.grants if grant.writes in writes])


def confidential_rows_read_by(
    viewer: Viewer, confidentiality: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """A condition on `Enrolment` and the level of a support or barrier: those that the viewer may read."""
    return or_(
        false(),
        *(
            and_(_grant(viewer, grant), confidentiality <= grant.reads_confidentiality)
            for grant in viewer.grants
        ),
    )


def confidentiality_read_by(viewer: Viewer) -> ColumnElement[int]:
    """The highest level of confidentiality that the viewer reads of an `Enrolment`; 0 where none."""
    highest_first = sorted(viewer.grants, key=lambda grant: -grant.reads_confidentiality)
    reads = ((_grant(viewer, grant), grant.reads_confidentiality) for grant in highest_first)
    return case((false(), 0), *reads, else_=0)


@lru_cache(maxsize=CONDITIONS_KEPT)
def cohorts_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Cohort`. A teacher's groups and a learner's own plan show no cohort."""
    conditions: list[ColumnElement[bool]] = [false()]
    for grant in viewer.grants:
        if grant.reach == Reach.ORGANISATION:
            conditions.append(_department_of_viewer(viewer, Cohort.department_id))
        elif grant.reach == Reach.DEPARTMENT and grant.department_id is not None:
            conditions.append(
                and_(
                    Cohort.department_id == grant.department_id,
                    _department_of_viewer(viewer, Cohort.department_id),
                )
            )
        elif grant.reach == Reach.CASELOAD:
            conditions.append(
                and_(
                    _department_of_viewer(viewer, Cohort.department_id),
                    tutoring.cohort_tutored_by(viewer.person_id, viewer.today),
                )
            )
    return or_(*conditions)


def departments_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Department`: those whose figures the viewer may see."""
    if viewer.reaches(Reach.ORGANISATION):
        return Department.organisation_id == viewer.organisation_id
    own = [g.department_id for g in viewer.grants if g.reach == Reach.DEPARTMENT and g.department_id]
    return and_(Department.organisation_id == viewer.organisation_id, Department.id.in_(own))


@lru_cache(maxsize=CONDITIONS_KEPT)
def learners_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Learner`: those with an enrolment that the viewer may see."""
    return and_(
        Learner.organisation_id == viewer.organisation_id,
        exists().where(Enrolment.learner_id == Learner.id, enrolments_seen_by(viewer)).correlate(Learner),
    )


@lru_cache(maxsize=CONDITIONS_KEPT)
def tutored_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Enrolment`: on the day the viewer tutors it, for good or as cover."""
    return tutoring.tutored_by(viewer.person_id, viewer.today)


def may_see_organisation(viewer: Viewer) -> bool:
    return viewer.reaches(Reach.ORGANISATION)


def require_organisation(viewer: Viewer) -> None:
    if not may_see_organisation(viewer):
        raise NotFound


def _any_grant(viewer: Viewer, grants: Iterable[Grant]) -> ColumnElement[bool]:
    return or_(false(), *(_grant(viewer, grant) for grant in grants))


@lru_cache(maxsize=CONDITIONS_KEPT)
def _grant(viewer: Viewer, grant: Grant) -> ColumnElement[bool]:
    condition = _REACHES.get(grant.reach)
    return condition(viewer, grant) if condition else false()


def _organisation_wide(viewer: Viewer, _grant: Grant) -> ColumnElement[bool]:
    return _cohort_of_viewer(viewer)


def _of_department(viewer: Viewer, grant: Grant) -> ColumnElement[bool]:
    if grant.department_id is None:
        return false()
    return _cohort_of_viewer(viewer, Cohort.department_id == grant.department_id)


def _of_caseload(viewer: Viewer, _grant: Grant) -> ColumnElement[bool]:
    return and_(_cohort_of_viewer(viewer), tutored_by(viewer))


def _of_teaching_groups(viewer: Viewer, _grant: Grant) -> ColumnElement[bool]:
    taught = (
        exists()
        .where(
            TeachingGroupLearner.learner_id == Enrolment.learner_id,
            TeachingGroupLearner.group_id == TeachingGroupTeacher.group_id,
            TeachingGroupTeacher.person_id == viewer.person_id,
            holds_on(TeachingGroupLearner, viewer.today),
            holds_on(TeachingGroupTeacher, viewer.today),
        )
        .correlate(Enrolment)
    )
    return and_(_cohort_of_viewer(viewer), taught)


def _of_own_plan(viewer: Viewer, _grant: Grant) -> ColumnElement[bool]:
    own = aliased(Learner)
    return (
        exists()
        .where(
            own.id == Enrolment.learner_id,
            own.person_id == viewer.person_id,
            own.organisation_id == viewer.organisation_id,
        )
        .correlate(Enrolment)
    )


def _of_one_plan(viewer: Viewer, grant: Grant) -> ColumnElement[bool]:
    return and_(_cohort_of_viewer(viewer), Enrolment.id == grant.plan_id)


_REACHES: dict[str, Callable[[Viewer, Grant], ColumnElement[bool]]] = {
    Reach.ORGANISATION: _organisation_wide,
    Reach.DEPARTMENT: _of_department,
    Reach.CASELOAD: _of_caseload,
    Reach.TEACHING_GROUPS: _of_teaching_groups,
    Reach.OWN_PLAN: _of_own_plan,
    ONE_PLAN: _of_one_plan,
}


def _cohort_of_viewer(viewer: Viewer, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The enrolment's cohort belongs to the viewer's organisation (and more)."""
    return (
        exists()
        .where(
            Cohort.id == Enrolment.cohort_id,
            Department.id == Cohort.department_id,
            Department.organisation_id == viewer.organisation_id,
            *more,
        )
        .correlate(Enrolment)
    )


def _department_of_viewer(viewer: Viewer, department_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    department = aliased(Department)
    return exists().where(
        department.id == department_id, department.organisation_id == viewer.organisation_id
    )
