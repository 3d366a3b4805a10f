"""The rows of a heatmap, each of shaded cells that open the lists behind them (heat_rows.html draws them)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A number; `heat` is its shade, None where it has none. `open` is the cell whose list is open."""

    text: str
    heat: int | None
    open: bool
    title: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    name: str
    href: str
    about: str
    cells: tuple[Cell, ...]


def of_all(department_id: int, cells: tuple[Cell, ...]) -> Row:
    """The row under the others: all cohorts of a department."""
    return Row("all", "All cohorts", f"/department/{department_id}", "", cells)
