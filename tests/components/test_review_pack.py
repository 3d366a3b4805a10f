"""A review pack keeps to one side of paper by counting what it leaves out, and speaks kindly to learners."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from components.review_pack import ON_PAPER, is_dense, packs_print, review_pack
from data.pack_parts import PackTarget, SelfView
from data.pack_rows import LastReview
from data.questions import NO_OPEN_TARGET, Question
from data.review_pack import ReviewPack, Slipped
from data.rules import ReviewState, Share, TargetState

TODAY = date(2027, 1, 11)


def target(number: int, **values: Any) -> PackTarget:
    usual: dict[str, Any] = {
        "id": number,
        "title": f"Target {number}",
        "lane": "Career",
        "state": TargetState.TO_COME,
        "open": True,
        "due_on": date(2027, 2, 1),
        "first_due_on": date(2027, 2, 1),
        "moves": 0,
        "days_late": 0,
        "achieved_on": None,
        "created_on": date(2026, 9, 7),
        "steps_done": 0,
        "steps": 0,
    }
    return PackTarget(**(usual | values))


PACK = ReviewPack(
    plan_id=1,
    learner_id=7,
    learner="Amara Okafor",
    given_name="Amara",
    learner_person_id=None,
    cohort_id=1,
    cohort="E3-1",
    department="Engineering",
    today=TODAY,
    starts_on=date(2026, 9, 7),
    last=LastReview(1, date(2026, 11, 25), "Progress review", "Priya Shah", "Bring the brief", ""),
    next_review_on=date(2027, 1, 20),
    next_state=ReviewState.DUE_SOON,
    why_next="Due by 20 January 2027: six weeks after the review on 25 November 2026.",
    achieved=(),
    slipped=(),
    new=(),
    open_targets=(target(1),),
    supports=(),
    attendance_then=Share(9, 10),
    attendance_now=Share(7, 10),
    self_view=None,
    reflection=None,
    said=(),
    lines=(),
    questions=(Question(NO_OPEN_TARGET, "What next?"),),
)


def test_each_open_target_has_boxes_on_paper_and_a_link_on_screen() -> None:
    paper, screen = review_pack(PACK, paper=True), review_pack(PACK)
    assert (paper.count('class="box'), screen.count('class="box')) == (4, 0)
    assert 'href="/target/1"' in screen
    assert "href" not in paper


def test_what_doesnt_fit_on_paper_is_counted_and_stands_on_screen() -> None:
    many = tuple(target(number) for number in range(ON_PAPER["open"] + 3))
    pack = replace(PACK, open_targets=many)
    assert "and 3 more open targets" in review_pack(pack, paper=True)
    assert f"Target {len(many) - 1}" in review_pack(pack)


def test_a_full_pack_is_printed_small() -> None:
    title = "A title that goes on and on over the line " * 3
    long = tuple(target(number, title=title) for number in range(12))
    full = replace(
        PACK, open_targets=long, new=long, self_view=SelfView(1, TODAY, "hard", "Too much at once " * 40, 1)
    )
    assert is_dense(full)
    assert not is_dense(PACK)
    assert "pack-sheet dense" in packs_print([full], "Packs", back="/reviews")


def test_the_learner_reads_kind_words_for_what_is_late() -> None:
    late = target(1, state=TargetState.OVERDUE, days_late=26, due_on=date(2026, 12, 16))
    pack = replace(PACK, open_targets=(late,), slipped=(Slipped(late, None),))
    assert "26 days overdue" in review_pack(pack)
    own = review_pack(pack, own=True)
    assert "days overdue" not in own
    assert "Was due" in own
    assert "was due 16 Dec" in own


def test_words_are_escaped_and_no_pack_at_all_says_so() -> None:
    assert "<script" not in review_pack(replace(PACK, open_targets=(target(1, title="<script>"),)))
    assert "There is no pack to print" in packs_print([], "Packs", back="/reviews")
