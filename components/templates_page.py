"""The pages of templates: the list, and one template with the plans that it is carried into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import ids, shell
from components.attributes import attributes
from components.drawing import drawing, render
from data.phase_sets import SetOfPhases, in_lines
from data.template_plans import CohortChoice, Outlook, why_kept
from data.templates import DepartmentChoice, TemplateDetail, TemplateLine


def templates_page(
    found: Sequence[TemplateLine],
    departments: Sequence[DepartmentChoice],
    sets: Sequence[SetOfPhases],
    *,
    may_write_sets: bool,
) -> list[Any]:
    """All that stands in the main part of the list's page."""
    return [
        html.Div([html.H1("Templates")], className="page-head"),
        html.Section(
            drawing(ids.TEMPLATES, drawn_list(found, departments, sets, may_write_sets=may_write_sets)),
            **attributes(aria_label="Templates"),
        ),
    ]


def drawn_list(
    found: Sequence[TemplateLine],
    departments: Sequence[DepartmentChoice],
    sets: Sequence[SetOfPhases],
    *,
    may_write_sets: bool,
) -> str:
    return render(
        "templates.html",
        templates=found,
        departments=[(one.id, one.name) for one in departments],
        sets=sets,
        set_choices=[(one.id, one.name) for one in sets],
        in_lines=in_lines,
        may_write_sets=may_write_sets,
    )


def template_page(
    template: TemplateDetail,
    cohorts: Sequence[CohortChoice],
    outlook: Sequence[Outlook],
    cohort_id: int | None,
) -> list[Any]:
    """All that stands in the main part of a template's page; without a cohort its plans are those made
    from it."""
    return [
        dcc.Store(
            id=ids.TEMPLATE_SHOWN,
            data={"template": template.id, "cohort": cohort_id},
            storage_type="memory",
        ),
        html.Div(
            [
                html.Div(
                    [
                        shell.breadcrumb(("Templates", "/templates"), (template.name, None)),
                        html.H1(template.name),
                        html.P(_source(template), className="sub"),
                    ],
                    className="who",
                )
            ],
            className="page-head",
        ),
        html.Section(
            drawing(ids.TEMPLATE, drawn(template, cohorts, outlook, cohort_id), view="template"),
            **attributes(aria_label="Template"),
        ),
    ]


def _source(template: TemplateDetail) -> str:
    taught = f", usually {template.months} months" if template.months else ""
    source = f" Made from {template.source}." if template.source else ""
    return f"{template.department}{taught}.{source}"


def drawn(
    template: TemplateDetail,
    cohorts: Sequence[CohortChoice],
    outlook: Sequence[Outlook],
    cohort_id: int | None,
) -> str:
    """The page's one drawing."""
    waiting = [one for one in outlook if one.changes]
    return render(
        "template.html",
        programme=template,
        phases_in_lines=in_lines(template.phases),
        lanes=[(lane.id, lane.label) for lane in template.lanes],
        in_force=[one for one in template.milestones if not one.retired],
        retired=[one for one in template.milestones if one.retired],
        cohorts=cohorts,
        cohort=next((one for one in cohorts if one.id == cohort_id), None),
        waiting=waiting,
        settled=[one for one in outlook if not one.changes],
        changes=sum(one.changes for one in waiting),
        kept=why_kept(outlook),
    )
