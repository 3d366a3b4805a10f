"""The pages of a department and of an organisation as they are sent: lean, escaped, honest where empty."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import plotly.utils
import pytest

from components.attention import attention
from components.coverage_lists import batches_table
from components.coverage_tables import rests_on
from components.department_page import department_page, drawn, organisation_page
from components.headline import headline
from components.overdue_heatmap import overdue_heatmap
from components.review_coverage import review_coverage
from components.target_form import target_form
from components.target_table import target_table
from data.attention import MOVED, NO_REVIEW, RULES, Attention, Finding, NamedLearner
from data.department import DepartmentPage, Figures
from data.groups import Group, OtherCohort, Within
from data.headline import Headline
from data.overdue_heatmap import HeatmapRow, OverdueHeatmap
from data.review_coverage import Counted, CoverageRow, ReviewCoverage, Week
from data.rules import FROM_THE_START, IntervalUnit, ReviewRule, Share, TargetState
from data.target_lists import ListChoice, ListRow, OpenList

TODAY = date(2027, 1, 11)
SINCE = date(2027, 1, 4)
SIX_WEEKS = ReviewRule(IntervalUnit.WEEKS, 6, closures_stop_clock=True)
WEEKS = tuple(
    Week(
        monday=TODAY - timedelta(weeks=ago),
        judged_on=TODAY if ago == 0 else TODAY - timedelta(weeks=ago) + timedelta(days=6),
        closed=ago in (2, 3),
        is_now=ago == 0,
    )
    for ago in range(11, -1, -1)
)


def group(number: int, *, recorded: bool = True) -> Group:
    return Group(
        id=number,
        name=f"E{number % 9}-{number}",
        title=f"Engineering {number}",
        learners=22,
        paused=1,
        started=25,
        left=2,
        completed=1,
        started_this_year=25,
        left_this_year=2,
        live=Share(20, 21),
        reviewed=Share(17, 21),
        reviews_recorded=recorded,
    )


def heatmap(rows: int, *, by_first: bool = False, recorded: bool = True) -> OverdueHeatmap:
    return OverdueHeatmap(
        tuple(
            HeatmapRow(group(n), (n % 17, n * 7 % 11, n * 3 % 5, n % 4, n % 3), (n, 1, 2, 3, 4), n % 8)
            for n in range(1, rows + 1)
        ),
        by_first,
        TODAY,
        recorded,
    )


def coverage(rows: int, *, recorded: bool = True, rule: bool = True) -> ReviewCoverage:
    return ReviewCoverage(
        weeks=WEEKS,
        rows=tuple(
            CoverageRow(group(n, recorded=recorded), tuple(Share((n * w) % 25, 25) for w in range(12)))
            for n in range(1, rows + 1)
        ),
        goal=95,
        as_at=TODAY,
        counted=Counted(
            SIX_WEEKS if rule else None,
            ("Progress review", "Exit review"),
            ("Support review",),
        ),
    )


FIGURES = Headline(
    since=SINCE,
    until_before=date(2027, 1, 3),
    days=8,
    goal=95,
    live=Share(391, 403),
    live_before=Share(385, 405),
    reviewed=Share(334, 403),
    reviewed_before=Share(340, 403),
    overdue=129,
    overdue_before=141,
    open=1804,
    moved=41,
    achieved=1284,
    achieved_before=1200,
    started=412,
    left=9,
    left_since=2,
    targets_recorded=True,
    reviews_recorded=True,
)


def page_of(rows: int, open_list: OpenList | None = None) -> DepartmentPage:
    named = NamedLearner(
        7, "Amara Okafor", "Okafor Amara", 1, "E3-1", (Finding(MOVED, "moved twice: Unit 3 RA2", 14, 5),)
    )
    return DepartmentPage(
        1,
        Figures(
            Within(1, "Engineering", 1),
            tuple(group(n) for n in range(1, rows + 1)),
            FIGURES,
            heatmap(rows),
            coverage(rows),
        ),
        Attention((named,) * 12, 38, {"moved": 5, "overdue": 25}, TODAY),
        open_list,
    )


def test_cohorts_without_anybody_this_year_are_named_apart_with_their_beginning() -> None:
    coming = OtherCohort(8, "E3-9", "Engineering", date(2027, 2, 1), 4, to_start=True)
    empty = OtherCohort(9, "E3-8", "Engineering", date(2026, 9, 7), 0, to_start=False)
    page = replace(page_of(1), others=(coming, empty))
    markup = as_sent(department_page(page, {}, target_form(None), organisation=None))
    assert "4 learners, from 1 Feb 2027" in markup
    assert "no learners yet" in markup


def overdue_list(*rows: ListRow, count: int | None = None, **choice: object) -> OpenList:
    return OpenList(
        ListChoice("overdue", sort="late", **choice),  # type: ignore[arg-type]  # fields by name
        "E3-1",
        len(rows) if count is None else count,
        rows,
        TODAY,
    )


def row(learner: str = "Amara Okafor", title: str = "Unit 3 RA2") -> ListRow:
    return ListRow(
        learner_id=7,
        learner=learner,
        sort_name=learner,
        cohort_id=1,
        cohort="E3-1",
        days=9,
        target_id=5,
        title=title,
        state=TargetState.OVERDUE,
        due_on=date(2027, 1, 2),
        first_due_on=date(2026, 12, 1),
        moves=2,
    )


def components_in(tree: object) -> int:
    if isinstance(tree, dict):
        return ("namespace" in tree) + sum(components_in(value) for value in tree.values())
    return sum(components_in(one) for one in tree) if isinstance(tree, list) else 0


def as_sent(content: object) -> str:
    return json.dumps(content, cls=plotly.utils.PlotlyJSONEncoder)


def plain(markup: str) -> str:
    """The words of some markup."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[assignment,method-assign]  # the words are all we want
    parser.feed(markup)
    return " ".join(" ".join(words).split())


