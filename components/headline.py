"""The figures at the top of a department's or organisation's page, each with what it is counted of."""

from __future__ import annotations

from dataclasses import dataclass

from components import words
from components.drawing import render
from data.headline import Headline
from data.rules import Share

UP, DOWN, LEVEL = "arrow-down up", "arrow-down", "dash-lg"


@dataclass(frozen=True, slots=True)
class Note:
    """A line under a figure; `tone` is better, worse or plain."""

    text: str
    tone: str = "plain"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    figure: str
    beside: str
    notes: tuple[Note, ...] = ()


def headline(of: Headline) -> str:
    """The markup of the five figures."""
    return render("headline.html", cards=_cards(of))


def _cards(of: Headline) -> list[Card]:
    since = f"since {words.weekday(of.since)}"
    return [
        _live(of, since),
        _reviewed(of, since),
        _overdue(of, since),
        _achieved(of, since),
        _learners(of, since),
    ]


def _live(of: Headline, since: str) -> Card:
    label = "Learners with a live plan"
    if not of.targets_recorded:
        return Card(label, "–", "no targets recorded yet")
    meaning = Note("at least one agreed target is open; without breaks")
    return _share(label, of.live, _points(of.live, of.live_before, since), meaning)


def _reviewed(of: Headline, since: str) -> Card:
    label = "Reviewed within the rule"
    if not of.reviews_recorded:
        return Card(label, "–", "no reviews recorded yet")
    notes = [_points(of.reviewed, of.reviewed_before, since)]
    if of.reviewed.percent is not None:
        below = of.goal - of.reviewed.percent
        goal = f"the {of.goal}% goal"
        notes.insert(
            0,
            Note(f"{words.count(below, 'point')} under {goal}", "worse")
            if below > 0
            else Note(f"{goal} is met", "better"),
        )
    return _share(label, of.reviewed, *notes)


def _overdue(of: Headline, since: str) -> Card:
    label = "Targets overdue"
    if not of.targets_recorded:
        return Card(label, "–", "no targets recorded yet")
    return Card(
        label,
        f"{of.overdue:,}",
        f"of {of.open:,} open",
        (Note(f"and {of.moved:,} moved"), _change(of.overdue - of.overdue_before, since, good=-1)),
    )


def _achieved(of: Headline, since: str) -> Card:
    label = f"Targets achieved {since}"
    if not of.targets_recorded:
        return Card(label, "–", "no targets recorded yet")
    earlier = f"than in the {of.days} days to {words.weekday(of.until_before)}"
    return Card(
        label,
        f"{of.achieved:,}",
        f"in {words.count(of.days, 'day')}",
        (_change(of.achieved - of.achieved_before, earlier, good=1),),
    )


def _learners(of: Headline, since: str) -> Card:
    return Card(
        "Learners started, left this year",
        f"{of.started:,}, {of.left:,}",
        "from 1 August",
        (Note(f"{of.left_since:,} left {since}", "worse" if of.left_since else "plain"),),
    )


def _share(label: str, share: Share, *notes: Note) -> Card:
    if share.percent is None:
        return Card(label, "–", "nobody to count yet")
    return Card(label, words.percent(share), f"{share.count:,} of {share.of:,}", notes)


def _points(now: Share, before: Share, since: str) -> Note:
    """The change in whole points, as the two percentages would be read one beside the other."""
    if now.percent is None or before.percent is None:
        return Note(f"nothing to compare {since}")
    change = now.percent - before.percent
    if change == 0:
        return Note(f"the same {since}", icon=LEVEL)
    text = f"{words.count(abs(change), 'point')} {'up' if change > 0 else 'down'} {since}"
    return Note(text, "better" if change > 0 else "worse", UP if change > 0 else DOWN)


def _change(change: int, since: str, *, good: int) -> Note:
    """More or fewer than before; `good` is the sign of a change for the better."""
    if change == 0:
        return Note(f"the same {since.replace('than', 'as')}", icon=LEVEL)
    text = f"{abs(change):,} {'more' if change > 0 else 'fewer'} {since}"
    return Note(text, "better" if change * good > 0 else "worse", UP if change > 0 else DOWN)
