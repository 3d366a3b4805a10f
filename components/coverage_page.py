"""The coverage page of a cohort: the matrix, what it is made of, and the list that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import coverage_tables, ids, shell, words
from components.attributes import attributes
from components.coverage_lists import batch_table, batches_table, disagreements_table
from components.coverage_matrix import coverage_matrix, matrix_sheet, title
from components.coverage_tables import Table
from components.drawing import drawing, render
from data.coverage_matrix import CoverageMatrix
from data.errors import NotFound
from data.exports import Sheet

Address = Callable[[str], str]
"""Where an export lies, by its ending: csv, xlsx."""
OF_LISTS = ("list", "batch", "order")
"""The parameters that choose a list rather than rows of the matrix."""
LONG = ("batches", "disagree")
FIRST_ROWS = 10
"""How many rows of a table that can get long are shown until it is opened."""


def cohort_coverage_page(matrix: CoverageMatrix, shown: dict[str, Any]) -> list[Any]:
    """All that stands in the page's main part; `shown` is what the address asks for."""
    head, grid, lists = drawn(matrix, shown["asked"])
    return [
        dcc.Store(id=ids.COVERAGE, data=shown, storage_type="memory"),
        _head(matrix, head),
        html.Section(drawing(ids.COVERAGE_MATRIX, grid, view="coverage-matrix"), className="card"),
        drawing(ids.COVERAGE_LISTS, lists),
    ]


def drawn(matrix: CoverageMatrix, asked: Mapping[str, str]) -> tuple[str, str, str]:
    """The markup of the exports' links, the matrix, and the lists under it."""
    links = render(
        "coverage_exports.html",
        address=_address(matrix, {name: value for name, value in asked.items() if name not in OF_LISTS}),
        paper=f"/cohort/{matrix.cohort.id}/coverage/print{_query(asked)}",
    )
    return links, coverage_matrix(matrix), _lists(matrix, asked)


def sheet(matrix: CoverageMatrix, asked: Mapping[str, str]) -> Sheet:
    """What an export's address asks for: the matrix, or one of its lists. NotFound for any other list."""
    if not asked.get("list"):
        return matrix_sheet(matrix)
    table = _tables(matrix, asked).get(asked["list"])
    if table is None:
        raise NotFound
    name = coverage_tables.file_name(table.key, matrix.cohort.code, matrix.as_at.isoformat())
    return coverage_tables.sheet(
        coverage_tables.in_order(table, asked.get("order", "")),
        name=name,
        as_at=matrix.as_at,
        facts=coverage_tables.facts(matrix.counted, matrix.as_at, matrix.goal),
    )


def draw_table(
    table: Table, address: Address, *, asked: Mapping[str, str], close: str = "", current: str = ""
) -> str:
    """A table with its exports, which hold all of it. Only the list that is open is sorted by the address,
    with `order`, and shown whole."""
    sortable = bool(close)
    order = asked.get("order", "") if sortable else ""
    ordered = coverage_tables.in_order(table, order)
    more = len(table.rows) - FIRST_ROWS if not sortable and table.key in LONG else 0
    if more > 0:
        ordered = replace(ordered, rows=ordered.rows[:FIRST_ROWS])
    return render(
        "coverage_table.html",
        table=ordered,
        address=address,
        sortable=sortable,
        sort_name="order",
        sort_by=lambda key: f"-{key}" if order == key else key,
        order=lambda key: _aria_order(ordered.sort, key),
        close=close,
        current=current,
        opened=asked.get("list", ""),
        more=more,
        show_all=coverage_tables.query(list=table.key, batch=None, order=None),
    )


def _lists(matrix: CoverageMatrix, asked: Mapping[str, str]) -> str:
    """The list that is open first, then the batches and the disagreements."""
    tables = _tables(matrix, asked)
    opened = asked.get("list", "")
    if opened and opened not in tables:
        raise NotFound
    cards = []
    for key, table in tables.items():
        close = coverage_tables.query(list=None, batch=None, order=None) if key == opened else ""
        address = _address(matrix, {**asked, "list": key})
        current = coverage_tables.query(list="batch", batch=asked.get("batch"), order=None)
        cards.append((key, draw_table(table, address, asked=asked, close=close, current=current)))
    return render("coverage_cards.html", cards=cards)


def _tables(matrix: CoverageMatrix, asked: Mapping[str, str]) -> dict[str, Table]:
    opened = {"batch": batch_table(matrix.batches, asked.get("batch", ""))} if asked.get("batch") else {}
    return opened | {
        "batches": batches_table(matrix.batches),
        "disagree": disagreements_table(matrix.disagreements),
    }


def _address(matrix: CoverageMatrix, asked: Mapping[str, str]) -> Address:
    """Of the exports: with the parameters that decide what stands in them."""
    return lambda ending: f"/cohort/{matrix.cohort.id}/coverage.{ending}{_query(asked)}"


def _query(asked: Mapping[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value and name not in ("plan", "window")}
    return f"?{urlencode(kept)}" if kept else ""


def _aria_order(sort: str, key: str) -> str:
    if sort.removeprefix("-") != key:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def _head(matrix: CoverageMatrix, exports: str) -> html.Div:
    cohort = matrix.cohort
    department = f"/department/{cohort.department_id}/coverage" if cohort.department_seen else None
    left = words.count(matrix.learners, "learner")
    return html.Div(
        [
            html.Div(
                [
                    shell.breadcrumb(
                        (cohort.department, department),
                        (cohort.code, f"/cohort/{cohort.id}"),
                        ("Review coverage", None),
                    ),
                    html.H1(title(matrix)),
                    html.P(f"{cohort.title} · {left} · as at {words.day(matrix.as_at)}", className="sub"),
                ]
            ),
            html.Div(className="gap"),
            dcc.Link([shell.icon("table"), "Progress grid"], href=f"/cohort/{cohort.id}", className="button"),
            drawing(ids.COVERAGE_EXPORTS, exports),
        ],
        className="page-head",
        **attributes(data_page="cohort-coverage"),
    )
