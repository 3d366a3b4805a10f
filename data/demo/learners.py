"""One learner: enrolment, plan, phases, targets, reviews, and what lies beside the road."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from data.college import PHASES
from data.demo import beside, reviews
from data.demo.cohorts import Milestone, OpenCohort
from data.demo.college import DemoCollege
from data.demo.curriculum import TargetWording
from data.demo.enrolled import Enrolled
from data.demo.judgements import add_judgement
from data.demo.lives import Life, draw_life
from data.demo.names import Name
from data.demo.people import born_on
from data.demo.review_days import days_held
from data.demo.support import add_support_and_barriers
from data.demo.targets import Agreed, add_target, live_through
from data.rules import IntervalUnit, ReviewRule

OWN_RULE = 0.012
IN_A_GROUP = 0.3
WITH_COLLEAGUE = 0.4
"""How many learners of a cohort with two tutors are on the second one's caseload."""
IN_STEPS = 0.3
STRETCHED = 0.15
PROPOSES = 0.08
NO_TARGETS_DAYS = 10
"""Who joined this few days ago has no targets yet."""
OWN_TARGETS = (1, 2, 2, 3, 3, 4, 4, 5, 6)


class OwnTarget(NamedTuple):
    """A target of the learner's own; `share` of the course has gone by when it is due."""

    lane: str
    wording: TargetWording
    share: float
    stretch: bool = False
    proposed: bool = False


def add_learner(college: DemoCollege, cohort: OpenCohort, name: Name, random: Random) -> None:
    """A learner who fares as chance has it."""
    life = draw_life(college, cohort.layout, random)
    enrolled, rule = enrol(college, cohort, name, life, random)
    spoken = reviews.Spoken(name.given, [])
    if life.starts_on < college.today - timedelta(days=NO_TARGETS_DAYS):
        for milestone in cohort.milestones:
            agreed = milestone_agreed(enrolled, milestone)
            story = live_through(college, life, agreed, random, cohort.layout.character.moving)
            add_target(college, agreed, story, random)
            spoken.targets.append((story.due_on, story.finished_on, milestone.wording.short))
        for own in _own_targets(enrolled):
            agreed = _own_agreed(enrolled, own)
            story = live_through(college, life, agreed, random, cohort.layout.character.moving)
            add_target(college, agreed, story, random)
    held = _days_reviewed(enrolled, rule)
    reviews.add_reviews(enrolled, held, spoken)
    add_judgement(enrolled, held, spoken)
    add_support_and_barriers(enrolled)
    beside.add_attendance(enrolled)


def enrol(
    college: DemoCollege,
    cohort: OpenCohort,
    name: Name,
    life: Life,
    random: Random,
    *,
    person_id: int | None = None,
    destination: str = "",
    starting_point: str = "",
    progression: str = "",
) -> tuple[Enrolled, ReviewRule]:
    """Learner, enrolment, breaks, plan and phases; the answer comes with the plan's review rule."""
    rows, words, programme = college.rows, college.words, cohort.layout.programme
    reference = f"{life.starts_on:%y}{rows.counts['learner'] + 1:06}"
    learner_id = rows.add(
        "learner",
        organisation_id=college.organisation_id,
        person_id=person_id,
        reference=reference,
        born_on=born_on(reference, life.starts_on),
        given_name=name.given,
        family_name=name.family,
    )
    shared = cohort.colleague_id is not None and random.random() < WITH_COLLEAGUE
    tutor_id = cohort.colleague_id if shared and cohort.colleague_id else cohort.tutor_id
    plan_id = rows.add(
        "enrolment",
        learner_id=learner_id,
        cohort_id=cohort.cohort_id,
        tutor_id=tutor_id,
        starts_on=life.starts_on,
        planned_end_on=life.planned_end_on,
        ended_on=life.ended_on,
        end_reason=life.end_reason,
    )
    for away in life.breaks:
        rows.add("break_in_learning", enrolment_id=plan_id, from_on=away.from_on, back_on=away.back_on)
    _join_group(college, cohort, learner_id, life, random)
    own_rule = random.random() < OWN_RULE and not person_id
    same = cohort.identical
    begins = f"{random.choice(words.starting_points)} {random.choice(words.interests)}"
    rows.add(
        "plan",
        id=plan_id,
        starting_point=starting_point or (same.starting_point if same else begins),
        destination=destination or (same.destination if same else random.choice(programme.destinations)),
        progression=progression or (same.progression if same else random.choice(programme.progression)),
        own_rule_unit=IntervalUnit.WEEKS.value if own_rule else None,
        own_rule_amount=4 if own_rule else None,
        own_rule_from_on=life.starts_on if own_rule else None,
        own_rule_reason=random.choice(words.own_rule_reasons) if own_rule else None,
    )
    rule = ReviewRule(IntervalUnit.WEEKS, 4, closures_stop_clock=True) if own_rule else college.rule
    phase_ids = _add_phases(college, cohort, plan_id, life)
    return Enrolled(college, cohort, life, plan_id, tutor_id, phase_ids, random), rule


