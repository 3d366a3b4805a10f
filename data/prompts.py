"""A college's own prompts: the interview script of each kind of review, and the headings of its case-study
sheet. What is for the tutor only is read by staff; learners answer theirs while they prepare a review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from data import kind_clocks, plan_rows, reviews
from data.errors import ChangedElsewhere, NotFound
from data.form_values import Typed
from data.models import Audience, Enrolment, Plan, Prompt, PromptAnswer, ReviewForm
from data.own_words import require_own_words
from data.plan_head import PlanHead, head_of_learner
from data.review_schedule import PROGRESS
from data.reviews import KindChoice
from data.rules import ReviewState
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

ANSWERS = "prompt-answers"
INITIAL = "initial"
LONGEST_ANSWER = 1000
OF_LEARNERS = (Audience.LEARNER, Audience.BOTH)
_ANSWER_FIELD = re.compile(r"answer-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class PromptLine:
    id: int
    kind_id: int | None
    asks: str
    guidance: str
    audience: Audience
    retired_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a learner answered since the last review; version 0 where they didn't yet."""

    prompt: PromptLine
    said: str = ""
    written_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer of any time, with the prompt as it was worded then."""

    written_on: date
    asked: str
    said: str


@dataclass(frozen=True, slots=True)
class InterviewScript:
    """The prompts of one kind of review for one plan, as far as the viewer's part goes; `answers` are the
    learner's to theirs."""

    head: PlanHead
    kind: KindChoice
    kinds: tuple[KindChoice, ...]
    today: date
    prompts: tuple[PromptLine, ...]
    answers: dict[int, Answer]

    def for_whom(self, audience: Audience | str) -> list[PromptLine]:
        return [one for one in self.prompts if one.audience == audience]


# --- reading ---------------------------------------------------------------------------------------------


def of_kind(session: Session, viewer: Viewer, head: PlanHead, kind_id: int | None) -> tuple[PromptLine, ...]:
    """The prompts in force of a kind of review (None: of the case-study sheet) that the viewer is shown for
    a plan: those for the tutor go to staff who may change the plan or its support."""
    found = of_college(session, viewer, Prompt.kind_id == kind_id, Prompt.retired_on.is_(None))
    staff = not head.own and (head.may_write_plan or head.may_write_support)
    return tuple(one for one in found if staff or one.audience in OF_LEARNERS)


def script(
    session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None, kind_id: int | None = None
) -> InterviewScript:
    """The interview script of a kind, else of the review that comes next; NotFound where the viewer sees no
    such plan or there is no such kind."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    kinds = tuple(reviews.kind_choices(session, viewer))
    wanted = kind_id or kind_to_prepare(session, viewer, head, kinds)
    kind = next((one for one in kinds if one.id == wanted), None)
    if kind is None:
        raise NotFound
    prompts = of_kind(session, viewer, head, kind.id)
    answers = {one.prompt.id: one for one in answers_to(session, viewer, head, prompts)}
    return InterviewScript(head, kind, kinds, viewer.today, prompts, answers)


def to_prepare(session: Session, viewer: Viewer, head: PlanHead) -> tuple[Answer, ...]:
    """What the learner is asked before the next review, with what they answered so far."""
    kind_id = kind_to_prepare(session, viewer, head, reviews.kind_choices(session, viewer))
    prompts = [one for one in of_kind(session, viewer, head, kind_id) if one.audience in OF_LEARNERS]
    return answers_to(session, viewer, head, prompts)


def kind_to_prepare(
    session: Session, viewer: Viewer, head: PlanHead, kinds: Sequence[KindChoice]
) -> int | None:
    """The kind of the review being held; else the initial one before the first review, then the one that is
    due first, a kind with a date of its own before progress."""
    row = session.execute(
        select(Enrolment.last_review_on, Enrolment.next_review_on, ReviewForm.kind_id)
        .outerjoin(ReviewForm, (ReviewForm.plan_id == Enrolment.id) & ReviewForm.completed_at.is_(None))
        .where(Enrolment.id == head.id)
        .order_by(ReviewForm.id.desc())
        .limit(1)
    ).one()
    if row.kind_id:
        return int(row.kind_id)
    by_key = {one.key: one.id for one in kinds}
    if row.last_review_on is None:
        return by_key.get(INITIAL)
    due = kind_clocks.of_plans(session, viewer, Enrolment.id == head.id).get(head.id, ())
    dated = [(one.due_on, 0, one.kind_id) for one in due if one.due_on and one.state != ReviewState.DONE]
    progress = by_key.get(PROGRESS)
    if row.next_review_on and progress:
        dated.append((row.next_review_on, 1, progress))
    return min(dated)[2] if dated else progress


def answers_of(session: Session, viewer: Viewer, plan_id: int) -> tuple[GivenAnswer, ...]:
    """All that the learner of a plan ever answered, newest first; none where the viewer doesn't see it."""
    rows = session.execute(
        select(PromptAnswer.written_on, PromptAnswer.asked, PromptAnswer.said)
        .join(Enrolment, Enrolment.id == PromptAnswer.plan_id)
        .where(PromptAnswer.plan_id == plan_id, PromptAnswer.said != "", enrolments_seen_by(viewer))
        .order_by(PromptAnswer.written_on.desc(), PromptAnswer.id)
    )
    return tuple(GivenAnswer(*row) for row in rows)


