"""Supports with their sessions, barriers with what they lead to, help from outside, plans kept elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from data.demo.college import instant
from data.demo.curriculum import WORDS
from data.demo.enrolled import Enrolled
from data.models import Confidential

SUPPORTED = 0.24
BARRED = 0.2
HELPED = 0.05
LINKED = 0.06
CONSENTED, WITHDRAWN = 0.8, 0.15
ANSWERED = 0.75
SIX = "six sessions"


@lru_cache
def _words() -> dict[str, Any]:
    return tomllib.loads((WORDS / "beside" / "support.toml").read_text(encoding="utf-8"))


def add_support_and_barriers(enrolled: Enrolled) -> None:
    """What a learner who isn't written by hand gets, or doesn't."""
    readable = _add_supports(enrolled)
    _add_barrier(enrolled, readable)
    if enrolled.college.full:
        own = Random(f"{enrolled.plan_id} help")
        _add_help_and_plans(enrolled, own)


def _add_supports(enrolled: Enrolled) -> list[tuple[int, int]]:
    """Services promised and delivered; now and then none came of it. The answer: (id, level) of each."""
    random = enrolled.random
    if random.random() > SUPPORTED:
        return []
    added = []
    for wording in random.sample(enrolled.college.words.supports, random.choice((1, 1, 1, 2))):
        from_on = _open_day(enrolled, random)
        until_on = from_on + timedelta(weeks=random.choice((6, 10, 12, 30)))
        most = random.choice((6, 8, 10, 12)) if wording.how_often != SIX else 6
        turned_up = random.choice((0.0, 0.6, 0.8, 0.9, 1.0, 1.0))
        lane = random.choice(("academic", "academic", "personal"))
        own = Random(f"{enrolled.plan_id} {wording.what}")
        days = session_days(enrolled, wording.how_often, from_on, until_on)[:most]
        held = _sessions(enrolled, days, turned_up, own) if turned_up else []
        support_id = add_support(
            enrolled,
            lane=lane,
            what=wording.what,
            by_whom=wording.by_whom,
            how_often=wording.how_often,
            from_on=from_on,
            until_on=until_on if random.random() < 0.8 else None,
            confidentiality=wording.confidentiality,
            planned=len(days),
            sessions=held,
        )
        added.append((support_id, wording.confidentiality))
    return added


def add_support(
    enrolled: Enrolled,
    *,
    lane: str,
    planned: int,
    sessions: Iterable[tuple[date, bool, str]],
    **values: Any,
) -> int:
    """A support with its sessions as (day, delivered, note), counted; the answer is its id."""
    held = list(sessions)
    rows = enrolled.college.rows
    support_id = rows.add(
        "support",
        plan_id=enrolled.plan_id,
        lane_id=enrolled.college.lanes[lane],
        sessions_planned=planned,
        sessions_delivered=sum(delivered for _, delivered, _ in held),
        **values,
    )
    if enrolled.college.full:
        for day, delivered, note in held:
            rows.add("support_session", support_id=support_id, held_on=day, delivered=delivered, note=note)
        _created(enrolled, Confidential.SUPPORT, support_id, values["what"], values["from_on"])
    return support_id


def session_days(enrolled: Enrolled, how_often: str, from_on: date, until_on: date) -> list[date]:
    """The open days on which sessions are planned; none for what doesn't come in sessions."""
    every = next(
        (days for often, days in _words()["days_between"].items() if how_often.startswith(often)), None
    )
    if every is None:
        return []
    wanted = (from_on + timedelta(days=every * n) for n in range((until_on - from_on).days // every + 1))
    return sorted({enrolled.college.open_days.on_or_after(day) for day in wanted})


def _sessions(
    enrolled: Enrolled, days: Iterable[date], turned_up: float, random: Random
) -> list[tuple[date, bool, str]]:
    """What became of the planned days that have passed, breaks in learning aside."""
    words, life = _words()["sessions"], enrolled.life
    sessions = []
    for day in days:
        if day <= life.seen_until and not life.away(day):
            delivered = random.random() < turned_up
            sessions.append((day, delivered, random.choice(words["held" if delivered else "missed"])))
    return sessions


def _add_barrier(enrolled: Enrolled, supports: list[tuple[int, int]]) -> None:
    random, life = enrolled.random, enrolled.life
    if random.random() > BARRED:
        return
    wording = random.choice(enrolled.college.words.barriers)
    from_on = _open_day(enrolled, random)
    passed_on = from_on + timedelta(days=random.randint(10, 70))
    passed = passed_on <= life.seen_until and random.random() < 0.85
    own = Random(f"{enrolled.plan_id} {wording.what}")
    leads_to = next((support_id for support_id, level in supports if level <= wording.confidentiality), None)
    why_not = own.choice(_words()["barriers"]["why_not"])
    answered = leads_to is not None or own.random() < ANSWERED
    add_barrier(
        enrolled,
        lane="personal" if wording.kind == "personal" else "academic",
        kind=wording.kind,
        what=wording.what,
        from_on=from_on,
        passed_on=passed_on if passed else None,
        how_passed=wording.how_passed if passed else "",
        confidentiality=wording.confidentiality,
        answer={"support_id": leads_to} if leads_to else {"why_not": why_not} if answered else {},
    )


def add_barrier(
    enrolled: Enrolled, *, lane: str, answer: dict[str, Any], by_id: int | None = None, **values: Any
) -> None:
    """A barrier with what it leads to, named by the tutor or by the learner `by_id`."""
    rows = enrolled.college.rows
    barrier_id = rows.add(
        "barrier",
        plan_id=enrolled.plan_id,
        lane_id=enrolled.college.lanes[lane],
        named_by_learner=by_id is not None,
        **values,
    )
    if not enrolled.college.full:
        return
    _created(enrolled, Confidential.BARRIER, barrier_id, values["what"], values["from_on"], by_id)
    if answer:
        rows.add("barrier_answer", barrier_id=barrier_id, **answer)


def _add_help_and_plans(enrolled: Enrolled, random: Random) -> None:
    words, life = _words(), enrolled.life
    if random.random() < HELPED:
        wording = random.choice(words["helping"])
        from_on = _open_day(enrolled, random)
        consent_on = from_on if random.random() < CONSENTED else None
        withdrawn_on = from_on + timedelta(days=30)
        withdrawn = consent_on and withdrawn_on <= life.seen_until and random.random() < WITHDRAWN
        add_help(
            enrolled,
            **{name: wording[name] for name in ("what", "agency", "contact_name", "contact")},
            from_on=from_on,
            consent_on=consent_on,
            consent_by=wording["by"] if consent_on else "",
            withdrawn_on=withdrawn_on if withdrawn else None,
            confidentiality=3,
        )
    if random.random() < LINKED:
        linked = dict(random.choice(words["linked"]))
        linked["reference"] = linked["reference"].format(number=random.randint(1000, 9999))
        add_linked_plan(enrolled, life.starts_on, **linked)


def add_help(enrolled: Enrolled, **values: Any) -> None:
    """Help from outside, with consent or without."""
    help_id = enrolled.college.rows.add("external_help", plan_id=enrolled.plan_id, **values)
    named = f"{values['what']}, {values['agency']}"
    _created(enrolled, Confidential.EXTERNAL_HELP, help_id, named, values["from_on"])


def add_linked_plan(enrolled: Enrolled, noted_on: date, **values: Any) -> None:
    """Where another plan is kept and whom to ask."""
    linked_id = enrolled.college.rows.add("linked_plan", plan_id=enrolled.plan_id, **values)
    _created(enrolled, Confidential.LINKED_PLAN, linked_id, values["reference"], noted_on)


def _created(
    enrolled: Enrolled, about: Confidential, row_id: int, named: str, on: date, by_id: int | None = None
) -> None:
    """The first line of a row's history, on an open day."""
    enrolled.college.rows.add(
        "support_change",
        plan_id=enrolled.plan_id,
        about=about.value,
        row_id=row_id,
        field="created",
        new=named,
        origin="demo",
        by_id=by_id or enrolled.tutor_id,
        at=instant(Random(f"{about} {row_id}"), enrolled.college.open_days.on_or_before(on)),
    )


def _open_day(enrolled: Enrolled, random: Random) -> date:
    """Any open day of the learner's time so far."""
    life = enrolled.life
    day = life.starts_on + timedelta(days=random.randint(0, max(0, (life.seen_until - life.starts_on).days)))
    return max(life.starts_on, enrolled.college.open_days.on_or_before(day))
