"""What the learner and those who teach or support them said since the last review, for many packs at once.

The plans have been found to be in the viewer's scope.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from data.models import (
    Change,
    Enrolment,
    Learner,
    Person,
    PromptAnswer,
    Reflection,
    ReviewLine,
    SelfEvaluation,
    Stuck,
    Target,
    TeachingGroup,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)
from data.pack_parts import ANSWER, Line, Rows, Said, SelfView, Since, day_of, earliest
from data.reflections import COMMENT, ReflectionLine
from data.scope import Viewer


def read_words(session: Session, viewer: Viewer, since: Since, rows: Rows) -> None:
    said: dict[int, list[Said]] = defaultdict(list)
    _read_reflections(session, since, rows)
    _read_comments(session, viewer, since, said)
    _read_stuck(session, viewer, since, rows, said)
    _read_answers(session, since, said)
    _read_self_views(session, since, rows)
    for plan_id, heard_on in _heard_on(session, viewer, since).items():
        rows.of(plan_id).heard_on = heard_on
    for plan_id in since:
        own = rows.of(plan_id)
        prompts = [
            Said(one.written_on, prompt, text)
            for one in own.reflections[1:]
            for prompt in ("learned", "went_well", "went_less_well", "use_again")
            if (text := getattr(one, prompt))
        ]
        own.said = tuple(sorted((*said[plan_id], *prompts), key=lambda one: one.on, reverse=True))


def _read_reflections(session: Session, since: Since, rows: Rows) -> None:
    """Those written since and not for a review that was held, newest first."""
    for row in session.execute(
        select(
            Reflection.plan_id,
            Reflection.id,
            Reflection.written_on,
            Reflection.learned,
            Reflection.went_well,
            Reflection.went_less_well,
            Reflection.use_again,
            Reflection.version,
        )
        .where(
            Reflection.plan_id.in_(since),
            Reflection.review_id.is_(None),
            Reflection.written_on > min(since.values()),
        )
        .order_by(Reflection.written_on.desc(), Reflection.id.desc())
    ):
        if row.written_on > since[row.plan_id]:
            line = ReflectionLine(
                row.id,
                row.written_on,
                row.learned,
                row.went_well,
                row.went_less_well,
                row.use_again,
                None,
                row.version,
            )
            rows.of(row.plan_id).reflections.append(line)


def _read_comments(session: Session, viewer: Viewer, since: Since, said: dict[int, list[Said]]) -> None:
    for row in session.execute(
        select(Change.plan_id, Change.at, Change.new, Target.title)
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .outerjoin(Target, Target.id == Change.target_id)
        .where(
            Change.plan_id.in_(since),
            Change.field == COMMENT,
            Change.by_id == Learner.person_id,
            Change.at >= earliest(since),
        )
        .order_by(Change.id.desc())
    ):
        on = day_of(row.at, viewer)
        if on > since[row.plan_id]:
            said[row.plan_id].append(Said(on, COMMENT, row.new or "", row.title or ""))


def _read_stuck(
    session: Session, viewer: Viewer, since: Since, rows: Rows, said: dict[int, list[Said]]
) -> None:
    for row in session.execute(
        select(Target.plan_id, Target.title, Stuck.said, Stuck.said_at, Stuck.answered_on)
        .join(Target, Target.id == Stuck.target_id)
        .where(
            Target.plan_id.in_(since),
            or_(Stuck.answered_on.is_(None), Stuck.said_at >= earliest(since)),
        )
        .order_by(Stuck.said_at)
    ):
        on = day_of(row.said_at, viewer)
        if row.answered_on is None:
            rows.of(row.plan_id).stuck_on += (row.title,)
        if on > since[row.plan_id] or row.answered_on is None:
            said[row.plan_id].append(Said(on, "stuck", row.said, row.title))


def _read_self_views(session: Session, since: Since, rows: Rows) -> None:
    for row in session.execute(
        select(SelfEvaluation)
        .where(SelfEvaluation.plan_id.in_(since), SelfEvaluation.written_on > min(since.values()))
        .order_by(SelfEvaluation.written_on, SelfEvaluation.id)
    ).scalars():
        if row.written_on > since[row.plan_id]:
            view = SelfView(row.id, row.written_on, row.going, row.talk_about, row.version)
            rows.of(row.plan_id).self_view = view


def _read_answers(session: Session, since: Since, said: dict[int, list[Said]]) -> None:
    for plan_id, written_on, asked, text in session.execute(
        select(PromptAnswer.plan_id, PromptAnswer.written_on, PromptAnswer.asked, PromptAnswer.said)
        .where(
            PromptAnswer.plan_id.in_(since),
            PromptAnswer.written_on > min(since.values()),
            PromptAnswer.said != "",
        )
        .order_by(PromptAnswer.id)
    ):
        if written_on > since[plan_id]:
            said[plan_id].append(Said(written_on, ANSWER, text, asked=asked))


def _heard_on(session: Session, viewer: Viewer, since: Since) -> dict[int, date]:
    """{plan id: when the learner last wrote, ticked or said something}; without those who never did."""
    found: dict[int, date] = {
        plan_id: day_of(at, viewer)
        for plan_id, at in session.execute(
            select(Change.plan_id, func.max(Change.at))
            .join(Enrolment, Enrolment.id == Change.plan_id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .where(Change.plan_id.in_(since), Change.by_id == Learner.person_id)
            .group_by(Change.plan_id)
        )
    }
    for plan_id, written_on in session.execute(
        select(Reflection.plan_id, func.max(Reflection.written_on))
        .where(Reflection.plan_id.in_(since))
        .group_by(Reflection.plan_id)
    ):
        found[plan_id] = max(found.get(plan_id, written_on), written_on)
    return found


def read_lines(session: Session, since: Since, rows: Rows) -> None:
    found: dict[int, list[Line]] = defaultdict(list)
    row: Row[*tuple[Any, ...]]
    for row in session.execute(
        select(
            ReviewLine.plan_id,
            ReviewLine.written_on,
            Person.name,
            _subject().label("subject"),
            ReviewLine.going,
            ReviewLine.said,
        )
        .join(Enrolment, Enrolment.id == ReviewLine.plan_id)
        .outerjoin(Person, Person.id == ReviewLine.by_id)
        .where(ReviewLine.plan_id.in_(since), ReviewLine.written_on > min(since.values()))
        .order_by(ReviewLine.written_on.desc(), ReviewLine.id.desc())
    ):
        if row.written_on > since[row.plan_id]:
            line = Line(row.written_on, row.name or "", row.subject or "", row.going, row.said)
            found[row.plan_id].append(line)
    for plan_id, some in found.items():
        rows.of(plan_id).lines = tuple(some)


def _subject() -> Any:
    """The subject in which the line's author teaches its learner, if in any."""
    return (
        select(func.min(TeachingGroup.subject))
        .join(TeachingGroupTeacher, TeachingGroupTeacher.group_id == TeachingGroup.id)
        .join(TeachingGroupLearner, TeachingGroupLearner.group_id == TeachingGroup.id)
        .where(
            TeachingGroupTeacher.person_id == ReviewLine.by_id,
            TeachingGroupLearner.learner_id == Enrolment.learner_id,
        )
        .correlate(ReviewLine, Enrolment)
        .scalar_subquery()
    )
