"""The cohort's page: its head, figures, and progress grid with the form beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import shell, words
from components.drawing import drawing
from components.progress_grid import cohort_figures, progress_grid
from data.progress_grid import CohortHead, ProgressGrid


def cohort_page(grid: ProgressGrid, form: Any, *, may_record: bool = False) -> list[Any]:
    """All that stands in the page's main part; with `may_record`, a review's cell opens the form that
    records it as held."""
    body = _body(grid, form, may_record) if grid.learners else [_nobody(grid.cohort)]
    return [_head(grid), *body]


def _body(grid: ProgressGrid, form: Any, may_record: bool) -> list[Any]:
    return [
        drawing("figures", cohort_figures(grid.figures)),
        *([] if grid.milestones else [_no_milestones()]),
        html.P(
            "The grid prints from “Print on A3”, split by phase with the names repeated.",
            className="sub only-print",
        ),
        html.Div(
            [
                progress_grid(grid, may_record=may_record),
                html.Aside(
                    [
                        form,
                        html.P(
                            "Choose a cell to see its target here: what counts as success, when it is due,"
                            " and what has changed.",
                            className="sub hint",
                        ),
                    ],
                    className="form-side",
                ),
            ],
            className="with-form",
        ),
    ]


def _head(grid: ProgressGrid) -> html.Div:
    cohort = grid.cohort
    department = f"/department/{cohort.department_id}" if cohort.department_seen else None
    return html.Div(
        [
            html.Div(
                [
                    shell.breadcrumb((cohort.department, department), (cohort.code, None)),
                    html.H1(cohort.title),
                    html.P(", ".join([who_is_shown(grid), tutors_named(cohort.tutors)]), className="sub"),
                ]
            ),
            html.Div(className="gap"),
            dcc.Link(
                [shell.icon("calendar-event"), "Review coverage"],
                href=f"/cohort/{cohort.id}/coverage",
                className="button",
            ),
            html.A(
                [shell.icon("printer"), "Review packs"],
                href=f"/cohort/{cohort.id}/packs/print",
                className="button",
            ),
            html.A(
                [shell.icon("printer"), "Print on A3"],
                href=f"/cohort/{cohort.id}/print",
                className="button",
            ),
        ],
        className="page-head",
    )


def who_is_shown(grid: ProgressGrid) -> str:
    """22 learners; or, for who sees some of them: 4 of 22 learners, those whom you work with."""
    seen, size = grid.figures.learners, grid.cohort.size
    if seen == size:
        return words.count(size, "learner")
    return f"{seen} of {words.count(size, 'learner')}, those whom you work with"


def tutors_named(tutors: Sequence[str]) -> str:
    if not tutors:
        return "no tutor named yet"
    return f"{'tutor' if len(tutors) == 1 else 'tutors'} {', '.join(tutors)}"


def _nobody(cohort: CohortHead) -> html.Div:
    return html.Div(
        [
            html.H2("No learners yet"),
            html.P(
                f"Nobody is enrolled on {cohort.code}. An administrator adds learners by importing the"
                " college's roster (“python app.py import roster FILE”) or its ILR."
            ),
        ],
        className="card message",
    )


def _no_milestones() -> html.Div:
    return html.Div(
        [
            html.B("This cohort shares no milestones yet. "),
            "The grid shows personal targets and reviews meanwhile. An administrator adds milestones, the"
            " columns of the grid, by importing targets (“python app.py import targets FILE”).",
        ],
        className="card note",
    )
