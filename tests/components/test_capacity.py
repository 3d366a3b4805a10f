"""What the page of capacity says: sentences, states in words, and a file that holds what is seen."""

from __future__ import annotations

from datetime import date, timedelta

from components.capacity import Shown, drawn, in_words, own_in_words, sheet
from data.capacity import Capacity, DueCount, HowLong, TutorLine, Week, cells_of
from data.groups import Within

MONDAY = date(2027, 1, 11)
WEEK = timedelta(weeks=1)
WEEKS = (Week(MONDAY, False), Week(MONDAY + WEEK, False), Week(MONDAY + 2 * WEEK, True))


def line(key: int, name: str, due: dict[int, int], offered: dict[int, int]) -> TutorLine:
    """A tutor with so many learners due and minutes offered, by the number of the week."""
    counts = [DueCount(MONDAY + week * WEEK, learners) for week, learners in due.items()]
    slots = {MONDAY + week * WEEK: minutes for week, minutes in offered.items()}
    cells = cells_of(counts, slots, 20, WEEKS, MONDAY)
    return TutorLine(key, name, sum(due.values()), 20, HowLong.OWN, cells)


SHORT = line(1, "Mr A", {0: 3, 1: 1}, {0: 40, 1: 20})
NONE = line(2, "Ms <B>", {0: 1, 2: 2}, {})
OF = Capacity(Within(1, "Engineering", 5), MONDAY, WEEKS, True, (SHORT, NONE))


def test_the_page_says_what_is_needed_of_how_many_and_what_is_offered() -> None:
    assert in_words(OF) == (
        "7 of 7 learners fall due for a review by Sun 31 Jan 2027: 140 minutes."
        " The tutors offer 60 minutes: 80 too few. 2 tutors of 2 offer too little."
    )
    assert own_in_words(SHORT).endswith("80 minutes at 20 each. You offer 60 minutes: 20 too few.")
    assert own_in_words(NONE).endswith("60 minutes at 20 each. You offer no slots in these weeks yet.")


def test_each_week_says_in_words_whether_it_is_enough_and_nothing_is_read_as_markup() -> None:
    figures, opened = drawn(Shown(OF, {}))
    assert opened == ""
    for said in ("20 short", "enough", "no slots yet", "2 due while closed", "no slots offered yet"):
        assert said in figures
    assert "Ms &lt;B&gt;" in figures
    assert "<B>" not in figures


def test_the_file_holds_the_weeks_as_they_are_seen_with_what_they_are_counted_by() -> None:
    file = sheet(Shown(OF, {}))
    assert file.columns[:4] == ("Tutor", "Week of", "Due", "Of them overdue")
    assert file.rows[0] == ("Mr A", MONDAY, 3, 0, 60, 40, 20, "short")
    assert file.rows[3] == ("Mr A", None, 4, 0, 80, 60, 20, "short")
    assert file.rows[4] == ("Ms <B>", MONDAY, 1, 0, 20, 0, 20, "no slots offered yet")
    assert [name for name, _ in file.facts] == ["As at", "Department", "Weeks", "Counted"]
