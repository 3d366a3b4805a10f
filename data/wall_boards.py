"""What walls show: figures of cohorts, or of departments, in which nobody can be made out.

The figures are those of the department's and the organisation's page, by the same functions, and a few that
only walls show. The queries name no column that holds personal data (a test reads them). What is about too
few learners is left out here, so that nothing further on can show it: see `small_groups`. It is decided for
a department as a whole, whatever a wall shows of it, so that two walls together show no more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import groups, overdue_heatmap, review_coverage, rules, wall_counts
from data.errors import NotFound
from data.groups import Group, Within
from data.headline import last_monday
from data.models import Department, Organisation
from data.review_coverage import Week
from data.rules import Share
from data.scope import Viewer, load_closures, today_in
from data.small_groups import hidden
from data.wall_counts import Achieved, MilestoneAhead, Progress, ReviewsDue

PAST_WEEKS = 12
AHEAD = timedelta(weeks=4)
MOST_MILESTONES = 200
NOBODY = 0
"""The id of the person who looks at a wall."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures are read together: a department's cohorts, or an organisation's departments where
    `department_id` is None. Groups of fewer than `at_least` learners are left out."""

    organisation_id: int
    department_id: int | None
    at_least: int


@dataclass(frozen=True, slots=True)
class Row:
    """A cohort, or a department, with what may be shown of it.

    `left` is None where some left, but too few to say how many. A share of `weeks` is None where too few
    learners were counted that week.
    """

    id: int
    name: str
    learners: int
    left: int | None
    progress: Progress
    weeks: tuple[Share | None, ...]
    late: tuple[int, ...]
    moved: int
    due: ReviewsDue
    achieved: Achieved

    @property
    def reviewed(self) -> Share | None:
        """Review coverage today."""
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class Figures:
    """What walls of one scope show of it on a day; `rows` by name, `left_out` the rows that aren't shown.

    `newest` is when anything was last recorded, `quiet_days` how many open days ago. `since` is the Monday
    from which `Row.achieved` counts. `ahead` is how far the organisation's day is from the clock's: not at
    all, but for a demonstration and where today is a fixed day.
    """

    name: str
    kind: str
    today: date
    time_zone: str
    ahead: timedelta
    at_least: int
    since: date
    goal: int
    weeks: tuple[Week, ...]
    rows: tuple[Row, ...]
    left_out: tuple[tuple[int, str], ...]
    milestones: tuple[MilestoneAhead, ...]
    newest: datetime | None
    quiet_days: int

    def only(self, cohort_ids: frozenset[int]) -> Figures:
        """The same of some cohorts."""
        return replace(
            self,
            rows=tuple(row for row in self.rows if row.id in cohort_ids),
            left_out=tuple(one for one in self.left_out if one[0] in cohort_ids),
            milestones=tuple(one for one in self.milestones if one.cohort_id in cohort_ids),
        )


def together(some: Sequence[Figures]) -> Figures:
    """Figures of several departments' cohorts as one, under the names of all."""
    if len(some) == 1:
        return some[0]
    return replace(
        some[0],
        name=", ".join(one.name for one in some),
        rows=tuple(sorted((row for one in some for row in one.rows), key=lambda row: row.name)),
        left_out=tuple(left_out for one in some for left_out in one.left_out),
        milestones=tuple(
            sorted((one for of in some for one in of.milestones), key=lambda one: (one.due_on, one.cohort))
        ),
    )


def looker(
    session: Session, organisation_id: int, now: datetime, fixed_today: date | None, soon: rules.Soon
) -> Viewer:
    """Who looks at a wall: nobody, without any role, on the organisation's day."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return Viewer(
        person_id=NOBODY,
        organisation_id=organisation_id,
        name="",
        today=fixed_today or organisation.demo_today or today_in(organisation.time_zone, now),
        organisation_name=organisation.name,
        time_zone=organisation.time_zone,
        coverage_goal=organisation.coverage_goal,
        closures=load_closures(session, organisation_id),
        soon=soon,
        time_of_day=now.astimezone(ZoneInfo(organisation.time_zone)).timetz(),
    )


def read(session: Session, scope: Scope, day: Viewer, now: datetime) -> Figures:
    """All that walls of this scope may show, in a fixed number of queries. `day` is that of `looker`."""
    within = _within(session, scope, day)
    of = groups.read(session, day, within)
    heatmap = overdue_heatmap.read(session, day, within, of)
    coverage = review_coverage.read(session, day, within, of)
    kept_back = hidden({group.id: _counted(group) for group in of}, scope.at_least)
    shares = {
        row.group.id: shares
        for row, shares in zip(coverage.rows, _shares(coverage, scope.at_least), strict=True)
    }
    late = {row.group.id: row for row in heatmap.rows}
    progress = wall_counts.progress(session, day, within)
    due = wall_counts.reviews_due(session, day, within)
    achieved = wall_counts.achieved(session, day, within, of)
    rows = tuple(
        Row(
            id=group.id,
            name=group.name,
            learners=group.learners,
            left=group.left_this_year
            if group.left_this_year == 0 or group.left_this_year >= scope.at_least
            else None,
            progress=progress.get(group.id, Progress()),
            weeks=shares[group.id],
            late=late[group.id].by_due,
            moved=late[group.id].moved,
            due=due.get(group.id, ReviewsDue(0, 0, 0)),
            achieved=achieved[group.id],
        )
        for group in of
        if group.id not in kept_back and _counted(group)
    )
    shown = {row.id for row in rows}
    newest = wall_counts.newest(session, scope.organisation_id)
    return Figures(
        name=within.name,
        kind="cohort" if scope.department_id else "department",
        today=day.today,
        time_zone=day.time_zone,
        ahead=day.today - today_in(day.time_zone, now),
        at_least=scope.at_least,
        since=last_monday(day.today),
        goal=coverage.goal,
        weeks=coverage.weeks,
        rows=rows,
        left_out=tuple((group.id, group.name) for group in of if group.id in kept_back),
        milestones=wall_counts.milestones(session, day, within, shown, scope.at_least),
        newest=newest.astimezone(ZoneInfo(day.time_zone)) if newest else None,
        quiet_days=wall_counts.open_days_since(newest, day) if newest else 0,
    )


def _within(session: Session, scope: Scope, day: Viewer) -> Within:
    if scope.department_id is None:
        return Within(scope.organisation_id, day.organisation_name)
    name = session.scalar(
        select(Department.name).where(
            Department.id == scope.department_id, Department.organisation_id == scope.organisation_id
        )
    )
    if name is None:
        raise NotFound
    return Within(scope.organisation_id, name, scope.department_id)


def _counted(group: Group) -> int:
    """The learners whom a row's figures are about: enrolled and not on a break."""
    return group.learners - group.paused


def _shares(coverage: review_coverage.ReviewCoverage, at_least: int) -> list[tuple[Share | None, ...]]:
    """Each row's coverage by week; a week's share is None where too few are counted in it."""
    kept_back = [
        hidden({at: row.shares[week].of for at, row in enumerate(coverage.rows)}, at_least)
        for week in range(len(coverage.weeks))
    ]
    return [
        tuple(None if at in kept_back[week] else share for week, share in enumerate(row.shares))
        for at, row in enumerate(coverage.rows)
    ]
