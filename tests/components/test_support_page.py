"""The page of a plan's support: who may do what on it, in words that fit who reads it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from components import words
from components.support_page import change_in_words, dots, markup, readers, support_state
from data.confidential import ChangeLine, Level
from data.plan_head import PlanHead
from data.support import (
    BarrierLine,
    HelpLine,
    LinkedPlanLine,
    SessionLine,
    SupportLine,
    SupportPage,
    TargetChoice,
)
from data.targets import LaneChoice

TODAY = date(2027, 1, 11)
NASTY = "<script>alert(1)</script>"
ROLES = (("learner", "own-plan"), ("learning-support lead", "organisation"), ("tutor", "caseload"))


def head(**rights: Any) -> PlanHead:
    values: dict[str, Any] = {
        "id": 5,
        "learner_id": 3,
        "learner_name": "Amara Okafor",
        "learner_person_id": 9,
        "cohort_id": 1,
        "cohort_code": "E3-1",
        "cohort_title": "Engineering",
        "department_id": 1,
        "department": "Engineering",
        "starts_on": date(2026, 9, 7),
        "planned_end_on": None,
        "ended_on": None,
        "destination": "",
        "plan_version": 1,
        "written": True,
        "own": False,
        "sees_cohort": True,
        "sees_department": False,
        "may_write_plan": False,
        "may_write_support": False,
        "may_write_notes": False,
    }
    return PlanHead(**values | rights)


def level(number: int, *, yours: bool = True, roles: tuple[tuple[str, str], ...] = ROLES) -> Level:
    return Level(number, roles, everyone=number == 1, yours=yours)


def support(**values: Any) -> SupportLine:
    defaults: dict[str, Any] = {
        "id": 7,
        "lane_id": 1,
        "what": "Dyslexia tutor",
        "by_whom": "Mr Hale",
        "how_often": "weekly",
        "sessions_planned": 4,
        "sessions_delivered": 2,
        "from_on": date(2026, 10, 1),
        "until_on": None,
        "confidentiality": 2,
        "version": 1,
        "sessions": (
            SessionLine(2, date(2027, 1, 5), False, "Bus", 1),
            SessionLine(1, date(2026, 12, 15), True, "", 1),
        ),
    }
    return SupportLine(**defaults | values)


def barrier(**values: Any) -> BarrierLine:
    defaults: dict[str, Any] = {
        "id": 8,
        "lane_id": None,
        "kind": "social",
        "what": "No quiet place",
        "from_on": date(2026, 10, 1),
        "passed_on": None,
        "how_passed": "",
        "confidentiality": 3,
        "named_by_learner": True,
        "version": 1,
        "support_id": None,
        "support": None,
        "target_id": None,
        "target": None,
        "why_not": "",
    }
    return BarrierLine(**defaults | values)


def page(**values: Any) -> SupportPage:
    defaults: dict[str, Any] = {
        "head": head(may_write_support=True),
        "today": TODAY,
        "supports": (support(),),
        "barriers": (barrier(),),
        "helping": (
            HelpLine(4, "Counselling", "Open Door", "", "", date(2026, 10, 1), None, None, "", None, 3, 1),
        ),
        "linked": (LinkedPlanLine(6, "ehcp", "Room 114", "SENCO", None, 2, 1),),
        "history": {},
        "levels": tuple(level(number, yours=number < 4) for number in (1, 2, 3, 4)),
        "lanes": (LaneChoice(1, "Qualification"),),
        "targets": (TargetChoice(1, "Catch up"),),
    }
    return SupportPage(**defaults | values)


def forms(html: str) -> set[str]:
    return set(re.findall(r'data-writes="([^"]+)"', html))


OF_STAFF = {
    "support-add",
    "support-change",
    "support-session-add",
    "support-session-change",
    "barrier-add",
    "barrier-change",
    "barrier-answer",
    "barrier-pass",
    "help-add",
    "help-change",
    "help-consent",
    "linked-plan-add",
    "linked-plan-change",
}


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ({"may_write_support": True}, OF_STAFF),
        (
            {"own": True, "may_write_notes": True},
            {"barrier-add", "barrier-change", "barrier-pass", "help-consent"},
        ),
        ({}, set()),
    ],
    ids=["staff", "learner", "reader"],
)
def test_each_is_offered_the_forms_that_they_may_send(rights: dict[str, bool], expected: set[str]) -> None:
    assert forms(markup(page(head=head(**rights)))) == expected


def test_who_reads_nothing_here_is_told_that_there_is_nothing_that_they_may_read() -> None:
    html = markup(page(head=head(), supports=(), barriers=(), helping=()))
    for what in ("support", "barrier", "help from outside college"):
        assert f"There is no {what} that you may read." in html


def test_a_learner_is_not_offered_to_change_what_staff_named() -> None:
    html = markup(
        page(head=head(own=True, may_write_notes=True), barriers=(barrier(named_by_learner=False),))
    )
    assert "barrier-change" not in forms(html)
    assert "barrier-pass" in forms(html)


def test_beside_what_a_learner_writes_stands_that_nobody_watches_it_and_whom_to_call() -> None:
    html = markup(page(head=head(own=True, may_write_notes=True)))
    for kind in ("barrier-add", "barrier-pass"):
        form = html.split(f'data-writes="{kind}"')[1].split("</form>")[0]
        assert words.NOT_WATCHED.replace("'", "&#39;") in form


def test_only_levels_that_are_ones_own_can_be_chosen_and_a_safeguarding_record_needs_the_highest() -> None:
    html = markup(page())
    assert '<option value="3">3 Private' in html
    assert '<option value="4">4 Strictly' not in html
    assert "Safeguarding" not in html
    assert "Safeguarding" in markup(page(levels=tuple(level(number) for number in (1, 2, 3, 4))))


def test_readers_are_named_as_the_role_table_names_them() -> None:
    assert readers(level(1), own=False) == "everyone who may open this plan"
    assert readers(level(3), own=False) == "the learner, the tutor and the learning-support lead"
    assert readers(level(3), own=True) == "you, your tutor and the learning-support lead"
    assert readers(level(4, roles=ROLES[:1]), own=True) == "you"


def test_without_consent_the_page_asks_not_to_contact() -> None:
    assert "Please don’t contact them" in markup(page())
    given = HelpLine(4, "x", "x", "", "", date(2026, 10, 1), None, date(2026, 10, 1), "Amara", None, 3, 1)
    assert "Please don’t contact them" not in markup(page(helping=(given,)))


@pytest.mark.parametrize(
    ("planned", "delivered", "said"),
    [
        (12, 5, "5 of 12 sessions held"),
        (1, 0, "0 of 1 session held"),
        (2, 4, "4 sessions held, 2 more than planned"),
        (0, 3, "3 sessions held"),
        (0, 0, ""),
    ],
)
def test_sessions_held_are_never_more_than_all(planned: int, delivered: int, said: str) -> None:
    assert words.sessions(planned, delivered) == said


def test_each_session_has_a_mark_in_its_order_and_those_counted_before_come_first() -> None:
    assert dots(support()) == ["held", "held", "missed", "ahead", "ahead"]
    assert dots(support(sessions_planned=0, sessions_delivered=1)) == []
    assert dots(support(sessions_planned=100)) == []


def test_a_support_is_to_come_running_or_ended() -> None:
    assert support_state(support(from_on=date(2027, 1, 12)), TODAY)[1] == "Starts 12 Jan"
    assert support_state(support(until_on=TODAY), TODAY)[1] == "Running"
    assert support_state(support(until_on=date(2027, 1, 10)), TODAY)[1] == "Ended 10 Jan"


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("created", None, "x", "put it on the plan"),
        ("session", None, "5 January 2027, missed", "recorded 5 January 2027, missed"),
        ("session", "5 January 2027, held", None, "took away 5 January 2027, held"),
        ("confidentiality", "2", "3", "changed who reads it from 2 Limited to 3 Private"),
        ("lane_id", None, "1", "added the lane: Qualification"),
        ("kind", "social", "personal", "changed the kind from Social to Personal"),
        ("passed_on", None, "2027-01-08", "said that it was passed on Fri 8 Jan 2027"),
        ("how_often", "weekly", None, "took away how often: “weekly”"),
        ("answer", None, "why not: no need", "said what it leads to: why not: no need"),
    ],
)
def test_a_change_reads_as_a_sentence(field: str, old: str | None, new: str | None, said: str) -> None:
    line = ChangeLine(datetime(2027, 1, 5, 12, tzinfo=ZoneInfo("Europe/London")), "Ms Shah", field, old, new)
    assert change_in_words(line, page()) == said


def test_whatever_is_written_is_shown_as_text() -> None:
    html = markup(
        page(
            supports=(support(what=NASTY, by_whom=NASTY),),
            barriers=(barrier(what=NASTY, why_not=NASTY, target=NASTY, target_id=1),),
        )
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_learner_without_a_plan_hears_what_to_do() -> None:
    html = markup(page(head=head(own=True, written=False)))
    assert "No plan has been written yet" in html
    assert forms(html) == set()
