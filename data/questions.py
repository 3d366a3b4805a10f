"""Questions worth asking in a review, each from a named rule. Pure functions: what is known goes in.

The rules stand in order of priority, and the order never changes with the day or the learner, so that two
people who prepare the same review see the same questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from data.attention import MANY_MOVES, OLD_OVERDUE_DAYS, PATIENCE_DAYS
from data.rules import Share

MOST_ASKED = 3
SILENT_DAYS = 42
CAREER_BY_DAYS = 84
MANY_OPEN = 12
ENOUGH_EARLY = 3
ATTENDANCE_FELL = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes a question worth asking, with the sentence that explains it."""

    key: str
    name: str
    explanation: str


STUCK = Rule(
    "stuck", "Stuck, no answer yet", "The learner said that they are stuck, and nobody has answered."
)
RIGHT_PROGRAMME = Rule(
    "right-programme",
    "Right programme",
    "The check within the first weeks, stay, change level or transfer, is due within two weeks or overdue.",
)
SUPPORT_MISSED = Rule(
    "support-missed",
    "Support missed",
    "A session of a support was missed since the last review, or a support was promised"
    f" {PATIENCE_DAYS // 7} weeks ago or earlier and no session was held.",
)
NEED_WITHOUT_SUPPORT = Rule(
    "need-without-support",
    "Need without support",
    "An assessment found a need, or a barrier was named, and no target or support of the plan takes it up.",
)
MOVED_TWICE = Rule(
    "moved-twice", "Moved twice", "The due date of an open target has been moved twice or more."
)
LONG_OVERDUE = Rule(
    "long-overdue",
    "Long overdue",
    f"An open target is overdue by more than {OLD_OVERDUE_DAYS // 7} weeks.",
)
ATTENDANCE = Rule(
    "attendance-fell",
    "Attendance fell",
    f"Attendance since the last review is {ATTENDANCE_FELL} points or more below that of the six weeks"
    " before it.",
)
NO_OPEN_TARGET = Rule("no-open-target", "No open target", "No agreed target is open.")
SILENT = Rule(
    "nothing-said",
    "Nothing from the learner",
    f"The learner has written, ticked or said nothing in the plan for {SILENT_DAYS // 7} weeks.",
)
NO_CAREER = Rule(
    "no-career-target",
    "No career target",
    f"{CAREER_BY_DAYS // 7} weeks after learning began, no career target is open or achieved.",
)
MANY = Rule("many-open", "Twelve open targets", f"{MANY_OPEN} or more targets are open at once.")
ALL_EARLY = Rule(
    "all-early",
    "Everything early",
    f"{ENOUGH_EARLY} or more targets were achieved since the last review, each before its due date, and none"
    " is overdue.",
)


@dataclass(frozen=True, slots=True)
class Missed:
    """A support of which `missed` sessions were missed since the last review; `waiting_days` where it was
    promised so long ago and no session has been held at all."""

    what: str
    missed: int
    waiting_days: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """An open target by title, with how often its date was moved and by how many days it is overdue."""

    id: int
    title: str
    moves: int = 0
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a learner before a review. `achieved` and `achieved_early` count since the last
    review; `silent_days` since the learner last wrote, ticked or said something, or since learning began."""

    days_in: int
    silent_days: int
    open_targets: tuple[Late, ...] = ()
    stuck_on: tuple[str, ...] = ()
    supports: tuple[Missed, ...] = ()
    needs: tuple[str, ...] = ()
    attendance_then: Share = field(default=Share(0, 0))
    attendance_now: Share = field(default=Share(0, 0))
    has_career_target: bool = True
    achieved: int = 0
    achieved_early: int = 0
    programme_unchecked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask, and the rule that it comes from; `target_id` where it is about one target."""

    rule: Rule
    words: str
    target_id: int | None = None


def worth_asking(facts: Facts, most: int = MOST_ASKED) -> tuple[Question, ...]:
    """The first questions in the order of `RULES`, one of each rule."""
    found = (question for ask in _ASKS for question in ask(facts))
    return tuple(question for question, _ in zip(found, range(most), strict=False))


def _stuck(facts: Facts) -> Iterator[Question]:
    if facts.stuck_on:
        yield Question(STUCK, f"You said that you are stuck on “{facts.stuck_on[0]}”. What would help?")


