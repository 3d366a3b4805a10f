"""What a college says of its reviews, and what follows for due dates, coverage and figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college_reviews, models
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


@pytest.fixture
def plan(session: Session) -> models.Plan:
    """A plan reviewed on 12 October and, in time, on 4 January."""
    college = make.organisation(session)
    made = make.planned_learner(session, make.cohort(session, make.department(session, college)))
    for held_on in (date(2026, 10, 12), date(2027, 1, 4)):
        make.review(session, made, held_on)
    make.complete(session)
    return made


@pytest.fixture
def administrator(session: Session, plan: models.Plan) -> Viewer:
    college = session.scalars(select(models.Organisation)).one()
    return make.viewer(session, make.person(session, college, "administrator"))


def typed(viewer: Viewer, **fields: Any) -> Typed:
    return Typed(
        {name: [str(value)] for name, value in fields.items()} | {"college": [str(viewer.organisation_id)]}
    )


def due(session: Session, plan: models.Plan) -> date | None:
    return session.get_one(models.Enrolment, plan.id, populate_existing=True).next_review_on


EASTER = {"name": "Easter", "from_on": "2027-02-08", "last_on": "2027-02-12"}


def test_dates_move_only_once_the_form_says_that_it_knows_how_many(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    assert due(session, plan) == date(2027, 2, 15)
    session.commit()
    with pytest.raises(Refused, match="the next review of 1 of 1 plans") as refused:
        college_reviews.add_closed(session, administrator, typed(administrator, **EASTER))
    session.rollback()
    assert refused.value.field == "sure"
    assert due(session, plan) == date(2027, 2, 15)
    saved = college_reviews.add_closed(session, administrator, typed(administrator, **EASTER, sure="on"))
    assert saved.sentence == "“Easter” is saved. The next review of 1 of 1 plan moved."
    assert due(session, plan) == date(2027, 2, 20)


def test_closed_weeks_that_are_changed_or_removed_move_dates_back_and_leave_a_history(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    made = college_reviews.add_closed(session, administrator, typed(administrator, **EASTER, sure="on"))
    shorter = {"name": "Easter", "from_on": "2027-02-08", "last_on": "2027-02-08"}
    about = {"closed": made.id, "sure": "on"}
    college_reviews.change_closed(session, administrator, typed(administrator, **shorter, **about, version=1))
    assert due(session, plan) == date(2027, 2, 16)
    with pytest.raises(ChangedElsewhere) as changed:
        college_reviews.change_closed(
            session, administrator, typed(administrator, **EASTER, **about, version=1)
        )
    assert changed.value.theirs["last_on"] == date(2027, 2, 8)
    college_reviews.remove_closed(session, administrator, typed(administrator, **about, version=2))
    assert due(session, plan) == date(2027, 2, 15)
    said = [(line.field, line.old, line.new) for line in college_reviews.read(session, administrator).changes]
    assert said == [
        ("removed", None, None),
        ("back_on", "2027-02-13", "2027-02-09"),
        ("added", None, None),
    ]


def test_a_new_rule_moves_what_is_open_and_no_review_that_is_held(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    with pytest.raises(Refused, match="13 October 2026 or a later day"):
        college_reviews.add_rule(
            session, administrator, typed(administrator, from_on="2026-10-12", preset="every 12 weeks")
        )
    rule = {"from_on": "2026-10-13", "preset": "every 12 weeks", "sure": "on"}
    college_reviews.add_rule(session, administrator, typed(administrator, **rule))
    assert due(session, plan) == date(2027, 3, 29)
    held = session.scalars(select(models.Review.held_on).order_by(models.Review.held_on)).all()
    assert held == [date(2026, 10, 12), date(2027, 1, 4)]
    own = {"preset": "own", "unit": "weeks", "amount": 3, "from_on": "2027-02-01"}
    saved = college_reviews.add_rule(session, administrator, typed(administrator, **own))
    assert saved.sentence == "The rule holds from 1 February 2027. No review’s date moved."


def test_a_kind_that_no_longer_counts_sets_no_clock_and_covers_nobody(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    kind = next(one for one in college_reviews.read(session, administrator).kinds if one.key == "progress")
    assert (kind.reviews, kind.counts) == (2, True)
    fields = {"kind": kind.id, "version": 1, "name": "Tutorial", "sure": "on"}
    college_reviews.change_kind(session, administrator, typed(administrator, **fields))
    enrolment = session.get_one(models.Enrolment, plan.id, populate_existing=True)
    assert (enrolment.last_review_on, enrolment.next_review_on) == (None, date(2026, 10, 19))
    covered = session.scalars(
        select(models.CoverageSpan.covered).order_by(models.CoverageSpan.from_sunday)
    ).all()
    assert covered[-1] == 0


def test_a_kind_has_one_name_and_a_key_of_its_own(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    with pytest.raises(Refused, match="of this name already"):
        college_reviews.add_kind(session, administrator, typed(administrator, name="progress REVIEW"))
    college_reviews.add_kind(session, administrator, typed(administrator, name="Walk & talk"))
    college_reviews.add_kind(session, administrator, typed(administrator, name="Walk, talk"))
    kinds = college_reviews.read(session, administrator).kinds
    assert [kind.key for kind in kinds][-2:] == ["walk-talk", "walk-talk-2"]
    assert [kind.counts for kind in kinds][-2:] == [False, False]


def test_only_an_administrator_of_the_college_decides(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    college = session.get_one(models.Organisation, administrator.organisation_id)
    quality_lead = make.viewer(session, make.person(session, college, "quality-lead"))
    stranger = make.viewer(session, make.person(session, make.organisation(session), "administrator"))
    for viewer in (quality_lead, stranger):
        with pytest.raises(NotFound):
            college_reviews.add_closed(session, viewer, typed(administrator, **EASTER))
    with pytest.raises(NotFound):
        college_reviews.read(session, quality_lead)


def test_the_page_is_read_in_a_fixed_number_of_queries(
    session: Session, plan: models.Plan, administrator: Viewer
) -> None:
    with statements(session) as ran:
        college_reviews.read(session, administrator)
    assert len(ran) == 8
