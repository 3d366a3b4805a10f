"""Right-programme checks, cases, and learners' answers to the college's prompts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data import models
from data.demo import academic_year
from data.demo.college import DemoCollege
from data.demo.curriculum import WORDS
from data.models import ProgrammeChoice
from data.programme_checks import Rule, due_on
from data.rules import EnrolmentDates, Span
from data.tutoring import tutor_of

WEEKS = 6
CHECKED, IN_TIME = 0.94, 0.9
STAYS, CHANGES_LEVEL = 0.93, 0.97
CASES_AMONG = 9
"""Every ninth learner of a tutor's cohorts that have cases; enough to fill a list, few enough to be cases."""
ANSWERED = 0.5


@dataclass(frozen=True)
class Planned:
    """A plan in learning with its tutor and breaks."""

    id: int
    learner: str
    person_id: int | None
    tutor_id: int | None
    starts_on: date
    ended_on: date | None
    breaks: tuple[Span, ...]


def add_cases(college: DemoCollege, session: Session, seed: int) -> None:
    """The rule for the check from this academic year on; checks, cases and answers as they come."""
    plans = list(_plans(college, session))
    _add_checks(college, session, plans, Random(f"{seed} checks"))
    _add_cases(college, session, plans, Random(f"{seed} cases"))
    _add_answers(college, session, Random(f"{seed} answers"))


@lru_cache
def _words() -> dict[str, Any]:
    return tomllib.loads((WORDS / "beside" / "cases.toml").read_text(encoding="utf-8"))


def _plans(college: DemoCollege, session: Session) -> Iterator[Planned]:
    breaks: dict[int, tuple[Span, ...]] = {}
    for away in session.scalars(select(models.BreakInLearning).order_by(models.BreakInLearning.id)):
        before = breaks.get(away.enrolment_id, ())
        breaks[away.enrolment_id] = (*before, Span(away.from_on, away.back_on))
    rows = session.execute(
        select(
            models.Enrolment.id,
            models.Learner.given_name,
            models.Learner.family_name,
            models.Learner.person_id,
            tutor_of(college.today).label("tutor_id"),
            models.Enrolment.starts_on,
            models.Enrolment.ended_on,
        )
        .join(models.Plan, models.Plan.id == models.Enrolment.id)
        .join(models.Learner, models.Learner.id == models.Enrolment.learner_id)
        .order_by(models.Enrolment.id)
    )
    for row in rows:
        name = f"{row.given_name} {row.family_name}"
        yield Planned(
            row.id,
            name,
            row.person_id,
            row.tutor_id,
            row.starts_on,
            row.ended_on,
            breaks.get(row.id, ()),
        )


# --- checks ----------------------------------------------------------------------------------------------


def _add_checks(college: DemoCollege, session: Session, plans: Sequence[Planned], random: Random) -> None:
    """Most plans of this year are checked in time; a few are late, a few forgotten; now and then somebody
    changes their mind."""
    from_on = academic_year.main_intake(college.today) - timedelta(days=14)
    rule = Rule(from_on, WEEKS)
    session.add(
        models.ProgrammeCheckRule(organisation_id=college.organisation_id, from_on=from_on, weeks=WEEKS)
    )
    rows = []
    for plan in plans:
        due = due_on(rule, EnrolmentDates(plan.starts_on, plan.ended_on, plan.breaks))
        if due is None or (plan.person_id is None and random.random() > CHECKED):
            continue
        late = random.randint(1, 12) if random.random() > IN_TIME else -random.randint(1, 24)
        on = college.open_days.on_or_before(due + timedelta(days=late))
        if not plan.starts_on <= on < college.today or (plan.ended_on and on > plan.ended_on):
            continue
        choice = ProgrammeChoice.STAY if plan.person_id is not None else _choice(random)
        if choice != ProgrammeChoice.STAY and random.random() < 0.3:
            rows.append(
                _check(plan, ProgrammeChoice.STAY, max(plan.starts_on, on - timedelta(days=9)), random)
            )
        rows.append(_check(plan, choice, on, random))
    if rows:
        session.execute(insert(models.ProgrammeCheck), rows)


def _choice(random: Random) -> ProgrammeChoice:
    at = random.random()
    if at < STAYS:
        return ProgrammeChoice.STAY
    return ProgrammeChoice.CHANGE_LEVEL if at < CHANGES_LEVEL else ProgrammeChoice.TRANSFER


def _check(plan: Planned, choice: ProgrammeChoice, on: date, random: Random) -> dict[str, Any]:
    words = _words()["checks"]
    to_what, reason = "", random.choice(words["stay"])
    if choice != ProgrammeChoice.STAY:
        key = "change_level" if choice == ProgrammeChoice.CHANGE_LEVEL else "transfer"
        to_what, reason = random.choice(words[key])
    return {
        "plan_id": plan.id,
        "choice": choice,
        "to_what": to_what,
        "reason": reason,
        "checked_on": on,
        "by_id": plan.tutor_id,
        "recorded_at": _at(on),
    }


# --- cases -----------------------------------------------------------------------------------------------


