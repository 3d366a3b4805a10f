"""What learner and tutor do with a drafted route: the one writes it, the other answers and takes it over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import confidential, history, negotiations, plan_rows
from data.barriers import add_barrier
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import (
    Barrier,
    DraftKind,
    IdeaOf,
    Move,
    Negotiation,
    Plan,
    RouteDraftPart,
    Side,
    Writes,
)
from data.own_words import require_own_words
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer
from data.target_detail import lane_choices

ONCE = (DraftKind.START, DraftKind.DESTINATION)
"""What a route has one of; it has a road for each lane, and any number of stops and breakdowns."""
MOST_PARTS = 60
KIND = "route-draft"
TEXTS = {DraftKind.START: "starting_point", DraftKind.DESTINATION: "destination"}
BREAKDOWN = "what could break down"


# --- the learner drafts --------------------------------------------------------------------------------


def save_part(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save one piece of the draft: a new one, or over the version that the form showed.

    A road is one of its lane, start and destination one of the plan: sent without their id they are still
    found. Raises NotFound, Refused, ChangedElsewhere.
    """
    head = require_own_words(session, viewer, typed.id("plan"))
    values = _part_typed(session, viewer, head, typed)
    part = _found(session, head, typed, values)
    if part is None:
        return _add(session, viewer, head, values)
    if part.taken_on is not None:
        raise Refused("This is in your plan already. Please talk about a change with your tutor.", "said")
    version = _change(session, viewer, head, part, typed.id_or_none("version") or 0, values)
    return head.saved("Saved. Your tutor can read it.", KIND, id=part.id, version=version)


def _change(
    session: Session,
    viewer: Viewer,
    head: PlanHead,
    part: RouteDraftPart,
    version: int,
    values: dict[str, Any],
) -> int:
    """As `plan_rows.change`; but what could break down stays out of the plan's history, which more people
    read than the draft."""
    if part.kind != DraftKind.BREAKDOWN:
        return plan_rows.change(session, viewer, head.id, part, version, values)
    if version != part.version:
        theirs = {name: getattr(part, name) for name in values}
        raise ChangedElsewhere(part.version, theirs, "")
    for name, value in values.items():
        setattr(part, name, value)
    part.version += 1
    history.record(session, viewer, head.id, f"route_draft_part {part.id}", BREAKDOWN, BREAKDOWN)
    session.flush()
    return part.version


def _title(part: RouteDraftPart) -> str:
    return BREAKDOWN if part.kind == DraftKind.BREAKDOWN else part.said


def _add(session: Session, viewer: Viewer, head: PlanHead, values: dict[str, Any]) -> Saved:
    ids = session.scalars(select(RouteDraftPart.id).where(RouteDraftPart.plan_id == head.id)).all()
    if len(ids) >= MOST_PARTS:
        raise Refused("That is a full route already. Please take something out first.", "said")
    part = RouteDraftPart(plan_id=head.id, drafted_on=viewer.today, drafted_by_id=viewer.person_id, **values)
    plan_rows.add(session, viewer, head.id, part, _title(part))
    return head.saved("It is on your draft. Your tutor can read it.", KIND, id=part.id, version=1)


