"""The form's fields, what it says of a target, and how its history reads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from components.small_forms import small_forms_markup
from components.target_form import change_in_words, detail_markup, form_markup, target_form
from data.history import HistoryLine
from data.reviews import KindChoice
from data.rules import TargetState, TargetStatus
from data.targets import LaneChoice, StepLine, TargetDetail

DETAIL = TargetDetail(
    id=5,
    plan_id=3,
    learner_id=2,
    learner_name="Amara Okafor",
    cohort_id=1,
    cohort_code="E3-1",
    milestone_id=None,
    title="Risk assessment signed off",
    criteria="No control measure is missing.",
    lane_label="Qualification",
    phase_name="Foundation",
    status=TargetStatus.IN_PROGRESS,
    state=TargetState.OVERDUE,
    due_on=date(2026, 12, 19),
    first_due_on=date(2026, 12, 5),
    moves=1,
    days_late=23,
    achieved_on=None,
    note="Booked for Tuesday",
    steps=(StepLine(8, "Read one page with Mr Hale", None, date(2027, 1, 5)),),
    version=4,
    may_write="all",
    last_changed_by="Priya Shah",
    last_changed_at=datetime(2027, 1, 5, 10, 42, tzinfo=UTC),
)


def line(field: str, old: str | None, new: str | None) -> HistoryLine:
    return HistoryLine(datetime(2027, 1, 5, 10, 42, tzinfo=UTC), "Priya Shah", field, old, new, "")


def controls(markup: str) -> list[str]:
    """The names of the controls of a form's HTML that people see."""
    return re.findall(r'<(?:select|textarea|input(?! type="hidden"))[^>]* name="(\w+)"', markup)


def test_the_controls_carry_the_names_that_checks_rely_on() -> None:
    markup = form_markup(replace(DETAIL, steps=()))
    assert controls(markup) == ["status", "due_on", "reason", "how_met", "note"]
    assert re.findall(r'<option value="([\w-]+)"', markup) == [
        "to-come",
        "in-progress",
        "achieved",
        "not-achieved",
        "withdrawn",
    ]
    assert 'data-action="save"' in markup


def test_nothing_is_drawn_before_a_target_is_selected() -> None:
    form: Any = target_form(None)
    assert form.hidden
    assert form_markup(None) == ""


def test_each_control_stands_in_its_label_with_a_place_for_its_error() -> None:
    dialogs = small_forms_markup(
        (LaneChoice(1, "Career"),), (KindChoice(1, "progress", "Progress review"),), today=date(2027, 1, 11)
    )
    for markup in (form_markup(replace(DETAIL, steps=())), dialogs):
        fields = re.findall(
            r'data-field="\w+"><label>.*?</label>.*?<p class="field-error">', markup, re.DOTALL
        )
        assert len(fields) == len(controls(markup)) > 3


def test_the_fields_hold_what_is_stored_and_the_version_that_it_is() -> None:
    markup = form_markup(DETAIL)
    assert '<option value="in-progress" selected>' in markup
    assert 'name="due_on" value="2026-12-19"' in markup
    assert "Booked for Tuesday</textarea>" in markup
    assert 'name="version" value="4"' in markup


def test_a_proposed_target_has_no_status_to_choose_yet_and_an_undated_one_no_date() -> None:
    markup = form_markup(replace(DETAIL, status=TargetStatus.PROPOSED, state=None, due_on=None))
    assert '<option value="">Proposed: choose to agree it</option>' in markup
    assert " selected" not in markup
    assert 'name="due_on" value=""' in markup


def test_a_learner_reads_who_reads_the_note_and_nothing_red() -> None:
    own = replace(DETAIL, may_write="note")
    assert "Nobody watches it round the clock" in form_markup(own)
    assert controls(form_markup(replace(own, steps=()))) == ["note"]
    assert "Was due" in detail_markup(own)
    assert "23 days" not in detail_markup(own)


def test_the_facts_say_how_late_and_how_often_moved() -> None:
    markup = " ".join(detail_markup(DETAIL).split())
    assert "Overdue, 23 days late" in markup
    assert "Due Sat 19 Dec 2026, first agreed for Sat 5 Dec 2026, moved once." in markup


def test_who_only_reads_sees_the_note_and_cannot_tick() -> None:
    markup = form_markup(replace(DETAIL, may_write="none"))
    assert "Booked for Tuesday" in markup
    assert "disabled" in markup
    assert "textarea" not in markup


def test_what_people_typed_is_escaped() -> None:
    typed = "<img src=x onerror=alert(1)>"
    steps = (StepLine(8, typed, None, None),)
    markup = form_markup(
        replace(DETAIL, title=typed, criteria=typed, learner_name=typed, note=typed, steps=steps),
        [line("note", None, typed)],
    )
    assert "<img" not in markup


def test_the_history_reads_as_sentences() -> None:
    assert change_in_words(line("created", None, "Risk assessment")) == "set this target"
    assert change_in_words(line("status", "proposed", "in-progress")) == "Proposed to In progress"
    assert change_in_words(line("due_on", "2026-12-05", "2026-12-19")) == "moved from 5 Dec to 19 Dec"
    assert change_in_words(line("due_on", None, "2026-12-19")) == "due 19 Dec"
    assert change_in_words(line("achieved_on", None, "2026-12-19")) == "achieved on 19 Dec"
    assert change_in_words(line("achieved_on", "2026-12-19", None)) == "not achieved after all"
    assert change_in_words(line("note", "", "Booked")) == "wrote “Booked”"
    assert change_in_words(line("note", "Booked", "")) == "took away “Booked”"
    assert change_in_words(line("step", None, "Read a page")) == "did “Read a page”"
    assert change_in_words(line("step", "Read a page", None)) == "to do again: “Read a page”"
    assert change_in_words(line("title", "Old", "New")) == "changed the title to “New”"
    assert change_in_words(line("criteria", "", "One\nTwo")) == "wrote the criteria: “One · Two”"
    assert change_in_words(line("evidence", None, "photo.jpg")) == "added the evidence “photo.jpg”"
    assert change_in_words(line("evidence", "photo.jpg", None)) == "took away the evidence “photo.jpg”"
    assert change_in_words(line("stuck", None, "")) == "is stuck"
    assert change_in_words(line("version", "1", "2")) == "changed version"


def test_a_long_note_is_shortened_in_the_history_alone() -> None:
    assert len(change_in_words(line("note", "", "word " * 500))) < 230
    assert "word " * 500 in form_markup(replace(DETAIL, note="word " * 500))


def test_a_review_is_held_today_and_of_the_usual_kind_unless_said_otherwise() -> None:
    kinds = KindChoice(1, "initial", "Initial review"), KindChoice(2, "progress", "Progress review")
    markup = small_forms_markup((), kinds, today=date(2027, 1, 11))
    assert '<option value="2" selected>Progress review' in markup
    assert 'name="held_on" value="2027-01-11"' in markup
