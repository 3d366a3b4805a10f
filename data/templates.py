"""Templates: what the plans of a programme begin with. Administrators and heads of department keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    CopyKind,
    Department,
    Lane,
    Person,
    Reach,
    Template,
    TemplateCopy,
    TemplateMilestone,
    TemplatePhase,
    TemplateRun,
    Writes,
)
from data.phase_sets import SetPhase, in_lines, phases_of_set, phases_typed
from data.saved import Saved
from data.scope import Viewer
from data.target_detail import LaneChoice, lane_choices

WORDING = ("starting_point", "destination", "progression")
MOST_MILESTONES = 200
KIND = "template"


def templates_kept_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Department`: those whose templates the viewer keeps."""
    conditions: list[ColumnElement[bool]] = [false()]
    for grant in viewer.grants:
        if grant.writes != Writes.PLANS:
            continue
        if grant.reach == Reach.ORGANISATION:
            conditions.append(Department.organisation_id == viewer.organisation_id)
        elif grant.reach == Reach.DEPARTMENT and grant.department_id is not None:
            own = Department.id == grant.department_id
            conditions.append(own & (Department.organisation_id == viewer.organisation_id))
    return or_(*conditions)


def keeps_templates(viewer: Viewer) -> bool:
    """Whether the viewer has the pages of templates at all."""
    return any(
        grant.writes == Writes.PLANS and grant.reach in (Reach.ORGANISATION, Reach.DEPARTMENT)
        for grant in viewer.grants
    )


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template in the list; `plans` is how many plans were made from it."""

    id: int
    name: str
    department: str
    phases: int
    milestones: int
    plans: int
    source: str


@dataclass(frozen=True, slots=True)
class DepartmentChoice:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    id: int
    lane_id: int
    lane: str
    short_title: str
    title: str
    criteria: str
    resources: str
    weeks_in: int | None
    retired: bool
    version: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """One time that the template was carried into plans; `at` and `undone_at` in the organisation's zone."""

    id: int
    at: datetime
    by: str
    plans: int
    changed: int
    skipped: int
    why_skipped: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class TemplateDetail:
    """A template with all its parts, and when it was carried into plans."""

    id: int
    name: str
    department_id: int
    department: str
    starting_point: str
    destination: str
    progression: str
    months: int | None
    source: str
    version: int
    phases: tuple[SetPhase, ...]
    milestones: tuple[MilestoneLine, ...]
    lanes: tuple[LaneChoice, ...]
    runs: tuple[RunLine, ...]


def listed(session: Session, viewer: Viewer) -> list[TemplateLine]:
    """The templates that the viewer keeps, by department and name, in one query."""
    phases = _count(TemplatePhase.template_id)
    milestones = _count(TemplateMilestone.template_id, TemplateMilestone.retired.is_(False))
    plans = _count(TemplateCopy.template_id, TemplateCopy.kind == CopyKind.PLAN)
    rows = session.execute(
        select(Template.id, Template.name, Department.name, phases, milestones, plans, Template.source)
        .join(Department, Department.id == Template.department_id)
        .where(templates_kept_by(viewer))
        .order_by(Department.name, Template.name)
    )
    return [TemplateLine(*row) for row in rows]


def _count(column: Any, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).where(column == Template.id, *where).correlate(Template).scalar_subquery()


def department_choices(session: Session, viewer: Viewer) -> list[DepartmentChoice]:
    """The departments whose templates the viewer keeps."""
    rows = session.execute(
        select(Department.id, Department.name).where(templates_kept_by(viewer)).order_by(Department.name)
    )
    return [DepartmentChoice(*row) for row in rows]