def test_forty_cohorts_are_sent_in_ten_kilobytes_and_few_components() -> None:
    content = department_page(
        page_of(40), {"department": 1, "list": {}}, target_form(None), organisation="College"
    )
    sent = as_sent(content)
    assert len(gzip.compress(sent.encode(), 6)) <= 9_000
    assert components_in(json.loads(sent)) <= 120


def test_a_hundred_departments_are_sent_in_ten_kilobytes_and_few_components() -> None:
    sent = as_sent(organisation_page(page_of(100).figures))
    assert len(gzip.compress(sent.encode(), 6)) <= 9_500
    assert components_in(json.loads(sent)) <= 30


def test_each_cell_of_the_heatmap_has_its_heat_and_number_in_a_row_and_column_that_are_named() -> None:
    """The browser gives each cell the names of both: tests/browser/test_department.py."""
    markup = overdue_heatmap(heatmap(2), kind="cohort", department_id=1)
    assert re.findall(r'data-column="(\w+)"', markup) == ["0", "1", "2", "3", "4", "all", "moved"]
    cells = re.findall(r"<td.*?</td>", markup.split('<tr data-row="2">')[1].split("</tr>")[0])
    assert [plain(cell) for cell in cells] == ["2", "3", "1", "2", "2", "10", "2"]
    assert re.fullmatch(r'<td class="heat-3"><button data-stop>3</button></td>', cells[1])
    assert 'class="heat-' not in cells[5]


def test_an_organisations_cells_lead_to_the_lists_of_its_departments() -> None:
    markup = overdue_heatmap(heatmap(2, by_first=True), kind="department", department_id=None)
    assert 'data-list="overdue" data-to="/department/"' in markup
    assert 'href="/department/2"' in markup


def test_the_most_is_darkest_none_is_lightest_and_one_alone_is_not_alarming() -> None:
    of = heatmap(40)
    most = max(count for one in of.rows for count in of.late(one))
    assert [of.heat(count) for count in (0, 1, most)] == [0, 1, 9]
    assert heatmap(1).heat(1) == 1


def test_coverage_is_shaded_by_how_far_below_the_goal() -> None:
    of = coverage(1)
    shades = [of.heat(Share(percent, 100)) for percent in (100, 95, 94, 90, 89, 50, 0)]
    assert shades == [0, 0, 1, 1, 2, 9, 9]


def test_a_closed_week_is_grey_without_a_number_and_the_others_say_their_denominator() -> None:
    departments = review_coverage(coverage(1), kind="department", department_id=None)
    assert departments.count('class="closed"') == 2
    markup = review_coverage(coverage(1), kind="cohort", department_id=1)
    assert markup.count('class="closed"') == 2
    assert 'title="11 of 25"' in markup
    assert "college closed" in markup
    assert "A review is due every 6 weeks; closed days don't count." in plain(markup).replace("&#39;", "'")
    assert "Not counted: Support review." in plain(markup)


def test_what_was_never_recorded_is_said_and_never_shown_as_nought_per_cent() -> None:
    nothing = coverage(2, recorded=False)
    assert "No reviews have been recorded yet" in review_coverage(nothing, kind="cohort", department_id=1)
    mixed = ReviewCoverage(
        **{
            **{name: getattr(nothing, name) for name in nothing.__slots__},
            "rows": (*coverage(1).rows, CoverageRow(group(2, recorded=False), (Share(0, 22),) * 12)),
        }
    )
    markup = review_coverage(mixed, kind="cohort", department_id=1)
    row = markup.split('<tr data-row="2">')[1].split("</tr>")[0]
    unrecorded = re.findall(r"<td><button.*?</td>", row)
    assert unrecorded
    assert all(">–<" in cell and "heat-" not in cell for cell in unrecorded)
    assert "no review recorded yet of 22 learners" in markup
    empty = Headline(
        **{name: getattr(FIGURES, name) for name in FIGURES.__slots__}
        | {"targets_recorded": False, "reviews_recorded": False}
    )
    words = plain(headline(empty))
    assert "0%" not in words
    assert "no targets recorded yet" in words
    assert "no reviews recorded yet" in words


