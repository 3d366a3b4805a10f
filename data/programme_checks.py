"""Whether learners are on the right programme, asked within the first weeks: stay, change level or transfer.

Each answer is a row; the newest holds, so that changing one's mind keeps what was thought before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from data import plan_days, plan_rows, rules
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_REASON, Typed
from data.models import (
    BreakInLearning,
    Cohort,
    Department,
    Enrolment,
    Learner,
    Person,
    Plan,
    ProgrammeCheck,
    ProgrammeCheckRule,
    ProgrammeChoice,
    Writes,
)
from data.plan_head import PlanHead, require_plan
from data.rules import EnrolmentDates, IntervalUnit, ReviewRule, ReviewState, Share, Span
from data.saved import Saved
from data.scope import Viewer, departments_seen_by, enrolments_seen_by

SAVED_KIND = "programme-check"
ASKED = (ReviewState.DUE_SOON, ReviewState.OVERDUE)
"""The states in which somebody is asked for the check."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Plans that begin on `from_on` or later are checked within their first `weeks`."""

    from_on: date
    weeks: int


def due_on(rule: Rule | None, dates: EnrolmentDates) -> date | None:
    """The day by which a plan is checked: so many weeks after the start of learning, later by the days of
    each break as a review is. None where the rule doesn't ask for it, or a break without an end stops the
    clock."""
    if rule is None or dates.starts_on < rule.from_on:
        return None
    weeks = ReviewRule(IntervalUnit.WEEKS, rule.weeks)
    return rules.next_review_due(dates.starts_on, weeks, breaks=dates.breaks, first=True)


def state(rule: Rule | None, dates: EnrolmentDates, day: date, *, checked: bool) -> ReviewState:
    """The state of a plan's check on a clock day: done where it was ever checked; not required where the
    plan began before the rule did or has ended; paused during a break."""
    asked = rule is not None and dates.starts_on >= rule.from_on and not dates.ended(day)
    return rules.review_state(
        due_on(rule, dates), day, held=checked, required=asked, paused=dates.paused(day)
    )


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One answer: stay, or change to what and why; by whom and when."""

    choice: ProgrammeChoice
    to_what: str
    reason: str
    checked_on: date
    by: str


@dataclass(frozen=True, slots=True)
class CheckOfPlan:
    """A plan's check: its state, by when it is due, and every answer, newest first. `version` is how many
    there are."""

    state: ReviewState
    due_on: date | None
    weeks: int
    today: date
    lines: tuple[CheckLine, ...]

    @property
    def version(self) -> int:
        return len(self.lines)

    @property
    def asked(self) -> bool:
        return self.state in (*ASKED, ReviewState.NOT_YET_DUE)


@dataclass(frozen=True, slots=True)
class LearnerCheck:
    """The check of one learner in a list."""

    learner_id: int
    plan_id: int
    name: str
    cohort_id: int
    state: ReviewState
    due_on: date | None
    choice: ProgrammeChoice | None


@dataclass(frozen=True, slots=True)
class CohortChecks:
    """A cohort's learners by the state of their check. `checked` counts those checked among those who are
    asked: in learning, begun under the rule, not paused."""

    id: int
    code: str
    title: str
    checked: Share
    missing: tuple[LearnerCheck, ...]
    changing: tuple[LearnerCheck, ...]
    paused: int
    not_required: int

    @property
    def overdue(self) -> int:
        return sum(one.state == ReviewState.OVERDUE for one in self.missing)


@dataclass(frozen=True, slots=True)
class DepartmentChecks:
    """The checks of a department's cohorts that run, by code; `rule` is None where none is asked for."""

    id: int
    name: str
    rule: Rule | None
    cohorts: tuple[CohortChecks, ...]

    @property
    def checked(self) -> Share:
        return Share(
            sum(one.checked.count for one in self.cohorts), sum(one.checked.of for one in self.cohorts)
        )


# --- reading ---------------------------------------------------------------------------------------------


