"""The pages of a department and of an organisation: head, headline figures, heatmap, coverage, attention."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components import ids, shell, words
from components.attention import attention
from components.drawing import drawing, render
from components.headline import headline
from components.overdue_heatmap import overdue_heatmap
from components.review_coverage import review_coverage
from components.target_table import target_table
from components.tutors import tutor_links
from data.department import DepartmentPage, Figures

DRAWINGS = (ids.HEADLINE, ids.OVERDUE_HEATMAP, ids.REVIEW_COVERAGE, ids.ATTENTION, ids.OPEN_LIST)
"""The drawings of a department's page, in the order of `drawn`."""
NAMES_ARE_THERE = "Each department's page names the learners who most need attention."


def department_page(
    of: DepartmentPage, shown: dict[str, Any], form: Any, *, organisation: str | None
) -> list[Any]:
    """All that stands in the page's main part. `organisation` is the name that the breadcrumb leads to,
    for who may go there."""
    markup = dict(zip(DRAWINGS, drawn(of), strict=True))
    here = of.figures.within.name
    trail = [shell.breadcrumb((organisation, "/organisation"), (here, None))] if organisation else []
    return [
        dcc.Store(id=ids.DEPARTMENT, data=shown, storage_type="memory"),
        _head(trail, of.figures, "cohort"),
        drawing(ids.HEADLINE, markup[ids.HEADLINE]),
        html.Div(
            [
                _card(ids.OVERDUE_HEATMAP, markup[ids.OVERDUE_HEATMAP], view="overdue-heatmap"),
                _card(ids.REVIEW_COVERAGE, markup[ids.REVIEW_COVERAGE], view="review-coverage"),
            ],
            className="side-by-side",
        ),
        html.Div(
            [
                _card(ids.OPEN_LIST, markup[ids.OPEN_LIST], view="target-list"),
                html.Aside(
                    [
                        form,
                        html.P("Choose a target to see it here and put it right.", className="sub hint"),
                    ],
                    className="form-side",
                ),
            ],
            className="with-form list-frame",
        ),
        _card(ids.ATTENTION, markup[ids.ATTENTION]),
        *([_card("other-cohorts", render("other_cohorts.html", cohorts=of.others))] if of.others else []),
    ]


def drawn(of: DepartmentPage) -> tuple[str, ...]:
    """The markup of each of `DRAWINGS`."""
    choice = of.open_list.choice if of.open_list else None
    return (
        headline(of.figures.headline),
        overdue_heatmap(
            of.figures.heatmap,
            kind="cohort",
            department_id=of.department_id,
            open_list=choice,
            has_other_cohorts=bool(of.others),
        ),
        review_coverage(
            of.figures.coverage,
            kind="cohort",
            department_id=of.department_id,
            open_list=choice,
            has_other_cohorts=bool(of.others),
        ),
        attention(
            of.attention,
            open_list=choice,
            department_id=of.department_id,
            targets_recorded=of.figures.headline.targets_recorded,
            reviews_recorded=of.figures.headline.reviews_recorded,
        ),
        target_table(of.open_list, department_id=of.department_id, is_gone=of.list_is_gone),
    )


def organisation_page(of: Figures) -> list[Any]:
    """The same views with a row for each department; a number leads to its list on that one's page."""
    coverage = review_coverage(of.coverage, kind="department", department_id=None)
    return [
        _head([], of, "department"),
        drawing(ids.ORGANISATION_HEADLINE, headline(of.headline)),
        html.Div(
            [
                _card(ids.ORGANISATION_HEATMAP, organisation_heatmap(of), view="overdue-heatmap"),
                _card(ids.ORGANISATION_COVERAGE, coverage, view="review-coverage"),
            ],
            className="side-by-side",
        ),
        *([html.P(NAMES_ARE_THERE, className="sub small")] if of.groups else []),
    ]


def organisation_heatmap(of: Figures) -> str:
    return overdue_heatmap(of.heatmap, kind="department", department_id=None)


def _head(trail: list[Any], of: Figures, kind: str) -> html.Div:
    department = of.within.department_id
    return html.Div(
        [
            html.Div([*trail, html.H1(of.within.name), html.P(_who(of, kind), className="sub")]),
            html.Div(className="gap"),
            *(
                [
                    dcc.Link(
                        [shell.icon("question-circle"), "Right-programme checks"],
                        href=f"/department/{department}/checks",
                        className="button",
                    )
                ]
                if department
                else []
            ),
            dcc.Link(
                [shell.icon("calendar-event"), "Review coverage"],
                href=f"/department/{department}/coverage" if department else "/organisation/coverage",
                className="button",
            ),
            *(tutor_links(department) if department else []),
        ],
        className="page-head",
    )


def _card(name: str, markup: str, view: str | None = None) -> html.Section:
    return html.Section(drawing(name, markup, view=view), className=f"card card-{name}")


def _who(of: Figures, kind: str) -> str:
    """412 learners in 19 cohorts · as at Mon 11 Jan 2027."""
    learners = sum(group.learners for group in of.groups)
    paused = sum(group.paused for group in of.groups)
    breaks = f" ({paused:,} on a break)" if paused else ""
    where = words.count(len(of.groups), kind)
    return f"{words.count(learners, 'learner')}{breaks} in {where} · as at {words.day(of.heatmap.as_at)}"
