"""What every import promises: a true dry run, one transaction, and a second run that changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data.database import reading, writing
from data.errors import Refused
from data.models import Change, Enrolment, Learner, Milestone, Target
from tests.data.importers.helpers import ILR, college, contents, counts, run_import

SAMPLE = ILR / "ILR-99999999-2526-20250108-094401.xml"


def small_ilr(folder: Path, *, end: str = "2027-07-02", delivery: str = "<CompStatus>1</CompStatus>") -> Path:
    """An ILR of one learner with one aim."""
    path = folder / "small.xml"
    path.write_text(
        '<Message xmlns="ESFA/ILR/2026-27"><LearningProvider><UKPRN>10000001</UKPRN></LearningProvider>'
        "<Learner><LearnRefNumber>A1</LearnRefNumber><GivenNames>Ada</GivenNames>"
        "<FamilyName>Byron</FamilyName><LearningDelivery><LearnAimRef>60000001</LearnAimRef>"
        "<AimType>4</AimType><LearnStartDate>2026-09-07</LearnStartDate>"
        f"<LearnPlanEndDate>{end}</LearnPlanEndDate>{delivery}</LearningDelivery></Learner></Message>"
    )
    return path


def edit_target(engine: Engine, **values: object) -> None:
    """What a person does in the form, without its checks."""
    with writing(engine) as session:
        target = session.scalars(select(Target)).one()
        for name, value in values.items():
            setattr(target, name, value)


def the_target(engine: Engine) -> Target:
    with reading(engine) as session:
        return session.scalars(select(Target)).one()


def test_a_dry_run_reports_the_same_numbers_and_writes_nothing(engine: Engine) -> None:
    college(engine)
    before = contents(engine)
    dry = run_import(engine, "ilr", SAMPLE, dry_run=True)
    assert contents(engine) == before
    real = run_import(engine, "ilr", SAMPLE)
    assert dry.counts == real.counts
    assert dry.read == real.read
    assert "nothing was written" in dry.lines()[0]
    assert "nothing was written" in dry.lines()[-1]
    assert dry.lines()[-1].removesuffix(" (dry run: nothing was written)") == real.lines()[-1]


def test_a_second_run_changes_nothing(engine: Engine) -> None:
    first = run_import(engine, "ilr", SAMPLE)
    before = contents(engine)
    second = run_import(engine, "ilr", SAMPLE)
    after = contents(engine)
    assert after == before
    assert (second.added, second.changed, second.kept.count) == (0, 0, 0)
    assert second.unchanged == first.added + first.unchanged


def test_a_field_that_the_source_changed_is_taken_with_its_history(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    summary = run_import(engine, "ilr", small_ilr(tmp_path, end="2027-07-16"))
    target = the_target(engine)
    assert (target.due_on, target.first_due_on) == (date(2027, 7, 16), date(2027, 7, 2))
    assert (target.moves, target.version) == (1, 2)
    assert summary.of("targets").changed == 1
    with reading(engine) as session:
        changes = session.scalars(select(Change).order_by(Change.id)).all()
        assert [(c.field, c.old, c.new, c.origin) for c in changes] == [
            ("created", None, "Aim 60000001", "import"),
            ("due_on", "2027-07-02", "2027-07-16", "import"),
        ]
        assert session.scalars(select(Milestone.due_on)).one() == date(2027, 7, 16)


def test_a_field_that_a_person_edited_is_kept_counted_and_listed(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    edit_target(engine, due_on=date(2027, 5, 28))
    summary = run_import(engine, "ilr", small_ilr(tmp_path))
    assert the_target(engine).due_on == date(2027, 5, 28)
    assert summary.kept.count == 1
    assert "Aim 60000001 of learner A1: due stays 2027-05-28 (the file says 2027-07-02)" in "\n".join(
        summary.lines()
    )


def test_an_edited_field_is_kept_even_when_the_source_changes_it_too(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    edit_target(engine, due_on=date(2027, 5, 28))
    for _ in range(2):
        summary = run_import(engine, "ilr", small_ilr(tmp_path, end="2027-07-16"))
        assert the_target(engine).due_on == date(2027, 5, 28)
        assert summary.kept.count == 1
        assert summary.of("targets").changed == 0


def test_other_fields_of_an_edited_row_still_follow_the_source(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    edit_target(engine, due_on=date(2027, 5, 28))
    done = "<CompStatus>2</CompStatus><LearnActEndDate>2026-11-20</LearnActEndDate><Outcome>1</Outcome>"
    run_import(engine, "ilr", small_ilr(tmp_path, delivery=done))
    target = the_target(engine)
    assert (target.status, target.achieved_on) == ("achieved", date(2026, 11, 20))
    assert target.due_on == date(2027, 5, 28)


def test_a_status_and_its_date_are_kept_together(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    day = date(2026, 11, 2)
    edit_target(engine, status="achieved", achieved_on=day, closed_on=day)
    failed = "<CompStatus>2</CompStatus><LearnActEndDate>2026-11-20</LearnActEndDate><Outcome>3</Outcome>"
    summary = run_import(engine, "ilr", small_ilr(tmp_path, delivery=failed))
    target = the_target(engine)
    assert (target.status, target.achieved_on, target.closed_on) == ("achieved", day, day)
    assert [line.field for line in summary.kept.lines] == ["status", "closed"]


def test_a_field_that_the_source_empties_is_emptied_unless_somebody_changed_it(
    engine: Engine, tmp_path: Path
) -> None:
    done = "<CompStatus>2</CompStatus><LearnActEndDate>2026-11-20</LearnActEndDate><Outcome>1</Outcome>"
    run_import(engine, "ilr", small_ilr(tmp_path, delivery=done))
    run_import(engine, "ilr", small_ilr(tmp_path))
    assert the_target(engine).achieved_on is None
    with reading(engine) as session:
        assert session.scalars(select(Enrolment.ended_on)).one() is None


def test_an_end_that_a_person_gave_holds_the_start_and_is_no_news_while_the_file_has_none(
    engine: Engine, tmp_path: Path
) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    with writing(engine) as session:
        enrolment = session.scalars(select(Enrolment)).one()
        enrolment.ended_on, enrolment.end_reason = date(2026, 9, 25), "withdrew"
    assert run_import(engine, "ilr", small_ilr(tmp_path)).kept.count == 0
    later = small_ilr(tmp_path)
    later.write_text(later.read_text().replace("2026-09-07", "2026-11-02"))
    summary = run_import(engine, "ilr", later)
    with reading(engine) as session:
        enrolment = session.scalars(select(Enrolment)).one()
        assert (enrolment.starts_on, enrolment.ended_on) == (date(2026, 9, 7), date(2026, 9, 25))
    assert [line.field for line in summary.kept.lines] == ["starts"]


def test_what_the_file_says_and_a_person_entered_alike_is_no_conflict(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    edit_target(engine, due_on=date(2027, 7, 16), moves=1)
    summary = run_import(engine, "ilr", small_ilr(tmp_path, end="2027-07-16"))
    assert (summary.kept.count, summary.of("targets").changed) == (0, 0)
    summary = run_import(engine, "ilr", small_ilr(tmp_path, end="2027-07-23"))
    assert the_target(engine).due_on == date(2027, 7, 23)


def test_phases_follow_the_planned_end_unless_somebody_dated_them(engine: Engine, tmp_path: Path) -> None:
    from data.models import Phase

    run_import(engine, "ilr", small_ilr(tmp_path))
    run_import(engine, "ilr", small_ilr(tmp_path, end="2027-07-30"))
    with writing(engine) as session:
        phases = session.scalars(select(Phase).order_by(Phase.position)).all()
        assert [phase.name for phase in phases] == ["Induction", "Foundation", "Progression", "Transition"]
        assert (phases[0].starts_on, phases[-1].ends_on) == (date(2026, 9, 7), date(2027, 7, 30))
        phases[0].ends_on = date(2026, 9, 30)
    run_import(engine, "ilr", small_ilr(tmp_path, end="2027-08-27"))
    with reading(engine) as session:
        ends = session.scalars(select(Phase.ends_on).order_by(Phase.position)).all()
        assert (ends[0], ends[-1]) == (date(2026, 9, 30), date(2027, 7, 30))


def test_an_import_dates_the_first_reviews(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path))
    with reading(engine) as session:
        assert session.scalars(select(Enrolment.next_review_on)).one() == date(2026, 10, 19)


def test_a_file_refused_half_way_writes_nothing(engine: Engine, tmp_path: Path) -> None:
    college(engine)
    before = contents(engine)
    broken = tmp_path / "broken.xml"
    broken.write_text(small_ilr(tmp_path).read_text().replace("</Message>", "</Massage>"))
    with pytest.raises(Refused, match="well-formed"):
        run_import(engine, "ilr", small_ilr(tmp_path), broken)
    assert contents(engine) == before


def test_a_demo_database_refuses_imports(engine: Engine) -> None:
    college(engine, demo_today=date(2026, 11, 23))
    with pytest.raises(Refused, match="demo"):
        run_import(engine, "ilr", SAMPLE)
    assert counts(engine)["learner"] == 0


def test_a_missing_department_is_refused_with_what_to_do(sqlite_engine: Engine) -> None:
    for kind, path in (("ilr", SAMPLE), ("oulad", ILR)):
        with pytest.raises(Refused, match="--department"):
            run_import(sqlite_engine, kind, path, department=None)


def test_a_department_is_made_once_and_found_again(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path), department="Care")
    run_import(engine, "ilr", small_ilr(tmp_path), department=" Care ")
    assert counts(engine)["department"] == 1


def test_a_learner_known_in_another_department_stays_there(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", small_ilr(tmp_path), department="Care")
    run_import(engine, "ilr", small_ilr(tmp_path), department="Engineering")
    assert counts(engine)["cohort"] == 1
    with reading(engine) as session:
        assert len(session.scalars(select(Learner)).all()) == 1
