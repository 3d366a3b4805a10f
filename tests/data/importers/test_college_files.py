"""Targets, reviews and attendance of a college's own, and the four views that stand on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data.database import reading, writing
from data.errors import Refused
from data.importers import KINDS, Summary, import_files, template
from data.importers.columns import COLUMNS
from data.models import Attendance, Change, Enrolment, Milestone, Person, Phase, Review, Target
from tests.data.importers.helpers import ILR, TODAY, contents, counts, run_import

ROSTER = """Person Code,Forename,Surname,Department,Group Code,Start Date,Expected End Date
A1,Ada,Byron,Care,HS3-1,2026-09-07,2027-07-02
A2,Ben,Okoro,Care,HS3-1,2026-09-07,2027-07-02
"""
TARGETS = """Person Code,Target,Milestone,Lane,Phase,Success Criteria,Due Date,Status,Date Achieved,Note
A1,Unit 1: Human development,Unit 1,,,Pass criteria met,2026-12-11,Achieved,2026-11-20,
A2,Unit 1: Human development,Unit 1,,,Pass criteria met,2026-12-11,In progress,,Half done
A1,Find a work placement,,Career,Progression,Signed agreement,2027-01-29,,,
"""
Import = Callable[..., Summary]


@pytest.fixture
def imported(engine: Engine, tmp_path: Path) -> Import:
    """Import a text as a file of a kind; the roster has been imported."""
    return importing(engine, tmp_path)


def importing(engine: Engine, tmp_path: Path) -> Import:
    def run(kind: str, content: str, **options: object) -> Summary:
        path = tmp_path / f"{kind}.csv"
        path.write_text(content)
        return run_import(engine, kind, path, **options)

    run("roster", ROSTER)
    return run


def test_targets_become_milestones_and_personal_targets(engine: Engine, imported: Import) -> None:
    summary = imported("targets", TARGETS)
    assert summary.refused.count == 0
    with reading(engine) as session:
        milestone = session.scalars(select(Milestone)).one()
        assert (milestone.short_title, milestone.title) == ("Unit 1", "Unit 1: Human development")
        assert (milestone.due_on, milestone.phase_name) == (date(2026, 12, 11), "Foundation")
        targets = session.execute(select(Target, Phase.name).join(Phase).order_by(Target.id)).all()
        shared, theirs, personal = (target for target, _ in targets)
        assert [name for _, name in targets] == ["Foundation", "Foundation", "Progression"]
        assert (shared.milestone_id, theirs.milestone_id) == (milestone.id, milestone.id)
        assert (shared.status, shared.achieved_on) == ("achieved", date(2026, 11, 20))
        assert (theirs.status, theirs.note, theirs.achieved_on) == ("in-progress", "Half done", None)
        assert (personal.milestone_id, personal.status) == (None, "to-come")
        assert personal.criteria == "Signed agreement"
        assert personal.lane_id != shared.lane_id
        assert {change.origin for change in session.scalars(select(Change))} == {"import"}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("targets", TARGETS),
        ("reviews", "Person Code,Review Date,Note\nA1,2026-10-12,Talked\n"),
        (
            "attendance",
            "Person Code,Week Commencing,Sessions Possible,Sessions Attended\nA1,2026-10-12,10,9\n",
        ),
    ],
)
def test_a_second_run_changes_nothing(engine: Engine, imported: Import, kind: str, content: str) -> None:
    assert imported(kind, content).added > 0
    before = contents(engine)
    summary = imported(kind, content)
    assert contents(engine) == before
    assert (summary.added, summary.changed, summary.kept.count) == (0, 0, 0)


def test_a_status_that_the_college_changed_is_taken(engine: Engine, imported: Import) -> None:
    imported("targets", TARGETS)
    imported("targets", TARGETS.replace("In progress,", "Achieved,2026-11-20").replace("20,,Half", "20,Half"))
    with reading(engine) as session:
        assert session.scalars(select(Target.status).order_by(Target.id)).all()[:2] == [
            "achieved",
            "achieved",
        ]


def test_a_note_that_a_tutor_wrote_is_kept_where_the_file_has_none(engine: Engine, imported: Import) -> None:
    imported("targets", TARGETS)
    with writing(engine) as session:
        target = session.scalars(select(Target).where(Target.title == "Find a work placement")).one()
        target.note = "Ada asked at the hospital"
    summary = imported("targets", TARGETS)
    assert summary.kept.count == 0
    with reading(engine) as session:
        assert "Ada asked at the hospital" in session.scalars(select(Target.note)).all()


def test_a_long_note_that_is_kept_is_listed_on_one_short_line(engine: Engine, imported: Import) -> None:
    imported("targets", TARGETS)
    with writing(engine) as session:
        target = session.scalars(select(Target).where(Target.note == "Half done")).one()
        target.note = "Asked\nat the hospital " + "and of her family " * 20
    kept = imported("targets", TARGETS).kept
    assert kept.count == 1
    line = str(kept.lines[0])
    assert "note stays Asked at the hospital and of her family" in line
    assert line.endswith("… (the file says Half done)")
    assert len(kept.lines[0].here) <= 60


def test_a_reviewer_who_is_kept_is_listed_by_name(engine: Engine, imported: Import) -> None:
    reviews = "Person Code,Review Date,Reviewer E-mail,Reviewer Name\nA1,2026-10-12,{}\n"
    imported("reviews", reviews.format("jo@college.example,Jo Smith"))
    with writing(engine) as session:
        review = session.scalars(select(Review)).one()
        organisation_id = session.scalars(select(Person.organisation_id)).one()
        colleague = Person(organisation_id=organisation_id, email="kay@college.example", name="Kay Lee")
        session.add(colleague)
        session.flush()
        review.recorded_by_id = colleague.id
    kept = imported("reviews", reviews.format("jo@college.example,Jo Smith")).kept
    assert [str(line) for line in kept.lines] == [
        "review of learner A1 on 2026-10-12: recorded by stays Kay Lee (the file says Jo Smith)"
    ]


def test_a_milestone_of_the_ilr_is_known_again_by_its_aim(engine: Engine, imported: Import) -> None:
    run_import(engine, "ilr", ILR / "ILR_Valid.xml")
    before = counts(engine)
    imported(
        "targets",
        "Person Code,Target,Milestone,Success Criteria\n16Learner,Aim 50022246,50022246,Pass all units\n",
    )
    after = counts(engine)
    assert (after["milestone"], after["target"]) == (before["milestone"], before["target"])
    with reading(engine) as session:
        assert session.scalars(select(Target.criteria)).all() == ["Pass all units"]


def test_reviews_move_the_clock_of_the_next_one(engine: Engine, imported: Import) -> None:
    summary = imported(
        "reviews",
        "Person Code,Date Held,Type,Notes,Reviewer E-mail,Reviewed By\n"
        "A1,2026-10-12,Progress review,Talked about Unit 1,jo@college.example,Jo Smith\n"
        "A2,2026-09-14,initial,,,\n",
    )
    assert summary.of("reviews").added == 2
    with reading(engine) as session:
        review = session.scalars(select(Review).where(Review.note != "")).one()
        assert (review.held_on, review.note) == (date(2026, 10, 12), "Talked about Unit 1")
        reviewer = session.scalars(select(Person)).one()
        assert (review.recorded_by_id, reviewer.name) == (reviewer.id, "Jo Smith")
        dates = session.execute(
            select(Enrolment.last_review_on, Enrolment.next_review_on).order_by(Enrolment.id)
        )
        assert [tuple(row) for row in dates] == [
            (date(2026, 10, 12), date(2026, 11, 23)),
            (date(2026, 9, 14), date(2026, 10, 26)),
        ]


def test_attendance_is_kept_by_week(engine: Engine, imported: Import) -> None:
    imported(
        "attendance",
        "Person Code,Week Commencing,Possible,Present\nA1,2026-10-14,10,9\nA2,2026-10-12,10,0\n",
    )
    with reading(engine) as session:
        weeks = session.execute(
            select(Attendance.week_on, Attendance.possible, Attendance.attended).order_by(Attendance.id)
        )
        assert [tuple(row) for row in weeks] == [(date(2026, 10, 12), 10, 9), (date(2026, 10, 12), 10, 0)]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("targets", "Person Code,Target\nA9,Read\n", "Person Code A9 isn't known"),
        ("targets", "Person Code,Target\nA1,\n", "Target is empty"),
        ("targets", "Person Code,Target,Group Code\nA1,Read,XX-1\n", "isn't enrolled in the group XX-1"),
        ("targets", "Person Code,Target,Status\nA1,Read,perhaps\n", "Status 'perhaps' isn't known"),
        ("targets", "Person Code,Target,Status\nA1,Read,achieved\n", "needs a Date Achieved"),
        ("targets", "Person Code,Target,Status\nA1,Read,withdrawn\n", "needs a Date Achieved"),
        ("targets", "Person Code,Target,Lane\nA1,Read,sideways\n", "Lane 'sideways' isn't known"),
        ("targets", "Person Code,Target,Phase\nA1,Read,Autumn\n", "isn't one of this plan's: Induction"),
        ("reviews", "Person Code,Review Date\nA1,\n", "Review Date is empty"),
        ("reviews", "Person Code,Review Date\nA1,2026-12-24\n", "still to come"),
        ("reviews", "Person Code,Review Date,Type\nA1,2026-11-09,chat\n", "Review Type 'chat' isn't known"),
        ("attendance", "Person Code,Week,Possible,Attended\nA1,2026-11-09,10,11\n", "11 sessions attended"),
        ("attendance", "Person Code,Week,Possible,Attended\nA1,2026-11-09,ten,9\n", "no whole number"),
        ("attendance", "Person Code,Week,Possible,Attended\nA1,2027-11-08,10,9\n", "still to come"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_line_and_reason(
    sqlite_engine: Engine, tmp_path: Path, kind: str, content: str, reason: str
) -> None:
    summary = importing(sqlite_engine, tmp_path)(kind, content)
    assert summary.refused.lines[0].where == f"{kind}.csv, line 2"
    assert reason in summary.refused.lines[0].reason
    assert summary.all_refused


def test_two_rows_that_disagree_on_one_target_leave_the_first(engine: Engine, imported: Import) -> None:
    summary = imported(
        "targets", "Person Code,Target,Due Date\nA1,Read,2026-12-11\nA1,read,2026-12-18\nA1,Read,2026-12-11\n"
    )
    assert [line.where for line in summary.refused.lines] == ["targets.csv, line 3"]
    with reading(engine) as session:
        assert session.scalars(select(Target.due_on)).all() == [date(2026, 12, 11)]


def test_a_learner_of_two_groups_needs_the_group_code(engine: Engine, imported: Import) -> None:
    imported("roster", ROSTER + "A1,Ada,Byron,Care,MA2-1,2026-09-07,2027-07-02\n")
    summary = imported("targets", "Person Code,Target\nA1,Read\n")
    assert "enrolled in HS3-1, MA2-1" in summary.refused.lines[0].reason
    assert imported("targets", "Person Code,Group Code,Target\nA1,ma2-1,Read\n").added == 1


# --- templates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_template_has_every_column_and_imports_as_it_is(
    sqlite_engine: Engine, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "template.csv"
    path.write_text(template(kind))
    summary = run_import(sqlite_engine, kind, path)
    assert (summary.read, summary.unused_headings) == (0, [])
    assert template(kind).strip().split(",") == [column.heading for column in COLUMNS[kind]]


def test_there_is_a_template_for_each_of_the_colleges_own_files_and_for_no_other() -> None:
    assert set(COLUMNS) == set(KINDS) - {"ilr", "oulad"}
    with pytest.raises(Refused, match="no template for ilr"):
        template("ilr")


def test_options_that_a_kind_does_not_take_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(template("targets"))
    with pytest.raises(Refused, match="leave it out for targets"):
        import_files(sqlite_engine, "targets", [path], department="Care", today=TODAY)
    with pytest.raises(Refused, match="headings of its own"):
        import_files(sqlite_engine, "ilr", [path], department="Care", mapping=path, today=TODAY)
