"""The page of the destination: the long route, the goal, ways on with their check, the exit."""

from __future__ import annotations

from typing import Any

from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.starting_point import given_name, no_plan
from data.destination import Destination
from data.long_route import Leg
from data.models import EndReason, Met, ProgressionKind

DESTINATION = "destination"

KINDS = {
    ProgressionKind.NEXT_LEVEL: "Next level",
    ProgressionKind.HIGHER_EDUCATION: "Higher education",
    ProgressionKind.APPRENTICESHIP: "Apprenticeship",
    ProgressionKind.EMPLOYMENT: "Employment",
    ProgressionKind.OTHER: "Something else",
}
REASONS = {
    EndReason.COMPLETED: "Completed",
    EndReason.WITHDREW: "Withdrew",
    EndReason.TRANSFERRED: "Transferred",
}
MET = {
    # word, the state whose colours it has, icon
    Met.MET: ("There", "achieved", "check-circle-fill"),
    Met.ON_THE_WAY: ("On the way", "in-progress", "circle-half"),
    Met.NOT_YET: ("Not yet", "to-come", "circle"),
}


def destination_page(place: Destination) -> list[Any]:
    """All that stands in the main part of the page."""
    content = (
        drawing(DESTINATION, destination(place), view="destination")
        if place.head.written
        else no_plan(place.head)
    )
    return plan_frame(place.head, "destination", [content])


def destination(place: Destination) -> str:
    head = place.head
    running = [leg.id for leg in place.route if not leg.ended and leg.starts_on <= place.today]
    return render(
        "destination.html",
        place=place,
        own=head.own,
        given=given_name(head),
        current=running[-1] if running else None,
        motorway=next((one for one in place.options if one.first_choice), None) if _is_last(place) else None,
        next_leg=next((leg for leg in place.route if leg.id == place.next_id), None),
        kinds=[(kind.value, label) for kind, label in KINDS.items()],
        kind_words={kind.value: label for kind, label in KINDS.items()},
        reasons=[(reason.value, label) for reason, label in REASONS.items()],
        reason_words={reason.value: label for reason, label in REASONS.items()},
        met_choices=[(met.value, word) for met, (word, _, _) in MET.items()],
        met_words={met.value: word for met, (word, _, _) in MET.items()},
        met_states={met.value: state for met, (_, state, _) in MET.items()},
        met_icons={met.value: icon for met, (_, _, icon) in MET.items()},
        targets=[(one.id, one.label) for one in place.targets],
        earlier=[_as_choice(leg) for leg in place.earlier],
        later=[_as_choice(leg) for leg in place.later if leg.may_write],
        leg_address=lambda plan_id: f"/learner/{head.learner_id}/destination?plan={plan_id}",
        target_address=lambda target_id: f"{plan_address(head)}&target={target_id}",
    )


def _is_last(place: Destination) -> bool:
    """Whether no plan of the learner continues the one on show yet."""
    return place.next_id is None


def _as_choice(leg: Leg) -> tuple[int, str]:
    return leg.id, f"{leg.code}, {leg.title}, from {leg.starts_on.year}"
