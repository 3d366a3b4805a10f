"""Walls as the server answers them, known by the hash of their token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from data.models import Cohort, Wall, WallBoard, WallCohort
from data.walls import Board


@dataclass(frozen=True, slots=True)
class ShownWall:
    """A wall as the server answers it. `cohorts` are (cohort id, department id)."""

    id: int
    organisation_id: int
    department_id: int | None
    theme: str
    orientation: str
    scale: int
    shows_from: time
    shows_until: time
    expires_on: date
    notice: str
    boards: tuple[Board, ...]
    cohorts: tuple[tuple[int, int], ...]
    revoked: bool


def shown_walls(session: Session) -> dict[str, ShownWall]:
    """{hash of its token: wall}, of every wall in three queries, revoked ones too."""
    boards: dict[int, list[Board]] = defaultdict(list)
    cohorts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for wall_id, kind, seconds in session.execute(
        select(WallBoard.wall_id, WallBoard.kind, WallBoard.seconds).order_by(
            WallBoard.wall_id, WallBoard.position
        )
    ):
        boards[wall_id].append((kind, seconds))
    for wall_id, cohort_id, department_id in session.execute(
        select(WallCohort.wall_id, Cohort.id, Cohort.department_id)
        .join(Cohort, Cohort.id == WallCohort.cohort_id)
        .order_by(WallCohort.wall_id, Cohort.id)
    ):
        cohorts[wall_id].append((cohort_id, department_id))
    return {
        wall.token_hash: ShownWall(
            id=wall.id,
            organisation_id=wall.organisation_id,
            department_id=wall.department_id,
            theme=wall.theme,
            orientation=wall.orientation,
            scale=wall.scale,
            shows_from=wall.shows_from,
            shows_until=wall.shows_until,
            expires_on=wall.expires_on,
            notice=wall.notice,
            boards=tuple(boards[wall.id]),
            cohorts=tuple(cohorts[wall.id]),
            revoked=wall.revoked_at is not None,
        )
        for wall in session.scalars(select(Wall))
    }


def mark_seen(session: Session, seen: Mapping[int, tuple[datetime, str]]) -> None:
    """Write when walls were last seen and from where, of any number of walls in one statement."""
    if not seen:
        return
    session.execute(
        update(Wall)
        .where(Wall.id.in_(seen))
        .values(
            last_seen_at=case({one: at for one, (at, _) in seen.items()}, value=Wall.id),
            last_seen_from=case({one: where for one, (_, where) in seen.items()}, value=Wall.id),
        ),
        execution_options={"synchronize_session": False},
    )
