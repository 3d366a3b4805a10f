"""What forms in drawings send: kept while it is typed, saved once, refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from dash import Dash
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from callbacks import writing
from callbacks.writing import Writer
from data import models
from data.errors import Refused
from data.form_values import Typed
from data.saved import Saved
from data.scope import Viewer
from tests import factories as make
from tests.callbacks.visiting import Visitor

TUTOR, HEAD = "tutor@college.example", "head@college.example"


@pytest.fixture
def visitors(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> tuple[Visitor, Visitor]:
    """A tutor and a head of department."""
    organisation = make.organisation(college)
    department = make.department(college, organisation)
    make.person(college, organisation, "tutor", email=TUTOR, password_hash=password_hash)
    make.person(
        college,
        organisation,
        "head-of-department",
        email=HEAD,
        password_hash=password_hash,
        department=department,
    )
    college.commit()
    found = []
    for email in (TUTOR, HEAD):
        visitor = new_visitor()
        assert visitor.sign_in(email).status_code == 303
        found.append(visitor)
    return found[0], found[1]


def keep(visitor: Visitor, key: str, **typed: Any) -> int:
    return visitor.post("/drafts", data={"_draft": key} | typed, headers=visitor.csrf_header()).status_code


def drafts(visitor: Visitor) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(visitor.get("/drafts").text)
    return kept


def test_a_draft_comes_back_to_who_typed_it_and_to_nobody_else(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, head = visitors
    assert keep(tutor, "target:5", note="Half a sentence", version="3", step=["one", "two"]) == 200
    assert drafts(tutor) == {
        "target:5": {"typed": {"note": ["Half a sentence"], "step": ["one", "two"]}, "based_on": 3}
    }
    assert drafts(head) == {}


def test_a_draft_is_replaced_by_what_is_typed_next_and_goes_when_it_is_given_up(
    visitors: tuple[Visitor, Visitor],
) -> None:
    tutor, _ = visitors
    for words in ("Half", "Half a sentence"):
        assert keep(tutor, "target:5", note=words) == 200
    assert drafts(tutor)["target:5"]["typed"] == {"note": ["Half a sentence"]}
    assert keep(tutor, "target:5") == 200
    assert drafts(tutor) == {}


def test_a_draft_outlives_its_session(app: Dash, visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    keep(tutor, "target:5", note="Written before lunch")
    tutor.client.delete_cookie("__Host-routebook")
    assert tutor.get("/drafts").status_code == 401
    assert tutor.sign_in(TUTOR).status_code == 303
    assert drafts(tutor)["target:5"]["typed"] == {"note": ["Written before lunch"]}


def test_a_draft_too_long_to_keep_is_refused_in_words(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    assert keep(tutor, "target:5", note="x" * 70_000) == 422
    assert keep(tutor, "x" * 500, note="x") == 422
    assert drafts(tutor) == {}


def test_emoji_and_right_to_left_words_are_kept_as_typed(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    keep(tutor, "target:5", note="שלום 🧑🏽‍🎓 مرحبا")
    assert drafts(tutor)["target:5"]["typed"]["note"] == ["שלום 🧑🏽‍🎓 مرحبا"]


def test_a_signed_out_form_is_told_how_to_go_on(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    headers = tutor.csrf_header()
    tutor.client.delete_cookie("__Host-routebook")
    for address in ("/write/target", "/drafts"):
        answer = tutor.post(address, data={"target": "1"}, headers=headers)
        assert answer.status_code == 401
        assert "sign in again in a new tab" in answer.text


def test_a_form_without_its_token_or_of_another_site_is_refused(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    assert tutor.post("/write/target", data={"target": "1"}).status_code == 403
    foreign = tutor.csrf_header() | {"Origin": "https://elsewhere.example"}
    assert tutor.post("/write/target", data={"target": "1"}, headers=foreign).status_code == 403
    assert tutor.post("/write/target", json={"target": 1}, headers=tutor.csrf_header()).status_code == 415


def test_a_kind_that_nobody_saves_is_as_one_out_of_scope(visitors: tuple[Visitor, Visitor]) -> None:
    tutor, _ = visitors
    unknown = tutor.write("nothing", {"target": "1"})
    missing = tutor.write("target", {"target": "799999", "version": "1"})
    assert (unknown.status_code, unknown.text) == (missing.status_code, missing.text)
    assert unknown.status_code == 404


def test_two_modules_cannot_save_the_same_kind() -> None:
    def save(_session: Session, _viewer: Viewer, _typed: Typed) -> Saved:
        raise Refused("never")

    twice = {"target": Writer.of(save)}
    with pytest.raises(ValueError, match="target"):
        writing.register(Flask("x"), [twice, twice])


def test_a_file_goes_with_its_form_up_to_a_size(
    app: Dash, college: Session, visitors: tuple[Visitor, Visitor]
) -> None:
    tutor, _ = visitors
    seen: list[tuple[str, int]] = []

    def save(_session: Session, _viewer: Viewer, typed: Typed) -> Saved:
        file = typed.file("evidence")
        assert file is not None
        seen.append((file.name, len(file.content)))
        return Saved("Kept.", "evidence")

    app.server.extensions["routebook_writers"] = {"evidence": Writer.of(save)}
    app.server.config["LARGEST_UPLOAD"] = 100_000
    for size, status in ((50_000, 200), (200_000, 413)):
        fields = {"about": "5", "evidence": (BytesIO(b"x" * size), "photo.png")}
        answer = tutor.post(
            "/write/evidence",
            data=fields,
            headers=tutor.csrf_header(),
            content_type="multipart/form-data",
        )
        assert answer.status_code == status
        assert json.loads(answer.text)["sentence"]
    assert seen == [("photo.png", 50_000)]
    assert college.scalars(select(models.Draft)).all() == []
