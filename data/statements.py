"""Statements that are built once and executed again with other parameters.

Building a statement, with the conditions of its viewer, takes several times as long as running it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

STATEMENTS_KEPT = 512
"""In a process, of all kinds together; the largest take 80 kB."""

Shape = ParamSpec("Shape")
Statement = TypeVar("Statement")


def built_once(build: Callable[Shape, Statement]) -> Callable[Shape, Statement]:
    """Keep what a function builds, by its arguments: whatever shapes the statement or is bound in it, as
    the viewer (whose rights are what is compared) and the day. An id is a `bindparam`, given when the
    statement is executed."""

    @wraps(build)
    def kept(*shape: Any) -> Statement:
        return cast(Statement, _built(build, *shape))

    return cast(Callable[Shape, Statement], kept)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _built(build: Callable[..., Any], *shape: Any) -> Any:
    return build(*shape)
