"""Nobody can be made out in what a wall leaves out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.small_groups import hidden

SIZES = st.dictionaries(st.integers(), st.integers(min_value=0, max_value=12), max_size=8)


def test_a_group_of_five_is_shown_and_one_of_four_is_not() -> None:
    assert hidden({"A": 5, "B": 20}, 5) == frozenset()
    assert "A" in hidden({"A": 4, "B": 20}, 5)


def test_the_smallest_other_group_is_hidden_where_the_whole_less_the_shown_would_give_a_group_away() -> None:
    assert hidden({"A": 3, "B": 9, "C": 20}, 5) == {"A", "B"}


def test_small_groups_that_together_are_large_enough_hide_each_other() -> None:
    assert hidden({"A": 3, "B": 2, "C": 20}, 5) == {"A", "B"}


def test_nobody_is_no_small_group() -> None:
    assert hidden({"A": 0, "B": 7}, 5) == frozenset()


@given(sizes=SIZES, at_least=st.integers(min_value=2, max_value=8))
def test_what_is_in_the_dark_is_large_enough_or_all_there_is(sizes: dict[int, int], at_least: int) -> None:
    kept_back = hidden(sizes, at_least)
    shown = {key for key, size in sizes.items() if size and key not in kept_back}
    assert all(sizes[key] >= at_least for key in shown)
    in_the_dark = sum(sizes[key] for key in kept_back)
    assert in_the_dark == 0 or in_the_dark >= at_least or not shown


@given(sizes=SIZES, at_least=st.integers(min_value=2, max_value=8))
def test_no_more_is_hidden_than_must_be(sizes: dict[int, int], at_least: int) -> None:
    kept_back = hidden(sizes, at_least)
    large = [sizes[key] for key in kept_back if sizes[key] >= at_least]
    assert len(large) <= 1
