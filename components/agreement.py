"""The contract: who agreed to the plan, what has changed since, and where to agree."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import html

from components import words
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from data.agreements import Contract, MaterialChange, Signature, Standing
from data.models import Party
from data.rules import TargetStatus

AGREEMENT = "agreement"
PARTIES = {
    Party.LEARNER: "learner",
    Party.TUTOR: "tutor",
    Party.EMPLOYER: "employer",
    Party.PARENT: "parent or carer",
    Party.AGENCY: "agency",
}
FIELDS = {
    "criteria": "how everyone will see that it is achieved",
    "lane_id": "its lane",
    "resources": "its resources",
    "where_and_how": "where and how it is done",
    "priority": "its priority",
    "support_and_guidance": "its support and guidance",
}


def agreement_page(contract: Contract) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(
        contract.head,
        "agreement",
        [html.Div(drawing(AGREEMENT, agreement(contract), view="contract"), className="agreement-page")],
    )


def agreement(contract: Contract) -> str:
    """The page's one drawing."""
    return render(
        "agreement.html",
        contract=contract,
        own=contract.head.own,
        name=contract.head.learner_name,
        parties=PARTIES,
        signatures=[(signature, _stands(signature, contract)) for signature in contract.signatures],
        changes=[(change, change_words(change)) for change in contract.changes],
        plan=plan_address(contract.head),
    )


def agreement_notice(standing: Standing, *, own: bool, name: str, learner_id: int, plan_id: int) -> str:
    """For the top of the route: whose yes is waited for; empty where learner and tutor agreed."""
    if standing.whole:
        return ""
    return render(
        "agreement_notice.html",
        own=own,
        standing=standing,
        name=name,
        address=f"/learner/{learner_id}/agreement?plan={plan_id}",
    )


def change_words(change: MaterialChange) -> str:
    """One change as a sentence without its end."""
    about = f"“{change.about}”" if change.about else ""
    if change.field == "destination":
        return f"The destination is now “{change.new}”" if change.new else "The destination was taken out"
    if change.field == "created":
        return f"New target: {about}"
    if change.field == "title":
        return f"“{change.old}” is now called “{change.new}”"
    if change.field == "due_on":
        return _due(about, change)
    if change.field == "status":
        return _status(about, change)
    what = FIELDS.get(change.field, change.field.replace("_", " "))
    return f"{about}: {what} changed" if about else f"{what[0].upper()}{what[1:]} changed"


def _due(about: str, change: MaterialChange) -> str:
    if change.new is None:
        return f"{about} has no date any more"
    if change.old is None:
        return f"{about} is due {_day(change.new)}"
    return f"{about} is due {_day(change.new)}, no longer {_day(change.old)}"


def _day(text: str) -> str:
    return words.day(date.fromisoformat(text))


def _status(about: str, change: MaterialChange) -> str:
    if change.new == TargetStatus.WITHDRAWN:
        return f"{about} was withdrawn"
    if change.old == TargetStatus.PROPOSED:
        return f"{about} was proposed, and is now part of the plan"
    return f"{about} was taken up again"


def _stands(signature: Signature, contract: Contract) -> tuple[str, str, str]:
    """(state for its colour, icon, words)."""
    if signature.missing:
        return "to-come", "circle", "The plan names nobody yet: add them on the page of its people"
    if signature.agreed_on is None:
        return "to-come", "circle", "Not agreed yet"
    how = f" in person, recorded by {signature.written_down_by}" if signature.written_down_by else ""
    day = words.day(signature.agreed_on)
    if signature.current:
        return "achieved", "check-circle-fill", f"Agreed {day}{how}"
    return "due-soon", "arrow-repeat", f"Agreed {day}{how}, before the plan changed"
