"""Cohorts, learners, enrolments, plans and targets as every import writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from data import rules
from data.importers.merge import AT_ONCE, Incoming, Kind, Merged, Run, Values, merge, table_of
from data.importers.phases import PhaseDates, PlanPhases, phases_between
from data.models import (
    Base,
    BreakInLearning,
    Change,
    Cohort,
    Department,
    Enrolment,
    ImportRecord,
    Learner,
    Milestone,
    Origin,
    Phase,
    Plan,
    Target,
)

LABELS = {
    "ilr": "the ILR",
    "oulad": "OULAD",
    "roster": "a roster file",
    "targets": "a targets file",
}


class _Targets(Kind):
    """Targets keep their first due date, count moves of it, and write their history."""

    def made(self, run: Run, values: Values) -> Values:
        return {"first_due_on": values["due_on"], "version": 1}

    def moved(self, run: Run, before: Mapping[str, Any], changes: Values) -> Values:
        if "due_on" not in changes:
            return {}
        if before["due_on"] is None or changes["due_on"] is None:
            return {"first_due_on": changes["due_on"]}
        return {"moves": before["moves"] + 1}

    def after(self, run: Run, merged: Merged) -> None:
        rows = [
            _change(run, values["plan_id"], target_id, "created", None, values["title"])
            for target_id, values in merged.added.items()
        ]
        rows += [
            _change(run, before["plan_id"], target_id, name, before[name], value)
            for target_id, (before, changes) in merged.changed.items()
            for name, value in changes.items()
            if name not in ("first_due_on", "moves", "closed_on")
        ]
        add_rows(run, Change, rows)


COHORTS = Kind(Cohort, "cohorts", natural=("department_id", "code"))
LEARNERS = Kind(Learner, "learners", natural=("organisation_id", "provider", "reference"))
ENROLMENTS = Kind(
    Enrolment,
    "enrolments",
    natural=("learner_id", "cohort_id"),
    together=(("starts_on", "ended_on", "end_reason"),),
)
BREAKS = Kind(BreakInLearning, "breaks in learning", natural=("enrolment_id", "from_on"))
MILESTONES = Kind(Milestone, "milestones", natural=("cohort_id", "short_title"))
TARGETS = _Targets(
    Target,
    "targets",
    natural=("plan_id", "milestone_id"),
    together=(("status", "achieved_on", "closed_on"),),
)


def department_id(run: Run, name: str) -> int:
    """The department of that name, made and counted where it is new."""
    known = run.session.scalar(
        select(Department.id).where(
            Department.organisation_id == run.organisation_id, Department.name == name
        )
    )
    if known is not None:
        run.summary.of("departments").unchanged += 1
        return known
    run.summary.of("departments").added += 1
    department = Department(organisation_id=run.organisation_id, name=name)
    run.session.add(department)
    run.session.flush()
    return department.id


def merge_enrolments(run: Run, rows: Sequence[Incoming]) -> Merged:
    """Enrolments, each with a plan and its dated phases; phases that nobody edited follow the dates."""
    merged = merge(run, ENROLMENTS, rows)
    run.touched |= merged.added.keys() | merged.changed.keys()
    dates = {
        enrolment_id: (values["starts_on"], values.get("planned_end_on"))
        for enrolment_id, values in merged.added.items()
    }
    add_rows(run, Plan, [{"id": plan_id} for plan_id in dates])
    _add_phases(run, dates)
    _move_phases(run, merged)
    return merged


def merge_breaks(run: Run, rows: Iterable[Incoming]) -> Merged:
    """Breaks in learning; one that is over moves the due dates that no import answers for.

    A target that an import brought has its date from the college's own system, which knows of the break.
    """
    merged = merge(run, BREAKS, rows)
    run.touched |= {values["enrolment_id"] for values in merged.added.values()}
    run.touched |= {before["enrolment_id"] for before, _ in merged.changed.values()}
    grown = [
        _Grown(values["enrolment_id"], values["from_on"], None, values["back_on"])
        for values in merged.added.values()
    ]
    grown += [
        _Grown(before["enrolment_id"], before["from_on"], before["back_on"], changes["back_on"])
        for before, changes in merged.changed.values()
        if "back_on" in changes
    ]
    _move_due_dates(run, [each for each in grown if each.days])
    return merged


# --- phases of plans -----------------------------------------------------------------------------------


def load_phases(run: Run, plan_ids: Iterable[int]) -> dict[int, PlanPhases]:
    """{plan id: its phases}; a plan without phases has an empty one."""
    phases: dict[int, PlanPhases] = defaultdict(lambda: PlanPhases([], [], [], []))
    for some in in_parts(sorted(plan_ids)):
        for plan_id, phase_id, name, starts_on, ends_on in run.session.execute(
            select(Phase.plan_id, Phase.id, Phase.name, Phase.starts_on, Phase.ends_on)
            .where(Phase.plan_id.in_(some))
            .order_by(Phase.plan_id, Phase.position)
        ):
            of_plan = phases[plan_id]
            of_plan.ids.append(phase_id)
            of_plan.names.append(name)
            of_plan.starts.append(starts_on)
            of_plan.ends.append(ends_on)
    return phases


def _add_phases(run: Run, dates: Mapping[int, tuple[date, date | None]]) -> None:
    add_rows(
        run,
        Phase,
        [
            {
                "plan_id": plan_id,
                "name": phase.name,
                "position": position,
                "starts_on": phase.starts_on,
                "ends_on": phase.ends_on,
            }
            for plan_id, (starts_on, planned_end_on) in dates.items()
            for position, phase in enumerate(phases_between(starts_on, planned_end_on))
        ],
    )


def _move_phases(run: Run, merged: Merged) -> None:
    """Where an enrolment's dates changed and its phases are as an import made them, date them anew."""
    moved = {
        plan_id: (before, changes)
        for plan_id, (before, changes) in merged.changed.items()
        if "planned_end_on" in changes or changes.get("starts_on", before["starts_on"]) != before["starts_on"]
    }
    phases = load_phases(run, moved)
    for plan_id, (before, changes) in moved.items():
        here = phases[plan_id]
        if [
            PhaseDates(*each) for each in zip(here.names, here.starts, here.ends, strict=True)
        ] != phases_between(before["starts_on"], before["planned_end_on"]):
            continue
        after = {**before, **changes}
        anew = phases_between(after["starts_on"], after["planned_end_on"])
        if len(anew) != len(here.ids):
            continue
        for phase_id, phase in zip(here.ids, anew, strict=True):
            run.session.execute(
                update(Phase)
                .where(Phase.id == phase_id)
                .values(
                    name=phase.name,
                    starts_on=phase.starts_on,
                    ends_on=phase.ends_on,
                    version=Phase.version + 1,
                )
            )


