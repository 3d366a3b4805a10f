"""The progress grid: the learners of a cohort by its milestones, with personal targets and next review."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import ColumnElement, Date, Result, Select, and_, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from data import learner_figures, rules, state_sql
from data.errors import NotFound
from data.learner_figures import Counted, Figures
from data.models import (
    Cohort,
    CohortTutor,
    Department,
    Enrolment,
    Learner,
    Milestone,
    Person,
    StandIn,
    Target,
)
from data.rules import ReviewState, TargetState
from data.scope import Viewer, cohorts_seen_by, departments_seen_by, enrolments_seen_by
from data.statements import built_once
from data.tutoring import cohort_tutored_by

MOST_URGENT_FIRST = (
    TargetState.OVERDUE,
    TargetState.DUE_SOON,
    TargetState.IN_PROGRESS,
    TargetState.TO_COME,
    TargetState.PAUSED,
    TargetState.NOT_ACHIEVED,
    TargetState.ACHIEVED,
    TargetState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class CohortHead:
    """What the page says of the cohort itself. The department is linked for those who may open it;
    `size` counts everyone who hasn't left, also learners whom the viewer doesn't see."""

    id: int
    code: str
    title: str
    starts_on: date
    department_id: int
    department: str
    department_seen: bool
    size: int
    tutors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MilestoneColumn:
    id: int
    phase: str
    short_title: str
    title: str
    due_on: date | None


class Cell(NamedTuple):
    """A learner's target for a milestone."""

    target_id: int
    state: TargetState


@dataclass(frozen=True, slots=True)
class PersonalTargets:
    """How many personal targets are in each state, most urgent first, and the one to open first."""

    counts: Mapping[TargetState, int]
    first_id: int
    first_title: str


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner: `states` and `target_ids` in the order of the grid's milestones, None and 0 where there is
    no target; `counts` of milestones and personal targets by state.

    A large cohort has 45,000 of them, so that they are kept without an object for each.
    """

    id: int
    plan_id: int
    given_name: str
    family_name: str
    starts_on: date
    ended_on: date | None
    end_reason: str | None
    ended: bool
    paused: bool
    states: tuple[TargetState | None, ...]
    target_ids: tuple[int, ...]
    personal: PersonalTargets | None
    counts: Mapping[TargetState, int]
    review_state: ReviewState
    next_review_on: date | None
    review_days_late: int

    @property
    def cells(self) -> tuple[Cell | None, ...]:
        """The targets for the milestones, None where there is none."""
        pairs = zip(self.states, self.target_ids, strict=True)
        return tuple(Cell(target_id, state) if state else None for state, target_id in pairs)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def sort_name(self) -> str:
        """Family name first, without regard to case and accents."""
        name = normalize("NFKD", f"{self.family_name} {self.given_name}")
        return "".join(letter for letter in name if letter.isalnum() or letter == " ").casefold()

    def count(self, *states: TargetState) -> int:
        """Milestones and personal targets in these states."""
        return sum(self.counts.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class ProgressGrid:
    cohort: CohortHead
    milestones: tuple[MilestoneColumn, ...]
    learners: tuple[LearnerRow, ...]
    figures: Figures

    @property
    def phases(self) -> tuple[tuple[str, tuple[MilestoneColumn, ...]], ...]:
        """The milestones by phase, phases in the order of their first milestone."""
        groups: dict[str, list[MilestoneColumn]] = defaultdict(list)
        for milestone in self.milestones:
            groups[milestone.phase].append(milestone)
        return tuple((phase, tuple(columns)) for phase, columns in groups.items())


def read(session: Session, viewer: Viewer, cohort_id: int) -> ProgressGrid:
    """A cohort with those of its learners whom the viewer sees, by name, those who left at the end."""
    cohort = cohort_head(session, viewer, cohort_id)
    milestones = _milestones(session, cohort_id)
    learners = _learners(session, viewer, cohort_id, milestones)
    counted = _targets_here(learners, milestones, viewer.clock_day)
    figures = learner_figures.of_counted(session, viewer, cohort_id, counted)
    return ProgressGrid(cohort, milestones, learners, figures)


def _targets_here(
    learners: Sequence[LearnerRow], milestones: Sequence[MilestoneColumn], day: date
) -> Iterator[Counted]:
    """The targets of who has started, hasn't left and isn't on a break, counted for the figures."""
    here = [row for row in learners if row.starts_on <= day and not row.ended and not row.paused]
    columns = zip(*(row.states for row in here), strict=True) if here else ()
    for milestone, states in zip(milestones if here else (), columns, strict=True):
        yield from ((milestone.id, state, number) for state, number in Counter(states).items())
    for row in here:
        if row.personal:
            yield from ((None, state, number) for state, number in row.personal.counts.items())


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """What a change to one learner's plan changes of the grid."""

    learner: LearnerRow
    milestones: tuple[MilestoneColumn, ...]
    figures: Figures


