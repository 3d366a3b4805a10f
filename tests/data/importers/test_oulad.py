"""OULAD: a slice by hand for each rule, the whole of it for its counts and its memory."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data.database import make_engine, reading
from data.errors import Refused
from data.models import Cohort, Enrolment, Learner, Milestone, Target
from tests.data.importers.helpers import OULAD, contents, counts, run_import

STUDENTS = 60
"""Of each presentation in the slice, besides those that show a quirk."""


def rows(name: str, folder: Path = OULAD) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def oulad_slice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two presentations of OULAD with a few dozen learners, quirks included."""
    folder = tmp_path_factory.mktemp("oulad")
    chosen = {("AAA", "2013J"), ("DDD", "2013B")}
    assessed = {
        row["id_assessment"]
        for row in rows("assessments.csv")
        if (row["code_module"], row["code_presentation"]) in chosen
    }
    quirky = {
        row["id_student"]
        for row in rows("studentAssessment.csv")
        if row["id_assessment"] in assessed and (row["is_banked"] == "1" or not row["score"])
    }
    seen: Counter[tuple[str, str]] = Counter()
    students = set(quirky)
    for row in rows("studentRegistration.csv"):
        key = row["code_module"], row["code_presentation"]
        seen[key] += 1
        if key in chosen and seen[key] <= STUDENTS:
            students.add(row["id_student"])
    keep: dict[str, Callable[[dict[str, str]], bool]] = {
        "courses.csv": lambda row: (row["code_module"], row["code_presentation"]) in chosen,
        "assessments.csv": lambda row: row["id_assessment"] in assessed,
        "studentInfo.csv": lambda row: (
            (row["code_module"], row["code_presentation"]) in chosen and row["id_student"] in students
        ),
        "studentAssessment.csv": lambda row: (
            row["id_assessment"] in assessed and row["id_student"] in students
        ),
    }
    keep["studentRegistration.csv"] = keep["studentInfo.csv"]
    for name, wanted in keep.items():
        kept = [row for row in rows(name) if wanted(row)]
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(kept[0]))
            writer.writeheader()
            writer.writerows(kept)
    return folder


def test_presentations_become_cohorts_and_assessments_dated_milestones(
    engine: Engine, oulad_slice: Path
) -> None:
    run_import(engine, "oulad", oulad_slice)
    with reading(engine) as session:
        cohorts = session.execute(
            select(Cohort.code, Cohort.title, Cohort.starts_on).order_by(Cohort.code)
        ).all()
        assert [tuple(row) for row in cohorts] == [
            ("AAA-2013J", "Module AAA, October 2013", date(2013, 10, 1)),
            ("DDD-2013B", "Module DDD, February 2013", date(2013, 2, 1)),
        ]
        milestones = session.execute(
            select(Milestone.short_title, Milestone.title, Milestone.due_on)
            .join(Cohort, Cohort.id == Milestone.cohort_id)
            .where(Cohort.code == "AAA-2013J")
            .order_by(Milestone.position)
        ).all()
        assert tuple(milestones[0]) == (
            "TMA 1",
            "Tutor-marked assessment 1 (10 %)",
            date(2013, 10, 1) + timedelta(19),
        )
        undated_exam = milestones[-1]
        assert tuple(undated_exam) == ("Exam", "Final exam (100 %)", date(2013, 10, 1) + timedelta(268))


def test_every_registration_has_a_target_for_every_assessment_with_its_result(
    engine: Engine, oulad_slice: Path
) -> None:
    run_import(engine, "oulad", oulad_slice)
    submitted = {
        (row["id_assessment"], row["id_student"]): row for row in rows("studentAssessment.csv", oulad_slice)
    }
    length = {
        row["code_module"]: int(row["module_presentation_length"]) for row in rows("courses.csv", oulad_slice)
    }
    start = {"AAA": date(2013, 10, 1), "DDD": date(2013, 2, 1)}
    expected: Counter[tuple[str, str, date | None, date | None]] = Counter()
    for registration in rows("studentRegistration.csv", oulad_slice):
        module, student = registration["code_module"], registration["id_student"]
        for assessment in rows("assessments.csv", oulad_slice):
            if assessment["code_module"] != module:
                continue
            handed_in = submitted.get((assessment["id_assessment"], student))
            last_day = start[module] + timedelta(length[module])
            on = start[module] + timedelta(int(handed_in["date_submitted"])) if handed_in else last_day
            achieved = bool(handed_in and handed_in["score"] and int(handed_in["score"]) >= 40)
            expected[student, "achieved" if achieved else "not-achieved", on if achieved else None, on] += 1
    with reading(engine) as session:
        found = Counter(
            tuple(row)
            for row in session.execute(
                select(Learner.reference, Target.status, Target.achieved_on, Target.closed_on)
                .join(Enrolment, Enrolment.learner_id == Learner.id)
                .join(Target, Target.plan_id == Enrolment.id)
            )
        )
    assert found == expected


