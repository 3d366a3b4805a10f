"""Walls as people keep them: made, changed, given a new address, revoked.

An administrator keeps every wall of the organisation, a head those of the own department: who may change the
plans of all whom a wall shows. A wall isn't a person: its token opens its boards and nothing else.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    BoardKind,
    Cohort,
    Department,
    Learner,
    Orientation,
    Person,
    Reach,
    Theme,
    Wall,
    WallBoard,
    WallCohort,
    Writes,
)
from data.scope import Viewer, cohorts_seen_by, departments_seen_by, learners_seen_by
from data.sign_in import hash_of

TOKEN_BYTES = 32
SCALES = (100, 110, 125)
SHORTEST_SECONDS, LONGEST_SECONDS = 5, 600
LONGEST_NOTICE = 400
WHOLE_ORGANISATION = "organisation"
WORD = re.compile(r"[^\W_]+")
Board = tuple[str, int]
"""(kind of `BoardKind`, seconds)"""


@dataclass(frozen=True, slots=True)
class WallValues:
    """What a form says of a wall, and what an open form shows; `where` is a department's id, or
    WHOLE_ORGANISATION. Without `cohort_ids` all cohorts are meant."""

    name: str
    where: str
    cohort_ids: tuple[int, ...]
    boards: tuple[Board, ...]
    theme: str
    orientation: str
    scale: int
    shows_from: time
    shows_until: time
    expires_on: date
    notice: str


@dataclass(frozen=True, slots=True)
class ListedWall:
    """A wall in the list of those who keep it. `about` is what it shows, in a word."""

    id: int
    name: str
    about: str
    boards: int
    expires_on: date
    expired: bool
    made_by: str
    made_at: datetime
    revoked_at: datetime | None
    last_seen_at: datetime | None
    last_seen_from: str


@dataclass(frozen=True, slots=True)
class CohortChoice:
    id: int
    department_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What a wall of the viewer's can show."""

    organisation: bool
    departments: tuple[tuple[int, str], ...]
    cohorts: tuple[CohortChoice, ...]


@dataclass(frozen=True, slots=True)
class OpenWall:
    """A wall to change."""

    id: int
    version: int
    values: WallValues


def may_keep_walls(viewer: Viewer) -> bool:
    return any(
        grant.writes == Writes.PLANS and grant.reach in (Reach.ORGANISATION, Reach.DEPARTMENT)
        for grant in viewer.grants
    )


def keeps_every_wall(viewer: Viewer) -> bool:
    return any(grant.writes == Writes.PLANS and grant.reach == Reach.ORGANISATION for grant in viewer.grants)


