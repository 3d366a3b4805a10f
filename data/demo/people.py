"""The people around the demo's plans, their links and comments, and when its learners were born."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege, instant
from data.demo.curriculum import WORDS
from data.demo.names import draw_name
from data.sign_in import hash_of

AGES = (16, 16, 16, 16, 16, 17, 17, 17, 18, 19, 22, 27)
"""Years of age when the course begins, as they come in a college."""
PARENT, COMMENTS, EMPLOYER, AGENCY, STAFF = 0.3, 0.25, 0.08, 0.05, 0.12
CONSENTS, LINKED, LINK_DAYS = 0.8, 0.6, 320


@dataclass(frozen=True)
class Around:
    """A plan whose people are being added."""

    plan_id: int
    family: str
    tutor_id: int | None
    person_id: int | None
    born_on: date | None
    starts_on: date
    seen_until: date
    random: Random

    def day(self, share: float) -> date:
        """The day on which a share of the time so far has gone by."""
        return self.starts_on + (self.seen_until - self.starts_on) * share


def born_on(reference: str, starts_on: date) -> date:
    """When a learner was born, the same for the same reference."""
    random = Random(f"born {reference}")
    return starts_on - timedelta(days=round(365.25 * random.choice(AGES)) + random.randrange(360))


def add_people(college: DemoCollege, session: Session, seed: int) -> None:
    """People around some of the plans, and around that of the learner who signs in."""
    for around in _plans(session, college.yesterday, seed):
        if around.person_id is not None:
            _add_amara(college, around)
        else:
            _add_as_chance_has_it(college, around)


@lru_cache
def _words() -> dict[str, Any]:
    return tomllib.loads((WORDS / "beside" / "people.toml").read_text(encoding="utf-8"))


def _plans(session: Session, yesterday: date, seed: int) -> list[Around]:
    rows = session.execute(
        select(
            models.Enrolment.id,
            models.Enrolment.tutor_id,
            models.Enrolment.starts_on,
            models.Enrolment.ended_on,
            models.Learner.person_id,
            models.Learner.family_name,
            models.Learner.born_on,
        )
        .join(models.Plan, models.Plan.id == models.Enrolment.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .order_by(models.Enrolment.id)
    )
    return [
        Around(
            plan_id=row.id,
            family=row.family_name,
            tutor_id=row.tutor_id,
            person_id=row.person_id,
            born_on=row.born_on,
            starts_on=row.starts_on,
            seen_until=max(row.starts_on, min(row.ended_on or yesterday, yesterday)),
            random=Random(f"{seed} people {row.id}"),
        )
        for row in rows
    ]


def _add_amara(college: DemoCollege, around: Around) -> None:
    for row in _words()["amara"]:
        consented_on = around.day(row["consent"]) if "consent" in row else None
        person_id = _add(college, around, row, consented_on, by_id=around.person_id)
        if "link" not in row:
            continue
        link_id = _link(college, around, person_id, around.day(row["link"]))
        for share in row["looks"]:
            _look(college, around, link_id, around.day(share))
        for share, text in row["comments"]:
            _comment(college, around, link_id, around.day(share), row["name"], text)


def _add_as_chance_has_it(college: DemoCollege, around: Around) -> None:
    random, words = around.random, _words()
    if random.random() < PARENT:
        name = f"{draw_name(random).given} {around.family}"
        person = {"kind": "parent", "name": name, "relation": random.choice(words["relations"])}
        _add_reader(college, around, person)
    if random.random() < EMPLOYER:
        post = random.choice(words["employer_posts"])
        _add_reader(college, around, {"kind": "employer", "name": draw_name(random).full, "relation": post})
    if random.random() < AGENCY:
        relation, contact = random.choice(words["agencies"])
        person = {"kind": "agency", "name": draw_name(random).full, "relation": relation, "contact": contact}
        _add_reader(college, around, person)
    if random.random() < STAFF:
        relation = random.choice(words["support_staff"])
        person = {"kind": "support-staff", "name": draw_name(random).full, "relation": relation}
        _add(college, around, person, None, by_id=None)


def _add_reader(college: DemoCollege, around: Around, person: dict[str, Any]) -> None:
    """Somebody who may read or comment, if the learner said so, and mostly by a link."""
    random = around.random
    person["access"] = random.choice(("read", "comment"))
    consented_on = around.day(random.uniform(0, 0.4)) if random.random() < CONSENTS else None
    person_id = _add(college, around, person, consented_on, by_id=around.tutor_id)
    if consented_on is None or random.random() > LINKED:
        return
    made_on = consented_on + timedelta(days=1)
    if made_on > around.seen_until:
        return
    link_id = _link(college, around, person_id, made_on)
    looks = sorted(random.choices(range((around.seen_until - made_on).days + 1), k=random.randint(0, 5)))
    for days in looks:
        _look(college, around, link_id, made_on + timedelta(days=days))
    if looks and person["access"] == "comment" and random.random() < COMMENTS:
        text = random.choice(_words()["comments"])
        _comment(college, around, link_id, made_on + timedelta(days=looks[-1]), person["name"], text)


def _add(
    college: DemoCollege,
    around: Around,
    person: dict[str, Any],
    consented_on: date | None,
    *,
    by_id: int | None,
) -> int:
    """The row of somebody; a learner without an account consents in person."""
    return college.rows.add(
        "plan_person",
        plan_id=around.plan_id,
        kind=person["kind"],
        name=person["name"],
        relation=person["relation"],
        contact=person.get("contact", ""),
        access=person.get("access", "nothing"),
        consented_on=consented_on,
        consent_in_person=consented_on is not None and around.person_id is None,
        consent_by_id=by_id if consented_on else None,
    )


def _link(college: DemoCollege, around: Around, person_id: int, made_on: date) -> int:
    return college.rows.add(
        "invitation",
        plan_person_id=person_id,
        # No address can hold a slash here, so nobody has the token of this.
        token_hash=hash_of(f"nobody/{person_id}"),
        made_by_id=around.tutor_id,
        made_at=instant(around.random, made_on),
        expires_on=made_on + timedelta(days=LINK_DAYS),
    )


def _look(college: DemoCollege, around: Around, link_id: int, day: date) -> None:
    college.rows.add("guest_look", invitation_id=link_id, at=instant(around.random, day, 7))


def _comment(college: DemoCollege, around: Around, link_id: int, day: date, name: str, text: str) -> None:
    at = instant(around.random, day, 7)
    college.rows.add("guest_comment", invitation_id=link_id, text=text, written_at=at)
    college.rows.add(
        "change",
        plan_id=around.plan_id,
        field="comment",
        new=text,
        reason=f"{name}, by link",
        origin="person",
        at=at,
    )
