"""What a save tells the page: a sentence, and what pages have to draw anew."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saved:
    """`kind` is what was saved ("target", "support" …), the ids whose it is and which; `go` an address of
    our own to open next, where the page should be left; `shown_once` what nobody
    can be told again, as the token of a link."""

    sentence: str
    kind: str
    plan: int | None = None
    learner: int | None = None
    cohort: int | None = None
    target: int | None = None
    milestone: int | None = None
    id: int | None = None
    version: int | None = None
    go: str = ""
    shown_once: str = ""
