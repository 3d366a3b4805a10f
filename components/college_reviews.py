"""The page on which an administrator says how a college reviews: kinds, what counts, rule, closed weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from components import ids, words
from components.agreement import PARTIES
from components.drawing import drawing, render
from components.review_coverage import rule_sentence, since
from data.college_changes import CollegeChangeLine
from data.college_reviews import OWN_RULE, CollegeReviews
from data.models import Party
from data.reasons import what_counts
from data.rules import PRESETS, ForWhom, IntervalUnit, Occasion

ADDRESS = "/admin/reviews"
TITLE = "Review rules"
UNITS = (
    (IntervalUnit.WEEKS.value, "weeks after the last review"),
    (IntervalUnit.CALENDAR_MONTHS.value, "calendar months, by the last day of the month"),
    (IntervalUnit.TERMS.value, "terms"),
    (IntervalUnit.HALF_YEARS.value, "half-years, and at each transition"),
)
RULE_CHOICES = (
    *((name, name.capitalize()) for name in PRESETS),
    (OWN_RULE, "Another interval, chosen below"),
)
OCCASIONS = (
    (Occasion.INTERVAL.value, "Again and again, after the last one"),
    (Occasion.START.value, "Once, after the start of learning"),
    (Occasion.PHASES.value, "By the end of each phase that asks for one"),
    (Occasion.END.value, "By the planned end of learning"),
    (Occasion.NEEDED.value, "By no date: held when needed"),
)
FOR_WHOM = (
    (ForWhom.EVERYONE.value, "All learners"),
    (ForWhom.SUPPORTED.value, "Learners with support in place, from the day it began"),
)
A_YEAR = timedelta(days=365)
_ABOUT = {
    "review_kind": "the kind of review",
    "review_rule": "the rule",
    "closed_period": "the closed weeks",
}
_FIELDS = {
    "name": "the name",
    "counts": "whether it counts",
    "signed_by": "who signs",
    "from_on": "the first day",
    "back_on": "the day back",
}


def college_reviews_page(found: CollegeReviews) -> list[Any]:
    """All that stands in the main part of the page."""
    return [
        html.Div(
            [
                html.H1(TITLE),
                html.Div(className="gap"),
                dcc.Link("Prompts, checks and cases", href=f"{ADDRESS}/script", className="button"),
            ],
            className="page-head",
        ),
        drawing(ids.COLLEGE_REVIEWS, drawn(found), view="college-reviews"),
    ]


def drawn(found: CollegeReviews) -> str:
    counted = [kind.name for kind in found.kinds if kind.counts]
    ahead = [one for one in found.closed if one.last_on >= found.today]
    soon = [one for one in ahead if one.from_on < found.today + A_YEAR]
    return render(
        "college_reviews.html",
        page=found,
        in_force=rule_sentence(found.in_force) if found.in_force else "No rule yet, so no review is due.",
        what_counts=what_counts(counted, [kind.name for kind in found.kinds if not kind.counts]),
        rule_sentence=rule_sentence,
        since=since,
        rule_choices=RULE_CHOICES,
        units=UNITS,
        occasions=OCCASIONS,
        for_whom=FOR_WHOM,
        parties=PARTIES,
        closed_soon=soon,
        closed_later=ahead[len(soon) :],
        closed_before=[one for one in found.closed if one.last_on < found.today][::-1],
        change=change_in_words,
    )


def change_in_words(line: CollegeChangeLine) -> str:
    """added the closed weeks Easter; changed whether it counts of Support review from yes to no."""
    what = f"{_ABOUT.get(line.about, line.about)} “{line.title}”"
    if line.field in ("added", "removed"):
        return f"{line.field} {what}"
    field = _FIELDS.get(line.field, line.field)
    said = _parties if line.field == "signed_by" else _value
    return f"changed {field} of {what} from {said(line.old)} to {said(line.new)}"


def _parties(listed: str | None) -> str:
    return " and ".join(PARTIES[Party(one)] for one in (listed or "").split()) or "nobody"


def _value(text: str | None) -> str:
    try:
        return words.day(date.fromisoformat(text or ""))
    except ValueError:
        return f"“{text}”"
