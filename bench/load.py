"""Fifty people without a pause, for locust: each opens learners, cohorts, departments and targets by turns.

What there is to open comes from the file that ROUTEBOOK_BENCH_SAMPLE names (see `bench.sample`).
"""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

from locust import User, constant, task

from bench.client import Answer, Client

SAMPLE = json.loads(Path(os.environ["ROUTEBOOK_BENCH_SAMPLE"]).read_text())
_number = itertools.count()


class Somebody(User):
    """One signed-in person who never waits."""

    wait_time = constant(0)

    def on_start(self) -> None:
        self.client = Client(SAMPLE["host"], SAMPLE["port"])
        self.client.cookies = dict(SAMPLE["cookies"])
        self.random = random.Random(next(_number))

    @task(5)
    def opens_a_learner(self) -> None:
        self._open("learner", SAMPLE["learners"])

    @task(2)
    def opens_a_cohort(self) -> None:
        self._open("cohort", SAMPLE["cohorts"])

    @task(2)
    def opens_a_department(self) -> None:
        self._open("department", SAMPLE["departments"])

    def _open(self, name: str, some: list[int]) -> None:
        answer = self.client.page(f"/{name}/{self.random.choice(some)}")
        self._report(name, answer)

    def _report(self, name: str, answer: Answer) -> None:
        refused = None if answer.status == 200 else RuntimeError(f"status {answer.status}")
        self.environment.events.request.fire(
            request_type="callback",
            name=name,
            response_time=answer.seconds * 1000,
            response_length=answer.wire_bytes,
            exception=refused,
            context={},
        )
