"""A review is prepared: by the learner, by those who teach or support them, and by who looks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import class_sheet, models, my_reviews, preparation, review_lines, review_pack
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

OVERDUE, THIS_WEEK, LATER = date(2026, 11, 23), date(2026, 12, 3), date(2027, 1, 8)
"""Last reviews; the next is due six weeks later: on 4, 14 January, 19 February without closed days."""


@dataclass
class World:
    cohort: models.Cohort
    group: models.TeachingGroup
    plan: models.Plan
    learner_id: int
    learner: Viewer
    tutor: Viewer
    teacher: Viewer
    support_lead: Viewer
    quality_lead: Viewer
    stranger: Viewer


@pytest.fixture
def world(session: Session) -> World:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    roles = ("learner", "tutor", "teacher", "learning-support-lead", "quality-lead", "teacher")
    people = [make.person(session, organisation, role) for role in roles]
    make.tutors(session, people[1], cohort)
    learner = make.learner(session, organisation, person_id=people[0].id, given_name="Amara")
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    group = models.TeachingGroup(department_id=department.id, code="M-1", subject="GCSE maths resit")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": date(2026, 9, 1)}
    session.add(models.TeachingGroupLearner(learner_id=learner.id, **since))
    session.add(models.TeachingGroupTeacher(person_id=people[2].id, **since))
    make.review(session, plan, OVERDUE)
    make.complete(session)
    viewers = [make.viewer(session, person) for person in people]
    return World(cohort, group, plan, learner.id, *viewers)


def typed(**fields: str | int) -> Typed:
    return Typed({name: [str(value)] for name, value in fields.items()})


def test_a_learner_prepares_and_changes_it_and_it_stands_in_the_pack(session: Session, world: World) -> None:
    of = {"plan": world.plan.id}
    with pytest.raises(Refused) as refused:
        preparation.save(session, world.learner, typed(**of, talk_about="Maths"))
    assert refused.value.field == "going"
    saved = preparation.save(session, world.learner, typed(**of, going="hard", talk_about="Maths"))
    view = review_pack.read(session, world.tutor, world.plan.id).self_view
    assert view is not None
    assert (view.going, view.talk_about, view.id) == ("hard", "Maths", saved.id)
    again: dict[str, str | int] = {
        **of,
        "self_evaluation": view.id,
        "version": view.version,
        "going": "mostly",
    }
    preparation.save(session, world.learner, typed(**again, talk_about="Maths"))
    with pytest.raises(ChangedElsewhere):
        preparation.save(session, world.learner, typed(**again, talk_about="Something else"))
    with pytest.raises(Refused, match="own words"):
        preparation.save(session, world.tutor, typed(**of, going="well"))
    with pytest.raises(NotFound):
        preparation.save(session, world.stranger, typed(**of, going="well"))


def test_a_teacher_writes_one_line_before_each_review(session: Session, world: World) -> None:
    of = {"plan": world.plan.id}
    assert [one.own for one in review_lines.due(session, world.teacher)] == [None]
    review_lines.save(session, world.teacher, typed(**of, going="well", said="Asks good questions"))
    (due,) = review_lines.due(session, world.teacher)
    assert due.own is not None
    changed = of | {"version": due.own.version}
    review_lines.save(session, world.teacher, typed(**changed, going="mostly", said="Asks good questions"))
    with pytest.raises(ChangedElsewhere):
        review_lines.save(session, world.teacher, typed(**changed, going="well"))
    (line,) = review_pack.read(session, world.tutor, world.plan.id).lines
    assert (line.going, line.said, line.by) == ("mostly", "Asks good questions", world.teacher.name)
    fields = session.scalars(select(models.Change.field)).all()
    assert [field.split()[0] for field in fields] == ["review_line", "review_line"]
    session.add(
        models.Review(
            plan_id=world.plan.id,
            kind_id=_kind(session, world),
            held_on=make.TODAY,
            recorded_at=world.tutor.now,
        )
    )
    make.complete(session)
    assert review_lines.of_plan(session, world.teacher, world.plan.id) is None


def _kind(session: Session, world: World) -> int:
    return session.scalars(select(models.Review.kind_id).where(models.Review.plan_id == world.plan.id)).one()


def test_what_is_hard_is_explained_and_only_who_teaches_or_supports_writes_a_line(
    session: Session, world: World
) -> None:
    of = {"plan": world.plan.id}
    with pytest.raises(Refused) as refused:
        review_lines.save(session, world.teacher, typed(**of, going="hard"))
    assert refused.value.field == "said"
    for viewer in (world.learner, world.quality_lead, world.tutor):
        with pytest.raises(Refused, match="teach or support"):
            review_lines.save(session, viewer, typed(**of, going="well"))
    with pytest.raises(NotFound):
        review_lines.save(session, world.stranger, typed(**of, going="well"))


def test_the_support_lead_is_asked_for_lines_on_those_who_get_support(session: Session, world: World) -> None:
    assert review_lines.due(session, world.support_lead) == ()
    session.add(models.Support(plan_id=world.plan.id, what="Reader", from_on=date(2026, 10, 1)))
    session.commit()
    with statements(session) as asked:
        (due,) = review_lines.due(session, world.support_lead)
    assert (due.plan_id, due.state) == (world.plan.id, "overdue")
    assert len([one for one in asked if "SELECT" in one]) == 1
    review_lines.save(session, world.support_lead, typed(plan=world.plan.id, going="well"))


def test_my_reviews_are_sorted_by_the_day_on_which_they_are_due(session: Session, world: World) -> None:
    soon, later, away = (make.planned_learner(session, world.cohort) for _ in range(3))
    for plan, held_on in ((soon, THIS_WEEK), (later, LATER), (away, THIS_WEEK)):
        make.review(session, plan, held_on)
    session.add(models.BreakInLearning(enrolment_id=away.id, from_on=date(2027, 1, 4)))
    session.add(models.SelfEvaluation(plan_id=soon.id, written_on=make.TODAY, going="well"))
    session.add(models.ReviewLine(plan_id=soon.id, written_on=make.TODAY, going="well"))
    make.complete(session)
    found = my_reviews.read(session, world.tutor)
    assert [one.learner.plan_id for one in found.overdue] == [world.plan.id]
    ((day, (one,)),) = found.this_week.items()
    assert (one.learner.plan_id, day) == (soon.id, THIS_WEEK + timedelta(weeks=6))
    assert one.prepared == my_reviews.Prepared(by_learner=True, lines=1)
    ((monday, (after,)),) = found.next_weeks.items()
    assert (after.learner.plan_id, monday) == (later.id, date(2027, 2, 15))
    assert [learner.plan_id for learner in found.paused] == [away.id]
    assert (found.learners, found.due_this_week, found.later, found.without_date) == (4, 1, 0, 0)
    assert my_reviews.plans_to_prepare(session, world.tutor) == [soon.id, world.plan.id]


def test_my_reviews_cost_the_same_for_any_caseload(session: Session, world: World) -> None:
    def cost() -> int:
        session.commit()
        with statements(session) as asked:
            my_reviews.read(session, world.tutor)
        return len(asked)

    before = cost()
    for _ in range(5):
        make.review(session, make.planned_learner(session, world.cohort), OVERDUE)
    make.complete(session)
    assert cost() == before


def test_a_class_sheet_says_who_works_how_and_which_targets_touch_the_subject(
    session: Session, world: World
) -> None:
    session.add(models.OwnWords(id=world.plan.id, ways_of_working="Sits at the front"))
    for what, level in (("Reader", 1), ("Counsellor", 3)):
        session.add(
            models.Support(plan_id=world.plan.id, what=what, from_on=date(2026, 10, 1), confidentiality=level)
        )
    near = date(2027, 1, 22)
    make.target(session, world.plan, title="Sit the Maths mock", due_on=near)
    make.target(session, world.plan, title="Write a CV", due_on=near)
    make.target(session, world.plan, title="Final maths paper", due_on=date(2027, 6, 4))
    linked = make.target(session, world.plan, title="Ratio homework", due_on=near)
    session.add(models.TargetLink(target_id=linked.id, kind="unit", serves="Unit 2 Maths"))
    unit = make.milestone(session, world.cohort, short_title="Unit 2 Maths", title="Unit 2: algebra")
    make.target(session, world.plan, title="Unit 2: algebra", milestone_id=unit.id, due_on=near)
    make.target(session, world.plan, title="Read the aftermaths of 1848", due_on=near)
    session.flush()
    with statements(session) as ran:
        sheet = class_sheet.read(session, world.teacher, world.group.id)
    assert len(ran) == 5
    assert sheet.looked_for == ("maths",)
    (one,) = sheet.learners
    assert (one.works_how, one.supports) == ("Sits at the front", ("Reader",))
    assert [(target.title, target.named_in) for target in one.targets] == [
        ("Sit the Maths mock", "title"),
        ("Ratio homework", "unit “Unit 2 Maths”"),
        ("Unit 2: algebra", "unit “Unit 2 Maths”"),
    ]
    assert [group.id for group in class_sheet.groups_of(session, world.teacher)] == [world.group.id]
    for viewer in (world.stranger, world.tutor, world.learner):
        with pytest.raises(NotFound):
            class_sheet.read(session, viewer, world.group.id)


def test_a_subject_is_told_by_its_own_words() -> None:
    assert class_sheet.telling_words("GCSE maths resit") == ("maths",)
    assert class_sheet.telling_words("Functional Skills") == ("Functional Skills",)


def test_a_booked_review_stands_under_its_day_by_time_and_is_printed_in_that_order(
    session: Session, world: World
) -> None:
    soon = make.planned_learner(session, world.cohort)
    make.review(session, soon, THIS_WEEK)
    make.complete(session)
    thursday = THIS_WEEK + timedelta(weeks=6)
    for plan, starts in ((soon, time(14)), (world.plan, time(9, 30))):
        slot = models.Slot(tutor_id=world.tutor.person_id, on_day=thursday, starts=starts, minutes=20)
        session.add(slot)
        session.flush()
        session.add(models.Booking(slot_id=slot.id, plan_id=plan.id, booked_at=world.tutor.now))
    session.flush()
    found = my_reviews.read(session, world.tutor)
    assert [one.learner.plan_id for one in found.this_week[thursday]] == [world.plan.id, soon.id]
    assert [one.learner.plan_id for one in found.overdue] == [world.plan.id]
    assert found.due_this_week == 1
    assert my_reviews.plans_to_prepare(session, world.tutor, thursday) == [world.plan.id, soon.id]
    assert my_reviews.plans_to_prepare(session, world.tutor, make.TODAY) == []
