"""How things read on screen: states, dates, counts. Templates know it as `words`."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from unicodedata import bidirectional

from babel.dates import format_date, format_datetime

from data.rules import ReviewState, Share, TargetState

LOCALE = "en_GB"

TARGET_STATES: dict[str, tuple[str, str]] = {
    TargetState.ACHIEVED: ("Achieved", "check-circle-fill"),
    TargetState.IN_PROGRESS: ("In progress", "circle-half"),
    TargetState.DUE_SOON: ("Due soon", "clock-fill"),
    TargetState.OVERDUE: ("Overdue", "exclamation-diamond-fill"),
    TargetState.TO_COME: ("To come", "circle"),
    TargetState.NOT_ACHIEVED: ("Not achieved", "x-circle-fill"),
    TargetState.PAUSED: ("Paused", "pause-circle-fill"),
    TargetState.WITHDRAWN: ("Withdrawn", "slash-circle"),
}
"""{state: (word, icon)}: each state has a word and a shape beside its colour."""

REVIEW_STATES: dict[str, tuple[str, str]] = {
    ReviewState.NOT_YET_DUE: ("Not yet due", "circle"),
    ReviewState.DUE_SOON: ("Due soon", "clock-fill"),
    ReviewState.OVERDUE: ("Overdue", "exclamation-diamond-fill"),
    ReviewState.DONE: ("Done", "check-circle-fill"),
    ReviewState.NOT_REQUIRED: ("Not required", "slash-circle"),
    ReviewState.PAUSED: ("Paused", "pause-circle-fill"),
}


def target_word(state: str) -> str:
    return TARGET_STATES[state][0]


def target_icon(state: str) -> str:
    return TARGET_STATES[state][1]


def review_word(state: str) -> str:
    return REVIEW_STATES[state][0]


def review_icon(state: str) -> str:
    return REVIEW_STATES[state][1]


@lru_cache(maxsize=4096)
def day(value: date | None) -> str:
    """Fri 8 Jan 2027."""
    return format_date(value, "EEE d MMM y", locale=LOCALE) if value else "no date"


@lru_cache(maxsize=4096)
def short_day(value: date | None) -> str:
    """8 Jan."""
    return format_date(value, "d MMM", locale=LOCALE) if value else "no date"


def day_of_year(value: date | None) -> str:
    """8 Jan 2027."""
    return format_date(value, "d MMM y", locale=LOCALE) if value else "no date"


@lru_cache(maxsize=12)
def month(number: int) -> str:
    """Jan, Sept."""
    return format_date(date(2000, number, 1), "MMM", locale=LOCALE)


def weekday(value: date) -> str:
    """Mon 4 Jan."""
    return format_date(value, "EEE d MMM", locale=LOCALE)


def moment(value: datetime) -> str:
    """Fri 8 Jan 2027, 10:42."""
    return format_datetime(value, "EEE d MMM y, HH:mm", locale=LOCALE)


def isolated(name: str) -> str:
    """A name before a number: one that is written from right to left would else draw the number along."""
    from_the_right = any(bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if from_the_right else name


def count(number: int, one: str, many: str | None = None) -> str:
    """1 learner, 2 learners, 1,284 targets."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: Share) -> str:
    """83 %, or a dash where there is nothing to count."""
    return f"{share.percent}%" if share.percent is not None else "–"


def days_late(days: int) -> str:
    """9 days late; from two years on, as in files of earlier years, 5 years late."""
    years = days // 365
    return f"{count(years, 'year') if years >= 2 else count(days, 'day')} late"


def times(number: int) -> str:
    """once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def sessions(planned: int, delivered: int) -> str:
    """5 of 12 sessions held; 14 sessions held, 2 more than planned; 3 sessions held."""
    if not planned:
        return f"{count(delivered, 'session')} held" if delivered else ""
    if delivered <= planned:
        return f"{delivered} of {count(planned, 'session')} held"
    return f"{count(delivered, 'session')} held, {delivered - planned} more than planned"


NOT_WATCHED = (
    "Nobody watches it round the clock: if you need help now, tell any member of staff, or call"
    " Childline on 0800 1111 or Samaritans on 116 123; in danger, call 999."
)
"""Stands beside what a learner writes where the learner chooses who reads it."""
STAFF = (
    "Your tutor, the teachers of your groups, learning support and those responsible for your department or"
    " the whole college"
)
READERS = f"{STAFF} can read this. {NOT_WATCHED}"
"""Stands beside all that a learner writes: who reads it, that nobody watches it, whom to call in need."""
DRAFT_READERS = f"Only those who may change your plan, your tutor first, can read this draft. {NOT_WATCHED}"
STEPS_SEEN = f"{STAFF} can see which steps you have done."


def readers(own: bool) -> str:
    """Who reads what is written here, said to the learner (`own`) or to staff."""
    return READERS if own else "The learner reads this too."
