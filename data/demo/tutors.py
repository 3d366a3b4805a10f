"""What the tutors offer in the weeks ahead, one of them nothing yet and one too little; who is away and
covered, and whose learners go to somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from data import models, rules
from data.demo.college import DemoCollege
from data.models import StandInKind
from data.schedule import ends

WEEKS_AHEAD = 6
AFTERNOON = time(13, 15)
LENGTHS = (15, 20, 20, 30)
MOST_IN_A_ROW = 10
OFFERS_NOTHING, OFFERS_LITTLE = 1, 3
"""Of each department's tutors, by their place."""
FEWEST_OTHERS = 5
"""So many tutors a department needs for its absences to make a story."""


def add_tutors(college: DemoCollege, session: Session, seed: int) -> None:
    """Slots of everybody but the demo's tutor, who has some already; in the first department one cover that
    runs, one handover ahead and one that took place."""
    random = Random(f"{seed} tutors")
    departments = _tutors(session)
    for tutors in departments.values():
        for place, (tutor_id, cohorts) in enumerate(tutors.items()):
            if place != OFFERS_NOTHING and not _offers_already(session, tutor_id):
                slots = list(_slots(college, session, tutor_id, cohorts, place, random))
                if slots:
                    session.execute(insert(models.Slot), slots)
    _stand_ins(college, session, next(iter(departments.values())))


def _tutors(session: Session) -> dict[int, dict[int, list[int]]]:
    """{department: {tutor of today: their cohorts}}, in the order in which they were made."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for department_id, person_id, cohort_id in session.execute(
        select(models.Cohort.department_id, models.CohortTutor.person_id, models.Cohort.id)
        .join(models.Cohort, models.Cohort.id == models.CohortTutor.cohort_id)
        .where(models.CohortTutor.until_on.is_(None))
        .order_by(models.CohortTutor.id)
    ):
        found[department_id][person_id].append(cohort_id)
    return found


def _offers_already(session: Session, tutor_id: int) -> bool:
    return session.scalar(select(models.Slot.id).where(models.Slot.tutor_id == tutor_id).limit(1)) is not None


def _slots(
    college: DemoCollege, session: Session, tutor_id: int, cohorts: list[int], place: int, random: Random
) -> Iterator[dict[str, Any]]:
    """An afternoon each week, as long as the reviews due take if they came evenly."""
    last_on = rules.sunday_of(college.today) + timedelta(weeks=WEEKS_AHEAD - 1)
    due = (
        session.scalar(
            select(func.count())
            .select_from(models.Enrolment)
            .where(
                models.Enrolment.cohort_id.in_(cohorts),
                models.Enrolment.ended_on.is_(None),
                models.Enrolment.next_review_on <= last_on,
            )
        )
        or 0
    )
    in_a_row = min(MOST_IN_A_ROW, due // (WEEKS_AHEAD - 1) + random.randint(0, 2))
    if place == OFFERS_LITTLE:
        in_a_row = max(1, in_a_row // 3)
    minutes = LENGTHS[place % len(LENGTHS)]
    room = f"{random.choice('ABC')}{random.randint(1, 3)}.{random.randint(1, 20):02}"
    for week in range(WEEKS_AHEAD):
        day = rules.monday_of(college.today) + timedelta(weeks=week, days=1 + place % 4)
        if day < college.today or college.open_days.on_or_after(day) != day:
            continue
        for number in range(in_a_row):
            yield {
                "tutor_id": tutor_id,
                "on_day": day,
                "starts": ends(AFTERNOON, number * minutes),
                "minutes": minutes,
                "place": f"Room {room}",
            }


def _stand_ins(college: DemoCollege, session: Session, tutors: dict[int, list[int]]) -> None:
    """Not of the demo's tutor, who has two cohorts and no others."""
    others = list(tutors)[1:]
    if len(others) < FEWEST_OTHERS:
        return
    monday = rules.monday_of(college.today)
    earlier = (monday - timedelta(weeks=8), monday - timedelta(weeks=6, days=3))
    away = (monday - timedelta(weeks=1), monday + timedelta(weeks=4, days=4))
    planned = [(StandInKind.COVER, others[0], tutors[others[0]][0], others[1], *earlier)]
    for cohort_id, person_id in zip(tutors[others[-2]], (others[0], others[2]), strict=False):
        planned.append((StandInKind.COVER, others[-2], cohort_id, person_id, *away))
    for kind, tutor_id, cohort_id, person_id, from_on, until_on in planned:
        _add(college, session, kind, (tutor_id, person_id), cohort_id, from_on, until_on)
    handover = college.open_days.on_or_after(monday + timedelta(weeks=3))
    who = (others[-1], others[1])
    _add(college, session, StandInKind.HANDOVER, who, tutors[others[-1]][0], handover, None)


def _add(
    college: DemoCollege,
    session: Session,
    kind: StandInKind,
    who: tuple[int, int],
    cohort_id: int,
    from_on: date,
    until_on: date | None,
) -> None:
    """A row, and that the head of department wrote it down some days before."""
    tutor_id, person_id = who
    row = models.StandIn(
        kind=kind,
        cohort_id=cohort_id,
        named_id=tutor_id,
        tutor_id=tutor_id,
        person_id=person_id,
        from_on=from_on,
        until_on=until_on,
    )
    session.add(row)
    session.flush()
    code = session.get_one(models.Cohort, cohort_id).code
    tutor, person = (session.get_one(models.Person, one).name for one in who)
    on = min(from_on, college.today) - timedelta(days=5)
    session.add(
        models.CollegeChange(
            organisation_id=college.organisation_id,
            about=models.StandIn.__tablename__,
            row_id=row.id,
            title=f"{tutor} to {person}, {code}, {kind.value}",
            field="added",
            by_id=session.scalars(
                select(models.RoleAssignment.person_id)
                .where(models.RoleAssignment.role_name == "head-of-department")
                .order_by(models.RoleAssignment.id)
            ).first(),
            at=datetime.combine(on, time(9, 20), UTC),
        )
    )
    session.flush()
