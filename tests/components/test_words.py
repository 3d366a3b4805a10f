"""How things read on screen."""

from __future__ import annotations

from components import words


def test_a_name_from_right_to_left_does_not_draw_the_number_after_it_along() -> None:
    assert words.isolated("ليلى العلوي") == "\u2068ليلى العلوي\u2069"
    assert words.isolated("Zoë 🦊 Müller") == "Zoë 🦊 Müller"


def test_a_learner_reads_who_reads_it_and_whom_to_call() -> None:
    assert "Nobody watches it round the clock" in words.readers(own=True)
    assert "learner" in words.readers(own=False)


def test_what_is_late_by_years_says_so_in_years() -> None:
    assert [words.days_late(days) for days in (1, 9, 729, 730, 1839)] == [
        "1 day late",
        "9 days late",
        "729 days late",
        "2 years late",
        "5 years late",
    ]
