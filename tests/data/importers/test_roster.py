"""A college's roster: people, places, dates; what it adds to learners who came from the ILR."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data.database import reading, writing
from data.importers import Summary
from data.models import (
    BreakInLearning,
    Change,
    Cohort,
    CohortTutor,
    Department,
    Enrolment,
    Lane,
    Learner,
    Organisation,
    Person,
    Phase,
    Plan,
    RoleAssignment,
    Target,
    TeachingGroup,
    TeachingGroupLearner,
)
from data.scope import enrolments_seen_by, load_viewer
from tests import factories as make
from tests.data.importers.helpers import ILR, contents, counts, run_import

HEADINGS = (
    "Person Code,Forename,Surname,Department,Group Code,Course Title,Start Date,Expected End Date,"
    "Actual End Date,End Reason,Break From,Back On,Tutor E-mail,Tutor Name"
)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = "A1,Ada,Byron,Care,HS3-1,Care Level 3,07/09/2026,30/07/2027,,,,,Jo.Smith@College.example,Jo Smith"
BEN = "A2,Ben,Okoro,Care,HS3-1,Care Level 3,14/09/2026,30/07/2027,,,,,jo.smith@college.example,"


def roster(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    path = folder / "roster.csv"
    path.write_text("\n".join([headings, *rows]) + "\n")
    return path


def import_rows(engine: Engine, folder: Path, *rows: str, **options: object) -> Summary:
    headings = str(options.pop("headings", HEADINGS))
    return run_import(engine, "roster", roster(folder, *rows, headings=headings), **options)


def test_a_roster_makes_the_whole_college(engine: Engine, tmp_path: Path) -> None:
    summary = import_rows(engine, tmp_path, ADA, BEN)
    assert summary.refused.count == 0
    with reading(engine) as session:
        assert session.scalars(select(Department.name)).all() == ["Care"]
        cohort = session.scalars(select(Cohort)).one()
        assert (cohort.code, cohort.title) == ("HS3-1", "Care Level 3")
        assert cohort.starts_on == date(2026, 9, 7)
        tutor = session.scalars(select(Person)).one()
        assert (tutor.email, tutor.name) == ("jo.smith@college.example", "Jo Smith")
        assert tutor.password_hash is None
        assert session.scalars(select(RoleAssignment.role_name)).all() == ["tutor"]
        enrolments = session.scalars(select(Enrolment).order_by(Enrolment.starts_on)).all()
        assert [(each.starts_on, each.planned_end_on, each.tutor_id) for each in enrolments] == [
            (date(2026, 9, 7), date(2027, 7, 30), tutor.id),
            (date(2026, 9, 14), date(2027, 7, 30), tutor.id),
        ]
        assert enrolments[0].next_review_on == date(2026, 10, 19)
        assert len(session.scalars(select(Plan)).all()) == 2
        assert len(session.scalars(select(Phase)).all()) == 8
    found = counts(engine)
    assert (found["learner"], found["cohort_tutor"]) == (2, 1)


def test_a_second_run_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    import_rows(engine, tmp_path, ADA, BEN)
    before = contents(engine)
    summary = import_rows(engine, tmp_path, ADA, BEN)
    assert contents(engine) == before
    assert (summary.added, summary.changed, summary.kept.count) == (0, 0, 0)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("20/11/2026,Withdrawn", (date(2026, 11, 20), "withdrew")),
        ("20/11/2026,completed", (date(2026, 11, 20), "completed")),
        ("20/11/2026,2", (date(2026, 11, 20), "completed")),
        ("20/11/2026,Transferred", (date(2026, 11, 20), "transferred")),
        (",Continuing", (None, None)),
    ],
)
def test_an_actual_end_and_its_reason_end_the_enrolment(
    sqlite_engine: Engine, tmp_path: Path, end: str, expected: tuple[date | None, str | None]
) -> None:
    import_rows(
        sqlite_engine, tmp_path, f"A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,{end},13/10/2026,,,"
    )
    with reading(sqlite_engine) as session:
        enrolment = session.scalars(select(Enrolment)).one()
        assert (enrolment.ended_on, enrolment.end_reason) == expected


def test_a_roster_without_more_than_codes_and_tutors_adds_tutors_to_the_ilrs_learners(
    engine: Engine, tmp_path: Path
) -> None:
    run_import(engine, "ilr", ILR / "ILR-10033670-1819-20181210-090910-36.xml")
    summary = import_rows(
        engine,
        tmp_path,
        "fm36 17 1,a.tutor@college.example",
        "fm36 17 15,a.tutor@college.example",
        "nobody,a.tutor@college.example",
        headings="Student Ref,Personal Tutor E-mail",
    )
    assert summary.refused.count == 1
    assert "line 4: Person Code nobody isn't known here yet" in str(summary.refused.lines[0])
    with reading(engine) as session:
        tutored = session.scalars(
            select(Learner.reference)
            .join(Enrolment, Enrolment.learner_id == Learner.id)
            .where(Enrolment.tutor_id.is_not(None))
        ).all()
        assert sorted(tutored) == ["fm36 17 1", "fm36 17 15"]
        assert session.scalars(select(Person.name)).all() == ["A Tutor"]
    assert (counts(engine)["learner"], counts(engine)["cohort"]) == (3, 1)


def test_a_tutor_sees_only_the_learners_that_the_roster_names(engine: Engine, tmp_path: Path) -> None:
    other = BEN.replace("jo.smith@college.example", "kim.lee@college.example")
    import_rows(engine, tmp_path, ADA, other)
    assert counts(engine)["cohort_tutor"] == 0
    with reading(engine) as session:
        person_id = session.scalars(select(Person.id).where(Person.name == "Jo Smith")).one()
        viewer = load_viewer(session, person_id, NOW)
        assert viewer is not None
        seen = session.scalars(select(Enrolment.id).where(enrolments_seen_by(viewer))).all()
        assert len(seen) == 1


def test_a_cohorts_only_tutor_ends_when_another_takes_some_of_its_learners(
    engine: Engine, tmp_path: Path
) -> None:
    import_rows(engine, tmp_path, ADA, BEN)
    import_rows(engine, tmp_path, ADA, BEN.replace("jo.smith@college.example", "kim.lee@college.example"))
    with reading(engine) as session:
        assert session.scalars(select(CohortTutor.until_on)).all() == [date(2026, 11, 22)]


def test_a_tutor_of_a_cohort_whom_a_person_set_stays(engine: Engine, tmp_path: Path) -> None:
    import_rows(engine, tmp_path, ADA)
    with writing(engine) as session:
        someone = Person(organisation_id=1, email="lead@college.example", name="Lead")
        session.add(someone)
        session.flush()
        cohort_id = session.scalars(select(Cohort.id)).one()
        session.add(CohortTutor(cohort_id=cohort_id, person_id=someone.id, from_on=date(2026, 9, 1)))
    import_rows(engine, tmp_path, ADA, BEN)
    with reading(engine) as session:
        assert session.scalars(select(CohortTutor.until_on)).all() == [None, None]


def test_a_handover_outlasts_the_roster_until_that_names_the_new_tutor_too(
    engine: Engine, tmp_path: Path
) -> None:
    import_rows(engine, tmp_path, ADA, BEN)
    with writing(engine) as session:
        jo = session.scalars(select(Person).where(Person.name == "Jo Smith")).one()
        new = make.person(session, session.get_one(Organisation, 1), "tutor", email="kim.lee@college.example")
        cohort = session.scalars(select(Cohort)).one()
        make.stand_in(session, jo, new, cohort, from_on=NOW.date())
        ids = jo.id, new.id

    def seen() -> list[int]:
        with reading(engine) as session:
            viewers = [load_viewer(session, person_id, NOW) for person_id in ids]
            return [
                len(session.scalars(select(Enrolment.id).where(enrolments_seen_by(viewer))).all())
                for viewer in viewers
                if viewer is not None
            ]

    assert seen() == [0, 2]
    import_rows(engine, tmp_path, ADA, BEN)
    assert seen() == [0, 2]
    caught_up = [row.replace("jo.smith@college.example", "kim.lee@college.example") for row in (ADA, BEN)]
    import_rows(engine, tmp_path, *caught_up)
    assert seen() == [0, 2]


def test_a_break_pauses_and_its_end_is_taken_later(engine: Engine, tmp_path: Path) -> None:
    away = "A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,,,12/10/2026,,,"
    back = "A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,,,12/10/2026,26/10/2026,,"
    import_rows(engine, tmp_path, away, "A2,Ben,Okoro,Care,HS3-1,Care,14/09/2026,,,,,,,")
    with reading(engine) as session:
        span = session.scalars(select(BreakInLearning)).one()
        assert (span.from_on, span.back_on) == (date(2026, 10, 12), None)
    import_rows(engine, tmp_path, back, "A2,Ben,Okoro,Care,HS3-1,Care,14/09/2026,,,,,,,")
    with reading(engine) as session:
        assert session.scalars(select(BreakInLearning.back_on)).one() == date(2026, 10, 26)
        assert date(2026, 11, 2) in session.scalars(select(Enrolment.next_review_on)).all()


def test_a_break_moves_the_targets_that_people_set_and_not_those_of_an_import(
    engine: Engine, tmp_path: Path
) -> None:
    import_rows(engine, tmp_path, "A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,,,30/11/2026,,,")
    targets = tmp_path / "targets.csv"
    targets.write_text("Person Code,Target,Due Date\nA1,From the college's system,2026-12-18\n")
    run_import(engine, "targets", targets)
    with writing(engine) as session:
        imported = session.scalars(select(Target)).one()
        for title, due_on in (("Set here", date(2026, 12, 4)), ("Due before", date(2026, 11, 27))):
            session.add(
                Target(
                    plan_id=imported.plan_id,
                    lane_id=imported.lane_id,
                    title=title,
                    due_on=due_on,
                    first_due_on=due_on,
                    created_on=date(2026, 9, 7),
                )
            )
    row = "A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,,,30/11/2026,{},,"
    for back_on, moved_to in (("14/12/2026", 18), ("14/12/2026", 18), ("07/12/2026", 11)):
        import_rows(engine, tmp_path, row.format(back_on))
        with reading(engine) as session:
            for column in (Target.due_on, Target.first_due_on):
                # A break is no slippage: what was due in it was first due after it, too.
                due = {title: day for title, day in session.execute(select(Target.title, column))}
                assert due == {
                    "From the college's system": date(2026, 12, 18),
                    "Set here": date(2026, 12, moved_to),
                    "Due before": date(2026, 11, 27),
                }
    with reading(engine) as session:
        reasons = session.scalars(select(Change.reason).where(Change.field == "due_on")).all()
        assert reasons == [
            "Break in learning from 2026-11-30 to 2026-12-14",
            "Break in learning from 2026-11-30 to 2026-12-07",
        ]
        moved = session.scalars(select(Target).where(Target.title == "Set here")).one()
        assert (moved.moves, moved.version) == (0, 3)


def test_a_target_first_due_before_a_break_keeps_that_date_though_the_break_moves_it_on(
    engine: Engine, tmp_path: Path
) -> None:
    row = "A1,Ada,Byron,Care,HS3-1,Care,07/09/2026,30/07/2027,,,{},{},,"
    import_rows(engine, tmp_path, row.format("", ""))
    with writing(engine) as session:
        plan_id = session.scalars(select(Plan.id)).one()
        session.add(
            Target(
                plan_id=plan_id,
                lane_id=session.scalars(select(Lane.id)).first(),
                title="Moved by a month",
                due_on=date(2026, 12, 4),
                first_due_on=date(2026, 11, 4),
                moves=1,
                created_on=date(2026, 9, 7),
            )
        )
    import_rows(engine, tmp_path, row.format("30/11/2026", "14/12/2026"))
    with reading(engine) as session:
        target = session.scalars(select(Target)).one()
        assert (target.first_due_on, target.due_on) == (date(2026, 11, 4), date(2026, 12, 18))


def test_teaching_groups_gather_learners_of_several_departments(engine: Engine, tmp_path: Path) -> None:
    headings = f"{HEADINGS},Teaching Group,Subject,Teacher E-mail,Teacher Name"
    group = "MA-GCSE-2,GCSE Mathematics,p.reed@college.example,Pat Reed"
    art = "A3,Caz,Li,Art,AD3-1,Art and Design,07/09/2026,30/07/2027,,,,,,"
    for _ in range(2):
        import_rows(engine, tmp_path, f"{ADA},{group}", f"{BEN},,,,", f"{art},{group}", headings=headings)
    with reading(engine) as session:
        assert [(g.code, g.subject) for g in session.scalars(select(TeachingGroup))] == [
            ("MA-GCSE-2", "GCSE Mathematics"),
            ("MA-GCSE-2", "GCSE Mathematics"),
        ]
        assert len(session.scalars(select(TeachingGroupLearner)).all()) == 2
        teacher = session.scalars(select(Person).where(Person.name == "Pat Reed")).one()
        viewer = load_viewer(session, teacher.id, NOW)
        assert viewer is not None
        seen = session.scalars(
            select(Learner.reference)
            .join(Enrolment, Enrolment.learner_id == Learner.id)
            .where(enrolments_seen_by(viewer))
        ).all()
        assert sorted(seen) == ["A1", "A3"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Ada,Byron,Care,HS3-1,,07/09/2026,,,,,,,", "Person Code is empty"),
        ("A9,Ada,,Care,HS3-1,,07/09/2026,,,,,,,", "needs Surname"),
        ("A9,Ada,Byron,Care,,,,,,,,,,", "needs Group Code, Start Date"),
        ("A9,Ada,Byron,,HS3-9,,07/09/2026,,,,,,,", "no department is given for the group HS3-9"),
        ("A9,Ada,Byron,Care,HS3-1,,07/09/2026,01/09/2026,,,,,,", "is before Start Date"),
        ("A9,Ada,Byron,Care,HS3-1,,07/09/2026,,20/11/2026,,,,,", "no End Reason"),
        ("A9,Ada,Byron,Care,HS3-1,,07/09/2026,,20/11/2026,abducted,,,,", "'abducted' isn't known"),
        ("A9,Ada,Byron,Care,HS3-1,,07/09/2026,,,,26/10/2026,12/10/2026,,", "isn't after Break From"),
        ("A9,Ada,Byron,Care,HS3-1,,07/09/2026,,,,,12/10/2026,,", "no Break From"),
        ("A1,Ada,Byron,Care,HS3-1,,14/09/2026,30/07/2027,,,,,,", "something else of learner A1"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_line_and_reason_and_the_rest_is_taken(
    sqlite_engine: Engine, tmp_path: Path, row: str, reason: str
) -> None:
    summary = import_rows(sqlite_engine, tmp_path, ADA, row, BEN)
    assert [line.where for line in summary.refused.lines] == ["roster.csv, line 3"]
    assert reason in summary.refused.lines[0].reason
    assert counts(sqlite_engine)["learner"] == 2


def test_a_code_that_two_providers_use_needs_the_ukprn(engine: Engine, tmp_path: Path) -> None:
    headings = f"{HEADINGS},UKPRN"
    import_rows(
        engine, tmp_path, f"{ADA},10000001", f"{ADA.replace('Ada', 'Eve')},10000002", headings=headings
    )
    assert counts(engine)["learner"] == 2
    summary = import_rows(engine, tmp_path, "A1,x@college.example", headings="Person Code,Tutor E-mail")
    assert "used by 2 providers" in summary.refused.lines[0].reason
    assert summary.all_refused


def test_an_empty_department_is_that_of_the_only_group_of_the_code(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    import_rows(sqlite_engine, tmp_path, ADA)
    assert (
        import_rows(sqlite_engine, tmp_path, BEN.replace(",Care,", ",,").replace("14/09", "21/09")).added > 0
    )
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Department.name)).all() == ["Care"]
    assert counts(sqlite_engine)["enrolment"] == 2


def test_a_date_of_birth_arrives_and_one_that_is_none_refuses_its_row(engine: Engine, tmp_path: Path) -> None:
    headings = f"{HEADINGS},DOB"
    import_rows(engine, tmp_path, f"{ADA},03/05/2009", f"{BEN},29/02/2008", headings=headings)
    with reading(engine) as session:
        born = session.scalars(select(Learner.born_on).order_by(Learner.reference)).all()
    assert born == [date(2009, 5, 3), date(2008, 2, 29)]
    assert import_rows(engine, tmp_path, f"{ADA},31/02/2009", headings=headings).refused.count == 1
