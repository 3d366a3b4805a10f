"""Who writes what before a review, and who reads packs and class sheets on paper."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash
from sqlalchemy.orm import Session

from tests.callbacks.college import build
from tests.callbacks.visiting import Visitor, open_page


def test_each_writes_what_is_theirs_before_a_review_and_reads_what_they_may(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    place, elsewhere = world.places["here"], world.places["same cohort"]
    own = {"plan": place.plan, "going": "mostly", "talk_about": "The placement"}
    line = {"going": "well", "said": "Explains it to others"}
    answers = {
        # role: the self-evaluation, a line here, a line elsewhere, the class sheet, a cohort's packs
        "learner": (200, 422, 404, 404, 200),
        "teacher": (403, 200, 404, 200, 200),
        "tutor": (422, 422, 422, 404, 200),
        "learning-support-lead": (403, 200, 200, 200, 200),
        "quality-lead": (403, 422, 422, 200, 200),
    }
    for role, expected in answers.items():
        someone = new_visitor()
        someone.sign_in(world.people[role])
        packs = someone.get(f"/cohort/{place.cohort}/packs/print")
        assert expected == (
            someone.write("self-evaluation", own).status_code,
            someone.write("review-line", {"plan": place.plan, **line}).status_code,
            someone.write("review-line", {"plan": elsewhere.plan, **line}).status_code,
            someone.get(f"/group/{place.group}/sheet").status_code,
            packs.status_code,
        ), role
        allowed = {word for word, one in world.canaries.items() if one.may_be_seen_by(role)}
        assert world.seen(packs.text) <= allowed
    tutor = new_visitor()
    tutor.sign_in(world.people["tutor"])
    page = tutor.callback(open_page(f"/learner/{place.learner}/pack")).text
    assert "The placement" in page
    assert "Explains it to others" in page
