"""Writes a table as CSV or as an Excel workbook, for whoever reads it elsewhere.

A text that a spreadsheet would take for a formula gets an apostrophe in front: names and notes are typed by
people, and a file is opened by others than those who could check it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

Value = str | int | date | datetime | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads a CSV in the code page of its machine."""
WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as a page shows it: same rows, same order. `facts` are what its figures rest on (as at, the
    rule and its version …), each with its name; `name` is what the file is called."""

    name: str
    title: str
    as_at: date
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def as_csv(sheet: Sheet) -> bytes:
    """One line for each row, and the facts as columns of each line, so that a line torn out of the file
    still says what it rests on. Dates are ISO 8601."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([safe(value) for value in (*sheet.columns, *(name for name, _ in sheet.facts))])
    facts = [said for _, said in sheet.facts]
    for row in sheet.rows:
        writer.writerow([_plain(value) for value in (*row, *facts)])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_excel(sheet: Sheet) -> bytes:
    """A workbook with one sheet: title and facts, then the table with a filter on its head."""
    # Loaded where it is used: few requests need it.
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no types

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        # Its default is the machine's clock.
        book.set_properties({"title": safe(sheet.title), "created": datetime.combine(sheet.as_at, time())})
        bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "d mmm yyyy"})
        page = book.add_worksheet("Routebook")
        page.write_string(0, 0, safe(sheet.title), bold)
        for at, (name, said) in enumerate(sheet.facts, start=1):
            page.write_string(at, 0, safe(name))
            page.write_string(at, 1, safe(said))
        head = len(sheet.facts) + 2
        for column, name in enumerate(sheet.columns):
            page.write_string(head, column, safe(name), bold)
            page.set_column(column, column, _width(sheet, column))
        for at, row in enumerate(sheet.rows, start=head + 1):
            for column, value in enumerate(row):
                _write(page, at, column, value, dated)
        page.autofilter(head, 0, head + len(sheet.rows), max(0, len(sheet.columns) - 1))
        page.freeze_panes(head + 1, 1)
    return file.getvalue()


def safe(text: str) -> str:
    """The text, never a formula, without characters that no file of the kind may hold."""
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _plain(value: Value) -> str | int:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else "" if value is None else value


def _write(page: Any, row: int, column: int, value: Value, dated: Any) -> None:
    if isinstance(value, datetime):
        page.write_string(row, column, value.isoformat(" ", "minutes"))
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), dated)
    elif isinstance(value, int):
        page.write_number(row, column, value)
    elif value:
        page.write_string(row, column, safe(value))


def _width(sheet: Sheet, column: int) -> int:
    widest = max((len(str(row[column] or "")) for row in sheet.rows), default=0)
    return min(WIDEST, max(widest, len(sheet.columns[column])) + 2)
