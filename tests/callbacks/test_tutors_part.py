"""While a review is held, what is for the tutor only isn't on the page: the tutor asks for it by a step of
its own, and a learner's browser never gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash
from sqlalchemy import update
from sqlalchemy.orm import Session

from data import models
from tests.callbacks.college import World, build
from tests.callbacks.samples import Place
from tests.callbacks.visiting import Visitor, declared_call, open_page

TUTORS_PROMPT = "Count to five before you help"


def test_the_page_of_a_held_review_holds_the_tutors_part_only_once_the_tutor_asks_for_it(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    place = world.places["here"]
    college.execute(update(models.Prompt).where(models.Prompt.audience == "tutor").values(asks=TUTORS_PROMPT))
    college.commit()
    colleague_said = next(
        word
        for word, one in world.canaries.items()
        if one.column == "review_line.said" and one.places == {"here"}
    )
    tutor, learner = signed_in(new_visitor, world, "tutor"), signed_in(new_visitor, world, "learner")
    for someone in (tutor, learner):
        page = someone.callback(open_page(f"/review/{place.review_held}")).text
        assert "To talk about" in page
        redrawn = pressed(app, someone, "review.follow_save", [{"kind": "x"}, {"form": place.review_held}])
        for text in (page, redrawn):
            assert TUTORS_PROMPT not in text
            assert colleague_said not in text
    asked = show(app, tutor, place, presses=1)
    assert TUTORS_PROMPT in asked
    assert colleague_said in asked
    hidden = show(app, tutor, place, presses=2)
    assert TUTORS_PROMPT not in hidden
    for role in ("learner", "teacher", "quality-lead", "learning-support-lead"):
        refused = show(app, signed_in(new_visitor, world, role), place, presses=1)
        assert TUTORS_PROMPT not in refused, role
        assert colleague_said not in refused, role
    scripts = f"/learner/{place.learner}/script?plan={place.plan}&kind={place.kind}"
    assert TUTORS_PROMPT in tutor.get(scripts).text
    assert TUTORS_PROMPT not in learner.get(scripts).text


def signed_in(new_visitor: Callable[..., Visitor], world: World, role: str) -> Visitor:
    someone = new_visitor()
    assert someone.sign_in(world.people[role]).status_code == 303
    return someone


def show(app: Dash, someone: Visitor, place: Place, *, presses: int) -> str:
    """The answer to so many presses of the button."""
    return pressed(app, someone, "review.show_tutors_part", [presses, {"form": place.review_held}])


def pressed(app: Dash, someone: Visitor, function: str, values: list[Any]) -> str:
    name, registered = next(
        (name, one)
        for name, one in app.callback_map.items()
        if "callback" in one
        and f"{one['callback'].__module__}.{one['callback'].__qualname__}" == f"callbacks.{function}"
    )
    return someone.callback(declared_call(name, registered, iter(values))).text
