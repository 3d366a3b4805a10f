"""Sets of phases: what they are made of, and the days on which the phases of a plan begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import LONGEST_LINE, Typed
from data.models import Organisation, PhaseSet, PhaseSetPhase, Reach, Writes
from data.saved import Saved
from data.scope import Viewer

ONE_PHASE_UNDER_DAYS = 28
UNKNOWN_LENGTH = timedelta(days=364)
"""How long a plan without a planned end is taken to run, for its phases only."""
SHORTEST_SHARE = 6
"""A phase of so many weeks takes no more than a sixth of a short plan."""
MOST_PHASES = 12


@dataclass(frozen=True, slots=True)
class SetPhase:
    """A phase as a set or a template has it; without `weeks` it shares what the others leave."""

    name: str
    weeks: int | None = None
    demands_review: bool = True
    asks_preparedness: bool = True


@dataclass(frozen=True, slots=True)
class SetOfPhases:
    id: int
    name: str
    version: int
    phases: tuple[SetPhase, ...]


@dataclass(frozen=True, slots=True)
class DatedPhase:
    phase: SetPhase
    starts_on: date
    ends_on: date


def dated(phases: Sequence[SetPhase], starts_on: date, planned_end_on: date | None) -> list[DatedPhase]:
    """The phases one after another from the start to the planned end. A plan under four weeks has one: the
    first that shares what the others leave, else the first."""
    ends_on = max(starts_on, planned_end_on or starts_on + UNKNOWN_LENGTH)
    days = (ends_on - starts_on).days + 1
    if days < ONE_PHASE_UNDER_DAYS:
        only = next((phase for phase in phases if phase.weeks is None), phases[0])
        return [DatedPhase(only, starts_on, ends_on)]
    begins = [0]
    for length in _lengths(phases, days):
        begins.append(begins[-1] + length)
    begins[-1] = days
    return [
        DatedPhase(phase, starts_on + timedelta(begins[at]), starts_on + timedelta(begins[at + 1] - 1))
        for at, phase in enumerate(phases)
    ]


def _lengths(phases: Sequence[SetPhase], days: int) -> list[int]:
    """Days of each phase; what an even share leaves over goes to the last of those that share."""
    most = days // max(SHORTEST_SHARE, len(phases))
    fixed = [min(phase.weeks * 7, most) if phase.weeks else 0 for phase in phases]
    sharing = [at for at, phase in enumerate(phases) if phase.weeks is None]
    left = days - sum(fixed)
    for number, at in enumerate(sharing, 1):
        share = left // (len(sharing) - number + 1)
        fixed[at], left = share, left - share
    return fixed


def phase_sets(session: Session, viewer: Viewer) -> list[SetOfPhases]:
    """The sets of the viewer's organisation, in order, for who writes plans or reads them."""
    if not viewer.grants:
        return []
    rows = session.execute(
        select(PhaseSet, PhaseSetPhase)
        .join(PhaseSetPhase, PhaseSetPhase.phase_set_id == PhaseSet.id)
        .where(PhaseSet.organisation_id == viewer.organisation_id)
        .order_by(PhaseSet.position, PhaseSet.id, PhaseSetPhase.position)
    ).all()
    found: dict[int, tuple[PhaseSet, list[SetPhase]]] = {}
    for one, phase in rows:
        found.setdefault(one.id, (one, []))[1].append(
            SetPhase(phase.name, phase.weeks, phase.demands_review, phase.asks_preparedness)
        )
    return [SetOfPhases(one.id, one.name, one.version, tuple(phases)) for one, phases in found.values()]


def phases_of_set(session: Session, viewer: Viewer, set_id: int | None) -> tuple[SetPhase, ...]:
    """The phases of one of the viewer's sets; NotFound where it is none of theirs."""
    for one in phase_sets(session, viewer):
        if one.id == set_id:
            return one.phases
    raise NotFound


def may_write_sets(viewer: Viewer) -> bool:
    """Sets belong to the whole college, so who writes plans everywhere in it writes them."""
    return any(g.reach == Reach.ORGANISATION and g.writes == Writes.PLANS for g in viewer.grants)


