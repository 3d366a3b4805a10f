"""A target's own page: everything about it, and every form to change it, in one drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from dash import dcc

from components import ids, words
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.route_entries import state_icon, state_word
from components.target_form import STATUSES, change_in_words
from components.wording_help import wording_help
from data import file_types
from data.form_values import LONGEST_REASON
from data.models import EvidenceKind, IdeaOf, Judged, LinkKind, Move, Priority, Side
from data.negotiations import MoveLine
from data.plan_head import PlanHead
from data.target_detail import LaneChoice
from data.target_page import TargetPage
from data.wording import Letters

TARGET_PAGE = "target-page"
"""The drawing."""
PRIORITIES = {Priority.HIGH: "High priority", Priority.MEDIUM: "Medium", Priority.LOW: "Low priority"}
IDEAS = {
    IdeaOf.LEARNER: "The learner’s",
    IdeaOf.TUTOR: "The tutor’s",
    IdeaOf.BOTH: "Both together",
    IdeaOf.OTHER: "Somebody else’s",
}
IDEA_WORDS = {
    IdeaOf.LEARNER: "It was the learner’s idea.",
    IdeaOf.TUTOR: "It was the tutor’s idea.",
    IdeaOf.BOTH: "They had the idea together.",
    IdeaOf.OTHER: "It was somebody else’s idea.",
}
LINKS = {
    LinkKind.NEED: "Need",
    LinkKind.GOAL: "Goal",
    LinkKind.UNIT: "Unit",
    LinkKind.SKILL: "Skill",
}
MOVES = {
    Move.PROPOSED: "proposed it",
    Move.AMENDED: "amended it",
    Move.AGREED: "agreed",
    Move.DECLINED: "withdrew it",
}
EVIDENCE_ICONS = {
    EvidenceKind.NOTE: "pencil",
    EvidenceKind.LINK: "chevron-double-right",
    EvidenceKind.FILE: "download",
}
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Advice:
    """What the settings say for these forms: the letters of the wording help, the largest file in MB, and
    the day from which “soon” is counted."""

    letters: Letters
    largest_mb: int
    today: date


def target_page(page: TargetPage, advice: Advice) -> list[Any]:
    """All that stands in the main part of the page."""
    return plan_frame(
        page.head,
        "",
        [
            dcc.Store(id=ids.TARGET_ON_PAGE, data={"target": page.target.id}, storage_type="memory"),
            drawing(TARGET_PAGE, markup(page, advice), view=TARGET_PAGE),
        ],
    )


def markup(page: TargetPage, advice: Advice) -> str:
    """The drawing; a learner's own speaks to the learner, without red."""
    own = page.head.own
    return render(
        "target_page.html",
        page=page,
        target=page.target,
        own=own,
        word=state_word,
        icon=state_icon,
        names=_names(page),
        turn=_turn(page),
        met=sum(one.judged == Judged.MET for one in page.criteria),
        confirmed=sum(one.confirmed_on is not None for one in page.criteria),
        lanes=lane_options(page.lanes),
        wording=wording_help(advice.letters, page.lanes, advice.today),
        priorities=list(PRIORITIES.items()),
        ideas=list(IDEAS.items()),
        priority_words=PRIORITIES,
        idea=_idea(page),
        link_words=LINKS,
        page_of=lambda key: plan_address(page.head, key),
        move_words=MOVES,
        evidence_icons=EVIDENCE_ICONS,
        statuses=[(status, words.target_word(status)) for status in STATUSES],
        readers=words.readers(own),
        longest_reason=LONGEST_REASON,
        change=change_in_words,
        size=size_in_words,
        host=lambda address: urlsplit(address).hostname or address,
        accept=file_types.ACCEPT,
        kinds=file_types.KINDS_IN_WORDS,
        largest_mb=advice.largest_mb,
    )


def proposal_page(head: PlanHead, lanes: tuple[LaneChoice, ...], advice: Advice) -> list[Any]:
    """The form by which a learner proposes a target to the tutor, or a tutor to the learner."""
    markup = render(
        "propose_target.html",
        head=head,
        own=head.own,
        lanes=lane_options(lanes),
        wording=wording_help(advice.letters, lanes, advice.today),
        priorities=list(PRIORITIES.items()),
        ideas=list(IDEAS.items()),
    )
    return plan_frame(head, "", [drawing("propose-target", markup, view="propose-target")])


def lane_options(lanes: tuple[LaneChoice, ...]) -> list[tuple[int, str]]:
    return [(lane.id, lane.label) for lane in lanes]


def size_in_words(size: int) -> str:
    """512 bytes, 34 kB, 2.4 MB."""
    if size < KILOBYTE:
        return words.count(size, "byte")
    if size < KILOBYTE**2:
        return f"{size / KILOBYTE:.0f} kB"
    return f"{size / KILOBYTE**2:.1f} MB"


def _names(page: TargetPage) -> list[str]:
    """Who proposed it and who agreed: both names stay on it."""
    said = []
    if page.talks.proposed is not None and not page.target.proposed:
        said.append(f"Proposed by {_who(page.talks.proposed)}{', then amended' if page.was_amended else ''}.")
    if page.talks.agreed is not None:
        said.append(f"Agreed by {_who(page.talks.agreed)}.")
    return said


def _idea(page: TargetPage) -> str:
    idea = page.target.idea_of
    if idea is None:
        return ""
    return "It was your idea." if page.head.own and idea == IdeaOf.LEARNER else IDEA_WORDS[idea]


def _who(move: MoveLine) -> str:
    name = move.by or ("the learner" if move.side == Side.LEARNER else "the tutor")
    return f"{words.isolated(name)}, {words.short_day(move.at.date())}"


def _turn(page: TargetPage) -> str:
    """Whose turn it is, above a proposal."""
    if page.side is None:
        return "Proposed, not agreed yet"
    if page.offered_by != page.side:
        return "It is for you to agree or amend" if page.may_agree else "Your tutor will look at this"
    return (
        "It is for your tutor to answer" if page.head.own else f"It is for {page.head.learner_name} to answer"
    )
