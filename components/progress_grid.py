"""The progress grid: learners by milestones, drawn by AG Grid from compact rows.

A cell is one letter of its row's `states`; column types hold what all milestones share, so that a cohort of
350 learners by 130 milestones stays small. What the browser does with it is in assets/grid.js.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from operator import sub
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from components import ids, words
from components.attributes import attributes
from components.drawing import drawing, render
from components.text_width import text_width
from data.learner_figures import Figures
from data.models import EndReason
from data.progress_grid import (
    LearnerRow,
    MilestoneColumn,
    PersonalTargets,
    ProgressGrid,
)
from data.rules import ReviewState, Share, TargetState

CODES: dict[TargetState, str] = {
    TargetState.ACHIEVED: "a",
    TargetState.IN_PROGRESS: "i",
    TargetState.DUE_SOON: "d",
    TargetState.OVERDUE: "o",
    TargetState.TO_COME: "t",
    TargetState.NOT_ACHIEVED: "n",
    TargetState.PAUSED: "p",
    TargetState.WITHDRAWN: "w",
}
NO_TARGET = "-"
_LETTERS: dict[TargetState | None, str] = CODES | {None: NO_TARGET}
SORTS = {
    "name": "name",
    "overdue": "most overdue",
    "review": "next review",
    "progress": "least progress",
}
"""{value in the address: words}; the first is the order that the rows come in."""

NOBODY = "No learner fits. Change the name or the filter above."
ROW_HEIGHT = 34
TOUCH_ROW_HEIGHT = 44
GROUP_HEIGHT = 30
ROWS_AHEAD = 4
"""Rows drawn beyond those in view; each of the usual ten costs some 25 cells before anything is seen."""
HEADER_SIZE = 13
"""Of the headings' text, in pixels."""
SHARE_SIZE = 11
"""Of the cohort's own row."""
MILESTONE_WIDTH = 38
MANY_MILESTONES = 14
"""From so many on, the next review stays in view at the right while milestones scroll."""


def progress_grid(grid: ProgressGrid, *, may_record: bool = False) -> html.Div:
    """The grid with its tools above and its legend below."""
    return html.Div(
        [
            drawing("grid-tools", render("grid_tools.html", sorts=SORTS, files=_files(grid.cohort.id))),
            dcc.Store(id=ids.COHORT, data=grid.cohort.id, storage_type="memory"),
            html.Div(
                _grid(grid, may_record), id=ids.GRID_FRAME, className="grid-frame", style=_frame_size(grid)
            ),
            drawing("grid-legend", render("grid_legend.html", states=words.TARGET_STATES)),
        ],
        className="card progress-grid",
        **attributes(data_view="progress-grid"),
    )


def cohort_figures(figures: Figures) -> str:
    """The markup of the headline figures."""
    return render("figures.html", figures=tiles(figures))


def tiles(figures: Figures) -> list[tuple[str, str, str]]:
    """(what, figure, of how many) of each headline figure."""
    absent = "nobody has started yet" if figures.to_start and not figures.started else "nobody is here now"
    nobody = None if figures.here else absent
    covered = figures.covered if figures.reviewed else Share(0, 0)
    no_targets = nobody or "none recorded yet"
    no_reviews = nobody or ("no review due yet" if figures.reviewed else "no review recorded yet")
    open_targets = [
        ("Overdue", f"{figures.overdue.count:,}", f"of {figures.overdue.of:,} open, {figures.moved:,} moved"),
        ("Due within 7 days", f"{figures.due_soon.count:,}", f"of {figures.overdue.of:,} open"),
    ]
    if not figures.achieved.of:
        open_targets = [(what, "–", no_targets) for what, _, _ in open_targets]
    return [
        ("Targets achieved", words.percent(figures.achieved), _of(figures.achieved, no_targets)),
        *open_targets,
        ("Reviewed in time", words.percent(covered), _of(covered, no_reviews)),
        ("Started, left", f"{figures.started:,}, {figures.left:,}", _apart(figures)),
    ]


def row(learner: LearnerRow) -> dict[str, Any]:
    """A learner as the grid's script reads it; the row's id is the learner's, as a string."""
    return {
        "id": str(learner.id),
        "plan": learner.plan_id,
        "given": learner.given_name,
        "family": learner.family_name,
        "note": learner_note(learner),
        "ended": learner.ended,
        "paused": learner.paused,
        "states": "".join(map(_LETTERS.__getitem__, learner.states)),
        "targets": _steps_between(learner.target_ids),
        "progress": _progress(learner),
        "personal": _personal(learner.personal),
        "review": learner.review_state.value,
        "reviewOn": learner.next_review_on.isoformat() if learner.next_review_on else None,
        "reviewWords": review_words(learner),
    }


