"""What a target serves: an assessed need, a goal, a unit, a skill. So topics are linked with each other.

An assessment, a barrier and a gap on the way on name their target themselves: those links are read from there
and kept nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, delete, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from data import history
from data.errors import NotFound, Refused
from data.form_values import Typed
from data.models import (
    Assessment,
    Barrier,
    BarrierAnswer,
    Enrolment,
    LinkKind,
    Plan,
    ProgressionNeed,
    Target,
    TargetLink,
)
from data.saved import Saved
from data.scope import Viewer, confidential_rows_read_by, enrolments_seen_by
from data.target_detail import TargetDetail, read
from data.target_writes import READ_ONLY

MOST_LINKS = 12


@dataclass(frozen=True, slots=True)
class LinkLine:
    """`id` is None for what names the target itself; `page` is then the key of the plan's page that it is
    on."""

    id: int | None
    kind: LinkKind
    serves: str
    page: str = ""


def of_target(session: Session, viewer: Viewer, target_id: int) -> tuple[LinkLine, ...]:
    """What the target serves; NotFound out of scope."""
    return lines_of(session, viewer, read(session, viewer, target_id))


def lines_of(session: Session, viewer: Viewer, detail: TargetDetail) -> tuple[LinkLine, ...]:
    """The links of a target that was read for the viewer: what names it first."""
    return lines_of_targets(session, viewer, [detail.id]).get(detail.id, ())


def lines_of_targets(
    session: Session, viewer: Viewer, target_ids: Sequence[int]
) -> dict[int, tuple[LinkLine, ...]]:
    """{target's id: its links} where there are some, in one query; of those that the viewer sees."""
    seen = (
        select(Target.id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(Target.id.in_(target_ids), enrolments_seen_by(viewer))
    )
    found = union_all(
        _naming(
            Assessment.target_id, Assessment.instrument + ": " + Assessment.result, LinkKind.NEED, "start"
        ).where(Assessment.target_id.in_(seen)),
        _naming(BarrierAnswer.target_id, Barrier.what, LinkKind.NEED, "support")
        .join(Barrier, Barrier.id == BarrierAnswer.barrier_id)
        .join(Enrolment, Enrolment.id == Barrier.plan_id)
        .where(
            BarrierAnswer.target_id.in_(seen),
            confidential_rows_read_by(viewer, Barrier.confidentiality),
        ),
        _naming(ProgressionNeed.target_id, ProgressionNeed.needs, LinkKind.GOAL, "destination").where(
            ProgressionNeed.target_id.in_(seen)
        ),
        select(TargetLink.target_id, TargetLink.id, TargetLink.kind, TargetLink.serves, literal("")).where(
            TargetLink.target_id.in_(seen)
        ),
    )
    lines: dict[int, list[LinkLine]] = defaultdict(list)
    for target_id, link_id, kind, serves, page in session.execute(found):
        lines[target_id].append(LinkLine(link_id, LinkKind(kind), serves, page))
    return {target_id: tuple(sorted(some, key=lambda one: one.id or 0)) for target_id, some in lines.items()}


def _naming(
    target_id: InstrumentedAttribute[int | None],
    words: ColumnElement[str] | InstrumentedAttribute[str],
    kind: LinkKind,
    page: str,
) -> Select[*tuple[Any, ...]]:
    """The lines of a table whose rows name a target themselves."""
    return select(target_id, cast(null(), Integer), literal(kind.value), words, literal(page))


def offered_for(session: Session, detail: TargetDetail) -> tuple[str, ...]:
    """What a target that was read for the viewer may well serve: the plan's destination, and the units that
    it shares with its cohort."""
    destination = session.scalar(select(Plan.destination).where(Plan.id == detail.plan_id)) or ""
    units = session.scalars(
        select(Target.title)
        .where(Target.plan_id == detail.plan_id, Target.milestone_id.is_not(None), Target.id != detail.id)
        .order_by(Target.due_on, Target.id)
    )
    return tuple(dict.fromkeys(one for one in (destination, *units) if one))


def add(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Say what the target serves; the caller commits. NotFound out of scope, Refused for who only reads."""
    detail = _written(session, viewer, typed)
    kind = LinkKind(typed.choice("kind", LinkKind, required="Please choose what it is."))
    serves = typed.line("serves", required="Please say what this target serves.")
    known = {(one.kind, one.serves) for one in lines_of(session, viewer, detail)}
    if (kind, serves) in known:
        return detail.saved("That is linked already.", "link")
    if len(known) >= MOST_LINKS:
        raise Refused(f"{MOST_LINKS} links are many for one target. Please take one away first.")
    session.add(TargetLink(target_id=detail.id, kind=kind, serves=serves))
    history.record(session, viewer, detail.plan_id, "link", None, serves, target_id=detail.id)
    session.flush()
    return detail.saved("Linked.", "link")


def remove(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Take a link away; it stays in the history. The caller commits."""
    detail = _written(session, viewer, typed)
    link_id = typed.id("link")
    serves = next((one.serves for one in lines_of(session, viewer, detail) if one.id == link_id), None)
    if serves is None:
        raise NotFound
    session.execute(delete(TargetLink).where(TargetLink.id == link_id))
    history.record(session, viewer, detail.plan_id, "link", serves, None, target_id=detail.id)
    session.flush()
    return detail.saved("Link taken away.", "link")


def _written(session: Session, viewer: Viewer, typed: Typed) -> TargetDetail:
    detail = read(session, viewer, typed.id("target"))
    if detail.may_write == "none":
        raise Refused(READ_ONLY)
    return detail
