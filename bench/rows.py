"""The rows behind each view as JSON, with as little between database and wire as there can be."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from functools import cache
from typing import Any


def as_json(rows: Any) -> str:
    """Dataclasses as lists of their values, dates as text; the rows themselves, nothing drawn."""
    return json.dumps(rows, default=_plain, separators=(",", ":"), ensure_ascii=False)


def _plain(thing: Any) -> Any:
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return [getattr(thing, name) for name in _names(thing.__class__)]
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, set | frozenset):
        return sorted(thing)
    raise TypeError(f"no plain form for {type(thing).__name__}")


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
