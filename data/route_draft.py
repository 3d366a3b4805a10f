"""The route that a learner drafts at induction, and the tutor negotiates on.

The learner writes where it starts, where it leads, its roads and stops, and what could break down. A tutor
answers each piece and takes it over into the plan: a stop as a proposed target, a breakdown as a barrier,
start and destination as the plan's texts. The piece keeps the learner's words and name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from data import confidential
from data.confidential import Level
from data.models import DraftKind, Person, Plan, RouteDraftPart
from data.own_words import may_write_own_words
from data.plan_head import PlanHead, head_of_learner
from data.scope import Viewer
from data.target_detail import LaneChoice, lane_choices


@dataclass(frozen=True, slots=True)
class DraftPart:
    """One piece in the learner's words, and what has become of it. `drafted_by` is who wrote it."""

    id: int
    kind: DraftKind
    lane_id: int | None
    said: str
    what_helps: str
    by_when: date | None
    drafted_on: date
    drafted_by: str
    reply: str
    replied_by: str
    taken_on: date | None
    taken_by: str
    target_id: int | None
    barrier_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """All pieces of one plan's draft. `may_draft`: the viewer writes it; `may_take`: takes pieces over.
    `starting_point` is the plan's own text; its destination is the head's."""

    head: PlanHead
    lanes: tuple[LaneChoice, ...]
    parts: tuple[DraftPart, ...]
    starting_point: str
    levels: tuple[Level, ...]
    readable: bool
    may_draft: bool
    may_take: bool

    def of(self, kind: str) -> tuple[DraftPart, ...]:
        return tuple(part for part in self.parts if part.kind == kind)

    def only(self, kind: str) -> DraftPart | None:
        """The piece of a kind that a route has one of."""
        return next(iter(self.of(kind)), None)

    def road(self, lane_id: int) -> DraftPart | None:
        return next((part for part in self.of(DraftKind.ROAD) if part.lane_id == lane_id), None)

    @property
    def waiting(self) -> int:
        """How many pieces nobody has taken over or answered; roads are only read."""
        return sum(
            not part.taken_on and not part.reply and part.kind != DraftKind.ROAD for part in self.parts
        )


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> RouteDraft:
    """The draft of the plan asked for, else of the current one, in a fixed number of queries.

    Only the learner and who writes the plan read its pieces: what could break down is for them alone.
    """
    head = head_of_learner(session, viewer, learner_id, plan_id)
    may_draft = may_write_own_words(head)
    readable = may_draft or head.may_write_plan
    plan = session.get(Plan, head.id)
    return RouteDraft(
        head=head,
        lanes=tuple(lane_choices(session, viewer)),
        parts=_parts(session, head.id) if readable else (),
        starting_point=plan.starting_point if plan else "",
        levels=confidential.levels(session, viewer, head.id) if head.may_write_plan else (),
        readable=readable,
        may_draft=may_draft and head.written,
        may_take=head.may_write_plan and head.written,
    )


def _parts(session: Session, plan_id: int) -> tuple[DraftPart, ...]:
    drafted, replied, taken = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(
            RouteDraftPart,
            drafted.name.label("drafted_by"),
            replied.name.label("replied_by"),
            taken.name.label("taken_by"),
        )
        .outerjoin(drafted, drafted.id == RouteDraftPart.drafted_by_id)
        .outerjoin(replied, replied.id == RouteDraftPart.replied_by_id)
        .outerjoin(taken, taken.id == RouteDraftPart.taken_by_id)
        .where(RouteDraftPart.plan_id == plan_id)
        .order_by(RouteDraftPart.by_when.is_(None), RouteDraftPart.by_when, RouteDraftPart.id)
    )
    return tuple(_as_part(row) for row in rows)


def _as_part(row: Row[*tuple[Any, ...]]) -> DraftPart:
    part: RouteDraftPart = row[0]
    return DraftPart(
        id=part.id,
        kind=DraftKind(part.kind),
        lane_id=part.lane_id,
        said=part.said,
        what_helps=part.what_helps,
        by_when=part.by_when,
        drafted_on=part.drafted_on,
        drafted_by=row.drafted_by or "",
        reply=part.reply,
        replied_by=row.replied_by or "",
        taken_on=part.taken_on,
        taken_by=row.taken_by or "",
        target_id=part.target_id,
        barrier_id=part.barrier_id,
        version=part.version,
    )
