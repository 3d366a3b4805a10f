"""Where the demo's learners start and where their plans lead; added once all plans are there."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import models
from data.demo.college import DemoCollege
from data.demo.curriculum import WORDS

FIRST_BALANCE, LATER_BALANCE = timedelta(days=7), timedelta(days=75)
"""Days after the start on which the first balance is taken, and the second where there was time."""
MET = 0.7
"""Share of assessed needs that a target or support of the plan meets."""
WEAK, SCREENED, EXPERIENCED, TELLS = 0.35, 0.25, 0.45, 0.85


@dataclass(frozen=True)
class Start:
    """A plan whose starting point is being written."""

    plan_id: int
    cohort_id: int
    department: str
    starts_on: date
    seen_until: date
    planned_end_on: date
    end_reason: str | None
    progression: str
    targets: tuple[tuple[int, str], ...]
    supports: tuple[tuple[int, str], ...]
    random: Random

    def day(self, share: float) -> date:
        """The day on which a share of the time so far has gone by."""
        return self.starts_on + (self.seen_until - self.starts_on) * share


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((WORDS / "beside" / f"{name}.toml").read_text(encoding="utf-8"))


def add_starting_points(college: DemoCollege, session: Session, seed: int) -> None:
    """A starting point for every plan, a rich one for the learner who signs in; skills for every cohort."""
    skills = _add_skills(college, session)
    for start, own in _starts(session, college.today, seed):
        if own:
            _add_amara(college, start, skills[start.cohort_id])
        else:
            _add_start(college, start, skills[start.cohort_id])


def _add_skills(college: DemoCollege, session: Session) -> dict[int, list[int]]:
    """{cohort id: ids of its programme's skills and the learning skills, in order}."""
    learning = list(
        session.scalars(
            select(models.Skill.id).where(models.Skill.cohort_id.is_(None)).order_by(models.Skill.position)
        )
    )
    following = (session.scalar(select(func.max(models.Skill.id))) or 0) + 1
    cohorts = session.execute(
        select(models.Cohort.id, models.Department.name)
        .join(models.Department, models.Department.id == models.Cohort.department_id)
        .order_by(models.Cohort.id)
    )
    skills = {}
    for cohort_id, department in cohorts:
        words = _read("starting_points")["skills"][department]
        for position, (name, meaning) in enumerate(words):
            college.rows.add(
                "skill",
                id=following + position,
                organisation_id=college.organisation_id,
                cohort_id=cohort_id,
                position=position,
                name=name,
                meaning=meaning,
            )
        skills[cohort_id] = [*range(following, following + len(words)), *learning]
        following += len(words)
    return skills


def _starts(session: Session, today: date, seed: int) -> list[tuple[Start, bool]]:
    """Each plan, and whether its learner signs in."""
    targets = _by_plan(session, models.Target.plan_id, models.Target.id, models.Target.title)
    supports = _by_plan(session, models.Support.plan_id, models.Support.id, models.Support.what)
    rows = session.execute(
        select(
            models.Plan.id,
            models.Enrolment.cohort_id,
            models.Department.name,
            models.Enrolment.starts_on,
            models.Enrolment.ended_on,
            models.Enrolment.planned_end_on,
            models.Enrolment.end_reason,
            models.Plan.progression,
            models.Learner.person_id,
        )
        .join(models.Enrolment, models.Enrolment.id == models.Plan.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .join(models.Cohort, models.Cohort.id == models.Enrolment.cohort_id)
        .join(models.Department, models.Department.id == models.Cohort.department_id)
        .order_by(models.Plan.id)
    )
    yesterday = today - timedelta(days=1)
    return [
        (
            Start(
                plan_id=row.id,
                cohort_id=row.cohort_id,
                department=row.name,
                starts_on=row.starts_on,
                seen_until=max(row.starts_on, min(row.ended_on or yesterday, yesterday)),
                planned_end_on=row.planned_end_on,
                end_reason=row.end_reason,
                progression=row.progression,
                targets=tuple(targets[row.id]),
                supports=tuple(supports[row.id]),
                random=Random(f"{seed} start {row.id}"),
            ),
            row.person_id is not None,
        )
        for row in rows
    ]


def _by_plan(session: Session, plan_id: Any, *columns: Any) -> dict[int, list[tuple[int, str]]]:
    found = defaultdict(list)
    for of, row_id, words in session.execute(select(plan_id, *columns).order_by(columns[0])):
        found[of].append((row_id, words))
    return found


# --- as chance has it ----------------------------------------------------------------------------------


def _add_start(college: DemoCollege, start: Start, skills: list[int]) -> None:
    words, random = _read("starting_points"), start.random
    grades = {"maths": random.randint(2, 7), "English": random.randint(2, 7)}
    _add_attainments(college, start, grades)
    _add_assessments(college, start, words)
    if random.random() < TELLS:
        own = {name: random.choice(lines) for name, lines in words["own_words"].items()}
        own["background"] = own["background"] if random.random() < TELLS / 2 else ""
        college.rows.add("own_words", id=start.plan_id, **own)
    _add_balances(college, start, skills, words["notes"])
    _add_options(college, start, words["needs"], grades)
    if random.random() < EXPERIENCED:
        for row in random.sample(words["experiences"], random.choice((1, 1, 2, 3))):
            _add_experience(college, start, row, random.uniform(0.1, 0.95))
    if start.end_reason:
        kind, destination = random.choice(words["exit"][start.end_reason])
        college.rows.add("plan_exit", id=start.plan_id, kind=kind, destination=destination)


def _add_attainments(college: DemoCollege, start: Start, grades: dict[str, int]) -> None:
    year = start.starts_on.year - start.random.choice((0, 0, 0, 1, 2))
    for subject, grade in grades.items():
        _attain(college, start, "qualification", f"GCSE {subject}", f"{grade}", "", year)
    what, result, place = start.random.choice(_read("starting_points")["experience"][start.department])
    _attain(college, start, "experience", what, result, place, year)


def _attain(
    college: DemoCollege, start: Start, kind: str, what: str, result: str, place: str, year: int
) -> None:
    college.rows.add(
        "attainment", plan_id=start.plan_id, kind=kind, what=what, result=result, place=place, year=year
    )


def _add_assessments(college: DemoCollege, start: Start, words: dict[str, Any]) -> None:
    random = start.random
    for days, row in enumerate(words["assessments"], 1):
        weak = random.random() < WEAK
        result, meaning, next_step = row["weak" if weak else "strong"]
        _assess(college, start, row | _worded(result, meaning, next_step), days=days, need=weak)
    if random.random() < SCREENED:
        _assess(college, start, random.choice(words["diagnostics"]), days=random.randint(10, 30), need=True)


def _worded(result: str, meaning: str, next_step: str) -> dict[str, str]:
    return {"result": result, "meaning": meaning, "next_step": next_step}


def _assess(college: DemoCollege, start: Start, row: dict[str, Any], *, days: int, need: bool) -> None:
    """One assessment; a need is met by a support or a target where there is one and chance has it so."""
    met = need and start.random.random() < MET
    support = start.random.choice(start.supports)[0] if met and start.supports else None
    target = start.random.choice(start.targets)[0] if met and not support and start.targets else None
    _assessment(college, start, row, start.starts_on + timedelta(days=days), need, target, support)


def _assessment(
    college: DemoCollege,
    start: Start,
    row: dict[str, Any],
    taken_on: date,
    need: bool,
    target_id: int | None,
    support_id: int | None,
) -> None:
    college.rows.add(
        "assessment",
        plan_id=start.plan_id,
        kind=row["kind"],
        instrument=row["instrument"],
        taken_on=min(taken_on, start.seen_until),
        result=row["result"],
        meaning=row["meaning"],
        next_step=row["next_step"],
        need=need,
        target_id=target_id,
        support_id=support_id,
    )


def _add_balances(college: DemoCollege, start: Start, skills: list[int], notes: dict[str, list[str]]) -> None:
    random = start.random
    open_days = college.open_days
    first_on = open_days.on_or_after(start.starts_on + FIRST_BALANCE)
    later_on = open_days.on_or_after(start.starts_on + LATER_BALANCE)
    if first_on > start.seen_until:
        return
    first = [random.choice((1, 1, 2, 2, 2, 3)) for _ in skills]
    _balance(
        college,
        start,
        "learner",
        first_on,
        dict(zip(skills, first, strict=True)),
        random.choice(notes["first"]),
    )
    if later_on > start.seen_until:
        return
    later = [min(4, rating + random.choice((0, 0, 1, 1, 1, 2))) for rating in first]
    tutors = [max(1, min(4, rating + random.choice((-1, 0, 0, 0, 1)))) for rating in later]
    _balance(
        college,
        start,
        "learner",
        later_on,
        dict(zip(skills, later, strict=True)),
        random.choice(notes["later"]),
    )
    _balance(
        college,
        start,
        "tutor",
        later_on,
        dict(zip(skills, tutors, strict=True)),
        random.choice(notes["tutor"]),
    )


def _balance(
    college: DemoCollege, start: Start, rated_by: str, rated_on: date, ratings: dict[int, int], note: str
) -> None:
    balance_id = college.rows.add(
        "balance", plan_id=start.plan_id, rated_by=rated_by, rated_on=rated_on, note=note
    )
    for skill_id, rating in ratings.items():
        college.rows.add("skill_rating", balance_id=balance_id, skill_id=skill_id, rating=rating)


def _add_options(
    college: DemoCollege, start: Start, needs: dict[str, list[list[str]]], grades: dict[str, int]
) -> None:
    for number, title in enumerate(one.strip() for one in start.progression.split(";")):
        kind = kind_of(title)
        option_id = college.rows.add(
            "progression_option",
            plan_id=start.plan_id,
            kind=kind,
            title=title[:1].upper() + title[1:],
            decide_by=start.planned_end_on - timedelta(days=90 + 30 * number),
            first_choice=number == 0,
        )
        for what, met in needs[kind]:
            graded = met == "grades"
            college.rows.add(
                "progression_need",
                option_id=option_id,
                needs=what,
                has=f"maths {grades['maths']}, English {grades['English']}" if graded else "",
                met=("met" if min(grades.values()) >= 4 else "not-yet") if graded else met,
            )


def kind_of(title: str) -> str:
    """The kind of a way on, by how it is called."""
    lowered = title.lower()
    if "apprentice" in lowered:
        return "apprenticeship"
    if any(word in lowered for word in ("hnc", "bsc", "ba ", "beng", "degree", "foundation", "nursing")):
        return "higher-education"
    if any(word in lowered for word in (" l2", " l3", " l4", " l5", "level", "joinery", "award")):
        return "next-level"
    return "employment"


def _add_experience(college: DemoCollege, start: Start, row: dict[str, Any], share: float) -> None:
    from_on = college.open_days.on_or_before(max(start.starts_on, start.day(share)))
    college.rows.add(
        "experience",
        plan_id=start.plan_id,
        kind=row["kind"],
        what=row["what"],
        place=row["place"],
        from_on=max(start.starts_on, from_on),
        until_on=start.day(row["until"]) if "until" in row else None,
        hours=row["hours"],
        learned=row["learned"],
    )


# --- the learner who signs in --------------------------------------------------------------------------


def _add_amara(college: DemoCollege, start: Start, skills: list[int]) -> None:
    words = _read("amara_starts")
    for kind, what, result, place, years in words["attainments"]:
        _attain(college, start, kind, what, result, place, start.starts_on.year + years)
    targets, supports = (
        {title: row_id for row_id, title in rows} for rows in (start.targets, start.supports)
    )
    for row in words["assessments"]:
        taken_on = start.starts_on + timedelta(days=row["days"])
        met = targets.get(row.get("target", "")), supports.get(row.get("support", ""))
        _assessment(college, start, row, taken_on, row["need"], *met)
    college.rows.add("own_words", id=start.plan_id, **words["own_words"])
    balance = words["balance"]
    for rated_by, which, share in (
        ("learner", "first", 0.05),
        ("learner", "later", 0.9),
        ("tutor", "tutor", 0.92),
    ):
        ratings = dict(zip(skills, balance[which], strict=True))
        _balance(
            college,
            start,
            rated_by,
            college.open_days.on_or_before(start.day(share)),
            ratings,
            balance[f"{which}_note"],
        )
    for row in words["options"]:
        _add_amaras_option(college, start, row, targets)
    for row in words["experiences"]:
        _add_experience(college, start, row, row["past"])


def _add_amaras_option(
    college: DemoCollege, start: Start, row: dict[str, Any], targets: dict[str, int]
) -> None:
    ahead = (start.planned_end_on - college.today) * row.get("ahead", 0)
    option_id = college.rows.add(
        "progression_option",
        plan_id=start.plan_id,
        kind=row["kind"],
        title=row["title"],
        place=row["place"],
        decide_by=college.today + ahead if "ahead" in row else None,
        first_choice=row["first_choice"],
    )
    for needs, has, met, target in row["needs"]:
        college.rows.add(
            "progression_need",
            option_id=option_id,
            needs=needs,
            has=has,
            met=met,
            target_id=targets.get(target),
        )
