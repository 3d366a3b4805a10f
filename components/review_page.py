"""The page of one review: held with what to decide beside what is known, afterwards as it was signed; and
the page of a plan's reviews."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components import ids, shell
from components.attributes import attributes
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.programme_check import CHOICES as CHOICES_OF_CHECK
from components.programme_check import decided, state_sentence
from data.models import Choice, Colour, Party
from data.review_pack import ReviewPack
from data.review_sheet import ReviewSheet, ReviewsOfPlan
from data.tutors_part import TutorsPart

REVIEW_FORM = "review-form"
TUTORS_PART = "tutors-part"
REVIEWS = "reviews-of-plan"
PARTIES = {
    Party.LEARNER: "Learner",
    Party.TUTOR: "Tutor",
    Party.EMPLOYER: "Employer",
    Party.PARENT: "Parent or carer",
    Party.AGENCY: "Agency",
}
CHOICES = {
    # choice: (what is chosen, as it reads afterwards, shape)
    Choice.ACHIEVED: ("Achieved", "Achieved", "check-circle-fill"),
    Choice.KEEP: ("Keep", "Kept as it is", "circle-half"),
    Choice.MOVE: ("Move", "Moved", "calendar-event"),
    Choice.CHANGE: ("Change", "Changed", "pencil"),
    Choice.WITHDRAW: ("Withdraw", "Withdrawn", "slash-circle"),
}
COLOURS = {
    Colour.GREEN: ("Green", "check-circle-fill"),
    Colour.AMBER: ("Amber", "exclamation-triangle-fill"),
    Colour.RED: ("Red", "exclamation-diamond-fill"),
}


def review_page(sheet: ReviewSheet, pack: ReviewPack | None) -> list[Any]:
    """All that stands in the main part of the page: of this learner alone, since both look at it."""
    head = sheet.head
    given = head.learner_name.split()[0]
    holds = sheet.may_decide and sheet.completed is None and not head.own
    title = f"My {sheet.kind.lower()}" if head.own else f"{sheet.kind} with {given}"
    return [
        dcc.Store(id=ids.REVIEW_FORM, data={"form": sheet.id}, storage_type="memory"),
        html.Div(
            [
                html.H1(title),
                html.Div(className="gap"),
                *([_tutors_button()] if holds else []),
                dcc.Link(
                    "My reviews" if head.own else "All their reviews",
                    href=plan_address(head, "reviews"),
                    className="button",
                ),
            ],
            className="page-head review-head",
        ),
        *([drawing(TUTORS_PART, "")] if holds else []),
        drawing(REVIEW_FORM, review_markup(sheet, pack), view=REVIEW_FORM),
    ]


def _tutors_button() -> html.Button:
    return html.Button(
        tutors_button_label(shown=False),
        id=ids.TUTORS_PART,
        type="button",
        n_clicks=0,
        className="button",
        **attributes(aria_expanded="false"),
    )


def tutors_button_label(*, shown: bool) -> list[Any]:
    """The button by which whoever holds the review asks for what is for them only, or hides it."""
    words = "Hide what is for me only" if shown else "Show what is for me only"
    return [shell.icon("eye-slash" if shown else "eye"), words]


def tutors_part(part: TutorsPart, given: str) -> str:
    """What is for who holds the review only; it is on the screen because they asked for it."""
    return render("review_tutors_part.html", part=part, given=given)


def review_markup(sheet: ReviewSheet, pack: ReviewPack | None) -> str:
    """The drawing: the form while the review is held, what it came to afterwards."""
    return render(
        "review_locked.html" if sheet.completed else "review_form.html",
        sheet=sheet,
        pack=pack,
        own=sheet.head.own,
        given=sheet.head.learner_name.split()[0],
        choices=CHOICES,
        colours=COLOURS,
        parties=PARTIES,
        lanes=[(lane.id, lane.label) for lane in sheet.lanes],
        lines_of=lines_of,
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def reviews_page(found: ReviewsOfPlan) -> list[Any]:
    """All that stands in the main part of the page of a plan's reviews."""
    return plan_frame(found.head, "reviews", [drawing(REVIEWS, reviews_markup(found), view=REVIEWS)])


def reviews_markup(found: ReviewsOfPlan) -> str:
    usual = next((kind for kind in found.kinds if kind.key == "progress"), None)
    return render(
        "reviews_of_plan.html",
        found=found,
        head=found.head,
        own=found.head.own,
        when_and_why=plan_address(found.head, "next-review"),
        given=found.head.learner_name.split()[0],
        kinds=[(kind.id, kind.name) for kind in found.kinds],
        usual=usual.id if usual else "",
        check_sentence=state_sentence(found.check),
        decided=decided,
        check_choices=[(key.value, label) for key, label in CHOICES_OF_CHECK.items()],
        script=plan_address(found.head, "script"),
        parties=PARTIES,
    )
