"""What only walls count: of a department's cohorts, or of an organisation's departments, in counts alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data import department_figures, rules, state_sql
from data.counted_days import Figure
from data.groups import Group, Within
from data.headline import last_monday
from data.models import Change, Cohort, Department, Enrolment, Milestone, Plan, Review, Target
from data.rules import Share, TargetState, TargetStatus
from data.scope import Viewer

PAST_WEEKS = 12
AHEAD = timedelta(weeks=4)
MOST_MILESTONES = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """Agreed targets of learners who are here by where they stand; due soon counts as what it was before."""

    achieved: int = 0
    in_progress: int = 0
    overdue: int = 0
    to_come: int = 0
    not_achieved: int = 0

    @property
    def of(self) -> int:
        return self.achieved + self.in_progress + self.overdue + self.to_come + self.not_achieved


@dataclass(frozen=True, slots=True)
class Achieved:
    """Targets achieved since last Monday, and in each of the open weeks before it, the latest last."""

    count: int
    weeks: tuple[int, ...]

    @property
    def usual(self) -> int | None:
        """The mean of the weeks before, rounded; None where there were none."""
        return round(sum(self.weeks) / len(self.weeks)) if self.weeks else None


@dataclass(frozen=True, slots=True)
class ReviewsDue:
    """Learners by their next review: due this week, or in a week before and not held. `held` are those who
    had one this week."""

    this_week: int
    before: int
    held: int


@dataclass(frozen=True, slots=True)
class MilestoneAhead:
    """A milestone that a cohort has before it; `achieved` by so many of the learners whom it counts for."""

    cohort_id: int
    cohort: str
    title: str
    due_on: date
    achieved: Share


def _row_id(within: Within) -> InstrumentedAttribute[int]:
    return Cohort.department_id if within.department_id is None else Cohort.id


def _here(within: Within) -> ColumnElement[bool]:
    """A condition on `Cohort`: one of these."""
    if within.department_id is not None:
        return Cohort.department_id == within.department_id
    return Cohort.department_id.in_(
        select(Department.id).where(Department.organisation_id == within.organisation_id)
    )


def _learning(day: date) -> ColumnElement[bool]:
    """A condition on `Enrolment`: a learner who is counted, as `learner_figures` counts."""
    return and_(state_sql.enrolled_on(day), ~state_sql.paused_on(day))


def progress(session: Session, day: Viewer, within: Within) -> dict[int, Progress]:
    overdue = state_sql.is_overdue(day.clock_day).label("overdue")
    row_id = _row_id(within)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row, status, late, number in session.execute(
        select(row_id, Target.status, overdue, func.count())
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Target, Target.plan_id == Enrolment.id)
        .where(_here(within), _learning(day.clock_day))
        .group_by(row_id, Target.status, overdue)
    ):
        counts[row][TargetState.OVERDUE if late else status] += number
    return {
        row: Progress(
            achieved=of[TargetStatus.ACHIEVED],
            in_progress=of[TargetStatus.IN_PROGRESS],
            overdue=of[TargetState.OVERDUE],
            to_come=of[TargetStatus.TO_COME],
            not_achieved=of[TargetStatus.NOT_ACHIEVED],
        )
        for row, of in counts.items()
    }


def reviews_due(session: Session, day: Viewer, within: Within) -> dict[int, ReviewsDue]:
    monday, sunday = rules.monday_of(day.today), rules.sunday_of(day.today)
    row_id = _row_id(within)
    next_on, last_on = Enrolment.next_review_on, Enrolment.last_review_on
    rows = session.execute(
        select(
            row_id,
            func.count().filter(next_on.between(monday, sunday)),
            func.count().filter(next_on < monday),
            func.count().filter(last_on.between(monday, day.today)),
        )
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(_here(within), _learning(day.clock_day))
        .group_by(row_id)
    )
    return {row: ReviewsDue(this_week, before, held) for row, this_week, before, held in rows}


def achieved(session: Session, day: Viewer, within: Within, of: Iterable[Group]) -> Mapping[int, Achieved]:
    """Counted from last Monday, as the headline of the pages does, and in the open weeks before."""
    since = last_monday(day.today)
    mondays = [since - timedelta(weeks=ago) for ago in range(PAST_WEEKS, 0, -1)]
    ids = [group.id for group in of]
    by_week = (
        _achieved_by_department(session, ids, mondays, since, day.today)
        if within.department_id is None
        else _achieved_by_cohort(session, within, mondays, day.today)
    )
    open_weeks = [monday for monday in mondays if not rules.week_is_closed(monday, day.closures)]
    return {
        row: Achieved(by_week[row, since], tuple(by_week[row, monday] for monday in open_weeks))
        for row in ids
    }


def _achieved_by_cohort(
    session: Session, within: Within, mondays: Sequence[date], today: date
) -> Mapping[tuple[int, date], int]:
    """{(cohort id, Monday): targets}; those of the days after the last week count for it too."""
    found: dict[tuple[int, date], int] = defaultdict(int)
    last = mondays[-1] + timedelta(weeks=1)
    for cohort_id, achieved_on, number in session.execute(
        select(Cohort.id, Target.achieved_on, func.count())
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Target, Target.plan_id == Enrolment.id)
        .where(_here(within), Target.achieved_on.between(mondays[0], today))
        .group_by(Cohort.id, Target.achieved_on)
    ):
        if achieved_on is not None:
            found[cohort_id, min(rules.monday_of(achieved_on), last)] += number
    return found


def _achieved_by_department(
    session: Session, ids: Sequence[int], mondays: Sequence[date], since: date, today: date
) -> Mapping[tuple[int, date], int]:
    """As kept day by day."""
    evenings = [monday - rules.ONE_DAY for monday in (*mondays, since)]
    figures = department_figures.read(session, ids, [*evenings, today])

    def until(department_id: int, evening: date) -> int:
        return figures[department_id, evening][Figure.ACHIEVED]

    ends = [*evenings[1:], today]
    return {
        (one, monday): until(one, end) - until(one, evening)
        for one in ids
        for monday, evening, end in zip((*mondays, since), evenings, ends, strict=True)
    }


def milestones(
    session: Session, day: Viewer, within: Within, shown: Collection[int], at_least: int
) -> tuple[MilestoneAhead, ...]:
    """Those of the next weeks, the nearest first, of the rows that are shown; none of fewer learners than
    `at_least`."""
    ahead = (
        select(Milestone.id)
        .join(Cohort, Cohort.id == Milestone.cohort_id)
        .where(
            _here(within),
            _row_id(within).in_(shown),
            Milestone.due_on.between(day.today, day.today + AHEAD),
        )
        .order_by(Milestone.due_on, Cohort.code, Milestone.position)
        .limit(MOST_MILESTONES)
    )
    rows = session.execute(_milestone_counts(day.clock_day).where(Milestone.id.in_(ahead.scalar_subquery())))
    return tuple(
        MilestoneAhead(row.cohort_id, row.code, row.short_title, row.due_on, Share(row.achieved, row.counted))
        for row in rows
        if row.counted >= at_least
    )


def _milestone_counts(day: date) -> Select[int, str, str, date | None, int, int]:
    achieved = Target.status == TargetStatus.ACHIEVED
    counted = Target.status.in_((*rules.OPEN_STATUSES, TargetStatus.ACHIEVED, TargetStatus.NOT_ACHIEVED))
    return (
        select(
            Milestone.cohort_id,
            Cohort.code,
            Milestone.short_title,
            Milestone.due_on,
            func.count().filter(achieved).label("achieved"),
            func.count().filter(counted).label("counted"),
        )
        .join(Cohort, Cohort.id == Milestone.cohort_id)
        .join(Target, Target.milestone_id == Milestone.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(_learning(day))
        .group_by(
            Milestone.id,
            Milestone.cohort_id,
            Cohort.code,
            Milestone.short_title,
            Milestone.due_on,
            Milestone.position,
        )
        .order_by(Milestone.due_on, Cohort.code, Milestone.position)
    )


def newest(session: Session, organisation_id: int) -> datetime | None:
    """When a change or a review was last recorded, by a person or an import; read by index."""
    found = [
        session.scalar(
            select(at).where(_of_organisation(plan_id, organisation_id)).order_by(at.desc()).limit(1)
        )
        for at, plan_id in ((Change.at, Change.plan_id), (Review.recorded_at, Review.plan_id))
    ]
    return max((at for at in found if at), default=None)


def _of_organisation(plan_id: InstrumentedAttribute[int], organisation_id: int) -> ColumnElement[bool]:
    return exists().where(
        Plan.id == plan_id,
        Enrolment.id == Plan.id,
        Cohort.id == Enrolment.cohort_id,
        Department.id == Cohort.department_id,
        Department.organisation_id == organisation_id,
    )


def open_days_since(at: datetime, day: Viewer) -> int:
    """Weekdays after it, up to today, on which the college was open."""
    first = at.astimezone(ZoneInfo(day.time_zone)).date()
    days = (first + timedelta(days=number) for number in range(1, min(366, (day.today - first).days) + 1))
    return sum(one.weekday() < 5 and rules.clock_day(one, day.closures) == one for one in days)
