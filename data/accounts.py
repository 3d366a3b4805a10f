"""Accounts: who may sign in, by which role, and the one-time links by which people choose a password."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from data.errors import NotFound, Refused
from data.models import (
    Department,
    Learner,
    OneTimeLink,
    Organisation,
    Person,
    Reach,
    Role,
    RoleAssignment,
)
from data.passwords import hash_password, require_good_password, verify_password
from data.sign_in import end_sessions_of, hash_of

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add_user(
    session: Session,
    *,
    organisation: Organisation,
    email: str,
    name: str,
    role: str,
    now: datetime,
    link_hours: int,
    department: str | None = None,
    learner_reference: str | None = None,
) -> str:
    """An account with a role; returns the token of the link by which its owner chooses a password.

    Someone who has an account already keeps it and its roles, so that this also gives a further role or,
    repeated, a new link. A role that reaches a department needs that department's name, a learner's the
    college's reference of the learner. Raises Refused with what to do.
    """
    wanted = _role(session, role)
    department_id = _department_id(session, organisation, wanted, department)
    learner = _learner_of_account(session, organisation, wanted, learner_reference)
    person = _person(session, organisation, email, name)
    _give_role(session, person, wanted, department_id)
    if learner is not None:
        _join(session, learner, person)
    return make_link(session, person.id, now=now, link_hours=link_hours)


def make_link(session: Session, person_id: int, *, now: datetime, link_hours: int) -> str:
    """A new one-time link, which makes earlier ones worthless; returns its token. Only its hash is kept."""
    _void_links(session, person_id, now)
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=link_hours)
    session.add(OneTimeLink(token_hash=hash_of(token), person_id=person_id, expires_at=expires_at))
    session.flush()
    return token


def person_of_link(session: Session, token: str, now: datetime) -> Person:
    """Whose password a link may choose; NotFound where it is unknown, used, expired or the account closed."""
    person = session.scalar(
        select(Person)
        .join(OneTimeLink, OneTimeLink.person_id == Person.id)
        .where(
            OneTimeLink.token_hash == hash_of(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
            Person.disabled.is_(False),
        )
    )
    if person is None:
        raise NotFound
    return person


def choose_password(session: Session, token: str, password: str, now: datetime) -> Person:
    """Use up a link: its person has this password from now on and is signed out everywhere.

    Raises NotFound for a link that doesn't work, Refused for a password that is easy to guess.
    """
    person = person_of_link(session, token, now)
    organisation = session.get_one(Organisation, person.organisation_id)
    require_good_password(password, (person.name, person.email.split("@")[0], organisation.name))
    if not _void_links(session, person.id, now):
        raise NotFound
    person.password_hash = hash_password(password)
    person.version += 1
    end_sessions_of(session, person.id, now)
    return person


def person_with_password(session: Session, email: str, password: str) -> tuple[int | None, str | None]:
    """(id of the person whom e-mail and password fit, a new hash to store where parameters have risen).

    Unknown, disabled and wrong cost the same work and give the same answer: (None, None).
    """
    person = session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.disabled.is_(False))
    )
    fits, renewed = verify_password(password, person.password_hash if person else None)
    return (person.id, renewed) if person and fits else (None, None)


def store_hash(session: Session, person_id: int, password_hash: str) -> None:
    """Keep the same password under a stronger hash."""
    session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))


def person_by_email(session: Session, email: str) -> Person:
    """Raises Refused where there is no such account."""
    person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise Refused("There is no account with that e-mail address.", "email")
    return person


def disable(session: Session, person_id: int, now: datetime) -> None:
    """Close an account: its sessions end and its links stop working at once."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    person.disabled = True
    person.version += 1
    _void_links(session, person_id, now)
    end_sessions_of(session, person_id, now)


def holds_demo(session: Session) -> bool:
    """Whether any organisation in the database is a demonstration, whose passwords everyone knows."""
    return session.scalar(select(exists().where(Organisation.demo_today.is_not(None)))) is True


def _void_links(session: Session, person_id: int, now: datetime) -> int:
    """How many links were open."""
    open_links = session.scalars(
        update(OneTimeLink)
        .where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeLink.id)
    ).all()
    return len(open_links)


def _role(session: Session, name: str) -> Role:
    role = session.get(Role, name)
    if role is None:
        known = ", ".join(session.scalars(select(Role.name).order_by(Role.name)))
        raise Refused(f"There is no role “{name}”. The roles are: {known}.", "role")
    return role


def _person(session: Session, organisation: Organisation, email: str, name: str) -> Person:
    """The person of that address, added where there is none."""
    email, name = email.strip().lower(), name.strip()
    if not EMAIL.fullmatch(email):
        raise Refused("That isn't an e-mail address; it needs the form name@college.example.", "email")
    if not name:
        raise Refused("The account needs the person's name.", "name")
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(organisation_id=organisation.id, email=email, name=name)
        session.add(person)
        session.flush()
    if person.organisation_id != organisation.id or person.disabled:
        raise Refused("That e-mail address belongs to an account that is closed or elsewhere.", "email")
    return person


def _give_role(session: Session, person: Person, role: Role, department_id: int | None) -> None:
    held = session.scalar(
        select(RoleAssignment.id).where(
            RoleAssignment.person_id == person.id,
            RoleAssignment.role_name == role.name,
            RoleAssignment.department_id.is_not_distinct_from(department_id),
        )
    )
    if held is None:
        session.add(RoleAssignment(person_id=person.id, role_name=role.name, department_id=department_id))
        session.flush()


def _department_id(
    session: Session, organisation: Organisation, role: Role, department: str | None
) -> int | None:
    if role.reach != Reach.DEPARTMENT:
        if department is not None:
            raise Refused(f"The role “{role.name}” isn't given for a department; leave it out.", "department")
        return None
    if department is None:
        raise Refused(f"The role “{role.name}” needs a department.", "department")
    found = session.scalar(
        select(Department.id).where(
            Department.organisation_id == organisation.id, Department.name == department
        )
    )
    if found is None:
        names = session.scalars(select(Department.name).where(Department.organisation_id == organisation.id))
        known = ", ".join(sorted(names)) or "none yet"
        raise Refused(f"There is no department “{department}”. There are: {known}.", "department")
    return found


def _learner_of_account(
    session: Session, organisation: Organisation, role: Role, reference: str | None
) -> Learner | None:
    """The learner whose plan the account will open; None for other roles."""
    if role.reach != Reach.OWN_PLAN:
        if reference is not None:
            raise Refused(f"The role “{role.name}” isn't tied to a learner; leave the reference out.")
        return None
    if reference is None:
        raise Refused("A learner's account needs the learner's reference, as the college's lists print it.")
    learners = session.scalars(
        select(Learner)
        .where(Learner.organisation_id == organisation.id, Learner.reference == reference)
        .limit(2)
    ).all()
    if len(learners) != 1:
        raise Refused(f"{'More than one' if learners else 'No'} learner has the reference “{reference}”.")
    return learners[0]


def _join(session: Session, learner: Learner, person: Person) -> None:
    if learner.person_id not in (None, person.id):
        raise Refused(f"The learner “{learner.reference}” has another account already.")
    own = session.scalar(select(Learner.reference).where(Learner.person_id == person.id))
    if own not in (None, learner.reference):
        raise Refused(f"That account opens the plan of the learner “{own}” already.")
    learner.person_id = person.id
    session.flush()
