"""The coverage matrix: learners by review windows, each cell with its state by word, shape and date."""

from __future__ import annotations

from dataclasses import dataclass

from components import coverage_tables, words
from components.coverage_lists import BATCH_WORDS
from components.coverage_tables import COLOURS, figures_in_words
from components.drawing import render
from data.batches import EXPLANATIONS
from data.coverage_matrix import (
    WORST_FIRST,
    CoverageMatrix,
    MatrixRow,
    OpenWindow,
    WindowCell,
    WindowColumn,
)
from data.exports import Sheet, Value
from data.judgements import HOW_COMPUTED
from data.rules import ReviewState

CLOSE = coverage_tables.query(plan=None, window=None)


@dataclass(frozen=True, slots=True)
class Filter:
    """A button that narrows the rows, with how many it leaves."""

    label: str
    count: int
    select: str
    pressed: bool
    icon: str = ""
    state: str = ""


def coverage_matrix(matrix: CoverageMatrix) -> str:
    """The markup: figures, filters, the table, and beside it the cell that is open."""
    return render("coverage_matrix.html", **_values(matrix))


def coverage_print(matrix: CoverageMatrix) -> str:
    """The plain page for paper, with the rows and the order of the address."""
    return render("coverage_print.html", title=title(matrix), **_values(matrix))


def title(matrix: CoverageMatrix) -> str:
    return f"Review coverage of {matrix.cohort.code}"


def matrix_sheet(matrix: CoverageMatrix) -> Sheet:
    """The matrix as a file holds it: the rows shown, a column for each window."""
    heads = [f"{head(column)} ({due_between(column)})" for column in matrix.columns]
    rows: list[tuple[Value, ...]] = []
    for row in matrix.rows:
        windows = [in_words(cell) if cell else "" for cell in row.cells]
        judged = COLOURS[row.judged.colour][0] if row.judged else ""
        figures = (
            f"{COLOURS[row.computed.colour][0]}: {figures_in_words(row.computed)}" if row.computed else ""
        )
        reason = row.judged.reason if row.judged else ""
        rows.append((row.name, row.tutor, note(row), *windows, judged, reason, figures))
    covered = matrix.covered
    return Sheet(
        name=coverage_tables.file_name("coverage", matrix.cohort.code, matrix.as_at.isoformat()),
        title=f"{title(matrix)}, {year_name(matrix.year)}",
        as_at=matrix.as_at,
        facts=(
            *coverage_tables.facts(matrix.counted, matrix.as_at, matrix.goal),
            ("Coverage", f"{words.percent(covered)} ({covered.count} of {covered.of})"),
            ("Held on time", on_time(matrix)),
            ("Shown", f"{len(matrix.rows)} of {words.count(matrix.learners, 'learner')}"),
        ),
        columns=("Learner", "Tutor", "Note", *heads, "Judgement", "Reason", "Figures"),
        rows=tuple(rows),
    )


def head(column: WindowColumn) -> str:
    """1st window."""
    ordinal = {1: "st", 2: "nd", 3: "rd"}.get(column.number, "th") if column.number < 11 else "th"
    return f"{column.number}{ordinal} window"


def due_between(column: WindowColumn) -> str:
    """due 16 Oct to 2 Nov."""
    if column.due_from is None:
        return "no date yet"
    if column.due_from == column.due_until:
        return f"due {words.short_day(column.due_from)}"
    return f"due {words.short_day(column.due_from)} to {words.short_day(column.due_until)}"


def in_words(cell: WindowCell) -> str:
    """Done Mon 12 Oct 2026, 3 days late, in a batch."""
    parts = [words.review_word(cell.state)]
    if cell.state == ReviewState.DONE:
        parts[0] += f" {words.day(cell.on)}"
    elif cell.state == ReviewState.PAUSED or cell.window.due_on is None:
        pass
    elif cell.state == ReviewState.OVERDUE:
        parts[0] += f", was due {words.day(cell.window.due_on)}"
    elif cell.state != ReviewState.NOT_REQUIRED:
        parts[0] += f", due {words.day(cell.window.due_on)}"
    if cell.missed:
        parts.append(words.days_late(cell.days_late))
    parts += [BATCH_WORDS[kind] for kind in cell.in_batches]
    return ", ".join(parts)


