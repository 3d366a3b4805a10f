"""The people around a plan: who at the college reads it, who else has to do with it, with whose consent, and
what guests wrote. Whether somebody may be shown a plan is decided in `rules_of_age`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from data import rules_of_age, who_stands_in
from data.models import (
    Access,
    Enrolment,
    GuestComment,
    GuestLook,
    Invitation,
    Learner,
    Person,
    PersonKind,
    PlanPerson,
    Reach,
    Role,
    RoleAssignment,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)
from data.plan_head import PlanHead, head_of_learner
from data.rules_of_age import Basis
from data.scope import Viewer
from data.tutoring import holds_on, tutored_by
from data.who_stands_in import StandsIn

LOOKS_SHOWN = 200
AnyRow = Row[*tuple[Any, ...]]
Look = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody at the college who reads the plan by their role. `writes` and `reads_confidentiality` are
    those of the role; `is_tutor`: reviews the plan."""

    name: str
    role: str
    writes: str
    reads_confidentiality: int
    is_tutor: bool


@dataclass(frozen=True, slots=True)
class LinkLine:
    """The newest link of somebody. `works` until the end of `expires_on`, unless it was revoked or what it
    rests on has gone; `opened` is how often it was."""

    id: int
    version: int
    made_on: date
    made_by: str
    expires_on: date
    revoked: bool
    works: bool
    opened: int


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody around the plan who doesn't sign in. `basis` says why they may be shown it today; `looks` are
    the instants at which they opened it by any of their links, newest first."""

    id: int
    version: int
    kind: PersonKind
    name: str
    relation: str
    access: Access
    contact: str = ""
    basis: Basis | None = None
    consented_on: date | None = None
    consent_in_person: bool = False
    consent_by: str = ""
    withdrawn_on: date | None = None
    link: LinkLine | None = None
    looks: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentLine:
    """What a guest wrote; `at` is in the organisation's time zone."""

    name: str
    kind: PersonKind
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PeopleOfPlan:
    """All that the page shows. `stand_ins`: who tutors in place of another, now or later. `may_arrange`: add
    people, invite and revoke. `may_consent`: give or take back the learner's consent. `sees_personal`:
    contacts, consents, links, comments and the age are shown; for others they are empty."""

    head: PlanHead
    today: date
    staff: tuple[StaffLine, ...]
    stand_ins: tuple[StandsIn, ...]
    people: tuple[PersonLine, ...]
    comments: tuple[CommentLine, ...]
    may_arrange: bool
    may_consent: bool
    may_write_birthday: bool
    sees_personal: bool
    born_on: date | None
    minor: bool
    learner_version: int
    parents_of_minors: bool
    longest_link: int

    @property
    def full_age_on(self) -> date | None:
        return rules_of_age.birthday(self.born_on, rules_of_age.FULL_AGE) if self.born_on else None


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> PeopleOfPlan:
    """The people of the plan asked for, else of the current one, in eight queries at most. NotFound where
    the viewer sees no such plan. Who only reads the plan isn't shown contacts, consents, links, comments or
    the date of birth."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    learner = session.get_one(Learner, head.learner_id)
    personal = head.own or head.may_write_plan or head.may_write_support
    looks = _looks(session, viewer, head.id) if personal else {}
    arrange = head.written and (head.may_write_plan or head.own)
    return PeopleOfPlan(
        head=head,
        today=viewer.today,
        staff=tuple(_staff(session, viewer, head)),
        stand_ins=tuple(who_stands_in.of_plan(session, viewer, head.id)),
        people=tuple(
            _person(viewer, learner.born_on, row, looks.get(row.id, ()), personal)
            for row in _people(session, head.id)
        ),
        comments=tuple(_comments(session, viewer, head.id)) if personal else (),
        may_arrange=arrange,
        may_consent=arrange and (head.own or head.learner_person_id is None),
        may_write_birthday=head.may_write_plan,
        sees_personal=personal,
        born_on=learner.born_on if personal else None,
        minor=personal and rules_of_age.is_minor(viewer.today, learner.born_on),
        learner_version=learner.version,
        parents_of_minors=viewer.college_rules.parents_of_minors,
        longest_link=viewer.college_rules.longest_link,
    )


def basis(viewer: Viewer, person: PlanPerson | AnyRow, born_on: date | None) -> Basis | None:
    """Why somebody may be shown the plan today; None where they may not."""
    return rules_of_age.basis_of_sharing(
        person.kind,
        born_on,
        viewer.today,
        consented=person.consented_on is not None,
        withdrawn=person.withdrawn_on is not None,
        parents_of_minors=viewer.college_rules.parents_of_minors,
    )


def _staff(session: Session, viewer: Viewer, head: PlanHead) -> list[StaffLine]:
    """Who at the college reads the plan, the tutors first, then by role and name."""
    tutors = exists().where(Enrolment.id == head.id, tutored_by(Person.id, viewer.today)).correlate(Person)
    teaches = exists().where(
        TeachingGroupTeacher.person_id == Person.id,
        TeachingGroupTeacher.group_id == TeachingGroupLearner.group_id,
        TeachingGroupLearner.learner_id == head.learner_id,
        holds_on(TeachingGroupTeacher, viewer.today),
        holds_on(TeachingGroupLearner, viewer.today),
    )
    is_tutor = and_(Role.reach == Reach.CASELOAD, tutors)
    of_department = and_(Role.reach == Reach.DEPARTMENT, RoleAssignment.department_id == head.department_id)
    reads: ColumnElement[bool] = or_(
        is_tutor,
        of_department,
        and_(Role.reach == Reach.TEACHING_GROUPS, teaches),
        Role.reach == Reach.ORGANISATION,
    )
    rows = session.execute(
        select(Person.name, Role.label, Role.writes, Role.reads_confidentiality, is_tutor.label("is_tutor"))
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .join(Role, Role.name == RoleAssignment.role_name)
        .where(Person.organisation_id == viewer.organisation_id, Person.disabled.is_(False), reads)
        .order_by(is_tutor.desc(), Role.label, Person.name)
    )
    return [StaffLine(*row) for row in rows]


def _people(session: Session, plan_id: int) -> Sequence[AnyRow]:
    """The people of the plan with their newest link; the caller has checked the scope."""
    newest = (
        select(func.max(Invitation.id))
        .where(Invitation.plan_person_id == PlanPerson.id)
        .correlate(PlanPerson)
        .scalar_subquery()
    )
    consent_by, made_by = aliased(Person), aliased(Person)
    return session.execute(
        select(
            PlanPerson.id,
            PlanPerson.version,
            PlanPerson.kind,
            PlanPerson.name,
            PlanPerson.relation,
            PlanPerson.contact,
            PlanPerson.access,
            PlanPerson.consented_on,
            PlanPerson.consent_in_person,
            PlanPerson.withdrawn_on,
            consent_by.name.label("consent_by"),
            Invitation.id.label("invitation_id"),
            Invitation.version.label("invitation_version"),
            Invitation.made_at,
            made_by.name.label("made_by"),
            Invitation.expires_on,
            Invitation.revoked_at,
        )
        .outerjoin(consent_by, consent_by.id == PlanPerson.consent_by_id)
        .outerjoin(Invitation, Invitation.id == newest)
        .outerjoin(made_by, made_by.id == Invitation.made_by_id)
        .where(PlanPerson.plan_id == plan_id, PlanPerson.removed_on.is_(None))
        .order_by(PlanPerson.id)
    ).all()


def _looks(session: Session, viewer: Viewer, plan_id: int) -> dict[int, list[Look]]:
    """{person: (link, when it was used), newest first}."""
    rows = session.execute(
        select(Invitation.plan_person_id, GuestLook.invitation_id, GuestLook.at)
        .join(Invitation, Invitation.id == GuestLook.invitation_id)
        .join(PlanPerson, PlanPerson.id == Invitation.plan_person_id)
        .where(PlanPerson.plan_id == plan_id)
        .order_by(GuestLook.id.desc())
        .limit(LOOKS_SHOWN)
    )
    here = ZoneInfo(viewer.time_zone)
    found: dict[int, list[Look]] = defaultdict(list)
    for person_id, invitation_id, at in rows:
        found[person_id].append((invitation_id, at.astimezone(here)))
    return found


def _person(
    viewer: Viewer, born_on: date | None, row: AnyRow, looks: Sequence[Look], personal: bool
) -> PersonLine:
    shown = PersonLine(
        id=row.id,
        version=row.version,
        kind=PersonKind(row.kind),
        name=row.name,
        relation=row.relation,
        access=Access(row.access),
    )
    if not personal:
        return shown
    why = basis(viewer, row, born_on)
    return replace(
        shown,
        contact=row.contact,
        basis=why,
        consented_on=row.consented_on,
        consent_in_person=row.consent_in_person,
        consent_by=row.consent_by or "",
        withdrawn_on=row.withdrawn_on,
        link=_link(viewer, row, looks, shared=why is not None) if row.invitation_id else None,
        looks=tuple(at for _, at in looks),
    )


def _link(viewer: Viewer, row: AnyRow, looks: Sequence[Look], *, shared: bool) -> LinkLine:
    unspoilt = row.revoked_at is None and row.expires_on >= viewer.today
    return LinkLine(
        id=row.invitation_id,
        version=row.invitation_version,
        made_on=row.made_at.astimezone(ZoneInfo(viewer.time_zone)).date(),
        made_by=row.made_by or "",
        expires_on=row.expires_on,
        revoked=row.revoked_at is not None,
        works=unspoilt and shared and row.access != Access.NOTHING,
        opened=sum(invitation_id == row.invitation_id for invitation_id, _ in looks),
    )


def _comments(session: Session, viewer: Viewer, plan_id: int) -> list[CommentLine]:
    """Newest first."""
    rows = session.execute(
        select(PlanPerson.name, PlanPerson.kind, GuestComment.text, GuestComment.written_at)
        .join(Invitation, Invitation.id == GuestComment.invitation_id)
        .join(PlanPerson, PlanPerson.id == Invitation.plan_person_id)
        .where(PlanPerson.plan_id == plan_id)
        .order_by(GuestComment.id.desc())
    )
    here = ZoneInfo(viewer.time_zone)
    return [CommentLine(name, PersonKind(kind), text, at.astimezone(here)) for name, kind, text, at in rows]
