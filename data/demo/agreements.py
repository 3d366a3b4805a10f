"""Who agreed to the demo's plans, and when: most are agreed as they stand, some changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import agreements, college_rules, models
from data.demo.college import DemoCollege

UNSIGNED, CHANGED = 0.03, 0.1
"""Shares of the plans that the learner never agreed to, and of those that changed since they did."""
AGREED_AFTER = timedelta(days=2)
Version = tuple[int, date]


@dataclass(frozen=True)
class Agreed:
    """A plan, and each material change of it as (id, day)."""

    plan_id: int
    tutor_id: int | None
    person_id: int | None
    starts_on: date
    seen_until: date
    versions: Sequence[Version]

    def day(self, version: Version | None) -> date:
        """When a version was agreed to."""
        on = max(self.starts_on + AGREED_AFTER, version[1] if version else self.starts_on)
        return min(on, self.seen_until)


def add_agreements(college: DemoCollege, session: Session, seed: int) -> None:
    for plan in _plans(college, session):
        drawn = Random(f"{seed} agreement {plan.plan_id}").random()
        newest = plan.versions[-1] if plan.versions else None
        before = _before_the_last_day(plan.versions)
        if plan.person_id is not None:
            _add(college, plan, before, "learner")
            _add(college, plan, newest, "tutor")
            continue
        _add(college, plan, newest, "tutor")
        if drawn >= UNSIGNED:
            _add(college, plan, before if drawn < UNSIGNED + CHANGED else newest, "learner")


def _before_the_last_day(versions: Sequence[Version]) -> Version | None:
    """The version before the last day on which something material changed."""
    earlier = [version for version in versions if version[1] < versions[-1][1]]
    return earlier[-1] if earlier else None


def _add(college: DemoCollege, plan: Agreed, version: Version | None, party: str) -> None:
    in_person = party == "learner" and plan.person_id is None
    college.rows.add(
        "agreement",
        plan_id=plan.plan_id,
        party=party,
        by_id=plan.tutor_id if party == "tutor" or in_person else plan.person_id,
        in_person=in_person,
        agreed_on=plan.day(version),
        change_id=version[0] if version else None,
    )


def _plans(college: DemoCollege, session: Session) -> list[Agreed]:
    versions: dict[int, list[Version]] = defaultdict(list)
    if college.full:
        changes = session.execute(
            select(models.Change.plan_id, models.Change.id, models.Change.at)
            .outerjoin(models.Target, models.Target.id == models.Change.target_id)
            .where(agreements.material(college_rules.USUAL))
            .order_by(models.Change.id)
        )
        for plan_id, change_id, at in changes:
            versions[plan_id].append((change_id, at.date()))
    rows = session.execute(
        select(
            models.Enrolment.id,
            models.Enrolment.tutor_id,
            models.Learner.person_id,
            models.Enrolment.starts_on,
            models.Enrolment.ended_on,
        )
        .join(models.Plan, models.Plan.id == models.Enrolment.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .order_by(models.Enrolment.id)
    )
    return [
        Agreed(
            row.id,
            row.tutor_id,
            row.person_id,
            row.starts_on,
            max(row.starts_on, min(row.ended_on or college.yesterday, college.yesterday)),
            versions[row.id],
        )
        for row in rows
    ]
