"""The whole of one plan, as far as the viewer reads it: what a learner takes along, on paper or as files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from data import (
    agreements,
    balance,
    cases,
    copied_reviews,
    copied_targets,
    destination,
    experiences,
    next_review,
    own_route,
    people_of_plan,
    phases,
    programme_checks,
    prompts,
    reflections,
    route_draft,
    route_map,
    starting_point,
    support,
)
from data.agreements import Contract
from data.balance import IndividualBalance
from data.cases import CaseLine
from data.copied_reviews import CopiedReview, CopiedView
from data.copied_targets import CopiedTarget
from data.destination import Destination
from data.errors import NotFound
from data.experiences import ExperienceLine
from data.next_review import NextReview
from data.own_route import OwnRoute
from data.people_of_plan import PeopleOfPlan
from data.phases import PhasesPage
from data.plan_head import PlanHead, head_of_learner
from data.programme_checks import CheckOfPlan
from data.prompts import GivenAnswer
from data.reflections import Reflections
from data.route_draft import RouteDraft
from data.rules import Share
from data.scope import Viewer
from data.starting_point import StartingPoint
from data.support import SupportPage

HOW_A_PAGE_WORKS = {
    "version",
    "own_version",
    "plan_version",
    "learner_person_id",
    "person_id",
    "choices",
    "levels",
    "sets",
    "lanes",
    "history",
    "own_sheet",
    "tutors_sheet",
    "written",
    "sees_cohort",
    "sees_department",
    "sees_personal",
    "target_version",
    "learner_version",
    "parents_of_minors",
    "longest_link",
    "readable",
    "counted",
    "kind_choices",
    "added_by_id",
    "lead_id",
}
"""What the reads hold for their pages, not of the plan."""


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """A plan as at `today`: all that its pages show. `reviews`, `own_views` and `lines`: newest first."""

    head: PlanHead
    college: str
    today: date
    tutor: str
    attendance: Share
    starting_point: StartingPoint
    balance: IndividualBalance
    destination: Destination
    draft: RouteDraft
    phases: PhasesPage
    targets: tuple[CopiedTarget, ...]
    support: SupportPage
    experiences: tuple[ExperienceLine, ...]
    reflections: Reflections
    own_views: tuple[CopiedView, ...]
    lines: tuple[CopiedView, ...]
    reviews: tuple[CopiedReview, ...]
    answers: tuple[GivenAnswer, ...]
    check: CheckOfPlan
    cases: tuple[CaseLine, ...]
    next_review_on: date | None
    next_review: NextReview
    people: PeopleOfPlan
    contract: Contract
    own_route: OwnRoute


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> PlanCopy:
    """The learner's plan; NotFound where the viewer sees none, or nothing has been written."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    if not head.written:
        raise NotFound
    route = route_map.read(session, viewer, learner_id, head.id)
    return PlanCopy(
        head=head,
        college=viewer.organisation_name,
        today=viewer.today,
        tutor=route.tutor or "",
        attendance=route.attendance,
        starting_point=starting_point.read(session, viewer, learner_id, head.id),
        balance=balance.read(session, viewer, learner_id, head.id),
        destination=destination.read(session, viewer, learner_id, head.id),
        draft=route_draft.read(session, viewer, learner_id, head.id),
        phases=phases.read(session, viewer, learner_id, head.id),
        targets=copied_targets.targets_of(session, viewer, head.id),
        support=support.read(session, viewer, learner_id, head.id),
        experiences=experiences.read(session, viewer, learner_id, head.id).lines,
        reflections=reflections.read(session, viewer, learner_id, head.id),
        own_views=copied_reviews.own_views_of(session, viewer, head.id),
        lines=copied_reviews.lines_on(session, viewer, head.id),
        reviews=copied_reviews.reviews_of(session, viewer, head.id),
        answers=prompts.answers_of(session, viewer, head.id),
        check=programme_checks.of_plan(session, viewer, head),
        cases=cases.of_plan(session, viewer, head.id),
        next_review_on=route.next_review_on,
        next_review=next_review.read(session, viewer, learner_id, head.id),
        people=people_of_plan.read(session, viewer, learner_id, head.id),
        contract=agreements.read(session, viewer, learner_id, head.id),
        own_route=own_route.of_plan(session, viewer, head.id),
    )


def plain(value: Any, said: Collection[str] = ()) -> Any:
    """The copy as JSON holds it: days in ISO form, and nothing that is there for a page alone.

    `said` are names that stand above already.
    """
    if is_dataclass(value) and not isinstance(value, type):
        names = [
            one.name for one in fields(value) if one.name not in HOW_A_PAGE_WORKS and one.name not in said
        ]
        within = {"head", "today"} if isinstance(value, PlanCopy) else said
        return {name: plain(getattr(value, name), within) for name in names if not name.startswith("may_")}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one, said) for key, one in value.items()}
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [plain(one, said) for one in value]
    return value
