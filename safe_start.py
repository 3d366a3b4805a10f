"""What must hold before the app serves: known passwords stay on this machine, and the key is its own."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Engine, make_url

from data.accounts import holds_demo
from data.database import reading
from data.errors import Refused
from settings import DEFAULT_DATABASE, Settings

SHORTEST_SECRET = 32


def refuse_unsafe_start(settings: Settings, *, is_demo: bool) -> None:
    """Raise Refused, with what to do, where serving would be unsafe.

    A demo database has passwords that everyone knows; any other needs a secret key of its own.
    """
    if is_demo and not _is_loopback(settings.host) and not settings.demo_beyond_loopback:
        raise Refused(
            f"This is a demonstration database, whose passwords everyone knows, so it isn't served on"
            f" {settings.host}. Use HOST=127.0.0.1, or set ROUTEBOOK_DEMO_BEYOND_LOOPBACK=1 if the names"
            " and plans in it may be seen by anyone who reaches this address."
        )
    if not is_demo or settings.secret_key:
        _given_secret(settings)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Refused, with what to do, where the server couldn't listen; it would say so at length."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0].lower()
        raise Refused(
            f"{host}:{port} can't be listened on: {reason}. Routebook may be running there already: stop it,"
            " or set HOST or PORT to another."
        ) from error


def secret_key(settings: Settings, engine: Engine) -> str:
    """The key that signs cookies: the one given, or for a demo database a random one kept beside it."""
    with reading(engine) as database:
        is_demo = holds_demo(database)
    if is_demo and not settings.secret_key:
        return _kept_secret(_beside(settings.database_url))
    return _given_secret(settings)


def _given_secret(settings: Settings) -> str:
    given = settings.secret_key.get_secret_value() if settings.secret_key else ""
    if len(given) < SHORTEST_SECRET or len(set(given)) < 8:
        raise Refused(
            f"Set ROUTEBOOK_SECRET_KEY to at least {SHORTEST_SECRET} random characters, the same at each"
            ' start; python -c "import secrets; print(secrets.token_urlsafe(32))" prints some.'
        )
    return given


def _beside(database_url: str) -> Path:
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return (Path(str(url.database)) if is_file else DEFAULT_DATABASE).parent / "secret-key"


def _kept_secret(path: Path) -> str:
    """The file's content; the first process makes it, readable by its user only, and others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.") as fresh:
        fresh.write(secrets.token_urlsafe(32))
        fresh.flush()
        with suppress(FileExistsError):
            os.link(fresh.name, path)  # all of it at once, unless another process was first
    return path.read_text("utf-8")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
