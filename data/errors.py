"""Business errors that a page turns into a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotFound(Exception):
    """There is no such thing, or it lies outside the viewer's scope: the answer is the same."""


@dataclass(eq=False)
class Refused(Exception):
    """The request can't be done as it is; `reason` says why and what to do, in a sentence for the page.

    `field` names the form control that it is about, if it is about one.
    """

    reason: str
    field: str | None = None

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class ChangedElsewhere(Exception):
    """Somebody else saved first. `theirs` holds the values now stored, `version` their version, `by` who."""

    version: int
    theirs: Mapping[str, Any]
    by: str = ""
