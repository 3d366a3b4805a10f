"""Where a plan starts: prior attainment and experience, assessments, the learner's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data import plan_days, plan_rows, targets
from data.errors import Refused
from data.form_values import Typed
from data.models import (
    Assessment,
    AssessmentKind,
    Attainment,
    AttainmentKind,
    Enrolment,
    OwnWords,
    Plan,
    Support,
    Target,
    Writes,
)
from data.own_words import may_write_own_words, require_own_words
from data.plan_head import PlanHead, head_of_learner, require_plan
from data.rules import CLOSED_STATUSES
from data.saved import Saved
from data.scope import Viewer, confidential_rows_read_by, enrolments_seen_by

OWN_FIELDS = ("strengths", "interests", "ways_of_working", "languages", "background")
EARLIEST_YEAR = 1940


@dataclass(frozen=True, slots=True)
class AttainmentLine:
    id: int
    kind: str
    what: str
    result: str
    place: str
    year: int | None
    version: int


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One assessment. `taken_up`: a target or support of the plan meets the need that it found; `support` is
    empty where the viewer may not read that support."""

    id: int
    kind: str
    instrument: str
    taken_on: date
    result: str
    meaning: str
    next_step: str
    need: bool
    target_id: int | None
    target: str
    support_id: int | None
    support: str
    taken_up: bool
    version: int

    @property
    def open_need(self) -> bool:
        """A need that nothing in the plan meets yet."""
        return self.need and not self.taken_up


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose in a form."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What an assessed need can be met with, and the lanes of a new target."""

    targets: tuple[Choice, ...] = ()
    supports: tuple[Choice, ...] = ()
    lanes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """All that the page of the starting point shows but the balance. `own` holds the learner's words by the
    names of `OWN_FIELDS`; `choices` are filled for who may write the plan."""

    head: PlanHead
    today: date
    summary: str
    attainments: tuple[AttainmentLine, ...]
    assessments: tuple[AssessmentLine, ...]
    own: dict[str, str]
    own_version: int
    may_write_own: bool
    choices: Choices

    @property
    def open_needs(self) -> tuple[AssessmentLine, ...]:
        return tuple(one for one in self.assessments if one.open_need)


# --- reading -------------------------------------------------------------------------------------------


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> StartingPoint:
    """The starting point of the learner's plan; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    summary = session.scalar(select(Plan.starting_point).where(Plan.id == head.id)) or ""
    own = session.get(OwnWords, head.id, populate_existing=True)
    return StartingPoint(
        head=head,
        today=viewer.today,
        summary=summary,
        attainments=attainments(session, viewer, head.id),
        assessments=assessments(session, viewer, head.id),
        own={name: getattr(own, name, "") for name in OWN_FIELDS},
        own_version=own.version if own else 0,
        may_write_own=may_write_own_words(head),
        choices=_choices(session, viewer, head.id) if head.may_write_plan else Choices(),
    )


def attainments(session: Session, viewer: Viewer, plan_id: int) -> tuple[AttainmentLine, ...]:
    """What the learner brings, qualifications first, newest first; empty out of scope."""
    rows = session.execute(
        select(
            Attainment.id,
            Attainment.kind,
            Attainment.what,
            Attainment.result,
            Attainment.place,
            Attainment.year,
            Attainment.version,
        )
        .join(Enrolment, Enrolment.id == Attainment.plan_id)
        .where(Attainment.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Attainment.kind.desc(), Attainment.year.desc().nulls_last(), Attainment.what)
    )
    return tuple(AttainmentLine(*row) for row in rows)


def assessments(session: Session, viewer: Viewer, plan_id: int) -> tuple[AssessmentLine, ...]:
    """The plan's assessments by day, for its page and the route map; empty out of scope."""
    readable = and_(
        Support.id == Assessment.support_id, confidential_rows_read_by(viewer, Support.confidentiality)
    )
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.kind,
            Assessment.instrument,
            Assessment.taken_on,
            Assessment.result,
            Assessment.meaning,
            Assessment.next_step,
            Assessment.need,
            Assessment.target_id,
            Target.title.label("target"),
            Support.id.label("support_id"),
            Support.what.label("support"),
            (Assessment.target_id.is_not(None) | Assessment.support_id.is_not(None)).label("taken_up"),
            Assessment.version,
        )
        .join(Enrolment, Enrolment.id == Assessment.plan_id)
        .outerjoin(Target, Target.id == Assessment.target_id)
        .outerjoin(Support, readable)
        .where(Assessment.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(Assessment.taken_on, Assessment.id)
    )
    return tuple(
        AssessmentLine(
            **(row._asdict() | {"target": row.target or "", "support": row.support or ""}),
        )
        for row in rows
    )


def _choices(session: Session, viewer: Viewer, plan_id: int) -> Choices:
    """Targets that aren't closed without success, supports that the viewer may read, lanes."""
    unsuccessful = [status for status in CLOSED_STATUSES if status != "achieved"]
    found = session.execute(
        select(Target.id, Target.title)
        .where(Target.plan_id == plan_id, Target.status.not_in(unsuccessful))
        .order_by(Target.due_on, Target.id)
    )
    supports = session.execute(
        select(Support.id, Support.what)
        .join(Enrolment, Enrolment.id == Support.plan_id)
        .where(Support.plan_id == plan_id, confidential_rows_read_by(viewer, Support.confidentiality))
        .order_by(Support.from_on, Support.id)
    )
    return Choices(
        tuple(Choice(*row) for row in found),
        tuple(Choice(*row) for row in supports),
        tuple(Choice(lane.id, lane.label) for lane in targets.lane_choices(session, viewer)),
    )


