"""A made-up college, the same each time from the same seed, day and size: the demo, and the benchmark's.

The demo has 900 learners in 40 cohorts of four departments. From 1,000 learners on it is the benchmark's:
departments of 1,000 learners in cohorts of 25, and one cohort of 350 learners by 130 milestones on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import college as colleges
from data import models
from data.database import writing
from data.demo import academic_year
from data.demo.agreements import add_agreements
from data.demo.amara import add_amara
from data.demo.cases import add_cases
from data.demo.cohorts import OpenCohort, open_cohort
from data.demo.college import DemoCollege
from data.demo.curriculum import common_words
from data.demo.kind_rules import add_kind_rules
from data.demo.layout import BENCHMARK_FROM, DepartmentLayout, benchmark_layout, demo_layout
from data.demo.learners import add_learner
from data.demo.names import LONGEST, draw_different_name
from data.demo.own_route import add_own_route
from data.demo.people import add_people
from data.demo.preparation import add_preparation
from data.demo.reviews_held import add_reviews_held
from data.demo.rows import Rows, analyze, continue_ids
from data.demo.schedule import add_schedule
from data.demo.staff import DEMO_PASSWORD, Accounts, Staff, add_staff
from data.demo.starting_points import add_starting_points
from data.demo.targets_in_full import add_targets_in_full
from data.demo.templates import add_templates
from data.demo.tutors import add_tutors
from data.demo.voice import add_voices
from data.demo.walls import add_walls
from data.department_figures import rebuild
from data.errors import Refused
from data.progress import Progress, silent
from data.review_schedule import COHORTS_AT_ONCE, load_review_rules, reschedule

__all__ = ["DEMO_PASSWORD", "DemoCounts", "build"]

NAME = "Routebook Demo College"
YEARS_BEFORE, YEARS_AFTER = 4, 4


@dataclass(frozen=True)
class DemoCounts:
    """What was made."""

    departments: int
    cohorts: int
    learners: int
    targets: int
    reviews: int


def build(
    engine: Engine, *, today: date, seed: int = 1, learners: int = 900, progress: Progress = silent
) -> DemoCounts:
    """Fill an empty, migrated database, all of it or nothing.

    Raises Refused where it holds an organisation already.
    """
    if learners < 1:
        raise Refused("A demo college needs at least one learner.")
    benchmark = learners >= BENCHMARK_FROM
    with writing(engine) as session:
        if session.scalar(select(models.Organisation.id).limit(1)) is not None:
            raise Refused("This database holds an organisation already; the demo needs an empty one.")
        college = _found_college(session, today, full=not benchmark)
        layout = (
            benchmark_layout(college.open_days, today, learners)
            if benchmark
            else demo_layout(Random(f"{seed} layout"), today, learners)
        )
        staff = add_staff(college, Accounts(college, Random(f"{seed} staff")), layout)
        _add_cohorts(college, layout, staff, seed, progress)
        if not benchmark:
            add_walls(college, staff.departments, Random(f"{seed} walls"))
        college.rows.write()
        if college.full:
            add_starting_points(college, session, seed)
            add_people(college, session, seed)
            add_targets_in_full(college, session, seed)
            college.rows.write()
        add_agreements(college, session, seed)
        college.rows.write()
        continue_ids(session.connection())
        if college.full:
            add_own_route(college, session)
            add_voices(college, session)
            add_preparation(college, session, seed)
            add_templates(college, session)
            add_reviews_held(college, session, seed)
            add_cases(college, session, seed)
            add_kind_rules(college, session)
        _reschedule(session, progress)
        if college.full:
            add_schedule(college, session)
            add_tutors(college, session, seed)
        _count(session, progress)
        analyze(session.connection())
    counts = college.rows.counts
    return DemoCounts(
        departments=counts["department"],
        cohorts=counts["cohort"],
        learners=counts["learner"],
        targets=counts["target"],
        reviews=counts["review"],
    )


def _found_college(session: Session, today: date, *, full: bool) -> DemoCollege:
    organisation = colleges.add_organisation(session, NAME, demo_today=today)
    closed = academic_year.closures(today.year - YEARS_BEFORE, today.year + YEARS_AFTER)
    (rule,) = load_review_rules(session, organisation.id)
    kinds = session.execute(
        select(models.ReviewKind.key, models.ReviewKind.id)
        .where(models.ReviewKind.organisation_id == organisation.id)
        .order_by(models.ReviewKind.id)
    )
    rows = Rows(session.connection())
    for closure in closed:
        rows.add("closed_period", organisation_id=organisation.id, **closure._asdict())
    return DemoCollege(
        organisation_id=organisation.id,
        today=today,
        rows=rows,
        words=common_words(),
        open_days=academic_year.OpenDays(closed),
        rule=rule,
        lanes=colleges.lane_ids(session, organisation.id),
        kinds={key: kind_id for key, kind_id in kinds},
        full=full,
    )


def _add_cohorts(
    college: DemoCollege, layout: list[DepartmentLayout], staff: Staff, seed: int, progress: Progress
) -> None:
    total = sum(cohort.size for department in layout for cohort in department.cohorts)
    learner_person: int | None = staff.learner_person_id
    with progress("Making learners and their plans", total) as advance:
        for number, department in enumerate(layout):
            groups = staff.groups[number] + staff.groups[(number + 1) % len(layout)]
            for tutors, cohort_layout in zip(staff.tutors[number], department.cohorts, strict=True):
                random = Random(f"{seed} {number} {cohort_layout.code}")
                cohort = open_cohort(
                    college, cohort_layout, staff.departments[number], tutors, groups, random
                )
                _add_learners(college, cohort, random, learner_person)
                learner_person = None
                college.rows.write_when_many()
                advance(cohort_layout.size)


def _add_learners(
    college: DemoCollege, cohort: OpenCohort, random: Random, learner_person: int | None
) -> None:
    """The cohort's learners; the first cohort's first is the one that learner@ opens, its second has the
    longest name."""
    taken = set[str]()
    left = cohort.layout.size
    if learner_person is not None:
        taken.add(add_amara(college, cohort, learner_person, random).full)
        left -= 1
        if left:
            taken.add(LONGEST.full)
            add_learner(college, cohort, LONGEST, random)
            left -= 1
    for _ in range(left):
        add_learner(college, cohort, draw_different_name(random, taken), random)


def _reschedule(session: Session, progress: Progress) -> None:
    cohort_ids = list(session.scalars(select(models.Cohort.id).order_by(models.Cohort.id)))
    with progress("Working out when reviews are due", len(cohort_ids)) as advance:
        for start in range(0, len(cohort_ids), COHORTS_AT_ONCE):
            some = cohort_ids[start : start + COHORTS_AT_ONCE]
            reschedule(session, some)
            advance(len(some))


def _count(session: Session, progress: Progress) -> None:
    department_ids = list(session.scalars(select(models.Department.id).order_by(models.Department.id)))
    with progress("Counting day by day", len(department_ids)) as advance:
        for department_id in department_ids:
            rebuild(session, [department_id])
            advance(1)