def answers_to(
    session: Session, viewer: Viewer, head: PlanHead, prompts: Iterable[PromptLine]
) -> tuple[Answer, ...]:
    """Each prompt that a learner answers, with the answer since the last review."""
    asked = [one for one in prompts if one.audience in OF_LEARNERS]
    given = _since_last_review(session, viewer, head.id, [one.id for one in asked])
    return tuple(
        Answer(one, row.said, row.written_on, row.version) if (row := given.get(one.id)) else Answer(one)
        for one in asked
    )


def _since_last_review(
    session: Session, viewer: Viewer, plan_id: int, prompt_ids: Sequence[int]
) -> dict[int, PromptAnswer]:
    """{prompt: its answer since the last review}; one given today stays to the end of the day of a review."""
    rows = session.scalars(
        select(PromptAnswer)
        .join(Enrolment, Enrolment.id == PromptAnswer.plan_id)
        .where(
            PromptAnswer.plan_id == plan_id,
            PromptAnswer.prompt_id.in_(prompt_ids),
            or_(
                Enrolment.last_review_on.is_(None),
                PromptAnswer.written_on > Enrolment.last_review_on,
                PromptAnswer.written_on == viewer.today,
            ),
        )
        .order_by(PromptAnswer.written_on, PromptAnswer.id)
    )
    return {row.prompt_id: row for row in rows}


def of_college(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[PromptLine]:
    """The prompts of the viewer's college that fit, in order."""
    rows: Iterable[Any] = session.scalars(
        select(Prompt)
        .where(Prompt.organisation_id == viewer.organisation_id, *where)
        .order_by(Prompt.position, Prompt.id)
    )
    return [
        PromptLine(
            row.id, row.kind_id, row.asks, row.guidance, Audience(row.audience), row.retired_on, row.version
        )
        for row in rows
    ]


# --- the learner answers ---------------------------------------------------------------------------------


def save_answers(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """What the learner answers before a review (`answer-<prompt>`), or what is written down for one without
    an account. `version` is the sum of the answers' versions. Raises NotFound, Refused, ChangedElsewhere."""
    head = require_own_words(session, viewer, typed.id("plan"))
    session.execute(select(Plan.id).where(Plan.id == head.id).with_for_update())
    sent = [int(match[1]) for name in typed.sent if (match := _ANSWER_FIELD.fullmatch(name))]
    asked = {one.id: one for one in of_college(session, viewer, Prompt.id.in_(sent))}
    if not sent or any(key not in asked or asked[key].audience == Audience.TUTOR for key in sent):
        raise NotFound
    stored = _since_last_review(session, viewer, head.id, sent)
    words = {key: typed.text(f"answer-{key}", longest=LONGEST_ANSWER) for key in sent}
    _check_version(stored, typed.version())
    for key, said in words.items():
        if row := stored.get(key):
            plan_rows.change(session, viewer, head.id, row, row.version, {"said": said})
        elif said:
            row = PromptAnswer(
                plan_id=head.id, prompt_id=key, written_on=viewer.today, asked=asked[key].asks, said=said
            )
            plan_rows.add(session, viewer, head.id, row, said)
    version = sum(row.version for row in _since_last_review(session, viewer, head.id, sent).values())
    return head.saved("Saved. Your answers stand in the review pack.", ANSWERS, version=version)


def _check_version(stored: dict[int, PromptAnswer], version: int) -> None:
    now = sum(row.version for row in stored.values())
    if now != version:
        raise ChangedElsewhere(now, {f"answer-{key}": row.said for key, row in stored.items()})
