"""What a route map is made of: targets with their steps, lanes, phases, reviews, what stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data import rules


@dataclass(frozen=True, slots=True)
class RouteStep:
    id: int
    text: str
    due_on: date | None
    done_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class RouteTarget:
    """A target on the road. `state` is None while it is proposed; `short_title` is its milestone's."""

    id: int
    lane_id: int
    title: str
    short_title: str | None
    state: rules.TargetState | None
    due_on: date | None
    first_due_on: date | None
    moves: int
    achieved_on: date | None
    closed_on: date | None
    days_late: int
    stretch: bool
    steps: tuple[RouteStep, ...] = ()
    how_met: str = ""

    @property
    def steps_done(self) -> int:
        return sum(step.done_on is not None for step in self.steps)

    @property
    def next_step(self) -> RouteStep | None:
        return next((step for step in self.steps if step.done_on is None), None)


@dataclass(frozen=True, slots=True)
class RouteLane:
    """A lane; `own_name` is what the learner calls its road, `name_version` that of the stored name."""

    id: int
    label: str
    own_name: str = ""
    name_version: int = 0


@dataclass(frozen=True, slots=True)
class RoutePhase:
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class RouteReview:
    """A review on the axis; `id` is None for the next one, which is due and not yet held."""

    id: int | None
    kind: str
    on: date
    state: rules.ReviewState


@dataclass(frozen=True, slots=True)
class RouteSupport:
    lane_id: int | None
    what: str
    by_whom: str
    how_often: str
    sessions_planned: int
    sessions_delivered: int
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class RouteBarrier:
    lane_id: int | None
    what: str
    from_on: date
    passed_on: date | None
    how_passed: str


@dataclass(frozen=True, slots=True)
class RouteAssessment:
    id: int
    instrument: str
    result: str
    on: date


@dataclass(frozen=True, slots=True)
class WayOn:
    """A way on from the destination; the first choice comes first."""

    id: int
    kind: str
    title: str
    place: str
    first_choice: bool


@dataclass(frozen=True, slots=True)
class OwnStopOnRoute:
    """A stop that the learner added: it has no state and is counted nowhere."""

    id: int
    lane_id: int
    title: str
    on: date
    reached_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """Another enrolment of the learner that the viewer may see."""

    id: int
    cohort: str
    starts_on: date
