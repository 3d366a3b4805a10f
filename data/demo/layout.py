"""Which departments and cohorts a made-up college has: the demo's, and the benchmark's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from data.demo import academic_year
from data.demo.academic_year import OpenDays
from data.demo.curriculum import Length, MilestoneWording, Programme, programmes

DEMO_COHORTS = 40
SMALLEST, LARGEST = 14, 30
BENCHMARK_FROM = 1_000
DEPARTMENT_LEARNERS = 1_000
COHORT_LEARNERS = 25
BENCHMARK_OPEN_DAYS = 192
"""Open days since the benchmark's cohorts began: six reviews' worth, one every six weeks."""
BENCHMARK_WEEKS_LEFT = 24
BENCHMARK_TARGETS, BENCHMARK_MILESTONES = 15, 12
LARGE_COHORT = 350
APPRENTICES_BEGAN = (20, 8, 14, 5)
"""Months ago that an apprenticeship's first, second … intake began."""

COURSES = {
    "Engineering": ("E3", "E3", "MV2", "E2", "EL3", "WF2", "E3", "MV2", "E2", "EL3"),
    "Health and Social Care": ("HS3", "HS2", "EY3", "HS3", "AC3", "HS2", "EY3", "HS3", "HS2", "AC3"),
    "Digital and Creative": ("IT3", "SD4", "GD3", "MP3", "IT3", "SD4", "GD3", "MP3", "IT3", "GD3"),
    "Construction": ("BR2", "CJ2", "PL2", "CJ3", "BR2", "CJ2", "PL2", "CJ3", "BR2", "CJ2"),
}
"""Ten cohorts a department, by programme; a larger department begins again."""

CAMPUSES = (
    "Northgate",
    "Riverside",
    "Hillcrest",
    "Priory",
    "Canalside",
    "Abbey",
    "Westfield",
    "Harbour",
    "Castle",
    "Moorland",
    "Parkside",
    "Eastbrook",
    "Queensway",
    "Meadow",
    "Lakeside",
    "Foundry",
    "Orchard",
    "Minster",
    "Southbank",
    "Fairfield",
    "Beacon",
    "Stonebridge",
    "Millbrook",
    "Ashdown",
    "Highfield",
)


@dataclass(frozen=True)
class Character:
    """What sets a cohort apart. `pace` is days later than usual, `late_chance` and `late_days` how often
    and how long reviews are late (None: as the tutor's habits go), `moving` how often a slipping due date
    is moved rather than left to pass."""

    pace: float = 0
    late_chance: float | None = None
    late_days: float | None = None
    moving: float = 0.45
    batch: bool = False
    identical: bool = False


USUAL = Character()
CHARACTERS = {
    "MV2-1": Character(late_chance=0.92, late_days=42, pace=3),
    "E2-1": Character(identical=True, late_chance=0.1, late_days=5),
    "EL3-1": Character(batch=True),
    "WF2-1": Character(pace=16, moving=0.2),
    "HS2-1": Character(pace=14, moving=0.25, late_chance=0.45, late_days=14),
    "EY3-2": Character(pace=7, moving=0.95),
    "GD3-1": Character(pace=-8, late_chance=0.06, late_days=4),
    "IT3-2": Character(pace=9, moving=0.3),
    "CJ2-1": Character(pace=13, moving=0.25),
    "BR2-3": Character(late_chance=0.5, late_days=17),
}
"""By the cohort's code: one badly reviewed, one of near-identical plans, one whose reviews are recorded in
batches, some far behind, one whose dates are moved and moved, one ahead."""


@dataclass(frozen=True)
class CohortLayout:
    code: str
    title: str
    programme: Programme
    milestones: tuple[MilestoneWording, ...]
    starts_on: date
    ends_on: date
    size: int
    character: Character
    personal_targets: int | None = None
    """How many targets of their own each learner has; None: as it comes."""

    def day(self, share: float) -> date:
        """The day on which a share of the course has gone by."""
        return self.starts_on + timedelta(days=round(share * (self.ends_on - self.starts_on).days))


@dataclass(frozen=True)
class DepartmentLayout:
    name: str
    cohorts: tuple[CohortLayout, ...]


def demo_layout(random: Random, today: date, learners: int) -> list[DepartmentLayout]:
    """40 cohorts in four departments for 900 learners; fewer learners, fewer cohorts."""
    count = max(len(COURSES), min(DEMO_COHORTS, round(learners * DEMO_COHORTS / 900)))
    sizes = iter(_sizes(random, learners, count))
    layout = []
    for number, (name, courses) in enumerate(COURSES.items()):
        of_department = count // len(COURSES) + (number < count % len(COURSES))
        chosen = _numbered(courses, of_department)
        cohorts = [_demo_cohort(code, nth, today, next(sizes)) for code, nth in chosen]
        layout.append(DepartmentLayout(name, tuple(cohorts)))
    return layout


def _numbered(courses: tuple[str, ...], count: int) -> list[tuple[str, int]]:
    """The first courses of a department, each with its number among those of its programme."""
    seen = Counter[str]()
    numbered = []
    for code in islice(cycle(courses), count):
        seen[code] += 1
        numbered.append((code, seen[code]))
    return numbered


