"""Rows of a college's own files that contradict one another, themselves or the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data.database import reading
from data.importers import Summary
from data.models import Attendance, Enrolment, Learner, Person, Review, Target
from tests.data.importers.helpers import counts, run_import

ROSTER = "Person Code,Forename,Surname,Department,Group Code,Start Date,Expected End Date"
ADA = "A1,Ada,Byron,Care,HS3-1,2026-09-07,2027-07-02"
Import = Callable[[str, str], Summary]


@pytest.fixture
def imported(sqlite_engine: Engine, tmp_path: Path) -> Import:
    """Import a text as a file of a kind."""

    def run(kind: str, content: str) -> Summary:
        path = tmp_path / f"{kind}.csv"
        path.write_text(content)
        return run_import(sqlite_engine, kind, path)

    return run


@pytest.fixture
def with_ada(imported: Import) -> Import:
    """The same, once the learner A1 is here, who starts on 7 September 2026."""
    imported("roster", f"{ROSTER}\n{ADA}\n")
    return imported


def reasons(summary: Summary) -> list[str]:
    return [str(line) for line in summary.refused.lines]


def left_out(summary: Summary) -> list[str]:
    return [str(line) for line in summary.left_out.lines]


# --- roster --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ("A1,Eve,Byron,Care,MA2-1,2026-09-07,2027-07-02,2009-05-03", "Forename"),
        ("A1,Ada,King,Care,MA2-1,2026-09-07,2027-07-02,2009-05-03", "Surname"),
        ("A1,Eve,Byron,Care,MA2-1,2026-09-07,2027-07-02,2008-05-03", "Forename, Date of Birth"),
    ],
)
def test_one_person_code_is_never_given_to_two_people(
    sqlite_engine: Engine, imported: Import, other: str, differs: str
) -> None:
    summary = imported("roster", f"{ROSTER},DOB\n{ADA},2009-05-03\n{other}\n")
    (refused,) = reasons(summary)
    assert refused.startswith("roster.csv, line 3: ")
    assert f"something else of learner A1 than roster.csv, line 2 does ({differs})" in refused
    assert counts(sqlite_engine)["enrolment"] == 1


def test_what_one_row_of_a_learner_leaves_empty_another_may_say(
    sqlite_engine: Engine, imported: Import
) -> None:
    summary = imported("roster", f"{ROSTER},DOB\n{ADA},\n{ADA},2009-05-03\n")
    assert reasons(summary) == []
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Learner.born_on)).all() == [date(2009, 5, 3)]


@pytest.mark.parametrize(
    ("headings", "end"),
    [("Actual End Date,End Reason", ",Withdrawn"), ("End Reason", "completed")],
)
def test_a_learner_who_has_left_is_not_enrolled_for_want_of_an_end_date(
    sqlite_engine: Engine, imported: Import, headings: str, end: str
) -> None:
    summary = imported("roster", f"{ROSTER},{headings}\n{ADA},{end}\n")
    assert "no Actual End Date" in reasons(summary)[0]
    assert counts(sqlite_engine)["enrolment"] == 0


@pytest.mark.parametrize(
    ("tutor", "said"),
    [
        (",Jo Smith", "the tutor Jo Smith has no e-mail address"),
        ("not an address,Jo Smith", "no e-mail address"),
    ],
)
def test_a_tutor_without_an_address_costs_the_tutor_and_not_the_learner(
    sqlite_engine: Engine, imported: Import, tutor: str, said: str
) -> None:
    headings = f"{ROSTER},Tutor E-mail,Tutor Name"
    imported("roster", f"{headings}\n{ADA},kim.lee@college.example,Kim Lee\n")
    ben = ADA.replace("A1,Ada", "A2,Ben")
    summary = imported("roster", f"{headings}\n{ADA},{tutor}\n{ben},{tutor}\n")
    assert reasons(summary) == []
    assert [line.where for line in summary.left_out.lines] == ["roster.csv, line 2", "roster.csv, line 3"]
    assert said in left_out(summary)[0]
    assert "taken without" in left_out(summary)[0]
    with reading(sqlite_engine) as session:
        kim = session.scalars(select(Person.id)).one()
        assert session.scalars(select(Enrolment.tutor_id).order_by(Enrolment.id)).all() == [kim, None]


def test_names_of_tutors_without_a_column_of_addresses_are_left_out_and_listed_once(
    sqlite_engine: Engine, imported: Import
) -> None:
    ben = ADA.replace("A1,Ada", "A2,Ben")
    summary = imported("roster", f"{ROSTER},Personal Tutor\n{ADA},Jo Smith\n{ben},Jo Smith\n")
    (line,) = left_out(summary)
    assert "no column Tutor E-mail" in line
    assert "Add" in line
    assert counts(sqlite_engine)["learner"] == 2


@pytest.mark.parametrize("born", ["1948-02-29", "29/02/1948", "1900-01-01"])
def test_a_learner_of_any_age_is_taken(sqlite_engine: Engine, imported: Import, born: str) -> None:
    summary = imported("roster", f"{ROSTER},DOB\n{ADA},{born}\n")
    assert reasons(summary) == []
    with reading(sqlite_engine) as session:
        expected = date(1900, 1, 1) if "1900" in born else date(1948, 2, 29)
        assert session.scalars(select(Learner.born_on)).one() == expected


@pytest.mark.parametrize("born", ["2031-05-01", "1899-05-01", "2026-11-24"])
def test_a_date_of_birth_that_nobody_can_have_is_refused(
    sqlite_engine: Engine, imported: Import, born: str
) -> None:
    summary = imported("roster", f"{ROSTER},DOB\n{ADA},{born}\n")
    assert f"Date of Birth {born}" in reasons(summary)[0]
    assert counts(sqlite_engine)["learner"] == 0


def test_a_date_of_birth_of_long_ago_is_named_as_the_file_has_it(imported: Import) -> None:
    (refused,) = reasons(imported("roster", f"{ROSTER},DOB\n{ADA},03/04/1948\n"))
    assert "Date of Birth 03/04/1948 could be 3 April or 4 March" in refused


# --- targets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Achieved", "Not achieved", "Withdrawn"])
def test_a_target_closes_on_no_day_that_is_still_to_come(
    sqlite_engine: Engine, with_ada: Import, status: str
) -> None:
    summary = with_ada("targets", f"Person Code,Target,Status,Date Achieved\nA1,Read,{status},2026-11-24\n")
    assert "targets.csv, line 2: Date Achieved 2026-11-24 is still to come" in reasons(summary)[0]
    assert counts(sqlite_engine)["target"] == 0


@pytest.mark.parametrize("status", ["In progress", "", "Proposed"])
def test_a_date_achieved_of_an_open_target_is_left_out_and_listed(
    sqlite_engine: Engine, with_ada: Import, status: str
) -> None:
    summary = with_ada("targets", f"Person Code,Target,Status,Date Achieved\nA1,Read,{status},2026-11-20\n")
    (line,) = left_out(summary)
    assert line.startswith("targets.csv, line 2: Date Achieved 2026-11-20")
    assert f"the status is {status.lower() or 'to come'}" in line
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Target.closed_on)).all() == [None]


@pytest.mark.parametrize(
    ("set_on", "due_on", "why"),
    [
        ("2026-12-14", "2026-12-11", "still to come"),
        ("2026-11-09", "2026-10-23", "after the Due Date 2026-10-23"),
        ("2026-11-24", "", "still to come"),
    ],
)
def test_a_date_set_that_cannot_be_is_left_out_for_the_learners_start(
    sqlite_engine: Engine, with_ada: Import, set_on: str, due_on: str, why: str
) -> None:
    summary = with_ada("targets", f"Person Code,Target,Date Set,Due Date\nA1,Read,{set_on},{due_on}\n")
    (line,) = left_out(summary)
    assert f"Date Set {set_on} is {why}" in line
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Target.created_on)).one() == date(2026, 9, 7)


def test_targets_of_the_same_title_are_told_apart_by_a_target_id(
    sqlite_engine: Engine, with_ada: Import
) -> None:
    headings = "Person Code,Target,Target ID,Due Date"
    summary = with_ada("targets", f"{headings}\nA1,Attend,,2026-10-30\nA1,Attend,,2026-12-18\n")
    assert "than targets.csv, line 2 does" in reasons(summary)[0]
    assert "Target ID" in reasons(summary)[0]
    assert with_ada("targets", f"{headings}\nA1,Attend,,2026-10-30\nA1,Attend,7,2026-12-18\n").added == 1


def test_a_learner_has_a_milestone_once_whatever_the_target_ids(
    sqlite_engine: Engine, with_ada: Import
) -> None:
    summary = with_ada(
        "targets", "Person Code,Target,Milestone,Target ID\nA1,Unit 1,U1,1\nA1,Unit 1 again,U1,2\n"
    )
    assert "targets.csv, line 3: " in reasons(summary)[0]
    assert "the milestone U1 for learner A1" in reasons(summary)[0]
    assert counts(sqlite_engine)["target"] == 1


# --- reviews and attendance ----------------------------------------------------------------------------


@pytest.mark.parametrize("held_on", ["2026-07-27", "2026-09-04"])
def test_a_review_of_the_weeks_before_the_start_is_taken(
    sqlite_engine: Engine, with_ada: Import, held_on: str
) -> None:
    assert reasons(with_ada("reviews", f"Person Code,Review Date,Type\nA1,{held_on},initial\n")) == []
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Review.held_on)).one() == date.fromisoformat(held_on)


@pytest.mark.parametrize("held_on", ["2016-10-12", "2026-07-26"])
def test_a_review_long_before_the_start_is_refused_with_both_dates(
    sqlite_engine: Engine, with_ada: Import, held_on: str
) -> None:
    (refused,) = reasons(with_ada("reviews", f"Person Code,Review Date\nA1,{held_on}\n"))
    assert refused.startswith(f"reviews.csv, line 2: Review Date {held_on} ")
    assert "starts in HS3-1 on 2026-09-07" in refused
    assert counts(sqlite_engine)["review"] == 0


def test_attendance_of_a_week_long_before_the_start_is_refused(
    sqlite_engine: Engine, with_ada: Import
) -> None:
    headings = "Person Code,Week,Possible,Attended"
    summary = with_ada("attendance", f"{headings}\nA1,2016-10-10,10,9\nA1,2026-08-31,2,2\n")
    assert "Week Commencing 2016-10-10 is more than" in reasons(summary)[0]
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Attendance.week_on)).all() == [date(2026, 8, 31)]


def test_a_week_that_two_registers_count_apart_is_refused_in_both_lines(
    sqlite_engine: Engine, with_ada: Import
) -> None:
    headings = "Person Code,Week,Possible,Attended"
    rows = "A1,2026-11-09,6,5\nA1,2026-11-12,6,6\nA1,2026-11-16,6,6\nA1,2026-11-16,6,6\n"
    summary = with_ada("attendance", f"{headings}\n{rows}")
    assert [line.where for line in summary.refused.lines] == [
        "attendance.csv, line 2",
        "attendance.csv, line 3",
    ]
    first, second = reasons(summary)
    assert "attendance.csv, line 3 says something else of the same week" in first
    assert "attendance.csv, line 2 says something else of the same week" in second
    assert "add them up" in first
    with reading(sqlite_engine) as session:
        weeks = session.execute(select(Attendance.week_on, Attendance.possible, Attendance.attended)).all()
        assert [tuple(row) for row in weeks] == [(date(2026, 11, 16), 6, 6)]


def test_two_reviews_of_a_day_that_differ_leave_the_first(sqlite_engine: Engine, with_ada: Import) -> None:
    summary = with_ada("reviews", "Person Code,Date,Notes\nA1,2026-11-09,One\nA1,2026-11-09,Two\n")
    assert "something else than reviews.csv, line 2 does of the same day" in reasons(summary)[0]
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Review.note)).all() == ["One"]


def test_a_file_without_a_column_clears_nothing_of_what_the_last_one_said(
    sqlite_engine: Engine, with_ada: Import
) -> None:
    headings = "Person Code,Review Date,Note,Reviewer E-mail,Reviewer Name"
    with_ada("reviews", f"{headings}\nA1,2026-11-09,Talked,jo@college.example,Jo Smith\n")
    assert with_ada("reviews", "Person Code,Review Date\nA1,2026-11-09\n").changed == 0
    summary = with_ada("reviews", f"{headings}\nA1,2026-11-09,Talked,,Jo Smith\n")
    assert summary.changed == 0
    assert "the reviewer Jo Smith has no e-mail address" in left_out(summary)[0]
    with reading(sqlite_engine) as session:
        review = session.scalars(select(Review)).one()
        assert (review.note, review.recorded_by_id is None) == ("Talked", False)


# --- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("reviews", "Person Code,Review Date,Type\nA1,2026-11-09,chat\n", "Initial review, Progress review,"),
        ("targets", "Person Code,Target,Lane\nA1,Read,sideways\n", "Qualification, Career, Personal growth"),
        (
            "targets",
            "Person Code,Target,Status\nA1,Read,perhaps\n",
            "proposed, to come, in progress, achieved",
        ),
    ],
)
def test_the_words_that_a_cell_may_hold_are_shown_as_people_write_them(
    with_ada: Import, kind: str, content: str, words: str
) -> None:
    assert words in reasons(with_ada(kind, content))[0]
