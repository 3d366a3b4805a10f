"""The list of open cases as it is sent."""

from __future__ import annotations

from datetime import date

from components.cases_page import open_cases
from data.open_cases import OpenCase

CASE = OpenCase(3, 7, 11, "Amara Okafor", "E3-1", "Bus", 1, "Priya Shah", date(2026, 12, 18), True, None, 0)


def test_open_cases_are_counted_and_their_cells_are_named_where_the_head_is_hidden() -> None:
    markup = open_cases((CASE,))
    assert "1 open case <" in markup
    assert '<td data-label="Lead">Priya Shah</td>' in markup


def test_who_works_on_no_case_is_told_where_one_is_opened_and_nothing_of_an_order() -> None:
    markup = open_cases(())
    assert "No open case" in markup
    assert "A case is opened on the learner’s page" in markup
    assert "due first" not in markup