def of_plan(session: Session, viewer: Viewer, head: PlanHead) -> CheckOfPlan:
    """The check of a plan that the viewer sees, in three queries."""
    rule = read_rule(session, viewer)
    dates = EnrolmentDates(head.starts_on, head.ended_on, _breaks(session, [head.id])[head.id])
    rows = session.execute(
        select(
            ProgrammeCheck.choice,
            ProgrammeCheck.to_what,
            ProgrammeCheck.reason,
            ProgrammeCheck.checked_on,
            Person.name,
        )
        .outerjoin(Person, Person.id == ProgrammeCheck.by_id)
        .where(ProgrammeCheck.plan_id == head.id)
        .order_by(ProgrammeCheck.id.desc())
    )
    lines = tuple(
        CheckLine(ProgrammeChoice(choice), to_what, reason, on, by or "")
        for choice, to_what, reason, on, by in rows
    )
    return CheckOfPlan(
        state(rule, dates, viewer.clock_day, checked=bool(lines)),
        due_on(rule, dates),
        rule.weeks if rule else 0,
        viewer.today,
        lines,
    )


def asked_for(
    session: Session, viewer: Viewer, plan_ids: Sequence[int] | None = None
) -> dict[int, LearnerCheck]:
    """{plan id: the check that is due soon or overdue} of these plans, else of all that the viewer sees, in
    four queries."""
    rule = read_rule(session, viewer)
    if rule is None:
        return {}
    checked = exists().where(ProgrammeCheck.plan_id == Enrolment.id).correlate(Enrolment)
    of_plans = [] if plan_ids is None else [Enrolment.id.in_(plan_ids)]
    found = _checks(session, viewer, rule, Enrolment.starts_on >= rule.from_on, ~checked, *of_plans)
    return {one.plan_id: one for one in found if one.state in ASKED}


def of_department(session: Session, viewer: Viewer, department_id: int) -> DepartmentChecks:
    """How many learners of each cohort are checked, and who is missing, in six queries. NotFound where the
    viewer doesn't see the department."""
    name = session.scalar(
        select(Department.name).where(Department.id == department_id, departments_seen_by(viewer))
    )
    if name is None:
        raise NotFound
    rule = read_rule(session, viewer)
    by_cohort: dict[int, list[LearnerCheck]] = defaultdict(list)
    for one in _checks(session, viewer, rule, Cohort.department_id == department_id):
        by_cohort[one.cohort_id].append(one)
    cohorts = session.execute(
        select(Cohort.id, Cohort.code, Cohort.title)
        .where(Cohort.id.in_(by_cohort))
        .order_by(Cohort.code, Cohort.id)
    )
    counted = tuple(_counted(*cohort, by_cohort[cohort[0]]) for cohort in cohorts)
    return DepartmentChecks(department_id, name, rule, counted)


def read_rule(session: Session, viewer: Viewer) -> Rule | None:
    """The college's rule; None where no check is asked for."""
    row = session.execute(
        select(ProgrammeCheckRule.from_on, ProgrammeCheckRule.weeks).where(
            ProgrammeCheckRule.organisation_id == viewer.organisation_id
        )
    ).one_or_none()
    return Rule(*row) if row else None


def _counted(cohort_id: int, code: str, title: str, checks: Iterable[LearnerCheck]) -> CohortChecks:
    by_state: dict[ReviewState, list[LearnerCheck]] = defaultdict(list)
    for one in checks:
        by_state[one.state].append(one)
    done = by_state[ReviewState.DONE]
    missing = [*by_state[ReviewState.OVERDUE], *by_state[ReviewState.DUE_SOON]]
    missing += by_state[ReviewState.NOT_YET_DUE]
    return CohortChecks(
        id=cohort_id,
        code=code,
        title=title,
        checked=Share(len(done), len(done) + len(missing)),
        missing=tuple(sorted(missing, key=lambda one: (one.due_on or date.max, one.name))),
        changing=tuple(one for one in done if one.choice != ProgrammeChoice.STAY),
        paused=len(by_state[ReviewState.PAUSED]),
        not_required=len(by_state[ReviewState.NOT_REQUIRED]),
    )


