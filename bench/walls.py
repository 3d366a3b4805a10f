"""Many walls at one server: `python -m bench.walls --seconds 300` for two hundred during five minutes.

Serves a copy of the demonstration college (or any SQLite file by --database) in this process, asks for the
boards of each wall at its own pace as screens do, and prints how long answers took, how large they were, and
how many statements reached the database.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, select

from app import create_app
from data.database import make_engine, writing
from data.migrate import migrate
from data.models import BoardKind, Department, Organisation
from settings import DEFAULT_DATABASE, Settings
from tests import factories as make


class Counted:
    """What all the screens got."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.milliseconds: list[float] = []
        self.sizes: list[int] = []
        self.unchanged = self.failed = self.statements = 0

    def take(self, status: int, size: int, milliseconds: float) -> None:
        with self.lock:
            self.milliseconds.append(milliseconds)
            self.unchanged += status == 304
            self.failed += status not in (200, 304)
            if status == 200:
                self.sizes.append(size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walls", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--refresh", type=float, default=60, help="Seconds between two questions of a screen."
    )
    parser.add_argument("--database", type=Path, default=DEFAULT_DATABASE)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(chosen.database, Path(folder) / "walls.db"))
        engine = make_engine(f"sqlite:///{path}")
        migrate(engine)
        tokens = hang(engine, chosen.walls)
        engine.dispose()
        server: Flask = create_app(Settings(database_url=f"sqlite:///{path}")).server
        counted = Counted()
        event.listen(
            server.extensions["routebook_engine"], "before_cursor_execute", lambda *_: count(counted)
        )
        watch(server, tokens, counted, chosen.seconds, chosen.refresh)
        server.extensions["routebook_engine"].dispose()
    report(chosen, counted)


def hang(engine: Engine, number: int) -> list[str]:
    """The tokens of so many walls, of the organisation and its departments in turn."""
    with writing(engine) as session:
        organisation = session.scalars(select(Organisation)).one()
        departments = session.scalars(select(Department.id).order_by(Department.id)).all()
        scopes = [None, *departments[:9]]
        for at in range(number):
            scope = scopes[at % len(scopes)]
            make.wall(session, organisation, *BoardKind, token=f"wall {at}", department_id=scope, notice="x")
    return [f"wall {at}" for at in range(number)]


def watch(server: Flask, tokens: list[str], counted: Counted, seconds: float, refresh: float) -> None:
    until = time.monotonic() + seconds
    screens = [
        threading.Thread(target=screen, args=(server, token, counted, until, refresh)) for token in tokens
    ]
    for one in screens:
        one.start()
    for one in screens:
        one.join()


def screen(server: Flask, token: str, counted: Counted, until: float, refresh: float) -> None:
    """One wall, switched on at some moment of the first refresh."""
    client: Any = server.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    wait = random.random() * min(refresh, until - time.monotonic())
    while time.monotonic() + wait < until:
        time.sleep(wait)
        began = time.perf_counter()
        answer = client.get("/wall/boards", headers=headers)
        counted.take(answer.status_code, len(answer.data), (time.perf_counter() - began) * 1000)
        headers["If-None-Match"] = answer.headers.get("ETag", "")
        wait = refresh * (0.85 + 0.3 * random.random())


def count(counted: Counted) -> None:
    with counted.lock:
        counted.statements += 1


def report(chosen: argparse.Namespace, counted: Counted) -> None:
    times = sorted(counted.milliseconds)
    print(f"{chosen.walls} walls, {chosen.seconds:.0f} s, a refresh each {chosen.refresh:.0f} s")
    print(f"answers: {len(times)}, of these {counted.unchanged} unchanged, {counted.failed} failed")
    print(f"largest answer: {max(counted.sizes):,} bytes")
    print(f"milliseconds: median {statistics.median(times):.1f}, 95% {times[int(len(times) * 0.95)]:.1f}")
    print(f"statements at the database: {counted.statements}")


if __name__ == "__main__":
    main()