def note(row: MatrixRow) -> str:
    if row.ended_on is not None:
        return f"{row.end_reason} {words.day(row.ended_on)}"
    return "on a break" if row.paused else ""


def on_time(matrix: CoverageMatrix) -> str:
    """Which isn't coverage: 80% (32 of 40 reviews due in 2026/27)."""
    held = matrix.held_on_time
    if not held.of:
        return f"no review was due in {year_name(matrix.year)} yet"
    due = words.count(held.of, "review")
    return f"{words.percent(held)} ({held.count} of {due} due in {year_name(matrix.year)})"


def year_name(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}"


def _values(matrix: CoverageMatrix) -> dict[str, object]:
    covered = matrix.covered
    return {
        "matrix": matrix,
        "on_time": on_time(matrix),
        "heading": f"Reviews {year_name(matrix.year)}",
        "covered": f"{covered.count} of {words.count(covered.of, 'learner')}"
        if covered.of
        else "nobody is due",
        "filters": _filters(matrix),
        "years": [(year, year_name(year)) for year in matrix.years] if len(matrix.years) > 1 else [],
        "head": head,
        "due_between": due_between,
        "in_words": in_words,
        "cell_day": _cell_day,
        "note": note,
        "colours": COLOURS,
        "figures_in_words": figures_in_words,
        "how_computed": HOW_COMPUTED,
        "rests_on": coverage_tables.rests_on(matrix.counted, matrix.own_rules),
        "sort_by": lambda key: _sort_by(matrix.choice.sort, key),
        "order": lambda key: _order(matrix.choice.sort, key),
        "state_word": words.review_word,
        "state_icon": words.review_icon,
        "open_title": _open_title(matrix.open_window) if matrix.open_window else "",
        "batch_lines": [
            (BATCH_WORDS[kind].capitalize(), EXPLANATIONS[kind])
            for kind in (matrix.open_window.cell.in_batches if matrix.open_window else ())
        ],
        "close": CLOSE,
        "shown": _shown(matrix),
    }


def _filters(matrix: CoverageMatrix) -> list[Filter]:
    """All, each state that somebody's open window is in, and what makes a figure doubtful."""
    choice = matrix.choice

    def one(label: str, count: int, only: str, icon: str = "", state: str = "") -> Filter:
        select = coverage_tables.query(only=only, missed=None, plan=None, window=None)
        pressed = choice.only == only and choice.missed is None
        return Filter(label, count, select, pressed, icon, state)

    found = [one("All", matrix.learners, "")]
    found += [
        one(words.review_word(state), matrix.states[state], state, words.review_icon(state), state)
        for state in WORST_FIRST
        if matrix.states.get(state)
    ]
    if matrix.batched:
        found.append(one("In a batch", matrix.batched, "batches", "arrow-repeat"))
    if matrix.disagreements:
        found.append(
            one("Judgement and figures disagree", len(matrix.disagreements), "disagree", "exclamation-lg")
        )
    return found


def _shown(matrix: CoverageMatrix) -> str:
    """What the rows are narrowed to, where they are."""
    choice = matrix.choice
    if choice.missed is not None:
        column = next((one for one in matrix.columns if one.number == choice.missed), None)
        which = head(column) if column else "no such window"
        return (
            f"{len(matrix.rows)} of {words.count(matrix.learners, 'learner')}: the review of the {which}"
            " wasn't held by its due date."
        )
    if not choice.only:
        return ""
    return f"{len(matrix.rows)} of {words.count(matrix.learners, 'learner')}."


def _cell_day(cell: WindowCell) -> str:
    """12 Oct, or nothing where the state has no day: a break's end moves the date."""
    if cell.state in (ReviewState.PAUSED, ReviewState.NOT_REQUIRED) or cell.on is None:
        return ""
    return words.short_day(cell.on)


def _open_title(opened: OpenWindow) -> str:
    return f"Review {opened.cell.window.number}: {in_words(opened.cell)}"


def _sort_by(sort: str, key: str) -> str:
    """What a click on a column's head sorts by: it, then backwards."""
    return f"-{key}" if sort == key else key


def _order(sort: str, key: str) -> str:
    if sort.removeprefix("-") != key:
        return ""
    return "descending" if sort.startswith("-") else "ascending"
