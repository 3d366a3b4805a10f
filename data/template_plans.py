"""How a template stands to the plans of its department: what carrying it in would do to each, and why not.

Pure comparing: what is carried out is in `template_runs`. A text is still the template's where the plan says
what the template last said (`TemplateCopy.said`); such a text is offered the template's new one, any other
is the plan's own and stays. See docs/decisions/0009-templates.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import (
    Cohort,
    CopyKind,
    Enrolment,
    Learner,
    Milestone,
    Phase,
    Plan,
    Target,
    TemplateCopy,
    TemplateMilestone,
    TemplatePhase,
    Writes,
)
from data.rules import CLOSED_STATUSES
from data.scope import Viewer, enrolments_written_by
from data.templates import WORDING, TemplateDetail, read

TARGET_FIELDS = ("title", "criteria", "resources")
FIELD_WORDS = {
    "starting_point": "starting point",
    "destination": "destination",
    "progression": "what comes after",
    "name": "name",
    "title": "title",
    "criteria": "success criteria",
    "resources": "resources",
}
EDITED = "changed in the plan"
CLOSED = "closed already"
WRITTEN = "written already"
OWN_PHASES = "the plan has phases of its own"


@dataclass(frozen=True, slots=True)
class SetText:
    """A text that is still the template's, and what it would become."""

    kind: CopyKind
    row_id: int
    part_id: int | None
    field: str
    old: str
    new: str
    what: str