@pytest.mark.parametrize(
    "markup",
    [
        overdue_heatmap(heatmap(0), kind="cohort", department_id=1),
        overdue_heatmap(heatmap(1, recorded=False), kind="cohort", department_id=1),
        review_coverage(coverage(0), kind="cohort", department_id=1),
        review_coverage(coverage(1, rule=False), kind="cohort", department_id=1),
        attention(Attention((), 0, {}, TODAY)),
    ],
)
def test_where_there_is_nothing_to_show_a_sentence_says_so(markup: str) -> None:
    assert 'class="sub empty"' in markup or "empty" in markup
    assert "<table" not in markup
    assert "<button" not in markup, "nothing to choose"
    assert "0 learners" not in markup


def test_a_rule_about_what_was_never_recorded_does_not_say_nobody() -> None:
    nothing = Attention((), 0, {}, TODAY)
    words = plain(attention(nothing, targets_recorded=False, reviews_recorded=False))
    assert "No review for too long: no reviews recorded yet" in words
    assert "Overdue targets: no targets recorded yet" in words
    assert "No open target: no targets recorded yet" in words
    assert "Support promised, none delivered: nobody" in words
    assert "No rule names anybody today" not in words
    assert "Overdue targets: nobody" in plain(attention(nothing, reviews_recorded=False))


def test_a_department_without_anybody_this_year_is_not_told_to_import_again() -> None:
    gone = OtherCohort(9, "AAA-2013J", "Module AAA", date(2013, 10, 1), 383, to_start=False)
    never, earlier = page_of(0), replace(page_of(0), others=(gone,))
    assert "python app.py import roster" in plain(drawn(never)[1])
    for markup in drawn(earlier)[1:3]:
        assert "Nobody has been enrolled here this academic year." in plain(markup)
        assert "import" not in markup
    assert "cohorts of other years stand at the end of this page" in plain(drawn(earlier)[1])


def test_the_headline_says_what_each_figure_is_of_and_how_it_changed() -> None:
    words = plain(headline(FIGURES))
    for sentence in (
        "97% 391 of 403 2 points up since Mon 4 Jan",
        "82% 334 of 403 13 points under the 95% goal 2 points down since Mon 4 Jan",
        "129 of 1,804 open and 41 moved 12 fewer since Mon 4 Jan",
        "1,284 in 8 days 84 more than in the 8 days to Sun 3 Jan",
        "412, 9 from 1 August 2 left since Mon 4 Jan",
    ):
        assert sentence in words


def test_each_rule_stands_with_its_explanation() -> None:
    words = plain(attention(page_of(1).attention))
    assert "12 of 38 learners named by a rule" in words
    for rule in RULES.values():
        assert rule.explanation in words
    assert f"{NO_REVIEW.name}: nobody" in words


def test_a_list_says_what_it_is_a_list_of_and_leads_on() -> None:
    markup = target_table(overdue_list(row(), late=1, cohort_id=1))
    assert "1 overdue target of E3-1, 8 to 14 days late" in plain(markup)
    assert "As at Mon 11 Jan 2027." in plain(markup)
    assert 'href="/learner/7?target=5"' in markup
    assert 'href="/cohort/1?target=5"' in markup
    assert 'data-target="5" data-state="overdue"' in markup
    assert "moved twice, first due 1 Dec" in plain(markup)
    assert 'aria-sort="descending"' in markup


def test_the_list_behind_a_cell_of_this_week_says_its_day_once() -> None:
    def said(week: Week) -> str:
        choice = ListChoice("coverage", cohort_id=1, week=week.monday, sort="late")
        return plain(target_table(OpenList(choice, "E3-1", 0, (), TODAY, share=Share(16, 16), week=week)))

    assert "This week, as at Mon 11 Jan 2027. 16 of 16 learners" in said(WEEKS[-1])
    assert "As at Mon 11 Jan 2027. Week from Mon 4 Jan 2027, judged on Sun 10 Jan 2027." in said(WEEKS[-2])


def test_the_rule_that_a_college_begins_with_is_in_force_from_the_start() -> None:
    first = replace(SIX_WEEKS, from_on=FROM_THE_START)
    assert "In force from the start." in rests_on(Counted(first, ("Progress review",), ()))
    later = replace(SIX_WEEKS, from_on=date(2026, 10, 5))
    assert "In force since Mon 5 Oct 2026." in rests_on(Counted(later, ("Progress review",), ()))


def test_batches_of_reviews_are_counted_and_named_once_in_their_heading() -> None:
    assert batches_table(()).title == "0 batches of reviews"


def test_a_list_that_is_cut_short_says_so() -> None:
    assert "The first 500 are shown" in plain(target_table(overdue_list(row(), count=501)))


def test_what_people_wrote_is_text_in_every_view() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    named = NamedLearner(1, nasty, nasty, 1, nasty, (Finding(MOVED, nasty, 1, 1),))
    for markup in (
        attention(Attention((named,), 1, {}, TODAY)),
        target_table(overdue_list(row(learner=nasty, title=nasty))),
    ):
        assert "<img" not in markup
        assert "&lt;img" in markup
