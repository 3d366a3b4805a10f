"""Files: no cell is a formula, whatever was typed, and each says what its figures rest on."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring

from data.exports import Sheet, as_csv, as_excel, safe

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1", "=1\0"]


def sheet(*texts: str) -> Sheet:
    return Sheet(
        name="coverage-c1",
        title=texts[0] if texts else "Coverage",
        as_at=date(2027, 1, 11),
        facts=(("As at", "2027-01-11"), ("Version of the rule", "in force since 2026-08-01")),
        columns=("Learner", "Held", "Days", "Saved"),
        rows=tuple((text, date(2026, 10, 12), 3, datetime(2026, 10, 12, 16, 30)) for text in texts),  # noqa: DTZ001  # as a page shows it, in local time
    )


def read_csv(of: Sheet) -> list[list[str]]:
    return list(csv.reader(StringIO(as_csv(of).decode("utf-8-sig"), newline="")))


def read_excel(of: Sheet) -> tuple[list[str], str]:
    """(the texts, the markup of the one sheet)."""
    with ZipFile(BytesIO(as_excel(of))) as book:
        shared = fromstring(book.read("xl/sharedStrings.xml"))
        markup = book.read("xl/worksheets/sheet1.xml").decode()
    return ["".join(one.itertext()) for one in shared.iter(f"{NAMESPACE}si")], markup


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_in_either_file(text: str) -> None:
    (line,) = read_csv(sheet(text))[1:]
    assert line[0].startswith("'")
    assert "\0" not in line[0]
    texts, markup = read_excel(sheet(text))
    assert "<f>" not in markup
    assert "<hyperlink" not in markup
    assert safe(text).replace("\r", "_x000D_") in texts
    assert text not in texts


@pytest.mark.parametrize("text", ["Zoë O’Neill-Ács", "Jean-Luc", "5 = five", "", "a@b.example"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_each_line_of_a_csv_says_the_day_and_the_version_of_the_rule() -> None:
    head, *lines = read_csv(sheet("Ann", "Bea"))
    assert head == ["Learner", "Held", "Days", "Saved", "As at", "Version of the rule"]
    assert lines == [
        [name, "2026-10-12", "3", "2026-10-12 16:30", "2027-01-11", "in force since 2026-08-01"]
        for name in ("Ann", "Bea")
    ]


def test_a_workbook_holds_facts_and_rows_with_dates_and_numbers_as_such() -> None:
    texts, markup = read_excel(sheet("Ann"))
    assert {"As at", "2027-01-11", "Version of the rule", "Learner", "Ann"} <= set(texts)
    assert "<v>46307</v>" in markup  # 12 October 2026 in days since 1900
    assert "<v>3</v>" in markup


def test_the_same_sheet_makes_the_same_workbook() -> None:
    assert read_excel(sheet("Ann")) == read_excel(sheet("Ann"))