@dataclass(frozen=True, slots=True)
class Add:
    """A row that would be made: a target, or (with no part) all phases of the template."""

    kind: CopyKind
    part_id: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What would stay as it is, though the template says something else, and why."""

    what: str
    here: str
    template_says: str
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """A row that says what the template says, and is to be known as its copy from now on."""

    kind: CopyKind
    row_id: int
    part_id: int | None
    said: Mapping[str, str]


Step = SetText | Add | Kept | Link


@dataclass(frozen=True, slots=True)
class Outlook:
    """What carrying the template into one plan would do. `made`: the plan was made from it before."""

    plan_id: int
    learner_id: int
    learner: str
    cohort_id: int
    cohort: str
    starts_on: date
    made: bool
    steps: tuple[Step, ...]

    @property
    def texts(self) -> tuple[SetText, ...]:
        return tuple(step for step in self.steps if isinstance(step, SetText))

    @property
    def adds(self) -> tuple[Add, ...]:
        return tuple(step for step in self.steps if isinstance(step, Add))

    @property
    def kept(self) -> tuple[Kept, ...]:
        return tuple(step for step in self.steps if isinstance(step, Kept))

    @property
    def changes(self) -> int:
        return len(self.texts) + len(self.adds)


@dataclass(slots=True)
class PlanRows:
    """The rows of one plan that a template is compared with."""

    plan: Plan
    phases: list[Phase] = field(default_factory=list)
    targets: dict[int, Target] = field(default_factory=dict)
    copies: dict[tuple[str, int], TemplateCopy] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CohortChoice:
    id: int
    code: str
    title: str


def cohort_choices(session: Session, viewer: Viewer, template_id: int) -> list[CohortChoice]:
    """The cohorts of the template’s department, newest first; NotFound for who doesn’t keep it."""
    template = read(session, viewer, template_id)
    rows = session.execute(
        select(Cohort.id, Cohort.code, Cohort.title)
        .where(Cohort.department_id == template.department_id)
        .order_by(Cohort.starts_on.desc(), Cohort.code)
    )
    return [CohortChoice(*row) for row in rows]


def outlooks(
    session: Session, viewer: Viewer, template_id: int, cohort_id: int | None = None
) -> tuple[Outlook, ...]:
    """What carrying the template in would do to each running plan of a cohort, or, without one, to each that
    was made from it; in a fixed number of queries. NotFound where the viewer doesn't keep the template."""
    template = read(session, viewer, template_id)
    plans = (
        select(Plan, Enrolment, Learner, Cohort.code, Cohort.starts_on)
        .join(Enrolment, Enrolment.id == Plan.id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Cohort.department_id == template.department_id,
            enrolments_written_by(viewer, Writes.PLANS),
            Enrolment.ended_on.is_(None) | (Enrolment.ended_on >= viewer.today),
        )
        .order_by(Cohort.code, Learner.family_name, Learner.given_name, Plan.id)
    )
    if cohort_id is not None:
        plans = plans.where(Cohort.id == cohort_id)
    else:
        made = select(TemplateCopy.plan_id).where(TemplateCopy.template_id == template.id)
        plans = plans.where(Plan.id.in_(made))
    found = session.execute(plans).all()
    rows = rows_of(session, template.id, [row[0] for row in found])
    parts = parts_of(session, template.id)
    return tuple(
        Outlook(
            plan_id=plan.id,
            learner_id=learner.id,
            learner=f"{learner.given_name} {learner.family_name}",
            cohort_id=enrolment.cohort_id,
            cohort=code,
            starts_on=enrolment.starts_on,
            made=(CopyKind.PLAN, plan.id) in rows[plan.id].copies,
            steps=tuple(steps(template, parts, rows[plan.id])),
        )
        for plan, enrolment, learner, code, _ in found
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a template that plans hold copies of, retired milestones among them."""

    phases: Sequence[TemplatePhase]
    milestones: Sequence[TemplateMilestone]


def parts_of(session: Session, template_id: int) -> Parts:
    phases = select(TemplatePhase).where(TemplatePhase.template_id == template_id)
    milestones = select(TemplateMilestone).where(TemplateMilestone.template_id == template_id)
    return Parts(
        session.scalars(phases.order_by(TemplatePhase.position)).all(),
        session.scalars(milestones.order_by(TemplateMilestone.position, TemplateMilestone.id)).all(),
    )


def rows_of(session: Session, template_id: int, plans: Sequence[Plan]) -> dict[int, PlanRows]:
    """{plan id: its rows}; targets by the template's milestone, or by its short title where they are a
    cohort's milestone of that name and nobody's copy yet."""
    ids = [plan.id for plan in plans]
    found = {plan.id: PlanRows(plan) for plan in plans}
    for phase in session.scalars(select(Phase).where(Phase.plan_id.in_(ids)).order_by(Phase.position)):
        found[phase.plan_id].phases.append(phase)
    part_of_target: dict[int, int] = {}
    for copy in session.scalars(
        select(TemplateCopy).where(TemplateCopy.template_id == template_id, TemplateCopy.plan_id.in_(ids))
    ):
        if copy.plan_id is not None:
            found[copy.plan_id].copies[copy.kind, copy.row_id] = copy
        if copy.kind == CopyKind.TARGET and copy.part_id is not None:
            part_of_target[copy.row_id] = copy.part_id
    by_name = {
        name: part_id
        for part_id, name in session.execute(
            select(TemplateMilestone.id, TemplateMilestone.short_title).where(
                TemplateMilestone.template_id == template_id
            )
        )
    }
    for target, short_title in session.execute(
        select(Target, Milestone.short_title)
        .outerjoin(Milestone, Milestone.id == Target.milestone_id)
        .where(Target.plan_id.in_(ids))
    ):
        part_id = part_of_target.get(target.id) or by_name.get(short_title)
        if part_id is not None:
            found[target.plan_id].targets[part_id] = target
    return found


def steps(template: TemplateDetail, parts: Parts, rows: PlanRows) -> Iterator[Step]:
    """All that carrying the template into one plan would do, keep or link."""
    yield from _plan_steps(template, rows)
    yield from _phase_steps(parts.phases, rows)
    for part in parts.milestones:
        yield from _target_steps(part, rows)


def _plan_steps(template: TemplateDetail, rows: PlanRows) -> Iterator[Step]:
    says = {name: getattr(template, name) for name in WORDING}
    copy = rows.copies.get((CopyKind.PLAN, rows.plan.id))
    if copy is not None:
        yield from compared(CopyKind.PLAN, rows.plan, None, says, copy.said, "")
        return
    yield Link(
        CopyKind.PLAN,
        rows.plan.id,
        None,
        {name: getattr(rows.plan, name) for name in WORDING if not getattr(rows.plan, name)},
    )
    for name, text in says.items():
        here = getattr(rows.plan, name)
        if text and not here:
            yield SetText(CopyKind.PLAN, rows.plan.id, None, name, "", text, FIELD_WORDS[name])
        elif text and here != text:
            yield Kept(FIELD_WORDS[name], here, text, WRITTEN)


def _phase_steps(parts: Sequence[TemplatePhase], rows: PlanRows) -> Iterator[Step]:
    if not parts:
        return
    if not rows.phases:
        yield Add(CopyKind.PHASE, None, ", ".join(part.name for part in parts))
        return
    linked = {copy.part_id: copy for (kind, _), copy in rows.copies.items() if kind == CopyKind.PHASE}
    if not linked:
        yield from _phases_by_name(parts, rows)
        return
    by_id = {phase.id: phase for phase in rows.phases}
    for part in parts:
        copy = linked.get(part.id)
        if copy is not None and copy.row_id in by_id:
            phase = by_id[copy.row_id]
            yield from compared(
                CopyKind.PHASE, phase, part.id, {"name": part.name}, copy.said, f"phase “{phase.name}”"
            )
        elif copy is None:
            yield Kept(f"phase “{part.name}”", "", part.name, OWN_PHASES)


def _phases_by_name(parts: Sequence[TemplatePhase], rows: PlanRows) -> Iterator[Step]:
    """Phases that a plan has already are the template's where all their names are."""
    here = [phase.name for phase in rows.phases]
    if here != [part.name for part in parts]:
        yield Kept("phases", ", ".join(here), ", ".join(part.name for part in parts), OWN_PHASES)
        return
    for part, phase in zip(parts, rows.phases, strict=True):
        yield Link(CopyKind.PHASE, phase.id, part.id, {"name": phase.name})


def _target_steps(part: TemplateMilestone, rows: PlanRows) -> Iterator[Step]:
    says = {name: getattr(part, name) for name in TARGET_FIELDS}
    target = rows.targets.get(part.id)
    if target is None:
        if not part.retired:
            yield Add(CopyKind.TARGET, part.id, part.title)
        return
    what = f"target “{part.short_title}”"
    copy = rows.copies.get((CopyKind.TARGET, target.id))
    if copy is None:
        same = {name: text for name, text in says.items() if getattr(target, name) == text}
        yield Link(CopyKind.TARGET, target.id, part.id, same)
        for name in says.keys() - same.keys():
            yield Kept(f"{what}: {FIELD_WORDS[name]}", getattr(target, name), says[name], EDITED)
        return
    closed = target.status in CLOSED_STATUSES
    yield from compared(CopyKind.TARGET, target, part.id, says, copy.said, what, closed=closed)


def compared(
    kind: CopyKind,
    row: Any,
    part_id: int | None,
    says: Mapping[str, str],
    said: Mapping[str, str],
    what: str,
    *,
    closed: bool = False,
) -> Iterator[Step]:
    """The steps for a row that is a copy, field by field. `said` is what the template said when it was last
    carried in; a field that isn't in it was the plan's own already, and stays without a word."""
    for name, new in says.items():
        here, before = getattr(row, name), said.get(name)
        if before is None or new == before or (not new and kind != CopyKind.PLAN):
            continue
        words = f"{what}: {FIELD_WORDS[name]}" if what else FIELD_WORDS[name]
        if here == new:
            yield Link(kind, row.id, part_id, {name: new})
        elif here != before:
            yield Kept(words, here, new, EDITED)
        elif closed:
            yield Kept(words, here, new, CLOSED)
        else:
            yield SetText(kind, row.id, part_id, name, here, new, words)


def due_on(part: TemplateMilestone, cohort_starts_on: date, plan_starts_on: date) -> date | None:
    """When a target made from the part is due: by the cohort's weeks, so that all share the day; by the
    learner's own where that day was before this learner began."""
    if part.weeks_in is None:
        return None
    weeks = timedelta(weeks=part.weeks_in)
    of_cohort = cohort_starts_on + weeks
    return of_cohort if of_cohort >= plan_starts_on else plan_starts_on + weeks


def why_kept(outlook: Sequence[Outlook]) -> dict[str, int]:
    """{why: how many texts stay for it}."""
    counted: dict[str, int] = defaultdict(int)
    for one in outlook:
        for kept in one.kept:
            counted[kept.why] += 1
    return dict(counted)
