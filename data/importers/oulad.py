"""OULAD: module presentations become cohorts, assessments milestones, submissions targets.

A score below 40 is a fail (the dataset's own description).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.college import lane_ids
from data.errors import Refused
from data.importers import oulad_files, plans
from data.importers.merge import Incoming, Run, Values, merge
from data.importers.oulad_files import Assessment, Presentation, Registration, Submission
from data.importers.phases import PlanPhases, phase_name
from data.rules import TargetStatus

PASS_SCORE = 40
PROVIDER = "OULAD"


def import_oulad(run: Run, paths: Sequence[Path]) -> None:
    """Import a folder of OULAD's files into the department that the run names."""
    if not run.department:
        raise Refused("OULAD names no departments. Say where its learners go with --department NAME.")
    if len(paths) != 1 or not paths[0].is_dir():
        raise Refused("OULAD is imported as one folder that holds " + ", ".join(oulad_files.FILES) + ".")
    folder = paths[0]
    presentations = oulad_files.presentations(run, folder)
    assessments = oulad_files.assessments(run, folder, presentations)
    registrations = oulad_files.registrations(run, folder, presentations)
    submissions = oulad_files.submissions(run, folder, assessments)
    department_id = plans.department_id(run, run.department)
    lane_id = lane_ids(run.session, run.organisation_id)["academic"]
    with run.progress("Writing learners", sum(len(each) for each in registrations.values())) as advance:
        for key, presentation in presentations.items():
            of_presentation = registrations.pop(key, [])
            cohort_id = _write_cohort(run, department_id, presentation)
            milestone_ids = _write_milestones(run, cohort_id, lane_id, presentation, assessments[key])
            plan_ids = _write_enrolments(run, cohort_id, presentation, of_presentation)
            _write_targets(
                run,
                _Page(presentation, assessments[key], milestone_ids, plan_ids, lane_id),
                of_presentation,
                submissions,
            )
            advance(len(of_presentation))


@dataclass(frozen=True, slots=True)
class _Page:
    """A presentation as it stands in the database: its milestones by assessment, its plans by student."""

    presentation: Presentation
    assessments: list[Assessment]
    milestone_ids: dict[str, int]
    plan_ids: dict[str, int]
    lane_id: int

    @property
    def code(self) -> str:
        return self.presentation.cohort_code


def _write_cohort(run: Run, department_id: int, presentation: Presentation) -> int:
    code = presentation.cohort_code
    cohort = Incoming(
        key=f"{department_id}|{code}",
        values={"title": f"Module {presentation.module}, {presentation.month}"},
        once={"department_id": department_id, "code": code, "starts_on": presentation.starts_on},
        label=f"cohort {code}",
    )
    return merge(run, plans.COHORTS, [cohort]).ids[cohort.key]


def _write_milestones(
    run: Run, cohort_id: int, lane_id: int, presentation: Presentation, assessments: list[Assessment]
) -> dict[str, int]:
    rows = [
        Incoming(
            key=f"{cohort_id}|{assessment.id}",
            values={"title": assessment.title, "due_on": assessment.due_on},
            once={
                "cohort_id": cohort_id,
                "lane_id": lane_id,
                "position": position,
                "short_title": assessment.short_title,
                "phase_name": phase_name(presentation.starts_on, presentation.ends_on, assessment.due_on),
            },
            label=f"{assessment.short_title} of {presentation.cohort_code}",
        )
        for position, assessment in enumerate(assessments)
    ]
    ids = merge(run, plans.MILESTONES, rows).ids
    return {assessment.id: ids[f"{cohort_id}|{assessment.id}"] for assessment in assessments}


def _write_enrolments(
    run: Run, cohort_id: int, presentation: Presentation, registrations: list[Registration]
) -> dict[str, int]:
    """{student: plan id}. OULAD has no names: learners are called by their number."""
    learners = [
        Incoming(
            key=registration.student,
            values={"given_name": "Learner", "family_name": registration.student},
            once={
                "organisation_id": run.organisation_id,
                "provider": PROVIDER,
                "reference": registration.student,
            },
            label=f"learner {registration.student}",
        )
        for registration in registrations
    ]
    learner_ids = merge(run, plans.LEARNERS, learners).ids
    rows = [
        Incoming(
            key=f"{cohort_id}|{registration.student}",
            values={
                "starts_on": registration.starts_on,
                "planned_end_on": presentation.ends_on,
                "ended_on": registration.ended_on,
                "end_reason": registration.end_reason,
            },
            once={"learner_id": learner_ids[registration.student], "cohort_id": cohort_id},
            label=f"enrolment of learner {registration.student} in {presentation.cohort_code}",
        )
        for registration in registrations
    ]
    ids = plans.merge_enrolments(run, rows).ids
    return {each.student: ids[f"{cohort_id}|{each.student}"] for each in registrations}


def _write_targets(
    run: Run,
    page: _Page,
    registrations: list[Registration],
    submissions: dict[str, dict[str, Submission]],
) -> None:
    """A target for each learner and assessment, a few thousand at a time."""
    for some in plans.in_parts(registrations):
        phases = plans.load_phases(run, [page.plan_ids[each.student] for each in some])
        rows = [
            _target(run, page, registration, assessment, submissions, phases)
            for registration in some
            for assessment in page.assessments
        ]
        merge(run, plans.TARGETS, rows)


def _target(
    run: Run,
    page: _Page,
    registration: Registration,
    assessment: Assessment,
    submissions: dict[str, dict[str, Submission]],
    phases: dict[int, PlanPhases],
) -> Incoming:
    plan_id = page.plan_ids[registration.student]
    handed_in = submissions[assessment.id]
    return Incoming(
        key=f"{plan_id}|{assessment.id}",
        values={"due_on": assessment.due_on}
        | _result(run, page.presentation, handed_in.get(registration.student), bool(handed_in)),
        once={
            "plan_id": plan_id,
            "lane_id": page.lane_id,
            "phase_id": phases[plan_id].at(assessment.due_on),
            "milestone_id": page.milestone_ids[assessment.id],
            "title": assessment.title,
            "criteria": f"A score of {PASS_SCORE} or more.",
            "created_on": registration.starts_on,
        },
        label=f"{assessment.short_title} of learner {registration.student} in {page.code}",
    )


def _result(run: Run, presentation: Presentation, submission: Submission | None, any_result: bool) -> Values:
    """What a submission, or the lack of one, says of the target."""
    status, closed_on, note = TargetStatus.TO_COME, None, ""
    if submission:
        passed = submission.score is not None and submission.score >= PASS_SCORE
        status = TargetStatus.ACHIEVED if passed else TargetStatus.NOT_ACHIEVED
        closed_on = presentation.on(submission.handed_in)
        if submission.banked:
            note = "Banked from an earlier presentation."
        elif submission.score is None:
            note = "Handed in; OULAD has no score for it."
    elif presentation.ends_on < run.today:
        status, closed_on = TargetStatus.NOT_ACHIEVED, presentation.ends_on
        note = "" if any_result else "OULAD has no result of anybody for this assessment."
    return {
        "status": status,
        "achieved_on": closed_on if status == TargetStatus.ACHIEVED else None,
        "closed_on": closed_on,
        "note": note,
    }
