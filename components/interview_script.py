"""The interview script of one review on A4, with space to write; the tutor's part on a sheet of its own."""

from __future__ import annotations

from components.drawing import render
from components.plan_frame import plan_address
from data.models import Audience
from data.prompts import InterviewScript


def interview_script(script: InterviewScript) -> str:
    """The whole plain page. A learner's has no tutor's part, as their script holds none."""
    return render(
        "interview_script.html",
        title=f"{script.kind.name}, {script.head.learner_name}",
        script=script,
        own=script.head.own,
        mine=script.for_whom(Audience.LEARNER),
        both=script.for_whom(Audience.BOTH),
        tutors=script.for_whom(Audience.TUTOR),
        back=plan_address(script.head, "pack"),
        here=f"/learner/{script.head.learner_id}/script",
    )
