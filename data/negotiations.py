"""How learner and tutor come to agree on a target: one proposes it, the other amends it or agrees.

A proposed target is counted nowhere. Both names stay on it, and each move is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data import history, state_sql
from data.department_figures import keeping
from data.errors import Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import Enrolment, IdeaOf, Learner, Move, Negotiation, Person, Reach, Side, Target, Writes
from data.plan_head import require_plan
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by
from data.statements import built_once
from data.target_detail import TargetDetail, read
from data.target_words import changed_words, typed_words, write_words
from data.target_writes import (
    ANYONE_OF_THE_PLAN,
    READ_ONLY,
    changed_elsewhere,
    phase_of,
    status_values,
    write,
)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move; `at` is in the organisation's time zone."""

    side: Side
    move: Move
    by: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talks:
    """The moves of a target, oldest first; none where it was set without any."""

    moves: tuple[MoveLine, ...] = ()

    @property
    def proposed(self) -> MoveLine | None:
        return next((one for one in self.moves if one.move == Move.PROPOSED), None)

    @property
    def agreed(self) -> MoveLine | None:
        """Who agreed last; None while nobody has."""
        return next((one for one in reversed(self.moves) if one.move == Move.AGREED), None)

    @property
    def offered(self) -> MoveLine | None:
        """The last proposal or amendment: the one that the other side may agree to."""
        return next((one for one in reversed(self.moves) if one.move in (Move.PROPOSED, Move.AMENDED)), None)


def talks(session: Session, viewer: Viewer, target_id: int) -> Talks:
    """How the target was negotiated; NotFound where the viewer doesn't see it."""
    read(session, viewer, target_id)
    return talks_of(session, target_id, viewer.time_zone)


def talks_of(session: Session, target_id: int, time_zone: str) -> Talks:
    """As `talks`, of a target whose scope has been checked."""
    return talks_of_targets(session, [target_id], time_zone).get(target_id, Talks())


def talks_of_targets(session: Session, target_ids: Sequence[int], time_zone: str) -> dict[int, Talks]:
    """{target's id: how it was negotiated} where it was, in one query, of targets whose scope has been
    checked."""
    rows = session.execute(
        select(Negotiation, Person.name)
        .outerjoin(Person, Person.id == Negotiation.by_id)
        .where(Negotiation.target_id.in_(target_ids))
        .order_by(Negotiation.target_id, Negotiation.id)
    )
    here = ZoneInfo(time_zone)
    return {
        target_id: Talks(
            tuple(
                MoveLine(Side(one.side), Move(one.move), name or "", one.said, one.at.astimezone(here))
                for one, name in some
            )
        )
        for target_id, some in groupby(rows, key=lambda row: row[0].target_id)
    }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal that waits for the tutor: the learner proposed or amended it last."""

    target_id: int
    title: str
    learner_id: int
    learner: str
    due_on: date | None


def on_caseload(session: Session, viewer: Viewer) -> tuple[Proposal, ...]:
    """The proposals of the viewer's caseload that wait for a tutor, the oldest first."""
    grants = tuple(grant for grant in viewer.grants if grant.reach == Reach.CASELOAD)
    rows = session.execute(_waiting(replace(viewer, grants=grants), viewer.clock_day))
    return tuple(
        Proposal(row.id, row.title, row.learner_id, f"{row.given_name} {row.family_name}", row.due_on)
        for row in rows
    )


