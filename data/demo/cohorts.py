"""Opens a cohort: its tutor and milestones, and what all its learners share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from data import rules
from data.college import PHASES
from data.demo.college import DemoCollege
from data.demo.curriculum import MilestoneWording, TargetWording
from data.demo.layout import CohortLayout
from data.demo.lives import draw_life
from data.demo.review_days import Habits, days_held, tutor_habits
from data.demo.staff import Group, Tutors

PHASE_ENDS = (0.10, 0.45, 0.85)
"""Shares of a course after which a phase ends and the next begins."""


@dataclass(frozen=True)
class Milestone:
    milestone_id: int
    wording: MilestoneWording
    phase: int
    due_on: date


@dataclass(frozen=True)
class OpenCohort:
    """A cohort that is being filled."""

    layout: CohortLayout
    cohort_id: int
    tutor_id: int
    colleague_id: int | None
    milestones: tuple[Milestone, ...]
    phase_bounds: list[date]
    habits: Habits
    identical: IdenticalPlan | None
    groups: list[Group]
    shared_days: list[date]


@dataclass(frozen=True)
class IdenticalPlan:
    """What every plan of a cohort says where a tutor wrote one plan and copied it."""

    destination: str
    progression: str
    starting_point: str
    targets: tuple[tuple[str, TargetWording, float], ...]


def open_cohort(
    college: DemoCollege,
    layout: CohortLayout,
    department_id: int,
    tutors: Tutors,
    groups: list[Group],
    random: Random,
) -> OpenCohort:
    cohort_id = college.rows.add(
        "cohort",
        department_id=department_id,
        code=layout.code,
        title=layout.title,
        starts_on=layout.starts_on,
    )
    _add_tutors(college, layout, cohort_id, tutors)
    bounds = [rules.monday_of(layout.day(share)) for share in PHASE_ENDS]
    milestones = tuple(
        _add_milestone(college, layout, cohort_id, position, wording)
        for position, wording in enumerate(layout.milestones)
    )
    habits = tutor_habits(Random(f"{tutors.tutor_id}"), layout.character)
    return OpenCohort(
        layout=layout,
        cohort_id=cohort_id,
        tutor_id=tutors.tutor_id,
        colleague_id=tutors.colleague_id,
        milestones=milestones,
        phase_bounds=bounds,
        habits=habits,
        identical=_identical_plan(layout, random) if layout.character.identical else None,
        groups=groups,
        shared_days=_shared_days(college, layout, habits, random) if layout.character.batch else [],
    )


def _add_tutors(college: DemoCollege, layout: CohortLayout, cohort_id: int, tutors: Tutors) -> None:
    from_on = layout.starts_on - timedelta(days=14)
    if tutors.former_id is not None:
        handed_over = college.open_days.on_or_after(layout.starts_on + timedelta(days=42))
        _tutor(college, cohort_id, tutors.former_id, from_on, handed_over - timedelta(days=1))
        from_on = handed_over
    _tutor(college, cohort_id, tutors.tutor_id, from_on)


def _tutor(
    college: DemoCollege, cohort_id: int, person_id: int, from_on: date, until_on: date | None = None
) -> None:
    college.rows.add(
        "cohort_tutor", cohort_id=cohort_id, person_id=person_id, from_on=from_on, until_on=until_on
    )


def _add_milestone(
    college: DemoCollege, layout: CohortLayout, cohort_id: int, position: int, wording: MilestoneWording
) -> Milestone:
    phase = sum(wording.at >= share for share in PHASE_ENDS)
    due_on = college.open_days.on_or_after(layout.day(wording.at))
    milestone_id = college.rows.add(
        "milestone",
        cohort_id=cohort_id,
        lane_id=college.lanes[wording.lane],
        phase_name=PHASES[phase],
        position=position,
        short_title=wording.short,
        title=wording.title,
        due_on=due_on,
    )
    return Milestone(milestone_id, wording, phase, due_on)


def _shared_days(college: DemoCollege, layout: CohortLayout, habits: Habits, random: Random) -> list[date]:
    """The days on which a tutor who reviews a whole cohort at once did so, the last time on the last day."""
    life = replace(
        draw_life(college, layout, random),
        starts_on=layout.starts_on,
        ended_on=None,
        breaks=(),
        seen_until=college.yesterday,
    )
    days = days_held(college, life, habits, college.rule, random)
    if len(days) < 2:
        return days
    last = rules.next_review_due(days[-2], college.rule, closures=college.open_days.spans)
    return [*days[:-1], last] if last is not None and last <= college.yesterday else days


def _identical_plan(layout: CohortLayout, random: Random) -> IdenticalPlan:
    programme = layout.programme
    return IdenticalPlan(
        destination="To pass the course and get a job or go to the next level.",
        progression=programme.progression[0],
        starting_point="Initial assessment completed. Level 1 English and maths.",
        targets=tuple(
            ("career" if wording in programme.career else "personal", wording, share)
            for wording, share in zip(
                (programme.career[0], programme.personal[0], programme.career[1]),
                (0.3, 0.5, 0.7),
                strict=True,
            )
        ),
    )
