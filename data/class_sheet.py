"""What a teacher needs of a teaching group, on one side of A4: who works how, supports, targets that touch
the subject."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from data import rules, state_sql
from data.errors import NotFound
from data.models import (
    Cohort,
    Department,
    Enrolment,
    Learner,
    LinkKind,
    Milestone,
    OwnWords,
    Plan,
    Support,
    Target,
    TargetLink,
    TeachingGroup,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)
from data.rules import TargetState
from data.scope import (
    Viewer,
    confidential_rows_read_by,
    departments_seen_by,
    enrolments_seen_by,
)
from data.tutoring import holds_on

DAYS_AHEAD = 42
COMMON_WORDS = frozenset(
    ("gcse", "resit", "functional", "skills", "level", "entry", "a-level", "btec", "1", "2", "3")
)
"""They stand in the names of many subjects."""
HOW_CHOSEN = f"Targets that are overdue or due within {DAYS_AHEAD // 7} weeks and name the subject"


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A teaching group."""

    id: int
    code: str
    subject: str


@dataclass(frozen=True, slots=True)
class SheetTarget:
    """A target that touches the subject; `named_in` says what of it does: its unit, what it serves …"""

    title: str
    due_on: date | None
    state: TargetState
    named_in: str


@dataclass(frozen=True, slots=True)
class SheetLearner:
    """A learner of the group; `supports` say what, by whom and how often."""

    id: int
    name: str
    cohort: str
    works_how: str
    supports: tuple[str, ...]
    targets: tuple[SheetTarget, ...]


@dataclass(frozen=True, slots=True)
class ClassSheet:
    """`looked_for` are the words by which a target is found to touch the subject."""

    group: NamedGroup
    today: date
    looked_for: tuple[str, ...]
    learners: tuple[SheetLearner, ...]


def groups_of(session: Session, viewer: Viewer) -> tuple[NamedGroup, ...]:
    """The groups that the viewer teaches today, by code."""
    rows = session.execute(
        select(TeachingGroup.id, TeachingGroup.code, TeachingGroup.subject)
        .join(Department, Department.id == TeachingGroup.department_id)
        .where(Department.organisation_id == viewer.organisation_id, _taught_by(viewer))
        .order_by(TeachingGroup.code)
    )
    return tuple(NamedGroup(*row) for row in rows)


def read(session: Session, viewer: Viewer, group_id: int) -> ClassSheet:
    """The sheet of a group, in six queries; NotFound for who neither teaches it nor sees its department."""
    group = session.execute(
        select(TeachingGroup.id, TeachingGroup.code, TeachingGroup.subject)
        .join(Department, Department.id == TeachingGroup.department_id)
        .where(
            TeachingGroup.id == group_id,
            Department.organisation_id == viewer.organisation_id,
            or_(_taught_by(viewer), departments_seen_by(viewer)),
        )
    ).one_or_none()
    if group is None:
        raise NotFound
    named = NamedGroup(*group)
    heads = _learners(session, viewer, group_id)
    plan_ids = [head.plan_id for head in heads]
    supports, targets = _supports(session, viewer, plan_ids), _targets(session, viewer, plan_ids, named)
    return ClassSheet(
        named,
        viewer.today,
        telling_words(named.subject),
        tuple(
            SheetLearner(
                id=head.id,
                name=f"{head.given_name} {head.family_name}",
                cohort=head.code,
                works_how=head.ways_of_working or "",
                supports=tuple(supports[head.plan_id]),
                targets=tuple(targets[head.plan_id]),
            )
            for head in heads
        ),
    )


def telling_words(subject: str) -> tuple[str, ...]:
    """The words of a subject that tell it from others: maths, of "GCSE maths resit"."""
    telling = tuple(word for word in subject.split() if word.casefold() not in COMMON_WORDS)
    return telling or (subject,)