def cohort_rows(milestones: Sequence[MilestoneColumn], figures: Figures) -> list[dict[str, Any]]:
    """The row above all others: of each milestone, the share that has achieved it, and of how many.

    No row where there is no milestone, or nobody to count.
    """
    if not milestones or not figures.here:
        return []
    shares = [figures.milestones.get(milestone.id, Share(0, 0)) for milestone in milestones]
    states = [f"{words.percent(share)}\nof {share.of}" if share.of else "–" for share in shares]
    counts = [f"{share.count} of {share.of} achieved" if share.of else "nothing recorded" for share in shares]
    progress = [figures.achieved.count, 0, figures.overdue.count, figures.achieved.of]
    achieved = f"{words.percent(figures.achieved)} of {figures.achieved.of:,}" if figures.achieved.of else "–"
    return [{"id": "cohort", "states": states, "shares": counts, "progress": progress, "achieved": achieved}]


def review_words(learner: LearnerRow) -> str:
    """9 days late, Fri 15 Jan, Paused …: the next review in a few words."""
    if learner.review_state == ReviewState.OVERDUE:
        return words.days_late(learner.review_days_late)
    if learner.review_state in (ReviewState.DUE_SOON, ReviewState.NOT_YET_DUE):
        return words.short_day(learner.next_review_on)
    return words.review_word(learner.review_state)


def learner_note(learner: LearnerRow) -> str:
    """What sets a learner apart: on a break, left, completed, or nothing."""
    if learner.ended:
        word = "completed" if learner.end_reason == EndReason.COMPLETED else "left"
        return f"{word} {words.day_of_year(learner.ended_on)}"
    return "on a break" if learner.paused else ""


def _of(share: Share, nothing: str) -> str:
    return f"{share.count:,} of {share.of:,}" if share.of else nothing


def _apart(figures: Figures) -> str:
    """Who is counted apart from the other figures, besides those who left."""
    apart = [
        (figures.completed, "completed"),
        (figures.paused, "on a break"),
        (figures.to_start, "to start"),
    ]
    return ", ".join(f"{number:,} {what}" for number, what in apart if number) or "nobody on a break"


def _progress(learner: LearnerRow) -> list[int]:
    """[achieved, in hand, overdue, all that aren't withdrawn]."""
    return [
        learner.count(TargetState.ACHIEVED),
        learner.count(TargetState.IN_PROGRESS, TargetState.DUE_SOON),
        learner.count(TargetState.OVERDUE),
        learner.count(*(state for state in TargetState if state != TargetState.WITHDRAWN)),
    ]


def _personal(personal: PersonalTargets | None) -> dict[str, Any] | None:
    if personal is None:
        return None
    return {
        "counts": [[CODES[state], number] for state, number in personal.counts.items()],
        "target": personal.first_id,
        "title": personal.first_title,
    }


def _steps_between(target_ids: Sequence[int]) -> list[int]:
    """Each id as its distance from the one before, 0 where there is no target: ids follow one another, so
    that they compress to almost nothing."""
    if 0 not in target_ids:
        return [*target_ids[:1], *map(sub, target_ids[1:], target_ids)]
    steps, last = [], 0
    for target_id in target_ids:
        steps.append(target_id - last if target_id else 0)
        last = target_id or last
    return steps


def _files(cohort_id: int) -> Callable[[str], str]:
    return lambda ending: f"/cohort/{cohort_id}/progress.{ending}"


def _grid(grid: ProgressGrid, may_record: bool) -> dag.AgGrid:
    return dag.AgGrid(
        id=ids.PROGRESS_GRID,
        columnDefs=_columns(grid),
        rowData=[row(learner) for learner in grid.learners],
        getRowId="params.data.id",
        defaultColDef={
            "sortable": False,
            "resizable": False,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
            "cellDataType": False,
        },
        dashGridOptions={
            "theme": {"function": "gridTheme(themeQuartz)"},
            "columnTypes": _column_types(),
            "context": {
                "words": _words_by_code(),
                "classes": _classes_by_code(),
                "reviewForm": ids.REVIEW_HELD if may_record else None,
            },
            "pinnedTopRowData": cohort_rows(grid.milestones, grid.figures),
            "rowHeight": ROW_HEIGHT,
            "groupHeaderHeight": GROUP_HEIGHT,
            "headerHeight": _header_height(grid.milestones),
            "rowBuffer": ROWS_AHEAD,
            "rowClassRules": {"learner-ended": "params.data.ended", "learner-paused": "params.data.paused"},
            "isExternalFilterPresent": {"function": "gridIsFiltered(params)"},
            "doesExternalFilterPass": {"function": "gridPasses(params)"},
            "postSortRows": {"function": "gridSort(params)"},
            "enableBrowserTooltips": True,
            # Cells are drawn with their rows: a frame earlier, and scrolling is no less smooth (measured).
            "suppressAnimationFrame": True,
            "animateRows": False,
            # As in the page's other tables: arrows walk from cell to cell, Tab goes on to the form.
            "tabToNextCell": {"function": "gridTab(params)"},
            "tabToNextHeader": {"function": "gridTab(params)"},
            "suppressColumnMoveAnimation": True,
            "suppressDragLeaveHidesColumns": True,
            "localeText": {"noRowsToShow": NOBODY, "noMatchingRows": NOBODY},
        },
        style={"height": "100%"},
        className="grid",
    )


