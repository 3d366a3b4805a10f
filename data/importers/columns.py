"""The columns of a college's own files, and the headings that student-record systems print for them.

Headings are compared without case, spaces and punctuation. docs/importing.md lists them; a test holds the
two together.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from data.errors import Refused


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading in the template, other headings known for it, and what it holds.

    A code names something: two that differ may never come to look alike.
    """

    heading: str
    also: tuple[str, ...] = ()
    required: bool = False
    is_date: bool = False
    is_code: bool = False


PERSON = Column(
    "Person Code",
    (
        "Student Ref",
        "Student ID",
        "Student Number",
        "Learner Ref",
        "Learner Reference",
        "LearnRefNumber",
        "Learner ID",
        "Person Ref",
    ),
    required=True,
    is_code=True,
)
UKPRN = Column("UKPRN", ("Provider", "Provider UKPRN"), is_code=True)
GROUP = Column(
    "Group Code",
    ("Group", "Cohort", "Cohort Code", "Course Code", "Tutor Group", "Course Group"),
    is_code=True,
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "roster": (
        PERSON,
        UKPRN,
        Column("Forename", ("First Name", "Given Name", "Given Names", "Forenames", "Known As")),
        Column("Surname", ("Last Name", "Family Name")),
        Column("Date of Birth", ("DOB", "Birth Date", "D.O.B."), is_date=True),
        Column("Department", ("Faculty", "School", "Curriculum Area", "Directorate")),
        GROUP,
        Column("Course Title", ("Course", "Course Name", "Programme", "Programme Title", "Group Title")),
        Column("Start Date", ("Course Start Date", "Enrolment Date", "Learning Start Date"), is_date=True),
        Column(
            "Expected End Date",
            ("Planned End Date", "Exp End Date", "Course End Date", "Learning Planned End Date"),
            is_date=True,
        ),
        Column("Actual End Date", ("Act End Date", "Withdrawal Date", "Leaving Date"), is_date=True),
        Column("End Reason", ("Completion Status", "Completion", "Leaving Reason")),
        Column("Break From", ("Break Start", "Break in Learning From", "Break Start Date"), is_date=True),
        Column("Back On", ("Break Return", "Return Date", "Break Return Date"), is_date=True),
        Column("Tutor E-mail", ("Personal Tutor E-mail", "Tutor Email Address", "Assessor E-mail")),
        Column("Tutor Name", ("Tutor", "Personal Tutor", "Assessor")),
        Column("Teaching Group", ("Class", "Class Code", "Teaching Group Code", "Register"), is_code=True),
        Column("Subject", ("Class Title", "Teaching Subject")),
        Column("Teacher E-mail", ("Lecturer E-mail", "Teacher Email Address")),
        Column("Teacher Name", ("Teacher", "Lecturer")),
    ),
    "targets": (
        PERSON,
        UKPRN,
        GROUP,
        Column("Target", ("Title", "Target Title", "Goal", "Action", "Target Description"), required=True),
        Column("Milestone", ("Unit", "Unit Code", "Milestone Code"), is_code=True),
        Column("Target ID", ("Target Ref", "Target Reference", "Reference"), is_code=True),
        Column("Lane", ("Area", "Target Type", "Target Area", "Category")),
        Column("Phase", ("Stage",)),
        Column("Success Criteria", ("Criteria", "Success Criterion", "How Will I Know")),
        Column("Due Date", ("Target Date", "Deadline", "Due", "Complete By", "Review By"), is_date=True),
        Column("Status", ("Target Status", "State", "Progress", "Outcome")),
        Column("Date Achieved", ("Achieved Date", "Completed Date", "Date Closed", "Closed"), is_date=True),
        Column("Date Set", ("Set On", "Created", "Date Created"), is_date=True),
        Column("Note", ("Notes", "Comment", "Comments")),
    ),
    "reviews": (
        PERSON,
        UKPRN,
        GROUP,
        Column("Review Date", ("Date Held", "Held On", "Meeting Date", "Date"), required=True, is_date=True),
        Column("Review Type", ("Type", "Kind", "Meeting Type")),
        Column("Note", ("Notes", "Comment", "Comments", "Summary")),
        Column("Reviewer E-mail", ("Tutor E-mail", "Reviewed By E-mail", "Assessor E-mail")),
        Column("Reviewer Name", ("Reviewer", "Reviewed By", "Tutor", "Assessor")),
    ),
    "attendance": (
        PERSON,
        UKPRN,
        GROUP,
        Column(
            "Week Commencing",
            ("Week", "Week Beginning", "Week Start", "W/C", "Week Starting"),
            required=True,
            is_date=True,
        ),
        Column("Sessions Possible", ("Possible", "Possible Sessions", "Marks Possible"), required=True),
        Column("Sessions Attended", ("Attended", "Present", "Actual", "Marks Present"), required=True),
    ),
}
KINDS_OF_FILE = tuple(COLUMNS)


def template(kind: str) -> str:
    """A CSV file with the headings of a kind, to be filled. Raises Refused for a kind without one."""
    if kind not in COLUMNS:
        raise Refused(f"There is no template for {kind}. There is one for {', '.join(COLUMNS)}.")
    written = io.StringIO()
    csv.writer(written).writerow([column.heading for column in COLUMNS[kind]])
    return written.getvalue()


def folded(heading: str) -> str:
    """A heading as it is compared: 'Tutor E-mail ' → 'tutoremail'."""
    return "".join(character for character in heading.casefold() if character.isalnum())
