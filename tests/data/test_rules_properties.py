"""What holds of the rules for any dates, not only those that somebody thought of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data import rules
from data.reasons import why_due
from data.review_schedule import coverage_spans
from data.rules import (
    ONE_DAY,
    PRESETS,
    EnrolmentDates,
    IntervalUnit,
    Occasion,
    ReviewClock,
    ReviewRule,
    Span,
    TargetState,
    TargetStatus,
    next_review_due,
    target_state,
)

FIRST_DAY, LAST_DAY = date(2026, 8, 1), date(2028, 2, 29)
days = st.dates(FIRST_DAY, LAST_DAY)
open_statuses = st.sampled_from(rules.OPEN_STATUSES)
review_rules = st.builds(
    ReviewRule,
    st.sampled_from(list(IntervalUnit)),
    st.integers(1, 4),
    closures_stop_clock=st.booleans(),
) | st.sampled_from(list(PRESETS.values()))
kind_rules = st.builds(
    ReviewRule,
    st.sampled_from(list(IntervalUnit)),
    st.integers(1, 4),
    closures_stop_clock=st.booleans(),
    occasion=st.sampled_from(list(Occasion)),
)
"""The rules of any kind of review, whatever it is counted from."""
week_rules = st.builds(
    ReviewRule, st.just(IntervalUnit.WEEKS), st.integers(1, 13), closures_stop_clock=st.booleans()
)


def spans(*, most: int = 3, ends: bool = False) -> st.SearchStrategy[tuple[Span, ...]]:
    """Spans of up to 60 days that may touch and overlap; the last may have no end."""
    closed = st.builds(
        lambda from_on, length: Span(from_on, from_on + timedelta(days=length)), days, st.integers(1, 60)
    )
    some = st.lists(closed, max_size=most).map(tuple)
    return some if ends else st.one_of(some, st.tuples(st.builds(Span, days)))


@st.composite
def clocks(draw: st.DrawFn) -> ReviewClock:
    starts_on = draw(days)
    ended_on = draw(st.none() | st.integers(0, 500).map(lambda length: starts_on + timedelta(days=length)))
    versions = draw(st.lists(review_rules | kind_rules, max_size=2))
    dated = tuple(replace(rule, from_on=draw(days)) for rule in versions)
    return ReviewClock(
        EnrolmentDates(starts_on, ended_on, draw(spans())),
        tuple(draw(st.lists(days, max_size=6))),
        (*draw(st.sampled_from([(), (PRESETS["every 6 weeks"],)])), *dated),
        draw(spans(ends=True)),
        tuple(draw(st.lists(days, max_size=3))),
        draw(st.none() | days),
    )


def every_day() -> list[date]:
    return [FIRST_DAY + timedelta(days=passed) for passed in range((LAST_DAY - FIRST_DAY).days + 700)]


@given(st.sampled_from(list(TargetStatus)), st.none() | days, days, st.none() | days, st.booleans())
def test_each_agreed_target_has_exactly_one_state(
    status: TargetStatus, due_on: date | None, today: date, joined_on: date | None, paused: bool
) -> None:
    state = target_state(status, due_on, today, joined_on=joined_on, paused=paused)
    assert (state is None) == (status == TargetStatus.PROPOSED)


@given(open_statuses, days, st.integers(0, 30))
def test_an_open_target_goes_from_not_due_to_due_soon_to_overdue_and_never_back(
    status: TargetStatus, due_on: date, soon_days: int
) -> None:
    order = [TargetState(status), TargetState.DUE_SOON, TargetState.OVERDUE]
    states = [
        target_state(status, due_on, due_on + timedelta(days=offset), soon_days=soon_days)
        for offset in range(-40, 40)
    ]
    positions = [order.index(state) for state in states if state is not None]
    assert positions == sorted(positions)
    assert states.count(TargetState.DUE_SOON) == soon_days + 1


@given(open_statuses, days, spans(ends=True))
def test_no_target_and_no_review_is_overdue_on_its_due_date(
    status: TargetStatus, due_on: date, closures: tuple[Span, ...]
) -> None:
    today = rules.clock_day(due_on, closures)
    assert target_state(status, due_on, today) != TargetState.OVERDUE
    assert rules.review_state(due_on, today) != rules.ReviewState.OVERDUE


@given(days, spans(ends=True))
def test_the_clock_day_is_the_last_open_day(today: date, closures: tuple[Span, ...]) -> None:
    day = rules.clock_day(today, closures)
    closed = [
        any(span.holds(day + timedelta(days=passed + 1)) for span in closures)
        for passed in range((today - day).days)
    ]
    assert day <= today
    assert not any(span.holds(day) for span in closures)
    assert all(closed)


@given(days, days)
def test_the_columns_of_lateness_part_all_overdue_days(due_on: date, today: date) -> None:
    column = rules.lateness(due_on, today)
    late = rules.days_late(due_on, today)
    holding = [index for index, (low, high, _) in enumerate(rules.LATENESS) if low <= late <= (high or late)]
    assert holding == ([] if column is None else [column])
    assert (column is None) == (due_on >= today)


@given(days, days, st.integers(1, 200))
def test_a_break_never_moves_a_target_earlier_nor_into_itself(
    due_on: date, from_on: date, length: int
) -> None:
    away = Span(from_on, from_on + timedelta(days=length))
    moved = rules.moved_by_break(due_on, away)
    assert moved - due_on in (timedelta(0), timedelta(days=length))
    assert not away.holds(moved)


@given(days, review_rules, spans(), spans(ends=True), st.lists(days, max_size=3), st.booleans())
def test_a_review_is_due_after_the_last_one_and_never_in_a_break(
    last_on: date,
    rule: ReviewRule,
    breaks: tuple[Span, ...],
    closures: tuple[Span, ...],
    transitions: list[date],
    first: bool,
) -> None:
    due_on = next_review_due(
        last_on, rule, breaks=breaks, closures=closures, transitions=tuple(transitions), first=first
    )
    if due_on is None:
        assert any(span.back_on is None for span in breaks)
        return
    assert due_on > last_on
    assert not any(span.holds(due_on) for span in breaks)
    if rule.closures_stop_clock:
        assert not any(span.holds(due_on) for span in closures)
    if rule.unit == IntervalUnit.CALENDAR_MONTHS:
        assert (due_on + ONE_DAY).day == 1


@given(days, week_rules, spans(most=4), spans(most=4, ends=True))
def test_exactly_the_rules_days_run_from_one_review_to_the_next(
    last_on: date, rule: ReviewRule, breaks: tuple[Span, ...], closures: tuple[Span, ...]
) -> None:
    due_on = next_review_due(last_on, rule, breaks=breaks, closures=closures)
    assume(due_on is not None)
    assert due_on is not None
    stops = breaks + closures if rule.closures_stop_clock else breaks
    passed = [last_on + timedelta(days=day + 1) for day in range((due_on - last_on).days)]
    assert sum(not any(span.holds(day) for span in stops) for day in passed) == 7 * rule.amount


@given(days, review_rules, spans(ends=True), days, st.integers(1, 60))
def test_a_break_never_brings_a_review_forward(
    last_on: date, rule: ReviewRule, breaks: tuple[Span, ...], from_on: date, length: int
) -> None:
    due_on = next_review_due(last_on, rule, breaks=breaks)
    away = Span(from_on, from_on + timedelta(days=length))
    moved = next_review_due(last_on, rule, breaks=(*breaks, away))
    assert due_on is not None
    assert moved is not None
    assert moved >= due_on


@given(days, review_rules, days)
def test_a_later_review_never_brings_the_next_date_forward(
    last_on: date, rule: ReviewRule, later_on: date
) -> None:
    first, second = sorted((last_on, later_on))
    before, after = next_review_due(first, rule), next_review_due(second, rule)
    assert before is not None
    assert after is not None
    assert before <= after


@given(
    days,
    kind_rules,
    spans(),
    spans(ends=True),
    st.lists(days, max_size=3),
    st.none() | days,
    days,
    st.booleans(),
)
def test_a_review_of_any_kind_is_due_after_the_last_one_and_never_in_a_break(
    last_on: date,
    rule: ReviewRule,
    breaks: tuple[Span, ...],
    closures: tuple[Span, ...],
    phase_ends: list[date],
    planned_end_on: date | None,
    from_on: date,
    first: bool,
) -> None:
    due_on = next_review_due(
        last_on,
        replace(rule, from_on=from_on),
        breaks=breaks,
        closures=closures,
        transitions=tuple(phase_ends),
        planned_end_on=planned_end_on,
        first=first,
    )
    if due_on is None:
        return
    assert rule.occasion != Occasion.NEEDED
    assert due_on > last_on
    assert not any(span.holds(due_on) for span in breaks)
    if rule.occasion == Occasion.START:
        assert first
    if rule.occasion in (Occasion.START, Occasion.PHASES, Occasion.END):
        assert due_on >= from_on


@given(clocks(), review_rules | kind_rules, days)
def test_a_later_rule_moves_no_date_that_was_given_before(
    clock: ReviewClock, rule: ReviewRule, from_on: date
) -> None:
    assume(clock.rules)
    from_on = max([from_on, *(version.from_on + ONE_DAY for version in clock.rules)])
    changed = replace(clock, rules=(*clock.rules, replace(rule, from_on=from_on)))
    for last_on in (None, *clock.held_on):
        if (last_on or clock.enrolment.starts_on) < from_on:
            assert changed.due_after(last_on) == clock.due_after(last_on)
    for day in every_day():
        if day < from_on:
            assert changed.covered(day) == clock.covered(day)


@settings(max_examples=150)
@given(clocks())
def test_intervals_are_the_days_on_which_a_learner_is_required_and_covered(clock: ReviewClock) -> None:
    intervals = list(clock.intervals())
    assert all(last is None or first <= last for first, last, _ in intervals)
    ends = [last for _, last, _ in intervals]
    assert all(
        last is not None and last < first for last, (first, _, _) in zip(ends, intervals[1:], strict=False)
    )
    for day in every_day():
        holding = [
            covered for first, last, covered in intervals if first <= day and (last is None or day <= last)
        ]
        assert holding == ([clock.covered(day)] if clock.required(day) else [])


@settings(max_examples=60)
@given(st.lists(clocks(), max_size=8))
def test_coverage_spans_give_the_coverage_of_each_sunday(some: list[ReviewClock]) -> None:
    found = list(coverage_spans(some))
    week = timedelta(days=7)
    assert all(before[1] + week == after[0] for before, after in pairwise(found)), "gapless"
    for day in (rules.sunday_of(FIRST_DAY) + week * number for number in range(110)):
        holding = [(covered, required) for first, last, required, covered in found if first <= day <= last]
        share = rules.coverage(some, day)
        assert holding in ([(share.count, share.of)], [] if share.of == 0 else None)


@given(st.lists(clocks(), max_size=8), days)
def test_coverage_lies_between_none_and_all(some: list[ReviewClock], day: date) -> None:
    share = rules.coverage(some, day)
    assert 0 <= share.count <= share.of <= len(some)
    assert (share.percent == 100) == (share.count == share.of > 0)


@given(
    days,
    review_rules | kind_rules,
    spans(),
    spans(ends=True),
    st.lists(days, max_size=3),
    st.none() | days,
    st.booleans(),
)
def test_the_sentence_names_the_date_that_the_rule_gives(
    last_on: date,
    rule: ReviewRule,
    breaks: tuple[Span, ...],
    closures: tuple[Span, ...],
    transitions: list[date],
    planned_end_on: date | None,
    first: bool,
) -> None:
    stops: dict[str, Any] = {"breaks": breaks, "closures": closures}
    ends: dict[str, Any] = {"transitions": tuple(transitions), "planned_end_on": planned_end_on}
    due_on = next_review_due(last_on, rule, first=first, **stops, **ends)
    sentence = why_due(last_on, rule, first=first, **stops, **ends)
    if due_on is None:
        assert sentence.startswith("No date: ")
    else:
        assert sentence.startswith(f"Due by {due_on.day} {due_on:%B %Y}: ")
