"""The tutors of a department: who has how many learners, who stands in for whom, and the form for one."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components import ids, shell, words
from components.coverage_tables import query
from components.drawing import drawing, render
from data.models import StandInKind
from data.stand_ins import EVERYTHING, DepartmentTutors, Line
from data.who_stands_in import StandsIn

KINDS = (
    (StandInKind.COVER.value, "Cover: away until a day, and back after it"),
    (StandInKind.HANDOVER.value, "Handover: somebody else is the tutor from a day on"),
)


def tutors_page(of: DepartmentTutors, store: dict[str, Any], *, organisation: str | None) -> list[Any]:
    """All that stands in the page's main part. `organisation` is the name that the breadcrumb leads to, for
    who may go there."""
    return [
        dcc.Store(id=ids.TUTORS_SHOWN, data=store, storage_type="memory"),
        _head(of, organisation),
        drawing(ids.TUTORS, drawn(of), view="tutors"),
    ]


def tutor_links(department_id: int) -> list[Any]:
    """Lead to the pages about a department's tutors."""
    pages = (("hourglass-split", "Capacity", "capacity"), ("people", "Tutors", "tutors"))
    return [
        dcc.Link([shell.icon(icon), label], href=f"/department/{department_id}/{path}", className="button")
        for icon, label, path in pages
    ]


def drawn(of: DepartmentTutors) -> str:
    return render(
        "tutors.html",
        of=of,
        in_words=in_words,
        kinds=KINDS,
        opens=lambda tutor_id: query(tutor=tutor_id),
        whose=_whose(of),
    )


def in_words(line: Line | StandsIn) -> str:
    """Ms B covers for Mr A from Mon 1 Feb 2027 to Fri 12 Feb 2027."""
    if line.kind == StandInKind.COVER:
        return (
            f"{line.person} covers for {line.tutor}"
            f" from {words.day(line.from_on)} to {words.day(line.until_on)}"
        )
    until = f" to {words.day(line.until_on)}" if line.until_on else ""
    return f"{line.person} is the tutor in place of {line.tutor} from {words.day(line.from_on)}{until}"


def _whose(of: DepartmentTutors) -> list[tuple[str, str]]:
    """The choices of whose tutor changes, with how many learners each is."""
    if of.arranging is None:
        return []
    everybody = words.count(len(of.arranging.held), "learner")
    cohorts = [
        (str(cohort_id), f"{code}: {words.count(learners, 'learner')}")
        for cohort_id, code, learners in of.arranging.cohorts
    ]
    return [(EVERYTHING, f"All learners here: {everybody}"), *cohorts]


def _head(of: DepartmentTutors, organisation: str | None) -> html.Div:
    department_id = of.within.department_id
    trail: list[tuple[str, str | None]] = [(organisation, "/organisation")] if organisation else []
    trail += [(of.within.name, f"/department/{department_id}"), ("Cover and handover", None)]
    number = words.count(len(of.tutors), "tutor")
    return html.Div(
        [
            html.Div(
                [
                    shell.breadcrumb(*trail),
                    html.H1(f"Tutors of {of.within.name}"),
                    html.P(
                        f"{number} today, {words.day(of.today)}. Who sees a plan follows the days below.",
                        className="sub",
                    ),
                ]
            ),
            html.Div(className="gap"),
            dcc.Link(
                [shell.icon("hourglass-split"), "Capacity"],
                href=f"/department/{department_id}/capacity",
                className="button",
            ),
        ],
        className="page-head",
    )