def read_learner(session: Session, viewer: Viewer, cohort_id: int, learner_id: int) -> ChangedRow:
    """One row of the grid as `read` has it, and the figures of the whole cohort."""
    milestones = _milestones(session, cohort_id)
    rows = _learners(session, viewer, cohort_id, milestones, learner_id)
    if not rows:
        raise NotFound
    figures = learner_figures.read(session, viewer, cohort_id)
    return ChangedRow(rows[0], milestones, figures)


def cohort_head(session: Session, viewer: Viewer, cohort_id: int) -> CohortHead:
    """Raises NotFound where the viewer sees no such cohort."""
    row = session.execute(_head(viewer, viewer.clock_day), {"cohort_id": cohort_id}).one_or_none()
    if row is None:
        raise NotFound
    tutors = session.scalars(_tutors(), {"cohort_id": cohort_id, "today": viewer.today})
    return CohortHead(
        id=cohort_id,
        code=row.code,
        title=row.title,
        starts_on=row.starts_on,
        department_id=row.department_id,
        department=row.department,
        department_seen=bool(row.department_seen),
        size=row.size,
        tutors=tuple(tutors),
    )


@built_once
def _head(viewer: Viewer, day: date) -> Select[*tuple[Any, ...]]:
    still_here = and_(Enrolment.cohort_id == Cohort.id, ~state_sql.ended_by(day))
    return (
        select(
            Cohort.code,
            Cohort.title,
            Cohort.starts_on,
            Cohort.department_id,
            Department.name.label("department"),
            departments_seen_by(viewer).label("department_seen"),
            select(func.count()).where(still_here).correlate(Cohort).scalar_subquery().label("size"),
        )
        .join(Department, Department.id == Cohort.department_id)
        .where(Cohort.id == bindparam("cohort_id"), cohorts_seen_by(viewer))
    )


@built_once
def _tutors() -> Select[str]:
    """Who tutors the cohort on the day, by name."""
    perhaps = union_all(
        *(
            select(table.person_id).where(table.cohort_id == bindparam("cohort_id"))
            for table in (CohortTutor, StandIn)
        )
    )
    return (
        select(Person.name)
        .join(Cohort, Cohort.id == bindparam("cohort_id"))
        .where(Person.id.in_(perhaps), cohort_tutored_by(Person.id, bindparam("today", type_=Date)))
        .order_by(Person.name)
    )


def _milestones(session: Session, cohort_id: int) -> tuple[MilestoneColumn, ...]:
    """In the order of the grid: those of a phase together, phases in the order of their first one."""
    found = [MilestoneColumn(*row) for row in session.execute(_columns(), {"cohort_id": cohort_id})]
    phases = list(dict.fromkeys(column.phase for column in found))
    return tuple(sorted(found, key=lambda column: phases.index(column.phase)))


@built_once
def _columns() -> Select[int, str, str, str, date | None]:
    return (
        select(Milestone.id, Milestone.phase_name, Milestone.short_title, Milestone.title, Milestone.due_on)
        .where(Milestone.cohort_id == bindparam("cohort_id"))
        .order_by(Milestone.position, Milestone.id)
    )


def _learners(
    session: Session,
    viewer: Viewer,
    cohort_id: int,
    milestones: Sequence[MilestoneColumn],
    learner_id: int | None = None,
) -> tuple[LearnerRow, ...]:
    """Rows in three queries, however many learners and milestones there are; of one learner, if named."""
    day, soon_days, one = viewer.clock_day, viewer.soon.targets, learner_id is not None
    asked = {"cohort_id": cohort_id} | ({"learner_id": learner_id} if one else {})
    enrolments = session.execute(_enrolments(viewer, day, one), asked)
    targets = session.connection().execute(_milestone_targets(viewer, day, soon_days, one), asked)
    cells = _cells(targets, [milestone.id for milestone in milestones])
    personal = _personal(session.execute(_personal_targets(viewer, day, soon_days, one), asked))
    rows = []
    for plan_id, learner_id, given, family, starts_on, ended_on, reason, next_review_on, paused in enrolments:
        ended = rules.EnrolmentDates(starts_on, ended_on).ended(day)
        state = rules.review_state(
            next_review_on, day, required=not ended, paused=bool(paused), soon_days=viewer.soon.reviews
        )
        states, target_ids = cells[plan_id]
        own = personal.get(plan_id)
        late = next_review_on is not None and state == ReviewState.OVERDUE
        rows.append(
            LearnerRow(
                id=learner_id,
                plan_id=plan_id,
                given_name=given,
                family_name=family,
                starts_on=starts_on,
                ended_on=ended_on,
                end_reason=reason,
                ended=ended,
                paused=bool(paused) and not ended,
                states=tuple(states),
                target_ids=tuple(target_ids),
                personal=own,
                counts=_counted(states, own),
                review_state=state,
                next_review_on=next_review_on,
                review_days_late=rules.days_late(next_review_on, day) if late and next_review_on else 0,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.ended, row.sort_name, row.id)))


