"""Opens cases, changes them, closes them and opens them again: each change with its history, which is as
confidential as the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college_prompts, confidential, plan_days
from data.cases import cases_read_by, is_open, staff_of
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    Case,
    CaseAction,
    CaseChange,
    CaseClosing,
    CaseNote,
    CasePerson,
    Enrolment,
    Person,
    Writes,
)
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer

SAVED_KIND = "case"
STAFF = (Writes.PLANS, Writes.SUPPORT)
CLOSED = "This case is closed. Please open it again first, with a word why."
Value = str | int | date | None
Row = TypeVar("Row", CaseAction, CasePerson)


def open_case(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new case of a plan with its lead. Raises NotFound, Refused."""
    head = require_plan(session, viewer, typed.id("plan"), *STAFF)
    opened_on = plan_days.chosen(typed, "opened_on", "Please choose the day on which it was opened.")
    plan_days.not_before_the_plan(head, opened_on, "opened_on")
    plan_days.not_after_today(viewer, opened_on, "opened_on")
    case = Case(
        plan_id=head.id,
        opened_on=opened_on,
        opened_by_id=viewer.person_id,
        **_values(session, viewer, head, typed),
    )
    session.add(case)
    session.flush()
    record(session, viewer, case.id, "created", None, case.about)
    return _saved(head, case, "The case is open.")


