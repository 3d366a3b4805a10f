"""Reads a college's own file row by row, whatever its encoding, separator and headings."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from data.errors import Refused
from data.importers.columns import COLUMNS, Column, folded
from data.importers.merge import Run
from data.importers.sources import read_text
from data.importers.summary import Refusal, Unusable

MAX_ROWS = 200_000
MAX_CELL = 10_000
SEPARATORS = (",", ";", "\t", "|")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
TIME = re.compile(r",?[ T]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?( ?[AP]M)?$", re.IGNORECASE)
"""What systems print behind a date. A time with a zone is none: where the clock differs, the day may too."""
SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
"""A long number as Excel writes it, with most of its digits gone: 1.23E+05."""
YEARS = range(1950, 2151)
DATE_ORDER = "Date order"
DAY_FIRST = "dd/mm/yyyy"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file. Reading a cell that can't be what it should raises Unusable."""

    where: str
    cells: dict[str, str]
    day_first: bool

    def has(self, heading: str) -> bool:
        """Whether the file has such a column at all."""
        return heading in self.cells

    def text(self, heading: str) -> str:
        return self.cells.get(heading, "")

    def needed(self, heading: str) -> str:
        if not (text := self.text(heading)):
            raise Unusable(f"{heading} is empty")
        return text

    def day(self, heading: str, years: range = YEARS) -> date | None:
        text = self.text(heading)
        return read_date(text, heading, self.day_first, years) if text else None

    def whole(self, heading: str) -> int:
        text = self.needed(heading).removesuffix(".0")
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            raise Unusable(f"{heading} is {text!r}, which is no whole number")
        return int(text)


def read_tables(run: Run, paths: Sequence[Path]) -> Iterator[Row]:
    """The rows of the files, those that can't be read at all refused.

    Raises Refused where a file is none of this kind: a heading is missing or there twice, or it isn't text.
    """
    columns = COLUMNS[run.source]
    mapping = _read_mapping(run.mapping, columns) if run.mapping else _Mapping()
    for path in paths:
        yield from _read_table(run, path, columns, mapping)


def _read_table(run: Run, path: Path, columns: tuple[Column, ...], mapping: _Mapping) -> Iterator[Row]:
    lines = _lines(path, columns, mapping)
    _, headings = next(lines, (0, []))
    places = _places(run, path.name, headings, columns, mapping)
    rows: list[tuple[int, list[str]]] = []
    for line, cells in lines:
        if any(cells):
            rows.append((line, cells))
        if len(rows) > MAX_ROWS:
            raise Refused(
                f"{path.name} has more than {MAX_ROWS:,} rows. Split it, by department or term,"
                " and import the parts."
            )
    known = {column.heading: column for column in columns}
    dates = {heading: at for heading, at in places.items() if known[heading].is_date}
    codes = {heading: at for heading, at in places.items() if known[heading].is_code}
    day_first = mapping.day_first or _day_first(run, path.name, rows, dates)
    with run.progress(f"Reading {path.name}", len(rows)) as advance:
        for line, cells in rows:
            run.summary.read += 1
            advance(1)
            where = f"{path.name}, line {line}"
            if reason := _unreadable(cells, len(headings)) or _shortened(cells, codes):
                run.summary.refused.add(Refusal(where, reason))
                continue
            yield Row(where, {heading: cells[at] for heading, at in places.items()}, day_first)


def _lines(path: Path, columns: tuple[Column, ...], mapping: _Mapping) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on, cells trimmed."""
    text = read_text(path)
    separator = _separator(text, columns, mapping)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [cell.strip().replace("\r\n", "\n") for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            f"{path.name}, line {begins}: this isn't CSV that can be read ({error})."
            " Look for a quotation mark that isn't closed."
        ) from error


def _separator(text: str, columns: tuple[Column, ...], mapping: _Mapping) -> str:
    """The separator by which most headings of the first line are known."""
    first = text[:MAX_CELL].split("\n", 1)[0]
    known = _known(columns, mapping)

    def count(separator: str) -> int:
        return sum(folded(cell) in known for cell in first.split(separator))

    return max(SEPARATORS, key=count)


def _unreadable(cells: list[str], width: int) -> str:
    """Why a row can't be read at all, if it can't."""
    if len(cells) != width:
        return f"it has {len(cells):,} cells where the heading has {width:,}"
    for cell in cells:
        if len(cell) > MAX_CELL:
            return f"a text of {len(cell):,} characters; at most {MAX_CELL:,} are taken"
        if any(character < " " and character not in "\n\t" for character in cell):
            return "it holds a control character (a NUL, say); export the file again"
    return ""


def _shortened(cells: list[str], codes: dict[str, int]) -> str:
    """Which of a row's codes is a code no longer, if one is: different ones would count as the same."""
    for heading, at in codes.items():
        if SHORTENED.fullmatch(cells[at]):
            return (
                f"{heading} {cells[at]} is no whole code: Excel has shortened it."
                " Export the file again, and make the column text in Excel before you save it there"
            )
    return ""


# --- headings ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Mapping:
    """What a mapping file says: {folded heading of theirs: our heading}, and the order of dates."""

    headings: dict[str, str] = field(default_factory=dict)
    day_first: bool = False


