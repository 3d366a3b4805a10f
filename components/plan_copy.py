"""A whole plan for paper, A4, and as files to take along."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from components import words
from components.agreement import PARTIES, change_words
from components.destination import KINDS as OPTION_KINDS
from components.destination import MET
from components.drawing import render
from components.experiences import KINDS as EXPERIENCE_KINDS
from components.people_of_plan import KINDS as PERSON_KINDS
from components.people_of_plan import person_may
from components.phases import ASPECTS, READINESS
from components.phases import KINDS as TRANSITION_KINDS
from components.phases import STATUSES as TRANSITION_STATUSES
from components.programme_check import decided
from components.reflections import PROMPTS
from components.review_pack import GOING
from components.review_page import CHOICES
from components.route_entries import state_word
from components.starting_point import OWN_WORDS, RATINGS
from components.support_page import BARRIER_KINDS, LINKED_PLAN_KINDS
from components.target_page import IDEA_WORDS, LINKS, MOVES
from data.models import DraftKind, Side
from data.plan_copy import PlanCopy, plain
from data.rules import TargetState

STYLES = Path(__file__).parents[1] / "assets" / "plan_copy.css"
MARKS = {
    TargetState.ACHIEVED: "✓",
    TargetState.IN_PROGRESS: "◐",
    TargetState.DUE_SOON: "◔",
    TargetState.OVERDUE: "◇",
    TargetState.TO_COME: "○",
    TargetState.NOT_ACHIEVED: "✕",
    TargetState.PAUSED: "‖",
    TargetState.WITHDRAWN: "–",
}
"""A shape for each state that needs no file beside the page."""
NOT_COUNTED = (None, TargetState.WITHDRAWN)
SIDES = {Side.LEARNER: "The learner", Side.TUTOR: "The tutor"}
DRAFT_KINDS = {
    DraftKind.START: "Where I start",
    DraftKind.DESTINATION: "Where I want to get",
    DraftKind.ROAD: "My roads",
    DraftKind.STOP: "My stops",
    DraftKind.BREAKDOWN: "What could break down",
}
READ_ME = (
    "This is your plan as it was on {day}. plan.html opens in any browser; plan.json holds the same for other"
    " programs.\nIt is about you: keep it where only you can open it.\n"
)


def plan_print(copy: PlanCopy) -> str:
    """The whole plan as a plain page for A4."""
    return _page(copy, styles="")


def plan_archive(copy: PlanCopy) -> bytes:
    """A zip with the plan as a page that needs no other file, as JSON, and a word on both."""
    files = {
        "plan.html": _page(copy, styles=STYLES.read_text()),
        "plan.json": json.dumps(plain(copy), ensure_ascii=False, indent=2),
        "read-me.txt": READ_ME.format(day=words.day(copy.today)),
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name, copy.today.timetuple()[:6]), content.encode(), ZIP_DEFLATED)
    return packed.getvalue()


def _page(copy: PlanCopy, *, styles: str) -> str:
    counted = [target for target in copy.targets if target.state not in NOT_COUNTED]
    name = copy.head.learner_name
    return render(
        "plan_copy.html",
        title=f"{name}, plan",
        foot=css_string(f"{words.isolated(name)}, plan as at {words.day(copy.today)}"),
        copy=copy,
        head=copy.head,
        styles=styles,
        agreed=len(counted),
        achieved=sum(target.state == TargetState.ACHIEVED for target in counted),
        own_words=[(label, copy.starting_point.own.get(name, "")) for name, label, _ in OWN_WORDS],
        ratings=RATINGS,
        option_kinds={str(kind): label for kind, label in OPTION_KINDS.items()},
        met={str(kind): label for kind, (label, _, _) in MET.items()},
        lanes=[(lane, list(some)) for lane, some in groupby(copy.targets, key=lambda target: target.lane)],
        word=state_word,
        marks=MARKS,
        ideas=IDEA_WORDS,
        link_words=LINKS,
        move_words=MOVES,
        sides=SIDES,
        barrier_kinds={str(kind): label for kind, label in BARRIER_KINDS.items()},
        linked_kinds={str(kind): label for kind, label in LINKED_PLAN_KINDS.items()},
        aspects=ASPECTS,
        readiness={level: label for level, (label, _, _) in READINESS.items()},
        transition_kinds={str(kind): label for kind, label in TRANSITION_KINDS.items()},
        transition_statuses={str(kind): label for kind, (label, _, _) in TRANSITION_STATUSES.items()},
        draft=[(label, some) for kind, label in DRAFT_KINDS.items() if (some := copy.draft.of(kind))],
        roads={lane.id: lane.label for lane in copy.draft.lanes},
        experience_kinds={str(kind): label for kind, label in EXPERIENCE_KINDS.items()},
        prompts=[(name, mine) for name, mine, _ in PROMPTS],
        own_rules=[(one.kind, one) for one in copy.next_review.own_kinds],
        going={kind: label for kind, (label, _) in GOING.items()},
        choices={choice: label for choice, (_, label, _) in CHOICES.items()},
        people=[(one, person_may(one)) for one in copy.people.people],
        person_kinds=PERSON_KINDS,
        parties=PARTIES,
        decided=decided,
        changes=[(change, change_words(change)) for change in copy.contract.changes],
    )


def css_string(text: str) -> str:
    """The text as a string of CSS: each character that isn't plain is escaped, so that none ends it."""
    plain_text = "".join(
        one if one.isascii() and (one.isalnum() or one in " .,") else f"\\{ord(one):06x} " for one in text
    )
    return f'"{plain_text}"'
