"""Who teaches whom, as a roster says it: tutors of cohorts, teachers and learners of teaching groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from data.importers.merge import Incoming, Kind, Run, merge
from data.importers.plans import in_parts
from data.importers.register import address, people
from data.importers.summary import Refusal, Unusable
from data.importers.table import Row
from data.models import (
    Cohort,
    CohortTutor,
    Enrolment,
    ImportRecord,
    TeachingGroup,
    TeachingGroupLearner,
    TeachingGroupTeacher,
)

COHORT_TUTORS = Kind(CohortTutor, "tutors of cohorts")
GROUPS = Kind(TeachingGroup, "teaching groups", natural=("department_id", "code"))
TEACHERS = Kind(TeachingGroupTeacher, "teachers of groups", natural=("group_id", "person_id", "from_on"))
MEMBERS = Kind(TeachingGroupLearner, "learners of groups", natural=("group_id", "learner_id", "from_on"))


def write_cohort_tutors(run: Run, enrolment_ids: Iterable[int]) -> None:
    """Where all who are enrolled in a cohort now have one tutor, that is the cohort's tutor, for those who
    join. Nobody comes to see another tutor's learner by it, and it ends when it is so no longer."""
    cohort_ids: set[int] = set()
    for some in in_parts(sorted(enrolment_ids)):
        cohort_ids |= set(run.session.scalars(select(Enrolment.cohort_id).where(Enrolment.id.in_(some))))
    for some in in_parts(sorted(cohort_ids)):
        tutors = _tutors_by_cohort(run, some)
        here = _current_tutors(run, some)
        starts = run.session.execute(select(Cohort.id, Cohort.starts_on).where(Cohort.id.in_(some)))
        rows = [
            row
            for cohort_id, starts_on in starts
            for row in _cohort_tutors(run, cohort_id, starts_on, tutors[cohort_id], here[cohort_id])
        ]
        merge(run, COHORT_TUTORS, rows)


def _tutors_by_cohort(run: Run, cohort_ids: Iterable[int]) -> dict[int, set[int | None]]:
    """{cohort id: the tutors of those enrolled today, None among them for who has none}."""
    tutors: dict[int, set[int | None]] = defaultdict(set)
    for cohort_id, tutor_id in run.session.execute(
        select(Enrolment.cohort_id, Enrolment.tutor_id)
        .where(
            Enrolment.cohort_id.in_(cohort_ids),
            Enrolment.ended_on.is_(None) | (Enrolment.ended_on >= run.today),
        )
        .distinct()
    ):
        tutors[cohort_id].add(tutor_id)
    return tutors


def _current_tutors(run: Run, cohort_ids: Iterable[int]) -> dict[int, dict[int, bool]]:
    """{cohort id: {tutor whose time hasn't ended: whether the roster made it so}}."""
    here: dict[int, dict[int, bool]] = defaultdict(dict)
    for cohort_id, person_id, record_id in run.session.execute(
        select(CohortTutor.cohort_id, CohortTutor.person_id, ImportRecord.id)
        .outerjoin(
            ImportRecord,
            (ImportRecord.organisation_id == run.organisation_id)
            & (ImportRecord.source == f"{run.source}:{CohortTutor.__tablename__}")
            & (ImportRecord.row_id == CohortTutor.id),
        )
        .where(CohortTutor.cohort_id.in_(cohort_ids), CohortTutor.until_on.is_(None))
    ):
        here[cohort_id][person_id] = record_id is not None
    return here


def _cohort_tutors(
    run: Run, cohort_id: int, starts_on: date, tutors: set[int | None], here: dict[int, bool]
) -> Iterable[Incoming]:
    if not tutors:
        return
    yesterday = run.today - timedelta(1)
    sole = next(iter(tutors)) if len(tutors) == 1 else None
    until: dict[int, date | None] = {
        person_id: yesterday for person_id, ours in here.items() if ours and person_id != sole
    }
    if sole is not None and here.get(sole, True):
        until[sole] = None
    for person_id, until_on in until.items():
        yield Incoming(
            key=f"{cohort_id}|{person_id}",
            values={"until_on": until_on},
            once={
                "cohort_id": cohort_id,
                "person_id": person_id,
                "from_on": min(starts_on, yesterday),
            },
            label="tutor of a cohort",
        )


# --- teaching groups -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Membership:
    """A row that puts a learner into a teaching group, maybe with its teacher."""

    row: Row
    learner_id: int
    department_id: int

    @property
    def code(self) -> str:
        return self.row.text("Teaching Group")

    @property
    def group_key(self) -> str:
        return f"{self.department_id}|{self.code.casefold()}"

    @property
    def from_on(self) -> date:
        return self.row.day("Start Date") or date.min


def write_groups(run: Run, memberships: Sequence[Membership]) -> None:
    """Teaching groups with their learners, from the learners' start, and teachers, from the first start."""
    teachers: dict[str, str] = {}
    teaches: dict[tuple[str, str], date] = {}
    for each in memberships:
        try:
            email = address(each.row, "Teacher")
        except Unusable as error:
            run.summary.left_out.add(Refusal(each.row.where, str(error)))
            continue
        if email:
            teachers[email] = each.row.text("Teacher Name") or teachers.get(email, "")
            key = (each.group_key, email)
            teaches[key] = min(each.from_on, teaches.get(key, each.from_on))
    if not memberships:
        return
    teacher_ids = people(run, teachers, "teacher") if teachers else {}
    group_ids = merge(run, GROUPS, list(_groups(memberships).values())).ids
    merge(
        run,
        TEACHERS,
        [
            Incoming(
                key=f"{group_ids[group]}|{email}",
                values={},
                once={"group_id": group_ids[group], "person_id": teacher_ids[email], "from_on": from_on},
                label=f"teacher {email}",
            )
            for (group, email), from_on in teaches.items()
        ],
    )
    members = {
        (each.group_key, each.learner_id): Incoming(
            key=f"{group_ids[each.group_key]}|{each.learner_id}",
            values={},
            once={
                "group_id": group_ids[each.group_key],
                "learner_id": each.learner_id,
                "from_on": each.from_on,
            },
            label="learner of a teaching group",
        )
        for each in memberships
    }
    merge(run, MEMBERS, list(members.values()))


def _groups(memberships: Sequence[Membership]) -> dict[str, Incoming]:
    groups: dict[str, Incoming] = {}
    for each in memberships:
        subject = each.row.text("Subject")
        if each.group_key in groups and not subject:
            continue
        once = {"department_id": each.department_id, "code": each.code}
        groups[each.group_key] = Incoming(
            key=each.group_key,
            values={"subject": subject} if subject else {},
            once=once if subject else once | {"subject": each.code},
            label=f"teaching group {each.code}",
        )
    return groups
