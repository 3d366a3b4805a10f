"""Turns what a form sends, which may be anything, into values; refuses kindly what it can't."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from data.errors import Refused

LONGEST_LINE = 200
LONGEST_REASON = 500
LONGEST_TEXT = 4000


def only(typed: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse values that the form doesn't have: nobody sets a column by sending its name."""
    if not typed.keys() <= set(known):
        raise Refused("This form can't change that. Please load the page again.")


def text_of(typed: Mapping[str, Any], field: str, longest: int = LONGEST_TEXT) -> str:
    """The text of a field without the space around it; empty where nothing was sent."""
    value = typed.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("Please write this as text.", field)
    if len(value) > longest:
        raise Refused(f"Please shorten this to {longest:,} characters; it has {len(value):,}.", field)
    return value.strip()


def date_of(typed: Mapping[str, Any], field: str) -> date | None:
    """The calendar date of a field, sent as a date or in ISO format; None where it is empty."""
    value = typed.get(field)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except (AttributeError, ValueError):
        raise Refused("That is no date in the calendar. Please choose it anew.", field) from None


def id_of(typed: Mapping[str, Any], field: str) -> int | None:
    """The id that a select sends, as a number or as digits; None for anything else."""
    value = typed.get(field)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
