"""The log of learning experiences: what the learner did, in college and outside, and what they learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import plan_days, plan_rows
from data.form_values import Typed
from data.models import Enrolment, Experience, ExperienceKind
from data.own_words import may_write_own_words, require_own_words
from data.plan_head import PlanHead, head_of_learner
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

MOST_HOURS = 5000
EARLIER = "What you did earlier belongs to the starting point: please ask your tutor to add it there."


@dataclass(frozen=True, slots=True)
class ExperienceLine:
    id: int
    kind: str
    what: str
    place: str
    from_on: date
    until_on: date | None
    hours: int | None
    learned: str
    version: int


@dataclass(frozen=True, slots=True)
class ExperienceLog:
    """A plan's experiences, newest first."""

    head: PlanHead
    today: date
    lines: tuple[ExperienceLine, ...]
    may_write: bool

    @property
    def hours(self) -> dict[str, int]:
        """{kind: hours} of each kind that has any, in the order of `ExperienceKind`."""
        sums = {
            kind: sum(line.hours or 0 for line in self.lines if line.kind == kind) for kind in ExperienceKind
        }
        return {kind: hours for kind, hours in sums.items() if hours}


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> ExperienceLog:
    """The log of the learner's plan; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    rows = session.execute(
        select(
            Experience.id,
            Experience.kind,
            Experience.what,
            Experience.place,
            Experience.from_on,
            Experience.until_on,
            Experience.hours,
            Experience.learned,
            Experience.version,
        )
        .join(Enrolment, Enrolment.id == Experience.plan_id)
        .where(Experience.plan_id == head.id, enrolments_seen_by(viewer))
        .order_by(Experience.from_on.desc(), Experience.id.desc())
    )
    lines = tuple(ExperienceLine(*row) for row in rows)
    return ExperienceLog(head, viewer.today, lines, may_write_own_words(head))


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out an experience."""
    head = require_own_words(session, viewer, typed.id("plan"))
    experience_id = typed.id_or_none("experience")
    if experience_id and typed.ticked("remove"):
        row = plan_rows.of_plan(session, Experience, experience_id, head.id)
        plan_rows.remove(session, viewer, head.id, row, typed.version(), row.what)
        return head.saved("Taken out of the log.", "experience")
    values = _values(viewer, head, typed)
    if experience_id:
        row = plan_rows.of_plan(session, Experience, experience_id, head.id)
        plan_rows.change(session, viewer, head.id, row, typed.version(), values)
    else:
        plan_rows.add(session, viewer, head.id, Experience(plan_id=head.id, **values), values["what"])
    return head.saved("Saved in the log.", "experience")


def _values(viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    from_on = typed.day("from_on", required="Please say on which day it was, or began.")
    until_on = typed.day("until_on")
    plan_days.not_before_the_plan(head, from_on, "from_on", EARLIER)
    plan_days.not_after_today(viewer, from_on, "from_on")
    plan_days.in_order(from_on, until_on, "until_on")
    plan_days.not_far_ahead(viewer, until_on, "until_on")
    return {
        "kind": typed.choice("kind", ExperienceKind, required="Please say what kind of experience it was."),
        "what": typed.line("what", required="Please say what you did."),
        "place": typed.line("place"),
        "from_on": from_on,
        "until_on": until_on,
        "hours": typed.number("hours", 0, MOST_HOURS),
        "learned": typed.text("learned", required="Please say what you learned; one sentence is enough."),
    }
