"""What the search box has found."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html

from components.attributes import attributes
from data.learners import FoundLearner

NOBODY = "Nobody of that name among your learners."


def found_learners(text: str, found: Sequence[FoundLearner]) -> html.Div:
    """A link to each learner whom a text finds, or what to try where there is none; it names the text, so
    that Enter opens nobody who was found for the beginning of a name."""
    return html.Div(
        [_link(learner) for learner in found] or [html.P(NOBODY, className="sub small m-2")],
        **attributes(data_found_for=text),
    )


def _link(learner: FoundLearner) -> dcc.Link:
    return dcc.Link([learner.name, html.Small(learner.cohorts)], href=f"/learner/{learner.id}")
