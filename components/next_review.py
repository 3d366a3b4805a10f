"""The page of a plan's next review: by when and why, when it is booked, and the plan's own rule if any."""

from __future__ import annotations

from typing import Any

from components import ids
from components.college_reviews import OCCASIONS, RULE_CHOICES, UNITS
from components.drawing import drawing, render
from components.plan_frame import plan_frame
from components.review_coverage import rule_sentence
from data.next_review import NextReview
from data.reasons import what_counts


def next_review_page(found: NextReview) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(found.head, "reviews", [drawing(ids.NEXT_REVIEW, drawn(found), view="next-review")])


def drawn(found: NextReview) -> str:
    """The drawing; a learner's own speaks to the learner."""
    rule = found.counted.rule
    return render(
        "next_review.html",
        found=found,
        head=found.head,
        own=found.head.own,
        counts=what_counts(found.counted.kinds, found.counted.kinds_not),
        college_rule=rule_sentence(rule) if rule else "The college has no review rule yet.",
        rule_sentence=rule_sentence,
        rule_choices=RULE_CHOICES,
        units=UNITS,
        occasions=OCCASIONS,
        own_of={own.kind_id: own for own in found.own_kinds},
        without_own=[
            one for one in found.kind_choices if one[0] not in {own.kind_id for own in found.own_kinds}
        ],
    )
