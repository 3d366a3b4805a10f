"""What each item of the route map says: its title, its second line, what else is heard."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from components import words
from components.route_edges import WIDEST_LABEL
from components.text_width import text_width, wrapped
from data.route_map import OwnStopOnRoute, RouteBarrier, RouteMap, RouteReview, RouteSupport, RouteTarget
from data.rules import TargetState

TITLE_SIZE, LINE_SIZE = 13, 12
LINE_HEIGHT = 16
WIDEST_TITLE = 124
"""Less than a label may be wide for its date: narrow titles of more lines leave more room beside them."""
MOST_TITLE_LINES, MOST_NOTE_LINES = 4, 2
PADDING = 6
SHORTEST_WORD = 3
"""Letters; “of” and numbers stand in many titles."""
WIDEST_BOX = 320
ICON = 26
REVIEW_PUSHED_DAYS = 7
"""A review's mark may stand so far after its date, to keep them in one row."""
CALM_OVERDUE_ICON = "hourglass-split"
KINDS = ("phase", "barrier", "support", "target", "own", "review", "today")
"""The kinds of entry, in the order in which those of one day are told."""


class Entry(NamedTuple):
    """One item of the list. `line` is its second line on the map, `more` what else is heard and printed
    on hover, `met` how a target was achieved; `boxed` ones stand beside the road."""

    kind: str
    key: str
    on: date | None
    title: str
    until: date | None = None
    line: str = ""
    note: str = ""
    more: str = ""
    met: str = ""
    state: str | None = None
    icon: str = ""
    lane_id: int | None = None
    target: int | None = None
    review: str | None = None
    stretch: bool = False
    boxed: bool = False
    lines: int = 1
    note_lines: int = 0
    width: int = 0

    @property
    def height(self) -> int:
        return LINE_HEIGHT * (self.lines + bool(self.line) + self.note_lines) + 2


def entries(route: RouteMap, *, calm: bool, brief: int = 0) -> list[Entry]:
    """Everything on the road in the order of the journey: by date, then the undated, then the proposed.

    `brief` is for paper: so many lines of a title, and nothing but its state and that its date moved.
    """
    found = [_target(t, route.today, calm) for t in (*route.targets, *route.proposed)]
    found += [_review(review, route.today) for review in route.reviews]
    found += [_support(support, number, route.today) for number, support in enumerate(route.supports)]
    found += [_barrier(barrier, number, route.today) for number, barrier in enumerate(route.barriers)]
    found += [_own_stop(stop, route.today, calm) for stop in route.own_stops]
    found += [
        Entry("phase", f"phase{n}", phase.starts_on, phase.name, more=f"until {words.day(phase.ends_on)}")
        for n, phase in enumerate(route.phases)
    ]
    title = "As at" if route.as_at else "Today"
    found.append(Entry("today", "today", route.today, title, line=words.day(route.today)))
    return sorted((_brief(entry, brief) if brief else entry for entry in found), key=_journey)


def most_title_lines(route: RouteMap) -> int:
    """How many lines the longest title on the map has where it is whole."""
    found = entries(route, calm=False)
    return max([entry.lines for entry in found if entry.kind == "target"], default=1)


def whole_title(target: RouteTarget) -> str:
    """The title, after what the map calls the target where the two have no word in common."""
    name = target.short_title or ""
    title = target.title.casefold()
    shared = [word for word in name.casefold().split() if len(word) >= SHORTEST_WORD and word in title]
    return target.title if shared or not name else f"{name}: {target.title}"


def _brief(entry: Entry, most_lines: int) -> Entry:
    """The entry with so many lines of its title at most, and without what doesn't name its state."""
    line = "" if entry.kind in ("support", "barrier") else entry.line
    return entry._replace(lines=min(entry.lines, most_lines), line=line)


def _target(target: RouteTarget, today: date, calm: bool) -> Entry:
    title = target.short_title or target.title
    line, note = state_line(target, today, calm=calm), moved_line(target, today)
    if target.stretch:
        note = f"Stretch, {note[0].lower()}{note[1:]}" if note else "Stretch"
    boxed = target.due_on is None or target.state is None
    most = WIDEST_BOX - ICON if boxed else WIDEST_LABEL - PADDING
    width, lines = wrapped(title, TITLE_SIZE, most if boxed else WIDEST_TITLE, MOST_TITLE_LINES)
    note_width, note_lines = wrapped(note, LINE_SIZE, most, MOST_NOTE_LINES) if note else (0, 0)
    wide = max(width, text_width(line, LINE_SIZE), note_width)
    heard = [target.title if target.short_title else "", _heard_due(target)]
    if target.steps:
        heard.append(f"{target.steps_done} of {words.count(len(target.steps), 'step')} done")
    return Entry(
        "target",
        f"target{target.id}",
        target.due_on,
        title,
        line=line,
        note=note,
        more=", ".join(part for part in heard if part),
        met=" ".join(target.how_met.split()),
        state=target.state,
        icon="circle" if target.state is None else state_icon(target.state, calm=calm),
        lane_id=target.lane_id,
        target=target.id,
        stretch=target.stretch,
        boxed=boxed,
        lines=lines,
        note_lines=note_lines,
        width=min(ceil(wide) + PADDING, most + PADDING) + (ICON if boxed else 0),
    )


def _heard_due(target: RouteTarget) -> str:
    return f"due {words.day(target.due_on)}" if target.due_on else ""


