"""The people around a plan: who at the college reads it, who else has to do with it, what guests wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dash import html

from components import words
from components.drawing import drawing, render
from components.plan_frame import plan_frame
from components.tutors import in_words
from data.models import Access, PersonKind, Writes
from data.people_of_plan import PeopleOfPlan, PersonLine, StaffLine
from data.rules_of_age import FULL_AGE, Basis

PEOPLE = "people"
KINDS = {
    PersonKind.PARENT: "Parent or carer",
    PersonKind.EMPLOYER: "Employer",
    PersonKind.AGENCY: "Agency",
    PersonKind.PEER: "Another learner",
    PersonKind.SUPPORT_STAFF: "Support staff",
}
ACCESS = {
    Access.NOTHING: "Named here only: no link",
    Access.READ: "Read the plan by a link",
    Access.COMMENT: "Read and comment by a link",
    Access.JUDGE: "Judge success criteria by a link, and read nothing else",
}
USUAL_LINK = timedelta(days=90)
LOOKS_LISTED = 10


def people_page(people: PeopleOfPlan) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(
        people.head, "people", [html.Div(drawing(PEOPLE, people_of_plan(people)), className="people-page")]
    )


def people_of_plan(people: PeopleOfPlan, *, link: str = "", link_of: int | None = None) -> str:
    """The page's one drawing; `link` is the address of a link just made for the person `link_of`, which is
    shown this once."""
    own = people.head.own
    return render(
        "people_of_plan.html",
        page=people,
        own=own,
        name="you" if own else people.head.learner_name,
        staff=[(line, _may(line)) for line in people.staff],
        stand_ins=[in_words(one) for one in people.stand_ins],
        people=[_shown(person, people, link if person.id == link_of else "") for person in people.people],
        kinds=[(kind.value, label) for kind, label in KINDS.items()],
        accesses=[(access.value, label) for access, label in ACCESS.items()],
        age=_age(people) if people.sees_personal else "",
        until=min(people.today + USUAL_LINK, people.today + timedelta(days=people.longest_link)),
        kind_word=KINDS,
    )


def _may(line: StaffLine) -> str:
    """What a role may see and do, in words."""
    does = {
        Writes.PLANS.value: "reads and writes the plan",
        Writes.SUPPORT.value: "reads the plan and writes its supports",
    }.get(line.writes, "reads the plan")
    level = line.reads_confidentiality
    if level == 0:
        return f"{does}, but no supports or barriers"
    return f"{does}; supports and barriers of {'every level' if level == 4 else _levels(level)}"


def _levels(level: int) -> str:
    return "level 1 (open to all who read the plan)" if level == 1 else f"levels 1 to {level}"


def _shown(person: PersonLine, people: PeopleOfPlan, new_link: str) -> dict[str, Any]:
    """A person with the words for what they may, why, and their link."""
    linkable = person.kind != PersonKind.SUPPORT_STAFF
    return {
        "line": person,
        "kind": KINDS[person.kind],
        "may": person_may(person),
        "consent": _consent(person, people) if linkable and people.sees_personal else None,
        "link": _link(person, people),
        "new_link": new_link,
        "may_consent": people.may_consent and linkable,
        "may_invite": people.may_arrange
        and linkable
        and person.basis is not None
        and person.access != Access.NOTHING,
        "looks": [words.moment(look) for look in person.looks[:LOOKS_LISTED]],
    }


def person_may(person: PersonLine) -> str:
    """What somebody around a plan may see and do of it."""
    if person.kind == PersonKind.SUPPORT_STAFF:
        return "Works with the learner; reads plans by signing in, as their role allows."
    return {
        Access.NOTHING: "Named here only: is not shown the plan.",
        Access.READ: "May read this plan by a link: the map, the targets and attendance, but nothing"
        " confidential.",
        Access.COMMENT: "May read this plan and comment on it by a link: the map, the targets and"
        " attendance, but nothing confidential.",
        Access.JUDGE: "May judge the success criteria of open targets by a link; sees their titles and"
        " criteria, and nothing else of the plan.",
    }[person.access]


def _consent(person: PersonLine, people: PeopleOfPlan) -> tuple[str, str, str]:
    """(state for its colour, icon, words) of whether somebody may be shown the plan, and why."""
    learner = "you" if people.head.own else people.head.learner_name
    if person.withdrawn_on and person.consent_in_person:
        day = words.day(person.withdrawn_on)
        return "withdrawn", "slash-circle", f"Consent withdrawn {day}, recorded by {person.consent_by}"
    if person.withdrawn_on:
        return "withdrawn", "slash-circle", f"Consent withdrawn {words.day(person.withdrawn_on)}"
    if person.consented_on:
        how = f"in person, recorded by {person.consent_by}" if person.consent_in_person else f"by {learner}"
        return "achieved", "check-circle-fill", f"Consent given {words.day(person.consented_on)}, {how}"
    if person.basis == Basis.COLLEGE_RULE:
        until = words.day(people.full_age_on)
        return "in-progress", "info-circle", f"By the college’s rule until the 18th birthday, {until}"
    return "due-soon", "question-circle", "No consent yet: is not shown the plan"


def _link(person: PersonLine, people: PeopleOfPlan) -> str:
    link = person.link
    if link is None:
        return ""
    if link.works:
        last = (
            f"opened {words.times(link.opened)}, last {words.moment(person.looks[0])}" if link.opened else ""
        )
        return f"Link works until {words.day(link.expires_on)}; {last or 'not opened yet'}"
    if link.revoked:
        return "The last link was revoked"
    if link.expires_on < people.today:
        return f"The last link ended on {words.day(link.expires_on)}"
    return "The link doesn’t work while nothing allows it"


def _age(people: PeopleOfPlan) -> str:
    """The rule of data/rules_of_age.py, as it stands for this learner."""
    own, name = people.head.own, "You" if people.head.own else people.head.learner_name
    they_are = "You are" if own else f"{name} is"
    decides = f"{name} {'decide' if own else 'decides'} who is shown this plan, and can take that back."
    if people.born_on is None:
        return f"No date of birth is known here, and so the rule for adults holds. {decides}"
    if not people.minor:
        return f"{they_are} {FULL_AGE} or older. {decides}"
    if not people.parents_of_minors:
        return f"{they_are} under {FULL_AGE}. This college asks for consent at any age. {decides}"
    until = words.day(people.full_age_on)
    return (
        f"{they_are} under {FULL_AGE} until {until}. Until then a parent or carer may be shown the plan by"
        f" the college’s own rule, unless {'you say' if own else f'{name} says'} no; an employer or an agency"
        f" only with {'your' if own else 'the learner’s'} consent. From then on everybody needs it: a link"
        " without consent stops."
    )
