"""The overdue heatmap: open targets past their due date, by cohort (or department) and by how late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, null, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, QueryableAttribute, Session

from data import department_figures, rules, state_sql
from data.counted_days import LATE, LATE_BY_FIRST, Figure
from data.groups import Group, Within
from data.models import Cohort, Department, Enrolment, Target
from data.scope import Viewer
from data.statements import built_once

COLUMNS = tuple(label for _, _, label in rules.LATENESS)
MOST_HEAT = 9


@dataclass(frozen=True, slots=True)
class HeatmapRow:
    """One cohort's overdue targets: a count for each column of `rules.LATENESS`, by their due date and by
    their first one. `moved` counts those whose first due date has passed but whose current hasn't."""

    group: Group
    by_due: tuple[int, ...]
    by_first_due: tuple[int, ...]
    moved: int


@dataclass(frozen=True, slots=True)
class OverdueHeatmap:
    """Worst first: the row with most overdue targets. By first due date, the moved ones are among them.

    `recorded` says whether any target has ever been agreed here; `most` is the most that a cell holds.
    """

    rows: tuple[HeatmapRow, ...]
    by_first: bool
    as_at: date
    recorded: bool
    most: int = field(init=False)

    def __post_init__(self) -> None:
        most = max((count for row in self.rows for count in self.late(row)), default=0)
        object.__setattr__(self, "most", most)

    def late(self, row: HeatmapRow) -> tuple[int, ...]:
        """The row's counts by the due date that the heatmap is read by."""
        return row.by_first_due if self.by_first else row.by_due

    @property
    def column_totals(self) -> tuple[int, ...]:
        return tuple(sum(self.late(row)[column] for row in self.rows) for column in range(len(COLUMNS)))

    @property
    def total(self) -> int:
        return sum(self.column_totals)

    @property
    def overdue(self) -> int:
        """By current due dates, however the heatmap is read."""
        return sum(sum(row.by_due) for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(row.moved for row in self.rows)

    def heat(self, count: int) -> int:
        """0 for none to 9 for the most that any cell here holds (9 at least, so that one isn't alarming)."""
        return -(-count * MOST_HEAT // max(MOST_HEAT, self.most))


def read(
    session: Session, viewer: Viewer, within: Within, groups: Sequence[Group], *, by_first: bool = False
) -> OverdueHeatmap:
    """The heatmap of rows that `groups.read` gave for the same viewer; one query for the counts, one to
    tell an empty start from a good day."""
    if within.department_id is None:
        rows = _of_departments(session, viewer, groups)
    else:
        rows = _of_cohorts(session, viewer, within.department_id, groups)
    heatmap = OverdueHeatmap((), by_first, viewer.today, _any_target(session, within))

    def worst_first(row: HeatmapRow) -> tuple[object, ...]:
        late = heatmap.late(row)
        return (-sum(late), *(-count for count in reversed(late)), row.group.name)

    return replace(heatmap, rows=tuple(sorted(rows, key=worst_first)))


def late_by(due_on: QueryableAttribute[date | None], clock_day: date) -> ColumnElement[int | None]:
    """The column of `rules.LATENESS` that a target falls in by one of its two due dates; NULL where it isn't
    late by that, or where that lay before the learner joined."""
    return case((due_on >= Enrolment.starts_on, state_sql.lateness(due_on, clock_day)), else_=null())


def counted_and_past(clock_day: date) -> ColumnElement[bool]:
    """A condition: an open target that counts, of which either due date has passed."""
    return and_(
        state_sql.is_open(),
        or_(Target.due_on < clock_day, Target.first_due_on < clock_day),
        state_sql.counts(clock_day),
    )


def _of_cohorts(
    session: Session, viewer: Viewer, department_id: int, groups: Sequence[Group]
) -> list[HeatmapRow]:
    """Counted target by target."""
    counts: dict[int, Counter[tuple[int | None, int | None]]] = defaultdict(Counter)
    late = session.execute(_late_in_department(viewer.clock_day), {"department_id": department_id})
    for cohort_id, by_due, by_first_due, count in late:
        counts[cohort_id][by_due, by_first_due] += count
    return [_row(group, counts[group.id]) for group in groups]


@built_once
def _late_in_department(day: date) -> Select[int, int | None, int | None, int]:
    by_due, by_first_due = late_by(Target.due_on, day), late_by(Target.first_due_on, day)
    return (
        select(Cohort.id, by_due.label("by_due"), by_first_due.label("by_first_due"), func.count())
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Target, Target.plan_id == Enrolment.id)
        .where(Cohort.department_id == bindparam("department_id"), counted_and_past(day))
        .group_by(Cohort.id, text("by_due"), text("by_first_due"))
    )


def _row(group: Group, counts: Counter[tuple[int | None, int | None]]) -> HeatmapRow:
    """From {(column by due date, column by first due date): count}; a column is None where not late."""
    by_due, by_first_due = [0] * len(COLUMNS), [0] * len(COLUMNS)
    moved = 0
    for (late, late_by_first), count in counts.items():
        if late is not None:
            by_due[late] += count
        if late_by_first is not None:
            by_first_due[late_by_first] += count
            moved += count if late is None else 0
    return HeatmapRow(group, tuple(by_due), tuple(by_first_due), moved)


def _of_departments(session: Session, viewer: Viewer, groups: Sequence[Group]) -> list[HeatmapRow]:
    """As kept day by day."""
    day = viewer.clock_day
    figures = department_figures.read(session, [group.id for group in groups], [day])
    rows = []
    for group in groups:
        now = figures[group.id, day]
        by_due, by_first_due = tuple(now[f] for f in LATE), tuple(now[f] for f in LATE_BY_FIRST)
        rows.append(HeatmapRow(group, by_due, by_first_due, now[Figure.MOVED]))
    return rows


def _any_target(session: Session, within: Within) -> bool:
    """Whether any agreed target is recorded here."""
    if within.department_id is None:
        return (
            session.scalar(_a_target(Department.organisation_id), {"of": within.organisation_id}) is not None
        )
    return session.scalar(_a_target(Department.id), {"of": within.department_id}) is not None


@built_once
def _a_target(of: InstrumentedAttribute[int]) -> Select[int]:
    return (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .where(of == bindparam("of"), Target.status != rules.TargetStatus.PROPOSED)
        .limit(1)
    )