def change_case(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """What it is about, who leads it, who reads it. Raises NotFound, Refused, ChangedElsewhere."""
    case, head = _found(session, viewer, typed)
    _change(session, viewer, case.id, case, typed.version(), _values(session, viewer, head, typed), "")
    return _saved(head, case, "The case is saved.")


def add_person(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Somebody of the college, or an outsider by name, works on the case. Raises NotFound, Refused."""
    case, head = _found(session, viewer, typed)
    chosen, name = typed.line("person_id"), typed.line("name")
    if bool(chosen) == bool(name):
        raise Refused("Please choose somebody of the college, or write the name of somebody else.", "name")
    person_id = (
        _staff_typed(session, viewer, head, typed, "person_id", case.confidentiality) if chosen else None
    )
    if person_id is not None and session.scalar(
        select(CasePerson.id).where(
            CasePerson.case_id == case.id, CasePerson.person_id == person_id, CasePerson.left_on.is_(None)
        )
    ):
        raise Refused("They work on this case already.", "person_id")
    row = CasePerson(case_id=case.id, person_id=person_id, name=name, part=typed.line("part"))
    session.add(row)
    session.flush()
    called = name or session.get_one(Person, person_id).name
    record(session, viewer, case.id, "person", None, called)
    return _saved(head, case, f"{called} works on this case.")


def person_left(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Somebody doesn't work on the case any more; that they did stays. Raises NotFound, Refused,
    ChangedElsewhere."""
    row = _part(session, CasePerson, typed.id("person"))
    case, head = _found(session, viewer, typed, row.case_id)
    _change(session, viewer, case.id, row, typed.version(), {"left_on": viewer.today}, "person ")
    return _saved(head, case, "They don’t work on this case any more.")


def add_action(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Who does what by when. Raises NotFound, Refused."""
    case, head = _found(session, viewer, typed)
    row = CaseAction(case_id=case.id, **_action_typed(viewer, typed))
    session.add(row)
    session.flush()
    record(session, viewer, case.id, "action", None, f"{row.by_whom}: {row.what}")
    return _saved(head, case, "The action is added.")


def change_action(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Change an action, or say on which day it was done. Raises NotFound, Refused, ChangedElsewhere."""
    row = _part(session, CaseAction, typed.id("action"))
    case, head = _found(session, viewer, typed, row.case_id)
    done_on = typed.day("done_on")
    plan_days.not_after_today(viewer, done_on, "done_on")
    values = _action_typed(viewer, typed) | {"done_on": done_on}
    _change(session, viewer, case.id, row, typed.version(), values, "action ")
    return _saved(head, case, "The action is saved.")


def add_note(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A note with today's date; notes are never changed. Raises NotFound, Refused."""
    case, head = _found(session, viewer, typed)
    said = typed.text("said", required="Please write the note.")
    session.add(CaseNote(case_id=case.id, said=said, by_id=viewer.person_id, written_at=viewer.now))
    session.flush()
    return _saved(head, case, "The note is added.")


def close_case(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Close a case with its outcome and a word on it. Raises NotFound, Refused, ChangedElsewhere."""
    case, head = _found(session, viewer, typed)
    known = {str(one.id): one for one in college_prompts.outcomes(session, viewer) if one.retired_on is None}
    outcome = known[typed.choice("outcome_id", known, required="Please choose how it closes.")]
    said = typed.text("said", required="Please say in a sentence what it came to.")
    closed_on = plan_days.chosen(typed, "closed_on", "Please choose the day on which it closed.")
    plan_days.not_after_today(viewer, closed_on, "closed_on")
    if closed_on < case.opened_on:
        raise Refused(
            f"The case was opened on {plan_days.long_day(case.opened_on)}. Please choose that day or a later"
            " one.",
            "closed_on",
        )
    session.add(
        CaseClosing(
            case_id=case.id,
            outcome_id=outcome.id,
            said=said,
            closed_on=closed_on,
            closed_by_id=viewer.person_id,
        )
    )
    _next_version(session, viewer, case, typed.version())
    record(session, viewer, case.id, "closed", None, outcome.name)
    return _saved(head, case, "The case is closed. Nothing of it is lost.")


def reopen_case(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Open a closed case again, with a word why; its closing stays. Raises NotFound, Refused,
    ChangedElsewhere."""
    case, head = _found(session, viewer, typed, closed=True)
    why = typed.text("reopened_why", required="Please say why it is opened again.")
    _next_version(session, viewer, case, typed.version())
    closing = session.scalars(
        select(CaseClosing).where(CaseClosing.case_id == case.id, CaseClosing.reopened_on.is_(None))
    ).one()
    closing.reopened_on, closing.reopened_by_id, closing.reopened_why = viewer.today, viewer.person_id, why
    record(session, viewer, case.id, "reopened", None, why)
    return _saved(head, case, "The case is open again.")


# --- the case, and what was typed ------------------------------------------------------------------------


def _found(
    session: Session, viewer: Viewer, typed: Typed, case_id: int | None = None, *, closed: bool = False
) -> tuple[Case, PlanHead]:
    """The case, locked, and its plan. NotFound where the viewer doesn't read it, Refused where they may not
    change it or it isn't open (`closed`: isn't closed)."""
    row = session.execute(
        select(Case, is_open())
        .join(Enrolment, Enrolment.id == Case.plan_id)
        .where(Case.id == (case_id or typed.id("case")), cases_read_by(viewer))
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    case, open_now = row
    head = require_plan(session, viewer, case.plan_id, *STAFF)
    if closed and open_now:
        raise Refused("This case is open already.")
    if not closed and not open_now:
        raise Refused(CLOSED)
    return case, head


def _part(session: Session, table: type[Row], row_id: int) -> Row:
    row = session.get(table, row_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _values(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    level = confidential.level_typed(session, viewer, head.id, typed)
    return {
        "about": typed.line("about", required="Please say what the case is about."),
        "confidentiality": level,
        "lead_id": _staff_typed(session, viewer, head, typed, "lead_id", level),
    }


def _staff_typed(
    session: Session, viewer: Viewer, head: PlanHead, typed: Typed, field: str, level: int
) -> int:
    """Somebody of the college who reads the case: who doesn't can't work on it."""
    known = {str(one.id): one for one in staff_of(session, viewer, head)}
    one = known[typed.choice(field, known, required="Please choose who leads the case.")]
    if one.reads < level:
        raise Refused(
            f"{one.name} reads up to level {one.reads}, and this case has level {level}. Please choose"
            " somebody who reads it, or a lower level.",
            field,
        )
    return one.id


def _action_typed(viewer: Viewer, typed: Typed) -> dict[str, Any]:
    due_on = plan_days.chosen(typed, "due_on", "Please choose by when.")
    plan_days.not_far_ahead(viewer, due_on, "due_on")
    return {
        "what": typed.line("what", required="Please say what is done."),
        "by_whom": typed.line("by_whom", required="Please say who does it."),
        "due_on": due_on,
    }


# --- writing over a version, with history ------------------------------------------------------------------


def record(session: Session, viewer: Viewer, case_id: int, field: str, old: Value, new: Value) -> None:
    """Write down a change of a case, in the transaction that makes it."""
    session.add(
        CaseChange(
            case_id=case_id,
            field=field,
            old=_as_text(old),
            new=_as_text(new),
            by_id=viewer.person_id,
            at=viewer.now,
        )
    )
    session.flush()


def _change(
    session: Session,
    viewer: Viewer,
    case_id: int,
    row: Case | CaseAction | CasePerson,
    version: int,
    values: Mapping[str, Any],
    named: str,
) -> None:
    """Set columns of a row whose case is locked, with their history."""
    stored = {field: getattr(row, field) for field in values}
    if stored == dict(values):
        return
    if row.version != version:
        raise ChangedElsewhere(row.version, stored, _last_changed_by(session, case_id))
    for field, new in values.items():
        if stored[field] != new:
            named_values = _named(session, field, stored[field], new)
            record(session, viewer, case_id, f"{named}{field}", *named_values)
            setattr(row, field, new)
    row.version += 1
    session.flush()


def _named(session: Session, field: str, old: Value, new: Value) -> tuple[Value, Value]:
    """A lead by name: the history is read by people."""
    if field != "lead_id":
        return old, new
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_([old, new])))
    names: dict[Value, str] = {person_id: name for person_id, name in rows}
    return names.get(old), names.get(new)


def _next_version(session: Session, viewer: Viewer, case: Case, version: int) -> None:
    if case.version != version:
        raise ChangedElsewhere(case.version, {}, _last_changed_by(session, case.id))
    case.version += 1
    session.flush()


def _last_changed_by(session: Session, case_id: int) -> str:
    name = session.scalar(
        select(Person.name)
        .join(CaseChange, CaseChange.by_id == Person.id)
        .where(CaseChange.case_id == case_id)
        .order_by(CaseChange.id.desc())
        .limit(1)
    )
    return name or ""


def _saved(head: PlanHead, case: Case, sentence: str) -> Saved:
    return head.saved(sentence, SAVED_KIND, id=case.id, version=case.version)


def _as_text(value: Value) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
