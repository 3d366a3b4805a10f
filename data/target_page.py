"""Everything about one target, for its own page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import (
    evidence,
    history,
    negotiations,
    stuck,
    target_criteria,
    target_detail,
    target_links,
    target_steps,
)
from data.evidence import EvidenceLine
from data.history import HistoryLine
from data.models import Judged, Move, Side
from data.negotiations import Talks
from data.plan_head import PlanHead, plan_head
from data.rules import OPEN_STATUSES
from data.scope import Viewer
from data.stuck import StuckLine
from data.target_criteria import CriterionLine
from data.target_detail import LaneChoice, StepLine, TargetDetail
from data.target_links import LinkLine


@dataclass(frozen=True, slots=True)
class TargetPage:
    """One target with all that belongs to it, and what the viewer may do.

    `stuck` holds who is stuck, and the answers to who was; `offered` what it may be linked to;
    `removable` the ids of the evidence that the viewer may take away.
    """

    head: PlanHead
    target: TargetDetail
    criteria: tuple[CriterionLine, ...]
    evidence: tuple[EvidenceLine, ...]
    links: tuple[LinkLine, ...]
    talks: Talks
    stuck: tuple[StuckLine, ...]
    history: tuple[HistoryLine, ...]
    lanes: tuple[LaneChoice, ...]
    offered: tuple[str, ...]
    removable: frozenset[int]

    @property
    def side(self) -> Side | None:
        """The side that the viewer is on; None for who only reads."""
        return negotiations.side_of(self.target)

    @property
    def may_amend(self) -> bool:
        """All of a proposal by either side, what is agreed by the tutor."""
        return self.side == Side.TUTOR or (self.side == Side.LEARNER and self.target.proposed)

    @property
    def offered_by(self) -> Side | None:
        """The side whose words are on the table; None where nobody wrote down who proposed it."""
        return self.talks.offered.side if self.talks.offered else None

    @property
    def may_agree(self) -> bool:
        """The other side, or a tutor who writes down how the learner agreed."""
        if not self.target.proposed or self.side is None:
            return False
        return self.side == Side.TUTOR or self.offered_by == Side.TUTOR

    @property
    def open(self) -> bool:
        return self.target.status in OPEN_STATUSES

    @property
    def all_met(self) -> bool:
        """Whether there are criteria and each is judged as met."""
        return bool(self.criteria) and all(one.judged == Judged.MET for one in self.criteria)

    @property
    def was_amended(self) -> bool:
        return any(one.move == Move.AMENDED for one in self.talks.moves)

    def may_change(self, step: StepLine) -> bool:
        return target_steps.may_change(self.target, step)

    def stuck_on(self, step_id: int | None) -> StuckLine | None:
        """Who is stuck on a step, or on the target as a whole, now; None where nobody is."""
        waiting = [one for one in self.stuck if one.step_id == step_id and one.answered_on is None]
        return waiting[-1] if waiting else None

    def answer_on(self, step_id: int | None) -> StuckLine | None:
        """The last answer given on a step or on the whole."""
        answered = [one for one in self.stuck if one.step_id == step_id and one.answered_on is not None]
        return answered[-1] if answered else None


def read(session: Session, viewer: Viewer, target_id: int) -> TargetPage:
    """The target's page, in a fixed number of queries; NotFound where the viewer doesn't see the target."""
    target = target_detail.read(session, viewer, target_id)
    pieces = evidence.lines_of(session, target, viewer.time_zone)
    may_write = target.may_write != "none"
    return TargetPage(
        head=plan_head(session, viewer, target.plan_id),
        target=target,
        criteria=target_criteria.lines_of(session, target),
        evidence=pieces,
        links=target_links.lines_of(session, viewer, target),
        talks=negotiations.talks_of(session, target.id, viewer.time_zone),
        stuck=stuck.of_target(session, viewer, target.id),
        history=tuple(history.read(session, viewer, target.id)),
        lanes=tuple(target_detail.lane_choices(session, viewer)) if may_write else (),
        offered=target_links.offered_for(session, target) if may_write else (),
        removable=frozenset(one.id for one in pieces if evidence.may_remove(target, viewer, one.added_by_id)),
    )
