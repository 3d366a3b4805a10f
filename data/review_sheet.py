"""One review as its page shows it: while it is held with its open targets, afterwards as it was completed;
and the reviews of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import kind_clocks, programme_checks, prompts, reviews
from data.kind_clocks import KindDue
from data.models import (
    Choice,
    Enrolment,
    Lane,
    Party,
    Person,
    Review,
    ReviewAction,
    ReviewDecision,
    ReviewForm,
    ReviewKind,
    ReviewNote,
    ReviewPart,
    ReviewSignature,
)
from data.own_words import may_write_own_words
from data.plan_head import PlanHead, head_of_learner
from data.programme_checks import CheckOfPlan
from data.prompts import Answer
from data.review_completion import may_sign, may_write_down, next_review, signing_parties
from data.review_forms import OpenTarget, form_seen, open_targets
from data.reviews import KindChoice
from data.scope import Viewer, enrolments_seen_by
from data.target_detail import LaneChoice, lane_choices


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form as last kept; version 0 where nothing is kept yet."""

    said: str = ""
    colour: str | None = None
    by: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a target; `lane` is that of a new one."""

    id: int
    target_id: int | None
    choice: Choice
    title: str
    criteria: str
    lane: str
    due_on: date | None
    reason: str
    how_met: str
    target_version: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody does by when."""

    id: int
    what: str
    by_whom: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Signed:
    """One who has to sign; `at` is None until they did. `may_sign`: the viewer, for themselves;
    `may_write_down`: the viewer may write down that they signed in person."""

    party: Party
    name: str
    at: datetime | None
    in_person: bool
    by: str
    may_sign: bool
    may_write_down: bool