def _checks(
    session: Session, viewer: Viewer, rule: Rule | None, *where: ColumnElement[bool]
) -> list[LearnerCheck]:
    """The checks of the plans in learning that fit, by name, in three queries."""
    day = viewer.clock_day
    rows = session.execute(
        select(
            Enrolment.id,
            Learner.id.label("learner_id"),
            Learner.given_name,
            Learner.family_name,
            Enrolment.cohort_id,
            Enrolment.starts_on,
            Enrolment.ended_on,
        )
        .join(Plan, Plan.id == Enrolment.id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            enrolments_seen_by(viewer),
            Enrolment.starts_on <= day,
            Enrolment.ended_on.is_(None) | (Enrolment.ended_on >= day),
            *where,
        )
        .order_by(Learner.family_name, Learner.given_name, Enrolment.id)
    ).all()
    plan_ids = [row.id for row in rows]
    breaks, choices = _breaks(session, plan_ids), _newest(session, plan_ids)
    found = []
    for row in rows:
        dates = EnrolmentDates(row.starts_on, row.ended_on, breaks[row.id])
        found.append(
            LearnerCheck(
                row.learner_id,
                row.id,
                f"{row.given_name} {row.family_name}",
                row.cohort_id,
                state(rule, dates, day, checked=row.id in choices),
                due_on(rule, dates),
                choices.get(row.id),
            )
        )
    return found


def _breaks(session: Session, plan_ids: list[int]) -> Mapping[int, tuple[Span, ...]]:
    found: dict[int, tuple[Span, ...]] = defaultdict(tuple)
    for plan_id, from_on, back_on in session.execute(
        select(BreakInLearning.enrolment_id, BreakInLearning.from_on, BreakInLearning.back_on).where(
            BreakInLearning.enrolment_id.in_(plan_ids)
        )
    ):
        found[plan_id] += (Span(from_on, back_on),)
    return found


def _newest(session: Session, plan_ids: list[int]) -> dict[int, ProgrammeChoice]:
    """{plan id: what was decided last}."""
    rows = session.execute(
        select(ProgrammeCheck.plan_id, ProgrammeCheck.choice)
        .where(ProgrammeCheck.plan_id.in_(plan_ids))
        .order_by(ProgrammeCheck.id)
    )
    return {plan_id: ProgrammeChoice(choice) for plan_id, choice in rows}


# --- deciding --------------------------------------------------------------------------------------------


def decide(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add what the check came to; what was decided before stays. `version` is how many decisions the form
    knew of. Raises NotFound, Refused, ChangedElsewhere."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    session.execute(select(Plan.id).where(Plan.id == head.id).with_for_update())
    values = _values(viewer, head, typed)
    before = of_plan(session, viewer, head)
    if before.version != typed.version():
        last: Any = before.lines[0] if before.lines else None
        theirs = {name: getattr(last, name) for name in values} if last else {}
        raise ChangedElsewhere(before.version, theirs, last.by if last else "")
    row = ProgrammeCheck(plan_id=head.id, by_id=viewer.person_id, recorded_at=viewer.now, **values)
    plan_rows.add(session, viewer, head.id, row, " ".join([values["choice"], values["to_what"]]).strip())
    return head.saved("The check is recorded.", SAVED_KIND, id=row.id, version=before.version + 1)


def _values(viewer: Viewer, head: PlanHead, typed: Typed) -> dict[str, Any]:
    choice = typed.choice(
        "choice", ProgrammeChoice, required="Please choose: stay, change level or transfer."
    )
    stays = choice == ProgrammeChoice.STAY
    to_what = "" if stays else typed.line("to_what", required="Please say to which level or programme.")
    why = "" if stays else "Please say why, so that the learner and the next tutor know."
    on = plan_days.chosen(typed, "checked_on", "Please choose the day on which you decided.")
    plan_days.not_before_the_plan(head, on, "checked_on")
    plan_days.not_after_today(viewer, on, "checked_on")
    if head.ended_on is not None and on > head.ended_on:
        raise Refused("That is after this plan ended. Please choose an earlier day.", "checked_on")
    return {
        "choice": choice,
        "to_what": to_what,
        "reason": typed.text("reason", required=why, longest=LONGEST_REASON),
        "checked_on": on,
    }
