"""The plan that learner@ opens: written by hand, so that the demo's first route map is a good one."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from data.demo import beside, reviews, support
from data.demo.cohorts import Milestone, OpenCohort
from data.demo.college import DemoCollege
from data.demo.curriculum import WORDS
from data.demo.enrolled import Enrolled
from data.demo.learners import enrol, milestone_agreed, phase_of
from data.demo.lives import NEVER, Life
from data.demo.names import Name
from data.demo.review_days import Habits, days_held
from data.demo.targets import Agreed, Event, Story, add_target
from data.rules import TargetStatus

PUNCTUAL = Habits(late_chance=0, late_days=1)
SLIPPED_DAYS = 21
"""The last unit due at least this long ago is the one that is late."""
AGREED_BY = 0.7
"""The plan was last added to when this share of the way from the start to today had gone by."""
TUESDAY = 1
UNDER_WAY = 2
"""How many of the units ahead are begun."""


@lru_cache
def _words() -> dict[str, Any]:
    return tomllib.loads((WORDS / "amara.toml").read_text(encoding="utf-8"))


def add_amara(college: DemoCollege, cohort: OpenCohort, person_id: int, random: Random) -> Name:
    words = _words()
    name = Name(words["given_name"], words["family_name"])
    life = Life(
        starts_on=cohort.layout.starts_on,
        planned_end_on=cohort.layout.ends_on,
        ended_on=None,
        end_reason=None,
        breaks=(),
        pace=0,
        spread=0,
        attendance=0.94,
        seen_until=college.yesterday,
    )
    enrolled, rule = enrol(
        college,
        cohort,
        name,
        life,
        random,
        person_id=person_id,
        destination=words["destination"],
        progression=words["progression"],
        starting_point=words["starting_point"],
    )
    spoken = reviews.Spoken(name.given, [])
    late = _late_milestone(college, cohort)
    for milestone in cohort.milestones:
        agreed = replace(milestone_agreed(enrolled, milestone), steps=())
        story = _milestone_story(enrolled, milestone, agreed, late)
        if story.status == TargetStatus.IN_PROGRESS:
            agreed = replace(agreed, steps=college.words.steps[0])
        add_target(college, agreed, story, random, steps_done=1 if agreed.steps else 0)
        spoken.targets.append((story.due_on, story.finished_on, milestone.wording.short))
    targets = {row["title"]: _add_own_target(enrolled, row, person_id) for row in words["targets"]}
    _add_support(enrolled, words, targets, person_id)
    _add_reviews(enrolled, days_held(college, life, PUNCTUAL, rule, random), spoken)
    beside.add_attendance(enrolled)
    return name


def _late_milestone(college: DemoCollege, cohort: OpenCohort) -> Milestone | None:
    past = [
        milestone
        for milestone in cohort.milestones
        if milestone.wording.lane == "academic"
        and milestone.due_on <= college.today - timedelta(days=SLIPPED_DAYS)
    ]
    return past[-1] if past else None


def _milestone_story(
    enrolled: Enrolled, milestone: Milestone, agreed: Agreed, late: Milestone | None
) -> Story:
    college, due_on = enrolled.college, milestone.due_on
    begun_on = max(agreed.created_on, college.open_days.on_or_before(due_on - timedelta(days=24)))
    if milestone is late:
        return _late_story(enrolled, due_on, begun_on)
    if due_on < college.today:
        finished_on = college.open_days.on_or_before(due_on - timedelta(days=enrolled.random.randint(0, 4)))
        return _achieved(due_on, begun_on, max(finished_on, agreed.created_on), "")
    ahead = [other for other in enrolled.cohort.milestones if other.due_on >= college.today]
    if milestone in ahead[:UNDER_WAY]:
        begun_on = college.open_days.on_or_before(min(begun_on, college.yesterday))
        return _begun(due_on, begun_on, due_on)
    return Story(TargetStatus.TO_COME, due_on, begun_on, NEVER)


def _late_story(enrolled: Enrolled, due_on: date, begun_on: date) -> Story:
    words, open_days = _words(), enrolled.college.open_days
    moved_on = open_days.on_or_before(due_on - timedelta(days=2))
    new_due = open_days.on_or_before(due_on + timedelta(days=14))
    story = _begun(new_due, begun_on, NEVER)
    story.events += [
        Event(moved_on, "due_on", f"{due_on}", f"{new_due}", words["missed_reason"]),
        Event(moved_on, "note", "", words["missed_note"]),
    ]
    story.first_due_on, story.moves, story.note = due_on, 1, words["missed_note"]
    return story


def _begun(due_on: date, begun_on: date, finished_on: date) -> Story:
    event = Event(begun_on, "status", TargetStatus.TO_COME, TargetStatus.IN_PROGRESS)
    return Story(TargetStatus.IN_PROGRESS, due_on, begun_on, finished_on, events=[event])


def _achieved(due_on: date, begun_on: date, finished_on: date, note: str) -> Story:
    story = _begun(due_on, min(begun_on, finished_on), finished_on)
    story.close(TargetStatus.ACHIEVED, finished_on, note)
    return story


def _day(enrolled: Enrolled, row: dict[str, Any]) -> date:
    """A share of the way from the start to today, or of the way from today to the end."""
    today, life = enrolled.college.today, enrolled.life
    if "past" in row:
        day = life.starts_on + (today - life.starts_on) * row["past"]
        return enrolled.college.open_days.on_or_before(day)
    return enrolled.college.open_days.on_or_after(today + (life.planned_end_on - today) * row["ahead"])


def _add_own_target(enrolled: Enrolled, row: dict[str, Any], person_id: int) -> int:
    college, due_on = enrolled.college, _day(enrolled, row)
    proposed = row["status"] == TargetStatus.PROPOSED
    latest = college.yesterday if proposed else _day(enrolled, {"past": AGREED_BY})
    earlier = college.open_days.on_or_before(min(due_on - timedelta(days=35), latest))
    created_on = max(enrolled.agreed_on, earlier)
    agreed = Agreed(
        plan_id=enrolled.plan_id,
        lane=row["lane"],
        title=row["title"],
        criteria=row["criteria"],
        due_on=due_on,
        created_on=created_on,
        by_id=person_id if proposed else enrolled.tutor_id,
        steps=tuple(row["steps"]),
        phase_id=enrolled.phase_ids[phase_of(enrolled.cohort, due_on)],
        stretch=row.get("stretch", False),
    )
    return add_target(
        college, agreed, _own_story(enrolled, row, due_on, created_on), enrolled.random, row.get("done")
    )


def _own_story(enrolled: Enrolled, row: dict[str, Any], due_on: date, created_on: date) -> Story:
    open_days, note = enrolled.college.open_days, row.get("note", "")
    begun_on = open_days.on_or_before(min(created_on + timedelta(days=7), enrolled.college.yesterday))
    begun_on = max(created_on, begun_on)
    if row["status"] == "achieved":
        return _achieved(due_on, begun_on, open_days.on_or_before(due_on - timedelta(days=1)), note)
    if row["status"] in ("overdue", "in-progress"):
        story = _begun(due_on, begun_on, NEVER)
    elif row["status"] == "withdrawn":
        story = _begun(due_on, begun_on, NEVER)
        story.close(TargetStatus.WITHDRAWN, due_on, note, row["reason"])
    else:
        story = Story(TargetStatus(row["status"]), due_on, begun_on, NEVER)
    story.note = note
    return story


def _add_support(enrolled: Enrolled, words: dict[str, Any], targets: dict[str, int], person_id: int) -> None:
    for row in words["supports"]:
        from_on, until_on = _day(enrolled, {"past": row["past"]}), _day(enrolled, {"ahead": row["ahead"]})
        support.add_support(
            enrolled,
            **{name: row[name] for name in ("lane", "what", "by_whom", "how_often", "confidentiality")},
            from_on=from_on,
            until_on=until_on,
            planned=row.get("planned", 0),
            sessions=_sessions(enrolled, row, from_on, until_on) if "planned" in row else (),
        )
    for row in words["barriers"]:
        answer = {"target_id": targets[row["target"]]} if "target" in row else {}
        support.add_barrier(
            enrolled,
            **{name: row[name] for name in ("lane", "kind", "what", "confidentiality")},
            from_on=_day(enrolled, {"past": row["past"]}),
            passed_on=_day(enrolled, {"past": row["passed"]}) if "passed" in row else None,
            how_passed=row.get("how_passed", ""),
            by_id=person_id if row.get("named") else None,
            answer={"why_not": row["why_not"]} if "why_not" in row else answer,
        )
    for row in words["helping"]:
        from_on = _day(enrolled, row)
        consent = {"from_on": from_on, "consent_on": from_on, "consent_by": "Amara Okafor"}
        support.add_help(enrolled, **{name: row[name] for name in row if name != "past"}, **consent)
    for row in words["linked"]:
        support.add_linked_plan(enrolled, enrolled.life.starts_on, **row)


def _sessions(
    enrolled: Enrolled, row: dict[str, Any], from_on: date, until_on: date
) -> list[tuple[date, bool, str]]:
    """Every planned Tuesday so far; of each four the last was missed, as long as there are words for it."""
    tuesday = from_on + timedelta(days=(TUESDAY - from_on.weekday()) % 7)
    days = support.session_days(enrolled, row["how_often"], tuesday, until_on)[: row["planned"]]
    held, missed = iter(row["held"]), iter(row["missed"])
    sessions = []
    for number, day in enumerate(day for day in days if day <= enrolled.college.yesterday):
        why = next(missed, None) if number % 4 == 3 else None
        sessions.append((day, why is None, next(held, "") if why is None else why))
    return sessions


def _add_reviews(enrolled: Enrolled, held: list[date], spoken: reviews.Spoken) -> None:
    notes, accounts = _words()["reviews"], _words()["reflections"]
    for number, day in enumerate(held):
        done, following, _ = spoken.about(day)
        note = notes[number % len(notes)].format(done=done, next=following)
        review_id = reviews.add_review(enrolled, number, day, note)
        reviews.add_reflection(enrolled, review_id, day, *accounts[number % len(accounts)])
