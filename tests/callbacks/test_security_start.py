"""What the app refuses to start with: known passwords in the open, no key of its own."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from pydantic import SecretStr
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

import safe_start
from app import create_app
from data.database import make_engine
from data.errors import Refused
from settings import Settings
from tests import factories as make
from tests.callbacks.conftest import SECRET_KEY
from tests.callbacks.visiting import Visitor

GOOD_KEY = SecretStr(SECRET_KEY)


@pytest.fixture
def engine_of(sqlite_url: str) -> Iterator[Engine]:
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def demo(engine_of: Engine, sqlite_url: str) -> Settings:
    """Settings of a demo database, with nothing else set."""
    with Session(engine_of) as session, session.begin():
        make.organisation(session).demo_today = make.TODAY
    return Settings(database_url=sqlite_url)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "routebook.college.example", ""])  # noqa: S104  # the very addresses to refuse
def test_a_demo_is_not_served_beyond_loopback_unless_told_to(host: str) -> None:
    with pytest.raises(Refused, match="ROUTEBOOK_DEMO_BEYOND_LOOPBACK"):
        safe_start.refuse_unsafe_start(Settings(host=host), is_demo=True)
    safe_start.refuse_unsafe_start(Settings(host=host, demo_beyond_loopback=True), is_demo=True)
    safe_start.refuse_unsafe_start(Settings(host=host, secret_key=GOOD_KEY), is_demo=False)


def test_a_port_in_use_is_one_sentence_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        with pytest.raises(Refused, match=f"127.0.0.1:{port} .* in use.*or set HOST or PORT"):
            safe_start.refuse_taken_port("127.0.0.1", port)
    safe_start.refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_a_demo_is_served_on_loopback(host: str) -> None:
    safe_start.refuse_unsafe_start(Settings(host=host), is_demo=True)


@pytest.mark.parametrize("key", [None, "", "too short", "a" * 64, "abab" * 20])
def test_a_real_college_is_not_served_without_a_secret_key_of_its_own(
    key: str | None, sqlite_url: str, engine_of: Engine
) -> None:
    settings = Settings(database_url=sqlite_url, secret_key=SecretStr(key) if key is not None else None)
    with pytest.raises(Refused, match="ROUTEBOOK_SECRET_KEY"):
        safe_start.refuse_unsafe_start(settings, is_demo=False)
    with pytest.raises(Refused, match="ROUTEBOOK_SECRET_KEY"):
        safe_start.secret_key(settings, engine_of)


def test_a_key_that_is_given_is_used(sqlite_url: str, engine_of: Engine, demo: Settings) -> None:
    given = Settings(database_url=sqlite_url, secret_key=GOOD_KEY)
    assert safe_start.secret_key(given, engine_of) == SECRET_KEY


def test_each_demo_has_a_random_key_that_its_workers_share(demo: Settings, engine_of: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: safe_start.secret_key(demo, engine_of), range(32)))
    (key,) = keys
    assert len(key) >= 32
    file = Path(str(make_url(demo.database_url).database)).parent / "secret-key"
    assert file.read_text() == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.glob("secret-key.*")) == []


def test_the_demo_banner_and_passwords_exist_in_no_other_database(engine_of: Engine) -> None:
    from sqlalchemy import text

    with engine_of.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM person")).scalar() == 0


# --- proxies -------------------------------------------------------------------------------------------

CLAIMED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


@pytest.fixture
def seen(settings: Settings) -> Iterator[Callable[[int], dict[str, Any]]]:
    """What a server with so many trusted proxies takes a request with forged headers for."""
    made: list[Flask] = []

    def see(trusted: int) -> dict[str, Any]:
        server = create_app(settings.model_copy(update={"trusted_proxies": trusted})).server
        made.append(server)
        found: dict[str, Any] = {}

        def note() -> None:
            found.update(address=request.remote_addr, host=request.host, secure=request.is_secure)

        server.before_request(note)
        Visitor(server).get("/healthz", headers=CLAIMED)
        return found

    yield see
    for server in made:
        server.extensions["routebook_engine"].dispose()


def test_nobody_is_believed_about_where_a_request_came_from(seen: Callable[[int], dict[str, Any]]) -> None:
    assert seen(0) == {"address": "192.0.2.1", "host": "localhost", "secure": False}


def test_a_proxy_that_the_settings_trust_is_believed(seen: Callable[[int], dict[str, Any]]) -> None:
    assert seen(1) == {"address": "203.0.113.9", "host": "evil.example", "secure": True}
