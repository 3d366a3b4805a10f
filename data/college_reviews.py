"""What a college says of its reviews: their kinds, which of them count, the rule for the dates, and closed
weeks.

Each change that moves due dates is worked out for every plan in its own transaction, as a trial first: a
form that hasn't said that it knows what moves is refused with how many dates would, and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import college_changes, department_figures, kind_clocks, plan_days, review_schedule, rules
from data.college_changes import CollegeChangeLine, keeps_college, require_college
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import (
    ClosedPeriod,
    Cohort,
    Department,
    Enrolment,
    Party,
    Plan,
    Review,
    ReviewKind,
    ReviewRuleVersion,
)
from data.review_schedule import PROGRESS
from data.rules import IntervalUnit, ReviewRule
from data.saved import Saved
from data.scope import Viewer

__all__ = ["CollegeReviews", "keeps_college", "read"]

SAVED_KIND = "college-reviews"
OWN_RULE = "own"
MOST_OF = {
    IntervalUnit.WEEKS: 104,
    IntervalUnit.CALENDAR_MONTHS: 24,
    IntervalUnit.TERMS: 6,
    IntervalUnit.HALF_YEARS: 4,
}
"""The longest interval there is: two years."""
LONGEST_CLOSED = timedelta(days=120)
Row = TypeVar("Row", ReviewKind, ClosedPeriod)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of review; `reviews` are how many were recorded ever, `signed_by` who signs one. `rules` are the
    versions of its own rule, newest first, none for the kind that goes by the clock's."""

    id: int
    version: int
    key: str
    name: str
    counts: bool
    reviews: int
    signed_by: tuple[Party, ...]
    rules: tuple[ReviewRule, ...]
    in_force: ReviewRule | None

    @property
    def sets_the_clock(self) -> bool:
        return self.key == PROGRESS


@dataclass(frozen=True, slots=True)
class Closed:
    """Days on which the college is closed, the first and the last."""

    id: int
    version: int
    name: str
    from_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class CollegeReviews:
    """`rules` newest first, `closed` by day; `own_rules` are plans that carry a rule of their own."""

    college_id: int
    today: date
    kinds: tuple[Kind, ...]
    rules: tuple[ReviewRule, ...]
    in_force: ReviewRule | None
    closed: tuple[Closed, ...]
    own_rules: int
    changes: tuple[CollegeChangeLine, ...]


def read(session: Session, viewer: Viewer) -> CollegeReviews:
    require_college(viewer)
    versions = review_schedule.load_review_rules(session, viewer.organisation_id)
    return CollegeReviews(
        college_id=viewer.organisation_id,
        today=viewer.today,
        kinds=tuple(_kinds(session, viewer)),
        rules=tuple(reversed(versions)),
        in_force=rules.rule_in_force(versions, viewer.today),
        closed=tuple(_closed(session, viewer)),
        own_rules=_own_rules(session, viewer),
        changes=tuple(college_changes.read(session, viewer, "review_kind", "review_rule", "closed_period")),
    )


# --- kinds ---------------------------------------------------------------------------------------------


