"""A line before a review, by those who teach or support a learner: whose reviews are near, and the line.

Teachers change nothing of a plan; this right follows from the groups that they teach, and from no `Writes`.
Whoever writes a learner's support may write a line too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from data import plan_rows, rules, state_sql
from data.errors import Refused
from data.form_values import Typed
from data.models import Cohort, Enrolment, Going, Learner, Plan, Reach, ReviewLine, Support, Writes
from data.plan_head import plan_head
from data.rules import ReviewState
from data.saved import Saved
from data.scope import Grant, Viewer, confidential_rows_read_by, enrolments_seen_by
from data.statements import built_once

LONGEST = 300
NOT_YOURS = "A line before a review is written by those who teach or support the learner."


@dataclass(frozen=True, slots=True)
class OwnLine:
    """The line that the viewer has written since the learner's last review."""

    id: int
    going: str
    said: str
    version: int


@dataclass(frozen=True, slots=True)
class LearnerDue:
    """A learner whose review is near, and the viewer's line on them."""

    plan_id: int
    learner_id: int
    name: str
    cohort: str
    next_review_on: date
    state: ReviewState
    own: OwnLine | None


def is_asked(viewer: Viewer) -> bool:
    """Whether one of the viewer's roles is asked for lines."""
    return any(_asked(grant) for grant in viewer.grants)


def due(session: Session, viewer: Viewer) -> tuple[LearnerDue, ...]:
    """The learners whom the viewer teaches, or to whom a support is given that the viewer looks after, whose
    review is overdue or due soon: the earliest first, in one query."""
    day = viewer.clock_day
    rows = session.execute(_due(_as_colleague(viewer), day, viewer.soon.reviews))
    found: dict[int, LearnerDue] = {}
    for row in rows:
        own = OwnLine(row.line_id, row.going, row.said, row.version) if row.line_id else None
        found[row.plan_id] = LearnerDue(
            row.plan_id,
            row.learner_id,
            f"{row.given_name} {row.family_name}",
            row.code,
            row.next_review_on,
            rules.review_state(row.next_review_on, day, soon_days=viewer.soon.reviews),
            own,
        )
    return tuple(found.values())


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> OwnLine | None:
    """The viewer's line on a learner since the last review; None where there is none."""
    row = session.execute(_own_line(viewer), {"plan_id": plan_id}).first()
    return OwnLine(*row) if row else None


def may_write(session: Session, viewer: Viewer, plan_id: int) -> bool:
    colleague = _as_colleague(viewer)
    wanted = select(Enrolment.id).where(Enrolment.id == plan_id, enrolments_seen_by(colleague))
    return session.scalar(wanted) is not None


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Write one's line on a learner, or change the one written since the last review.

    Raises NotFound out of scope, Refused for who neither teaches nor supports the learner, ChangedElsewhere.
    """
    head = plan_head(session, viewer, typed.id("plan"))
    if not may_write(session, viewer, head.id):
        raise Refused(NOT_YOURS)
    values = {
        "going": typed.choice("going", Going, required="Please choose how it is going."),
        "said": typed.line("said", longest=LONGEST),
    }
    if values["going"] == Going.HARD and not values["said"]:
        raise Refused("Please say in a few words what is hard, so that the review can help.", "said")
    own = of_plan(session, viewer, head.id)
    if own is None:
        row = ReviewLine(plan_id=head.id, by_id=viewer.person_id, written_on=viewer.today, **values)
        plan_rows.add(session, viewer, head.id, row, values["said"] or values["going"])
    else:
        row = plan_rows.of_plan(session, ReviewLine, own.id, head.id)
        plan_rows.change(session, viewer, head.id, row, typed.id_or_none("version") or 0, values)
    return head.saved(f"Saved. It stands in the review pack of {head.learner_name}.", "review-line")


def _as_colleague(viewer: Viewer) -> Viewer:
    return replace(viewer, grants=tuple(grant for grant in viewer.grants if _asked(grant)))


def _asked(grant: Grant) -> bool:
    """With this role one writes lines on the learners whom it reaches: a tutor holds the review instead."""
    return grant.reach == Reach.TEACHING_GROUPS or grant.writes == Writes.SUPPORT


def _since_last() -> ColumnElement[bool]:
    """A condition on `ReviewLine` and `Enrolment`: written after the last review."""
    return or_(Enrolment.last_review_on.is_(None), ReviewLine.written_on > Enrolment.last_review_on)


@built_once
def _own_line(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(ReviewLine.id, ReviewLine.going, ReviewLine.said, ReviewLine.version)
        .join(Enrolment, Enrolment.id == ReviewLine.plan_id)
        .where(
            ReviewLine.plan_id == bindparam("plan_id"),
            ReviewLine.by_id == viewer.person_id,
            enrolments_seen_by(viewer),
            _since_last(),
        )
        .order_by(ReviewLine.id.desc())
        .limit(1)
    )


@built_once
def _due(viewer: Viewer, day: date, soon_days: int) -> Select[*tuple[Any, ...]]:
    supported = exists().where(
        Support.plan_id == Enrolment.id,
        confidential_rows_read_by(viewer, Support.confidentiality),
        Support.from_on <= day,
        or_(Support.until_on.is_(None), Support.until_on >= day),
    )
    teaches = replace(
        viewer, grants=tuple(grant for grant in viewer.grants if grant.reach == Reach.TEACHING_GROUPS)
    )
    own = and_(ReviewLine.plan_id == Enrolment.id, ReviewLine.by_id == viewer.person_id, _since_last())
    return (
        select(
            Enrolment.id.label("plan_id"),
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Cohort.code,
            Enrolment.next_review_on,
            ReviewLine.id.label("line_id"),
            ReviewLine.going,
            ReviewLine.said,
            ReviewLine.version,
        )
        .join(Plan, Plan.id == Enrolment.id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(ReviewLine, own)
        .where(
            enrolments_seen_by(viewer),
            or_(enrolments_seen_by(teaches), supported),
            state_sql.enrolled_on(day),
            ~state_sql.paused_on(day),
            Enrolment.next_review_on <= day + timedelta(days=soon_days),
        )
        .order_by(Enrolment.next_review_on, Learner.family_name, Enrolment.id, ReviewLine.id)
    )
