"""What is counted of some learners: those of a cohort, of a caseload."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from data import state_sql
from data.models import EndReason, Enrolment, Target
from data.rules import Share, TargetState
from data.scope import Viewer, enrolments_seen_by
from data.statements import built_once

NOT_COUNTED = (TargetState.WITHDRAWN, TargetState.PAUSED)
"""States that are in no denominator."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of the learners seen; who is on a break or has left is counted apart.

    `learners` are those who haven't left, `here` those of them who have started and aren't on a break.
    `started` and `left` are of all times (completing isn't leaving). `moved` counts open targets that
    would be overdue had their due date not been moved. `milestones` is {milestone id: achieved of those
    that count}. `reviewed` counts learners, also those who left, of whom a review has been recorded: without
    one, nothing is known of coverage.
    """

    learners: int
    here: int
    paused: int
    to_start: int
    started: int
    left: int
    completed: int
    reviewed: int
    achieved: Share
    overdue: Share
    due_soon: Share
    moved: int
    covered: Share
    milestones: Mapping[int, Share]


Counted = tuple[int | None, str | None, int]
"""(milestone's id or None of a personal target, state or None where it is proposed, how many)."""


def read(session: Session, viewer: Viewer, cohort_id: int | None) -> Figures:
    """The figures of the learners of a cohort, or of all cohorts, whom the viewer sees, counted in the
    database by three queries."""
    one_cohort = cohort_id is not None
    asked = {"cohort_id": cohort_id} if one_cohort else {}
    counted = _targets(viewer, viewer.clock_day, viewer.soon.targets, one_cohort)
    return of_counted(session, viewer, cohort_id, session.execute(counted, asked))


def of_counted(
    session: Session, viewer: Viewer, cohort_id: int | None, targets: Iterable[Counted]
) -> Figures:
    """The same for who has counted the targets already: those of learners who have started, haven't left and
    aren't on a break. Two queries, which read no targets but open ones that are late by their first date."""
    day, one_cohort = viewer.clock_day, cohort_id is not None
    asked = {"cohort_id": cohort_id} if one_cohort else {}
    learners = session.execute(_learners(viewer, day, one_cohort), asked).one()
    moved = session.scalars(_moved(viewer, day, one_cohort), asked).one()
    return _figures(learners, targets, moved)


def _seen(viewer: Viewer, one_cohort: bool) -> ColumnElement[bool]:
    """A condition on `Enrolment`: of the cohort, and seen by the viewer."""
    seen = enrolments_seen_by(viewer)
    return and_(Enrolment.cohort_id == bindparam("cohort_id"), seen) if one_cohort else seen


def _here(day: date) -> ColumnElement[bool]:
    return and_(state_sql.enrolled_on(day), ~state_sql.paused_on(day))


@built_once
def _learners(viewer: Viewer, day: date, one_cohort: bool) -> Select[*tuple[int, ...]]:
    ended = state_sql.ended_by(day)
    completed = Enrolment.end_reason == EndReason.COMPLETED
    return select(
        _counted(~ended),
        _counted(_here(day)),
        _counted(and_(state_sql.enrolled_on(day), state_sql.paused_on(day))),
        _counted(and_(Enrolment.starts_on > day, ~ended)),
        _counted(Enrolment.starts_on <= day),
        _counted(and_(ended, ~completed)),
        _counted(and_(ended, completed)),
        _counted(Enrolment.last_review_on.is_not(None)),
        _counted(state_sql.covered_today(day)),
        _counted(state_sql.required_today(day)),
    ).where(_seen(viewer, one_cohort))


@built_once
def _targets(
    viewer: Viewer, day: date, soon_days: int, one_cohort: bool
) -> Select[int | None, str | None, int]:
    state = state_sql.target_state(day, soon_days).label("state")
    return (
        select(Target.milestone_id, state, func.count())
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(_seen(viewer, one_cohort), _here(day))
        .group_by(Target.milestone_id, state)
    )


@built_once
def _moved(viewer: Viewer, day: date, one_cohort: bool) -> Select[int]:
    """How many open targets aren't overdue and would be, had their due date not been moved."""
    return (
        select(func.count())
        .select_from(Target)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(
            _seen(viewer, one_cohort),
            _here(day),
            state_sql.is_open(),
            Target.first_due_on < day,
            Target.first_due_on >= Enrolment.starts_on,
            ~state_sql.is_overdue(day),
        )
    )


def _figures(learners: Sequence[int], targets: Iterable[Counted], moved: int) -> Figures:
    by_state: dict[str, int] = defaultdict(int)
    by_milestone: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for milestone_id, state, number in targets:
        if state is None or state in NOT_COUNTED:
            continue
        by_state[state] += number
        if milestone_id is not None:
            by_milestone[milestone_id][0] += number if state == TargetState.ACHIEVED else 0
            by_milestone[milestone_id][1] += number
    closed = by_state[TargetState.ACHIEVED] + by_state[TargetState.NOT_ACHIEVED]
    counted = sum(by_state.values())
    everyone, here, paused, to_start, started, left, completed, reviewed, covered, required = learners
    return Figures(
        learners=everyone,
        here=here,
        paused=paused,
        to_start=to_start,
        started=started,
        left=left,
        completed=completed,
        reviewed=reviewed,
        achieved=Share(by_state[TargetState.ACHIEVED], counted),
        overdue=Share(by_state[TargetState.OVERDUE], counted - closed),
        due_soon=Share(by_state[TargetState.DUE_SOON], counted - closed),
        moved=moved,
        covered=Share(covered, required),
        milestones={milestone_id: Share(*counts) for milestone_id, counts in by_milestone.items()},
    )


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
