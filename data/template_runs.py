"""Carries a template into plans as chosen, one by one. `template_undo` takes that back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import history
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Cohort,
    CopyKind,
    Milestone,
    Phase,
    Plan,
    Target,
    Template,
    TemplateCopy,
    TemplateMilestone,
    TemplateRun,
    TemplateRunLine,
)
from data.phase_saves import make_phases
from data.plan_head import plan_head
from data.saved import Saved
from data.scope import Viewer
from data.template_plans import (
    TARGET_FIELDS,
    Link,
    Outlook,
    Parts,
    SetText,
    compared,
    due_on,
    outlooks,
    parts_of,
)
from data.templates import KIND, phases_of, template_to_change

CREATED = "created"
TABLES: dict[str, type[Any]] = {
    CopyKind.PLAN: Plan,
    CopyKind.PHASE: Phase,
    CopyKind.TARGET: Target,
    CopyKind.MILESTONE: Milestone,
}


def carry_out(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Carry the template into the plans that were ticked, as their outlook said.

    Raises NotFound out of scope, Refused where nothing was ticked, or where the template was changed since
    the outlook was shown.
    """
    template = template_to_change(session, viewer, typed.id("template"))
    if typed.version() != template.version:
        raise Refused("The template was changed since you looked. Please load the page again.")
    ticked = {int(one) for one in typed.all("plan") if one.isdecimal() and len(one) < 10}
    if not ticked:
        raise Refused("Please tick the plans that shall take the template.")
    chosen = [
        one
        for one in outlooks(session, viewer, template.id, typed.id_or_none("cohort"))
        if one.plan_id in ticked
    ]
    if {one.plan_id for one in chosen} != ticked:
        raise NotFound
    run = TemplateRun(
        template_id=template.id,
        by_id=viewer.person_id,
        at=viewer.now,
        plans=len(chosen),
        changed=0,
        skipped=0,
    )
    session.add(run)
    session.flush()
    _Carrying(session, viewer, template, run, parts_of(session, template.id)).into(chosen)
    return Saved(_carried(run), KIND, id=template.id, version=template.version)


def _carried(run: TemplateRun) -> str:
    did = f"{run.changed:,} changed in {run.plans:,} {'plan' if run.plans == 1 else 'plans'}"
    return f"{did}, {run.skipped:,} left as they are{f': {run.why_skipped}' if run.why_skipped else ''}."


