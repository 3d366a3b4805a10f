"""Reads a roster's rows: what each says of the learner, the group and the enrolment, and what can't be so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from data.importers.columns import folded
from data.importers.merge import Run, Values
from data.importers.register import Enrolled, Register, address
from data.importers.summary import Refusal, Unusable
from data.importers.table import YEARS, Row
from data.models import Cohort, Department, EndReason

END_REASONS = {
    EndReason.COMPLETED: ("completed", "complete", "finished", "achieved", "2"),
    EndReason.WITHDREW: ("withdrew", "withdrawn", "withdrawal", "left", "leaver", "3"),
    EndReason.TRANSFERRED: ("transferred", "transfer"),
}
GOES_ON = ("", "1", "continuing", "active", "current", "enrolled")
CODE = "Person Code"
BORN = "Date of Birth"
BORN_IN = range(1900, YEARS.stop)
"""Years: learners may be older than any other date in a file."""
HEADINGS = {
    "given_name": "Forename",
    "family_name": "Surname",
    "born_on": BORN,
    "starts_on": "Start Date",
    "planned_end_on": "Expected End Date",
    "ended_on": "Actual End Date",
    "end_reason": "End Reason",
    "tutor": "Tutor E-mail",
}
Said = dict[tuple[str, str], tuple[object, str]]
"""{learner or enrolment, and a field of it: what a row says of the field, and where that row stands}."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the roster, read. `tutor` is None where the row says nothing of one; `left_out` says why a
    tutor whom it names isn't taken."""

    row: Row
    code: str
    provider: str
    department: str
    group: str
    person: Values
    enrolment: Values
    tutor: str | None
    left_out: str
    away: tuple[date, date | None] | None
    known: list[Enrolled]

    @property
    def learner_key(self) -> str:
        return f"{self.provider}|{self.code}"

    @property
    def label(self) -> str:
        return f"learner {self.code}"

    def says(self) -> Said:
        tutor = {} if self.tutor is None else {"tutor": self.tutor}
        enrolment = f"{self.learner_key}|{self.department}|{self.group.casefold()}"
        where = self.row.where
        of_person = {(self.learner_key, name): (value, where) for name, value in self.person.items()}
        return of_person | {
            (enrolment, name): (value, where) for name, value in (self.enrolment | tutor).items()
        }


def read_entries(run: Run, register: Register, rows: Iterable[Row]) -> list[Entry]:
    """The rows that can be taken; two rows may not differ on one learner or enrolment."""
    department_of_group = _departments_by_group(run)
    entries: list[Entry] = []
    said: Said = {}
    new_learners: set[str] = set()
    for row in rows:
        try:
            entry = _entry(run, register, row, department_of_group, new_learners)
            _refuse_differences(entry, said)
        except Unusable as error:
            run.summary.refused.add(Refusal(row.where, str(error)))
            continue
        if entry.left_out:
            run.summary.left_out.add(Refusal(row.where, entry.left_out))
        said |= entry.says()
        new_learners.add(entry.learner_key)
        entries.append(entry)
    return entries


def _refuse_differences(entry: Entry, said: Said) -> None:
    differing = {
        name: said[key, name][1]
        for (key, name), (value, _) in entry.says().items()
        if (key, name) in said and said[key, name][0] != value
    }
    if differing:
        other = next(iter(differing.values()))
        headings = ", ".join(HEADINGS[name] for name, where in differing.items() if where == other)
        raise Unusable(
            f"it says something else of {entry.label} than {other} does ({headings})."
            " Mend the one that is wrong, or its Person Code"
        )


def _entry(
    run: Run,
    register: Register,
    row: Row,
    department_of_group: dict[str, set[str]],
    new_learners: set[str],
) -> Entry:
    code, group = row.needed(CODE), row.text("Group Code")
    provider = register.provider(row)
    key = f"{row.text('UKPRN')}|{code}"
    department = _department(row, group, department_of_group)
    known = [
        each
        for each in (register.enrolments(row) if provider is not None else [])
        if not group or each.department == department
    ]
    if provider is None and key not in new_learners:
        _require(row, "isn't known here yet", ("Forename", "Surname", "Group Code", "Start Date"))
    if not known:
        _require(row, "has no such enrolment here yet", ("Group Code", "Start Date"))
    tutor, left_out = _tutor(row)
    return Entry(
        row=row,
        code=code,
        provider=row.text("UKPRN") if provider is None else provider,
        department=department,
        group=known[0].group_code if group and known else group,
        person=_person(row, run.today),
        enrolment=_enrolment(row),
        tutor=tutor,
        left_out=left_out,
        away=_away(row),
        known=known,
    )


