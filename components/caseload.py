"""The page of a tutor or teacher: figures, what is due this week, learners worst first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from components import coverage_tables, words
from components.cases_page import case_address
from components.coverage_tables import Table, cell, columns
from components.drawing import drawing, render
from components.programme_check import asked_line
from components.progress_grid import cohort_figures
from data.agreements import Waiting
from data.caseload import Caseload, CaseloadLearner
from data.exports import Sheet
from data.negotiations import Proposal
from data.open_cases import OpenCase
from data.review_coverage import Counted
from data.rules import ReviewState
from data.stuck import StuckLine


def caseload_page(caseload: Caseload, waiting: str = "") -> list[Any]:
    """All that stands in the page's main part; `waiting` is the drawing of `waiting_for_tutor`."""
    title = "Learners of my groups" if caseload.teaches_only else "My learners"
    if not caseload.learners:
        return [html.H1(title), _nobody(teaches_only=caseload.teaches_only)]
    return [
        html.Div(html.Div([html.H1(title), html.P(who(caseload), className="sub")]), className="page-head"),
        *([drawing("waiting", waiting)] if waiting else []),
        drawing("figures", cohort_figures(caseload.figures)),
        drawing(
            "caseload",
            render(
                "caseload.html",
                caseload=caseload,
                line=line,
                about=about,
                review=review_line,
                files=lambda ending: f"/caseload.{ending}",
            ),
        ),
    ]


def sheet(caseload: Caseload, counted: Counted, goal: int, today: date) -> Sheet:
    """The learners as the page lists them, worst first."""
    rows = (
        (
            cell(learner.name),
            cell(learner.cohort),
            cell(line(learner)),
            cell(len(learner.overdue)),
            cell(len(learner.targets)),
            cell(learner.next_review_on),
            cell(words.review_word(learner.review_state)),
        )
        for learner in caseload.learners
    )
    table = Table(
        key="caseload",
        title="Learners of my groups" if caseload.teaches_only else "My learners",
        columns=columns(
            *("Learner", "Cohort", "What matters today", "#Overdue", "#Open targets", "Next review", "Review")
        ),
        rows=tuple(rows),
    )
    facts = coverage_tables.facts(counted, today, goal)
    name = coverage_tables.file_name("my-learners", today.isoformat())
    return coverage_tables.sheet(table, name=name, as_at=today, facts=facts)


def waiting_for_tutor(
    stuck: Sequence[StuckLine],
    proposals: Sequence[Proposal],
    waiting: Sequence[Waiting] = (),
    cases: Sequence[OpenCase] = (),
) -> str:
    """Learners who are stuck, proposals that wait for an answer, plans that wait for a yes (`waiting`), and
    open cases; empty where nothing waits."""
    if not (stuck or proposals or waiting or cases):
        return ""
    return render(
        "caseload_waiting.html",
        stuck=stuck,
        proposals=proposals,
        waiting=waiting,
        cases=cases,
        case_address=case_address,
    )


def who(caseload: Caseload) -> str:
    return (
        f"{words.count(len(caseload.learners), 'learner')} in {words.count(len(caseload.cohorts), 'cohort')}"
    )


def about(learner: CaseloadLearner) -> int | None:
    """The target that the line is about, if it is about one."""
    if learner.paused or learner.next is None:
        return None
    if learner.overdue:
        return learner.overdue[0].id
    if learner.review_days_late or learner.check:
        return None
    return learner.moved.id if learner.moved else learner.next.id


def line(learner: CaseloadLearner) -> str:
    """The one line that matters most of a learner today."""
    if learner.paused:
        return "on a break in learning"
    late = []
    if learner.check and learner.check.state == ReviewState.OVERDUE:
        late.append(asked_line(learner.check))
    if learner.review_days_late:
        late.append(f"review {words.days_late(learner.review_days_late)}")
    if learner.overdue:
        late.append(_overdue_line(learner))
    if late:
        return ", ".join(late)
    if learner.check:
        return asked_line(learner.check)
    if learner.moved:
        return f"moved {words.times(learner.moved.moves)}: {learner.moved.title}"
    first = learner.next
    if first is None:
        return "no open target"
    return f"next: {first.title}, {words.short_day(first.due_on)}" if first.due_on else f"next: {first.title}"


def review_line(learner: CaseloadLearner) -> str:
    if learner.review_days_late:
        return words.days_late(learner.review_days_late)
    if learner.review_state in (ReviewState.DUE_SOON, ReviewState.NOT_YET_DUE):
        return words.short_day(learner.next_review_on)
    return words.review_word(learner.review_state)


def _overdue_line(learner: CaseloadLearner) -> str:
    oldest = learner.overdue[0]
    if len(learner.overdue) == 1:
        return f"{words.count(oldest.days_late, 'day')} overdue: {oldest.title}"
    days = words.count(oldest.days_late, "day")
    return f"{len(learner.overdue)} overdue, the oldest by {days}: {oldest.title}"


def _nobody(*, teaches_only: bool) -> html.Div:
    text = (
        "Nobody is in a teaching group of yours today. An administrator puts learners and teachers into"
        " groups; as soon as that is done, they stand here."
        if teaches_only
        else "Nobody is on your caseload, and you are tutor of no cohort today. An administrator can make you"
        " the tutor of a cohort or of single learners; as soon as that is done, they stand here."
    )
    return html.Div([html.H2("No learners yet"), html.P(text)], className="card message")
