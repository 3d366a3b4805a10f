"""Supports, barriers, help from outside and plans kept elsewhere: who reads them, who changes what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import barriers, confidential, outside_help, route_map, support, supports
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    Barrier,
    BarrierAnswer,
    Base,
    Cohort,
    Confidential,
    Enrolment,
    ExternalHelp,
    LinkedPlan,
    Person,
    Plan,
    Role,
    Support,
    SupportChange,
    SupportSession,
    TeachingGroup,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)
from data.saved import Saved
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

Row = TypeVar("Row", bound=Base)
READS = {"teacher": 1, "head-of-department": 2, "tutor": 3, "learning-support-lead": 4, "learner": 4}
OCTOBER = date(2026, 10, 1)


@dataclass
class College:
    session: Session
    plan: Plan
    people: dict[str, Person]

    def viewer(self, role: str) -> Viewer:
        return make.viewer(self.session, self.people[role])

    def save(self, function: Callable[[Session, Viewer, Typed], Saved], role: str, **sent: Any) -> Saved:
        """What the role gets for sending the fields."""
        typed = Typed({name: [str(value)] for name, value in sent.items()})
        return function(self.session, self.viewer(role), typed)

    def page(self, role: str) -> support.SupportPage:
        return support.read(self.session, self.viewer(role), self.enrolment.learner_id, self.plan.id)

    @property
    def enrolment(self) -> Enrolment:
        return self.session.get_one(Enrolment, self.plan.id)

    def support(self, **values: Any) -> Support:
        return self.add(Support(plan_id=self.plan.id, **({"what": "Reader", "from_on": OCTOBER} | values)))

    def barrier(self, **values: Any) -> Barrier:
        about = {"what": "Travel", "kind": "social", "from_on": OCTOBER}
        return self.add(Barrier(plan_id=self.plan.id, **(about | values)))

    def helping(self, **values: Any) -> ExternalHelp:
        about = {"what": "Counselling", "agency": "Open Door", "from_on": OCTOBER, "confidentiality": 1}
        return self.add(ExternalHelp(plan_id=self.plan.id, **(about | values)))

    def linked(self, **values: Any) -> LinkedPlan:
        about = {"kind": "ehcp", "reference": "114", "whom_to_ask": "SENCO", "confidentiality": 1}
        return self.add(LinkedPlan(plan_id=self.plan.id, **(about | values)))

    def add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row

    def fields(self, row: Support | Barrier, **changed: Any) -> dict[str, Any]:
        """What a form filled with the row sends."""
        sort = {Support: "support", Barrier: "barrier"}[type(row)]
        names = {
            "support": ("what", "by_whom", "sessions_planned", "from_on", "confidentiality"),
            "barrier": ("what", "kind", "from_on", "confidentiality"),
        }[sort]
        filled = {name: getattr(row, name) for name in names}
        return {sort: row.id, "version": row.version} | filled | changed

    def history(self, row: Any) -> list[tuple[str, str | None, str | None]]:
        rows = self.session.scalars(
            select(SupportChange).where(SupportChange.row_id == row.id).order_by(SupportChange.id)
        )
        return [(one.field, one.old, one.new) for one in rows]


@pytest.fixture
def college(session: Session) -> College:
    """A learner with an account, and one of each who works with them."""
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    people = {
        role: make.person(
            session,
            organisation,
            role,
            name=f"The {role}",
            department=department if role == "head-of-department" else None,
        )
        for role in READS
    }
    make.tutors(session, people["tutor"], cohort)
    learner = make.learner(session, organisation, person_id=people["learner"].id)
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    group = TeachingGroup(department_id=department.id, code="G", subject="Maths")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": OCTOBER}
    session.add(TeachingGroupTeacher(person_id=people["teacher"].id, **since))
    session.add(TeachingGroupLearner(learner_id=learner.id, **since))
    session.flush()
    return College(session, plan, people)


# --- who reads what ------------------------------------------------------------------------------------


def test_each_reads_the_rows_of_their_levels_and_nothing_tells_of_the_others(college: College) -> None:
    for level in (1, 2, 3, 4):
        rows: dict[Confidential, Any] = {
            Confidential.SUPPORT: college.support(confidentiality=level),
            Confidential.BARRIER: college.barrier(confidentiality=level),
            Confidential.EXTERNAL_HELP: college.helping(confidentiality=level),
            Confidential.LINKED_PLAN: college.linked(confidentiality=level),
        }
        for row in rows.values():
            confidential.record(college.session, college.viewer("learner"), row, "what", None, str(level))
        college.add(SupportSession(support_id=rows[Confidential.SUPPORT].id, held_on=OCTOBER, delivered=True))
    for role, highest in READS.items():
        page = college.page(role)
        readable = list(range(1, highest + 1))
        for lines in (page.supports, page.barriers, page.helping, page.linked):
            assert [line.confidentiality for line in lines] == readable, role
        assert sum(len(line.sessions) for line in page.supports) == highest
        assert len(page.history) == 4 * highest
        assert {change.new for lines in page.history.values() for change in lines} == set(map(str, readable))


def test_a_row_above_ones_level_is_answered_like_one_that_never_was(college: College) -> None:
    hidden, learners = college.support(confidentiality=4), college.barrier(confidentiality=4)
    for function, sent in (
        (supports.change_support, college.fields(hidden)),
        (supports.add_session, {"support": hidden.id, "held_on": OCTOBER, "outcome": "delivered"}),
        (barriers.change_barrier, college.fields(learners)),
        (barriers.answer_barrier, {"barrier": learners.id, "version": 1, "why_not": "x"}),
        (barriers.pass_barrier, {"barrier": learners.id, "version": 1}),
    ):
        with pytest.raises(NotFound):
            college.save(function, "tutor", **sent)


def test_who_reads_each_level_comes_from_the_role_table(college: College) -> None:
    levels = confidential.levels(college.session, college.viewer("tutor"), college.plan.id)
    assert [level.yours for level in levels] == [True, True, True, False]
    assert [level.everyone for level in levels] == [True, False, False, False]
    assert [label for label, _ in levels[3].readers] == ["learner", "learning-support lead"]
    college.session.get_one(Role, "tutor").reads_confidentiality = 4
    levels = confidential.levels(college.session, college.viewer("tutor"), college.plan.id)
    assert [label for label, _ in levels[3].readers] == ["learner", "learning-support lead", "tutor"]
    assert levels[3].yours


def test_nobody_gives_a_row_a_level_that_they_do_not_read(college: College) -> None:
    row = college.support(by_whom="Mr Hale")
    with pytest.raises(Refused, match="choose one of the list"):
        college.save(supports.change_support, "tutor", **college.fields(row, confidentiality=4))
    college.save(supports.change_support, "learning-support-lead", **college.fields(row, confidentiality=4))
    assert row.confidentiality == 4


def test_a_rows_history_goes_with_its_level(college: College) -> None:
    row = college.barrier(confidentiality=3, named_by_learner=True)
    college.save(barriers.change_barrier, "learner", **college.fields(row, what="Caring for my mother"))
    assert [line.new for line in college.page("tutor").history["barrier", row.id]] == ["Caring for my mother"]
    college.save(barriers.change_barrier, "learner", **college.fields(row, confidentiality=4))
    assert college.page("tutor").history == {}
    assert [line.field for line in college.page("learner").history["barrier", row.id]] == [
        "confidentiality",
        "what",
    ]


def test_the_page_takes_ten_queries_however_much_there_is(college: College) -> None:
    viewer = college.viewer("learner")
    for _ in range(2):
        for level in (1, 2, 3, 4):
            row = college.support(confidentiality=level)
            college.add(SupportSession(support_id=row.id, held_on=OCTOBER, delivered=True))
            confidential.record(college.session, viewer, row, "what", None, "x")
            college.barrier(confidentiality=level)
        college.session.flush()
        learner_id = college.enrolment.learner_id
        with statements(college.session) as ran:
            support.read(college.session, viewer, learner_id)
        assert len(ran) == 10


# --- supports and their sessions -----------------------------------------------------------------------


def test_sessions_are_counted_as_they_are_recorded_put_right_and_taken_away(college: College) -> None:
    row = college.support(sessions_planned=6)
    sent = {"support": row.id, "held_on": "2027-01-05", "outcome": "delivered"}
    college.save(supports.add_session, "tutor", **sent)
    college.save(supports.add_session, "learning-support-lead", **sent | {"held_on": "2027-01-11"})
    college.save(supports.add_session, "tutor", **sent | {"held_on": "2027-01-04", "outcome": "missed"})
    assert row.sessions_delivered == 2
    (line,) = college.page("learner").supports
    assert [one.held_on.day for one in line.sessions] == [11, 5, 4]
    assert line.missed == 1
    (drawn,) = route_map.read(college.session, college.viewer("tutor"), college.enrolment.learner_id).supports
    assert (drawn.sessions_delivered, drawn.sessions_planned) == (2, 6)
    one = line.sessions[1]
    right = {"session": one.id, "version": 1, "held_on": one.held_on, "note": "Bus"}
    college.save(supports.change_session, "tutor", **right, outcome="missed")
    assert row.sessions_delivered == 1
    with pytest.raises(ChangedElsewhere) as elsewhere:
        college.save(supports.change_session, "tutor", **right, outcome="delivered")
    assert elsewhere.value.theirs["outcome"] == "missed"
    college.save(supports.change_session, "tutor", **right | {"version": 2}, outcome="delivered")
    college.save(supports.change_session, "tutor", **right | {"version": 3}, outcome="mistake")
    assert row.sessions_delivered == 1
    assert len(college.page("learner").supports[0].sessions) == 2
    assert college.history(row)[-3:] == [
        ("session", "5 January 2027, delivered", "5 January 2027, missed: Bus"),
        ("session", "5 January 2027, missed: Bus", "5 January 2027, delivered: Bus"),
        ("session", "5 January 2027, delivered: Bus", None),
    ]


def test_a_session_is_recorded_once_and_on_a_day_of_its_support(college: College) -> None:
    row = college.support(until_on=date(2027, 1, 8))
    college.add(SupportSession(support_id=row.id, held_on=date(2027, 1, 5), delivered=True))
    for held_on, sentence in (
        ("2027-01-12", "still to come"),
        ("2026-09-30", "began on 1 October 2026"),
        ("2027-01-09", "ended on 8 January 2027"),
        ("2027-01-05", "recorded already"),
        ("", "choose the day"),
    ):
        sent = {"support": row.id, "held_on": held_on, "outcome": "delivered"}
        with pytest.raises(Refused, match=sentence) as refused:
            college.save(supports.add_session, "tutor", **sent)
        assert refused.value.field == "held_on"
    assert row.sessions_delivered == 0


def test_a_support_is_added_and_changed_with_its_history(college: College) -> None:
    sent = {"by_whom": "Mr Hale", "sessions_planned": "8", "from_on": "2026-10-01", "confidentiality": "2"}
    saved = college.save(supports.add_support, "tutor", plan=college.plan.id, what="Dyslexia tutor", **sent)
    row = college.session.get_one(Support, saved.id)
    assert (row.what, row.sessions_planned, row.lane_id) == ("Dyslexia tutor", 8, None)
    college.save(supports.change_support, "tutor", **college.fields(row))
    assert row.version == 1
    college.save(supports.change_support, "learning-support-lead", **college.fields(row, sessions_planned=10))
    assert college.history(row) == [("created", None, "Dyslexia tutor"), ("sessions_planned", "8", "10")]
    with pytest.raises(ChangedElsewhere) as elsewhere:
        college.save(supports.change_support, "tutor", **college.fields(row, version=1, what="Tutor"))
    assert elsewhere.value.by == "The learning-support-lead"
    assert elsewhere.value.theirs["sessions_planned"] == 10


def test_a_support_that_cannot_be_is_refused_at_its_field(college: College) -> None:
    row = college.support(by_whom="Mr Hale")
    for field, value in (
        ("what", " "),
        ("by_whom", ""),
        ("from_on", "2026-09-06"),
        ("from_on", "2037-10-01"),
        ("until_on", "2026-09-30"),
        ("sessions_planned", "-1"),
        ("lane_id", "999999"),
        ("confidentiality", ""),
    ):
        with pytest.raises(Refused) as refused:
            college.save(supports.change_support, "tutor", **college.fields(row) | {field: value})
        assert refused.value.field == field


def test_who_only_reads_support_does_not_change_it(college: College) -> None:
    row, linked = college.support(by_whom="Mr Hale"), college.linked()
    for role in ("learner", "teacher"):
        for function, sent in (
            (supports.change_support, college.fields(row, what="More")),
            (supports.add_session, {"support": row.id, "held_on": OCTOBER, "outcome": "delivered"}),
            (outside_help.change_linked_plan, {"linked_plan": linked.id, "version": 1}),
        ):
            with pytest.raises(Refused):
                college.save(function, role, **sent)
    assert (row.what, row.sessions_delivered) == ("Reader", 0)


# --- barriers ------------------------------------------------------------------------------------------


def test_a_learner_names_a_barrier_for_whom_they_choose(college: College) -> None:
    named = {"plan": college.plan.id, "what": "Money", "kind": "social", "from_on": OCTOBER}
    target = make.target(college.session, college.plan)
    college.save(barriers.add_barrier, "learner", **named, confidentiality=4, target_id=target.id)
    assert college.page("tutor").barriers == ()
    (line,) = college.page("learning-support-lead").barriers
    assert line.named_by_learner
    assert not line.answered
    with pytest.raises(Refused):
        college.save(barriers.add_barrier, "teacher", **named, confidentiality=1)


def test_only_the_learner_opens_a_barrier_that_they_named_to_more_people(college: College) -> None:
    row = college.barrier(confidentiality=2, named_by_learner=True)
    college.save(barriers.change_barrier, "tutor", **college.fields(row, confidentiality=3))
    with pytest.raises(Refused, match="The learner chose") as refused:
        college.save(barriers.change_barrier, "tutor", **college.fields(row, confidentiality=2))
    assert refused.value.field == "confidentiality"
    college.save(barriers.change_barrier, "learner", **college.fields(row, confidentiality=1))
    assert row.confidentiality == 1
    with pytest.raises(Refused, match="ask them to change it"):
        college.save(barriers.change_barrier, "learner", **college.fields(college.barrier(), what="x"))


def test_a_barrier_leads_to_a_support_or_target_or_says_why_not(college: College) -> None:
    row, answer = college.barrier(), {"version": 1}
    target, reader = make.target(college.session, college.plan, title="Catch up"), college.support()
    with pytest.raises(Refused, match="say why neither fits"):
        college.save(barriers.answer_barrier, "tutor", barrier=row.id, **answer)
    college.save(
        barriers.answer_barrier, "tutor", barrier=row.id, **answer, support_id=reader.id, target_id=target.id
    )
    (line,) = college.page("learner").barriers
    assert (line.support, line.target, line.why_not) == ("Reader", "Catch up", "")
    with pytest.raises(ChangedElsewhere) as elsewhere:
        college.save(barriers.answer_barrier, "tutor", barrier=row.id, **answer, why_not="Passes")
    assert elsewhere.value.theirs == {"support_id": reader.id, "target_id": target.id, "why_not": ""}
    college.save(barriers.answer_barrier, "tutor", barrier=row.id, version=2, why_not="Passes by itself")
    assert college.page("learner").barriers[0].support is None
    assert college.history(row) == [
        ("answer", None, "support: Reader; target: Catch up"),
        ("answer", "support: Reader; target: Catch up", "why not: Passes by itself"),
    ]


def test_a_barrier_leads_only_to_what_is_of_its_plan_and_open(college: College) -> None:
    row = college.barrier()
    cohort = college.session.get_one(Cohort, college.enrolment.cohort_id)
    other = make.planned_learner(college.session, cohort)
    closed = make.target(college.session, college.plan, status="achieved")
    elsewhere = college.add(Support(plan_id=other.id, what="x", from_on=OCTOBER))
    for field, value in (
        ("target_id", make.target(college.session, other).id),
        ("target_id", closed.id),
        ("support_id", elsewhere.id),
    ):
        with pytest.raises(Refused, match="one of the list") as refused:
            college.save(barriers.answer_barrier, "tutor", barrier=row.id, version=1, **{field: value})
        assert refused.value.field == field
    assert college.session.scalar(select(BarrierAnswer)) is None


def test_whoever_reads_a_barrier_reads_the_support_that_it_leads_to(college: College) -> None:
    lead = "learning-support-lead"
    row, reader = college.barrier(confidentiality=2), college.support(by_whom="Mr Hale", confidentiality=3)
    answer = {"barrier": row.id, "version": 1, "support_id": reader.id}
    with pytest.raises(Refused, match="Fewer people read this support"):
        college.save(barriers.answer_barrier, lead, **answer)
    college.save(supports.change_support, lead, **college.fields(reader, confidentiality=2))
    college.save(barriers.answer_barrier, lead, **answer)
    with pytest.raises(Refused, match="The barrier “Travel” leads to this support"):
        college.save(supports.change_support, lead, **college.fields(reader, confidentiality=3))
    with pytest.raises(Refused, match="It leads to “Reader”"):
        college.save(barriers.change_barrier, lead, **college.fields(row, confidentiality=1))


def test_a_barrier_is_passed_with_its_how_and_can_come_back(college: College) -> None:
    row = college.barrier()
    sent = {"barrier": row.id, "version": 1, "passed_on": "2027-01-08", "how_passed": "A travel pass"}
    for changed, field in (
        ({"how_passed": ""}, "how_passed"),
        ({"passed_on": ""}, "passed_on"),
        ({"passed_on": "2026-09-30"}, "passed_on"),
        ({"passed_on": "2027-01-12"}, "passed_on"),
    ):
        with pytest.raises(Refused) as refused:
            college.save(barriers.pass_barrier, "learner", **sent | changed)
        assert refused.value.field == field
    college.save(barriers.pass_barrier, "learner", **sent)
    assert row.passed_on == date(2027, 1, 8)
    college.save(barriers.pass_barrier, "tutor", barrier=row.id, version=2)
    assert not college.page("tutor").barriers[0].passed_on
    assert row.how_passed == ""
    assert college.history(row)[0] == ("passed_on", None, "2027-01-08")


# --- help from outside, plans kept elsewhere -----------------------------------------------------------


def test_consent_is_given_withdrawn_and_given_again(college: College) -> None:
    sent = {"plan": college.plan.id, "what": "Counselling", "agency": "Open Door", "from_on": OCTOBER}
    saved = college.save(outside_help.add_help, "tutor", **sent, confidentiality=2)
    row = college.session.get_one(ExternalHelp, saved.id)
    assert not college.page("tutor").helping[0].consented
    given = {"help": row.id, "consent_on": "2027-01-04"}
    with pytest.raises(Refused, match="none to withdraw"):
        college.save(outside_help.withdraw_consent, "learner", help=row.id, version=1)
    with pytest.raises(Refused, match="who gave consent"):
        college.save(outside_help.give_consent, "tutor", **given, version=1)
    college.save(outside_help.give_consent, "learner", **given, version=1, consent_by="Somebody else")
    assert (row.consent_by, college.page("tutor").helping[0].consented) == ("The learner", True)
    with pytest.raises(Refused, match="before consent was given"):
        college.save(outside_help.withdraw_consent, "learner", help=row.id, version=2, withdrawn_on=OCTOBER)
    college.save(outside_help.withdraw_consent, "learner", help=row.id, version=2, withdrawn_on="2027-01-08")
    assert not college.page("tutor").helping[0].consented
    again = given | {"version": 3, "consent_on": "2027-01-11", "consent_by": "Her mother"}
    college.save(outside_help.give_consent, "tutor", **again)
    assert (row.consent_by, row.withdrawn_on) == ("Her mother", None)
    assert ("withdrawn_on", "2027-01-08", None) in college.history(row)


def test_that_there_is_a_safeguarding_record_is_of_the_highest_level(college: College) -> None:
    sent = {"plan": college.plan.id, "kind": "safeguarding", "reference": "SG-1", "whom_to_ask": "DSL"}
    with pytest.raises(Refused, match="fewest people"):
        college.save(outside_help.add_linked_plan, "tutor", **sent, confidentiality=3)
    college.save(outside_help.add_linked_plan, "learning-support-lead", **sent, confidentiality=4)
    assert college.page("tutor").linked == ()
    assert [line.reference for line in college.page("learning-support-lead").linked] == ["SG-1"]


def test_a_plan_kept_elsewhere_is_a_reference_and_no_room_for_its_content(college: College) -> None:
    sent = {"plan": college.plan.id, "kind": "ehcp", "whom_to_ask": "SENCO", "confidentiality": 2}
    with pytest.raises(Refused, match="shorten") as refused:
        college.save(outside_help.add_linked_plan, "tutor", **sent, reference="x" * 81)
    assert refused.value.field == "reference"
