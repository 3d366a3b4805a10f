"""The whole plan on paper and to take along: all of it, for who may read it, and nothing of anyone else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from components.plan_copy import css_string
from data import models, plan_copy
from data.scope import Viewer
from tests import factories as make
from tests.callbacks.college import World, build
from tests.callbacks.samples import Place
from tests.callbacks.test_security_scope import pages
from tests.callbacks.visiting import Visitor, open_page
from tests.counting import statements

PAGES_ARE_OF_A_PLAN = ("/learner/", "/target/", "/review/")
NOT_COPIED = {
    # column: why it is on those pages, but not in the copy as such
    "change.new": "the history of a target, whose words as they stand are copied, and its moved dates",
    "change.reason": "as above; the reasons of moved dates are copied",
    "support_change.new": "the history of a support, which is copied as it stands",
    "support_change.old": "as above",
    "case_change.new": "the history of a case, which is copied as it stands",
    "case_change.old": "as above",
    "milestone.short_title": "short for a title that is copied",
    "review_part.said": "what was agreed is the review's note too, which is copied",
}
NOT_ON_PAPER = {"guest_comment.text": "guests' comments stand among the others: each is written as both"}


def everything_on_the_pages(visitor: Visitor, place: Place) -> str:
    """What the visitor gets of all pages about the plan and its targets and completed review."""
    answers = [
        visitor.callback(open_page(path, search)).text
        for _, path, search in pages(place)
        if path.startswith(PAGES_ARE_OF_A_PLAN)
    ]
    done = visitor.callback(open_page(f"/review/{place.review_done}", "")).text
    return " ".join([*answers, done])


def zipped(visitor: Visitor, place: Place) -> tuple[str, str]:
    """The page and the JSON that the visitor takes along."""
    answer = visitor.get(f"/learner/{place.learner}/plan.zip")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=plan-")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["plan.html", "plan.json", "read-me.txt"]
        return archive.read("plan.html").decode(), archive.read("plan.json").decode()


def test_the_learner_takes_along_all_that_the_pages_of_the_plan_show(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    place = world.places["here"]
    learner = new_visitor()
    learner.sign_in(world.people["learner"])
    page, plan = zipped(learner, place)
    on_pages = columns(world, everything_on_the_pages(learner, place))
    assert sorted(on_pages - columns(world, page) - NOT_COPIED.keys() - NOT_ON_PAPER.keys()) == []
    assert sorted(on_pages - columns(world, plan) - NOT_COPIED.keys()) == []


def columns(world: World, text: str) -> set[str]:
    """The columns of whose texts one is in the text."""
    return {world.canaries[word].column for word in world.seen(text)}


def test_what_is_taken_along_needs_nothing_else(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    place = world.places["here"]
    learner = new_visitor()
    learner.sign_in(world.people["learner"])
    page, plan = zipped(learner, place)
    assert "<link" not in page
    assert "<script" not in page
    assert "form" not in page.split("</style>")[1].split("<main")[0]
    targets = json.loads(plan)["targets"]
    assert [target["id"] for target in targets if target["id"] == place.target] == [place.target]
    assert not any(name in plan for name in ('"version"', '"may_', "password"))


@pytest.mark.parametrize("role", ["tutor", "teacher", "learner"])
def test_nobody_finds_more_in_the_copy_than_on_the_pages(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor], role: str
) -> None:
    world = build(college, password_hash)
    place = world.places["here"]
    someone = new_visitor()
    someone.sign_in(world.people[role])
    printed = someone.get(f"/learner/{place.learner}/plan/print")
    assert printed.status_code == 200
    seen = world.seen(printed.text) | world.seen("".join(zipped(someone, place)))
    assert "target.note" in {world.canaries[word].column for word in seen}
    assert {word for word in seen if not world.canaries[word].may_be_seen_by(role)} == set()


def test_a_copy_costs_as_many_queries_for_a_full_plan_as_for_an_empty_one(session: Session) -> None:
    organisation = make.organisation(session)
    cohort = make.cohort(session, make.department(session, organisation))
    learner = make.learner(session, organisation)
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    viewer = make.viewer(session, make.person(session, organisation, "administrator"))
    empty = _queries(session, viewer, learner.id)
    for number in range(5):
        target = make.target(session, plan, criteria="It lights")
        make.review_form(session, make.review(session, plan, make.TODAY - timedelta(days=number)), target)
        session.add(models.Step(target_id=target.id, position=1, text="Draw it"))
    assert _queries(session, viewer, learner.id) == empty


def _queries(session: Session, viewer: Viewer, learner_id: int) -> int:
    session.commit()
    session.expunge_all()
    with statements(session) as sent:
        plan_copy.read(session, viewer, learner_id)
    return len(sent)


@given(some.text())
def test_no_name_ends_the_string_of_css_that_it_stands_in(name: str) -> None:
    string = css_string(name)
    assert string[0] == string[-1] == '"'
    assert not set(string[1:-1]) & set("\"'<>&\n{};")
