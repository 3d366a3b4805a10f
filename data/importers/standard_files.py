"""Reads standards and competency files into outcomes. No database here.

Moodle's headings are in the exporter's language and changed over the years, so its columns go by position;
its descriptions are HTML, and a competency may stand before the one that it belongs to.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from data.errors import Refused
from data.form_values import LONGEST_LINE, LONGEST_TEXT
from data.importers.sources import read_text
from data.importers.summary import Refusal

MOODLE_COLUMNS = 14
PARENT, ID, SHORT_NAME, DESCRIPTION, IS_FRAMEWORK = 0, 1, 2, 3, 12
LONGEST_CODE = 24
SHORT_AS_A_CODE = 12
"""A competency whose name is no longer than this is called by its description, if that is one line."""
LARGEST_JSON = 50_000_000
KSB = ["standard", "standard_title", "level", "type", "code", "statement"]
LANES = {"knowledge": "academic", "skill": "career", "behaviour": "personal"}
WEEKS_IN_A_MONTH = 52 / 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome; `key` names it within its standard, `code` is what its column is headed."""

    key: str
    code: str
    title: str
    criteria: str = ""
    lane: str = "academic"


@dataclass(frozen=True, slots=True)
class Standard:
    """What becomes one template."""

    key: str
    name: str
    source: str
    months: int | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def weeks(self) -> int | None:
        return round(self.months * WEEKS_IN_A_MONTH) if self.months else None


@dataclass(slots=True)
class StandardFile:
    """What one file holds: its standards, how many rows were read, and those that can't be taken."""

    standards: list[Standard] = field(default_factory=list)
    rows: int = 0
    refused: list[Refusal] = field(default_factory=list)


def standards_in(path: Path, only: str = "") -> StandardFile:
    """The standards of a file whose code or name holds `only`; of ESCO, the skills.

    Raises Refused where it is none of the kinds that we know.
    """
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b" or raw.lstrip()[:1] in (b"{", b"["):
        return _of_json(path, _json(path, raw), only)
    rows = _rows(path)
    if [cell.strip().casefold() for cell in rows[0]] == KSB:
        return _chosen(_of_ksb(path, rows[1:]), only)
    if len(rows[0]) == MOODLE_COLUMNS and any(row[IS_FRAMEWORK : IS_FRAMEWORK + 1] == ["1"] for row in rows):
        return _of_moodle(path, rows[1:])
    header = next((at for at, row in enumerate(rows[:5]) if _heads_standards(row)), None)
    if header is not None:
        return _chosen(_of_register(path, rows, header), only)
    raise Refused(
        f"{path.name} is no standard or competency file that we know: not a list of knowledge, skills and"
        " behaviours, of apprenticeship standards, a Moodle framework, or courses or skills as JSON."
    )


def _rows(path: Path) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(read_text(path), newline="")))
    except csv.Error as broken:
        raise Refused(f"{path.name} can’t be read as a table ({broken}).") from broken
    if not rows:
        raise Refused(f"{path.name} is empty.")
    return rows


def _chosen(file: StandardFile, only: str) -> StandardFile:
    wanted = only.casefold()
    file.standards = [one for one in file.standards if wanted in one.name.casefold()]
    if only and not file.standards:
        raise Refused(f"No standard in the file holds “{only}”. Leave --only out to see them all.")
    return file


# --- knowledge, skills and behaviours ------------------------------------------------------------------


def _of_ksb(path: Path, rows: Sequence[Sequence[str]]) -> StandardFile:
    file = StandardFile(rows=sum(any(row) for row in rows))
    outcomes: dict[tuple[str, str, str], list[Outcome]] = {}
    for line, row in enumerate(rows, 2):
        if not any(row):
            continue
        if len(row) != len(KSB) or not row[4].strip() or not row[5].strip():
            file.refused.append(Refusal(f"{path.name}, line {line}", "it has no code or no statement"))
            continue
        reference, title, level, kind, code, statement = (cell.strip() for cell in row)
        heading, criteria = title_and_rest(statement)
        lane = LANES.get(kind.casefold(), "academic")
        outcome = Outcome(code, code[:LONGEST_CODE], heading, criteria, lane)
        outcomes.setdefault((reference, title, level), []).append(outcome)
    for (reference, title, level), found in outcomes.items():
        name = f"{title} ({reference}), level {level}"
        file.standards.append(Standard(reference, name, path.name, outcomes=tuple(found)))
    return file


