"""The coverage matrix: the learners of a cohort by their review windows, and how each window went.

A window is what the review clock says: from the last review, or the start of learning, to the due date. So
the windows of two learners needn't lie side by side in the calendar; they are the n-th of each in the year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data import batches, judgements, reasons, review_schedule, rules, state_sql
from data.batches import Batch, BatchKind
from data.errors import NotFound
from data.judgements import Computed, Disagreement, Judged
from data.models import Enrolment, Learner, Person, Plan, Review, ReviewKind, Writes
from data.progress_grid import CohortHead, cohort_head
from data.review_coverage import Counted, counted
from data.rules import ReviewClock, ReviewState, ReviewWindow, Share
from data.scope import Viewer, enrolments_seen_by, enrolments_written_by
from data.tutoring import tutor_of

SORTS = ("learner", "state", "judgement")
SHOWN = ("batches", "disagree", *ReviewState)
"""What the rows can be narrowed to: learners with a review in a batch, those of whom judgement and figures
disagree, those whose open window is in a state."""
WORST_FIRST = (
    ReviewState.OVERDUE,
    ReviewState.DUE_SOON,
    ReviewState.NOT_YET_DUE,
    ReviewState.PAUSED,
    ReviewState.NOT_REQUIRED,
)


@dataclass(frozen=True, slots=True)
class MatrixChoice:
    """What the address asks for: which rows, in which order, and whose window or judgement is open.

    `missed` is a column: those who weren't reviewed by the due date. `window` is a window's own number.
    `year` is the calendar year in which the academic year begins.
    """

    sort: str = "learner"
    only: str = ""
    missed: int | None = None
    year: int | None = None
    plan_id: int | None = None
    window: int | None = None


EVERYBODY = MatrixChoice()


class WindowCell(NamedTuple):
    """A learner's window: its state, and the review that was held in it, if any."""

    window: ReviewWindow
    state: ReviewState
    days_late: int
    review_id: int | None = None
    kind: str = ""
    in_batches: tuple[BatchKind, ...] = ()

    @property
    def on(self) -> date | None:
        """The day that the state is about: when it was held, else by when it is due."""
        return self.window.held_on or self.window.due_on

    @property
    def missed(self) -> bool:
        """Whether its due date passed without a review."""
        return self.days_late > 0


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One learner: a cell for each column of the matrix, None where the learner has no such window."""

    learner_id: int
    plan_id: int
    name: str
    sort_name: str
    ended_on: date | None
    end_reason: str | None
    paused: bool
    tutor: str
    cells: tuple[WindowCell | None, ...]
    now: WindowCell
    judged: Judged | None
    computed: Computed | None
    may_write: bool

    @property
    def disagrees(self) -> bool:
        return judgements.disagree(self.judged, self.computed)

    @property
    def in_a_batch(self) -> bool:
        return any(cell is not None and cell.in_batches for cell in self.cells)


@dataclass(frozen=True, slots=True)
class WindowColumn:
    """The n-th window of each learner in the academic year. `on_time` is held on time: held by the due
    date, of those due."""

    number: int
    due_from: date | None
    due_until: date | None
    on_time: Share


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """One cell in full: why it is due on its date, and what was written of the review."""

    row: MatrixRow
    cell: WindowCell
    why: str
    note: str = ""
    by: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """`rows` are those asked for; counts and columns are of all learners seen who were here in the year,
    whatever rows are shown. `covered` is today's coverage, whatever the year."""

    cohort: CohortHead
    choice: MatrixChoice
    columns: tuple[WindowColumn, ...]
    rows: tuple[MatrixRow, ...]
    learners: int
    covered: Share
    states: Mapping[ReviewState, int]
    own_rules: int
    batches: tuple[Batch, ...]
    batched: int
    disagreements: tuple[Disagreement, ...]
    open_window: OpenWindow | None
    counted: Counted
    goal: int
    year: int
    years: tuple[int, ...]
    as_at: date

    @property
    def held_on_time(self) -> Share:
        """The year's reviews that were held by their due date, of those that were held or are past it: each
        column's together."""
        on_time = [column.on_time for column in self.columns]
        return Share(sum(one.count for one in on_time), sum(one.of for one in on_time))


