"""A wall's boards: what a screen in a staff room shows in turn, read from five metres by whoever comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components import words
from components.drawing import render
from components.review_coverage import week_name
from data.models import BoardKind
from data.overdue_heatmap import COLUMNS, MOST_HEAT
from data.review_coverage import POINTS_A_SHADE
from data.rules import Share
from data.wall_boards import Figures, Row
from data.wall_counts import Achieved, MilestoneAhead

ROWS_BY_SCALE = {100: 12, 110: 10, 125: 8}
"""How many rows a screen holds at a size in percent."""
MOST_ROWS = 20
"""Over all pages of a board: an answer to a wall stays under 50 kB."""
LINE_HEIGHT, LINE_STEP, LINE_EDGE = 30, 10, 4
TITLES = {
    BoardKind.WHERE_WE_ARE: "where we are",
    BoardKind.COVERAGE: "review coverage by week",
    BoardKind.OVERDUE: "overdue targets by how late",
    BoardKind.REVIEWS_DUE: "reviews due this week",
    BoardKind.ACHIEVED: "achieved this week",
    BoardKind.MILESTONES: "milestones ahead",
    BoardKind.NOTICE: "notice",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful. `part` says which of how many a long board is dealt over, `beyond` how many rows of it
    no page shows."""

    kind: str
    title: str
    seconds: int
    rows: Sequence[Row]
    milestones: Sequence[MilestoneAhead]
    part: str
    beyond: int


@dataclass(frozen=True, slots=True)
class Segment:
    state: str
    word: str
    icon: str
    count: int


def wall_boards(of: Figures, boards: Sequence[tuple[str, int]], *, notice: str, scale: int) -> str:
    """The markup of every board in turn; `boards` are (kind, seconds), `scale` the size in percent."""
    return render(
        "wall_boards.html",
        of=of,
        pages=list(_pages(of, boards, ROWS_BY_SCALE[scale])),
        notice=notice,
        left_out=", ".join(name for _, name in of.left_out),
        columns=COLUMNS,
        week_name=lambda week: week_name(week) if week.is_now else words.short_day(week.monday),
        segments=segments,
        legend=LEGEND,
        line=line,
        columns_of=columns_of,
        praise=praise,
        total=total,
        late_heat=_late_heat(of),
        coverage_heat=lambda share: coverage_heat(of.goal, share),
        learners=_learners(of),
        any_hidden=any(share is None for row in of.rows for share in row.weeks),
        any_empty=any(share and share.percent is None for row in of.rows for share in row.weeks),
    )


def newest(of: Figures) -> str:
    """When anything was last recorded: of the data, whatever the screen does."""
    if of.newest is None:
        return "Nothing has been recorded yet"
    return f"Newest record: {words.weekday(of.newest.date())}, {of.newest:%H:%M}"


def old_data(of: Figures, after_days: int) -> str:
    """A sentence where nothing has been recorded for more open days than that; else nothing."""
    if of.newest is None or of.quiet_days <= after_days:
        return ""
    return (
        f"Old data: nothing has been recorded for {words.count(of.quiet_days, 'college day')},"
        f" since {words.weekday(of.newest.date())}. Has an import not run?"
    )


def _pages(of: Figures, boards: Sequence[tuple[str, int]], rows_a_page: int) -> Iterator[Page]:
    for kind, seconds in boards:
        title = f"{of.name}: {TITLES[BoardKind(kind)]}"
        if kind == BoardKind.NOTICE:
            yield Page(kind, of.name, seconds, (), (), "", 0)
        elif kind == BoardKind.MILESTONES:
            yield Page(kind, title, seconds, (), of.milestones[:rows_a_page], "", 0)
        else:
            yield from _dealt(kind, title, seconds, of.rows, rows_a_page)


def _dealt(kind: str, title: str, seconds: int, rows: Sequence[Row], a_page: int) -> Iterator[Page]:
    """The rows over as few pages as hold them, about the same number on each."""
    beyond = max(0, len(rows) - MOST_ROWS)
    rows = rows[:MOST_ROWS]
    pages = max(1, -(-len(rows) // a_page))
    size = -(-len(rows) // pages)
    for number in range(pages):
        part = f"part {number + 1} of {pages}" if pages > 1 else ""
        yield Page(kind, title, seconds, rows[number * size : (number + 1) * size], (), part, beyond)


def _learners(of: Figures) -> int:
    return sum(row.learners for row in of.rows)


# --- what a row shows ----------------------------------------------------------------------------------

LEGEND = (
    ("achieved", "Achieved", "check-circle-fill"),
    ("in-progress", "In progress", "circle-half"),
    ("overdue", "Overdue", "exclamation-diamond-fill"),
    ("to-come", "To come", "circle"),
    ("not-achieved", "Not achieved", "x-circle-fill"),
)
"""(state, word, icon) of a bar's parts, in order."""


def segments(row: Row) -> list[Segment]:
    """The parts of a row's bar that aren't empty."""
    progress = row.progress
    counts = (
        progress.achieved,
        progress.in_progress,
        progress.overdue,
        progress.to_come,
        progress.not_achieved,
    )
    return [Segment(*one, count) for one, count in zip(LEGEND, counts, strict=True) if count]


def line(row: Row) -> list[str]:
    """A row's coverage over its weeks as the points of lines, one for each run of weeks that has figures."""
    runs: list[list[str]] = [[]]
    for week, share in enumerate(row.weeks):
        if share is None or share.percent is None:
            runs.append([])
        else:
            height = share.percent * (LINE_HEIGHT - 2 * LINE_EDGE) // 100
            runs[-1].append(f"{week * LINE_STEP + LINE_EDGE},{LINE_HEIGHT - LINE_EDGE - height}")
    return [" ".join(run if len(run) > 1 else run * 2) for run in runs if run]


def columns_of(achieved: Achieved) -> list[str]:
    """A row's own weeks as the outlines of columns, the last of them this one's."""
    weeks = (*achieved.weeks, achieved.count)
    most = max((*weeks, 1))
    heights = [1 + count * (LINE_HEIGHT - 1) // most for count in weeks]
    return [
        f"M{week * LINE_STEP},{LINE_HEIGHT}v-{height}h{LINE_STEP - 2}v{height}z"
        for week, height in enumerate(heights)
    ]


def praise(achieved: Achieved) -> str:
    """How this week stands to the row's own weeks before; never an alarm."""
    usual = achieved.usual
    if usual is None:
        return "the first week here"
    if achieved.count and achieved.count > max(achieved.weeks):
        return f"the best week in {len(achieved.weeks) + 1}"
    if achieved.count > usual:
        return f"more than usual ({usual})"
    return f"usually {usual}"


def total(rows: Sequence[Row]) -> Achieved:
    """What the rows shown achieved together."""
    return Achieved(
        sum(row.achieved.count for row in rows),
        tuple(map(sum, zip(*(row.achieved.weeks for row in rows), strict=True))),
    )


def coverage_heat(goal: int, share: Share) -> int:
    """As `ReviewCoverage.heat`: 0 at the goal or above, then a shade for each five points below it."""
    return min(MOST_HEAT, max(0, -(-(goal - (share.percent or 0)) // POINTS_A_SHADE)))


def _late_heat(of: Figures) -> dict[int, list[int]]:
    """By row, the shade of each of its counts, as `OverdueHeatmap.heat`."""
    most = max([MOST_HEAT, *(count for row in of.rows for count in row.late)])
    return {row.id: [-(-count * MOST_HEAT // most) for count in row.late] for row in of.rows}
