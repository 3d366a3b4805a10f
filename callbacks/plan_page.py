"""What the pages of a plan share: which plan a request asks for, their frame, the redraw after a save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from dash import Dash, Input, State
from dash.exceptions import PreventUpdate
from sqlalchemy.orm import Session

from callbacks import request
from components import ids, shell
from components.drawing import drawing_output
from components.plan_frame import plan_title
from data.plan_head import PlanHead
from data.scope import Viewer

Draw = Callable[[Session, Viewer, int, int | None], Any]
"""(session, viewer, learner's id, plan's id if one is asked for) to the markup of the page's drawings."""


def asked(learner_id: Any, plan: Any) -> tuple[int, int | None]:
    """The learner and the plan that an address names; no plan is the current one. NotFound for odd ids."""
    return request.whole_number(learner_id), request.whole_number(plan) if plan else None


def framed(viewer: Viewer, head: PlanHead, key: str, content: Sequence[Any]) -> Any:
    """The page of the plan whose tab has the key."""
    return shell.page(request.frame(viewer), plan_title(head, key), content, active="/" if head.own else "")


def redrawn(draw: Draw) -> Callable[[Any, Any], Any]:
    """Make a callback of what draws the page anew: after a save, of the plan that the page shows."""

    @wraps(draw)
    def follow_save(saved: Any, shown: Any) -> Any:
        if not isinstance(saved, dict) or not isinstance(shown, dict):
            raise PreventUpdate
        with request.looking() as (session, viewer):
            return draw(session, viewer, *asked(shown.get("learner"), shown.get("plan")))

    return follow_save


def redraw(app: Dash, follow_save: Callable[[Any, Any], Any], *drawings: str) -> None:
    """Wire a page's drawings to what was saved."""
    outputs = [drawing_output(name) for name in drawings]
    app.callback(
        outputs if len(outputs) > 1 else outputs[0],
        Input(ids.SAVED, "data"),
        State(ids.LEARNER, "data"),
        prevent_initial_call=True,
    )(follow_save)
