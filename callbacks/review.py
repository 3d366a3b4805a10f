"""`/review/<id>`: one review, held and afterwards; `/learner/<id>/reviews`: the reviews of a plan."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.review_page import (
    REVIEW_FORM,
    REVIEWS,
    TUTORS_PART,
    review_markup,
    review_page,
    reviews_markup,
    reviews_page,
    tutors_button_label,
    tutors_part,
)
from data import programme_checks, review_completion, review_forms, review_pack, review_sheet
from data import tutors_part as tutors_parts
from data.models import Writes
from data.own_words import RIGHTS as OWN_WORDS
from data.review_pack import ReviewPack
from data.review_sheet import ReviewSheet
from data.scope import Viewer

WRITERS = {
    "review-start": Writer.of(review_forms.start, Writes.PLANS),
    "review-give-up": Writer.of(review_forms.give_up, Writes.PLANS),
    "review-part": Writer.of(review_forms.write_part, *OWN_WORDS),
    "review-decision": Writer.of(review_forms.decide, Writes.PLANS),
    "review-target-add": Writer.of(review_forms.add_target, Writes.PLANS),
    "review-target-remove": Writer.of(review_forms.remove_target, Writes.PLANS),
    "review-action-add": Writer.of(review_forms.add_action, Writes.PLANS),
    "review-action-remove": Writer.of(review_forms.remove_action, Writes.PLANS),
    "review-complete": Writer.of(review_completion.complete, Writes.PLANS),
    "review-sign": Writer.of(review_completion.sign, *OWN_WORDS),
    programme_checks.SAVED_KIND: Writer.of(programme_checks.decide, Writes.PLANS),
    "review-note": Writer.of(review_completion.add_note, *OWN_WORDS),
}


@request.page
def page(form_id: Any = None, **_query: Any) -> Any:
    """One review. While it is held nobody else's name is on the page, nor to be found from it."""
    with request.looking() as (session, viewer):
        sheet = _sheet(session, viewer, form_id)
        title = sheet.kind if sheet.head.own else f"{sheet.kind}: {sheet.head.learner_name}"
        return shell.page(
            request.frame(viewer),
            title,
            review_page(sheet, _pack(session, viewer, sheet)),
            alone=sheet.completed is None,
        )


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the drawing. A part that kept itself isn't told of."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        sheet = _sheet(session, viewer, shown.get("form"))
        return review_markup(sheet, _pack(session, viewer, sheet))


@policy.reads
def show_tutors_part(presses: Any, shown: Any) -> Any:
    """By each press of its button: what is for who holds the review only, or nothing of it again."""
    if not isinstance(presses, int) or not isinstance(shown, dict):
        return no_update, no_update, no_update
    if presses % 2 == 0:
        return "", tutors_button_label(shown=False), "false"
    with request.looking() as (session, viewer):
        sheet = _sheet(session, viewer, shown.get("form"))
        given = sheet.head.learner_name.split()[0]
        part = tutors_part(tutors_parts.read(session, viewer, sheet.id), given)
        return part, tutors_button_label(shown=True), "true"


def _sheet(session: Session, viewer: Viewer, form_id: Any) -> ReviewSheet:
    return review_sheet.read(session, viewer, request.whole_number(form_id))


def _pack(session: Session, viewer: Viewer, sheet: ReviewSheet) -> ReviewPack | None:
    """The pack beside the form, for who decides."""
    if sheet.completed or not sheet.may_decide:
        return None
    return review_pack.read(session, viewer, sheet.head.id)


@request.page
def of_learner(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The reviews of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        found = review_sheet.of_learner(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, found.head, "reviews", reviews_page(found))


@plan_page.redrawn
@policy.reads
def follow_save_of_learner(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> str:
    """After a save: the list of the plan's reviews."""
    return reviews_markup(review_sheet.of_learner(session, viewer, learner_id, plan_id))


def register(app: Dash) -> None:
    app.callback(
        drawing_output(REVIEW_FORM),
        Input(ids.SAVED, "data"),
        State(ids.REVIEW_FORM, "data"),
        prevent_initial_call=True,
    )(follow_save)
    app.callback(
        drawing_output(TUTORS_PART),
        Output(ids.TUTORS_PART, "children"),
        Output(ids.TUTORS_PART, "aria-expanded"),
        Input(ids.TUTORS_PART, "n_clicks"),
        State(ids.REVIEW_FORM, "data"),
        prevent_initial_call=True,
    )(show_tutors_part)
    plan_page.redraw(app, follow_save_of_learner, REVIEWS)