# --- due dates and breaks ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grown:
    """A break that an import has made longer or shorter."""

    plan_id: int
    from_on: date
    back_before: date | None
    back_on: date | None

    @property
    def days(self) -> int:
        return ((self.back_on or self.from_on) - (self.back_before or self.from_on)).days


def _move_due_dates(run: Run, breaks: Sequence[_Grown]) -> None:
    """Move the open targets that people set by the days that a break has grown. A first due date that lies in
    or after the break moves with it: a break is no slippage."""
    targets = _set_by_people(run, {each.plan_id for each in breaks})
    history: list[Values] = []
    for each in breaks:
        reason = rules.reason_of_break(each.from_on, each.back_on)
        for target in targets[each.plan_id]:
            if target.due_on is None or target.due_on < each.from_on:
                continue
            after = target.due_on + timedelta(each.days)
            if target.first_due_on is not None and target.first_due_on >= each.from_on:
                target.first_due_on += timedelta(each.days)
            history.append(_change(run, each.plan_id, target.id, "due_on", target.due_on, after, reason))
            target.due_on, target.version = after, target.version + 1
            run.summary.of("targets").changed += 1
    run.session.flush()
    add_rows(run, Change, history)


def _set_by_people(run: Run, plan_ids: set[int]) -> dict[int, list[Target]]:
    """{plan id: its open targets that no import brought}."""
    found: dict[int, list[Target]] = defaultdict(list)
    for some in in_parts(sorted(plan_ids)):
        targets = run.session.scalars(
            select(Target).where(Target.plan_id.in_(some), Target.status.in_(rules.OPEN_STATUSES))
        ).all()
        imported = set(
            run.session.scalars(
                select(ImportRecord.row_id).where(
                    ImportRecord.organisation_id == run.organisation_id,
                    ImportRecord.source.in_([f"{source}:{Target.__tablename__}" for source in LABELS]),
                    ImportRecord.row_id.in_([target.id for target in targets]),
                )
            )
        )
        for target in targets:
            if target.id not in imported:
                found[target.plan_id].append(target)
    return found


# --- small things --------------------------------------------------------------------------------------


def add_rows(run: Run, model: type[Base], rows: Sequence[Values]) -> None:
    """Insert rows whose ids nobody needs to know."""
    if rows:
        run.session.connection().execute(insert(table_of(model)), rows)


def in_parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The items, as many at a time as one query takes."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _change(
    run: Run, plan_id: int, target_id: int, name: str, old: object, new: object, reason: str = ""
) -> Values:
    return {
        "plan_id": plan_id,
        "target_id": target_id,
        "field": name,
        "old": None if old is None else str(old),
        "new": None if new is None else str(new),
        "reason": reason or f"Imported from {LABELS[run.source]}",
        "origin": Origin.IMPORT,
        "by_id": None,
        "at": run.at,
    }
