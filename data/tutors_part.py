"""What of a review that is being held is for who holds it only: read when they ask for it, by nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import prompts, review_pack
from data.errors import NotFound
from data.models import Audience
from data.pack_parts import Line, PackSupport
from data.prompts import PromptLine
from data.questions import Question
from data.review_forms import form_seen
from data.scope import Viewer


@dataclass(frozen=True, slots=True)
class TutorsPart:
    prompts: tuple[PromptLine, ...]
    questions: tuple[Question, ...]
    supports: tuple[PackSupport, ...]
    lines: tuple[Line, ...]


def read(session: Session, viewer: Viewer, form_id: int) -> TutorsPart:
    """NotFound for everyone but who decides in the review, and once it is completed."""
    form, head = form_seen(session, viewer, form_id)
    if form.completed_at is not None or head.own or not head.may_write_plan:
        raise NotFound
    pack = review_pack.read(session, viewer, head.id)
    asked = prompts.of_kind(session, viewer, head, form.kind_id)
    return TutorsPart(
        tuple(one for one in asked if one.audience == Audience.TUTOR),
        pack.questions,
        pack.supports,
        pack.lines,
    )
