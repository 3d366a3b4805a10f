"""A college's reviews held, and its attendance by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from data import rules
from data.importers.choices import choices
from data.importers.merge import Incoming, Kind, Run, Values, merge
from data.importers.plans import in_parts
from data.importers.register import Enrolled, Register, address, list_names_without_addresses, people
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
BEFORE_START = timedelta(weeks=6)
"""How long before the first day a review may be held: interviews and initial assessments begin in the last
weeks of July for a start in September. What is dated earlier has a wrong year, or belongs to an earlier
enrolment."""
Read = tuple[Incoming, str]
"""What a row says, and where it stands."""


def import_reviews(run: Run, paths: Sequence[Path]) -> None:
    """Import reviews files; a review is known by its plan, kind and day."""
    kinds = choices(run, "Review Type", ReviewKind, ReviewKind.name, "progress")
    rows = list(read_tables(run, paths))
    held_by = _reviewers(run, rows)

    def review(row: Row, enrolled: Enrolled) -> Incoming:
        held_on, kind_id = row.day("Review Date"), kinds.id(row)
        if held_on is None:
            raise Unusable("Review Date is empty")
        _refuse_before_start("Review Date", held_on, enrolled)
        if held_on > run.today:
            raise Unusable(f"Review Date {held_on} is still to come; only reviews held are imported")
        values: Values = {}
        once = {"plan_id": enrolled.id, "kind_id": kind_id, "held_on": held_on, "recorded_at": run.at}
        (values if row.has("Note") else once)["note"] = row.text("Note")
        (values if row.where in held_by else once)["recorded_by_id"] = held_by.get(row.where)
        return Incoming(
            key=f"{enrolled.id}|{kind_id}|{held_on}",
            values=values,
            once=once,
            label=f"review of learner {row.text('Person Code')} on {held_on}",
        )

    added = _merge(run, REVIEWS, _first_of_each(run, _read(run, rows, review)))
    run.touched |= {values["plan_id"] for values in added}


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
        _refuse_before_start("Week Commencing", week_on, enrolled)
        if week_on > run.today + timedelta(7):
            raise Unusable(f"the week of {week_on} is still to come")
        return Incoming(
            key=f"{enrolled.id}|{week_on}",
            values={"possible": possible, "attended": attended},
            once={"enrolment_id": enrolled.id, "week_on": week_on},
            label=f"attendance of learner {row.text('Person Code')} in the week of {week_on}",
        )

    rows = list(read_tables(run, paths))
    _merge(run, WEEKS, _weeks_counted_once(run, _read(run, rows, week)))


def _reviewers(run: Run, rows: list[Row]) -> dict[str, int | None]:
    """{where a row stands: the person who held its review}, without the rows that don't say who."""
    list_names_without_addresses(run, rows, "Reviewer")
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for row in rows:
        if not row.has("Reviewer E-mail"):
            continue
        try:
            email = address(row, "Reviewer")
        except Unusable as error:
            run.summary.left_out.add(Refusal(row.where, f"{error}; the review is taken without it"))
            continue
        addresses[row.where] = email
        if email:
            names[email] = row.text("Reviewer Name") or names.get(email, "")
    person_ids = people(run, names) if names else {}
    return {where: person_ids.get(email) for where, email in addresses.items()}


def _read(run: Run, rows: list[Row], incoming: Callable[[Row, Enrolled], Incoming]) -> Iterator[Read]:
    """What each row says, those that can't be taken refused."""
    register = Register(run, (row.text("Person Code") for row in rows))
    for row in rows:
        try:
            yield incoming(row, register.enrolment(row)), row.where
        except Unusable as error:
            run.summary.refused.add(Refusal(row.where, str(error)))


def _first_of_each(run: Run, read: Iterable[Read]) -> list[Incoming]:
    """One row a key; another that says something else is refused."""
    found: dict[str, Read] = {}
    for each, where in read:
        first, first_where = found.setdefault(each.key, (each, where))
        if first.values != each.values:
            reason = (
                f"it says something else than {first_where} does of the same day. Put what was said into one"
                " row, or mend the date or the Review Type"
            )
            run.summary.refused.add(Refusal(where, reason))
    return [each for each, _ in found.values()]


def _weeks_counted_once(run: Run, read: Iterable[Read]) -> list[Incoming]:
    """One row a week. Rows that differ on one (a register each, say) are all refused: none is the week."""
    weeks: dict[str, list[Read]] = defaultdict(list)
    for each, where in read:
        weeks[each.key].append((each, where))
    taken: list[Incoming] = []
    for rows in weeks.values():
        first, first_where = rows[0]
        other = next((where for each, where in rows if each.values != first.values), None)
        if other is None:
            taken.append(first)
            continue
        for _, where in rows:
            differs_from = first_where if where != first_where else other
            reason = (
                f"{differs_from} says something else of the same week, so neither is taken. A learner's week"
                " stands in one row only: where each class has its own, add them up"
            )
            run.summary.refused.add(Refusal(where, reason))
    return taken


def _merge(run: Run, kind: Kind, rows: list[Incoming]) -> list[Values]:
    """Merge the rows; the values of those added."""
    added: list[Values] = []
    with run.progress(f"Writing {kind.noun}", len(rows)) as advance:
        for some in in_parts(rows):
            added += merge(run, kind, some).added.values()
            advance(len(some))
    return added


def _refuse_before_start(heading: str, day: date, enrolled: Enrolled) -> None:
    if day < enrolled.starts_on - BEFORE_START:
        raise Unusable(
            f"{heading} {day} is more than {BEFORE_START.days // 7} weeks before the learner starts in"
            f" {enrolled.group_code} on {enrolled.starts_on}. Check the year; if it belongs to an earlier"
            " enrolment, say so in Group Code"
        )
