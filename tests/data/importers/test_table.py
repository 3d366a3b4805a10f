"""Files as they come: encodings, separators, headings, dates, and all that can be wrong with them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data.database import reading
from data.errors import Refused
from data.importers import table
from data.models import Enrolment, Learner
from tests.data.importers.helpers import SHARED, contents, counts, run_import

HEADINGS = "Person Code,Forename,Surname,Department,Group Code,Start Date"
ROW = "A1,Zoë,O’Brien,Care,HS3-1,2026-09-07"


def written(folder: Path, content: bytes | str, name: str = "roster.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def starts(sqlite_engine: Engine) -> list[date]:
    with reading(sqlite_engine) as session:
        return list(session.scalars(select(Enrolment.starts_on).order_by(Enrolment.id)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_names_arrive_whole_from_every_encoding_and_separator(
    sqlite_engine: Engine, tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    text = newline.join([HEADINGS, ROW, ""]).replace(",", separator)
    assert run_import(sqlite_engine, "roster", written(tmp_path, text.encode(encoding))).refused.count == 0
    with reading(sqlite_engine) as session:
        learner = session.scalars(select(Learner)).one()
        assert (learner.given_name, learner.family_name) == ("Zoë", "O’Brien")


@pytest.mark.parametrize("name", ["José “JOSÉ” O’Brien", "É… Ö– voilà\xa0» £5 and 20°", "Zoë", "SÃO"])
def test_windows_1252_is_read_though_a_capital_and_a_mark_look_like_utf_8(
    sqlite_engine: Engine, tmp_path: Path, name: str
) -> None:
    content = f"{HEADINGS}\n{ROW}\n".replace("Zoë", name).encode("cp1252")
    assert run_import(sqlite_engine, "roster", written(tmp_path, content)).refused.count == 0
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Learner.given_name)).all() == [name]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("others", ["Zoë", "£5", "O’Brien", "Łukasz", "Nguyễn", "Ömer"])
def test_a_file_that_mixes_encodings_is_refused_with_a_line_of_each(
    sqlite_engine: Engine, tmp_path: Path, others: str, bom: bytes
) -> None:
    rows = [f"A1,{others},Byron,Care,HS3-1,2026-09-07".encode(), "A2,José,Byron,Care,HS3-1,".encode("cp1252")]
    content = bom + b"\n".join([HEADINGS.encode(), *rows])
    with pytest.raises(Refused, match=r"line [12] is UTF-8 and line 3 isn't.*CSV UTF-8"):
        run_import(sqlite_engine, "roster", written(tmp_path, content))
    assert counts(sqlite_engine)["organisation"] == 0


# --- headings ------------------------------------------------------------------------------------------


def test_headings_are_known_in_any_case_and_by_the_names_that_systems_print(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    text = (
        "STUDENT REF,First name, Last Name ,Faculty,Course Code,ENROLMENT DATE,Password\n" + ROW + ",secret\n"
    )
    summary = run_import(sqlite_engine, "roster", written(tmp_path, text))
    assert counts(sqlite_engine)["learner"] == 1
    assert summary.unused_headings == ["Password"]
    assert "secret" not in repr(contents(sqlite_engine))


def test_other_headings_come_by_a_mapping_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    mapping = written(
        tmp_path, "heading,column\nPupil,Person Code\nNachname,surname\nGiven,Forename\n", "mapping.csv"
    )
    text = "Pupil,Given,Nachname,Department,Group Code,Start Date\n" + ROW + "\n"
    path = written(tmp_path, text)
    with pytest.raises(Refused, match="no column Person Code"):
        run_import(sqlite_engine, "roster", path)
    run_import(sqlite_engine, "roster", path, mapping=mapping)
    assert counts(sqlite_engine)["learner"] == 1


def test_a_mapping_to_an_unknown_column_is_refused_with_the_known_ones(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    mapping = written(tmp_path, "heading,column\nPupil,Shoe Size\n", "mapping.csv")
    with pytest.raises(Refused, match=r"line 2: 'Shoe Size' is no column .* Person Code, UKPRN, Forename"):
        run_import(sqlite_engine, "roster", written(tmp_path, f"{HEADINGS}\n{ROW}\n"), mapping=mapping)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"{HEADINGS},Last Name\n{ROW},x\n", r"2 columns for Surname \(Surname, Last Name\)"),
        (f"{HEADINGS},Surname\n{ROW},x\n", "2 columns for Surname"),
        ("Forename,Surname\nAda,Byron\n", "no column Person Code; its headings are Forename, Surname"),
        ("", r"is empty\. Export it again"),
        (" \n\n", r"is empty\. Export it again"),
        (b"PK\x03\x04" + bytes(200), "is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(200), "is an Excel workbook"),
        (f'{HEADINGS}\nA1,"Zoë,O’Brien,Care,HS3-1,2026-09-07\n', "line 2.*quotation mark"),
        (f"{HEADINGS}\n".encode() + b"\x81\x8d", "isn't text in UTF-8"),
        (f'{HEADINGS}\nA1,"{"x" * 1_000_000}",B,Care,HS3-1,2026-09-07\n', "line 2"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_whole(
    sqlite_engine: Engine, tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        run_import(sqlite_engine, "roster", written(tmp_path, content))
    assert counts(sqlite_engine)["organisation"] == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A2,Nu\0l,Byron,Care,HS3-1,2026-09-07", "control character"),
        ("A2,Ada,Byron,Care,HS3-1", "5 cells where the heading has 6"),
        (ROW + ",more", "7 cells"),
        ("A2," + "," * 1_000_000, "1,000,002 cells"),
        (f"A2,{'x' * 20_000},Byron,Care,HS3-1,2026-09-07", "20,000 characters"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_others_are_taken(
    sqlite_engine: Engine, tmp_path: Path, row: str, reason: str
) -> None:
    after = ROW.replace("A1", "A3")
    summary = run_import(sqlite_engine, "roster", written(tmp_path, f"{HEADINGS}\n{ROW}\n\n{row}\n{after}\n"))
    assert [line.where for line in summary.refused.lines] == ["roster.csv, line 4"]
    assert reason in summary.refused.lines[0].reason
    assert counts(sqlite_engine)["learner"] == 2


@pytest.mark.parametrize(
    ("kind", "content", "heading"),
    [
        ("roster", f"{HEADINGS}\n1.23E+05,Ada,Byron,Care,HS3-1,2026-09-07\n", "Person Code"),
        ("roster", f"{HEADINGS}\nA1,Ada,Byron,Care,2E+11,2026-09-07\n", "Group Code"),
        ("targets", "Student Ref,Target\n1.23e+15,Read\n", "Person Code"),
        ("targets", 'Person Code,Target,Target ID\nA1,Read,"1,23E+05"\n', "Target ID"),
        ("reviews", "Learner Reference,Review Date\n1.23E+05,2026-09-14\n", "Person Code"),
        ("attendance", "Person Code,Week,Possible,Attended\n1.23E+05,2026-09-14,5,5\n", "Person Code"),
    ],
)
def test_a_code_that_excel_has_shortened_is_refused_saying_so(
    sqlite_engine: Engine, tmp_path: Path, kind: str, content: str, heading: str
) -> None:
    summary = run_import(sqlite_engine, kind, written(tmp_path, content))
    assert summary.refused.lines[0].where == "roster.csv, line 2"
    assert summary.refused.lines[0].reason.startswith(heading)
    assert "Excel has shortened it" in summary.refused.lines[0].reason
    assert counts(sqlite_engine)["learner"] == 0


@pytest.mark.parametrize("code", ["2E5", "3E-01", "12E+A", "E+05"])
def test_a_code_with_an_e_in_it_is_a_code(sqlite_engine: Engine, tmp_path: Path, code: str) -> None:
    path = written(tmp_path, f"{HEADINGS}\n{ROW}\n".replace("A1", code))
    assert run_import(sqlite_engine, "roster", path).refused.count == 0


def test_a_million_rows_are_refused_with_what_to_do(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="more than 200,000 rows"):
        run_import(sqlite_engine, "roster", written(tmp_path, f"{HEADINGS}\n" + f"{ROW}\n" * 1_000_000))
    assert counts(sqlite_engine)["organisation"] == 0


def test_a_hundred_thousand_wrong_rows_are_counted_and_the_first_listed(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    summary = run_import(sqlite_engine, "roster", written(tmp_path, f"{HEADINGS}\n" + "A1,short\n" * 100_000))
    assert (summary.refused.count, summary.all_refused) == (100_000, True)
    assert len(summary.lines()) < 300
    assert "… and 99,800 more" in "\n".join(summary.lines())


def test_a_real_utf_16_file_of_another_kind_is_refused_by_its_headings(sqlite_engine: Engine) -> None:
    path = SHARED / "curriculum" / "ApprenticeshipStandards_2018_part1_utf16.csv"
    with pytest.raises(Refused, match="no column Person Code; its headings are Apprenticeship Standards"):
        run_import(sqlite_engine, "roster", path)


# --- dates ---------------------------------------------------------------------------------------------


def dated(folder: Path, *days: str) -> Path:
    rows = [f"A{n},Ada,Byron,Care,HS3-1,{day}" for n, day in enumerate(days)]
    return written(folder, "\n".join([HEADINGS, *rows]))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-09-07"], [date(2026, 9, 7)]),
        (["2026-09-07 00:00:00"], [date(2026, 9, 7)]),
        (["13/09/2026"], [date(2026, 9, 13)]),
        (["13.09.2026", "13-9-2026"], [date(2026, 9, 13)] * 2),
        (["09/09/2026"], [date(2026, 9, 9)]),
        (["03/04/2026", "28/09/2026"], [date(2026, 4, 3), date(2026, 9, 28)]),
        (["28/09/2026 00:00", "03/04/2026 00:00"], [date(2026, 9, 28), date(2026, 4, 3)]),
        (["20/11/2026 10:30", "20/11/2026 9:05:00 PM"], [date(2026, 11, 20)] * 2),
        (["2026-11-20T10:30:00", "2026-11-20 23:59:59.999"], [date(2026, 11, 20)] * 2),
        (["28/09/2026", "03/04/2026", "04/45/2026"], [date(2026, 9, 28), date(2026, 4, 3)]),
    ],
)
def test_a_date_is_read_where_it_can_mean_one_day_only(
    sqlite_engine: Engine, tmp_path: Path, days: list[str], expected: list[date]
) -> None:
    summary = run_import(sqlite_engine, "roster", dated(tmp_path, *days))
    assert summary.refused.count == len(days) - len(expected)
    assert starts(sqlite_engine) == expected


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        (["03/04/2026"], [2]),
        (["03/04/2026", "2026-09-28"], [2]),
        (["03/04/2026", "09/28/2026"], [2, 3]),
        (["03/04/2026 10:30"], [2]),
        (["28/09/2026 10:75", "28/09/2026 25:00", "28/09/2026 late"], [2, 3, 4]),
        (["28/09/26"], [2]),
        (["31/09/2026"], [2]),
        (["28 September 2026"], [2]),
        (["2026-09-06T23:00:00Z"], [2]),
        (["46272"], [2]),
        (["2026-9-7"], [2]),
        (["13/09/0026"], [2]),
        (["٠٣/٠٤/٢٠٢٦"], [2]),
    ],
)
def test_a_date_that_could_mean_two_days_or_none_is_refused_not_guessed(
    sqlite_engine: Engine, tmp_path: Path, days: list[str], refused: list[int]
) -> None:
    summary = run_import(sqlite_engine, "roster", dated(tmp_path, *days))
    assert [line.where for line in summary.refused.lines] == [f"roster.csv, line {n}" for n in refused]
    assert all("Start Date" in line.reason for line in summary.refused.lines)


def test_a_file_of_both_orders_is_told_so_once_and_its_sure_dates_are_taken(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    path = dated(tmp_path, *["03/04/2026"] * 50, "28/09/2026", "09/28/2026")
    summary = run_import(sqlite_engine, "roster", path)
    (told,) = summary.left_out.lines
    assert re.search(
        r"line 52: Start Date 28/09/2026 .* day first.*line 53: Start Date 09/28/2026 .* month first.*"
        r"`Date order,dd/mm/yyyy`",
        told.reason,
    )
    assert starts(sqlite_engine) == [date(2026, 9, 28)]
    assert len(summary.refused.lines) == 51


def test_a_mapping_file_can_say_that_the_day_comes_first(sqlite_engine: Engine, tmp_path: Path) -> None:
    mapping = written(tmp_path, "Date order,dd/mm/yyyy\n", "mapping.csv")
    path = dated(tmp_path, "03/04/2026", "28/09/2026", "09/28/2026")
    summary = run_import(sqlite_engine, "roster", path, mapping=mapping)
    assert starts(sqlite_engine) == [date(2026, 4, 3), date(2026, 9, 28)]
    assert [line.where for line in summary.refused.lines] == ["roster.csv, line 4"]


def test_every_limit_and_heading_stands_in_the_documentation() -> None:
    from data.importers.columns import COLUMNS

    text = (Path(__file__).parents[3] / "docs" / "importing.md").read_text()
    for columns in COLUMNS.values():
        for column in columns:
            assert f"| {column.heading} |" in text
            for name in column.also:
                assert name in text
    assert f"{table.MAX_ROWS:,} rows" in text
