"""Barriers, one at a time: who names one and who reads it, what it leads to, and how it was passed.

The learner names own barriers and chooses who reads them; only the learner opens such a barrier to more
people. Each barrier leads to a support or a target, or says why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data import confidential
from data.errors import Refused
from data.form_values import Typed
from data.models import Barrier, BarrierAnswer, BarrierKind, Support, Target, Writes
from data.plan_head import PlanHead, require_plan
from data.rules import CLOSED_STATUSES
from data.saved import Saved
from data.scope import Viewer
from data.supports import lane_typed


def add_barrier(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Name a barrier, and where staff do, what it leads to. Raises NotFound, Refused."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.SUPPORT, Writes.OWN_NOTES)
    by_learner = not head.may_write_support
    barrier = Barrier(plan_id=head.id, named_by_learner=by_learner, **_values(session, viewer, head, typed))
    confidential.add(session, viewer, barrier, barrier.what)
    if by_learner:
        return head.saved(
            "Your barrier is on your plan. Talk about it at your next review, or sooner.",
            "barrier",
            id=barrier.id,
        )
    _set_answer(session, viewer, barrier, None, typed)
    return head.saved("The barrier is on the plan.", "barrier", id=barrier.id, version=1)


def change_barrier(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Save a barrier's form over the version that it showed. Raises NotFound, Refused, ChangedElsewhere."""
    barrier = confidential.found(session, viewer, Barrier, typed.id("barrier"))
    head = require_plan(session, viewer, barrier.plan_id, Writes.SUPPORT, Writes.OWN_NOTES)
    if not head.may_write_support and not barrier.named_by_learner:
        raise Refused("Your tutor or learning support named this one. Please ask them to change it.")
    values = _values(session, viewer, head, typed)
    _check_level(session, head, barrier, values["confidentiality"])
    confidential.change(session, viewer, barrier, typed.version(), values)
    return head.saved("The barrier is saved.", "barrier", id=barrier.id, version=barrier.version)


