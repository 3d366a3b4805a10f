"""A college's roster: departments, cohorts, learners, enrolments, breaks, tutors, teaching groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select

from data.importers import plans, teaching
from data.importers.columns import folded
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.register import Enrolled, Register, e_mail, people
from data.importers.summary import Refusal, Unusable
from data.importers.table import Row, read_tables
from data.models import Cohort, Department, EndReason

END_REASONS = {
    EndReason.COMPLETED: ("completed", "complete", "finished", "achieved", "2"),
    EndReason.WITHDREW: ("withdrew", "withdrawn", "withdrawal", "left", "leaver", "3"),
    EndReason.TRANSFERRED: ("transferred", "transfer"),
}
GOES_ON = ("", "1", "continuing", "active", "current", "enrolled")
CODE = "Person Code"


@dataclass(slots=True)
class _Entry:
    """A row of the roster, read: what it says of the learner, the group, and the enrolment."""

    row: Row
    code: str
    provider: str
    department: str
    group: str
    enrolment: Values
    tutor: str
    born_on: date | None
    away: tuple[date, date | None] | None
    known: list[Enrolled] = field(default_factory=list)

    @property
    def learner_key(self) -> str:
        return f"{self.provider}|{self.code}"

    @property
    def label(self) -> str:
        return f"learner {self.code}"


def import_roster(run: Run, paths: Sequence[Path]) -> None:
    """Import roster files. A row without a group speaks of enrolments that are here already."""
    rows = list(read_tables(run, paths))
    register = Register(run, (row.text(CODE) for row in rows))
    entries = _entries(run, register, rows)
    tutors: dict[str, str] = {}
    for entry in entries:
        if entry.tutor:
            tutors[entry.tutor] = entry.row.text("Tutor Name") or tutors.get(entry.tutor, "")
    tutor_ids = people(run, tutors, "tutor") if tutors else {}
    departments = {
        name: plans.department_id(run, name)
        for name in dict.fromkeys(e.department for e in entries if e.group)
    }
    cohort_ids = _write_cohorts(run, departments, entries)
    learner_ids = _write_learners(run, entries)
    enrolment_ids = _write_enrolments(run, entries, cohort_ids, departments, learner_ids, tutor_ids)
    _write_breaks(run, entries, enrolment_ids)
    teaching.write_cohort_tutors(run, {enrolment_id for ids in enrolment_ids for enrolment_id in ids})
    teaching.write_groups(
        run,
        [
            teaching.Membership(entry.row, learner_ids[entry.learner_key], departments[entry.department])
            for entry in entries
            if entry.group and entry.row.text("Teaching Group")
        ],
    )


# --- reading -------------------------------------------------------------------------------------------


def _entries(run: Run, register: Register, rows: Iterable[Row]) -> list[_Entry]:
    """The rows that can be taken; two rows may not differ on one enrolment."""
    department_of_group = _departments_by_group(run)
    entries: list[_Entry] = []
    said: dict[tuple[str, str, str], tuple[Values, str]] = {}
    new_learners: set[str] = set()
    for row in rows:
        try:
            entry = _entry(register, row, department_of_group, new_learners)
            key = (entry.learner_key, entry.department, entry.group.casefold())
            before = said.setdefault(key, (entry.enrolment | {"tutor": entry.tutor}, row.where))
            if before[0] != entry.enrolment | {"tutor": entry.tutor}:
                raise Unusable(f"it says something else of {entry.label} than {before[1]} does")
        except Unusable as error:
            run.summary.refused.add(Refusal(row.where, str(error)))
            continue
        new_learners.add(entry.learner_key)
        entries.append(entry)
    return entries


def _entry(
    register: Register,
    row: Row,
    department_of_group: dict[str, set[str]],
    new_learners: set[str],
) -> _Entry:
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
    return _Entry(
        row=row,
        code=code,
        provider=row.text("UKPRN") if provider is None else provider,
        department=department,
        group=known[0].group_code if group and known else group,
        enrolment=_enrolment(row),
        tutor=_tutor(row),
        born_on=row.day("Date of Birth"),
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


def _enrolment(row: Row) -> Values:
    """What the row says of the enrolment's dates; only columns that the file has."""
    values: Values = {}
    starts_on, planned = row.day("Start Date"), row.day("Expected End Date")
    ended_on, reason = row.day("Actual End Date"), _end_reason(row)
    if starts_on:
        values["starts_on"] = starts_on
    if row.has("Expected End Date"):
        values["planned_end_on"] = planned
    if row.has("Actual End Date"):
        if ended_on and reason is None:
            raise Unusable("Actual End Date is given but no End Reason: completed, withdrawn or transferred")
        values |= {"ended_on": ended_on, "end_reason": reason if ended_on else None}
    for name, day in (("Expected End Date", planned), ("Actual End Date", ended_on)):
        if starts_on and day and day < starts_on:
            raise Unusable(f"{name} {day} is before Start Date {starts_on}")
    return values


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


