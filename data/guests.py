"""Guests: who reads one plan by a link, without signing in.

A link opens its plan while it isn't revoked or past, its owner is among the plan's people and may be shown
the plan by the rules of age. All else, and a link that never was, is the same answer: NotFound. Each look is
kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import agreements, history, people_of_plan, rules, target_criteria, target_detail
from data.college_rules import CollegeRules
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Access,
    Agreement,
    Enrolment,
    GuestComment,
    GuestLook,
    Invitation,
    Judged,
    JudgeKind,
    Learner,
    Organisation,
    Party,
    PersonKind,
    PlanPerson,
    Target,
)
from data.scope import Viewer, enrolments_seen_by, guest_viewer
from data.sign_in import hash_of
from data.target_criteria import CriterionLine

ONE_LOOK = timedelta(minutes=1)
"""Opening the page again within this time is the same look."""
COMMENTS_A_DAY = 20
MOST_TO_JUDGE = 40


@dataclass(frozen=True, slots=True)
class GuestSaid:
    """A comment of the guest's own, in the organisation's time zone."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """Who holds a link, what for, and the viewer that they are. `version` is that of the plan
    (`agreements.Contract.version`); `agrees` says whether the college asks them to agree. Who `judges` is
    shown the criteria of open targets, and nothing else of the plan."""

    viewer: Viewer
    invitation_id: int
    plan_person_id: int
    plan_id: int
    learner_id: int
    name: str
    kind: PersonKind
    may_comment: bool
    judges: bool
    expires_on: date
    comments: tuple[GuestSaid, ...]
    agrees: bool
    agreed_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Doorstep:
    """What opening a link takes besides its token: the instant, and what the settings say."""

    now: datetime
    fixed_today: date | None
    soon: rules.Soon
    college_rules: CollegeRules


def open_link(session: Session, token: str, door: Doorstep) -> Guest:
    """Who the link is for, in seven queries; NotFound where it opens nothing (any more)."""
    row = session.execute(
        select(Invitation, PlanPerson, Learner, Organisation)
        .join(PlanPerson, PlanPerson.id == Invitation.plan_person_id)
        .join(Enrolment, Enrolment.id == PlanPerson.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Organisation, Organisation.id == Learner.organisation_id)
        .where(
            Invitation.token_hash == hash_of(token),
            Invitation.revoked_at.is_(None),
            PlanPerson.removed_on.is_(None),
            PlanPerson.access != Access.NOTHING,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    link, person, learner, organisation = row
    viewer = guest_viewer(
        session,
        organisation,
        person.plan_id,
        person.name,
        door.now,
        door.fixed_today,
        door.soon,
        door.college_rules,
    )
    if link.expires_on < viewer.today or people_of_plan.basis(viewer, person, learner.born_on) is None:
        raise NotFound
    return _guest(session, viewer, link, person, learner.id)


def note_look(session: Session, guest: Guest, now: datetime) -> None:
    """Keep that the plan was looked at; the caller commits."""
    last = session.scalar(
        select(func.max(GuestLook.at)).where(GuestLook.invitation_id == guest.invitation_id)
    )
    if last is None or now - last >= ONE_LOOK:
        session.add(GuestLook(invitation_id=guest.invitation_id, at=now))
        session.flush()


def comment(session: Session, guest: Guest, typed: Typed) -> None:
    """Keep what a guest wrote in `text`, in the history too; the caller commits. Raises Refused."""
    if not guest.may_comment:
        raise Refused("You can read this plan, but not comment on it.")
    text = typed.text("text", required="Please write your comment first.")
    now = guest.viewer.now
    if sum(said.at.date() == guest.viewer.today for said in guest.comments) >= COMMENTS_A_DAY:
        raise Refused("That is a lot for one day. Please talk to the tutor, or write again tomorrow.")
    session.add(GuestComment(invitation_id=guest.invitation_id, text=text, written_at=now))
    _record(session, guest, "comment", text)


def agree(session: Session, guest: Guest, typed: Typed) -> None:
    """The guest says yes to the `version` of the plan that the page showed; the caller commits. Raises
    Refused where nobody asks them, or the plan has changed while they read."""
    if not guest.agrees:
        raise Refused("There is nothing for you to agree to at the moment.")
    if typed.version() != guest.version:
        raise Refused("The plan changed while you were reading. Please look again before you agree.")
    agreements.add(
        session,
        guest.plan_id,
        Party(guest.kind.value),
        guest.version,
        guest.viewer.today,
        by_id=None,
        plan_person_id=guest.plan_person_id,
    )
    _record(session, guest, "agreement", f"{guest.name} ({guest.kind.value}, by link)")


@dataclass(frozen=True, slots=True)
class TargetToJudge:
    """An open target as an invited peer sees it."""

    id: int
    title: str
    criteria: tuple[CriterionLine, ...]


def to_judge(session: Session, guest: Guest) -> tuple[TargetToJudge, ...]:
    """The open targets of the plan that have success criteria, by due date, in two queries; none for who
    doesn't judge."""
    if not guest.judges:
        return ()
    rows = session.execute(
        select(Target.id, Target.title, Target.criteria)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(
            Target.plan_id == guest.plan_id,
            Target.status.in_(rules.OPEN_STATUSES),
            Target.criteria != "",
            enrolments_seen_by(guest.viewer),
        )
        .order_by(Target.due_on, Target.id)
        .limit(MOST_TO_JUDGE)
    ).all()
    lines = target_criteria.lines_of_targets(
        session, {row.id: target_detail.criteria_in(row.criteria) for row in rows}
    )
    return tuple(TargetToJudge(row.id, row.title, lines[row.id]) for row in rows)


