"""A file of evidence on its way in and out, and the page that it stands on."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data import models
from settings import Settings
from tests import factories as make
from tests.callbacks.test_target_form import LEARNER, TUTOR, Ground
from tests.callbacks.test_target_form import ground as ground
from tests.callbacks.visiting import Visitor, open_page

PDF = b"%PDF-1.7\nhello"


@pytest.fixture
def as_person(new_visitor: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    def sign_in(email: str) -> Visitor:
        someone = new_visitor()
        assert someone.sign_in(email).status_code == 303
        return someone

    return sign_in


def send(someone: Visitor, ground: Ground, name: str, content: bytes) -> TestResponse:
    """Add a file of evidence as assets/writing.js sends it."""
    fields: dict[str, Any] = {"target": str(ground.target.id), "file": (io.BytesIO(content), name)}
    return someone.write("evidence-add", fields, content_type="multipart/form-data")


def kept(college: Session) -> models.Evidence:
    college.rollback()
    return college.scalars(select(models.Evidence)).one()


def test_a_file_comes_back_as_a_download_that_no_browser_runs(
    ground: Ground, college: Session, settings: Settings, as_person: Callable[[str], Visitor]
) -> None:
    learner = as_person(LEARNER)
    assert send(learner, ground, "../logbook «1».pdf", PDF).status_code == 200
    piece = kept(college)
    answer = as_person(TUTOR).get(f"/evidence/{piece.id}")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logbook 1.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    (stored,) = settings.evidence_folder.iterdir()
    assert stored.name == piece.stored_name
    assert stored.stat().st_mode & 0o077 == 0


def test_who_does_not_see_the_target_gets_no_file(
    ground: Ground,
    college: Session,
    password_hash: str,
    as_person: Callable[[str], Visitor],
    new_visitor: Callable[..., Visitor],
) -> None:
    assert send(as_person(LEARNER), ground, "log.pdf", PDF).status_code == 200
    piece = kept(college)
    organisation = make.organisation(college)
    make.person(
        college, organisation, "administrator", email="other@college.example", password_hash=password_hash
    )
    college.commit()
    stranger = as_person("other@college.example")
    never_was = stranger.get("/evidence/999999")
    answer = stranger.get(f"/evidence/{piece.id}")
    assert (answer.status_code, answer.data) == (404, never_was.data)
    assert stranger.get("/evidence/../../etc/passwd").status_code == 404
    assert new_visitor().get(f"/evidence/{piece.id}").status_code == 302


def test_a_file_that_lies_is_refused_at_its_field_and_not_kept(
    ground: Ground, college: Session, settings: Settings, as_person: Callable[[str], Visitor]
) -> None:
    learner = as_person(LEARNER)
    for name, content, words in (
        ("log.pdf", b"<script>alert(1)</script>", "ends in .pdf, but what is in it is something else"),
        ("log.svg", b"<svg/>", "one of these kinds"),
    ):
        answer = send(learner, ground, name, content)
        assert answer.status_code == 422
        assert answer.json is not None
        assert words in answer.json["errors"]["file"]
    assert not settings.evidence_folder.exists()
    assert college.scalars(select(models.Evidence)).first() is None


def test_the_page_speaks_to_the_learner_and_to_the_tutor(
    ground: Ground, as_person: Callable[[str], Visitor]
) -> None:
    address = f"/target/{ground.target.id}"
    own = as_person(LEARNER).callback(open_page(address)).text
    tutors = as_person(TUTOR).callback(open_page(address)).text
    assert "My steps" in own
    assert "Where it stands" not in own
    assert "target-achieve" not in own
    assert "Where it stands" in tutors
    assert "target-achieve" in tutors
    foreign = as_person(TUTOR).callback(open_page(f"/target/{ground.foreign.id}")).text
    assert "CANARY" not in foreign
