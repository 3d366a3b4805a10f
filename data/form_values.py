"""Turns what a form sends, which may be anything, into values; refuses kindly what it can't."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.errors import NotFound, Refused

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


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a browser sent it: its name and type are the sender's words."""

    name: str
    content: bytes


class Typed:
    """What a form sent, by field: each method gives one field's value or raises Refused with its name."""

    def __init__(
        self, sent: Mapping[str, Sequence[str]], files: Mapping[str, SentFile] | None = None
    ) -> None:
        self.sent = sent
        self.files = files or {}

    def file(self, field: str) -> SentFile | None:
        """The file of a field; None where none was chosen."""
        return self.files.get(field)

    def all(self, field: str, longest: int = LONGEST_TEXT) -> tuple[str, ...]:
        """Each value of a field that can be there several times, in order, as text."""
        return tuple(text_of({field: value}, field, longest) for value in self.sent.get(field, ()))

    def text(self, field: str, *, required: str = "", longest: int = LONGEST_TEXT) -> str:
        """The field's text; where it is empty and `required` says what is asked for, that is the refusal."""
        found = text_of({field: self._first(field)}, field, longest)
        if required and not found:
            raise Refused(required, field)
        return found

    def line(self, field: str, *, required: str = "", longest: int = LONGEST_LINE) -> str:
        """A text without line breaks."""
        return " ".join(self.text(field, required=required, longest=longest).split())

    def day(self, field: str, *, required: str = "") -> date | None:
        found = date_of({field: self._first(field)}, field)
        if required and found is None:
            raise Refused(required, field)
        return found

    def number(self, field: str, low: int, high: int, *, required: str = "") -> int | None:
        """A whole number from `low` to `high`."""
        sent = self.line(field, required=required)
        if not sent:
            return None
        try:
            found = int(sent)
        except ValueError:
            raise Refused(f"Please write a whole number from {low} to {high}.", field) from None
        if not low <= found <= high:
            raise Refused(f"Please write a number from {low} to {high}.", field)
        return found

    def choice(self, field: str, among: Iterable[str], *, required: str = "") -> str:
        """One of the values of a select; empty where none was chosen and none is required."""
        found = self.line(field, required=required)
        if found and found not in {str(one) for one in among}:
            raise Refused("Please choose one of the list.", field)
        return found

    def ticked(self, field: str) -> bool:
        return bool(self._first(field))

    def id(self, field: str) -> int:
        """The id that the page put into the form; NotFound where it is none."""
        found = self.id_or_none(field)
        if found is None:
            raise NotFound
        return found

    def id_or_none(self, field: str) -> int | None:
        """The id of a field, None where it is empty; NotFound for what can't be one."""
        sent = self._first(field)
        if not sent:
            return None
        found = id_of({field: sent}, field)
        if not found:
            raise NotFound
        return found

    def version(self) -> int:
        """The version that the form was filled with; 0 where there was nothing yet."""
        found = id_of({"version": self._first("version")}, "version")
        if found is None:
            raise NotFound
        return found

    def _first(self, field: str) -> str:
        return next(iter(self.sent.get(field, ())), "")
