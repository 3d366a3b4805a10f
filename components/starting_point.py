"""The page of the starting point: what the learner brings, assessments, own words, the individual balance."""

from __future__ import annotations

from typing import Any

from dash import html

from components import shell, words
from components.drawing import drawing, render
from components.plan_frame import PLAN_TABS, plan_address, plan_frame
from data.balance import IndividualBalance
from data.models import AssessmentKind, AttainmentKind
from data.plan_head import PlanHead
from data.starting_point import StartingPoint

START, BALANCE = "starting-point", "balance"
DRAWINGS = (START, BALANCE)
"""The drawings that are redrawn after a save, in the order of `drawn`."""

ATTAINMENT_KINDS = {
    AttainmentKind.QUALIFICATION: ("Qualification", "Qualifications"),
    AttainmentKind.EXPERIENCE: ("Experience", "Experience"),
}
ASSESSMENT_KINDS = {
    AssessmentKind.INITIAL: "Initial assessment",
    AssessmentKind.DIAGNOSTIC: "Diagnostic assessment",
}
OWN_WORDS = (
    # name, label, what it asks the learner
    ("strengths", "Strengths", "What do people come to you for?"),
    ("interests", "Interests", "What do you do when nobody tells you to?"),
    ("ways_of_working", "How I work best", "Alone or with others, by hand, out loud, morning or evening …"),
    ("languages", "Languages", "Which do you speak, read and write?"),
    ("background", "What else you should know", "Only what you want known; you can take it out again."),
)
RATINGS = {1: "New to me", 2: "With help", 3: "On my own", 4: "Can show others"}


def starting_point_page(start: StartingPoint, balance: IndividualBalance) -> list[Any]:
    """All that stands in the main part of the page."""
    start_markup, balance_markup = drawn(start, balance)
    return plan_frame(
        start.head,
        "start",
        [
            drawing(START, start_markup, view="starting-point"),
            html.Section(
                drawing(BALANCE, balance_markup, view="balance"),
                className="card balance-card",
            ),
        ]
        if start.head.written
        else [no_plan(start.head)],
    )


def drawn(start: StartingPoint, balance: IndividualBalance) -> tuple[str, str]:
    """The markup of each of `DRAWINGS`."""
    return starting_point(start), balance_picture(balance)


def starting_point(start: StartingPoint) -> str:
    head = start.head
    tabs = {key for key, *_ in PLAN_TABS}
    return render(
        "starting_point.html",
        start=start,
        own=head.own,
        given=given_name(head),
        written=[(name, label, start.own[name]) for name, label, _ in OWN_WORDS if start.own[name]],
        prompts=OWN_WORDS,
        kinds=[(kind.value, one) for kind, (one, _) in ATTAINMENT_KINDS.items()],
        plural={kind.value: many for kind, (_, many) in ATTAINMENT_KINDS.items()},
        assessment_kinds=[(kind.value, label) for kind, label in ASSESSMENT_KINDS.items()],
        assessment_words={kind.value: label for kind, label in ASSESSMENT_KINDS.items()},
        answers=[
            *((f"target-{one.id}", f"Target: {one.label}") for one in start.choices.targets),
            *((f"support-{one.id}", f"Support: {one.label}") for one in start.choices.supports),
        ],
        lanes=[(one.id, one.label) for one in start.choices.lanes],
        support_address=plan_address(head, "support") if "support" in tabs else "",
        target_address=lambda target_id: f"{plan_address(head)}&target={target_id}",
    )


def balance_picture(balance: IndividualBalance) -> str:
    """The before-and-now picture, with the forms of who may rate."""
    return render(
        "balance.html",
        balance=balance,
        own=balance.head.own,
        given=given_name(balance.head),
        summary=_summary(balance),
        parts=(
            ("The programme’s skills", [one for one in balance.rated if one.of_programme]),
            ("Learning skills", [one for one in balance.rated if not one.of_programme]),
        ),
        ratings=list(RATINGS.items()),
        rating_words=RATINGS,
        place=lambda rating: 30 + 60 * (rating - 1),
    )


def _summary(balance: IndividualBalance) -> str:
    if not balance.rated_on:
        return "Rated by the tutor so far."
    first, last = balance.rated_on[0], balance.rated_on[-1]
    if first == last:
        return f"Rated once, {words.day(first)}; the next time shows the way between."
    further = sum(skill.gained > 0 for skill in balance.rated)
    compared = sum(skill.before is not None for skill in balance.rated)
    return (
        f"First {words.day(first)}, last {words.day(last)}:"
        f" further in {further} of {words.count(compared, 'skill')} rated twice."
    )


def given_name(head: PlanHead) -> str:
    """What the pages call the learner."""
    return head.learner_name.split(" ")[0]


def no_plan(head: PlanHead) -> html.Div:
    return shell.message(
        "No plan has been written yet",
        "Your tutor writes it with you at your first review."
        if head.own
        else "Import the plan with the learner’s targets, or begin it on the route’s page.",
        link=(plan_address(head), "Go to the route"),
    )
