"""Coverage of a department or an organisation from several sides: over the year, by kind of review, by
tutor, by support need; and the learners behind each figure.

Each counts the same learners by the same conditions as the headline figure, so that the parts make the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from data import (
    batches,
    coverage_by_kind,
    department_figures,
    groups,
    judgements,
    kind_clocks,
    review_coverage,
    rules,
    small_groups,
    state_sql,
)
from data.batches import Batch
from data.counted_days import Figure
from data.coverage_by_kind import SMALLEST_SHOWN, KindLine, Late
from data.errors import NotFound
from data.groups import Group, Within
from data.judgements import Disagreement
from data.models import (
    Barrier,
    BarrierKind,
    Cohort,
    Enrolment,
    Learner,
    Person,
    Plan,
    Review,
    Support,
)
from data.review_coverage import Counted, ReviewCoverage
from data.rules import Share
from data.scope import Viewer, confidential_rows_read_by, enrolments_seen_by
from data.tutoring import tutor_of

KIND_RULE = "kind-rule"
"""The list of those who are past the own rule of a kind of review."""
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Coverage on a Sunday, or today; `closed` where the college was closed all that week."""

    on: date
    share: Share
    closed: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the learners, and how many of them are covered. `hidden` parts are too small to be shown, or
    would give away one that is."""

    key: str
    name: str
    covered: Share
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """The learners parted by one support need; each learner is in one part. `departments` of `of` are
    counted: those in which a part is too small are left out of the organisation's."""

    key: str
    parts: tuple[Part, ...]
    departments: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class CoverageBy:
    """All that a coverage page shows. An organisation's has no tutors, batches and disagreements: they stand
    on each department's, where people know each other and the lists have an end."""

    within: Within
    groups: Sequence[Group]
    coverage: ReviewCoverage
    covered: Share
    trend: tuple[TrendPoint, ...]
    kinds: tuple[KindLine, ...]
    needs: tuple[Need, ...]
    own_rules: int
    tutors: tuple[Part, ...] = ()
    batches: tuple[Batch, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def counted(self) -> Counted:
        return self.coverage.counted


def read(session: Session, viewer: Viewer, department_id: int) -> CoverageBy:
    """Raises NotFound where the viewer may not see the department's figures."""
    within = groups.within_department(session, viewer, department_id)
    here = groups.enrolled_within(within)
    of = _read(session, viewer, within)
    return replace(
        of,
        tutors=_by_tutor(session, viewer, here),
        batches=batches.read(
            session,
            viewer,
            here,
            kind_clocks.main_clocks(session, here),
            rules.academic_year_start(viewer.today),
        ),
        disagreements=judgements.disagreements(session, viewer, here),
    )


def read_organisation(session: Session, viewer: Viewer) -> CoverageBy:
    """Raises NotFound where the viewer doesn't reach the whole organisation."""
    return _read(session, viewer, groups.within_organisation(session, viewer))


def _read(session: Session, viewer: Viewer, within: Within) -> CoverageBy:
    rows = groups.read(session, viewer, within)
    here = groups.enrolled_within(within)
    return CoverageBy(
        within=within,
        groups=rows,
        coverage=review_coverage.read(session, viewer, within, rows),
        covered=Share(sum(row.reviewed.count for row in rows), sum(row.reviewed.of for row in rows)),
        trend=_trend(session, viewer, within, rows),
        kinds=coverage_by_kind.read(session, viewer, within, here),
        needs=_by_need(session, viewer, here),
        own_rules=session.scalar(
            select(func.count())
            .select_from(Plan)
            .join(Enrolment, Enrolment.id == Plan.id)
            .where(here, state_sql.enrolled_on(viewer.clock_day), Plan.own_rule_unit.is_not(None))
        )
        or 0,
    )


# --- over the year -------------------------------------------------------------------------------------


def _trend(session: Session, viewer: Viewer, within: Within, rows: Sequence[Group]) -> tuple[TrendPoint, ...]:
    """Each Sunday of the academic year that has gone by, and today."""
    first = rules.sunday_of(rules.academic_year_start(viewer.today))
    weeks = max(0, (viewer.today - first).days - 1) // 7 + 1 if viewer.today > first else 0
    sundays = [first + ONE_WEEK * week for week in range(weeks)]
    days = [*sundays, viewer.clock_day]
    departments = [row.id for row in rows] if within.department_id is None else [within.department_id]
    figures = department_figures.read(session, departments, days, (Figure.COVERED, Figure.REQUIRED))

    def share(day: date) -> Share:
        of_day = [figures[department_id, day] for department_id in departments]
        return Share(sum(one[Figure.COVERED] for one in of_day), sum(one[Figure.REQUIRED] for one in of_day))

    past = [
        TrendPoint(
            sunday, share(sunday), rules.week_is_closed(rules.monday_of(sunday), viewer.closures), False
        )
        for sunday in sundays
    ]
    return (*past, TrendPoint(viewer.today, share(viewer.clock_day), False, True))


# --- by tutor ------------------------------------------------------------------------------------------


def _by_tutor(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> tuple[Part, ...]:
    """Everybody with a learner whose review is required, by name; last those whom nobody tutors."""
    learners = (
        select(
            tutor_of(viewer.today).label("tutor_id"),
            case((state_sql.covered_today(viewer.clock_day), 1), else_=0).label("covered"),
        )
        .where(here, state_sql.required_today(viewer.clock_day))
        .subquery()
    )
    rows = session.execute(
        select(learners.c.tutor_id, Person.name, func.sum(learners.c.covered), func.count())
        .outerjoin(Person, Person.id == learners.c.tutor_id)
        .group_by(learners.c.tutor_id, Person.name)
        .order_by(Person.name.is_(None), Person.name, learners.c.tutor_id)
    )
    return tuple(
        Part(str(tutor_id or 0), name or "No tutor named", Share(covered, required))
        for tutor_id, name, covered, required in rows
    )


# --- by support need -----------------------------------------------------------------------------------

SUPPORT, BARRIER = "support", "barrier"
PARTS = {
    SUPPORT: {"in-place": "Support in place", "none": "No support in place"},
    BARRIER: {
        BarrierKind.PERSONAL.value: "A personal barrier",
        BarrierKind.SOCIAL.value: "A social barrier",
        BarrierKind.INSTITUTIONAL.value: "An institutional barrier",
        "several": "Barriers of several kinds",
        "none": "No barrier in the way",
    },
}
"""{need: {part: its name}}; each learner is in one part of a need."""


def _part_of(viewer: Viewer, need: str) -> ColumnElement[str]:
    """Which part of a need a learner is in, by what the viewer may read of it on the day."""
    day = viewer.clock_day
    if need == SUPPORT:
        in_place = exists().where(
            Support.plan_id == Enrolment.id,
            confidential_rows_read_by(viewer, Support.confidentiality),
            Support.from_on <= day,
            or_(Support.until_on.is_(None), Support.until_on >= day),
        )
        return case((in_place.correlate(Enrolment), literal("in-place")), else_=literal("none"))
    barrier = aliased(Barrier)
    in_the_way = {
        kind: exists()
        .where(
            barrier.plan_id == Enrolment.id,
            confidential_rows_read_by(viewer, barrier.confidentiality),
            barrier.kind == kind,
            barrier.from_on <= day,
            or_(barrier.passed_on.is_(None), barrier.passed_on > day),
        )
        .correlate(Enrolment)
        for kind in BarrierKind
    }
    personal, social, institutional = in_the_way.values()
    several = or_(and_(personal, social), and_(personal, institutional), and_(social, institutional))
    return case(
        (several, literal("several")),
        *((condition, literal(kind.value)) for kind, condition in in_the_way.items()),
        else_=literal("none"),
    )


def _by_need(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> tuple[Need, ...]:
    return tuple(_need(session, viewer, here, need) for need in PARTS)


def _need(session: Session, viewer: Viewer, here: ColumnElement[bool], need: str) -> Need:
    """By department first: what is hidden in one isn't found out from the sum of all."""
    part = _part_of(viewer, need).label("part")
    within = (
        select(
            Cohort.department_id.label("department_id"),
            part,
            case((state_sql.covered_today(viewer.clock_day), 1), else_=0).label("covered"),
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(here, state_sql.required_today(viewer.clock_day))
        .subquery()
    )
    shares: dict[int, dict[str, Share]] = defaultdict(dict)
    for department_id, key, covered, required in session.execute(
        select(within.c.department_id, within.c.part, func.sum(within.c.covered), func.count()).group_by(
            within.c.department_id, within.c.part
        )
    ):
        shares[department_id][key] = Share(covered, required)
    hidden = {
        department_id: small_groups.hidden({key: one.of for key, one in of.items()}, SMALLEST_SHOWN)
        for department_id, of in shares.items()
    }
    counted = [of for department_id, of in shares.items() if len(shares) == 1 or not hidden[department_id]]
    dark = next(iter(hidden.values()), frozenset[str]()) if len(shares) == 1 else frozenset[str]()
    parts = (
        Part(key, name, Share(0, 0), hidden=True)
        if key in dark
        else Part(key, name, _sum(of.get(key, Share(0, 0)) for of in counted))
        for key, name in PARTS[need].items()
    )
    return Need(need, tuple(parts), len(counted), len(shares))


def _sum(shares: Iterable[Share]) -> Share:
    some = list(shares)
    return Share(sum(one.count for one in some), sum(one.of for one in some))


# --- the learners behind a figure ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MissedLearner:
    """A learner past the review date, or, of a kind of review, without one this academic year."""

    learner_id: int
    plan_id: int
    learner: str
    sort_name: str
    cohort_id: int
    cohort: str
    tutor: str
    last_on: date | None
    due_on: date | None
    days_late: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Who isn't covered, of one part: of a cohort, of a tutor, of a support need, or of all."""

    by: str
    of: str
    name: str
    learners: tuple[MissedLearner, ...]


def missed(session: Session, viewer: Viewer, coverage: CoverageBy, by: str, key: str) -> Missed:
    """The learners whom a cell of the page leaves out, longest late first.

    `by` is all, cohort, tutor, kind (without one this year), KIND_RULE, or one of `PARTS`. NotFound for
    anything that the page doesn't show, a hidden part among it, and for an organisation: its figures lead to
    its departments' pages.
    """
    if coverage.within.department_id is None:
        raise NotFound
    name, condition = _behind(viewer, coverage, by, key)
    late = and_(state_sql.required_today(viewer.clock_day), ~state_sql.covered_today(viewer.clock_day))
    tutor = aliased(Person)
    rows = session.execute(
        select(
            Learner.id.label("learner_id"),
            Enrolment.id.label("plan_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            tutor.name.label("tutor"),
            Enrolment.last_review_on,
            Enrolment.next_review_on,
        )
        .join(Enrolment, Enrolment.learner_id == Learner.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(tutor, tutor.id == tutor_of(viewer.today))
        .where(
            groups.enrolled_within(coverage.within),
            enrolments_seen_by(viewer),
            condition,
            literal(True) if by == KIND_RULE else coverage_by_kind.here_now(viewer) if by == "kind" else late,
        )
        .order_by(Enrolment.next_review_on, Learner.family_name, Learner.given_name, Enrolment.id)
    )
    learners = tuple(
        MissedLearner(
            learner_id=row.learner_id,
            plan_id=row.plan_id,
            learner=f"{row.given_name} {row.family_name}",
            sort_name=f"{row.family_name} {row.given_name}",
            cohort_id=row.cohort_id,
            cohort=row.code,
            tutor=row.tutor or "",
            last_on=row.last_review_on,
            due_on=row.next_review_on,
            days_late=rules.days_late(row.next_review_on, viewer.clock_day) if row.next_review_on else 0,
        )
        for row in rows
    )
    if by == KIND_RULE:
        learners = _by_their_kind(viewer, _late_of(coverage, key), learners)
    return Missed(by, key, name, learners)


def _late_of(coverage: CoverageBy, key: str) -> Mapping[int, Late]:
    return next((kind.by_rule.late for kind in coverage.kinds if kind.by_rule and str(kind.id) == key), {})


def _by_their_kind(
    viewer: Viewer, late: Mapping[int, Late], learners: Iterable[MissedLearner]
) -> tuple[MissedLearner, ...]:
    """The learners with the dates of their reviews of the kind, longest late first."""
    of_kind = (
        replace(
            one,
            last_on=late[one.plan_id].last_on,
            due_on=late[one.plan_id].due_on,
            days_late=rules.days_late(late[one.plan_id].due_on, viewer.clock_day),
        )
        for one in learners
    )
    return tuple(sorted(of_kind, key=lambda one: -one.days_late))


def _behind(viewer: Viewer, coverage: CoverageBy, by: str, key: str) -> tuple[str, ColumnElement[bool]]:
    """(the part's name, a condition on `Enrolment`)."""
    if by == "all":
        return coverage.within.name, literal(True)
    if by == "cohort":
        found = {str(group.id): group.name for group in coverage.groups}
        return _named(found, key), Enrolment.cohort_id == int(key)
    if by == "tutor":
        found = {part.key: part.name for part in coverage.tutors}
        name = _named(found, key)
        return name, tutor_of(viewer.today).is_(None) if key == "0" else tutor_of(viewer.today) == int(key)
    if by == "kind":
        name = _named({str(kind.id): kind.name for kind in coverage.kinds}, key)
        had = exists().where(
            Review.plan_id == Enrolment.id,
            Review.kind_id == int(key),
            Review.held_on.between(rules.academic_year_start(viewer.today), viewer.today),
        )
        return name, ~had.correlate(Enrolment)
    if by == KIND_RULE:
        names = {str(kind.id): kind.name for kind in coverage.kinds if kind.by_rule and kind.by_rule.covered}
        return _named(names, key), Enrolment.id.in_(_late_of(coverage, key))
    need = next((need for need in coverage.needs if need.key == by), None)
    if need is None:
        raise NotFound
    shown = {part.key: part.name for part in need.parts if not part.hidden}
    return _named(shown, key), _part_of(viewer, by) == key


def _named(found: Mapping[str, str], key: str) -> str:
    if key not in found:
        raise NotFound
    return found[key]
