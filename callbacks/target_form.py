"""Saves a target for every page that shows the form, and says so in one Store; pages listen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from sqlalchemy.orm import Session

from callbacks import policy, request
from components import ids
from components.target_form import detail_markup, history_markup, said, target_form
from data import history, targets
from data.errors import ChangedElsewhere, NotFound, Refused
from data.models import Writes
from data.scope import Viewer
from data.targets import TargetDetail

Answer = tuple[Any, Any, Any, Any]
"""What the browser is told, the facts, the history, what was saved."""
FIELDS = {"status", "due_on", "reason", "note"}


def form(session: Session, viewer: Viewer, target: Any) -> html.Section:
    """The form for a page whose address selects a target, or none; what isn't the viewer's to see is none."""
    if not target:
        return target_form(None)
    try:
        detail = targets.read(session, viewer, request.whole_number(target))
    except NotFound:
        return target_form(None)
    return target_form(detail, history.read(session, viewer, detail.id))


@policy.reads
def choose(selection: Any, edited: Any) -> Answer:
    """Show the target that the address selects; nothing changes where it is on show already."""
    chosen = selection.get("target") if isinstance(selection, dict) else None
    if not chosen:
        return said(None), "", "", no_update
    try:
        with request.looking() as (session, viewer):
            detail = targets.read(session, viewer, request.whole_number(chosen))
            if isinstance(edited, dict) and edited.get("target") == detail.id:
                return (no_update,) * 4
            return _shown(session, viewer, detail)
    except NotFound:
        return said(None, "That target isn't there any more, or it isn't yours to see."), "", "", no_update


@policy.writes(Writes.PLANS, Writes.OWN_NOTES)
def save(_clicks: Any, edited: Any, status: Any, due_on: Any, reason: Any, note: Any) -> Answer:
    """Save what is typed, made on a version; the answer says what is wrong, or what somebody else saved."""
    target_id, version = _numbers(edited, "target", "version")
    typed = {"status": status, "due_on": due_on, "note": note}
    try:
        with request.changing() as (session, viewer):
            detail = targets.update(session, viewer, target_id, version, typed, reason)
            return _shown(session, viewer, detail, "Saved.", kind="target", saved=True, follows=version)
    except Refused as refused:
        return _as_stored(target_id, refused.reason, errors=errors_of(refused, FIELDS))
    except ChangedElsewhere as changed:
        who = changed.by or "Somebody else"
        return _as_stored(
            target_id,
            f"{who} saved this target while you had it open. Nothing is overwritten: please choose.",
        )


@policy.writes(Writes.PLANS, Writes.OWN_NOTES)
def tick(ticked: Any) -> Answer:
    """Tick a step, or take its tick away."""
    target_id, step_id = _numbers(ticked, "target", "step")
    done = ticked.get("done") is True
    try:
        with request.changing() as (session, viewer):
            detail = targets.tick_step(session, viewer, target_id, step_id, done)
            sentence = "Step done." if done else "Step to do again."
            return _shown(session, viewer, detail, sentence, kind="step", follows=detail.version - 1)
    except Refused as refused:
        return _as_stored(target_id, refused.reason)


def errors_of(refused: Refused, fields: Collection[str]) -> dict[str, str]:
    """{field: sentence}, or under "" where it isn't about one of the form's fields."""
    return {refused.field if refused.field and refused.field in fields else "": refused.reason}


def _as_stored(target_id: int, sentence: str, errors: Mapping[str, str] | None = None) -> Answer:
    """The target as it is, with what was wrong."""
    with request.looking() as (session, viewer):
        detail = targets.read(session, viewer, target_id)
        return _shown(session, viewer, detail, sentence, errors=errors)


def _shown(
    session: Session,
    viewer: Viewer,
    detail: TargetDetail,
    sentence: str = "",
    *,
    kind: str | None = None,
    saved: bool = False,
    follows: int | None = None,
    errors: Mapping[str, str] | None = None,
) -> Answer:
    """The whole answer; with a `kind`, pages are told to follow."""
    lines = history.read(session, viewer, detail.id)
    return (
        said(detail, sentence, errors=errors, saved=saved, follows=follows),
        detail_markup(detail),
        history_markup(detail, lines),
        changed_target(detail, kind) if kind else no_update,
    )


def changed_target(detail: TargetDetail, kind: str) -> dict[str, Any]:
    """What pages hear of in `ids.SAVED`."""
    return {
        "target": detail.id,
        "plan": detail.plan_id,
        "learner": detail.learner_id,
        "cohort": detail.cohort_id,
        "milestone": detail.milestone_id,
        "version": detail.version,
        "kind": kind,
    }


def _numbers(posted: Any, *names: str) -> Iterator[int]:
    """Ids and versions out of a Store."""
    for name in names:
        yield request.whole_number(posted.get(name) if isinstance(posted, dict) else None)


def register(app: Dash) -> None:
    outputs = (
        Output(ids.TARGET_SAID, "data", allow_duplicate=True),
        Output(ids.drawing_html(ids.TARGET_DETAIL), "data", allow_duplicate=True),
        Output(ids.drawing_html(ids.TARGET_HISTORY), "data", allow_duplicate=True),
        Output(ids.SAVED, "data", allow_duplicate=True),
    )
    app.callback(
        *outputs, Input(ids.SELECTION, "data"), State(ids.TARGET_EDITED, "data"), prevent_initial_call=True
    )(choose)
    app.callback(
        *outputs,
        Input(ids.TARGET_SAVE, "n_clicks"),
        State(ids.TARGET_EDITED, "data"),
        State(ids.TARGET_STATUS, "value"),
        State(ids.TARGET_DUE, "value"),
        State(ids.TARGET_REASON, "value"),
        State(ids.TARGET_NOTE, "value"),
        prevent_initial_call=True,
    )(save)
    app.callback(*outputs, Input(ids.TARGET_STEP, "data"), prevent_initial_call=True)(tick)
    app.clientside_callback(
        ClientsideFunction("forms", "show"),
        Output(ids.TARGET_FORM, "data-of"),
        Input(ids.TARGET_SAID, "data"),
    )
