"""A department's figures of any day are what the rules said on that day, after any writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data import counted_days, department_figures, models, review_schedule, rules
from data.counted_days import LATE, LATE_BY_FIRST, Figure, TargetFacts
from data.database import writing
from data.models import BreakInLearning, Enrolment, Target
from data.rules import TargetState, TargetStatus
from tests import factories as make
from tests.counting import statements

START = date(2026, 9, 7)
DAYS = 150
LAST_DAY = START + timedelta(days=DAYS)


def naive_figures(session: Session, department_id: int, days: list[date]) -> dict[date, dict[Figure, int]]:
    """Every figure of some days, by the rules alone, from the data as it is now."""
    cohorts = select(models.Cohort.id).where(models.Cohort.department_id == department_id)
    enrolments = session.scalars(select(Enrolment).where(Enrolment.cohort_id.in_(cohorts))).all()
    clocks = review_schedule.review_clocks(session, list(session.scalars(cohorts)))
    targets: dict[int, list[Target]] = {enrolment.id: [] for enrolment in enrolments}
    for target in session.scalars(select(Target).where(Target.plan_id.in_(targets))):
        targets[target.plan_id].append(target)
    return {
        day: _figures_of_day(
            [(one, clocks[one.cohort_id][one.id], targets[one.id]) for one in enrolments], day
        )
        for day in days
    }


def _figures_of_day(
    learners: list[tuple[Enrolment, rules.ReviewClock, list[Target]]], today: date
) -> dict[Figure, int]:
    count = dict.fromkeys(Figure, 0)
    for enrolment, clock, targets in learners:
        dates = clock.enrolment
        enrolled, counted = dates.enrolled(today), dates.enrolled(today) and not dates.paused(today)
        count[Figure.STARTED] += dates.starts_on <= today
        count[Figure.ENROLLED] += enrolled
        count[Figure.COUNTED] += counted
        ended = Figure.COMPLETED if enrolment.end_reason == "completed" else Figure.LEFT
        count[ended] += dates.ended(today)
        count[Figure.REQUIRED] += clock.required(today)
        count[Figure.COVERED] += clock.covered(today)
        count[Figure.ACHIEVED] += sum(target.status == TargetStatus.ACHIEVED for target in targets)
        still_open = [target for target in targets if target.status in rules.OPEN_STATUSES]
        if counted:
            count[Figure.LIVE] += bool(still_open)
            count[Figure.OPEN] += len(still_open)
            for target in still_open:
                _count_late(count, target, dates.starts_on, today)
    return count


def _count_late(count: dict[Figure, int], target: Target, joined_on: date, today: date) -> None:
    late, late_by_first = (
        rules.lateness(due_on, today)
        if rules.target_state(target.status, due_on, today, joined_on=joined_on) == TargetState.OVERDUE
        and due_on is not None
        else None
        for due_on in (target.due_on, target.first_due_on)
    )
    if late is not None:
        count[LATE[late]] += 1
    if late_by_first is not None:
        count[LATE_BY_FIRST[late_by_first]] += 1
        count[Figure.MOVED] += late is None


@dataclass
class Term:
    """A department that lives through a term, a day at a time, through writes of every kind."""

    session: Session
    cohort: models.Cohort
    plans: list[models.Plan]
    today: date = START
    remembered: dict[date, dict[Figure, int]] = field(default_factory=dict)

    def live_until(self, day: date) -> None:
        """Each evening's figures are worked out from the data as it is then."""
        evenings = [self.today + timedelta(days=passed) for passed in range((day - self.today).days)]
        self.session.flush()
        self.remembered |= naive_figures(self.session, self.cohort.department_id, evenings)
        self.today = day

    def plan(self, number: int) -> models.Plan:
        return self.plans[number % len(self.plans)]

    def targets(self, number: int) -> list[Target]:
        plan_id = self.plan(number).id
        return list(self.session.scalars(select(Target).where(Target.plan_id == plan_id).order_by(Target.id)))

    def change(self, target: Target, name: str, new: object) -> None:
        old = getattr(target, name)
        self.session.add(
            models.Change(
                plan_id=target.plan_id,
                target_id=target.id,
                field=name,
                old=None if old is None else str(old),
                new=None if new is None else str(new),
                origin="person",
                at=datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC),
            )
        )
        setattr(target, name, new)

    def agree(self, who: int, days: int) -> None:
        due_on = self.today + timedelta(days=days - 10)
        make.target(self.session, self.plan(who), due_on=due_on, created_on=self.today)

    def propose(self, who: int, days: int) -> None:
        make.target(
            self.session,
            self.plan(who),
            status="proposed",
            due_on=self.today + timedelta(days=days),
            created_on=self.today,
        )

    def begin(self, who: int, days: int) -> None:
        for target in self.targets(who)[-2:]:
            if target.status in (TargetStatus.PROPOSED, TargetStatus.TO_COME):
                self.change(target, "status", TargetStatus.IN_PROGRESS.value)

    def move(self, who: int, days: int) -> None:
        for target in self.targets(who)[:2]:
            if target.status in rules.OPEN_STATUSES and target.due_on is not None:
                self.change(target, "due_on", target.due_on + timedelta(days=days - 10))
                target.moves += 1

    def close(self, who: int, days: int) -> None:
        status = list(rules.CLOSED_STATUSES)[days % 3]
        for target in self.targets(who)[:1]:
            if target.status in rules.OPEN_STATUSES:
                self.change(target, "status", status.value)
                target.closed_on = self.today
                target.achieved_on = self.today if status == TargetStatus.ACHIEVED else None

    def reopen(self, who: int, days: int) -> None:
        """Not of what was achieved, which takes back what was true on the days between."""
        for target in self.targets(who)[:1]:
            if target.status in (TargetStatus.NOT_ACHIEVED, TargetStatus.WITHDRAWN):
                self.change(target, "status", TargetStatus.TO_COME.value)
                target.closed_on = None

    def leave(self, who: int, days: int) -> None:
        enrolment = self.session.get_one(Enrolment, self.plan(who).id)
        if enrolment.ended_on is None:
            enrolment.ended_on = self.today
            enrolment.end_reason = ["withdrew", "completed"][days % 2]

    def begin_break(self, who: int, days: int) -> None:
        if not self._breaks(who):
            away = BreakInLearning(enrolment_id=self.plan(who).id, from_on=self.today)
            self.session.add(away)

    def come_back(self, who: int, days: int) -> None:
        for away in self._breaks(who):
            if away.back_on is None and away.from_on < self.today:
                away.back_on = self.today

    def _breaks(self, who: int) -> list[BreakInLearning]:
        plan_id = self.plan(who).id
        return list(
            self.session.scalars(select(BreakInLearning).where(BreakInLearning.enrolment_id == plan_id))
        )

    def hold_review(self, who: int, days: int) -> None:
        make.review(self.session, self.plan(who), self.today)