def walls_kept_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Wall`: those that the viewer may change."""
    ours = Wall.organisation_id == viewer.organisation_id
    if keeps_every_wall(viewer):
        return ours
    own = [
        grant.department_id
        for grant in viewer.grants
        if grant.reach == Reach.DEPARTMENT and grant.writes == Writes.PLANS and grant.department_id
    ]
    return and_(ours, Wall.department_id.in_(own))


def list_walls(session: Session, viewer: Viewer) -> list[ListedWall]:
    """By name, those that work first; raises NotFound for who keeps none."""
    _require_keeper(viewer)
    boards: dict[int, int] = defaultdict(int)
    cohorts: dict[int, list[str]] = defaultdict(list)
    kept = select(Wall.id).where(walls_kept_by(viewer))
    for wall_id in session.scalars(select(WallBoard.wall_id).where(WallBoard.wall_id.in_(kept))):
        boards[wall_id] += 1
    for wall_id, code in session.execute(
        select(WallCohort.wall_id, Cohort.code)
        .join(Cohort, Cohort.id == WallCohort.cohort_id)
        .where(WallCohort.wall_id.in_(kept))
        .order_by(Cohort.code)
    ):
        cohorts[wall_id].append(code)
    rows = session.execute(
        select(Wall, Department.name, Person.name)
        .outerjoin(Department, Department.id == Wall.department_id)
        .outerjoin(Person, Person.id == Wall.made_by_id)
        .where(walls_kept_by(viewer))
        .order_by(Wall.name, Wall.id)
    )
    found = [
        ListedWall(
            id=wall.id,
            name=wall.name,
            about=", ".join(cohorts[wall.id]) or department or viewer.organisation_name,
            boards=boards[wall.id],
            expires_on=wall.expires_on,
            expired=wall.expires_on < viewer.today,
            made_by=made_by or "the command line",
            made_at=wall.made_at,
            revoked_at=wall.revoked_at,
            last_seen_at=wall.last_seen_at,
            last_seen_from=wall.last_seen_from or "",
        )
        for wall, department, made_by in rows
    ]
    return sorted(found, key=lambda wall: (wall.revoked_at is not None, wall.expired))


def choices(session: Session, viewer: Viewer) -> Choices:
    """The departments and cohorts that the viewer can put on a wall; NotFound for who keeps none."""
    _require_keeper(viewer)
    departments = session.execute(
        select(Department.id, Department.name).where(departments_seen_by(viewer)).order_by(Department.name)
    )
    kept = tuple((one.id, one.name) for one in departments)
    cohorts = session.execute(
        select(Cohort.id, Cohort.department_id, Cohort.code)
        .where(cohorts_seen_by(viewer), Cohort.department_id.in_([one for one, _ in kept]))
        .order_by(Cohort.code)
    )
    return Choices(keeps_every_wall(viewer), kept, tuple(CohortChoice(*row) for row in cohorts))


def open_wall(session: Session, viewer: Viewer, wall_id: int) -> OpenWall:
    """Raises NotFound where the viewer keeps no such wall."""
    wall = _kept(session, viewer, wall_id)
    boards = session.execute(
        select(WallBoard.kind, WallBoard.seconds)
        .where(WallBoard.wall_id == wall_id)
        .order_by(WallBoard.position)
    )
    cohorts = session.scalars(select(WallCohort.cohort_id).where(WallCohort.wall_id == wall_id))
    values = WallValues(
        name=wall.name,
        where=str(wall.department_id or WHOLE_ORGANISATION),
        cohort_ids=tuple(sorted(cohorts)),
        boards=tuple((kind, seconds) for kind, seconds in boards),
        theme=wall.theme,
        orientation=wall.orientation,
        scale=wall.scale,
        shows_from=wall.shows_from,
        shows_until=wall.shows_until,
        expires_on=wall.expires_on,
        notice=wall.notice,
    )
    return OpenWall(wall.id, wall.version, values)


def make_wall(session: Session, viewer: Viewer, typed: Typed) -> tuple[int, str]:
    """(the new wall's id, its token); the token is nowhere else, and can't be read again.

    Raises Refused with what to do.
    """
    values = _values(session, viewer, typed)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    wall = Wall(
        organisation_id=viewer.organisation_id,
        token_hash=hash_of(token),
        made_by_id=viewer.person_id or None,
        made_at=viewer.now,
        **_columns(values),
    )
    session.add(wall)
    session.flush()
    _write_parts(session, wall.id, values)
    return wall.id, token


def change_wall(session: Session, viewer: Viewer, wall_id: int, typed: Typed) -> None:
    """Raises NotFound, Refused, or ChangedElsewhere with the values that stand there now."""
    wall = _kept(session, viewer, wall_id)
    values = _values(session, viewer, typed)
    if typed.version() != wall.version:
        theirs = open_wall(session, viewer, wall_id).values
        raise ChangedElsewhere(wall.version, {"name": theirs.name, "notice": theirs.notice})
    for column, value in _columns(values).items():
        setattr(wall, column, value)
    wall.version += 1
    session.execute(delete(WallBoard).where(WallBoard.wall_id == wall_id))
    session.execute(delete(WallCohort).where(WallCohort.wall_id == wall_id))
    _write_parts(session, wall_id, values)


def renew_wall(session: Session, viewer: Viewer, wall_id: int) -> str:
    """A new token for a wall, also for one that was revoked; the old one is worth nothing from now on."""
    wall = _kept(session, viewer, wall_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    wall.token_hash = hash_of(token)
    wall.revoked_at = wall.last_seen_at = wall.last_seen_from = None
    wall.version += 1
    return token


def revoke_wall(session: Session, viewer: Viewer, wall_id: int) -> str:
    """The wall's name; its screen says so at its next refresh."""
    wall = _kept(session, viewer, wall_id)
    if wall.revoked_at is None:
        wall.revoked_at = viewer.now
        wall.version += 1
    return wall.name


# --- helpers -------------------------------------------------------------------------------------------


def _require_keeper(viewer: Viewer) -> None:
    if not may_keep_walls(viewer):
        raise NotFound


def _kept(session: Session, viewer: Viewer, wall_id: int) -> Wall:
    wall = session.scalar(select(Wall).where(Wall.id == wall_id, walls_kept_by(viewer)))
    if wall is None:
        raise NotFound
    return wall


def _values(session: Session, viewer: Viewer, typed: Typed) -> WallValues:
    possible = choices(session, viewer)
    places = [str(one) for one, _ in possible.departments]
    places += [WHOLE_ORGANISATION] if possible.organisation else []
    where = typed.choice("where", places, required="Please choose what the wall shows.")
    values = WallValues(
        name=typed.line("name", required="Please name the wall by where it hangs."),
        where=where,
        cohort_ids=_cohort_ids(typed, possible, where),
        boards=_boards(typed),
        theme=typed.choice("theme", Theme, required="Please choose light or dark."),
        orientation=typed.choice("orientation", Orientation, required="Please choose how the screen hangs."),
        scale=int(typed.choice("scale", map(str, SCALES), required="Please choose a size.")),
        shows_from=_time(typed, "shows_from"),
        shows_until=_time(typed, "shows_until"),
        expires_on=_expiry(typed, viewer.today),
        notice=typed.text("notice", longest=LONGEST_NOTICE),
    )
    if values.orientation == Orientation.PORTRAIT and values.scale != SCALES[0]:
        raise Refused(f"An upright screen has room for a size of {SCALES[0]}% only.", "scale")
    if any(kind == BoardKind.NOTICE for kind, _ in values.boards) and not values.notice:
        raise Refused("Please write the notice, or leave its board out.", "notice")
    _refuse_names(session, viewer, values.notice)
    return values


def _cohort_ids(typed: Typed, possible: Choices, where: str) -> tuple[int, ...]:
    known = {
        str(cohort.id): cohort.id
        for cohort in possible.cohorts
        if where in (WHOLE_ORGANISATION, str(cohort.department_id))
    }
    chosen = typed.all("cohort")
    if any(one not in known for one in chosen):
        raise Refused("Please choose cohorts of the department that the wall shows.", "cohort")
    return tuple(sorted({known[one] for one in chosen}))


def _boards(typed: Typed) -> tuple[Board, ...]:
    boards = []
    for kind in BoardKind:
        if typed.ticked(f"shows-{kind}"):
            seconds = typed.number(
                f"seconds-{kind}", SHORTEST_SECONDS, LONGEST_SECONDS, required="For how many seconds?"
            )
            boards.append((kind.value, seconds or SHORTEST_SECONDS))
    if not boards:
        raise Refused("Please choose at least one board.", "boards")
    return tuple(boards)


def _time(typed: Typed, field: str) -> time:
    sent = typed.line(field, required="Please give a time.")
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", sent):
        raise Refused("Please write the time as 07:30.", field)
    try:
        return time.fromisoformat(sent)
    except ValueError:
        raise Refused("Please write the time as 07:30.", field) from None


def _expiry(typed: Typed, today: date) -> date:
    expires_on = typed.day("expires_on", required="Please say until when the wall shall work.")
    if expires_on is None or expires_on < today:
        raise Refused("Please choose a day that hasn't passed.", "expires_on")
    return expires_on


def _refuse_names(session: Session, viewer: Viewer, notice: str) -> None:
    """A notice is read by whoever comes into the room: it names no learner."""
    said = _words_of(notice)
    if not said.strip():
        return
    rows = session.execute(
        select(Learner.given_name, Learner.family_name, Learner.reference).where(learners_seen_by(viewer))
    )
    for given, family, reference in rows:
        for meant in (f"{given} {family}", reference):
            words = _words_of(meant)
            if words.strip() and words in said:
                raise Refused(
                    f"The notice names a learner, “{meant}”, and everyone in the room reads it."
                    " Please write it without the name.",
                    "notice",
                )


def _words_of(text: str) -> str:
    """In small letters, with a space before, between and after."""
    return f" {' '.join(WORD.findall(text.lower()))} "


def _columns(values: WallValues) -> dict[str, object]:
    return {
        "name": values.name,
        "department_id": None if values.where == WHOLE_ORGANISATION else int(values.where),
        "theme": values.theme,
        "orientation": values.orientation,
        "scale": values.scale,
        "shows_from": values.shows_from,
        "shows_until": values.shows_until,
        "expires_on": values.expires_on,
        "notice": values.notice,
    }


def _write_parts(session: Session, wall_id: int, values: WallValues) -> None:
    session.add_all(
        WallBoard(wall_id=wall_id, position=position, kind=kind, seconds=seconds)
        for position, (kind, seconds) in enumerate(values.boards, 1)
    )
    session.add_all(WallCohort(wall_id=wall_id, cohort_id=one) for one in values.cohort_ids)
    session.flush()
