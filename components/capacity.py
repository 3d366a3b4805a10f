"""A department's capacity: minutes that reviews falling due need, against minutes that tutors offer, as a
picture for all tutors together and for each, as a table, and the list behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import coverage_tables, ids, shell, words
from components.coverage_page import draw_table
from components.coverage_tables import Cell, Table, cell, columns, person, query
from components.drawing import drawing, render
from data.capacity import NOBODY, Capacity, DueList, HowLong, Room, TutorLine, Week
from data.exports import Sheet

WIDTH, HEIGHT = 660, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 26, 34
STEPS = (30, 60, 120, 300, 600, 1200, 3000, 6000, 12000)
"""Minutes between two lines of the scale."""
MOST_LINES = 5
BAR = 0.34
"""A bar's part of its week's width."""
CLOSE = query(list=None, of=None, week=None, order=None)
ROOMS = {
    Room.NOTHING_DUE: ("nothing due", "dash-lg", "to-come"),
    Room.ENOUGH: ("enough", "check-circle-fill", "achieved"),
    Room.SHORT: ("short", "exclamation-triangle-fill", "overdue"),
    Room.NONE_OFFERED: ("no slots offered yet", "circle", "due-soon"),
    Room.CLOSED: ("closed", "pause-circle-fill", "paused"),
}
"""{whether the minutes are enough: (word, icon, the state whose colours it has)}."""
HOW_LONG = {
    HowLong.OWN: "min each, by their slots",
    HowLong.OTHERS: "min each, as the other tutors’ slots",
    HowLong.USUAL: "min each, as nobody offers slots yet",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows, and the list that its address opens."""

    of: Capacity
    asked: Mapping[str, str]
    due: DueList | None = None

    @property
    def address(self) -> str:
        return f"/department/{self.of.within.department_id}/capacity"


@dataclass(frozen=True, slots=True)
class Column:
    """A week of the picture: two bars, from the floor up, with their numbers."""

    x: float
    width: float
    needed: float
    offered: float
    label: str
    title: str
    room: str
    missing: int
    closed: bool


def capacity_page(
    shown: Shown, store: dict[str, Any], *, organisation: str | None, arranges: bool
) -> list[Any]:
    """All that stands in the page's main part. `organisation` is the name that the breadcrumb leads to, for
    who may go there; `arranges`: the viewer says who covers for whom."""
    figures, lists = drawn(shown)
    return [
        dcc.Store(id=ids.CAPACITY_SHOWN, data=store, storage_type="memory"),
        _head(shown.of, organisation, arranges=arranges),
        drawing(ids.CAPACITY, figures, view="capacity"),
        drawing(ids.CAPACITY_LIST, lists),
    ]


def drawn(shown: Shown) -> tuple[str, str]:
    """The markup of the figures, and of the open list."""
    of = shown.of
    table = draw_table(weeks_table(of), _exports(shown, "weeks"), asked={})
    figures = render(
        "capacity.html",
        of=of,
        lead=in_words(of),
        picture=_picture(of),
        rooms=ROOMS,
        how_long=HOW_LONG,
        week_day=week_day,
        most=max((max(one.needed, one.offered) for line in of.tutors for one in line.cells), default=0) or 1,
        query=query,
        current=query(list="due", of=shown.asked.get("of"), week=shown.asked.get("week"), order=None),
        twin=table,
    )
    return figures, _list(shown)


def sheet(shown: Shown) -> Sheet:
    """What an export's address asks for: the weeks, or the open list."""
    of = shown.of
    table = weeks_table(of) if shown.due is None else due_table(shown.due)
    table = coverage_tables.in_order(table, shown.asked.get("order", ""))
    return coverage_tables.sheet(
        table,
        name=coverage_tables.file_name("capacity", table.key, of.within.name, of.as_at.isoformat()),
        as_at=of.as_at,
        facts=(
            ("As at", of.as_at.isoformat()),
            ("Department", of.within.name),
            ("Weeks", f"{of.weeks[0].monday.isoformat()} to {of.weeks[-1].sunday.isoformat()}"),
            ("Counted", "each learner's next due date as it stands; overdue in the first open week"),
        ),
    )


