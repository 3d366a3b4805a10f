"""Who works at the college: accounts, roles, who tutors and who teaches whom."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.college import DemoCollege
from data.demo.layout import DepartmentLayout
from data.demo.names import Name, draw_different_name
from data.passwords import hash_password

DOMAIN = "demo.routebook.example"
DEMO_PASSWORD = "routebook-demo"
COHORTS_PER_TUTOR = (2, 1, 2, 1, 1)
TUTOR_CHANGED, CASELOAD_SHARED = 4, 6
"""Of ten cohorts, the one whose tutor changed and the one that two tutors share."""
TEACHERS_PER_DEPARTMENT = 4
LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "’": "", "'": ""})
"""Letters that don't come apart into a plain one and an accent."""


@dataclass(frozen=True)
class Group:
    group_id: int
    subject: str


@dataclass(frozen=True)
class Tutors:
    """A cohort's tutor; here and there somebody who had it before, or shares the caseload."""

    tutor_id: int
    former_id: int | None = None
    colleague_id: int | None = None


@dataclass(frozen=True)
class Staff:
    """Departments, tutors by department and cohort, and the groups of each department."""

    departments: list[int]
    tutors: list[list[Tutors]]
    groups: list[list[Group]]
    learner_person_id: int


class Accounts:
    """Adds people with the demo's password and different addresses."""

    def __init__(self, college: DemoCollege, random: Random) -> None:
        self._college, self._random = college, random
        self._taken: set[str] = set()
        self._addresses: set[str] = set()
        self._password_hash = hash_password(DEMO_PASSWORD)

    def add(self, role: str, *, account: str = "", name: str = "", department_id: int | None = None) -> int:
        """Someone with a role; `account` is the address before the @, else it follows from the name."""
        drawn = draw_different_name(self._random, self._taken)
        person_id = self._college.rows.add(
            "person",
            organisation_id=self._college.organisation_id,
            email=f"{account or self._address(drawn)}@{DOMAIN}",
            name=name or drawn.full,
            password_hash=self._password_hash,
        )
        self._college.rows.add(
            "role_assignment", person_id=person_id, role_name=role, department_id=department_id
        )
        return person_id

    def _address(self, name: Name) -> str:
        plain = ascii_letters(f"{name.given}.{name.family}")
        address, number = plain, 1
        while address in self._addresses:
            number += 1
            address = f"{plain}{number}"
        self._addresses.add(address)
        return address


def ascii_letters(name: str) -> str:
    """The name as it stands in an address: lower case, without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(LETTERS))
    return "".join(sign for sign in decomposed if sign.isascii() and (sign.isalnum() or sign in ".-"))


def add_staff(college: DemoCollege, accounts: Accounts, layout: list[DepartmentLayout]) -> Staff:
    accounts.add("administrator", account="admin", name="Rosalind Achebe")
    accounts.add("learning-support-lead", account="support", name="Tom Hale")
    accounts.add("quality-lead", account="quality", name="Ms Ingrid Solberg")
    departments, tutors, groups = [], [], []
    for number, department in enumerate(layout):
        department_id = college.rows.add(
            "department", organisation_id=college.organisation_id, name=department.name
        )
        departments.append(department_id)
        suffix = "" if number == 0 else f"-{number + 1}"
        accounts.add(
            "head-of-department",
            account=f"head{suffix}",
            name="Dr Leonie Brandt" if number == 0 else "",
            department_id=department_id,
        )
        tutors.append(_tutors(accounts, department, suffix))
        groups.append(_groups(college, accounts, department_id, suffix))
    return Staff(departments, tutors, groups, accounts.add("learner", account="learner", name="Amara Okafor"))


def _tutors(accounts: Accounts, department: DepartmentLayout, suffix: str) -> list[Tutors]:
    """A tutor for each cohort; some have two cohorts, the demo's tutor the first two."""
    ids: list[int] = []
    while len(ids) < len(department.cohorts):
        first = not ids
        tutor_id = accounts.add(
            "tutor",
            account=f"tutor{suffix}" if first else "",
            name="Priya Shah" if first and not suffix else "",
        )
        ids += [tutor_id] * COHORTS_PER_TUTOR[len(set(ids)) % len(COHORTS_PER_TUTOR)]
    ids = ids[: len(department.cohorts)]
    other = ids[-1]
    return [
        Tutors(
            tutor_id,
            former_id=other if number % 10 == TUTOR_CHANGED and other != tutor_id else None,
            colleague_id=other if number % 10 == CASELOAD_SHARED and other != tutor_id else None,
        )
        for number, tutor_id in enumerate(ids)
    ]


def _groups(college: DemoCollege, accounts: Accounts, department_id: int, suffix: str) -> list[Group]:
    from_on = college.open_days.on_or_after(college.today - timedelta(days=300))
    teachers = [
        accounts.add("teacher", account=f"teacher{suffix}" if n == 0 else "")
        for n in range(TEACHERS_PER_DEPARTMENT)
    ]
    groups = []
    for number, subject in enumerate(college.words.group_subjects):
        group_id = college.rows.add(
            "teaching_group", department_id=department_id, code=_code(subject, number), subject=subject
        )
        _teach(college, group_id, teachers[number % len(teachers)], from_on)
        groups.append(Group(group_id, subject))
    covered_by = teachers[-1]
    _teach(college, groups[0].group_id, covered_by, from_on, from_on + timedelta(days=60))
    return groups


def _teach(
    college: DemoCollege, group_id: int, person_id: int, from_on: date, until_on: date | None = None
) -> None:
    college.rows.add(
        "teaching_group_teacher", group_id=group_id, person_id=person_id, from_on=from_on, until_on=until_on
    )


def _code(subject: str, number: int) -> str:
    return "".join(word[0].upper() for word in subject.split()) + f"-{number + 1}"
