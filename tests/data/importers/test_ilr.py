"""The ILR, on the real sample files and on small ones for each rule."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse
from sqlalchemy import Engine, select

from data.database import reading
from data.errors import Refused
from data.models import BreakInLearning, Cohort, Department, Enrolment, Learner, Milestone, Plan, Target
from tests.data.importers.helpers import ILR, counts, run_import

FILES = sorted(ILR.glob("*.xml"))
SAMPLE_2526 = ILR / "ILR-99999999-2526-20250108-094401.xml"
SAMPLE_1819 = ILR / "ILR-99999999-1819-sample.xml"
APPRENTICESHIP = "<ProgType>25</ProgType><StdCode>154</StdCode>"


def aim(
    reference: str,
    aim_type: int = 4,
    *,
    starts: str = "2026-09-07",
    ends: str = "2027-07-02",
    status: str = "<CompStatus>1</CompStatus>",
    programme: str = "",
) -> str:
    return (
        f"<LearningDelivery><LearnAimRef>{reference}</LearnAimRef><AimType>{aim_type}</AimType>"
        f"<LearnStartDate>{starts}</LearnStartDate><LearnPlanEndDate>{ends}</LearnPlanEndDate>"
        f"<FundModel>36</FundModel>{programme}{status}</LearningDelivery>"
    )


def ended(code: int, on: str, outcome: int | None = None, more: str = "") -> str:
    result = f"<Outcome>{outcome}</Outcome>" if outcome else ""
    return f"<CompStatus>{code}</CompStatus><LearnActEndDate>{on}</LearnActEndDate>{more}{result}"


def ilr(folder: Path, *deliveries: str, reference: str = "A1", namespace: str = "ESFA/ILR/2026-27") -> Path:
    path = folder / "ilr.xml"
    path.write_text(
        f'<Message xmlns="{namespace}"><LearningProvider><UKPRN>10000001</UKPRN></LearningProvider>'
        f"<Learner><LearnRefNumber>{reference}</LearnRefNumber><GivenNames>Ada</GivenNames>"
        f"<FamilyName>Byron</FamilyName>{''.join(deliveries)}</Learner></Message>"
    )
    return path


def texts(path: Path, name: str) -> list[str]:
    """The text of each such element that lies in a learner."""
    learners = [each for each in parse(path).getroot() if each.tag.endswith("}Learner")]
    return [
        each.text or "" for learner in learners for each in learner.iter() if each.tag.endswith(f"}}{name}")
    ]


# --- the real files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_learner_and_aim_of_a_real_file_arrives(sqlite_engine: Engine, path: Path) -> None:
    summary = run_import(sqlite_engine, "ilr", path)
    learners, aims = texts(path, "LearnRefNumber"), texts(path, "LearnAimRef")
    assert summary.refused.count == 0
    assert summary.read == len(learners) + len(aims)
    with reading(sqlite_engine) as session:
        assert sorted(session.scalars(select(Learner.reference))) == sorted(set(learners))
        imported = session.execute(
            select(Milestone.short_title).join(Target, Target.milestone_id == Milestone.id)
        )
        found = Counter(title for (title,) in imported)
        assert {title for title in found if title != "Programme"} == {
            each for each in aims if each != "ZPROG001"
        }
        assert found["Programme"] == aims.count("ZPROG001")


def test_learners_are_known_by_provider_and_reference_never_by_uln(engine: Engine) -> None:
    ulns = texts(SAMPLE_2526, "ULN")
    assert len(set(ulns)) < len(ulns)
    run_import(engine, "ilr", SAMPLE_2526)
    assert counts(engine)["learner"] == len(ulns)


def test_files_of_several_years_come_together_in_one_run(engine: Engine) -> None:
    summary = run_import(engine, "ilr", *FILES)
    assert summary.refused.count == 0
    references = {
        ("10033670" in path.name, reference) for path in FILES for reference in texts(path, "LearnRefNumber")
    }
    assert counts(engine)["learner"] == len(references)


def test_a_zipped_ilr_is_the_same_as_the_file(engine: Engine) -> None:
    run_import(engine, "ilr", ILR / "zip" / "ILR_Valid.zip")
    assert run_import(engine, "ilr", ILR / "ILR_Valid.xml").added == 0
    assert counts(engine)["target"] == 1


def test_every_enrolment_has_a_plan_with_phases_that_hold_its_targets(engine: Engine) -> None:
    run_import(engine, "ilr", SAMPLE_2526)
    with reading(engine) as session:
        plans = set(session.scalars(select(Plan.id)))
        assert plans == set(session.scalars(select(Enrolment.id)))
        loose = select(Target).where(Target.phase_id.is_(None), Target.due_on.is_not(None))
        assert session.scalars(loose).all() == []


def test_an_impossible_planned_end_is_left_out_and_listed(engine: Engine) -> None:
    summary = run_import(engine, "ilr", SAMPLE_2526)
    assert summary.left_out.count == 4
    assert "line 1139: learner TLevelT" in str(summary.left_out.lines[0])
    with reading(engine) as session:
        due = session.scalars(
            select(Target.due_on)
            .join(Enrolment, Enrolment.id == Target.plan_id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .where(Learner.reference == "TLevelT")
        ).all()
        assert due == [None] * 4


# --- programmes, cohorts, study programmes -------------------------------------------------------------


def test_a_cohort_is_a_programme_and_its_academic_start_year(engine: Engine, tmp_path: Path) -> None:
    run_import(
        engine,
        "ilr",
        ilr(
            tmp_path,
            aim("ZPROG001", 1, starts="2027-02-01", ends="2028-07-02", programme=APPRENTICESHIP),
            aim("60000001", 3, starts="2027-02-01", ends="2028-01-28", programme=APPRENTICESHIP),
            aim("60000009", 4, starts="2027-08-01", ends="2028-07-02"),
        ),
        department="Engineering",
    )
    with reading(engine) as session:
        cohorts = session.execute(
            select(Department.name, Cohort.code, Cohort.title, Cohort.starts_on)
            .join(Cohort, Cohort.department_id == Department.id)
            .order_by(Cohort.id)
        ).all()
        assert [tuple(row) for row in cohorts] == [
            (
                "Engineering",
                "Standard 154 2026/27",
                "Apprenticeship standard 154, started 2026/27",
                date(2027, 2, 1),
            ),
            ("Engineering", "Aim 60000009 2027/28", "Aim 60000009, started 2027/28", date(2027, 8, 1)),
        ]
        titles = session.scalars(select(Milestone.title).order_by(Milestone.cohort_id, Milestone.position))
        assert titles.all() == [
            "Aim 60000001",
            "Complete the programme: Apprenticeship standard 154",
            "Aim 60000009",
        ]


def test_the_aims_of_a_study_programme_make_one_plan(engine: Engine) -> None:
    run_import(engine, "ilr", SAMPLE_2526)
    with reading(engine) as session:
        targets = session.execute(
            select(Cohort.code, Target.title)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .join(Target, Target.plan_id == Enrolment.id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .where(Learner.reference == "16Learner")
            .order_by(Target.title)
        ).all()
        assert [tuple(row) for row in targets] == [
            ("Study 60149735 2024/25", "Aim 60146242"),
            ("Study 60149735 2024/25", "Aim 60149735"),
        ]


def test_a_milestone_is_due_when_most_of_its_learners_are(engine: Engine, tmp_path: Path) -> None:
    path = ilr(tmp_path, aim("60000001", ends="2027-07-02"))
    learners = [
        path.read_text().split("<Learner>")[1].split("</Learner>")[0].replace(">A1<", f">B{n}<")
        for n in range(2)
    ]
    later = "".join(f"<Learner>{each.replace('2027-07-02', '2027-07-09')}</Learner>" for each in learners)
    path.write_text(path.read_text().replace("</Message>", f"{later}</Message>"))
    run_import(engine, "ilr", path)
    with reading(engine) as session:
        assert session.scalars(select(Milestone.due_on)).all() == [date(2027, 7, 9)]
        assert Counter(session.scalars(select(Target.due_on))) == {date(2027, 7, 2): 1, date(2027, 7, 9): 2}


# --- completion, outcome, breaks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("<CompStatus>1</CompStatus>", ("in-progress", None, None)),
        (ended(2, "2026-11-20", 1), ("achieved", "2026-11-20", "2026-11-20")),
        (ended(2, "2026-11-20", 2), ("not-achieved", None, "2026-11-20")),
        (ended(2, "2026-11-20", 3), ("not-achieved", None, "2026-11-20")),
        (ended(2, "2026-11-20", 8), ("in-progress", None, None)),
        (ended(3, "2026-11-20", 3), ("not-achieved", None, "2026-11-20")),
        (ended(3, "2026-11-20"), ("withdrawn", None, "2026-11-20")),
        (ended(6, "2026-11-20", 3), ("in-progress", None, None)),
    ],
)
def test_completion_and_outcome_become_status_and_dates(
    sqlite_engine: Engine, tmp_path: Path, status: str, expected: tuple[str, str | None, str | None]
) -> None:
    run_import(sqlite_engine, "ilr", ilr(tmp_path, aim("60000001", status=status)))
    with reading(sqlite_engine) as session:
        target = session.scalars(select(Target)).one()
        days = [day.isoformat() if day else None for day in (target.achieved_on, target.closed_on)]
        assert (target.status, *days) == expected


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ended(2, "2026-11-20", 1), "completed"),
        (ended(3, "2026-11-20", 3, "<WithdrawReason>98</WithdrawReason>"), "withdrew"),
        (ended(3, "2026-11-20", 3, "<WithdrawReason>40</WithdrawReason>"), "transferred"),
    ],
)
def test_a_programme_that_ended_ends_the_enrolment(
    sqlite_engine: Engine, tmp_path: Path, status: str, reason: str
) -> None:
    head = aim("ZPROG001", 1, status=status, programme=APPRENTICESHIP)
    run_import(sqlite_engine, "ilr", ilr(tmp_path, head, aim("60000001", 3, programme=APPRENTICESHIP)))
    with reading(sqlite_engine) as session:
        enrolment = session.scalars(select(Enrolment)).one()
        assert (enrolment.ended_on, enrolment.end_reason) == (date(2026, 11, 20), reason)


def test_a_break_is_open_from_the_day_after_the_actual_end(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", ilr(tmp_path, aim("60000001", status=ended(6, "2026-10-02", 3))))
    with reading(engine) as session:
        away = session.scalars(select(BreakInLearning)).one()
        assert (away.from_on, away.back_on) == (date(2026, 10, 3), None)
        enrolment = session.scalars(select(Enrolment)).one()
        assert (enrolment.ended_on, enrolment.next_review_on) == (None, None)


def test_a_return_from_a_break_goes_on_with_the_same_plan(engine: Engine, tmp_path: Path) -> None:
    left = aim("60000001", status=ended(6, "2026-11-20", 3))
    restart = "<OrigLearnStartDate>2026-09-07</OrigLearnStartDate><CompStatus>1</CompStatus>"
    back = aim("60000001", starts="2027-09-06", ends="2028-07-07", status=restart)
    run_import(engine, "ilr", ilr(tmp_path, left, back))
    with reading(engine) as session:
        away = session.scalars(select(BreakInLearning)).one()
        assert (away.from_on, away.back_on) == (date(2026, 11, 21), date(2027, 9, 6))
        target = session.scalars(select(Target)).one()
        assert (target.due_on, target.status) == (date(2028, 7, 7), "in-progress")
        assert session.scalars(select(Enrolment.starts_on)).one() == date(2026, 9, 7)


def test_next_years_file_closes_the_break_that_last_years_opened(engine: Engine, tmp_path: Path) -> None:
    run_import(engine, "ilr", ilr(tmp_path, aim("60000001", status=ended(6, "2026-11-20", 3))))
    restart = "<OrigLearnStartDate>2026-09-07</OrigLearnStartDate><CompStatus>1</CompStatus>"
    again = ilr(tmp_path, aim("60000001", starts="2027-09-06", ends="2028-07-07", status=restart))
    for _ in range(2):
        summary = run_import(engine, "ilr", again)
        with reading(engine) as session:
            assert session.scalars(select(BreakInLearning.back_on)).one() == date(2027, 9, 6)
    assert (summary.added, summary.changed, counts(engine)["enrolment"]) == (0, 0, 1)


# --- rows and files that are refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (aim("60000001", status="<CompStatus>2</CompStatus>"), "no LearnActEndDate"),
        (aim("60000001", status="<CompStatus>5</CompStatus>"), "CompStatus 5"),
        (aim("60000001", status=ended(2, "2026-01-01", 1)), "before its start"),
        (aim("60000001", starts="2026-13-01"), "no date"),
        (aim("60000001", starts=""), "no LearnStartDate"),
        (aim(""), "without LearnAimRef"),
        (aim("60000001", status="<CompStatus>x</CompStatus>"), "no code"),
    ],
)
def test_an_aim_that_cannot_be_is_refused_with_line_and_reason(
    sqlite_engine: Engine, tmp_path: Path, delivery: str, reason: str
) -> None:
    summary = run_import(sqlite_engine, "ilr", ilr(tmp_path, delivery, "\n", aim("60000002")))
    assert summary.refused.count == 1
    assert str(summary.refused.lines[0]).startswith("ilr.xml, line 1: learner A1: ")
    assert reason in str(summary.refused.lines[0])
    assert counts(sqlite_engine)["target"] == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<Message xmlns='ESFA/ILR/2026-27'><Header xmlns='urn:other'/></Message>", "another namespace"),
        ("<Message xmlns='ESFA/ILR/2026-27'/>", "isn't an ILR"),
        ("<Message xmlns='urn:something-else'/>", "isn't an ILR"),
        ("<rss><channel/></rss>", "isn't an ILR"),
        ("Person Code,Surname", "well-formed"),
        ("", "well-formed"),
    ],
)
def test_a_file_that_is_no_ilr_is_refused_saying_so(
    sqlite_engine: Engine, tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "wrong.xml"
    path.write_text(content)
    with pytest.raises(Refused, match=reason):
        run_import(sqlite_engine, "ilr", path)
    assert counts(sqlite_engine)["organisation"] == 0


def test_a_missing_file_is_refused_by_name(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nowhere\.xml"):
        run_import(sqlite_engine, "ilr", tmp_path / "nowhere.xml")


def test_the_date_of_birth_arrives_and_one_that_is_none_is_left_to_be_given_by_hand(
    engine: Engine, tmp_path: Path
) -> None:
    path = ilr(tmp_path, aim("60000001"))
    whole = path.read_text()
    for said, expected in (("2009-05-03", date(2009, 5, 3)), ("soon", date(2009, 5, 3))):
        path.write_text(whole.replace("<GivenNames>", f"<DateOfBirth>{said}</DateOfBirth><GivenNames>"))
        run_import(engine, "ilr", path)
        with reading(engine) as session:
            assert session.scalars(select(Learner.born_on)).all() == [expected]
