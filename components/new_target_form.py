"""The small form that adds a target to a plan."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.fields import field
from components.small_form import opener, small_form
from data.form_values import LONGEST_LINE, LONGEST_TEXT
from data.targets import LaneChoice


def new_target_form(lanes: Sequence[LaneChoice]) -> html.Dialog:
    """A title, a lane, a date and success criteria; once on each page that has a button to open it."""
    return small_form(
        ids.NEW_TARGET,
        "New target",
        [
            field(
                "title",
                "Target",
                dbc.Input(id=ids.NEW_TARGET_TITLE, value="", maxlength=LONGEST_LINE, autocomplete="off"),
            ),
            field(
                "criteria",
                "Success criteria",
                dbc.Textarea(
                    id=ids.NEW_TARGET_CRITERIA,
                    value="",
                    rows=3,
                    maxlength=LONGEST_TEXT,
                    submit_on_enter=False,
                ),
                hint="How will everyone see that it is achieved?",
            ),
            field(
                "lane_id",
                "Lane",
                dbc.Select(
                    id=ids.NEW_TARGET_LANE,
                    options=[{"label": lane.label, "value": str(lane.id)} for lane in lanes],
                    value=str(lanes[0].id) if lanes else "",
                ),
            ),
            field("due_on", "Due", dbc.Input(id=ids.NEW_TARGET_DUE, type="date", value="")),
        ],
        plan_id=ids.NEW_TARGET_PLAN,
        said_id=ids.NEW_TARGET_SAID,
        save_id=ids.NEW_TARGET_SAVE,
        save="Add target",
    )


def new_target_button(plan_id: int, learner_name: str) -> html.Button:
    return opener(ids.NEW_TARGET, "New target", "plus-lg", plan_id=plan_id, learner_name=learner_name)
