"""What a college decides for itself about agreements and about people who read a plan by a link.

The values come from the settings and go with the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from data.models import Party

MATERIAL = (
    "target:created",
    "target:title",
    "target:criteria",
    "target:due_on",
    "target:status",
    "plan:destination",
)
"""What of a plan is agreed, as the change history names it."""
PARTIES = (Party.LEARNER, Party.TUTOR)


@dataclass(frozen=True, slots=True)
class CollegeRules:
    """`target_fields` and `plan_fields` are material: who agreed is asked again once they change.
    `parties` have to agree. `parents_of_minors`: parents of learners under 18 are told by the college's own
    rule, without the learner's consent. A link works for at most `longest_link` days."""

    target_fields: frozenset[str]
    plan_fields: frozenset[str]
    parties: tuple[Party, ...] = PARTIES
    parents_of_minors: bool = True
    longest_link: int = 365

    @classmethod
    def of(
        cls, material: str, parties: str, *, parents_of_minors: bool = True, longest_link: int = 365
    ) -> Self:
        """From the settings' lists, such as "target:due_on,plan:destination" and "learner,tutor"."""
        named = [entry.strip().partition(":") for entry in material.split(",") if entry.strip()]
        return cls(
            target_fields=frozenset(field for of, _, field in named if of == "target"),
            plan_fields=frozenset(field for of, _, field in named if of == "plan"),
            parties=tuple(Party(party.strip()) for party in parties.split(",")),
            parents_of_minors=parents_of_minors,
            longest_link=longest_link,
        )


USUAL = CollegeRules.of(",".join(MATERIAL), ",".join(PARTIES))
