"""The demo's rules for kinds of review other than progress: an initial one after six weeks, one at each
transition from this term on, an exit review, and one every twelve weeks where there is support."""

from __future__ import annotations

from datetime import timedelta

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
    _let_one_plan_have_its_own(college, session)


def _hold_support_reviews(college: DemoCollege, session: Session) -> None:
    """The first progress review after a support began was about it, of two learners in three."""
    first: dict[int, int] = {}
    for plan_id, review_id in session.execute(
        select(models.Review.plan_id, models.Review.id)
        .join(models.Support, models.Support.plan_id == models.Review.plan_id)
        .where(
            models.Review.kind_id == college.kinds["progress"],
            models.Review.held_on >= models.Support.from_on,
        )
        .order_by(models.Review.held_on.desc(), models.Review.id)
    ):
        first[plan_id] = review_id
    about_support = [review_id for plan_id, review_id in sorted(first.items()) if plan_id % 3]
    session.execute(
        update(models.Review)
        .where(models.Review.id.in_(about_support))
        .values(kind_id=college.kinds["support"])
    )


def _let_one_plan_have_its_own(college: DemoCollege, session: Session) -> None:
    """A learner of the tutor's first cohort is seen about support more often."""
    plan_id = session.scalars(
        select(models.Support.plan_id)
        .join(models.Enrolment, models.Enrolment.id == models.Support.plan_id)
        .where(models.Enrolment.ended_on.is_(None), models.Support.until_on.is_(None))
        .order_by(models.Enrolment.cohort_id, models.Support.plan_id)
        .limit(1)
    ).first()
    if plan_id is None:
        return
    session.add(
        models.PlanReviewRule(
            plan_id=plan_id,
            kind_id=college.kinds["support"],
            from_on=rules.academic_year_start(college.today) + timedelta(weeks=6),
            occasion=Occasion.INTERVAL,
            unit=IntervalUnit.WEEKS,
            amount=6,
            reason="The hospital changes the treatment this year; what helps in class changes with it.",
            evidence="Letter of the outpatient clinic, agreed with the learner in September.",
        )
    )
