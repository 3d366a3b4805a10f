"""Nothing personal reaches a log, whatever is typed, refused or breaks; that no page, callback or form logs
whom it shows is seen in the walk over all of them in test_security_scope.py."""

from __future__ import annotations

from typing import Any

import pytest
from dash import Dash
from sqlalchemy import text

from tests.callbacks.college import World
from tests.callbacks.test_security_scope import visit
from tests.callbacks.visiting import CALLBACKS, PASSWORD, Visitor, search_box
from tests.test_logs import lines, logged


def test_an_error_logs_neither_what_was_typed_nor_what_was_stored(app: Dash, world: World) -> None:
    someone = visit(app.server, world, "administrator")
    headers = someone.csrf_header()
    place = world.places["here"]
    engine = app.server.extensions["routebook_engine"]
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE enrolment RENAME TO lost"))
    with logged() as written:
        answer = someone.post(CALLBACKS, json=search_box(place.family_name), headers=headers)
    assert "Something went wrong on our side" in answer.text
    (failure,) = [line for line in lines(written) if line["event"] == "unforeseen error"]
    assert failure["error"] == "OperationalError"
    assert "learners.py" in str(failure["at"])
    assert world.seen(written.getvalue()) == set()


def test_what_a_callback_returned_by_mistake_is_not_logged(
    app: Dash, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unserialisable:
        def __repr__(self) -> str:
            return world.places["here"].family_name

    def mistaken(*_arguments: Any) -> Unserialisable:
        return Unserialisable()

    monkeypatch.setattr("callbacks.search.found_learners", mistaken)
    someone = visit(app.server, world, "administrator")
    with logged() as written:
        answer = someone.post(CALLBACKS, json=search_box("anything"), headers=someone.csrf_header())
    assert answer.status_code == 500
    assert world.seen(written.getvalue() + answer.text) == set()
    assert "InvalidCallbackReturnValue" in written.getvalue()


def test_attempts_to_sign_in_are_logged_without_saying_who_tried_what(app: Dash, world: World) -> None:
    email = world.people["tutor"]
    someone = Visitor(app.server)
    with logged() as written:
        someone.sign_in(email, "a wrong password")
        someone.sign_in(email)
        someone.post("/logout", data={"csrf_token": someone.csrf_header()["X-CSRFToken"]})
        someone.post("/login", data={"csrf_token": "wrong", "email": email, "password": PASSWORD})
    events = [line["event"] for line in lines(written)]
    ours = ["failed sign-in", "signed in", "signed out", "refused a request without its CSRF token"]
    assert [event for event in events if event in ours] == ours
    for secret in (email, PASSWORD, "a wrong password", "192.0.2.1"):
        assert secret not in written.getvalue()
    assert all(str(line["timestamp"]).endswith("Z") for line in lines(written))