# --- the register of apprenticeship standards ----------------------------------------------------------


def _heads_standards(row: Sequence[str]) -> bool:
    return {"name", "reference", "level"} <= {cell.strip().casefold() for cell in row}


def _of_register(path: Path, rows: Sequence[Sequence[str]], header: int) -> StandardFile:
    """The register may begin with a line that says what it is."""
    file = StandardFile()
    names = [cell.strip().casefold() for cell in rows[header]]
    for line, row in enumerate(rows[header + 1 :], header + 2):
        if not any(cell.strip() for cell in row):
            continue
        file.rows += 1
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        if not cells.get("name") or not cells.get("reference"):
            file.refused.append(Refusal(f"{path.name}, line {line}", "it has no name or no reference"))
            continue
        level = f", level {cells['level']}" if cells.get("level") else ""
        name = f"{cells['name']} ({cells['reference']}){level}"
        months = _whole(cells.get("typical duration", ""))
        file.standards.append(Standard(cells["reference"], name, path.name, months))
    return file


def _whole(text: Any) -> int | None:
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdecimal() and 0 < int(digits[:4]) <= 120 else None


# --- Moodle --------------------------------------------------------------------------------------------


def _of_moodle(path: Path, rows: Sequence[Sequence[str]]) -> StandardFile:
    file = StandardFile(rows=sum(any(row) for row in rows))
    known: dict[str, Sequence[str]] = {}
    framework: Sequence[str] | None = None
    for line, row in enumerate(rows, 2):
        if not any(row):
            continue
        where = f"{path.name}, row {line}"
        if len(row) < MOODLE_COLUMNS or not row[ID].strip() or not row[SHORT_NAME].strip():
            file.refused.append(Refusal(where, "it has no ID or no name"))
        elif row[IS_FRAMEWORK] == "1":
            framework = framework or row
        elif row[ID] in known:
            file.refused.append(Refusal(where, f"its ID {row[ID]} is there already"))
        else:
            known[row[ID]] = row
    if framework is None:
        raise Refused(f"{path.name} names no framework.")
    leaves: list[Sequence[str]] = []
    reached = _walk(known, "", leaves)
    file.refused += [
        Refusal(f"{path.name}, {row[ID]}", f"{row[PARENT]}, which it belongs to, isn’t in the framework")
        for row in known.values()
        if row[ID] not in reached
    ]
    codes = _codes([(row[ID], row[SHORT_NAME].strip()) for row in leaves])
    outcomes = tuple(_competency(row, codes[row[ID]]) for row in leaves)
    name = framework[SHORT_NAME].strip()
    file.standards.append(Standard(framework[ID], name, path.name, outcomes=outcomes))
    return file


def _walk(known: dict[str, Sequence[str]], parent: str, leaves: list[Sequence[str]]) -> set[str]:
    """Collect the competencies without parts, in the order of the tree, whatever the order of the file; the
    answer is the ids of all that hang on the tree."""
    reached: set[str] = set()
    for row in known.values():
        if row[PARENT] == parent:
            below = _walk(known, row[ID], leaves)
            if not below:
                leaves.append(row)
            reached |= below | {row[ID]}
    return reached


def _codes(named: Sequence[tuple[str, str]]) -> dict[str, str]:
    """{id: a heading for its column}: its name where that is short and nobody else's, its id where that is
    short, else its number."""
    names = [name for _, name in named]
    return {
        row_id: name
        if len(name) <= LONGEST_CODE and names.count(name) == 1
        else row_id
        if len(row_id) <= LONGEST_CODE and row_id not in names
        else f"#{at}"
        for at, (row_id, name) in enumerate(named, 1)
    }


def _competency(row: Sequence[str], code: str) -> Outcome:
    name, said = row[SHORT_NAME].strip(), plain_text(row[DESCRIPTION])
    if len(name) <= SHORT_AS_A_CODE and said and "\n" not in said:
        return Outcome(row[ID], code, *title_and_rest(said))
    return Outcome(row[ID], code, name[:LONGEST_LINE], said)


