"""What a college begins with: its roles, lanes, kinds of review and the rule for them, all as data."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.errors import Refused
from data.first_prompts import add_first_prompts
from data.models import (
    Department,
    Lane,
    Organisation,
    PhaseSet,
    PhaseSetPhase,
    Reach,
    ReviewKind,
    ReviewRuleVersion,
    Role,
    Skill,
    Writes,
)
from data.rules import FROM_THE_START, PRESETS

ROLES = (
    ("administrator", "administrator", Reach.ORGANISATION, Writes.PLANS, 1),
    ("head-of-department", "head of department", Reach.DEPARTMENT, Writes.PLANS, 2),
    ("tutor", "tutor", Reach.CASELOAD, Writes.PLANS, 3),
    ("teacher", "teacher", Reach.TEACHING_GROUPS, Writes.NOTHING, 1),
    ("learning-support-lead", "learning-support lead", Reach.ORGANISATION, Writes.SUPPORT, 4),
    ("quality-lead", "quality lead", Reach.ORGANISATION, Writes.NOTHING, 1),
    ("learner", "learner", Reach.OWN_PLAN, Writes.OWN_NOTES, 4),
)
LEARNING_SKILLS = (
    ("Plan my time", "I know what is due and begin early enough."),
    ("Ask for help in time", "I say when I’m stuck before it is late."),
    ("Take notes that I can use", "I find again what was said, in my own words."),
    ("Read longer texts", "I get what a brief or a chapter asks of me."),
    ("Write clearly", "Others understand what I write the first time."),
    ("Work with numbers", "I can do the sums that my course needs and check them."),
    ("Work in a team", "I do my part, listen, and say what I think."),
    ("Keep going when it gets hard", "I try another way before I give up."),
)
LANES = (("academic", "Qualification"), ("career", "Career"), ("personal", "Personal growth"))
REVIEW_KINDS = (
    ("initial", "Initial review"),
    ("progress", "Progress review"),
    ("transition", "Transition review"),
    ("exit", "Exit review"),
    ("support", "Support review"),
)
FIRST_RULE = PRESETS["every 6 weeks"]
PHASES = ("Induction", "Foundation", "Progression", "Transition")
FOUR_PHASES = tuple(zip(PHASES, (6, None, None, 6), strict=True))
PHASE_SETS = (
    # name, its phases with their weeks; phases without weeks share what is left
    ("Four phases", FOUR_PHASES),
    ("Three terms", (("Autumn", None), ("Spring", None), ("Summer", None))),
    ("Apprenticeship", (("Onboarding", 6), ("On programme", None), ("Gateway", 12), ("End-point", 12))),
)
"""Sets of phases: Youthreach's four, and two that other programmes use."""


def add_roles(session: Session) -> None:
    """The seven roles, where they aren't there yet."""
    known = set(session.scalars(select(Role.name)))
    for name, label, reach, writes, confidentiality in ROLES:
        if name not in known:
            session.add(
                Role(
                    name=name,
                    label=label,
                    reach=reach,
                    writes=writes,
                    reads_confidentiality=confidentiality,
                )
            )


def add_organisation(session: Session, name: str, *, demo_today: date | None = None) -> Organisation:
    """A new organisation with lanes, kinds of review, and a review every six weeks, closed weeks apart."""
    add_roles(session)
    organisation = Organisation(name=name, demo_today=demo_today)
    session.add(organisation)
    session.flush()
    for position, (key, label) in enumerate(LANES):
        session.add(Lane(organisation_id=organisation.id, key=key, label=label, position=position))
    for position, (name_of_skill, meaning) in enumerate(LEARNING_SKILLS):
        session.add(
            Skill(organisation_id=organisation.id, position=position, name=name_of_skill, meaning=meaning)
        )
    _add_phase_sets(session, organisation)
    for position, (key, label) in enumerate(REVIEW_KINDS):
        kind = ReviewKind(organisation_id=organisation.id, key=key, name=label, position=position)
        session.add(kind)
        if key == "progress":
            session.flush()
            session.add(
                ReviewRuleVersion(
                    kind_id=kind.id,
                    from_on=FROM_THE_START,
                    unit=FIRST_RULE.unit,
                    amount=FIRST_RULE.amount,
                    closures_stop_clock=FIRST_RULE.closures_stop_clock,
                )
            )
    session.flush()
    add_first_prompts(session, organisation)
    return organisation


def _add_phase_sets(session: Session, organisation: Organisation) -> None:
    """The first phase of each asks for no judgement of preparedness at its end: it is too early for one."""
    for number, (name, phases) in enumerate(PHASE_SETS, 1):
        made = PhaseSet(organisation_id=organisation.id, name=name, position=number)
        session.add(made)
        session.flush()
        session.add_all(
            PhaseSetPhase(
                phase_set_id=made.id, position=at, name=phase, weeks=weeks, asks_preparedness=at > 1
            )
            for at, (phase, weeks) in enumerate(phases, 1)
        )


def the_organisation(session: Session, *, name_if_new: str = "Our college") -> Organisation:
    """The database's one organisation, made where there is none.

    Raises Refused where there are several.
    """
    found = session.scalars(select(Organisation).limit(2)).all()
    if len(found) > 1:
        raise Refused("This database holds several organisations; an import needs one of its own.")
    return found[0] if found else add_organisation(session, name_if_new)


def department_named(session: Session, organisation: Organisation, name: str) -> Department:
    """The department of that name, made where there is none."""
    found = session.scalar(
        select(Department).where(Department.organisation_id == organisation.id, Department.name == name)
    )
    if found is None:
        found = Department(organisation_id=organisation.id, name=name)
        session.add(found)
        session.flush()
    return found


def lane_ids(session: Session, organisation_id: int) -> dict[str, int]:
    """{lane key: id}."""
    rows = session.execute(select(Lane.key, Lane.id).where(Lane.organisation_id == organisation_id))
    return {key: lane_id for key, lane_id in rows}
