"""My reviews: whom a tutor sees when, and how far each review is prepared.

Who is on the caseload, what is late and which line matters of whom comes from `data.caseload`, who is booked
when from `data.schedule`; this module only sorts them by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import caseload, kind_clocks, rules, schedule
from data.caseload import CaseloadLearner
from data.kind_clocks import KindDue
from data.learner_figures import Figures
from data.models import Enrolment, PromptAnswer, Reach, Reflection, ReviewLine, SelfEvaluation
from data.rules import ReviewState
from data.schedule import BookedReview, BookingState
from data.scope import Viewer, enrolments_seen_by

WEEKS_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Prepared:
    """What has been written for a learner's next review: whether by the learner, and lines by others."""

    by_learner: bool = False
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A learner's next review, and when this week it is booked, if it is."""

    learner: CaseloadLearner
    prepared: Prepared
    booked: BookedReview | None = None


@dataclass(frozen=True, slots=True)
class KindUpcoming:
    """A review of a kind with a rule of its own that is overdue or due soon, and the learners for whom it is
    so on the same day for the same reason."""

    due: KindDue
    learners: tuple[CaseloadLearner, ...]


@dataclass(frozen=True, slots=True)
class MyReviews:
    """A tutor's reviews: overdue, the longest first; by day from today to Sunday those booked, by time, then
    those due and not booked; by week after that, each under its Monday. `due_this_week` counts those due by
    Sunday, booked or not, `later` those due after the weeks shown, `without_date` those that have no date."""

    today: date
    overdue: tuple[Upcoming, ...]
    this_week: Mapping[date, tuple[Upcoming, ...]]
    next_weeks: Mapping[date, tuple[Upcoming, ...]]
    later: int
    paused: tuple[CaseloadLearner, ...]
    without_date: int
    due_this_week: int
    figures: Figures
    of_kinds: tuple[KindUpcoming, ...]

    @property
    def learners(self) -> int:
        return self.figures.learners


def read(session: Session, viewer: Viewer) -> MyReviews:
    """The reviews of the viewer's caseload, in nine queries; empty for who has none."""
    tutor = replace(viewer, grants=tuple(g for g in viewer.grants if g.reach == Reach.CASELOAD))
    found = caseload.read(session, tutor)
    prepared = _prepared(session, tutor)
    sunday = rules.sunday_of(viewer.today)
    booked = {
        one.plan_id: one
        for one in schedule.bookings_of(session, tutor, viewer.today, sunday)
        if one.state == BookingState.BOOKED
    }
    in_order = sorted(found.learners, key=lambda one: (one.next_review_on or date.max, one.family_name))
    here = [
        Upcoming(one, prepared.get(one.plan_id, Prepared()), booked.get(one.plan_id))
        for one in in_order
        if not one.paused
    ]
    dated = [(one, one.learner.next_review_on) for one in here if one.learner.next_review_on is not None]
    overdue = [one for one, _ in dated if one.learner.review_state == ReviewState.OVERDUE]
    due = [(one, due_on) for one, due_on in dated if one.learner.review_state != ReviewState.OVERDUE]
    last_day = sunday + timedelta(weeks=WEEKS_AHEAD)
    after = [(one, due_on) for one, due_on in due if due_on > sunday and one.booked is None]
    return MyReviews(
        today=viewer.today,
        overdue=tuple(overdue),
        this_week=_this_week(here, [(one, due_on) for one, due_on in due if due_on <= sunday], viewer.today),
        next_weeks=_by_day((rules.monday_of(due_on), one) for one, due_on in after if due_on <= last_day),
        later=sum(due_on > last_day for _, due_on in after),
        paused=tuple(one for one in in_order if one.paused),
        without_date=len(here) - len(dated),
        due_this_week=sum(due_on <= sunday for _, due_on in due),
        figures=found.figures,
        of_kinds=_of_kinds(session, tutor, found.learners),
    )


def _of_kinds(
    session: Session, viewer: Viewer, learners: Iterable[CaseloadLearner]
) -> tuple[KindUpcoming, ...]:
    """By the day on which they are due; the learners by name."""
    due = kind_clocks.of_plans(session, viewer, enrolments_seen_by(viewer))
    pressing: dict[KindDue, list[CaseloadLearner]] = defaultdict(list)
    for learner in sorted(learners, key=lambda one: one.family_name):
        for one in due.get(learner.plan_id, ()):
            if one.pressing:
                pressing[one].append(learner)
    in_order = sorted(pressing, key=lambda one: (one.due_on or date.max, one.name))
    return tuple(KindUpcoming(one, tuple(pressing[one])) for one in in_order)


def plans_to_prepare(session: Session, viewer: Viewer, day: date | None = None) -> list[int]:
    """The plans of one day's reviews in the order of the timetable; of the whole week with what is overdue
    where no day is asked for. For one print."""
    found = read(session, viewer)
    if day is not None:
        return [one.learner.plan_id for one in found.this_week.get(day, ())]
    this_week = [one for some in found.this_week.values() for one in some]
    return [one.learner.plan_id for one in (*this_week, *found.overdue)]


def _this_week(
    here: Iterable[Upcoming], due: Iterable[tuple[Upcoming, date]], today: date
) -> dict[date, tuple[Upcoming, ...]]:
    booked = sorted(
        ((one.booked.on_day, one.booked.starts, one) for one in here if one.booked), key=lambda some: some[:2]
    )
    return _by_day(
        [
            *((on_day, one) for on_day, _, one in booked),
            *((max(due_on, today), one) for one, due_on in due if one.booked is None),
        ]
    )


def _by_day(dated: Iterable[tuple[date, Upcoming]]) -> dict[date, tuple[Upcoming, ...]]:
    by_day: dict[date, list[Upcoming]] = defaultdict(list)
    for day, one in dated:
        by_day[day].append(one)
    return {day: tuple(by_day[day]) for day in sorted(by_day)}


def _prepared(session: Session, viewer: Viewer) -> dict[int, Prepared]:
    """{plan id: what was written since its last review}, without those for which nothing was."""
    by_learner: set[int] = set()
    for table in (SelfEvaluation, Reflection, PromptAnswer):
        by_learner |= set(
            session.scalars(
                select(Enrolment.id)
                .join(table, table.plan_id == Enrolment.id)
                .where(
                    enrolments_seen_by(viewer),
                    or_(Enrolment.last_review_on.is_(None), table.written_on > Enrolment.last_review_on),
                )
            )
        )
    lines = {
        plan_id: number
        for plan_id, number in session.execute(
            select(Enrolment.id, func.count())
            .join(ReviewLine, ReviewLine.plan_id == Enrolment.id)
            .where(
                enrolments_seen_by(viewer),
                or_(Enrolment.last_review_on.is_(None), ReviewLine.written_on > Enrolment.last_review_on),
            )
            .group_by(Enrolment.id)
        )
    }
    return {
        plan_id: Prepared(plan_id in by_learner, lines.get(plan_id, 0)) for plan_id in by_learner | set(lines)
    }
