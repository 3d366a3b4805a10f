"""A college's targets: milestones that a group shares, and each learner's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from data.importers import plans
from data.importers.choices import Choices, choices
from data.importers.columns import folded
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.phases import PlanPhases, phase_name
from data.importers.register import Enrolled, Register
from data.importers.summary import Refusal, Unusable
from data.importers.table import Row, read_tables
from data.models import Enrolment, Lane, Milestone
from data.rules import CLOSED_STATUSES, TargetStatus

STATUSES = {
    TargetStatus.PROPOSED: ("proposed", "draft", "suggested"),
    TargetStatus.TO_COME: ("", "to come", "not started", "set", "planned", "new"),
    TargetStatus.IN_PROGRESS: ("in progress", "ongoing", "started", "open", "continuing", "working towards"),
    TargetStatus.ACHIEVED: ("achieved", "complete", "completed", "met", "pass", "passed", "done"),
    TargetStatus.NOT_ACHIEVED: ("not achieved", "not met", "failed", "fail", "missed"),
    TargetStatus.WITHDRAWN: ("withdrawn", "cancelled", "not required", "removed"),
}
WORDS = {folded(word): status for status, words in STATUSES.items() for word in words}


@dataclass(frozen=True, slots=True)
class _Target:
    """A row of a targets file, read, with the enrolment that it belongs to. `left_out` says why dates of it
    aren't taken."""

    row: Row
    enrolled: Enrolled
    lane_id: int
    phase_id: int | None
    due_on: date | None
    created_on: date
    result: Values
    left_out: tuple[str, ...]

    @property
    def code(self) -> str:
        """The reference that names it within its plan."""
        ref = self.row.text("Target ID")
        name = self.row.text("Milestone") or self.row.text("Target")
        return f"#{ref}|{folded(name)}" if ref else folded(name)

    @property
    def once(self) -> tuple[int, str]:
        """What a file may speak of once: the learner's milestone, else the target."""
        return self.enrolled.id, folded(self.row.text("Milestone")) or self.code

    @property
    def milestone_key(self) -> str:
        return f"{self.enrolled.cohort_id}|{folded(self.row.text('Milestone'))}"


def import_targets(run: Run, paths: Sequence[Path]) -> None:
    """Import targets files; learners and groups must be here already, from the roster or the ILR."""
    rows = list(read_tables(run, paths))
    register = Register(run, (row.text("Person Code") for row in rows))
    targets = _read(run, register, rows)
    milestone_ids = _write_milestones(run, [each for each in targets if each.row.text("Milestone")])
    with run.progress("Writing targets", len(targets)) as advance:
        for some in plans.in_parts(targets):
            merge(run, plans.TARGETS, [_incoming(run, each, milestone_ids) for each in some])
            advance(len(some))


def _read(run: Run, register: Register, rows: list[Row]) -> list[_Target]:
    lanes = choices(run, "Lane", Lane, Lane.label, "academic")
    phases = _phases(run, register, rows)
    found: dict[tuple[int, str], _Target] = {}
    for row in rows:
        try:
            target = _target(run, register, row, lanes, phases)
            first = found.setdefault(target.once, target)
            _refuse_difference(first.row, row)
        except Unusable as error:
            run.summary.refused.add(Refusal(row.where, str(error)))
            continue
        for reason in target.left_out:
            run.summary.left_out.add(Refusal(row.where, reason))
    return list(found.values())


def _refuse_difference(first: Row, row: Row) -> None:
    if first.cells == row.cells:
        return
    if milestone := row.text("Milestone"):
        raise Unusable(
            f"it says something else of the milestone {milestone} for learner {row.text('Person Code')} than"
            f" {first.where} does; a learner has a milestone once. Mend or remove one of the two"
        )
    raise Unusable(
        f"it says something else of this target than {first.where} does. If it is another target of the"
        " same title, give it a Target ID of its own"
    )


def _target(run: Run, register: Register, row: Row, lanes: Choices, phases: dict[int, PlanPhases]) -> _Target:
    row.needed("Target")
    enrolled = register.enrolment(row)
    due_on = row.day("Due Date")
    set_on, set_left_out = _set_on(row, due_on, run.today)
    result, result_left_out = _result(row, due_on, run.today)
    return _Target(
        row=row,
        enrolled=enrolled,
        lane_id=lanes.id(row),
        phase_id=_phase(row, phases[enrolled.id], due_on),
        due_on=due_on,
        created_on=set_on or enrolled.starts_on,
        result=result,
        left_out=tuple(reason for reason in (set_left_out, result_left_out) if reason),
    )


def _set_on(row: Row, due_on: date | None, today: date) -> tuple[date | None, str]:
    """The day on which it was agreed, and why it is left out where it can't be."""
    set_on = row.day("Date Set")
    if set_on and set_on > today:
        return None, f"Date Set {set_on} is still to come; the learner's start is taken"
    if set_on and due_on and set_on > due_on:
        return None, f"Date Set {set_on} is after the Due Date {due_on}; the learner's start is taken"
    return set_on, ""


