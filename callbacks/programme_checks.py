"""`/department/<id>/checks`: how many learners of each cohort are on the right programme, as checked."""

from __future__ import annotations

from typing import Any

from callbacks import request
from components import shell
from components.programme_check import checks_page
from data import programme_checks


@request.page
def page(department_id: Any = None, **_query: Any) -> Any:
    """The department's cohorts, with who is missing."""
    with request.looking() as (session, viewer):
        found = programme_checks.of_department(session, viewer, request.whole_number(department_id))
        address = f"/department/{found.id}"
        return shell.page(request.frame(viewer), "Right-programme checks", checks_page(found), active=address)