def in_words(of: Capacity) -> str:
    """143 of 412 learners’ reviews fall due by Sun 21 Feb 2027, 38 of them overdue: 2,145 minutes. …"""
    late = f", {of.late:,} of them overdue already" if of.late else ""
    due = (
        f"{of.due:,} of {words.count(of.learners, 'learner')} fall due for a review by"
        f" {words.day(of.weeks[-1].sunday)}{late}: {words.count(of.needed, 'minute')}."
    )
    if not of.offered:
        return f"{due} No slots are offered for these weeks yet."
    short = sum(bool(line.missing) for line in of.tutors if line.key != NOBODY)
    tutors = f" {words.count(short, 'tutor')} of {len(of.tutors):,} offer too little." if short else ""
    if short == 1:
        tutors = f" One tutor of {len(of.tutors):,} offers too little."
    enough = f"{of.needed - of.offered:,} too few" if of.needed > of.offered else "enough taken together"
    return f"{due} The tutors offer {words.count(of.offered, 'minute')}: {enough}.{tutors}"


def own_in_words(line: TutorLine) -> str:
    """What a tutor's schedule says of the same: your reviews need 640 minutes; you offer 420."""
    last = words.day(line.cells[-1].week.sunday)
    coming = words.count(line.learners, "review")
    if not line.due:
        return f"None of the {coming} that come next with you falls due by {last}."
    due = (
        f"By {last}, {line.due:,} of the {coming} that come next with you fall due:"
        f" {words.count(line.needed, 'minute')} at {line.minutes} each."
    )
    if not line.offered:
        return f"{due} You offer no slots in these weeks yet."
    rest = f"{line.missing:,} too few" if line.missing else "enough"
    return f"{due} You offer {words.count(line.offered, 'minute')}: {rest}."


def which_weeks(of: Capacity) -> str:
    open_weeks = sum(not week.closed for week in of.weeks)
    span = f"{words.day(of.weeks[0].monday)} to {words.day(of.weeks[-1].sunday)}"
    why = "up to and with the next closed weeks" if of.until_closed else "as no holiday ends them before"
    return f"{words.count(open_weeks, 'open week')}, {span}, {why}."


def week_day(week: Week) -> str:
    return f"{week.monday.day} {week.monday:%b}"


def weeks_table(of: Capacity) -> Table:
    """The picture as rows: a tutor's week each, then what each tutor needs and offers in all of them."""
    return Table(
        key="weeks",
        title=f"Capacity by tutor and week, {of.within.name}",
        columns=columns(
            "Tutor",
            "Week of",
            "#Due",
            ("#Of them overdue", "overdue"),
            "#Needed",
            "#Offered",
            "#Short",
            "State",
        ),
        rows=tuple(row for line in of.tutors for row in _rows(line)),
        note="Needed, offered and short are minutes. A tutor’s last row is all weeks together.",
        empty="Nobody is enrolled here and not on a break.",
    )


def due_table(found: DueList) -> Table:
    """The learners behind a number."""
    when = "in these weeks" if found.week is None else f"in the week of {words.day(found.week.monday)}"
    return Table(
        key="due",
        title=f"{words.count(len(found.learners), 'learner')} due {when}: {found.tutor}",
        columns=columns("Learner", "Cohort", "Last review", ("Next due", "due"), ("#Days late", "late")),
        rows=tuple(
            (
                person(one.learner_id, one.learner, one.plan_id),
                Cell(one.cohort, one.cohort, href=f"/cohort/{one.cohort_id}/coverage?plan={one.plan_id}"),
                cell(one.last_on, "" if one.last_on else "none yet"),
                cell(one.due_on),
                cell(one.days_late),
            )
            for one in found.learners
        ),
        note="A learner’s name leads to the plan; the cohort to the reason, in the coverage matrix.",
        empty="Nobody is due here any more.",
    )


