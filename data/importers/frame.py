"""The frame that every import shares: one transaction, a dry run of the same code, one summary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.college import the_organisation
from data.database import writing
from data.department_figures import rebuild
from data.errors import Refused
from data.importers.ilr import import_ilr
from data.importers.merge import Run
from data.importers.oulad import import_oulad
from data.importers.plans import in_parts
from data.importers.reviews import import_attendance, import_reviews
from data.importers.roster import import_roster
from data.importers.summary import Summary
from data.importers.targets import import_targets
from data.models import Department, Enrolment
from data.progress import Progress, silent
from data.review_schedule import COHORTS_AT_ONCE, reschedule

IMPORTERS: dict[str, Callable[[Run, Sequence[Path]], None]] = {
    "ilr": import_ilr,
    "oulad": import_oulad,
    "roster": import_roster,
    "targets": import_targets,
    "reviews": import_reviews,
    "attendance": import_attendance,
}
KINDS = tuple(IMPORTERS)
NATIONAL = ("ilr", "oulad")
"""Kinds with headings of their own and no departments; the others are a college's own files."""


def import_files(
    engine: Engine,
    kind: str,
    paths: Sequence[Path],
    *,
    department: str | None = None,
    mapping: Path | None = None,
    dry_run: bool = False,
    today: date,
    progress: Progress = silent,
) -> Summary:
    """Import files of a kind, all in one transaction; a dry run does the same and rolls it back.

    Rows that can't be taken are refused one by one and listed; the others are imported. `department` says
    where learners of the ILR and OULAD go, `mapping` names a file of other headings for the college's own.

    Raises Refused where a file can't be taken at all, or the database is a demo; nothing is written then.
    """
    if mapping and kind in NATIONAL:
        raise Refused(f"A mapping file is for the college's own files; {kind} has headings of its own.")
    if department and kind not in NATIONAL:
        raise Refused(f"A department is given for the ILR and OULAD; leave it out for {kind}.")
    with writing(engine) as session:
        organisation = the_organisation(session)
        if organisation.demo_today is not None:
            raise Refused(
                "This is the demo college, which takes no imports. Set DATABASE_URL to your own database."
            )
        run = Run(
            session=session,
            organisation_id=organisation.id,
            source=kind,
            department=department.strip() if department else None,
            today=today,
            at=datetime.now(UTC),
            summary=Summary(kind, dry_run=dry_run),
            progress=progress,
            mapping=mapping,
        )
        IMPORTERS[kind](run, paths)
        _reschedule(session, run)
        _count_anew(session, run)
        if dry_run:
            session.rollback()
    return run.summary


def _reschedule(session: Session, run: Run) -> None:
    """What follows from reviews, of the cohorts whose review clocks may have moved."""
    cohort_ids: set[int] = set()
    for some in in_parts(sorted(run.touched)):
        cohort_ids |= set(
            session.scalars(select(Enrolment.cohort_id).where(Enrolment.id.in_(some)).distinct())
        )
    if not cohort_ids:
        return
    ordered = sorted(cohort_ids)
    with run.progress("Dating reviews", len(ordered)) as advance:
        for start in range(0, len(ordered), COHORTS_AT_ONCE):
            some = ordered[start : start + COHORTS_AT_ONCE]
            reschedule(session, some)
            advance(len(some))


def _count_anew(session: Session, run: Run) -> None:
    """The figures of the organisation's departments, where anything was written."""
    if not run.summary.added and not run.summary.changed:
        return
    department_ids = session.scalars(
        select(Department.id).where(Department.organisation_id == run.organisation_id)
    ).all()
    with run.progress("Counting", len(department_ids)) as advance:
        for department_id in department_ids:
            rebuild(session, [department_id])
            advance(1)