DEEDS: dict[Callable[[Term, int, int], None], int] = {
    Term.agree: 24,
    Term.propose: 6,
    Term.begin: 12,
    Term.move: 24,
    Term.close: 12,
    Term.reopen: 6,
    Term.hold_review: 8,
    Term.begin_break: 2,
    Term.come_back: 16,
    Term.leave: 1,
}
"""What may happen, and how often."""


@pytest.fixture
def term(session: Session) -> Term:
    department = make.department(session, make.organisation(session))
    cohort = make.cohort(session, department, starts_on=START)
    return Term(session, cohort, [make.planned_learner(session, cohort) for _ in range(4)])


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_of_each_day_are_those_of_the_data_as_it_was_on_that_day(term: Term, seed: int) -> None:
    random = Random(seed)
    session, department_id = term.session, term.cohort.department_id
    department_figures.rebuild(session, [department_id])
    for day in sorted(random.choices(range(DAYS), k=100)):
        term.live_until(START + timedelta(days=day))
        (deed,) = random.choices(list(DEEDS), list(DEEDS.values()))
        who, days = random.randrange(len(term.plans)), random.randrange(40)
        with department_figures.keeping(session, [term.plan(who).id]):
            deed(term, who, days)
    term.live_until(LAST_DAY)
    kept = department_figures.read(session, [department_id], list(term.remembered))
    department_figures.rebuild(session, [department_id])
    rebuilt = department_figures.read(session, [department_id], list(term.remembered))
    for evening, figures in term.remembered.items():
        assert kept[department_id, evening] == figures, evening
        assert rebuilt[department_id, evening] == figures, evening
    never_counted = [one for one in Figure if not any(figures[one] for figures in term.remembered.values())]
    assert len(never_counted) <= 3


def test_closed_weeks_move_the_figures_of_reviews_and_no_others(term: Term) -> None:
    session, department_id = term.session, term.cohort.department_id
    for number in range(len(term.plans)):
        term.agree(number, 10 * number)
        term.hold_review(number, 0)
    days = [START + timedelta(days=passed) for passed in range(DAYS)]
    department_figures.rebuild(session, [department_id])
    at_first = department_figures.read(session, [department_id], days)
    away = models.ClosedPeriod(
        organisation_id=session.scalars(select(models.Organisation.id)).one(),
        name="Half-term",
        from_on=START + timedelta(days=14),
        back_on=START + timedelta(days=21),
    )
    session.add(away)
    department_figures.rebuild_reviews(session, [department_id])
    moved = department_figures.read(session, [department_id], days)
    department_figures.rebuild(session, [department_id])
    assert moved == department_figures.read(session, [department_id], days)
    changed = {one for key, figures in moved.items() for one in Figure if figures[one] != at_first[key][one]}
    assert changed == {Figure.COVERED}
    session.delete(away)
    department_figures.rebuild_reviews(session, [department_id])
    assert department_figures.read(session, [department_id], days) == at_first


