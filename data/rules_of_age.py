"""Who may be shown a learner's plan by their age: the one place that decides.

From 18 on only the learner decides: nobody outside the college is shown the plan without their consent.
Under 18 a college may tell a parent or carer by its own rule (its privacy notice says so), a setting; an
employer, an agency or another learner needs the learner's consent at any age. What a learner has withdrawn
counts for nothing, whatever their age. Whose date of birth isn't known is treated as an adult.

Sources: Family Law Reform Act 1969 (England and Wales), section 1: full age is 18; section 9: an age is
attained at the commencement of the anniversary of the birth. The Act doesn't name the anniversary of 29
February in a year without one; it is taken as 1 March, when the year since the last birthday is over. UK GDPR
and Data Protection Act 2018: the data are the learner's, also before 18; telling a parent of a minor takes a
lawful basis, which a college states in its privacy notice, or consent.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date
from enum import StrEnum

from data.models import PersonKind

FULL_AGE = 18


class Basis(StrEnum):
    """Why somebody may be shown a plan."""

    CONSENT = "consent"
    COLLEGE_RULE = "college-rule"


def birthday(born_on: date, years: int) -> date:
    """The day on which somebody turns that many years old."""
    year = born_on.year + years
    if (born_on.month, born_on.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return born_on.replace(year=year)


def age_on(day: date, born_on: date) -> int:
    """Whole years."""
    years = day.year - born_on.year
    return years if birthday(born_on, years) <= day else years - 1


def is_minor(day: date, born_on: date | None) -> bool:
    return born_on is not None and day < birthday(born_on, FULL_AGE)


def basis_of_sharing(
    kind: str,
    born_on: date | None,
    day: date,
    *,
    consented: bool,
    withdrawn: bool,
    parents_of_minors: bool,
) -> Basis | None:
    """Why somebody of that kind (`PersonKind`) may be shown the plan on the day; None where they may not."""
    if withdrawn:
        return None
    if consented:
        return Basis.CONSENT
    if kind == PersonKind.PARENT and parents_of_minors and is_minor(day, born_on):
        return Basis.COLLEGE_RULE
    return None
