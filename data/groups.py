"""The rows of a department's page (its cohorts) and of an organisation's (its departments), with counts.

Headline figures, review coverage and overdue heatmap all count within the same `Within`, by the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from data import department_figures, rules, state_sql
from data.counted_days import Figure
from data.department_figures import Figures
from data.errors import NotFound
from data.models import Cohort, Department, EndReason, Enrolment, Organisation, Target
from data.rules import Share
from data.scope import Viewer, cohorts_seen_by, departments_seen_by, require_organisation
from data.statements import built_once


@dataclass(frozen=True, slots=True)
class Within:
    """What a page is about: one department, or the whole organisation where `department_id` is None."""

    organisation_id: int
    name: str
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A cohort of a department, or a department of an organisation, on a day.

    `learners` are enrolled; of these some are `paused` and in no share. Who left without completing counts
    as `left`. `live` is of learners who aren't paused: those with at least one open agreed target;
    `reviewed` is review coverage today. `reviews_recorded` tells no review at all from a late one.
    """

    id: int
    name: str
    title: str
    learners: int
    paused: int
    started: int
    left: int
    completed: int
    started_this_year: int
    left_this_year: int
    live: Share
    reviewed: Share
    reviews_recorded: bool


def within_department(session: Session, viewer: Viewer, department_id: int) -> Within:
    """Raises NotFound where the viewer may not see the department's figures."""
    name = session.scalar(_department_name(viewer), {"department_id": department_id})
    if name is None:
        raise NotFound
    return Within(viewer.organisation_id, name, department_id)


@built_once
def _department_name(viewer: Viewer) -> Select[str]:
    return select(Department.name).where(
        Department.id == bindparam("department_id"), departments_seen_by(viewer)
    )


def within_organisation(session: Session, viewer: Viewer) -> Within:
    """Raises NotFound where the viewer doesn't reach the whole organisation."""
    require_organisation(viewer)
    name = session.scalars(select(Organisation.name).where(Organisation.id == viewer.organisation_id)).one()
    return Within(viewer.organisation_id, name)


def enrolled_within(within: Within) -> ColumnElement[bool]:
    """A condition on `Enrolment`: of a cohort of the department, or of the organisation."""
    of_department = (
        Department.organisation_id == within.organisation_id
        if within.department_id is None
        else Department.id == within.department_id
    )
    return (
        exists()
        .where(Cohort.id == Enrolment.cohort_id, Department.id == Cohort.department_id, of_department)
        .correlate(Enrolment)
    )


def read(session: Session, viewer: Viewer, within: Within) -> tuple[Group, ...]:
    """The rows by name; a cohort in which nobody has been enrolled this academic year is left out."""
    if within.department_id is None:
        return _departments(session, viewer, within)
    rows = session.execute(_cohorts(viewer.clock_day), {"department_id": within.department_id})
    return tuple(
        Group(
            id=row.id,
            name=row.code,
            title=row.title,
            learners=row.enrolled,
            paused=row.enrolled - row.counted,
            started=row.started,
            left=row.left,
            completed=row.completed,
            started_this_year=row.started_this_year,
            left_this_year=row.left_this_year,
            live=Share(row.live, row.counted),
            reviewed=Share(row.covered, row.required),
            reviews_recorded=row.last_review_on is not None,
        )
        for row in rows
        if row.enrolled or row.started_this_year or row.ended_this_year
    )


