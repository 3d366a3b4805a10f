"""Changes of who stands in for a tutor: written down, its last day changed, taken back.

Nothing is written before the form says that it knows how many learners it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from data import college_changes, groups, plan_days, stand_ins
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import Cohort, Person, StandIn, StandInKind
from data.rules import ONE_DAY
from data.saved import Saved
from data.scope import Viewer
from data.stand_ins import EVERYTHING, Held, arranges
from data.tutoring import holds_on

SAVED_KIND = "stand-in"


def record(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Write down cover or a handover. Refused with how many learners it concerns until the form is `sure`."""
    department_id = typed.id("department")
    if not arranges(viewer, department_id):
        raise NotFound
    within = groups.within_department(session, viewer, department_id)
    kind = StandInKind(typed.choice("kind", list(StandInKind), required="Please choose what it is."))
    from_on, until_on = _days(viewer, typed, kind)
    form = stand_ins.arranging(session, viewer, within, typed.id("tutor"), from_on)
    if not form.held:
        raise Refused(f"{form.name} has no learners here on that day.", "from_on")
    people = dict(form.people)
    chosen = typed.choice("person", [str(one) for one in people], required="Please choose who stands in.")
    person_id = int(chosen)
    held = _chosen(form.held, typed)
    rows = _rows(session, held, typed, kind, form.tutor_id, person_id, from_on, until_on)
    for row in rows:
        _check_alone(session, row, until_on)
    who = f"{plan_days.long_day(from_on)}" + (f" to {plan_days.long_day(until_on)}" if until_on else " on")
    learners = "1 learner" if len(held) == 1 else f"{len(held):,} learners"
    if not typed.ticked("sure"):
        raise Refused(_before_saving(kind, form.name, people[person_id], learners, who), "sure")
    codes = {one.cohort_id: one.cohort for one in held}
    for row in rows:
        title = f"{form.name} to {people[person_id]}, {codes[row.cohort_id]}, {kind.value}"
        college_changes.add(session, viewer, row, title)
    verb = "covers for" if kind == StandInKind.COVER else "takes over from"
    return Saved(f"{people[person_id]} {verb} {form.name} from {who}: {learners}.", SAVED_KIND)


