"""Shows and saves a target for every page that has the form; pages follow a save through one Store."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html, no_update, set_props
from sqlalchemy.orm import Session

from callbacks import policy, request
from callbacks.writing import Writer
from components import ids
from components.drawing import drawing_output
from components.target_form import FORM, form_markup, shown, target_form
from data import history, targets
from data.errors import NotFound
from data.form_values import Typed
from data.models import Writes
from data.saved import Saved
from data.scope import Viewer
from data.targets import TargetDetail

Answer = tuple[Any, Any, Any]
"""The form's HTML, which target is on show, whether the form is hidden."""
NOTHING: Answer = ("", {"target": None}, True)


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
def choose(selection: Any, on_show: Any) -> Answer:
    """Show the target that the address selects; nothing changes where it is on show already."""
    chosen = selection.get("target") if isinstance(selection, dict) else None
    if not chosen:
        return NOTHING
    try:
        with request.looking() as (session, viewer):
            detail = targets.read(session, viewer, request.whole_number(chosen))
            if on_show == shown(detail):
                return (no_update,) * 3
            return form_markup(detail, history.read(session, viewer, detail.id)), shown(detail), False
    except NotFound:
        gone = "That target isn't there any more, or it isn't yours to see."
        set_props(ids.STATUS, {"children": gone})
        return NOTHING


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save what is typed, made on a version; what the form didn't send stays as it is."""
    changes = {name: typed.text(name) for name in targets.FIELDS if name in typed.sent}
    detail = targets.update(
        session, viewer, typed.id("target"), typed.version(), changes, typed.text("reason")
    )
    return changed(detail, "Saved.", "target")


def tick(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Tick a step, or take its tick away."""
    done = typed.ticked("done")
    detail = targets.tick_step(session, viewer, typed.id("target"), typed.id("step"), done)
    return changed(detail, "Step done." if done else "Step to do again.", "step")


def changed(detail: TargetDetail, sentence: str, kind: str) -> Saved:
    """What pages hear of a saved target."""
    return Saved(
        sentence,
        kind,
        plan=detail.plan_id,
        learner=detail.learner_id,
        cohort=detail.cohort_id,
        target=detail.id,
        milestone=detail.milestone_id,
        version=detail.version,
    )


def drawn(session: Session, viewer: Viewer, saved: Saved) -> dict[str, str]:
    """The form as it is after a save."""
    detail = targets.read(session, viewer, saved.target or 0)
    return {FORM: form_markup(detail, history.read(session, viewer, detail.id))}


WRITERS = {
    "target": Writer.of(save, Writes.PLANS, Writes.OWN_NOTES, draws=drawn),
    "target-step": Writer.of(tick, Writes.PLANS, Writes.OWN_NOTES, draws=drawn),
}


def register(app: Dash) -> None:
    app.callback(
        drawing_output(FORM),
        Output(ids.TARGET_SHOWN, "data"),
        Output(ids.TARGET_FORM, "hidden"),
        Input(ids.SELECTION, "data"),
        State(ids.TARGET_SHOWN, "data"),
        prevent_initial_call=True,
    )(choose)
