"""OULAD: module presentations become cohorts, assessments milestones, submissions targets.

The Open University Learning Analytics dataset (Kuzilek, Hlosta, Zdrahal 2017). Its dates are days from the
start of a presentation, of which it gives year and month alone: B is February, J is October; the first of
the month is taken. A score below 40 is a fail (the dataset's own description).
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from data.college import lane_ids
from data.errors import Refused
from data.importers import plans
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.sources import read_text
from data.importers.summary import Refusal
from data.models import EndReason
from data.rules import TargetStatus

PASS_SCORE = 40
START_MONTHS = {"B": (2, "February"), "J": (10, "October")}
PROVIDER = "OULAD"
FILES = {
    "courses.csv": ("code_module", "code_presentation", "module_presentation_length"),
    "assessments.csv": ("code_module", "code_presentation", "id_assessment", "assessment_type", "date"),
    "studentInfo.csv": ("code_module", "code_presentation", "id_student", "final_result"),
    "studentRegistration.csv": (
        "code_module",
        "code_presentation",
        "id_student",
        "date_registration",
        "date_unregistration",
    ),
    "studentAssessment.csv": ("id_assessment", "id_student", "date_submitted", "is_banked", "score"),
}
TYPES = {
    "TMA": "Tutor-marked assessment",
    "CMA": "Computer-marked assessment",
    "Exam": "Final exam",
}
NO_PRESENTATION = "its presentation isn't in courses.csv"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Assessment:
    id: str
    short_title: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class _Presentation:
    module: str
    code: str
    starts_on: date
    ends_on: date
    month: str

    @property
    def cohort_code(self) -> str:
        return f"{self.module}-{self.code}"

    def on(self, day: int) -> date:
        return self.starts_on + timedelta(day)


@dataclass(frozen=True, slots=True)
class _Registration:
    student: str
    starts_on: date
    ended_on: date | None
    end_reason: str | None


@dataclass(frozen=True, slots=True)
class _Submission:
    handed_in: int
    score: int | None
    banked: bool


def import_oulad(run: Run, paths: Sequence[Path]) -> None:
    """Import a folder of OULAD's files into the department that the run names."""
    if not run.department:
        raise Refused("OULAD names no departments. Say where its learners go with --department NAME.")
    if len(paths) != 1 or not paths[0].is_dir():
        raise Refused("OULAD is imported as one folder that holds " + ", ".join(FILES) + ".")
    folder = paths[0]
    presentations = _presentations(run, folder)
    assessments = _assessments(run, folder, presentations)
    registrations = _registrations(run, folder, presentations)
    submissions = _submissions(run, folder, assessments)
    department_id = plans.department_id(run, run.department)
    lane_id = lane_ids(run.session, run.organisation_id)["academic"]
    with run.progress("Writing learners", sum(len(each) for each in registrations.values())) as advance:
        for key, presentation in presentations.items():
            of_presentation = registrations.pop(key, [])
            cohort_id = _write_cohort(run, department_id, presentation)
            milestone_ids = _write_milestones(run, cohort_id, lane_id, presentation, assessments[key])
            plan_ids = _write_enrolments(run, cohort_id, presentation, of_presentation)
            _write_targets(
                run,
                _Page(presentation, assessments[key], milestone_ids, plan_ids, lane_id),
                of_presentation,
                submissions,
            )
            advance(len(of_presentation))


# --- reading -------------------------------------------------------------------------------------------


