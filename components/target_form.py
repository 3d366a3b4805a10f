"""The form beside a view: one target's facts, its fields, a conflict side by side, its history.

The fields stay in the page's tree while targets come and go; what the server says of a target lies in one
Store, and assets/forms.js puts it into the fields without losing what was typed and isn't saved yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids, words
from components.attributes import attributes
from components.drawing import drawing, render
from components.fields import field, form_error
from components.route_entries import state_icon, state_word
from components.shell import icon
from data.form_values import LONGEST_REASON, LONGEST_TEXT
from data.history import HistoryLine
from data.rules import CLOSED_STATUSES, OPEN_STATUSES
from data.targets import TargetDetail

STATUSES = (*OPEN_STATUSES, *CLOSED_STATUSES)
SHORT = 200
"""Characters of a text that the history shows."""
READ_BY_LEARNER = "The learner reads this too."
READ_BY_STAFF = (
    "Your tutor and the people who teach or support you read this. Nobody watches it round the clock: if"
    " something can't wait, please talk to someone at college."
)


def target_form(detail: TargetDetail | None, history: Sequence[HistoryLine] = ()) -> html.Section:
    """The form, filled with a target, or hidden while none is selected."""
    return html.Section(
        [
            dcc.Store(id=ids.TARGET_SAID, data=said(detail), storage_type="memory"),
            dcc.Store(id=ids.TARGET_EDITED, storage_type="memory"),
            dcc.Store(id=ids.TARGET_STEP, storage_type="memory"),
            html.Button(
                icon("x-lg"),
                type="button",
                className="quiet close",
                **attributes(aria_label="Close this target", data_action="close"),
            ),
            drawing(ids.TARGET_DETAIL, detail_markup(detail)),
            html.Div(
                [_conflict(), *_fields(), _saving()],
                id=f"{ids.TARGET_FORM}-fields",
                className="fields",
                **attributes(data_form=ids.TARGET_FORM),
            ),
            drawing(ids.TARGET_HISTORY, history_markup(detail, history)),
        ],
        id=ids.TARGET_FORM,
        className="card target-form",
        hidden=detail is None,
        **attributes(data_view="target-form", aria_labelledby="target-heading"),
    )


def said(
    detail: TargetDetail | None,
    sentence: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    saved: bool = False,
    follows: int | None = None,
) -> dict[str, Any]:
    """What the browser is told: the target's values and version, what became of a save, a sentence to say.

    Without a target the form is hidden. `errors` maps fields to sentences ("" is the form). `follows` is
    the version that the viewer's own change was made to, so that it isn't taken for somebody else's.
    """
    if detail is None:
        return {"target": None, "sentence": sentence}
    return {
        "target": detail.id,
        "sentence": sentence,
        "version": detail.version,
        "may": detail.may_write,
        "values": {
            "status": detail.status if detail.status in STATUSES else "",
            "due_on": detail.due_on.isoformat() if detail.due_on else "",
            "note": detail.note.replace("\r\n", "\n"),  # as a browser's field holds it
        },
        "by": detail.last_changed_by or "Somebody",
        "readers": READ_BY_STAFF if detail.may_write == "note" else READ_BY_LEARNER,
        "errors": dict(errors or {}),
        "saved": saved,
        "follows": follows,
    }


def detail_markup(detail: TargetDetail | None) -> str:
    """The target's facts; a learner reads them without red."""
    if detail is None:
        return ""
    calm = detail.may_write == "note"
    return render("target_detail.html", detail=detail, calm=calm, word=state_word, icon=state_icon)


def history_markup(detail: TargetDetail | None, history: Sequence[HistoryLine]) -> str:
    return render("target_history.html", detail=detail, lines=history, what=change_in_words)


def change_in_words(line: HistoryLine) -> str:
    """moved from 5 Dec to 19 Dec; In progress to Achieved; wrote “Booked for Tuesday”."""
    in_words = _CHANGES.get(line.field)
    return in_words(line.old or "", line.new or "") if in_words else f"changed {line.field}"


def _status_change(old: str, new: str) -> str:
    return f"{_status_word(old)} to {_status_word(new)}"


