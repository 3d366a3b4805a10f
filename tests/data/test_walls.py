"""Walls as people keep them: who may, what a form may say, and a token that is nowhere but in the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from data import models, walls
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import BoardKind, Wall
from data.scope import Viewer
from data.sign_in import hash_of
from data.wall_screens import mark_seen, shown_walls
from tests import factories as make
from tests.counting import statements

VALUES = {
    "name": "Staff room",
    "where": "organisation",
    "shows-coverage": "1",
    "seconds-coverage": "20",
    "theme": "dark",
    "orientation": "landscape",
    "scale": "100",
    "shows_from": "07:30",
    "shows_until": "18:00",
    "expires_on": "2027-07-31",
}


def typed(**values: Any) -> Typed:
    sent = VALUES | {name.replace("__", "-"): value for name, value in values.items()}
    return Typed({name: value if isinstance(value, list) else [str(value)] for name, value in sent.items()})


@pytest.fixture
def organisation(session: Session) -> models.Organisation:
    return make.organisation(session)


@pytest.fixture
def administrator(session: Session, organisation: models.Organisation) -> Viewer:
    return make.viewer(session, make.person(session, organisation, "administrator"))


def head_of(session: Session, department: models.Department) -> Viewer:
    organisation = session.get_one(models.Organisation, department.organisation_id)
    return make.viewer(
        session, make.person(session, organisation, "head-of-department", department=department)
    )


def test_a_wall_is_made_with_a_long_random_token_of_which_only_a_hash_is_kept(
    session: Session, administrator: Viewer
) -> None:
    _, token = walls.make_wall(session, administrator, typed())
    wall_id, other = walls.make_wall(session, administrator, typed())
    assert token != other
    assert len(token) * 6 >= 128
    session.flush()
    stored = session.execute(text("SELECT * FROM wall")).all()
    assert token not in repr(stored)
    assert hash_of(other) == session.get_one(Wall, wall_id).token_hash
    assert shown_walls(session)[hash_of(other)].boards == (("coverage", 20),)


def test_a_wall_comes_back_as_it_was_typed(session: Session, administrator: Viewer) -> None:
    sent = typed(shows__notice="1", seconds__notice="45", notice="Open evening", theme="light", scale="125")
    wall_id, _ = walls.make_wall(session, administrator, sent)
    values = walls.open_wall(session, administrator, wall_id).values
    assert values.boards == (("coverage", 20), ("notice", 45))
    assert (values.theme, values.scale, values.notice) == ("light", 125, "Open evening")
    assert (values.shows_from, values.shows_until) == (time(7, 30), time(18))
    assert values.expires_on == date(2027, 7, 31)


UNWORKABLE: list[tuple[str, Any]] = [
    ("name", ""),
    ("where", "12345"),
    ("where", ""),
    ("seconds-coverage", "4"),
    ("seconds-coverage", "x"),
    ("theme", "pink"),
    ("orientation", "round"),
    ("scale", "90"),
    ("shows_from", "25:00"),
    ("shows_until", "noon"),
    ("expires_on", "2027-01-10"),
    ("expires_on", ""),
    ("cohort", ["12345"]),
]


def test_a_wall_that_could_not_work_is_refused_at_its_field(session: Session, administrator: Viewer) -> None:
    for field, value in UNWORKABLE:
        with pytest.raises(Refused) as refused:
            walls.make_wall(session, administrator, typed(**{field: value}))
        assert refused.value.field == field, value


def test_a_wall_needs_a_board_and_the_notices_board_a_notice(session: Session, administrator: Viewer) -> None:
    with pytest.raises(Refused, match="at least one board"):
        walls.make_wall(session, administrator, typed(**{"shows-coverage": ""}))
    with pytest.raises(Refused, match="write the notice"):
        walls.make_wall(session, administrator, typed(shows__notice="1", seconds__notice="20"))
    with pytest.raises(Refused, match="upright screen"):
        walls.make_wall(session, administrator, typed(orientation="portrait", scale="125"))


def test_a_notice_that_names_a_learner_is_refused(
    session: Session, organisation: models.Organisation, administrator: Viewer
) -> None:
    department = make.department(session, organisation)
    learner = make.learner(
        session, organisation, given_name="Amara", family_name="O'Neill-Osei", reference="L 77"
    )
    make.enrolment(session, learner, make.cohort(session, department))
    for notice in ("Well done, AMARA  o’neill Osei!", "Well done, L-77."):
        with pytest.raises(Refused, match="names a learner") as refused:
            walls.make_wall(session, administrator, typed(notice=notice))
        assert refused.value.field == "notice"
    walls.make_wall(session, administrator, typed(notice="Well done, all of Amarant House"))


def test_a_head_keeps_the_walls_of_the_own_department_only(
    session: Session, organisation: models.Organisation, administrator: Viewer
) -> None:
    own, other = make.department(session, organisation), make.department(session, organisation)
    theirs = make.cohort(session, other)
    head = head_of(session, own)
    wall_id, _ = walls.make_wall(session, head, typed(where=own.id))
    for sent in (
        typed(where=other.id),
        typed(where="organisation"),
        typed(where=own.id, cohort=[str(theirs.id)]),
    ):
        with pytest.raises(Refused):
            walls.make_wall(session, head, sent)
    elsewhere, _ = walls.make_wall(session, administrator, typed(where=other.id))
    everywhere, _ = walls.make_wall(session, administrator, typed())
    assert [wall.id for wall in walls.list_walls(session, head)] == [wall_id]
    assert {wall.id for wall in walls.list_walls(session, administrator)} == {wall_id, elsewhere, everywhere}
    for forbidden in (elsewhere, everywhere):
        for act in (walls.open_wall, walls.renew_wall, walls.revoke_wall):
            with pytest.raises(NotFound):
                act(session, head, forbidden)
        with pytest.raises(NotFound):
            walls.change_wall(session, head, forbidden, typed(version=1))


def test_nobody_else_keeps_walls(session: Session, organisation: models.Organisation) -> None:
    for role in ("tutor", "teacher", "quality-lead", "learning-support-lead", "learner"):
        viewer = make.viewer(session, make.person(session, organisation, role))
        for act in (walls.list_walls, walls.choices):
            with pytest.raises(NotFound):
                act(session, viewer)
        with pytest.raises(NotFound):
            walls.make_wall(session, viewer, typed())


def test_the_second_of_two_who_change_a_wall_is_told(session: Session, administrator: Viewer) -> None:
    wall_id, _ = walls.make_wall(session, administrator, typed())
    walls.change_wall(session, administrator, wall_id, typed(version=1, notice="First"))
    with pytest.raises(ChangedElsewhere) as theirs:
        walls.change_wall(session, administrator, wall_id, typed(version=1, notice="Second"))
    assert (theirs.value.version, theirs.value.theirs["notice"]) == (2, "First")
    walls.change_wall(session, administrator, wall_id, typed(version=2, notice="Second"))
    assert walls.open_wall(session, administrator, wall_id).values.notice == "Second"


def test_a_new_address_makes_the_old_one_worthless_and_brings_a_revoked_wall_back(
    session: Session, administrator: Viewer
) -> None:
    wall_id, old = walls.make_wall(session, administrator, typed())
    assert walls.revoke_wall(session, administrator, wall_id) == "Staff room"
    session.flush()
    assert shown_walls(session)[hash_of(old)].revoked
    new = walls.renew_wall(session, administrator, wall_id)
    session.flush()
    assert hash_of(old) not in shown_walls(session)
    assert not shown_walls(session)[hash_of(new)].revoked


def test_any_number_of_walls_is_read_and_marked_as_seen_in_the_same_few_statements(
    session: Session, organisation: models.Organisation
) -> None:
    ids = [make.wall(session, organisation, *BoardKind).id for _ in range(30)]
    session.commit()
    at = datetime(2027, 1, 11, 10, 42, tzinfo=UTC)
    with statements(session) as ran:
        assert len(shown_walls(session)) == 30
        mark_seen(session, {one: (at, f"192.0.2.{one}") for one in ids[:29]})
    assert len([one for one in ran if not one.startswith("BEGIN")]) == 4
    session.commit()
    seen = {wall.id: (wall.last_seen_at, wall.last_seen_from) for wall in session.scalars(select(Wall))}
    assert seen[ids[0]] == (at, f"192.0.2.{ids[0]}")
    assert seen[ids[29]] == (None, None)
