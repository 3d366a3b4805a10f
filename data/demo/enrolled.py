"""A learner whose plan is being filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.cohorts import OpenCohort
from data.demo.college import DemoCollege
from data.demo.lives import Life


@dataclass(frozen=True)
class Enrolled:
    """A learner whose plan is being filled."""

    college: DemoCollege
    cohort: OpenCohort
    life: Life
    plan_id: int
    tutor_id: int
    phase_ids: list[int]
    random: Random

    @property
    def agreed_on(self) -> date:
        """When the first version of the plan was agreed."""
        return min(
            self.college.open_days.on_or_after(self.life.starts_on + timedelta(days=2)), self.life.seen_until
        )
