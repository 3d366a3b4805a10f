"""How long work tells how far it is, without knowing of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]


class Progress(Protocol):
    """`with progress("Reading learners", 900) as advance: advance(25)`."""

    def __call__(self, label: str, total: int) -> AbstractContextManager[Advance]: ...


@contextmanager
def silent(label: str, total: int) -> Iterator[Advance]:
    """No progress bar: for tests and callers that show nothing."""
    yield lambda _count: None
