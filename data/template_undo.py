"""Takes back what carrying a template into plans did."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from data import history
from data.department_figures import keeping
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Base,
    BridgeAction,
    CopyKind,
    Phase,
    Preparedness,
    Target,
    Template,
    TemplateCopy,
    TemplateRun,
    TemplateRunLine,
)
from data.phase_saves import forget_phases
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer
from data.template_plans import EDITED
from data.template_runs import CREATED, TABLES
from data.templates import KIND, template_to_change


def undo(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take a run back at any time: its texts where nobody changed them since, and the targets that it made,
    which are withdrawn where nobody worked on them. Phases that it made go where nothing is written of them.

    Raises NotFound out of scope, Refused where it was taken back already.
    """
    run = session.get(TemplateRun, typed.id("run"), with_for_update=True)
    if run is None:
        raise NotFound
    template = template_to_change(session, viewer, run.template_id)
    if run.undone_at is not None:
        raise Refused("This has been undone already.")
    lines = session.execute(
        select(TemplateRunLine, TemplateCopy)
        .join(TemplateCopy, TemplateCopy.id == TemplateRunLine.copy_id)
        .where(TemplateRunLine.run_id == run.id)
        .order_by(TemplateRunLine.id.desc())
    ).all()
    plan_ids = {copy.plan_id for _, copy in lines if copy.plan_id is not None}
    undone, left = 0, Counter[str]()
    with keeping(session, plan_ids):
        for line, copy in lines:
            why = _undo_line(session, viewer, template, line, copy)
            undone += not why
            left.update([why] if why else [])
    run.undone_at, run.undone_by_id, run.version = viewer.now, viewer.person_id, run.version + 1
    session.flush()
    more = ", ".join(f"{count} {why}" for why, count in sorted(left.items()))
    return Saved(
        f"{undone:,} undone, {sum(left.values()):,} left as they are{f': {more}' if more else ''}.",
        KIND,
        id=template.id,
        version=template.version,
    )


def _undo_line(
    session: Session, viewer: Viewer, template: Template, line: TemplateRunLine, copy: TemplateCopy
) -> str:
    """Undo one line; the answer is why it was left, empty where it was undone."""
    row = session.get(TABLES[copy.kind], copy.row_id)
    if row is None:
        return "gone since"
    if line.field == CREATED:
        return _undo_created(session, viewer, template, row, copy)
    if getattr(row, line.field) != line.new:
        return EDITED
    setattr(row, line.field, line.old)
    row.version += 1
    copy.said = {**copy.said, line.field: line.old}
    if copy.plan_id is not None:
        target_id = copy.row_id if copy.kind == CopyKind.TARGET else None
        _record_undo(session, viewer, template, copy.plan_id, line.field, line.new, line.old, target_id)
    return ""


def _undo_created(session: Session, viewer: Viewer, template: Template, row: Base, copy: TemplateCopy) -> str:
    if isinstance(row, Target):
        if row.version != 1 or row.status != TargetStatus.TO_COME:
            return "worked on since"
        row.status, row.closed_on, row.version = TargetStatus.WITHDRAWN, viewer.today, row.version + 1
        _record_undo(
            session,
            viewer,
            template,
            row.plan_id,
            "status",
            TargetStatus.TO_COME,
            TargetStatus.WITHDRAWN,
            row.id,
        )
        return ""
    return _undo_phase(session, row) if isinstance(row, Phase) else ""


def _undo_phase(session: Session, phase: Phase) -> str:
    written = exists().where(Preparedness.phase_id == phase.id) | exists().where(
        BridgeAction.phase_id == phase.id
    )
    if phase.version != 1 or session.scalar(select(written)):
        return "phases dated or written of since"
    session.execute(update(Target).where(Target.phase_id == phase.id).values(phase_id=None))
    forget_phases(session, [phase.id])
    session.delete(phase)
    session.flush()
    return ""


def _record_undo(
    session: Session,
    viewer: Viewer,
    template: Template,
    plan_id: int,
    changed: str,
    old: str,
    new: str,
    target_id: int | None,
) -> None:
    reason = f"Took back what came from the template “{template.name}”"
    history.record(session, viewer, plan_id, changed, old, new, reason=reason, target_id=target_id)
