"""What belongs to targets besides their steps: who proposed them, criteria judged, evidence, links, and a few
learners who are stuck."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.demo.college import DemoCollege, instant
from data.demo.curriculum import WORDS
from data.models import CohortTutor, Enrolment, Learner, Person, Step, Target
from data.rules import TargetStatus
from data.target_detail import criteria_in

TUTOR = "tutor@demo.routebook.example"
BY_LEARNER = 0.6
COLUMNS = ("support_and_guidance", "resources", "where_and_how", "how_met", "priority", "idea_of")


def add_targets_in_full(college: DemoCollege, session: Session, seed: int) -> None:
    random = Random(f"{seed} targets in full")
    words = tomllib.loads((WORDS / "beside" / "targets.toml").read_text(encoding="utf-8"))
    _add_proposals(college, session, random, words)
    _add_stuck(college, session, random, words["stuck"])
    amara = session.execute(
        select(Learner.given_name, Learner.family_name, Learner.person_id, Enrolment.id, Enrolment.tutor_id)
        .join(Enrolment, Enrolment.learner_id == Learner.id)
        .where(Learner.person_id.is_not(None))
        .order_by(Learner.id)
    ).first()
    if amara is not None:
        for row in words["amara"]:
            _add_to_target(college, session, amara, row, random)


def _add_proposals(college: DemoCollege, session: Session, random: Random, words: dict[str, Any]) -> None:
    """Who proposed each target that is proposed: those without an account did so through their tutor."""
    for target_id, created_on, tutor_id, person_id in session.execute(
        select(Target.id, Target.created_on, Enrolment.tutor_id, Learner.person_id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Target.status == TargetStatus.PROPOSED.value)
        .order_by(Target.id)
    ):
        by_learner = person_id is not None or random.random() < BY_LEARNER
        side = "learner" if by_learner else "tutor"
        session.execute(update(Target).where(Target.id == target_id).values(idea_of=side))
        college.rows.add(
            "negotiation",
            target_id=target_id,
            side=side,
            move="proposed",
            said=random.choice(words[f"proposed_by_{side}"]),
            by_id=person_id if by_learner else tutor_id,
            at=instant(random, created_on),
        )


def _add_stuck(college: DemoCollege, session: Session, random: Random, said: Sequence[str]) -> None:
    """As many learners of the demo's tutor as there are words, each on the next step of a target."""
    tutored = (
        select(CohortTutor.cohort_id)
        .join(Person, Person.id == CohortTutor.person_id)
        .where(Person.email == TUTOR)
    )
    rows = session.execute(
        select(Step.id, Step.target_id, Enrolment.learner_id)
        .join(Target, Target.id == Step.target_id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(
            Target.status == TargetStatus.IN_PROGRESS.value,
            Step.done_on.is_(None),
            Enrolment.ended_on.is_(None),
            Enrolment.cohort_id.in_(tutored),
            Learner.person_id.is_(None),
        )
        .order_by(Step.target_id, Step.position)
    )
    next_steps = {learner_id: (step_id, target_id) for step_id, target_id, learner_id in rows}
    some = random.sample(sorted(next_steps.values()), min(len(said), len(next_steps)))
    for (step_id, target_id), words in zip(some, said, strict=False):
        at = instant(random, college.yesterday)
        college.rows.add("stuck", target_id=target_id, step_id=step_id, said=words, said_at=at)


def _add_to_target(
    college: DemoCollege, session: Session, amara: Any, row: dict[str, Any], random: Random
) -> None:
    target = session.scalars(
        select(Target).where(Target.plan_id == amara.id, Target.title == row["title"])
    ).one_or_none()
    if target is None:
        return
    values = {column: row[column] for column in COLUMNS if column in row}
    session.execute(update(Target).where(Target.id == target.id).values(**values))
    for kind, serves in row.get("links", ()):
        college.rows.add("target_link", target_id=target.id, kind=kind, serves=serves)
    closed_on = target.achieved_on or college.yesterday
    if "note" in row:
        _add_evidence(college, target.id, amara.person_id, row, closed_on, random)
    if "judged" in row:
        own = f"{amara.given_name} {amara.family_name}"
        _add_judgements(college, target, row, own, amara.tutor_id, closed_on)
    if "stuck" in row:
        step_id = session.scalar(
            select(Step.id).where(Step.target_id == target.id, Step.text == row["stuck_on"])
        )
        about = {"target_id": target.id, "step_id": step_id, "said": row["stuck"]}
        at = instant(random, college.yesterday)
        college.rows.add("stuck", **about, said_at=at, said_by_id=amara.person_id)


def _add_evidence(
    college: DemoCollege, target_id: int, by_id: int, row: dict[str, Any], on: date, random: Random
) -> None:
    college.rows.add(
        "evidence",
        target_id=target_id,
        kind="link" if "address" in row else "note",
        said=row["note"],
        address=row.get("address", ""),
        added_by_id=by_id,
        added_at=instant(random, on),
    )


def _add_judgements(
    college: DemoCollege, target: Target, row: dict[str, Any], own: str, tutor_id: int, on: date
) -> None:
    for criterion in criteria_in(target.criteria):
        college.rows.add(
            "criterion_judgement",
            target_id=target.id,
            criterion=criterion,
            judged="met",
            judge_kind=row["judged"],
            judge_name=row.get("peer", own),
            judged_on=on,
            confirmed_on=on,
            confirmed_by_id=tutor_id,
        )
