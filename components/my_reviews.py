"""The page of reviews to come: a tutor's own, and the lines that teachers and support staff are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from components import shell, words
from components.caseload import line, review_line
from components.drawing import drawing, render
from components.review_pack import GOING, LINE_READERS
from data.class_sheet import NamedGroup
from data.my_reviews import MyReviews
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


def _print_all() -> html.A:
    return html.A([shell.icon("printer"), "Print the packs"], href="/reviews/packs/print", className="button")


def _who(reviews: MyReviews, due: Sequence[LearnerDue], tutors: bool) -> str:
    if not tutors:
        return f"{words.count(len(due), 'learner')} with a review overdue or due soon"
    return (
        f"{len(reviews.overdue)} overdue and {reviews.due_this_week} due by Sunday, of"
        f" {words.count(reviews.learners, 'learner')}"
    )
