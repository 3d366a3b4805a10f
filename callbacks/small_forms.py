"""A new target, and a review held: the small forms of every page that has a button for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.target_form import changed_target, errors_of
from components import ids, words
from components.new_target_form import new_target_form
from components.review_held_form import review_held_form
from data import reviews, targets
from data.errors import Refused
from data.models import Writes
from data.reviews import ReviewHeld
from data.scope import Viewer

Answer = tuple[Any, Any]
"""What the dialog is told, and what was saved."""


def small_forms(session: Session, viewer: Viewer) -> list[html.Dialog]:
    """Both dialogs, for a page with buttons that open them; none for who can't save them."""
    if all(grant.writes != Writes.PLANS for grant in viewer.grants):
        return []
    return [
        new_target_form(targets.lane_choices(session, viewer)),
        review_held_form(reviews.kind_choices(session, viewer), today=viewer.today),
    ]


@policy.writes(Writes.PLANS)
def add_target(_clicks: Any, plan: Any, title: Any, criteria: Any, lane_id: Any, due_on: Any) -> Answer:
    """Add a target to the plan that the dialog was opened for."""
    plan_id = _plan_id(plan)
    typed = {"title": title, "criteria": criteria, "lane_id": lane_id, "due_on": due_on}
    try:
        with request.changing() as (session, viewer):
            detail = targets.create(session, viewer, plan_id, typed)
    except Refused as refused:
        return _told(plan_id, refused.reason, errors_of(refused, targets.NEW_FIELDS)), no_update
    return _told(plan_id, f"Added “{detail.title}”."), changed_target(detail, "new-target")


@policy.writes(Writes.PLANS)
def hold_review(_clicks: Any, plan: Any, kind_id: Any, held_on: Any, note: Any) -> Answer:
    """Record a review as held for the plan that the dialog was opened for."""
    plan_id = _plan_id(plan)
    typed = {"kind_id": kind_id, "held_on": held_on, "note": note}
    try:
        with request.changing() as (session, viewer):
            held = reviews.hold(session, viewer, plan_id, typed)
    except Refused as refused:
        return _told(plan_id, refused.reason, errors_of(refused, reviews.NEW_FIELDS)), no_update
    return _told(plan_id, _recorded(held)), changed_review(held)


def _recorded(held: ReviewHeld) -> str:
    due_on = held.next_review_on
    return f"Review recorded. The next one is due by {words.day(due_on)}." if due_on else "Review recorded."


def changed_review(held: ReviewHeld) -> dict[str, Any]:
    """What pages hear of in `ids.SAVED`."""
    return {
        "target": None,
        "plan": held.plan_id,
        "learner": held.learner_id,
        "cohort": held.cohort_id,
        "milestone": None,
        "version": None,
        "kind": "review",
        "review": held.id,
    }


def _told(plan_id: int, sentence: str, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"plan": plan_id, "sentence": sentence, "errors": dict(errors or {})}


def _plan_id(plan: Any) -> int:
    return request.whole_number(plan.get("plan") if isinstance(plan, dict) else None)


def register(app: Dash) -> None:
    for form_id, said, plan, save, fields, function in (
        (
            ids.NEW_TARGET,
            ids.NEW_TARGET_SAID,
            ids.NEW_TARGET_PLAN,
            ids.NEW_TARGET_SAVE,
            (ids.NEW_TARGET_TITLE, ids.NEW_TARGET_CRITERIA, ids.NEW_TARGET_LANE, ids.NEW_TARGET_DUE),
            add_target,
        ),
        (
            ids.REVIEW_HELD,
            ids.REVIEW_HELD_SAID,
            ids.REVIEW_HELD_PLAN,
            ids.REVIEW_HELD_SAVE,
            (ids.REVIEW_HELD_KIND, ids.REVIEW_HELD_DAY, ids.REVIEW_HELD_NOTE),
            hold_review,
        ),
    ):
        app.callback(
            Output(said, "data"),
            Output(ids.SAVED, "data", allow_duplicate=True),
            Input(save, "n_clicks"),
            State(plan, "data"),
            *(State(field, "value") for field in fields),
            prevent_initial_call=True,
        )(function)
        app.clientside_callback(
            ClientsideFunction("forms", "answer"),
            Output(form_id, "data-answered"),
            Input(said, "data"),
            State(form_id, "id"),
            prevent_initial_call=True,
        )
