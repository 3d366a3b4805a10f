"""Advice beside the fields of a target: what is checked, why, and good examples from the same lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from components.drawing import render
from data import wording
from data.target_detail import LaneChoice
from data.wording import Letters


def wording_help(letters: Letters, lanes: Sequence[LaneChoice], today: date) -> Markup:
    """The checks by the letters of FAST or SMART, for the form around them; a lane of the college's own
    shows the examples of the first lane that has some. Without lanes there are none: a dialog that is on
    nearly every page keeps small."""
    examples = wording.examples()
    return render(
        "wording_help.html",
        groups=wording.LETTERS[letters],
        examples=[(lane.id, examples[lane.key]) for lane in lanes if lane.key in examples],
        today=today,
    )
