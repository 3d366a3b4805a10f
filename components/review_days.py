"""The page of a group review, and the recap of a review day."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components import ids, shell
from components.drawing import drawing, render
from data.group_reviews import GroupSheet
from data.review_recap import Recap

GROUP_REVIEW = "group-review"
RECAP = "review-recap"


def group_page(sheet: GroupSheet) -> list[Any]:
    """All that stands in the main part of the page of a cohort's group review."""
    return [
        dcc.Store(id=ids.COHORT_OF_GROUP, data={"cohort": sheet.cohort_id}, storage_type="memory"),
        shell.breadcrumb((sheet.cohort, f"/cohort/{sheet.cohort_id}"), ("Group review", None)),
        html.H1(f"Group review, {sheet.cohort}"),
        drawing(GROUP_REVIEW, group_markup(sheet), view=GROUP_REVIEW),
    ]


def group_markup(sheet: GroupSheet) -> str:
    usual = next((kind for kind in sheet.kinds if kind.key == "progress"), None)
    return render(
        "group_review.html",
        sheet=sheet,
        kinds=[(kind.id, kind.name) for kind in sheet.kinds],
        usual=usual.id if usual else "",
    )


def recap_page(recap: Recap) -> list[Any]:
    """All that stands in the main part of the recap of a day."""
    return [html.H1("Recap of a review day"), drawing(RECAP, recap_markup(recap), view=RECAP)]


def recap_markup(recap: Recap) -> str:
    return render("review_recap.html", recap=recap)
