"""My reviews: whom a tutor sees when, and how far each review is prepared.

Who is on the caseload, what is late and which line matters of whom comes from `data.caseload`; this module
only sorts it by the day on which the next review is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import caseload, rules
from data.caseload import CaseloadLearner
from data.learner_figures import Figures
from data.models import Enrolment, Reach, Reflection, ReviewLine, SelfEvaluation
from data.rules import ReviewState
from data.scope import Viewer, enrolments_seen_by

WEEKS_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Prepared:
    """What has been written for a learner's next review: whether by the learner, and lines by others."""

    by_learner: bool = False
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A learner's next review: on this day at the latest."""

    learner: CaseloadLearner
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class MyReviews:
    """A tutor's reviews: overdue, the longest first; by day from today to Sunday; by week after that, each
    under its Monday. `later` counts those due after the weeks shown, `without_date` those that have none."""

    today: date
    overdue: tuple[Upcoming, ...]
    this_week: Mapping[date, tuple[Upcoming, ...]]
    next_weeks: Mapping[date, tuple[Upcoming, ...]]
    later: int
    paused: tuple[CaseloadLearner, ...]
    without_date: int
    figures: Figures

    @property
    def learners(self) -> int:
        return self.figures.learners

    @property
    def due_this_week(self) -> int:
        return sum(len(some) for some in self.this_week.values())


def read(session: Session, viewer: Viewer) -> MyReviews:
    """The reviews of the viewer's caseload, in seven queries; empty for who has none."""
    tutor = replace(viewer, grants=tuple(g for g in viewer.grants if g.reach == Reach.CASELOAD))
    found = caseload.read(session, tutor)
    prepared = _prepared(session, tutor)
    overdue: list[Upcoming] = []
    this_week: dict[date, list[Upcoming]] = defaultdict(list)
    next_weeks: dict[date, list[Upcoming]] = defaultdict(list)
    later = without_date = 0
    sunday = rules.sunday_of(viewer.today)
    last_day = sunday + timedelta(weeks=WEEKS_AHEAD)
    for learner in sorted(found.learners, key=lambda one: (one.next_review_on or date.max, one.family_name)):
        one = Upcoming(learner, prepared.get(learner.plan_id, Prepared()))
        due_on = learner.next_review_on
        if learner.paused:
            continue
        if due_on is None:
            without_date += 1
        elif learner.review_state == ReviewState.OVERDUE:
            overdue.append(one)
        elif due_on <= sunday:
            this_week[max(due_on, viewer.today)].append(one)
        elif due_on <= last_day:
            next_weeks[rules.monday_of(due_on)].append(one)
        else:
            later += 1
    return MyReviews(
        today=viewer.today,
        overdue=tuple(overdue),
        this_week=_kept(this_week),
        next_weeks=_kept(next_weeks),
        later=later,
        paused=tuple(one for one in found.learners if one.paused),
        without_date=without_date,
        figures=found.figures,
    )


def plans_to_prepare(session: Session, viewer: Viewer) -> list[int]:
    """The plans whose reviews are overdue or due by Sunday, in the order of the page: for one print."""
    found = read(session, viewer)
    this_week = [one for some in found.this_week.values() for one in some]
    return [one.learner.plan_id for one in (*this_week, *found.overdue)]


def _kept(by_day: Mapping[date, Sequence[Upcoming]]) -> dict[date, tuple[Upcoming, ...]]:
    return {day: tuple(by_day[day]) for day in sorted(by_day)}


def _prepared(session: Session, viewer: Viewer) -> dict[int, Prepared]:
    """{plan id: what was written since its last review}, without those for which nothing was."""
    by_learner: set[int] = set()
    for table in (SelfEvaluation, Reflection):
        by_learner |= set(
            session.scalars(
                select(Enrolment.id)
                .join(table, table.plan_id == Enrolment.id)
                .where(
                    enrolments_seen_by(viewer),
                    or_(Enrolment.last_review_on.is_(None), table.written_on > Enrolment.last_review_on),
                )
            )
        )
    lines = {
        plan_id: number
        for plan_id, number in session.execute(
            select(Enrolment.id, func.count())
            .join(ReviewLine, ReviewLine.plan_id == Enrolment.id)
            .where(
                enrolments_seen_by(viewer),
                or_(Enrolment.last_review_on.is_(None), ReviewLine.written_on > Enrolment.last_review_on),
            )
            .group_by(Enrolment.id)
        )
    }
    return {
        plan_id: Prepared(plan_id in by_learner, lines.get(plan_id, 0)) for plan_id in by_learner | set(lines)
    }
