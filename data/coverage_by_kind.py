"""Coverage by kind of review: how many were held, who had one, and who is covered by the kind's own rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from data import kind_clocks, review_coverage, rules, state_sql
from data.groups import Within
from data.models import Enrolment, Review, ReviewKind
from data.review_schedule import PROGRESS
from data.rules import ForWhom, ReviewClock, ReviewRule, Share
from data.scope import Viewer

SMALLEST_SHOWN = 5
"""A group by support of fewer learners isn't shown."""
MOST_WORKED_OUT = 5_000
"""Of more learners the coverage by own rules stands on the departments' pages only: it is worked out from the
reviews of each at every look."""


@dataclass(frozen=True, slots=True)
class Late:
    """When a learner's last review of a kind was, if there was one, and by when the next was due."""

    last_on: date | None
    due_on: date


@dataclass(frozen=True, slots=True)
class ByRule:
    """Coverage by a kind's own rule, of those for whom it is required, and who is past it: {plan id: …}.
    `covered` is None where they are too few to be shown, or too many to be worked out together."""

    rule: ReviewRule
    covered: Share | None
    late: Mapping[int, Late] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of review: how many were held this academic year, and how many of the learners who are here
    have had one. `by_rule` is None where the kind has no rule: it is held when needed."""

    id: int
    name: str
    counts: bool
    held: int
    had: Share
    by_rule: ByRule | None


def here_now(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Enrolment`: enrolled and not on a break."""
    return and_(state_sql.enrolled_on(viewer.clock_day), ~state_sql.paused_on(viewer.clock_day))


def read(session: Session, viewer: Viewer, within: Within, here: ColumnElement[bool]) -> tuple[KindLine, ...]:
    since = rules.academic_year_start(viewer.today)
    learners = session.scalar(select(func.count()).where(here, here_now(viewer))) or 0
    held: dict[int, tuple[int, int]] = {
        kind_id: (reviews, had)
        for kind_id, reviews, had in session.execute(
            select(
                Review.kind_id,
                func.count(),
                func.count(Review.plan_id.distinct()).filter(here_now(viewer)),
            )
            .join(Enrolment, Enrolment.id == Review.plan_id)
            .where(here, Review.held_on >= since, Review.held_on <= viewer.today)
            .group_by(Review.kind_id)
        )
    }
    rules_of = kind_clocks.load_rules(session, viewer.organisation_id)
    worked_out = learners <= MOST_WORKED_OUT or within.department_id is not None
    clocks = kind_clocks.clocks(session, viewer, here, rules_of) if worked_out else {}
    kinds = session.execute(
        select(ReviewKind.id, ReviewKind.key, ReviewKind.name, ReviewKind.counts)
        .where(ReviewKind.organisation_id == viewer.organisation_id)
        .order_by(ReviewKind.position)
    )
    return tuple(
        KindLine(
            id=kind_id,
            name=name,
            counts=counts,
            held=held.get(kind_id, (0, 0))[0],
            had=Share(held.get(kind_id, (0, 0))[1], learners),
            by_rule=_main_rule(session, viewer, here)
            if key == PROGRESS
            else _own_rule(
                viewer,
                within,
                rules_of.get(kind_id, ()),
                clocks.get(kind_id, {}) if worked_out else None,
            ),
        )
        for kind_id, key, name, counts in kinds
    )


def _main_rule(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> ByRule | None:
    rule = review_coverage.counted(session, viewer).rule
    return ByRule(rule, _covered(session, viewer, here)) if rule else None


def _own_rule(
    viewer: Viewer,
    within: Within,
    versions: Sequence[ReviewRule],
    clocks: Mapping[int, ReviewClock] | None,
) -> ByRule | None:
    """Coverage by the kind's own rule, where it is worked out, unless it would tell how few have support in
    place: of a department they have to be enough, and an organisation's would tell the departments' that are
    hidden."""
    rule = rules.rule_in_force(versions, viewer.today)
    if rule is None:
        return None
    if clocks is None:
        return ByRule(rule, None)
    day = viewer.clock_day
    covered = rules.coverage(clocks.values(), day)
    small = within.department_id is None or 0 < covered.of < SMALLEST_SHOWN
    if rule.for_whom == ForWhom.SUPPORTED and small:
        return ByRule(rule, None)
    late = {
        plan_id: Late(clock.last_held(day), due_on)
        for plan_id, clock in clocks.items()
        if clock.required(day) and (due_on := clock.next_due(day)) is not None and due_on < day
    }
    return ByRule(rule, covered, late)


def _covered(session: Session, viewer: Viewer, here: ColumnElement[bool]) -> Share:
    """By the clock that progress reviews set and every kind that counts answers."""
    required, covered = session.execute(
        select(
            func.count().filter(state_sql.required_today(viewer.clock_day)),
            func.count().filter(state_sql.covered_today(viewer.clock_day)),
        ).where(here)
    ).one()
    return Share(covered, required)
