"""The reviews of a plan with what was prepared for them, as the learner's copy of the plan has them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import review_sheet
from data.models import (
    Enrolment,
    FormPart,
    Going,
    Party,
    Person,
    ReviewForm,
    ReviewLine,
    ReviewSignature,
    SelfEvaluation,
)
from data.review_sheet import Action, Decision, Note, Part
from data.scope import Viewer, enrolments_seen_by


@dataclass(frozen=True, slots=True)
class CopiedSignature:
    party: Party
    name: str
    at: datetime
    in_person: bool


@dataclass(frozen=True, slots=True)
class CopiedReview:
    """A review that was held. Where it was held with its form: what was decided of which targets, who does
    what by when, the learner's words (`said`), the tutor's judgement, why the next one was due when."""

    held_on: date
    kind: str
    by: str
    note: str
    outcome: str
    of_group: bool
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]
    said: str
    judgement: Part
    next_why: str
    unsigned: tuple[Party, ...]
    signatures: tuple[CopiedSignature, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class CopiedView:
    """How somebody saw it before a review: the learner, with what they wanted to talk about, or (`by`) who
    teaches or supports them, with a line."""

    written_on: date
    going: Going
    said: str
    by: str = ""


def reviews_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[CopiedReview, ...]:
    """The plan's reviews in seven queries, the newest first; none where the viewer doesn't see it."""
    here = ZoneInfo(viewer.time_zone)
    lines = review_sheet.review_lines(session, viewer, plan_id)
    review_ids = [line.id for line in lines]
    form_ids = [line.form_id for line in lines if line.form_id]
    decisions = review_sheet.decisions_of(session, form_ids)
    actions = review_sheet.actions_of(session, form_ids)
    parts = review_sheet.parts_of(session, form_ids)
    notes = review_sheet.notes_of(session, review_ids, here)
    signatures = _signatures(session, review_ids, here)
    why = dict(
        session.execute(select(ReviewForm.id, ReviewForm.next_why).where(ReviewForm.id.in_(form_ids))).all()
    )
    found = []
    for line in lines:
        form_id = line.form_id or 0
        of_form = parts.get(form_id, {})
        found.append(
            CopiedReview(
                held_on=line.held_on,
                kind=line.kind,
                by=line.by,
                note=line.note,
                outcome=line.outcome,
                of_group=line.of_group,
                decisions=tuple(decisions.get(form_id, ())),
                actions=tuple(actions.get(form_id, ())),
                said=of_form.get(FormPart.LEARNER, Part()).said,
                judgement=of_form.get(FormPart.JUDGEMENT, Part()),
                next_why=why.get(form_id, ""),
                unsigned=line.unsigned,
                signatures=tuple(signatures.get(line.id, ())),
                notes=tuple(notes.get(line.id, ())),
            )
        )
    return tuple(found)


def own_views_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[CopiedView, ...]:
    """How the learner saw it before each review, the newest first."""
    rows = session.scalars(
        select(SelfEvaluation)
        .join(Enrolment, Enrolment.id == SelfEvaluation.plan_id)
        .where(SelfEvaluation.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(SelfEvaluation.written_on.desc(), SelfEvaluation.id.desc())
    )
    return tuple(CopiedView(one.written_on, Going(one.going), one.talk_about) for one in rows)


def lines_on(session: Session, viewer: Viewer, plan_id: int) -> tuple[CopiedView, ...]:
    """The lines of those who teach or support the learner, the newest first."""
    rows = session.execute(
        select(ReviewLine, Person.name)
        .join(Enrolment, Enrolment.id == ReviewLine.plan_id)
        .outerjoin(Person, Person.id == ReviewLine.by_id)
        .where(ReviewLine.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(ReviewLine.written_on.desc(), ReviewLine.id.desc())
    )
    return tuple(CopiedView(one.written_on, Going(one.going), one.said, by or "") for one, by in rows)


def _signatures(session: Session, review_ids: list[int], here: ZoneInfo) -> dict[int, list[CopiedSignature]]:
    found: dict[int, list[CopiedSignature]] = defaultdict(list)
    for one in session.scalars(
        select(ReviewSignature).where(ReviewSignature.review_id.in_(review_ids)).order_by(ReviewSignature.id)
    ):
        found[one.review_id].append(
            CopiedSignature(Party(one.party), one.name, one.signed_at.astimezone(here), one.in_person)
        )
    return found
