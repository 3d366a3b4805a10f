"""How a change of anything in a plan reads, after the name of who made it."""

from __future__ import annotations

import re

from components.target_changes import shortened
from components.target_form import change_in_words as target_change_in_words
from data.history import HistoryLine

NOUNS = {
    "attainment": "an earlier qualification",
    "assessment": "an assessment",
    "own_words": "their own words",
    "balance": "their balance of skills",
    "skill_rating": "a rating of skills",
    "progression_option": "a route after this plan",
    "progression_need": "what a route asks for",
    "plan_exit": "how the plan ended",
    "experience": "an experience",
    "reflection": "a reflection",
    "self_evaluation": "how they see it before a review",
    "prompt_answer": "an answer before a review",
    "programme_check": "a check of the programme",
    "review_line": "a line for the review",
    "own_stop": "a stop of their own",
    "road_name": "a name for a road",
    "preparedness": "how ready they are for the next phase",
    "bridge_action": "a bridging action",
    "transition_item": "a part of the transition plan",
    "route_draft_part": "a part of the drafted route",
    "phases": "the phases",
    "plan_review_rule": "a rule of the plan’s own for reviews",
}
"""What history calls the rows of a plan, by their table."""


PEOPLE = {
    "person_kind": "what somebody around the plan is",
    "person_name": "the name of somebody around the plan",
    "person_relation": "what somebody around the plan is",
    "person_contact": "how to reach somebody around the plan",
    "person_access": "what somebody around the plan may do",
    "born_on": "the date of birth",
}


def plan_change_in_words(line: HistoryLine) -> str:
    """added an experience “Work shadowing”; changed the destination; said “Well done”."""
    if line.field in PEOPLE:
        return f"changed {PEOPLE[line.field]}"
    if line.field == "person":
        return f"added {line.new} to the people" if line.new else f"took {line.old} off the people"
    if line.field == "consent":
        return "recorded consent" if line.new else "recorded that consent is withdrawn"
    if line.field == "invitation":
        return f"made a link for {line.new}" if line.new else f"revoked the link of {line.old}"
    if line.field == "agreement":
        return f"recorded the agreement of {line.new}"
    row = re.fullmatch(r"([a-z_]+) \d+( [a-z_]+)?", line.field)
    if row is None:
        return target_change_in_words(line)
    what = NOUNS.get(row[1], f"a {row[1].replace('_', ' ')}")
    if row[2]:
        return f"changed {what}"
    if line.new:
        return f"added {what}: “{shortened(line.new)}”"
    return f"took out {what}: “{shortened(line.old or '')}”"