def change_last_day(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say anew until when; a handover without a last day is for good."""
    row, title = _of_viewer(session, viewer, typed.id("row"))
    until_on = typed.day("until_on")
    if until_on is None and row.kind == StandInKind.COVER:
        raise Refused("Please choose the last day of the cover.", "until_on")
    if until_on is not None and until_on < viewer.today:
        raise Refused("That day is over. Please choose today or a later day, or take it back.", "until_on")
    plan_days.in_order(row.from_on, until_on, "until_on")
    plan_days.not_far_ahead(viewer, until_on, "until_on")
    _check_alone(session, row, until_on)
    college_changes.change(session, viewer, row, title, typed.version(), {"until_on": until_on})
    until = f"holds until {plan_days.long_day(until_on)}" if until_on else "holds for good"
    return Saved(f"It {until}.", SAVED_KIND, id=row.id)


def take_back(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """End it at once: yesterday was the last day. What began today or later is taken out; the history says
    that it was there."""
    row, title = _of_viewer(session, viewer, typed.id("row"))
    if row.from_on < viewer.today:
        yesterday = viewer.today - ONE_DAY
        college_changes.change(session, viewer, row, title, typed.version(), {"until_on": yesterday})
        return Saved("It is ended. The learners are with their tutor again from today.", SAVED_KIND)
    college_changes.remove(session, viewer, row, title, typed.version())
    return Saved("It is taken back. The learners stay with their tutor.", SAVED_KIND)


def _days(viewer: Viewer, typed: Typed, kind: StandInKind) -> tuple[date, date | None]:
    from_on = plan_days.chosen(typed, "from_on", "Please choose the first day.")
    if from_on < viewer.today:
        raise Refused("That day is over. Please choose today or a later day.", "from_on")
    plan_days.not_far_ahead(viewer, from_on, "from_on")
    until_on = typed.day("until_on")
    if kind == StandInKind.COVER and until_on is None:
        raise Refused("Please choose the last day of the cover; it can be changed later.", "until_on")
    if kind == StandInKind.HANDOVER and until_on is not None:
        raise Refused("A handover is for good: please leave the last day empty, or choose cover.", "until_on")
    plan_days.in_order(from_on, until_on, "until_on")
    plan_days.not_far_ahead(viewer, until_on, "until_on")
    return from_on, until_on


def _chosen(held: Sequence[Held], typed: Typed) -> list[Held]:
    """Those ticked, else those of the cohort chosen, else all."""
    ticked = set(typed.all("learner"))
    if ticked:
        found = [one for one in held if str(one.plan_id) in ticked]
        if len(found) != len(ticked):
            raise NotFound
        return found
    cohorts = {str(one.cohort_id) for one in held}
    whose = typed.choice("whose", [EVERYTHING, *cohorts], required="Please choose which learners.")
    return [one for one in held if whose in (EVERYTHING, str(one.cohort_id))]


def _rows(
    session: Session,
    held: Sequence[Held],
    typed: Typed,
    kind: StandInKind,
    tutor_id: int,
    person_id: int,
    from_on: date,
    until_on: date | None,
) -> list[StandIn]:
    """A row for each cohort that the tutor has as a whole, so that who joins it later is with them; else one
    for each learner."""
    single = bool(typed.sent.get("learner"))
    whole = set() if single else _whole(session, held, tutor_id, from_on)
    keys = dict.fromkeys(
        (one.cohort_id, one.named_id, None if (one.cohort_id, one.named_id) in whole else one.plan_id)
        for one in held
    )
    return [
        StandIn(
            kind=kind,
            cohort_id=cohort_id,
            enrolment_id=plan_id,
            named_id=named_id,
            tutor_id=tutor_id,
            person_id=person_id,
            from_on=from_on,
            until_on=until_on,
        )
        for cohort_id, named_id, plan_id in keys
    ]


def _whole(session: Session, held: Sequence[Held], tutor_id: int, on: date) -> set[tuple[int, int]]:
    """(cohort, named tutor) of which the tutor has all: those whom the roster gives to them and that no
    handover of the whole took away, or of which such a handover gave them all."""
    latest: dict[tuple[int, int], int] = {}
    for row in session.scalars(
        select(StandIn)
        .where(
            StandIn.kind == StandInKind.HANDOVER,
            StandIn.enrolment_id.is_(None),
            StandIn.cohort_id.in_({one.cohort_id for one in held}),
            holds_on(StandIn, on),
        )
        .order_by(StandIn.from_on, StandIn.id)
    ):
        latest[row.cohort_id, row.named_id] = row.person_id
    pairs = {(one.cohort_id, one.named_id) for one in held}
    return {pair for pair in pairs if latest.get(pair, pair[1]) == tutor_id}


def _check_alone(session: Session, row: StandIn, until_on: date | None) -> None:
    """Refuse a second cover of the same learners on the same days, or a second handover on the same day."""
    same = [
        StandIn.kind == row.kind,
        StandIn.cohort_id == row.cohort_id,
        StandIn.named_id == row.named_id,
        StandIn.enrolment_id.is_(None)
        if row.enrolment_id is None
        else StandIn.enrolment_id == row.enrolment_id,
        StandIn.id != (row.id or 0),
    ]
    if row.kind == StandInKind.COVER:
        same += [StandIn.from_on <= until_on, StandIn.until_on >= row.from_on]
    else:
        same += [StandIn.from_on == row.from_on]
    name = session.scalar(
        select(Person.name).join(StandIn, StandIn.person_id == Person.id).where(*same).limit(1)
    )
    if name is not None:
        does = "covers for these learners" if row.kind == StandInKind.COVER else "takes these learners over"
        raise Refused(
            f"{name} {does} in that time already. Please change or take back that first.", "from_on"
        )


def _before_saving(kind: StandInKind, tutor: str, person: str, learners: str, when: str) -> str:
    if kind == StandInKind.COVER:
        what = (
            f"{person} sees and writes the plans of {learners} of {tutor}, from {when};"
            f" {tutor} sees them as before."
        )
    else:
        what = (
            f"{learners} go from {tutor} to {person}, from {when}; {tutor} doesn’t see them from that day on."
        )
    return f"{what} Nothing is saved yet: tick this box and save once more to do it."


def _of_viewer(session: Session, viewer: Viewer, row_id: int) -> tuple[StandIn, str]:
    """(the row, what the history calls it); NotFound where the viewer doesn't arrange it."""
    tutor, person = aliased(Person), aliased(Person)
    found = session.execute(
        select(StandIn, Cohort.department_id, Cohort.code, tutor.name, person.name)
        .join(Cohort, Cohort.id == StandIn.cohort_id)
        .join(tutor, tutor.id == StandIn.tutor_id)
        .join(person, person.id == StandIn.person_id)
        .where(StandIn.id == row_id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or not arranges(viewer, found[1]):
        raise NotFound
    groups.within_department(session, viewer, found[1])
    row, _, code, tutor_name, person_name = found
    return row, f"{tutor_name} to {person_name}, {code}, {row.kind}"
