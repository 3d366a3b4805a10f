"""The box that finds a learner by name, on every page."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks import policy, request
from components import ids
from components.search import found_learners
from data import learners


@policy.reads
def find(text: Any) -> Any:
    """The learners within one's scope whose name begins like the words typed."""
    if not isinstance(text, str) or len(text.strip()) < learners.SHORTEST_SEARCH:
        return []
    with request.looking() as (session, viewer):
        return found_learners(text, learners.find(session, viewer, text))


def register(app: Dash) -> None:
    app.callback(Output(ids.SEARCH_FOUND, "children"), Input(ids.SEARCH, "data"), prevent_initial_call=True)(
        find
    )
