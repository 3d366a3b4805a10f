"""The page on which an administrator words prompts, and says when programmes are checked and how cases
close."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import dcc, html

from components import ids, shell, words
from components.drawing import drawing, render
from data.college_changes import CollegeChangeLine
from data.college_prompts import CASE_STUDY, CollegePrompts
from data.models import Audience

TITLE = "Prompts, checks and cases"
PROMPTS = "college-prompts"
AUDIENCES = {
    Audience.LEARNER: "for the learner",
    Audience.TUTOR: "for the tutor only",
    Audience.BOTH: "for both",
}
_ABOUT = {
    "prompt": "the prompt",
    "programme_check_rule": "the",
    "case_outcome": "the outcome",
}
_FIELDS = {
    "asks": "the words",
    "guidance": "the guidance",
    "audience": "for whom",
    "position": "the place",
    "retired_on": "the day of retirement",
    "name": "the name",
    "from_on": "the first day",
    "weeks": "the weeks",
}


def prompts_page(found: CollegePrompts) -> list[Any]:
    """All that stands in the main part of the page."""
    shown = str(found.kind.id) if found.kind else CASE_STUDY
    return [
        dcc.Store(id=ids.PROMPTS_SHOWN, data={"kind": shown}, storage_type="memory"),
        html.Div(
            html.Div([shell.breadcrumb(("Review rules", "/admin/reviews"), (TITLE, None)), html.H1(TITLE)]),
            className="page-head",
        ),
        drawing(PROMPTS, drawn(found), view="college-reviews"),
    ]


def drawn(found: CollegePrompts) -> str:
    return render(
        "college_prompts.html",
        page=found,
        audiences=[(key.value, f"{label[:1].upper()}{label[1:]}") for key, label in AUDIENCES.items()],
        audience_words={key.value: label for key, label in AUDIENCES.items()},
        change=change_in_words,
    )


def change_in_words(line: CollegeChangeLine) -> str:
    """added the prompt What went well?; changed for whom of it from both to learner."""
    what = f"{_ABOUT.get(line.about, line.about)} “{line.title}”"
    if line.field in ("added", "removed"):
        return f"{line.field} {what}"
    if line.field == "position":
        return f"moved {what}"
    if line.field == "retired_on":
        return f"retired {what}" if line.new else f"took {what} up again"
    old, new = _value(line.old), _value(line.new)
    return f"changed {_FIELDS.get(line.field, line.field)} of {what} from {old} to {new}"


def _value(text: str | None) -> str:
    try:
        return words.day(date.fromisoformat(text or ""))
    except ValueError:
        return f"“{text}”"