def _seen(viewer: Viewer, one_learner: bool) -> ColumnElement[bool]:
    """A condition on `Enrolment`: of the cohort, and the learner if one is named, and seen by the viewer."""
    return and_(
        Enrolment.cohort_id == bindparam("cohort_id"),
        *([Enrolment.learner_id == bindparam("learner_id")] if one_learner else []),
        enrolments_seen_by(viewer),
    )


@built_once
def _enrolments(viewer: Viewer, day: date, one_learner: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Learner.id,
            Learner.given_name,
            Learner.family_name,
            Enrolment.starts_on,
            Enrolment.ended_on,
            Enrolment.end_reason,
            Enrolment.next_review_on,
            state_sql.paused_on(day),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(_seen(viewer, one_learner))
    )


@built_once
def _milestone_targets(
    viewer: Viewer, day: date, soon_days: int, one_learner: bool
) -> Select[int, int | None, int, str | None]:
    return (
        select(Target.plan_id, Target.milestone_id, Target.id, state_sql.target_state(day, soon_days))
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(
            _seen(viewer, one_learner),
            Target.milestone_id.is_not(None),
            Target.status != rules.TargetStatus.PROPOSED,
        )
    )


def _cells(
    rows: Result[int, int | None, int, str | None], milestone_ids: Sequence[int]
) -> Mapping[int, tuple[list[TargetState | None], list[int]]]:
    """{plan id: (states, target ids) in the order of the milestones}, straight from the connection and some
    rows at a time."""
    places = {milestone_id: place for place, milestone_id in enumerate(milestone_ids)}
    found: dict[int, tuple[list[TargetState | None], list[int]]] = defaultdict(
        lambda: ([None] * len(places), [0] * len(places))
    )
    for some in rows.partitions(ROWS_AT_A_TIME):
        for plan_id, milestone_id, target_id, state in some:
            if milestone_id is not None and state is not None:
                place, (states, target_ids) = places[milestone_id], found[plan_id]
                states[place], target_ids[place] = _STATES[state], target_id
    return found


ROWS_AT_A_TIME = 1000
_STATES = {state.value: state for state in TargetState}


@built_once
def _personal_targets(
    viewer: Viewer, day: date, soon_days: int, one_learner: bool
) -> Select[int, int, str, str | None]:
    return (
        select(Target.plan_id, Target.id, Target.title, state_sql.target_state(day, soon_days))
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(
            _seen(viewer, one_learner),
            Target.milestone_id.is_(None),
            Target.status != rules.TargetStatus.PROPOSED,
        )
        .order_by(Target.plan_id, Target.due_on.is_(None), Target.due_on, Target.id)
    )


def _personal(rows: Result[int, int, str, str | None]) -> Mapping[int, PersonalTargets]:
    """{plan id: its personal targets}; plans without one are left out."""
    found: dict[int, list[tuple[TargetState, int, str]]] = defaultdict(list)
    for plan_id, target_id, title, state in rows:
        if state is not None:
            found[plan_id].append((TargetState(state), target_id, title))
    return {plan_id: _summary(targets) for plan_id, targets in found.items()}


def _summary(targets: Sequence[tuple[TargetState, int, str]]) -> PersonalTargets:
    ranked = sorted(targets, key=lambda target: MOST_URGENT_FIRST.index(target[0]))
    _, first_id, first_title = ranked[0]
    return PersonalTargets(Counter(state for state, _, _ in ranked), first_id, first_title)


def _counted(
    states: Iterable[TargetState | None], personal: PersonalTargets | None
) -> Mapping[TargetState, int]:
    counts = Counter(state for state in states if state is not None)
    return counts + Counter(personal.counts) if personal else counts
