"""`/learner/<id>/start`: the starting point and the individual balance."""

from __future__ import annotations

from typing import Any

from dash import Dash
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components.starting_point import DRAWINGS, drawn, starting_point_page
from data import balance, starting_point
from data.balance import IndividualBalance
from data.models import Writes
from data.own_words import RIGHTS as OWN_WORDS
from data.scope import Viewer
from data.starting_point import StartingPoint

WRITERS = {
    "starting-summary": Writer.of(starting_point.save_summary, Writes.PLANS),
    "attainment": Writer.of(starting_point.save_attainment, Writes.PLANS),
    "assessment": Writer.of(starting_point.save_assessment, Writes.PLANS),
    "need-target": Writer.of(starting_point.add_target_for_need, Writes.PLANS),
    "own-words": Writer.of(starting_point.save_own_words, *OWN_WORDS),
    "balance": Writer.of(balance.save_own_balance, *OWN_WORDS),
    "tutors-balance": Writer.of(balance.save_tutors_balance, Writes.PLANS),
    "skill": Writer.of(balance.save_skill, Writes.PLANS),
}


@request.page
def page(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The starting point of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        start, skills = _read(session, viewer, *plan_page.asked(learner_id, plan))
        return plan_page.framed(viewer, start.head, "start", starting_point_page(start, skills))


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> tuple[str, str]:
    """After a save: both drawings, from the database."""
    return drawn(*_read(session, viewer, learner_id, plan_id))


def _read(
    session: Session, viewer: Viewer, learner_id: int, plan_id: int | None
) -> tuple[StartingPoint, IndividualBalance]:
    return (
        starting_point.read(session, viewer, learner_id, plan_id),
        balance.read(session, viewer, learner_id, plan_id),
    )


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, *DRAWINGS)