def _right_programme(facts: Facts) -> Iterator[Question]:
    if facts.programme_unchecked:
        yield Question(
            RIGHT_PROGRAMME, "Is this the right programme and level for you, now that you know it?"
        )


def _support_missed(facts: Facts) -> Iterator[Question]:
    missed = max(facts.supports, key=lambda one: (one.waiting_days, one.missed), default=None)
    if missed is None:
        return
    if missed.waiting_days >= PATIENCE_DAYS:
        weeks = missed.waiting_days // 7
        words = f"“{missed.what}” was promised {weeks} weeks ago and hasn’t begun. What do you do without it?"
        yield Question(SUPPORT_MISSED, words)
    elif missed.missed:
        times = "a session" if missed.missed == 1 else f"{missed.missed} sessions"
        yield Question(
            SUPPORT_MISSED, f"{times.capitalize()} of “{missed.what}” fell out. Why, and what now?"
        )


def _need(facts: Facts) -> Iterator[Question]:
    if facts.needs:
        words = f"Nothing in the plan takes up “{facts.needs[0]}” yet. What would you find useful?"
        yield Question(NEED_WITHOUT_SUPPORT, words)


def _moved(facts: Facts) -> Iterator[Question]:
    worst = max(facts.open_targets, key=lambda one: one.moves, default=None)
    if worst is not None and worst.moves >= MANY_MOVES:
        often = "twice" if worst.moves == MANY_MOVES else f"{worst.moves} times"
        words = f"“{worst.title}” was moved {often}. What is in the way, and is it still the right target?"
        yield Question(MOVED_TWICE, words, worst.id)


def _long_overdue(facts: Facts) -> Iterator[Question]:
    worst = max(facts.open_targets, key=lambda one: one.days_late, default=None)
    if worst is not None and worst.days_late > OLD_OVERDUE_DAYS:
        words = f"“{worst.title}” is {worst.days_late // 7} weeks overdue. What is the smallest next step?"
        yield Question(LONG_OVERDUE, words, worst.id)


def _attendance(facts: Facts) -> Iterator[Question]:
    then, now = facts.attendance_then.percent, facts.attendance_now.percent
    if then is not None and now is not None and then - now >= ATTENDANCE_FELL:
        yield Question(
            ATTENDANCE, f"You came to {then}% of sessions before, and to {now}% now. What changed?"
        )


def _no_open_target(facts: Facts) -> Iterator[Question]:
    if not facts.open_targets:
        yield Question(NO_OPEN_TARGET, "No target is open. What do you want to have done by the next review?")


def _silent(facts: Facts) -> Iterator[Question]:
    if facts.silent_days >= SILENT_DAYS:
        weeks = facts.silent_days // 7
        yield Question(
            SILENT, f"The plan has nothing from you for {weeks} weeks. How do you see it yourself?"
        )


def _no_career(facts: Facts) -> Iterator[Question]:
    if facts.days_in >= CAREER_BY_DAYS and not facts.has_career_target:
        yield Question(NO_CAREER, "There is no career target yet. What would you like to try or find out?")


def _many(facts: Facts) -> Iterator[Question]:
    if len(facts.open_targets) >= MANY_OPEN:
        yield Question(
            MANY, f"{len(facts.open_targets)} targets are open. Which three matter most until next time?"
        )


def _all_early(facts: Facts) -> Iterator[Question]:
    none_late = all(not one.days_late for one in facts.open_targets)
    if facts.achieved >= ENOUGH_EARLY and facts.achieved == facts.achieved_early and none_late:
        words = f"All {facts.achieved} targets were done early. What would stretch you?"
        yield Question(ALL_EARLY, words)


_BY_PRIORITY: tuple[tuple[Rule, Callable[[Facts], Iterator[Question]]], ...] = (
    (STUCK, _stuck),
    (RIGHT_PROGRAMME, _right_programme),
    (SUPPORT_MISSED, _support_missed),
    (NEED_WITHOUT_SUPPORT, _need),
    (MOVED_TWICE, _moved),
    (LONG_OVERDUE, _long_overdue),
    (ATTENDANCE, _attendance),
    (NO_OPEN_TARGET, _no_open_target),
    (SILENT, _silent),
    (NO_CAREER, _no_career),
    (MANY, _many),
    (ALL_EARLY, _all_early),
)
RULES = tuple(rule for rule, _ in _BY_PRIORITY)
"""All rules, by priority."""
_ASKS = tuple(ask for _, ask in _BY_PRIORITY)
