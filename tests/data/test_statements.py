"""A statement that is kept is only ever the one that its arguments describe."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Select, select

from data import models
from data.scope import Grant, Viewer, enrolments_seen_by
from data.statements import built_once
from tests import factories as make

HEAD = Grant("head-of-department", "Head", "department", "plans", 2, department_id=1)
VIEWER = Viewer(person_id=1, organisation_id=1, name="Priya Shah", today=make.TODAY, grants=(HEAD,))


@built_once
def learners(viewer: Viewer) -> Select[int]:
    return select(models.Enrolment.id).where(enrolments_seen_by(viewer))


@built_once
def targets(viewer: Viewer) -> Select[int]:
    return select(models.Target.id)


def test_a_statement_is_built_once_for_all_who_see_the_same() -> None:
    namesake = replace(VIEWER, name="P. Shah")
    assert learners(VIEWER) is learners(namesake)


def test_who_sees_something_else_gets_another_statement() -> None:
    others = [
        replace(VIEWER, person_id=2),
        replace(VIEWER, organisation_id=2),
        replace(VIEWER, today=make.TODAY + timedelta(days=1)),
        replace(VIEWER, grants=()),
        replace(VIEWER, grants=(replace(HEAD, department_id=2),)),
        replace(VIEWER, grants=(replace(HEAD, reads_confidentiality=4),)),
    ]
    assert len({id(learners(viewer)) for viewer in [VIEWER, *others]}) == 1 + len(others)


def test_two_kinds_of_statement_for_one_viewer_are_two() -> None:
    assert learners(VIEWER) is not targets(VIEWER)
