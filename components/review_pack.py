"""The review pack: beside a plan's other pages, on one side of A4, and for a whole cohort or week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from components import shell, words
from components.drawing import drawing, render
from components.plan_frame import plan_address, plan_frame
from components.reflections import PROMPTS
from components.route_entries import state_icon, state_word
from data.models import Going
from data.pack_parts import ANSWER, PackTarget, Said
from data.plan_head import PlanHead
from data.prompts import Answer
from data.questions import RULES
from data.review_lines import OwnLine
from data.review_pack import ReviewPack, Slipped
from data.rules import ReviewState, TargetState

PACK, PREPARE = "review-pack", "prepare"
GOING = {
    Going.WELL: ("Going well", "check-circle-fill"),
    Going.MOSTLY: ("Mostly well", "circle-half"),
    Going.HARD: ("Hard at the moment", "exclamation-diamond-fill"),
}
"""{how it goes: (words, icon)}."""
ON_PAPER = {
    "achieved": 6,
    "slipped": 5,
    "new": 5,
    "open": 12,
    "said": 3,
    "lines": 4,
    "supports": 4,
    "actions": 4,
}
DENSE = {
    "achieved": 5,
    "slipped": 4,
    "new": 3,
    "open": 10,
    "said": 2,
    "lines": 3,
    "supports": 3,
    "actions": 3,
}
"""How much of each list stands on paper, and on paper in small print, so that a pack keeps to one side; the
rest is counted."""
CLIPPED, TITLE = 170, 64
"""Characters of a text on paper, and of a title in small print."""
COLUMN, TARGET_COLUMN, LINES_ON_PAPER = 56, 42, 54
"""About how many characters go into a line of half the paper and of a target, and how many lines on it."""
PREPARE_READERS = f"It stands in the pack that your tutor and you look at together. {words.READERS}"
LINE_READERS = "Everyone who works on this plan reads it, the learner too."


def pack_page(
    head: PlanHead,
    pack: ReviewPack,
    *,
    own_line: OwnLine | None,
    may_add_line: bool,
    may_prepare: bool,
    asked: Sequence[Answer] = (),
) -> list[Any]:
    """All that stands in the main part of the page."""
    actions = [
        html.A(
            [shell.icon("printer"), "On one side of A4"],
            href=f"/learner/{head.learner_id}/pack/print?plan={head.id}",
            className="button",
        ),
        html.A(
            [shell.icon("printer"), "Interview script"],
            href=plan_address(head, "script"),
            className="button",
        ),
        *([_hold(head)] if head.may_write_plan else []),
    ]
    return plan_frame(
        head,
        "pack",
        [
            drawing(PREPARE, prepare(head, pack, own_line, may_add_line, may_prepare, asked)),
            drawing(PACK, review_pack(pack, own=head.own), view=PACK),
        ],
        actions=actions,
    )


def _hold(head: PlanHead) -> dcc.Link:
    return dcc.Link(
        [shell.icon("calendar-event"), "Hold the review"],
        href=plan_address(head, "reviews"),
        className="button main",
    )


def without_plan(head: PlanHead, message: Any) -> list[Any]:
    """The page of a learner for whom no plan has been written yet."""
    return plan_frame(head, "pack", [message])


def prepare(
    head: PlanHead,
    pack: ReviewPack,
    own_line: OwnLine | None,
    may_add_line: bool,
    may_prepare: bool,
    asked: Sequence[Answer] = (),
) -> str:
    """The forms of who prepares the review: the learner with what they are `asked`, who teaches or supports
    them; empty for others."""
    if not (may_prepare or may_add_line):
        return ""
    return render(
        "review_prepare.html",
        head=head,
        pack=pack,
        may_prepare=may_prepare,
        may_add_line=may_add_line,
        own_line=own_line,
        asked=asked,
        going=[(key.value, label) for key, (label, _) in GOING.items()],
        prompts=[(name, mine if head.own else theirs) for name, mine, theirs in PROMPTS],
        readers=PREPARE_READERS,
        line_readers=LINE_READERS,
        next_review=next_review(pack),
    )


def review_pack(pack: ReviewPack, *, own: bool = False, paper: bool = False) -> str:
    """One learner's pack as a drawing; on `paper` with boxes to tick and lines to write on."""
    dense = paper and is_dense(pack)
    return render(
        "review_pack.html",
        pack=pack,
        own=own,
        paper=paper,
        kept=_keeping(DENSE if dense else ON_PAPER) if paper else _all,
        clipped=_clipped if paper else str,
        title=_short_title if dense else str,
        slipped_line=slipped_line,
        due_line=due_line,
        said_label=said_label,
        prompts=[(name, mine if own else theirs) for name, mine, theirs in PROMPTS],
        going={key.value: value for key, value in GOING.items()},
        icon=lambda state: state_icon(state, calm=own),
        word=lambda state: state_word(state, calm=own),
        next_review=next_review(pack),
        route=f"/learner/{pack.learner_id}?plan={pack.plan_id}",
        rules=RULES,
    )


