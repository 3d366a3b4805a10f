"""Saves about the people around a plan: who is named, the learner's consent, links by invitation."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import history, rules_of_age
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    Access,
    Enrolment,
    Invitation,
    Learner,
    PersonKind,
    PlanPerson,
    Writes,
)
from data.people_of_plan import basis
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by
from data.sign_in import hash_of

MAY_ARRANGE = (Writes.PLANS, Writes.OWN_NOTES)
"""The tutor and the learner arrange who else has to do with the plan."""
OLDEST, YOUNGEST = 120, 10
"""A date of birth that makes a learner older or younger than this is a slip of the pen."""


def save_person(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add somebody to a plan (`plan`), or change who is there (`id`, `version`): `kind`, `name`, `relation`,
    `contact`, `access`. The caller commits. Raises NotFound, Refused or ChangedElsewhere."""
    values = {
        "kind": typed.choice("kind", PersonKind, required="Please choose what they are to the learner."),
        "name": typed.line("name", required="Please write their name."),
        "relation": typed.line("relation"),
        "contact": typed.line("contact"),
        "access": typed.choice("access", Access) or Access.NOTHING,
    }
    if values["kind"] == PersonKind.SUPPORT_STAFF and values["access"] != Access.NOTHING:
        raise Refused("Staff of the college read plans by signing in. Please choose “no link”.", "access")
    if values["kind"] == PersonKind.PEER and values["access"] not in (Access.NOTHING, Access.JUDGE):
        raise Refused("Another learner judges success criteria, but doesn’t read the plan.", "access")
    if typed.id_or_none("id") is None:
        head = require_plan(session, viewer, typed.id("plan"), *MAY_ARRANGE)
        _require_written(head)
        person = PlanPerson(plan_id=head.id, **values)
        session.add(person)
        history.record(session, viewer, head.id, "person", None, f"{person.name} ({person.kind})")
    else:
        person, head = _require_person(session, viewer, typed)
        _require_version(person, typed, tuple(values))
        for field, value in values.items():
            if value != getattr(person, field):
                # A contact is nobody's business who reads only the history.
                old, new = ("", "changed") if field == "contact" else (getattr(person, field), value)
                history.record(session, viewer, head.id, f"person_{field}", old, new, reason=person.name)
                setattr(person, field, value)
        person.version += 1
    session.flush()
    return head.saved(
        f"{person.name} is among the people of this plan.", "people", id=person.id, version=person.version
    )


