"""How things read on screen."""

from __future__ import annotations

from components import words


def test_a_name_from_right_to_left_does_not_draw_the_number_after_it_along() -> None:
    assert words.isolated("ليلى العلوي") == "\u2068ليلى العلوي\u2069"
    assert words.isolated("Zoë 🦊 Müller") == "Zoë 🦊 Müller"


def test_a_learner_reads_who_reads_it_and_whom_to_call() -> None:
    assert "Nobody watches it round the clock" in words.readers(own=True)
    assert "learner" in words.readers(own=False)
