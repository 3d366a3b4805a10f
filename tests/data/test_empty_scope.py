"""Every function of data/ that answers a viewer, asked by one who may see nothing: new ones included."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import data
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Confidential, Organisation, Support
from data.scope import Grant, Viewer
from data.stored_files import FileStore
from data.target_lists import ListChoice
from tests import factories as make
from tests.callbacks.college import World, build
from tests.callbacks.samples import WRITTEN, Place
from tests.callbacks.test_security_scope import everything, rows_of_all
from tests.counting import statements

ARGUMENTS: dict[str, Callable[[Place], Any]] = {
    # what a parameter of that name is given
    "cohort_id": lambda place: place.cohort,
    "department_id": lambda place: place.department,
    "learner_id": lambda place: place.learner,
    "plan_id": lambda place: place.plan,
    "plan_ids": lambda place: [place.plan],
    "target_id": lambda place: place.target,
    "target_ids": lambda place: [place.target],
    "step_id": lambda place: place.step,
    "review_id": lambda place: place.review,
    "form_id": lambda place: place.review_done,
    "on": lambda place: make.TODAY,
    "table": lambda place: Support,
    "row_id": lambda place: place.support,
    "rows": lambda place: {Confidential.SUPPORT: [place.support]},
    "version": lambda place: 1,
    "wall_id": lambda place: place.wall,
    "set_id": lambda place: place.phase_set,
    "group_id": lambda place: place.group,
    "kind_id": lambda place: place.kind,
    "template_id": lambda place: place.template,
    "text": lambda place: place.family_name,
    "done": lambda place: True,
    "from_on": lambda place: make.TODAY,
    "until_on": lambda place: make.TODAY,
    "evidence_id": lambda place: place.evidence,
    "store": lambda place: FileStore(Path("nowhere"), largest_mb=1),
    "targets": lambda place: [],
    "choice": lambda place: ListChoice("overdue", cohort_id=place.cohort),
    "changes": lambda place: {"note": "changed"},
    "typed": lambda place: {
        "title": "new",
        "criteria": "",
        "lane_id": str(place.lane),
        "due_on": "2027-02-01",
        "kind_id": str(place.kind),
        "held_on": "2027-01-08",
        "note": "",
    },
}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
SCOPED_BEFORE = {
    *(
        "before",
        "capacity",
        "condition",
        "coverage",
        "detail",
        "groups",
        "head",
        "heatmap",
        "here",
        "row",
        "since",
        "within",
    ),
}
"""A function that takes one of these is part of another: `Within` is handed out to who may see it."""
WRITTEN_BESIDE = {
    "data.case_writes.record",
    "data.college_changes.add",
    "data.college_changes.change",
    "data.college_changes.remove",
    "data.confidential.add",
    "data.confidential.change",
    "data.confidential.record",
    "data.history.record",
    "data.judgements.add",
    "data.reviews.record",
    "data.plan_rows.add",
    "data.plan_rows.change",
    "data.plan_rows.remove",
    "data.negotiations.record",
    "data.drafts.keep",
    "data.drafts.kept",
    "data.drafts.discard",
}
"""Called by a function that has changed something, within its transaction; or one's own unsaved words."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """(name, function) of those that begin with (session, viewer)."""
    for found in pkgutil.walk_packages(data.__path__, "data."):
        if found.name.startswith(("data.migrations", "data.demo")):
            continue
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            full_name = f"{module.__name__}.{name}"
            parameters = list(inspect.signature(function).parameters)
            is_ours = function.__module__ == module.__name__ and not name.startswith("_")
            is_a_door = parameters[:2] == ["session", "viewer"] and not SCOPED_BEFORE & set(parameters)
            if is_ours and is_a_door and full_name not in WRITTEN_BESIDE:
                yield full_name, function


FUNCTIONS = dict(functions())


def nobodies(organisation: Organisation) -> Iterator[Viewer]:
    """A viewer without a role, one whose role has a reach that nobody knows, and heads of nothing."""
    for grants in (
        (),
        (Grant("visitor", "visitor", "everything", "plans", 4),),
        (Grant("head-of-department", "head", "department", "plans", 4, None),),
        (Grant("tutor", "tutor", "caseload", "plans", 4),),
        (Grant("learner", "learner", "own-plan", "plans", 4),),
    ):
        yield Viewer(1, organisation.id, "Nobody", make.TODAY, grants)


@pytest.fixture
def world(session: Session) -> World:
    return build(session, "no hash")


def test_there_are_functions_to_try() -> None:
    assert len(FUNCTIONS) > 10


def test_who_may_see_nothing_gets_nothing_and_changes_nothing(session: Session, world: World) -> None:
    before = everything(session)
    organisation = session.scalars(select(Organisation)).first()
    assert organisation is not None
    gave: dict[str, set[str]] = {}
    for name, function in FUNCTIONS.items():
        for viewer in nobodies(organisation):
            for place in world.places.values():
                with statements(session) as ran:
                    seen = asked(session, function, viewer, place, world)
                if any(WRITES.match(statement) for statement in ran) and rows_of_all(session) != before:
                    seen |= {"a change"}
                session.rollback()
                if seen:
                    gave[name] = seen
    assert gave == {}


def asked(
    session: Session, function: Callable[..., Any], viewer: Viewer, place: Place, world: World
) -> set[str]:
    """What of the world a function's answer shows."""
    try:
        answer = function(session, viewer, **arguments(function, place))
    except (NotFound, Refused):
        session.rollback()
        return set()
    session.flush()
    return world.seen(repr(answer).replace(place.family_name, ""))


@cache
def every_field(place: Place) -> dict[str, list[str]]:
    """What all forms send together, about a place."""
    sent: dict[str, list[str]] = {name: [str(value)] for name, value in vars(place).items()}
    for of in WRITTEN.values():
        sent |= {
            name: [str(one) for one in (value if isinstance(value, list) else [value])]
            for name, value in of(place).items()
            if isinstance(value, str | int | list)
        }
    return sent


def arguments(function: Callable[..., Any], place: Place) -> dict[str, Any]:
    """An argument for each parameter that has no default."""
    given = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[2:]:
        if parameter.default is inspect.Parameter.empty and parameter.kind not in STARRED:
            if parameter.annotation == "Typed":
                given[name] = Typed(every_field(place))
                continue
            assert name in ARGUMENTS, f"{function.__qualname__}({name}) needs a line in ARGUMENTS"
            given[name] = ARGUMENTS[name](place)
    return given
