"""The app on a test's own database, and a small college whose people can sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dash import Dash
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from data import models
from data.database import make_engine
from data.passwords import hash_password
from settings import Settings
from tests import factories as make
from tests.callbacks.college import World, build
from tests.callbacks.visiting import PASSWORD, Visitor
from tests.conftest import put

SECRET_KEY = "only for tests: 0123456789 abcdefghijkl"


@pytest.fixture
def settings(sqlite_engine: Engine, tmp_path: Path) -> Settings:
    return Settings(
        database_url=str(sqlite_engine.url),
        secret_key=SecretStr(SECRET_KEY),
        today=make.TODAY,
        evidence_folder=tmp_path / "evidence",
    )


@pytest.fixture
def college(sqlite_engine: Engine) -> Iterator[Session]:
    """A session to furnish the app's database with; commit before the app shall see it."""
    with Session(sqlite_engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Dash:
    with monkeypatch.context() as patch:
        patch.setattr("app.make_engine", lambda *_of, **_options: sqlite_engine)
        return create_app(settings)


@pytest.fixture
def server(app: Dash) -> Flask:
    server: Flask = app.server
    return server


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def person(college: Session, password_hash: str) -> models.Person:
    """An administrator of a college without learners."""
    made = make.person(
        college,
        make.organisation(college),
        "administrator",
        email="ada@college.example",
        name="Ada Admin",
        password_hash=password_hash,
    )
    college.commit()
    return made


@pytest.fixture
def visitor(server: Flask) -> Visitor:
    """Nobody yet."""
    return Visitor(server)


@pytest.fixture
def signed_in(server: Flask, person: models.Person) -> Visitor:
    someone = Visitor(server)
    assert someone.sign_in(person.email).status_code == 303
    return someone


@pytest.fixture
def new_visitor(server: Flask) -> Callable[..., Visitor]:
    return lambda address="192.0.2.1": Visitor(server, address)


@pytest.fixture(scope="session")
def furnished(
    migrated_sqlite: Path, password_hash: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, World]:
    """The two colleges of `tests/callbacks/college.py` in a file to copy from, built once."""
    path = tmp_path_factory.mktemp("furnished") / "college.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    with Session(engine, expire_on_commit=False) as session:
        world = build(session, password_hash)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path, world


@pytest.fixture
def world(sqlite_engine: Engine, furnished: tuple[Path, World]) -> World:
    """Our college and another, in the app's database."""
    template, world = furnished
    put(sqlite_engine, template)
    return world