def add_kind(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A further kind of review; it moves nothing, as there is no review of it yet."""
    require_college(viewer, typed)
    name = _kind_name(session, viewer, typed)
    kinds = _all_kinds(session, viewer)
    kind = ReviewKind(
        organisation_id=viewer.organisation_id,
        key=_key(name, {kind.key for kind in kinds}),
        name=name,
        position=max((kind.position for kind in kinds), default=0) + 1,
        counts=typed.ticked("counts"),
        signed_by=_signed_by(typed),
    )
    college_changes.add(session, viewer, kind, name)
    return Saved(f"“{name}” can be chosen for a review now.", SAVED_KIND, id=kind.id)


def change_kind(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Rename a kind, or say whether its reviews count and who signs them."""
    require_college(viewer, typed)
    kind = kind_of_college(session, viewer, typed.id("kind"))
    name = _kind_name(session, viewer, typed, kind.id)
    values = {"name": name, "counts": typed.ticked("counts"), "signed_by": _signed_by(typed)}
    with _moving(session, viewer, typed) as moved:
        college_changes.change(session, viewer, kind, name, typed.version(), values)
    return Saved(f"“{name}” is saved. {moved.sentence}", SAVED_KIND, id=kind.id)


def kind_of_college(session: Session, viewer: Viewer, kind_id: int) -> ReviewKind:
    """NotFound where it is no kind of the viewer's college."""
    return _of_college(session, viewer, ReviewKind, kind_id)


def _signed_by(typed: Typed) -> str:
    """The parties that are ticked, in the usual order."""
    ticked = typed.all("signed_by")
    return " ".join(party for party in Party if party in ticked)


def _kind_name(session: Session, viewer: Viewer, typed: Typed, kind_id: int | None = None) -> str:
    name = typed.line("name", required="Please give the kind of review a name.", longest=60)
    others = (kind.name.casefold() for kind in _all_kinds(session, viewer) if kind.id != kind_id)
    if name.casefold() in others:
        raise Refused("There is a kind of review of this name already.", "name")
    return name


def _key(name: str, taken: set[str]) -> str:
    """What code calls the kind: its first name in letters and hyphens, with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "kind"
    numbered = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)


# --- the rule ------------------------------------------------------------------------------------------


def add_rule(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new version of the rule, from a day on which it moves no date that a held review was due by."""
    require_college(viewer, typed)
    from_on = plan_days.chosen(typed, "from_on", "Please choose the day from which the rule holds.")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    rule = rule_typed(typed)
    kind_id = session.scalars(
        select(ReviewKind.id).where(
            ReviewKind.organisation_id == viewer.organisation_id, ReviewKind.key == PROGRESS
        )
    ).one()
    known = session.scalars(select(ReviewRuleVersion.from_on).where(ReviewRuleVersion.kind_id == kind_id))
    if from_on in set(known):
        raise Refused("A version of the rule begins on that day already. Please choose another.", "from_on")
    _check_no_done_review_moves(session, viewer, from_on)
    version = ReviewRuleVersion(
        kind_id=kind_id,
        from_on=from_on,
        unit=rule.unit,
        amount=rule.amount,
        closures_stop_clock=rule.closures_stop_clock,
    )
    with _moving(session, viewer, typed) as moved:
        title = f"{rule.amount} {rule.unit.value} from {from_on.isoformat()}"
        college_changes.add(session, viewer, version, title)
    sentence = f"The rule holds from {plan_days.long_day(from_on)}. {moved.sentence}"
    return Saved(sentence, SAVED_KIND, id=version.id)


def rule_typed(typed: Typed) -> ReviewRule:
    """A preset's rule by its name, or one of a college's or a plan's own."""
    chosen = typed.choice("preset", [*rules.PRESETS, OWN_RULE], required="Please choose how often.")
    if chosen != OWN_RULE:
        return rules.PRESETS[chosen]
    unit = IntervalUnit(typed.choice("unit", list(IntervalUnit), required="Please choose what is counted."))
    amount = typed.number("amount", 1, MOST_OF[unit])
    if amount is None:
        raise Refused("Please say how many.", "amount")
    return ReviewRule(unit, amount, closures_stop_clock=typed.ticked("closures_stop_clock"))


def _check_no_done_review_moves(session: Session, viewer: Viewer, from_on: date) -> None:
    by_cohort = review_schedule.review_clocks(session, _cohort_ids(session, viewer)).values()
    kind_clocks.check_no_done_review_moves((clock for some in by_cohort for clock in some.values()), from_on)


# --- closed weeks --------------------------------------------------------------------------------------


def add_closed(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    require_college(viewer, typed)
    values = _closed_typed(viewer, typed)
    with _moving(session, viewer, typed) as moved:
        row = ClosedPeriod(organisation_id=viewer.organisation_id, **values)
        college_changes.add(session, viewer, row, _closed_title(row))
    return Saved(f"“{row.name}” is saved. {moved.sentence}", SAVED_KIND, id=row.id)


def change_closed(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    require_college(viewer, typed)
    row = _of_college(session, viewer, ClosedPeriod, typed.id("closed"))
    values = _closed_typed(viewer, typed)
    with _moving(session, viewer, typed) as moved:
        try:
            college_changes.change(session, viewer, row, values["name"], typed.version(), values)
        except ChangedElsewhere as changed:
            last_on = changed.theirs["back_on"] - rules.ONE_DAY
            raise ChangedElsewhere(
                changed.version, {**changed.theirs, "last_on": last_on}, changed.by
            ) from None
    return Saved(f"“{row.name}” is saved. {moved.sentence}", SAVED_KIND, id=row.id)


def remove_closed(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    require_college(viewer, typed)
    row = _of_college(session, viewer, ClosedPeriod, typed.id("closed"))
    with _moving(session, viewer, typed) as moved:
        college_changes.remove(session, viewer, row, _closed_title(row), typed.version())
    return Saved(f"“{row.name}” is removed. {moved.sentence}", SAVED_KIND)


def _closed_typed(viewer: Viewer, typed: Typed) -> dict[str, Any]:
    name = typed.line("name", required="Please say what it is, as “Christmas”.", longest=60)
    from_on = plan_days.chosen(typed, "from_on", "Please choose the first closed day.")
    last_on = plan_days.chosen(typed, "last_on", "Please choose the last closed day.")
    plan_days.in_order(from_on, last_on, "last_on")
    plan_days.not_far_ahead(viewer, last_on, "last_on")
    if last_on - from_on > LONGEST_CLOSED:
        raise Refused("That is more than four months. Please check the two days.", "last_on")
    return {"name": name, "from_on": from_on, "back_on": last_on + rules.ONE_DAY}


def _closed_title(row: ClosedPeriod) -> str:
    return f"{row.name}, {row.from_on.isoformat()} to {(row.back_on - rules.ONE_DAY).isoformat()}"


# --- what follows --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Moved:
    """How many plans' next reviews moved, once that is known."""

    count: int = 0
    of: int = 0

    @property
    def sentence(self) -> str:
        if not self.count:
            return "No review’s date moved."
        plans = "1 plan" if self.of == 1 else f"{self.of:,} plans"
        return f"The next review of {self.count:,} of {plans} moved."


@contextmanager
def _moving(session: Session, viewer: Viewer, typed: Typed) -> Iterator[Moved]:
    """Work out every due date and figure anew after what the block writes.

    Refused, with all undone by the caller's transaction, where dates move and the form doesn't say `sure`.
    """
    cohort_ids = _cohort_ids(session, viewer)
    before = _next_reviews(session, cohort_ids)
    moved = Moved(of=len(before))
    yield moved
    review_schedule.reschedule(session, cohort_ids)
    after = _next_reviews(session, cohort_ids)
    moved.count = sum(before[plan_id] != after[plan_id] for plan_id in before)
    if moved.count and not typed.ticked("sure"):
        raise Refused(
            f"This moves the next review of {moved.count:,} of {moved.of:,} plans."
            " Nothing is saved yet: tick this box and save once more to do it.",
            "sure",
        )
    departments = select(Department.id).where(Department.organisation_id == viewer.organisation_id)
    department_figures.rebuild_reviews(session, session.scalars(departments).all())


def _next_reviews(session: Session, cohort_ids: list[int]) -> dict[int, date | None]:
    """{plan id: when its next review is due} of those who haven't left."""
    rows = session.execute(
        select(Enrolment.id, Enrolment.next_review_on).where(
            Enrolment.cohort_id.in_(cohort_ids), Enrolment.ended_on.is_(None)
        )
    )
    return {plan_id: next_on for plan_id, next_on in rows}


def _cohort_ids(session: Session, viewer: Viewer) -> list[int]:
    return list(
        session.scalars(
            select(Cohort.id)
            .join(Department, Department.id == Cohort.department_id)
            .where(Department.organisation_id == viewer.organisation_id)
        )
    )


# --- what is there -------------------------------------------------------------------------------------


def _of_college(session: Session, viewer: Viewer, table: type[Row], row_id: int) -> Row:
    """The college's row; NotFound where it isn't one."""
    row = session.get(table, row_id, populate_existing=True)
    if row is None or row.organisation_id != viewer.organisation_id:
        raise NotFound
    return row


def _all_kinds(session: Session, viewer: Viewer) -> list[ReviewKind]:
    ours = select(ReviewKind).where(ReviewKind.organisation_id == viewer.organisation_id)
    return list(session.scalars(ours.order_by(ReviewKind.position)))


def _kinds(session: Session, viewer: Viewer) -> Iterator[Kind]:
    held = dict(
        session.execute(
            select(Review.kind_id, func.count())
            .join(ReviewKind, ReviewKind.id == Review.kind_id)
            .where(ReviewKind.organisation_id == viewer.organisation_id)
            .group_by(Review.kind_id)
        ).all()
    )
    rules_of = kind_clocks.load_rules(session, viewer.organisation_id)
    for kind in _all_kinds(session, viewer):
        versions = rules_of.get(kind.id, ())
        yield Kind(
            id=kind.id,
            version=kind.version,
            key=kind.key,
            name=kind.name,
            counts=kind.counts,
            reviews=held.get(kind.id, 0),
            signed_by=tuple(Party(one) for one in kind.signed_by.split()),
            rules=tuple(reversed(versions)),
            in_force=rules.rule_in_force(versions, viewer.today),
        )


def _closed(session: Session, viewer: Viewer) -> Iterator[Closed]:
    ours = select(ClosedPeriod).where(ClosedPeriod.organisation_id == viewer.organisation_id)
    for row in session.scalars(ours.order_by(ClosedPeriod.from_on, ClosedPeriod.id)):
        yield Closed(row.id, row.version, row.name, row.from_on, row.back_on - rules.ONE_DAY)


def _own_rules(session: Session, viewer: Viewer) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Plan)
        .join(Enrolment, Enrolment.id == Plan.id)
        .where(
            Enrolment.cohort_id.in_(_cohort_ids(session, viewer)),
            Enrolment.ended_on.is_(None),
            Plan.own_rule_unit.is_not(None),
        )
    ).one()
