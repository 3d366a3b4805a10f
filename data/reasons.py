"""Says in one sentence why a review is due on its date, and what counts as a review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from data import rules
from data.rules import IntervalUnit, Occasion, ReviewClock, ReviewRule, ReviewWindow, Span

_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_PERIODS = {
    IntervalUnit.CALENDAR_MONTHS: "month",
    IntervalUnit.TERMS: "term",
    IntervalUnit.HALF_YEARS: "half-year",
}


def why_next_review(clock: ReviewClock, on: date) -> str:
    """Why a learner's next review is due when it is, as known on a day."""
    return why_window(clock, clock.windows(on)[-1])


def why_window(clock: ReviewClock, window: ReviewWindow) -> str:
    """Why the review of one of the clock's windows is due, or was, when it is."""
    rule = rules.rule_in_force(clock.rules, window.counted_from)
    if rule is None:
        return "No date: the college has no rule for these reviews yet."
    return why_due(
        window.counted_from,
        rule,
        breaks=clock.enrolment.breaks,
        closures=clock.closures,
        transitions=clock.transitions,
        planned_end_on=clock.planned_end_on,
        first=window.first,
        began="support" if clock.supported_since == window.counted_from else "learning",
    )


def why_due(
    last_on: date,
    rule: ReviewRule,
    *,
    breaks: tuple[Span, ...] = (),
    closures: tuple[Span, ...] = (),
    transitions: tuple[date, ...] = (),
    planned_end_on: date | None = None,
    first: bool = False,
    began: str = "learning",
) -> str:
    """The sentence for the date that `rules.next_review_due` gives for the same arguments; `began` is what
    the first one counts from, learning or support."""
    demanded = partial(
        rules.next_review_due,
        last_on,
        rule,
        transitions=transitions,
        planned_end_on=planned_end_on,
        first=first,
    )
    due_on = demanded(breaks=breaks, closures=closures)
    if due_on is None:
        if demanded() is None:
            return f"No date: {_nothing_more(last_on, rule, planned_end_on, first)}."
        return "No date: the clock stops for a break in learning, and the day back isn’t known yet."
    because = _because(last_on, rule, transitions, first, began)
    moved = _moved(rule, last_on, due_on, breaks, closures if rule.closures_stop_clock else ())
    return f"Due by {spoken(due_on)}: {because}{moved}."


def what_counts(counted: Sequence[str], not_counted: Sequence[str] = ()) -> str:
    """The kinds of review that set the clock again, by name, beside those that don't."""
    sentence = f"Counted as a review: {_listed(counted)}." if counted else "No kind of review is counted."
    return f"{sentence} Not counted: {_listed(not_counted)}." if not_counted else sentence


def _nothing_more(last_on: date, rule: ReviewRule, planned_end_on: date | None, first: bool) -> str:
    """Why a rule demands no further review."""
    if rule.occasion == Occasion.NEEDED:
        return "these reviews are held when needed"
    if rule.occasion == Occasion.END and planned_end_on is None:
        return "no planned end of learning is recorded"
    if rule.occasion == Occasion.PHASES:
        return "no further phase of the plan asks for one at its end"
    if first:
        return f"the rule began on {spoken(rule.from_on)}, after it would have been due"
    once = "after the start of learning" if rule.occasion == Occasion.START else "before the end of learning"
    return f"it is held once {once}, and was on {spoken(last_on)}"


def _because(last_on: date, rule: ReviewRule, transitions: tuple[date, ...], first: bool, began: str) -> str:
    if rule.occasion == Occasion.END:
        return "the planned end of learning"
    if rule.occasion == Occasion.PHASES:
        return "the end of a phase, as a review is due at each transition"
    event = f"{began} began on {spoken(last_on)}" if first else f"the review on {spoken(last_on)}"
    if rule.unit == IntervalUnit.WEEKS:
        return f"{_worded(rule.amount)} {'week' if rule.amount == 1 else 'weeks'} after {event}"
    by_period = rules.next_review_due(last_on, rule, first=first)
    if rules.next_review_due(last_on, rule, transitions=transitions, first=first) != by_period:
        return "the end of a phase, as a review is due at each transition"
    period = _PERIODS[rule.unit]
    if by_period != rules.next_review_due(last_on, rule):
        return f"the end of the {period} in which {event}"
    which = period if rule.amount == 1 else f"{period}, {_worded(rule.amount)} {period}s"
    return f"the end of the {which} after that {'in which' if first else 'of'} {event}"


def _moved(
    rule: ReviewRule, last_on: date, due_on: date, breaks: tuple[Span, ...], closures: tuple[Span, ...]
) -> str:
    """What the stopped days did to the date, or nothing where there are none."""
    away = _days_in(breaks, last_on, due_on)
    closed = _days_in(closures, last_on, due_on) - away
    parts = []
    if closed:
        parts.append("1 closed day" if len(closed) == 1 else f"{len(closed)} closed days")
    if away:
        parts.append(f"{len(away)} {'day' if len(away) == 1 else 'days'} of a break in learning")
    if not parts:
        return ""
    counts = rule.occasion in (Occasion.INTERVAL, Occasion.START)
    if counts and rule.unit == IntervalUnit.WEEKS:
        return f"; {_listed(parts)} {'doesn’t' if len(away | closed) == 1 else 'don’t'} count"
    to_month_end = ", then to the month’s end" if counts and rule.unit == IntervalUnit.CALENDAR_MONTHS else ""
    return f"; moved by {_listed(parts)}{to_month_end}"


def _days_in(spans: Iterable[Span], after: date, until: date) -> set[date]:
    """The days of the spans that lie after the one day, until the other and with it."""
    near = [s for s in spans if s.from_on <= until and (s.back_on is None or s.back_on > after)]
    days = (after + timedelta(days=passed + 1) for passed in range((until - after).days))
    return {day for day in days if any(span.holds(day) for span in near)}


def _worded(number: int) -> str:
    return _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)


def spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
