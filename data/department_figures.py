"""Keeps each department's figures day by day in step with the facts, so that a page reads one row for a day.

A department's figures on any day, today's and last Monday's alike, are the numbers of `counted_days` spans
that hold the day. They are stored as rows that hold from their day until the next row's (and the last one
for ever), so that nothing need be written when a day passes. A write of a few plans goes inside `keeping`,
which changes the rows by the difference; whoever writes in bulk calls `rebuild` at the end, or
`rebuild_reviews` where only dates of reviews moved. All belong to the transaction of the write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Select, bindparam, delete, func, insert, literal, select, true, union_all, update
from sqlalchemy.orm import Session, aliased

from data import review_schedule
from data.counted_days import Figure, PlanFacts, TargetFacts, counted_days
from data.models import (
    Change,
    Cohort,
    Department,
    DepartmentFigures,
    EndReason,
    Enrolment,
    Organisation,
    Plan,
    Target,
)
from data.statements import built_once

Figures = Mapping[Figure, int]
Differences = dict[int, dict[date, dict[Figure, int]]]
"""{department id: {day: {figure: how much more from that day on}}}."""

HISTORY_FIELDS = ("status", "due_on")
OF_REVIEWS = (Figure.REQUIRED, Figure.COVERED)


def read(
    session: Session,
    department_ids: Sequence[int],
    days: Sequence[date],
    figures: tuple[Figure, ...] = tuple(Figure),
) -> dict[tuple[int, date], Figures]:
    """{(department id, day): figures} for each department and day, in one query; all 0 before any row."""
    rows = session.execute(_on(tuple(sorted(set(days))), figures), {"department_ids": department_ids})
    nothing: Figures = dict.fromkeys(figures, 0)
    found: dict[tuple[int, date], Figures] = {(one, day): nothing for one in department_ids for day in days}
    for department_id, day, *counts in rows:
        found[department_id, day] = dict(zip(figures, counts, strict=True))
    return found


@built_once
def _on(days: tuple[date, ...], figures: tuple[Figure, ...]) -> Select[*tuple[Any, ...]]:
    wanted = union_all(*(select(literal(day, Date).label("day")) for day in days)).cte("wanted")
    other = aliased(DepartmentFigures)
    latest = (
        select(func.max(other.from_on))
        .where(other.department_id == Department.id, other.from_on <= wanted.c.day)
        .correlate(Department, wanted)
        .scalar_subquery()
    )
    return (
        select(Department.id, wanted.c.day, *(getattr(DepartmentFigures, figure) for figure in figures))
        .select_from(Department)
        .join(wanted, true())
        .join(
            DepartmentFigures,
            (DepartmentFigures.department_id == Department.id) & (DepartmentFigures.from_on == latest),
        )
        .where(Department.id.in_(bindparam("department_ids", expanding=True)))
    )


@contextmanager
def keeping(session: Session, plan_ids: Iterable[int]) -> Iterator[None]:
    """Keep the figures in step with what the block writes of these plans; the caller commits.

    Two writers of one plan take turns, so that neither counts the other's change as its own.
    """
    ids = sorted(set(plan_ids))
    session.execute(select(Plan.id).where(Plan.id.in_(ids)).order_by(Plan.id).with_for_update(key_share=True))
    before = _differences(session, Enrolment.id.in_(ids))
    yield
    session.flush()
    after = _differences(session, Enrolment.id.in_(ids))
    for department_id in sorted(before.keys() | after.keys()):
        _apply(session, department_id, _less(after[department_id], before[department_id]))


def rebuild(session: Session, department_ids: Iterable[int]) -> None:
    """Write the figures of these departments anew from all their facts; the caller commits."""
    session.flush()
    for department_id in sorted(set(department_ids)):
        _take_turns(session, department_id)
        found = _differences(session, Cohort.department_id == department_id)
        _write(session, department_id, found[department_id])


def rebuild_reviews(session: Session, department_ids: Iterable[int]) -> None:
    """Write anew what the review clocks of these departments decide, and leave what targets do; the caller
    commits. A rule or a closed week moves reviews of whole colleges, and targets are the most to count."""
    session.flush()
    for department_id in sorted(set(department_ids)):
        _take_turns(session, department_id)
        found = _differences(session, Cohort.department_id == department_id, with_targets=False)
        merged = _stored(session, department_id)
        for day in merged.keys() | found[department_id].keys():
            merged[day] |= {figure: found[department_id][day][figure] for figure in OF_REVIEWS}
        _write(session, department_id, merged)


def _stored(session: Session, department_id: int) -> dict[date, dict[Figure, int]]:
    """What each of a department's rows has more than the one before it."""
    columns = [getattr(DepartmentFigures, figure) for figure in Figure]
    rows = session.execute(
        select(DepartmentFigures.from_on, *columns)
        .where(DepartmentFigures.department_id == department_id)
        .order_by(DepartmentFigures.from_on)
    )
    found: dict[date, dict[Figure, int]] = defaultdict(dict)
    before: Sequence[int] = [0] * len(Figure)
    for day, *counts in rows:
        found[day] = {
            figure: n - was for figure, n, was in zip(Figure, counts, before, strict=True) if n != was
        }
        before = counts
    return found


