"""What a page shows, as a file: the same parameters, the same rows, the same order, in the same scope."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, abort
from flask import request as flask_request
from sqlalchemy.orm import Session

from callbacks import capacity, coverage, coverage_by, department, request
from components import capacity as capacity_view
from components import caseload as caseload_page
from components import coverage_by as by_page
from components import coverage_page, department_exports, progress_file
from components import my_reviews as my_reviews_page
from components.list_files import HEATMAP, TWELVE
from data import caseload, my_reviews, progress_grid, review_coverage
from data.department import read_organisation
from data.errors import NotFound
from data.exports import Sheet, as_csv, as_excel
from data.models import Reach
from data.scope import Viewer

FORMS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
SheetOf = Callable[..., Sheet]
"""(session, viewer, and the ids of the address by name) to what its file holds; raises NotFound."""


def cohort_coverage(session: Session, viewer: Viewer, cohort_id: int) -> Sheet:
    """The coverage matrix of a cohort, or one of the lists under it."""
    asked = coverage.parameters(flask_request.args)
    matrix = coverage.read(session, viewer, cohort_id, {**asked, "plan": "", "window": ""})
    return coverage_page.sheet(matrix, asked)


def department_coverage(session: Session, viewer: Viewer, department_id: int) -> Sheet:
    """One of the tables of a department's coverage, or the list behind a figure."""
    asked = coverage.parameters(flask_request.args, coverage_by.PARAMETERS)
    return by_page.sheet(coverage_by.read(session, viewer, department_id, asked))


def department_list(session: Session, viewer: Viewer, department_id: int) -> Sheet:
    """A list of a department's page: the one open behind a figure, the heatmap, who needs attention."""
    asked = coverage.parameters(flask_request.args, department.LIST_PARAMETERS)
    listed = asked.pop("list", "")
    own = listed in (HEATMAP, TWELVE)
    of = department.read(session, viewer, department_id, asked if own else {**asked, "list": listed})
    return department_exports.sheet(of, listed)


def organisation_list(session: Session, viewer: Viewer) -> Sheet:
    """The heatmap of the organisation's departments."""
    asked = coverage.parameters(flask_request.args, ("list", "by"))
    if asked.get("list") != HEATMAP:
        raise NotFound
    by_first = asked.get("by") == "first"
    return department_exports.organisation_sheet(read_organisation(session, viewer, by_first=by_first))


def cohort_progress(session: Session, viewer: Viewer, cohort_id: int) -> Sheet:
    """The progress grid of a cohort, in the order and by the filter of its page."""
    asked = coverage.parameters(flask_request.args, progress_file.PARAMETERS)
    grid = progress_grid.read(session, viewer, cohort_id)
    counted = review_coverage.counted(session, viewer)
    return progress_file.sheet(grid, counted, viewer.coverage_goal, viewer.today, asked)


def caseload_list(session: Session, viewer: Viewer) -> Sheet:
    """The learners of a tutor or teacher, worst first; NotFound for who is neither."""
    if not viewer.reaches(Reach.CASELOAD, Reach.TEACHING_GROUPS):
        raise NotFound
    counted = review_coverage.counted(session, viewer)
    return caseload_page.sheet(caseload.read(session, viewer), counted, viewer.coverage_goal, viewer.today)


def reviews_list(session: Session, viewer: Viewer) -> Sheet:
    """My reviews, as their page shows them; NotFound for who has no caseload."""
    if not viewer.reaches(Reach.CASELOAD):
        raise NotFound
    counted = review_coverage.counted(session, viewer)
    return my_reviews_page.sheet(my_reviews.read(session, viewer), counted, viewer.coverage_goal)


def department_capacity(session: Session, viewer: Viewer, department_id: int) -> Sheet:
    """A department's capacity by tutor and week, or the learners behind a number."""
    asked = coverage.parameters(flask_request.args, capacity.PARAMETERS)
    return capacity_view.sheet(capacity.read(session, viewer, department_id, asked))


def organisation_coverage(session: Session, viewer: Viewer) -> Sheet:
    """One of the tables of the organisation's coverage."""
    asked = coverage.parameters(flask_request.args, coverage_by.PARAMETERS)
    return by_page.sheet(coverage_by.read_organisation(session, viewer, asked))


def register(server: Flask) -> None:
    for address, sheet_of in (
        ("/cohort/<cohort_id>/progress", cohort_progress),
        ("/caseload", caseload_list),
        ("/cohort/<cohort_id>/coverage", cohort_coverage),
        ("/department/<department_id>/coverage", department_coverage),
        ("/department/<department_id>/capacity", department_capacity),
        ("/organisation/coverage", organisation_coverage),
        ("/department/<department_id>/list", department_list),
        ("/organisation/list", organisation_list),
        ("/reviews", reviews_list),
    ):
        for ending in FORMS:
            endpoint, answer = f"{sheet_of.__name__}_{ending}", _answering(sheet_of, ending)
            server.add_url_rule(f"{address}.{ending}", endpoint, answer, methods=["GET"])


def _answering(sheet_of: SheetOf, ending: str) -> Callable[..., Response]:
    """Answers an address whose variables, if it has any, are ids."""
    written, mimetype = FORMS[ending]

    def answer(**variables: str) -> Response:
        try:
            with request.looking() as (session, viewer):
                of = {name: request.whole_number(value) for name, value in variables.items()}
                sheet = sheet_of(session, viewer, **of)
        except NotFound:
            abort(404)
        headers = {"Content-Disposition": f'attachment; filename="{sheet.name}.{ending}"'}
        return Response(written(sheet), mimetype=mimetype, headers=headers)

    return answer