def test_a_target_closed_without_a_history_counts_as_open_until_its_day(session: Session) -> None:
    imported = TargetFacts(
        status="achieved",
        due_on=date(2027, 1, 20),
        first_due_on=date(2027, 1, 20),
        created_on=START,
        closed_on=date(2027, 1, 8),
        achieved_on=date(2027, 1, 8),
    )
    assert list(counted_days.open_days(imported)) == [
        (rules.Span(START, date(2027, 1, 8)), date(2027, 1, 20))
    ]


def test_closing_counts_from_its_date_however_late_it_was_entered(session: Session) -> None:
    entered_late = TargetFacts(
        status="achieved",
        due_on=date(2027, 1, 20),
        first_due_on=date(2027, 1, 20),
        created_on=START,
        closed_on=date(2027, 1, 8),
        achieved_on=date(2027, 1, 8),
        status_changes=((date(2027, 1, 15), "in-progress", "achieved"),),
    )
    assert [span.back_on for span, _ in counted_days.open_days(entered_late)] == [date(2027, 1, 8)]


def test_an_achievement_that_was_reopened_and_achieved_again_was_open_in_between(session: Session) -> None:
    again = TargetFacts(
        status="achieved",
        due_on=None,
        first_due_on=None,
        created_on=START,
        closed_on=date(2027, 1, 8),
        achieved_on=date(2027, 1, 8),
        status_changes=(
            (date(2026, 12, 1), "to-come", "achieved"),
            (date(2026, 12, 15), "achieved", "in-progress"),
            (date(2027, 1, 8), "in-progress", "achieved"),
        ),
    )
    assert [span for span, _ in counted_days.open_days(again)] == [
        rules.Span(START, date(2026, 12, 1)),
        rules.Span(date(2026, 12, 15), date(2027, 1, 8)),
    ]


def test_figures_of_any_number_of_departments_and_days_take_one_query(session: Session) -> None:
    college = make.organisation(session)
    departments = [make.department(session, college) for _ in range(3)]
    make.planned_learner(session, make.cohort(session, departments[0]))
    make.complete(session)
    session.connection()
    with statements(session) as ran:
        found = department_figures.read(
            session, [d.id for d in departments], [START, LAST_DAY, START - rules.ONE_DAY]
        )
    assert len(ran) == 1
    assert len(found) == 9
    assert found[departments[0].id, START][Figure.ENROLLED] == 1
    assert found[departments[0].id, START - rules.ONE_DAY][Figure.ENROLLED] == 0
    assert found[departments[1].id, START][Figure.ENROLLED] == 0


def test_a_learner_who_changes_departments_is_counted_in_the_new_one(session: Session) -> None:
    college = make.organisation(session)
    here, there = make.department(session, college), make.department(session, college)
    plan = make.planned_learner(session, make.cohort(session, here))
    elsewhere = make.cohort(session, there)
    make.complete(session)
    with department_figures.keeping(session, [plan.id]):
        session.get_one(Enrolment, plan.id).cohort_id = elsewhere.id
    found = department_figures.read(session, [here.id, there.id], [LAST_DAY])
    assert [found[one.id, LAST_DAY][Figure.ENROLLED] for one in (here, there)] == [0, 1]


def test_two_people_who_save_at_once_are_both_counted(engine: Engine, session: Session) -> None:
    department = make.department(session, make.organisation(session))
    cohort = make.cohort(session, department)
    plans = [make.planned_learner(session, cohort) for _ in range(2)]
    targets = [make.target(session, plan, due_on=date(2027, 1, 4)) for plan in plans for _ in range(2)]
    make.complete(session)
    together = Barrier(len(targets))
    errors: list[BaseException] = []

    def achieve(plan_id: int, target_id: int) -> None:
        try:
            together.wait()
            with writing(engine) as own, department_figures.keeping(own, [plan_id]):
                target = own.get_one(Target, target_id)
                target.status, target.achieved_on = "achieved", make.TODAY
                target.closed_on = make.TODAY
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=achieve, args=(target.plan_id, target.id)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    day = make.TODAY
    kept = department_figures.read(session, [department.id], [day])[department.id, day]
    department_figures.rebuild(session, [department.id])
    assert kept == department_figures.read(session, [department.id], [day])[department.id, day]
    assert kept[Figure.ACHIEVED] == 4
    assert kept[LATE[0]] == 0
