"""A college's roster: departments, cohorts, learners, enrolments, breaks, tutors, teaching groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from data.importers import plans, teaching
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.register import Register, list_names_without_addresses, people
from data.importers.roster_rows import CODE, Entry, read_entries
from data.importers.table import read_tables


def import_roster(run: Run, paths: Sequence[Path]) -> None:
    """Import roster files. A row without a group speaks of enrolments that are here already."""
    rows = list(read_tables(run, paths))
    register = Register(run, (row.text(CODE) for row in rows))
    entries = read_entries(run, register, rows)
    for who in ("Tutor", "Teacher"):
        list_names_without_addresses(run, rows, who)
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


# --- writing -------------------------------------------------------------------------------------------


def _write_cohorts(run: Run, departments: dict[str, int], entries: list[Entry]) -> dict[str, int]:
    """{department id and folded group code: cohort id}."""
    groups: dict[str, list[Entry]] = defaultdict(list)
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


def _write_learners(run: Run, entries: list[Entry]) -> dict[str, int]:
    rows: dict[str, Incoming] = {}
    for entry in entries:
        before = rows[entry.learner_key].values if entry.learner_key in rows else {}
        rows[entry.learner_key] = Incoming(
            key=entry.learner_key,
            values=before | entry.person,
            once={
                "organisation_id": run.organisation_id,
                "provider": entry.provider,
                "reference": entry.code,
            },
            label=entry.label,
        )
    return merge(run, plans.LEARNERS, list(rows.values())).ids


def _write_enrolments(
    run: Run,
    entries: list[Entry],
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
        tutor: Values = {} if entry.tutor is None else {"tutor_id": tutor_ids.get(entry.tutor)}
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


def _write_breaks(run: Run, entries: list[Entry], enrolment_ids: list[list[int]]) -> None:
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