def test_withdrawals_are_actual_ends_and_the_others_end_with_the_presentation(
    engine: Engine, oulad_slice: Path
) -> None:
    run_import(engine, "oulad", oulad_slice)
    start = {"AAA": date(2013, 10, 1), "DDD": date(2013, 2, 1)}
    left = {
        (row["id_student"], start[row["code_module"]] + timedelta(int(row["date_unregistration"])))
        for row in rows("studentRegistration.csv", oulad_slice)
        if row["date_unregistration"]
    }
    with reading(engine) as session:
        ends = session.execute(
            select(Learner.reference, Enrolment.ended_on, Enrolment.end_reason, Enrolment.starts_on).join(
                Enrolment, Enrolment.learner_id == Learner.id
            )
        ).all()
    assert left <= {(reference, on) for reference, on, reason, _ in ends if reason == "withdrew"}
    assert {on for _, on, reason, _ in ends if reason == "completed"} == {
        date(2013, 10, 1) + timedelta(268),
        date(2013, 2, 1) + timedelta(240),
    }
    assert all(ended_on and starts_on <= ended_on for _, ended_on, _, starts_on in ends)


def test_while_a_presentation_runs_what_is_not_handed_in_stays_open(
    sqlite_engine: Engine, oulad_slice: Path
) -> None:
    run_import(sqlite_engine, "oulad", oulad_slice, today=date(2013, 9, 1))
    with reading(sqlite_engine) as session:
        still_open = session.scalars(
            select(func.count())
            .select_from(Target)
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Cohort.code == "DDD-2013B", Target.status == "to-come")
        ).one()
        open_ends = session.scalars(
            select(Enrolment.id).where(Enrolment.ended_on.is_(None), Enrolment.end_reason.is_(None))
        ).all()
    assert still_open > 0
    assert open_ends


def test_a_second_run_changes_nothing(engine: Engine, oulad_slice: Path) -> None:
    run_import(engine, "oulad", oulad_slice)
    before = contents(engine)
    summary = run_import(engine, "oulad", oulad_slice)
    assert contents(engine) == before
    assert (summary.added, summary.changed) == (0, 0)


def test_what_oulad_cannot_say_is_written_on_the_target(sqlite_engine: Engine, oulad_slice: Path) -> None:
    run_import(sqlite_engine, "oulad", oulad_slice)
    with reading(sqlite_engine) as session:
        notes = set(session.scalars(select(Target.note).distinct()))
    assert notes == {
        "",
        "Banked from an earlier presentation.",
        "Handed in; OULAD has no score for it.",
        "OULAD has no result of anybody for this assessment.",
    }


def test_rows_that_belong_nowhere_are_refused_with_their_line(
    sqlite_engine: Engine, oulad_slice: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "oulad"
    shutil.copytree(oulad_slice, folder)
    with (folder / "studentRegistration.csv").open("a") as file:
        file.write("ZZZ,2013J,1,0,\nAAA,2013J\n")
    with (folder / "studentAssessment.csv").open("a") as file:
        file.write("999999,11391,18,0,78\n1752,11391,soon,0,78\n")
    summary = run_import(sqlite_engine, "oulad", folder)
    assert summary.refused.count == 4
    assert all(", line " in line.where for line in summary.refused.lines)


@pytest.mark.parametrize("name", ["courses.csv", "studentAssessment.csv"])
def test_a_folder_that_is_not_oulads_is_refused(
    sqlite_engine: Engine, oulad_slice: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "oulad"
    shutil.copytree(oulad_slice, folder)
    (folder / name).write_text("a,b\n1,2\n")
    with pytest.raises(Refused, match=name):
        run_import(sqlite_engine, "oulad", folder)
    (folder / name).unlink()
    with pytest.raises(Refused, match=name):
        run_import(sqlite_engine, "oulad", folder)
    with pytest.raises(Refused, match="one folder"):
        run_import(sqlite_engine, "oulad", folder / "nowhere")
    assert counts(sqlite_engine)["organisation"] == 0


WHOLE = """
import resource, sys
from datetime import date
from pathlib import Path
from data.database import make_engine
from data.importers import import_files
sqlite_engine, folder = make_engine(sys.argv[1]), Path(sys.argv[2])
import_files(sqlite_engine, "oulad", [folder], department="Open", today=date(2026, 11, 23))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_all_of_oulad_arrives_in_under_500_megabytes(sqlite_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WHOLE, sqlite_url, str(OULAD)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    megabytes = int(done.stdout)
    engine = make_engine(sqlite_url)
    found = counts(engine)
    engine.dispose()
    assert found["enrolment"] == len(rows("studentRegistration.csv")) == 13_529
    assert found["learner"] == len({row["id_student"] for row in rows("studentRegistration.csv")})
    assert found["milestone"] == 92
    assert megabytes < 500
