"""The overdue heatmap as a table: one row a cohort, or a department, one column for how late."""

from __future__ import annotations

from components import words
from components.drawing import render
from components.heat_rows import Cell, Row, of_all
from components.list_files import heatmap_address
from data.groups import Group
from data.overdue_heatmap import COLUMNS, HeatmapRow, OverdueHeatmap
from data.target_lists import MOVED, ListChoice


def overdue_heatmap(
    heatmap: OverdueHeatmap,
    *,
    kind: str,
    department_id: int | None,
    open_list: ListChoice | None = None,
    has_other_cohorts: bool = False,
) -> str:
    """The markup; `kind` is what a row is, cohort or department, the latter without `department_id`.

    Where there is no row, `has_other_cohorts` tells a year without learners from a department that never had
    any.
    """
    rows = [_row(heatmap, row, kind, open_list) for row in heatmap.rows]
    if len(rows) > 1 and department_id is not None:
        totals = _cells(heatmap, heatmap.column_totals, heatmap.moved, open_list, None, shaded=False)
        rows.append(of_all(department_id, totals))
    return render(
        "overdue_heatmap.html",
        heatmap=heatmap,
        has_other_cohorts=has_other_cohorts,
        files=heatmap_address(department_id, by_first=heatmap.by_first),
        kind=kind,
        columns=COLUMNS,
        rows=rows,
        to_departments=department_id is None,
        day=words.day,
    )


def _about(group: Group, kind: str) -> str:
    """How many stand behind a row's figures, and how many were lost: 23 learners, 25 started, 2 left."""
    parts = [words.count(group.learners, "learner")]
    if group.paused:
        parts.append(f"{group.paused} on a break")
    parts.append(f"{group.started:,} started")
    parts.append(f"{group.left:,} left")
    if group.completed and kind == "cohort":  # a hundred departments fit in ten kilobytes
        parts.append(f"{group.completed:,} completed")
    return ", ".join(parts)


def _row(heatmap: OverdueHeatmap, row: HeatmapRow, kind: str, open_list: ListChoice | None) -> Row:
    group = row.group
    return Row(
        id=str(group.id),
        name=group.name,
        href=f"/{kind}/{group.id}",
        about=_about(group, kind),
        cells=_cells(heatmap, heatmap.late(row), row.moved, open_list, group.id),
    )


def _cells(
    heatmap: OverdueHeatmap,
    late: tuple[int, ...],
    moved: int,
    open_list: ListChoice | None,
    cohort_id: int | None,
    *,
    shaded: bool = True,
) -> tuple[Cell, ...]:
    def cell(asked: str, count: int, heat: int | None) -> Cell:
        is_open = (
            open_list is not None
            and open_list.kind == "overdue"
            and open_list.cohort_id == cohort_id
            and asked == ("" if open_list.late is None else str(open_list.late))
        )
        return Cell(f"{count:,}", heat, is_open)

    return (
        *(
            cell(str(number), count, heatmap.heat(count) if shaded else None)
            for number, count in enumerate(late)
        ),
        cell("", sum(late), None),
        cell(MOVED, moved, None),
    )
