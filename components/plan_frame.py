"""What all pages of one plan share: where they are, whose plan it is, the ways to its other pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import ids, shell
from components.drawing import drawing, render
from data.plan_head import PlanHead

PLAN_TABS = (
    # key, for staff, for the learner
    ("", "Route", "My route"),
    ("start", "Starting point", "My start"),
    ("destination", "Destination", "My destination"),
    ("build", "Route draft", "Build my route"),
    ("phases", "Phases", "My phases"),
    ("support", "Support", "My support"),
    ("cases", "Cases", "My cases"),
    ("reflections", "Reflections", "My reflections"),
    ("experiences", "Experiences", "My experiences"),
    ("people", "People", "My people"),
    ("agreement", "Agreement", "My agreement"),
    ("pack", "Review pack", "My next review"),
    ("reviews", "Reviews", "My reviews"),
)
"""The pages of a plan, in order; `/learner/<id>/<key>`."""


def plan_frame(
    head: PlanHead, active: str, content: Sequence[Any], *, actions: Sequence[Any] = ()
) -> list[Any]:
    """All that stands in the main part of a plan's page; `active` is the key of its tab."""
    return [
        dcc.Store(id=ids.LEARNER, data={"learner": head.learner_id, "plan": head.id}, storage_type="memory"),
        html.Div(
            [
                html.Div(
                    [*([] if head.own else [trail(head)]), html.H1(_heading(head, active))], className="who"
                ),
                html.Div(className="gap"),
                *actions,
            ],
            className="page-head learner-head",
        ),
        plan_tabs(head.learner_id, head.id, active, own=head.own),
        *content,
    ]


def plan_tabs(learner_id: int, plan_id: int, active: str, *, own: bool) -> html.Div:
    """The ways to the other pages of the plan."""
    tabs = [
        (mine if own else staff, _address(learner_id, plan_id, key), key == active)
        for key, staff, mine in PLAN_TABS
    ]
    return drawing("plan-tabs", render("plan_tabs.html", tabs=tabs))


def plan_address(head: PlanHead, key: str = "") -> str:
    """The address of one page of the plan."""
    return _address(head.learner_id, head.id, key)


def _address(learner_id: int, plan_id: int, key: str) -> str:
    path = f"/learner/{learner_id}"
    return f"{path}/{key}?plan={plan_id}" if key else f"{path}?plan={plan_id}"


def trail(head: PlanHead) -> html.Nav:
    return shell.breadcrumb(
        (head.department, f"/department/{head.department_id}" if head.sees_department else None),
        (head.cohort_code, f"/cohort/{head.cohort_id}" if head.sees_cohort else None),
        (head.learner_name, None),
    )


def plan_title(head: PlanHead, active: str) -> str:
    """What the browser's tab says of one page of the plan."""
    staff, own = _labels(active)
    return own if head.own else f"{staff}, {head.learner_name}"


def _heading(head: PlanHead, active: str) -> str:
    return _labels(active)[1] if head.own else head.learner_name


def _labels(active: str) -> tuple[str, str]:
    """The words of a tab: for staff, for the learner."""
    return next((staff, own) for key, staff, own in PLAN_TABS if key == active)
