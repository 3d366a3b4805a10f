"""Help from outside the college, spoken with only by consent, and plans that are kept elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from data import confidential
from data.errors import Refused
from data.form_values import Typed
from data.models import ExternalHelp, LinkedPlan, LinkedPlanKind, Writes
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer

LONGEST_REFERENCE = 80
"""Room for a number and a place; a plan's content doesn't belong here."""


def add_help(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add help from outside, with consent where it has been given. Raises NotFound, Refused."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.SUPPORT)
    consent = _consent(viewer, typed, typed.line("consent_by"), needed=False)
    helping = ExternalHelp(plan_id=head.id, **_help_values(session, viewer, head, typed), **consent)
    confidential.add(session, viewer, helping, f"{helping.what}, {helping.agency}")
    return head.saved(f"“{helping.what}” is on the plan.", "external-help", id=helping.id, version=1)


def change_help(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save the form of help from outside. Raises NotFound, Refused, ChangedElsewhere."""
    helping, head = _help(session, viewer, typed, Writes.SUPPORT)
    values = _help_values(session, viewer, head, typed)
    confidential.change(session, viewer, helping, typed.version(), values)
    return _help_saved(head, helping, f"“{helping.what}” is saved.")


def give_consent(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Record that consent was given, by whom and when; also anew after it was withdrawn.

    Raises NotFound, Refused, ChangedElsewhere.
    """
    helping, head = _help(session, viewer, typed, Writes.SUPPORT, Writes.OWN_NOTES)
    by = typed.line("consent_by") if head.may_write_support else viewer.name
    values = _consent(viewer, typed, by, needed=True)
    confidential.change(session, viewer, helping, typed.version(), values)
    return _help_saved(head, helping, f"Consent to speak with {helping.agency} is recorded.")


def withdraw_consent(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Record that consent ended on a day. Raises NotFound, Refused, ChangedElsewhere."""
    helping, head = _help(session, viewer, typed, Writes.SUPPORT, Writes.OWN_NOTES)
    if helping.consent_on is None:
        raise Refused("No consent was given, so there is none to withdraw.")
    day = typed.day("withdrawn_on", required="Please choose the day from which it is withdrawn.")
    if day and day < helping.consent_on:
        raise Refused("That is before consent was given. Please choose a later day.", "withdrawn_on")
    if day and day > viewer.today:
        raise Refused("That day is still to come. Please choose today or an earlier day.", "withdrawn_on")
    confidential.change(session, viewer, helping, typed.version(), {"withdrawn_on": day})
    return _help_saved(head, helping, f"Consent is withdrawn: {helping.agency} isn’t contacted any more.")


def add_linked_plan(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add where another plan is kept and whom to ask. Raises NotFound, Refused."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.SUPPORT)
    linked = LinkedPlan(plan_id=head.id, **_linked_values(session, viewer, head, typed))
    confidential.add(session, viewer, linked, linked.reference)
    return head.saved("The other plan is noted.", "linked-plan", id=linked.id, version=1)


def change_linked_plan(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save the form of a plan kept elsewhere. Raises NotFound, Refused, ChangedElsewhere."""
    linked = confidential.found(session, viewer, LinkedPlan, typed.id("linked_plan"))
    head = require_plan(session, viewer, linked.plan_id, Writes.SUPPORT)
    values = _linked_values(session, viewer, head, typed)
    confidential.change(session, viewer, linked, typed.version(), values)
    return head.saved("The other plan is saved.", "linked-plan", id=linked.id, version=linked.version)


def _help(session: Session, viewer: Viewer, typed: Typed, *writes: Writes) -> tuple[ExternalHelp, PlanHead]:
    helping = confidential.found(session, viewer, ExternalHelp, typed.id("help"))
    return helping, require_plan(session, viewer, helping.plan_id, *writes)


def _help_saved(head: PlanHead, helping: ExternalHelp, sentence: str) -> Saved:
    return head.saved(sentence, "external-help", id=helping.id, version=helping.version)


def _help_values(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    return {
        "what": typed.line("what", required="Please say what the help is."),
        "agency": typed.line("agency", required="Please say who gives it."),
        "contact_name": typed.line("contact_name"),
        "contact": typed.line("contact"),
        **confidential.span_in_plan(head, viewer, typed),
        "confidentiality": confidential.level_typed(session, viewer, head.id, typed),
    }


def _consent(viewer: Viewer, typed: Typed, by: str, *, needed: bool) -> dict[str, Any]:
    """The day on which consent was given and by whom: both, or neither where none is needed yet."""
    day = typed.day("consent_on", required="Please choose the day on which consent was given." * needed)
    if day and day > viewer.today:
        raise Refused("That day is still to come. Please record consent once it is given.", "consent_on")
    if day and not by:
        raise Refused("Please say who gave consent.", "consent_by")
    if by and not day:
        raise Refused("Please choose the day on which consent was given.", "consent_on")
    return {"consent_on": day, "consent_by": by, "withdrawn_on": None}


def _linked_values(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    kind = typed.choice("kind", LinkedPlanKind, required="Please choose what kind of plan it is.")
    level = confidential.level_typed(session, viewer, head.id, typed)
    if kind == LinkedPlanKind.SAFEGUARDING and level < confidential.HIGHEST:
        raise Refused(
            "That there is a safeguarding record is itself for the fewest people. Please choose level 4, or"
            " ask learning support to add it.",
            "confidentiality",
        )
    return {
        "kind": kind,
        "reference": typed.line(
            "reference", required="Please say where it is kept.", longest=LONGEST_REFERENCE
        ),
        "whom_to_ask": typed.line("whom_to_ask", required="Please say whom to ask about it."),
        "ended_on": typed.day("ended_on"),
        "confidentiality": level,
    }
