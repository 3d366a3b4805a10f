"""A figure is the same wherever it stands: on screen, in a file, on the wall; and lists are files as seen."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from dash import Dash
from sqlalchemy.orm import Session

from data import models
from tests import factories as make
from tests.callbacks.visiting import Visitor, open_page

TOKEN = "the-token-of-a-test-that-is-longer-than-any-word"
DOMAIN = "college.example"
DASH = "–"


@dataclass(frozen=True)
class Ground:
    department: models.Department
    codes: tuple[str, ...]
    plans: tuple[models.Plan, ...]


@pytest.fixture
def ground(college: Session, password_hash: str) -> Ground:
    """Three cohorts, whose reviews were held here and there in autumn, and a wall of their department."""
    ours = make.organisation(college)
    department = make.department(college, ours)
    plans = []
    codes = ("E3-1", "E3-2", "E3-3")
    tutor = make.person(college, ours, "tutor", email=f"tutor@{DOMAIN}", password_hash=password_hash)
    for number, code in enumerate(codes):
        cohort = make.cohort(college, department, code=code)
        make.tutors(college, tutor, cohort)
        for place in range(6 + number):
            plan = make.planned_learner(college, cohort)
            plans.append(plan)
            for review in range((place + number) % 4):
                held_on = date(2026, 10, 1) + timedelta(days=11 * place + 38 * review)
                make.review(college, plan, min(held_on, make.TODAY))
    head = {"email": f"head@{DOMAIN}", "password_hash": password_hash}
    make.person(college, ours, "head-of-department", department=department, **head)
    make.wall(college, ours, token=TOKEN, department_id=department.id)
    college.add(
        models.ClosedPeriod(
            organisation_id=ours.id, name="Christmas", from_on=date(2026, 12, 21), back_on=date(2027, 1, 4)
        )
    )
    make.complete(college)
    return Ground(department, codes, tuple(plans))


def visitor_as(app: Dash, role: str) -> Visitor:
    visitor = Visitor(app.server)
    visitor.sign_in(f"{role}@{DOMAIN}")
    return visitor


def lines(visitor: Visitor, address: str) -> list[dict[str, str]]:
    answer = visitor.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))


def drawings(answer: Any) -> Iterator[str]:
    """Every text of a page's tree, among them the drawings' markup."""
    if isinstance(answer, str):
        yield answer
    for one in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from drawings(one)


def cells(row: str) -> list[str]:
    """The texts of a table row's cells; an empty one is a closed week."""
    found = re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL)
    return [
        "closed" if "closed" in how else unescape(re.sub(r"<[^>]+>", "", what)).strip() for how, what in found
    ]


def rows_of(markup: str, codes: tuple[str, ...]) -> dict[str, list[str]]:
    """{code: its cells} of a table with a row for each cohort."""
    rows = [row for row in re.findall(r"<tr.*?</tr>", markup, re.DOTALL) if "<td" in row]
    return {
        code: cells(next(row for row in rows if f">{code}<" in row or f">{code} <" in row)) for code in codes
    }


def test_coverage_is_the_same_on_screen_in_a_file_and_on_the_wall(app: Dash, ground: Ground) -> None:
    head = visitor_as(app, "head")
    page = head.callback(open_page(f"/department/{ground.department.id}")).json
    (markup,) = (text for text in drawings(page) if 'data-list="coverage"' in text)
    screen = rows_of(markup, ground.codes)

    sheet = lines(head, f"/department/{ground.department.id}/coverage.csv?list=weeks")
    weeks = list(sheet[0])[1 : 1 + len(screen["E3-1"])]
    file = {row["Cohort"]: [row[week] or DASH for week in weeks] for row in sheet if row["Cohort"]}

    wall = Visitor(app.server).get("/wall/boards", headers={"Authorization": f"Bearer {TOKEN}"}).json
    assert wall is not None
    boards = re.findall(r"<table class=\"?rows coverage.*?</table>", wall["html"], re.DOTALL)
    on_the_wall = rows_of("".join(boards), ground.codes)

    assert screen == file == on_the_wall
    percents = [int(text) for row in screen.values() for text in row if text.isdecimal()]
    assert all(0 <= percent <= 100 for percent in percents)
    assert len(set(percents)) > 3, "a comparison of figures that differ"
    assert "closed" in screen["E3-1"]


def test_the_lists_of_a_department_are_files_as_they_are_seen(
    app: Dash, college: Session, ground: Ground
) -> None:
    here = ground.department.id
    for days, title in ((3, "=cmd()"), (40, "Portfolio"), (41, "Workshop")):
        make.target(college, ground.plans[0], title=title, due_on=make.TODAY - timedelta(days=days))
    make.complete(college)
    head = visitor_as(app, "head")
    found = lines(head, f"/department/{here}/list.csv?list=overdue&sort=-late")
    assert [(row["Target"], row["Late"]) for row in found] == [
        ("'=cmd()", "3"),
        ("Portfolio", "40"),
        ("Workshop", "41"),
    ]
    assert found[0]["As at"] == "2027-01-11"
    assert found[0]["Version of the rule"] == "in force since 2000-01-01"
    assert found[0]["Due date"] == "current"
    (of_cell,) = lines(head, f"/department/{here}/list.csv?list=overdue&late=0")
    assert of_cell["Target"] == "'=cmd()"
    (heat, *_) = lines(head, f"/department/{here}/list.csv?list=heatmap")
    assert (heat["Cohort"], heat["All"], heat["≤ 1 wk"]) == ("E3-1", "3", "1")
    card = lines(head, f"/department/{here}/list.csv?list=needs-attention")
    listed = lines(head, f"/department/{here}/list.csv?list=attention")
    assert [row["Learner"] for row in card] == [row["Learner"] for row in listed][:12]
    assert "Overdue targets: Three or more" in card[0]["Rules"]
    for address in (
        f"/department/{here}/list.csv",
        f"/department/{here}/list.csv?list=everything",
        f"/department/{here + 1}/list.xlsx?list=heatmap",
        "/organisation/list.csv?list=heatmap",
        "/reviews.csv",
    ):
        assert head.get(address).status_code == 404, address


def test_my_reviews_are_a_file_as_they_are_seen(app: Dash, ground: Ground) -> None:
    tutor = visitor_as(app, "tutor")
    page = tutor.callback(open_page("/reviews")).json
    (markup,) = (text for text in drawings(page) if 'class="my-reviews"' in text)
    rows = lines(tutor, "/reviews.csv")
    names = re.findall(r'class="who"[^>]*>(.*?)</a>', markup)
    assert [row["Learner"] for row in rows] == [re.sub(r"<[^>]+>", "", name) for name in names]
    assert {row["Part"] for row in rows} >= {"Overdue", "Next weeks"}
    assert rows[0]["Version of the rule"] == "in force since 2000-01-01"
    assert tutor.get(f"/department/{ground.department.id}/list.csv?list=heatmap").status_code == 404


@pytest.mark.parametrize(
    "asked", ["list=coverage&week=2020-01-06", "list=everything", "list=overdue&cohort=999999"]
)
def test_a_bookmark_of_a_list_that_is_gone_opens_the_page_and_says_so(
    app: Dash, ground: Ground, asked: str
) -> None:
    head = visitor_as(app, "head")
    page = list(drawings(head.callback(open_page(f"/department/{ground.department.id}", f"?{asked}")).json))
    assert any("This list isn’t there any more" in text for text in page)
    assert any('data-list="coverage"' in text for text in page)
    assert head.get(f"/department/{ground.department.id}/list.csv?{asked}").status_code == 404