@dataclass
class _Carrying:
    """One run under way. `columns` holds the cohorts' columns by cohort and part, `copies` what the template
    said by kind and row, `noted` the lines of the run, written at its end when all copies have their ids."""

    session: Session
    viewer: Viewer
    template: Template
    run: TemplateRun
    parts: Parts
    columns: dict[tuple[int, int], int] = field(default_factory=dict)
    copies: dict[tuple[str, int], TemplateCopy] = field(default_factory=dict)
    phases: dict[int, list[Phase]] = field(default_factory=lambda: defaultdict(list))
    noted: list[tuple[TemplateCopy, str, str, str]] = field(default_factory=list)

    def into(self, chosen: Sequence[Outlook]) -> None:
        ids = [one.plan_id for one in chosen]
        of_template = select(TemplateCopy).where(TemplateCopy.template_id == self.template.id)
        self.copies = {(copy.kind, copy.row_id): copy for copy in self.session.scalars(of_template)}
        self._phases(chosen)
        for phase in self.session.scalars(
            select(Phase).where(Phase.plan_id.in_(ids)).order_by(Phase.position)
        ):
            self.phases[phase.plan_id].append(phase)
        self._columns({one.cohort_id for one in chosen}, chosen)
        with keeping(self.session, ids):
            for outlook in chosen:
                self._plan(outlook)
        self._write_lines()
        why = Counter(kept.why for one in chosen for kept in one.kept)
        self.run.skipped = sum(why.values())
        self.run.why_skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(why.items()))
        self.session.flush()

    def _write_lines(self) -> None:
        self.session.flush()
        self.session.add_all(
            TemplateRunLine(run_id=self.run.id, copy_id=copy.id, field=changed, old=old, new=new)
            for copy, changed, old, new in self.noted
        )
        self.run.changed = len(self.noted)

    def _phases(self, chosen: Sequence[Outlook]) -> None:
        """Phases for the plans that have none: before all else, since targets lie in them."""
        says = phases_of(self.session, self.template.id)
        for outlook in chosen:
            if not any(add.kind == CopyKind.PHASE for add in outlook.adds):
                continue
            head = plan_head(self.session, self.viewer, outlook.plan_id)
            made = make_phases(self.session, head, says, self.viewer)
            parts = {part.name: part.id for part in self.parts.phases}
            for phase in made:
                said = {"name": phase.name}
                self._created(self._copy(CopyKind.PHASE, phase.id, parts[phase.name], outlook.plan_id, said))

    def _columns(self, cohort_ids: set[int], chosen: Sequence[Outlook]) -> None:
        """The cohorts' columns: found, made where a target needs one, and with the template's texts."""
        needed = {(one.cohort_id, add.part_id) for one in chosen for add in one.adds if add.part_id}
        there = {
            (row.cohort_id, row.short_title): row
            for row in self.session.scalars(select(Milestone).where(Milestone.cohort_id.in_(cohort_ids)))
        }
        copies = {row_id: copy for (kind, row_id), copy in self.copies.items() if kind == CopyKind.MILESTONE}
        by_part = {(row.cohort_id, copies[row.id].part_id): row for row in there.values() if row.id in copies}
        for cohort_id in sorted(cohort_ids):
            for part in self.parts.milestones:
                row = by_part.get((cohort_id, part.id)) or there.get((cohort_id, part.short_title))
                if row is not None:
                    self._follow_column(row, part, copies.get(row.id))
                elif (cohort_id, part.id) in needed:
                    row = self._new_column(cohort_id, part)
                if row is not None:
                    self.columns[cohort_id, part.id] = row.id

    def _follow_column(self, row: Milestone, part: TemplateMilestone, copy: TemplateCopy | None) -> None:
        if copy is None:
            said = {"title": row.title} if row.title == part.title else {}
            self._copy(CopyKind.MILESTONE, row.id, part.id, None, said)
            return
        for step in compared(CopyKind.MILESTONE, row, part.id, {"title": part.title}, copy.said, "column"):
            if isinstance(step, SetText):
                self._set(row, copy, step)

    def _new_column(self, cohort_id: int, part: TemplateMilestone) -> Milestone:
        starts_on = self.session.get_one(Cohort, cohort_id).starts_on
        last = self.session.scalar(
            select(func.max(Milestone.position)).where(Milestone.cohort_id == cohort_id)
        )
        row = Milestone(
            cohort_id=cohort_id,
            lane_id=part.lane_id,
            phase_name=self._phase_name(part),
            position=(last or 0) + 1,
            short_title=part.short_title,
            title=part.title,
            due_on=due_on(part, starts_on, starts_on),
        )
        self.session.add(row)
        self.session.flush()
        self._copy(CopyKind.MILESTONE, row.id, part.id, None, {"title": part.title})
        return row

    def _phase_name(self, part: TemplateMilestone) -> str:
        """The phase that a cohort's column stands under: by its place among the template's milestones, in
        even parts, since cohorts have no dated phases of their own."""
        names = [phase.name for phase in self.parts.phases]
        if not names:
            return ""
        at = [one.id for one in self.parts.milestones].index(part.id)
        return names[at * len(names) // len(self.parts.milestones)]

    def _plan(self, outlook: Outlook) -> None:
        for step in outlook.steps:
            if isinstance(step, Link):
                self._copy(step.kind, step.row_id, step.part_id, outlook.plan_id, step.said)
            elif isinstance(step, SetText):
                copy = self._copy(step.kind, step.row_id, step.part_id, outlook.plan_id, {})
                row = self.session.get_one(TABLES[step.kind], step.row_id)
                self._set(row, copy, step, plan_id=outlook.plan_id)
        self._add_targets(outlook)

    def _add_targets(self, outlook: Outlook) -> None:
        wanted = {add.part_id for add in outlook.adds}
        parts = [part for part in self.parts.milestones if part.id in wanted]
        if not parts:
            return
        begins = self.session.get_one(Cohort, outlook.cohort_id).starts_on
        made = [self._target(outlook, part, due_on(part, begins, outlook.starts_on)) for part in parts]
        self.session.add_all(made)
        self.session.flush()
        for part, target in zip(parts, made, strict=True):
            said = {name: getattr(part, name) for name in TARGET_FIELDS}
            self._created(self._copy(CopyKind.TARGET, target.id, part.id, outlook.plan_id, said))
            self._record(outlook.plan_id, CREATED, None, target.title, target_id=target.id)

    def _target(self, outlook: Outlook, part: TemplateMilestone, due: date | None) -> Target:
        in_phase = [
            phase.id
            for phase in self.phases[outlook.plan_id]
            if due and phase.starts_on <= due <= phase.ends_on
        ]
        return Target(
            plan_id=outlook.plan_id,
            milestone_id=self.columns[outlook.cohort_id, part.id],
            lane_id=part.lane_id,
            phase_id=next(iter(in_phase), None),
            due_on=due,
            first_due_on=due,
            created_on=self.viewer.today,
            **{name: getattr(part, name) for name in TARGET_FIELDS},
        )

    def _set(self, row: Any, copy: TemplateCopy, step: SetText, plan_id: int | None = None) -> None:
        setattr(row, step.field, step.new)
        row.version += 1
        copy.said = {**copy.said, step.field: step.new}
        self.noted.append((copy, step.field, step.old, step.new))
        if plan_id is not None:
            target_id = step.row_id if step.kind == CopyKind.TARGET else None
            self._record(plan_id, step.field, step.old, step.new, target_id=target_id)

    def _record(
        self, plan_id: int, changed: str, old: str | None, new: str | None, target_id: int | None = None
    ) -> None:
        reason = f"From the template “{self.template.name}”"
        history.record(
            self.session, self.viewer, plan_id, changed, old, new, reason=reason, target_id=target_id
        )

    def _created(self, copy: TemplateCopy) -> None:
        self.noted.append((copy, CREATED, "", ""))

    def _copy(
        self,
        kind: CopyKind,
        row_id: int,
        part_id: int | None,
        plan_id: int | None,
        said: Mapping[str, str],
    ) -> TemplateCopy:
        """The note of what the template last said of a row, made or added to."""
        copy = self.copies.get((kind, row_id))
        if copy is None:
            copy = TemplateCopy(
                template_id=self.template.id,
                plan_id=plan_id,
                kind=kind,
                part_id=part_id,
                row_id=row_id,
                said={},
            )
            self.copies[kind, row_id] = copy
            self.session.add(copy)
        copy.said = {**copy.said, **said}
        return copy
