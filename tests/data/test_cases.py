"""Cases: who reads and changes them, their people, actions and closings, and who finds them in a list."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import case_study, case_writes, cases, college_prompts, models, open_cases
from data.cases import CaseLine
from data.errors import ChangedElsewhere, NotFound, Refused
from data.scope import guest_viewer
from tests import factories as make
from tests.counting import statements
from tests.data.around_a_plan import Around, around_a_plan

READS = {
    "administrator": 1,
    "quality-lead": 1,
    "teacher": 1,
    "head-of-department": 2,
    "tutor": 3,
    "learning-support-lead": 4,
    "learner": 4,
}


@pytest.fixture
def around(session: Session) -> Around:
    return around_a_plan(session)


def opened(around: Around, role: str = "tutor", **sent: object) -> int:
    fields = {
        "plan": around.plan.id,
        "about": "The bus route changed",
        "lead_id": around.people[role].id,
        "confidentiality": 1,
        "opened_on": "2026-12-01",
    }
    saved = around.save(case_writes.open_case, role, **(fields | sent))
    assert saved.id is not None
    return saved.id


def seen(around: Around, role: str = "tutor") -> tuple[CaseLine, ...]:
    return cases.read(around.session, around.viewer(role), around.learner_id).cases


def outcome(around: Around) -> int:
    return college_prompts.outcomes(around.session, around.viewer("tutor"))[0].id


def close(around: Around, case_id: int, role: str = "tutor", **sent: object) -> None:
    fields = {
        "case": case_id,
        "version": 1,
        "outcome_id": outcome(around),
        "said": "Has a minibus pass",
        "closed_on": "2027-01-08",
    }
    around.save(case_writes.close_case, role, **(fields | sent))


# --- who reads it ----------------------------------------------------------------------------------------


def test_a_case_is_there_for_those_who_read_its_level_and_for_nobody_else(around: Around) -> None:
    for level in (1, 2, 3, 4):
        opened(around, "learning-support-lead", confidentiality=level, about=f"Level {level}")
    for role, highest in READS.items():
        assert {one.confidentiality for one in seen(around, role)} == set(range(1, highest + 1)), role
    study = case_study.read(around.session, around.viewer("head-of-department"), around.learner_id)
    assert {one.about for one in study.cases} == {"Level 1", "Level 2"}


def test_no_guest_reads_a_case_of_any_level(around: Around) -> None:
    opened(around)
    guest = guest_viewer(
        around.session,
        around.organisation,
        around.plan.id,
        "A parent",
        around.viewer("tutor").now,
        make.TODAY,
    )
    assert cases.of_plan(around.session, guest, around.plan.id) == ()
    assert open_cases.open_cases(around.session, guest) == ()


def test_its_history_has_the_level_that_the_case_has_now(around: Around) -> None:
    case_id = opened(around)
    around.save(
        case_writes.change_case,
        "tutor",
        case=case_id,
        version=1,
        about="Caring at home",
        lead_id=around.people["tutor"].id,
        confidentiality=3,
    )
    assert seen(around, "teacher") == ()
    (case,) = seen(around)
    assert [(one.field, one.old, one.new) for one in case.history] == [
        ("confidentiality", "1", "3"),
        ("about", "The bus route changed", "Caring at home"),
        ("created", None, "The bus route changed"),
    ]
    changes = around.session.scalars(select(models.Change).where(models.Change.plan_id == around.plan.id))
    assert "Caring" not in repr([(one.old, one.new) for one in changes])


# --- who changes it --------------------------------------------------------------------------------------


def test_who_only_reads_the_plan_or_owns_it_opens_no_case(around: Around) -> None:
    for role in ("teacher", "quality-lead", "learner"):
        with pytest.raises(Refused):
            opened(around, role, lead_id=around.people["tutor"].id)


def test_a_case_has_a_lead_who_reads_it_and_nobody_gives_a_level_they_dont_read(around: Around) -> None:
    with pytest.raises(Refused) as refused:
        opened(around, "learning-support-lead", confidentiality=4, lead_id=around.people["tutor"].id)
    assert refused.value.field == "lead_id"
    with pytest.raises(Refused) as refused:
        opened(around, confidentiality=4)
    assert refused.value.field == "confidentiality"
    for stranger in ("teacher", "learner"):
        with pytest.raises(Refused):
            opened(around, lead_id=around.people[stranger].id)


def test_a_case_above_ones_level_cant_be_changed_by_its_number(around: Around) -> None:
    case_id = opened(around, "learning-support-lead", confidentiality=4)
    for function, sent in (
        (case_writes.add_note, {"said": "x"}),
        (case_writes.add_action, {"what": "x", "by_whom": "x", "due_on": "2027-02-01"}),
        (case_writes.reopen_case, {"version": 1, "reopened_why": "x"}),
    ):
        with pytest.raises(NotFound):
            around.save(function, "tutor", case=case_id, **sent)


def test_two_who_change_a_case_are_told_of_each_other(around: Around) -> None:
    case_id = opened(around)
    fields = {"case": case_id, "lead_id": around.people["tutor"].id, "confidentiality": 1}
    around.save(case_writes.change_case, "tutor", version=1, about="One", **fields)
    with pytest.raises(ChangedElsewhere) as changed:
        around.save(case_writes.change_case, "head-of-department", version=1, about="Two", **fields)
    assert (changed.value.theirs["about"], changed.value.by) == ("One", "The tutor")


# --- people, actions, notes --------------------------------------------------------------------------------


def test_staff_and_named_outsiders_work_on_a_case_and_stay_in_it_once_they_left(around: Around) -> None:
    case_id = opened(around)
    head = around.people["head-of-department"].id
    around.save(case_writes.add_person, "tutor", case=case_id, person_id=head)
    around.save(case_writes.add_person, "tutor", case=case_id, name="Ms Whitcombe", part="transport")
    with pytest.raises(Refused, match="already"):
        around.save(case_writes.add_person, "tutor", case=case_id, person_id=head)
    with pytest.raises(Refused, match="Please choose"):
        around.save(case_writes.add_person, "tutor", case=case_id)
    (case,) = seen(around)
    around.save(case_writes.person_left, "tutor", person=case.people[0].id, version=1)
    (case,) = seen(around)
    assert [(one.name, one.outsider, one.left_on) for one in case.people] == [
        ("Ms Whitcombe", True, None),
        ("The head-of-department", False, make.TODAY),
    ]


def test_an_action_is_done_on_a_day_and_the_next_one_is_what_is_due_first(around: Around) -> None:
    case_id = opened(around)
    for what, due in (("Second", "2027-02-01"), ("First", "2027-01-04"), ("Third", "2027-03-01")):
        around.save(case_writes.add_action, "tutor", case=case_id, what=what, by_whom="Somebody", due_on=due)
    (found,) = open_cases.open_cases(around.session, around.viewer("tutor"))
    assert found.next_action is not None
    assert (found.next_action.what, found.next_action.days_late, found.actions_open) == ("First", 7, 3)
    first = next(one for one in seen(around)[0].actions if one.what == "First")
    done = {"action": first.id, "version": 1, "what": "First", "by_whom": "Somebody", "due_on": "2027-01-04"}
    with pytest.raises(Refused):
        around.save(case_writes.change_action, "tutor", done_on="2027-01-12", **done)
    around.save(case_writes.change_action, "tutor", done_on="2027-01-08", **done)
    (found,) = open_cases.open_cases(around.session, around.viewer("tutor"))
    assert found.next_action is not None
    assert found.next_action.what == "Second"
    with pytest.raises(ChangedElsewhere):
        around.save(case_writes.change_action, "tutor", done_on="2027-01-09", **done)


def test_notes_are_added_with_their_day_and_author(around: Around) -> None:
    case_id = opened(around)
    around.save(case_writes.add_note, "learning-support-lead", case=case_id, said="Met with Amara")
    (note,) = seen(around)[0].notes
    assert (note.said, note.by, note.at.date()) == (
        "Met with Amara",
        "The learning-support-lead",
        make.TODAY,
    )


# --- closing -----------------------------------------------------------------------------------------------


def test_a_case_closes_with_an_outcome_and_opens_again_without_losing_it(around: Around) -> None:
    case_id = opened(around)
    close(around, case_id)
    (case,) = seen(around)
    assert case.closed is not None
    assert (case.closed.said, case.closed.closed_on) == ("Has a minibus pass", date(2027, 1, 8))
    assert open_cases.open_cases(around.session, around.viewer("tutor")) == ()
    with pytest.raises(Refused, match="closed"):
        around.save(case_writes.add_note, "tutor", case=case_id, said="Too late")
    around.save(case_writes.reopen_case, "tutor", case=case_id, version=2, reopened_why="The pass ran out")
    (case,) = seen(around)
    assert case.closed is None
    assert [(one.said, one.reopened_why) for one in case.closings] == [
        ("Has a minibus pass", "The pass ran out")
    ]
    close(around, case_id, version=3, said="A new pass")
    assert [one.said for one in seen(around)[0].closings] == ["Has a minibus pass", "A new pass"]


def test_a_closing_says_how_what_and_on_which_day(around: Around) -> None:
    case_id = opened(around)
    for field, value in (
        ("outcome_id", ""),
        ("said", " "),
        ("closed_on", "2026-11-30"),
        ("closed_on", "2027-01-12"),
    ):
        with pytest.raises(Refused) as refused:
            close(around, case_id, **{field: value})
        assert refused.value.field == field


def test_what_somebody_else_closed_isnt_closed_again(around: Around) -> None:
    case_id = opened(around)
    close(around, case_id, "head-of-department")
    with pytest.raises(Refused, match="closed"):
        close(around, case_id)


# --- the list ----------------------------------------------------------------------------------------------


def test_a_lead_finds_their_cases_and_who_keeps_support_every_one(around: Around) -> None:
    opened(around, "head-of-department", about="The head’s")
    opened(around, about="The tutor’s")
    opened(around, "learning-support-lead", about="Strictly private", confidentiality=4)

    def listed(role: str) -> set[str]:
        return {one.about for one in open_cases.open_cases(around.session, around.viewer(role))}

    assert listed("tutor") == {"The tutor’s"}
    assert listed("head-of-department") == {"The head’s"}
    assert listed("learning-support-lead") == {"The head’s", "The tutor’s", "Strictly private"}
    for role in ("teacher", "quality-lead", "administrator", "learner"):
        assert listed(role) == set()


def test_the_page_and_the_list_cost_the_same_queries_however_many_cases(around: Around) -> None:
    def cost() -> tuple[int, int]:
        around.session.commit()
        viewer = around.viewer("tutor")
        with statements(around.session) as page:
            cases.read(around.session, viewer, around.learner_id)
        with statements(around.session) as listed:
            open_cases.open_cases(around.session, viewer)
        return len(page), len(listed)

    opened(around)
    before = cost()
    for number in range(3):
        case_id = opened(around, about=f"Case {number}")
        around.save(case_writes.add_note, "tutor", case=case_id, said="x")
        around.save(case_writes.add_person, "tutor", case=case_id, name="Somebody")
    assert cost() == before
    assert before <= (10, 2)
