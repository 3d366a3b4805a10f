"""The open cases that somebody leads or works on, what is due first first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from data.cases import ActionLine, actions_of, cases_read_by, is_open
from data.models import Case, CasePerson, Cohort, Enrolment, Learner, Person, Reach, Writes
from data.scope import Viewer


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case in a list; `next_action` is the one due first."""

    id: int
    learner_id: int
    plan_id: int
    learner: str
    cohort: str
    about: str
    confidentiality: int
    lead: str
    opened_on: date
    yours: bool
    next_action: ActionLine | None
    actions_open: int


def keeps_support(viewer: Viewer) -> bool:
    """Whether the viewer looks after support across the college, and so after every open case."""
    return any(grant.writes == Writes.SUPPORT for grant in viewer.grants)


def leads_cases(viewer: Viewer) -> bool:
    """Whether cases are part of the viewer's work: of who changes support, or plans nearer than a whole
    college's."""
    near = (Reach.DEPARTMENT, Reach.CASELOAD)
    return keeps_support(viewer) or any(
        grant.writes == Writes.PLANS and grant.reach in near for grant in viewer.grants
    )


def open_cases(session: Session, viewer: Viewer) -> tuple[OpenCase, ...]:
    """The open cases that the viewer leads or works on, and for who keeps support every one that they read:
    what is due first first, in two queries."""
    on_it = exists().where(
        CasePerson.case_id == Case.id,
        CasePerson.person_id == viewer.person_id,
        CasePerson.left_on.is_(None),
    )
    yours = or_(Case.lead_id == viewer.person_id, on_it.correlate(Case))
    rows = session.execute(
        select(Case, Learner, Cohort.code, Person.name, yours.label("yours"))
        .join(Enrolment, Enrolment.id == Case.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Person, Person.id == Case.lead_id)
        .where(
            cases_read_by(viewer),
            is_open(),
            Learner.person_id.is_(None) | (Learner.person_id != viewer.person_id),
            *([] if keeps_support(viewer) else [yours]),
        )
        .order_by(Case.opened_on, Case.id)
    ).all()
    actions = actions_of(session, [case.id for case, *_ in rows], viewer.clock_day)
    found = []
    for case, learner, code, lead, mine in rows:
        waiting = [one for one in actions[case.id] if one.done_on is None]
        found.append(
            OpenCase(
                case.id,
                learner.id,
                case.plan_id,
                f"{learner.given_name} {learner.family_name}",
                code,
                case.about,
                case.confidentiality,
                lead,
                case.opened_on,
                bool(mine),
                waiting[0] if waiting else None,
                len(waiting),
            )
        )
    return tuple(sorted(found, key=_due_first))


def _due_first(one: OpenCase) -> tuple[bool, date, int]:
    return one.next_action is None, one.next_action.due_on if one.next_action else one.opened_on, one.id