def answer_barrier(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say what a barrier leads to: a support, a target, both, or why neither.

    Raises NotFound, Refused, ChangedElsewhere.
    """
    barrier = confidential.found(session, viewer, Barrier, typed.id("barrier"))
    head = require_plan(session, viewer, barrier.plan_id, Writes.SUPPORT)
    stored = session.scalar(select(BarrierAnswer).where(BarrierAnswer.barrier_id == barrier.id))
    theirs = {
        "support_id": stored.support_id if stored else None,
        "target_id": stored.target_id if stored else None,
        "why_not": stored.why_not if stored else "",
    }
    confidential.check_version(session, barrier, barrier.version, typed.version(), theirs)
    if not any(typed.line(field) for field in ("support_id", "target_id")):
        typed.text("why_not", required="Please choose a support or a target, or say why neither fits.")
    if _set_answer(session, viewer, barrier, stored, typed):
        barrier.version += 1
        session.flush()
    return head.saved("What the barrier leads to is saved.", "barrier", id=barrier.id)


def pass_barrier(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say when and how a barrier was passed, or, with both empty, that it is there again.

    Raises NotFound, Refused, ChangedElsewhere.
    """
    barrier = confidential.found(session, viewer, Barrier, typed.id("barrier"))
    head = require_plan(session, viewer, barrier.plan_id, Writes.SUPPORT, Writes.OWN_NOTES)
    passed_on, how_passed = typed.day("passed_on"), typed.text("how_passed")
    if passed_on and not how_passed:
        raise Refused("Please say how it was passed: somebody else may need the same way.", "how_passed")
    if how_passed and not passed_on:
        raise Refused("Please choose the day since which it is passed.", "passed_on")
    if passed_on and passed_on < barrier.from_on:
        raise Refused("That is before the barrier began. Please choose a later day.", "passed_on")
    if passed_on and passed_on > viewer.today:
        raise Refused("That day is still to come. Please say so once it is passed.", "passed_on")
    values = {"passed_on": passed_on, "how_passed": how_passed}
    confidential.change(session, viewer, barrier, typed.version(), values)
    passed = "You got past it. Well done." if head.own else "It is passed."
    sentence = passed if passed_on else "The barrier is there again."
    return head.saved(sentence, "barrier", id=barrier.id, version=barrier.version)


def _values(session: Session, viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    """The columns that a barrier's form sets."""
    since = confidential.day_in_plan(head, viewer, typed, "from_on", "Please choose since when.")
    if since and since > viewer.today:
        raise Refused("That day is still to come. Please choose since when it is there.", "from_on")
    return {
        "kind": typed.choice("kind", BarrierKind, required="Please choose what kind of barrier it is."),
        "what": typed.line("what", required="Please say what is in the way."),
        "from_on": since,
        "lane_id": lane_typed(session, viewer, typed),
        "confidentiality": confidential.level_typed(session, viewer, head.id, typed),
    }


def _check_level(session: Session, head: PlanHead, barrier: Barrier, level: int) -> None:
    """A barrier is opened to more people by whoever named it, and to nobody who doesn't read its support."""
    if level >= barrier.confidentiality:
        return
    if barrier.named_by_learner and not head.own:
        raise Refused(
            "The learner chose who reads this. Only they can open it to more people.", "confidentiality"
        )
    support = session.scalar(
        select(Support.what)
        .join(BarrierAnswer, BarrierAnswer.support_id == Support.id)
        .where(BarrierAnswer.barrier_id == barrier.id, Support.confidentiality > level)
    )
    if support is not None:
        raise Refused(
            f"It leads to “{support}”, which fewer people read. Please change who reads the support first.",
            "confidentiality",
        )


# --- what a barrier leads to ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    support: Support | None = None
    target: Target | None = None
    why_not: str = ""

    def said(self) -> str | None:
        """The answer in words, for the history."""
        parts = [
            *([f"support: {self.support.what}"] if self.support else []),
            *([f"target: {self.target.title}"] if self.target else []),
            *([f"why not: {self.why_not}"] if self.why_not else []),
        ]
        return "; ".join(parts) or None


def _set_answer(
    session: Session, viewer: Viewer, barrier: Barrier, stored: BarrierAnswer | None, typed: Typed
) -> bool:
    """Write down what the form chose, with its history; nothing chosen leaves the barrier unanswered.

    False where nothing differs.
    """
    before = (
        _Answer(
            session.get(Support, stored.support_id) if stored.support_id else None,
            session.get(Target, stored.target_id) if stored.target_id else None,
            stored.why_not,
        )
        if stored
        else _Answer()
    )
    after = _Answer(
        _support_typed(session, viewer, barrier, typed),
        _target_typed(session, barrier, typed, stored),
        typed.text("why_not"),
    )
    if after.said() == before.said():
        return False
    answer = stored or BarrierAnswer(barrier_id=barrier.id)
    answer.support_id = after.support.id if after.support else None
    answer.target_id = after.target.id if after.target else None
    answer.why_not = after.why_not
    session.add(answer)
    confidential.record(session, viewer, barrier, "answer", before.said(), after.said())
    session.flush()
    return True


def _support_typed(session: Session, viewer: Viewer, barrier: Barrier, typed: Typed) -> Support | None:
    if not typed.line("support_id"):
        return None
    support = confidential.found(session, viewer, Support, typed.id("support_id"))
    if support.plan_id != barrier.plan_id:
        raise Refused("Please choose one of the list.", "support_id")
    if support.confidentiality > barrier.confidentiality:
        raise Refused(
            "Fewer people read this support than the barrier, so to some the barrier would seem unanswered."
            " Please give both the same readers first.",
            "support_id",
        )
    return support


def _target_typed(
    session: Session, barrier: Barrier, typed: Typed, stored: BarrierAnswer | None
) -> Target | None:
    """An open target of the same plan, or the one that was chosen before."""
    if not typed.line("target_id"):
        return None
    target = session.scalar(
        select(Target).where(
            Target.id == typed.id("target_id"),
            Target.plan_id == barrier.plan_id,
            or_(
                Target.status.not_in(CLOSED_STATUSES),
                Target.id == (stored.target_id if stored else None),
            ),
        )
    )
    if target is None:
        raise Refused("Please choose one of the list.", "target_id")
    return target
