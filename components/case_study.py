"""The case-study sheet: a learner's plan so far on one side of A4, the college's headings on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.drawing import render
from components.plan_frame import plan_address
from components.programme_check import decided, state_sentence
from components.support_page import support_state
from data.case_study import CaseStudy
from data.models import Audience
from data.rules import TargetState

MOST = 5
"""Of each list on paper; the rest is counted."""
CLIPPED = 200
"""Characters of a text on paper."""
FOR_WHOM = {
    Audience.LEARNER: "the learner writes",
    Audience.TUTOR: "staff write",
    Audience.BOTH: "together",
}


def case_study(found: CaseStudy) -> str:
    """The whole plain page."""
    route = found.route
    return render(
        "case_study.html",
        title=f"Case-study sheet, {found.head.learner_name}",
        study=found,
        head=found.head,
        route=route,
        own=found.head.own,
        back=plan_address(found.head, "cases"),
        achieved=[one for one in reversed(route.targets) if one.state == TargetState.ACHIEVED],
        open_targets=[one for one in route.targets if one.state in _OPEN],
        counts=route.counts(),
        support_state=lambda support: support_state(support, found.today)[1],
        kept=kept,
        clipped=clipped,
        for_whom=FOR_WHOM,
        check_sentence=state_sentence(found.check),
        decided=decided,
    )


_OPEN = (TargetState.OVERDUE, TargetState.DUE_SOON, TargetState.IN_PROGRESS, TargetState.TO_COME)


def kept(some: Sequence[Any], most: int = MOST) -> tuple[Sequence[Any], int]:
    """What of a list stands on paper, and how many don't."""
    return some[:most], max(0, len(some) - most)


def clipped(text: str, longest: int = CLIPPED) -> str:
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"
