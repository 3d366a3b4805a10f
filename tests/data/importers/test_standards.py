"""Templates from the real standards and competency files, with their quirks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from data.errors import Refused
from data.importers import Summary
from data.importers.standard_files import Outcome, plain_text, standards_in
from data.importers.standards import import_standards
from data.models import Template, TemplateMilestone, TemplatePhase
from tests.data.importers.helpers import SHARED
from tests.factories import TODAY

CURRICULUM = SHARED / "curriculum"
FRAMEWORKS = SHARED / "moodle" / "frameworks"
KSB = CURRICULUM / "ksb_ST0116_software_developer.csv"
REGISTER = CURRICULUM / "ApprenticeshipStandards_2018_part1_utf16.csv"


def outcomes(path: Path, only: str = "") -> tuple[Outcome, ...]:
    (standard,) = standards_in(path, only).standards
    return standard.outcomes


def test_each_statement_of_a_standard_is_an_outcome_in_the_lane_of_its_kind() -> None:
    found = {one.code: one for one in outcomes(KSB)}
    assert len(found) == 38
    assert found["K2"].title.startswith("roles and responsibilities within the software development")
    assert {code[0]: one.lane for code, one in found.items()} == {
        "K": "academic",
        "S": "career",
        "B": "personal",
    }


def test_the_register_is_read_whatever_its_encoding_and_the_line_above_its_headings() -> None:
    file = standards_in(REGISTER)
    assert file.rows == 250
    assert len(file.standards) == 250
    (one,) = standards_in(REGISTER, "st0127").standards
    assert (one.name, one.months) == ("Network engineer (ST0127), level 4", 24)


def test_core_skills_that_a_bar_parts_are_two() -> None:
    found = outcomes(CURRICULUM / "fat_course_laboratory_technician.json")
    assert len(found) == 11
    assert found[5].title.startswith("Produce reliable, accurate data")


def test_a_framework_is_read_by_position_in_any_language() -> None:
    found = outcomes(FRAMEWORKS / "055_CEFR_fr.csv")
    assert [one.code for one in found[:3]] == ["A1 (i)", "A1 (ii)", "A1 (iii)"]
    assert found[1].title.startswith("Peut se présenter")


def test_a_competency_may_stand_before_the_one_it_belongs_to() -> None:
    for name in ("Simple_Sample_ordered.csv", "Simple_Sample_unordered.csv"):
        assert [one.title for one in outcomes(FRAMEWORKS / name)] == ["Outcome One"]


def test_descriptions_lose_their_html_and_keep_their_lines() -> None:
    assert (
        plain_text("<p>One <b>two</b><br />three</p><ul><li>four&nbsp;</li></ul>") == "One two\nthree\nfour"
    )
    found = outcomes(next(FRAMEWORKS.glob("2023-774*")))
    assert len(found) == 31
    assert not any("<" in one.criteria for one in found)


def test_of_a_catalogue_of_skills_some_are_chosen() -> None:
    esco = CURRICULUM / "esco_ict_skills.json.gz"
    with pytest.raises(Refused, match="--only"):
        standards_in(esco)
    found = outcomes(esco, "database")
    assert len(found) == len({one.key for one in found}) == 32


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", '{"a": 1}', "[1, 2]", '{"a": '])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, text: str) -> None:
    other = tmp_path / "other.csv"
    other.write_text(text)
    with pytest.raises(Refused, match=r"other\.csv"):
        standards_in(other)


def test_what_cannot_be_placed_in_a_framework_is_refused_by_itself(tmp_path: Path) -> None:
    row = '{},{},{},,,,,,,,,,{},""\n'
    rows = [("", "F", "Frame", "1"), ("", "1", "One", ""), ("9", "2", "Orphan", ""), ("", "1", "Twice", "")]
    file = tmp_path / "framework.csv"
    file.write_text("h,h,h,h,h,h,h,h,h,h,h,h,h,h\n" + "".join(row.format(*one) for one in rows))
    found = standards_in(file)
    assert [one.code for one in found.standards[0].outcomes] == ["One"]
    assert sorted(refusal.reason for refusal in found.refused) == [
        "9, which it belongs to, isn’t in the framework",
        "its ID 1 is there already",
    ]


def bring(engine: Engine, *paths: Path, only: str = "", dry_run: bool = False) -> Summary:
    return import_standards(engine, paths, department="Digital", only=only, dry_run=dry_run, today=TODAY)


def counted(engine: Engine) -> list[int | None]:
    with Session(engine) as session:
        return [
            session.scalar(select(func.count()).select_from(table))
            for table in (Template, TemplatePhase, TemplateMilestone)
        ]


def test_a_dry_run_counts_the_same_and_writes_nothing(engine: Engine) -> None:
    dry = bring(engine, KSB, dry_run=True)
    assert counted(engine) == [0, 0, 0]
    real = bring(engine, KSB)
    assert (dry.added, dry.read) == (real.added, real.read) == (44, 38)
    assert counted(engine) == [1, 4, 38]


def test_a_repeated_import_changes_what_the_file_changed_and_keeps_what_people_edited(
    engine: Engine, tmp_path: Path
) -> None:
    bring(engine, KSB)
    with Session(engine.execution_options(writes=True)) as session:
        session.execute(
            update(TemplateMilestone)
            .where(TemplateMilestone.short_title == "K2")
            .values(title="Who does what")
        )
        session.commit()
    text = (
        KSB.read_text(encoding="utf-8")
        .replace("K2,roles", "K2,tasks")
        .replace("K6,how teams", "K6,how groups")
    )
    newer = tmp_path / KSB.name
    newer.write_text(text, encoding="utf-8")
    summary = bring(engine, newer)
    assert (summary.added, summary.changed, summary.kept.count) == (0, 1, 1)
    with Session(engine) as session:
        rows = session.execute(select(TemplateMilestone.short_title, TemplateMilestone.title))
        titles = {short_title: title for short_title, title in rows}
    assert titles["K2"] == "Who does what"
    assert titles["K6"].startswith("how groups")


def test_a_programme_with_more_outcomes_than_a_template_takes_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    skills = [{"uri": f"u{number}", "label": f"skill {number}"} for number in range(201)]
    path = tmp_path / "skills.json"
    path.write_text(json.dumps(skills))
    summary = bring(engine, path, only="skill")
    assert summary.all_refused
    assert "201 outcomes" in summary.lines()[1]
