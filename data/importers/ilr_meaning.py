"""What the fields of an ILR mean for Routebook: aims become enrolments and targets. No database here.

Source of the codes: the ILR specification (CompStatus, Outcome, AimType, ProgType, WithdrawReason).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from data import rules
from data.importers.ilr_file import RawDelivery
from data.importers.summary import Unusable
from data.models import EndReason
from data.rules import TargetStatus

PROGRAMME_AIM, CORE_AIM = 1, 5
CONTINUING, COMPLETED, WITHDRAWN, BREAK = 1, 2, 3, 6
ACHIEVED, PARTLY_ACHIEVED, NOT_ACHIEVED = 1, 2, 3
TRANSFERRED = {2, 7, 40, 41, 47}
"""Reasons for withdrawal that say the learner went on elsewhere or with another aim."""
PROGRAMME_TYPES = {
    2: "Advanced apprenticeship",
    3: "Intermediate apprenticeship",
    20: "Higher apprenticeship (level 4)",
    21: "Higher apprenticeship (level 5)",
    22: "Higher apprenticeship (level 6)",
    23: "Higher apprenticeship (level 7)",
    24: "Traineeship",
    25: "Apprenticeship standard",
    30: "T Level foundation year",
    31: "T Level",
    32: "Skills Bootcamp",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One learning delivery, its dates and codes read."""

    where: str
    aim: str
    aim_type: int
    starts_on: date
    original_on: date | None
    planned_end_on: date | None
    ended_on: date | None
    completion: int
    outcome: int | None
    programme: tuple[str, str, str, str]
    fund_model: str
    withdraw_reason: int | None

    @property
    def first_on(self) -> date:
        return min(self.starts_on, self.original_on or self.starts_on)


@dataclass(frozen=True, slots=True)
class Programme:
    """What makes a cohort, with the start year: a programme, a study programme's core aim, or an aim."""

    key: str
    code: str
    title: str


@dataclass(slots=True)
class IlrEnrolment:
    """One learner's way through one programme, breaks included."""

    programme: Programme
    heads: list[Delivery]
    aims: dict[str, Delivery] = field(default_factory=dict)

    @property
    def starts_on(self) -> date:
        return min(head.first_on for head in self.heads)

    @property
    def year(self) -> int:
        return rules.academic_year_start(self.starts_on).year

    @property
    def key(self) -> str:
        return f"{self.programme.key}|{self.year}"

    @property
    def planned_end_on(self) -> date | None:
        return self.heads[-1].planned_end_on

    @property
    def ended(self) -> tuple[date | None, EndReason | None]:
        last = self.heads[-1]
        if last.completion == COMPLETED:
            return last.ended_on, EndReason.COMPLETED
        if last.completion == WITHDRAWN:
            moved_on = last.withdraw_reason in TRANSFERRED
            return last.ended_on, EndReason.TRANSFERRED if moved_on else EndReason.WITHDREW
        return None, None

    @property
    def breaks(self) -> list[rules.Span]:
        """Away from the day after the actual end of a head that ends in a break, until the next begins."""
        spans = []
        followers: list[Delivery | None] = [*self.heads[1:], None]
        for head, following in zip(self.heads, followers, strict=True):
            if head.completion != BREAK or head.ended_on is None:
                continue
            from_on = head.ended_on + rules.ONE_DAY
            if following is None or following.starts_on > from_on:
                spans.append(rules.Span(from_on, following.starts_on if following else None))
        return spans

    @property
    def returned_on(self) -> date | None:
        """The day of coming back from a break of which this file tells no more than that."""
        first = self.heads[0]
        return first.starts_on if first.first_on < first.starts_on else None


def parse_delivery(raw: RawDelivery, where: str) -> tuple[Delivery, str]:
    """The delivery, and what had to be left out of it. Raises Unusable."""
    fields = raw.fields
    aim = fields.get("learnaimref", "")
    if not aim:
        raise Unusable("an aim without LearnAimRef")
    starts_on = _day(fields, "learnstartdate", aim)
    if starts_on is None:
        raise Unusable(f"aim {aim} has no LearnStartDate")
    planned, left_out = _day(fields, "learnplanenddate", aim), ""
    if planned and planned < starts_on:
        left_out = f"aim {aim}: the planned end {planned} is before the start {starts_on}; taken without it"
        planned = None
    delivery = Delivery(
        where=where,
        aim=aim,
        aim_type=_number(fields, "aimtype", aim) or 0,
        starts_on=starts_on,
        original_on=_day(fields, "origlearnstartdate", aim),
        planned_end_on=planned,
        ended_on=_day(fields, "learnactenddate", aim),
        completion=_number(fields, "compstatus", aim) or 0,
        outcome=_number(fields, "outcome", aim),
        programme=(
            fields.get("progtype", ""),
            fields.get("stdcode", ""),
            fields.get("fworkcode", ""),
            fields.get("pwaycode", ""),
        ),
        fund_model=fields.get("fundmodel", ""),
        withdraw_reason=_number(fields, "withdrawreason", aim),
    )
    _check(delivery)
    return delivery, left_out


def _check(delivery: Delivery) -> None:
    aim, ended_on = delivery.aim, delivery.ended_on
    if delivery.completion not in (CONTINUING, COMPLETED, WITHDRAWN, BREAK):
        raise Unusable(f"aim {aim} has CompStatus {delivery.completion}, which is none of 1, 2, 3, 6")
    if delivery.completion != CONTINUING and ended_on is None:
        raise Unusable(f"aim {aim} has CompStatus {delivery.completion} but no LearnActEndDate")
    if ended_on and ended_on < delivery.starts_on:
        raise Unusable(f"aim {aim} ended on {ended_on}, before its start {delivery.starts_on}")


