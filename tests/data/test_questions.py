"""Questions worth asking come from named rules, in one order, three at most."""

from __future__ import annotations

from typing import Any

import pytest

from data.questions import RULES, Facts, Late, Missed, worth_asking
from data.rules import Share

FINE: dict[str, Any] = {
    "days_in": 100,
    "silent_days": 3,
    "open_targets": (Late(1, "CV"),),
    "has_career_target": True,
}
NAMED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # rule: what just makes it ask, what just doesn't
    "stuck": ({"stuck_on": ("CV",)}, {"stuck_on": ()}),
    "right-programme": ({"programme_unchecked": True}, {}),
    "support-missed": ({"supports": (Missed("Reader", 1),)}, {"supports": (Missed("Reader", 0, 13),)}),
    "need-without-support": ({"needs": ("BKSB",)}, {"needs": ()}),
    "moved-twice": ({"open_targets": (Late(1, "CV", 2),)}, {"open_targets": (Late(1, "CV", 1),)}),
    "long-overdue": (
        {"open_targets": (Late(1, "CV", days_late=29),)},
        {"open_targets": (Late(1, "CV", days_late=28),)},
    ),
    "attendance-fell": (
        {"attendance_then": Share(90, 100), "attendance_now": Share(80, 100)},
        {"attendance_then": Share(90, 100), "attendance_now": Share(81, 100)},
    ),
    "no-open-target": ({"open_targets": ()}, {}),
    "nothing-said": ({"silent_days": 42}, {"silent_days": 41}),
    "no-career-target": (
        {"has_career_target": False, "days_in": 84},
        {"has_career_target": False, "days_in": 83},
    ),
    "many-open": (
        {"open_targets": tuple(Late(n, "CV") for n in range(12))},
        {"open_targets": tuple(Late(n, "CV") for n in range(11))},
    ),
    "all-early": ({"achieved": 3, "achieved_early": 3}, {"achieved": 3, "achieved_early": 2}),
}


def asked(**facts: Any) -> list[str]:
    return [question.rule.key for question in worth_asking(Facts(**(FINE | facts)))]


def test_each_rule_is_put_to_the_test_and_has_a_name_and_an_explanation() -> None:
    assert [rule.key for rule in RULES] == list(NAMED)
    assert all(rule.name and rule.explanation.endswith(".") for rule in RULES)


@pytest.mark.parametrize("key", NAMED)
def test_each_rule_asks_from_its_threshold_on(key: str) -> None:
    enough, too_little = NAMED[key]
    assert asked(**enough) == [key]
    assert asked(**too_little) == []


def test_a_support_that_never_began_is_asked_about_before_one_that_was_missed() -> None:
    (question,) = worth_asking(
        Facts(**(FINE | {"supports": (Missed("Reader", 3), Missed("Counsellor", 0, 21))}))
    )
    assert question.words.startswith("“Counsellor” was promised 3 weeks ago")


def test_three_questions_at_most_are_asked_in_the_order_of_the_rules() -> None:
    everything: dict[str, Any] = {}
    for enough, _ in reversed(NAMED.values()):
        everything |= enough
    assert asked(**everything) == ["stuck", "right-programme", "support-missed"]


def test_nobody_is_praised_for_early_targets_while_one_is_overdue() -> None:
    late = {"open_targets": (Late(1, "CV", days_late=1),)}
    assert asked(achieved=3, achieved_early=3, **late) == []


def test_the_question_about_a_moved_target_says_which_was_moved_most() -> None:
    targets = (Late(1, "CV", 2), Late(2, "Risk assessment", 3))
    (question,) = worth_asking(Facts(**(FINE | {"open_targets": targets})))
    assert (question.target_id, question.words.split(".")[0]) == (2, "“Risk assessment” was moved 3 times")
