"""The list behind a cell: what it is a list of, its rows, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from components import words
from components.drawing import render
from components.list_files import open_list_address
from components.review_coverage import week_title
from data import attention
from data.rules import LATENESS
from data.target_lists import MOST_SHOWN, MOVED, SORTS, ListChoice, ListRow, OpenList


@dataclass(frozen=True, slots=True)
class Column:
    """`select` is what a click sorts by; `order` how the list is sorted by it now, as ARIA says it."""

    key: str
    label: str
    select: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    css: str = ""
    target: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    learner_id: int
    learner: str
    cohort_id: int
    cohort: str
    target_id: int | None
    state: str | None
    cells: tuple[Cell, ...]


LABELS = {
    "learner": "Learner",
    "cohort": "Cohort",
    "target": "Target",
    "due": "Due",
    "late": "Late",
    "moves": "Moved",
    "last": "Last review",
    "reasons": "Why",
    "was-due": "Was due",
}
COLUMNS_OF = {
    "overdue": ("learner", "cohort", "target", "due", "late", "moves"),
    "coverage": ("learner", "cohort", "last", "was-due", "late"),
    "attention": ("learner", "cohort", "reasons"),
}


def target_table(of: OpenList | None, *, department_id: int = 0, is_gone: bool = False) -> str:
    """The markup of the open list, with its files; nothing where none is open."""
    if of is None:
        return render("target_table.html", list=None, is_gone=is_gone)
    return render(
        "target_table.html",
        list=of,
        files=open_list_address(department_id, of.choice),
        title=title(of),
        sentence=sentence(of),
        nothing=nothing(of),
        columns=[_column(of.choice, key) for key in COLUMNS_OF[of.choice.kind]],
        rows=[_row(of.choice, row) for row in of.rows],
    )


def title(of: OpenList) -> str:
    """What it is a list of: 12 overdue targets of E1-1, 8 to 14 days late."""
    where = of.cohort or "all cohorts"
    choice = of.choice
    if choice.kind == "overdue":
        by = ", by first due date" if choice.by_first and choice.late != MOVED else ""
        if choice.late == MOVED:
            return f"{words.count(of.count, 'moved target')} of {where}"
        late = f", {_how_late(int(choice.late))}" if choice.late is not None else ""
        return f"{words.count(of.count, 'overdue target')} of {where}{late}{by}"
    if choice.kind == "coverage":
        return f"{words.count(of.count, 'learner')} of {where} past the review date"
    if choice.rule:
        return f"{attention.RULES[choice.rule].name}: {words.count(of.count, 'learner')}"
    return f"{words.count(of.count, 'learner')} named by a rule"


def _how_late(column: int) -> str:
    low, high, _ = LATENESS[column]
    return f"{low} to {high} days late" if high else f"{low} days late or more"


def sentence(of: OpenList) -> str:
    """As at when, what it is counted by, and how many of how many it is."""
    choice = of.choice
    is_this_week = of.week is not None and of.week.is_now and not of.week.closed
    parts = [f"This week, as at {words.day(of.as_at)}." if is_this_week else f"As at {words.day(of.as_at)}."]
    if choice.kind == "overdue" and choice.late == MOVED:
        parts.append("Open targets whose first due date has passed and whose current one hasn't.")
    if of.week and of.share:
        if not is_this_week:
            parts.append(f"{week_title(of.week)}.")
        if of.share.of:
            others = "; here are the others" if of.count else ""
            learners = words.count(of.share.of, "learner")
            parts.append(f"{of.share.count:,} of {learners} were reviewed within the rule{others}.")
    if choice.rule:
        parts.append(attention.RULES[choice.rule].explanation)
    if of.count > len(of.rows):
        parts.append(f"The first {MOST_SHOWN} are shown, the longest waiting.")
    return " ".join(parts)


def nothing(of: OpenList) -> str:
    """What stands there instead of rows."""
    if of.choice.kind == "coverage":
        if of.week and of.week.closed:
            return "The college is closed that week."
        return (
            "Nobody was past the review date." if of.share and of.share.of else "Nobody's review was due yet."
        )
    return "Nothing is on this list any more." if of.choice.kind == "overdue" else "The rule names nobody."


def _column(choice: ListChoice, key: str) -> Column:
    if key not in SORTS[choice.kind]:
        return Column(key, LABELS[key])
    by, backwards = choice.sort.removeprefix("-"), choice.sort.startswith("-")
    if by != key:
        return Column(key, LABELS[key], select=key)
    falls = key in ("late", "moves")
    order = "ascending" if backwards == falls else "descending"
    return Column(key, LABELS[key], select=key if backwards else f"-{key}", order=order)


def _row(choice: ListChoice, row: ListRow) -> Row:
    return Row(
        learner_id=row.learner_id,
        learner=row.learner,
        cohort_id=row.cohort_id,
        cohort=row.cohort,
        target_id=row.target_id,
        state=row.state,
        cells=cells(choice, row),
    )


def cells(choice: ListChoice, row: ListRow) -> tuple[Cell, ...]:
    """What stands in a row after learner and cohort."""
    if choice.kind == "overdue":
        moved = _moved(row.moves, row.first_due_on, row.due_on)
        return (
            Cell(row.title, "what", target=row.target_id),
            Cell(words.day(row.due_on), "number"),
            Cell(_late(choice, row), "number", state=row.state),
            Cell(moved, "number"),
        )
    if choice.kind == "coverage":
        return (
            Cell(words.day(row.last_on) if row.last_on else "none yet", "number"),
            Cell(words.day(row.due_on), "number"),
            Cell(words.days_late(row.days), "number"),
        )
    return (Cell("; ".join(finding.words for finding in row.findings), "what"),)


def _late(choice: ListChoice, row: ListRow) -> str:
    if row.state != "overdue":
        return words.target_word(row.state) if row.state else ""
    return f"{words.count(row.days, 'day')}" + (" by first date" if choice.by_first else "")


def _moved(moves: int, first_due_on: date | None, due_on: date | None) -> str:
    if first_due_on == due_on:
        return "not moved"
    times = f"moved {words.times(moves)}, " if moves else ""
    return f"{times}first due {words.short_day(first_due_on)}"
