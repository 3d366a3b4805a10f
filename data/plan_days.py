"""Checks days that people type into a plan, and says kindly what is wrong with them."""

from __future__ import annotations

from datetime import date, timedelta

from data.errors import Refused
from data.form_values import Typed
from data.plan_head import PlanHead
from data.scope import Viewer

LONGEST_AHEAD = timedelta(days=3653)
"""Ten years: a day further ahead is a slip of the pen."""


def chosen(typed: Typed, field: str, required: str) -> date:
    """The day of a field that can't be empty."""
    day = typed.day(field)
    if day is None:
        raise Refused(required, field)
    return day


def not_before_the_plan(head: PlanHead, day: date | None, field: str, else_where: str = "") -> None:
    """Refuse a day before the plan began; `else_where` says where what is older belongs."""
    if day is not None and day < head.starts_on:
        raise Refused(
            f"That is before this plan began on {long_day(head.starts_on)}."
            f" {else_where or 'Please choose a later day.'}",
            field,
        )


def not_after_today(viewer: Viewer, day: date | None, field: str) -> None:
    if day is not None and day > viewer.today:
        raise Refused("That day is still to come. Please choose today or a day before.", field)


def not_far_ahead(viewer: Viewer, day: date | None, field: str) -> None:
    if day is not None and day > viewer.today + LONGEST_AHEAD:
        raise Refused("That is more than ten years ahead. Please check the year.", field)


def in_order(first: date | None, last: date | None, field: str) -> None:
    if first is not None and last is not None and last < first:
        raise Refused(f"That is before it began on {long_day(first)}. Please choose a later day.", field)


def long_day(day: date) -> str:
    """7 September 2026."""
    return f"{day.day} {day:%B %Y}"
