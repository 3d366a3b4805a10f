"""The small form that records a review as held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.fields import field
from components.small_form import opener, small_form
from data.form_values import LONGEST_TEXT
from data.reviews import KindChoice


def review_held_form(kinds: Sequence[KindChoice], *, today: date) -> html.Dialog:
    """A kind, a day and a note; once on each page that has a button to open it."""
    usual = next((kind for kind in kinds if kind.key == "progress"), None)
    return small_form(
        ids.REVIEW_HELD,
        "Review held",
        [
            field(
                "kind_id",
                "Kind",
                dbc.Select(
                    id=ids.REVIEW_HELD_KIND,
                    options=[{"label": kind.name, "value": str(kind.id)} for kind in kinds],
                    value=str(usual.id) if usual else "",
                ),
            ),
            field(
                "held_on",
                "Held on",
                dbc.Input(id=ids.REVIEW_HELD_DAY, type="date", value=today.isoformat()),
            ),
            field(
                "note",
                "Note",
                dbc.Textarea(
                    id=ids.REVIEW_HELD_NOTE, value="", rows=4, maxlength=LONGEST_TEXT, submit_on_enter=False
                ),
                hint="What was agreed. The learner reads this too.",
            ),
        ],
        plan_id=ids.REVIEW_HELD_PLAN,
        said_id=ids.REVIEW_HELD_SAID,
        save_id=ids.REVIEW_HELD_SAVE,
        save="Record review",
    )


def review_held_button(plan_id: int, learner_name: str) -> html.Button:
    return opener(ids.REVIEW_HELD, "Review held", "check-lg", plan_id=plan_id, learner_name=learner_name)
