"""The page of reviews to come: a tutor's own, and the lines that teachers and support staff are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from components import coverage_tables, shell, words
from components.caseload import line, review_line
from components.coverage_tables import Cell, Table, cell, columns
from components.drawing import drawing, render
from components.review_pack import GOING, LINE_READERS
from data.caseload import CaseloadLearner
from data.class_sheet import NamedGroup
from data.exports import Sheet
from data.my_reviews import MyReviews, Upcoming
from data.review_coverage import Counted
from data.review_lines import LearnerDue

REVIEWS, LINES = "my-reviews", "review-lines"


def reviews_page(
    reviews: MyReviews, due: Sequence[LearnerDue], groups: Sequence[NamedGroup], *, tutors: bool, asked: bool
) -> list[Any]:
    """All that stands in the page's main part; `tutors` and `asked` say which parts are the viewer's."""
    return [
        html.Div(
            [
                html.Div([html.H1("My reviews"), html.P(_who(reviews, due, tutors), className="sub")]),
                html.Div(className="gap"),
                *([_file("csv", "CSV"), _file("xlsx", "Excel")] if tutors and reviews.learners else []),
                *([_recap(reviews)] if tutors else []),
                *([_print_all()] if tutors and (reviews.overdue or reviews.this_week) else []),
            ],
            className="page-head",
        ),
        *([drawing(REVIEWS, my_reviews(reviews))] if tutors else []),
        *([drawing(LINES, review_lines(due, groups))] if asked else []),
    ]


def my_reviews(reviews: MyReviews) -> str:
    return render("my_reviews.html", reviews=reviews, line=line, review=review_line, late=words.days_late)


def sheet(reviews: MyReviews, counted: Counted, goal: int) -> Sheet:
    """What stands on the page as a file: part after part, in its order."""
    rows = [
        *(_row("Overdue", one) for one in reviews.overdue),
        *(_row("This week", one) for some in reviews.this_week.values() for one in some),
        *(_row("Next weeks", one) for some in reviews.next_weeks.values() for one in some),
    ]
    for of_kind in reviews.of_kinds:
        due = of_kind.due
        dated = (cell(due.due_on), cell(words.review_word(due.state)), cell(""), cell(""), cell(due.why))
        rows += [(*_who_is(due.name, one), *dated) for one in of_kind.learners]
    table = Table(
        key="reviews",
        title="My reviews",
        columns=columns("Part", "Learner", "Cohort", "Due", "State", "Booked", "Prepared", "What matters"),
        rows=tuple(rows),
    )
    facts = coverage_tables.facts(counted, reviews.today, goal)
    name = coverage_tables.file_name("my-reviews", reviews.today.isoformat())
    return coverage_tables.sheet(table, name=name, as_at=reviews.today, facts=facts)


def _row(part: str, one: Upcoming) -> tuple[Cell, ...]:
    booked = one.booked
    prepared = ["by the learner"] if one.prepared.by_learner else []
    prepared += [words.count(one.prepared.lines, "line")] if one.prepared.lines else []
    return (
        *_who_is(part, one.learner),
        cell(one.learner.next_review_on),
        cell(words.review_word(one.learner.review_state)),
        cell(f"{booked.on_day.isoformat()} {booked.starts:%H:%M}" if booked else ""),
        cell(", ".join(prepared)),
        cell(line(one.learner)),
    )


def _who_is(part: str, learner: CaseloadLearner) -> tuple[Cell, Cell, Cell]:
    return cell(part), cell(learner.name), cell(learner.cohort)


def review_lines(due: Sequence[LearnerDue], groups: Sequence[NamedGroup]) -> str:
    """Whose reviews are near, with a form for a line on each; and the class sheets."""
    return render(
        "review_lines.html",
        due=due,
        groups=groups,
        going=[(key.value, label) for key, (label, _) in GOING.items()],
        shown={key.value: value for key, value in GOING.items()},
        readers=LINE_READERS,
        written=sum(one.own is not None for one in due),
    )


def _recap(reviews: MyReviews) -> html.A:
    address = f"/reviews/recap?on={reviews.today.isoformat()}"
    return html.A([shell.icon("check-lg"), "Recap of today"], href=address, className="button")


def _file(ending: str, name: str) -> html.A:
    return html.A([shell.icon("download"), name], href=f"/reviews.{ending}", className="button", download="")


def _print_all() -> html.A:
    return html.A([shell.icon("printer"), "Print the packs"], href="/reviews/packs/print", className="button")


def _who(reviews: MyReviews, due: Sequence[LearnerDue], tutors: bool) -> str:
    if not tutors:
        return f"{words.count(len(due), 'learner')} with a review overdue or due soon"
    return (
        f"{len(reviews.overdue)} overdue and {reviews.due_this_week} due by Sunday, of"
        f" {words.count(reviews.learners, 'learner')}"
    )
