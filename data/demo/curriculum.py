"""The demo's wording: programmes with their milestones and targets, and what people write beside them.

It stands in words/*.toml, our own wording in the register of real unit specifications, apprenticeship
standards and action plans. A programme file is named by its code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

WORDS = Path(__file__).parent / "words"


class Length(StrEnum):
    ONE_YEAR = "one-year"
    TWO_YEARS = "two-years"
    APPRENTICESHIP = "apprenticeship"


class MilestoneWording(NamedTuple):
    """`at` is the share of the year (of the apprenticeship) that has gone by when it is due; above 1 in
    the second year."""

    at: float
    lane: str
    short: str
    title: str
    criteria: str


class TargetWording(NamedTuple):
    title: str
    criteria: str
    steps: tuple[str, ...]


class ReflectionWording(NamedTuple):
    """The learner's own account by the four prompts."""

    learned: str
    went_well: str
    went_less_well: str
    use_again: str


class SupportWording(NamedTuple):
    what: str
    by_whom: str
    how_often: str
    confidentiality: int


class BarrierWording(NamedTuple):
    kind: str
    what: str
    how_passed: str
    confidentiality: int


@dataclass(frozen=True)
class Programme:
    code: str
    title: str
    department: str
    length: Length
    months: int
    where: tuple[str, ...]
    resources: tuple[str, ...]
    milestones: tuple[MilestoneWording, ...]
    career: tuple[TargetWording, ...]
    personal: tuple[TargetWording, ...]
    stretch: tuple[TargetWording, ...]
    destinations: tuple[str, ...]
    progression: tuple[str, ...]
    reflections: tuple[ReflectionWording, ...]


@dataclass(frozen=True)
class CommonWords:
    """What is said on every programme."""

    steps: tuple[tuple[str, ...], ...]
    career: tuple[TargetWording, ...]
    personal: tuple[TargetWording, ...]
    reflections: tuple[ReflectionWording, ...]
    starting_points: tuple[str, ...]
    interests: tuple[str, ...]
    opening_well: tuple[str, ...]
    opening_behind: tuple[str, ...]
    opening_same: tuple[str, ...]
    talked_about: tuple[str, ...]
    agreed_next: tuple[str, ...]
    batch_note: str
    move_reasons: tuple[str, ...]
    not_achieved_notes: tuple[str, ...]
    withdrawn_reasons: tuple[str, ...]
    notes_working: tuple[str, ...]
    notes_achieved: tuple[str, ...]
    own_rule_reasons: tuple[str, ...]
    supports: tuple[SupportWording, ...]
    barriers: tuple[BarrierWording, ...]
    group_subjects: tuple[str, ...]


@lru_cache
def common_words() -> CommonWords:
    read = _read(WORDS / "common.toml")
    targets = {lane: _targets(read.pop(lane)) for lane in ("career", "personal")}
    return CommonWords(
        steps=tuple(tuple(steps) for steps in read.pop("steps")),
        career=targets["career"],
        personal=targets["personal"],
        reflections=_each(ReflectionWording, read.pop("reflections")),
        supports=_each(SupportWording, read.pop("supports")),
        barriers=_each(BarrierWording, read.pop("barriers")),
        batch_note=read.pop("batch_note"),
        **{name: tuple(values) for name, values in read.items()},
    )


@lru_cache
def programmes() -> dict[str, Programme]:
    """{code: programme}."""
    paths = sorted(path for path in WORDS.glob("*.toml") if path.stem not in ("common", "amara"))
    return {path.stem: _programme(path) for path in paths}


def _programme(path: Path) -> Programme:
    read = _read(path)
    targets = {lane: _targets(read.pop(lane)) for lane in ("career", "personal", "stretch")}
    return Programme(
        code=path.stem,
        title=read.pop("title"),
        department=read.pop("department"),
        length=Length(read.pop("length")),
        months=read.pop("months", 12),
        milestones=_each(MilestoneWording, read.pop("milestones")),
        career=targets["career"],
        personal=targets["personal"],
        stretch=targets["stretch"],
        reflections=_each(ReflectionWording, read.pop("reflections")),
        **{name: tuple(values) for name, values in read.items()},
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _targets(rows: Sequence[Sequence[Any]]) -> tuple[TargetWording, ...]:
    return tuple(TargetWording(title, criteria, tuple(steps)) for title, criteria, steps in rows)


def _each(kind: Any, rows: Sequence[Sequence[Any]]) -> Any:
    return tuple(kind(*row) for row in rows)
