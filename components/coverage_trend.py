"""Coverage over the year against the college's goal: a drawing, and the same as a table.

SVG from a template rather than Plotly: it prints, needs no script, and weighs a few kilobytes instead of the
library's megabyte and a half (docs/decisions/0012-coverage-drawn-as-svg.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components import words
from components.coverage_tables import Cell, Table, cell, columns
from components.drawing import render
from data.coverage_by import TrendPoint

WIDTH, HEIGHT = 660, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 64, 16, 30
STEP = 20
"""Percent between two lines of the scale, which begins at the line below the lowest point."""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    title: str
    below: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scale, or the goal."""

    y: float
    label: str


def coverage_trend(points: Sequence[TrendPoint], goal: int, *, name: str) -> str:
    """The markup; a sentence instead where nobody's review has been due this year yet."""
    shown = [point for point in points if point.share.of]
    percents = [point.share.percent or 0 for point in shown]
    bottom = min([*percents, goal]) // STEP * STEP if shown else 0
    first, last = (points.index(shown[0]), points.index(shown[-1])) if shown else (0, 0)

    def x(at: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - first) / max(1, last - first), 1)

    def y(percent: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (100 - percent) / max(1, 100 - bottom), 1)

    dots = [
        _dot(points[at], x(at), y(points[at].share.percent or 0), goal)
        for at in range(first, last + 1)
        if points[at].share.of
    ]
    return render(
        "coverage_trend.html",
        dots=dots,
        path=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        scale=[Line(y(percent), f"{percent}%") for percent in range(bottom, 101, STEP)],
        goal=Line(y(goal), f"goal {goal}%"),
        months=[
            (x(at), points[at].on.strftime("%b"))
            for at in range(first, last + 1)
            if at == first or points[at].on.month != points[at - 1].on.month
        ],
        shut=[round(x(at), 1) for at in range(first, last + 1) if points[at].closed],
        week=round((WIDTH - LEFT - RIGHT) / max(1, last - first), 1),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        floor=HEIGHT - BOTTOM,
        summary=_summary(shown, goal, name),
    )


def trend_table(points: Sequence[TrendPoint]) -> Table:
    """The same weeks as rows, the latest first."""
    return Table(
        key="trend",
        title="Coverage by week of this academic year",
        columns=columns("On", "#Percent", "#Covered", "#Of", "Note"),
        rows=tuple(_row(point) for point in reversed(points)),
        note="Judged on each week's Sunday, and today.",
        empty="The academic year has only begun.",
    )


def _dot(point: TrendPoint, x: float, y: float, goal: int) -> Dot:
    percent = point.share.percent or 0
    title = f"{words.day(point.on)}: {percent}%, {point.share.count:,} of {point.share.of:,}"
    return Dot(x, y, title, percent < goal, f"{percent}%" if point.is_now else "")


def _row(point: TrendPoint) -> tuple[Cell, ...]:
    percent = point.share.percent
    remark = "today" if point.is_now else "college closed" if point.closed else ""
    return (
        cell(point.on),
        Cell(percent, words.percent(point.share)),
        cell(point.share.count),
        cell(point.share.of),
        cell(remark),
    )


def _summary(shown: Sequence[TrendPoint], goal: int, name: str) -> str:
    """What the drawing says, for who doesn't see it."""
    if not shown:
        return f"Nobody's review has been due in {name} this academic year yet."
    reached = sum((point.share.percent or 0) >= goal for point in shown)
    return (
        f"Coverage of {name} from {words.day(shown[0].on)} to {words.day(shown[-1].on)}:"
        f" {words.percent(shown[0].share)} at first, {words.percent(shown[-1].share)} now;"
        f" the goal of {goal}% was reached in {reached} of {words.count(len(shown), 'week')}."
    )
