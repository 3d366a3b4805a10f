"""The individual balance: before and now, beside it the tutor's view; and the skills that it asks about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import balance, models
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements
from tests.data.test_starting_point import College, typed


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def later(viewer: Viewer, days: int) -> Viewer:
    return replace(viewer, today=viewer.today + timedelta(days=days))


def first_skill(session: Session) -> int:
    return session.scalars(select(models.Skill.id).order_by(models.Skill.position)).first() or 0


def rate(college: College, skill: int, rating: Any, version: int = 0) -> Typed:
    return typed(college.plan, version=version, **{f"skill-{skill}": rating})


def line(session: Session, viewer: Viewer, college: College, skill: int) -> balance.SkillLine:
    skills = balance.read(session, viewer, college.learner_id).skills
    return next(one for one in skills if one.id == skill)


def test_the_first_rating_is_before_and_the_newest_is_now(session: Session, college: College) -> None:
    skill = first_skill(session)
    balance.save_own_balance(session, college.learner, rate(college, skill, 1))
    once = line(session, college.learner, college, skill)
    assert once.before is None
    assert once.now is not None
    for days, rating in ((10, 2), (30, 3)):
        balance.save_own_balance(session, later(college.learner, days), rate(college, skill, rating))
    balance.save_tutors_balance(session, later(college.tutor, 30), rate(college, skill, 4))
    shown = line(session, college.learner, college, skill)
    assert shown.before
    assert shown.now
    assert shown.tutors
    assert (shown.before.rating, shown.now.rating, shown.tutors.rating, shown.gained) == (1, 3, 4, 2)


def test_a_second_save_on_one_day_changes_that_days_balance(session: Session, college: College) -> None:
    skill = first_skill(session)
    saved = balance.save_own_balance(session, college.learner, rate(college, skill, 1))
    balance.save_own_balance(session, college.learner, rate(college, skill, 2, version=saved.version or 0))
    shown = balance.read(session, college.learner, college.learner_id)
    assert len(shown.rated_on) == 1
    assert shown.own_sheet is not None
    assert shown.own_sheet.ratings == {skill: 2}


def test_two_tabs_that_rate_on_one_day_are_told_of_each_other(session: Session, college: College) -> None:
    skill = first_skill(session)
    balance.save_own_balance(session, college.learner, rate(college, skill, 1))
    with pytest.raises(ChangedElsewhere) as changed:
        balance.save_own_balance(session, college.learner, rate(college, skill, 4))
    assert changed.value.theirs == {f"skill-{skill}": 1, "note": ""}


@pytest.mark.parametrize("rating", ["5", "0", "good"])
def test_a_rating_off_the_scale_is_refused(session: Session, college: College, rating: str) -> None:
    with pytest.raises(Refused):
        balance.save_own_balance(session, college.learner, rate(college, first_skill(session), rating))


def test_a_balance_without_a_rating_is_refused(session: Session, college: College) -> None:
    with pytest.raises(Refused, match="at least one skill"):
        balance.save_own_balance(session, college.learner, typed(college.plan, version=0))


def test_the_tutor_rates_beside_and_never_for_a_learner_who_signs_in(
    session: Session, college: College
) -> None:
    skill = first_skill(session)
    with pytest.raises(Refused, match="learner’s own words"):
        balance.save_own_balance(session, college.tutor, rate(college, skill, 2))
    with pytest.raises(Refused, match="can read this plan"):
        balance.save_tutors_balance(session, college.learner, rate(college, skill, 2))
    with pytest.raises(NotFound):
        balance.save_own_balance(session, college.stranger, rate(college, skill, 2))
    shown = balance.read(session, college.tutor, college.learner_id)
    assert shown.own_sheet is None
    assert shown.tutors_sheet is not None


def test_a_skill_of_the_programme_is_asked_of_the_whole_cohort_until_it_is_retired(
    session: Session, college: College
) -> None:
    balance.save_skill(session, college.tutor, typed(college.plan, name="Read a drawing"))
    skill = session.scalars(select(models.Skill).where(models.Skill.name == "Read a drawing")).one()
    assert line(session, college.learner, college, skill.id).of_programme
    balance.save_own_balance(session, college.learner, rate(college, skill.id, 2))
    balance.save_skill(
        session,
        college.tutor,
        typed(college.plan, skill=skill.id, version=1, name="Read a drawing", retired="on"),
    )
    shown = balance.read(session, college.learner, college.learner_id)
    assert "Read a drawing" in {one.name for one in shown.rated}
    assert "Read a drawing" not in {one.name for one in shown.asked}


def test_a_skill_is_on_the_list_once_and_learning_skills_are_the_colleges(
    session: Session, college: College
) -> None:
    with pytest.raises(Refused, match="on the list already"):
        balance.save_skill(session, college.tutor, typed(college.plan, name="plan my TIME"))
    with pytest.raises(NotFound):
        balance.save_skill(
            session, college.tutor, typed(college.plan, skill=first_skill(session), version=1, name="Mine")
        )


def test_reading_takes_as_many_queries_for_many_balances_as_for_one(
    session: Session, college: College
) -> None:
    skill = first_skill(session)
    counts = []
    for days in (0, 7, 14, 21):
        balance.save_own_balance(session, later(college.learner, days), rate(college, skill, 2))
        with statements(session) as ran:
            balance.read(session, college.tutor, college.learner_id)
        counts.append(len(ran))
    assert set(counts) == {4}


def test_ratings_are_in_history_by_the_name_of_the_skill(session: Session, college: College) -> None:
    make_one = rate(college, first_skill(session), 3)
    balance.save_own_balance(session, college.learner, make_one)
    change = session.scalars(select(models.Change).order_by(models.Change.id.desc())).first()
    assert change is not None
    assert change.field.endswith("Plan my time")
    assert (change.old, change.new, change.by_id) == (None, "3", college.learner.person_id)
    assert change.at.date() == make.TODAY
