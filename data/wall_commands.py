"""Walls by the command line: the same forms as on the page, filled in by options."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from data import walls
from data.college import the_organisation
from data.errors import Refused
from data.form_values import Typed
from data.models import BoardKind, Reach, Writes
from data.scope import Grant, Viewer
from data.walls import WHOLE_ORGANISATION, Choices, ListedWall

NOBODY = 0
A_YEAR = timedelta(days=365)


def add(
    session: Session,
    name: str,
    *,
    today: date,
    department: str | None,
    cohorts: Iterable[str],
    boards: str,
    expires: str | None,
    **others: str,
) -> str:
    """The token of a new wall; raises Refused with what to do."""
    viewer = _operator(session, today)
    possible = walls.choices(session, viewer)
    where = _department(possible, department)
    sent = {
        "name": [name],
        "where": [where],
        "cohort": [_cohort(possible, where, code) for code in cohorts],
        "expires_on": [expires or (today + A_YEAR).isoformat()],
        **{field: [value] for field, value in others.items()},
        **_boards(boards),
    }
    return walls.make_wall(session, viewer, Typed(sent))[1]


def lines(session: Session, *, today: date) -> list[str]:
    """A line for each wall."""
    viewer = _operator(session, today)
    return [_line(wall, ZoneInfo(viewer.time_zone)) for wall in walls.list_walls(session, viewer)]


def revoke(session: Session, wall_id: int, *, today: date) -> str:
    """The wall's name; raises NotFound where there is none."""
    return walls.revoke_wall(session, _operator(session, today), wall_id)


def _operator(session: Session, today: date) -> Viewer:
    """Who has the server's own command line keeps every wall."""
    organisation = the_organisation(session)
    return Viewer(
        person_id=NOBODY,
        organisation_id=organisation.id,
        name="",
        today=today,
        grants=(Grant("operator", "operator", Reach.ORGANISATION, Writes.PLANS, 0),),
        organisation_name=organisation.name,
        time_zone=organisation.time_zone,
        time_of_day=datetime.now(UTC).astimezone(ZoneInfo(organisation.time_zone)).timetz(),
    )


def _department(possible: Choices, name: str | None) -> str:
    if name is None:
        return WHOLE_ORGANISATION
    for department_id, known in possible.departments:
        if known == name:
            return str(department_id)
    listed = ", ".join(known for _, known in possible.departments) or "none yet"
    raise Refused(f"There is no department “{name}”. There are: {listed}.", "department")


def _cohort(possible: Choices, where: str, code: str) -> str:
    found = [
        cohort.id
        for cohort in possible.cohorts
        if cohort.code == code and where in (WHOLE_ORGANISATION, str(cohort.department_id))
    ]
    if len(found) != 1:
        many = "More than one cohort has" if found else "No cohort there has"
        raise Refused(f"{many} the code “{code}”. Name its department with --department.", "cohort")
    return str(found[0])


def _boards(text: str) -> dict[str, list[str]]:
    """`coverage:20,overdue:30` as the form sends it."""
    sent = {}
    for part in text.split(","):
        kind, _, seconds = part.strip().partition(":")
        if kind not in set(BoardKind):
            raise Refused(f"There is no board “{kind}”. There are: {', '.join(BoardKind)}.", "boards")
        sent[f"shows-{kind}"] = ["1"]
        sent[f"seconds-{kind}"] = [seconds or "20"]
    return sent


def _line(wall: ListedWall, zone: ZoneInfo) -> str:
    if wall.revoked_at:
        state = f"revoked {wall.revoked_at.astimezone(zone):%Y-%m-%d}"
    elif wall.expired:
        state = f"expired {wall.expires_on}"
    else:
        state = f"works until {wall.expires_on}"
    seen = "never seen"
    if wall.last_seen_at:
        seen = f"last seen {wall.last_seen_at.astimezone(zone):%Y-%m-%d %H:%M} from {wall.last_seen_from}"
    return f"{wall.id}  {wall.name}: {wall.about}; {state}; {seen}"
