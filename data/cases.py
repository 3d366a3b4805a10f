"""Cases: what several people work on together for one learner, with a lead, people, actions, notes and a
closing outcome. Each is read at its level of confidentiality, and by no guest; its history with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from data import college_prompts, confidential
from data.college_prompts import Outcome
from data.confidential import ChangeLine, Level
from data.models import (
    Case,
    CaseAction,
    CaseChange,
    CaseClosing,
    CaseNote,
    CaseOutcome,
    CasePerson,
    Enrolment,
    Person,
    Reach,
    Role,
    RoleAssignment,
    Writes,
)
from data.plan_head import PlanHead, head_of_learner
from data.rules import days_late
from data.scope import ONE_PLAN, Viewer, confidential_rows_read_by
from data.tutoring import tutored_by


@dataclass(frozen=True, slots=True)
class CasePersonLine:
    """Somebody who works on the case; `outsider` where they don't sign in."""

    id: int
    name: str
    part: str
    outsider: bool
    left_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class ActionLine:
    id: int
    what: str
    by_whom: str
    due_on: date
    done_on: date | None
    days_late: int
    version: int


@dataclass(frozen=True, slots=True)
class NoteLine:
    said: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """How the case closed, and why it was opened again if it was."""

    outcome: str
    said: str
    closed_on: date
    by: str
    reopened_on: date | None
    reopened_by: str
    reopened_why: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case: those at work first among the people, what isn't done first among the actions, notes and
    history newest first, closings in order."""

    id: int
    about: str
    confidentiality: int
    lead_id: int
    lead: str
    opened_on: date
    opened_by: str
    version: int
    people: tuple[CasePersonLine, ...]
    actions: tuple[ActionLine, ...]
    notes: tuple[NoteLine, ...]
    closings: tuple[ClosingLine, ...]
    history: tuple[ChangeLine, ...]

    @property
    def closed(self) -> ClosingLine | None:
        last = self.closings[-1] if self.closings else None
        return last if last is not None and last.reopened_on is None else None

    @property
    def waiting(self) -> tuple[ActionLine, ...]:
        """The actions that aren't done, the earliest due first."""
        return tuple(one for one in self.actions if one.done_on is None)


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """Somebody of the college who reads the plan and may change it: a lead, or one of the people, of a case
    up to the level that they read."""

    id: int
    name: str
    role: str
    reads: int


@dataclass(frozen=True, slots=True)
class CasesPage:
    """The cases of a plan that the viewer reads, the open ones first."""

    head: PlanHead
    today: date
    cases: tuple[CaseLine, ...]
    levels: tuple[Level, ...]
    staff: tuple[StaffChoice, ...]
    outcomes: tuple[Outcome, ...]
    viewer_id: int

    @property
    def may_write(self) -> bool:
        return self.head.written and self.head.may_write_support


