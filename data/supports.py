"""Supports and their sessions, one at a time: what is planned, by whom, and what was delivered or missed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import confidential
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Barrier, BarrierAnswer, Support, SupportSession, Writes
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer
from data.targets import lane_choices

DELIVERED, MISSED, MISTAKE = "delivered", "missed", "mistake"
MOST_SESSIONS = 500


def add_support(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a support to a plan. Raises NotFound, Refused."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.SUPPORT)
    support = Support(plan_id=head.id, **_values(session, viewer, head, typed))
    confidential.add(session, viewer, support, support.what)
    return head.saved(f"“{support.what}” is on the plan.", "support", id=support.id, version=1)


def change_support(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save a support's form over the version that it showed. Raises NotFound, Refused, ChangedElsewhere."""
    support = confidential.found(session, viewer, Support, typed.id("support"))
    head = require_plan(session, viewer, support.plan_id, Writes.SUPPORT)
    values = _values(session, viewer, head, typed)
    _check_read_by_who_reads_its_barriers(session, support, values["confidentiality"])
    confidential.change(session, viewer, support, typed.version(), values)
    return head.saved(f"“{support.what}” is saved.", "support", id=support.id, version=support.version)


def add_session(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Record a session as delivered or missed, and count it. Raises NotFound, Refused."""
    support = confidential.found(session, viewer, Support, typed.id("support"))
    head = require_plan(session, viewer, support.plan_id, Writes.SUPPORT)
    delivered = typed.choice("outcome", (DELIVERED, MISSED), required="Please say whether it took place.")
    one = SupportSession(support_id=support.id, delivered=delivered == DELIVERED, note=typed.text("note"))
    _set_day(session, viewer, support, one, typed)
    session.add(one)
    support.sessions_delivered += one.delivered
    confidential.record(session, viewer, support, "session", None, _said(one))
    session.flush()
    return head.saved(f"Recorded for {_day(one)}: {_outcome(one)}.", "support", id=support.id)


def change_session(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Put a recorded session right, or take it away where it was recorded by mistake.

    Raises NotFound, Refused, ChangedElsewhere.
    """
    session_id = typed.id("session")
    support_id = session.scalar(select(SupportSession.support_id).where(SupportSession.id == session_id))
    if support_id is None:
        raise NotFound
    support = confidential.found(session, viewer, Support, support_id)
    head = require_plan(session, viewer, support.plan_id, Writes.SUPPORT)
    one = session.get_one(SupportSession, session_id, populate_existing=True)
    outcome = typed.choice(
        "outcome", (DELIVERED, MISSED, MISTAKE), required="Please say whether it took place."
    )
    theirs = {"held_on": one.held_on, "outcome": _outcome(one), "note": one.note}
    confidential.check_version(session, support, one.version, typed.version(), theirs)
    before = _said(one)
    support.sessions_delivered += (outcome == DELIVERED) - one.delivered
    if outcome == MISTAKE:
        confidential.record(session, viewer, support, "session", before, None)
        session.delete(one)
        session.flush()
        return head.saved("The session is taken away.", "support", id=support.id)
    _set_day(session, viewer, support, one, typed)
    one.delivered, one.note = outcome == DELIVERED, typed.text("note")
    if _said(one) != before:
        one.version += 1
        confidential.record(session, viewer, support, "session", before, _said(one))
    session.flush()
    return head.saved(f"Recorded for {_day(one)}: {outcome}.", "support", id=support.id)


def _values(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    """The columns that a support's form sets."""
    return {
        "what": typed.line("what", required="Please say what the support is."),
        "by_whom": typed.line("by_whom", required="Please say who gives it."),
        "how_often": typed.line("how_often"),
        "sessions_planned": typed.number("sessions_planned", 0, MOST_SESSIONS) or 0,
        **confidential.span_in_plan(head, viewer, typed),
        "lane_id": lane_typed(session, viewer, typed),
        "confidentiality": confidential.level_typed(session, viewer, head.id, typed),
    }


def lane_typed(session: Session, viewer: Viewer, typed: Typed) -> int | None:
    """The lane that a form chose; None where it chose none."""
    lanes = [str(lane.id) for lane in lane_choices(session, viewer)]
    chosen = typed.choice("lane_id", lanes)
    return int(chosen) if chosen else None


def _check_read_by_who_reads_its_barriers(session: Session, support: Support, level: int) -> None:
    """Who reads a barrier also reads the support that it leads to; else the barrier would seem unanswered."""
    barrier = session.scalar(
        select(Barrier.what)
        .join(BarrierAnswer, BarrierAnswer.barrier_id == Barrier.id)
        .where(BarrierAnswer.support_id == support.id, Barrier.confidentiality < level)
        .limit(1)
    )
    if barrier is not None:
        raise Refused(
            f"The barrier “{barrier}” leads to this support and is read by more people."
            " Please change who reads the barrier first.",
            "confidentiality",
        )


def _set_day(session: Session, viewer: Viewer, support: Support, one: SupportSession, typed: Typed) -> None:
    """The day of a session: within the support's time, not to come, and not recorded yet."""
    day = typed.day("held_on", required="Please choose the day of the session.")
    if day is None or day == one.held_on:
        return
    if day > viewer.today:
        raise Refused("That day is still to come. Please record it once the session was due.", "held_on")
    if day < support.from_on:
        raise Refused(
            f"This support began on {_written(support.from_on)}. Please choose that day or a later one.",
            "held_on",
        )
    if support.until_on and day > support.until_on:
        raise Refused(
            f"This support ended on {_written(support.until_on)}. If it went on, change its end first.",
            "held_on",
        )
    again = select(SupportSession.id).where(
        SupportSession.support_id == support.id, SupportSession.held_on == day
    )
    if session.scalar(again) is not None:
        raise Refused(
            f"The session of {_written(day)} is recorded already; you can change it below.", "held_on"
        )
    one.held_on = day


def _written(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def _day(one: SupportSession) -> str:
    return _written(one.held_on)


def _outcome(one: SupportSession) -> str:
    return DELIVERED if one.delivered else MISSED


def _said(one: SupportSession) -> str:
    """A session in words, for the history."""
    return f"{_day(one)}, {_outcome(one)}" + (f": {one.note}" if one.note else "")
