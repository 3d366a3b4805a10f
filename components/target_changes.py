"""How a change of what belongs to a target reads in its history, after the name of who made it."""

from __future__ import annotations

from collections.abc import Callable

from data.models import Judged

SHORT = 160
"""Characters of a text that the history shows."""


def shortened(text: str) -> str:
    text = " · ".join(text.split("\n"))
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"


def _wrote(what: str) -> Callable[[str, str], str]:
    """“changed the resources to …”, or that they were taken away."""

    def words(old: str, new: str) -> str:
        if not new:
            return f"took away {what}: “{shortened(old)}”"
        return f"changed {what} to “{shortened(new)}”" if old else f"wrote {what}: “{shortened(new)}”"

    return words


def _added(what: str) -> Callable[[str, str], str]:
    """“added the evidence …”, “took away …”, or changed it."""

    def words(old: str, new: str) -> str:
        if old and new:
            return f"changed {what} “{shortened(old)}” to “{shortened(new)}”"
        return f"added {what} “{shortened(new)}”" if new else f"took away {what} “{shortened(old)}”"

    return words


def _judged(old: str, new: str) -> str:
    return f"judged {_verdict(new)}" if new else f"took back {_verdict(old)}"


def _confirmed(old: str, new: str) -> str:
    return f"confirmed {_verdict(new)}" if new else f"took back confirming {_verdict(old)}"


def _verdict(kept: str) -> str:
    """“Three letters sent” as not yet met, of what the history keeps: Three letters sent: not-yet."""
    criterion, _, judged = kept.rpartition(": ")
    return f"“{shortened(criterion)}” as {'met' if judged == Judged.MET else 'not yet met'}"


WORDS: dict[str, Callable[[str, str], str]] = {
    "title": _wrote("the title"),
    "criteria": _wrote("the criteria"),
    "resources": _wrote("the resources"),
    "where_and_how": _wrote("where and how"),
    "support_and_guidance": _wrote("who or what helps"),
    "how_met": _wrote("how the criteria were met"),
    "priority": _wrote("the priority"),
    "idea_of": _wrote("whose idea it was"),
    "lane": _wrote("the lane"),
    "step_words": _added("the step"),
    "step_moved": lambda _old, new: f"moved the step “{shortened(new)}”",
    "link": _added("the link to"),
    "evidence": _added("the evidence"),
    "criterion": _judged,
    "confirmed": _confirmed,
    "stuck": lambda _old, new: f"is stuck: “{shortened(new)}”" if new else "is stuck",
    "stuck_answer": lambda _old, new: f"answered: “{shortened(new)}”" if new else "can go on",
}
"""{field of a change: what its old and new value are in words}"""
