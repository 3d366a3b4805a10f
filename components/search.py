"""What the search box has found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from data.learners import FoundLearner


def found_learners(found: Sequence[FoundLearner]) -> list[Any]:
    """A link to each learner, or what to try where there is none."""
    if not found:
        return [html.P("Nobody of that name among your learners.", className="sub small m-2")]
    return [
        dcc.Link([learner.name, html.Small(learner.cohorts)], href=f"/learner/{learner.id}")
        for learner in found
    ]