@built_once
def _cohorts(day: date) -> Select[*tuple[Any, ...]]:
    year_start = rules.academic_year_start(day)
    counted = and_(state_sql.enrolled_on(day), ~state_sql.paused_on(day))
    has_open_target = exists().where(Target.plan_id == Enrolment.id, state_sql.is_open()).correlate(Enrolment)
    completed = Enrolment.end_reason == EndReason.COMPLETED
    ended = state_sql.ended_by(day)
    this_year = Enrolment.ended_on >= year_start - rules.ONE_DAY
    return (
        select(
            Cohort.id,
            Cohort.code,
            Cohort.title,
            _count(state_sql.enrolled_on(day)).label("enrolled"),
            _count(counted).label("counted"),
            _count(Enrolment.starts_on <= day).label("started"),
            _count(ended, ~completed).label("left"),
            _count(ended, completed).label("completed"),
            _count(Enrolment.starts_on.between(year_start, day)).label("started_this_year"),
            _count(ended, ~completed, this_year).label("left_this_year"),
            _count(ended, this_year).label("ended_this_year"),
            _count(counted, has_open_target).label("live"),
            _count(state_sql.required_today(day)).label("required"),
            _count(state_sql.covered_today(day)).label("covered"),
            func.max(Enrolment.last_review_on).label("last_review_on"),
        )
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Cohort.department_id == bindparam("department_id"))
        .group_by(Cohort.id, Cohort.code, Cohort.title)
        .order_by(Cohort.code)
    )


@dataclass(frozen=True, slots=True)
class OtherCohort:
    """A cohort in which nobody has been enrolled this academic year: one of an earlier year, one that is
    `to_start`, or one without learners."""

    id: int
    code: str
    title: str
    starts_on: date
    learners: int
    to_start: bool


def other_cohorts(session: Session, viewer: Viewer, department_id: int) -> tuple[OtherCohort, ...]:
    """The department's cohorts that `read` leaves out, the latest first. The department must be one of
    the viewer's (`within_department`)."""
    day = viewer.clock_day
    rows = session.execute(_other_cohorts(viewer, day), {"department_id": department_id})
    return tuple(OtherCohort(*row, to_start=row.starts_on > day) for row in rows)


@built_once
def _other_cohorts(viewer: Viewer, day: date) -> Select[int, str, str, date, int]:
    before_year = rules.academic_year_start(day) - rules.ONE_DAY
    here_this_year = Enrolment.ended_on.is_(None) | (Enrolment.ended_on >= before_year)
    return (
        select(Cohort.id, Cohort.code, Cohort.title, Cohort.starts_on, func.count(Enrolment.id))
        .outerjoin(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Cohort.department_id == bindparam("department_id"), cohorts_seen_by(viewer))
        .group_by(Cohort.id, Cohort.code, Cohort.title, Cohort.starts_on)
        .having(_count(Enrolment.starts_on <= day, here_this_year) == 0)
        .order_by(Cohort.starts_on.desc(), Cohort.code)
    )


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*conditions)


def _departments(session: Session, viewer: Viewer, within: Within) -> tuple[Group, ...]:
    day = viewer.clock_day
    before_year = rules.academic_year_start(day) - rules.ONE_DAY
    names = session.execute(
        select(Department.id, Department.name)
        .where(Department.organisation_id == within.organisation_id)
        .order_by(Department.name)
    ).all()
    figures = department_figures.read(session, [row.id for row in names], [before_year, day])
    reviewed = set(session.scalars(_with_a_review(within)))
    return tuple(
        _department(row.id, row.name, figures[row.id, day], figures[row.id, before_year], row.id in reviewed)
        for row in names
    )


def _with_a_review(within: Within) -> Select[int]:
    """The departments in which any review has been recorded."""
    of_department = exists().where(
        Cohort.department_id == Department.id,
        Enrolment.cohort_id == Cohort.id,
        Enrolment.last_review_on.is_not(None),
    )
    return select(Department.id).where(
        Department.organisation_id == within.organisation_id, of_department.correlate(Department)
    )


def _department(
    department_id: int, name: str, now: Figures, before_year: Figures, reviews_recorded: bool
) -> Group:
    return Group(
        id=department_id,
        name=name,
        title="",
        learners=now[Figure.ENROLLED],
        paused=now[Figure.ENROLLED] - now[Figure.COUNTED],
        started=now[Figure.STARTED],
        left=now[Figure.LEFT],
        completed=now[Figure.COMPLETED],
        started_this_year=now[Figure.STARTED] - before_year[Figure.STARTED],
        left_this_year=now[Figure.LEFT] - before_year[Figure.LEFT],
        live=Share(now[Figure.LIVE], now[Figure.COUNTED]),
        reviewed=Share(now[Figure.COVERED], now[Figure.REQUIRED]),
        reviews_recorded=reviews_recorded,
    )
