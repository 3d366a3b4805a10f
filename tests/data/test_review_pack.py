"""What a review pack holds: since the last review, the learner's words, what to ask, what to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from data import models, review_pack
from data.errors import NotFound
from data.pack_rows import Action
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements

LAST = date(2026, 11, 30)


@dataclass
class World:
    """A learner with an account, last reviewed on 30 November, and who looks at the plan."""

    cohort: models.Cohort
    plan: models.Plan
    learner: models.Person
    tutor: Viewer
    teacher: Viewer
    stranger: Viewer


@pytest.fixture
def world(session: Session) -> World:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    learner, tutor, teacher, stranger = (
        make.person(session, organisation, role) for role in ("learner", "tutor", "teacher", "tutor")
    )
    make.tutors(session, tutor, cohort)
    person = make.learner(session, organisation, person_id=learner.id, given_name="Amara")
    plan = make.plan(session, make.enrolment(session, person, cohort))
    group = models.TeachingGroup(department_id=department.id, code="G1", subject="Maths")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": date(2026, 9, 1)}
    session.add(models.TeachingGroupLearner(learner_id=person.id, **since))
    session.add(models.TeachingGroupTeacher(person_id=teacher.id, **since))
    review = make.review(session, plan, LAST, note="Bring the brief", recorded_by_id=tutor.id)
    completed = {"kind_id": review.kind_id, "started_at": at(LAST), "completed_at": at(LAST)}
    form = models.ReviewForm(plan_id=plan.id, review_id=review.id, **completed)
    session.add(form)
    session.flush()
    session.add(models.ReviewAction(form_id=form.id, what="Ask for a quiet room", by_whom="Tutor"))
    make.complete(session)
    viewers = [make.viewer(session, one) for one in (tutor, teacher, stranger)]
    return World(cohort, plan, learner, *viewers)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def add_a_life(session: Session, world: World) -> None:
    """Something of everything before and after the last review."""
    plan = world.plan
    before, after = date(2026, 11, 16), date(2026, 12, 7)
    for title, on in (("Done before", before), ("Done on the day", LAST), ("Done since", after)):
        make.target(session, plan, title=title, status="achieved", achieved_on=on, due_on=date(2026, 12, 18))
    moved = make.target(
        session,
        plan,
        title="Moved",
        moves=2,
        due_on=date(2027, 1, 29),
        first_due_on=date(2026, 11, 6),
        lane="career",
    )
    for old, new, on in (("2026-11-06", "2026-12-04", before), ("2026-12-04", "2027-01-29", after)):
        change = {"field": "due_on", "old": old, "new": new, "origin": "person", "at": at(on)}
        session.add(models.Change(plan_id=plan.id, target_id=moved.id, **change))
    make.target(session, plan, title="Late", due_on=date(2026, 12, 14))
    make.target(session, plan, title="New", created_on=after, due_on=date(2027, 2, 12))
    make.target(session, plan, title="Proposed", status="proposed")
    for level in (3, 4):
        session.add(
            support := models.Support(
                plan_id=plan.id,
                what=f"Reader {level}",
                sessions_planned=6,
                sessions_delivered=2,
                from_on=date(2026, 10, 5),
                confidentiality=level,
            )
        )
        session.flush()
        for on, delivered in ((before, True), (after, True), (date(2026, 12, 14), False)):
            session.add(models.SupportSession(support_id=support.id, held_on=on, delivered=delivered))
    for week, attended in ((before, 9), (after, 7)):
        session.add(models.Attendance(enrolment_id=plan.id, week_on=week, possible=10, attended=attended))
    for on, learned in ((before, "Long ago"), (after, "To clamp twice"), (date(2027, 1, 4), "To ask")):
        session.add(models.Reflection(plan_id=plan.id, written_on=on, learned=learned))
    for on, said in ((before, "Old words"), (after, "After lunch the room is loud")):
        own = {"by_id": world.learner.id, "origin": "person", "at": at(on)}
        session.add(models.Change(plan_id=plan.id, field="comment", new=said, **own))
    session.add(models.SelfEvaluation(plan_id=plan.id, written_on=after, going="mostly"))
    by_teacher = {"by_id": world.teacher.person_id, "going": "well"}
    session.add(
        models.ReviewLine(plan_id=plan.id, written_on=after, said="Asks good questions", **by_teacher)
    )
    session.add(models.ReviewLine(plan_id=plan.id, written_on=before, said="Too early", **by_teacher))
    session.flush()


def test_a_pack_tells_what_happened_since_the_last_review_and_not_before(
    session: Session, world: World
) -> None:
    add_a_life(session, world)
    pack = review_pack.read(session, world.tutor, world.plan.id)
    assert [target.title for target in pack.achieved] == ["Done since"]
    assert [(one.target.title, one.was_due_on) for one in pack.slipped] == [
        ("Late", None),
        ("Moved", date(2026, 12, 4)),
    ]
    assert [target.title for target in pack.new] == ["New"]
    assert [target.title for target in pack.open_targets] == ["Late", "Moved", "New"]
    (support,) = pack.supports
    assert (support.what, support.delivered_since, support.missed_since) == ("Reader 3", 1, 1)
    assert (pack.attendance_then.percent, pack.attendance_now.percent) == (90, 70)
    assert pack.last is not None
    assert (pack.last.held_on, pack.last.kind) == (LAST, "Progress review")
    assert (pack.last.by, pack.last.note) == (world.tutor.name, "Bring the brief")
    assert pack.last.actions == (Action("Ask for a quiet room", "Tutor", None),)
    assert pack.why_next.startswith("Due by 11 January 2027: six weeks after the review on 30 November")


def test_a_pack_holds_the_learners_words_and_the_lines_of_teachers_since_then(
    session: Session, world: World
) -> None:
    add_a_life(session, world)
    pack = review_pack.read(session, world.tutor, world.plan.id)
    assert pack.reflection is not None
    assert pack.reflection.learned == "To ask"
    assert {one.text for one in pack.said} == {"To clamp twice", "After lunch the room is loud"}
    assert pack.self_view is not None
    assert pack.self_view.going == "mostly"
    assert [(line.subject, line.said) for line in pack.lines] == [("Maths", "Asks good questions")]
    assert [question.rule.key for question in pack.questions] == [
        "support-missed",
        "moved-twice",
        "attendance-fell",
    ]


def test_a_first_pack_is_since_learning_began(session: Session, world: World) -> None:
    plan = make.planned_learner(session, world.cohort)
    started = session.get_one(models.Enrolment, plan.id).starts_on
    make.target(session, plan, title="At once", status="achieved", achieved_on=started, due_on=started)
    make.complete(session)
    pack = review_pack.read(session, world.tutor, plan.id)
    assert (pack.last, [target.title for target in pack.achieved]) == (None, ["At once"])
    assert pack.attendance_then.of == pack.attendance_now.of == 0


def test_a_teacher_reads_a_pack_without_confidential_rows_and_a_stranger_none(
    session: Session, world: World
) -> None:
    add_a_life(session, world)
    session.add(
        models.Barrier(
            plan_id=world.plan.id, kind="personal", what="At home", from_on=LAST, confidentiality=3
        )
    )
    session.flush()
    tutors = review_pack.read(session, world.tutor, world.plan.id)
    assert "At home" in repr(tutors.questions)
    teachers = review_pack.read(session, world.teacher, world.plan.id)
    assert teachers.supports == ()
    assert "At home" not in repr(teachers)
    with pytest.raises(NotFound):
        review_pack.read(session, world.stranger, world.plan.id)
    with pytest.raises(NotFound):
        review_pack.of_cohort(session, world.stranger, world.cohort.id)


def test_a_cohorts_packs_cost_the_queries_of_one(session: Session, world: World) -> None:
    def cost() -> int:
        session.commit()
        with statements(session) as asked:
            review_pack.of_cohort(session, world.tutor, world.cohort.id)
        return len(asked)

    add_a_life(session, world)
    before = cost()
    for number in range(4):
        plan = make.planned_learner(session, world.cohort)
        make.review(session, plan, LAST)
        make.target(session, plan, title=f"Target {number}", moves=2)
        session.add(models.Reflection(plan_id=plan.id, written_on=date(2026, 12, 7), learned="x"))
    make.complete(session)
    assert cost() == before
    packs = review_pack.of_cohort(session, world.tutor, world.cohort.id)
    assert len(packs) == 5
    assert packs[0] == review_pack.read(session, world.tutor, packs[0].plan_id)


def test_who_is_on_a_break_or_has_left_is_not_among_a_cohorts_packs(session: Session, world: World) -> None:
    left = make.planned_learner(session, world.cohort, ended_on=date(2026, 12, 1), end_reason="withdrew")
    away = make.planned_learner(session, world.cohort)
    session.add(models.BreakInLearning(enrolment_id=away.id, from_on=date(2026, 12, 1)))
    make.complete(session)
    packs = review_pack.of_cohort(session, world.tutor, world.cohort.id)
    assert [pack.plan_id for pack in packs] == [world.plan.id]
    assert review_pack.read(session, world.tutor, left.id).next_state == "not-required"
    assert review_pack.read(session, world.tutor, away.id).next_state == "paused"
