"""A new target, and a review held: forms in dialogs, once on a page that has buttons to open them.

The buttons, in drawings, say whose plan it is about (assets/forms.js).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from dash import html

from components.attributes import attributes
from components.drawing import render
from components.wording_help import wording_help
from data.reviews import KindChoice
from data.targets import LaneChoice
from data.wording import Letters

ADDRESS = "/small-forms"
COLLEGES_KEPT = 16


def small_forms() -> html.Div:
    """Where the dialogs are put once a button asks for one of them: a page without them is lighter."""
    return html.Div(id="small-forms", **attributes(data_load=ADDRESS))


def small_forms_markup(
    lanes: Sequence[LaneChoice], kinds: Sequence[KindChoice], *, today: date, letters: Letters = "FAST"
) -> str:
    """Both dialogs. A review is held today and of the usual kind unless said otherwise; `letters` are those
    of the help with wording a target."""
    return _markup(tuple(lanes), tuple(kinds), today, letters)


@lru_cache(maxsize=COLLEGES_KEPT)
def _markup(
    lanes: tuple[LaneChoice, ...], kinds: tuple[KindChoice, ...], today: date, letters: Letters
) -> str:
    usual = next((kind for kind in kinds if kind.key == "progress"), None)
    return render(
        "small_forms.html",
        lanes=[(lane.id, lane.label) for lane in lanes],
        kinds=[(kind.id, kind.name) for kind in kinds],
        usual_kind=usual.id if usual else "",
        today=today,
        wording=wording_help(letters, lanes, today),
    )
