"""The individual balance: how far the learner is with each skill, as they see it and as the tutor does.

A balance is taken as often as one likes, once a day at most; of each skill the first rating and the newest
are the before and the now. The skills are the programme's (of the cohort) and the learning skills that
everybody is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from data import history, plan_rows
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import Balance, Enrolment, RatedBy, Skill, SkillRating, Writes
from data.models.starting_points import HIGHEST_RATING, LOWEST_RATING
from data.own_words import may_write_own_words, require_own_words
from data.plan_head import PlanHead, head_of_learner, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

MOST_SKILLS = 40
"""More than this nobody rates with care."""


@dataclass(frozen=True, slots=True)
class Rating:
    """1 (new to me) to 4 (can show others), as rated on a day."""

    rating: int
    rated_on: date


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill. `before` and `now` are the learner's first and newest rating, `before` only where there are
    two; `tutors` is the tutor's newest."""

    id: int
    name: str
    meaning: str
    of_programme: bool
    retired: bool
    version: int
    before: Rating | None
    now: Rating | None
    tutors: Rating | None

    @property
    def gained(self) -> int:
        """How many steps further than at first."""
        return self.now.rating - self.before.rating if self.before and self.now else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Today's balance of one side, as its form is filled: {skill id: rating}; `version` is 0 before any."""

    rated_by: RatedBy
    ratings: dict[int, int]
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class BalanceNote:
    rated_by: str
    rated_on: date
    note: str


@dataclass(frozen=True, slots=True)
class IndividualBalance:
    """The balance of one plan. `own_sheet` and `tutors_sheet` are there for who may fill them in."""

    head: PlanHead
    skills: tuple[SkillLine, ...]
    rated_on: tuple[date, ...]
    notes: tuple[BalanceNote, ...]
    own_sheet: Sheet | None
    tutors_sheet: Sheet | None

    @property
    def rated(self) -> tuple[SkillLine, ...]:
        return tuple(skill for skill in self.skills if skill.now or skill.tutors)

    @property
    def asked(self) -> tuple[SkillLine, ...]:
        """The skills that a new balance asks about."""
        return tuple(skill for skill in self.skills if not skill.retired)


# --- reading -------------------------------------------------------------------------------------------


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> IndividualBalance:
    """The balance of the learner's plan; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    balances = session.scalars(
        select(Balance)
        .join(Enrolment, Enrolment.id == Balance.plan_id)
        .where(Balance.plan_id == head.id, enrolments_seen_by(viewer))
        .order_by(Balance.rated_on)
        .execution_options(populate_existing=True)
    ).all()
    ratings = _ratings(session, balances)
    sheet = {one: _sheet(viewer, one, balances, ratings) for one in RatedBy}
    own_days = tuple(one.rated_on for one in balances if one.rated_by == RatedBy.LEARNER)
    return IndividualBalance(
        head=head,
        skills=_skill_lines(_skills(session, viewer, head), balances, ratings),
        rated_on=own_days,
        notes=tuple(BalanceNote(one.rated_by, one.rated_on, one.note) for one in balances if one.note),
        own_sheet=sheet[RatedBy.LEARNER] if may_write_own_words(head) else None,
        tutors_sheet=sheet[RatedBy.TUTOR] if head.may_write_plan else None,
    )


def _ratings(session: Session, balances: Sequence[Balance]) -> dict[int, dict[int, int]]:
    """{balance id: {skill id: rating}}."""
    rows = session.execute(
        select(SkillRating.balance_id, SkillRating.skill_id, SkillRating.rating).where(
            SkillRating.balance_id.in_([one.id for one in balances])
        )
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for balance_id, skill_id, rating in rows:
        found[balance_id][skill_id] = rating
    return found


def _skills(session: Session, viewer: Viewer, head: PlanHead) -> Sequence[Skill]:
    """The programme's skills, then the learning skills."""
    return session.scalars(
        select(Skill)
        .where(
            Skill.organisation_id == viewer.organisation_id,
            or_(Skill.cohort_id.is_(None), Skill.cohort_id == head.cohort_id),
        )
        .order_by(Skill.cohort_id.is_(None), Skill.position, Skill.id)
        .execution_options(populate_existing=True)
    ).all()


def _skill_lines(
    skills: Sequence[Skill], balances: Sequence[Balance], ratings: dict[int, dict[int, int]]
) -> tuple[SkillLine, ...]:
    by_skill: dict[tuple[int, str], list[Rating]] = defaultdict(list)
    for balance in balances:
        for skill_id, rating in ratings[balance.id].items():
            by_skill[skill_id, balance.rated_by].append(Rating(rating, balance.rated_on))
    lines = []
    for skill in skills:
        own, tutors = by_skill[skill.id, RatedBy.LEARNER], by_skill[skill.id, RatedBy.TUTOR]
        if skill.retired and not own and not tutors:
            continue
        lines.append(
            SkillLine(
                id=skill.id,
                name=skill.name,
                meaning=skill.meaning,
                of_programme=skill.cohort_id is not None,
                retired=skill.retired,
                version=skill.version,
                before=own[0] if len(own) > 1 else None,
                now=own[-1] if own else None,
                tutors=tutors[-1] if tutors else None,
            )
        )
    return tuple(lines)


