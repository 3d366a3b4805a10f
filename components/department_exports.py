"""The lists and the heatmap of a department's page, and of an organisation's, as files hold them: the page's
rows in its order, with what they are counted by."""

from __future__ import annotations

from components import coverage_tables, target_table, words
from components.attention import words_of
from components.coverage_tables import Cell, Table, cell, columns
from components.list_files import HEATMAP, TWELVE
from data import attention
from data.department import DepartmentPage, Figures
from data.errors import NotFound
from data.exports import Sheet
from data.overdue_heatmap import COLUMNS, OverdueHeatmap
from data.target_lists import ListChoice, ListRow, OpenList

OVERDUE_COUNTS = (
    "Open targets past their due date; due that day isn't late. Breaks, leavers and dates before a learner"
    " joined don't count."
)


def sheet(of: DepartmentPage, listed: str) -> Sheet:
    """What `list` names; NotFound where there is no such list."""
    if listed == HEATMAP:
        return _heatmap_sheet(of.figures, "cohort")
    if listed == TWELVE:
        found = of.attention
        table = Table(
            key=TWELVE,
            title=f"Needs attention: {len(found.learners)} of {words.count(found.named, 'learner')}",
            columns=columns("Learner", "Cohort", "Why"),
            rows=tuple((cell(one.name), cell(one.cohort), cell(words_of(one))) for one in found.learners),
        )
        return _sheet(of.figures, table, (("Rules", _all_rules()), ("Order", attention.RANKING)))
    if of.open_list is None:
        raise NotFound
    return _open_list_sheet(of.figures, of.open_list)


def organisation_sheet(of: Figures) -> Sheet:
    return _heatmap_sheet(of, "department")


def _heatmap_sheet(of: Figures, what: str) -> Sheet:
    heatmap = of.heatmap
    moved = "of these moved" if heatmap.by_first else "and moved"
    rows = [
        (
            cell(row.group.name),
            *(cell(number) for number in heatmap.late(row)),
            cell(sum(heatmap.late(row))),
            cell(row.moved),
            cell(row.group.learners),
            cell(row.group.started),
            cell(row.group.left),
        )
        for row in heatmap.rows
    ]
    table = Table(
        key=HEATMAP,
        title=f"Overdue targets by {what} and how late",
        columns=columns(
            what.capitalize(),
            *(f"#{late}" for late in COLUMNS),
            "#All",
            (f"#{moved}", "moved"),
            "#Learners",
            "#Started",
            "#Left",
        ),
        rows=tuple(rows),
    )
    return _sheet(of, table, _overdue_facts(heatmap, by_first=heatmap.by_first))


def _open_list_sheet(figures: Figures, of: OpenList) -> Sheet:
    titles = tuple(target_table.LABELS[key] for key in target_table.COLUMNS_OF[of.choice.kind])
    table = Table(
        key=of.choice.kind,
        title=target_table.title(of),
        columns=columns(*titles),
        rows=tuple((cell(row.learner), cell(row.cohort), *_cells(of.choice, row)) for row in of.rows),
    )
    shown = ("Shown", target_table.sentence(of))
    if of.choice.kind == "overdue":
        return _sheet(figures, table, (shown, *_overdue_facts(figures.heatmap, by_first=of.choice.by_first)))
    if of.choice.kind == "attention":
        rule = of.choice.rule
        said = attention.RULES[rule].explanation if rule else _all_rules()
        return _sheet(figures, table, (shown, ("Rules", said)))
    return _sheet(figures, table, (shown,))


def _cells(choice: ListChoice, row: ListRow) -> tuple[Cell, ...]:
    """The page's cells of a row: days of the calendar as days, how late as a number."""
    seen = target_table.cells(choice, row)
    if choice.kind == "overdue":
        late = cell(row.days) if row.state == "overdue" else cell(seen[2].text)
        return (cell(row.title), cell(row.due_on), late, cell(seen[3].text))
    if choice.kind == "coverage":
        return (cell(row.last_on or "none yet"), cell(row.due_on), cell(row.days))
    return (cell(seen[0].text),)


def _sheet(of: Figures, table: Table, facts: tuple[tuple[str, str], ...]) -> Sheet:
    as_at = of.coverage.as_at
    rests_on = coverage_tables.facts(of.coverage.counted, as_at, of.coverage.goal)
    return coverage_tables.sheet(
        table,
        name=coverage_tables.file_name(table.key, of.within.name, as_at.isoformat()),
        as_at=as_at,
        facts=(*rests_on, ("Of", of.within.name), *facts),
    )


def _overdue_facts(heatmap: OverdueHeatmap, *, by_first: bool) -> tuple[tuple[str, str], ...]:
    return (
        ("Overdue", OVERDUE_COUNTS),
        ("Due date", "first agreed" if by_first else "current"),
        ("Overdue in all", f"{heatmap.overdue:,}, and {heatmap.moved:,} moved"),
    )


def _all_rules() -> str:
    return " ".join(f"{rule.name}: {rule.explanation}" for rule in attention.RULES.values())