def packs_print(packs: Sequence[ReviewPack], title: str, *, back: str, own: bool = False) -> str:
    """A plain page with each pack on its own side of A4; `back` is the address that it was opened from."""
    return render(
        "review_packs_print.html",
        title=title,
        back=back,
        sheets=[(pack, review_pack(pack, own=own, paper=True), is_dense(pack)) for pack in packs],
    )


def is_dense(pack: ReviewPack) -> bool:
    """Whether so much stands in the pack that its sheet needs the smaller print to keep to one side."""
    on_paper = {
        name: [*some][: ON_PAPER[name]]
        for name, some in (
            ("achieved", [one.title for one in pack.achieved]),
            ("slipped", [one.target.title + slipped_line(one) for one in pack.slipped]),
            ("new", [one.title for one in pack.new]),
            ("supports", [f"{one.what}{one.by_whom}{'.' * COLUMN}" for one in pack.supports]),
            ("said", [said_label(one) + _clipped(one.text) for one in pack.said]),
            ("lines", [f"{one.subject}{_clipped(one.said)}{one.by}" for one in pack.lines]),
        )
    }
    left = sum(_lines(some) + 2 for name, some in on_paper.items() if name not in ("said", "lines"))
    agreed = [_clipped(text) for text in (pack.last.note, pack.last.outcome)] if pack.last else []
    told = [_clipped(pack.self_view.talk_about)] if pack.self_view else []
    asked = [question.words for question in pack.questions]
    right = sum(_lines(some) + 2 for some in (asked, told, agreed, on_paper["said"], on_paper["lines"]))
    rows = _lines([one.title for one in pack.open_targets][: ON_PAPER["open"]], TARGET_COLUMN)
    written = [_clipped(getattr(pack.reflection, name)) for name, _, _ in PROMPTS] if pack.reflection else []
    return max(left, right) + rows * 1.2 + max(8, _lines(written)) > LINES_ON_PAPER


def _lines(texts: Sequence[str], width: int = COLUMN) -> int:
    return sum(-(-len(text) // width) for text in texts)


def next_review(pack: ReviewPack) -> str:
    """When the next review is due, in a few words."""
    if pack.next_state == ReviewState.PAUSED:
        return "Reviews are paused"
    if pack.next_state == ReviewState.NOT_REQUIRED or pack.next_review_on is None:
        return "No review is due"
    day = words.day(pack.next_review_on)
    return f"Was due {day}" if pack.next_state == ReviewState.OVERDUE else f"Due {day}"


def slipped_line(one: Slipped, *, calm: bool = False) -> str:
    """moved twice, 4 Dec → 29 Jan; 12 days overdue."""
    target, parts = one.target, []
    if one.was_due_on:
        moved = f"moved {words.times(target.moves)}" if target.moves else "moved"
        parts.append(f"{moved}, {words.short_day(one.was_due_on)} → {words.short_day(target.due_on)}")
    elif target.moves and target.open:
        parts.append(f"moved {words.times(target.moves)} before")
    if target.days_late:
        late = f"was due {words.short_day(target.due_on)}"
        parts.append(late if calm else f"{words.count(target.days_late, 'day')} overdue")
    if target.state in (TargetState.NOT_ACHIEVED, TargetState.WITHDRAWN):
        parts.append(words.target_word(target.state).lower())
    return "; ".join(parts)


def due_line(target: PackTarget) -> str:
    moved = f", moved {words.times(target.moves)}" if target.moves else ""
    return f"{words.short_day(target.due_on)}{moved}"


def said_label(one: Said) -> str:
    if one.about == "stuck":
        return f"Stuck on {one.target}"
    if one.about == ANSWER:
        return one.asked
    if one.about == "comment":
        return f"About {one.target}" if one.target else "Said"
    return next(mine for name, mine, _ in PROMPTS if name == one.about)


Kept = tuple[Sequence[Any], int]


def _keeping(most: Mapping[str, int]) -> Callable[[str, Sequence[Any]], Kept]:
    """What of a list stands on paper, and how many don't."""
    return lambda name, some: (some[: most[name]], max(0, len(some) - most[name]))


def _all(_name: str, some: Sequence[Any]) -> Kept:
    return some, 0


def _clipped(text: str, longest: int = CLIPPED) -> str:
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"


def _short_title(text: str) -> str:
    return _clipped(text, TITLE)
