"""A tutor's caseload, or the learners of a teacher's groups: worst first, and what is due this week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data import learner_figures, programme_checks, rules, state_sql
from data.learner_figures import Figures
from data.models import Cohort, Enrolment, Learner, Reach, Target
from data.programme_checks import LearnerCheck
from data.rules import ReviewState, TargetState
from data.scope import Viewer, cohorts_seen_by, enrolments_seen_by
from data.statements import built_once

MANY_MOVES = 2
"""An open target whose date has been moved so often is worth a look."""


@dataclass(frozen=True, slots=True)
class OpenTarget:
    id: int
    title: str
    due_on: date | None
    state: TargetState
    days_late: int
    moves: int


@dataclass(frozen=True, slots=True)
class CaseloadLearner:
    """One learner; `targets` are the open ones, by due date. `review_days_late` is 0 where none is late;
    `check` is the right-programme check where it is due soon or overdue."""

    id: int
    plan_id: int
    given_name: str
    family_name: str
    cohort_id: int
    cohort: str
    paused: bool
    review_state: ReviewState
    next_review_on: date | None
    review_days_late: int
    targets: tuple[OpenTarget, ...]
    check: LearnerCheck | None = None
    joined_on: date = date.min

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def overdue(self) -> tuple[OpenTarget, ...]:
        """The longest overdue first."""
        return tuple(target for target in self.targets if target.state == TargetState.OVERDUE)

    @property
    def next(self) -> OpenTarget | None:
        """The open target that is due first; after the others what was due before the learner joined."""
        return min(self.targets, key=self._was_due_before_joining, default=None)

    def _was_due_before_joining(self, target: OpenTarget) -> bool:
        return target.due_on is not None and target.due_on < self.joined_on

    @property
    def moved(self) -> OpenTarget | None:
        """The open target that was moved most often, if any was moved often."""
        often = max(self.targets, key=lambda target: target.moves, default=None)
        return often if often is not None and often.moves >= MANY_MOVES else None

    @property
    def longest_late(self) -> int:
        """Days that the review, or the oldest overdue target, is late."""
        return max([self.review_days_late, *(target.days_late for target in self.overdue)])


@dataclass(frozen=True, slots=True)
class Due:
    """A target, or a review where `target` is None, that is due this week."""

    on: date
    learner: CaseloadLearner
    target: OpenTarget | None


@dataclass(frozen=True, slots=True)
class CaseloadCohort:
    """A cohort with learners of the caseload; its page is linked for those who may open it."""

    id: int
    code: str
    title: str
    learners: int
    linked: bool


@dataclass(frozen=True, slots=True)
class Caseload:
    """`learners` worst first; `due` by day, from today to Sunday."""

    learners: tuple[CaseloadLearner, ...]
    due: tuple[Due, ...]
    cohorts: tuple[CaseloadCohort, ...]
    figures: Figures
    teaches_only: bool


def read(session: Session, viewer: Viewer) -> Caseload:
    """The learners whom the viewer tutors or teaches, whatever else the viewer may see."""
    grants = tuple(grant for grant in viewer.grants if grant.reach in (Reach.CASELOAD, Reach.TEACHING_GROUPS))
    viewer = replace(viewer, grants=grants)
    targets = _open_targets(session, viewer)
    learners, cohorts = _learners(session, viewer, targets, programme_checks.asked_for(session, viewer))
    return Caseload(
        learners=tuple(sorted(learners, key=_worst_first)),
        due=_due_this_week(learners, viewer.today),
        cohorts=cohorts,
        figures=learner_figures.read(session, viewer, None),
        teaches_only=not viewer.reaches(Reach.CASELOAD),
    )


def _worst_first(learner: CaseloadLearner) -> tuple[bool, int, int, bool, str, int]:
    """Who has waited longest comes first; learners on a break come last."""
    return (
        learner.paused,
        -learner.longest_late,
        -len(learner.overdue),
        learner.moved is None,
        f"{learner.family_name} {learner.given_name}".casefold(),
        learner.id,
    )


def _due_this_week(learners: Sequence[CaseloadLearner], today: date) -> tuple[Due, ...]:
    sunday = rules.sunday_of(today)
    due: list[Due] = []
    for learner in learners:
        if learner.paused:
            continue
        review_on = learner.next_review_on
        if review_on is not None and today <= review_on <= sunday:
            due.append(Due(review_on, learner, None))
        due += [
            Due(target.due_on, learner, target)
            for target in learner.targets
            if target.due_on is not None and today <= target.due_on <= sunday
        ]
    return tuple(sorted(due, key=lambda one: (one.on, one.target is not None, one.learner.family_name)))


def _learners(
    session: Session,
    viewer: Viewer,
    targets: Mapping[int, Sequence[OpenTarget]],
    checks: Mapping[int, LearnerCheck],
) -> tuple[list[CaseloadLearner], tuple[CaseloadCohort, ...]]:
    """Everyone who hasn't left, and their cohorts by code."""
    day = viewer.clock_day
    learners: list[CaseloadLearner] = []
    cohorts: dict[int, CaseloadCohort] = {}
    for row in session.execute(_caseload(viewer, day)):
        state = rules.review_state(
            row.next_review_on, day, paused=bool(row.paused), soon_days=viewer.soon.reviews
        )
        late = state == ReviewState.OVERDUE and row.next_review_on is not None
        learners.append(
            CaseloadLearner(
                id=row.learner_id,
                plan_id=row.plan_id,
                given_name=row.given_name,
                family_name=row.family_name,
                cohort_id=row.cohort_id,
                cohort=row.code,
                paused=bool(row.paused),
                review_state=state,
                next_review_on=row.next_review_on,
                review_days_late=rules.days_late(row.next_review_on, day) if late else 0,
                targets=tuple(targets.get(row.plan_id, ())),
                check=checks.get(row.plan_id),
                joined_on=row.starts_on,
            )
        )
        known = cohorts.get(row.cohort_id)
        number = known.learners + 1 if known else 1
        cohorts[row.cohort_id] = CaseloadCohort(row.cohort_id, row.code, row.title, number, bool(row.linked))
    return learners, tuple(cohorts.values())


@built_once
def _caseload(viewer: Viewer, day: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id.label("plan_id"),
            Enrolment.next_review_on,
            Enrolment.starts_on,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Cohort.title,
            cohorts_seen_by(viewer).label("linked"),
            state_sql.paused_on(day).label("paused"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(enrolments_seen_by(viewer), ~state_sql.ended_by(day))
        .order_by(Cohort.code, Enrolment.id)
    )


def _open_targets(session: Session, viewer: Viewer) -> Mapping[int, Sequence[OpenTarget]]:
    """{plan id: its open targets, by due date}."""
    day = viewer.clock_day
    found: dict[int, list[OpenTarget]] = defaultdict(list)
    rows = session.execute(_targets(viewer, day, viewer.soon.targets))
    for plan_id, target_id, title, due_on, moves, state in rows:
        late = rules.days_late(due_on, day) if due_on and state == TargetState.OVERDUE else 0
        found[plan_id].append(OpenTarget(target_id, title, due_on, TargetState(state or ""), late, moves))
    return found


@built_once
def _targets(viewer: Viewer, day: date, soon_days: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Target.plan_id,
            Target.id,
            Target.title,
            Target.due_on,
            Target.moves,
            state_sql.target_state(day, soon_days),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(enrolments_seen_by(viewer), state_sql.is_open(), ~state_sql.ended_by(day))
        .order_by(Target.plan_id, Target.due_on.is_(None), Target.due_on, Target.id)
    )