def _columns(grid: ProgressGrid) -> list[dict[str, Any]]:
    index = {milestone.id: number for number, milestone in enumerate(grid.milestones)}
    least = _least_width(grid.figures)
    phases = [
        {
            "headerName": phase,
            "headerTooltip": phase,
            "marryChildren": True,
            "children": [
                _milestone(column, index[column.id], _width(phase, len(columns), least)) for column in columns
            ],
        }
        for phase, columns in grid.phases
    ]
    review = _own("review")
    if len(grid.milestones) >= MANY_MILESTONES:
        review["pinned"] = "right"
    return [
        # Each column stands in a group: an empty group header is a row without cells to a screen reader.
        {"headerName": "Learners", "children": [_own("learner")]},
        {"headerName": "Progress", "children": [_own("progress")]},
        *phases,
        {"headerName": "Personal targets", "children": [_own("personal") | {"width": _personal_width(grid)}]},
        {"headerName": "Review", "children": [review]},
    ]


def _personal_width(grid: ProgressGrid) -> int:
    """Room for as many shapes and counts as the learner with most kinds of them has; more than four take a
    second line."""
    kinds = [len(row.personal.counts) for row in grid.learners if row.personal]
    return max(118, 18 + 28 * min(4, max(kinds, default=0)))


def _own(name: str) -> dict[str, Any]:
    """A column of a type of its own."""
    return {"colId": name, "type": name}


def _least_width(figures: Figures) -> int:
    """Room for how many a milestone's share is of, in a line of its own."""
    most = max((share.of for share in figures.milestones.values()), default=0)
    return max(MILESTONE_WIDTH, ceil(text_width(f"of {most}", SHARE_SIZE)) + 3)


def _width(phase: str, columns: int, least: int) -> dict[str, int]:
    """Wider than usual where the phase's name would have no room over its columns, or the cohort is large."""
    needed = max(least, min(110, 15 + text_width(phase, HEADER_SIZE)) / columns)
    return {"width": ceil(needed)} if needed > MILESTONE_WIDTH else {}


def _milestone(milestone: MilestoneColumn, index: int, width: Mapping[str, int]) -> dict[str, Any]:
    due = f", due {words.short_day(milestone.due_on)}" if milestone.due_on else ""
    return {
        **width,
        "type": "milestone",
        "colId": f"milestone-{milestone.id}",
        "field": f"states.{index}",
        "headerName": milestone.short_title,
        "headerTooltip": f"{milestone.title}{due}",
    }


def _column_types() -> dict[str, Any]:
    return {
        "learner": {
            "headerName": "Name",
            "pinned": "left",
            "width": 146,
            "cellRenderer": "LearnerCell",
        },
        "progress": {
            "headerName": "Achieved",
            "headerTooltip": "Milestones and personal targets achieved, of all that count",
            "pinned": "left",
            "width": 114,
            "cellRenderer": "ProgressCell",
        },
        "milestone": {
            "width": MILESTONE_WIDTH,
            "headerClass": "turned",
            "valueFormatter": {"function": "gridWord(params)"},
            "cellClass": {"function": "gridClass(params)"},
        },
        "personal": {
            "headerName": "In each state",
            "headerTooltip": "Personal targets, how many in each state",
            "cellRenderer": "PersonalCell",
            "tooltipValueGetter": {"function": "gridPersonalTip(params)"},
            "cellClass": {"function": "gridPersonalClass(params)"},
        },
        "review": {
            "field": "review",
            "headerName": "Next",
            "minWidth": 102,
            "width": 102,
            "flex": 1,
            "cellRenderer": "ReviewCell",
            "cellClass": {"function": "gridReviewClass(params)"},
        },
    }


def _words_by_code() -> dict[str, str]:
    return {code: words.target_word(state) for state, code in CODES.items()} | {NO_TARGET: "No target"}


def _classes_by_code() -> dict[str, str]:
    """The state's colour and its shape."""
    shapes = {code: f"icon-{words.target_icon(state)} state-{state.value}" for state, code in CODES.items()}
    return shapes | {NO_TARGET: "state-none"}


def _header_height(milestones: Sequence[MilestoneColumn]) -> int:
    """High enough for the turned short titles, the longest of which break in two lines."""
    longest = max((text_width(milestone.short_title, HEADER_SIZE) for milestone in milestones), default=0)
    return min(150, max(44, ceil(16 + longest)))


def _frame_size(grid: ProgressGrid) -> dict[str, str]:
    """As high as its rows need, which the style sheet limits to the window's height."""
    rows = len(grid.learners) + len(cohort_rows(grid.milestones, grid.figures))
    above = GROUP_HEIGHT + _header_height(grid.milestones) + 20
    return {
        "--grid-height": f"{above + rows * ROW_HEIGHT}px",
        "--grid-height-touch": f"{above + rows * TOUCH_ROW_HEIGHT}px",
    }
