"""The support of one plan: supports with their sessions, barriers with what they lead to, help from outside,
plans kept elsewhere. Each only as far as the viewer may read it: nothing here tells of anything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from data import confidential
from data.confidential import ChangeLine, Level
from data.models import (
    Barrier,
    BarrierAnswer,
    Confidential,
    Enrolment,
    ExternalHelp,
    LinkedPlan,
    Support,
    SupportSession,
    Target,
)
from data.plan_head import PlanHead, head_of_learner
from data.rules import CLOSED_STATUSES
from data.scope import Viewer, confidential_rows_read_by, enrolments_seen_by
from data.targets import LaneChoice, lane_choices


@dataclass(frozen=True, slots=True)
class SessionLine:
    id: int
    held_on: date
    delivered: bool
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class SupportLine:
    """A support; `sessions` newest first. Sessions may have been counted before they were recorded one by
    one, so `sessions_delivered` can be more than those listed."""

    id: int
    lane_id: int | None
    what: str
    by_whom: str
    how_often: str
    sessions_planned: int
    sessions_delivered: int
    from_on: date
    until_on: date | None
    confidentiality: int
    version: int
    sessions: tuple[SessionLine, ...]

    @property
    def missed(self) -> int:
        return sum(not one.delivered for one in self.sessions)


@dataclass(frozen=True, slots=True)
class BarrierLine:
    """A barrier, what it leads to, and since when and how it is passed."""

    id: int
    lane_id: int | None
    kind: str
    what: str
    from_on: date
    passed_on: date | None
    how_passed: str
    confidentiality: int
    named_by_learner: bool
    version: int
    support_id: int | None
    support: str | None
    target_id: int | None
    target: str | None
    why_not: str

    @property
    def answered(self) -> bool:
        return bool(self.support_id or self.target_id or self.why_not)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Help from outside; it may be spoken with while `consented`."""

    id: int
    what: str
    agency: str
    contact_name: str
    contact: str
    from_on: date
    until_on: date | None
    consent_on: date | None
    consent_by: str
    withdrawn_on: date | None
    confidentiality: int
    version: int

    @property
    def consented(self) -> bool:
        return self.consent_on is not None and self.withdrawn_on is None