@built_once
def _waiting(viewer: Viewer, day: date) -> Select[*tuple[Any, ...]]:
    last_offer = (
        select(Negotiation.side)
        .where(
            Negotiation.target_id == Target.id,
            Negotiation.move.in_((Move.PROPOSED.value, Move.AMENDED.value)),
        )
        .order_by(Negotiation.id.desc())
        .limit(1)
        .correlate(Target)
        .scalar_subquery()
    )
    return (
        select(
            Target.id,
            Target.title,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Target.due_on,
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(
            Target.status == TargetStatus.PROPOSED.value,
            last_offer == Side.LEARNER.value,
            enrolments_seen_by(viewer),
            ~state_sql.ended_by(day),
        )
        .order_by(Target.id)
    )


def side_of(detail: TargetDetail) -> Side | None:
    """The side that the viewer for whom the target was read is on; None for who only reads."""
    return {"all": Side.TUTOR, "note": Side.LEARNER}.get(detail.may_write)


def propose(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a target as a proposal to the other side; the caller commits.

    Raises NotFound where the viewer sees no such plan, Refused where it can't be or isn't theirs to do.
    """
    head = require_plan(session, viewer, typed.id("plan"), *ANYONE_OF_THE_PLAN)
    side = Side.TUTOR if head.may_write_plan else Side.LEARNER
    words = typed_words(session, viewer, head.id, typed)
    if words["idea_of"] is None:
        words["idea_of"] = IdeaOf(side.value)
    due_on = words["due_on"]
    target = Target(
        plan_id=head.id,
        phase_id=phase_of(session, head.id, due_on) if due_on else None,
        first_due_on=due_on,
        status=TargetStatus.PROPOSED,
        created_on=viewer.today,
        **words,
    )
    session.add(target)
    session.flush()
    said = typed.text("said", longest=LONGEST_REASON)
    history.record(session, viewer, head.id, "created", None, target.title, target_id=target.id)
    record(session, viewer, target.id, side, Move.PROPOSED, said)
    other = "your tutor" if side == Side.LEARNER else head.learner_name
    return head.saved(
        f"Proposed “{target.title}”. Now it is for {other} to agree or amend.",
        "new-target",
        target=target.id,
        version=1,
        go=f"/target/{target.id}",
    )


def amend(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save what the form about the whole target typed, over the version that it showed; the caller commits.

    While it is proposed either side amends all of it, and that is a move of theirs; once agreed its words
    are the tutor's to change. Raises NotFound out of scope, ChangedElsewhere where anyone saved in between,
    Refused where it can't be or isn't theirs to do.
    """
    before = read(session, viewer, typed.id("target"))
    side = side_of(before)
    if side is None:
        raise Refused(READ_ONLY)
    if side == Side.LEARNER and not before.proposed:
        raise Refused("This is agreed. To change it, please talk to your tutor, or propose another target.")
    values = changed_words(before, typed_words(session, viewer, before.plan_id, typed))
    if not values:
        return before.saved("Nothing has changed.", "target")
    if typed.version() != before.version:
        raise changed_elsewhere(before, *values)
    if values.get("due_on"):
        values["phase_id"] = phase_of(session, before.plan_id, values["due_on"])
    said = typed.text("said", longest=LONGEST_REASON)
    rights = ANYONE_OF_THE_PLAN if before.proposed else (Writes.PLANS,)
    write_words(session, viewer, before, values, said, *rights)
    if before.proposed:
        record(session, viewer, before.id, side, Move.AMENDED, said)
    session.flush()
    return read(session, viewer, before.id).saved("Saved.", "target")


def agree(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Agree to what the other side last offered; the target is then to come. The caller commits.

    Nobody agrees for the other side, but a tutor may write down how the learner agreed, for those who
    do so by word of mouth.
    """
    detail, side = _proposal(session, viewer, typed)
    offered = talks_of(session, detail.id, viewer.time_zone).offered
    said = typed.text("said", longest=LONGEST_REASON)
    if side == Side.LEARNER and (offered is None or offered.side == Side.LEARNER):
        raise Refused("This is your own proposal: it is for your tutor to agree or amend.")
    if side == Side.TUTOR and offered is not None and offered.side == Side.TUTOR and not said:
        raise Refused("Please say how the learner agreed, for instance “at our review today”.", "said")
    if detail.due_on is None:
        raise Refused("It has no date yet. Please amend it first: by when should it be achieved?")
    values = status_values(viewer, TargetStatus.TO_COME)
    with keeping(session, [detail.plan_id]):
        write(session, viewer, detail, values, said, *ANYONE_OF_THE_PLAN)
        record(session, viewer, detail.id, side, Move.AGREED, said)
        session.flush()
    return detail.saved(f"Agreed: “{detail.title}” is on the route now.", "target")


def decline(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Decline the other side's proposal, or take back one's own, with a reason; the caller commits."""
    detail, side = _proposal(session, viewer, typed)
    said = typed.text("said", required="Please say why, in a sentence.", longest=LONGEST_REASON)
    values = status_values(viewer, TargetStatus.WITHDRAWN)
    with keeping(session, [detail.plan_id]):
        write(session, viewer, detail, values, said, *ANYONE_OF_THE_PLAN)
        record(session, viewer, detail.id, side, Move.DECLINED, said)
        session.flush()
    return detail.saved("Withdrawn, with your reason. Nothing of it is lost.", "target")


def record(session: Session, viewer: Viewer, target_id: int, side: Side, move: Move, said: str = "") -> None:
    """Write down a move that the viewer makes, in the transaction that makes it."""
    session.add(
        Negotiation(
            target_id=target_id, side=side, move=move, said=said, by_id=viewer.person_id, at=viewer.now
        )
    )


def _proposal(session: Session, viewer: Viewer, typed: Typed) -> tuple[TargetDetail, Side]:
    """The proposal that a move is about, as the viewer read it, and the side that they are on."""
    detail = read(session, viewer, typed.id("target"))
    side = side_of(detail)
    if side is None:
        raise Refused(READ_ONLY)
    if not detail.proposed:
        raise Refused("This isn’t a proposal any more. Please load the page again to see what became of it.")
    if typed.version() != detail.version:
        who = detail.last_changed_by or "Somebody"
        raise Refused(f"{who} has changed this proposal since. Please load the page again and read it first.")
    return detail, side
