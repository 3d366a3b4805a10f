"""Pages for paper: Flask and the drawings' own templates, in the same scope as the pages on screen."""

from __future__ import annotations

from flask import Flask, Response
from flask import request as flask_request
from sqlalchemy.orm import Session
from werkzeug.utils import secure_filename

from callbacks import coverage, learner, plan_page, request
from components.case_study import case_study as case_study_page
from components.class_sheet import class_sheet as class_sheet_page
from components.cohort_print import cohort_print
from components.coverage_matrix import coverage_print
from components.interview_script import interview_script
from components.learner_print import learner_print
from components.plan_copy import plan_archive, plan_print
from components.review_pack import packs_print
from data import case_study, class_sheet, my_reviews, plan_copy, progress_grid, prompts, review_pack
from data.plan_copy import PlanCopy
from data.plan_head import head_of_learner
from data.scope import Viewer


def print_learner(learner_id: str) -> str:
    """The route map and the targets, on A4 landscape."""
    with request.looking() as (session, viewer):
        asked = flask_request.args
        route = learner.read(
            session, viewer, learner_id, asked.get("plan"), learner.day_of(asked.get("as_at"))
        )
        return learner_print(route, own=viewer.is_learner_only)


def print_plan(learner_id: str) -> str:
    """The whole plan, on A4."""
    with request.looking() as (session, viewer):
        return plan_print(_copy(session, viewer, learner_id))


def take_plan(learner_id: str) -> Response:
    """The whole plan to take along: a zip with a page and JSON."""
    with request.looking() as (session, viewer):
        copy = _copy(session, viewer, learner_id)
        name = f"plan-{copy.head.cohort_code}-{copy.today.isoformat()}.zip"
        answer = Response(plan_archive(copy), mimetype="application/zip")
        answer.headers.set("Content-Disposition", "attachment", filename=secure_filename(name))
        return answer


def _copy(session: Session, viewer: Viewer, learner_id: str) -> PlanCopy:
    asked = plan_page.asked(learner_id, flask_request.args.get("plan"))
    return plan_copy.read(session, viewer, *asked)


def print_cohort(cohort_id: str) -> str:
    """The progress grid, on A3 landscape."""
    with request.looking() as (session, viewer):
        grid = progress_grid.read(session, viewer, request.whole_number(cohort_id))
        return cohort_print(grid, as_at=viewer.today)


def print_coverage(cohort_id: str) -> str:
    """The coverage matrix, on A4 or A3 landscape, with the rows and the order of the address."""
    with request.looking() as (session, viewer):
        asked = coverage.parameters(flask_request.args)
        return coverage_print(coverage.read(session, viewer, request.whole_number(cohort_id), asked))


def print_pack(learner_id: str) -> str:
    """One learner's review pack, on one side of A4."""
    with request.looking() as (session, viewer):
        plan = flask_request.args.get("plan")
        head = head_of_learner(
            session, viewer, request.whole_number(learner_id), request.whole_number(plan) if plan else None
        )
        pack = review_pack.read(session, viewer, head.id)
        return packs_print(
            [pack],
            f"Review pack, {pack.learner}",
            back=f"/learner/{head.learner_id}/pack?plan={head.id}",
            own=head.own,
        )


def print_cohorts_packs(cohort_id: str) -> str:
    """The packs of a cohort, each on its side of A4, by family name."""
    with request.looking() as (session, viewer):
        packs = review_pack.of_cohort(session, viewer, request.whole_number(cohort_id))
        title = f"Review packs, {packs[0].cohort}" if packs else "Review packs"
        return packs_print(packs, title, back=f"/cohort/{cohort_id}")


def print_my_packs() -> str:
    """The packs of the reviews that the viewer holds on the day asked for, in the order of the timetable;
    without a day those of this week, then what is overdue."""
    with request.looking() as (session, viewer):
        day = learner.day_of(flask_request.args.get("day"))
        packs = review_pack.of_plans(session, viewer, my_reviews.plans_to_prepare(session, viewer, day))
        return packs_print(packs, "Review packs", back="/reviews")


def print_script(learner_id: str) -> str:
    """The interview script of a kind of review, else of the one that comes next, on A4."""
    with request.looking() as (session, viewer):
        kind = flask_request.args.get("kind")
        asked = plan_page.asked(learner_id, flask_request.args.get("plan"))
        wanted = request.whole_number(kind) if kind else None
        return interview_script(prompts.script(session, viewer, *asked, wanted))


def print_case_study(learner_id: str) -> str:
    """The case-study sheet, on both sides of one A4."""
    with request.looking() as (session, viewer):
        asked = plan_page.asked(learner_id, flask_request.args.get("plan"))
        return case_study_page(case_study.read(session, viewer, *asked))


def print_class_sheet(group_id: str) -> str:
    """A teaching group, on one side of A4."""
    with request.looking() as (session, viewer):
        return class_sheet_page(class_sheet.read(session, viewer, request.whole_number(group_id)))


def register(server: Flask) -> None:
    for address, page in (
        ("/learner/<learner_id>/print", print_learner),
        ("/learner/<learner_id>/plan/print", print_plan),
        ("/learner/<learner_id>/plan.zip", take_plan),
        ("/learner/<learner_id>/pack/print", print_pack),
        ("/learner/<learner_id>/script", print_script),
        ("/learner/<learner_id>/case-study", print_case_study),
        ("/cohort/<cohort_id>/packs/print", print_cohorts_packs),
        ("/reviews/packs/print", print_my_packs),
        ("/group/<group_id>/sheet", print_class_sheet),
        ("/cohort/<cohort_id>/print", print_cohort),
        ("/cohort/<cohort_id>/coverage/print", print_coverage),
    ):
        server.add_url_rule(address, page.__name__, request.or_missing(page), methods=["GET"])
