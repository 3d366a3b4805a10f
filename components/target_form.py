"""The form beside a view: one target's facts, its fields, a conflict side by side, its history.

One drawing: another target draws it anew, and assets/writing.js puts back what was typed and isn't saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dash import dcc, html

from components import ids, target_changes, words
from components.attributes import attributes
from components.drawing import drawing, render
from components.route_entries import state_icon, state_word
from data.form_values import LONGEST_REASON
from data.history import HistoryLine
from data.rules import CLOSED_STATUSES, OPEN_STATUSES
from data.targets import TargetDetail

STATUSES = (*OPEN_STATUSES, *CLOSED_STATUSES)
FORM = "target-form"
"""The drawing of the form."""
SHORT = 200
"""Characters of a text that the history shows."""


def target_form(detail: TargetDetail | None, history: Sequence[HistoryLine] = ()) -> html.Section:
    """The form, filled with a target, or hidden while none is selected."""
    return html.Section(
        [
            dcc.Store(id=ids.TARGET_SHOWN, data=shown(detail), storage_type="memory"),
            drawing(FORM, form_markup(detail, history)),
        ],
        id=ids.TARGET_FORM,
        className="card target-form",
        hidden=detail is None,
        **attributes(data_view="target-form", aria_labelledby="target-heading"),
    )


def shown(detail: TargetDetail | None) -> dict[str, int | None]:
    """Which target is on show."""
    return {"target": detail.id if detail else None}


def form_markup(detail: TargetDetail | None, history: Sequence[HistoryLine] = ()) -> str:
    """The target's facts, its fields for who may write them, its history."""
    if detail is None:
        return ""
    return render(
        "target_form.html",
        detail=detail,
        detail_part=detail_markup(detail),
        history_part=history_markup(detail, history),
        statuses=[(status, words.target_word(status)) for status in STATUSES],
        status=detail.status if detail.status in STATUSES else "",
        readers=words.readers(detail.may_write == "note"),
        longest_reason=LONGEST_REASON,
    )


def detail_markup(detail: TargetDetail) -> str:
    """The target's facts; a learner reads them without red."""
    calm = detail.may_write == "note"
    return render("target_detail.html", detail=detail, calm=calm, word=state_word, icon=state_icon)


def history_markup(detail: TargetDetail, history: Sequence[HistoryLine]) -> str:
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
    "comment": lambda _old, new: f"said “{_short(new)}”",
    "destination": lambda _old, new: f"set the destination: “{_short(new)}”",
    "starting_point": lambda _old, _new: "changed the starting point",
    **target_changes.WORDS,
}