def _sizes(random: Random, learners: int, cohorts: int) -> list[int]:
    sizes = [learners // cohorts + (n < learners % cohorts) for n in range(cohorts)]
    for _ in range(cohorts * 12):
        fewer, more = random.randrange(cohorts), random.randrange(cohorts)
        if sizes[fewer] > SMALLEST and sizes[more] < LARGEST:
            sizes[fewer] -= 1
            sizes[more] += 1
    return sizes


def _demo_cohort(code: str, nth: int, today: date, size: int) -> CohortLayout:
    programme = programmes()[code]
    character = CHARACTERS.get(f"{code}-{nth}", USUAL)
    if programme.length == Length.APPRENTICESHIP:
        ago = APPRENTICES_BEGAN[(nth - 1) % len(APPRENTICES_BEGAN)]
        starts_on = academic_year.monday_from(today - timedelta(days=round(ago * 30.44)))
        ends_on = starts_on + timedelta(days=round(programme.months * 30.44))
        title, milestones = f"{programme.title}, {starts_on:%B %Y}", programme.milestones
    else:
        year = 2 - nth % 2 if programme.length == Length.TWO_YEARS else 1
        starts_on = academic_year.same_intake(academic_year.main_intake(today), year - 1)
        ends_on = academic_year.course_end(starts_on, year)
        title = f"{programme.title} Year {year}" if programme.length == Length.TWO_YEARS else programme.title
        milestones = tuple(
            wording._replace(at=wording.at / year) for wording in programme.milestones if wording.at <= year
        )
    return CohortLayout(f"{code}-{nth}", title, programme, milestones, starts_on, ends_on, size, character)


# --- the benchmark -------------------------------------------------------------------------------------


def benchmark_layout(open_days: OpenDays, today: date, learners: int) -> list[DepartmentLayout]:
    """Departments of 1,000 learners in cohorts of 25 with 15 targets each; the first one has a cohort of
    350 learners by 130 milestones besides."""
    layout = []
    names = list(COURSES)
    starts_on = academic_year.monday_from(open_days.before(today, BENCHMARK_OPEN_DAYS))
    ends_on = today + timedelta(weeks=BENCHMARK_WEEKS_LEFT)
    for number, begins in enumerate(range(0, learners, DEPARTMENT_LEARNERS)):
        left = min(DEPARTMENT_LEARNERS, learners - begins)
        count = -(-left // COHORT_LEARNERS)
        courses = COURSES[names[number % len(names)]]
        cohorts = [
            _benchmark_cohort(code, nth, starts_on, ends_on, min(COHORT_LEARNERS, left - n * COHORT_LEARNERS))
            for n, (code, nth) in enumerate(_numbered(courses, count))
        ]
        if number == 0:
            cohorts.append(_large_cohort(starts_on, ends_on))
        layout.append(DepartmentLayout(_department_name(names, number), tuple(cohorts)))
    return layout


def _department_name(names: list[str], number: int) -> str:
    site, name = divmod(number, len(names))
    again, campus = divmod(site, len(CAMPUSES))
    return f"{names[name]}, {CAMPUSES[campus]}" + (f" {again + 1}" if again else "")


def _benchmark_cohort(code: str, nth: int, starts_on: date, ends_on: date, size: int) -> CohortLayout:
    programme = programmes()[code]
    first_year = [wording for wording in programme.milestones if wording.at <= 1]
    chosen = first_year[:BENCHMARK_MILESTONES]
    return CohortLayout(
        code=f"{code}-{nth}",
        title=programme.title,
        programme=programme,
        milestones=tuple(chosen),
        starts_on=starts_on,
        ends_on=ends_on,
        size=size,
        character=CHARACTERS.get(f"{code}-{nth}", USUAL),
        personal_targets=BENCHMARK_TARGETS - len(chosen),
    )


UNITS = (
    "Engineering principles",
    "Safe working practices",
    "Computer-aided design",
    "Mechanical systems",
    "Electrical circuits",
    "Manufacturing processes",
    "Materials and their testing",
    "Fluid power",
    "Control and automation",
    "Design project",
)
CRITERIA = {
    "P1": "describe the main terms with an example of each",
    "P2": "explain how they are applied in a given case",
    "P3": "carry out the practical task safely",
    "P4": "record results in a suitable form",
    "P5": "use standard calculations with correct units",
    "P6": "review own work against the brief",
    "M1": "compare two methods and give reasons",
    "M2": "analyse results and sources of error",
    "M3": "justify the choice of materials and processes",
    "M4": "improve the work after feedback",
    "D1": "evaluate the outcome against industry practice",
    "D2": "propose and cost a better solution",
    "D3": "demonstrate independence throughout",
}


def _large_cohort(starts_on: date, ends_on: date) -> CohortLayout:
    count = len(UNITS) * len(CRITERIA)
    milestones = [
        (f"U{unit} {code}", f"Unit {unit} {title}, {code}: {criterion}")
        for unit, title in enumerate(UNITS, start=1)
        for code, criterion in CRITERIA.items()
    ]
    return CohortLayout(
        code="EY1",
        title="Engineering, whole first year",
        programme=programmes()["E3"],
        milestones=tuple(
            MilestoneWording(0.02 + 0.96 * n / count, "academic", short, title, "Signed off by the assessor.")
            for n, (short, title) in enumerate(milestones)
        ),
        starts_on=starts_on,
        ends_on=ends_on,
        size=LARGE_COHORT,
        character=USUAL,
        personal_targets=0,
    )
