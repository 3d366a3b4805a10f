"""Where a plan leads: the long-term goal, ways on from it, what they need, the exit, and the long route."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import plan_days, plan_rows
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.long_route import Leg, long_route, plans_of
from data.models import (
    Enrolment,
    Met,
    Plan,
    PlanExit,
    ProgressionKind,
    ProgressionNeed,
    ProgressionOption,
    Target,
    Writes,
)
from data.own_words import may_write_own_words, require_own_words
from data.plan_head import PlanHead, head_of_learner, require_plan
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One thing that an option needs, beside what the learner has; `target` closes the gap."""

    id: int
    needs: str
    has: str
    met: str
    target_id: int | None
    target: str
    version: int


@dataclass(frozen=True, slots=True)
class OptionLine:
    """A way on from here. The first choice is what the route map draws as the motorway."""

    id: int
    kind: str
    title: str
    place: str
    decide_by: date | None
    first_choice: bool
    version: int
    needs: tuple[NeedLine, ...]

    @property
    def met(self) -> int:
        return sum(need.met == Met.MET for need in self.needs)

    @property
    def gaps(self) -> tuple[NeedLine, ...]:
        """What isn't there yet and no target leads to."""
        return tuple(need for need in self.needs if need.met != Met.MET and need.target_id is None)


@dataclass(frozen=True, slots=True)
class Exit:
    """Where the learner went when the plan ended."""

    kind: str
    destination: str
    ended_on: date | None
    end_reason: str
    version: int


@dataclass(frozen=True, slots=True)
class TargetChoice:
    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Destination:
    """All that the page of the destination shows. `earlier` and `later` are the learner's other plans that
    this one could continue, or be continued by."""

    head: PlanHead
    today: date
    goal: str
    in_words: str
    plan_version: int
    options: tuple[OptionLine, ...]
    exit: Exit | None
    ended_on: date | None
    end_reason: str
    route: tuple[Leg, ...]
    earlier: tuple[Leg, ...]
    later: tuple[Leg, ...]
    targets: tuple[TargetChoice, ...]
    may_write_goal: bool

    @property
    def previous_id(self) -> int | None:
        """The plan that this one continues."""
        return next((leg.continues_id for leg in self.route if leg.id == self.head.id), None)

    @property
    def next_id(self) -> int | None:
        """The plan that continues this one."""
        return next((leg.id for leg in self.route if leg.continues_id == self.head.id), None)


# --- reading -------------------------------------------------------------------------------------------


def read(session: Session, viewer: Viewer, learner_id: int, plan_id: int | None = None) -> Destination:
    """The destination of the learner's plan; NotFound where the viewer sees none."""
    head = head_of_learner(session, viewer, learner_id, plan_id)
    legs = plans_of(session, viewer, learner_id)
    row = session.execute(
        select(Plan.progression, Enrolment.ended_on, Enrolment.end_reason)
        .join(Enrolment, Enrolment.id == Plan.id)
        .where(Plan.id == head.id)
    ).one_or_none()
    ended_on, end_reason = (row.ended_on, row.end_reason or "") if row else (None, "")
    found = session.get(PlanExit, head.id, populate_existing=True)
    others = [leg for leg in legs if leg.id != head.id]
    return Destination(
        head=head,
        today=viewer.today,
        goal=head.destination,
        in_words=row.progression if row else "",
        plan_version=head.plan_version,
        options=progression(session, viewer, head.id),
        exit=Exit(found.kind, found.destination, ended_on, end_reason, found.version) if found else None,
        ended_on=ended_on,
        end_reason=end_reason,
        route=long_route(legs, head.id),
        earlier=tuple(leg for leg in others if leg.starts_on <= head.starts_on),
        later=tuple(leg for leg in others if leg.starts_on >= head.starts_on),
        targets=_targets(session, head.id) if head.may_write_plan else (),
        may_write_goal=may_write_own_words(head),
    )


def progression(session: Session, viewer: Viewer, plan_id: int) -> tuple[OptionLine, ...]:
    """The ways on from a plan with what they need, first choice first; empty out of scope."""
    options = session.execute(
        select(
            ProgressionOption.id,
            ProgressionOption.kind,
            ProgressionOption.title,
            ProgressionOption.place,
            ProgressionOption.decide_by,
            ProgressionOption.first_choice,
            ProgressionOption.version,
        )
        .join(Enrolment, Enrolment.id == ProgressionOption.plan_id)
        .where(ProgressionOption.plan_id == plan_id, enrolments_seen_by(viewer))
        .order_by(ProgressionOption.first_choice.desc(), ProgressionOption.id)
    ).all()
    needs = _needs(session, [option.id for option in options])
    return tuple(OptionLine(**option._asdict(), needs=tuple(needs[option.id])) for option in options)