def _rows(line: TutorLine) -> list[tuple[Cell, ...]]:
    weeks = [
        (
            cell(line.name),
            cell(one.week.monday),
            cell(one.due),
            cell(one.late),
            cell(one.needed),
            cell(one.offered),
            cell(0 if one.week.closed else one.missing),
            cell(ROOMS[one.room][0]),
        )
        for one in line.cells
    ]
    late = sum(one.late for one in line.cells)
    room = Room.NONE_OFFERED if line.due and not line.offered else Room.SHORT if line.missing else Room.ENOUGH
    state = ROOMS[room if line.due else Room.NOTHING_DUE][0]
    together = cell(None, "all weeks")
    totals = (cell(line.due), cell(late), cell(line.needed), cell(line.offered), cell(line.missing))
    return [*weeks, (cell(line.name), together, *totals, cell(state))]


def _list(shown: Shown) -> str:
    if shown.due is None:
        return ""
    table = due_table(shown.due)
    markup = draw_table(table, _exports(shown, "due"), asked=shown.asked, close=CLOSE)
    return render("coverage_cards.html", cards=[("missed", markup)])


def _exports(shown: Shown, key: str) -> Any:
    kept = {name: value for name, value in shown.asked.items() if value} if key == "due" else {}
    return lambda ending: f"{shown.address}.{ending}" + (f"?{urlencode(kept)}" if kept else "")


# --- the picture of all tutors together ----------------------------------------------------------------


def _picture(of: Capacity) -> dict[str, Any]:
    """What the template draws: the scale, a pair of bars for each week, and the same in a sentence."""
    sums = [
        (
            week,
            sum(line.cells[at].needed for line in of.tutors),
            sum(line.cells[at].offered for line in of.tutors),
            sum(line.cells[at].due for line in of.tutors),
        )
        for at, week in enumerate(of.weeks)
    ]
    top = max([1, *(max(needed, offered) for _, needed, offered, _ in sums)])
    step = next((step for step in STEPS if top / step <= MOST_LINES), STEPS[-1])
    scale = (top // step + 1) * step
    height = HEIGHT - TOP - BOTTOM
    width = (WIDTH - LEFT - RIGHT) / len(of.weeks)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "top": TOP,
        "bar": round(width * BAR, 1),
        "lines": [
            (round(HEIGHT - BOTTOM - height * at / scale, 1), f"{at:,}") for at in range(0, scale + 1, step)
        ],
        "columns": [
            Column(
                x=round(LEFT + width * at, 1),
                width=round(width, 1),
                needed=round(height * needed / scale, 1),
                offered=round(height * offered / scale, 1),
                label=week_day(week),
                title=f"Week of {words.day(week.monday)}: {words.count(due, 'review')} due,"
                f" {needed:,} minutes needed, {offered:,} offered",
                room="closed" if week.closed else "short" if needed > offered else "enough",
                missing=max(0, needed - offered),
                closed=week.closed,
            )
            for at, (week, needed, offered, due) in enumerate(sums)
        ],
        "summary": "Minutes by week. "
        + " ".join(f"{words.day(week.monday)}: {n:,} needed, {o:,} offered." for week, n, o, _ in sums),
    }


def _head(of: Capacity, organisation: str | None, *, arranges: bool) -> html.Div:
    department_id = of.within.department_id
    trail: list[tuple[str, str | None]] = [(organisation, "/organisation")] if organisation else []
    trail += [(of.within.name, f"/department/{department_id}"), ("Capacity", None)]
    links = [("Review coverage", "calendar-event", "coverage")]
    if arranges:
        links.append(("Cover and handover", "people", "tutors"))
    return html.Div(
        [
            html.Div(
                [
                    shell.breadcrumb(*trail),
                    html.H1(f"Review capacity of {of.within.name}"),
                    html.P(f"{which_weeks(of)} As at {words.day(of.as_at)}.", className="sub"),
                ]
            ),
            html.Div(className="gap"),
            *(
                dcc.Link(
                    [shell.icon(icon), label], href=f"/department/{department_id}/{path}", className="button"
                )
                for label, icon, path in links
            ),
        ],
        className="page-head",
    )


def monday_asked(asked: Mapping[str, str]) -> date | None:
    """The week that an address asks for; None where it asks for none, or for what is no date."""
    try:
        return date.fromisoformat(asked.get("week", ""))
    except ValueError:
        return None
