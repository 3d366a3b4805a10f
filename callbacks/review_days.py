"""`/cohort/<id>/group-review`: a review of several learners; `/reviews/recap?on=…`: a day's reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Dash, Input, State, no_update

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.review_days import GROUP_REVIEW, group_markup, group_page, recap_page
from data import group_reviews, review_recap
from data.models import Writes

WRITERS = {"group-review": Writer.of(group_reviews.hold, Writes.PLANS)}


@request.page
def group(cohort_id: Any = None, **_query: Any) -> Any:
    """The group review of a cohort."""
    with request.looking() as (session, viewer):
        sheet = group_reviews.read(session, viewer, request.whole_number(cohort_id))
        return shell.page(request.frame(viewer), f"Group review, {sheet.cohort}", group_page(sheet))


@request.page
def recap(on: Any = None, **_query: Any) -> Any:
    """The reviews that the viewer held on a day, today's where none is asked for."""
    with request.looking() as (session, viewer):
        found = review_recap.read(session, viewer, _day(on) or viewer.today)
        return shell.page(request.frame(viewer), "Recap", recap_page(found))


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the group's form, empty again."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return group_markup(group_reviews.read(session, viewer, request.whole_number(shown.get("cohort"))))


def register(app: Dash) -> None:
    app.callback(
        drawing_output(GROUP_REVIEW),
        Input(ids.SAVED, "data"),
        State(ids.COHORT_OF_GROUP, "data"),
        prevent_initial_call=True,
    )(follow_save)
