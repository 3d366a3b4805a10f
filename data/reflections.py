"""What the learner writes of their learning, by the four prompts, and what people say to each other about
the plan.

The prompts are those of the design's words: what and how I learned, what went well and why, what went less
well and why, where I could use it again. A comment is a line of the change history: it is added, never
changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import history, plan_days, plan_rows
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.history import HistoryLine
from data.models import Change, Enrolment, Person, Reflection, Review, Target, Writes
from data.own_words import may_write_own_words, require_own_words
from data.plan_head import PlanHead, head_of_learner, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

PROMPTS = ("learned", "went_well", "went_less_well", "use_again")
COMMENT = "comment"
COMMENTERS = (Writes.PLANS, Writes.SUPPORT, Writes.OWN_NOTES)
MOST_COMMENTS = 100
NOTHING_WRITTEN = "Please write something under at least one of the four questions."


@dataclass(frozen=True, slots=True)
class ReflectionLine:
    """One reflection; `reviewed_on` is the day of the review that it was written for."""

    id: int
    written_on: date
    learned: str
    went_well: str
    went_less_well: str
    use_again: str
    reviewed_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about the plan, or about one target of it."""

    said: HistoryLine
    target_id: int | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Reflections:
    """A plan's reflections and comments, both newest first; at most `MOST_COMMENTS` comments."""

    head: PlanHead
    today: date
    lines: tuple[ReflectionLine, ...]
    comments: tuple[Comment, ...]
    may_write: bool
    may_comment: bool


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> Reflections:
    """What was written in the learner's plan; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    return Reflections(
        head,
        viewer.today,
        of_plan(session, viewer, head.id),
        _comments(session, viewer, head.id),
        may_write_own_words(head),
        head.may_write_plan or head.may_write_support or head.may_write_notes,
    )


def of_plan(session: Session, viewer: Viewer, plan_id: int) -> tuple[ReflectionLine, ...]:
    """The reflections of a plan, newest first; none where the viewer doesn't see it."""
    rows = session.execute(
        select(
            Reflection.id,
            Reflection.written_on,
            Reflection.learned,
            Reflection.went_well,
            Reflection.went_less_well,
            Reflection.use_again,
            Review.held_on,
            Reflection.version,
        )
        .join(Enrolment, Enrolment.id == Reflection.plan_id)
        .outerjoin(Review, Review.id == Reflection.review_id)
        .where(Reflection.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Reflection.written_on.desc(), Reflection.id.desc())
    )
    return tuple(ReflectionLine(*row) for row in rows)


def _comments(session: Session, viewer: Viewer, plan_id: int) -> tuple[Comment, ...]:
    rows = session.execute(
        select(Change.at, Person.name, Change.reason, Change.new, Change.target_id, Target.title)
        .join(Enrolment, Enrolment.id == Change.plan_id)
        .outerjoin(Person, Person.id == Change.by_id)
        .outerjoin(Target, Target.id == Change.target_id)
        .where(Change.plan_id == plan_id, Change.field == COMMENT, enrolments_seen_by(viewer))
        .order_by(Change.id.desc())
        .limit(MOST_COMMENTS)
    )
    here = ZoneInfo(viewer.time_zone)
    return tuple(
        Comment(
            # A guest has no account: the reason holds the name, and that it came by a link.
            HistoryLine(at.astimezone(here), name or reason, COMMENT, None, said, ""),
            target_id,
            title,
        )
        for at, name, reason, said, target_id, title in rows
    )


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out a reflection: the learner's own, or written down for one without an account.

    Raises NotFound, Refused or ChangedElsewhere.
    """
    head = require_own_words(session, viewer, typed.id("plan"))
    reflection_id = typed.id_or_none("reflection")
    if reflection_id:
        row = plan_rows.of_plan(session, Reflection, reflection_id, head.id)
        if typed.ticked("remove"):
            plan_rows.remove(session, viewer, head.id, row, typed.version(), row.learned)
            return head.saved("Taken out of your reflections.", "reflection")
        plan_rows.change(session, viewer, head.id, row, typed.version(), _values(viewer, head, typed))
    else:
        values = _values(viewer, head, typed)
        title = next(values[prompt] for prompt in PROMPTS if values[prompt])
        plan_rows.add(session, viewer, head.id, Reflection(plan_id=head.id, **values), title)
    return head.saved("Saved. Thank you for taking the time.", "reflection")


def comment(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say something about a plan, or about one of its targets. Raises NotFound or Refused."""
    head = require_plan(session, viewer, typed.id("plan"), *COMMENTERS)
    said = typed.text("said", required="Please write what you want to say.", longest=1000)
    target_id = typed.id_or_none("target")
    if target_id is not None:
        own = session.scalar(select(Target.id).where(Target.id == target_id, Target.plan_id == head.id))
        if own is None:
            raise NotFound
    history.record(session, viewer, head.id, COMMENT, None, said, target_id=target_id)
    session.flush()
    return head.saved("Said. Everyone who works on this plan can read it.", COMMENT, target=target_id)


def _values(viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    values: dict[str, Any] = {prompt: typed.text(prompt) for prompt in PROMPTS}
    if not any(values.values()):
        raise Refused(NOTHING_WRITTEN, PROMPTS[0])
    written_on = typed.day("written_on") or viewer.today
    plan_days.not_before_the_plan(head, written_on, "written_on")
    plan_days.not_after_today(viewer, written_on, "written_on")
    return values | {"written_on": written_on}
