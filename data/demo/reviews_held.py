"""How the demo's reviews were held: the forms of the last ones of the tutor who signs in, signed and now and
then added to; one that is being held; and one that was written for a group."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege
from data.models import Choice, FormPart, Party
from data.reasons import why_due
from data.rules import OPEN_STATUSES, next_review_due

TUTOR = "tutor@demo.routebook.example"
FORMS, UNSIGNED, NOTED = 24, 0.25, 0.15
GROUP = 5
WORDS = (
    "I want to finish the written part first, then the practical is easier.",
    "Mornings work better for me. I will come to the open workshop on Wednesdays.",
    "I am proud of the last unit. I still need help with the calculations.",
    "I forgot the last deadline because it was only on paper. My phone reminds me now.",
)
TUTOR_DOES = (
    "Ask the technician for a workshop hour",
    "Send the marking sheet with examples",
    "Talk to the maths teacher about the extra hour",
)
LEARNER_DOES = (
    "Bring the draft to the next tutorial",
    "Book two hours in the learning centre",
    "Ask the placement supervisor for a date",
)
NOTES = (
    "The workshop hour was moved to Thursday, 2 pm.",
    "The learning centre confirmed the place; it starts next week.",
)
HELD_WORDS = "The reading sessions help. I would like to try the next brief without help first."
GROUP_NOTE = "We planned the visit to the careers fair together and shared who asks which employer what."
OUTCOMES = (
    "Prepares two questions about apprenticeships.",
    "Takes the photographs for the portfolio.",
    "Asks about a placement in the spring.",
    "Writes the summary for the group.",
    "Looks for higher education stands.",
)


def add_reviews_held(college: DemoCollege, session: Session, seed: int) -> None:
    tutor_id = session.scalar(select(models.Person.id).where(models.Person.email == TUTOR))
    if tutor_id is None:
        return
    random = Random(f"{seed} reviews held")
    rows = session.execute(
        select(models.Review, models.Learner)
        .join(models.Enrolment, models.Enrolment.id == models.Review.plan_id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .where(models.Review.recorded_by_id == tutor_id)
        .order_by(models.Review.held_on.desc(), models.Review.id)
        .limit(FORMS + GROUP)
    ).all()
    for review, learner in rows[:FORMS]:
        _add_form(college, session, random, review, learner)
    key = f"demo-{seed}"
    for (review, _), outcome in zip(rows[FORMS:], OUTCOMES, strict=False):
        review.note, review.outcome, review.group_key = GROUP_NOTE, outcome, key
    _hold_one(college, session, tutor_id)
    session.flush()


def _add_form(
    college: DemoCollege, session: Session, random: Random, review: models.Review, learner: models.Learner
) -> None:
    """The form behind a review that was held: what was said and decided, by whom it was signed."""
    at = review.recorded_at
    closed = college.open_days.spans
    due_on = next_review_due(review.held_on, college.rule, closures=closed)
    form = models.ReviewForm(
        plan_id=review.plan_id,
        kind_id=review.kind_id,
        started_by_id=review.recorded_by_id,
        started_at=at - timedelta(minutes=20),
        completed_at=at,
        review_id=review.id,
        next_due_on=due_on,
        next_why=why_due(review.held_on, college.rule, closures=closed),
    )
    session.add(form)
    session.flush()
    of = {"form_id": form.id, "by_id": review.recorded_by_id, "written_at": at}
    session.add(models.ReviewPart(part=FormPart.AGREED, said=review.note, **of))
    session.add(models.ReviewPart(part=FormPart.LEARNER, said=random.choice(WORDS), **of))
    for target_id, title in session.execute(
        select(models.Target.id, models.Target.title)
        .where(models.Target.plan_id == review.plan_id, models.Target.status.in_(OPEN_STATUSES))
        .order_by(models.Target.due_on, models.Target.id)
        .limit(3)
    ):
        session.add(models.ReviewDecision(target_id=target_id, choice=Choice.KEEP, title=title, **of))
    for who, does in (("Tutor", TUTOR_DOES), (learner.given_name, LEARNER_DOES)):
        due = review.held_on + timedelta(days=random.choice((4, 7, 11)))
        session.add(models.ReviewAction(form_id=form.id, by_whom=who, what=random.choice(does), due_on=due))
    _sign(session, review, Party.TUTOR, "", at)
    if random.random() >= UNSIGNED:
        _sign(session, review, Party.LEARNER, f"{learner.given_name} {learner.family_name}", at)
    if random.random() < NOTED:
        later = min(at + timedelta(days=2), datetime.combine(college.today, time(8), UTC))
        session.add(
            models.ReviewNote(
                review_id=review.id, said=random.choice(NOTES), by_id=review.recorded_by_id, written_at=later
            )
        )


def _sign(session: Session, review: models.Review, party: Party, learner: str, at: datetime) -> None:
    """The tutor signs; what the learner signs, they signed in person."""
    name = learner or session.get_one(models.Person, review.recorded_by_id).name
    session.add(
        models.ReviewSignature(
            review_id=review.id,
            party=party,
            name=name,
            by_id=review.recorded_by_id,
            in_person=party == Party.LEARNER,
            signed_at=at,
        )
    )


def _hold_one(college: DemoCollege, session: Session, tutor_id: int) -> None:
    """The review of the learner who signs in is being held: her words are there, the rest is to come."""
    found = session.execute(
        select(models.Plan.id, models.Learner.person_id)
        .join(models.Enrolment, models.Enrolment.id == models.Plan.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .where(models.Learner.person_id.is_not(None))
        .order_by(models.Plan.id)
        .limit(1)
    ).first()
    if found is None:
        return
    at = datetime.combine(college.today, time(8, 40), UTC)
    form = models.ReviewForm(
        plan_id=found.id, kind_id=college.kinds["progress"], started_by_id=tutor_id, started_at=at
    )
    session.add(form)
    session.flush()
    session.add(
        models.ReviewPart(
            form_id=form.id,
            part=FormPart.LEARNER,
            said=HELD_WORDS,
            by_id=found.person_id,
            written_at=at,
        )
    )