def _require(row: Row, why: str, headings: tuple[str, ...]) -> None:
    if missing := [heading for heading in headings if not row.text(heading)]:
        raise Unusable(f"Person Code {row.text(CODE)} {why}, so the row needs {', '.join(missing)}")


def _department(row: Row, group: str, department_of_group: dict[str, set[str]]) -> str:
    """The department of a row with a group: the one it gives, or the only one that has such a group."""
    if not group:
        return ""
    known = department_of_group.get(group.casefold(), set())
    if name := row.text("Department") or (next(iter(known)) if len(known) == 1 else ""):
        return name
    raise Unusable(f"no department is given for the group {group}; fill in Department")


def _departments_by_group(run: Run) -> dict[str, set[str]]:
    """{group code, folded: the names of the departments that have such a group}."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in run.session.execute(
        select(Cohort.code, Department.name)
        .join(Department, Department.id == Cohort.department_id)
        .where(Department.organisation_id == run.organisation_id)
    ):
        found[code.casefold()].add(name)
    return found


# --- the learner ---------------------------------------------------------------------------------------


def _person(row: Row, today: date) -> Values:
    """What the row says of the learner; an empty cell says nothing."""
    said: Values = {
        "given_name": row.text("Forename"),
        "family_name": row.text("Surname"),
        "born_on": _born_on(row, today),
    }
    return {name: value for name, value in said.items() if value}


def _born_on(row: Row, today: date) -> date | None:
    born_on = row.day(BORN, BORN_IN)
    if born_on and born_on > today:
        raise Unusable(f"{BORN} {born_on} is still to come. Mend it, or leave it empty")
    return born_on


# --- the enrolment -------------------------------------------------------------------------------------


def _enrolment(row: Row) -> Values:
    """What the row says of the enrolment's dates; only columns that the file has."""
    values = _end(row)
    starts_on, planned = row.day("Start Date"), row.day("Expected End Date")
    if starts_on:
        values["starts_on"] = starts_on
    if row.has("Expected End Date"):
        values["planned_end_on"] = planned
    for name, day in (("Expected End Date", planned), ("Actual End Date", values.get("ended_on"))):
        if starts_on and day and day < starts_on:
            raise Unusable(f"{name} {day} is before Start Date {starts_on}")
    return values


def _end(row: Row) -> Values:
    """The last day of learning and its reason: both, or neither."""
    ended_on, reason = row.day("Actual End Date"), _end_reason(row)
    if ended_on and reason is None:
        raise Unusable("Actual End Date is given but no End Reason: completed, withdrawn or transferred")
    if reason and ended_on is None:
        column = "Fill it in" if row.has("Actual End Date") else "Add that column to the file"
        raise Unusable(
            f"End Reason is {row.text('End Reason')!r} but no Actual End Date is given. {column}, or leave"
            " End Reason empty for a learner who goes on"
        )
    return {"ended_on": ended_on, "end_reason": reason} if row.has("Actual End Date") else {}


def _end_reason(row: Row) -> str | None:
    text = folded(row.text("End Reason"))
    if text in GOES_ON:
        return None
    for reason, words in END_REASONS.items():
        if text in words:
            return reason
    raise Unusable(
        f"End Reason {row.text('End Reason')!r} isn't known; write completed, withdrawn or transferred"
    )


def _tutor(row: Row) -> tuple[str | None, str]:
    """The tutor's address and why it is left out: "" where the learner has no tutor, None where the row
    doesn't say whether."""
    if not row.has("Tutor E-mail"):
        return None, ""
    try:
        return address(row, "Tutor"), ""
    except Unusable as error:
        return None, f"{error}; the learner is taken without this tutor"


def _away(row: Row) -> tuple[date, date | None] | None:
    from_on, back_on = row.day("Break From"), row.day("Back On")
    if from_on is None:
        if back_on:
            raise Unusable("Back On is given but no Break From")
        return None
    if back_on and back_on <= from_on:
        raise Unusable(f"Back On {back_on} isn't after Break From {from_on}")
    return from_on, back_on