class _Text(HTMLParser):
    """The text of HTML; what begins a line there begins one here."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "br", "li", "div", "h3", "h4", "h5", "tr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\r", " ").replace("\n", " "))


def plain_text(html: str) -> str:
    """The words of an HTML description, a line for each paragraph or item."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    return "\n".join(text for line in lines if (text := " ".join(line.split())))[:LONGEST_TEXT]


# --- JSON ----------------------------------------------------------------------------------------------


def _json(path: Path, raw: bytes) -> Any:
    try:
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(raw)) as packed:
                raw = packed.read(LARGEST_JSON + 1)
        if len(raw) > LARGEST_JSON:
            raise Refused(f"{path.name} is larger than we read.")
        return json.loads(raw)
    except (OSError, EOFError, ValueError) as broken:
        raise Refused(f"{path.name} can’t be read: it is damaged or no JSON.") from broken


def _of_json(path: Path, found: Any, only: str) -> StandardFile:
    if isinstance(found, dict) and isinstance(found.get("trainingCourse"), dict):
        return _chosen(_of_courses(path, [found["trainingCourse"]]), only)
    if isinstance(found, dict) and isinstance(found.get("trainingCourses"), list):
        return _chosen(_of_courses(path, found["trainingCourses"]), only)
    if isinstance(found, list) and all(
        isinstance(one, dict) and "uri" in one and "label" in one for one in found
    ):
        return _of_skills(path, found, only)
    raise Refused(f"{path.name} is JSON, but holds neither courses nor skills that we know.")


def _of_courses(path: Path, courses: Sequence[Any]) -> StandardFile:
    """Courses of Find apprenticeship training; one core skill may be several, parted by a bar."""
    file = StandardFile(rows=len(courses))
    for at, course in enumerate(courses, 1):
        if not isinstance(course, dict) or not course.get("title") or not course.get("id"):
            file.refused.append(Refusal(f"{path.name}, course {at}", "it has no title or no id"))
            continue
        skills = [
            part.strip()
            for skill in course.get("coreSkills") or []
            for part in str(skill).split("|")
            if part.strip()
        ]
        outcomes = []
        for number, skill in enumerate(skills, 1):
            title, criteria = title_and_rest(skill)
            outcomes.append(Outcome(f"S{number}", f"S{number}", title, criteria, "career"))
        name = f"{course['title']}, level {course.get('level')}"
        months = _whole(course.get("typicalDuration", ""))
        file.standards.append(Standard(str(course["id"]), name, path.name, months, tuple(outcomes)))
    return file


def _of_skills(path: Path, skills: Sequence[dict[str, Any]], only: str) -> StandardFile:
    """ESCO: a catalogue, of which a template takes the skills that are asked for. A skill is there once for
    each of its other names."""
    if not only:
        raise Refused(
            f"{path.name} is a catalogue of skills, not one programme. Choose some with --only, such as"
            ' --only "database".'
        )
    wanted = only.casefold()
    found = {one["uri"]: one for one in skills if wanted in str(one["label"]).casefold()}
    if not found:
        raise Refused(f"No skill in {path.name} holds “{only}”.")
    outcomes = tuple(
        Outcome(
            uri,
            f"S{number}",
            str(one["label"])[:LONGEST_LINE],
            str(one.get("description") or "")[:LONGEST_TEXT],
            "career" if one.get("skillType") == "skill" else "academic",
        )
        for number, (uri, one) in enumerate(sorted(found.items(), key=lambda item: str(item[1]["label"])), 1)
    )
    standard = Standard(f"esco/{wanted}", f"Skills: {only}", path.name, outcomes=outcomes)
    return StandardFile([standard], rows=len(skills))


def title_and_rest(statement: str) -> tuple[str, str]:
    """A statement as a title of one line; one that is longer is cut at a word and kept whole beside it."""
    statement = re.sub(r"\s+", " ", statement)
    if len(statement) <= LONGEST_LINE:
        return statement, ""
    return f"{statement[: LONGEST_LINE - 1].rsplit(' ', 1)[0]}…", statement[:LONGEST_TEXT]