def remove_person(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take somebody off the plan (`id`, `version`): their links stop at once, what they wrote stays."""
    person, head = _require_person(session, viewer, typed)
    _require_version(person, typed)
    person.removed_on = viewer.today
    person.version += 1
    _revoke_all(session, person.id, viewer.now)
    history.record(session, viewer, head.id, "person", f"{person.name} ({person.kind})", None)
    session.flush()
    return head.saved(f"{person.name} is no longer among the people of this plan.", "people", id=person.id)


def give_consent(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The learner's consent that somebody (`id`, `version`) is shown the plan: given by the learner signed
    in, or written down by the tutor, `on` a day, for a learner without an account. The caller commits."""
    person, head = _require_person(session, viewer, typed)
    _require_own_word(head)
    _require_version(person, typed)
    on = viewer.today if head.own else (typed.day("on") or viewer.today)
    if on > viewer.today:
        raise Refused("That day is still to come. Please choose the day on which consent was given.", "on")
    person.consented_on, person.withdrawn_on = on, None
    person.consent_in_person, person.consent_by_id = not head.own, viewer.person_id
    person.version += 1
    history.record(session, viewer, head.id, "consent", None, on, reason=person.name)
    session.flush()
    return head.saved(f"Consent for {person.name} is recorded.", "people", id=person.id)


def withdraw_consent(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take the consent back (`id`, `version`), or say no where none was needed: links stop at once. The
    caller commits."""
    person, head = _require_person(session, viewer, typed)
    _require_own_word(head)
    _require_version(person, typed)
    history.record(session, viewer, head.id, "consent", person.consented_on, None, reason=person.name)
    person.consented_on, person.withdrawn_on = None, viewer.today
    person.consent_in_person, person.consent_by_id = not head.own, viewer.person_id
    person.version += 1
    _revoke_all(session, person.id, viewer.now)
    session.flush()
    return head.saved(
        f"{person.name} can’t read this plan any more. Their link has stopped working.",
        "people",
        id=person.id,
    )


def invite(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new link for somebody (`id`) to the end of `expires_on`, in place of an earlier one. Its token is
    in the answer's `shown_once` and nowhere else: only a hash is kept. The caller commits."""
    person, head = _require_person(session, viewer, typed)
    longest = viewer.today + timedelta(days=viewer.college_rules.longest_link)
    expires_on = typed.day("expires_on", required="Please choose until when the link works.")
    if expires_on is None or not viewer.today <= expires_on <= longest:
        days = f"{longest.day} {longest:%B %Y}"
        raise Refused(f"Please choose a day from today to {days}.", "expires_on")
    if person.access == Access.NOTHING:
        raise Refused("Please choose first whether they may read, or read and comment.")
    born_on = session.get_one(Learner, head.learner_id).born_on
    if basis(viewer, person, born_on) is None:
        raise Refused(f"The learner’s consent is needed before {person.name} can be sent a link.")
    _revoke_all(session, person.id, viewer.now)
    token = secrets.token_urlsafe(32)
    link = Invitation(
        plan_person_id=person.id,
        token_hash=hash_of(token),
        made_by_id=viewer.person_id,
        made_at=viewer.now,
        expires_on=expires_on,
    )
    session.add(link)
    history.record(session, viewer, head.id, "invitation", None, f"{person.name}, until {expires_on}")
    session.flush()
    return head.saved(
        f"The link for {person.name} is ready. Copy it now: it is shown only once.",
        "invitation",
        id=person.id,
        shown_once=token,
    )


def revoke(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Stop somebody's link (`id` of the person). The caller commits."""
    person, head = _require_person(session, viewer, typed)
    if _revoke_all(session, person.id, viewer.now):
        history.record(session, viewer, head.id, "invitation", person.name, None)
    session.flush()
    return head.saved(f"The link of {person.name} has stopped working.", "people", id=person.id)


def save_birthday(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The learner's date of birth (`plan`, `version` of the learner, `born_on`). The caller commits."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    born_on = typed.day("born_on", required="Please choose the date of birth.")
    learner = session.scalars(select(Learner).where(Learner.id == head.learner_id).with_for_update()).one()
    if learner.version != typed.version():
        raise ChangedElsewhere(learner.version, {"born_on": learner.born_on})
    if born_on is None or not YOUNGEST <= rules_of_age.age_on(viewer.today, born_on) <= OLDEST:
        raise Refused("That can’t be a learner’s date of birth. Please check the year.", "born_on")
    if born_on != learner.born_on:
        # The history says that it changed; the day itself is for fewer people than read the history.
        history.record(session, viewer, head.id, "born_on", "given" if learner.born_on else None, "given")
        learner.born_on = born_on
        learner.version += 1
    session.flush()
    return head.saved("The date of birth is saved.", "people", version=learner.version)


def _require_person(session: Session, viewer: Viewer, typed: Typed) -> tuple[PlanPerson, PlanHead]:
    """The row, locked, and its plan's head, for who arranges it."""
    person = session.scalars(
        select(PlanPerson)
        .join(Enrolment, Enrolment.id == PlanPerson.plan_id)
        .where(PlanPerson.id == typed.id("id"), PlanPerson.removed_on.is_(None), enrolments_seen_by(viewer))
        .with_for_update(of=PlanPerson)
    ).one_or_none()
    if person is None:
        raise NotFound
    return person, require_plan(session, viewer, person.plan_id, *MAY_ARRANGE)


def _require_version(person: PlanPerson, typed: Typed, fields: Sequence[str] = ()) -> None:
    if person.version != typed.version():
        raise ChangedElsewhere(person.version, {field: getattr(person, field) for field in fields})


def _require_written(head: PlanHead) -> None:
    if not head.written:
        raise Refused("There is no plan yet. Please add the first target, then the people around it.")


def _require_own_word(head: PlanHead) -> None:
    """Nobody consents for a learner who can sign in and say so."""
    if not head.own and head.learner_person_id is not None:
        raise Refused(
            f"{head.learner_name} has an account. Please ask them to sign in and decide this themselves."
        )


def _revoke_all(session: Session, plan_person_id: int, now: datetime) -> int:
    """How many links of somebody were open, and are not any more."""
    open_links = session.scalars(
        select(Invitation).where(Invitation.plan_person_id == plan_person_id, Invitation.revoked_at.is_(None))
    ).all()
    for link in open_links:
        link.revoked_at = now
        link.version += 1
    session.flush()
    return len(open_links)