def _known(columns: tuple[Column, ...], mapping: _Mapping) -> dict[str, str]:
    """{folded heading: our heading}; what a mapping file says comes first."""
    known = {folded(name): column.heading for column in columns for name in column.also}
    known |= {folded(column.heading): column.heading for column in columns}
    return known | mapping.headings


def _places(
    run: Run, name: str, headings: list[str], columns: tuple[Column, ...], mapping: _Mapping
) -> dict[str, int]:
    """{our heading: its place}."""
    known = _known(columns, mapping)
    found = [known.get(folded(heading)) for heading in headings]
    twice = [heading for heading, count in Counter(found).items() if heading and count > 1]
    if twice:
        theirs = [headings[at] for at, heading in enumerate(found) if heading == twice[0]]
        raise Refused(
            f"{name} has {len(theirs)} columns for {twice[0]} ({', '.join(theirs)})."
            " Remove one, or rename it, and import the file again."
        )
    missing = [column.heading for column in columns if column.required and column.heading not in found]
    if missing:
        raise Refused(
            f"{name} has no column {', '.join(missing)}; its headings are"
            f" {', '.join(filter(None, headings[:30])) or 'none'}. Rename the column, or give a mapping file;"
            f" `template {run.source}` prints the headings."
        )
    for heading, column in zip(headings, found, strict=True):
        if heading and column is None and heading not in run.summary.unused_headings:
            run.summary.unused_headings.append(heading)
    return {heading: at for at, heading in enumerate(found) if heading}


def _read_mapping(path: Path, columns: tuple[Column, ...]) -> _Mapping:
    """A CSV file of two columns: a heading of theirs, and ours. See docs/importing.md."""
    ours = {folded(column.heading): column.heading for column in columns}
    mapping = _Mapping()
    text = read_text(path)
    separator = max(SEPARATORS, key=text.count)
    for line, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        theirs, our = (*(cell.strip() for cell in cells), "")[:2]
        if folded(theirs) == folded(DATE_ORDER) and our.lower() == DAY_FIRST:
            mapping.day_first = True
        elif theirs and len(cells) == 2 and folded(our) in ours:
            mapping.headings[folded(theirs)] = ours[folded(our)]
        elif line > 1:
            raise Refused(
                f"{path.name}, line {line}: {our or theirs!r} is no column of this kind. Give a heading of"
                f" the file and then one of {', '.join(ours.values())}."
            )
    return mapping


# --- dates ---------------------------------------------------------------------------------------------


def _day_first(run: Run, name: str, rows: list[tuple[int, list[str]]], dates: dict[str, int]) -> bool:
    """Whether the file shows that its dates put the day first: one can be read no other way, and none only
    with the month first. Where there are both, either may be the mistake; that is listed once."""
    shown: dict[bool, str] = {}
    for line, cells in rows:
        for heading, at in dates.items():
            order = _puts_day_first(cells[at]) if at < len(cells) else None
            if order is not None:
                shown.setdefault(order, f"line {line}: {heading} {cells[at]}")
    if len(shown) == 2:
        reason = (
            f"{shown[True]} can only have the day first, but {shown[False]} can only have the month first, so"
            " dates that could be either are refused. Correct the wrong one and import the file again,"
            f" or put `{DATE_ORDER},{DAY_FIRST}` in a mapping file"
        )
        run.summary.left_out.add(Refusal(name, reason))
    return set(shown) == {True}


@lru_cache(maxsize=10_000)
def _puts_day_first(text: str) -> bool | None:
    """Whether a date has its day before its month; None where it doesn't show, or is no date."""
    match = SLASHED.fullmatch(TIME.sub("", text))
    if not match:
        return None
    first, second, year = (int(part) for part in match.groups())
    with_day_first, with_month_first = _is_day(year, second, first), _is_day(year, first, second)
    return with_day_first if with_day_first != with_month_first else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def read_date(text: str, heading: str, day_first: bool, years: range = YEARS) -> date:
    """A date as yyyy-mm-dd or dd/mm/yyyy, whatever the time. Raises Unusable for any other, and for one that
    could be read with the month first where nothing in the file says that the day comes first."""
    day = TIME.sub("", text)
    try:
        if match := ISO.fullmatch(day):
            return _in_bounds(date(int(match[1]), int(match[2]), int(match[3])), heading, years)
        if match := SLASHED.fullmatch(day):
            first, second = int(match[1]), int(match[2])
            found = date(int(match[3]), second, first)
            if first > 12 or first == second or day_first:
                return _in_bounds(found, heading, years)
            other = found.replace(month=first, day=second)
            raise Unusable(
                f"{heading} {text} could be {found.day} {found:%B} or {other.day} {other:%B}, and this file"
                " doesn't show which. Write it as yyyy-mm-dd, or put"
                f" `{DATE_ORDER},{DAY_FIRST}` in a mapping file"
            )
    except ValueError as error:
        raise Unusable(f"{heading} {text} is no date as dd/mm/yyyy or yyyy-mm-dd") from error
    raise Unusable(
        f"{heading} {text[:40]!r} is no date as dd/mm/yyyy or yyyy-mm-dd, with a year of four digits"
    )


def _in_bounds(day: date, heading: str, years: range) -> date:
    if day.year not in years:
        raise Unusable(f"{heading} {day} lies outside the years {years[0]} to {years[-1]}")
    return day