# --- writing -------------------------------------------------------------------------------------------


def save_summary(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The starting point in short, as the route map shows it."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    plan = session.get_one(Plan, head.id)
    values = {"starting_point": typed.text("starting_point")}
    version = plan_rows.change(session, viewer, head.id, plan, typed.version(), values)
    return head.saved("Starting point saved.", "starting-point", version=version)


def save_attainment(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out a qualification or an experience."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    attainment_id = typed.id_or_none("attainment")
    if attainment_id and typed.ticked("remove"):
        row = plan_rows.of_plan(session, Attainment, attainment_id, head.id)
        plan_rows.remove(session, viewer, head.id, row, typed.version(), row.what)
        return head.saved("Taken out of the starting point.", "starting-point")
    values: dict[str, Any] = {
        "kind": typed.choice("kind", AttainmentKind, required="Please say which of the two it is."),
        "what": typed.line("what", required="Please say what it is, for example GCSE maths."),
        "result": typed.line("result"),
        "place": typed.line("place"),
        "year": typed.number("year", EARLIEST_YEAR, viewer.today.year + 1),
    }
    if attainment_id:
        row = plan_rows.of_plan(session, Attainment, attainment_id, head.id)
        plan_rows.change(session, viewer, head.id, row, typed.version(), values)
    else:
        plan_rows.add(session, viewer, head.id, Attainment(plan_id=head.id, **values), values["what"])
    return head.saved("Saved to the starting point.", "starting-point")


def save_assessment(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out an assessment, with what it means and its next step."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    assessment_id = typed.id_or_none("assessment")
    if assessment_id and typed.ticked("remove"):
        row = plan_rows.of_plan(session, Assessment, assessment_id, head.id)
        plan_rows.remove(session, viewer, head.id, row, typed.version(), row.instrument)
        return head.saved("Assessment taken out.", "starting-point")
    values = _assessment_values(viewer, typed)
    if assessment_id:
        row = plan_rows.of_plan(session, Assessment, assessment_id, head.id)
        values |= _met_by(session, viewer, head.id, row, typed)
        plan_rows.change(session, viewer, head.id, row, typed.version(), values)
    else:
        values |= _met_by(session, viewer, head.id, Assessment(plan_id=head.id), typed)
        plan_rows.add(session, viewer, head.id, Assessment(plan_id=head.id, **values), values["instrument"])
    return head.saved("Assessment saved.", "starting-point")


def _assessment_values(viewer: Viewer, typed: Typed) -> dict[str, Any]:
    taken_on = typed.day("taken_on", required="Please say on which day it was taken.")
    plan_days.not_after_today(viewer, taken_on, "taken_on")
    return {
        "kind": typed.choice("kind", AssessmentKind, required="Please say which of the two it is."),
        "instrument": typed.line("instrument", required="Please say what it was, for example BKSB English."),
        "taken_on": taken_on,
        "result": typed.line("result", required="Please say what came out."),
        "meaning": typed.text("meaning", required="Please say what this means for the plan."),
        "next_step": typed.text(
            "next_step", required="Each result asks for a next step, if only “none needed, because …”."
        ),
        "need": typed.ticked("need"),
    }


def _met_by(
    session: Session, viewer: Viewer, plan_id: int, before: Assessment, typed: Typed
) -> dict[str, int | None]:
    """The target or support chosen, sent as "target-5" or "support-3". A support that the viewer may not read
    isn't among the choices, and stays as it is while none is chosen."""
    chosen = typed.line("met_by")
    if not chosen:
        hidden = before.support_id and not _is_readable(session, viewer, plan_id, before.support_id)
        return {"target_id": None, "support_id": before.support_id if hidden else None}
    kind, _, number = chosen.partition("-")
    choices = _choices(session, viewer, plan_id)
    known = {"target": choices.targets, "support": choices.supports}.get(kind, ())
    found = next((one.id for one in known if str(one.id) == number), None)
    if found is None:
        raise Refused("Please choose a target or a support of this plan.", "met_by")
    return {"target_id": None, "support_id": None, f"{kind}_id": found}


def _is_readable(session: Session, viewer: Viewer, plan_id: int, support_id: int) -> bool:
    return support_id in {one.id for one in _choices(session, viewer, plan_id).supports}


def add_target_for_need(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """A new target that meets an assessed need, linked to it."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    assessment = plan_rows.of_plan(session, Assessment, typed.id("assessment"), head.id)
    version = typed.version()
    made = targets.create(
        session,
        viewer,
        head.id,
        {
            "title": typed.line("title", required="Please say what the target is."),
            "criteria": typed.text("criteria"),
            "lane_id": typed.id_or_none("lane_id"),
            "due_on": typed.day("due_on"),
        },
    )
    values = {"target_id": made.id}
    plan_rows.change(session, viewer, head.id, assessment, version, values)
    return head.saved("Target added: it meets this need.", "target", target=made.id)


def save_own_words(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """What the learner wants known, in their own words."""
    head = require_own_words(session, viewer, typed.id("plan"))
    values = {name: typed.text(name) for name in OWN_FIELDS}
    own = session.get(OwnWords, head.id, populate_existing=True)
    if own is None:
        own = plan_rows.add(session, viewer, head.id, OwnWords(id=head.id, **values), "own words")
        return head.saved("Your words are saved.", "starting-point", version=own.version)
    version = plan_rows.change(session, viewer, head.id, own, typed.version(), values)
    return head.saved("Your words are saved.", "starting-point", version=version)
