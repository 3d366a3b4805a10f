"""RAG: a person's judgement of a plan, always with reason, author and date, beside what is computed.

The two are never mixed. Where they disagree is a list worth reading: somebody knows more than the figures,
or the figures more than somebody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from data import history, rules, state_sql
from data.form_values import LONGEST_REASON, Typed
from data.models import Cohort, Colour, Enrolment, Judgement, Learner, Person, Target, Writes
from data.plan_head import PlanHead, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by

RED_FROM_OVERDUE = 3
RED_FROM_DAYS_LATE = 14
HOW_COMPUTED = (
    f"Red: {RED_FROM_OVERDUE} or more targets overdue, or the review {RED_FROM_DAYS_LATE} or more days late."
    " Amber: any target overdue, or the review late. Green: neither."
)
"""Each threshold belongs to the worse colour."""
WORSE = (Colour.GREEN, Colour.AMBER, Colour.RED)


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement of a plan that holds: the newest. `by` is a name, empty where an import brought it."""

    colour: Colour
    reason: str
    judged_on: date
    by: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What the figures say of a plan on a day, and of which figures."""

    colour: Colour
    overdue: int
    review_days_late: int


def computed(overdue: int, review_days_late: int) -> Computed:
    """The colour of a plan with so many overdue targets, whose next review is so many days late (0: isn't
    late). Thresholds are in `HOW_COMPUTED`."""
    if overdue >= RED_FROM_OVERDUE or review_days_late >= RED_FROM_DAYS_LATE:
        colour = Colour.RED
    elif overdue or review_days_late:
        colour = Colour.AMBER
    else:
        colour = Colour.GREEN
    return Computed(colour, overdue, review_days_late)


def disagree(judged: Judged | None, figures: Computed | None) -> bool:
    """Whether there are both, of different colours."""
    return judged is not None and figures is not None and judged.colour != figures.colour


def is_kinder(judged: Judged, figures: Computed) -> bool:
    """Whether the person sees the plan in a better light than the figures do."""
    return WORSE.index(judged.colour) < WORSE.index(figures.colour)


def judged_of(session: Session, viewer: Viewer, condition: ColumnElement[bool]) -> Mapping[int, Judged]:
    """{plan id: the judgement that holds} of the plans (a condition on `Enrolment`) that the viewer sees."""
    newest_first = func.row_number().over(
        partition_by=Judgement.plan_id, order_by=(Judgement.judged_on.desc(), Judgement.id.desc())
    )
    ranked = (
        select(
            Judgement.plan_id,
            Judgement.colour,
            Judgement.reason,
            Judgement.judged_on,
            Person.name,
            newest_first.label("place"),
        )
        .join(Enrolment, Enrolment.id == Judgement.plan_id)
        .outerjoin(Person, Person.id == Judgement.by_id)
        .where(condition, enrolments_seen_by(viewer))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place == 1))
    return {
        row.plan_id: Judged(Colour(row.colour), row.reason, row.judged_on, row.name or "") for row in rows
    }


def computed_of(session: Session, viewer: Viewer, condition: ColumnElement[bool]) -> Mapping[int, Computed]:
    """{plan id: what the figures say today} of those who are enrolled and not on a break."""
    day = viewer.clock_day
    overdue = (
        select(func.count())
        .where(Target.plan_id == Enrolment.id, state_sql.is_overdue(day))
        .correlate(Enrolment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Enrolment.id, Enrolment.next_review_on, overdue).where(
            condition, enrolments_seen_by(viewer), state_sql.enrolled_on(day), ~state_sql.paused_on(day)
        )
    )
    return {
        plan_id: computed(number, rules.days_late(due_on, day) if due_on else 0)
        for plan_id, due_on, number in rows
    }


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A learner of whom a person's judgement and the figures say different things."""

    learner_id: int
    plan_id: int
    learner: str
    sort_name: str
    cohort_id: int
    cohort: str
    judged: Judged
    computed: Computed


def disagreements(
    session: Session, viewer: Viewer, condition: ColumnElement[bool]
) -> tuple[Disagreement, ...]:
    """Of those whom the viewer sees, in the order of `in_order`."""
    judged = judged_of(session, viewer, condition)
    figures = computed_of(session, viewer, condition)
    differing = [plan_id for plan_id in judged if disagree(judged[plan_id], figures.get(plan_id))]
    rows = session.execute(
        select(Enrolment.id, Learner.id, Learner.given_name, Learner.family_name, Cohort.id, Cohort.code)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.id.in_(differing), enrolments_seen_by(viewer))
    )
    return in_order(
        Disagreement(
            learner_id,
            plan_id,
            f"{given} {family}",
            f"{family} {given}",
            cohort_id,
            code,
            judged[plan_id],
            figures[plan_id],
        )
        for plan_id, learner_id, given, family, cohort_id, code in rows
    )


def in_order(found: Iterable[Disagreement]) -> tuple[Disagreement, ...]:
    """First those judged more kindly than the figures are, then by name."""
    return tuple(
        sorted(
            found,
            key=lambda one: (not is_kinder(one.judged, one.computed), one.sort_name.casefold(), one.plan_id),
        )
    )


def judge(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Give a judgement of a plan, as of today. The earlier ones stay; nobody's is overwritten."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    colour = typed.choice("colour", list(Colour), required="Please choose red, amber or green.")
    reason = typed.text("reason", required="Please say why, in a sentence.", longest=LONGEST_REASON)
    add(session, viewer, head, colour, reason)
    return head.saved(f"{head.learner_name} is judged {colour}.", "judgement")


def add(
    session: Session, viewer: Viewer, head: PlanHead, colour: str, reason: str, review_id: int | None = None
) -> None:
    """Write down a judgement with its history, for a caller who checked the right."""
    before = judged_of(session, viewer, and_(Enrolment.id == head.id)).get(head.id)
    session.add(
        Judgement(
            plan_id=head.id,
            review_id=review_id,
            colour=colour,
            reason=reason,
            judged_on=viewer.today,
            by_id=viewer.person_id,
            recorded_at=viewer.now,
        )
    )
    history.record(
        session, viewer, head.id, "judgement", before.colour if before else None, colour, reason=reason
    )
