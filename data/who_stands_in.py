"""Who stands in for whom, as those are told whom it concerns: a plan's people, and the two tutors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from data.models import Cohort, Enrolment, Person, StandIn, StandInKind
from data.scope import Viewer, enrolments_seen_by
from data.tutoring import stands

NEWS_FOR = timedelta(weeks=4)
"""So long a handover is told to the two tutors."""


@dataclass(frozen=True, slots=True)
class StandsIn:
    """Who stands in for whom, now or later; `cohort` where it isn't clear from the page."""

    kind: StandInKind
    tutor: str
    person: str
    from_on: date
    until_on: date | None
    cohort: str = ""


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> list[StandsIn]:
    """Who stands in for whom with a plan, today and later, by the first day; nothing out of scope."""
    row, tutor, person = aliased(StandIn), aliased(Person), aliased(Person)
    on = case((row.from_on > viewer.today, row.from_on), else_=viewer.today)
    return [
        StandsIn(StandInKind(kind), away, stands_in, from_on, until_on)
        for kind, away, stands_in, from_on, until_on in session.execute(
            select(row.kind, tutor.name, person.name, row.from_on, row.until_on)
            .select_from(Enrolment)
            .join(row, row.cohort_id == Enrolment.cohort_id)
            .join(tutor, tutor.id == row.tutor_id)
            .join(person, person.id == row.person_id)
            .where(Enrolment.id == plan_id, enrolments_seen_by(viewer), stands(row, on))
            .order_by(row.from_on, row.id)
        )
    ]


def of_viewer(session: Session, viewer: Viewer) -> list[StandsIn]:
    """Whom the viewer stands in for and who for the viewer: what runs, what comes, and handovers of the last
    weeks. Cover isn't told once whom it covers has no learner of it any more."""
    row, tutor, person = aliased(StandIn), aliased(Person), aliased(Person)
    on = case((row.from_on > viewer.today, row.from_on), else_=viewer.today)
    covers_somebody = exists().where(Enrolment.cohort_id == row.cohort_id, stands(row, on)).correlate(row)
    return [
        StandsIn(StandInKind(kind), away, stands_in, from_on, until_on, cohort)
        for kind, away, stands_in, from_on, until_on, cohort in session.execute(
            select(row.kind, tutor.name, person.name, row.from_on, row.until_on, Cohort.code)
            .join(Cohort, Cohort.id == row.cohort_id)
            .join(tutor, tutor.id == row.tutor_id)
            .join(person, person.id == row.person_id)
            .where(
                or_(row.tutor_id == viewer.person_id, row.person_id == viewer.person_id),
                person.organisation_id == viewer.organisation_id,
                or_(row.until_on.is_(None), row.until_on >= viewer.today),
                case(
                    (row.kind == StandInKind.COVER, covers_somebody),
                    else_=row.from_on > viewer.today - NEWS_FOR,
                ),
            )
            .order_by(row.from_on, row.id)
        )
    ]