def _write(session: Session, department_id: int, differences: Mapping[date, Mapping[Figure, int]]) -> None:
    """A department's rows anew, which are locked."""
    session.execute(delete(DepartmentFigures).where(DepartmentFigures.department_id == department_id))
    rows = list(_running_totals(department_id, differences))
    if rows:
        session.execute(insert(DepartmentFigures), rows)


def _take_turns(session: Session, department_id: int) -> None:
    """Lock the department's figures until the end of the transaction (SQLite has one writer in any case)."""
    session.execute(
        select(Department.id).where(Department.id == department_id).with_for_update(key_share=True)
    )


def _running_totals(
    department_id: int, differences: Mapping[date, Mapping[Figure, int]]
) -> Iterator[dict[str, Any]]:
    totals = dict.fromkeys(Figure, 0)
    for day in sorted(differences):
        if not any(differences[day].values()):
            continue  # a day on which closed weeks moved something before they were removed, say
        for figure, more in differences[day].items():
            totals[figure] += more
        yield {"department_id": department_id, "from_on": day} | {f.value: n for f, n in totals.items()}


def _less(
    after: Mapping[date, Mapping[Figure, int]], before: Mapping[date, Mapping[Figure, int]]
) -> dict[date, dict[Figure, int]]:
    """What `after` has more than `before`; days and figures without a difference are left out."""
    result = {}
    for day in after.keys() | before.keys():
        now, then = after.get(day, {}), before.get(day, {})
        changed = {f: more for f in now.keys() | then.keys() if (more := now.get(f, 0) - then.get(f, 0))}
        if changed:
            result[day] = changed
    return result


def _apply(session: Session, department_id: int, differences: Mapping[date, Mapping[Figure, int]]) -> None:
    """Add the differences to the stored rows, with a row of its own for each day on which they begin."""
    if not differences:
        return
    _take_turns(session, department_id)
    days = sorted(differences)
    _add_rows(session, department_id, days)
    totals = dict.fromkeys(Figure, 0)
    for day, until in zip(days, [*days[1:], None], strict=True):
        for figure, more in differences[day].items():
            totals[figure] += more
        changed = {figure.value: getattr(DepartmentFigures, figure) + n for figure, n in totals.items() if n}
        if changed:
            span = [DepartmentFigures.department_id == department_id, DepartmentFigures.from_on >= day]
            if until is not None:
                span.append(DepartmentFigures.from_on < until)
            session.execute(
                update(DepartmentFigures).where(*span).values(changed),
                execution_options={"synchronize_session": False},
            )