def _taught_by(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        TeachingGroupTeacher.group_id == TeachingGroup.id,
        TeachingGroupTeacher.person_id == viewer.person_id,
        holds_on(TeachingGroupTeacher, viewer.today),
    )


def _learners(session: Session, viewer: Viewer, group_id: int) -> list[Any]:
    """Who is in the group today, in learning, and seen by the viewer."""
    in_group = exists().where(
        TeachingGroupLearner.learner_id == Learner.id,
        TeachingGroupLearner.group_id == group_id,
        holds_on(TeachingGroupLearner, viewer.today),
    )
    return list(
        session.execute(
            select(
                Enrolment.id.label("plan_id"),
                Learner.id,
                Learner.given_name,
                Learner.family_name,
                Cohort.code,
                OwnWords.ways_of_working,
            )
            .join(Plan, Plan.id == Enrolment.id)
            .join(Learner, Learner.id == Enrolment.learner_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .outerjoin(OwnWords, OwnWords.id == Plan.id)
            .where(in_group, enrolments_seen_by(viewer), state_sql.enrolled_on(viewer.clock_day))
            .order_by(Learner.family_name, Learner.given_name, Enrolment.id)
        )
    )


def _supports(session: Session, viewer: Viewer, plan_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for plan_id, what, by_whom, how_often in session.execute(
        select(Support.plan_id, Support.what, Support.by_whom, Support.how_often)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(
            Support.plan_id.in_(plan_ids),
            confidential_rows_read_by(viewer, Support.confidentiality),
            Support.from_on <= viewer.today,
            or_(Support.until_on.is_(None), Support.until_on >= viewer.today),
        )
        .order_by(Support.from_on, Support.id)
    ):
        found[plan_id].append(", ".join(part for part in (what, by_whom, how_often) if part))
    return found


def _targets(
    session: Session, viewer: Viewer, plan_ids: list[int], group: NamedGroup
) -> dict[int, list[SheetTarget]]:
    day = viewer.clock_day
    near = and_(
        Target.plan_id.in_(plan_ids),
        enrolments_seen_by(viewer),
        state_sql.is_open(),
        Target.due_on <= day + timedelta(days=DAYS_AHEAD),
    )
    links = _links(session, near)
    subject = _whole_words(telling_words(group.subject))
    found: dict[int, list[SheetTarget]] = defaultdict(list)
    for target, unit, short_unit, state in session.execute(
        select(
            Target,
            Milestone.title,
            Milestone.short_title,
            state_sql.target_state(day, viewer.soon.targets),
        )
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .outerjoin(Milestone, Milestone.id == Target.milestone_id)
        .where(near)
        .order_by(Target.due_on, Target.id)
    ):
        places = (
            *((f"{kind} “{serves}”", serves) for kind, serves in links.get(target.id, ())),
            (f"unit “{short_unit}”", f"{short_unit} {unit}"),
            ("title", target.title),
            ("criteria", target.criteria),
            ("where and how", target.where_and_how),
        )
        named_in = next((place for place, text in places if text and subject.search(text)), None)
        if named_in is not None:
            one = SheetTarget(target.title, target.due_on, rules.TargetState(state or ""), named_in)
            found[target.plan_id].append(one)
    return found


def _links(session: Session, near: ColumnElement[bool]) -> dict[int, list[tuple[str, str]]]:
    """{target id: (kind, what it serves)}, units and skills first."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for target_id, kind, serves in session.execute(
        select(TargetLink.target_id, TargetLink.kind, TargetLink.serves)
        .join(Target, Target.id == TargetLink.target_id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(near)
        .order_by(TargetLink.kind.not_in((LinkKind.UNIT, LinkKind.SKILL)), TargetLink.id)
    ):
        found[target_id].append((kind, serves))
    return found


def _whole_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the words where it begins one, so that “art” isn’t found in “start”."""
    return re.compile(rf"\b({'|'.join(re.escape(word) for word in words)})", re.IGNORECASE)