def _rows(run: Run, folder: Path, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with where it stands; the file must have the columns that OULAD describes."""
    lines = csv.DictReader(read_text(folder / name).splitlines())
    if missing := set(FILES[name]) - set(lines.fieldnames or ()):
        raise Refused(f"{name} isn't OULAD's: it has no column {', '.join(sorted(missing))}.")
    for row in lines:
        run.summary.read += 1
        where = f"{name}, line {lines.line_num}"
        if any(row[column] is None for column in FILES[name]):
            run.summary.refused.add(Refusal(where, "the row is cut short"))
            continue
        yield where, row


def _presentations(run: Run, folder: Path) -> dict[Key, _Presentation]:
    found: dict[Key, _Presentation] = {}
    for where, row in _rows(run, folder, "courses.csv"):
        module, code = row["code_module"], row["code_presentation"]
        year, month = code[:-1], START_MONTHS.get(code[-1:])
        length = _day(row["module_presentation_length"])
        if month is None or not (year.isdigit() and len(year) == 4) or length is None or length < 1:
            run.summary.refused.add(
                Refusal(where, f"{code!r} isn't a year with B or J, or its length isn't a number of days")
            )
            continue
        starts_on = date(int(year), month[0], 1)
        found[module, code] = _Presentation(
            module, code, starts_on, starts_on + timedelta(length), f"{month[1]} {year}"
        )
    return found


def _assessments(
    run: Run, folder: Path, presentations: dict[Key, _Presentation]
) -> dict[Key, list[_Assessment]]:
    """The assessments of each presentation by due date; an undated exam is due on its last day."""
    raw: dict[Key, list[tuple[date, str, str, str]]] = defaultdict(list)
    for where, row in _rows(run, folder, "assessments.csv"):
        key = row["code_module"], row["code_presentation"]
        day = _day(row["date"])
        if key not in presentations or (row["date"] and day is None):
            run.summary.refused.add(Refusal(where, f"{NO_PRESENTATION}, or its date is no number"))
            continue
        due_on = presentations[key].ends_on if day is None else presentations[key].on(day)
        raw[key].append((due_on, row["id_assessment"], row["assessment_type"], row.get("weight") or ""))
    found: dict[Key, list[_Assessment]] = defaultdict(list)
    for key, of_presentation in raw.items():
        of_type: Counter[str] = Counter()
        many = Counter(kind for _, _, kind, _ in of_presentation)
        for due_on, assessment_id, kind, weight in sorted(of_presentation):
            of_type[kind] += 1
            number = f" {of_type[kind]}" if many[kind] > 1 else ""
            title = f"{TYPES.get(kind, kind)}{number}" + _weight(weight)
            found[key].append(_Assessment(assessment_id, f"{kind}{number}", title, due_on))
    return found


def _weight(text: str) -> str:
    """What an assessment counts for, where it counts: '12.5' → ' (12.5 %)'."""
    weight = text.removesuffix(".0")
    return f" ({weight} %)" if weight not in ("", "0") else ""


def _registrations(
    run: Run, folder: Path, presentations: dict[Key, _Presentation]
) -> dict[Key, list[_Registration]]:
    results = {
        (row["code_module"], row["code_presentation"], row["id_student"]): row["final_result"]
        for _, row in _rows(run, folder, "studentInfo.csv")
    }
    found: dict[Key, list[_Registration]] = defaultdict(list)
    for where, row in _rows(run, folder, "studentRegistration.csv"):
        key = row["code_module"], row["code_presentation"]
        if key not in presentations or not row["id_student"]:
            run.summary.refused.add(Refusal(where, f"{NO_PRESENTATION}, or it has no student"))
            continue
        result = results.get((*key, row["id_student"]), "")
        found[key].append(_registration(run, presentations[key], row, result))
    return found


def _registration(run: Run, presentation: _Presentation, row: dict[str, str], result: str) -> _Registration:
    """Who joins after the start starts then; who leaves before it has one day, that of leaving.

    Who didn't withdraw ends with the presentation, once it is over.
    """
    student, ends_on = row["id_student"], presentation.ends_on
    joined, left = _day(row["date_registration"]), _day(row["date_unregistration"])
    starts_on = presentation.on(max(0, joined or 0))
    if left is not None:
        ended_on = presentation.on(left)
        return _Registration(student, min(starts_on, ended_on), ended_on, EndReason.WITHDREW)
    if ends_on >= run.today:
        return _Registration(student, starts_on, None, None)
    reason = EndReason.WITHDREW if result == "Withdrawn" else EndReason.COMPLETED
    return _Registration(student, min(starts_on, ends_on), ends_on, reason)


def _submissions(
    run: Run, folder: Path, assessments: dict[Key, list[_Assessment]]
) -> dict[str, dict[str, _Submission]]:
    """{assessment: {student: submission}}."""
    found: dict[str, dict[str, _Submission]] = {
        each.id: {} for of_presentation in assessments.values() for each in of_presentation
    }
    for where, row in _rows(run, folder, "studentAssessment.csv"):
        handed_in, score = _day(row["date_submitted"]), _day(row["score"])
        if row["id_assessment"] not in found or handed_in is None or (row["score"] and score is None):
            run.summary.refused.add(
                Refusal(where, "its assessment isn't in assessments.csv, or its date or score is no number")
            )
            continue
        found[row["id_assessment"]][row["id_student"]] = _Submission(
            handed_in, score, row["is_banked"] == "1"
        )
    return found


def _day(text: str) -> int | None:
    """A whole number, as OULAD writes days and scores; None where it isn't one."""
    digits = text.strip().removesuffix(".0").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
        return None
    return -int(digits) if text.strip().startswith("-") else int(digits)


# --- writing -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """A presentation as it stands in the database: its milestones by assessment, its plans by student."""

    presentation: _Presentation
    assessments: list[_Assessment]
    milestone_ids: dict[str, int]
    plan_ids: dict[str, int]
    lane_id: int

    @property
    def code(self) -> str:
        return self.presentation.cohort_code


def _write_cohort(run: Run, department_id: int, presentation: _Presentation) -> int:
    code = presentation.cohort_code
    cohort = Incoming(
        key=f"{department_id}|{code}",
        values={"title": f"Module {presentation.module}, {presentation.month}"},
        once={"department_id": department_id, "code": code, "starts_on": presentation.starts_on},
        label=f"cohort {code}",
    )
    return merge(run, plans.COHORTS, [cohort]).ids[cohort.key]


def _write_milestones(
    run: Run, cohort_id: int, lane_id: int, presentation: _Presentation, assessments: list[_Assessment]
) -> dict[str, int]:
    rows = [
        Incoming(
            key=f"{cohort_id}|{assessment.id}",
            values={"title": assessment.title, "due_on": assessment.due_on},
            once={
                "cohort_id": cohort_id,
                "lane_id": lane_id,
                "position": position,
                "short_title": assessment.short_title,
                "phase_name": plans.phase_name(
                    presentation.starts_on, presentation.ends_on, assessment.due_on
                ),
            },
            label=f"{assessment.short_title} of {presentation.cohort_code}",
        )
        for position, assessment in enumerate(assessments)
    ]
    ids = merge(run, plans.MILESTONES, rows).ids
    return {assessment.id: ids[f"{cohort_id}|{assessment.id}"] for assessment in assessments}


def _write_enrolments(
    run: Run, cohort_id: int, presentation: _Presentation, registrations: list[_Registration]
) -> dict[str, int]:
    """{student: plan id}. OULAD has no names: learners are called by their number."""
    learners = [
        Incoming(
            key=registration.student,
            values={"given_name": "Learner", "family_name": registration.student},
            once={
                "organisation_id": run.organisation_id,
                "provider": PROVIDER,
                "reference": registration.student,
            },
            label=f"learner {registration.student}",
        )
        for registration in registrations
    ]
    learner_ids = merge(run, plans.LEARNERS, learners).ids
    rows = [
        Incoming(
            key=f"{cohort_id}|{registration.student}",
            values={
                "starts_on": registration.starts_on,
                "planned_end_on": presentation.ends_on,
                "ended_on": registration.ended_on,
                "end_reason": registration.end_reason,
            },
            once={"learner_id": learner_ids[registration.student], "cohort_id": cohort_id},
            label=f"enrolment of learner {registration.student} in {presentation.cohort_code}",
        )
        for registration in registrations
    ]
    ids = plans.merge_enrolments(run, rows).ids
    return {each.student: ids[f"{cohort_id}|{each.student}"] for each in registrations}


def _write_targets(
    run: Run,
    page: _Page,
    registrations: list[_Registration],
    submissions: dict[str, dict[str, _Submission]],
) -> None:
    """A target for each learner and assessment, a few thousand at a time."""
    for some in plans.in_parts(registrations):
        phases = plans.load_phases(run, [page.plan_ids[each.student] for each in some])
        rows = [
            _target(run, page, registration, assessment, submissions, phases)
            for registration in some
            for assessment in page.assessments
        ]
        merge(run, plans.TARGETS, rows)


def _target(
    run: Run,
    page: _Page,
    registration: _Registration,
    assessment: _Assessment,
    submissions: dict[str, dict[str, _Submission]],
    phases: dict[int, plans.PlanPhases],
) -> Incoming:
    plan_id = page.plan_ids[registration.student]
    handed_in = submissions[assessment.id]
    return Incoming(
        key=f"{plan_id}|{assessment.id}",
        values={"due_on": assessment.due_on}
        | _result(run, page.presentation, handed_in.get(registration.student), bool(handed_in)),
        once={
            "plan_id": plan_id,
            "lane_id": page.lane_id,
            "phase_id": phases[plan_id].at(assessment.due_on),
            "milestone_id": page.milestone_ids[assessment.id],
            "title": assessment.title,
            "criteria": f"A score of {PASS_SCORE} or more.",
            "created_on": registration.starts_on,
        },
        label=f"{assessment.short_title} of learner {registration.student} in {page.code}",
    )


def _result(
    run: Run, presentation: _Presentation, submission: _Submission | None, any_result: bool
) -> Values:
    """What a submission, or the lack of one, says of the target."""
    status, closed_on, note = TargetStatus.TO_COME, None, ""
    if submission:
        passed = submission.score is not None and submission.score >= PASS_SCORE
        status = TargetStatus.ACHIEVED if passed else TargetStatus.NOT_ACHIEVED
        closed_on = presentation.on(submission.handed_in)
        if submission.banked:
            note = "Banked from an earlier presentation."
        elif submission.score is None:
            note = "Handed in; OULAD has no score for it."
    elif presentation.ends_on < run.today:
        status, closed_on = TargetStatus.NOT_ACHIEVED, presentation.ends_on
        note = "" if any_result else "OULAD has no result of anybody for this assessment."
    return {
        "status": status,
        "achieved_on": closed_on if status == TargetStatus.ACHIEVED else None,
        "closed_on": closed_on,
        "note": note,
    }
