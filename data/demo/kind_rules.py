"""The demo's rules for kinds of review other than progress: an initial one after six weeks, one at each
transition from this term on, an exit review, and one every twelve weeks where there is support."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data import models, rules
from data.demo.college import DemoCollege
from data.rules import ForWhom, IntervalUnit, Occasion

SIGNED_BY = {
    "support": "learner tutor parent",
    "exit": "learner tutor employer",
}


def add_kind_rules(college: DemoCollege, session: Session) -> None:
    """Before anything is rescheduled: some reviews of learners with support turn into support reviews."""
    this_year = rules.academic_year_start(college.today)
    this_term = rules.monday_of(college.today)
    for key, from_on, occasion, weeks, for_whom in (
        ("initial", this_year, Occasion.START, 6, ForWhom.EVERYONE),
        ("transition", this_term, Occasion.PHASES, 2, ForWhom.EVERYONE),
        ("exit", this_year, Occasion.END, 4, ForWhom.EVERYONE),
        ("support", this_year, Occasion.INTERVAL, 12, ForWhom.SUPPORTED),
    ):
        session.add(
            models.ReviewRuleVersion(
                kind_id=college.kinds[key],
                from_on=from_on,
                occasion=occasion,
                unit=IntervalUnit.WEEKS,
                amount=weeks,
                closures_stop_clock=occasion in (Occasion.INTERVAL, Occasion.START),
                for_whom=for_whom,
            )
        )
    for key, signed_by in SIGNED_BY.items():
        session.execute(
            update(models.ReviewKind)
            .where(models.ReviewKind.id == college.kinds[key])
            .values(signed_by=signed_by)
        )
    _hold_support_reviews(college, session)


def _hold_support_reviews(college: DemoCollege, session: Session) -> None:
    """This year's first progress review after a support began was about it, of two learners in three; one of
    the tutor's first cohort is seen about it more often."""
    first: dict[int, tuple[int, date]] = {}
    for plan_id, review_id, held_on in session.execute(
        select(models.Review.plan_id, models.Review.id, models.Review.held_on)
        .join(models.Support, models.Support.plan_id == models.Review.plan_id)
        .join(models.Enrolment, models.Enrolment.id == models.Review.plan_id)
        .where(
            models.Review.kind_id == college.kinds["progress"],
            models.Review.held_on >= models.Support.from_on,
            models.Review.held_on >= rules.academic_year_start(college.today),
        )
        .order_by(models.Review.held_on.desc(), models.Review.id)
    ):
        first[plan_id] = (review_id, held_on)
    about_support = {plan_id: review for plan_id, review in sorted(first.items()) if plan_id % 3}
    session.execute(
        update(models.Review)
        .where(models.Review.id.in_([review_id for review_id, _ in about_support.values()]))
        .values(kind_id=college.kinds["support"])
    )
    for plan_id, (_, held_on) in list(about_support.items())[:1]:
        session.add(
            models.PlanReviewRule(
                plan_id=plan_id,
                kind_id=college.kinds["support"],
                from_on=held_on,
                occasion=Occasion.INTERVAL,
                unit=IntervalUnit.WEEKS,
                amount=6,
                reason="The support is new and being tried out; it is looked at more often until it fits.",
                evidence="Meeting with the learner and the learning-support lead on the day of the review.",
            )
        )
