"""The page says in one sentence why a review is due on its date, and what counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.reasons import what_counts, why_due, why_next_review
from data.rules import PRESETS, EnrolmentDates, IntervalUnit, Occasion, ReviewClock, ReviewRule, Span

SIX_WEEKS = PRESETS["every 6 weeks"]
HALF_TERM = Span(date(2027, 2, 15), date(2027, 2, 22))
AWAY = Span(date(2027, 1, 20), date(2027, 1, 30))


@pytest.mark.parametrize(
    ("rule", "arguments", "sentence"),
    [
        (
            SIX_WEEKS,
            {},
            "Due by 19 February 2027: six weeks after the review on 8 January 2027.",
        ),
        (
            SIX_WEEKS,
            {"closures": (HALF_TERM,)},
            "Due by 26 February 2027: six weeks after the review on 8 January 2027;"
            " 7 closed days don’t count.",
        ),
        (
            SIX_WEEKS,
            {"closures": (Span(date(2027, 2, 1), date(2027, 2, 2)),)},
            "Due by 20 February 2027: six weeks after the review on 8 January 2027;"
            " 1 closed day doesn’t count.",
        ),
        (
            SIX_WEEKS,
            {"closures": (HALF_TERM,), "breaks": (AWAY,)},
            "Due by 8 March 2027: six weeks after the review on 8 January 2027;"
            " 7 closed days and 10 days of a break in learning don’t count.",
        ),
        (
            SIX_WEEKS,
            {"first": True},
            "Due by 19 February 2027: six weeks after learning began on 8 January 2027.",
        ),
        (
            SIX_WEEKS,
            {"breaks": (Span(date(2027, 1, 20)),)},
            "No date: the clock stops for a break in learning, and the day back isn’t known yet.",
        ),
        (
            PRESETS["every 3 calendar months"],
            {},
            "Due by 30 April 2027: the end of the month, three months after that of the review"
            " on 8 January 2027.",
        ),
        (
            PRESETS["every 3 calendar months"],
            {"breaks": (AWAY,)},
            "Due by 31 May 2027: the end of the month, three months after that of the review"
            " on 8 January 2027;"
            " moved by 10 days of a break in learning, then to the month’s end.",
        ),
        (
            PRESETS["termly"],
            {},
            "Due by 31 July 2027: the end of the term after that of the review on 8 January 2027.",
        ),
        (
            PRESETS["termly"],
            {"first": True},
            "Due by 15 April 2027: the end of the term in which learning began on 8 January 2027.",
        ),
        (
            ReviewRule(IntervalUnit.TERMS, 2),
            {},
            "Due by 31 December 2027: the end of the term, two terms after that of the review"
            " on 8 January 2027.",
        ),
        (
            PRESETS["twice a year and at each transition"],
            {"first": True},
            "Due by 31 July 2027: the end of the half-year after that in which learning began on"
            " 8 January 2027.",
        ),
        (
            PRESETS["twice a year and at each transition"],
            {"transitions": (date(2027, 3, 26),)},
            "Due by 26 March 2027: the end of a phase, as a review is due at each transition.",
        ),
    ],
)
def test_a_sentence_says_why_a_review_is_due(
    rule: ReviewRule, arguments: dict[str, Any], sentence: str
) -> None:
    assert why_due(date(2027, 1, 8), rule, **arguments) == sentence


def test_a_clock_explains_its_own_next_date() -> None:
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (date(2027, 1, 8),), (SIX_WEEKS,))
    assert clock.next_due(date(2027, 1, 11)) == date(2027, 2, 19)
    assert why_next_review(clock, date(2027, 1, 11)).startswith("Due by 19 February 2027: six weeks after")
    assert why_next_review(clock, date(2027, 1, 7)) == (
        "Due by 19 October 2026: six weeks after learning began on 7 September 2026."
    )


def test_without_a_rule_there_is_no_date_and_the_sentence_says_so() -> None:
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (), ())
    assert "no rule" in why_next_review(clock, date(2027, 1, 11))


def test_what_counts_as_a_review_is_said_by_name() -> None:
    assert what_counts(["initial review", "progress review"], ["support review"]) == (
        "Counted as a review: initial review and progress review. Not counted: support review."
    )
    assert what_counts(["progress review"]) == "Counted as a review: progress review."
    assert what_counts([], ["progress review"]) == (
        "No kind of review is counted. Not counted: progress review."
    )


def test_a_kind_says_what_it_is_counted_from_and_when_nothing_more_is_asked_for() -> None:
    start, held = date(2026, 9, 7), date(2026, 10, 12)
    days: dict[str, Any] = {"transitions": (date(2026, 12, 18),), "planned_end_on": date(2027, 7, 9)}

    def said(occasion: Occasion, last_on: date = start, **more: Any) -> str:
        rule = ReviewRule(IntervalUnit.WEEKS, 4, occasion=occasion)
        return why_due(last_on, rule, first=last_on == start, **(days | more))

    assert (
        said(Occasion.START) == "Due by 5 October 2026: four weeks after learning began on 7 September 2026."
    )
    assert said(Occasion.START, held) == (
        "No date: it is held once after the start of learning, and was on 12 October 2026."
    )
    assert said(Occasion.PHASES) == (
        "Due by 18 December 2026: the end of a phase, as a review is due at each transition."
    )
    assert said(Occasion.PHASES, date(2026, 12, 1)) == (
        "No date: no further phase of the plan asks for one at its end."
    )
    assert said(Occasion.END, breaks=(Span(date(2027, 3, 1), date(2027, 3, 8)),)) == (
        "Due by 16 July 2027: the planned end of learning; moved by 7 days of a break in learning."
    )
    assert said(Occasion.END, date(2027, 6, 30)).endswith(
        "before the end of learning, and was on 30 June 2027."
    )
    assert said(Occasion.END, planned_end_on=None) == "No date: no planned end of learning is recorded."
    assert said(Occasion.NEEDED) == "No date: these reviews are held when needed."