def _sheet(
    viewer: Viewer, rated_by: RatedBy, balances: Sequence[Balance], ratings: dict[int, dict[int, int]]
) -> Sheet:
    todays = next(
        (one for one in balances if one.rated_by == rated_by and one.rated_on == viewer.today), None
    )
    if todays is None:
        return Sheet(rated_by, {}, "", 0)
    return Sheet(rated_by, ratings[todays.id], todays.note, todays.version)


# --- writing -------------------------------------------------------------------------------------------


def save_own_balance(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The learner's ratings of today; a skill left open isn't rated today."""
    head = require_own_words(session, viewer, typed.id("plan"))
    return _save(session, viewer, head, RatedBy.LEARNER, typed)


def save_tutors_balance(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The tutor's ratings of today, beside the learner's."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    return _save(session, viewer, head, RatedBy.TUTOR, typed)


def _save(session: Session, viewer: Viewer, head: PlanHead, rated_by: RatedBy, typed: Typed) -> Saved:
    asked = [skill for skill in _skills(session, viewer, head) if not skill.retired]
    ratings = {
        skill.id: rating
        for skill in asked
        if (rating := typed.number(field_of(skill.id), LOWEST_RATING, HIGHEST_RATING)) is not None
    }
    note = typed.text("note")
    if not ratings:
        raise Refused("Please rate at least one skill; the others can wait.", "note")
    balance = _todays_balance(session, viewer, head, rated_by, typed.version())
    before = _ratings(session, [balance])[balance.id]
    session.execute(delete(SkillRating).where(SkillRating.balance_id == balance.id))
    session.add_all(
        SkillRating(balance_id=balance.id, skill_id=skill_id, rating=rating)
        for skill_id, rating in ratings.items()
    )
    names = {skill.id: skill.name for skill in asked}
    for skill_id in sorted(before.keys() | ratings.keys()):
        old, new = before.get(skill_id), ratings.get(skill_id)
        if old != new:
            field = f"balance {balance.id} {names.get(skill_id, 'skill')}"
            history.record(session, viewer, head.id, field, old, new)
    if note != balance.note:
        history.record(session, viewer, head.id, f"balance {balance.id} note", balance.note, note)
        balance.note = note
    session.flush()
    rated = f"{len(ratings)} skill{'s' if len(ratings) > 1 else ''} rated."
    return head.saved(rated, "balance", version=balance.version)


def _todays_balance(
    session: Session, viewer: Viewer, head: PlanHead, rated_by: RatedBy, version: int
) -> Balance:
    """Today's balance with its version raised, made where there is none yet."""
    of_today = select(Balance).where(
        Balance.plan_id == head.id, Balance.rated_by == rated_by, Balance.rated_on == viewer.today
    )
    balance = session.scalars(
        of_today.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if balance is None:
        made = Balance(plan_id=head.id, rated_by=rated_by, rated_on=viewer.today)
        return plan_rows.add(session, viewer, head.id, made, f"{viewer.today}, {rated_by}")
    if balance.version != version:
        theirs: dict[str, Any] = {
            field_of(skill_id): rating
            for skill_id, rating in _ratings(session, [balance])[balance.id].items()
        }
        raise ChangedElsewhere(balance.version, theirs | {"note": balance.note})
    balance.version += 1
    session.flush()
    return balance


def field_of(skill_id: int) -> str:
    """The name of a skill's field in the form."""
    return f"skill-{skill_id}"


def save_skill(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a skill to the programme of a plan's cohort, rename it, or stop asking about it."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    if not head.sees_cohort:
        raise NotFound
    name = typed.line("name", required="Please say what the skill is, for example “Read a drawing”.")
    values = {"name": name, "meaning": typed.line("meaning"), "retired": typed.ticked("retired")}
    skill_id = typed.id_or_none("skill")
    _refuse_twice(session, viewer, head, name, skill_id)
    if skill_id:
        skill = session.get(Skill, skill_id, populate_existing=True)
        if skill is None or skill.cohort_id != head.cohort_id:
            raise NotFound
        plan_rows.change(session, viewer, head.id, skill, typed.version(), values)
        return head.saved("Skill saved.", "balance")
    last = session.scalar(select(func.max(Skill.position)).where(Skill.cohort_id == head.cohort_id))
    skill = Skill(
        organisation_id=viewer.organisation_id,
        cohort_id=head.cohort_id,
        position=0 if last is None else last + 1,
        **values,
    )
    plan_rows.add(session, viewer, head.id, skill, name)
    return head.saved(f"Added: everyone in {head.cohort_code} can rate it.", "balance")


def _refuse_twice(session: Session, viewer: Viewer, head: PlanHead, name: str, skill_id: int | None) -> None:
    skills = _skills(session, viewer, head)
    if any(one.id != skill_id and one.name.casefold() == name.casefold() for one in skills):
        raise Refused("This skill is on the list already.", "name")
    if skill_id is None and sum(not one.retired for one in skills) >= MOST_SKILLS:
        raise Refused(f"More than {MOST_SKILLS} skills are too many to rate with care. Please retire one.")
