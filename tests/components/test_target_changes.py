"""How a change of what belongs to a target reads."""

from __future__ import annotations

from components.target_changes import WORDS


def test_what_somebody_judged_of_a_criterion_reads_in_words() -> None:
    judged, confirmed = WORDS["criterion"], WORDS["confirmed"]
    assert (
        judged("", "Two parts: cut and filed: not-yet") == "judged “Two parts: cut and filed” as not yet met"
    )
    assert judged("It lights: met", "") == "took back “It lights” as met"
    assert confirmed("", "It lights: met") == "confirmed “It lights” as met"
