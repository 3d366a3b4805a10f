"""A small form in a dialog: opened by a button anywhere on the page, closed without losing what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components.attributes import attributes
from components.fields import form_error
from components.shell import icon


def small_form(
    form_id: str, title: str, fields: Sequence[Any], *, plan_id: str, said_id: str, save_id: str, save: str
) -> html.Dialog:
    """The dialog; `opener` makes the buttons that open it.

    In the browser (assets/forms.js), `plan_id` is the Store of whose plan it is about, and `said_id` the
    one into which the server's answer goes.
    """
    return html.Dialog(
        [
            dcc.Store(id=plan_id, storage_type="memory"),
            dcc.Store(id=said_id, storage_type="memory"),
            html.Button(
                icon("x-lg"),
                type="button",
                className="quiet close",
                **attributes(aria_label="Close", data_action="close-dialog"),
            ),
            html.H2([title, html.Span(id=f"{form_id}-whose")], id=f"{form_id}-heading"),
            *fields,
            form_error(form_id),
            html.Div(
                html.Button(
                    save,
                    id=save_id,
                    type="button",
                    className="button main",
                    **attributes(data_submits="", aria_keyshortcuts="Control+Enter"),
                ),
                className="saving",
            ),
        ],
        id=form_id,
        className="card small-form",
        **attributes(data_form=form_id, aria_labelledby=f"{form_id}-heading"),
    )


def opener(form_id: str, label: str, icon_name: str, *, plan_id: int, learner_name: str) -> html.Button:
    """A button that opens the form for a plan. In a drawing, a button with the same attributes does."""
    return html.Button(
        [icon(icon_name), label],
        type="button",
        className="button",
        **attributes(data_opens=form_id, data_plan=str(plan_id), data_whose=learner_name),
    )
