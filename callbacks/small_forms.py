"""A new target, and a review held: the small forms of every page that has a button for them."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort
from sqlalchemy.orm import Session

from callbacks import request
from callbacks.target_form import changed
from callbacks.writing import Writer
from components import small_forms as drawing
from components import words
from data import reviews, targets
from data.form_values import Typed
from data.models import Writes
from data.saved import Saved
from data.scope import Viewer


def small_forms(viewer: Viewer) -> list[Any]:
    """The place of both dialogs, for a page with buttons that open them; none for who can't save them."""
    return [drawing.small_forms()] if _may_save(viewer) else []


def dialogs() -> str:
    """Both dialogs, as the first button that opens one asks for them."""
    with request.looking() as (session, viewer):
        if not _may_save(viewer):
            abort(404)
        lanes, kinds = targets.lane_choices(session, viewer), reviews.kind_choices(session, viewer)
        letters = request.settings().wording_help
        return drawing.small_forms_markup(lanes, kinds, today=viewer.today, letters=letters)


def _may_save(viewer: Viewer) -> bool:
    return any(grant.writes == Writes.PLANS for grant in viewer.grants)


def add_target(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a target to the plan that the dialog was opened for."""
    sent = {name: typed.text(name) for name in targets.NEW_FIELDS}
    detail = targets.create(session, viewer, typed.id("plan"), sent)
    return changed(detail, f"Added “{detail.title}”.", "new-target")


def hold_review(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Record a review as held for the plan that the dialog was opened for."""
    sent = {name: typed.text(name) for name in reviews.NEW_FIELDS}
    held = reviews.hold(session, viewer, typed.id("plan"), sent)
    due_on = held.next_review_on
    following = f" The next one is due by {words.day(due_on)}." if due_on else ""
    return Saved(
        f"Review recorded.{following}",
        "review",
        plan=held.plan_id,
        learner=held.learner_id,
        cohort=held.cohort_id,
        id=held.id,
    )


WRITERS = {
    "new-target": Writer.of(add_target, Writes.PLANS),
    "review-held": Writer.of(hold_review, Writes.PLANS),
}


def register(server: Flask) -> None:
    server.add_url_rule(drawing.ADDRESS, "small_forms", dialogs, methods=["GET"])