def born_on(fields: dict[str, str]) -> date | None:
    """A learner's date of birth; None where the file has none that is a date: it can be given by hand."""
    try:
        return date.fromisoformat(fields.get("dateofbirth", "")[:10])
    except ValueError:
        return None


def _day(fields: dict[str, str], name: str, aim: str) -> date | None:
    text = fields.get(name, "")
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise Unusable(f"aim {aim}: {name} is {text!r}, which is no date") from error


def _number(fields: dict[str, str], name: str, aim: str) -> int | None:
    text = fields.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Unusable(f"aim {aim}: {name} is {text!r}, which is no code")
    return int(text) if text else None


# --- programmes ----------------------------------------------------------------------------------------


def enrolments_of(deliveries: Iterable[Delivery]) -> list[IlrEnrolment]:
    """A learner's enrolments, each with its aims."""
    deliveries = sorted(deliveries, key=lambda each: (each.starts_on, each.aim))
    by_programme: dict[Programme, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_programme[_programme_of(delivery, deliveries)].append(delivery)
    return [each for programme, group in by_programme.items() for each in _enrolments(programme, group)]


def _programme_of(delivery: Delivery, all_of_learner: list[Delivery]) -> Programme:
    if delivery.programme[0]:
        return _apprenticeship_or_alike(delivery, all_of_learner)
    cores = [
        each
        for each in all_of_learner
        if each.aim_type == CORE_AIM and not each.programme[0] and each.fund_model == delivery.fund_model
    ]
    if delivery.aim_type == CORE_AIM:
        return _study_programme(delivery.aim)
    if cores:
        begun = [core for core in cores if core.starts_on <= delivery.starts_on]
        return _study_programme((begun or cores)[-1 if begun else 0].aim)
    return Programme(f"aim {delivery.aim}", f"Aim {delivery.aim}", f"Aim {delivery.aim}")


def _study_programme(core: str) -> Programme:
    """A 16 to 19 study programme is known by its core aim; the learner's other aims belong to it."""
    return Programme(f"core {core}", f"Study {core}", f"Study programme with core aim {core}")


def _apprenticeship_or_alike(delivery: Delivery, all_of_learner: list[Delivery]) -> Programme:
    kind, standard, framework, pathway = delivery.programme
    name = PROGRAMME_TYPES.get(int(kind) if kind.isdigit() else 0, f"Programme of type {kind}")
    if standard:
        return Programme(f"standard {kind} {standard}", f"Standard {standard}", f"{name} {standard}")
    if framework:
        which = f"{framework}-{pathway}" if pathway else framework
        return Programme(
            f"framework {kind} {which}", f"Framework {which} type {kind}", f"{name}, framework {which}"
        )
    cores = {
        each.aim
        for each in all_of_learner
        if each.programme == delivery.programme and each.aim_type == CORE_AIM
    }
    if len(cores) == 1:
        (core,) = cores
        return Programme(f"programme {kind} {core}", f"{name} {core}", f"{name} with core aim {core}")
    return Programme(f"programme {kind}", name, name)


def _enrolments(programme: Programme, group: list[Delivery]) -> Iterator[IlrEnrolment]:
    """A later start goes on with the enrolment before it where that one paused or began in the same year."""
    heads = (
        [each for each in group if each.aim_type == PROGRAMME_AIM]
        or [each for each in group if each.aim_type == CORE_AIM]
        or group
    )
    found: list[IlrEnrolment] = []
    for head in heads:
        last = found[-1] if found else None
        year = rules.academic_year_start(head.first_on).year
        if last and (last.heads[-1].completion == BREAK or last.year == year):
            last.heads.append(head)
        else:
            found.append(IlrEnrolment(programme, [head]))
    for aim in group:
        if aim.aim_type != PROGRAMME_AIM:
            begun = [each for each in found if each.starts_on <= aim.starts_on]
            (begun or found[:1])[-1].aims[aim.aim] = aim
    yield from found


# --- targets -------------------------------------------------------------------------------------------


def result_of(delivery: Delivery) -> dict[str, object]:
    """Status, achieved date and closing date of the target that an aim is.

    An aim that ended in a break goes on, whatever its outcome says; so does one that is complete while its
    outcome isn't known. One that was withdrawn from without an outcome is withdrawn.
    """
    status = TargetStatus.IN_PROGRESS
    if delivery.completion in (COMPLETED, WITHDRAWN):
        if delivery.outcome == ACHIEVED:
            status = TargetStatus.ACHIEVED
        elif delivery.outcome in (PARTLY_ACHIEVED, NOT_ACHIEVED):
            status = TargetStatus.NOT_ACHIEVED
        elif delivery.completion == WITHDRAWN:
            status = TargetStatus.WITHDRAWN
    closed_on = delivery.ended_on if status in rules.CLOSED_STATUSES else None
    return {
        "status": status,
        "achieved_on": closed_on if status == TargetStatus.ACHIEVED else None,
        "closed_on": closed_on,
    }


def year_name(year: int) -> str:
    """2024 → 2024/25."""
    return f"{year}/{(year + 1) % 100:02}"
