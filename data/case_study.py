"""What a case-study sheet of a learner holds, for a case conference or for moderation: the plan so far, as
far as the viewer reads it, and the college's own headings to write under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from data import (
    cases,
    programme_checks,
    prompts,
    reflections,
    review_sheet,
    route_map,
    starting_point,
    support,
)
from data.cases import CaseLine
from data.errors import NotFound
from data.plan_head import PlanHead, head_of_learner
from data.programme_checks import CheckOfPlan
from data.prompts import PromptLine
from data.reflections import ReflectionLine
from data.review_sheet import ReviewLine
from data.route_map import RouteMap
from data.scope import Viewer
from data.starting_point import StartingPoint
from data.support import BarrierLine, SupportLine


@dataclass(frozen=True, slots=True)
class Worked:
    """Something that helped, as it was written down: a barrier that was passed, or the learner's words."""

    on: date
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """`reviews` and `worked` are newest first; `headings` are the college's prompts for the sheet."""

    head: PlanHead
    today: date
    route: RouteMap
    start: StartingPoint
    supports: tuple[SupportLine, ...]
    barriers: tuple[BarrierLine, ...]
    reviews: tuple[ReviewLine, ...]
    worked: tuple[Worked, ...]
    check: CheckOfPlan
    cases: tuple[CaseLine, ...]
    headings: tuple[PromptLine, ...]


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> CaseStudy:
    """The sheet of the plan asked for, else of the current one; NotFound where the viewer sees none, or
    nothing has been written."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    if not head.written:
        raise NotFound
    barriers = support.barriers_of(session, viewer, head.id)
    return CaseStudy(
        head=head,
        today=viewer.today,
        route=route_map.read(session, viewer, learner_id, head.id),
        start=starting_point.read(session, viewer, learner_id, head.id),
        supports=support.supports_of(session, viewer, head.id),
        barriers=barriers,
        reviews=review_sheet.review_lines(session, viewer, head.id),
        worked=_worked(barriers, reflections.of_plan(session, viewer, head.id)),
        check=programme_checks.of_plan(session, viewer, head),
        cases=cases.of_plan(session, viewer, head.id),
        headings=prompts.of_kind(session, viewer, head, None),
    )


def _worked(barriers: Iterable[BarrierLine], written: Iterable[ReflectionLine]) -> tuple[Worked, ...]:
    passed = [Worked(one.passed_on, one.what, one.how_passed) for one in barriers if one.passed_on]
    said = [Worked(one.written_on, "", one.went_well) for one in written if one.went_well]
    return tuple(sorted((*passed, *said), key=lambda one: one.on, reverse=True))
