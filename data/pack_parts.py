"""The parts of a review pack, as they are read, and the days that they are read for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from data.reflections import ReflectionLine
from data.rules import Share, TargetState
from data.scope import Viewer

ANSWER = "answer"
"""What is said to be about where a learner answers a prompt of the college's."""
Since = Mapping[int, date]
"""{plan id: the day of its last review, else the day before learning began}."""


@dataclass(frozen=True, slots=True)
class PackTarget:
    id: int
    title: str
    lane: str
    state: TargetState
    open: bool
    due_on: date | None
    first_due_on: date | None
    moves: int
    days_late: int
    achieved_on: date | None
    created_on: date
    steps_done: int
    steps: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date moved later since the last review; `was_due_on` is where it stood before."""

    was_due_on: date


@dataclass(frozen=True, slots=True)
class PackSupport:
    """A support that ran since the last review: promised and delivered in all, and since then."""

    what: str
    by_whom: str
    how_often: str
    planned: int
    delivered: int
    delivered_since: int
    missed_since: int
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the learner; `about` is a prompt of `reflections.PROMPTS`, "comment", "stuck" with the title
    of its target, or `ANSWER` with what the college asked."""

    on: date
    about: str
    text: str
    target: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class SelfView:
    """The learner's self-evaluation since the last review."""

    id: int
    written_on: date
    going: str
    talk_about: str
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line by somebody who teaches or supports the learner; `subject` where they teach them."""

    written_on: date
    by: str
    subject: str
    going: str
    said: str


@dataclass(slots=True)
class PlanRows:
    """All that was read of one plan; reflections and what was said are newest first."""

    targets: list[PackTarget] = field(default_factory=list)
    moved: dict[int, Moved] = field(default_factory=dict)
    supports: tuple[PackSupport, ...] = ()
    attendance_then: Share = field(default=Share(0, 0))
    attendance_now: Share = field(default=Share(0, 0))
    reflections: list[ReflectionLine] = field(default_factory=list)
    said: tuple[Said, ...] = ()
    stuck_on: tuple[str, ...] = ()
    self_view: SelfView | None = None
    lines: tuple[Line, ...] = ()
    needs: tuple[str, ...] = ()
    heard_on: date | None = None


@dataclass(slots=True)
class Rows:
    plans: defaultdict[int, PlanRows] = field(default_factory=lambda: defaultdict(PlanRows))

    def of(self, plan_id: int) -> PlanRows:
        return self.plans[plan_id]


def earliest(since: Since) -> datetime:
    """An instant no later than the beginning of any of the days, in any time zone."""
    return datetime.combine(min(since.values()), time(), UTC)


def day_of(at: datetime, viewer: Viewer) -> date:
    return at.astimezone(ZoneInfo(viewer.time_zone)).date()
