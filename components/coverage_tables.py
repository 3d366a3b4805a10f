"""The tables of coverage: drawn and exported from the same cells, so that a file holds what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from components import words
from components.review_coverage import rule_sentence, since
from data.exports import Sheet, Value
from data.judgements import Computed
from data.models import Colour
from data.reasons import what_counts
from data.review_coverage import Counted

COLOURS = {
    Colour.RED: ("Red", "x-circle-fill", "overdue"),
    Colour.AMBER: ("Amber", "exclamation-triangle-fill", "due-soon"),
    Colour.GREEN: ("Green", "check-circle-fill", "achieved"),
}
"""{colour: (word, icon, the state whose colours it has)}."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is what is sorted by and exported; `text` what stands on screen. It leads to an address
    (`href`) or opens a list (`select`)."""

    value: Value
    text: str
    css: str = ""
    href: str = ""
    select: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it is asked for. `address` is where its exports lie, with the parameters of this view."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""
    sort: str = ""


def cell(value: Value, text: str = "", **more: str) -> Cell:
    """A cell that reads as its value does."""
    return Cell(value, text or _read(value), **more)


def person(learner_id: int, name: str, plan_id: int | None = None) -> Cell:
    """A learner, leading to the plan."""
    query = f"?plan={plan_id}" if plan_id else ""
    return Cell(name, name, href=f"/learner/{learner_id}{query}")


def in_order(table: Table, sort: str) -> Table:
    """The table by one of its columns, backwards with a minus; as it came where there is no such column."""
    keys = [column.key for column in table.columns]
    key = sort.removeprefix("-")
    if key not in keys:
        return table
    at = keys.index(key)
    filled = [row for row in table.rows if row[at].value is not None]
    ordered = sorted(filled, key=lambda row: _comparable(row[at].value), reverse=sort.startswith("-"))
    return replace(table, rows=(*ordered, *(row for row in table.rows if row[at].value is None)), sort=sort)


def sheet(table: Table, *, name: str, as_at: date, facts: Iterable[tuple[str, str]]) -> Sheet:
    """The table as a file holds it."""
    return Sheet(
        name=name,
        title=table.title,
        as_at=as_at,
        facts=tuple(facts),
        columns=tuple(column.label for column in table.columns),
        rows=tuple(tuple(one.value for one in row) for row in table.rows),
    )


def facts(counted: Counted, as_at: date, goal: int) -> tuple[tuple[str, str], ...]:
    """What every figure of coverage rests on, by name."""
    rule = counted.rule
    return (
        ("As at", as_at.isoformat()),
        ("Review rule", rule_sentence(rule) if rule else "no rule yet"),
        ("Version of the rule", f"in force since {rule.from_on.isoformat()}" if rule else "none"),
        ("What counts", what_counts(counted.kinds, counted.kinds_not)),
        ("Goal", f"{goal}%"),
    )


def rests_on(counted: Counted, own_rules: int = 0) -> str:
    """The same on a page: the rule, its version, what counts."""
    if counted.rule is None:
        return "The college has no review rule yet, so no review can be due."
    own = f" {words.count(own_rules, 'plan')} here carry a rule of their own." if own_rules else ""
    if own_rules == 1:
        own = " One plan here carries a rule of its own."
    in_force = f"In force {since(counted.rule)}."
    return f"{rule_sentence(counted.rule)} {in_force}{own} {what_counts(counted.kinds, counted.kinds_not)}"


def figures_in_words(figures: Computed) -> str:
    """3 targets overdue, review 20 days late; or: nothing late."""
    parts = []
    if figures.overdue:
        parts.append(f"{words.count(figures.overdue, 'target')} overdue")
    if figures.review_days_late:
        parts.append(f"review {words.days_late(figures.review_days_late)}")
    return ", ".join(parts) or "nothing late"


def query(**parameters: str | int | None) -> str:
    """Parameters as an address holds them; empty ones are kept, as they take one away."""
    return urlencode({name: "" if value is None else str(value) for name, value in parameters.items()})


def file_name(*parts: str | int) -> str:
    """A name for a file out of words of ours and of the college's: letters, digits and dashes."""
    text = "-".join(str(part) for part in parts)
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text).lower()


def _comparable(value: Value) -> tuple[int, int | str]:
    """Numbers and dates by size, texts without regard to case."""
    if isinstance(value, datetime):
        return (0, int(value.timestamp()))
    if isinstance(value, date):
        return (0, value.toordinal())
    return (0, value) if isinstance(value, int) else (1, str(value).casefold())


def _read(value: Value) -> str:
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else value


def columns(*described: str | tuple[str, str]) -> tuple[Column, ...]:
    """Columns by label; a pair is a label and its key, a label that begins with # is of numbers."""
    found = []
    for one in described:
        label, key = one if isinstance(one, tuple) else (one, one.lower().replace(" ", "-"))
        found.append(Column(key.lstrip("#"), label.lstrip("#"), label.startswith("#")))
    return tuple(found)


Rows = Sequence[tuple[Cell, ...]]
