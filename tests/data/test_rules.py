"""The rules that every view counts by, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data import rules
from data.rules import (
    PRESETS,
    EnrolmentDates,
    IntervalUnit,
    Occasion,
    ReviewClock,
    ReviewRule,
    ReviewState,
    Share,
    Span,
    TargetState,
    TargetStatus,
    clock_day,
    days_late,
    lateness,
    moved_by_break,
    next_review_due,
    review_state,
    rule_in_force,
    slipped_days,
    target_state,
)

TODAY = date(2027, 1, 11)
SIX_WEEKS = PRESETS["every 6 weeks"]
THREE_MONTHS = PRESETS["every 3 calendar months"]
TERMLY = PRESETS["termly"]
TWICE_A_YEAR = PRESETS["twice a year and at each transition"]
CHRISTMAS = Span(date(2026, 12, 21), date(2027, 1, 4))


# --- targets -------------------------------------------------------------------------------------------


def test_a_target_due_today_is_not_overdue_and_is_from_tomorrow() -> None:
    assert target_state("to-come", TODAY, TODAY) == TargetState.DUE_SOON
    assert target_state("to-come", TODAY, date(2027, 1, 12)) == TargetState.OVERDUE


@pytest.mark.parametrize(
    ("due_on", "state"),
    [
        (date(2027, 1, 10), TargetState.OVERDUE),
        (date(2027, 1, 11), TargetState.DUE_SOON),
        (date(2027, 1, 18), TargetState.DUE_SOON),
        (date(2027, 1, 19), TargetState.IN_PROGRESS),
        (None, TargetState.IN_PROGRESS),
    ],
)
def test_a_target_is_due_soon_from_today_to_seven_days_ahead(due_on: date | None, state: TargetState) -> None:
    assert target_state("in-progress", due_on, TODAY) == state


def test_how_many_days_ahead_is_soon_can_be_set() -> None:
    assert target_state("to-come", date(2027, 1, 25), TODAY, soon_days=14) == TargetState.DUE_SOON
    assert target_state("to-come", date(2027, 1, 12), TODAY, soon_days=0) == TargetState.TO_COME


def test_a_closed_target_keeps_its_state_whatever_the_date_and_the_learner() -> None:
    for status in rules.CLOSED_STATUSES:
        assert target_state(status, date(2020, 1, 1), TODAY, ended=True, paused=True) == TargetState(status)


def test_a_proposed_target_has_no_state() -> None:
    assert target_state("proposed", date(2020, 1, 1), TODAY, ended=True, paused=True) is None


def test_a_target_of_a_learner_on_a_break_is_paused_however_late() -> None:
    assert target_state("in-progress", date(2020, 1, 1), TODAY, paused=True) == TargetState.PAUSED


def test_open_targets_of_a_learner_who_left_are_withdrawn_even_during_a_break() -> None:
    for status in rules.OPEN_STATUSES:
        state = target_state(status, date(2020, 1, 1), TODAY, ended=True, paused=True)
        assert state == TargetState.WITHDRAWN


def test_a_milestone_due_before_the_learner_joined_is_not_overdue_for_that_learner() -> None:
    joined_on = date(2026, 11, 2)
    assert target_state("to-come", date(2026, 11, 1), TODAY, joined_on=joined_on) == TargetState.TO_COME
    assert target_state("to-come", joined_on, TODAY, joined_on=joined_on) == TargetState.OVERDUE


def test_an_unknown_status_is_an_error_and_not_a_state() -> None:
    with pytest.raises(ValueError, match="finished"):
        target_state("finished", None, TODAY)


def test_a_learner_is_enrolled_through_the_last_day_of_learning() -> None:
    dates = EnrolmentDates(date(2026, 9, 7), ended_on=date(2026, 12, 18))
    assert [dates.enrolled(date(2026, 9, day)) for day in (6, 7)] == [False, True]
    assert [dates.enrolled(date(2026, 12, day)) for day in (18, 19)] == [True, False]
    assert [dates.ended(date(2026, 12, day)) for day in (18, 19)] == [False, True]


def test_a_learner_is_paused_until_the_first_day_back_and_without_end_where_none_is_known() -> None:
    dates = EnrolmentDates(date(2026, 9, 7), breaks=(Span(date(2026, 10, 5), date(2026, 11, 2)),))
    away = [dates.paused(day) for day in (date(2026, 10, 4), date(2026, 10, 5), date(2026, 11, 1))]
    assert away == [False, True, True]
    assert not dates.paused(date(2026, 11, 2))
    assert EnrolmentDates(date(2026, 9, 7), breaks=(Span(date(2026, 10, 5)),)).paused(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("days", "column"),
    [(0, None), (1, 0), (7, 0), (8, 1), (14, 1), (15, 2), (28, 2), (29, 3), (56, 3), (57, 4), (4000, 4)],
)
def test_how_late_a_target_is_falls_in_one_column(days: int, column: int | None) -> None:
    due_on = date.fromordinal(TODAY.toordinal() - days)
    assert days_late(due_on, TODAY) == days
    assert lateness(due_on, TODAY) == column


def test_a_date_ahead_is_no_days_late() -> None:
    assert days_late(date(2027, 2, 1), TODAY) == 0
    assert lateness(date(2027, 2, 1), TODAY) is None


def test_lateness_counts_calendar_days_also_over_a_change_of_clocks() -> None:
    assert days_late(date(2027, 3, 27), date(2027, 3, 29)) == 2


def test_slippage_counts_from_the_date_first_agreed_and_moving_earlier_is_none() -> None:
    assert slipped_days(date(2027, 1, 8), date(2027, 1, 29)) == 21
    assert slipped_days(date(2027, 1, 29), date(2027, 1, 8)) == 0
    assert slipped_days(None, None) == 0


@pytest.mark.parametrize(
    ("due_on", "moved_to"),
    [
        (date(2027, 1, 4), date(2027, 1, 4)),
        (date(2027, 1, 5), date(2027, 1, 19)),
        (date(2027, 1, 18), date(2027, 2, 1)),
        (date(2027, 2, 1), date(2027, 2, 15)),
    ],
)
def test_a_break_moves_a_due_date_by_its_days_unless_the_date_had_passed(
    due_on: date, moved_to: date
) -> None:
    assert moved_by_break(due_on, Span(date(2027, 1, 5), date(2027, 1, 19))) == moved_to


def test_a_break_without_an_end_moves_no_date_yet() -> None:
    assert moved_by_break(date(2027, 2, 1), Span(date(2027, 1, 5))) == date(2027, 2, 1)


# --- closed weeks --------------------------------------------------------------------------------------


def test_states_are_judged_by_the_last_open_day_while_the_college_is_closed() -> None:
    assert clock_day(date(2026, 12, 20), (CHRISTMAS,)) == date(2026, 12, 20)
    assert clock_day(date(2026, 12, 21), (CHRISTMAS,)) == date(2026, 12, 20)
    assert clock_day(date(2027, 1, 3), (CHRISTMAS,)) == date(2026, 12, 20)
    assert clock_day(date(2027, 1, 4), (CHRISTMAS,)) == date(2027, 1, 4)


def test_closures_that_touch_or_overlap_are_one_closure_for_the_clock() -> None:
    around = (CHRISTMAS, Span(date(2026, 12, 19), date(2026, 12, 21)), Span(date(2027, 1, 2), TODAY))
    assert clock_day(date(2027, 1, 10), around) == date(2026, 12, 18)


def test_nothing_becomes_overdue_in_a_closed_week() -> None:
    due_on = date(2026, 12, 20)
    closed_day = clock_day(date(2026, 12, 30), (CHRISTMAS,))
    assert target_state("to-come", due_on, closed_day) == TargetState.DUE_SOON
    assert review_state(due_on, closed_day) == ReviewState.DUE_SOON
    assert target_state("to-come", due_on, clock_day(date(2027, 1, 4), (CHRISTMAS,))) == TargetState.OVERDUE


def test_a_week_is_closed_when_each_of_its_weekdays_is() -> None:
    assert rules.week_is_closed(date(2026, 12, 21), (CHRISTMAS,))
    assert not rules.week_is_closed(date(2027, 1, 4), (CHRISTMAS,))
    assert rules.week_is_closed(date(2027, 3, 29), (Span(date(2027, 3, 29), date(2027, 4, 3)),))
    assert not rules.week_is_closed(date(2027, 3, 29), (Span(date(2027, 3, 30), date(2027, 4, 3)),))


def test_weeks_run_from_monday_to_sunday() -> None:
    for day in range(11, 18):
        assert rules.monday_of(date(2027, 1, day)) == date(2027, 1, 11)
        assert rules.sunday_of(date(2027, 1, day)) == date(2027, 1, 17)


def test_the_academic_year_begins_on_the_first_of_august() -> None:
    assert rules.academic_year_start(date(2027, 7, 31)) == date(2026, 8, 1)
    assert rules.academic_year_start(date(2027, 8, 1)) == date(2027, 8, 1)


# --- the next review -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_on", "due_on"),
    [
        (date(2025, 8, 1), date(2025, 11, 30)),
        (date(2025, 8, 31), date(2025, 11, 30)),
        (date(2025, 11, 15), date(2026, 2, 28)),
        (date(2025, 12, 1), date(2026, 3, 31)),
        (date(2026, 9, 7), date(2026, 12, 31)),
        (date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
def test_three_calendar_months_end_with_the_third_month_after(last_on: date, due_on: date) -> None:
    assert next_review_due(last_on, THREE_MONTHS) == due_on


def test_weeks_are_counted_in_days_from_the_last_review() -> None:
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS) == date(2027, 2, 19)
    assert next_review_due(date(2027, 1, 8), PRESETS["every 12 weeks"]) == date(2027, 4, 2)


@pytest.mark.parametrize(
    ("last_on", "due_on"),
    [
        (date(2026, 9, 20), date(2027, 4, 15)),
        (date(2026, 12, 31), date(2027, 4, 15)),
        (date(2027, 1, 1), date(2027, 7, 31)),
        (date(2027, 4, 15), date(2027, 7, 31)),
        (date(2027, 4, 16), date(2027, 12, 31)),
        (date(2027, 7, 31), date(2027, 12, 31)),
    ],
)
def test_a_termly_review_is_due_by_the_end_of_the_term_after(last_on: date, due_on: date) -> None:
    assert next_review_due(last_on, TERMLY) == due_on


def test_the_first_termly_review_falls_in_the_term_of_the_start_if_six_weeks_are_left() -> None:
    assert next_review_due(date(2026, 9, 7), TERMLY, first=True) == date(2026, 12, 31)
    assert next_review_due(date(2026, 11, 19), TERMLY, first=True) == date(2026, 12, 31)
    assert next_review_due(date(2026, 11, 20), TERMLY, first=True) == date(2027, 4, 15)


def test_twice_a_year_means_once_in_each_half() -> None:
    assert next_review_due(date(2026, 9, 7), TWICE_A_YEAR, first=True) == date(2027, 1, 31)
    assert next_review_due(date(2026, 10, 1), TWICE_A_YEAR) == date(2027, 7, 31)
    assert next_review_due(date(2027, 2, 1), TWICE_A_YEAR) == date(2028, 1, 31)


def test_a_transition_asks_for_a_review_of_its_own_unless_one_was_held_shortly_before() -> None:
    transition = date(2027, 3, 26)
    transitions = (date(2026, 10, 23), transition, date(2027, 7, 9))
    assert next_review_due(date(2027, 1, 20), TWICE_A_YEAR, transitions=transitions) == transition
    assert next_review_due(date(2027, 3, 11), TWICE_A_YEAR, transitions=transitions) == transition
    for held_on in (date(2027, 3, 12), transition):
        assert next_review_due(held_on, TWICE_A_YEAR, transitions=transitions) == date(2027, 7, 9)


def test_a_transition_soon_after_the_start_still_asks_for_its_review() -> None:
    transitions = (date(2026, 9, 18),)
    assert next_review_due(date(2026, 9, 7), TWICE_A_YEAR, first=True, transitions=transitions) == date(
        2026, 9, 18
    )


def test_only_half_yearly_rules_ask_for_reviews_at_transitions() -> None:
    transitions = (date(2027, 1, 15),)
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, transitions=transitions) == date(2027, 2, 19)


def test_an_initial_review_is_due_once_after_the_start_of_learning() -> None:
    rule = replace(SIX_WEEKS, occasion=Occasion.START)
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (), (rule,))
    assert clock.next_due(TODAY) == date(2026, 10, 19)
    assert not clock.covered(date(2026, 10, 20))
    held = replace(clock, held_on=(date(2026, 11, 2),))
    assert held.next_due(TODAY) is None
    assert (held.required(TODAY), held.covered(TODAY)) == (True, True)


def test_a_transition_review_is_due_by_the_end_of_each_phase_or_shortly_before() -> None:
    ends = (date(2026, 10, 23), date(2027, 2, 12), date(2027, 7, 9))
    rule = ReviewRule(IntervalUnit.WEEKS, 2, occasion=Occasion.PHASES)
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (), (rule,), transitions=ends)
    assert clock.next_due(TODAY) == ends[0]
    for held_on, due_on in (
        (date(2026, 10, 8), ends[0]),  # fifteen days before is too early
        (date(2026, 10, 9), ends[1]),
        (date(2026, 12, 1), ends[1]),  # late, and the last phase's all the same
        (date(2027, 2, 1), ends[2]),
        (date(2027, 7, 1), None),
    ):
        assert replace(clock, held_on=(held_on,)).due_after(held_on) == due_on


def test_an_exit_review_is_due_by_the_planned_end_of_learning_and_not_without_one() -> None:
    rule = ReviewRule(IntervalUnit.WEEKS, 4, occasion=Occasion.END)
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (), (rule,), planned_end_on=date(2027, 7, 9))
    assert clock.next_due(TODAY) == date(2027, 7, 9)
    assert clock.due_after(date(2027, 6, 1)) == date(2027, 7, 9)
    assert clock.due_after(date(2027, 6, 11)) is None
    assert replace(clock, planned_end_on=None).next_due(TODAY) is None
    away = EnrolmentDates(date(2026, 9, 7), breaks=(Span(date(2027, 1, 4), date(2027, 1, 18)),))
    assert replace(clock, enrolment=away).next_due(TODAY) == date(2027, 7, 23)


def test_what_was_due_once_before_a_rule_began_is_not_asked_for_by_it() -> None:
    starts_on, new_year = date(2026, 9, 7), date(2027, 1, 1)
    for rule in (
        replace(SIX_WEEKS, occasion=Occasion.START, from_on=new_year),
        ReviewRule(IntervalUnit.WEEKS, 2, from_on=new_year, occasion=Occasion.PHASES),
    ):
        transitions = (date(2026, 12, 18),)
        assert next_review_due(starts_on, rule, transitions=transitions, first=True) is None
        clock = ReviewClock(EnrolmentDates(starts_on), (), (rule,), transitions=transitions)
        assert not clock.required(TODAY)


def test_a_kind_that_is_held_when_needed_has_no_date_and_nobody_is_counted() -> None:
    rule = ReviewRule(IntervalUnit.WEEKS, 1, occasion=Occasion.NEEDED)
    clock = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (), (rule,))
    assert clock.next_due(TODAY) is None
    assert rules.coverage([clock], TODAY) == Share(0, 0)


def test_a_clock_that_an_open_break_has_stopped_says_so_and_one_that_has_nothing_due_does_not() -> None:
    away = EnrolmentDates(date(2026, 9, 7), breaks=(Span(date(2026, 10, 1)),))
    rule = replace(SIX_WEEKS, occasion=Occasion.START)
    clock = ReviewClock(away, (), (rule,))
    assert clock.stopped(None)
    assert not replace(clock, held_on=(date(2026, 9, 21),)).stopped(date(2026, 9, 21))


def test_closed_days_stop_the_clock_only_where_the_rule_says_so() -> None:
    closures = (CHRISTMAS,)
    always = ReviewRule(IntervalUnit.WEEKS, 6)
    assert next_review_due(date(2026, 11, 20), SIX_WEEKS, closures=closures) == date(2027, 1, 15)
    assert next_review_due(date(2026, 11, 20), always, closures=closures) == date(2027, 1, 1)


def test_a_break_moves_the_date_by_its_days() -> None:
    away = (Span(date(2027, 1, 20), date(2027, 1, 30)),)
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, breaks=away) == date(2027, 3, 1)
    assert next_review_due(date(2027, 1, 8), TERMLY, breaks=away) == date(2027, 8, 10)


def test_a_break_moves_a_date_counted_in_months_by_its_days_and_then_to_the_months_end() -> None:
    ten_days = Span(date(2025, 9, 1), date(2025, 9, 11))
    assert next_review_due(date(2025, 8, 15), THREE_MONTHS, breaks=(ten_days,)) == date(2025, 12, 31)


def test_a_second_break_before_the_moved_date_moves_it_again() -> None:
    breaks = (Span(date(2025, 9, 1), date(2025, 9, 11)), Span(date(2025, 12, 15), date(2025, 12, 20)))
    assert next_review_due(date(2025, 8, 15), THREE_MONTHS, breaks=breaks) == date(2026, 1, 31)


def test_breaks_that_touch_are_one_break() -> None:
    breaks = (Span(date(2025, 9, 1), date(2025, 9, 11)), Span(date(2025, 9, 11), date(2025, 9, 21)))
    assert next_review_due(date(2025, 8, 15), THREE_MONTHS, breaks=breaks) == date(2025, 12, 31)


def test_a_break_that_begins_after_the_date_changes_nothing() -> None:
    away = (Span(date(2027, 2, 20), date(2027, 3, 20)),)
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, breaks=away) == date(2027, 2, 19)


def test_a_review_held_during_a_break_sets_the_clock_which_waits_for_the_day_back() -> None:
    away = (Span(date(2027, 1, 1), date(2027, 1, 19)),)
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, breaks=away) == date(2027, 3, 1)


def test_breaks_and_closures_that_overlap_are_counted_once() -> None:
    closures, breaks = (CHRISTMAS,), (Span(date(2026, 12, 28), date(2027, 1, 11)),)
    due_on = next_review_due(date(2026, 11, 20), SIX_WEEKS, breaks=breaks, closures=closures)
    assert due_on == date(2027, 1, 22)


def test_an_open_break_stops_the_clock_if_it_begins_before_the_date() -> None:
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, breaks=(Span(date(2027, 2, 19)),)) is None
    assert next_review_due(date(2027, 1, 8), THREE_MONTHS, breaks=(Span(date(2027, 2, 19)),)) is None
    assert next_review_due(date(2027, 1, 8), SIX_WEEKS, breaks=(Span(date(2027, 2, 20)),)) == date(
        2027, 2, 19
    )


def test_an_interval_keeps_the_rule_that_it_began_under() -> None:
    twelve_from_june = ReviewRule(IntervalUnit.WEEKS, 12, from_on=date(2027, 6, 1))
    versions = (twelve_from_june, SIX_WEEKS)
    assert rule_in_force(versions, date(2027, 5, 31)) == SIX_WEEKS
    assert rule_in_force(versions, date(2027, 6, 1)) == twelve_from_june
    assert rule_in_force((twelve_from_june,), date(2026, 1, 1)) == twelve_from_june
    assert rule_in_force((), date(2026, 1, 1)) is None


# --- states of reviews and coverage --------------------------------------------------------------------


def test_a_review_has_the_first_state_that_fits() -> None:
    assert review_state(date(2020, 1, 1), TODAY, held=True, required=False) == ReviewState.DONE
    assert review_state(date(2020, 1, 1), TODAY, required=False, paused=True) == ReviewState.NOT_REQUIRED
    assert review_state(date(2020, 1, 1), TODAY, paused=True) == ReviewState.PAUSED
    assert review_state(date(2027, 1, 10), TODAY) == ReviewState.OVERDUE
    assert review_state(date(2027, 1, 11), TODAY) == ReviewState.DUE_SOON
    assert review_state(date(2027, 1, 25), TODAY) == ReviewState.DUE_SOON
    assert review_state(date(2027, 1, 26), TODAY) == ReviewState.NOT_YET_DUE


def test_a_review_without_a_date_is_not_required() -> None:
    assert review_state(None, TODAY) == ReviewState.NOT_REQUIRED
    assert review_state(None, TODAY, paused=True) == ReviewState.PAUSED


def clock(*held_on: date, ended_on: date | None = None, breaks: tuple[Span, ...] = ()) -> ReviewClock:
    return ReviewClock(EnrolmentDates(date(2026, 9, 7), ended_on, breaks), held_on, (SIX_WEEKS,))


def coverage_on(day: date, *clocks: ReviewClock) -> tuple[int, int]:
    share = rules.coverage(clocks, day)
    return share.count, share.of


def test_september_is_not_red_for_learners_whose_first_review_is_not_due() -> None:
    assert coverage_on(date(2026, 9, 30), clock()) == (0, 0)
    assert coverage_on(date(2026, 10, 18), clock()) == (0, 0)
    assert coverage_on(date(2026, 10, 19), clock()) == (1, 1)
    assert coverage_on(date(2026, 10, 20), clock()) == (0, 1)


def test_a_learner_counts_from_an_early_first_review_on() -> None:
    early = clock(date(2026, 9, 14))
    assert coverage_on(date(2026, 9, 13), early) == (0, 0)
    assert coverage_on(date(2026, 9, 14), early) == (1, 1)
    assert coverage_on(date(2026, 10, 26), early) == (1, 1)
    assert coverage_on(date(2026, 10, 27), early) == (0, 1)


def test_a_review_held_before_learning_began_is_none_of_this_plan() -> None:
    assert clock(date(2026, 9, 6)).last_held(TODAY) is None
    assert clock(date(2026, 9, 7)).last_held(TODAY) == date(2026, 9, 7)
    assert coverage_on(date(2026, 10, 10), clock(date(2026, 9, 6))) == (0, 0)


def test_a_learner_who_left_is_counted_to_the_last_day() -> None:
    left = clock(date(2026, 9, 14), ended_on=date(2026, 11, 13))
    assert coverage_on(date(2026, 11, 13), left) == (0, 1)
    assert coverage_on(date(2026, 11, 14), left) == (0, 0)


def test_a_learner_on_a_break_is_in_no_denominator_and_comes_back_with_the_date_moved() -> None:
    away = clock(date(2026, 9, 14), breaks=(Span(date(2026, 10, 5), date(2026, 11, 2)),))
    assert coverage_on(date(2026, 10, 4), away) == (1, 1)
    assert coverage_on(date(2026, 10, 5), away) == (0, 0)
    assert coverage_on(date(2026, 11, 1), away) == (0, 0)
    assert coverage_on(date(2026, 11, 23), away) == (1, 1)
    assert coverage_on(date(2026, 11, 24), away) == (0, 1)


def test_nobody_is_required_where_there_is_no_rule() -> None:
    without = ReviewClock(EnrolmentDates(date(2026, 9, 7)), (date(2026, 9, 14),), ())
    assert coverage_on(TODAY, without) == (0, 0)
    assert list(without.intervals()) == []


@pytest.mark.parametrize(
    ("count", "of", "percent"),
    [(0, 0, None), (0, 3, 0), (1, 3, 33), (2, 3, 66), (199, 200, 99), (200, 200, 100), (1, 1000, 0)],
)
def test_a_percentage_is_rounded_down_and_is_absent_where_nothing_is_counted(
    count: int, of: int, percent: int | None
) -> None:
    assert Share(count, of).percent == percent


def test_the_statuses_are_open_closed_or_proposed() -> None:
    assert {*rules.OPEN_STATUSES, *rules.CLOSED_STATUSES, TargetStatus.PROPOSED} == set(TargetStatus)
