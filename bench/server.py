"""Routebook with two additions for measuring: a bare route beside each view, and a count of queries.

The bare routes stand behind the same guard, ask the same data functions with the same scope, and answer
the same rows as JSON: what a view costs before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import app
from bench.rows import as_json
from callbacks import request
from data import agreements, caseload, department, progress_grid, route_map
from data.scope import Viewer

Read = Callable[[Session, Viewer, int], Any]


def read_learner(session: Session, viewer: Viewer, learner_id: int) -> Any:
    route = route_map.read(session, viewer, learner_id)
    return [route, agreements.standing(session, viewer, route.plan_id) if route.plan_id else None]


def read_cohort(session: Session, viewer: Viewer, cohort_id: int) -> Any:
    return [progress_grid.read(session, viewer, cohort_id)]


def read_department(session: Session, viewer: Viewer, department_id: int) -> Any:
    return [department.read(session, viewer, department_id)]


def read_organisation(session: Session, viewer: Viewer, _number: int) -> Any:
    return [department.read_organisation(session, viewer)]


def read_caseload(session: Session, viewer: Viewer, _number: int) -> Any:
    return [caseload.read(session, viewer)]


READS: dict[str, Read] = {
    "learner": read_learner,
    "cohort": read_cohort,
    "department": read_department,
    "organisation": read_organisation,
    "caseload": read_caseload,
}


def create_server() -> Flask:
    server = app.create_server()
    count_queries(server)
    for name, read in READS.items():
        server.add_url_rule(f"/bench/{name}/<int:number>", f"bench_{name}", bare(read))
    return server


def bare(read: Read) -> Callable[[int], Response]:
    def route(number: int) -> Response:
        with request.looking() as (session, viewer):
            return Response(as_json(read(session, viewer, number)), mimetype="application/json")

    return route


def count_queries(server: Flask) -> None:
    """The header X-Bench-Queries says how many statements an answer took, sign-in and scope included."""
    engine: Engine = server.extensions["routebook_engine"]

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_statement: Any) -> None:
        if has_request_context():
            g.bench_queries = g.get("bench_queries", 0) + 1

    @server.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Bench-Queries"] = str(g.get("bench_queries", 0))
        return response
