"""Where plans lead: goal, ways on, the exit, plans that continue each other; and the log of experiences."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import department_figures, destination, experiences, models, plan_exit
from data.errors import ChangedElsewhere, NotFound, Refused
from tests import factories as make
from tests.counting import statements
from tests.data.test_starting_point import College, typed

OPTION = {"kind": "higher-education", "title": "HNC Engineering", "first_choice": "on"}
NEED = {"needs": "GCSE maths at grade 5", "has": "grade 6", "met": "met"}
EXIT = {
    "version": 0,
    "kind": "employment",
    "destination": "Precision Castings",
    "ended_on": "2027-01-08",
    "end_reason": "completed",
}
EXPERIENCE = {"kind": "volunteering", "what": "Repair café", "from_on": "2026-11-07", "learned": "To listen"}


@pytest.fixture
def college(session: Session) -> College:
    return College(session)


def next_plan(session: Session, college: College, starts_on: date = date(2027, 1, 11)) -> models.Plan:
    """Another plan of the learner, in another cohort of the tutor."""
    enrolment = session.get_one(models.Enrolment, college.plan.id)
    department = session.get_one(
        models.Department, session.get_one(models.Cohort, enrolment.cohort_id).department_id
    )
    cohort = make.cohort(session, department, starts_on=starts_on)
    make.tutors(session, session.get_one(models.Person, college.tutor.person_id), cohort)
    learner = session.get_one(models.Learner, college.learner_id)
    made = make.plan(session, make.enrolment(session, learner, cohort, planned_end_on=None))
    make.complete(session)
    return made


def read(session: Session, college: College, plan: models.Plan) -> destination.Destination:
    return destination.read(session, college.tutor, college.learner_id, plan.id)


def test_the_goal_is_the_learners_to_write(session: Session, college: College) -> None:
    fields = {"version": 1, "destination": "Motorsport engineer 🏁"}
    with pytest.raises(Refused, match="learner’s own words"):
        destination.save_goal(session, college.tutor, typed(college.plan, **fields))
    destination.save_goal(session, college.learner, typed(college.plan, **fields))
    assert read(session, college, college.plan).goal == "Motorsport engineer 🏁"
    with pytest.raises(ChangedElsewhere):
        destination.save_goal(session, college.learner, typed(college.plan, version=1, destination="Baker"))
    with pytest.raises(Refused, match="shorten this to 200"):
        destination.save_goal(session, college.learner, typed(college.plan, version=2, destination="x" * 201))


def test_the_check_counts_what_is_there_and_the_gaps_that_nothing_leads_to(
    session: Session, college: College
) -> None:
    destination.save_option(session, college.tutor, typed(college.plan, **OPTION))
    (option,) = read(session, college, college.plan).options
    target = make.target(session, college.plan)
    for fields in (
        NEED,
        NEED | {"needs": "A report", "met": "not-yet", "target": target.id},
        NEED | {"needs": "An interview", "met": "on-the-way"},
    ):
        destination.save_need(session, college.tutor, typed(college.plan, option=option.id, **fields))
    (option,) = read(session, college, college.plan).options
    assert (option.met, len(option.needs)) == (1, 3)
    assert [gap.needs for gap in option.gaps] == ["An interview"]
    with pytest.raises(Refused, match="what it needs first"):
        destination.save_option(
            session, college.tutor, typed(college.plan, option=option.id, version=1, remove="on")
        )


def test_there_is_one_first_choice(session: Session, college: College) -> None:
    for title in ("HNC Engineering", "Apprenticeship"):
        destination.save_option(session, college.tutor, typed(college.plan, **(OPTION | {"title": title})))
    options = read(session, college, college.plan).options
    assert [(one.title, one.first_choice) for one in options] == [
        ("Apprenticeship", True),
        ("HNC Engineering", False),
    ]


def test_a_target_or_option_of_another_plan_is_refused(session: Session, college: College) -> None:
    destination.save_option(session, college.tutor, typed(college.without_account, **OPTION))
    other = session.scalars(select(models.ProgressionOption)).one()
    with pytest.raises(NotFound):
        destination.save_need(session, college.tutor, typed(college.plan, option=other.id, **NEED))
    foreign = make.target(session, college.plan)
    with pytest.raises(Refused, match="target of this plan"):
        destination.save_need(
            session,
            college.tutor,
            typed(college.without_account, option=other.id, target=foreign.id, **NEED),
        )


def test_the_exit_ends_the_plan_and_the_next_plan_continues_it(session: Session, college: College) -> None:
    following = next_plan(session, college)
    plan_exit.save_exit(session, college.tutor, typed(college.plan, next=following.id, **EXIT))
    enrolment = session.get_one(models.Enrolment, college.plan.id, populate_existing=True)
    assert (enrolment.ended_on, enrolment.end_reason) == (date(2027, 1, 8), "completed")
    left = read(session, college, college.plan)
    assert left.exit is not None
    assert left.exit.destination == "Precision Castings"
    assert [leg.id for leg in left.route] == [college.plan.id, following.id]
    assert (left.next_id, read(session, college, following).previous_id) == (following.id, college.plan.id)


def test_an_exit_keeps_figures_and_coverage_in_step(session: Session, college: College) -> None:
    make.target(session, college.plan, due_on=date(2026, 12, 1))
    make.complete(session)
    before = kept(session)
    plan_exit.save_exit(session, college.tutor, typed(college.plan, **EXIT))
    after = kept(session)
    make.complete(session)
    assert before != after == kept(session)


def kept(session: Session) -> tuple[object, list[str]]:
    """The departments' figures on some days, and the coverage of the cohorts."""
    session.flush()
    department_ids = session.scalars(select(models.Department.id)).all()
    days = [date(2026, 12, 7), make.TODAY, date(2027, 2, 1)]
    spans = session.execute(select(models.CoverageSpan.cohort_id, models.CoverageSpan.required)).all()
    return department_figures.read(session, department_ids, days), sorted(map(repr, spans))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ended_on", "2026-09-06", "before this plan began on 7 September 2026"),
        ("ended_on", "2027-01-12", "still to come"),
        ("destination", "", "where the learner went"),
        ("end_reason", "vanished", "choose one of the list"),
    ],
)
def test_an_exit_that_cannot_be_is_refused_at_its_field(
    session: Session, college: College, field: str, value: str, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        plan_exit.save_exit(session, college.tutor, typed(college.plan, **(EXIT | {field: value})))
    assert refused.value.field == field


def test_plans_never_continue_each_other_in_a_circle(session: Session, college: College) -> None:
    following = next_plan(session, college, starts_on=date(2026, 9, 7))
    plan_exit.save_previous(session, college.tutor, typed(following, previous=college.plan.id))
    with pytest.raises(Refused, match="earlier one"):
        plan_exit.save_previous(session, college.tutor, typed(college.plan, previous=following.id))
    plan_exit.save_previous(session, college.tutor, typed(following, previous=""))
    assert [leg.id for leg in read(session, college, following).route] == [following.id]
    with pytest.raises(NotFound):
        plan_exit.save_previous(session, college.tutor, typed(following, previous=college.without_account.id))


def test_reading_the_destination_takes_the_same_queries_however_much_there_is(
    session: Session, college: College
) -> None:
    session.commit()
    with statements(session) as few:
        read(session, college, college.plan)
    for _ in range(4):
        destination.save_option(session, college.tutor, typed(college.plan, **OPTION))
    for option in read(session, college, college.plan).options:
        destination.save_need(session, college.tutor, typed(college.plan, option=option.id, **NEED))
    session.commit()
    with statements(session) as many:
        read(session, college, college.plan)
    assert len(many) == len(few) <= 8


def test_the_log_is_the_learners_and_sums_hours_by_kind(session: Session, college: College) -> None:
    with pytest.raises(Refused, match="learner’s own words"):
        experiences.save(session, college.tutor, typed(college.plan, **EXPERIENCE))
    for hours in (3, 4):
        experiences.save(session, college.learner, typed(college.plan, **EXPERIENCE, hours=hours))
    log = experiences.read(session, college.tutor, college.learner_id)
    assert log.hours == {"volunteering": 7}
    assert not log.may_write
    first = log.lines[0]
    experiences.save(
        session,
        college.learner,
        typed(college.plan, experience=first.id, version=first.version, remove="on"),
    )
    assert len(experiences.read(session, college.learner, college.learner_id).lines) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("from_on", "2026-09-01", "What you did earlier belongs to the starting point"),
        ("from_on", "2027-01-12", "still to come"),
        ("until_on", "2026-11-06", "before it began on 7 November 2026"),
        ("learned", "", "one sentence is enough"),
        ("hours", "9999", "from 0 to 5000"),
        ("what", "x" * 201, "Please shorten"),
    ],
)
def test_what_is_wrong_with_an_experience_is_said_at_its_field(
    session: Session, college: College, field: str, value: str, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        experiences.save(session, college.learner, typed(college.plan, **(EXPERIENCE | {field: value})))
    assert refused.value.field == field