def _result(row: Row, due_on: date | None, today: date) -> tuple[Values, str]:
    """Status, achieved date and closing date, and why a date is left out; a closed target needs a date from
    the file."""
    text = row.text("Status")
    status = WORDS.get(folded(text))
    if status is None:
        words = ", ".join(_shown(status) for status in TargetStatus)
        raise Unusable(f"Status {text!r} isn't known; write one of {words}")
    closed_on, left_out = row.day("Date Achieved"), ""
    if status in CLOSED_STATUSES:
        closed_on = _closed_on(status, closed_on, due_on, today)
    elif closed_on:
        left_out = f"Date Achieved {closed_on}, since the status is {_shown(status)}; write achieved if it is"
        closed_on = None
    values = {
        "status": status,
        "achieved_on": closed_on if status == TargetStatus.ACHIEVED else None,
        "closed_on": closed_on,
    }
    return values, left_out


def _closed_on(status: TargetStatus, given: date | None, due_on: date | None, today: date) -> date:
    if given and given > today:
        raise Unusable(f"Date Achieved {given} is still to come; write the day on which it was closed")
    if status == TargetStatus.ACHIEVED and given is None:
        raise Unusable("an achieved target needs a Date Achieved")
    closed_on = given or due_on
    if closed_on is None:
        raise Unusable(
            f"a target that is {_shown(status)} needs a Date Achieved (when it was closed) or a Due Date"
        )
    return closed_on


def _shown(status: TargetStatus) -> str:
    return status.replace("-", " ")


def _phases(run: Run, register: Register, rows: list[Row]) -> dict[int, PlanPhases]:
    """{plan id: phases} of the learners that the rows name."""
    plan_ids = set()
    for row in rows:
        try:
            plan_ids.add(register.enrolment(row).id)
        except Unusable:
            continue
    return plans.load_phases(run, plan_ids)


def _phase(row: Row, phases: PlanPhases, due_on: date | None) -> int | None:
    name = row.text("Phase")
    if not name:
        return phases.at(due_on)
    if (phase_id := phases.named(name)) is None:
        raise Unusable(f"Phase {name!r} isn't one of this plan's: {', '.join(phases.names)}")
    return phase_id


# --- writing -------------------------------------------------------------------------------------------


def _write_milestones(run: Run, targets: list[_Target]) -> dict[str, int]:
    """{milestone key: id}; a milestone is due when most of its learners are, the earliest first."""
    groups: dict[str, list[_Target]] = defaultdict(list)
    for target in targets:
        groups[target.milestone_key].append(target)
    ends = _planned_ends(run, {target.enrolled.id for target in targets})
    last = _last_positions(run, {target.enrolled.cohort_id for target in targets})
    usual = {key: _usual(each.due_on for each in group) for key, group in groups.items()}
    rows = []
    for key in sorted(groups, key=lambda key: (usual[key] or date.max, key)):
        first = groups[key][0]
        cohort_id, code = first.enrolled.cohort_id, first.row.text("Milestone")
        last[cohort_id] = last.get(cohort_id, -1) + 1
        phase = first.row.text("Phase") or phase_name(
            first.enrolled.starts_on, ends.get(first.enrolled.id), usual[key]
        )
        rows.append(
            Incoming(
                key=key,
                values={"title": first.row.text("Target"), "due_on": usual[key]},
                once={
                    "cohort_id": cohort_id,
                    "lane_id": first.lane_id,
                    "phase_name": phase,
                    "position": last[cohort_id],
                    "short_title": code,
                },
                label=f"milestone {code}",
            )
        )
    return merge(run, plans.MILESTONES, rows).ids


def _usual(days: Iterable[date | None]) -> date | None:
    counted = Counter(day for day in days if day)
    return min(counted, key=lambda day: (-counted[day], day), default=None)


def _planned_ends(run: Run, enrolment_ids: set[int]) -> dict[int, date | None]:
    found: dict[int, date | None] = {}
    for some in plans.in_parts(sorted(enrolment_ids)):
        rows = run.session.execute(
            select(Enrolment.id, Enrolment.planned_end_on).where(Enrolment.id.in_(some))
        )
        found |= {enrolment_id: planned_end_on for enrolment_id, planned_end_on in rows}
    return found


def _last_positions(run: Run, cohort_ids: set[int]) -> dict[int, int]:
    """{cohort id: the position of its last milestone}."""
    rows = run.session.execute(
        select(Milestone.cohort_id, func.max(Milestone.position))
        .where(Milestone.cohort_id.in_(cohort_ids))
        .group_by(Milestone.cohort_id)
    )
    return {cohort_id: position for cohort_id, position in rows}


def _incoming(run: Run, target: _Target, milestone_ids: dict[str, int]) -> Incoming:
    row, enrolled = target.row, target.enrolled
    values: Values = {"title": row.text("Target"), "due_on": target.due_on}
    once: Values = {
        "plan_id": enrolled.id,
        "lane_id": target.lane_id,
        "phase_id": target.phase_id,
        "milestone_id": milestone_ids[target.milestone_key] if row.text("Milestone") else None,
        "created_on": target.created_on,
    }
    for heading, name in (("Success Criteria", "criteria"), ("Note", "note")):
        (values if row.has(heading) else once)[name] = row.text(heading)
    (values if row.has("Status") else once).update(target.result)
    return Incoming(
        key=f"{enrolled.id}|{target.code}",
        values=values,
        once=once,
        label=f"target {row.text('Target')!r} of learner {row.text('Person Code')}",
    )