@dataclass(frozen=True, slots=True)
class LinkedPlanLine:
    id: int
    kind: str
    reference: str
    whom_to_ask: str
    ended_on: date | None
    confidentiality: int
    version: int


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """A target that a barrier may lead to."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class SupportPage:
    """All that the page of a plan's support shows; `history` by (sort, id), newest first."""

    head: PlanHead
    today: date
    supports: tuple[SupportLine, ...]
    barriers: tuple[BarrierLine, ...]
    helping: tuple[HelpLine, ...]
    linked: tuple[LinkedPlanLine, ...]
    history: dict[tuple[str, int], tuple[ChangeLine, ...]]
    levels: tuple[Level, ...]
    lanes: tuple[LaneChoice, ...]
    targets: tuple[TargetChoice, ...]


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> SupportPage:
    """The support of the learner's plan of that id, else of the current one: ten queries, however much there
    is. Raises NotFound where the viewer sees no such plan."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    supports = supports_of(session, viewer, head.id)
    barriers = barriers_of(session, viewer, head.id)
    helping = _helping(session, viewer, head.id)
    linked = _linked(session, viewer, head.id)
    readable = {
        Confidential.SUPPORT: [one.id for one in supports],
        Confidential.BARRIER: [one.id for one in barriers],
        Confidential.EXTERNAL_HELP: [one.id for one in helping],
        Confidential.LINKED_PLAN: [one.id for one in linked],
    }
    return SupportPage(
        head=head,
        today=viewer.today,
        supports=supports,
        barriers=barriers,
        helping=helping,
        linked=linked,
        history=confidential.history_of(session, viewer, head.id, readable),
        levels=confidential.levels(session, viewer, head.id),
        lanes=tuple(lane_choices(session, viewer)),
        targets=_targets(session, viewer, head.id),
    )


def supports_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[SupportLine, ...]:
    """The supports of a plan that the viewer reads, those that began first first, in two queries."""
    rows: Sequence[Any] = session.execute(
        select(
            Support.id,
            Support.lane_id,
            Support.what,
            Support.by_whom,
            Support.how_often,
            Support.sessions_planned,
            Support.sessions_delivered,
            Support.from_on,
            Support.until_on,
            Support.confidentiality,
            Support.version,
        )
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(Support.plan_id == plan_id, confidential_rows_read_by(viewer, Support.confidentiality))
        .order_by(Support.from_on, Support.id)
    ).all()
    sessions = _sessions(session, viewer, plan_id)
    return tuple(SupportLine(**row._mapping, sessions=tuple(sessions.get(row.id, ()))) for row in rows)


def barriers_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[BarrierLine, ...]:
    """The barriers of a plan that the viewer reads, those that came first first, in one query."""
    rows: Iterable[Any] = session.execute(
        select(
            Barrier.id,
            Barrier.lane_id,
            Barrier.kind,
            Barrier.what,
            Barrier.from_on,
            Barrier.passed_on,
            Barrier.how_passed,
            Barrier.confidentiality,
            Barrier.named_by_learner,
            Barrier.version,
            Support.id,
            Support.what,
            Target.id,
            Target.title,
            func.coalesce(BarrierAnswer.why_not, ""),
        )
        .join(Enrolment, Enrolment.id == Barrier.plan_id)
        .outerjoin(BarrierAnswer, BarrierAnswer.barrier_id == Barrier.id)
        .outerjoin(
            Support,
            and_(
                Support.id == BarrierAnswer.support_id,
                confidential_rows_read_by(viewer, Support.confidentiality),
            ),
        )
        .outerjoin(Target, Target.id == BarrierAnswer.target_id)
        .where(Barrier.plan_id == plan_id, confidential_rows_read_by(viewer, Barrier.confidentiality))
        .order_by(Barrier.from_on, Barrier.id)
    )
    return tuple(BarrierLine(*row) for row in rows)


def _sessions(session: Session, viewer: Viewer, plan_id: int) -> dict[int, list[SessionLine]]:
    """{support: its sessions, newest first}"""
    rows: Iterable[Any] = session.execute(
        select(
            SupportSession.support_id,
            SupportSession.id,
            SupportSession.held_on,
            SupportSession.delivered,
            SupportSession.note,
            SupportSession.version,
        )
        .join(Support, Support.id == SupportSession.support_id)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(Support.plan_id == plan_id, confidential_rows_read_by(viewer, Support.confidentiality))
        .order_by(SupportSession.held_on.desc())
    )
    found: dict[int, list[SessionLine]] = {}
    for support_id, *line in rows:
        found.setdefault(support_id, []).append(SessionLine(*line))
    return found


def _helping(session: Session, viewer: Viewer, plan_id: int) -> tuple[HelpLine, ...]:
    rows: Iterable[Any] = session.execute(
        select(
            ExternalHelp.id,
            ExternalHelp.what,
            ExternalHelp.agency,
            ExternalHelp.contact_name,
            ExternalHelp.contact,
            ExternalHelp.from_on,
            ExternalHelp.until_on,
            ExternalHelp.consent_on,
            ExternalHelp.consent_by,
            ExternalHelp.withdrawn_on,
            ExternalHelp.confidentiality,
            ExternalHelp.version,
        )
        .join(Enrolment, Enrolment.id == ExternalHelp.plan_id)
        .where(
            ExternalHelp.plan_id == plan_id,
            confidential_rows_read_by(viewer, ExternalHelp.confidentiality),
        )
        .order_by(ExternalHelp.from_on, ExternalHelp.id)
    )
    return tuple(HelpLine(*row) for row in rows)


def _linked(session: Session, viewer: Viewer, plan_id: int) -> tuple[LinkedPlanLine, ...]:
    rows: Iterable[Any] = session.execute(
        select(
            LinkedPlan.id,
            LinkedPlan.kind,
            LinkedPlan.reference,
            LinkedPlan.whom_to_ask,
            LinkedPlan.ended_on,
            LinkedPlan.confidentiality,
            LinkedPlan.version,
        )
        .join(Enrolment, Enrolment.id == LinkedPlan.plan_id)
        .where(LinkedPlan.plan_id == plan_id, confidential_rows_read_by(viewer, LinkedPlan.confidentiality))
        .order_by(LinkedPlan.id)
    )
    return tuple(LinkedPlanLine(*row) for row in rows)


def _targets(session: Session, viewer: Viewer, plan_id: int) -> tuple[TargetChoice, ...]:
    """The open targets of a plan, by due date, and those that a barrier leads to already."""
    chosen = select(BarrierAnswer.target_id).where(BarrierAnswer.target_id.is_not(None))
    rows: Iterable[Any] = session.execute(
        select(Target.id, Target.title)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(
            Target.plan_id == plan_id,
            enrolments_seen_by(viewer),
            or_(Target.status.not_in(CLOSED_STATUSES), Target.id.in_(chosen)),
        )
        .order_by(Target.due_on, Target.id)
    )
    return tuple(TargetChoice(*row) for row in rows)
