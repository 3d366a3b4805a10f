"""The prompts that a college begins with, until it words its own.

They follow the order that tutorial guidance gives for a one-to-one (Gill Davidson, "Tutor top tips for one to
one tutorials", smore.com/tb06): begin with something good, review targets, ask openly, let the learner talk
most, agree what comes next, let the learner sum up. The words are ours.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data.models import Audience, CaseOutcome, Organisation, Prompt, ReviewKind

_LEARNER, _TUTOR, _BOTH = Audience.LEARNER, Audience.TUTOR, Audience.BOTH
FIRST_PROMPTS: dict[str | None, tuple[tuple[Audience, str, str], ...]] = {
    # key of the kind of review, None for the case-study sheet: (for whom, prompt, guidance)
    "initial": (
        (_LEARNER, "What made you choose this course?", "There is no right answer. One sentence is enough."),
        (_LEARNER, "What have your first weeks been like?", "Think of lessons, people, travel and time."),
        (_BOTH, "What are you good at already, and where does it show?", "An example says more than a word."),
        (_BOTH, "Where do you want to be in two years?", "It may change: write it down as it is today."),
        (
            _BOTH,
            "Is this the right course and level for you?",
            "Stay, change level or transfer: all are fine.",
        ),
        (
            _TUTOR,
            "What do the starting point and the first weeks’ attendance say?",
            "Read them before you meet. Ask about what surprises you; don’t read it out.",
        ),
        (
            _TUTOR,
            "Has anything been said about support that isn’t on the plan yet?",
            "Agree with the learner what is written down and who reads it.",
        ),
        (
            _TUTOR,
            "End with the learner saying what happens next, in their own words.",
            "If the two of you remember it differently, put it right now.",
        ),
    ),
    "progress": (
        (_LEARNER, "What went better than you expected?", "However small it is."),
        (_LEARNER, "What has been hardest, and what did you try?", "It helps us to find the next step."),
        (_BOTH, "Which target matters most to you now, and why?", "It needn’t be the one that is due first."),
        (_BOTH, "What would help you before we meet again?", "Time, a person, a place, a tool."),
        (
            _TUTOR,
            "Begin with something that was achieved, and say what you saw.",
            "Name the work, not the person: “the second draft answers the brief”.",
        ),
        (
            _TUTOR,
            "For each target that slipped: what was in the way, and is the date the problem?",
            "A smaller step often helps more than a later date.",
        ),
        (
            _TUTOR,
            "Let the learner talk for at least half of the time, and sum up at the end.",
            "Open questions: what, how, tell me about. Count to five before you help.",
        ),
    ),
    "transition": (
        (
            _LEARNER,
            "What will be different after this phase?",
            "Timetable, place, people, what is asked of you.",
        ),
        (_LEARNER, "What do you look forward to, and what worries you?", "Both are useful to know."),
        (_BOTH, "What do you take with you from this phase?", "A piece of work, a habit, a person to ask."),
        (_BOTH, "Who needs to know what before you start there?", "Decide together what is passed on."),
        (
            _TUTOR,
            "Which support ends here, and who takes it on?",
            "Name a person and a day. Support that ends by accident is missed most.",
        ),
    ),
    "exit": (
        (_LEARNER, "What are you most proud of?", "It can be something that no certificate shows."),
        (_LEARNER, "What should we do differently for the next learner?", "Please be frank."),
        (_BOTH, "Where are you going next, and who is expecting you?", "A place, a day, a name to ask for."),
        (_BOTH, "How may we stay in touch?", "We ask about your destination in six months."),
        (
            _TUTOR,
            "Is every open target either achieved, handed over or withdrawn with a reason?",
            "Nothing is closed by itself.",
        ),
    ),
    "support": (
        (_LEARNER, "Which support helped, and how do you notice?", "Say also what you didn’t use."),
        (_BOTH, "What is still in the way?", "At college, at home, on the way."),
        (_BOTH, "Should the support go on as it is, change, or end?", "You can ask for it again later."),
        (
            _TUTOR,
            "Which sessions were missed, and was it the time, the place or the support itself?",
            "Change one thing, and say when you look at it again.",
        ),
    ),
    None: (
        (_BOTH, "What do we want to understand, or decide?", "One question for this meeting."),
        (_LEARNER, "What I want you to know about me", "In the learner’s own words, written by them."),
        (_LEARNER, "What I would change first", "What would make next week better than this one?"),
        (_BOTH, "What has worked, and what made it work?", "Look for the exceptions: when was it easier?"),
        (_TUTOR, "What we have tried, and what we saw", "What happened, when, how often; not why."),
        (_TUTOR, "What we think is going on", "More than one reading. What would show that you are wrong?"),
        (_BOTH, "Who does what by when", "Two or three things, each with a name and a day."),
    ),
}
FIRST_OUTCOMES = (
    "Resolved: back on course",
    "Goes on with support on the plan",
    "Moved to another level or programme",
    "Handed over to an outside service",
    "Learner left, with a destination",
    "Learner left, destination not known",
)


def add_first_prompts(session: Session, organisation: Organisation) -> None:
    """Prompts for each kind of review, headings of the case-study sheet, ways for a case to close."""
    kinds: dict[str | None, int] = {
        key: kind_id
        for key, kind_id in session.execute(
            select(ReviewKind.key, ReviewKind.id).where(ReviewKind.organisation_id == organisation.id)
        )
    }
    rows: list[dict[str, Any]] = [
        {
            "organisation_id": organisation.id,
            "kind_id": kinds.get(key),
            "position": position,
            "asks": asks,
            "guidance": guidance,
            "audience": audience,
        }
        for key, prompts in FIRST_PROMPTS.items()
        if key is None or key in kinds
        for position, (audience, asks, guidance) in enumerate(prompts, 1)
    ]
    session.execute(insert(Prompt), rows)
    session.execute(
        insert(CaseOutcome),
        [
            {"organisation_id": organisation.id, "name": name, "position": position}
            for position, name in enumerate(FIRST_OUTCOMES, 1)
        ],
    )