def save_set(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Add a set of phases or change one: its name, and a phase a line as “Induction, 6 weeks”.

    Plans and templates made from it stay as they are. A line ends with “no review” or “no judgement” where
    the end of its phase asks for none.
    """
    if not may_write_sets(viewer):
        raise NotFound
    set_id = typed.id_or_none("phase_set")
    name = typed.line("name", required="Please name the set.")
    phases = phases_typed(typed)
    one = _set_to_change(session, viewer, typed, set_id) if set_id else _new_set(session, viewer)
    _refuse_same_name(session, viewer, name, set_id)
    one.name, one.version = name, (one.version or 0) + 1
    session.add(one)
    session.flush()
    session.execute(delete(PhaseSetPhase).where(PhaseSetPhase.phase_set_id == one.id))
    session.add_all(
        PhaseSetPhase(
            phase_set_id=one.id,
            position=at,
            name=phase.name,
            weeks=phase.weeks,
            demands_review=phase.demands_review,
            asks_preparedness=phase.asks_preparedness,
        )
        for at, phase in enumerate(phases, 1)
    )
    session.flush()
    return Saved(f"The phases “{name}” are saved.", "phase-set", id=one.id, version=one.version)


def _set_to_change(session: Session, viewer: Viewer, typed: Typed, set_id: int) -> PhaseSet:
    found = session.scalar(
        select(PhaseSet)
        .where(PhaseSet.id == set_id, PhaseSet.organisation_id == viewer.organisation_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    if found.version != typed.version():
        phases = phases_of_set(session, viewer, set_id)
        raise ChangedElsewhere(found.version, {"name": found.name, "phases": in_lines(phases)}, "")
    return found


def _new_set(session: Session, viewer: Viewer) -> PhaseSet:
    # The same lock as an import takes, so that two new sets get two positions.
    session.scalar(select(Organisation.id).where(Organisation.id == viewer.organisation_id).with_for_update())
    last = session.scalars(
        select(PhaseSet.position)
        .where(PhaseSet.organisation_id == viewer.organisation_id)
        .order_by(PhaseSet.position.desc())
    ).first()
    return PhaseSet(organisation_id=viewer.organisation_id, position=(last or 0) + 1, version=0)


def _refuse_same_name(session: Session, viewer: Viewer, name: str, set_id: int | None) -> None:
    with session.no_autoflush:
        taken = session.scalar(
            select(PhaseSet.id).where(
                PhaseSet.organisation_id == viewer.organisation_id, PhaseSet.name == name
            )
        )
    if taken is not None and taken != set_id:
        raise Refused("There is a set of that name already. Please choose another name.", "name")


def phases_typed(typed: Typed) -> list[SetPhase]:
    """The phases of a text with one a line; Refused where there are none, too many, or one can't be read."""
    lines = [
        line for line in typed.text("phases", required="Please name the phases.").splitlines() if line.strip()
    ]
    if len(lines) > MOST_PHASES:
        raise Refused(f"Please keep to {MOST_PHASES} phases at most.", "phases")
    phases = [_phase_of_line(line) for line in lines]
    names = [phase.name.casefold() for phase in phases]
    if len(set(names)) < len(names):
        raise Refused("Each phase needs a name of its own.", "phases")
    return phases


def _phase_of_line(line: str) -> SetPhase:
    name, *notes = (part.strip() for part in line.split(","))
    weeks, review, judgement = None, True, True
    for note in notes:
        folded = note.casefold()
        if folded == "no review":
            review = False
        elif folded == "no judgement":
            judgement = False
        else:
            weeks = _weeks_of(folded, line)
    if not name or len(name) > LONGEST_LINE:
        raise Refused(f"Each line begins with the name of a phase, “{line.strip()[:60]}” doesn’t.", "phases")
    return SetPhase(name, weeks, review, judgement)


def _weeks_of(note: str, line: str) -> int:
    digits = note.removesuffix("weeks").removesuffix("week").strip()
    if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:4]) <= 520):
        raise Refused(
            f"“{line.strip()[:60]}”: after the name a comma and “6 weeks”, “no review” or “no judgement”"
            " can follow.",
            "phases",
        )
    return int(digits)


def in_lines(phases: Sequence[SetPhase]) -> str:
    """The phases as they are typed, one a line."""
    return "\n".join(
        ", ".join(
            [
                phase.name,
                *([f"{phase.weeks} weeks"] if phase.weeks else []),
                *([] if phase.demands_review else ["no review"]),
                *([] if phase.asks_preparedness else ["no judgement"]),
            ]
        )
        for phase in phases
    )
