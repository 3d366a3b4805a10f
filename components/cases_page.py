"""The page of a plan's cases, and the list of open ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from components import words
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.support_page import FIRST_LEVEL_OF_STAFF, LEVEL_NAMES, readers
from data.cases import CasesPage
from data.confidential import ChangeLine
from data.open_cases import OpenCase

CASES, OPEN_CASES = "cases", "open-cases"
SHORT = 120
"""Characters of a text that the history shows."""
_FIELDS = {
    "about": "what it is about",
    "confidentiality": "who reads it",
    "lead_id": "who leads it",
    "action what": "an action",
    "action by_whom": "who does an action",
    "action due_on": "when an action is due",
    "action done_on": "when an action was done",
    "person left_on": "until when somebody worked on it",
}


def cases_page(page: CasesPage) -> list[Any]:
    """All that stands in the main part of the page of a plan's cases."""
    return plan_frame(page.head, "cases", [drawing(CASES, markup(page), view=CASES)])


def markup(page: CasesPage) -> str:
    """The drawing; a learner's own speaks to the learner."""
    own = page.head.own
    who = {level.number: readers(level, own) for level in page.levels}
    yours = [level.number for level in page.levels if level.yours]
    return render(
        "cases.html",
        page=page,
        head=page.head,
        own=own,
        writes=page.may_write and not own,
        viewer_id=page.viewer_id,
        staff=[(one.id, f"{one.name}, {one.role}") for one in page.staff],
        outcomes=[(one.id, one.name) for one in page.outcomes],
        levels=[(number, LEVEL_NAMES[number], who[number]) for number in who],
        level_options=[(number, f"{number} {LEVEL_NAMES[number]}: {who[number]}") for number in yours],
        level_names=LEVEL_NAMES,
        first_level=min(FIRST_LEVEL_OF_STAFF, max(yours, default=1)),
        readers=who,
        change=change_in_words,
        sheet=plan_address(page.head, "case-study"),
    )


def open_cases_page(cases: Sequence[OpenCase]) -> list[Any]:
    """All that stands in the main part of the page of open cases."""
    title = html.Div(html.Div([html.H1("Cases")]), className="page-head")
    return [title, drawing(OPEN_CASES, open_cases(cases), view=OPEN_CASES)]


def open_cases(cases: Sequence[OpenCase]) -> str:
    return render("open_cases.html", cases=cases, level_names=LEVEL_NAMES, address=case_address)


def case_address(one: OpenCase) -> str:
    return f"/learner/{one.learner_id}/cases?plan={one.plan_id}"


def change_in_words(line: ChangeLine) -> str:
    """opened the case; changed who leads it from Ann to Bob."""
    old, new = _value(line.field, line.old), _value(line.field, line.new)
    if line.field == "created":
        return "opened the case"
    if line.field in ("person", "action"):
        return f"added {new}"
    if line.field == "closed":
        return f"closed it: {new}"
    if line.field == "reopened":
        return f"opened it again: {new}"
    field = _FIELDS.get(line.field, line.field)
    if line.old is None:
        return f"wrote down {field}: {new}"
    return f"changed {field} from {old} to {new}" if line.new else f"took away {field}: {old}"


def _value(field: str, value: str | None) -> str:
    if value is None:
        return ""
    if field.endswith("_on"):
        return words.day(date.fromisoformat(value))
    if field == "confidentiality":
        return f"{value} {LEVEL_NAMES[int(value)]}"
    return f"“{value}”" if len(value) <= SHORT else f"“{value[:SHORT].rstrip()} …”"
