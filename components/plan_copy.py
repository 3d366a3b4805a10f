"""A whole plan for paper, A4, and as files to take along."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from components import words
from components.agreement import PARTIES
from components.destination import KINDS as OPTION_KINDS
from components.destination import MET
from components.drawing import render
from components.experiences import KINDS as EXPERIENCE_KINDS
from components.phases import KINDS as TRANSITION_KINDS
from components.phases import STATUSES as TRANSITION_STATUSES
from components.reflections import PROMPTS
from components.route_entries import state_icon, state_word
from components.starting_point import ASSESSMENT_KINDS, ATTAINMENT_KINDS, OWN_WORDS, RATINGS
from components.support_page import BARRIER_KINDS, LINKED_PLAN_KINDS
from data.plan_copy import PlanCopy, plain

STYLES = Path(__file__).parents[1] / "assets" / "plan_copy.css"
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
    return render(
        "plan_copy.html",
        title=f"{copy.head.learner_name}, plan",
        copy=copy,
        head=copy.head,
        styles=styles,
        own_words=[(label, copy.starting_point.own.get(name, "")) for name, label, _ in OWN_WORDS],
        attainment_kinds={kind.value: one for kind, (one, _) in ATTAINMENT_KINDS.items()},
        assessment_kinds={kind.value: label for kind, label in ASSESSMENT_KINDS.items()},
        ratings=RATINGS,
        option_kinds={str(kind): label for kind, label in OPTION_KINDS.items()},
        met={str(kind): label for kind, label in MET.items()},
        lanes=[(lane, list(some)) for lane, some in groupby(copy.targets, key=lambda target: target.lane)],
        word=state_word,
        icon=state_icon,
        barrier_kinds={str(kind): label for kind, label in BARRIER_KINDS.items()},
        linked_kinds={str(kind): label for kind, label in LINKED_PLAN_KINDS.items()},
        transition_kinds={str(kind): label for kind, label in TRANSITION_KINDS.items()},
        transition_statuses={str(kind): label for kind, label in TRANSITION_STATUSES.items()},
        experience_kinds={str(kind): label for kind, label in EXPERIENCE_KINDS.items()},
        prompts=[(name, mine) for name, mine, _ in PROMPTS],
        parties=PARTIES,
    )
