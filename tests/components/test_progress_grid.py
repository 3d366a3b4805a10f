"""What the grid's script and the printed page are given: letters, steps between ids, words."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import accumulate
from typing import Any

import pytest
from dash.development.base_component import Component

from components import progress_file
from components.caseload import about, line
from components.cohort_page import cohort_page, who_is_shown
from components.cohort_print import MOST_COLUMNS, cohort_print
from components.progress_grid import CODES, MILESTONE_WIDTH, cohort_rows, progress_grid, row, tiles
from components.target_form import target_form
from data.caseload import CaseloadLearner, OpenTarget
from data.learner_figures import Figures
from data.progress_grid import Cell, CohortHead, LearnerRow, MilestoneColumn, PersonalTargets, ProgressGrid
from data.review_coverage import Counted
from data.rules import ReviewState, Share, TargetState

TODAY = date(2027, 1, 11)
HOSTILE = '"><img src=x onerror=alert(1)>{{7*7}}'


def figures(**values: Any) -> Figures:
    numbers = ("learners", "here", "paused", "to_start", "started", "left", "completed", "reviewed", "moved")
    shares = ("achieved", "overdue", "due_soon", "covered")
    usual: dict[str, Any] = dict.fromkeys(numbers, 0) | dict.fromkeys(shares, Share(0, 0))
    return Figures(**(usual | {"milestones": {}} | values))


def learner(number: int = 1, cells: tuple[Cell | None, ...] = (), **values: Any) -> LearnerRow:
    usual: dict[str, Any] = {
        "id": number,
        "plan_id": number,
        "given_name": "Ada",
        "family_name": f"Byron{number}",
        "starts_on": date(2026, 9, 7),
        "ended_on": None,
        "end_reason": None,
        "ended": False,
        "paused": False,
        "states": tuple(cell.state if cell else None for cell in cells),
        "target_ids": tuple(cell.target_id if cell else 0 for cell in cells),
        "personal": None,
        "counts": Counter(cell.state for cell in cells if cell),
        "review_state": ReviewState.NOT_YET_DUE,
        "next_review_on": date(2027, 2, 13),
        "review_days_late": 0,
    }
    return LearnerRow(**(usual | values))


def milestone(number: int, phase: str = "Foundation", title: str = "Unit") -> MilestoneColumn:
    return MilestoneColumn(number, phase, f"{title} {number}", f"{title} {number}: all of it", TODAY)


def grid(
    learners: tuple[LearnerRow, ...], milestones: tuple[MilestoneColumn, ...], **head: Any
) -> ProgressGrid:
    usual: dict[str, Any] = {"tutors": ("Priya Shah",), "size": len(learners), "department_seen": True}
    cohort = CohortHead(
        id=3,
        code="E3-1",
        title="Engineering",
        starts_on=date(2026, 9, 7),
        department_id=1,
        department="Engineering",
        **(usual | head),
    )
    return ProgressGrid(cohort, milestones, learners, figures(learners=len(learners)))


def large() -> ProgressGrid:
    """350 learners by 130 milestones, with ids as a college would have given them."""
    milestones = tuple(milestone(number) for number in range(130))
    states = list(TargetState)
    learners = tuple(
        learner(
            person,
            tuple(
                Cell(person * 130 + column, states[(person * 7 + column * column) % 5])
                for column in range(130)
            ),
        )
        for person in range(350)
    )
    return grid(learners, milestones)


def components_in(tree: Any) -> int:
    return sum(1 for _ in tree._traverse()) + 1 if isinstance(tree, Component) else 0


def as_sent(tree: Any) -> str:
    return json.dumps(tree, default=lambda component: component.to_plotly_json())


def test_a_cell_is_a_letter_and_each_state_has_its_own() -> None:
    cells = tuple(Cell(number, state) for number, state in enumerate(TargetState, start=1))
    states = row(learner(cells=(*cells, None)))["states"]
    assert len(set(states)) == len(TargetState) + 1
    assert states == "".join(CODES[state] for state in TargetState) + "-"


def test_target_ids_are_told_as_steps_from_one_to_the_next() -> None:
    cells = (
        None,
        Cell(1001, TargetState.TO_COME),
        None,
        Cell(1002, TargetState.TO_COME),
        Cell(7, TargetState.OVERDUE),
    )
    steps = row(learner(cells=cells))["targets"]
    assert steps == [0, 1001, 0, 1, -995]
    assert [total for step, total in zip(steps, accumulate(steps), strict=True) if step] == [1001, 1002, 7]


def test_the_next_review_says_how_late_or_when() -> None:
    late = learner(review_state=ReviewState.OVERDUE, review_days_late=9)
    assert row(late)["reviewWords"] == "9 days late"
    assert row(learner())["reviewWords"] == "13 Feb"
    assert row(learner(review_state=ReviewState.PAUSED))["reviewWords"] == "Paused"


def test_a_file_holds_the_learners_that_the_page_lists_in_its_order_with_words_for_states() -> None:
    overdue = tuple(Cell(number, TargetState.OVERDUE) for number in (1, 2))
    some = grid(
        (
            learner(1, (Cell(3, TargetState.ACHIEVED), None)),
            learner(2, (*overdue[:1], None), given_name="Zoë", paused=True),
            learner(3, overdue, next_review_on=None),
            learner(4, overdue, given_name="Zoe", ended=True, ended_on=TODAY),
        ),
        (milestone(1), milestone(2)),
    )

    def listed(**asked: str) -> list[int]:
        return [one.id for one in progress_file.in_order(some, asked)]

    assert listed() == [1, 2, 3, 4]
    assert listed(sort="overdue") == [3, 2, 1, 4]
    assert listed(sort="review") == [1, 2, 3, 4]
    assert listed(sort="progress") == [2, 3, 1, 4]
    assert listed(filter="overdue", name="ZOE") == [2, 4]
    sheet = progress_file.sheet(some, Counted(None, (), ()), 95, TODAY, {"name": "zoe"})
    assert sheet.name == "progress-e3-1-2027-01-11"
    assert sheet.columns == (
        *("Learner", "Note", "Achieved", "Overdue", "Targets", "Unit 1", "Unit 2"),
        *("Personal targets", "Next review", "Review"),
    )
    assert sheet.rows[0] == (
        "Zoë Byron2",
        "on a break",
        0,
        1,
        1,
        "Overdue",
        None,
        "",
        date(2027, 2, 13),
        "Not yet due",
    )
    assert dict(sheet.facts)["Shown"] == "everyone, name holds “zoe”, by name"


def test_the_cohorts_row_has_no_percentage_where_nothing_is_recorded() -> None:
    columns = (milestone(1), milestone(2))
    (above,) = cohort_rows(columns, figures(here=21, milestones={1: Share(17, 21)}))
    assert above["states"] == ["80%\nof 21", "–"]
    assert above["achieved"] == "–"
    (counted,) = cohort_rows(columns, figures(here=21, achieved=Share(129, 1287)))
    assert counted["achieved"] == "10% of 1,287", "a percentage stands with its denominator"
    assert above["shares"] == ["17 of 21 achieved", "nothing recorded"]
    assert cohort_rows((), figures()) == []
    assert {label: shown for label, shown, _ in tiles(figures())}["Targets achieved"] == "–"


def test_without_targets_no_figure_of_them_is_nought() -> None:
    shown = {what: (figure, of) for what, figure, of in tiles(figures(here=3))}
    for what in ("Targets achieved", "Overdue", "Due within 7 days"):
        assert shown[what] == ("–", "none recorded yet")


def test_where_all_have_left_the_cohort_says_so_and_not_that_nothing_was_recorded() -> None:
    left = figures(started=21, left=21)
    assert cohort_rows((milestone(1),), left) == []
    said = {label: of for label, _, of in tiles(left)}
    assert said["Targets achieved"] == said["Reviewed in time"] == "nobody is here now"
    assert {label: of for label, _, of in tiles(figures(here=1))}["Targets achieved"] == "none recorded yet"
    coming = {label: of for label, _, of in tiles(figures(to_start=4))}
    assert coming["Targets achieved"] == coming["Reviewed in time"] == "nobody has started yet"


def test_who_left_is_named_with_the_year_since_a_cohort_may_be_looked_at_years_later() -> None:
    gone = learner(ended=True, ended_on=date(2025, 7, 4), end_reason="completed")
    assert row(gone)["note"] == "completed 4 Jul 2025"


def test_coverage_is_no_percentage_before_any_review_is_recorded() -> None:
    (shown,) = [
        tile[1:] for tile in tiles(figures(here=2, covered=Share(0, 2))) if tile[0] == "Reviewed in time"
    ]
    assert shown == ("–", "no review recorded yet")
    (shown,) = [
        tile[1:]
        for tile in tiles(figures(here=2, reviewed=1, covered=Share(0, 2)))
        if tile[0] == "Reviewed in time"
    ]
    assert shown == ("0%", "0 of 2")


def test_a_phase_with_one_column_and_a_title_of_one_word_have_room_for_their_words() -> None:
    column = MilestoneColumn(1, "Progression", "Programme", "Programme", TODAY)
    (phase,) = [
        each
        for each in progress_grid(grid((), (column,))).children[2].children.columnDefs
        if each["headerName"] == "Progression"
    ]
    assert phase["children"][0]["width"] >= 88
    assert progress_grid(grid((), (column,))).children[2].children.dashGridOptions["headerHeight"] >= 80


@pytest.mark.parametrize(("learners", "width"), [(25, 38), (350, 38), (1657, 42)])
def test_the_number_that_a_share_is_of_has_room_in_its_line(learners: int, width: int) -> None:
    of_phase = replace(grid((), (milestone(1, "A"),)), figures=figures(milestones={1: Share(9, learners)}))
    phase = progress_grid(of_phase).children[2].children.columnDefs[2]
    assert phase["children"][0].get("width", MILESTONE_WIDTH) == width


def test_who_sees_part_of_a_cohort_is_told_so() -> None:
    part = grid((learner(1), learner(2)), (), size=22)
    assert who_is_shown(part) == "2 of 22 learners, those whom you work with"
    assert who_is_shown(grid((learner(1),), ())) == "1 learner"


def test_the_department_is_a_link_only_for_those_who_may_open_it() -> None:
    form = target_form(None)
    assert "/department/1" in as_sent(cohort_page(grid((), ()), form))
    assert "/department/1" not in as_sent(cohort_page(grid((), (), department_seen=False), form))


def test_an_empty_cohort_and_one_without_milestones_say_what_to_do() -> None:
    form = target_form(None)
    nobody = as_sent(cohort_page(grid((), ()), form))
    assert "Nobody is enrolled on E3-1" in nobody
    assert "AgGrid" not in nobody
    without_milestones = as_sent(cohort_page(grid((learner(),), ()), form))
    assert "import targets" in without_milestones
    assert "AgGrid" in without_milestones


def test_the_page_of_a_large_cohort_stays_small() -> None:
    content = cohort_page(large(), target_form(None))
    assert sum(components_in(part) for part in content) < 150
    assert len(gzip.compress(as_sent(content).encode(), 6)) < 40_000


def test_columns_say_what_differs_and_column_types_the_rest() -> None:
    tree = progress_grid(large())
    sent = as_sent(tree)
    assert sent.count("gridClass") == 1
    assert sent.count("state-overdue") < 5


def test_the_printed_page_repeats_names_for_each_phase_and_escapes_what_people_wrote() -> None:
    milestones = (
        *(milestone(number, "Induction") for number in range(2)),
        milestone(9, "Transition", HOSTILE),
    )
    cells = tuple(Cell(number + 1, TargetState.OVERDUE) for number in range(3))
    personal = PersonalTargets({TargetState.OVERDUE: 2}, 5, HOSTILE)
    printed = cohort_print(
        grid((learner(1, cells, family_name=HOSTILE, personal=personal),), milestones), as_at=TODAY
    )
    assert "<img" not in printed
    assert printed.count("&lt;img") >= 3
    assert [title for title in ("Induction", "Transition") if f"<caption>{title}</caption>" in printed] == [
        "Induction",
        "Transition",
    ]
    assert printed.count('data-state="overdue"') == 3
    assert printed.count("Overdue</span>") == 3


def test_a_phase_too_wide_for_the_paper_goes_on_in_another_table() -> None:
    columns = tuple(milestone(number) for number in range(MOST_COLUMNS + 1))
    printed = cohort_print(grid((learner(1, (None,) * len(columns)),), columns), as_at=TODAY)
    assert "Foundation, continued" in printed


def on_caseload(*targets: OpenTarget, **values: Any) -> CaseloadLearner:
    usual: dict[str, Any] = {
        "id": 1,
        "plan_id": 1,
        "given_name": "Ada",
        "family_name": "Byron",
        "cohort_id": 1,
        "cohort": "E3-1",
        "paused": False,
        "review_state": ReviewState.NOT_YET_DUE,
        "next_review_on": None,
        "review_days_late": 0,
        "targets": targets,
    }
    return CaseloadLearner(**(usual | values))


def open_target(number: int, late: int = 0, moves: int = 0) -> OpenTarget:
    state = TargetState.OVERDUE if late else TargetState.IN_PROGRESS
    return OpenTarget(number, f"Target {number}", date(2027, 1, 15), state, late, moves)


def test_the_line_on_a_learner_names_what_matters_most_and_opens_it() -> None:
    told = [
        on_caseload(open_target(1, late=21), open_target(2, late=3), review_days_late=9),
        on_caseload(open_target(1, late=1)),
        on_caseload(review_days_late=1),
        on_caseload(open_target(1), open_target(2, moves=2)),
        on_caseload(open_target(1)),
        on_caseload(),
        on_caseload(open_target(1, late=9), paused=True),
    ]
    assert [(line(someone), about(someone)) for someone in told] == [
        ("review 9 days late, 2 overdue, the oldest by 21 days: Target 1", 1),
        ("1 day overdue: Target 1", 1),
        ("review 1 day late", None),
        ("moved twice: Target 2", 2),
        ("next: Target 1, 15 Jan", 1),
        ("no open target", None),
        ("on a break in learning", None),
    ]
