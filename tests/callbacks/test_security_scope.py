"""Every address and callback that the app registers, as every role, about every place: nobody gets a byte
of what isn't theirs, and what is out of scope is answered like what doesn't exist."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import quote, urlencode

import dash
import pytest
from dash import Dash
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from callbacks.policy import policy_of
from data import agreements, models
from tests import factories as make
from tests.callbacks.college import EVERYWHERE, ODD_IDS, SEES, WRITES, World, beside
from tests.callbacks.samples import NAMED_IDS, SAMPLES, WRITTEN, Place
from tests.callbacks.visiting import Visitor, declared_call, open_page
from tests.test_logs import logged

FILE_NAMES = {"filename", "package_name", "fingerprinted_path", "path"}
NOT_OF_THE_COLLEGE = {"login_session", "failed_sign_in"}


def visit(server: Flask, world: World, role: str | None) -> Visitor:
    someone = Visitor(server)
    if role:
        assert someone.sign_in(world.people[role]).status_code == 303
    return someone


# --- everything that can be asked ----------------------------------------------------------------------


def pages(place: Place) -> Iterator[tuple[str, str, str]]:
    """(name, path, search) of Dash's pages: as they are, and with every id in the query string too."""
    for page in dash.page_registry.values():
        template = page["path_template"] or page["path"]
        yield template, _filled(template, place), ""
        yield f"{template}?…", _filled(template, place), "?" + urlencode(place.selection() | _named(place))


def routes(app: Dash, place: Place) -> Iterator[tuple[str, str]]:
    """(name, address) of what Flask answers to GET about a place."""
    for rule in app.server.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments & NAMED_IDS.keys() - FILE_NAMES:
            address = _filled(rule.rule, place)
            yield rule.rule, address
            yield f"{rule.rule}?…", f"{address}?{urlencode(place.selection() | _named(place))}"


def fixed_routes(app: Dash) -> Iterator[str]:
    """Addresses that are about no place."""
    for rule in app.server.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            yield rule.rule