def chosen(query: Mapping[str, Any]) -> MatrixChoice:
    """The choice that an address says; NotFound where it can't be one."""
    sort, only = str(query.get("sort") or "learner"), str(query.get("only") or "")
    if sort.removeprefix("-") not in SORTS or (only and only not in SHOWN):
        raise NotFound
    return MatrixChoice(
        sort=sort,
        only=only,
        missed=_number(query.get("missed")),
        year=_number(query.get("year")),
        plan_id=_number(query.get("plan")),
        window=_number(query.get("window")),
    )


def read(
    session: Session, viewer: Viewer, cohort_id: int, choice: MatrixChoice = EVERYBODY
) -> CoverageMatrix:
    """The matrix of those of the cohort's learners whom the viewer sees, in a fixed number of queries.

    Raises NotFound where the viewer sees no such cohort.
    """
    cohort = cohort_head(session, viewer, cohort_id)
    of_cohort = Enrolment.cohort_id == cohort_id
    this_year = rules.academic_year_start(viewer.today).year
    year = min(choice.year or this_year, this_year)
    people = _people(session, viewer, of_cohort)
    all_clocks = review_schedule.review_clocks(session, [cohort_id]).get(cohort_id, {})
    clocks = {plan_id: all_clocks[plan_id] for plan_id in people}
    found = batches.read(session, viewer, of_cohort, clocks, _year_start(year))
    cells = _cells(session, viewer, of_cohort, clocks, _marked(found))
    shown = {
        plan_id: [cell for cell in some if _is_in(cell, year)]
        for plan_id, some in cells.items()
        if _was_here(clocks[plan_id], year)
    }
    width = max((len(some) for some in shown.values()), default=0)
    judged = judgements.judged_of(session, viewer, of_cohort)
    figures = judgements.computed_of(session, viewer, of_cohort)
    rows = [
        _row(person, shown[plan_id], width, cells[plan_id][-1], judged.get(plan_id), figures.get(plan_id))
        for plan_id, person in people.items()
        if plan_id in shown
    ]
    return CoverageMatrix(
        cohort=cohort,
        choice=choice,
        columns=tuple(_column(place, shown, clocks) for place in range(width)),
        rows=_asked_for(rows, choice),
        learners=len(rows),
        covered=rules.coverage(clocks.values(), viewer.clock_day),
        states=Counter(row.now.state for row in rows),
        own_rules=sum(person.own_rule for person in people.values()),
        batches=found,
        batched=sum(row.in_a_batch for row in rows),
        disagreements=judgements.in_order(_disagreement(row, cohort) for row in rows if row.disagrees),
        open_window=_open_window(session, viewer, rows, cells, clocks, choice),
        counted=counted(session, viewer),
        goal=viewer.coverage_goal,
        year=year,
        years=tuple(range(cohort.starts_on.year - (cohort.starts_on.month < 8), this_year + 1)),
        as_at=viewer.today,
    )


class _Person(NamedTuple):
    learner_id: int
    plan_id: int
    given_name: str
    family_name: str
    ended_on: date | None
    end_reason: str | None
    ended: bool
    paused: bool
    tutor: str | None
    own_rule: bool
    may_write: bool


def _people(session: Session, viewer: Viewer, of_cohort: ColumnElement[bool]) -> dict[int, _Person]:
    rows = session.execute(
        select(
            Learner.id,
            Enrolment.id,
            Learner.given_name,
            Learner.family_name,
            Enrolment.ended_on,
            Enrolment.end_reason,
            state_sql.ended_by(viewer.clock_day),
            state_sql.paused_on(viewer.clock_day),
            Person.name,
            Plan.own_rule_unit.is_not(None),
            enrolments_written_by(viewer, Writes.PLANS),
        )
        .join(Enrolment, Enrolment.learner_id == Learner.id)
        .outerjoin(Plan, Plan.id == Enrolment.id)
        .outerjoin(Person, Person.id == tutor_of(viewer.today))
        .where(of_cohort, enrolments_seen_by(viewer))
    )
    return {row[1]: _Person(*row) for row in rows}


