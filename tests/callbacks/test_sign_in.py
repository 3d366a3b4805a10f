"""Signing in and out, choosing a password, and what happens when a session ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from dash import Dash
from flask import Flask
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import create_app
from data import accounts, models, passwords
from settings import Settings
from tests import factories as make
from tests.callbacks.visiting import PASSWORD, SESSION_COOKIE, Visitor, open_page, search_box

NewVisitor = Callable[..., Visitor]


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/_dash-layout").status_code == 200


# --- the form ------------------------------------------------------------------------------------------


def test_someone_with_the_right_password_comes_in(visitor: Visitor, person: models.Person) -> None:
    assert not is_in(visitor)
    answer = visitor.sign_in(" ADA@college.example ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(visitor)


def test_the_form_works_without_scripts_and_has_a_token_as_plain_html(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    for part in ('<form method="post" action="/login">', 'name="email"', 'name="password"', 'name="next"'):
        assert part in page
    assert 'name="csrf_token" value="' in page
    assert "onclick" not in page


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@college.example", "wrong"),
        ("nobody@college.example", PASSWORD),
        ("", ""),
        ("ada@college.example", ""),
    ],
)
def test_every_failed_attempt_is_answered_alike_and_keeps_what_was_typed(
    visitor: Visitor, person: models.Person, email: str, password: str
) -> None:
    answer = visitor.sign_in(email, password)
    assert answer.status_code == 401
    assert "E-mail address and password don&#39;t fit together" in answer.text
    assert f'name="email" value="{email}"' in answer.text
    assert PASSWORD not in answer.text
    assert not is_in(visitor)


def test_what_is_typed_comes_back_escaped(visitor: Visitor, person: models.Person) -> None:
    answer = visitor.sign_in('"><script>alert(1)</script>', "x")
    assert "<script>alert" not in answer.text


def test_a_password_of_weaker_parameters_is_stored_anew_at_sign_in(
    visitor: Visitor, college: Session, person: models.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = person.password_hash
    stronger = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=20 * 1024, parallelism=1),))
    monkeypatch.setattr(passwords, "hasher", stronger)
    visitor.sign_in(person.email)
    college.refresh(person)
    assert person.password_hash != before
    assert passwords.verify_password(PASSWORD, person.password_hash) == (True, None)


# --- attempts ------------------------------------------------------------------------------------------


def test_the_eleventh_attempt_waits_even_with_the_right_password(
    new_visitor: NewVisitor, person: models.Person
) -> None:
    for number in range(10):
        assert new_visitor(f"192.0.2.{number}").sign_in(person.email, "wrong").status_code == 401
    answer = new_visitor("203.0.113.1").sign_in(person.email)
    assert answer.status_code == 429
    assert 290 <= int(answer.headers["Retry-After"]) <= 300
    assert "try again in 5 minutes" in answer.text


def test_after_the_window_the_right_password_works(
    new_visitor: NewVisitor, person: models.Person, college: Session
) -> None:
    for _ in range(11):
        new_visitor().sign_in(person.email, "wrong")
    assert new_visitor().sign_in(person.email).status_code == 429
    college.execute(
        update(models.FailedSignIn).values(at=datetime.now(UTC) - timedelta(minutes=5, seconds=1))
    )
    college.commit()
    assert new_visitor().sign_in(person.email).status_code == 303


def test_attempts_are_counted_across_workers(
    settings: Settings, new_visitor: NewVisitor, person: models.Person
) -> None:
    other_worker = create_app(settings)
    for number in range(10):
        worker = Visitor(other_worker.server) if number % 2 else new_visitor()
        worker.sign_in(person.email, "wrong")
    assert new_visitor().sign_in(person.email).status_code == 429
    assert Visitor(other_worker.server).sign_in(person.email).status_code == 429
    other_worker.server.extensions["routebook_engine"].dispose()


def test_who_signs_in_rightly_is_never_made_to_wait(new_visitor: NewVisitor, person: models.Person) -> None:
    for _ in range(12):
        assert new_visitor().sign_in(person.email).status_code == 303


# --- where to, afterwards ------------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/\tevil.example",
    "/\r\nLocation: https://evil.example",
    "/\x00",
    "javascript:alert(1)",
    "data:text/html,x",
    " /",
    "/ //evil.example",
    "///evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/@evil.example",
    "/nowhere",
    "/login",
    "/logout",
    "/healthz",
    "/_dash-layout",
    "/choose-password/x",
    "",
    "ä",
    "/ä",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_after_signing_in_nobody_is_sent_elsewhere(
    visitor: Visitor, person: models.Person, elsewhere: str
) -> None:
    assert visitor.sign_in(person.email, next=elsewhere).headers["Location"] == "/"
    again = visitor.get("/login", query_string={"next": elsewhere})
    assert (again.status_code, again.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("ours", ["/", "/?x=1", "/signed-in", "/?list=overdue&weeks=5%E2%80%938#top"])
def test_after_signing_in_one_is_back_where_one_was(
    visitor: Visitor, person: models.Person, ours: str
) -> None:
    assert visitor.sign_in(person.email, next=ours).headers["Location"] == ours.split("#")[0]


def test_a_stranger_is_led_from_a_page_to_sign_in_and_back(visitor: Visitor, person: models.Person) -> None:
    answer = visitor.get("/?list=overdue&name=%C3%84nne")
    assert answer.status_code == 302
    path, _, back_to = answer.headers["Location"].partition("?next=")
    assert path == "/login"
    assert (
        visitor.sign_in(person.email, next=unquote(back_to)).headers["Location"]
        == "/?list=overdue&name=%C3%84nne"
    )


# --- sessions ------------------------------------------------------------------------------------------


def session_cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    return str(cookie.value)


def replayed(server: Flask, cookie: str) -> Visitor:
    """Another browser, with a cookie copied from the first."""
    thief = Visitor(server)
    thief.client.set_cookie(SESSION_COOKIE, cookie)
    return thief


def test_signing_in_makes_a_new_session_and_the_one_before_is_dead(
    server: Flask, visitor: Visitor, person: models.Person
) -> None:
    visitor.get("/login")
    as_stranger = session_cookie(visitor)
    visitor.sign_in(person.email)
    first = session_cookie(visitor)
    visitor.post(
        "/login",
        data={
            "csrf_token": visitor.csrf_header()["X-CSRFToken"],
            "email": person.email,
            "password": PASSWORD,
        },
    )
    second = session_cookie(visitor)
    assert len({as_stranger, first, second}) == 3
    assert [is_in(replayed(server, cookie)) for cookie in (as_stranger, first, second)] == [
        False,
        False,
        True,
    ]


def test_a_token_from_before_signing_in_is_worth_nothing_after(
    visitor: Visitor, person: models.Person
) -> None:
    planted = visitor.form_token("/login")
    visitor.sign_in(person.email)
    assert visitor.post("/logout", data={"csrf_token": planted}).status_code == 403
    assert is_in(visitor)


def test_signing_out_ends_the_session_on_the_server(server: Flask, signed_in: Visitor) -> None:
    stolen = session_cookie(signed_in)
    assert is_in(replayed(server, stolen))
    answer = signed_in.post("/logout", data={"csrf_token": signed_in.csrf_header()["X-CSRFToken"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert not is_in(signed_in)
    assert not is_in(replayed(server, stolen))


def test_signing_out_takes_a_token(signed_in: Visitor) -> None:
    assert signed_in.post("/logout", data={"csrf_token": "wrong"}).status_code == 403
    assert signed_in.get("/logout").status_code == 404
    assert is_in(signed_in)


def test_a_disabled_person_is_out_with_the_next_request(
    signed_in: Visitor, college: Session, person: models.Person
) -> None:
    assert is_in(signed_in)
    person.disabled = True
    college.commit()
    assert not is_in(signed_in)


def test_sessions_end_by_the_settings_idle_minutes_and_hours(
    signed_in: Visitor, college: Session, settings: Settings
) -> None:
    stored = college.scalars(select(models.LoginSession)).one()
    now = datetime.now(UTC)
    stored.last_seen_at = now - timedelta(minutes=settings.idle_minutes, seconds=1)
    college.commit()
    assert not is_in(signed_in)
    stored.last_seen_at = now
    college.commit()
    assert is_in(signed_in)
    stored.started_at = now - timedelta(hours=settings.session_hours, seconds=1)
    college.commit()
    assert not is_in(signed_in)


def test_using_the_app_is_written_down_at_most_once_a_minute(signed_in: Visitor, college: Session) -> None:
    stored = college.scalars(select(models.LoginSession)).one()
    earlier = datetime.now(UTC) - timedelta(minutes=5)
    stored.last_seen_at = earlier
    college.commit()
    is_in(signed_in)
    college.refresh(stored)
    first = stored.last_seen_at
    assert first > earlier
    is_in(signed_in)
    college.refresh(stored)
    assert stored.last_seen_at == first


def test_a_changed_role_counts_from_the_next_request(
    signed_in: Visitor, college: Session, person: models.Person
) -> None:
    make.planned_learner(
        college,
        make.cohort(
            college, make.department(college, college.get_one(models.Organisation, person.organisation_id))
        ),
    )
    college.scalars(select(models.Learner)).one().family_name = "Quillfeather"
    college.commit()
    assert "Quillfeather" in signed_in.callback(search_box("Quillf")).text
    college.delete(college.scalars(select(models.RoleAssignment)).one())
    college.commit()
    assert "Quillfeather" not in signed_in.callback(search_box("Quillf")).text


def test_a_cookie_signed_with_another_key_is_nobodys(
    settings: Settings, server: Flask, person: models.Person
) -> None:
    other = create_app(
        settings.model_copy(update={"secret_key": SecretStr("another key, as long as the first: 98")})
    )
    forger = Visitor(other.server)
    forger.sign_in(person.email)
    assert is_in(forger)
    assert not is_in(replayed(server, session_cookie(forger)))
    other.server.extensions["routebook_engine"].dispose()


# --- one-time links ------------------------------------------------------------------------------------


@pytest.fixture
def token(college: Session, person: models.Person) -> str:
    made = accounts.make_link(college, person.id, now=datetime.now(UTC), link_hours=1)
    college.commit()
    return made


NEW = "lantern pebble orchard"


def test_a_link_leads_to_a_new_password_once(
    visitor: Visitor, signed_in: Visitor, person: models.Person, token: str
) -> None:
    address = f"/choose-password/{token}"
    assert visitor.get(address).status_code == visitor.get(address).status_code == 200
    answer = visitor.post_form(address, {"password": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?chosen=1")
    assert "Your password is set" in visitor.get("/login?chosen=1").text
    assert not is_in(signed_in), "the sessions of the old password have ended"
    assert visitor.sign_in(person.email, PASSWORD).status_code == 401
    assert visitor.sign_in(person.email, NEW).status_code == 303
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 8"),
        ("password1", "password1", "easy to guess"),
        (NEW, NEW + "x", "differ"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_what_to_do(
    visitor: Visitor, token: str, password: str, again: str, words: str
) -> None:
    answer = visitor.post_form(f"/choose-password/{token}", {"password": password, "again": again})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{password}"' not in answer.text


def test_a_link_that_never_was_is_answered_kindly(visitor: Visitor) -> None:
    answer = visitor.get("/choose-password/no-such-token")
    assert answer.status_code == 404
    assert "ask an administrator for a new link" in answer.text
    assert '<a class="button" href="/login">Sign in</a>' in answer.text


# --- an ended session in the middle of work ------------------------------------------------------------


def test_a_callback_without_a_session_keeps_the_page_and_says_so(visitor: Visitor) -> None:
    answer = visitor.callback(search_box("anything"))
    assert answer.status_code == 200
    body = json.loads(answer.text)
    assert (body["multi"], body["response"]) == (True, {})
    assert list(body["sideUpdate"]) == ["signed-out-notice"]
    link = next(
        part for part in body["sideUpdate"]["signed-out-notice"]["children"] if isinstance(part, dict)
    )
    assert link["props"]["href"] == "/login?next=/signed-in"
    assert link["props"]["target"] == "_blank"


@pytest.mark.parametrize(
    ("referrer", "back_to"),
    [
        ("http://localhost/?list=overdue", "/login?next=/%3Flist%3Doverdue"),
        ("http://evil.example/", "/login?next=/"),
        (None, "/login?next=/"),
        ("http://localhost//evil.example", "/login?next=/"),
    ],
)
def test_opening_a_page_without_a_session_leads_to_sign_in_and_back(
    visitor: Visitor, referrer: str | None, back_to: str
) -> None:
    headers: dict[str, Any] = {"Referer": referrer} if referrer else {}
    body = json.loads(visitor.callback(open_page("/"), headers=headers).text)
    assert body["sideUpdate"] == {"sign-in": {"href": back_to}}


def test_what_a_signed_out_page_is_told_exists_on_each_page(app: Dash, signed_in: Visitor) -> None:
    layout = signed_in.get("/_dash-layout").text
    assert '"id":"sign-in"' in layout.replace(" ", "")
    assert '"id":"signed-out-notice"' in layout.replace(" ", "")


def test_someone_who_signed_in_beside_a_page_is_told_to_go_back_to_it(signed_in: Visitor) -> None:
    assert "What you typed is still there" in signed_in.get("/signed-in").text


# --- health --------------------------------------------------------------------------------------------


def test_health_is_told_to_anyone(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "version": "0.1.0", "database": "ok"})


def test_without_a_database_health_is_503(app: Dash, visitor: Visitor, tmp_path: Any) -> None:
    from data.database import make_engine

    gone = make_engine("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    app.server.extensions["routebook_engine"] = gone
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")  # type: ignore[index]
