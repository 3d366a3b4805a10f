"""Finding learners by name, and a person's own learner record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from data.models import Cohort, Enrolment, Learner
from data.scope import Viewer, enrolments_seen_by

SHORTEST_SEARCH = 2
MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class FoundLearner:
    id: int
    name: str
    cohorts: str


def find(session: Session, viewer: Viewer, text: str) -> list[FoundLearner]:
    """Learners in scope of whose given or family name each word typed is the beginning; eight at most."""
    words = text.split()[:4]
    if not words:
        return []
    rows = session.execute(
        select(
            Learner.id,
            Learner.given_name,
            Learner.family_name,
            func.min(Cohort.code),
            func.count(Cohort.id),
        )
        .join(Enrolment, Enrolment.learner_id == Learner.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Learner.organisation_id == viewer.organisation_id,
            and_(*(_begins(word) for word in words)),
            enrolments_seen_by(viewer),
        )
        .group_by(Learner.id, Learner.given_name, Learner.family_name)
        .order_by(Learner.family_name, Learner.given_name, Learner.id)
        .limit(MOST_FOUND)
    )
    return [
        FoundLearner(learner_id, f"{given} {family}", code if count == 1 else f"{code} and {count - 1} more")
        for learner_id, given, family, code, count in rows
    ]


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        Learner.given_name.istartswith(word, autoescape=True),
        Learner.family_name.istartswith(word, autoescape=True),
    )


def own_learner_id(session: Session, viewer: Viewer) -> int | None:
    """The learner that the viewer is, if any."""
    return session.scalar(
        select(Learner.id).where(
            Learner.person_id == viewer.person_id, Learner.organisation_id == viewer.organisation_id
        )
    )