def _join_group(
    college: DemoCollege, cohort: OpenCohort, learner_id: int, life: Life, random: Random
) -> None:
    if cohort.groups and random.random() < IN_A_GROUP:
        college.rows.add(
            "teaching_group_learner",
            group_id=random.choice(cohort.groups).group_id,
            learner_id=learner_id,
            from_on=life.starts_on,
            until_on=life.ended_on,
        )


def _add_phases(college: DemoCollege, cohort: OpenCohort, plan_id: int, life: Life) -> list[int]:
    """The cohort's phases, begun when the learner joins; at least a week each."""
    ids = []
    begins = life.starts_on
    bounds = [*cohort.phase_bounds, life.planned_end_on + timedelta(days=1)]
    for position, (name, bound) in enumerate(zip(PHASES, bounds, strict=True)):
        until = max(bound, begins + timedelta(days=7))
        ids.append(
            college.rows.add(
                "phase",
                plan_id=plan_id,
                name=name,
                position=position,
                starts_on=begins,
                ends_on=until - timedelta(days=1),
            )
        )
        begins = until
    return ids


def milestone_agreed(enrolled: Enrolled, milestone: Milestone) -> Agreed:
    random, programme = enrolled.random, enrolled.cohort.layout.programme
    wording = milestone.wording
    academic = wording.lane == "academic"
    in_steps = enrolled.college.full and academic and random.random() < IN_STEPS
    return Agreed(
        plan_id=enrolled.plan_id,
        lane=wording.lane,
        title=wording.title,
        criteria=wording.criteria,
        due_on=milestone.due_on,
        created_on=enrolled.agreed_on,
        by_id=enrolled.tutor_id,
        steps=random.choice(enrolled.college.words.steps) if in_steps else (),
        phase_id=enrolled.phase_ids[milestone.phase],
        milestone_id=milestone.milestone_id,
        resources=programme.resources[milestone.milestone_id % len(programme.resources)] if academic else "",
        where_and_how=programme.where[milestone.milestone_id % len(programme.where)] if academic else "",
        history=enrolled.college.full,
    )


def _own_targets(enrolled: Enrolled) -> Iterator[OwnTarget]:
    random, words, layout = enrolled.random, enrolled.college.words, enrolled.cohort.layout
    if enrolled.cohort.identical:
        yield from (OwnTarget(*same) for same in enrolled.cohort.identical.targets)
        return
    career = layout.programme.career + words.career
    personal = layout.programme.personal + words.personal
    pool = [("career", wording) for wording in career] + [("personal", wording) for wording in personal]
    count = layout.personal_targets if layout.personal_targets is not None else random.choice(OWN_TARGETS)
    for lane, wording in random.sample(pool, count):
        yield OwnTarget(lane, wording, random.uniform(0.06, 0.97))
    if layout.personal_targets is not None:
        return
    if random.random() < STRETCHED:
        stretch = random.choice(layout.programme.stretch)
        yield OwnTarget("academic", stretch, random.uniform(0.5, 0.9), stretch=True)
    if random.random() < PROPOSES:
        lane, wording = random.choice(pool)
        yield OwnTarget(lane, wording, random.uniform(0.6, 0.95), proposed=True)


def _own_agreed(enrolled: Enrolled, own: OwnTarget) -> Agreed:
    college, layout, random, life = enrolled.college, enrolled.cohort.layout, enrolled.random, enrolled.life
    starts_on = max(layout.starts_on, life.starts_on)
    due_on = starts_on + timedelta(days=round(own.share * (layout.ends_on - starts_on).days))
    due_on = college.open_days.on_or_after(due_on)
    latest = min(life.seen_until, due_on - timedelta(days=28))
    weeks_ago = 3 if own.proposed else 9
    created_on = latest - timedelta(days=0 if enrolled.cohort.identical else random.randrange(7 * weeks_ago))
    created_on = college.open_days.on_or_before(life.present(created_on))
    created_on = min(life.seen_until, max(enrolled.agreed_on, created_on))
    if own.proposed:
        due_on = max(due_on, college.open_days.on_or_after(college.today + timedelta(days=14)))
    return Agreed(
        plan_id=enrolled.plan_id,
        lane=own.lane,
        title=own.wording.title,
        criteria=own.wording.criteria,
        due_on=due_on,
        created_on=created_on,
        by_id=enrolled.tutor_id,
        steps=own.wording.steps,
        phase_id=enrolled.phase_ids[phase_of(enrolled.cohort, due_on)],
        stretch=own.stretch,
        proposed=own.proposed,
    )


def phase_of(cohort: OpenCohort, due_on: date) -> int:
    return sum(due_on >= bound for bound in cohort.phase_bounds)


def _days_reviewed(enrolled: Enrolled, rule: ReviewRule) -> list[date]:
    cohort, life = enrolled.cohort, enrolled.life
    if cohort.layout.character.batch:
        return [
            day
            for day in cohort.shared_days
            if life.starts_on <= day <= life.seen_until and not life.away(day)
        ]
    return days_held(enrolled.college, life, cohort.habits, rule, enrolled.random)
