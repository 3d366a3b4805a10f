"""A labelled field of an inline form, with a place for what is wrong with it."""

from __future__ import annotations

from typing import Any

from dash import html

from components.attributes import attributes


def field(name: str, label: str, control: Any, *, hint: str | None = None) -> html.Div:
    """The label, the control, a hint, and the error that assets/forms.js sets there.

    `name` is what a Refused names it by. The label, hint and error are tied to the control in the browser.
    """
    return html.Div(
        [
            html.Label(label, htmlFor=control.id),
            control,
            html.P(hint, id=f"{control.id}-hint", className="field-hint"),
            html.P(id=f"{control.id}-error", className="field-error"),
        ],
        id=f"{control.id}-field",
        className=f"field field-{name.replace('_', '-')}",
        **attributes(data_field=name),
    )


def form_error(form_id: str) -> html.P:
    """What is wrong with a form as a whole."""
    return html.P(id=f"{form_id}-error", className="field-error")
