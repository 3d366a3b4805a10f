"""Each view measured three ways in one run: the SQL alone, a bare route with the same rows, the real
callback; by turns, so that all share the machine's better and worse moments."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from bench.client import Answer, Client
from bench.rows import as_json
from bench.sample import Sample
from bench.server import READS
from data.database import reading
from data.models import Person
from data.scope import load_viewer

ROUNDS = 60
CONNECTIONS = 8
SLICES, SLICE_SECONDS = 4, 1.0
"""Bare route and callback are asked by turns, a slice each."""
VIEWS = {
    "learner": "learner",
    "cohort": "cohort",
    "grid": "cohort",
    "department": "department",
    "organisation": "organisation",
}
"""{view measured: address}; the grid is the cohort of 350 learners by 130 milestones."""
LARGE = ("grid", "organisation")


@dataclass(frozen=True)
class Measured:
    """Medians in milliseconds, requests a second, bytes on the wire."""

    view: str
    sql_ms: float
    bare_ms: float
    callback_ms: float
    bare_rate: float
    callback_rate: float
    wire_bytes: int
    queries: int

    @property
    def rate_ratio(self) -> float:
        return self.callback_rate / self.bare_rate


def measure(engine: Engine, client: Client, email: str, sample: Sample, view: str) -> Measured:
    address, numbers = VIEWS[view], sample.of(view)
    rounds = ROUNDS // 4 if view in LARGE else ROUNDS

    def bare(asking: Client, turn: int) -> Answer:
        return asking.request("GET", f"/bench/{address}/{numbers[turn % len(numbers)]}")

    def callback(asking: Client, turn: int) -> Answer:
        number = "" if address == "organisation" else f"/{numbers[turn % len(numbers)]}"
        return asking.page(f"/{address}{number}")

    bares, callbacks, sql = [], [], []
    for turn in range(rounds):
        bares.append(_good(bare(client, turn)))
        callbacks.append(_good(callback(client, turn)))
        sql.append(_sql_seconds(engine, email, address, numbers[turn % len(numbers)]))
    bare_rate, callback_rate = _rates(client, bare, callback)
    return Measured(
        view=view,
        sql_ms=statistics.median(sql) * 1000,
        bare_ms=_median_ms(bares),
        callback_ms=_median_ms(callbacks),
        bare_rate=bare_rate,
        callback_rate=callback_rate,
        wire_bytes=int(statistics.median(answer.wire_bytes for answer in callbacks)),
        queries=max(answer.queries for answer in callbacks),
    )


def _good(answer: Answer) -> Answer:
    assert answer.status == 200, f"answered {answer.status}: {answer.body[:200]!r}"
    return answer


def _median_ms(answers: list[Answer]) -> float:
    return statistics.median(answer.seconds for answer in answers) * 1000


Ask = Callable[[Client, int], Answer]


def _rates(client: Client, *asks: Ask) -> list[float]:
    """Answers a second, of each way to ask, to eight connections that ask without a pause."""
    answered, seconds = [0] * len(asks), [0.0] * len(asks)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(SLICES):
            for way, ask in enumerate(asks):
                began = time.perf_counter()
                answered[way] += sum(pool.map(partial(_keep_asking, client, ask), range(CONNECTIONS)))
                seconds[way] += time.perf_counter() - began
    return [count / took for count, took in zip(answered, seconds, strict=True)]


def _keep_asking(client: Client, ask: Ask, number: int) -> int:
    until, asking, count = time.perf_counter() + SLICE_SECONDS, client.copy(), 0
    while time.perf_counter() < until:
        _good(ask(asking, number * 7 + count))
        count += 1
    return count


def _sql_seconds(engine: Engine, email: str, address: str, number: int) -> float:
    """The time that the view's statements take, repeated as they were sent: no objects, no rules."""
    statements: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    with reading(engine) as session:
        viewer_id = _person_id(session, email)
        event.listen(engine, "before_cursor_execute", record)
        try:
            viewer = load_viewer(session, viewer_id, datetime.now(UTC))
            assert viewer is not None
            as_json(READS[address](session, viewer, number))
        finally:
            event.remove(engine, "before_cursor_execute", record)
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        began = time.perf_counter()
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            cursor.fetchall()
        return time.perf_counter() - began
    finally:
        raw.close()


def _person_id(session: Session, email: str) -> int:
    return session.scalars(select(Person.id).where(Person.email == email)).one()
