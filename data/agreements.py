"""The contract: who agreed to a plan, as it stood when, and what has changed since that matters.

A plan's version is its last material change in the change history (docs/decisions/0008-agreements.md).
Whoever agrees does it for themselves; what a learner without an account, or a guest, says in person is
written down by the tutor and shown as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from data import history
from data.college_rules import CollegeRules
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Agreement,
    Change,
    Cohort,
    Enrolment,
    Learner,
    Party,
    Person,
    Plan,
    PlanPerson,
    Target,
)
from data.plan_head import PlanHead, head_of_learner, plan_head
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by, tutored_by
from data.statements import built_once
from data.tutoring import tutor_of

SHOWN_CHANGES = 100
AnyRow = Row[*tuple[Any, ...]]
NOT_AGREED = (TargetStatus.PROPOSED.value, TargetStatus.WITHDRAWN.value)
"""To start on a target, or to achieve it, changes nothing of what was agreed."""


@dataclass(frozen=True, slots=True)
class MaterialChange:
    """One change of what was agreed; `about` is the target's title, empty where it is of the plan itself.
    `at` is in the organisation's time zone."""

    id: int
    at: datetime
    by: str
    about: str
    field: str
    old: str | None
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One who has to agree. `agreed_on` is the day of their last yes, None where there is none; `current`
    says that nothing material changed since. `written_down_by` names who recorded it, if it was in person.

    `may_agree`: the viewer may say yes, for themselves; `may_write_down`: the viewer may record that it was
    said in person. `missing`: the college asks for this party, but the plan names nobody.
    """

    party: Party
    name: str
    person_id: int | None
    agreed_on: date | None
    current: bool
    written_down_by: str
    may_agree: bool
    may_write_down: bool
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The agreement on a plan. `version` is the id of the last material change, 0 where there is none, and
    `stands_since` when that was. `changes` are those since the viewer's own yes, else since the oldest yes
    that still counts, oldest first; empty where nobody agreed yet."""

    head: PlanHead
    version: int
    stands_since: datetime | None
    signatures: tuple[Signature, ...]
    changes: tuple[MaterialChange, ...]
    changed_since: date | None

    @property
    def whole(self) -> bool:
        """Everyone who has to agreed, and nothing material changed since."""
        return all(signature.current for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands with learner and tutor: who has to agree yet, and whether they did before."""

    learner_agreed: bool
    tutor_agreed: bool
    learner_did_before: bool
    changes: int

    @property
    def whole(self) -> bool:
        return self.learner_agreed and self.tutor_agreed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan to which its learner or its tutor has to agree yet."""

    plan_id: int
    learner_id: int
    learner: str
    cohort: str
    learner_has_to: bool
    tutor_has_to: bool


def material(chosen: CollegeRules) -> ColumnElement[bool]:
    """A condition on `Change` and, joined to it from outside, its `Target`: it changes what was agreed. What
    is only proposed isn't agreed yet."""
    of_target = and_(
        Change.target_id.is_not(None),
        Change.field.in_(chosen.target_fields),
        or_(Change.field != "status", Change.old.in_(NOT_AGREED), Change.new.in_(NOT_AGREED)),
        Target.status != TargetStatus.PROPOSED,
    )
    of_plan = and_(
        Change.target_id.is_(None), Change.review_id.is_(None), Change.field.in_(chosen.plan_fields)
    )
    return or_(of_target, of_plan)


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> Contract:
    """The contract of the plan asked for, else of the current one, in four queries. NotFound where the
    viewer sees no such plan."""
    return _contract(session, viewer, head_of_learner(session, viewer, learner_id, plan_id))


def standing(session: Session, viewer: Viewer, plan_id: int) -> Standing:
    """Who of learner and tutor has to agree to the plan yet, in one query; NotFound out of scope."""
    row = session.execute(_standing(viewer, viewer.college_rules), {"plan_id": plan_id}).one_or_none()
    if row is None:
        raise NotFound
    return Standing(
        learner_agreed=row.learner is not None and row.learner >= row.last,
        tutor_agreed=row.tutor is not None and row.tutor >= row.last,
        learner_did_before=row.learner is not None,
        changes=row.changes,
    )


@built_once
def _standing(viewer: Viewer, chosen: CollegeRules) -> Select[*tuple[Any, ...]]:
    learner, tutor = _agreed_to(Party.LEARNER, Plan.id), _agreed_to(Party.TUTOR, Plan.id)
    since = Change.id > func.coalesce(learner, 0)
    return (
        select(
            learner.label("learner"),
            tutor.label("tutor"),
            func.coalesce(_material_of(chosen, Plan.id, func.max(Change.id)), 0).label("last"),
            _material_of(chosen, Plan.id, func.count(), since).label("changes"),
        )
        .select_from(Plan)
        .join(Enrolment, Enrolment.id == Plan.id)
        .where(Plan.id == bindparam("plan_id"), enrolments_seen_by(viewer))
    )


def not_agreed(session: Session, viewer: Viewer) -> list[Waiting]:
    """The running plans that the viewer is tutor of and to which the learner or the tutor has to agree yet,
    by the learner's name, in one query."""
    learner, tutor = _agreed_to(Party.LEARNER, Enrolment.id), _agreed_to(Party.TUTOR, Enrolment.id)
    last = func.coalesce(_material_of(viewer.college_rules, Enrolment.id, func.max(Change.id)), 0)
    rows = session.execute(
        select(
            Enrolment.id,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.code,
            (func.coalesce(learner, -1) < last).label("learner_has_to"),
            (func.coalesce(tutor, -1) < last).label("tutor_has_to"),
        )
        .join(Plan, Plan.id == Enrolment.id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            enrolments_seen_by(viewer),
            tutored_by(viewer),
            Enrolment.starts_on <= viewer.today,
            or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= viewer.today),
            or_(func.coalesce(learner, -1) < last, func.coalesce(tutor, -1) < last),
        )
        .order_by(Learner.family_name, Learner.given_name, Enrolment.id)
    )
    return [
        Waiting(
            row.id,
            row.learner_id,
            f"{row.given_name} {row.family_name}",
            row.code,
            bool(row.learner_has_to),
            bool(row.tutor_has_to),
        )
        for row in rows
    ]


