"""The pages on which people keep walls: the list, the form, and the sheet for setting a screen up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import segno

from components import words
from components.drawing import render
from components.shell import Frame
from data.models import BoardKind
from data.walls import SCALES, WHOLE_ORGANISATION, Choices, ListedWall, WallValues

ADDRESS = "/admin/walls"
BOARDS = {
    BoardKind.WHERE_WE_ARE: ("Where we are", "each cohort's progress, overdue targets, reviews, 12 weeks"),
    BoardKind.COVERAGE: ("Review coverage", "cohorts by week"),
    BoardKind.OVERDUE: ("Overdue targets", "cohorts by how late"),
    BoardKind.REVIEWS_DUE: ("Reviews due this week", "still due, held, waiting from before"),
    BoardKind.ACHIEVED: ("Achieved this week", "each cohort beside its own past, never ranked"),
    BoardKind.MILESTONES: ("Milestones ahead", "of the next four weeks"),
    BoardKind.NOTICE: ("Notice", "what you write below"),
}
"""{kind: (name, what it shows)}."""
NEW: Mapping[str, Sequence[str]] = {
    **{f"shows-{kind}": ["1"] for kind in BoardKind if kind != BoardKind.NOTICE},
    **{f"seconds-{kind}": ["20"] for kind in BoardKind},
    "theme": ["dark"],
    "orientation": ["landscape"],
    "scale": ["100"],
    "shows_from": ["07:00"],
    "shows_until": ["19:00"],
}
"""What the form of a new wall holds."""


def wall_list(frame: Frame, walls: Sequence[ListedWall], *, zone: str, said: str = "") -> str:
    """Every wall of the viewer's; `said` is what has just been done."""
    here = ZoneInfo(zone)
    return render(
        "walls.html",
        frame=frame,
        active=ADDRESS,
        title="Walls",
        banner=frame.banner,
        walls=walls,
        said=said,
        moment=lambda at: words.moment(at.astimezone(here)),
    )


def wall_form(
    frame: Frame,
    choices: Choices,
    sent: Mapping[str, Sequence[str]],
    *,
    wall_id: int | None = None,
    problem: str = "",
    field: str | None = None,
) -> str:
    """The form of a new wall, or of one that is changed; `sent` is what its fields hold."""
    return render(
        "wall_form.html",
        frame=frame,
        active=ADDRESS,
        title="Change the wall" if wall_id else "Make a wall",
        banner=frame.banner,
        action=f"{ADDRESS}/{wall_id}" if wall_id else f"{ADDRESS}/new",
        wall_id=wall_id,
        choices=choices,
        whole=WHOLE_ORGANISATION,
        boards=BOARDS,
        scales=SCALES,
        all=lambda name: list(sent.get(name, ())),
        value=lambda name: next(iter(sent.get(name, ())), ""),
        problem=problem,
        field=field,
    )


def wall_sheet(frame: Frame, name: str, address: str) -> str:
    """The address, shown this once, with its QR code and how to set a screen up; prints on one sheet."""
    code = segno.make(address, error="m", micro=False)
    return render(
        "wall_sheet.html",
        frame=frame,
        active=ADDRESS,
        title=f"Set up “{name}”",
        banner=frame.banner,
        name=name,
        address=address,
        health=f"{address.rpartition('/wall/')[0]}/healthz",
        code=code.svg_data_uri(scale=8, border=2, dark="#000", light="#fff"),
    )


def sent_by(values: WallValues, version: int) -> dict[str, list[str]]:
    """What the form of a wall holds that is opened to be changed."""
    shown = dict(values.boards)
    sent = {
        "version": [str(version)],
        "name": [values.name],
        "where": [values.where],
        "cohort": [str(cohort_id) for cohort_id in values.cohort_ids],
        "theme": [values.theme],
        "orientation": [values.orientation],
        "scale": [str(values.scale)],
        "shows_from": [f"{values.shows_from:%H:%M}"],
        "shows_until": [f"{values.shows_until:%H:%M}"],
        "expires_on": [values.expires_on.isoformat()],
        "notice": [values.notice],
    }
    for kind in BoardKind:
        sent[f"seconds-{kind}"] = [str(shown.get(kind, 20))]
        if kind in shown:
            sent[f"shows-{kind}"] = ["1"]
    return sent


def sent_by_nobody(today: date) -> dict[str, Sequence[str]]:
    """What the form of a new wall holds: it works until the end of the academic year."""
    july = date(today.year if today.month < 7 else today.year + 1, 7, 31)
    return {**NEW, "expires_on": [july.isoformat()]}
