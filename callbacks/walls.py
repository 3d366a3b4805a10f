"""`/wall/<token>`: a screen's page, and the one address that it asks for its boards, again and again.

A wall's token is its whole sign-in: it comes in the page's address and then in a header, opens the boards of
its wall, and nothing else. docs/decisions/0007-walls.md says why things are as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from threading import Lock

import structlog
from flask import Flask, Response, current_app
from flask import request as flask_request
from sqlalchemy.exc import OperationalError

import bundles
from callbacks.request import database_session, settings, writing_session
from callbacks.wall_cache import REST, Kept, Shared
from components import words
from components.drawing import render
from components.wall_boards import newest, old_data, wall_boards
from data import rules
from data import wall_boards as boards_data
from data.sign_in import hash_of
from data.wall_boards import Figures, Scope
from data.wall_screens import ShownWall, mark_seen, shown_walls
from settings import VERSION

KNOWN_SECONDS = 5
"""How long a revoked wall may go on: less than a refresh."""
FIGURES_SECONDS = 30
SEEN_EVERY = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)
FILES = ("theme.css", "static/icons.css", "heat.css", "static/wall.css", "drawing.js", "static/wall.js")
log = structlog.get_logger("routebook.walls")


@dataclass(frozen=True, slots=True)
class Gone:
    """Why an address shows nothing: in large letters, and what to do."""

    status: int
    heading: str
    advice: str


UNKNOWN = Gone(
    404,
    "This address opens no wall",
    "It may be mistyped, or the wall has a new address. An administrator gives it one under “Walls”.",
)
REVOKED = Gone(
    410, "This wall has been switched off", "An administrator can give it a new address under “Walls”."
)


@dataclass(slots=True)
class Answer:
    """The boards of a wall as they are sent, while the wall and its figures stay the same."""

    wall: ShownWall
    figures: tuple[Figures, ...]
    body: bytes
    etag: str


@dataclass(slots=True)
class Walls:
    """What the server remembers of walls between requests; each worker has its own."""

    known: Shared[None, dict[str, ShownWall]] = field(default_factory=lambda: Shared(KNOWN_SECONDS))
    figures: Shared[Scope, Figures] = field(default_factory=lambda: Shared(FIGURES_SECONDS, rest=REST))
    answers: dict[int, Answer] = field(default_factory=dict)
    seen: dict[int, tuple[datetime, str]] = field(default_factory=dict)
    seen_written_at: datetime = NEVER
    lock: Lock = field(default_factory=Lock)


def wall_page(token: str) -> Response:
    """The page of a wall, without any figure yet; in large letters where the address opens none."""
    wall = _find(token)
    gone = _why_gone(wall)
    page = render(
        "wall.html",
        files=[bundles.file_address(name) for name in FILES],
        theme=wall.theme if wall else "dark",
        gone=gone,
        version=_version(),
        refresh=settings().wall_refresh_seconds,
        blank=settings().wall_blank_minutes * 60,
        nightly=settings().wall_nightly_reload,
    )
    return Response(page, gone.status if gone else 200, mimetype="text/html")


def boards() -> Response:
    """The boards of the wall whose token the header carries, or 304 where they are as they were."""
    wall = _find(flask_request.headers.get("Authorization", "").removeprefix("Bearer "))
    gone = _why_gone(wall)
    if wall is None or gone:
        refusal = gone or UNKNOWN
        content = json.dumps({"gone": refusal.heading, "advice": refusal.advice})
        return Response(content, refusal.status, mimetype="application/json")
    figures = [_figures(scope) for scope in _scopes(wall)]
    answer = _answer(wall, tuple(kept.value for kept in figures))
    _note_seen(wall, figures[0].value)
    response = Response(answer.body, mimetype="application/json")
    response.set_etag(answer.etag)
    ahead = figures[0].value.ahead
    response.headers["X-Wall-Version"] = _version()
    response.headers["X-Wall-Now"] = _milliseconds(datetime.now(UTC) + ahead)
    response.headers["X-Wall-As-At"] = _milliseconds(min(kept.at for kept in figures) + ahead)
    response.make_conditional(flask_request)
    return response


def _walls() -> Walls:
    walls: Walls = current_app.extensions["routebook_walls"]
    return walls


def _find(token: str) -> ShownWall | None:
    def read() -> dict[str, ShownWall]:
        with database_session() as session:
            return shown_walls(session)

    return _walls().known.get(None, read).value.get(hash_of(token))


def _why_gone(wall: ShownWall | None) -> Gone | None:
    if wall is None:
        return UNKNOWN
    if wall.revoked:
        return REVOKED
    if wall.expires_on < _figures(_scopes(wall)[0]).value.today:
        until = words.day(wall.expires_on)
        advice = f"It worked until {until}. An administrator can make it work longer under “Walls”."
        return Gone(410, "This wall's time is over", advice)
    return None


def _scopes(wall: ShownWall) -> list[Scope]:
    """Whose figures a wall is made of: with cohorts of several departments, of each of these."""
    at_least = settings().wall_smallest_group
    departments = sorted({department for _, department in wall.cohorts})
    if not departments:
        return [Scope(wall.organisation_id, wall.department_id, at_least)]
    return [Scope(wall.organisation_id, department, at_least) for department in departments]


def _figures(scope: Scope) -> Kept[Figures]:
    def read() -> Figures:
        chosen, now = settings(), datetime.now(UTC)
        soon = rules.Soon(chosen.target_soon_days, chosen.review_soon_days)
        with database_session() as session:
            day = boards_data.looker(session, scope.organisation_id, now, chosen.today, soon)
            return boards_data.read(session, scope, day, now)

    return _walls().figures.get(scope, read)


def _answer(wall: ShownWall, figures: tuple[Figures, ...]) -> Answer:
    """Made anew only where the wall or its figures changed."""
    kept = _walls().answers.get(wall.id)
    if kept and kept.wall == wall and all(map(_same, kept.figures, figures)):
        return kept
    body = _body(wall, figures)
    made = Answer(wall, figures, body, blake2b(body, digest_size=12).hexdigest())
    _walls().answers[wall.id] = made
    return made


def _same(one: Figures, other: Figures) -> bool:
    return one is other


def _body(wall: ShownWall, figures: tuple[Figures, ...]) -> bytes:
    of = boards_data.together(figures)
    if wall.cohorts:
        of = of.only(frozenset(cohort for cohort, _ in wall.cohorts))
    content = {
        "html": wall_boards(of, wall.boards, notice=wall.notice, scale=wall.scale),
        "newest": newest(of),
        "old": old_data(of, settings().wall_old_data_days),
        "theme": wall.theme,
        "orientation": wall.orientation,
        "scale": wall.scale,
        "from": wall.shows_from.hour * 60 + wall.shows_from.minute,
        "until": wall.shows_until.hour * 60 + wall.shows_until.minute,
        "zone": of.time_zone,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _note_seen(wall: ShownWall, figures: Figures) -> None:
    """Remember when a wall was seen and from where; written for all walls at once, once a minute."""
    walls, now = _walls(), datetime.now(UTC)
    with walls.lock:
        walls.seen[wall.id] = (now + figures.ahead, flask_request.remote_addr or "")
        if now - walls.seen_written_at < SEEN_EVERY:
            return
        seen, walls.seen, walls.seen_written_at = walls.seen, {}, now
    try:
        with writing_session() as session:
            mark_seen(session, seen)
    except OperationalError:  # a wall goes on showing where the database can't be written just now
        log.warning("couldn't write which walls were seen", walls=len(seen))


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _version() -> str:
    """Changes with Routebook, with what a wall loads, and with the settings that its page carries."""
    chosen = settings()
    parts = [VERSION, *(bundles.file_address(name) for name in FILES)]
    parts += [f"{chosen.wall_refresh_seconds} {chosen.wall_blank_minutes} {chosen.wall_nightly_reload}"]
    return blake2b(" ".join(parts).encode(), digest_size=8).hexdigest()


def register(server: Flask) -> None:
    server.extensions["routebook_walls"] = Walls()
    server.add_url_rule("/wall/boards", "wall_boards", boards, methods=["GET"])
    server.add_url_rule("/wall/<token>", "wall_page", wall_page, methods=["GET"])
