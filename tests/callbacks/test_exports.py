"""Files of coverage, asked for as browsers ask: named by the server, in scope, never kept by a cache."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from dash import Dash
from sqlalchemy.orm import Session

from data import models
from tests import factories as make
from tests.callbacks.visiting import Visitor


def test_a_file_holds_the_rows_of_its_address_and_only_for_who_may_see_them(
    app: Dash, college: Session, password_hash: str
) -> None:
    ours = make.organisation(college)
    here, there = make.department(college, ours), make.department(college, ours)
    cohort, foreign = make.cohort(college, here, code='E3 "1"\r\nX'), make.cohort(college, there)
    make.person(
        college,
        ours,
        "head-of-department",
        department=here,
        email="head@college.example",
        password_hash=password_hash,
    )
    make.planned_learner(college, cohort)
    paused = make.planned_learner(college, cohort)
    learner = college.get_one(models.Learner, college.get_one(models.Enrolment, paused.id).learner_id)
    learner.given_name = "=HYPERLINK(1)"
    college.add(models.BreakInLearning(enrolment_id=paused.id, from_on=make.TODAY))
    make.planned_learner(college, foreign)
    make.complete(college)
    someone = Visitor(app.server)
    someone.sign_in("head@college.example")

    answer = someone.get(f"/cohort/{cohort.id}/coverage.csv?only=paused&sort=-learner")
    assert answer.status_code == 200
    _, *lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("'=HYPERLINK(1) ")
    assert "Paused" in lines[0]
    name = answer.headers["Content-Disposition"]
    assert name == 'attachment; filename="coverage-e3--1---x-2027-01-11.csv"'
    assert "no-store" in answer.headers["Cache-Control"]

    book = someone.get(f"/department/{here.id}/coverage.xlsx?list=groups")
    with ZipFile(BytesIO(book.get_data())) as opened:
        assert b"in force since 2000-01-01" in opened.read("xl/sharedStrings.xml")

    grid = someone.get(f"/cohort/{cohort.id}/progress.csv?name=hyperlink")
    _, *lines = grid.get_data().decode("utf-8-sig").splitlines()
    assert [line.startswith("'=HYPERLINK(1) ") for line in lines] == [True]

    for address in (
        f"/cohort/{foreign.id}/coverage.csv",
        f"/cohort/{foreign.id}/progress.csv",
        "/caseload.csv",
        f"/department/{there.id}/coverage.xlsx",
        "/organisation/coverage.csv",
        f"/cohort/{cohort.id}/coverage.csv?list=everything",
        f"/cohort/{cohort.id}/coverage.csv?only=everyone",
        "/cohort/0/coverage.csv",
    ):
        assert someone.get(address).status_code == 404, address
