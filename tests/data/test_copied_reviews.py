"""The reviews in a copy of a plan: what was agreed, decided, said, signed and added, each as on its page."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from data import copied_reviews, models
from data.models import Choice, Going, Party
from tests import factories as make


def test_a_copy_holds_all_of_a_review_and_what_was_said_before_it(session: Session) -> None:
    organisation = make.organisation(session)
    cohort = make.cohort(session, make.department(session, organisation))
    plan = make.planned_learner(session, cohort)
    target = make.target(session, plan, title="Build a lamp")
    earlier = make.review(session, plan, make.TODAY - timedelta(days=42), note="A good start")
    last = make.review(session, plan, make.TODAY, note="Two evenings a week", outcome="I book the workshop")
    form = make.review_form(session, last, target, next_why="six weeks after this one")
    own_words = {"form_id": form.id, "part": "learner", "said": "It is only triangles."}
    session.add(models.ReviewPart(written_at=last.recorded_at, **own_words))
    session.add(
        models.SelfEvaluation(plan_id=plan.id, written_on=make.TODAY, going="hard", talk_about="Buses")
    )
    session.add(models.ReviewLine(plan_id=plan.id, written_on=make.TODAY, going="well", said="Asks well"))
    session.commit()
    viewer = make.viewer(session, make.person(session, organisation, "administrator"))

    first, second = copied_reviews.reviews_of(session, viewer, plan.id)
    assert (first.note, first.outcome, first.said) == (last.note, last.outcome, "It is only triangles.")
    assert [(one.title, one.choice) for one in first.decisions] == [("Build a lamp", Choice.KEEP)]
    assert [(one.by_whom, one.what) for one in first.actions] == [("Tutor", "Book the workshop")]
    assert [(one.party, one.name) for one in first.signatures] == [(Party.TUTOR, "Tutor")]
    assert [one.said for one in first.notes] == ["The workshop moved"]
    assert first.next_why == "six weeks after this one"
    assert (second.note, second.decisions, second.signatures) == (earlier.note, (), ())
    (view,) = copied_reviews.own_views_of(session, viewer, plan.id)
    assert (view.going, view.said) == (Going.HARD, "Buses")
    (line,) = copied_reviews.lines_on(session, viewer, plan.id)
    assert (line.going, line.said) == (Going.WELL, "Asks well")
