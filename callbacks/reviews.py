"""`/reviews`, and `/learner/<id>/pack` with the forms that prepare a review."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, no_update
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids, shell
from components import my_reviews as list_page
from components import review_pack as pack_of
from components.drawing import drawing_output
from components.starting_point import no_plan
from data import class_sheet, my_reviews, preparation, prompts, review_lines, review_pack
from data.errors import NotFound
from data.models import Reach
from data.own_words import RIGHTS as OWN_WORDS
from data.own_words import may_write_own_words
from data.plan_head import PlanHead, head_of_learner
from data.scope import Viewer

WRITERS = {
    preparation.SELF_EVALUATION: Writer.of(preparation.save, *OWN_WORDS),
    prompts.ANSWERS: Writer.of(prompts.save_answers, *OWN_WORDS),
    "review-line": Writer.of(review_lines.save),
}


@request.page
def page(**_query: Any) -> Any:
    """The reviews of a tutor's caseload, and the lines that one is asked for."""
    with request.looking() as (session, viewer):
        tutors, asked = viewer.reaches(Reach.CASELOAD), review_lines.is_asked(viewer)
        if not (tutors or asked):
            raise NotFound
        content = list_page.reviews_page(
            my_reviews.read(session, viewer),
            review_lines.due(session, viewer),
            class_sheet.groups_of(session, viewer),
            tutors=tutors,
            asked=asked,
        )
        return shell.page(request.frame(viewer), "My reviews", content, active="/reviews")


@request.page
def pack(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The pack for the next review of the plan asked for, else of the current one."""
    with request.looking() as (session, viewer):
        head = head_of_learner(session, viewer, *plan_page.asked(learner_id, plan))
        content = (
            pack_of.pack_page(head, review_pack.read(session, viewer, head.id), **_may(session, viewer, head))
            if head.written
            else pack_of.without_plan(head, no_plan(head))
        )
        return plan_page.framed(viewer, head, "pack", content)


@plan_page.redrawn
@policy.reads
def follow_save(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None) -> tuple[str, str]:
    """After a save on the pack's page: the forms and the pack, from the database."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    found = review_pack.read(session, viewer, head.id)
    forms = pack_of.prepare(head, found, **_may(session, viewer, head))
    return forms, pack_of.review_pack(found, own=head.own)


@policy.reads
def follow_line(saved: Any) -> Any:
    """After a line was saved on the page of reviews: the list of lines."""
    if not isinstance(saved, dict):
        return no_update
    with request.looking() as (session, viewer):
        return list_page.review_lines(
            review_lines.due(session, viewer), class_sheet.groups_of(session, viewer)
        )


def _may(session: Session, viewer: Viewer, head: PlanHead) -> dict[str, Any]:
    """What the viewer may write for the review."""
    may_prepare = may_write_own_words(head)
    return {
        "own_line": review_lines.of_plan(session, viewer, head.id),
        "may_add_line": review_lines.may_write(session, viewer, head.id),
        "may_prepare": may_prepare,
        "asked": prompts.to_prepare(session, viewer, head) if may_prepare else (),
    }


def register(app: Dash) -> None:
    plan_page.redraw(app, follow_save, pack_of.PREPARE, pack_of.PACK)
    app.callback(
        drawing_output(list_page.LINES),
        Input(ids.SAVED, "data"),
        prevent_initial_call=True,
    )(follow_line)