def remove_part(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take a piece off the draft; what is in the plan already stays there, and the draft keeps its words."""
    part, head = _part(session, viewer, typed)
    require_own_words(session, viewer, head.id)
    if part.taken_on is not None:
        raise Refused("This is in your plan already. Please talk about a change with your tutor.")
    plan_rows.remove(session, viewer, head.id, part, typed.version(), _title(part))
    return head.saved("It is off your draft.", KIND, id=part.id)


_ASKS = {
    DraftKind.START: "Please say where you start.",
    DraftKind.DESTINATION: "Please say where you want to get.",
    DraftKind.ROAD: "Please name the road.",
    DraftKind.STOP: "Please say what the stop is.",
    DraftKind.BREAKDOWN: "Please say what could break down.",
}


def _part_typed(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    kind = DraftKind(typed.choice("kind", DraftKind, required="Please load the page again."))
    lanes = {str(lane.id) for lane in lane_choices(session, viewer)}
    needs_lane = "Please choose a road." if kind in (DraftKind.STOP, DraftKind.ROAD) else ""
    lane = typed.choice("lane_id", lanes, required=needs_lane)
    asks = _ASKS[kind]
    said = typed.text("said", required=asks) if kind == DraftKind.START else typed.line("said", required=asks)
    return {
        "kind": kind,
        "lane_id": int(lane) if lane else None,
        "said": said,
        "what_helps": typed.text("what_helps"),
        "by_when": confidential.day_in_plan(head, viewer, typed, "by_when"),
    }


def _found(session: Session, head: PlanHead, typed: Typed, values: dict[str, Any]) -> RouteDraftPart | None:
    """The piece that the form is about, locked; None for a new one."""
    pieces = select(RouteDraftPart).where(
        RouteDraftPart.plan_id == head.id, RouteDraftPart.kind == values["kind"]
    )
    part_id = typed.id_or_none("part")
    if part_id is not None:
        part = session.scalar(pieces.where(RouteDraftPart.id == part_id).with_for_update())
        if part is None:
            raise NotFound
        return part
    if values["kind"] in ONCE:
        return session.scalars(pieces.with_for_update()).first()
    if values["kind"] == DraftKind.ROAD:
        of_lane = pieces.where(RouteDraftPart.lane_id == values["lane_id"])
        return session.scalars(of_lane.with_for_update()).first()
    return None


# --- the tutor negotiates ------------------------------------------------------------------------------


def reply(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """What a tutor says to a piece; the learner reads it beside the own words."""
    part, head = _part(session, viewer, typed, Writes.PLANS)
    said = typed.text("reply", required="Please write what you want to say to it.", longest=LONGEST_REASON)
    version = plan_rows.change(session, viewer, head.id, part, typed.version(), {"reply": said})
    part.replied_by_id = viewer.person_id
    session.flush()
    return head.saved(f"{head.learner_name} reads it beside the draft.", KIND, id=part.id, version=version)


def take_text(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take start or destination over into the plan, as typed; what the plan said stays in its history."""
    part, head = _part(session, viewer, typed, Writes.PLANS)
    column = TEXTS.get(DraftKind(part.kind))
    if column is None:
        raise Refused("This piece is taken over as a target or a barrier.")
    words = typed.text("words") if column == "starting_point" else typed.line("words")
    if not words:
        raise Refused("Please write what the plan shall say.", "words")
    plan = session.get_one(Plan, head.id, populate_existing=True)
    plan_rows.change(session, viewer, head.id, plan, plan.version, {column: words})
    _mark_taken(session, viewer, head, part, typed)
    return head.saved("The plan says it now.", KIND, id=part.id, version=part.version)


def take_stop(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take a stop over as a proposed target: the learner's proposal, as the tutor amended it. The learner
    agrees on the target's page."""
    part, head = _part(session, viewer, typed, Writes.PLANS)
    _refuse_kind(part, DraftKind.STOP)
    sent = {**typed.sent, "plan": [str(head.id)], "idea_of": [IdeaOf.LEARNER.value]}
    saved = negotiations.propose(session, viewer, Typed(sent))
    _proposed_by_learner(session, saved.target, part)
    _mark_taken(session, viewer, head, part, typed, target_id=saved.target)
    return head.saved(
        f"Proposed as a target; {head.learner_name} can agree or amend it.",
        "new-target",
        target=saved.target,
        id=part.id,
        version=part.version,
    )


def _proposed_by_learner(session: Session, target_id: int | None, part: RouteDraftPart) -> None:
    """The proposal is the learner's, in the words of the draft; what the tutor made of it amends it."""
    move = session.scalars(select(Negotiation).where(Negotiation.target_id == target_id)).one()
    amended = Negotiation(
        target_id=target_id, side=Side.TUTOR, move=Move.AMENDED, said=move.said, by_id=move.by_id, at=move.at
    )
    move.side, move.said, move.by_id = Side.LEARNER, part.said, part.drafted_by_id
    session.add(amended)
    session.flush()


def take_breakdown(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take what could break down over as a barrier that the learner named."""
    part, head = _part(session, viewer, typed, Writes.PLANS)
    _refuse_kind(part, DraftKind.BREAKDOWN)
    sent = {**typed.sent, "plan": [str(head.id)], "from_on": [viewer.today.isoformat()]}
    saved = add_barrier(session, viewer, Typed(sent))
    session.get_one(Barrier, saved.id).named_by_learner = True
    _mark_taken(session, viewer, head, part, typed, barrier_id=saved.id)
    return head.saved(
        "It is a barrier of the plan now. Please say on the page “Support” what it leads to.",
        "barrier",
        id=part.id,
        version=part.version,
    )


def _refuse_kind(part: RouteDraftPart, kind: DraftKind) -> None:
    if part.kind != kind:
        raise Refused("This piece is taken over in another way. Please load the page again.")
    if part.taken_on is not None:
        raise Refused("Somebody has taken this over already. Please load the page again.")


def _part(session: Session, viewer: Viewer, typed: Typed, *writes: Writes) -> tuple[RouteDraftPart, PlanHead]:
    """The piece of the form's id with its plan, locked; NotFound where the viewer doesn't see it."""
    part = session.scalar(
        select(RouteDraftPart).where(RouteDraftPart.id == typed.id("part")).with_for_update()
    )
    if part is None:
        raise NotFound
    return part, require_plan(session, viewer, part.plan_id, *(writes or (Writes.OWN_NOTES, Writes.PLANS)))


def _mark_taken(
    session: Session, viewer: Viewer, head: PlanHead, part: RouteDraftPart, typed: Typed, **what: int | None
) -> None:
    values = {"taken_on": viewer.today, "taken_by_id": viewer.person_id, **what}
    plan_rows.change(session, viewer, head.id, part, typed.version(), values)
