"""The learners who most need attention, each by named rules that can be looked up beside them."""

from __future__ import annotations

from components import words
from components.drawing import render
from components.list_files import TWELVE, address_of
from data.attention import (
    MOVED,
    NO_REVIEW,
    NO_TARGET,
    OVERDUE,
    RANKING,
    RULES,
    Attention,
    NamedLearner,
)
from data.target_lists import ListChoice


def attention(
    of: Attention,
    *,
    open_list: ListChoice | None = None,
    department_id: int = 0,
    targets_recorded: bool = True,
    reviews_recorded: bool = True,
) -> str:
    """The markup of the list of learners, with its files, and the rules. Where no target, or review, has been
    recorded yet, its rules name nobody for that reason, and say so."""
    nobody = dict.fromkeys(RULES, "nobody")
    if not targets_recorded:
        nobody |= {rule.key: "no targets recorded yet" for rule in (OVERDUE, MOVED, NO_TARGET)}
    if not reviews_recorded:
        nobody[NO_REVIEW.key] = "no reviews recorded yet"
    open_rule = open_list.rule if open_list and open_list.kind == "attention" else None
    return render(
        "attention.html",
        attention=of,
        files=address_of(department_id, list=TWELVE),
        summary=_summary(of),
        ranking=RANKING,
        rules=[(rule, of.counts.get(rule.key, 0), rule.key == open_rule) for rule in RULES.values()],
        nobody=nobody,
        recorded=targets_recorded or reviews_recorded,
        words_of=words_of,
        target_of=_target_of,
    )


def words_of(learner: NamedLearner) -> str:
    """What the rules found, in one line."""
    return "; ".join(finding.words for finding in learner.findings)


def _summary(of: Attention) -> str:
    if not of.named:
        return ""
    if of.named <= len(of.learners):
        return f"{words.count(of.named, 'learner')}, each by a named rule"
    return f"{len(of.learners)} of {words.count(of.named, 'learner')} named by a rule"


def _target_of(learner: NamedLearner) -> str:
    target_id = next((finding.target_id for finding in learner.findings if finding.target_id), None)
    return f"?target={target_id}" if target_id else ""
