"""What a page shows, as a file: the same parameters, the same rows, the same order, in the same scope."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, abort
from flask import request as flask_request
from sqlalchemy.orm import Session

from callbacks import coverage, request
from components import coverage_page
from data.errors import NotFound
from data.exports import Sheet, as_csv, as_excel
from data.scope import Viewer

FORMS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
SheetOf = Callable[[Session, Viewer, int], Sheet]


def cohort_coverage(session: Session, viewer: Viewer, cohort_id: int) -> Sheet:
    """The coverage matrix of a cohort, or one of the lists under it."""
    asked = coverage.parameters(flask_request.args)
    matrix = coverage.read(session, viewer, cohort_id, {**asked, "plan": "", "window": ""})
    return coverage_page.sheet(matrix, asked)


def register(server: Flask) -> None:
    for address, name, sheet_of in (("/cohort/<cohort_id>/coverage", "cohort_id", cohort_coverage),):
        for ending in FORMS:
            server.add_url_rule(
                f"{address}.{ending}",
                f"{sheet_of.__name__}_{ending}",
                _answering(sheet_of, name, ending),
                methods=["GET"],
            )


def _answering(sheet_of: SheetOf, name: str, ending: str) -> Callable[..., Response]:
    written, mimetype = FORMS[ending]

    def answer(**variables: str) -> Response:
        try:
            with request.looking() as (session, viewer):
                sheet = sheet_of(session, viewer, request.whole_number(variables[name]))
        except NotFound:
            abort(404)
        headers = {"Content-Disposition": f'attachment; filename="{sheet.name}.{ending}"'}
        return Response(written(sheet), mimetype=mimetype, headers=headers)

    return answer
