"""Two walls, made and hung up: nobody knows their addresses, which were shown once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from data.demo.college import DemoCollege, instant
from data.models import BoardKind
from data.sign_in import hash_of

NOTICE = "Open evening on Thursday, 17:00 to 19:30.\nPlease have your best portfolios out."


def add_walls(college: DemoCollege, department_ids: Sequence[int], random: Random) -> None:
    """One of the first department's staff room, one of the whole college in the corridor."""
    _add(college, random, "Staff room, Engineering block", department_ids[0], "")
    _add(college, random, "Main corridor", None, NOTICE)


def _add(college: DemoCollege, random: Random, name: str, department_id: int | None, notice: str) -> None:
    seen: datetime = instant(random, college.yesterday - timedelta(days=2))
    year_ends = college.today.year + (college.today.month >= 8)
    wall_id = college.rows.add(
        "wall",
        organisation_id=college.organisation_id,
        department_id=department_id,
        name=name,
        shows_from=time(7, 30),
        shows_until=time(18),
        expires_on=date(year_ends, 7, 31),
        notice=notice,
        token_hash=hash_of(str(random.getrandbits(256))),
        made_at=instant(random, college.open_days.on_or_after(college.today - timedelta(days=90))),
        last_seen_at=seen,
        last_seen_from="192.0.2.17" if department_id else "192.0.2.18",
    )
    kinds = [kind for kind in BoardKind if notice or kind != BoardKind.NOTICE]
    for position, kind in enumerate(kinds, 1):
        college.rows.add("wall_board", wall_id=wall_id, position=position, kind=kind, seconds=20)