def _status_word(status: str) -> str:
    return words.target_word(status) if status in STATUSES else "Proposed"


def _due_change(old: str, new: str) -> str:
    days = [words.short_day(date.fromisoformat(day)) for day in (old, new) if day]
    return f"moved from {days[0]} to {days[1]}" if len(days) == 2 else f"due {days[0]}"


def _note_change(old: str, new: str) -> str:
    return f"wrote “{_short(new)}”" if new else f"took away “{_short(old)}”"


def _achieved_change(old: str, new: str) -> str:
    return f"achieved on {words.short_day(date.fromisoformat(new))}" if new else "not achieved after all"


def _step_change(old: str, new: str) -> str:
    return f"did “{_short(new)}”" if new else f"to do again: “{_short(old)}”"


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"


_CHANGES: dict[str, Callable[[str, str], str]] = {
    "created": lambda _old, _new: "set this target",
    "status": _status_change,
    "achieved_on": _achieved_change,
    "due_on": _due_change,
    "note": _note_change,
    "step": _step_change,
}


def _fields() -> list[Any]:
    status = dbc.Select(
        id=ids.TARGET_STATUS,
        name="status",
        options=[{"label": words.target_word(status), "value": status} for status in STATUSES],
        placeholder="Proposed: choose to agree it",
    )
    due_on = dbc.Input(id=ids.TARGET_DUE, name="due_on", type="date", value="")
    reason = dbc.Input(
        id=ids.TARGET_REASON,
        name="reason",
        type="text",
        value="",
        maxlength=LONGEST_REASON,
        autocomplete="off",
    )
    note = dbc.Textarea(
        id=ids.TARGET_NOTE, name="note", value="", rows=4, maxlength=LONGEST_TEXT, submit_on_enter=False
    )
    return [
        html.Div(
            [
                field("status", "Status", status),
                field("due_on", "Due", due_on),
                field("reason", "Why it moves", reason, hint="Each move of a date is kept with its reason."),
            ],
            id=f"{ids.TARGET_FORM}-planning",
            className="planning",
        ),
        field("note", "What helped, what got in the way", note, hint=READ_BY_LEARNER),
        form_error(ids.TARGET_FORM),
    ]


def _saving() -> html.Div:
    return html.Div(
        [
            html.Button(
                "Save",
                id=ids.TARGET_SAVE,
                type="button",
                className="button main",
                **attributes(data_action="save", data_submits="", aria_keyshortcuts="Control+Enter"),
            ),
            html.Span(id=f"{ids.TARGET_FORM}-unsaved", className="sub small"),
        ],
        className="saving",
    )


def _conflict() -> html.Div:
    """What somebody else saved beside what is typed here; hidden unless they differ."""
    part = f"{ids.TARGET_FORM}-conflict"
    rows = [
        html.Tr(
            [
                html.Th(label, scope="row"),
                html.Td(id=f"{part}-{name}-theirs"),
                html.Td(id=f"{part}-{name}-mine"),
            ],
            id=f"{part}-{name}",
        )
        for name, label in (("status", "Status"), ("due_on", "Due"), ("note", "Note"))
    ]
    head = html.Tr([html.Td(), html.Th(id=f"{part}-by", scope="col"), html.Th("You typed", scope="col")])
    return html.Div(
        [
            html.H3("Somebody else saved in between", id=f"{part}-title", tabIndex=-1),
            html.P("Nothing is overwritten and nothing typed is lost. Which shall it be?"),
            html.Table([html.Thead(head), html.Tbody(rows)]),
            html.Div(
                [
                    html.Button(
                        "Keep what I typed",
                        type="button",
                        className="button",
                        **attributes(data_action="keep-mine"),
                    ),
                    html.Button(
                        "Take theirs",
                        type="button",
                        className="button",
                        **attributes(data_action="take-theirs"),
                    ),
                ],
                className="saving",
            ),
        ],
        id=part,
        className="conflict",
        hidden=True,
        role="group",
        **attributes(aria_labelledby=f"{part}-title"),
    )