def callbacks(app: Dash, place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """(function, body) of each callback that runs on the server, Dash's own router aside."""
    for name, registered in app.callback_map.items():
        function = function_of(registered)
        if function and not function.startswith("dash.dash."):
            assert function in SAMPLES, f"{function} needs a line in tests/callbacks/samples.py"
            yield function, declared_call(name, registered, iter(SAMPLES[function](place)))


def forms(app: Dash, place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, what is sent) of each form that is saved."""
    for kind in app.server.extensions["routebook_writers"]:
        yield kind, form(kind, place)


def form(kind: str, place: Place) -> dict[str, Any]:
    """What is sent with a form of the kind."""
    assert kind in WRITTEN, f"the form {kind} needs a line in WRITTEN of tests/callbacks/samples.py"
    # A list of one would be sent as that one, and nothing not at all: neither is odd.
    fields = WRITTEN[kind](place).items()
    return {name: str(value) if value in ([1], None) else value for name, value in fields}


def function_of(registered: dict[str, Any]) -> str | None:
    if "callback" not in registered:
        return None
    function = inspect.unwrap(registered["callback"])
    return f"{function.__module__}.{function.__qualname__}"


def _filled(template: str, place: Place) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1].rpartition(":")[2]
        assert name in NAMED_IDS, f"<{name}> needs a line in tests/callbacks/samples.py"
        return quote(str(NAMED_IDS[name](place)))

    return re.sub(r"<([\w:]+)>", value, template)


def _named(place: Place) -> dict[str, str]:
    return {name: str(of(place)) for name, of in NAMED_IDS.items() if name.endswith("_id")}


def ask_everything(app: Dash, someone: Visitor, place: Place) -> Iterator[tuple[str, TestResponse]]:
    """(what was asked, the answer) about a place."""
    for name, path, search in pages(place):
        yield f"page {name}", someone.get(path + search)
        yield f"drawing {name}", someone.callback(open_page(path, search))
    for name, address in routes(app, place):
        yield f"route {name}", someone.get(address)
    for function, body in callbacks(app, place):
        yield f"callback {function}", someone.callback(body)
    for kind, fields in forms(app, place):
        yield f"form {kind}", someone.write(kind, fields)


# --- nobody sees what isn't theirs ---------------------------------------------------------------------


@pytest.mark.parametrize("role", SEES)
def test_nobody_sees_or_changes_what_is_out_of_scope_nor_learns_that_it_exists(
    app: Dash, college: Session, world: World, role: str
) -> None:
    with logged() as log:
        someone = visit(app.server, world, role)
        nowhere = beside(world.places["here"], ODD_IDS["missing"])
        never_was = {what: _alike(answer, nowhere) for what, answer in ask_everything(app, someone, nowhere)}
        before = everything(college)
        for where in set(EVERYWHERE) - SEES[role]:
            place = _wholly_elsewhere(world, role, where)
            for what, answer in ask_everything(app, someone, place):
                asked = f"{role} asked {what} of {where}"
                assert _leaked(world, role, answer, place) == set(), asked
                _assert_alike(_alike(answer, place), never_was[what], asked)
        assert everything(college) == before
    assert "asked for what isn't there or out of scope" in log.getvalue()
    _assert_names_nobody(world, log)


@pytest.mark.parametrize("role", SEES)
def test_of_what_is_in_scope_each_sees_what_their_role_may_and_changes_what_it_has_the_right_to(
    app: Dash, world: World, role: str
) -> None:
    allowed = allowed_to(app, role)
    with logged() as log:
        someone = visit(app.server, world, role)
        for where in ("here", *FARTHEST.get(role, ())):
            place = world.places[where]
            for what, answer in ask_everything(app, someone, place):
                asked = f"{role} asked {what} of {where}: {answer.status_code}"
                assert _leaked(world, role, answer, place) == set(), asked
                if what.startswith(("callback ", "form ")):
                    assert answer.status_code in allowed[what], asked
    _assert_names_nobody(world, log)


FARTHEST = {
    "administrator": ["other department"],
    "learning-support-lead": ["other department"],
    "quality-lead": ["other department"],
    "head-of-department": ["other cohort"],
    "tutor": ["same cohort"],
}
"""How far from one's own place a role sees; what lies between is seen by the same rule."""


def allowed_to(app: Dash, role: str) -> dict[str, tuple[int, ...]]:
    """{what is asked: the answers that the rights of its policy leave to a role}"""
    rights = {
        f"callback {function}": (policy_of(registered).rights, (200, 204))
        for registered in app.callback_map.values()
        if (function := function_of(registered))
    } | {
        f"form {kind}": (writer.rights, (200, 404, 409, 422))
        for kind, writer in app.server.extensions["routebook_writers"].items()
    }
    return {
        what: answers if not needed or WRITES[role] in needed else (403,)
        for what, (needed, answers) in rights.items()
    }


def test_a_stranger_sees_nothing_of_any_place(app: Dash, college: Session, world: World) -> None:
    before = everything(college)
    with logged() as log:
        someone = Visitor(app.server)
        for where, place in world.places.items():
            for what, answer in ask_everything(app, someone, place):
                assert _leaked(world, None, answer, place) == set(), f"a stranger asked {what} of {where}"
    assert everything(college) == before
    _assert_names_nobody(world, log)


@pytest.mark.parametrize("role", [*SEES, None])
def test_what_is_about_no_place_shows_nothing_out_of_scope(app: Dash, world: World, role: str | None) -> None:
    someone = visit(app.server, world, role)
    for address in fixed_routes(app):
        answer = someone.get(address)
        shown = {world.canaries[word] for word in world.seen(_text(answer))}
        assert {one.column for one in shown if not one.may_be_seen_by(role)} == set(), address
        assert answer.status_code < 500


@pytest.mark.parametrize("role", ["administrator", "learner"])
def test_ids_that_are_none_are_answered_kindly(app: Dash, college: Session, world: World, role: str) -> None:
    someone = visit(app.server, world, role)
    before = everything(college)
    for name, value in ODD_IDS.items():
        for what, answer in ask_everything(app, someone, beside(world.places["here"], value)):
            assert answer.status_code in (200, 204, 302, 400, 403, 404, 422), f"{role} asked {what} of {name}"
    assert everything(college) == before


# --- what one may, one can: else the samples above would prove nothing ---------------------------------


def test_each_sample_reaches_something_for_somebody(app: Dash, college: Session, world: World) -> None:
    here = world.places["here"]
    reached: set[str] = set()
    for role in SEES:
        someone = visit(app.server, world, role)
        place = as_it_stands(college, here)
        for function, body in callbacks(app, place):
            if function not in reached:
                shown = world.seen(_without_what_was_asked(someone.callback(body), place))
                reached |= {function} if shown else set()
        for kind in [kind for kind, _ in forms(app, place) if kind not in reached]:
            saved = someone.write(kind, form(kind, as_it_stands(college, place)))
            reached |= {kind} if saved.status_code == 200 else set()
        for name, path, search in pages(place):
            if name not in reached and world.seen(someone.callback(open_page(path, search)).text):
                reached.add(name)
    asked = {str(name) for name, *_ in (*callbacks(app, here), *forms(app, here), *pages(here))}
    unreached = asked - reached - REACH_NOTHING
    assert not unreached, " ".join(sorted(unreached))


REACH_NOTHING: set[str] = {"/", "/?…"}
"""What shows no learner's data to anyone."""


def test_a_learner_sets_nothing_of_a_target_but_its_note(app: Dash, college: Session, world: World) -> None:
    place = world.places["here"]
    before = college.get_one(models.Target, place.target)
    kept = (before.status, before.due_on, before.achieved_on, before.title, before.moves)
    someone = visit(app.server, world, "learner")
    for _, body in callbacks(app, place):
        someone.callback(body)
    for kind, fields in forms(app, place):
        someone.write(kind, fields)
    after = college.get_one(models.Target, place.target, populate_existing=True)
    assert (after.status, after.due_on, after.achieved_on, after.title, after.moves) == kept


def test_a_tutor_who_leaves_a_cohort_is_out_of_it_with_the_next_request(
    app: Dash, college: Session, world: World
) -> None:
    someone = visit(app.server, world, "tutor")
    place = world.places["here"]

    def seen() -> set[str]:
        return {
            word
            for _, answer in ask_everything(app, someone, place)
            for word in world.seen(_without_what_was_asked(answer, place))
        }

    assert seen()
    college.scalars(select(models.CohortTutor)).one().until_on = date_before_today()
    college.commit()
    assert {world.canaries[word].column for word in seen()} <= {"person.name"}


def test_every_personal_column_has_its_words(world: World) -> None:
    planted = {canary.column for canary in world.canaries.values()}
    for table, columns in models.PERSONAL.items():
        for column in columns - {"password_hash"}:
            assert any(name.startswith(f"{table}.{column}") for name in planted), f"{table}.{column}"


# --- helpers -------------------------------------------------------------------------------------------


def everything(session: Session) -> dict[str, list[str]]:
    """All rows of the college's tables, as they are stored."""
    session.rollback()
    return rows_of_all(session)


def rows_of_all(session: Session) -> dict[str, list[str]]:
    """All rows of the college's tables, with what the session has written by now."""
    return {
        table.name: sorted(map(repr, session.execute(select(table)).all()))
        for table in models.Base.metadata.sorted_tables
        if table.name not in NOT_OF_THE_COLLEGE
    }


def as_it_stands(session: Session, place: Place) -> Place:
    """The place with the versions that a page would show now."""
    session.rollback()
    target = session.get_one(models.Target, place.target, populate_existing=True)
    anyone = make.viewer(session, session.scalars(select(models.Person)).all()[0])
    contract = agreements.last_version(session, anyone, place.plan)
    plan = session.get_one(models.Plan, place.plan, populate_existing=True)
    versions = {"version": target.version, "plan_version": plan.version, "contract": contract}
    for name, table in VERSIONED.items():
        if row := session.get(table, getattr(place, name), populate_existing=True):
            versions[f"{name}_version"] = row.version
    judged = select(models.Preparedness.version).where(models.Preparedness.phase_id == place.phase)
    answers = select(func.sum(models.PromptAnswer.version)).where(models.PromptAnswer.plan_id == place.plan)
    versions["answers"] = session.scalar(answers) or 0
    checks = select(func.count()).where(models.ProgrammeCheck.plan_id == place.plan)
    versions["checks"] = session.scalar(checks) or 0
    versions["preparedness_version"] = session.scalar(judged) or 0
    return Place(**{**vars(place), **versions})


VERSIONED: dict[str, Any] = {
    "phase": models.Phase,
    "transition_item": models.TransitionItem,
    "draft_part": models.RouteDraftPart,
    "draft_own": models.RouteDraftPart,
    "draft_start": models.RouteDraftPart,
    "draft_breakdown": models.RouteDraftPart,
    "template": models.Template,
    "template_milestone": models.TemplateMilestone,
    "phase_set": models.PhaseSet,
    "prompt": models.Prompt,
    "case": models.Case,
    "case_closed": models.Case,
}


def date_before_today() -> Any:
    from datetime import timedelta

    from tests.factories import TODAY

    return TODAY - timedelta(days=1)


def _wholly_elsewhere(world: World, role: str, where: str) -> Place:
    """The place, with what around it is in the role's scope all the same exchanged for what never was: a
    learner of one's own cohort belongs to a cohort that one sees."""
    place, odd = world.places[where], ODD_IDS["missing"]
    in_scope = [world.places[name] for name in SEES[role]]
    shared = {
        name: odd
        for name in ("department", "cohort")
        if getattr(place, name) in {getattr(one, name) for one in in_scope}
    }
    own_college = {"lane": odd, "kind": odd} if where != "other college" else {}
    return Place(**{**vars(place), **shared, **own_college})


def _leaked(world: World, role: str | None, answer: TestResponse, place: Place) -> set[str]:
    """The columns of which an answer shows something that the role may not see."""
    seen = world.seen(_without_what_was_asked(answer, place))
    return {world.canaries[word].column for word in seen if not world.canaries[word].may_be_seen_by(role)}


def _assert_names_nobody(world: World, log: StringIO) -> None:
    assert log.getvalue()
    assert world.seen(log.getvalue()) == set()


def _text(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8", "replace")


def _without_what_was_asked(answer: TestResponse, place: Place) -> str:
    """An answer may repeat what was asked for."""
    return _text(answer).replace(place.family_name, "")


def _assert_alike(one: tuple[int, str], other: tuple[int, str], asked: str) -> None:
    """Show where two long answers begin to differ."""
    at = next((at for at, pair in enumerate(zip(one[1], other[1], strict=False)) if pair[0] != pair[1]), 0)
    around = slice(max(0, at - 200), at + 200)
    assert (one[0], one[1][around]) == (other[0], other[1][around]), asked
    assert one == other, asked


def _alike(answer: TestResponse, place: Place) -> tuple[int, str]:
    """Status and words of an answer, whatever ids were asked for and whenever."""
    text = _text(answer)
    for value in sorted({str(value) for value in vars(place).values()}, key=len, reverse=True):
        if len(value) > 4:
            text = text.replace(value, "…")
    text = re.sub(r"I[\w-]{20,}\.[\w-]+\.[\w-]+", "token", text)
    text = re.sub(r"\?m=[\w.]+", "", text)
    text = re.sub(r'"end_id": ?"[^"]+"', "end_id", text)
    return answer.status_code, text
