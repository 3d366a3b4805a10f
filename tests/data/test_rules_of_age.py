"""Who may be shown a plan by the learner's age."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies

from data.models import PersonKind
from data.rules_of_age import Basis, age_on, basis_of_sharing, birthday, is_minor

BORN = date(2009, 5, 3)
EIGHTEENTH = date(2027, 5, 3)


def basis(kind: str = "parent", day: date = date(2027, 1, 11), **values: bool) -> Basis | None:
    said = {"consented": False, "withdrawn": False, "parents_of_minors": True} | values
    return basis_of_sharing(kind, BORN, day, **said)


@pytest.mark.parametrize(
    ("born_on", "years", "expected"),
    [
        (date(2009, 5, 3), 18, date(2027, 5, 3)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2084, 2, 29), 16, date(2100, 3, 1)),
        (date(1984, 2, 29), 16, date(2000, 2, 29)),
        (date(2008, 12, 31), 18, date(2026, 12, 31)),
    ],
)
def test_a_birthday_of_29_february_falls_on_1_march_where_there_is_none(
    born_on: date, years: int, expected: date
) -> None:
    assert birthday(born_on, years) == expected


def test_an_age_is_reached_as_the_birthday_begins() -> None:
    assert age_on(EIGHTEENTH - timedelta(days=1), BORN) == 17
    assert age_on(EIGHTEENTH, BORN) == 18
    assert is_minor(EIGHTEENTH - timedelta(days=1), BORN)
    assert not is_minor(EIGHTEENTH, BORN)


def test_somebody_born_on_29_february_is_a_minor_to_the_end_of_28_february() -> None:
    assert is_minor(date(2026, 2, 28), date(2008, 2, 29))
    assert not is_minor(date(2026, 3, 1), date(2008, 2, 29))


def test_who_has_no_known_date_of_birth_is_an_adult() -> None:
    assert not is_minor(date(2027, 1, 11), None)


@given(strategies.dates(date(1950, 1, 1), date(2020, 12, 31)), strategies.integers(0, 90))
def test_somebody_is_that_many_years_old_from_their_birthday_and_not_a_day_sooner(
    born_on: date, years: int
) -> None:
    assert age_on(birthday(born_on, years), born_on) == years
    assert age_on(birthday(born_on, years) - timedelta(days=1), born_on) == years - 1


def test_a_parent_is_told_by_the_colleges_rule_until_the_eighteenth_birthday() -> None:
    assert basis() == Basis.COLLEGE_RULE
    assert basis(day=EIGHTEENTH - timedelta(days=1)) == Basis.COLLEGE_RULE
    assert basis(day=EIGHTEENTH) is None


def test_where_the_college_asks_for_consent_at_any_age_its_rule_tells_nobody() -> None:
    assert basis(parents_of_minors=False) is None
    assert basis(parents_of_minors=False, consented=True) == Basis.CONSENT


@pytest.mark.parametrize("kind", [PersonKind.EMPLOYER, PersonKind.AGENCY])
def test_an_employer_or_an_agency_needs_consent_at_any_age(kind: str) -> None:
    assert basis(kind) is None
    assert basis(kind, consented=True) == Basis.CONSENT


def test_an_adults_consent_is_needed_and_enough() -> None:
    assert basis(day=date(2030, 1, 1), consented=True) == Basis.CONSENT


@pytest.mark.parametrize("kind", [PersonKind.PARENT, PersonKind.EMPLOYER])
def test_what_is_withdrawn_counts_whatever_the_age(kind: str) -> None:
    assert basis(kind, withdrawn=True) is None
