"""A review held with several learners at once: one note for all, an outcome for each, marked as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import reviews, state_sql
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Cohort, Enrolment, Learner, Plan, Writes
from data.review_schedule import reschedule
from data.reviews import KindChoice
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by

LONGEST_OUTCOME = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A learner of the cohort who is in learning; `paused`: on a break today."""

    plan_id: int
    name: str
    paused: bool


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """A cohort's learners whose reviews the viewer records, by family name."""

    cohort_id: int
    cohort: str
    today: date
    members: tuple[Member, ...]
    kinds: tuple[KindChoice, ...]


def read(session: Session, viewer: Viewer, cohort_id: int) -> GroupSheet:
    """The cohort's sheet; NotFound where the viewer records no review of anybody in it."""
    rows = session.execute(
        select(
            Cohort.code,
            Enrolment.id,
            Learner.given_name,
            Learner.family_name,
            state_sql.paused_on(viewer.clock_day).label("paused"),
        )
        .select_from(Enrolment)
        .join(Plan, Plan.id == Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(
            Enrolment.cohort_id == cohort_id,
            enrolments_seen_by(viewer),
            enrolments_written_by(viewer, Writes.PLANS),
            state_sql.enrolled_on(viewer.clock_day),
        )
        .order_by(Learner.family_name, Learner.given_name, Enrolment.id)
    ).all()
    if not rows:
        raise NotFound
    return GroupSheet(
        cohort_id,
        rows[0].code,
        viewer.today,
        tuple(Member(row.id, f"{row.given_name} {row.family_name}", bool(row.paused)) for row in rows),
        tuple(reviews.kind_choices(session, viewer)),
    )


def hold(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Record one review for each learner who is ticked as present: all of them or none.

    Raises NotFound out of scope, and Refused, at the field, for what can't be.
    """
    sheet = read(session, viewer, typed.id("cohort"))
    members = {str(member.plan_id): member for member in sheet.members}
    present = tuple(dict.fromkeys(typed.all("present")))
    if not set(present) <= members.keys():
        raise NotFound
    if not present:
        raise Refused("Please tick who was there.", "present")
    kind_id = typed.line("kind_id")
    kind = reviews.kind_of(session, viewer, {"kind_id": kind_id})
    held_on = typed.day("held_on", required="Please choose the day on which it was held.") or viewer.today
    note = typed.text("note", required="Please say what was talked about and agreed.")
    key = uuid4().hex
    plan_ids = [members[one].plan_id for one in present]
    with keeping(session, plan_ids):
        for one in present:
            outcome = typed.text(f"outcome-{one}", longest=LONGEST_OUTCOME)
            try:
                reviews.record(session, viewer, int(one), kind, held_on, note, outcome=outcome, group_key=key)
            except Refused as refused:
                raise Refused(f"{members[one].name}: {refused.reason}", refused.field) from refused
        reschedule(session, [sheet.cohort_id])
    saying = "1 learner" if len(present) == 1 else f"{len(present)} learners"
    return Saved(f"Recorded for {saying}, marked as group-written.", "review", cohort=sheet.cohort_id)
