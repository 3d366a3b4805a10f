"""Reads the files of OULAD and says what their days and codes mean. No database here.

The Open University Learning Analytics dataset (Kuzilek, Hlosta, Zdrahal 2017). Its dates are days from the
start of a presentation, of which it gives year and month alone: B is February, J is October; the first of
the month is taken.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from data.errors import Refused
from data.importers.merge import Run
from data.importers.sources import read_text
from data.importers.summary import Refusal
from data.models import EndReason

START_MONTHS = {"B": (2, "February"), "J": (10, "October")}
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
class Assessment:
    id: str
    short_title: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Presentation:
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
class Registration:
    student: str
    starts_on: date
    ended_on: date | None
    end_reason: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    handed_in: int
    score: int | None
    banked: bool


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


def presentations(run: Run, folder: Path) -> dict[Key, Presentation]:
    found: dict[Key, Presentation] = {}
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
        found[module, code] = Presentation(
            module, code, starts_on, starts_on + timedelta(length), f"{month[1]} {year}"
        )
    return found


def assessments(
    run: Run, folder: Path, presentations: dict[Key, Presentation]
) -> dict[Key, list[Assessment]]:
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
    found: dict[Key, list[Assessment]] = defaultdict(list)
    for key, of_presentation in raw.items():
        of_type: Counter[str] = Counter()
        many = Counter(kind for _, _, kind, _ in of_presentation)
        for due_on, assessment_id, kind, weight in sorted(of_presentation):
            of_type[kind] += 1
            number = f" {of_type[kind]}" if many[kind] > 1 else ""
            title = f"{TYPES.get(kind, kind)}{number}" + _weight(weight)
            found[key].append(Assessment(assessment_id, f"{kind}{number}", title, due_on))
    return found


def _weight(text: str) -> str:
    """What an assessment counts for, where it counts: '12.5' → ' (12.5 %)'."""
    weight = text.removesuffix(".0")
    return f" ({weight} %)" if weight not in ("", "0") else ""


def registrations(
    run: Run, folder: Path, presentations: dict[Key, Presentation]
) -> dict[Key, list[Registration]]:
    results = {
        (row["code_module"], row["code_presentation"], row["id_student"]): row["final_result"]
        for _, row in _rows(run, folder, "studentInfo.csv")
    }
    found: dict[Key, list[Registration]] = defaultdict(list)
    for where, row in _rows(run, folder, "studentRegistration.csv"):
        key = row["code_module"], row["code_presentation"]
        if key not in presentations or not row["id_student"]:
            run.summary.refused.add(Refusal(where, f"{NO_PRESENTATION}, or it has no student"))
            continue
        result = results.get((*key, row["id_student"]), "")
        found[key].append(_registration(run, presentations[key], row, result))
    return found


def _registration(run: Run, presentation: Presentation, row: dict[str, str], result: str) -> Registration:
    """Who joins after the start starts then; who leaves before it has one day, that of leaving.

    Who didn't withdraw ends with the presentation, once it is over.
    """
    student, ends_on = row["id_student"], presentation.ends_on
    joined, left = _day(row["date_registration"]), _day(row["date_unregistration"])
    starts_on = presentation.on(max(0, joined or 0))
    if left is not None:
        ended_on = presentation.on(left)
        return Registration(student, min(starts_on, ended_on), ended_on, EndReason.WITHDREW)
    if ends_on >= run.today:
        return Registration(student, starts_on, None, None)
    reason = EndReason.WITHDREW if result == "Withdrawn" else EndReason.COMPLETED
    return Registration(student, min(starts_on, ends_on), ends_on, reason)


def submissions(
    run: Run, folder: Path, assessments: dict[Key, list[Assessment]]
) -> dict[str, dict[str, Submission]]:
    """{assessment: {student: submission}}."""
    found: dict[str, dict[str, Submission]] = {
        each.id: {} for of_presentation in assessments.values() for each in of_presentation
    }
    for where, row in _rows(run, folder, "studentAssessment.csv"):
        handed_in, score = _day(row["date_submitted"]), _day(row["score"])
        if row["id_assessment"] not in found or handed_in is None or (row["score"] and score is None):
            run.summary.refused.add(
                Refusal(where, "its assessment isn't in assessments.csv, or its date or score is no number")
            )
            continue
        found[row["id_assessment"]][row["id_student"]] = Submission(handed_in, score, row["is_banked"] == "1")
    return found


def _day(text: str) -> int | None:
    """A whole number, as OULAD writes days and scores; None where it isn't one."""
    digits = text.strip().removesuffix(".0").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
        return None
    return -int(digits) if text.strip().startswith("-") else int(digits)