def _add_rows(session: Session, department_id: int, days: Sequence[date]) -> None:
    """A row for each of these days, the same as the one that held the day so far."""
    there = select(DepartmentFigures.from_on).where(
        DepartmentFigures.department_id == department_id, DepartmentFigures.from_on.in_(days)
    )
    missing = sorted(set(days) - set(session.scalars(there)))
    if not missing:
        return
    held = read(session, [department_id], missing)
    session.execute(
        insert(DepartmentFigures),
        [
            {"department_id": department_id, "from_on": day}
            | {figure.value: count for figure, count in held[department_id, day].items()}
            for day in missing
        ],
    )


# --- the facts -----------------------------------------------------------------------------------------


def _differences(session: Session, condition: Any, *, with_targets: bool = True) -> Differences:
    """Where the figures of these plans' departments rise and fall, summed over the plans.

    `condition` is one on Enrolment or Cohort. Without targets, the figures that count them are too low.
    """
    found: Differences = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for department_id, plan in plan_facts(session, condition, with_targets=with_targets):
        of_department = found[department_id]
        for figure, span in counted_days(plan):
            of_department[span.from_on][figure] += 1
            if span.back_on is not None:
                of_department[span.back_on][figure] -= 1
    return found


def plan_facts(
    session: Session, condition: Any, *, with_targets: bool = True
) -> Iterator[tuple[int, PlanFacts]]:
    """(department id, facts) of each enrolment that fits, in a fixed number of queries."""
    rows = session.execute(
        select(Enrolment.id, Enrolment.cohort_id, Cohort.department_id, Enrolment.end_reason)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition)
    ).all()
    clocks = review_schedule.review_clocks(session, sorted({row.cohort_id for row in rows}))
    targets = _target_facts(session, condition) if with_targets else {}
    for enrolment_id, cohort_id, department_id, end_reason in rows:
        yield (
            department_id,
            PlanFacts(
                clock=clocks[cohort_id][enrolment_id],
                completed=end_reason == EndReason.COMPLETED,
                targets=tuple(targets.get(enrolment_id, ())),
            ),
        )


def _target_facts(session: Session, condition: Any) -> dict[int, list[TargetFacts]]:
    """{plan id: its targets with their history}."""
    changes = _histories(session, condition)
    found: dict[int, list[TargetFacts]] = defaultdict(list)
    for row in session.execute(
        select(
            Target.id,
            Target.plan_id,
            Target.status,
            Target.due_on,
            Target.first_due_on,
            Target.created_on,
            Target.closed_on,
            Target.achieved_on,
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition)
    ):
        found[row.plan_id].append(
            TargetFacts(
                status=row.status,
                due_on=row.due_on,
                first_due_on=row.first_due_on,
                created_on=row.created_on,
                closed_on=row.closed_on,
                achieved_on=row.achieved_on,
                status_changes=changes.get((row.id, "status"), ()),
                due_changes=changes.get((row.id, "due_on"), ()),
            )
        )
    return found


def _histories(
    session: Session, condition: Any
) -> dict[tuple[int, str], list[tuple[date, str | None, str | None]]]:
    """{(target id, field): its changes, oldest first, by the organisation's calendar}."""
    found: dict[tuple[int, str], list[tuple[date, str | None, str | None]]] = defaultdict(list)
    for target_id, field, old, new, at, time_zone in session.execute(
        select(Change.target_id, Change.field, Change.old, Change.new, Change.at, Organisation.time_zone)
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Department, Department.id == Cohort.department_id)
        .join(Organisation, Organisation.id == Department.organisation_id)
        .where(condition, Change.target_id.is_not(None), Change.field.in_(HISTORY_FIELDS))
        .order_by(Change.at, Change.id)
    ):
        if target_id is not None:
            found[target_id, field].append((at.astimezone(ZoneInfo(time_zone)).date(), old, new))
    return found
