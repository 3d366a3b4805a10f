"""Review coverage by cohort (or department) and week: is every learner reviewed as often as the rule says?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from data import department_figures, rules
from data.counted_days import Figure
from data.groups import Group, Within
from data.models import Cohort, CoverageSpan, ReviewKind
from data.review_schedule import load_review_rules
from data.rules import ReviewRule, Share
from data.scope import Viewer
from data.statements import built_once

WEEKS = 12
MOST_HEAT = 9
POINTS_A_SHADE = 5
NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Week:
    """A column: judged on its Sunday, or today where that hasn't come; no figures where it is closed."""

    monday: date
    judged_on: date
    closed: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One cohort's coverage, a share for each week."""

    group: Group
    shares: tuple[Share, ...]

    @property
    def recorded(self) -> bool:
        return self.group.reviews_recorded


@dataclass(frozen=True, slots=True)
class Counted:
    """What every figure of coverage says beside it: the rule in force (its `from_on` is its version), and
    the kinds of review that count, and those that don't, by name."""

    rule: ReviewRule | None
    kinds: tuple[str, ...]
    kinds_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewCoverage:
    weeks: tuple[Week, ...]
    rows: tuple[CoverageRow, ...]
    goal: int
    as_at: date
    counted: Counted

    def heat(self, share: Share) -> int:
        """0 at the goal or above, then a shade for each five points below it, up to 9."""
        below = self.goal - (share.percent or 0)
        return min(MOST_HEAT, max(0, -(-below // POINTS_A_SHADE)))


def read(session: Session, viewer: Viewer, within: Within, groups: Sequence[Group]) -> ReviewCoverage:
    """The coverage of rows that `groups.read` gave for the same viewer; in three queries."""
    weeks = weeks_until(viewer)
    sundays = [week.judged_on for week in weeks if not week.is_now]
    if within.department_id is None:
        past = _of_departments(session, groups, sundays)
    else:
        past = _of_cohorts(session, within.department_id, sundays)
    rows = tuple(
        CoverageRow(
            group,
            tuple(group.reviewed if week.is_now else past[group.id, week.judged_on] for week in weeks),
        )
        for group in groups
    )
    return ReviewCoverage(weeks, rows, viewer.coverage_goal, viewer.today, counted(session, viewer))


def weeks_until(viewer: Viewer) -> tuple[Week, ...]:
    """The twelve weeks that end with this one, which is judged on the clock day."""
    this_monday = rules.monday_of(viewer.today)
    mondays = [this_monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    return tuple(
        Week(
            monday=monday,
            judged_on=viewer.clock_day if monday == this_monday else rules.sunday_of(monday),
            closed=rules.week_is_closed(monday, viewer.closures),
            is_now=monday == this_monday,
        )
        for monday in mondays
    )


def _of_cohorts(
    session: Session, department_id: int, sundays: Sequence[date]
) -> Mapping[tuple[int, date], Share]:
    """{(cohort id, Sunday): coverage}, from the spans that `review_schedule` keeps."""
    found: dict[tuple[int, date], Share] = defaultdict(lambda: NOTHING)
    asked = {"department_id": department_id, "first": sundays[0], "last": sundays[-1]}
    for cohort_id, from_sunday, until_sunday, required, covered in session.execute(_spans(), asked):
        for sunday in sundays:
            if from_sunday <= sunday <= until_sunday:
                found[cohort_id, sunday] = Share(covered, required)
    return found


@built_once
def _spans() -> Select[int, date, date, int, int]:
    return (
        select(
            CoverageSpan.cohort_id,
            CoverageSpan.from_sunday,
            CoverageSpan.until_sunday,
            CoverageSpan.required,
            CoverageSpan.covered,
        )
        .join(Cohort, Cohort.id == CoverageSpan.cohort_id)
        .where(
            Cohort.department_id == bindparam("department_id"),
            CoverageSpan.from_sunday <= bindparam("last"),
            CoverageSpan.until_sunday >= bindparam("first"),
        )
    )


def _of_departments(
    session: Session, groups: Sequence[Group], sundays: Sequence[date]
) -> Mapping[tuple[int, date], Share]:
    """{(department id, Sunday): coverage}, as kept day by day."""
    ids = [group.id for group in groups]
    figures = department_figures.read(session, ids, sundays, (Figure.COVERED, Figure.REQUIRED))
    return {key: Share(of_day[Figure.COVERED], of_day[Figure.REQUIRED]) for key, of_day in figures.items()}


def counted(session: Session, viewer: Viewer) -> Counted:
    """What counts in the viewer's organisation, in two queries."""
    review_rules = load_review_rules(session, viewer.organisation_id)
    kinds = session.execute(_kinds(), {"organisation_id": viewer.organisation_id}).all()
    return Counted(
        rules.rule_in_force(review_rules, viewer.today),
        tuple(name for name, counts in kinds if counts),
        tuple(name for name, counts in kinds if not counts),
    )


@built_once
def _kinds() -> Select[str, bool]:
    return (
        select(ReviewKind.name, ReviewKind.counts)
        .where(ReviewKind.organisation_id == bindparam("organisation_id"))
        .order_by(ReviewKind.position)
    )