def _marked(found: Iterable[Batch]) -> Mapping[int, tuple[BatchKind, ...]]:
    """{review id: the kinds of batch that it is in}."""
    marks: dict[int, set[BatchKind]] = defaultdict(set)
    for batch in found:
        for review in batch.reviews:
            marks[review.review_id].add(batch.kind)
    return {review_id: tuple(sorted(kinds)) for review_id, kinds in marks.items()}


def _cells(
    session: Session,
    viewer: Viewer,
    of_cohort: ColumnElement[bool],
    clocks: Mapping[int, ReviewClock],
    marks: Mapping[int, tuple[BatchKind, ...]],
) -> dict[int, list[WindowCell]]:
    """{plan id: all its windows so far}; of several reviews on one day the first recorded stands for it."""
    held: dict[tuple[int, date], tuple[int, str]] = {}
    for plan_id, held_on, review_id, kind in session.execute(
        select(Review.plan_id, Review.held_on, Review.id, ReviewKind.name)
        .join(ReviewKind, ReviewKind.id == Review.kind_id)
        .join(Enrolment, Enrolment.id == Review.plan_id)
        .where(of_cohort, enrolments_seen_by(viewer), ReviewKind.counts.is_(True))
        .order_by(Review.id)
    ):
        held.setdefault((plan_id, held_on), (review_id, kind))
    return {
        plan_id: [
            _cell(clock, window, viewer, held, marks, plan_id) for window in clock.windows(viewer.today)
        ]
        for plan_id, clock in clocks.items()
    }


def _cell(
    clock: ReviewClock,
    window: ReviewWindow,
    viewer: Viewer,
    held: Mapping[tuple[int, date], tuple[int, str]],
    marks: Mapping[int, tuple[BatchKind, ...]],
    plan_id: int,
) -> WindowCell:
    if window.held_on is not None:
        review_id, kind = held[plan_id, window.held_on]
        return WindowCell(
            window, ReviewState.DONE, window.days_late, review_id, kind, marks.get(review_id, ())
        )
    state = rules.review_state(
        window.due_on,
        viewer.clock_day,
        required=not clock.enrolment.ended(viewer.clock_day),
        paused=clock.enrolment.paused(viewer.clock_day),
        soon_days=viewer.soon.reviews,
    )
    overdue = state == ReviewState.OVERDUE and window.due_on is not None
    late = rules.days_late(window.due_on, viewer.clock_day) if overdue and window.due_on else 0
    return WindowCell(window, state, late)


def _year_start(year: int) -> date:
    return rules.academic_year_start(date(year, 12, 31))


def _is_in(cell: WindowCell, year: int) -> bool:
    """Whether the window reaches into the academic year: it began before its end, and ended after its start
    or is still open."""
    begins = cell.window.counted_from < _year_start(year + 1)
    return begins and (cell.window.held_on is None or cell.window.held_on >= _year_start(year))


def _was_here(clock: ReviewClock, year: int) -> bool:
    """Whether the learner was enrolled on any day of the academic year."""
    enrolment = clock.enrolment
    return enrolment.starts_on < _year_start(year + 1) and not enrolment.ended(_year_start(year))


def _row(
    person: _Person,
    cells: Sequence[WindowCell],
    width: int,
    now: WindowCell,
    judged: Judged | None,
    figures: Computed | None,
) -> MatrixRow:
    return MatrixRow(
        learner_id=person.learner_id,
        plan_id=person.plan_id,
        name=f"{person.given_name} {person.family_name}",
        sort_name=_sorted_as(f"{person.family_name} {person.given_name}"),
        ended_on=person.ended_on if person.ended else None,
        end_reason=person.end_reason if person.ended else None,
        paused=person.paused and not person.ended,
        tutor=person.tutor or "",
        cells=(*cells, *[None] * (width - len(cells))),
        now=now,
        judged=judged,
        computed=figures,
        may_write=person.may_write,
    )