def _review(review: RouteReview, today: date) -> Entry:
    held = review.id is not None
    state = words.review_word(review.state)
    title = near_day(review.on, today) if held else f"Next review {near_day(review.on, today)}"
    return Entry(
        "review",
        f"review{review.id or 'next'}",
        review.on,
        title,
        more=f"{review.kind} held, {words.day(review.on)}" if held else "",
        line="" if held else state,
        state=review.state,
        icon=words.review_icon(review.state),
        review=str(review.id or "next"),
        until=review.on + timedelta(days=REVIEW_PUSHED_DAYS),
        boxed=True,
        width=ceil(text_width(title if held else f"{title} {state}", LINE_SIZE)) + 40,
    )


def _support(support: RouteSupport, number: int, today: date) -> Entry:
    parts = [support.by_whom, support.how_often]
    parts.append(words.sessions(support.sessions_planned, support.sessions_delivered))
    until = f" to {words.day(support.until_on)}" if support.until_on else ""
    return _beside(
        "support",
        f"support{number}",
        support.from_on,
        f"Support: {support.what}",
        ", ".join(part for part in parts if part),
        more=f"from {words.day(support.from_on)}{until}",
        icon="life-preserver",
        lane_id=support.lane_id,
        until=support.until_on or today,
    )


def _barrier(barrier: RouteBarrier, number: int, today: date) -> Entry:
    if barrier.passed_on:
        line = f"Passed {near_day(barrier.passed_on, today)}"
        line += f": {barrier.how_passed}" if barrier.how_passed else ""
    else:
        line = f"Since {near_day(barrier.from_on, today)}, not passed yet"
    return _beside(
        "barrier",
        f"barrier{number}",
        barrier.from_on,
        f"Barrier: {barrier.what}",
        line,
        more=f"from {words.day(barrier.from_on)}",
        icon="cone-striped",
        lane_id=barrier.lane_id,
        until=barrier.passed_on or today,
    )


def _own_stop(stop: OwnStopOnRoute, today: date, calm: bool) -> Entry:
    line = f"Reached {near_day(stop.reached_on, today)}" if stop.reached_on else near_day(stop.on, today)
    return _beside(
        "own",
        f"own{stop.id}",
        stop.on,
        f"{'My stop' if calm else 'Own stop'}: {stop.title}",
        line,
        more="no target, not counted",
        icon="check-lg" if stop.reached_on else "person",
        lane_id=stop.lane_id,
        until=stop.on,
    )


def _beside(
    kind: str,
    key: str,
    on: date,
    title: str,
    line: str,
    *,
    more: str,
    icon: str,
    lane_id: int | None,
    until: date,
) -> Entry:
    wide = max(text_width(title, LINE_SIZE), text_width(line, LINE_SIZE)) + ICON + 2 * PADDING
    return Entry(
        kind,
        key,
        on,
        title,
        line=line,
        more=more,
        icon=icon,
        lane_id=lane_id,
        until=until,
        boxed=True,
        width=min(ceil(wide), WIDEST_BOX),
    )


def _journey(entry: Entry) -> tuple[int, date, int]:
    proposed = entry.kind == "target" and entry.state is None
    return (2 if proposed else entry.on is None, entry.on or date.max, KINDS.index(entry.kind))


def counts(route: RouteMap, *, calm: bool = False) -> list[tuple[str, str, str, int]]:
    """(state, word, icon, how many) of the targets, in the order of the rule, for pills."""
    order = [TargetState.ACHIEVED, TargetState.IN_PROGRESS, TargetState.DUE_SOON, TargetState.OVERDUE]
    found = dict(route.counts())
    states = [*order, *(state for state in found if state not in order)]
    return [(s, state_word(s, calm=calm), state_icon(s, calm=calm), found[s]) for s in states if s in found]


def state_word(state: str, *, calm: bool = False) -> str:
    return "Was due" if calm and state == TargetState.OVERDUE else words.target_word(state)


def state_icon(state: str, *, calm: bool = False) -> str:
    return CALM_OVERDUE_ICON if calm and state == TargetState.OVERDUE else words.target_icon(state)


def state_line(target: RouteTarget, today: date, *, calm: bool = False) -> str:
    """The state in words with what matters: Achieved 27 Oct; Overdue, 15 days late; To come, 3 May."""
    if target.state is None:
        return f"Proposed, {_due(target, today)}"
    word = state_word(target.state, calm=calm)
    if target.state == TargetState.ACHIEVED:
        return f"{word} {near_day(target.achieved_on, today)}"
    if target.state == TargetState.OVERDUE:
        if calm:
            return f"{word} {near_day(target.due_on, today)}"
        return f"{word}, {words.days_late(target.days_late)}"
    if target.state in (TargetState.NOT_ACHIEVED, TargetState.WITHDRAWN):
        return word
    return f"{word}, {_due(target, today)}"


def moved_line(target: RouteTarget, today: date) -> str:
    """How often the due date was moved and what it was first, or nothing."""
    if not target.moves:
        return ""
    times = "Moved" if target.moves == 1 else f"Moved {target.moves}×"
    return f"{times} from {near_day(target.first_due_on, today)}"


def near_day(day: date | None, today: date) -> str:
    """8 Jan, with its year where that isn't plain."""
    if day is None or abs((day - today).days) < 300:
        return words.short_day(day)
    return f"{words.short_day(day)} {day.year}"


def _due(target: RouteTarget, today: date) -> str:
    return near_day(target.due_on, today) if target.due_on else "no date yet"
