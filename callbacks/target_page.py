"""`/target/<id>`: everything about one target, and `/evidence/<id>`, a file of its evidence."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, State, no_update
from flask import Flask, Response, abort
from sqlalchemy.orm import Session

from callbacks import plan_page, policy, request
from callbacks.writing import Writer
from components import ids, shell
from components.drawing import drawing_output
from components.target_page import TARGET_PAGE, Advice, markup, proposal_page, target_page
from data import evidence, negotiations, stuck, target_criteria, target_links, target_steps
from data import target_page as pages
from data.errors import NotFound
from data.form_values import Typed
from data.models import Writes
from data.plan_head import head_of_learner
from data.saved import Saved
from data.scope import Viewer
from data.stored_files import FileStore
from data.target_detail import lane_choices
from data.target_page import TargetPage

ANYONE_OF_THE_PLAN = (Writes.PLANS, Writes.OWN_NOTES)


@request.page
def page(target_id: Any = None, **_query: Any) -> Any:
    """The target's page, in the frame of its plan."""
    with request.looking() as (session, viewer):
        found = read(session, viewer, target_id)
        active = "/" if found.head.own else ""
        return shell.page(
            request.frame(viewer), found.target.title, target_page(found, advice(viewer)), active=active
        )


@request.page
def propose(learner_id: Any = None, plan: Any = None, **_query: Any) -> Any:
    """The form that proposes a target to the other side, for the plan asked for, else the current one."""
    with request.looking() as (session, viewer):
        head = head_of_learner(session, viewer, *plan_page.asked(learner_id, plan))
        lanes = tuple(lane_choices(session, viewer))
        content = proposal_page(head, lanes, advice(viewer))
        return shell.page(request.frame(viewer), "Propose a target", content, active="/" if head.own else "")


@policy.reads
def follow_save(saved: Any, shown: Any) -> Any:
    """After a save: the page's drawing, from the database."""
    if not isinstance(saved, dict) or not isinstance(shown, dict):
        return no_update
    with request.looking() as (session, viewer):
        return markup(read(session, viewer, shown.get("target")), advice(viewer))


def read(session: Session, viewer: Viewer, target_id: Any) -> TargetPage:
    """The page of an id as it came with a request."""
    return pages.read(session, viewer, request.whole_number(target_id))


def advice(viewer: Viewer) -> Advice:
    chosen = request.settings()
    return Advice(chosen.wording_help, chosen.largest_file_mb, viewer.today)


def evidence_file(evidence_id: str) -> Response:
    """A file of evidence, to keep and never to show: whatever is in it, no browser runs it as ours."""
    try:
        with request.looking() as (session, viewer):
            found = evidence.file_of(session, viewer, request.whole_number(evidence_id))
            content = store().read(found.stored_name)
    except NotFound:
        abort(404)
    answer = Response(content, content_type=found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    return answer


def store() -> FileStore:
    chosen = request.settings()
    return FileStore(chosen.evidence_folder, chosen.largest_file_mb)


def add_evidence(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    return evidence.add(session, viewer, typed, store())


def remove_evidence(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    return evidence.remove(session, viewer, typed, store())


def achieve(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    return evidence.achieve(session, viewer, typed, store())


WRITERS = {
    "target-propose": Writer.of(negotiations.propose, *ANYONE_OF_THE_PLAN),
    "target-amend": Writer.of(negotiations.amend, *ANYONE_OF_THE_PLAN),
    "target-agree": Writer.of(negotiations.agree, *ANYONE_OF_THE_PLAN),
    "target-decline": Writer.of(negotiations.decline, *ANYONE_OF_THE_PLAN),
    "criterion-judge": Writer.of(target_criteria.judge, *ANYONE_OF_THE_PLAN),
    "criterion-confirm": Writer.of(target_criteria.confirm, Writes.PLANS),
    "step-add": Writer.of(target_steps.add, *ANYONE_OF_THE_PLAN),
    "step-change": Writer.of(target_steps.change, *ANYONE_OF_THE_PLAN),
    "step-move": Writer.of(target_steps.move, *ANYONE_OF_THE_PLAN),
    "step-remove": Writer.of(target_steps.remove, *ANYONE_OF_THE_PLAN),
    "evidence-add": Writer.of(add_evidence, *ANYONE_OF_THE_PLAN),
    "evidence-remove": Writer.of(remove_evidence, *ANYONE_OF_THE_PLAN),
    "link-add": Writer.of(target_links.add, *ANYONE_OF_THE_PLAN),
    "link-remove": Writer.of(target_links.remove, *ANYONE_OF_THE_PLAN),
    "stuck-say": Writer.of(stuck.say, *ANYONE_OF_THE_PLAN),
    "stuck-answer": Writer.of(stuck.answer, *ANYONE_OF_THE_PLAN),
    "target-achieve": Writer.of(achieve, Writes.PLANS),
}


def register(app: Dash) -> None:
    app.callback(
        drawing_output(TARGET_PAGE),
        Input(ids.SAVED, "data"),
        State(ids.TARGET_ON_PAGE, "data"),
        prevent_initial_call=True,
    )(follow_save)
    register_files(app.server)


def register_files(server: Flask) -> None:
    server.add_url_rule("/evidence/<evidence_id>", "evidence_file", evidence_file, methods=["GET"])
