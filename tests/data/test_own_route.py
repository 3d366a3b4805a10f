"""The map of an earlier day, read from history; and what learners put on their own map."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, own_route, route_map, targets
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.rules import TargetState
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements
from tests.factories import TODAY

BEFORE = date(2026, 12, 1)


class College:
    """A learner with an account and their tutor; `on` is either of them on some day."""

    def __init__(self, session: Session) -> None:
        self.session = session
        organisation = make.organisation(session)
        cohort = make.cohort(session, make.department(session, organisation))
        self.tutor = make.person(session, organisation, "tutor")
        make.tutors(session, self.tutor, cohort)
        self.person = make.person(session, organisation, "learner")
        self.learner = make.learner(session, organisation, person_id=self.person.id)
        self.plan = make.plan(session, make.enrolment(session, self.learner, cohort), destination="Now")
        self.lane = make.lane_id(session, self.plan, "career")
        make.complete(session)

    def on(self, day: date = TODAY, *, tutor: bool = False) -> Viewer:
        return make.viewer(self.session, self.tutor if tutor else self.person, day)

    def read(self, as_at: date | None = None, *, tutor: bool = False) -> route_map.RouteMap:
        make.complete(self.session)
        return route_map.read(self.session, self.on(tutor=tutor), self.learner.id, None, as_at)

    def typed(self, **sent: Any) -> Typed:
        known = {"plan": self.plan.id, "lane_id": self.lane} | sent
        return Typed({name: [str(value)] for name, value in known.items()})


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def test_the_map_of_an_earlier_day_is_as_it_was_read_on_that_day(college: College) -> None:
    session = college.session
    target = make.target(session, college.plan, due_on=date(2026, 12, 10), created_on=date(2026, 10, 1))
    later = make.target(session, college.plan, created_on=date(2026, 12, 20))
    step = models.Step(target_id=target.id, position=1, text="Read")
    review = make.review(session, college.plan, date(2026, 11, 16))
    session.add(step)
    make.complete(session)
    seen_then = route_map.read(session, college.on(BEFORE, tutor=True), college.learner.id)
    tutor = college.on(date(2026, 12, 9), tutor=True)
    targets.tick_step(session, tutor, target.id, step.id, True)
    version = targets.read(session, tutor, target.id).version
    targets.update(session, tutor, target.id, version, {"due_on": "2027-01-04"}, "Ill")
    achieved = {"status": "achieved", "how_met": "Presented it"}
    targets.update(session, college.on(tutor=True), target.id, version + 1, achieved)
    make.review(session, college.plan, date(2026, 11, 30), recorded_at=datetime(2026, 12, 2, 9, tzinfo=UTC))
    then, now = college.read(BEFORE, tutor=True), college.read(tutor=True)
    (known,), (seen,) = then.targets, [one for one in seen_then.targets if one.id == target.id]
    assert replace(known, steps=()) == replace(seen, steps=())
    assert [(one.text, one.done_on) for one in known.steps] == [("Read", None)]
    assert (known.state, known.moves, known.how_met) == (TargetState.TO_COME, 0, "")
    assert known.id == target.id
    assert later.id in {one.id for one in now.targets}
    assert [one.id for one in then.reviews] == [review.id, None]
    assert (then.next_review_on, then.today, then.as_at) == (seen_then.next_review_on, BEFORE, BEFORE)
    assert then.why_next_review == seen_then.why_next_review
    assert not then.may_write
    closed = next(one for one in now.targets if one.id == target.id)
    assert (closed.state, closed.moves, closed.how_met) == (TargetState.ACHIEVED, 1, "Presented it")


def test_barriers_and_supports_are_known_as_they_were_at_the_levels_of_today(college: College) -> None:
    about = {"plan_id": college.plan.id, "kind": "personal", "from_on": date(2026, 10, 1)}
    passed = {"passed_on": date(2026, 12, 20), "how_passed": "A new bus"}
    college.session.add(models.Barrier(what="Travel", **about, **passed))
    college.session.add(models.Barrier(what="Secret", **about, confidentiality=4))
    college.session.add(models.Support(plan_id=college.plan.id, what="Reader", from_on=date(2026, 12, 15)))
    then = college.read(BEFORE, tutor=True)
    assert [(one.what, one.passed_on, one.how_passed) for one in then.barriers] == [("Travel", None, "")]
    assert then.supports == ()
    assert college.read(tutor=True).barriers[0].how_passed == "A new bus"


@pytest.mark.parametrize("day", [date(2026, 9, 6), TODAY, date(2030, 1, 1)])
def test_a_day_on_which_nothing_was_known_yet_gives_the_map_of_today(college: College, day: date) -> None:
    make.target(college.session, college.plan)
    assert college.read(day) == college.read()


def test_an_earlier_day_takes_one_query_more_whatever_the_size_of_the_plan(college: College) -> None:
    def queries(as_at: date | None) -> int:
        viewer = college.on(tutor=True)
        make.complete(college.session)
        with statements(college.session) as ran:
            route_map.read(college.session, viewer, college.learner.id, None, as_at)
        return len(ran)

    today, then = queries(None), queries(BEFORE)
    assert then == today + 1
    for number in range(5):
        make.target(college.session, college.plan, due_on=date(2027, 2, 1 + number))
    assert (queries(None), queries(BEFORE)) == (today, then)


def test_a_learner_adds_changes_and_takes_off_a_stop_that_nothing_counts(college: College) -> None:
    session, learner = college.session, college.on()
    made = own_route.save_stop(session, learner, college.typed(title="Open day", stop_on="2027-02-01"))
    (stop,) = college.read().own_stops
    assert (stop.title, stop.on, stop.lane_id, stop.reached_on) == (
        "Open day", date(2027, 2, 1), college.lane, None,
    )  # fmt: skip
    assert college.read().counts() == []
    copied = own_route.of_plan(session, learner, college.plan.id).stops
    assert [(one.title, one.road) for one in copied] == [("Open day", "Career")]
    assert college.read(BEFORE).own_stops == ()
    about = {"own_stop": made.id, "version": 1}
    reached = college.typed(title="Open day", stop_on="2027-02-01", reached_on="2027-01-10", **about)
    own_route.save_stop(session, learner, reached)
    assert college.read().own_stops[0].reached_on == date(2027, 1, 10)
    with pytest.raises(ChangedElsewhere):
        own_route.save_stop(session, learner, college.typed(title="x", stop_on="2027-02-01", **about))
    gone = college.typed(own_stop=made.id, version=2, remove="on")
    own_route.save_stop(session, learner, gone)
    assert college.read().own_stops == ()


def test_a_road_has_the_learners_name_until_it_is_emptied(college: College) -> None:
    session, learner = college.session, college.on()
    own_route.name_road(session, learner, college.typed(name="My engine road", version=0))
    named = {lane.label: (lane.own_name, lane.name_version) for lane in college.read().lanes}
    assert named["Career"] == ("My engine road", 1)
    assert named["Qualification"] == ("", 0)
    assert all(not lane.own_name for lane in college.read(BEFORE).lanes)
    own_route.name_road(session, learner, college.typed(name="", version=1))
    assert [lane.own_name for lane in college.read().lanes] == ["", "", ""]
    with pytest.raises(ChangedElsewhere):
        own_route.name_road(session, learner, college.typed(name="Late", version=1))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"lane_id": 999_999}, "lane_id"),
        ({"stop_on": "2026-08-01"}, "stop_on"),
        ({"stop_on": "never"}, "stop_on"),
        ({"reached_on": "2027-03-01"}, "reached_on"),
    ],
)
def test_what_can_not_be_a_stop_is_refused_at_its_field(
    college: College, sent: dict[str, Any], field: str
) -> None:
    good: dict[str, Any] = {"title": "Open day", "stop_on": "2027-02-01"}
    with pytest.raises(Refused) as refused:
        own_route.save_stop(college.session, college.on(), college.typed(**(good | sent)))
    assert refused.value.field == field


def test_only_the_learner_puts_stops_on_their_map(college: College) -> None:
    sent = college.typed(title="Open day", stop_on="2027-02-01")
    with pytest.raises(Refused):
        own_route.save_stop(college.session, college.on(tutor=True), sent)
    organisation = college.session.get_one(models.Organisation, college.learner.organisation_id)
    somebody = make.person(college.session, organisation, "learner")
    with pytest.raises(NotFound):
        own_route.save_stop(college.session, make.viewer(college.session, somebody), sent)
    assert college.session.scalars(select(models.OwnStop)).all() == []
    assert not college.read(tutor=True).may_write_own
    assert college.read().may_write_own


def test_the_start_holds_assessments_and_the_destination_ways_on_and_the_next_plan(college: College) -> None:
    session, of = college.session, {"plan_id": college.plan.id}
    took = {"kind": "initial", "instrument": "BKSB", "taken_on": date(2026, 9, 9), "result": "Level 1"}
    session.add(models.Assessment(**took, **of))
    session.add(models.ProgressionOption(kind="employment", title="Work", **of))
    session.add(models.ProgressionOption(kind="next-level", title="HNC", first_choice=True, **of))
    department_id = session.scalars(select(models.Cohort.department_id)).one()
    department = session.get_one(models.Department, department_id)
    following = make.cohort(session, department, title="HNC", starts_on=date(2027, 9, 6))
    make.tutors(session, college.tutor, following)
    after = make.plan(session, make.enrolment(session, college.learner, following, planned_end_on=None))
    after.continues_id = college.plan.id
    session.flush()
    route = college.read(tutor=True)
    assert [(one.instrument, one.result) for one in route.assessments] == [("BKSB", "Level 1")]
    assert [one.title for one in route.ways_on] == ["HNC", "Work"]
    assert route.next_plan is not None
    assert route.next_plan.id == after.id
