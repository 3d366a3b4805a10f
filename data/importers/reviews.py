"""A college's reviews held, and its attendance by week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from data import rules
from data.importers.columns import folded
from data.importers.merge import Incoming, Kind, Run, Values, merge
from data.importers.plans import in_parts
from data.importers.register import Enrolled, Register, e_mail, people
from data.importers.summary import Refusal, Unusable
from data.importers.table import Row, read_tables
from data.models import Attendance, Review, ReviewKind

REVIEWS = Kind(Review, "reviews", natural=("plan_id", "kind_id", "held_on"))
WEEKS = Kind(
    Attendance,
    "weeks of attendance",
    natural=("enrolment_id", "week_on"),
    together=(("possible", "attended"),),
)
DEFAULT_KIND = "progress"


def import_reviews(run: Run, paths: Sequence[Path]) -> None:
    """Import reviews files; a review is known by its plan, kind and day."""
    kinds = _kinds(run)
    rows = list(read_tables(run, paths))
    reviewers: dict[str, str] = {}
    for row in rows:
        try:
            if email := e_mail(row, "Reviewer E-mail"):
                reviewers[email] = row.text("Reviewer Name") or reviewers.get(email, "")
        except Unusable as error:
            run.summary.left_out.add(Refusal(row.where, f"{error}; the review is taken without it"))
    person_ids = people(run, reviewers) if reviewers else {}

    def review(row: Row, enrolled: Enrolled) -> Incoming:
        held_on, kind = row.day("Review Date"), folded(row.text("Review Type")) or DEFAULT_KIND
        if held_on is None:
            raise Unusable("Review Date is empty")
        if held_on > run.today:
            raise Unusable(f"Review Date {held_on} is still to come; only reviews held are imported")
        if kind not in kinds:
            raise Unusable(
                f"Review Type {row.text('Review Type')!r} isn't known; write one of {', '.join(kinds)}"
            )
        return Incoming(
            key=f"{enrolled.id}|{kinds[kind]}|{held_on}",
            values={
                "note": row.text("Note"),
                "recorded_by_id": person_ids.get(row.text("Reviewer E-mail").lower()),
            },
            once={
                "plan_id": enrolled.id,
                "kind_id": kinds[kind],
                "held_on": held_on,
                "recorded_at": run.at,
            },
            label=f"review of learner {row.text('Person Code')} on {held_on}",
        )

    merged = _merge_rows(run, REVIEWS, rows, review)
    run.touched |= {values["plan_id"] for values in merged}


def import_attendance(run: Run, paths: Sequence[Path]) -> None:
    """Import attendance files; a date in a week stands for its Monday."""

    def week(row: Row, enrolled: Enrolled) -> Incoming:
        day = row.day("Week Commencing")
        if day is None:
            raise Unusable("Week Commencing is empty")
        possible, attended = row.whole("Sessions Possible"), row.whole("Sessions Attended")
        if attended > possible:
            raise Unusable(f"{attended} sessions attended of {possible} possible")
        week_on = rules.monday_of(day)
        if week_on > run.today + timedelta(7):
            raise Unusable(f"the week of {week_on} is still to come")
        return Incoming(
            key=f"{enrolled.id}|{week_on}",
            values={"possible": possible, "attended": attended},
            once={"enrolment_id": enrolled.id, "week_on": week_on},
            label=f"attendance of learner {row.text('Person Code')} in the week of {week_on}",
        )

    _merge_rows(run, WEEKS, list(read_tables(run, paths)), week)


def _merge_rows(
    run: Run, kind: Kind, rows: list[Row], incoming: Callable[[Row, Enrolled], Incoming]
) -> list[Values]:
    """Merge each row that can be taken; the values of those added."""
    register = Register(run, (row.text("Person Code") for row in rows))
    found: dict[str, tuple[Incoming, str]] = {}
    for row in rows:
        try:
            each = incoming(row, register.enrolment(row))
            first = found.setdefault(each.key, (each, row.where))
            if first[0].values != each.values:
                raise Unusable(f"it says something else than {first[1]} does of the same day")
        except Unusable as error:
            run.summary.refused.add(Refusal(row.where, str(error)))
    taken = [each for each, _ in found.values()]
    added: list[Values] = []
    with run.progress(f"Writing {kind.noun}", len(taken)) as advance:
        for some in in_parts(taken):
            added += merge(run, kind, some).added.values()
            advance(len(some))
    return added


def _kinds(run: Run) -> dict[str, int]:
    """{kind of review by key, name or first word, folded: id}."""
    found: dict[str, int] = {}
    for key, name, kind_id in run.session.execute(
        select(ReviewKind.key, ReviewKind.name, ReviewKind.id).where(
            ReviewKind.organisation_id == run.organisation_id
        )
    ):
        found |= {folded(key): kind_id, folded(name): kind_id}
    return found