def _sorted_as(name: str) -> str:
    """Without regard to case and accents."""
    return "".join(
        letter for letter in normalize("NFKD", name) if letter.isalnum() or letter == " "
    ).casefold()


def _disagreement(row: MatrixRow, cohort: CohortHead) -> Disagreement:
    if row.judged is None or row.computed is None:
        raise ValueError("there is nothing to disagree with")
    return Disagreement(
        row.learner_id, row.plan_id, row.name, row.sort_name, cohort.id, cohort.code, row.judged, row.computed
    )


def _column(
    place: int, shown: Mapping[int, Sequence[WindowCell]], clocks: Mapping[int, ReviewClock]
) -> WindowColumn:
    """A window counts once it is held or past due, of a learner enrolled on its due date."""
    windows = [(some[place], clocks[plan_id]) for plan_id, some in shown.items() if place < len(some)]
    due = [cell.window.due_on for cell, _ in windows if cell.window.due_on is not None]
    judged = [
        cell
        for cell, clock in windows
        if cell.window.due_on is not None
        and cell.state in (ReviewState.DONE, ReviewState.OVERDUE)
        and clock.enrolment.enrolled(cell.window.due_on)
    ]
    on_time = Share(sum(not cell.missed for cell in judged), len(judged))
    return WindowColumn(place + 1, min(due, default=None), max(due, default=None), on_time)


def _asked_for(rows: Iterable[MatrixRow], choice: MatrixChoice) -> tuple[MatrixRow, ...]:
    """The rows of the filter in the order asked for; who has left stands at the end."""
    shown = [row for row in rows if _is_shown(row, choice)]
    keys: dict[str, Callable[[MatrixRow], Any]] = {
        "learner": lambda row: (),
        "state": lambda row: (WORST_FIRST.index(row.now.state), -row.now.days_late, row.now.on or date.max),
        "judgement": lambda row: (
            -judgements.WORSE.index(row.judged.colour) if row.judged else 1,
            not row.disagrees,
        ),
    }
    shown.sort(key=lambda row: (row.sort_name, row.plan_id))
    shown.sort(key=keys[choice.sort.removeprefix("-")])
    if choice.sort.startswith("-"):
        shown.reverse()
    return tuple(sorted(shown, key=lambda row: row.ended_on is not None))


def _is_shown(row: MatrixRow, choice: MatrixChoice) -> bool:
    if choice.missed is not None:
        cell = dict(enumerate(row.cells, start=1)).get(choice.missed)
        if cell is None or not cell.missed:
            return False
    if choice.only == "batches":
        return row.in_a_batch
    if choice.only == "disagree":
        return row.disagrees
    return not choice.only or row.now.state == choice.only


def _open_window(
    session: Session,
    viewer: Viewer,
    rows: Iterable[MatrixRow],
    cells: Mapping[int, Sequence[WindowCell]],
    clocks: Mapping[int, ReviewClock],
    choice: MatrixChoice,
) -> OpenWindow | None:
    """The cell that the address opens, if it opens one; without a number the learner's latest."""
    if choice.plan_id is None:
        return None
    row = next((row for row in rows if row.plan_id == choice.plan_id), None)
    if row is None:
        raise NotFound
    cell = next((one for one in cells[row.plan_id] if one.window.number == choice.window), row.now)
    why = reasons.why_window(clocks[row.plan_id], cell.window)
    if cell.review_id is None:
        return OpenWindow(row, cell, why)
    note, recorded_at, by = session.execute(
        select(Review.note, Review.recorded_at, Person.name)
        .outerjoin(Person, Person.id == Review.recorded_by_id)
        .where(Review.id == cell.review_id)
    ).one()
    saved_at = recorded_at.astimezone(ZoneInfo(viewer.time_zone))
    return OpenWindow(row, cell, why, note, by or "import", saved_at)


def _number(text: Any) -> int | None:
    """A whole number as an address holds one; None where there is none, NotFound for anything else."""
    if not text:
        return None
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)
