"""The people around a plan: who arranges them, with whose consent, and what their links rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college_rules, guests, models, news, people_of_plan, people_saves, rules
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.guests import Doorstep, Guest
from data.people_of_plan import PersonLine
from data.rules_of_age import Basis
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

EIGHTEEN_TOMORROW = date(2009, 1, 12)


@dataclass
class Small:
    """A plan of a learner without an account and the people who have to do with it."""

    plan: models.Plan
    learner: models.Learner
    parent: models.PlanPerson
    tutor: Viewer
    teacher: Viewer


@pytest.fixture
def small(session: Session) -> Small:
    college = make.organisation(session)
    department = make.department(session, college)
    cohort = make.cohort(session, department)
    tutor, teacher = make.person(session, college, "tutor"), make.person(session, college, "teacher")
    learner = make.learner(session, college)
    plan = make.plan(session, make.enrolment(session, learner, cohort, tutor_id=tutor.id))
    group = models.TeachingGroup(department_id=department.id, code="G1", subject="Maths")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": date(2026, 9, 1)}
    session.add(models.TeachingGroupTeacher(person_id=teacher.id, **since))
    session.add(models.TeachingGroupLearner(learner_id=learner.id, **since))
    parent = make.plan_person(session, plan, name="Ngozi Okafor", contact="01632 960131")
    make.complete(session)
    return Small(plan, learner, parent, make.viewer(session, tutor), make.viewer(session, teacher))


def typed(**values: Any) -> Typed:
    return Typed({name: [str(value)] for name, value in values.items()})


def about(person: models.PlanPerson, **values: Any) -> Typed:
    return typed(id=person.id, version=person.version, **values)


def with_account(session: Session, small: Small) -> Viewer:
    """The learner signs in from now on."""
    someone = make.person(
        session, session.get_one(models.Organisation, small.learner.organisation_id), "learner"
    )
    small.learner.person_id = someone.id
    session.flush()
    return make.viewer(session, someone)


def line(session: Session, small: Small, viewer: Viewer | None = None) -> PersonLine:
    found = people_of_plan.read(session, viewer or small.tutor, small.learner.id)
    return next(person for person in found.people if person.id == small.parent.id)


def invite(session: Session, small: Small, until: date = date(2027, 4, 1)) -> str:
    saved = people_saves.invite(session, small.tutor, about(small.parent, expires_on=until))
    return saved.shown_once


def open_link(session: Session, token: str, today: date = make.TODAY, **chosen: Any) -> Guest:
    rules_of_college = replace(college_rules.USUAL, **chosen)
    now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=12)
    return guests.open_link(session, token, Doorstep(now, today, rules.Soon(), rules_of_college))


def opens(session: Session, token: str, today: date = make.TODAY, **chosen: Any) -> bool:
    try:
        open_link(session, token, today, **chosen)
    except NotFound:
        return False
    return True


# --- people and consent --------------------------------------------------------------------------------


def test_somebody_added_to_a_plan_is_shown_with_what_they_may_do(session: Session, small: Small) -> None:
    sent = typed(plan=small.plan.id, kind="employer", name="  Dan   Whitaker ", access="read")
    people_saves.save_person(session, small.tutor, sent)
    dan = people_of_plan.read(session, small.tutor, small.learner.id).people[-1]
    assert (dan.kind, dan.name, dan.access, dan.basis) == ("employer", "Dan Whitaker", "read", None)


def test_who_only_reads_the_plan_is_shown_no_contact_consent_or_link(session: Session, small: Small) -> None:
    invite(session, small)
    shown = line(session, small, small.teacher)
    assert shown == PersonLine(
        shown.id, shown.version, shown.kind, "Ngozi Okafor", shown.relation, shown.access
    )
    page = people_of_plan.read(session, small.teacher, small.learner.id)
    assert (page.comments, page.born_on, page.minor, page.may_arrange) == ((), None, False, False)
    with pytest.raises(Refused):
        people_saves.remove_person(session, small.teacher, about(small.parent))


def test_staff_are_listed_by_the_roles_that_reach_the_plan(session: Session, small: Small) -> None:
    staff = people_of_plan.read(session, small.tutor, small.learner.id).staff
    assert [(one.name, one.is_tutor) for one in staff] == [
        (small.tutor.name, True),
        (small.teacher.name, False),
    ]


def test_college_staff_get_no_link(session: Session, small: Small) -> None:
    sent = typed(plan=small.plan.id, kind="support-staff", name="Ruth Ellery", access="read")
    with pytest.raises(Refused, match="signing in"):
        people_saves.save_person(session, small.tutor, sent)


def test_two_who_change_a_person_at_once_are_told(session: Session, small: Small) -> None:
    values = {"kind": "parent", "name": "Ngozi Okafor-Bell", "access": "read"}
    people_saves.save_person(session, small.tutor, about(small.parent, **values))
    with pytest.raises(ChangedElsewhere) as changed:
        people_saves.save_person(session, small.tutor, typed(id=small.parent.id, version=1, **values))
    assert changed.value.theirs["name"] == "Ngozi Okafor-Bell"


def test_every_change_of_a_person_is_in_the_history_but_for_the_words_of_a_contact(
    session: Session, small: Small
) -> None:
    values = {"kind": "parent", "name": "Ngozi Okafor", "access": "read", "contact": "01632 960999"}
    people_saves.save_person(session, small.tutor, about(small.parent, **values))
    people_saves.withdraw_consent(session, small.tutor, about(small.parent))
    people_saves.remove_person(session, small.tutor, about(small.parent))
    fields = session.scalars(select(models.Change.field).order_by(models.Change.id)).all()
    assert fields == ["person_contact", "person_access", "consent", "person"]
    assert "960999" not in repr(session.execute(select(models.Change.old, models.Change.new)).all())


def test_a_learner_with_an_account_consents_alone(session: Session, small: Small) -> None:
    own = with_account(session, small)
    small.parent.consented_on = None
    session.flush()
    with pytest.raises(Refused, match="has an account"):
        people_saves.give_consent(session, small.tutor, about(small.parent))
    people_saves.give_consent(session, own, about(small.parent))
    shown = line(session, small)
    assert (shown.consented_on, shown.consent_in_person, shown.consent_by) == (make.TODAY, False, own.name)
    with pytest.raises(Refused, match="has an account"):
        people_saves.withdraw_consent(session, small.tutor, about(small.parent))


def test_consent_given_in_person_keeps_its_day_and_who_recorded_it(session: Session, small: Small) -> None:
    people_saves.give_consent(session, small.tutor, about(small.parent, on="2027-01-08"))
    shown = line(session, small)
    assert (shown.consented_on, shown.consent_in_person) == (date(2027, 1, 8), True)
    assert shown.consent_by == small.tutor.name
    with pytest.raises(Refused, match="still to come"):
        people_saves.give_consent(session, small.tutor, about(small.parent, on="2027-01-12"))


def test_a_date_of_birth_that_no_learner_has_is_refused(session: Session, small: Small) -> None:
    for born_on in ("2025-01-01", "1880-01-01", "2027-02-01"):
        with pytest.raises(Refused, match="check the year"):
            people_saves.save_birthday(
                session,
                small.tutor,
                typed(plan=small.plan.id, version=small.learner.version, born_on=born_on),
            )
    sent = typed(plan=small.plan.id, version=small.learner.version, born_on="2009-05-03")
    people_saves.save_birthday(session, small.tutor, sent)
    page = people_of_plan.read(session, small.tutor, small.learner.id)
    assert (page.minor, page.full_age_on) == (True, date(2027, 5, 3))
    with pytest.raises(ChangedElsewhere):
        people_saves.save_birthday(session, small.tutor, sent)


def test_the_page_costs_the_same_queries_whoever_is_on_it(session: Session, small: Small) -> None:
    session.commit()
    session.expire_all()
    with statements(session) as few:
        people_of_plan.read(session, small.tutor, small.learner.id)
    for _ in range(4):
        link = make.invitation(session, make.plan_person(session, small.plan))
        session.add(models.GuestLook(invitation_id=link.id, at=small.tutor.now))
    session.commit()
    session.expire_all()
    with statements(session) as many:
        people_of_plan.read(session, small.tutor, small.learner.id)
    assert len(many) <= max(len(few), 8)


# --- links ---------------------------------------------------------------------------------------------


def test_a_link_is_long_random_shown_once_and_kept_as_a_hash(session: Session, small: Small) -> None:
    token, again = invite(session, small), invite(session, small)
    assert token != again
    assert len(token) >= 43  # 256 bits, six to a letter
    stored = repr(session.execute(select(models.Invitation.token_hash)).all())
    history = repr(session.execute(select(models.Change.old, models.Change.new, models.Change.reason)).all())
    assert token not in stored + history
    assert again not in stored + history
    assert not opens(session, token)
    assert opens(session, again)


def test_a_link_opens_one_plan_at_level_1_without_any_right_to_write(session: Session, small: Small) -> None:
    guest = open_link(session, invite(session, small))
    (grant,) = guest.viewer.grants
    assert (grant.plan_id, grant.writes, grant.reads_confidentiality) == (small.plan.id, "nothing", 1)
    assert guest.plan_id == small.plan.id


def test_a_link_works_to_the_end_of_its_last_day(session: Session, small: Small) -> None:
    token = invite(session, small, until=date(2027, 1, 20))
    assert opens(session, token, date(2027, 1, 20))
    assert not opens(session, token, date(2027, 1, 21))


@pytest.mark.parametrize("until", [date(2027, 1, 10), date(2028, 1, 12)])
def test_a_link_ends_neither_before_today_nor_later_than_the_college_allows(
    session: Session, small: Small, until: date
) -> None:
    with pytest.raises(Refused, match="choose a day"):
        invite(session, small, until)


@pytest.mark.parametrize(
    "stop",
    [people_saves.revoke, people_saves.withdraw_consent, people_saves.remove_person],
    ids=["revoked", "consent withdrawn", "removed"],
)
def test_a_link_that_was_stopped_opens_nothing_at_once(session: Session, small: Small, stop: Any) -> None:
    token = invite(session, small)
    stop(session, small.tutor, about(small.parent))
    assert not opens(session, token)


def test_consent_given_anew_does_not_bring_an_old_link_back(session: Session, small: Small) -> None:
    token = invite(session, small)
    people_saves.withdraw_consent(session, small.tutor, about(small.parent))
    people_saves.give_consent(session, small.tutor, about(small.parent))
    assert not opens(session, token)


def test_a_link_by_the_colleges_rule_stops_on_the_eighteenth_birthday(session: Session, small: Small) -> None:
    small.parent.consented_on, small.learner.born_on = None, EIGHTEEN_TOMORROW
    session.flush()
    assert line(session, small).basis == Basis.COLLEGE_RULE
    token = invite(session, small)
    assert opens(session, token)
    assert not opens(session, token, parents_of_minors=False)
    assert not opens(session, token, EIGHTEEN_TOMORROW.replace(year=2027))


def test_nobody_is_sent_a_link_without_what_it_rests_on(session: Session, small: Small) -> None:
    small.parent.consented_on = None
    session.flush()
    with pytest.raises(Refused, match="consent is needed"):
        invite(session, small)
    small.parent.consented_on, small.parent.access = make.TODAY, "nothing"
    session.flush()
    with pytest.raises(Refused, match="choose first"):
        invite(session, small)


def test_who_is_named_only_from_now_on_reads_no_more(session: Session, small: Small) -> None:
    token = invite(session, small)
    small.parent.access = "nothing"
    session.flush()
    assert not opens(session, token)
    link = line(session, small).link
    assert link is not None
    assert not link.works


def test_each_look_is_kept_and_reloading_within_a_minute_is_one(session: Session, small: Small) -> None:
    guest = open_link(session, invite(session, small))
    noon = datetime(2027, 1, 11, 12, tzinfo=UTC)
    for seconds in (0, 20, 59, 60, 600):
        guests.note_look(session, guest, noon + timedelta(seconds=seconds))
    assert [look.minute for look in line(session, small).looks] == [10, 1, 0]


def test_a_comment_is_on_the_page_and_in_the_history(session: Session, small: Small) -> None:
    token = invite(session, small)
    guests.comment(session, open_link(session, token), typed(text="The bus is the problem."))
    (said,) = people_of_plan.read(session, small.tutor, small.learner.id).comments
    assert (said.name, said.text) == ("Ngozi Okafor", "The bus is the problem.")
    assert open_link(session, token).comments[0].text == said.text
    change = session.scalars(select(models.Change).where(models.Change.field == "comment")).one()
    assert (change.new, change.reason, change.by_id) == (said.text, "Ngozi Okafor, by link", None)
    told = [one.change for one in news.read(session, small.tutor, small.plan.id).lines]
    assert [(one.by, one.new, one.reason) for one in told if one.field == "comment"] == [
        ("Ngozi Okafor, by link", said.text, "")
    ]


def test_a_comment_is_refused_empty_too_long_too_often_or_where_one_only_reads(
    session: Session, small: Small
) -> None:
    token = invite(session, small)
    for text, why in (("  ", "write your comment"), ("x" * 4001, "shorten")):
        with pytest.raises(Refused, match=why):
            guests.comment(session, open_link(session, token), typed(text=text))
    for number in range(guests.COMMENTS_A_DAY):
        guests.comment(session, open_link(session, token), typed(text=f"Comment {number}"))
    with pytest.raises(Refused, match="a lot for one day"):
        guests.comment(session, open_link(session, token), typed(text="One more"))
    small.parent.access = "read"
    session.flush()
    with pytest.raises(Refused, match="not comment"):
        guests.comment(session, open_link(session, token), typed(text="Hello"))


def test_a_guest_agrees_where_the_college_asks_for_it_and_only_to_what_they_read(
    session: Session, small: Small
) -> None:
    token = invite(session, small)
    with pytest.raises(Refused, match="nothing for you to agree"):
        guests.agree(session, open_link(session, token), typed(version=0))
    parties = (models.Party.LEARNER, models.Party.TUTOR, models.Party.PARENT)
    with pytest.raises(Refused, match="changed while you were reading"):
        guests.agree(session, open_link(session, token, parties=parties), typed(version=7))
    guests.agree(session, open_link(session, token, parties=parties), typed(version=0))
    agreed = open_link(session, token, parties=parties)
    assert (agreed.agrees, agreed.agreed_on) == (False, make.TODAY)


def test_a_person_of_another_college_is_missing(session: Session, small: Small) -> None:
    stranger = make.viewer(session, make.person(session, make.organisation(session), "administrator"))
    for write in (
        people_saves.save_person,
        people_saves.give_consent,
        people_saves.withdraw_consent,
        people_saves.invite,
        people_saves.revoke,
        people_saves.remove_person,
    ):
        sent = about(small.parent, kind="parent", name="x", access="read", expires_on="2027-04-01")
        with pytest.raises(NotFound):
            write(session, stranger, sent)
    with pytest.raises(NotFound):
        people_of_plan.read(session, stranger, small.learner.id)
