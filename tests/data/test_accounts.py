"""Accounts and the one-time links by which people choose a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import accounts, passwords, sign_in
from data.errors import NotFound, Refused
from data.models import Learner, LoginSession, OneTimeLink, Organisation, Person, RoleAssignment
from data.scope import load_viewer
from tests import factories as make

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
GOOD = "kettle bicycle thunder"


def add(session: Session, college: Organisation, **values: Any) -> str:
    defaults: dict[str, Any] = {"email": "new@college.example", "name": "New Person", "role": "tutor"}
    return accounts.add_user(session, organisation=college, now=NOW, link_hours=72, **(defaults | values))


def test_a_link_lets_a_new_person_choose_a_password(session: Session) -> None:
    token = add(session, make.organisation(session), email=" New@College.example ")
    person = accounts.choose_password(session, token, GOOD, NOW)
    assert person.email == "new@college.example"
    assert accounts.person_with_password(session, "NEW@college.example", GOOD) == (person.id, None)
    assert accounts.person_with_password(session, "new@college.example", "another one") == (None, None)


def test_the_database_holds_neither_the_token_nor_the_password(session: Session) -> None:
    token = add(session, make.organisation(session))
    person = accounts.choose_password(session, token, GOOD, NOW)
    stored = session.scalars(select(OneTimeLink.token_hash)).one()
    assert token not in stored
    assert person.password_hash is not None
    assert GOOD not in person.password_hash


def test_a_link_works_once(session: Session) -> None:
    token = add(session, make.organisation(session))
    accounts.choose_password(session, token, GOOD, NOW)
    with pytest.raises(NotFound):
        accounts.choose_password(session, token, "another good one", NOW)


def test_a_link_expires(session: Session) -> None:
    token = add(session, make.organisation(session))
    assert accounts.person_of_link(session, token, NOW + timedelta(hours=71, minutes=59))
    with pytest.raises(NotFound):
        accounts.person_of_link(session, token, NOW + timedelta(hours=72))


def test_a_new_link_makes_the_older_one_worthless(session: Session) -> None:
    college = make.organisation(session)
    older, newer = add(session, college), add(session, college)
    with pytest.raises(NotFound):
        accounts.person_of_link(session, older, NOW)
    assert accounts.person_of_link(session, newer, NOW).name == "New Person"


def test_an_unknown_token_is_answered_like_a_used_one(session: Session) -> None:
    with pytest.raises(NotFound):
        accounts.person_of_link(session, "no such token", NOW)


def test_an_easy_password_is_refused_and_leaves_the_link_open(session: Session) -> None:
    token = add(session, make.organisation(session))
    with pytest.raises(Refused):
        accounts.choose_password(session, token, "New Person 1", NOW)
    assert accounts.choose_password(session, token, GOOD, NOW)


def test_choosing_a_password_signs_its_owner_out_everywhere(session: Session) -> None:
    token = add(session, make.organisation(session))
    person = accounts.person_of_link(session, token, NOW)
    key = start(session, person)
    accounts.choose_password(session, token, GOOD, NOW)
    assert find(session, key) is None


def test_a_disabled_account_is_shut_out_at_once(session: Session) -> None:
    token = add(session, make.organisation(session))
    person = accounts.choose_password(session, token, GOOD, NOW)
    link = accounts.make_link(session, person.id, now=NOW, link_hours=72)
    key = start(session, person)
    accounts.disable(session, person.id, NOW)
    assert find(session, key) is None
    assert accounts.person_with_password(session, person.email, GOOD) == (None, None)
    assert load_viewer(session, person.id, NOW) is None
    with pytest.raises(NotFound):
        accounts.person_of_link(session, link, NOW)


def test_an_account_disabled_by_another_hand_has_no_live_session(session: Session) -> None:
    person = make.person(session, make.organisation(session), "tutor")
    key = start(session, person)
    assert find(session, key) is not None
    person.disabled = True
    session.flush()
    assert find(session, key) is None


@pytest.mark.parametrize(
    "email",
    [
        "nobody@college.example",
        "disabled@college.example",
        "invited@college.example",
        "known@college.example",
    ],
)
def test_every_failed_attempt_costs_one_verification(
    session: Session, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    college = make.organisation(session)
    stored = passwords.hash_password(GOOD)
    make.person(session, college, email="known@college.example", password_hash=stored)
    make.person(session, college, email="disabled@college.example", password_hash=stored, disabled=True)
    make.person(session, college, email="invited@college.example")
    verified = []
    really = passwords.hasher.verify_and_update

    def counted(password: str, against: str) -> tuple[bool, str | None]:
        verified.append(against.split("$")[3])
        return really(password, against)

    monkeypatch.setattr(passwords.hasher, "verify_and_update", counted)
    password = "wrong one" if email.startswith("known") else GOOD
    assert accounts.person_with_password(session, email, password) == (None, None)
    assert verified == [stored.split("$")[3]]


def test_adding_a_person_again_gives_a_further_role_and_a_new_link(session: Session) -> None:
    college = make.organisation(session)
    here = make.department(session, college)
    add(session, college)
    add(session, college, role="head-of-department", department=here.name)
    token = add(session, college, role="head-of-department", department=here.name)
    person = accounts.person_of_link(session, token, NOW)
    roles = session.execute(
        select(RoleAssignment.role_name, RoleAssignment.department_id).where(
            RoleAssignment.person_id == person.id
        )
    ).all()
    assert sorted(map(tuple, roles)) == [("head-of-department", here.id), ("tutor", None)]


def test_a_learners_account_opens_that_learners_plan(session: Session) -> None:
    college = make.organisation(session)
    learner = make.learner(session, college, reference="L777")
    token = add(session, college, role="learner", learner_reference="L777")
    person = accounts.person_of_link(session, token, NOW)
    assert session.get_one(Learner, learner.id).person_id == person.id
    with pytest.raises(Refused, match="another account"):
        add(session, college, email="second@college.example", role="learner", learner_reference="L777")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": "not an address"}, "e-mail address"),
        ({"name": " "}, "name"),
        ({"role": "wizard"}, "The roles are: administrator"),
        ({"role": "head-of-department"}, "needs a department"),
        ({"role": "head-of-department", "department": "Nowhere"}, "no department “Nowhere”"),
        ({"department": "Engineering"}, "leave it out"),
        ({"role": "learner"}, "reference"),
        ({"role": "learner", "learner_reference": "L000"}, "No learner has the reference"),
        ({"learner_reference": "L000"}, "leave the reference out"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nobody_is_added(
    session: Session, values: dict[str, Any], words: str
) -> None:
    college = make.organisation(session)
    with pytest.raises(Refused, match=words):
        add(session, college, **values)
    assert session.scalars(select(Person.id)).all() == []


def test_an_address_known_in_another_organisation_is_refused(session: Session) -> None:
    add(session, make.organisation(session))
    with pytest.raises(Refused, match="elsewhere"):
        add(session, make.organisation(session))


def test_a_demonstration_is_told_from_a_real_college(session: Session) -> None:
    assert not accounts.holds_demo(session)
    make.organisation(session)
    assert not accounts.holds_demo(session)
    make.organisation(session).demo_today = make.TODAY
    session.flush()
    assert accounts.holds_demo(session)


def start(session: Session, person: Person) -> str:
    return sign_in.start_session(session, person.id, NOW)


def find(session: Session, key: str) -> sign_in.LiveSession | None:
    assert session.scalars(select(LoginSession.id)).first() is not None
    return sign_in.find_session(session, key, NOW, idle=timedelta(minutes=30), longest=timedelta(hours=12))