def judge(session: Session, guest: Guest, typed: Typed) -> None:
    """What an invited peer says of one `criterion` of a `target`: `judged`; the tutor confirms it, the caller
    commits. Raises NotFound where they aren't asked about it (any more), Refused without an answer."""
    target_id = typed.id("target")
    if target_id not in {one.id for one in to_judge(session, guest)}:
        raise NotFound
    detail = target_detail.read(session, guest.viewer, target_id)
    judged = Judged(typed.choice("judged", Judged, required="Please choose “met” or “not yet”."))
    target_criteria.set_judgement(
        session,
        guest.viewer,
        detail,
        target_criteria.criterion_of(detail, typed),
        judged,
        JudgeKind.PEER,
        guest.name,
        reason=_by_link(guest),
    )


def _record(session: Session, guest: Guest, field: str, said: str) -> None:
    """The history's line of what somebody did who doesn't sign in."""
    history.record(session, guest.viewer, guest.plan_id, field, None, said, reason=_by_link(guest))
    session.flush()


def _by_link(guest: Guest) -> str:
    return f"{guest.name}{history.BY_LINK}"


def _guest(session: Session, viewer: Viewer, link: Invitation, person: PlanPerson, learner_id: int) -> Guest:
    kind = PersonKind(person.kind)
    version = agreements.last_version(session, viewer, person.plan_id)
    last = session.execute(
        select(Agreement.agreed_on, Agreement.change_id)
        .where(Agreement.plan_person_id == person.id)
        .order_by(Agreement.id.desc())
        .limit(1)
    ).one_or_none()
    current = last is not None and (last.change_id or 0) >= version
    return Guest(
        viewer=viewer,
        invitation_id=link.id,
        plan_person_id=person.id,
        plan_id=person.plan_id,
        learner_id=learner_id,
        name=person.name,
        kind=kind,
        may_comment=person.access == Access.COMMENT,
        judges=person.access == Access.JUDGE,
        expires_on=link.expires_on,
        comments=tuple(_comments(session, viewer, person.id)),
        agrees=kind.value in viewer.college_rules.parties and not current,
        agreed_on=last.agreed_on if last and current else None,
        version=version,
    )


def _comments(session: Session, viewer: Viewer, plan_person_id: int) -> list[GuestSaid]:
    rows = session.execute(
        select(GuestComment.text, GuestComment.written_at)
        .join(Invitation, Invitation.id == GuestComment.invitation_id)
        .where(Invitation.plan_person_id == plan_person_id)
        .order_by(GuestComment.id)
    )
    here = ZoneInfo(viewer.time_zone)
    return [GuestSaid(text, at.astimezone(here)) for text, at in rows]
