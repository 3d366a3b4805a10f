"""Help with wording a target: checks that explain themselves, and good examples. Advice, never a block.

The checks are written here once. The page carries them beside the fields, and assets/wording.js applies
them as one types, so a pattern keeps to what Python and JavaScript both read in the same way. FAST is
frequent discussion, actionable steps, specific, timely; SMART is specific, measurable, achievable, relevant,
time-bound. Which of the two is a setting; what is checked is much the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

Letters = Literal["FAST", "SMART"]
Rule = Literal["holds", "holds-not", "filled", "within-days"]
SOON_DAYS = 42
"""Six weeks: what is due later is seldom talked about before it is late."""

VERBS = """
achieve act add agree analyse apply arrange arrive ask assemble attend bake book bring build
calculate call change check choose clean collect compare complete cook correct create cut decide
deliver demonstrate describe design develop discuss do draft draw edit email enter evaluate explain
file fill find finish fit follow get give go hand help identify install interview investigate join
keep label learn lead list listen log make manage measure meet mix model move note observe open
organise paint pass perform phone photograph plan practise prepare present produce program prove
publish put read record register rehearse repair repeat replace report research review revise run
save say score see select send serve service set share show sign sit solve speak spend start submit
summarise talk teach telephone tell test tidy time translate try turn type update use visit walk
watch weld wire work write
"""
FILLER = "(?:(?:to|i|i'll|i’ll|will|shall|am|going|my|aim|is|by|then) +)*"
MEASURES = (
    "one two three four five six seven eight nine ten once twice each every all none without"
    " pass passed merit distinction signed under least most half whole within"
)
SUPPORT = (
    r"\bwith (?:help|my|mr|mrs|ms|miss)\b|\bhelps? me\b|\bask(?:ing)? (?:my|mr|mrs|ms|miss)\b|\bfrom my\b"
)
REASON = r"\b(?:so that|because|in order to|to be able|for my|needed for|which i need)\b"
TWO_THINGS = r"[;&]|\b(?:and also|and then|as well as|and (?:" + "|".join(VERBS.split()) + r"))\b"


def _any_of(words: str) -> str:
    return "|".join(words.split())


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a good target has.

    By the rule, `pattern` is found (holds) or isn't (holds-not) in the `fields`, joined by line breaks and in
    small letters; or one of the `fields` is filled, or else the pattern is found in the title (filled); or
    the date in the field is at most `days` ahead (within-days).
    """

    key: str
    asks: str
    why: str
    rule: Rule
    fields: tuple[str, ...]
    pattern: str = ""
    days: int = 0


VERB = Check(
    "verb",
    "Begins with something to do",
    "“Write”, “test”, “telephone”: a verb that somebody could watch you at. “Improve” or “be better” can’t be"
    " begun on Monday.",
    "holds",
    ("title",),
    f"^{FILLER}(?:{_any_of(VERBS)})\\b",
)
MEASURE = Check(
    "measure",
    "Can be counted or seen",
    "A number, a mark, a signature: then nobody has to argue about whether it is achieved.",
    "holds",
    ("title", "criteria"),
    f"[0-9%]|\\b(?:{_any_of(MEASURES)})\\b",
)
DATE = Check(
    "date", "Has a date", "A day to have it done by, not “soon” or “this year”.", "filled", ("due_on",)
)
ONE_THING = Check(
    "one",
    "Is one thing",
    "Two things joined by “and” are two targets: each can then be achieved by itself.",
    "holds-not",
    ("title",),
    TWO_THINGS,
)
SUPPORTED = Check(
    "support",
    "Says who or what helps",
    "A person, a room, a book. Asking is easier when it is agreed beforehand.",
    "filled",
    ("support_and_guidance", "resources"),
    SUPPORT,
)
SOON = Check(
    "soon",
    "Is small enough to talk about soon",
    "Due within six weeks, so that you can discuss it before it is over. Make a larger one into steps.",
    "within-days",
    ("due_on",),
    days=SOON_DAYS,
)
RELEVANT = Check(
    "relevant",
    "Says what it is for",
    "A unit, a plan of yours, something that you want to be able to do.",
    "holds",
    ("title", "criteria", "where_and_how"),
    REASON,
)

LETTERS: dict[Letters, tuple[tuple[str, tuple[Check, ...]], ...]] = {
    "FAST": (
        ("Frequent discussion", (SOON, SUPPORTED)),
        ("Actionable", (VERB, ONE_THING)),
        ("Specific", (MEASURE,)),
        ("Timely", (DATE,)),
    ),
    "SMART": (
        ("Specific", (VERB, ONE_THING)),
        ("Measurable", (MEASURE,)),
        ("Achievable", (SUPPORTED, SOON)),
        ("Relevant", (RELEVANT,)),
        ("Time-bound", (DATE,)),
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """A target that is worded well."""

    title: str
    criteria: tuple[str, ...]
    support: str


@lru_cache
def examples() -> dict[str, Sequence[Example]]:
    """{key of a lane: examples of it}."""
    path = Path(__file__).with_name("wording_examples.toml")
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        lane: tuple(
            Example(one["title"], tuple(one["criteria"].splitlines()), one["support"]) for one in some
        )
        for lane, some in found.items()
    }