def cases_read_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Enrolment` and `Case`: those that the viewer reads. A guest reads none at any level."""
    if any(grant.reach == ONE_PLAN for grant in viewer.grants):
        return false()
    return confidential_rows_read_by(viewer, Case.confidentiality)


def is_open() -> ColumnElement[bool]:
    """A condition on `Case`: it isn't closed, or was opened again since."""
    closed = exists().where(CaseClosing.case_id == Case.id, CaseClosing.reopened_on.is_(None))
    return ~closed.correlate(Case)


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> CasesPage:
    """The cases of the plan asked for, else of the current one, in ten queries however many there are.
    NotFound where the viewer sees no such plan."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    return CasesPage(
        head=head,
        today=viewer.today,
        cases=of_plan(session, viewer, head.id),
        levels=confidential.levels(session, viewer, head.id),
        staff=staff_of(session, viewer, head),
        outcomes=tuple(one for one in college_prompts.outcomes(session, viewer) if one.retired_on is None),
        viewer_id=viewer.person_id,
    )


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> tuple[CaseLine, ...]:
    """The plan's cases that the viewer reads, the open ones first, then by when they were opened."""
    opener = aliased(Person)
    rows: Sequence[Any] = session.execute(
        select(
            Case.id,
            Case.about,
            Case.confidentiality,
            Case.lead_id,
            Person.name.label("lead"),
            Case.opened_on,
            opener.name.label("opened_by"),
            Case.version,
        )
        .join(Enrolment, Enrolment.id == Case.plan_id)
        .join(Person, Person.id == Case.lead_id)
        .outerjoin(opener, opener.id == Case.opened_by_id)
        .where(Case.plan_id == plan_id, cases_read_by(viewer))
        .order_by(Case.opened_on.desc(), Case.id.desc())
    ).all()
    ids = [row.id for row in rows]
    here = ZoneInfo(viewer.time_zone)
    people, actions = _people(session, ids), actions_of(session, ids, viewer.clock_day)
    notes, closings, changes = (
        _notes(session, ids, here),
        _closings(session, ids),
        _history(session, ids, here),
    )
    cases = [
        CaseLine(
            row.id,
            row.about,
            row.confidentiality,
            row.lead_id,
            row.lead,
            row.opened_on,
            row.opened_by or "",
            row.version,
            tuple(people[row.id]),
            tuple(actions[row.id]),
            tuple(notes[row.id]),
            tuple(closings[row.id]),
            tuple(changes[row.id]),
        )
        for row in rows
    ]
    return tuple(sorted(cases, key=lambda one: one.closed is not None))


def staff_of(session: Session, viewer: Viewer, head: PlanHead) -> tuple[StaffChoice, ...]:
    """Who of the college may lead a case of the plan, by name: those whose role reaches it and may change
    its plan or its support."""
    tutors = exists().where(Enrolment.id == head.id, tutored_by(Person.id, viewer.today)).correlate(Person)
    reaches = or_(
        Role.reach == Reach.ORGANISATION,
        and_(Role.reach == Reach.DEPARTMENT, RoleAssignment.department_id == head.department_id),
        and_(Role.reach == Reach.CASELOAD, tutors),
    )
    rows = session.execute(
        select(Person.id, Person.name, Role.label, Role.reads_confidentiality)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .join(Role, Role.name == RoleAssignment.role_name)
        .where(
            Person.organisation_id == viewer.organisation_id,
            Person.disabled.is_(False),
            Role.writes.in_((Writes.PLANS, Writes.SUPPORT)),
            reaches,
        )
        .order_by(Role.reads_confidentiality)
    )
    highest = {row[0]: StaffChoice(*row) for row in rows}
    return tuple(sorted(highest.values(), key=lambda one: one.name.casefold()))


# --- what belongs to a case ------------------------------------------------------------------------------


def _people(session: Session, ids: Sequence[int]) -> Mapping[int, list[CasePersonLine]]:
    found: dict[int, list[CasePersonLine]] = defaultdict(list)
    for row, name in session.execute(
        select(CasePerson, Person.name)
        .outerjoin(Person, Person.id == CasePerson.person_id)
        .where(CasePerson.case_id.in_(ids))
        .order_by(CasePerson.left_on.is_not(None), CasePerson.id)
    ):
        found[row.case_id].append(
            CasePersonLine(
                row.id, name or row.name, row.part, row.person_id is None, row.left_on, row.version
            )
        )
    return found


def actions_of(session: Session, ids: Sequence[int], day: date) -> Mapping[int, list[ActionLine]]:
    """{case: its actions, what isn't done first, then by day}, of cases that were read for the viewer."""
    found: dict[int, list[ActionLine]] = defaultdict(list)
    for row in session.scalars(
        select(CaseAction)
        .where(CaseAction.case_id.in_(ids))
        .order_by(CaseAction.done_on.is_not(None), CaseAction.due_on, CaseAction.id)
    ):
        late = 0 if row.done_on else days_late(row.due_on, day)
        found[row.case_id].append(
            ActionLine(row.id, row.what, row.by_whom, row.due_on, row.done_on, late, row.version)
        )
    return found


def _notes(session: Session, ids: Sequence[int], here: ZoneInfo) -> Mapping[int, list[NoteLine]]:
    found: dict[int, list[NoteLine]] = defaultdict(list)
    for row, name in session.execute(
        select(CaseNote, Person.name)
        .outerjoin(Person, Person.id == CaseNote.by_id)
        .where(CaseNote.case_id.in_(ids))
        .order_by(CaseNote.written_at.desc(), CaseNote.id.desc())
    ):
        found[row.case_id].append(NoteLine(row.said, name or "", row.written_at.astimezone(here)))
    return found


def _closings(session: Session, ids: Sequence[int]) -> Mapping[int, list[ClosingLine]]:
    closer, opener = aliased(Person), aliased(Person)
    rows: Iterable[Any] = session.execute(
        select(CaseClosing, CaseOutcome.name, closer.name, opener.name)
        .join(CaseOutcome, CaseOutcome.id == CaseClosing.outcome_id)
        .outerjoin(closer, closer.id == CaseClosing.closed_by_id)
        .outerjoin(opener, opener.id == CaseClosing.reopened_by_id)
        .where(CaseClosing.case_id.in_(ids))
        .order_by(CaseClosing.id)
    )
    found: dict[int, list[ClosingLine]] = defaultdict(list)
    for row, outcome, by, reopened_by in rows:
        found[row.case_id].append(
            ClosingLine(
                outcome,
                row.said,
                row.closed_on,
                by or "",
                row.reopened_on,
                reopened_by or "",
                row.reopened_why,
            )
        )
    return found


def _history(session: Session, ids: Sequence[int], here: ZoneInfo) -> Mapping[int, list[ChangeLine]]:
    found: dict[int, list[ChangeLine]] = defaultdict(list)
    for row, name in session.execute(
        select(CaseChange, Person.name)
        .outerjoin(Person, Person.id == CaseChange.by_id)
        .where(CaseChange.case_id.in_(ids))
        .order_by(CaseChange.at.desc(), CaseChange.id.desc())
    ):
        found[row.case_id].append(
            ChangeLine(row.at.astimezone(here), name or "", row.field, row.old, row.new)
        )
    return found
