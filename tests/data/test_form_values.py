"""Whatever a form sends becomes a value or is refused with a sentence, never an unforeseen error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import NotFound, Refused
from data.form_values import Typed, date_of, id_of, only, text_of

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def refused_field(read: Callable[[Mapping[str, Any], str], Any], sent: Any) -> str | None:
    """The field that was refused, or None where a value came back."""
    try:
        read({"field": sent}, "field")
    except Refused as refused:
        return refused.field
    return None


@given(anything)
def test_anything_sent_is_a_value_or_is_refused_by_its_field(sent: Any) -> None:
    for read in (text_of, date_of, id_of):
        assert refused_field(read, sent) in (None, "field")


@given(st.dates())
def test_a_date_in_iso_format_or_as_a_date_is_that_date(day: date) -> None:
    assert date_of({"on": day.isoformat()}, "on") == day
    assert date_of({"on": day}, "on") == day


def test_an_instant_is_no_date() -> None:
    for sent in (datetime(2027, 1, 11, 9, 30, tzinfo=UTC), "2027-01-11T09:30"):
        with pytest.raises(Refused):
            date_of({"on": sent}, "on")


@given(st.integers(0, 999_999_999))
def test_an_id_is_read_from_a_number_or_its_digits(number: int) -> None:
    assert id_of({"lane_id": number}, "lane_id") == id_of({"lane_id": str(number)}, "lane_id") == number


def test_what_can_be_no_id_is_none() -> None:
    for sent in (True, -1, "", " 1", "1.0", "٣", 10**12, None, [1], "one"):
        assert id_of({"lane_id": sent}, "lane_id") is None


def test_an_id_of_a_form_is_there_or_empty_and_anything_else_is_nothing_of_ours() -> None:
    typed = Typed({"plan": ["7"], "none": [""], "odd": ["7x"], "zero": ["0"], "version": ["0"]})
    assert (typed.id("plan"), typed.id_or_none("none"), typed.id_or_none("never sent")) == (7, None, None)
    for field in ("odd", "zero"):
        with pytest.raises(NotFound):
            typed.id_or_none(field)
    with pytest.raises(NotFound):
        typed.id("none")
    assert typed.version() == 0


def test_space_around_text_is_dropped_and_what_was_not_sent_is_empty() -> None:
    assert text_of({"note": "  One\n two \n"}, "note") == "One\n two"
    assert text_of({}, "note") == ""


def test_a_field_that_the_form_does_not_have_is_refused() -> None:
    only({"note": ""}, ("note", "status"))
    with pytest.raises(Refused, match="load the page again"):
        only({"note": "", "version": 3}, ("note", "status"))
