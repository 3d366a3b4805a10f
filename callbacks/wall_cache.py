"""What all walls share: made for everyone at once, so that two hundred cost the database what one does."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
REST = 20
"""What took a second to make may be kept for so many, so that it takes a small part of a core."""


@dataclass(slots=True)
class Kept(Generic[Value]):
    """A value and the instant that it is true of."""

    value: Value
    at: datetime


@dataclass(slots=True)
class _Place(Generic[Value]):
    lock: Lock = field(default_factory=Lock)
    kept: Kept[Value] | None = None
    good_until: float = 0


class Shared(Generic[Key, Value]):
    """Values by their key, made again once they are older than so many seconds.

    One caller makes a value; meanwhile the others get the last one, or wait where there is none yet. A value
    that comes out equal stays the same object. What took long to make is kept `rest` times as long as that.
    """

    def __init__(
        self, seconds: float, *, rest: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._rest = rest
        self._clock = clock
        self._places: dict[Key, _Place[Value]] = {}
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Kept[Value]:
        with self._lock:
            place = self._places.setdefault(key, _Place())
        kept = place.kept
        if kept is not None and self._clock() < place.good_until:
            return kept
        if not place.lock.acquire(blocking=kept is None) and kept is not None:
            return kept
        try:
            if place.kept is not None and self._clock() < place.good_until:
                return place.kept
            return self._made(place, make)
        finally:
            place.lock.release()

    def _made(self, place: _Place[Value], make: Callable[[], Value]) -> Kept[Value]:
        began, at = self._clock(), datetime.now(UTC)
        value = make()
        if place.kept is not None and place.kept.value == value:
            value = place.kept.value
        place.kept = Kept(value, at)
        ended = self._clock()
        place.good_until = ended + max(self._seconds, (ended - began) * self._rest)
        return place.kept
