"""Completes a review: what its form decided becomes the plan's, all of it or nothing. Afterwards it is
signed, and whatever is to be said about it is added as a note.

A refusal names the field of the form that it is about, as "target-5.due_on" or "agreed.said".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import history, judgements, reasons, review_schedule, reviews, targets
from data.department_figures import keeping
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import (
    Choice,
    FormPart,
    Party,
    Review,
    ReviewDecision,
    ReviewForm,
    ReviewKind,
    ReviewNote,
    ReviewPart,
    ReviewSignature,
    Writes,
)
from data.own_words import may_write_own_words
from data.plan_head import READ_ONLY, PlanHead
from data.review_forms import form_decided, form_seen
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer
from data.target_words import changed_words, write_words

DECIDED_SINCE = "{by} changed this target since you decided. Please look at it again, and decide anew."
CLOSED_SINCE = "This target was closed since you decided. Please load the page again."
NOT_COMPLETED = "This review isn’t completed yet."


def complete(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Complete the review that was sent; the caller commits.

    Raises NotFound out of scope, and Refused, at the field, for whatever can't be: then nothing changes.
    """
    form, head = form_decided(session, viewer, typed)
    held_on = typed.day("held_on", required="Please choose the day on which it was held.") or viewer.today
    parts = {
        part.part: part for part in session.scalars(select(ReviewPart).where(ReviewPart.form_id == form.id))
    }
    agreed = parts[FormPart.AGREED].said if FormPart.AGREED in parts else ""
    if not agreed:
        raise Refused("Please say in a sentence or two what was agreed.", "agreed.said")
    kind = next(one for one in reviews.kind_choices(session, viewer) if one.id == form.kind_id)
    with keeping(session, [head.id]):
        review = reviews.record(session, viewer, head.id, kind, held_on, agreed)
    for decision in session.scalars(
        select(ReviewDecision).where(ReviewDecision.form_id == form.id).order_by(ReviewDecision.id)
    ).all():
        with _at(f"target-{decision.target_id}" if decision.target_id else f"new-{decision.id}"):
            _carry_out(session, viewer, head, decision)
    if FormPart.JUDGEMENT in parts:
        _judge(session, viewer, head, parts[FormPart.JUDGEMENT], review.id)
    review_schedule.reschedule(session, [head.cohort_id])
    form.next_due_on, form.next_why = next_review(session, head, form.kind_id, held_on)
    form.completed_at, form.review_id = viewer.now, review.id
    form.version += 1
    session.flush()
    return head.saved("Completed.", "review", id=review.id, go=f"/review/{form.id}")


def next_review(session: Session, head: PlanHead, kind_id: int, held_on: date) -> tuple[date | None, str]:
    """When the plan's next review is due once one of this kind was held on a day, and why."""
    clock = review_schedule.review_clocks(session, [head.cohort_id])[head.cohort_id][head.id]
    if session.scalars(select(ReviewKind.counts).where(ReviewKind.id == kind_id)).one():
        clock = replace(clock, held_on=(*clock.held_on, held_on))
    last = clock.last_held(date.max)
    return clock.due_after(last), reasons.why_next_review(clock, date.max)


# --- what was decided ----------------------------------------------------------------------------------


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Refusals inside are about this place of the form."""
    try:
        yield
    except Refused as refused:
        raise Refused(refused.reason, f"{place}.{refused.field or 'choice'}") from refused
    except ChangedElsewhere as changed:
        by = changed.by or "Somebody else"
        raise Refused(DECIDED_SINCE.format(by=by), f"{place}.choice") from changed
    except NotFound as gone:
        raise Refused(CLOSED_SINCE, f"{place}.choice") from gone


def _carry_out(session: Session, viewer: Viewer, head: PlanHead, decision: ReviewDecision) -> None:
    """Make of one decision what it says of the plan."""
    if decision.choice == Choice.NEW:
        typed = {"title": decision.title, "criteria": decision.criteria}
        made = targets.create(
            session, viewer, head.id, typed | {"lane_id": decision.lane_id, "due_on": decision.due_on}
        )
        decision.target_id = made.id
        return
    if decision.choice == Choice.KEEP:
        return
    target_id, version = decision.target_id or 0, decision.target_version or 0
    if targets.read(session, viewer, target_id).status not in (
        TargetStatus.TO_COME,
        TargetStatus.IN_PROGRESS,
    ):
        raise Refused(CLOSED_SINCE, "choice")
    if decision.choice == Choice.CHANGE:
        _reword(session, viewer, decision, version)
    else:
        targets.update(session, viewer, target_id, version, _changes(decision), decision.reason)


def _changes(decision: ReviewDecision) -> Mapping[str, Any]:
    """What is sent to the target's own form; Refused where the decision is only half filled in."""
    if decision.choice == Choice.MOVE:
        if decision.due_on is None:
            raise Refused("Please choose the new date.", "due_on")
        return {"due_on": decision.due_on}
    if decision.choice == Choice.ACHIEVED:
        if not decision.how_met:
            raise Refused("Please say how the criteria were met.", "how_met")
        return {"status": TargetStatus.ACHIEVED.value, "how_met": decision.how_met}
    if not decision.reason:
        raise Refused("Please say why it is withdrawn.", "reason")
    return {"status": TargetStatus.WITHDRAWN.value}


