"""Makes templates from standards and competency files, each kind known by what it holds.

| file                                        | becomes                                                |
|---------------------------------------------|--------------------------------------------------------|
| knowledge, skills and behaviours (CSV)      | one template a standard, a milestone a statement       |
| apprenticeship standards (CSV, often UTF-16) | one template a standard, without milestones           |
| courses of Find apprenticeship training     | one template a course, a milestone a core skill        |
| Moodle competency framework (CSV)           | one template, a milestone a competency without parts   |
| ESCO skills (JSON, gzip)                    | one template of the skills chosen with `only`          |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from data.college import FOUR_PHASES, lane_ids, the_organisation
from data.database import writing
from data.errors import Refused
from data.importers.merge import Incoming, Kind, Run, merge
from data.importers.plans import department_id
from data.importers.standard_files import Outcome, Standard, standards_in
from data.importers.summary import Refusal, Summary
from data.models import Template, TemplateMilestone, TemplatePhase
from data.progress import silent
from data.templates import MOST_MILESTONES

SOURCE = "standards"
TEMPLATES = Kind(Template, "templates", natural=("department_id", "name"))
PHASES = Kind(TemplatePhase, "template phases", natural=("template_id", "position"))
MILESTONES = Kind(TemplateMilestone, "template milestones", natural=("template_id", "short_title"))


def import_standards(
    engine: Engine,
    paths: Sequence[Path],
    *,
    department: str,
    only: str = "",
    dry_run: bool = False,
    today: date,
) -> Summary:
    """Make templates of a department from files, all in one transaction; a dry run rolls it back.

    `only` takes the standards or skills whose code or name holds it. Repeated, it changes what the file
    changed and keeps what a person has edited since. Raises Refused where a file can't be taken at all, or
    the database is a demo; nothing is written then.
    """
    with writing(engine) as session:
        organisation = the_organisation(session)
        if organisation.demo_today is not None:
            raise Refused(
                "This is the demo college, which takes no imports. Set DATABASE_URL to your own database."
            )
        run = Run(
            session=session,
            organisation_id=organisation.id,
            source=SOURCE,
            department=department.strip(),
            today=today,
            at=datetime.now(UTC),
            summary=Summary("standards", dry_run=dry_run),
            progress=silent,
        )
        found = [one for path in paths for one in _read(run, path, only)]
        if found:
            _write(run, found)
        if dry_run:
            session.rollback()
    return run.summary


def _read(run: Run, path: Path, only: str) -> list[Standard]:
    """The standards of one file that can be taken; the others are refused one by one."""
    file = standards_in(path, only)
    run.summary.read += file.rows
    for refusal in file.refused:
        run.summary.refused.add(refusal)
    taken = []
    for one in file.standards:
        if len(one.outcomes) > MOST_MILESTONES:
            run.summary.refused.add(
                Refusal(
                    path.name,
                    f"“{one.name}” holds {len(one.outcomes):,} outcomes, a template takes"
                    f" {MOST_MILESTONES}. Choose some with --only.",
                )
            )
        else:
            taken.append(one)
    return taken


def _write(run: Run, standards: Sequence[Standard]) -> None:
    of_department = department_id(run, run.department or "")
    lanes = lane_ids(run.session, run.organisation_id)
    merged = merge(run, TEMPLATES, [_template(one, of_department) for one in standards])
    ids = {one.key: merged.ids[one.key] for one in standards}
    new = [ids[one.key] for one in standards if ids[one.key] in merged.added]
    merge(run, PHASES, list(_phases(new)))
    milestones = [
        _milestone(one, ids[one.key], at, outcome, lanes)
        for one in standards
        for at, outcome in enumerate(one.outcomes)
    ]
    merge(run, MILESTONES, milestones)


def _template(standard: Standard, of_department: int) -> Incoming:
    values = {"months": standard.months, "source": standard.source}
    once = {
        "department_id": of_department,
        "name": standard.name,
        "starting_point": "",
        "destination": "",
        "progression": "",
        "version": 1,
    }
    return Incoming(standard.key, values, once, standard.name)


def _phases(template_ids: Iterable[int]) -> Iterable[Incoming]:
    """The college's four phases for a new template; an old one keeps what people made of its."""
    for template_id in template_ids:
        for position, (name, weeks) in enumerate(FOUR_PHASES, 1):
            values = {"name": name, "weeks": weeks}
            once = {
                "template_id": template_id,
                "position": position,
                "demands_review": True,
                "asks_preparedness": position > 1,
                "version": 1,
            }
            yield Incoming(f"{template_id}/{position}", values, once, name)


def _milestone(
    standard: Standard, template_id: int, at: int, outcome: Outcome, lanes: dict[str, int]
) -> Incoming:
    weeks = standard.weeks
    values = {"title": outcome.title, "criteria": outcome.criteria}
    once = {
        "template_id": template_id,
        "short_title": outcome.code,
        "lane_id": lanes[outcome.lane],
        "position": at + 1,
        "resources": "",
        "weeks_in": round(weeks * (at + 1) / len(standard.outcomes)) if weeks else None,
        "retired": False,
        "version": 1,
    }
    return Incoming(f"{standard.key}/{outcome.key}", values, once, f"{standard.name}, {outcome.code}")