def _add_cases(college: DemoCollege, session: Session, plans: Sequence[Planned], random: Random) -> None:
    outcomes = {
        name: outcome_id
        for name, outcome_id in session.execute(
            select(models.CaseOutcome.name, models.CaseOutcome.id).order_by(models.CaseOutcome.id)
        )
    }
    support_lead = session.scalar(
        select(models.RoleAssignment.person_id).where(
            models.RoleAssignment.role_name == "learning-support-lead"
        )
    )
    others = [words for words in _words()["cases"] if "amara" not in words]
    for words in _words()["cases"]:
        if "amara" in words:
            for plan in plans:
                if plan.person_id is not None:
                    _add_case(college, session, plan, words, outcomes, support_lead, college.today)
    here = [one for one in plans if one.person_id is None and one.ended_on is None and one.tutor_id]
    chosen = [one for number, one in enumerate(here) if number % (CASES_AMONG * len(others)) < 1]
    first = [one for one in here if one.tutor_id == here[0].tutor_id] if here else []
    for number, plan in enumerate(dict.fromkeys((*random.sample(first, min(3, len(first))), *chosen))):
        words = others[number % len(others)]
        seen_from = college.today + timedelta(days=number * 5 % 11 - 4)
        if (seen_from - plan.starts_on).days > words["opened"]:
            _add_case(college, session, plan, words, outcomes, support_lead, seen_from)
    session.flush()


def _add_case(
    college: DemoCollege,
    session: Session,
    plan: Planned,
    words: dict[str, Any],
    outcomes: dict[str, int],
    support_lead: int | None,
    seen_from: date,
) -> None:
    """A case whose days are counted from `seen_from`; what would be done or said after today isn't yet."""
    lead_id = plan.tutor_id or support_lead
    if lead_id is None:
        return
    lead = session.get_one(models.Person, lead_id).name

    def day(days: int) -> date:
        return college.open_days.on_or_before(seen_from + timedelta(days=days))

    case = models.Case(
        plan_id=plan.id,
        about=words["about"],
        confidentiality=words["level"],
        lead_id=lead_id,
        opened_on=day(-words["opened"]),
        opened_by_id=lead_id,
    )
    session.add(case)
    session.flush()
    _record(session, case, "created", words["about"], _at(case.opened_on))
    if support_lead is not None and support_lead != lead_id:
        session.add(models.CasePerson(case_id=case.id, person_id=support_lead, part="learning support"))
    if "outsider" in words:
        session.add(models.CasePerson(case_id=case.id, name=words["outsider"], part=words.get("part", "")))
    for action in words["actions"]:
        done_on = day(action["done"]) if "done" in action else None
        session.add(
            models.CaseAction(
                case_id=case.id,
                what=action["what"],
                by_whom=lead if action["who"] == "lead" else action["who"],
                due_on=day(action["due"]),
                done_on=done_on if done_on and done_on <= college.today else None,
            )
        )
    for note in words["notes"]:
        on = min(day(-note["past"]), college.today)
        session.add(models.CaseNote(case_id=case.id, said=note["said"], by_id=lead_id, written_at=_at(on)))
    if "closed" in words:
        _close(college, session, case, words["closed"], outcomes)


def _close(
    college: DemoCollege,
    session: Session,
    case: models.Case,
    words: dict[str, Any],
    outcomes: dict[str, int],
) -> None:
    closed_on = college.open_days.on_or_before(college.today - timedelta(days=words["past"]))
    closing = models.CaseClosing(
        case_id=case.id,
        outcome_id=outcomes[words["outcome"]],
        said=words["said"],
        closed_on=closed_on,
        closed_by_id=case.lead_id,
    )
    _record(session, case, "closed", words["outcome"], _at(closed_on))
    if "reopened" in words:
        closing.reopened_on = college.today - timedelta(days=words["reopened"])
        closing.reopened_by_id, closing.reopened_why = case.lead_id, words["why"]
        _record(session, case, "reopened", words["why"], _at(closing.reopened_on))
    case.version += 1
    session.add(closing)


def _record(session: Session, case: models.Case, field: str, new: str, at: datetime) -> None:
    session.add(models.CaseChange(case_id=case.id, field=field, new=new, by_id=case.lead_id, at=at))


# --- answers ---------------------------------------------------------------------------------------------


def _add_answers(college: DemoCollege, session: Session, random: Random) -> None:
    """Half of those who evaluated themselves before a review answered its prompts too."""
    prompts = {
        asks: prompt_id
        for asks, prompt_id in session.execute(
            select(models.Prompt.asks, models.Prompt.id)
            .where(models.Prompt.kind_id == college.kinds["progress"])
            .order_by(models.Prompt.id)
        )
    }
    for plan_id, written_on in session.execute(
        select(models.SelfEvaluation.plan_id, models.SelfEvaluation.written_on).order_by(
            models.SelfEvaluation.id
        )
    ).all():
        if random.random() > ANSWERED:
            continue
        for words in _words()["answers"]:
            session.add(
                models.PromptAnswer(
                    plan_id=plan_id,
                    prompt_id=prompts[words["asks"]],
                    written_on=written_on,
                    asked=words["asks"],
                    said=random.choice(words["said"]),
                )
            )
    session.flush()


def _at(on: date) -> datetime:
    return datetime.combine(on, time(14, 30), tzinfo=UTC)