def _tutor(row: Row) -> str:
    email = e_mail(row, "Tutor E-mail")
    if not email and row.text("Tutor Name") and row.has("Tutor E-mail"):
        raise Unusable(f"the tutor {row.text('Tutor Name')} needs an e-mail address to sign in with")
    return email


def _away(row: Row) -> tuple[date, date | None] | None:
    from_on, back_on = row.day("Break From"), row.day("Back On")
    if from_on is None:
        if back_on:
            raise Unusable("Back On is given but no Break From")
        return None
    if back_on and back_on <= from_on:
        raise Unusable(f"Back On {back_on} isn't after Break From {from_on}")
    return from_on, back_on


# --- writing -------------------------------------------------------------------------------------------


def _write_cohorts(run: Run, departments: dict[str, int], entries: list[_Entry]) -> dict[str, int]:
    """{department id and folded group code: cohort id}."""
    groups: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        if entry.group:
            groups[f"{departments[entry.department]}|{entry.group.casefold()}"].append(entry)
    rows = []
    for key, of_group in groups.items():
        starts = [entry.enrolment["starts_on"] for entry in of_group if "starts_on" in entry.enrolment]
        title = next((e.row.text("Course Title") for e in of_group if e.row.text("Course Title")), "")
        once = {
            "department_id": departments[of_group[0].department],
            "code": of_group[0].group,
            "starts_on": min(starts, default=run.today),
        }
        rows.append(
            Incoming(
                key=key,
                values={"title": title} if title else {},
                once=once if title else once | {"title": of_group[0].group},
                label=f"group {of_group[0].group}",
            )
        )
    return merge(run, plans.COHORTS, rows).ids


def _write_learners(run: Run, entries: list[_Entry]) -> dict[str, int]:
    rows: dict[str, Incoming] = {}
    for entry in entries:
        said: Values = {
            "given_name": entry.row.text("Forename"),
            "family_name": entry.row.text("Surname"),
            "born_on": entry.born_on,
        }
        rows.setdefault(
            entry.learner_key,
            Incoming(
                key=entry.learner_key,
                values={name: value for name, value in said.items() if value},
                once={
                    "organisation_id": run.organisation_id,
                    "provider": entry.provider,
                    "reference": entry.code,
                },
                label=entry.label,
            ),
        )
    return merge(run, plans.LEARNERS, list(rows.values())).ids


def _write_enrolments(
    run: Run,
    entries: list[_Entry],
    cohort_ids: dict[str, int],
    departments: dict[str, int],
    learner_ids: dict[str, int],
    tutor_ids: dict[str, int],
) -> list[list[int]]:
    """For each entry, the ids of the enrolments that it speaks of."""
    rows: dict[str, Incoming] = {}
    keys: list[list[str]] = []
    for entry in entries:
        learner_id = learner_ids[entry.learner_key]
        places = [enrolled.cohort_id for enrolled in entry.known]
        if entry.group:
            places = [cohort_ids[f"{departments[entry.department]}|{entry.group.casefold()}"]]
        tutor: Values = {}
        if entry.row.has("Tutor E-mail"):
            tutor = {"tutor_id": tutor_ids.get(entry.tutor)}
        keys.append([f"{learner_id}|{cohort_id}" for cohort_id in places])
        for cohort_id, key in zip(places, keys[-1], strict=True):
            before = rows[key].values if key in rows else {}
            rows[key] = Incoming(
                key=key,
                values=before | entry.enrolment | tutor,
                once={"learner_id": learner_id, "cohort_id": cohort_id},
                label=f"enrolment of {entry.label}",
            )
    ids = plans.merge_enrolments(run, list(rows.values())).ids
    return [[ids[key] for key in of_entry] for of_entry in keys]


def _write_breaks(run: Run, entries: list[_Entry], enrolment_ids: list[list[int]]) -> None:
    rows = {
        (enrolment_id, entry.away[0]): Incoming(
            key=f"{enrolment_id}|{entry.away[0]}",
            values={"back_on": entry.away[1]},
            once={"enrolment_id": enrolment_id, "from_on": entry.away[0]},
            label=f"break in learning of {entry.label}",
        )
        for entry, ids in zip(entries, enrolment_ids, strict=True)
        if entry.away
        for enrolment_id in ids
    }
    plans.merge_breaks(run, rows.values())
