"""The checks that help with wording a target, by examples of good and of poor wording. The browser applies
the same patterns; that it does so in the same way, the browser tests say."""

from __future__ import annotations

import re

import pytest

from data import college, wording
from data.wording import MEASURE, ONE_THING, RELEVANT, SUPPORTED, VERB, Check


def found(check: Check, text: str) -> bool:
    return re.search(check.pattern, text.lower()) is not None


@pytest.mark.parametrize(
    ("check", "good", "poor"),
    [
        (VERB, "Test every function of my booking system", "Better time management"),
        (VERB, "I will telephone three firms", "Be more confident"),
        (VERB, "I’ll ask for help", "Testing"),
        (MEASURE, "Pass the unit test", "Get better at maths"),
        (MEASURE, "Read 20 pages", "Read pages"),
        (SUPPORTED, "Write my CV with my tutor", "Write my CV"),
        (SUPPORTED, "Ask Mr Hale", "Ask around"),
        (RELEVANT, "Pass maths, because I need it for the HNC", "Pass maths"),
    ],
)
def test_a_check_tells_good_wording_from_poor(check: Check, good: str, poor: str) -> None:
    assert found(check, good)
    assert not found(check, poor)


def test_two_things_are_told_from_one() -> None:
    for two in ("Write my CV and send it", "Write my CV; phone two firms", "Draw it as well as print it"):
        assert found(ONE_THING, two)
    for one in ("Answer questions on health and safety", "Draw one bracket to BS 8888"):
        assert not found(ONE_THING, one)


def test_every_example_passes_the_checks_that_it_stands_beside() -> None:
    for some in wording.examples().values():
        for one in some:
            assert found(VERB, one.title), one.title
            assert found(MEASURE, " ".join((one.title, *one.criteria))), one.title
            assert one.support


def test_each_lane_of_a_new_college_has_examples() -> None:
    assert {key for key, _ in college.LANES} <= wording.examples().keys()


def test_fast_and_smart_ask_for_the_six_things() -> None:
    six = {"verb", "measure", "date", "one", "support", "soon"}
    asked = {
        letters: {check.key for _, checks in groups for check in checks}
        for letters, groups in wording.LETTERS.items()
    }
    assert asked == {"FAST": six, "SMART": six | {"relevant"}}
    assert "".join(letter[0] for letter, _ in wording.LETTERS["FAST"]) == "FAST"
    assert "".join(letter[0] for letter, _ in wording.LETTERS["SMART"]) == "SMART"


def test_patterns_keep_to_what_javascript_reads_too() -> None:
    for groups in wording.LETTERS.values():
        for _, checks in groups:
            for check in checks:
                assert not re.search(r"\(\?[P<]|\\[AZ]|\(\?[aimsux]", check.pattern), check.key