def agree(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say yes to the version of the plan that the form showed, as oneself (`party` learner or tutor), or
    write down that somebody without an account said so (`party`, and `person` for a guest); `plan`,
    `version`. The caller commits.

    Raises NotFound out of scope, and Refused where that is for somebody else to say, or where the plan has
    changed while it was read.
    """
    contract = _contract(session, viewer, plan_head(session, viewer, typed.id("plan")))
    signature = _chosen(contract, typed)
    if not (signature.may_agree or signature.may_write_down):
        raise Refused(f"Only {signature.name} can agree to this as {signature.party.value}.")
    if typed.version() != contract.version:
        raise Refused("The plan changed while you were reading. Please read what is new, then agree.")
    add(
        session,
        contract.head.id,
        signature.party,
        contract.version,
        viewer.today,
        by_id=viewer.person_id,
        in_person=not signature.may_agree,
        plan_person_id=signature.person_id,
    )
    in_person = "" if signature.may_agree else ", in person"
    history.record(
        session,
        viewer,
        contract.head.id,
        "agreement",
        None,
        f"{signature.name} ({signature.party.value}{in_person})",
    )
    session.flush()
    who = "You have" if signature.may_agree else f"{signature.name} has"
    return contract.head.saved(f"{who} agreed to the plan as it stands today.", "agreement")


def add(
    session: Session,
    plan_id: int,
    party: Party,
    version: int,
    today: date,
    *,
    by_id: int | None,
    in_person: bool = False,
    plan_person_id: int | None = None,
) -> None:
    """Keep somebody's yes to a version of the plan (as `Contract.version`)."""
    session.add(
        Agreement(
            plan_id=plan_id,
            party=party,
            plan_person_id=plan_person_id,
            by_id=by_id,
            in_person=in_person,
            agreed_on=today,
            change_id=version or None,
        )
    )


# --- reading -------------------------------------------------------------------------------------------


def last_version(session: Session, viewer: Viewer, plan_id: int) -> int:
    """The id of the plan's last material change, 0 where there is none; the caller has checked the scope."""
    return session.scalar(select(_material_of(viewer.college_rules, plan_id, func.max(Change.id)))) or 0


def _material_of(chosen: CollegeRules, plan_id: Any, what: Any, *more: ColumnElement[bool]) -> Any:
    """`what` of the plan's material changes; the plan is an id, or the column that names it outside."""
    return (
        select(what)
        .select_from(Change)
        .outerjoin(Target, Target.id == Change.target_id)
        .where(Change.plan_id == plan_id, material(chosen), *more)
        .correlate(Plan, Enrolment)
        .scalar_subquery()
    )


def _agreed_to(party: Party, plan_id: Any) -> Any:
    """The version that the party last agreed to; NULL where it never did."""
    return (
        select(func.max(func.coalesce(Agreement.change_id, 0)))
        .where(Agreement.plan_id == plan_id, Agreement.party == party)
        .correlate(Plan, Enrolment)
        .scalar_subquery()
    )


def _contract(session: Session, viewer: Viewer, head: PlanHead) -> Contract:
    changes = _changes(session, viewer, head.id)
    version = changes[-1].id if changes else 0
    given = _given(session, head.id)
    signatures = tuple(
        _signature(viewer, head, row, given.get((row.party, row.person_id)), version)
        for row in _who_has_to(session, viewer, head)
    )
    since = _read_since(signatures, given)
    return Contract(
        head=head,
        version=version,
        stands_since=changes[-1].at if changes else None,
        signatures=signatures,
        changes=tuple(change for change in changes if since and change.id > (since.change_id or 0))[
            -SHOWN_CHANGES:
        ],
        changed_since=since.agreed_on if since else None,
    )


def _changes(session: Session, viewer: Viewer, plan_id: int) -> list[MaterialChange]:
    rows = session.execute(
        select(
            Change.id,
            Change.at,
            Person.name.label("by"),
            Change.origin,
            Target.title,
            Change.field,
            Change.old,
            Change.new,
            Change.reason,
        )
        .outerjoin(Target, Target.id == Change.target_id)
        .outerjoin(Person, Person.id == Change.by_id)
        .where(Change.plan_id == plan_id, material(viewer.college_rules))
        .order_by(Change.id)
    )
    here = ZoneInfo(viewer.time_zone)
    return [
        MaterialChange(
            row.id,
            row.at.astimezone(here),
            history.author(row.by, row.origin),
            row.title or "",
            row.field,
            row.old,
            row.new,
            row.reason,
        )
        for row in rows
    ]


def _given(session: Session, plan_id: int) -> dict[tuple[str, int | None], AnyRow]:
    """{(party, plan person): the last yes}."""
    rows = session.execute(
        select(
            Agreement.party,
            Agreement.plan_person_id,
            Agreement.agreed_on,
            Agreement.change_id,
            Agreement.in_person,
            Person.name.label("by"),
        )
        .outerjoin(Person, Person.id == Agreement.by_id)
        .where(Agreement.plan_id == plan_id)
        .order_by(Agreement.id)
    )
    return {(row.party, row.plan_person_id): row for row in rows}


@dataclass(frozen=True, slots=True)
class _Who:
    party: Party
    name: str
    person_id: int | None
    is_viewer: bool
    signs_in: bool
    missing: bool = False


def _who_has_to(session: Session, viewer: Viewer, head: PlanHead) -> list[_Who]:
    """The parties that the college asks for, with the plan's own people for each, in one query."""
    tutor, found = aliased(Person), PlanPerson
    rows = session.execute(
        select(
            tutor.name.label("tutor"),
            tutored_by(viewer).label("is_tutor"),
            found.id,
            found.kind,
            found.name,
        )
        .select_from(Enrolment)
        .outerjoin(tutor, tutor.id == tutor_of(viewer.today))
        .outerjoin(found, and_(found.plan_id == Enrolment.id, found.removed_on.is_(None)))
        .where(Enrolment.id == head.id, enrolments_seen_by(viewer))
        .order_by(found.id)
    ).all()
    who: list[_Who] = []
    for party in viewer.college_rules.parties:
        if party == Party.LEARNER:
            signs_in = head.learner_person_id is not None
            who.append(_Who(party, head.learner_name, None, head.own, signs_in))
        elif party == Party.TUTOR:
            who.append(_Who(party, rows[0].tutor or "the tutor", None, bool(rows[0].is_tutor), True))
        else:
            named = [_Who(party, row.name, row.id, False, False) for row in rows if row.kind == party.value]
            who += named or [_Who(party, "", None, False, False, missing=True)]
    return who


def _signature(viewer: Viewer, head: PlanHead, who: _Who, given: AnyRow | None, version: int) -> Signature:
    current = given is not None and (given.change_id or 0) >= version
    may_say = head.written and not current and not who.missing
    return Signature(
        party=who.party,
        name=who.name,
        person_id=who.person_id,
        agreed_on=given.agreed_on if given else None,
        current=current,
        written_down_by=(given.by or "import") if given and given.in_person else "",
        may_agree=may_say and who.is_viewer,
        may_write_down=may_say and not who.signs_in and head.may_write_plan,
        missing=who.missing,
    )


def _read_since(
    signatures: Sequence[Signature], given: dict[tuple[str, int | None], AnyRow]
) -> AnyRow | None:
    """The yes since which the viewer wants to know what changed."""
    said = [given[key] for one in signatures if (key := (one.party.value, one.person_id)) in given]
    own = [one for one in signatures if one.may_agree and one.agreed_on]
    if own:
        return given[own[0].party.value, own[0].person_id]
    return min(said, key=lambda row: row.change_id or 0, default=None)


def _chosen(contract: Contract, typed: Typed) -> Signature:
    party, person_id = typed.line("party"), typed.id_or_none("person")
    for signature in contract.signatures:
        if (signature.party.value, signature.person_id) == (party, person_id) and not signature.missing:
            if signature.current:
                raise Refused("This is agreed already, and nothing has changed since.")
            return signature
    raise NotFound
