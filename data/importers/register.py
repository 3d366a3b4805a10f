"""Finds the learners and enrolments that a college's own files speak of, and makes the people they name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from data.importers.merge import Incoming, Kind, Run, merge
from data.importers.plans import add_rows, in_parts
from data.importers.summary import Refusal, Unusable
from data.importers.table import Row
from data.models import Cohort, Department, Enrolment, Learner, Person, RoleAssignment

E_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PEOPLE = Kind(Person, "people", natural=("email",))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolment that is here already."""

    id: int
    learner_id: int
    cohort_id: int
    department: str
    group_code: str
    starts_on: date
    ended_on: date | None


class Register:
    """Learners by person code, with their enrolments."""

    def __init__(self, run: Run, codes: Iterable[str]) -> None:
        self._run = run
        self._learners: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._enrolments: dict[int, list[Enrolled]] = defaultdict(list)
        for some in in_parts(sorted(set(codes))):
            self._load(some)

    def _load(self, codes: Iterable[str]) -> None:
        learners = self._run.session.execute(
            select(Learner.id, Learner.provider, Learner.reference).where(
                Learner.organisation_id == self._run.organisation_id, Learner.reference.in_(codes)
            )
        ).all()
        for learner_id, provider, reference in learners:
            self._learners[reference].append((learner_id, provider))
        enrolments = self._run.session.execute(
            select(
                Enrolment.id,
                Enrolment.learner_id,
                Enrolment.cohort_id,
                Department.name,
                Cohort.code,
                Enrolment.starts_on,
                Enrolment.ended_on,
            )
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .join(Department, Department.id == Cohort.department_id)
            .where(Enrolment.learner_id.in_([row.id for row in learners]))
            .order_by(Enrolment.id)
        )
        for row in enrolments:
            self._enrolments[row.learner_id].append(Enrolled(*row))

    def provider(self, row: Row) -> str | None:
        """The provider of the learner that a row names; None where the learner isn't known.

        Raises Unusable where two providers use the code and the row doesn't say which.
        """
        known = self._known(row)
        return known[0][1] if known else None

    def learner_id(self, row: Row) -> int:
        known = self._known(row)
        if not known:
            raise Unusable(
                f"Person Code {row.text('Person Code')} isn't known. Import the roster or the ILR first"
            )
        return known[0][0]

    def _known(self, row: Row) -> list[tuple[int, str]]:
        code, ukprn = row.needed("Person Code"), row.text("UKPRN")
        known = self._learners.get(code, [])
        if ukprn:
            return [each for each in known if each[1] == ukprn]
        if len(known) > 1:
            raise Unusable(f"Person Code {code} is used by {len(known)} providers; add a column UKPRN")
        return known

    def enrolments(self, row: Row) -> list[Enrolled]:
        """The learner's enrolments that a row can mean: of its group, else those that go on, else all."""
        group = row.text("Group Code").casefold()
        known = self._enrolments[self.learner_id(row)]
        if group:
            return [each for each in known if each.group_code.casefold() == group]
        today = self._run.today
        return [each for each in known if each.ended_on is None or each.ended_on >= today] or known

    def enrolment(self, row: Row) -> Enrolled:
        """The one enrolment that a row means. Raises Unusable where it could mean none or several."""
        found = self.enrolments(row)
        code, group = row.text("Person Code"), row.text("Group Code")
        if not found:
            where = f"in the group {group}" if group else "in any group"
            raise Unusable(f"Person Code {code} isn't enrolled {where}. Import the roster first")
        if len(found) > 1:
            codes = ", ".join(each.group_code for each in found)
            raise Unusable(f"Person Code {code} is enrolled in {codes}; say in Group Code which is meant")
        return found[0]


# --- people --------------------------------------------------------------------------------------------


def e_mail(row: Row, heading: str) -> str:
    """An e-mail address in lower case, or "". Raises Unusable for what is none."""
    text = row.text(heading).lower()
    if text and not E_MAIL.fullmatch(text):
        raise Unusable(f"{heading} {text!r} is no e-mail address")
    return text


def address(row: Row, who: str) -> str:
    """The e-mail address of the Tutor, Teacher or Reviewer of a row, or "". Raises Unusable for what is none,
    and for a name without one."""
    email, name = e_mail(row, f"{who} E-mail"), row.text(f"{who} Name")
    if name and not email and row.has(f"{who} E-mail"):
        raise Unusable(
            f"the {who.lower()} {name} has no e-mail address to sign in with; fill in {who} E-mail and import"
            " the file again"
        )
    return email


def list_names_without_addresses(run: Run, rows: Iterable[Row], who: str) -> None:
    """List once, as left out, that a file names its Tutors (Teachers, Reviewers) and has no addresses."""
    name, e_mails = f"{who} Name", f"{who} E-mail"
    first = next((row for row in rows if row.text(name) and not row.has(e_mails)), None)
    if first is not None:
        run.summary.left_out.add(
            Refusal(
                first.where,
                f"{name} isn't taken, here and below, since the file has no column {e_mails}, which"
                f" a {who.lower()} signs in by. Add the column and import the file again",
            )
        )


def people(run: Run, names: dict[str, str], role: str | None = None) -> dict[str, int]:
    """{e-mail: person id} for {e-mail: name, or ""}; new people have no password yet, and the role."""
    rows = [
        Incoming(
            key=email,
            values={"name": name} if name else {},
            once={"organisation_id": run.organisation_id, "email": email}
            | ({} if name else {"name": _name_from(email)}),
            label=f"person {email}",
        )
        for email, name in names.items()
    ]
    ids = merge(run, PEOPLE, rows).ids
    if role:
        _give_role(run, list(ids.values()), role)
    return ids


def _give_role(run: Run, person_ids: list[int], role: str) -> None:
    have: set[int] = set()
    for some in in_parts(person_ids):
        have |= set(
            run.session.scalars(
                select(RoleAssignment.person_id).where(
                    RoleAssignment.person_id.in_(some), RoleAssignment.role_name == role
                )
            )
        )
    lacking = [person_id for person_id in person_ids if person_id not in have]
    add_rows(run, RoleAssignment, [{"person_id": each, "role_name": role} for each in lacking])


def _name_from(email: str) -> str:
    """'jo.smith@college.ac.uk' → 'Jo Smith'."""
    return re.sub(r"[._-]+", " ", email.split("@")[0]).title()
