"""The page that a link opens: one plan and nothing else, for somebody who doesn't sign in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import dash
import pytest
from dash import Dash
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models
from data.sign_in import hash_of
from tests import factories as make
from tests.callbacks.college import World
from tests.callbacks.visiting import CALLBACKS, Visitor, open_page

TOKEN = "a-token-that-only-this-test-knows-0123456789"
GUEST = f"/guest/{TOKEN}"
MAY_READ = {
    "learner.given_name",
    "learner.family_name",
    "plan.destination",
    "target.title",
    "milestone.short_title",
    "milestone.title",
    "cohort.title",
    "cohort.code",
    "department.name",
    "support.what",
    "support.by_whom",
    "support.how_often",
    "barrier.what",
    "barrier.how_passed",
    "plan_person.name",
    "guest_comment.text",
    "review_kind.name",
    "person.name",
}
"""The columns of which a guest sees something: the map, the targets by title, the tutor, themselves."""


@pytest.fixture
def link(college: Session, world: World) -> models.Invitation:
    """The link of the employer of the learner “here”, to whom the learner said yes."""
    employer = college.get_one(models.PlanPerson, world.places["here"].employer, populate_existing=True)
    made = make.invitation(college, employer, token=TOKEN)
    college.commit()
    return made


def rows(college: Session, table: type[models.Base]) -> int:
    college.rollback()
    return len(college.scalars(select(table)).all())


def test_a_guest_sees_one_plan_at_level_1_and_nothing_of_anybody_else(
    visitor: Visitor, world: World, link: models.Invitation
) -> None:
    answer = visitor.get(GUEST)
    assert answer.status_code == 200
    seen = {world.canaries[word] for word in world.seen(answer.text)}
    assert {"learner.family_name", "target.title", "support.what"} <= {canary.column for canary in seen}
    assert {canary.column for canary in seen} <= MAY_READ
    assert {canary.level for canary in seen} == {1}
    assert all("here" in canary.places for canary in seen)


def test_the_page_leads_nowhere_else_and_needs_no_scripts(visitor: Visitor, link: models.Invitation) -> None:
    text = visitor.get(GUEST).text
    addresses = set(re.findall(r'(?:href|action|src)="([^"]*)"', text))
    assert {address for address in addresses if not address.startswith("/assets/")} == {GUEST}
    assert 'data-ready="true"' in text
    assert "<form" in text


def test_a_comment_is_kept_with_its_csrf_token_and_not_without(
    visitor: Visitor, college: Session, link: models.Invitation
) -> None:
    before = rows(college, models.GuestComment)
    assert visitor.post(GUEST, data={"act": "comment", "text": "Hello"}).status_code == 403
    assert rows(college, models.GuestComment) == before
    answer = visitor.post_form(GUEST, {"act": "comment", "text": "<b>Two days</b> in February"})
    assert answer.status_code == 303
    assert rows(college, models.GuestComment) == before + 1
    page = visitor.get(answer.headers["Location"]).text
    assert "&lt;b&gt;Two days&lt;/b&gt; in February" in page
    assert "Your comment is with the learner and the tutor" in page


@pytest.mark.parametrize("text", ["", "x" * 4001, "nul \0 in it", "ü" * 4001])
def test_a_comment_that_cannot_be_kept_is_answered_on_the_page_with_what_was_typed(
    visitor: Visitor, college: Session, link: models.Invitation, text: str
) -> None:
    before = rows(college, models.GuestComment)
    answer = visitor.post_form(GUEST, {"act": "comment", "text": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "\0" not in answer.text
    if "\0" not in text:
        assert text in answer.text
    assert rows(college, models.GuestComment) == before


def test_emoji_and_right_to_left_words_are_kept_as_they_were_typed(
    visitor: Visitor, college: Session, link: models.Invitation
) -> None:
    words = "بالتوفيق يا عمارة 🚗"
    visitor.post_form(GUEST, {"act": "comment", "text": words})
    assert words in visitor.get(GUEST).text


@pytest.mark.parametrize("how", ["revoked", "ended", "consent withdrawn", "removed"])
def test_a_link_that_has_stopped_answers_like_one_that_never_was(
    visitor: Visitor, college: Session, world: World, link: models.Invitation, how: str
) -> None:
    token = visitor.form_token(GUEST)
    employer = college.get_one(models.PlanPerson, link.plan_person_id)
    if how == "revoked":
        link.revoked_at = datetime.now(UTC)
    elif how == "ended":
        link.expires_on = date(2027, 1, 10)
    elif how == "consent withdrawn":
        employer.consented_on, employer.withdrawn_on = None, make.TODAY
    else:
        employer.removed_on = make.TODAY
    college.commit()
    looks = rows(college, models.GuestLook)
    for answer in (visitor.get(GUEST), visitor.post(GUEST, data={"csrf_token": token, "text": "Hello"})):
        assert answer.status_code == 404
        assert world.seen(answer.text) == set()
        assert answer.text == visitor.get("/guest/never-was").text
        assert "ask the person who sent you the link" in answer.text
    assert rows(college, models.GuestLook) == looks


def test_a_guest_is_a_stranger_everywhere_else(
    app: Dash, server: Flask, world: World, link: models.Invitation
) -> None:
    guest, stranger = Visitor(server), Visitor(server)
    guest.post_form(GUEST, {"act": "comment", "text": "Hello"})
    place = world.places["here"]
    templates = [page["path_template"] or page["path"] for page in dash.page_registry.values()]
    templates += [rule.rule for rule in server.url_map.iter_rules() if not rule.rule.startswith("/guest")]
    for template in templates:
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(getattr(place, found[1][:-3], "x")), template)
        one, other = guest.get(address), stranger.get(address)
        assert (one.status_code, one.headers.get("Location")) == (
            other.status_code,
            other.headers.get("Location"),
        ), address
        assert world.seen(one.get_data().decode("utf-8", "replace")) == set(), address
    body = open_page(f"/learner/{place.learner}")
    answer = guest.post(CALLBACKS, json=body, headers={"X-CSRFToken": guest.form_token(GUEST)})
    assert world.seen(answer.text) == set()
    assert "/login" in answer.text


def test_no_form_is_saved_for_a_guest(server: Flask, college: Session, link: models.Invitation) -> None:
    guest = Visitor(server)
    token = guest.form_token(GUEST)
    before = rows(college, models.Agreement)
    for kind in server.extensions["routebook_writers"]:
        answer = guest.post(f"/write/{kind}", data={"plan": "1"}, headers={"X-CSRFToken": token})
        assert answer.status_code == 401, kind
    assert rows(college, models.Agreement) == before


def test_the_token_stays_out_of_referrers_logs_and_caches(
    visitor: Visitor, link: models.Invitation, caplog: Any, capsys: Any
) -> None:
    for answer in (visitor.get(GUEST), visitor.get(f"{GUEST}-wrong")):
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
    said = capsys.readouterr()
    assert TOKEN not in caplog.text + said.out + said.err


def test_the_database_holds_the_hash_of_a_token_alone(college: Session, link: models.Invitation) -> None:
    assert link.token_hash == hash_of(TOKEN)
    everything = [repr(college.execute(select(table)).all()) for table in models.Base.metadata.sorted_tables]
    assert TOKEN not in "".join(everything)


def test_who_may_only_read_is_offered_no_form(
    visitor: Visitor, college: Session, link: models.Invitation
) -> None:
    college.get_one(models.PlanPerson, link.plan_person_id).access = "read"
    college.commit()
    page = visitor.get(GUEST)
    assert page.status_code == 200
    assert "<form" not in page.text


# --- an invited peer -----------------------------------------------------------------------------------


@pytest.fixture
def peer(college: Session, world: World) -> models.PlanPerson:
    """Another learner, whom the learner “here” asked to judge the criteria of targets."""
    place = world.places["here"]
    plan = college.get_one(models.Plan, place.plan)
    target = college.get_one(models.Target, place.target, populate_existing=True)
    target.criteria = "It lights\nNo sharp edges"
    made = make.plan_person(
        college, plan, kind=models.PersonKind.PEER, name="Kofi", access=models.Access.JUDGE
    )
    make.invitation(college, made, token=TOKEN)
    college.commit()
    return made


def test_an_invited_peer_sees_criteria_of_open_targets_and_nothing_else_of_the_plan(
    visitor: Visitor, world: World, peer: models.PlanPerson
) -> None:
    answer = visitor.get(GUEST)
    assert answer.status_code == 200
    assert "No sharp edges" in answer.text
    seen = {world.canaries[word] for word in world.seen(answer.text)}
    assert {canary.column for canary in seen} <= {"target.title", "target.criteria"}
    assert all("here" in canary.places for canary in seen)


def test_what_an_invited_peer_judges_stands_in_their_name_and_waits_for_the_tutor(
    visitor: Visitor, college: Session, world: World, peer: models.PlanPerson
) -> None:
    target = world.places["here"].target
    judged = {"act": "judge", "target": str(target), "criterion": "It lights", "judged": "met"}
    answer = visitor.post_form(GUEST, judged)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"&target={target}#target-{target}"), "where they were"
    page = visitor.get(answer.headers["Location"].partition("#")[0]).text
    assert "the tutor confirms it" in page.partition(f'id="target-{target}"')[2].partition("</section>")[0]
    college.rollback()
    stored = college.scalars(
        select(models.CriterionJudgement).where(models.CriterionJudgement.criterion == "It lights")
    ).one()
    assert (stored.judge_kind, stored.judge_name, stored.judged) == ("peer", "Kofi", "met")
    assert stored.confirmed_on is None
    change = college.scalars(select(models.Change).order_by(models.Change.id.desc())).first()
    assert change is not None
    assert (change.by_id, change.reason) == (None, "Kofi, by link")


def test_an_invited_peer_does_nothing_else_and_a_guest_who_reads_judges_nothing(
    visitor: Visitor, college: Session, world: World, peer: models.PlanPerson
) -> None:
    here, other = world.places["here"], world.places["same cohort"]
    before = rows(college, models.CriterionJudgement)
    for sent, status in (
        ({"act": "comment", "text": "Hello"}, 422),
        ({"act": "agree", "version": "0"}, 422),
        ({"act": "judge", "target": str(here.target), "criterion": "It lights", "judged": "perfect"}, 422),
        ({"act": "judge", "target": str(here.target), "criterion": "It sings", "judged": "met"}, 404),
        ({"act": "judge", "target": str(other.target), "criterion": "It lights", "judged": "met"}, 404),
    ):
        assert visitor.post_form(GUEST, sent).status_code == status, sent
    college.rollback()
    college.get_one(models.PlanPerson, peer.id, populate_existing=True).access = models.Access.COMMENT
    college.commit()
    judged = {"act": "judge", "target": str(here.target), "criterion": "It lights", "judged": "met"}
    assert visitor.post_form(GUEST, judged).status_code == 404
    assert rows(college, models.CriterionJudgement) == before
