"""`/admin/reviews`: kinds of review, which of them count, the rule for the dates, closed weeks."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, no_update

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.college_reviews import ADDRESS, TITLE, college_reviews_page, drawn
from components.drawing import drawing_output
from data import college_kind_rules, college_reviews
from data.models import Writes

WRITERS = {
    "review-kind-add": Writer.of(college_reviews.add_kind, Writes.PLANS),
    "review-kind": Writer.of(college_reviews.change_kind, Writes.PLANS),
    "review-rule-add": Writer.of(college_reviews.add_rule, Writes.PLANS),
    "kind-rule-add": Writer.of(college_kind_rules.add, Writes.PLANS),
    "closed-add": Writer.of(college_reviews.add_closed, Writes.PLANS),
    "closed-change": Writer.of(college_reviews.change_closed, Writes.PLANS),
    "closed-remove": Writer.of(college_reviews.remove_closed, Writes.PLANS),
}


@request.page
def page(**_query: Any) -> Any:
    """What the college says of its reviews, for its administrators."""
    with request.looking() as (session, viewer):
        found = college_reviews.read(session, viewer)
        return shell.page(request.frame(viewer), TITLE, college_reviews_page(found), active=ADDRESS)


@policy.reads
def follow_save(saved: Any) -> Any:
    """After a save: the page's drawing, from the database."""
    if not isinstance(saved, dict):
        return no_update
    with request.looking() as (session, viewer):
        return drawn(college_reviews.read(session, viewer))


def register(app: Dash) -> None:
    app.callback(
        drawing_output(ids.COLLEGE_REVIEWS),
        Input(ids.SAVED, "data"),
        prevent_initial_call=True,
    )(follow_save)