def read(session: Session, viewer: Viewer, template_id: int) -> TemplateDetail:
    """One template, in a fixed number of queries; NotFound where the viewer doesn't keep it."""
    row = session.execute(
        select(Template, Department.name)
        .join(Department, Department.id == Template.department_id)
        .where(Template.id == template_id, templates_kept_by(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound
    template, department = row
    return TemplateDetail(
        id=template.id,
        name=template.name,
        department_id=template.department_id,
        department=department,
        starting_point=template.starting_point,
        destination=template.destination,
        progression=template.progression,
        months=template.months,
        source=template.source,
        version=template.version,
        phases=phases_of(session, template_id),
        milestones=_milestones(session, template_id),
        lanes=tuple(lane_choices(session, viewer)),
        runs=_runs(session, template_id, viewer.time_zone),
    )


def phases_of(session: Session, template_id: int) -> tuple[SetPhase, ...]:
    """The phases of a template whose scope has been checked."""
    rows = session.scalars(
        select(TemplatePhase).where(TemplatePhase.template_id == template_id).order_by(TemplatePhase.position)
    )
    return tuple(SetPhase(row.name, row.weeks, row.demands_review, row.asks_preparedness) for row in rows)


def _milestones(session: Session, template_id: int) -> tuple[MilestoneLine, ...]:
    rows = session.execute(
        select(
            TemplateMilestone.id,
            TemplateMilestone.lane_id,
            Lane.label.label("lane"),
            TemplateMilestone.short_title,
            TemplateMilestone.title,
            TemplateMilestone.criteria,
            TemplateMilestone.resources,
            TemplateMilestone.weeks_in,
            TemplateMilestone.retired,
            TemplateMilestone.version,
        )
        .join(Lane, Lane.id == TemplateMilestone.lane_id)
        .where(TemplateMilestone.template_id == template_id)
        .order_by(TemplateMilestone.retired, TemplateMilestone.position, TemplateMilestone.id)
    )
    return tuple(MilestoneLine(**row._mapping) for row in rows)


def _runs(session: Session, template_id: int, time_zone: str) -> tuple[RunLine, ...]:
    undone_by, here = aliased(Person), ZoneInfo(time_zone)
    rows = session.execute(
        select(TemplateRun, Person.name, undone_by.name)
        .outerjoin(Person, Person.id == TemplateRun.by_id)
        .outerjoin(undone_by, undone_by.id == TemplateRun.undone_by_id)
        .where(TemplateRun.template_id == template_id)
        .order_by(TemplateRun.id.desc())
    )
    return tuple(
        RunLine(
            id=run.id,
            at=run.at.astimezone(here),
            by=by or "",
            plans=run.plans,
            changed=run.changed,
            skipped=run.skipped,
            why_skipped=run.why_skipped,
            undone_at=run.undone_at.astimezone(here) if run.undone_at else None,
            undone_by=undone or "",
        )
        for run, by, undone in rows
    )


# --- writing -------------------------------------------------------------------------------------------


def template_to_change(session: Session, viewer: Viewer, template_id: int) -> Template:
    """The template, locked; NotFound where the viewer doesn't keep it."""
    template = session.scalar(
        select(Template)
        .join(Department, Department.id == Template.department_id)
        .where(Template.id == template_id, templates_kept_by(viewer))
        .with_for_update(of=Template)
    )
    if template is None:
        raise NotFound
    return template


def add(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new template of a department, with the phases of a set."""
    department_id = typed.id("department")
    if department_id not in {one.id for one in department_choices(session, viewer)}:
        raise NotFound
    name = typed.line("name", required="Please name the template after its programme.")
    phases = phases_of_set(session, viewer, typed.id_or_none("phase_set"))
    _refuse_same_name(session, department_id, name)
    template = Template(department_id=department_id, name=name)
    session.add(template)
    session.flush()
    _write_phases(session, template.id, phases)
    return Saved(
        f"“{name}” is there. Now its milestones.", KIND, id=template.id, go=f"/template/{template.id}"
    )


def save(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A template's name, wording and phases. Plans made from it stay as they are until it is carried in."""
    template = template_to_change(session, viewer, typed.id("template"))
    name = typed.line("name", required="Please name the template after its programme.")
    wording = {
        "starting_point": typed.text("starting_point"),
        "destination": typed.line("destination"),
        "progression": typed.text("progression"),
    }
    phases = phases_typed(typed)
    if typed.version() != template.version:
        stored = {field: getattr(template, field) for field in ("name", *wording)}
        raise ChangedElsewhere(
            template.version, {**stored, "phases": in_lines(phases_of(session, template.id))}, ""
        )
    if name != template.name:
        _refuse_same_name(session, template.department_id, name)
    for field, value in {"name": name, **wording}.items():
        setattr(template, field, value)
    template.version += 1
    _write_phases(session, template.id, phases)
    return Saved(
        "The template is saved. Its plans stay as they are until you offer them the change below.",
        KIND,
        id=template.id,
        version=template.version,
    )


def _write_phases(session: Session, template_id: int, phases: tuple[SetPhase, ...] | list[SetPhase]) -> None:
    """The template's phases: rows keep their ids by position, so that copies of them stay copies."""
    there = list(
        session.scalars(
            select(TemplatePhase)
            .where(TemplatePhase.template_id == template_id)
            .order_by(TemplatePhase.position)
        )
    )
    for at, phase in enumerate(phases):
        row = there[at] if at < len(there) else TemplatePhase(template_id=template_id, position=at + 1)
        row.name, row.weeks = phase.name, phase.weeks
        row.demands_review, row.asks_preparedness = phase.demands_review, phase.asks_preparedness
        session.add(row)
    gone = [row.id for row in there[len(phases) :]]
    session.execute(delete(TemplatePhase).where(TemplatePhase.id.in_(gone)))
    session.flush()


def _refuse_same_name(session: Session, department_id: int, name: str) -> None:
    if session.scalar(
        select(Template.id).where(Template.department_id == department_id, Template.name == name)
    ):
        raise Refused("The department has a template of that name. Please choose another.", "name")


def save_milestone(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a milestone to a template, or change one over the version that its form showed."""
    template = template_to_change(session, viewer, typed.id("template"))
    values = _milestone_typed(session, viewer, typed)
    milestone_id = typed.id_or_none("milestone")
    row = (
        _milestone(session, template.id, milestone_id)
        if milestone_id
        else _new_milestone(session, template.id)
    )
    if milestone_id and typed.version() != row.version:
        raise ChangedElsewhere(row.version, {field: getattr(row, field) for field in values}, "")
    _refuse_same_short_title(session, template.id, values["short_title"], milestone_id)
    for field, value in values.items():
        setattr(row, field, value)
    row.version = (row.version or 0) + 1
    template.version += 1
    session.add(row)
    session.flush()
    return Saved(f"“{row.short_title}” is saved.", KIND, id=template.id, version=row.version)


def _milestone_typed(session: Session, viewer: Viewer, typed: Typed) -> dict[str, Any]:
    lanes = {str(lane.id) for lane in lane_choices(session, viewer)}
    return {
        "short_title": typed.line("short_title", longest=24, required="Please give it a short name."),
        "title": typed.line("title", required="Please say what is to be achieved."),
        "criteria": typed.text("criteria"),
        "resources": typed.text("resources"),
        "lane_id": int(typed.choice("lane_id", lanes, required="Please choose a lane.")),
        "weeks_in": typed.number("weeks_in", 0, 520),
        "retired": typed.ticked("retired"),
    }


def _milestone(session: Session, template_id: int, milestone_id: int) -> TemplateMilestone:
    row = session.get(TemplateMilestone, milestone_id)
    if row is None or row.template_id != template_id:
        raise NotFound
    return row


def _new_milestone(session: Session, template_id: int) -> TemplateMilestone:
    positions = session.scalars(
        select(TemplateMilestone.position).where(TemplateMilestone.template_id == template_id)
    ).all()
    if len(positions) >= MOST_MILESTONES:
        raise Refused(f"A template holds {MOST_MILESTONES} milestones at most.")
    return TemplateMilestone(template_id=template_id, position=max(positions, default=0) + 1, version=0)


def _refuse_same_short_title(
    session: Session, template_id: int, short_title: str, milestone_id: int | None
) -> None:
    with session.no_autoflush:
        taken = session.scalar(
            select(TemplateMilestone.id).where(
                TemplateMilestone.template_id == template_id, TemplateMilestone.short_title == short_title
            )
        )
    if taken is not None and taken != milestone_id:
        raise Refused("Another milestone has that short name. Please choose another.", "short_title")
