"""The right-programme check: on a plan's Reviews tab, in lists, and counted for a department."""

from __future__ import annotations

from typing import Any

from dash import html

from components import shell, words
from components.drawing import drawing, render
from data.models import ProgrammeChoice
from data.programme_checks import CheckLine, CheckOfPlan, DepartmentChecks, LearnerCheck
from data.rules import ReviewState

CHECKS = "programme-checks"
CHOICES = {
    ProgrammeChoice.STAY: "Stay: the right programme and level",
    ProgrammeChoice.CHANGE_LEVEL: "Change level",
    ProgrammeChoice.TRANSFER: "Transfer to another programme",
}
DECIDED = {
    ProgrammeChoice.STAY: "Stays",
    ProgrammeChoice.CHANGE_LEVEL: "Changes level",
    ProgrammeChoice.TRANSFER: "Transfers",
}


def decided(line: CheckLine) -> str:
    """Stays; Transfers to Level 3 Engineering."""
    return f"{DECIDED[line.choice]} to {line.to_what}" if line.to_what else DECIDED[line.choice]


def state_sentence(check: CheckOfPlan) -> str:
    """What stands of a plan's check today, in a sentence."""
    if check.lines:
        last = check.lines[0]
        by = f" by {last.by}" if last.by else ""
        return f"{decided(last)}: checked {words.day(last.checked_on)}{by}."
    if check.state == ReviewState.OVERDUE:
        return f"Not checked yet; it was due by {words.day(check.due_on)}."
    if check.asked:
        return f"Due by {words.day(check.due_on)}, within the first {check.weeks} weeks."
    if check.state == ReviewState.PAUSED:
        return "Paused with the break in learning."
    return "Not asked for this plan."


def asked_line(check: LearnerCheck) -> str:
    """right programme? 12 days late; right programme? by 19 Oct."""
    if check.state == ReviewState.OVERDUE:
        return f"right programme? was due {words.short_day(check.due_on)}"
    return f"right programme? by {words.short_day(check.due_on)}"


def checks_page(found: DepartmentChecks) -> list[Any]:
    """All that stands in the main part of the page of a department's checks."""
    return [
        html.Div(
            html.Div(
                [
                    shell.breadcrumb(
                        (found.name, f"/department/{found.id}"), ("Right-programme checks", None)
                    ),
                    html.H1("Right-programme checks"),
                ]
            ),
            className="page-head",
        ),
        drawing(CHECKS, checks(found), view=CHECKS),
    ]


def checks(found: DepartmentChecks) -> str:
    return render(
        "programme_checks.html",
        found=found,
        decided=DECIDED,
        address=lambda one: f"/learner/{one.learner_id}/reviews?plan={one.plan_id}",
    )