def _reword(session: Session, viewer: Viewer, decision: ReviewDecision, version: int) -> None:
    if not decision.title:
        raise Refused("Please say what the target is.", "title")
    before = targets.read(session, viewer, decision.target_id or 0)
    if before.version != version:
        raise ChangedElsewhere(before.version, {}, before.last_changed_by)
    changed = changed_words(before, {"title": decision.title, "criteria": decision.criteria})
    if changed:
        write_words(session, viewer, before, changed, decision.reason, Writes.PLANS)


def _judge(session: Session, viewer: Viewer, head: PlanHead, part: ReviewPart, review_id: int) -> None:
    reason = part.said
    if not part.colour and not reason:
        return
    if not part.colour:
        raise Refused("Please choose red, amber or green, or empty the reason.", "judgement.colour")
    if not reason:
        raise Refused("Please say why, in a sentence.", "judgement.said")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Please shorten this to {LONGEST_REASON} characters.", "judgement.said")
    judgements.add(session, viewer, head, part.colour, reason, review_id)


# --- afterwards ----------------------------------------------------------------------------------------


def signing_parties(session: Session, kind_id: int) -> Sequence[Party]:
    """Who signs a review of a kind, in the order that the college gave."""
    listed = session.scalars(select(ReviewKind.signed_by).where(ReviewKind.id == kind_id)).one()
    return [Party(one) for one in listed.split()]


def may_sign(head: PlanHead, party: Party) -> bool:
    """Whether the viewer signs as this party for themselves."""
    return head.own if party == Party.LEARNER else party == Party.TUTOR and head.may_write_plan


def may_write_down(head: PlanHead, party: Party) -> bool:
    """Whether the viewer may write down that this party signed in person."""
    return head.may_write_plan and not head.own and party != Party.TUTOR


def sign(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Sign a completed review, or write down that somebody signed it in person.

    Raises NotFound, or Refused where the viewer doesn't sign as that party.
    """
    form, head, review_id = _completed(session, viewer, typed)
    parties = signing_parties(session, form.kind_id)
    party = Party(typed.choice("party", parties, required="Please say who signs."))
    for_themselves = may_sign(head, party)
    if not for_themselves and not may_write_down(head, party):
        raise Refused("You can read this review, but not sign it for them.")
    name = viewer.name if for_themselves else _named(head, party, typed)
    session.execute(select(Review.id).where(Review.id == review_id).with_for_update())
    signed = select(ReviewSignature).where(
        ReviewSignature.review_id == review_id, ReviewSignature.party == party
    )
    if session.scalars(signed).first() is not None:
        raise Refused("It is signed already. Please load the page again.")
    session.add(
        ReviewSignature(
            review_id=review_id,
            party=party,
            name=name,
            by_id=viewer.person_id,
            in_person=not for_themselves,
            signed_at=viewer.now,
        )
    )
    history.record(session, viewer, head.id, "review signed", None, name, review_id=review_id)
    return head.saved(f"Signed by {name}.", "review-row")


def _named(head: PlanHead, party: Party, typed: Typed) -> str:
    if party == Party.LEARNER:
        return head.learner_name
    return typed.line("name", required="Please write the name of who signed.")


def add_note(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add something to a completed review; its own words stay as they are. Raises NotFound or Refused."""
    _, head, review_id = _completed(session, viewer, typed)
    if not (head.may_write_plan or may_write_own_words(head)):
        raise Refused(READ_ONLY)
    said = typed.text("said", required="Please write what you want to add.")
    session.add(ReviewNote(review_id=review_id, said=said, by_id=viewer.person_id, written_at=viewer.now))
    history.record(session, viewer, head.id, "review note", None, said, review_id=review_id)
    return head.saved("Added. The review itself stays as it was signed.", "review-row")


def _completed(session: Session, viewer: Viewer, typed: Typed) -> tuple[ReviewForm, PlanHead, int]:
    form, head = form_seen(session, viewer, typed.id("form"))
    if form.review_id is None:
        raise Refused(NOT_COMPLETED)
    return form, head, form.review_id
