"""The whole plan on paper and to take along: all of it, for who may read it, and nothing of anyone else."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

from dash import Dash
from sqlalchemy.orm import Session

from tests.callbacks.college import build
from tests.callbacks.visiting import Visitor


def test_the_learner_takes_a_page_and_json_along_that_need_nothing_else(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    place = world.places["here"]
    learner = new_visitor()
    learner.sign_in(world.people["learner"])
    answer = learner.get(f"/learner/{place.learner}/plan.zip")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=plan-")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["plan.html", "plan.json", "read-me.txt"]
        page, plan = archive.read("plan.html").decode(), json.loads(archive.read("plan.json"))
    assert "<link" not in page
    assert "<script" not in page
    assert "form" not in page.split("</style>")[1].split("<main")[0]
    written = {world.canaries[word].column for word in world.seen(page)}
    assert {"target.title", "target.criteria", "step.text", "reflection.learned", "support.what"} <= written
    assert {word for word in world.seen(page) if not world.canaries[word].may_be_seen_by("learner")} == set()
    assert [target["id"] for target in plan["targets"] if target["id"] == place.target] == [place.target]
    assert not any(name in json.dumps(plan) for name in ('"version"', '"may_', "password"))


def test_the_printed_plan_shows_staff_what_they_may_read_and_nothing_more(
    app: Dash, college: Session, password_hash: str, new_visitor: Callable[..., Visitor]
) -> None:
    world = build(college, password_hash)
    for role in ("tutor", "head-of-department", "learner"):
        someone = new_visitor()
        someone.sign_in(world.people[role])
        answer = someone.get(f"/learner/{world.places['here'].learner}/plan/print")
        assert answer.status_code == 200
        seen = world.seen(answer.text)
        assert "target.note" in {world.canaries[word].column for word in seen}
        assert {word for word in seen if not world.canaries[word].may_be_seen_by(role)} == set()
