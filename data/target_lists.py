"""The lists behind the cells of a department's page: targets, or learners, that a figure counts.

A list holds what its cell counts, by the same conditions. Which one is open lies in the page's address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from data import attention, review_schedule, rules, state_sql
from data.errors import NotFound
from data.models import Cohort, Enrolment, Learner, Target
from data.overdue_heatmap import COLUMNS, counted_and_past, late_by
from data.review_coverage import Week, weeks_until
from data.rules import Share, TargetState
from data.scope import Viewer, cohorts_seen_by

Kind = Literal["overdue", "coverage", "attention"]
MOST_SHOWN = 500
MOVED = "moved"
SORTS: Mapping[Kind, tuple[str, ...]] = {
    "overdue": ("late", "learner", "cohort", "target", "due", "moves"),
    "coverage": ("late", "learner", "cohort", "last"),
    "attention": ("rank", "learner", "cohort"),
}
"""What a list can be sorted by; the first is how it opens."""


@dataclass(frozen=True, slots=True)
class ListChoice:
    """Which list is open: of a cohort or of the whole department, in which order.

    `late` is a column of `rules.LATENESS`, MOVED or None for all; `week` the Monday of a coverage column.
    """

    kind: Kind
    cohort_id: int | None = None
    late: int | str | None = None
    by_first: bool = False
    week: date | None = None
    rule: str | None = None
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A learner, with the target that it is about, or the review. `days` is how late by the list's date."""

    learner_id: int
    learner: str
    sort_name: str
    cohort_id: int
    cohort: str
    days: int
    target_id: int | None = None
    title: str = ""
    state: TargetState | None = None
    due_on: date | None = None
    first_due_on: date | None = None
    moves: int = 0
    last_on: date | None = None
    findings: tuple[attention.Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenList:
    """An open list: `count` rows in all, of which at most `MOST_SHOWN` are here, the latest ones.

    `share` and `week` are those of a coverage cell, of whom the rows are the ones not covered.
    """

    choice: ListChoice
    cohort: str | None
    count: int
    rows: tuple[ListRow, ...]
    as_at: date
    week: Week | None = None
    share: Share | None = None


def chosen(query: Mapping[str, Any]) -> ListChoice | None:
    """The list that an address asks for, None where it asks for none; NotFound where it can't be one."""
    kind = query.get("list")
    if not kind:
        return None
    if kind not in SORTS:
        raise NotFound
    sort = str(query.get("sort") or "")
    return ListChoice(
        kind=kind,
        cohort_id=_number(query.get("cohort")),
        late=_late(query.get("late")) if kind == "overdue" else None,
        by_first=query.get("by") == "first",
        week=_day(query.get("week")) if kind == "coverage" else None,
        rule=_rule(query.get("rule")) if kind == "attention" else None,
        sort=sort if sort.removeprefix("-") in SORTS[kind] else SORTS[kind][0],
    )


def read(session: Session, viewer: Viewer, department_id: int, choice: ListChoice) -> OpenList:
    """Of the department's cohorts those that the viewer sees.

    Raises NotFound for a cohort of another department and for a week that the page doesn't show.
    """
    condition = and_(Cohort.department_id == department_id, cohorts_seen_by(viewer))
    cohort = _cohort_code(session, choice.cohort_id, condition) if choice.cohort_id else None
    if choice.cohort_id:
        condition = and_(condition, Cohort.id == choice.cohort_id)
    readers: dict[Kind, Callable[..., OpenList]] = {
        "overdue": _overdue,
        "coverage": _coverage,
        "attention": _attention,
    }
    return readers[choice.kind](session, viewer, department_id, choice, cohort, condition)


def _overdue(
    session: Session,
    viewer: Viewer,
    department_id: int,
    choice: ListChoice,
    cohort: str | None,
    condition: ColumnElement[bool],
) -> OpenList:
    day = viewer.clock_day
    by_due, by_first_due = late_by(Target.due_on, day), late_by(Target.first_due_on, day)
    judged = Target.first_due_on if choice.by_first or choice.late == MOVED else Target.due_on
    column = by_first_due if choice.by_first else by_due
    if choice.late == MOVED:
        in_cell = and_(by_due.is_(None), by_first_due.is_not(None))
    else:
        in_cell = column.is_not(None) if choice.late is None else column == choice.late
    found = session.execute(
        select(
            Target.id,
            Target.title,
            Target.status,
            Target.due_on,
            Target.first_due_on,
            Target.moves,
            Enrolment.starts_on,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            judged.label("judged_on"),
            func.count().over().label("in_all"),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(condition, counted_and_past(day), in_cell)
        .order_by(judged, Target.id)
        .limit(MOST_SHOWN)
    ).all()
    rows = [
        ListRow(
            learner_id=row.learner_id,
            learner=f"{row.given_name} {row.family_name}",
            sort_name=f"{row.family_name} {row.given_name}",
            cohort_id=row.cohort_id,
            cohort=row.code,
            days=rules.days_late(row.judged_on, day),
            target_id=row.id,
            title=row.title,
            state=rules.target_state(
                row.status, row.due_on, day, joined_on=row.starts_on, soon_days=viewer.soon.targets
            ),
            due_on=row.due_on,
            first_due_on=row.first_due_on,
            moves=row.moves,
        )
        for row in found
    ]
    return OpenList(choice, cohort, found[0].in_all if found else 0, _sorted(rows, choice.sort), viewer.today)


def _coverage(
    session: Session,
    viewer: Viewer,
    department_id: int,
    choice: ListChoice,
    cohort: str | None,
    condition: ColumnElement[bool],
) -> OpenList:
    """Those required but not covered, by their review clocks; this week by what is stored for today."""
    weeks = weeks_until(viewer)
    week = next((one for one in weeks if one.monday == choice.week), weeks[-1] if not choice.week else None)
    if week is None:
        raise NotFound
    if week.closed:
        return OpenList(choice, cohort, 0, (), viewer.today, week, Share(0, 0))
    if week.is_now:
        required, missed = _today(session, viewer.clock_day, condition)
    else:
        required, missed = _on(session, week.judged_on, condition)
    names = _learners(session, condition, missed)
    rows = [
        ListRow(*names[enrolment_id], days=(week.judged_on - due_on).days, due_on=due_on, last_on=last_on)
        for enrolment_id, (last_on, due_on) in missed.items()
    ]
    share = Share(required - len(missed), required)
    shown = _sorted(rows, choice.sort)[:MOST_SHOWN]
    return OpenList(choice, cohort, len(missed), shown, viewer.today, week, share)


Missed = dict[int, tuple[date | None, date]]
"""{enrolment id: (last review, the due date that has passed)}."""


def _today(session: Session, day: date, condition: ColumnElement[bool]) -> tuple[int, Missed]:
    rows = session.execute(
        select(Enrolment.id, Enrolment.last_review_on, Enrolment.next_review_on)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition, state_sql.required_today(day))
    ).all()
    return len(rows), {
        enrolment_id: (last_on, next_on)
        for enrolment_id, last_on, next_on in rows
        if next_on is not None and next_on < day
    }


def _on(session: Session, sunday: date, condition: ColumnElement[bool]) -> tuple[int, Missed]:
    cohort_ids = list(session.scalars(select(Cohort.id).where(condition)))
    clocks = review_schedule.review_clocks(session, cohort_ids)
    required, missed = 0, {}
    for of_cohort in clocks.values():
        for enrolment_id, clock in of_cohort.items():
            if not clock.required(sunday):
                continue
            required += 1
            due_on = clock.next_due(sunday)
            if due_on is not None and due_on < sunday:
                missed[enrolment_id] = (clock.last_held(sunday), due_on)
    return required, missed


def _learners(
    session: Session, condition: ColumnElement[bool], enrolment_ids: Mapping[int, Any]
) -> dict[int, tuple[int, str, str, int, str]]:
    """{enrolment id: (learner id, name, name to sort by, cohort id, cohort)}."""
    rows = session.execute(
        select(Enrolment.id, Learner.id, Learner.given_name, Learner.family_name, Cohort.id, Cohort.code)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition)
    )
    return {
        enrolment_id: (learner_id, f"{given} {family}", f"{family} {given}", cohort_id, code)
        for enrolment_id, learner_id, given, family, cohort_id, code in rows
        if enrolment_id in enrolment_ids
    }