def _needs(session: Session, option_ids: list[int]) -> dict[int, list[NeedLine]]:
    rows = session.execute(
        select(
            ProgressionNeed.option_id,
            ProgressionNeed.id,
            ProgressionNeed.needs,
            ProgressionNeed.has,
            ProgressionNeed.met,
            ProgressionNeed.target_id,
            Target.title,
            ProgressionNeed.version,
        )
        .outerjoin(Target, Target.id == ProgressionNeed.target_id)
        .where(ProgressionNeed.option_id.in_(option_ids))
        .order_by(ProgressionNeed.id)
    )
    found: dict[int, list[NeedLine]] = defaultdict(list)
    for option_id, need_id, needs, has, met, target_id, title, version in rows:
        found[option_id].append(NeedLine(need_id, needs, has, met, target_id, title or "", version))
    return found


def _targets(session: Session, plan_id: int) -> tuple[TargetChoice, ...]:
    rows = session.execute(
        select(Target.id, Target.title)
        .where(Target.plan_id == plan_id, Target.status.not_in(("withdrawn", "not-achieved")))
        .order_by(Target.due_on, Target.id)
    )
    return tuple(TargetChoice(*row) for row in rows)


# --- writing -------------------------------------------------------------------------------------------


def save_goal(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """The long-term goal, in the learner's words."""
    head = require_own_words(session, viewer, typed.id("plan"))
    goal = typed.line("destination", required="Please say where you want to get; you can change it any time.")
    plan = session.get_one(Plan, head.id, populate_existing=True)
    version = plan_rows.change(session, viewer, head.id, plan, typed.version(), {"destination": goal})
    return head.saved("Destination saved.", "destination", version=version)


def save_progression_in_words(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """What was said of progression before there were options."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    plan = session.get_one(Plan, head.id, populate_existing=True)
    values = {"progression": typed.text("progression")}
    version = plan_rows.change(session, viewer, head.id, plan, typed.version(), values)
    return head.saved("Saved.", "destination", version=version)


def save_option(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out a way on; there is one first choice at most."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    option_id = typed.id_or_none("option")
    option = plan_rows.of_plan(session, ProgressionOption, option_id, head.id) if option_id else None
    if option and typed.ticked("remove"):
        return _remove_option(session, viewer, head, option, typed.version())
    decide_by = typed.day("decide_by")
    plan_days.not_before_the_plan(head, decide_by, "decide_by")
    plan_days.not_far_ahead(viewer, decide_by, "decide_by")
    values: dict[str, Any] = {
        "kind": typed.choice("kind", ProgressionKind, required="Please say what kind of step it is."),
        "title": typed.line("title", required="Please say what comes next, for example HNC Engineering."),
        "place": typed.line("place"),
        "decide_by": decide_by,
        "first_choice": typed.ticked("first_choice"),
    }
    if option:
        plan_rows.change(session, viewer, head.id, option, typed.version(), values)
    else:
        made = ProgressionOption(plan_id=head.id, **values)
        option = plan_rows.add(session, viewer, head.id, made, values["title"])
    if values["first_choice"]:
        _only_first_choice(session, viewer, head.id, option.id)
    return head.saved("Saved as a way on.", "destination")


def _remove_option(
    session: Session, viewer: Viewer, head: PlanHead, option: ProgressionOption, version: int
) -> Saved:
    if session.scalar(select(ProgressionNeed.id).where(ProgressionNeed.option_id == option.id).limit(1)):
        raise Refused("Please take out what it needs first, one by one.", "remove")
    plan_rows.remove(session, viewer, head.id, option, version, option.title)
    return head.saved("Taken out.", "destination")


def _only_first_choice(session: Session, viewer: Viewer, plan_id: int, option_id: int) -> None:
    others = session.scalars(
        select(ProgressionOption).where(
            ProgressionOption.plan_id == plan_id,
            ProgressionOption.first_choice,
            ProgressionOption.id != option_id,
        )
    ).all()
    for other in others:
        plan_rows.change(session, viewer, plan_id, other, other.version, {"first_choice": False})


def save_need(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add, change or take out one line of an option's check: what it needs, what the learner has."""
    head = require_plan(session, viewer, typed.id("plan"), Writes.PLANS)
    option = plan_rows.of_plan(session, ProgressionOption, typed.id("option"), head.id)
    need_id = typed.id_or_none("need")
    need = session.get(ProgressionNeed, need_id, populate_existing=True) if need_id else None
    if need_id and (need is None or need.option_id != option.id):
        raise NotFound
    if need and typed.ticked("remove"):
        plan_rows.remove(session, viewer, head.id, need, typed.version(), need.needs)
        return head.saved("Taken out.", "destination")
    target_id = typed.id_or_none("target")
    if target_id and target_id not in {one.id for one in _targets(session, head.id)}:
        raise Refused("Please choose a target of this plan.", "target")
    values = {
        "needs": typed.line("needs", required="Please say what this way on needs."),
        "has": typed.line("has"),
        "met": typed.choice("met", Met, required="Please say how far this is."),
        "target_id": target_id,
    }
    if need:
        plan_rows.change(session, viewer, head.id, need, typed.version(), values)
    else:
        made = ProgressionNeed(option_id=option.id, **values)
        plan_rows.add(session, viewer, head.id, made, str(values["needs"]))
    return head.saved("Saved in the check.", "destination")
