"""The figures at the top of a department's or organisation's page, each with its change since last Monday.

Last Monday's figures are those of the evening before it, so that what happened on that Monday is part of
the change. They are read from `department_figures`, which holds the figures of every day as the facts give
them: a target that was closed, moved, reopened or agreed since is counted as it was on that day (closing by
its date, the others by the change history), reviews, breaks and leaving by their dates. A day on which the
college was closed is judged by the last open day before it, as today is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from data import department_figures, rules
from data.counted_days import LATE, Figure
from data.groups import Group, Within
from data.overdue_heatmap import OverdueHeatmap
from data.rules import Share
from data.scope import Viewer


@dataclass(frozen=True, slots=True)
class Headline:
    """Today's figures beside those of the evening before `since`, last Monday.

    `achieved` counts from `since` to today, both included, `achieved_before` as many days up to the last open
    one before, `until_before`. `started` and `left` count from 1 August.
    """

    since: date
    until_before: date
    days: int
    goal: int
    live: Share
    live_before: Share
    reviewed: Share
    reviewed_before: Share
    overdue: int
    overdue_before: int
    open: int
    moved: int
    achieved: int
    achieved_before: int
    started: int
    left: int
    left_since: int
    targets_recorded: bool
    reviews_recorded: bool


def last_monday(today: date) -> date:
    """The last Monday before today; on a Monday, the one a week ago."""
    return rules.monday_of(today - rules.ONE_DAY)


def read(
    session: Session, viewer: Viewer, within: Within, groups: Sequence[Group], heatmap: OverdueHeatmap
) -> Headline:
    """From rows that were read for the same viewer; `heatmap` by either due date."""
    since = last_monday(viewer.today)
    days = (viewer.today - since).days + 1
    before = since - rules.ONE_DAY
    judged = rules.clock_day(before, viewer.closures)
    much_before = judged - timedelta(days=days)
    departments = [group.id for group in groups] if within.department_id is None else [within.department_id]
    figures = department_figures.read(
        session, departments, [viewer.clock_day, viewer.today, judged, before, much_before]
    )

    def total(day: date, *some: Figure) -> int:
        return sum(figures[department, day][figure] for department in departments for figure in some)

    return Headline(
        since=since,
        until_before=judged,
        days=days,
        goal=viewer.coverage_goal,
        live=_sum(group.live for group in groups),
        live_before=Share(total(judged, Figure.LIVE), total(judged, Figure.COUNTED)),
        reviewed=_sum(group.reviewed for group in groups),
        reviewed_before=Share(total(judged, Figure.COVERED), total(judged, Figure.REQUIRED)),
        overdue=heatmap.overdue,
        overdue_before=total(judged, *LATE),
        open=total(viewer.clock_day, Figure.OPEN),
        moved=heatmap.moved,
        achieved=total(viewer.today, Figure.ACHIEVED) - total(before, Figure.ACHIEVED),
        achieved_before=total(judged, Figure.ACHIEVED) - total(much_before, Figure.ACHIEVED),
        started=sum(group.started_this_year for group in groups),
        left=sum(group.left_this_year for group in groups),
        left_since=total(viewer.clock_day, Figure.LEFT) - total(judged, Figure.LEFT),
        targets_recorded=heatmap.recorded,
        reviews_recorded=any(group.reviews_recorded for group in groups),
    )


def _sum(shares: Iterable[Share]) -> Share:
    counts = [(share.count, share.of) for share in shares]
    return Share(sum(count for count, _ in counts), sum(of for _, of in counts))
