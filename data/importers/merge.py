"""The three-way merge that makes an import safe to repeat.

Of each row, `import_record` holds what the source last said. Field by field: what the source says now and
what stands here agree, and nothing happens; what stands here is what the source last said, and the new
value is taken; else a person, or another file, has changed it since: it is kept, counted and listed.
Fields that make sense only together (a status and its date) are taken or kept together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from data.importers.summary import Kept, Summary
from data.models import Base, ImportRecord, Person
from data.progress import Progress

AT_ONCE = 1000
"""Keys in one query: well under the parameter limits of both databases."""
MAX_SHOWN = 60
"""Characters of a text that a list shows."""
Values = dict[str, Any]


@dataclass(slots=True)
class Run:
    """One import under way: its transaction, whose data it is, and what it has done so far."""

    session: Session
    organisation_id: int
    source: str
    department: str | None
    today: date
    at: datetime
    summary: Summary
    progress: Progress
    mapping: Path | None = None
    touched: set[int] = field(default_factory=set)
    """Enrolments whose review clock may have moved."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of people, by id, that the summary has needed so far."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that the source speaks of.

    `key` names it within the source, `values` are merged, `once` is set when the row is made and left
    alone after. `label` names the row in the list of kept fields.
    """

    key: str
    values: Values
    once: Values
    label: str


class Kind:
    """A table as imports see it. Subclasses add what follows from the values."""

    def __init__(
        self,
        model: type[Base],
        noun: str,
        *,
        natural: tuple[str, ...] = (),
        together: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.table = table_of(model)
        self.noun = noun
        self.natural = natural
        """The columns by which a row that another source or a person made is known again."""
        self.together = together

    def made(self, run: Run, values: Values) -> Values:
        """What else a new row needs."""
        return {}

    def moved(self, run: Run, before: Mapping[str, Any], changes: Values) -> Values:
        """What else a changed row needs."""
        return {}

    def after(self, run: Run, merged: Merged) -> None:
        """What follows once the rows are written: history, say."""


@dataclass(slots=True)
class Merged:
    """The outcome of a merge: row ids by key, what was added, and changed rows as they were before."""

    ids: dict[str, int] = field(default_factory=dict)
    added: dict[int, Values] = field(default_factory=dict)
    changed: dict[int, tuple[Mapping[str, Any], Values]] = field(default_factory=dict)


def merge(run: Run, kind: Kind, rows: Iterable[Incoming]) -> Merged:
    """Add, change or leave each row; keys must differ from one another."""
    merged = Merged()
    rows = list(rows)
    for start in range(0, len(rows), AT_ONCE):
        _merge_some(run, kind, rows[start : start + AT_ONCE], merged)
    kind.after(run, merged)
    return merged


def _merge_some(run: Run, kind: Kind, rows: Sequence[Incoming], merged: Merged) -> None:
    records = _records(run, kind, [row.key for row in rows])
    adopted = _found_by_nature(run, kind, [row for row in rows if row.key not in records])
    row_ids = {key: record.row_id for key, record in records.items()} | adopted
    current = _current(run, kind, row_ids.values())
    new: list[Incoming] = []
    said_anew: list[Values] = []
    counts = run.summary.of(kind.noun)
    updates: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row in rows:
        row_id = row_ids.get(row.key)
        before = current.get(row_id) if row_id is not None else None
        if row_id is None or before is None:
            new.append(row)
            continue
        merged.ids[row.key] = row_id
        said = records[row.key].said if row.key in records else {}
        changes = _changes(run, kind, row, said, before)
        if changes:
            changes |= kind.moved(run, before, changes)
            updates[tuple(changes)].append({"row_id": row_id} | changes)
            merged.changed[row_id] = (before, changes)
            counts.changed += 1
        else:
            counts.unchanged += 1
        says = _json(_speaks_of(row, said))
        if row.key not in records or says != {name: said.get(name) for name in says}:
            said_anew.append(_record(run, kind, row.key, row_id, said | says))
    for columns, values in updates.items():
        _update(run, kind, columns, values)
    for row, row_id in zip(new, _insert(run, kind, new, merged), strict=True):
        merged.ids[row.key] = row_id
        said_anew.append(_record(run, kind, row.key, row_id, _json(row.values)))
    counts.added += len(new)
    _remember(run, said_anew, records)


def _changes(run: Run, kind: Kind, row: Incoming, said: Values, before: Mapping[str, Any]) -> Values:
    """The fields to change; lists those that are kept."""
    changes: Values = {}
    speaks_of = _speaks_of(row, said)
    for group in _groups(kind, row.values):
        now = {name: _plain(row.values[name]) for name in group}
        here = {name: _plain(before[name]) for name in group}
        differing = [name for name in group if name in speaks_of and now[name] != here[name]]
        if not differing:
            continue
        if all(_alike(here[name], said.get(name)) for name in group):
            changes |= {name: row.values[name] for name in differing}
            continue
        for name in differing:
            stays, says = (_shown(run, kind.table.c[name], value) for value in (here[name], now[name]))
            run.summary.kept.add(Kept(row.label, _words(name), stays, says))
    return changes


def _speaks_of(row: Incoming, said: Values) -> Values:
    """The values that the source gives: one that it leaves empty, now as before, says nothing."""
    return {
        name: value for name, value in row.values.items() if not _empty(value) or not _empty(said.get(name))
    }


def _groups(kind: Kind, values: Values) -> Iterator[tuple[str, ...]]:
    """The fields in groups that are taken or kept together."""
    grouped = {name for group in kind.together for name in group}
    for group in kind.together:
        if present := tuple(name for name in group if name in values):
            yield present
    yield from ((name,) for name in values if name not in grouped)


# --- reading and writing in bulk -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    id: int
    row_id: int
    said: Values


def _records(run: Run, kind: Kind, keys: list[str]) -> dict[str, _Record]:
    rows = run.session.execute(
        select(ImportRecord.key, ImportRecord.id, ImportRecord.row_id, ImportRecord.said).where(
            ImportRecord.organisation_id == run.organisation_id,
            ImportRecord.source == _source(run, kind),
            ImportRecord.key.in_(keys),
        )
    )
    return {key: _Record(record_id, row_id, said) for key, record_id, row_id, said in rows}


def _found_by_nature(run: Run, kind: Kind, rows: list[Incoming]) -> dict[str, int]:
    """Rows that are here already though this source never spoke of them."""
    keys = {
        tuple(row.once[name] for name in kind.natural): row.key
        for row in rows
        if kind.natural and all(row.once[name] is not None for name in kind.natural)
    }
    if not keys:
        return {}
    columns = [kind.table.c[name] for name in kind.natural]
    conditions = [column.in_({key[at] for key in keys}) for at, column in enumerate(columns)]
    found = run.session.execute(select(kind.table.c.id, *columns).where(*conditions))
    return {keys[tuple(key)]: row_id for row_id, *key in found if tuple(key) in keys}


def _current(run: Run, kind: Kind, row_ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    wanted = set(row_ids)
    if not wanted:
        return {}
    rows = run.session.execute(select(kind.table).where(kind.table.c.id.in_(wanted))).mappings()
    return {int(row["id"]): dict(row) for row in rows}


def _insert(run: Run, kind: Kind, rows: list[Incoming], merged: Merged) -> list[int]:
    if not rows:
        return []
    values = [row.once | row.values for row in rows]
    for each in values:
        each |= kind.made(run, each)
    columns = {name for each in values for name in each}
    for each in values:
        each |= dict.fromkeys(columns - each.keys())
    ids = _reserve_ids(run, kind.table, len(values))
    for row_id, each in zip(ids, values, strict=True):
        each["id"] = row_id
    run.session.connection().execute(insert(kind.table), values)
    merged.added |= dict(zip(ids, values, strict=True))
    return ids


def _reserve_ids(run: Run, table: Table, count: int) -> list[int]:
    """Ids for new rows, known before they are written: RETURNING takes three times as long in bulk.

    PostgreSQL hands them out of the table's sequence; on SQLite this transaction is the only writer.
    """
    if run.session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return list(
            run.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count)))
        )
    highest = run.session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    return list(range(highest + 1, highest + 1 + count))


def _update(run: Run, kind: Kind, columns: tuple[str, ...], values: list[Values]) -> None:
    parameters = [{f"to_{name}": value for name, value in row.items()} for row in values]
    statement = (
        update(kind.table)
        .where(kind.table.c.id == bindparam("to_row_id"))
        .values({name: bindparam(f"to_{name}") for name in columns})
    )
    if "version" in kind.table.c:
        statement = statement.values(version=kind.table.c.version + 1)
    run.session.connection().execute(statement, parameters)


def _record(run: Run, kind: Kind, key: str, row_id: int, said: Values) -> Values:
    return {
        "organisation_id": run.organisation_id,
        "source": _source(run, kind),
        "key": key,
        "row_id": row_id,
        "said": said,
    }


def _remember(run: Run, said: list[Values], records: Mapping[str, _Record]) -> None:
    new = [record for record in said if record["key"] not in records]
    old = [
        {"of": records[record["key"]].id, "to_row_id": record["row_id"], "to_said": record["said"]}
        for record in said
        if record["key"] in records
    ]
    table = table_of(ImportRecord)
    connection = run.session.connection()
    if new:
        connection.execute(insert(table), new)
    if old:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("of"))
            .values(row_id=bindparam("to_row_id"), said=bindparam("to_said")),
            old,
        )


def table_of(model: type[Base]) -> Table:
    return model.metadata.tables[model.__tablename__]


def _source(run: Run, kind: Kind) -> str:
    return f"{run.source}:{kind.table.name}"


# --- values as they are compared and shown -------------------------------------------------------------


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _json(values: Values) -> Values:
    return {name: _plain(value) for name, value in values.items()}


def _words(column: str) -> str:
    return column.removesuffix("_id").removesuffix("_on").replace("_", " ")


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _alike(one: Any, other: Any) -> bool:
    return bool(one == other) or (_empty(one) and _empty(other))


def _shown(run: Run, column: Column[Any], value: Any) -> str:
    """A value on one line: a person's name, the beginning of a text."""
    if _empty(value):
        return "empty"
    if column.references(table_of(Person).c.id):
        if value not in run.names:
            run.names[value] = run.session.scalars(select(Person.name).where(Person.id == value)).one()
        value = run.names[value]
    line = " ".join(str(value).split())
    return line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1].rstrip() + "…"