def _attention(
    session: Session,
    viewer: Viewer,
    department_id: int,
    choice: ListChoice,
    cohort: str | None,
    condition: ColumnElement[bool],
) -> OpenList:
    """Everybody whom a rule names, or any rule; in the order of `attention.RANKING`."""
    found = attention.read(
        session, viewer, department_id, rule=choice.rule, cohort_id=choice.cohort_id, limit=MOST_SHOWN
    )
    rows = [
        ListRow(
            learner_id=one.learner_id,
            learner=one.name,
            sort_name=one.sort_name,
            cohort_id=one.cohort_id,
            cohort=one.cohort,
            days=max(finding.days for finding in one.findings),
            target_id=next((f.target_id for f in one.findings if f.target_id), None),
            findings=one.findings,
        )
        for one in found.learners
    ]
    return OpenList(choice, cohort, found.named, _sorted(rows, choice.sort), viewer.today)


def _sorted(rows: list[ListRow], sort: str) -> tuple[ListRow, ...]:
    """By a key of `SORTS`, backwards where it begins with a minus; late and often moved ones come first."""
    keys: dict[str, Callable[[ListRow], Any]] = {
        "late": lambda row: -row.days,
        "learner": lambda row: row.sort_name.casefold(),
        "cohort": lambda row: row.cohort,
        "target": lambda row: row.title.casefold(),
        "due": lambda row: row.due_on or date.max,
        "moves": lambda row: -row.moves,
        "last": lambda row: row.last_on or date.min,
        "rank": lambda row: 0,
    }
    return tuple(sorted(rows, key=keys[sort.removeprefix("-")], reverse=sort.startswith("-")))


def _cohort_code(session: Session, cohort_id: int, condition: ColumnElement[bool]) -> str:
    code = session.scalar(select(Cohort.code).where(Cohort.id == cohort_id, condition))
    if code is None:
        raise NotFound
    return code


def _number(text: Any) -> int | None:
    if not text:
        return None
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)


def _late(text: Any) -> int | str | None:
    if text == MOVED:
        return MOVED
    if text == "0":
        return 0
    column = _number(text)
    if column is not None and column >= len(COLUMNS):
        raise NotFound
    return column


def _rule(text: Any) -> str | None:
    if text and text not in attention.RULES:
        raise NotFound
    return text or None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        raise NotFound from None
