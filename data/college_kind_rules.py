"""The rule that a college gives a kind of review: by an interval, after the start of learning, by the end of
phases or of learning, or none; for everybody or for learners with support in place.

It is worked out for every plan as a trial first, as a change of the clock's own rule is.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import college_changes, kind_clocks, plan_days, rules
from data.college_changes import require_college
from data.college_reviews import SAVED_KIND, kind_of_college, rule_typed
from data.errors import Refused
from data.form_values import Typed
from data.models import Cohort, Department, Enrolment, ReviewKind, ReviewRuleVersion
from data.review_schedule import PROGRESS
from data.rules import ForWhom, IntervalUnit, Occasion, ReviewRule
from data.saved import Saved
from data.scope import Viewer

MOST_WEEKS_BEFORE = 26
CLOCKS_OWN = "Progress reviews go by the college’s own rule. Please give it a new version instead."


def add(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new version of a kind's rule, from a day on which it moves no date that a held review was due by.

    Refused, with nothing kept, where dates move and the form doesn't say that it knows how many.
    """
    require_college(viewer, typed)
    kind = kind_of_college(session, viewer, typed.id("kind"))
    if kind.key == PROGRESS:
        raise Refused(CLOCKS_OWN)
    from_on = plan_days.chosen(typed, "from_on", "Please choose the day from which the rule holds.")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    rule = kind_rule_typed(typed)
    for_whom = ForWhom(typed.choice("for_whom", list(ForWhom), required="Please say for whom it holds."))
    _check_from_on(session, viewer, kind, from_on)
    version = ReviewRuleVersion(
        kind_id=kind.id,
        from_on=from_on,
        unit=rule.unit,
        amount=rule.amount,
        closures_stop_clock=rule.closures_stop_clock,
        occasion=rule.occasion,
        for_whom=for_whom,
    )
    before = _due_dates(session, viewer, kind.id)
    college_changes.add(session, viewer, version, f"{kind.name} from {from_on.isoformat()}")
    after = _due_dates(session, viewer, kind.id)
    moved = [plan_id for plan_id in before | after if before.get(plan_id) != after.get(plan_id)]
    if moved and not typed.ticked("sure"):
        late = sum((due := after.get(plan_id)) is not None and due < viewer.clock_day for plan_id in moved)
        raise Refused(
            f"This moves the date of {_plans(len(moved))}, {late:,} of them overdue at once."
            " Nothing is saved yet: tick this box and save once more to do it.",
            "sure",
        )
    sentence = f"The rule of “{kind.name}” holds from {plan_days.long_day(from_on)}."
    return Saved(f"{sentence} It moved the date of {_plans(len(moved))}.", SAVED_KIND, id=version.id)


def _plans(number: int) -> str:
    return "no plan" if not number else "1 plan" if number == 1 else f"{number:,} plans"


def kind_rule_typed(typed: Typed) -> ReviewRule:
    """A kind's rule as a form sends it, for a college or a plan."""
    occasion = Occasion(
        typed.choice("occasion", list(Occasion), required="Please say what it is counted from.")
    )
    if occasion == Occasion.NEEDED:
        return ReviewRule(IntervalUnit.WEEKS, 1, occasion=occasion)
    if occasion in (Occasion.PHASES, Occasion.END):
        weeks = typed.number(
            "weeks_before",
            1,
            MOST_WEEKS_BEFORE,
            required="Please say how many weeks ahead one counts for it.",
        )
        return ReviewRule(IntervalUnit.WEEKS, weeks or 1, occasion=occasion)
    rule = rule_typed(typed)
    return ReviewRule(rule.unit, rule.amount, rule.closures_stop_clock, occasion=occasion)


def _check_from_on(session: Session, viewer: Viewer, kind: ReviewKind, from_on: date) -> None:
    """A later version begins after all that a held review was counted from; the first gives dates where there
    were none, so that it may begin on any day."""
    versions = kind_clocks.load_rules(session, viewer.organisation_id).get(kind.id, ())
    if from_on in {one.from_on for one in versions}:
        raise Refused("A version of this rule begins on that day already. Please choose another.", "from_on")
    if versions:
        kind_clocks.check_no_done_review_moves(_clocks(session, viewer, kind.id).values(), from_on)


def _due_dates(session: Session, viewer: Viewer, kind_id: int) -> dict[int, date]:
    """{plan id: by when its next review of the kind is due} of those who are here and have a date."""
    found = {
        plan_id: clock.next_due(viewer.today)
        for plan_id, clock in _clocks(session, viewer, kind_id).items()
        if clock.enrolment.enrolled(viewer.clock_day)
    }
    return {plan_id: due_on for plan_id, due_on in found.items() if due_on is not None}


def _clocks(session: Session, viewer: Viewer, kind_id: int) -> dict[int, rules.ReviewClock]:
    session.flush()
    versions = kind_clocks.load_rules(session, viewer.organisation_id).get(kind_id, ())
    of_kind = {kind_id: versions} if versions else {}
    here = Enrolment.cohort_id.in_(
        select(Cohort.id)
        .join(Department, Department.id == Cohort.department_id)
        .where(Department.organisation_id == viewer.organisation_id)
    )
    return dict(kind_clocks.clocks(session, viewer, here, of_kind).get(kind_id, {}))