@dataclass(frozen=True, slots=True)
class Note:
    said: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Completed:
    """What is so of a review once it is completed."""

    review_id: int
    held_on: date
    by: str
    at: datetime
    signatures: tuple[Signed, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """One review. `targets` are the plan's open ones while it is held, none afterwards; `decisions` by
    target, the new targets apart in `new`. `prompts` are those that the learner reads too, with what they
    answered, while it is held. `signed_by` are those who have to sign one of the kind. `completed` is None
    while it is held."""

    id: int
    head: PlanHead
    kind: str
    signed_by: tuple[Party, ...]
    prompts: tuple[Answer, ...]
    today: date
    started_by: str
    targets: tuple[OpenTarget, ...]
    decisions: Mapping[int, Decision]
    new: tuple[Decision, ...]
    actions: tuple[Action, ...]
    parts: Mapping[str, Part]
    lanes: tuple[LaneChoice, ...]
    next_due_on: date | None
    next_why: str
    completed: Completed | None
    may_decide: bool
    may_speak: bool
    may_note: bool

    def part(self, name: str) -> Part:
        return self.parts.get(name, Part())


def read(session: Session, viewer: Viewer, form_id: int) -> ReviewSheet:
    """The review; NotFound where there is none that the viewer sees."""
    form, head = form_seen(session, viewer, form_id)
    held = form.completed_at is None
    decisions = decisions_of(session, [form.id])[form.id]
    speaks = may_write_own_words(head)
    next_on, why = (
        next_review(session, head, form.kind_id, viewer.today) if held else (form.next_due_on, form.next_why)
    )
    kind, signed_by, started_by = session.execute(
        select(ReviewKind.name, ReviewKind.signed_by, Person.name)
        .select_from(ReviewForm)
        .join(ReviewKind, ReviewKind.id == ReviewForm.kind_id)
        .outerjoin(Person, Person.id == ReviewForm.started_by_id)
        .where(ReviewForm.id == form.id)
    ).one()
    return ReviewSheet(
        id=form.id,
        head=head,
        kind=kind,
        signed_by=tuple(Party(one) for one in signed_by.split()),
        prompts=prompts.answers_to(
            session, viewer, head, prompts.of_kind(session, viewer, head, form.kind_id)
        )
        if held
        else (),
        today=viewer.today,
        started_by=started_by or "",
        targets=open_targets(session, viewer, head.id) if held else (),
        decisions={one.target_id: one for one in decisions if one.target_id and one.choice != Choice.NEW},
        new=tuple(one for one in decisions if one.choice == Choice.NEW),
        actions=tuple(actions_of(session, [form.id])[form.id]),
        parts=parts_of(session, [form.id])[form.id],
        lanes=tuple(lane_choices(session, viewer)),
        next_due_on=next_on,
        next_why=why,
        completed=None if held else _completed(session, viewer, form, head),
        may_decide=head.may_write_plan,
        may_speak=speaks,
        may_note=head.may_write_plan or speaks,
    )


# What follows is read of several forms at once, of reviews that were read for the viewer: {form's id: …}.


def decisions_of(session: Session, form_ids: Sequence[int]) -> dict[int, list[Decision]]:
    rows = session.execute(
        select(ReviewDecision, Lane.label)
        .outerjoin(Lane, Lane.id == ReviewDecision.lane_id)
        .where(ReviewDecision.form_id.in_(form_ids))
        .order_by(ReviewDecision.id)
    )
    found: dict[int, list[Decision]] = defaultdict(list)
    for row, lane in rows:
        found[row.form_id].append(
            Decision(
                row.id,
                row.target_id,
                Choice(row.choice),
                row.title,
                row.criteria,
                lane or "",
                row.due_on,
                row.reason,
                row.how_met,
                row.target_version,
                row.version,
            )
        )
    return found


def actions_of(session: Session, form_ids: Sequence[int]) -> dict[int, list[Action]]:
    found: dict[int, list[Action]] = defaultdict(list)
    for row in session.scalars(
        select(ReviewAction)
        .where(ReviewAction.form_id.in_(form_ids))
        .order_by(ReviewAction.due_on.is_(None), ReviewAction.due_on, ReviewAction.id)
    ):
        found[row.form_id].append(Action(row.id, row.what, row.by_whom, row.due_on))
    return found


def parts_of(session: Session, form_ids: Sequence[int]) -> dict[int, dict[str, Part]]:
    rows = session.execute(
        select(ReviewPart, Person.name)
        .outerjoin(Person, Person.id == ReviewPart.by_id)
        .where(ReviewPart.form_id.in_(form_ids))
    )
    found: dict[int, dict[str, Part]] = defaultdict(dict)
    for row, by in rows:
        found[row.form_id][row.part] = Part(row.said, row.colour, by or "", row.version)
    return found


def notes_of(session: Session, review_ids: Sequence[int], here: ZoneInfo) -> dict[int, list[Note]]:
    """{review's id: the notes that were added to it}."""
    rows = session.execute(
        select(ReviewNote, Person.name)
        .outerjoin(Person, Person.id == ReviewNote.by_id)
        .where(ReviewNote.review_id.in_(review_ids))
        .order_by(ReviewNote.id)
    )
    found: dict[int, list[Note]] = defaultdict(list)
    for row, by in rows:
        found[row.review_id].append(Note(row.said, by or "", row.written_at.astimezone(here)))
    return found


def _completed(session: Session, viewer: Viewer, form: ReviewForm, head: PlanHead) -> Completed:
    here = ZoneInfo(viewer.time_zone)
    review_id, held_on, at, by = session.execute(
        select(Review.id, Review.held_on, Review.recorded_at, Person.name)
        .outerjoin(Person, Person.id == Review.recorded_by_id)
        .where(Review.id == form.review_id)
    ).one()
    return Completed(
        review_id,
        held_on,
        by or "",
        at.astimezone(here),
        _signatures(session, form.kind_id, head, review_id, here),
        tuple(notes_of(session, [review_id], here)[review_id]),
    )


def _signatures(
    session: Session, kind_id: int, head: PlanHead, review_id: int, here: ZoneInfo
) -> tuple[Signed, ...]:
    """Those who have to sign a review of the kind, and whoever signed beyond them."""
    given = {
        signature.party: (signature, by)
        for signature, by in session.execute(
            select(ReviewSignature, Person.name)
            .outerjoin(Person, Person.id == ReviewSignature.by_id)
            .where(ReviewSignature.review_id == review_id)
            .order_by(ReviewSignature.id)
        )
    }
    found = []
    for party in dict.fromkeys([*signing_parties(session, kind_id), *map(Party, given)]):
        if party in given:
            one, by = given[party]
            found.append(
                Signed(party, one.name, one.signed_at.astimezone(here), one.in_person, by or "", False, False)
            )
        else:
            own = may_sign(head, party)
            name = head.learner_name if party == Party.LEARNER else ""
            found.append(Signed(party, name, None, False, "", own, not own and may_write_down(head, party)))
    return tuple(found)


# --- the reviews of a plan -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review that was held; `form_id` is None where it was recorded without one. `unsigned` are the
    parties who have to sign yet."""

    id: int
    held_on: date
    kind: str
    by: str
    note: str
    outcome: str
    of_group: bool
    form_id: int | None
    unsigned: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A review that was started and isn't completed."""

    form_id: int
    kind: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReviewsOfPlan:
    """A plan's reviews, newest first, and those that are being held."""

    head: PlanHead
    next_review_on: date | None
    started: tuple[Started, ...]
    lines: tuple[ReviewLine, ...]
    kinds: tuple[KindChoice, ...]
    kinds_due: tuple[KindDue, ...]
    check: CheckOfPlan


def of_learner(
    session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None
) -> ReviewsOfPlan:
    """The reviews of the plan asked for, else of the current one; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    takes_part = head.may_write_plan or head.may_write_notes
    next_on = session.scalars(select(Enrolment.next_review_on).where(Enrolment.id == head.id)).one()
    return ReviewsOfPlan(
        head,
        next_on,
        _started(session, viewer, head.id) if takes_part else (),
        review_lines(session, viewer, head.id),
        tuple(reviews.kind_choices(session, viewer)),
        kind_clocks.of_plans(session, viewer, Enrolment.id == head.id).get(head.id, ()),
        programme_checks.of_plan(session, viewer, head),
    )


def _started(session: Session, viewer: Viewer, plan_id: int) -> tuple[Started, ...]:
    here = ZoneInfo(viewer.time_zone)
    rows = session.execute(
        select(ReviewForm.id, ReviewKind.name, ReviewForm.started_at, Person.name)
        .join(ReviewKind, ReviewKind.id == ReviewForm.kind_id)
        .outerjoin(Person, Person.id == ReviewForm.started_by_id)
        .where(ReviewForm.plan_id == plan_id, ReviewForm.completed_at.is_(None))
        .order_by(ReviewForm.id)
    )
    return tuple(Started(form_id, kind, at.astimezone(here), by or "") for form_id, kind, at, by in rows)


def review_lines(session: Session, viewer: Viewer, plan_id: int) -> tuple[ReviewLine, ...]:
    """The reviews held of a plan, newest first; none where the viewer doesn't see it."""
    rows = session.execute(
        select(Review, ReviewKind.name, ReviewKind.signed_by, Person.name, ReviewForm.id)
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .outerjoin(Person, Person.id == Review.recorded_by_id)
        .outerjoin(ReviewForm, ReviewForm.review_id == Review.id)
        .where(Review.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Review.held_on.desc(), Review.id.desc())
    ).all()
    signed = _signed(session, [review.id for review, *_ in rows])
    return tuple(
        ReviewLine(
            review.id,
            review.held_on,
            kind,
            by or "import",
            review.note,
            review.outcome,
            review.group_key is not None,
            form_id,
            tuple(Party(one) for one in signed_by.split() if (review.id, one) not in signed)
            if form_id
            else (),
        )
        for review, kind, signed_by, by, form_id in rows
    )


def _signed(session: Session, review_ids: Sequence[int]) -> set[tuple[int, str]]:
    rows = session.execute(
        select(ReviewSignature.review_id, ReviewSignature.party).where(
            ReviewSignature.review_id.in_(review_ids)
        )
    )
    return {(review_id, party) for review_id, party in rows}
