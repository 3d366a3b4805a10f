"""Saving a target: who may change what, what follows from it, its history, and two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from threading import Barrier as Rendezvous
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data import history, models, targets
from data.database import reading, writing
from data.errors import ChangedElsewhere, NotFound, Refused
from data.models import Change, Step, Target
from data.rules import CLOSED_STATUSES, TargetState, TargetStatus
from data.scope import Viewer
from data.targets import TargetDetail
from tests import factories as make
from tests.counting import statements

TODAY = make.TODAY
DUE, NEW_DUE = date(2027, 1, 29), date(2027, 2, 12)
WHY = "Waiting for the workshop"


@dataclass
class World:
    """A plan with a target of two steps, and people around it."""

    plan: models.Plan
    target: models.Target
    steps: list[Step]
    cohort: models.Cohort
    tutor: Viewer
    head: Viewer
    learner: Viewer
    teacher: Viewer
    stranger: Viewer
    nobody: Viewer


@pytest.fixture
def world(session: Session) -> World:
    college = make.organisation(session)
    department = make.department(session, college)
    cohort = make.cohort(session, department)
    tutor = make.person(session, college, "tutor", name="Tom Tutor")
    make.tutors(session, tutor, cohort)
    account = make.person(session, college, "learner", name="Lena Learner")
    learner = make.learner(session, college, person_id=account.id, given_name="Lena", family_name="Learner")
    plan = make.plan(session, make.enrolment(session, learner, cohort))
    target = make.target(session, plan, due_on=DUE, title="Unit 4", note="A note")
    steps = [Step(target_id=target.id, position=number, text=f"Step {number}") for number in (2, 1)]
    session.add_all(steps)
    elsewhere = make.person(session, make.organisation(session), "administrator")
    head = make.person(session, college, "head-of-department", department=department)
    teacher = make.person(session, college, "teacher", name="Tess Teacher")
    group = models.TeachingGroup(department_id=department.id, code="M1", subject="Maths")
    session.add(group)
    session.flush()
    session.add_all(
        [
            models.TeachingGroupTeacher(group_id=group.id, person_id=teacher.id, from_on=cohort.starts_on),
            models.TeachingGroupLearner(group_id=group.id, learner_id=learner.id, from_on=cohort.starts_on),
        ]
    )
    make.complete(session)
    as_tutor = make.viewer(session, tutor)
    return World(
        plan=plan,
        target=target,
        steps=sorted(steps, key=lambda step: step.position),
        cohort=cohort,
        tutor=as_tutor,
        head=make.viewer(session, head),
        learner=make.viewer(session, account),
        teacher=make.viewer(session, teacher),
        stranger=make.viewer(session, elsewhere),
        nobody=replace(as_tutor, grants=()),
    )


def save(session: Session, viewer: Viewer, world: World, **changes: Any) -> TargetDetail:
    """Save changes over the version now stored."""
    reason = changes.pop("reason", WHY)
    now = targets.read(session, viewer, world.target.id)
    return targets.update(session, viewer, now.id, now.version, changes, reason)


def stored(session: Session, world: World) -> Target:
    session.flush()
    session.expire_all()
    return session.get_one(Target, world.target.id)


def fields_changed(
    session: Session, viewer: Viewer, world: World
) -> list[tuple[str, str | None, str | None]]:
    """(field, old, new), newest first."""
    return [(line.field, line.old, line.new) for line in history.read(session, viewer, world.target.id)]


# --- reading -------------------------------------------------------------------------------------------


def test_a_target_is_read_with_all_that_its_form_shows(session: Session, world: World) -> None:
    found = targets.read(session, world.tutor, world.target.id)
    assert (found.title, found.learner_name, found.cohort_code) == (
        "Unit 4",
        "Lena Learner",
        world.cohort.code,
    )
    assert (found.lane_label, found.phase_name, found.milestone_id) == ("Qualification", None, None)
    assert (found.status, found.state) == (TargetStatus.TO_COME, TargetState.TO_COME)
    assert [step.text for step in found.steps] == ["Step 1", "Step 2"]
    assert (found.version, found.may_write) == (1, "all")
    assert (found.last_changed_by, found.last_changed_at) == ("", None)


def test_the_state_is_that_of_the_day_and_says_how_late(session: Session, world: World) -> None:
    late = replace(world.tutor, today=date(2027, 2, 1))
    found = targets.read(session, late, world.target.id)
    assert (found.state, found.days_late) == (TargetState.OVERDUE, 3)


def test_who_may_write_what_is_said_with_the_target(session: Session, world: World) -> None:
    may = {
        name: targets.read(session, getattr(world, name), world.target.id).may_write
        for name in ("tutor", "head", "learner", "teacher")
    }
    assert may == {"tutor": "all", "head": "all", "learner": "note", "teacher": "none"}


def test_out_of_scope_and_missing_are_the_same_answer(session: Session, world: World) -> None:
    target, plan, step = world.target.id, world.plan.id, world.steps[0].id
    lane = targets.lane_choices(session, world.tutor)[0].id
    new = {"title": "New", "lane_id": lane, "due_on": DUE}
    for viewer, some_target, some_plan in (
        (world.stranger, target, plan),
        (world.nobody, target, plan),
        (world.tutor, 999_999, 999_999),
    ):
        for attempt in (
            lambda v=viewer, t=some_target: targets.read(session, v, t),
            lambda v=viewer, t=some_target: history.read(session, v, t),
            lambda v=viewer, t=some_target: targets.update(session, v, t, 1, {"note": "Mine"}),
            lambda v=viewer, t=some_target: targets.tick_step(session, v, t, step, True),
            lambda v=viewer, p=some_plan: targets.create(session, v, p, new),
        ):
            with pytest.raises(NotFound) as answer:
                attempt()
            assert str(answer.value) == ""
    assert session.scalar(select(func.count()).select_from(Change)) == 0


def test_a_target_costs_two_queries(session: Session, world: World) -> None:
    with statements(session) as ran:
        targets.read(session, world.tutor, world.target.id)
    assert len(ran) == 2


# --- saving --------------------------------------------------------------------------------------------


def test_saving_keeps_the_values_their_version_and_their_history(session: Session, world: World) -> None:
    saved = save(session, world.tutor, world, status="in-progress", due_on="2027-02-12", note="Half done")
    assert (saved.status, saved.due_on, saved.note) == (TargetStatus.IN_PROGRESS, NEW_DUE, "Half done")
    assert (saved.version, saved.last_changed_by) == (2, "Tom Tutor")
    lines = history.read(session, world.tutor, world.target.id)
    assert {(line.field, line.old, line.new, line.reason, line.by) for line in lines} == {
        ("status", "to-come", "in-progress", "", "Tom Tutor"),
        ("due_on", "2027-01-29", "2027-02-12", WHY, "Tom Tutor"),
        ("note", "A note", "Half done", "", "Tom Tutor"),
    }
    assert {line.at.date() for line in lines} == {TODAY}


def test_history_is_newest_first_and_says_import_where_no_person_changed_it(
    session: Session, world: World
) -> None:
    session.add(
        Change(
            plan_id=world.plan.id,
            target_id=world.target.id,
            field="created",
            new="Unit 4",
            origin=models.Origin.IMPORT,
            at=world.tutor.now.replace(year=2026),
        )
    )
    save(session, world.tutor, world, status="in-progress")
    save(session, world.head, world, note="Seen")
    lines = history.read(session, world.tutor, world.target.id)
    assert [line.field for line in lines] == ["note", "status", "created"]
    assert lines[-1].by == "import"
    assert targets.read(session, world.tutor, world.target.id).last_changed_by == world.head.name


def test_nothing_changed_is_no_new_version_and_no_history(session: Session, world: World) -> None:
    saved = save(session, world.tutor, world, status="to-come", due_on="2027-01-29", note="A note", reason="")
    assert saved.version == 1
    assert fields_changed(session, world.tutor, world) == []


def test_line_ends_as_browsers_send_them_are_no_change(session: Session, world: World) -> None:
    world.target.note = "One\r\ntwo "
    session.flush()
    assert save(session, world.tutor, world, note="One\ntwo").version == 1


def test_a_date_moves_only_with_a_reason_and_the_first_date_is_kept(session: Session, world: World) -> None:
    with pytest.raises(Refused) as refused:
        save(session, world.tutor, world, due_on=NEW_DUE, reason="  ")
    assert refused.value.field == "reason"
    save(session, world.tutor, world, due_on=NEW_DUE)
    moved = save(session, world.tutor, world, due_on=DUE)
    assert (moved.due_on, moved.first_due_on, moved.moves) == (DUE, DUE, 2)


def test_a_date_that_can_not_be_is_refused_with_the_next_step(session: Session, world: World) -> None:
    refusals: list[tuple[Any, str]] = [
        ("2026-09-06", "before learning began on 7 September 2026"),
        ("0207-02-12", "before learning began"),
        ("2037-01-13", "more than ten years ahead"),
        ("2027-02-30", "no date in the calendar"),
        ("12/02/2027", "no date in the calendar"),
        (20270212, "no date in the calendar"),
        ("", "keeps one"),
        (None, "keeps one"),
    ]
    for due_on, said in refusals:
        with pytest.raises(Refused, match=said) as refused:
            save(session, world.tutor, world, due_on=due_on)
        assert refused.value.field == "due_on"
    assert stored(session, world).due_on == DUE


def test_the_first_day_of_learning_and_ten_years_ahead_are_still_dates(
    session: Session, world: World
) -> None:
    assert save(session, world.tutor, world, due_on="2026-09-07").due_on == date(2026, 9, 7)
    assert save(session, world.tutor, world, due_on="2037-01-11").due_on == date(2037, 1, 11)


def test_achieving_sets_the_day_and_later_edits_do_not_move_it(session: Session, world: World) -> None:
    achieved = save(session, world.tutor, world, status="achieved")
    assert (achieved.state, achieved.achieved_on) == (TargetState.ACHIEVED, TODAY)
    later = replace(world.tutor, today=date(2027, 1, 20))
    edited = save(session, later, world, status="achieved", note="Well done")
    assert edited.achieved_on == TODAY
    assert stored(session, world).closed_on == TODAY


def test_reopening_clears_the_day_and_keeps_it_in_the_history(session: Session, world: World) -> None:
    save(session, world.tutor, world, status="achieved")
    reopened = save(session, world.tutor, world, status="in-progress")
    assert (reopened.achieved_on, stored(session, world).closed_on) == (None, None)
    again = save(session, replace(world.tutor, today=date(2027, 1, 20)), world, status="achieved")
    assert again.achieved_on == date(2027, 1, 20)
    assert fields_changed(session, world.tutor, world) == [
        ("achieved_on", None, "2027-01-20"),
        ("status", "in-progress", "achieved"),
        ("achieved_on", "2027-01-11", None),
        ("status", "achieved", "in-progress"),
        ("achieved_on", None, "2027-01-11"),
        ("status", "to-come", "achieved"),
    ]


def test_closing_sets_the_day_of_closing_and_a_closed_date_does_not_move(
    session: Session, world: World
) -> None:
    for status in CLOSED_STATUSES:
        save(session, world.tutor, world, status=status)
        assert stored(session, world).closed_on == TODAY
        with pytest.raises(Refused, match="reopen it") as refused:
            save(session, world.tutor, world, due_on=NEW_DUE)
        assert refused.value.field == "due_on"
    assert save(session, world.tutor, world, status="to-come", due_on=NEW_DUE).due_on == NEW_DUE


def test_a_target_that_is_closed_otherwise_later_has_the_later_day(session: Session, world: World) -> None:
    save(session, world.tutor, world, status="achieved")
    save(session, replace(world.tutor, today=date(2027, 1, 20)), world, status="withdrawn")
    closed = stored(session, world)
    assert (closed.closed_on, closed.achieved_on) == (date(2027, 1, 20), None)


def test_a_target_without_a_date_gets_its_first_one_without_a_reason(session: Session, world: World) -> None:
    world.target.due_on = world.target.first_due_on = None
    session.flush()
    saved = save(session, world.tutor, world, due_on=DUE, reason="")
    assert (saved.due_on, saved.first_due_on, saved.moves) == (DUE, DUE, 0)
    assert save(session, world.tutor, world, due_on=NEW_DUE).first_due_on == DUE


def test_the_first_date_of_a_proposed_target_is_the_one_that_is_agreed(
    session: Session, world: World
) -> None:
    world.target.status = TargetStatus.PROPOSED
    session.flush()
    kept = save(session, world.tutor, world, status="", note="Let us talk", reason="")
    assert (kept.status, kept.state) == (TargetStatus.PROPOSED, None)
    agreed = save(session, world.tutor, world, status="to-come", due_on=NEW_DUE, reason="")
    assert (agreed.first_due_on, agreed.moves) == (NEW_DUE, 0)
    with pytest.raises(Refused, match="choose one of the states"):
        save(session, world.tutor, world, status="")


def test_only_a_status_that_people_record_is_saved(session: Session, world: World) -> None:
    for status in ("overdue", "proposed", "", None, 3, ["achieved"]):
        with pytest.raises(Refused) as refused:
            save(session, world.tutor, world, status=status)
        assert refused.value.field == "status"


def test_a_note_is_text_of_a_sensible_length(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="shorten"):
        save(session, world.tutor, world, note="n" * 4001)
    with pytest.raises(Refused, match="as text"):
        save(session, world.tutor, world, note={"text": "Mine"})
    with pytest.raises(Refused, match="shorten"):
        save(session, world.tutor, world, due_on=NEW_DUE, reason="r" * 501)
    assert save(session, world.tutor, world, note="").note == ""


def test_no_other_column_can_be_set_by_sending_its_name(session: Session, world: World) -> None:
    for column in set(Target.__table__.columns.keys()) - set(targets.FIELDS):
        for viewer in (world.tutor, world.learner):
            with pytest.raises(Refused, match="can't change that"):
                save(session, viewer, world, **{"note": "Mine", column: 1})
    assert stored(session, world).version == 1


# --- who may save what ---------------------------------------------------------------------------------


def test_a_learner_saves_the_note_and_nothing_else(session: Session, world: World) -> None:
    saved = save(session, world.learner, world, status="to-come", due_on="2027-01-29", note="I tried")
    assert (saved.note, saved.last_changed_by) == ("I tried", "Lena Learner")
    for changes in (
        {"status": "achieved"},
        {"due_on": NEW_DUE},
        {"note": "More", "status": "withdrawn"},
        {"how_met": "By itself"},
    ):
        with pytest.raises(Refused, match="together with your tutor"):
            save(session, world.learner, world, **changes)
    assert stored(session, world).status == "to-come"
    assert stored(session, world).note == "I tried"


def test_who_only_reads_is_told_so(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="can read this target, but not change it"):
        save(session, world.teacher, world, note="Mine")
    with pytest.raises(Refused, match="not tick its steps"):
        targets.tick_step(session, world.teacher, world.target.id, world.steps[0].id, True)


# --- two people at once --------------------------------------------------------------------------------


def test_the_second_save_is_told_what_the_first_one_saved(session: Session, world: World) -> None:
    save(session, world.head, world, status="in-progress")
    with pytest.raises(ChangedElsewhere) as told:
        targets.update(session, world.tutor, world.target.id, 1, {"status": "achieved", "note": "Done"})
    assert (told.value.version, told.value.by) == (2, world.head.name)
    assert told.value.theirs == {
        "status": "in-progress",
        "due_on": DUE,
        "note": "A note",
        "how_met": "",
    }
    assert stored(session, world).version == 2


def test_saving_again_what_is_saved_already_is_no_conflict(session: Session, world: World) -> None:
    """As after a lost connection, or a second click."""
    changes = {"status": "in-progress", "due_on": "2027-01-29", "note": "A note"}
    once = targets.update(session, world.tutor, world.target.id, 1, changes)
    assert targets.update(session, world.tutor, world.target.id, 1, changes) == once


def test_of_two_who_save_at_the_same_moment_one_saves_and_one_is_told(
    engine: Engine, session: Session, world: World
) -> None:
    target_id, together = world.target.id, Rendezvous(8)
    session.commit()

    def save_at_once(number: int) -> str:
        together.wait()
        try:
            with writing(engine) as own:
                targets.update(own, world.tutor, target_id, 1, {"note": f"Note {number}"})
        except ChangedElsewhere as told:
            return str(told.theirs["note"])
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(save_at_once, range(8)))
    with reading(engine) as fresh:
        found = targets.read(fresh, world.tutor, target_id)
        assert sorted(answers) == [*([found.note] * 7), "saved"]
        assert found.version == 2
        assert len(history.read(fresh, world.tutor, target_id)) == 1


def test_saves_of_many_targets_of_a_department_at_once_all_succeed(
    engine: Engine, session: Session, world: World
) -> None:
    others = [
        make.target(session, make.planned_learner(session, world.cohort), due_on=DUE).id for _ in range(8)
    ]
    make.complete(session)

    def achieve(target_id: int) -> TargetState | None:
        with writing(engine) as own:
            return targets.update(own, world.tutor, target_id, 1, {"status": "achieved"}).state

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(achieve, others)) == [TargetState.ACHIEVED] * 8


# --- a new target, and steps ---------------------------------------------------------------------------


def new_target(session: Session, viewer: Viewer, world: World, **typed: Any) -> TargetDetail:
    lane = next(lane for lane in targets.lane_choices(session, viewer) if lane.label == "Career")
    values = {"title": "Visit an employer", "criteria": "A page of notes", "lane_id": str(lane.id)}
    return targets.create(session, viewer, world.plan.id, values | {"due_on": "2027-03-05"} | typed)


def test_a_new_target_is_agreed_and_in_the_phase_of_its_date(session: Session, world: World) -> None:
    for position, (name, starts_on, ends_on) in enumerate(
        [
            ("Foundation", date(2026, 9, 7), date(2027, 2, 12)),
            ("Progression", date(2027, 2, 13), date(2027, 7, 9)),
        ]
    ):
        session.add(
            models.Phase(
                plan_id=world.plan.id, name=name, position=position, starts_on=starts_on, ends_on=ends_on
            )
        )
    made = new_target(session, world.tutor, world)
    assert (made.title, made.criteria, made.lane_label) == ("Visit an employer", "A page of notes", "Career")
    assert (made.status, made.phase_name, made.version) == (TargetStatus.TO_COME, "Progression", 1)
    assert (made.due_on, made.first_due_on, made.moves) == (date(2027, 3, 5), date(2027, 3, 5), 0)
    (line,) = history.read(session, world.tutor, made.id)
    assert (line.field, line.old, line.new, line.by) == ("created", None, "Visit an employer", "Tom Tutor")


def test_a_new_target_that_can_not_be_is_refused(session: Session, world: World) -> None:
    refusals: list[tuple[dict[str, Any], str | None]] = [
        ({"title": "  "}, "title"),
        ({"title": "t" * 201}, "title"),
        ({"title": None}, "title"),
        ({"lane_id": ""}, "lane_id"),
        ({"lane_id": "career"}, "lane_id"),
        ({"lane_id": True}, "lane_id"),
        ({"lane_id": 999_999_999_999}, "lane_id"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2026-01-01"}, "due_on"),
        ({"status": "achieved"}, None),
    ]
    for typed, field in refusals:
        with pytest.raises(Refused) as refused:
            new_target(session, world.tutor, world, **typed)
        assert refused.value.field == field


def test_a_lane_of_another_organisation_is_no_lane(session: Session, world: World) -> None:
    theirs = targets.lane_choices(session, world.stranger)[0].id
    with pytest.raises(Refused, match="choose a lane"):
        new_target(session, world.tutor, world, lane_id=theirs)


def test_a_learner_and_a_teacher_are_refused_a_new_target_kindly(session: Session, world: World) -> None:
    for viewer in (world.learner, world.teacher):
        with pytest.raises(Refused, match="together with the tutor"):
            new_target(session, viewer, world)


def test_a_learner_ticks_a_step_and_takes_the_tick_away(session: Session, world: World) -> None:
    target_id, step_id = world.target.id, world.steps[0].id
    ticked = targets.tick_step(session, world.learner, target_id, step_id, True)
    assert [step.done_on for step in ticked.steps] == [TODAY, None]
    assert ticked.version == 2
    assert targets.tick_step(session, world.learner, target_id, step_id, True).version == 2
    unticked = targets.tick_step(session, world.learner, target_id, step_id, False)
    assert [step.done_on for step in unticked.steps] == [None, None]
    assert fields_changed(session, world.learner, world) == [
        ("step", "Step 1", None),
        ("step", None, "Step 1"),
    ]


def test_a_step_of_another_target_is_not_found(session: Session, world: World) -> None:
    other = make.target(session, world.plan)
    with pytest.raises(NotFound):
        targets.tick_step(session, world.tutor, other.id, world.steps[0].id, True)
