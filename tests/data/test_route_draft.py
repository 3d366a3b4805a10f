"""Build my route: the learner drafts, the tutor answers and takes it over, the words and the name stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import models, route_draft, route_draft_saves
from data.errors import ChangedElsewhere, Refused
from data.form_values import Typed
from data.scope import Viewer
from tests import factories as make
from tests.counting import statements


def typed(**sent: Any) -> Typed:
    return Typed({name: [str(value)] for name, value in sent.items()})


@dataclass
class Induction:
    session: Session
    tutor: Viewer
    learner: Viewer
    teacher: Viewer
    plan: models.Plan
    learner_id: int
    lane: int

    def draft(self, viewer: Viewer | None = None) -> route_draft.RouteDraft:
        self.session.flush()
        return route_draft.read(self.session, viewer or self.tutor, self.learner_id)

    def says(self, kind: str, said: str, **more: Any) -> route_draft.DraftPart:
        """A piece that the learner drafts."""
        sent = typed(plan=self.plan.id, kind=kind, said=said, **more)
        saved = route_draft_saves.save_part(self.session, self.learner, sent)
        return next(part for part in self.draft().parts if part.id == saved.id)


@pytest.fixture
def induction(session: Session) -> Induction:
    organisation = make.organisation(session)
    department = make.department(session, organisation)
    cohort = make.cohort(session, department)
    tutor, teacher, someone = (
        make.person(session, organisation, role) for role in ("tutor", "teacher", "learner")
    )
    make.tutors(session, tutor, cohort)
    plan = make.planned_learner(session, cohort)
    learner_id = session.get_one(models.Enrolment, plan.id).learner_id
    session.get_one(models.Learner, learner_id).person_id = someone.id
    group = models.TeachingGroup(department_id=department.id, code="G", subject="Maths")
    session.add(group)
    session.flush()
    since = {"group_id": group.id, "from_on": make.TODAY}
    session.add(models.TeachingGroupTeacher(person_id=teacher.id, **since))
    session.add(models.TeachingGroupLearner(learner_id=learner_id, **since))
    make.complete(session)
    return Induction(
        session,
        tutor=make.viewer(session, tutor),
        learner=make.viewer(session, someone),
        teacher=make.viewer(session, teacher),
        plan=plan,
        learner_id=learner_id,
        lane=make.lane_id(session, plan, "career"),
    )


def test_a_start_and_a_road_are_there_once_and_stops_as_often_as_one_likes(induction: Induction) -> None:
    first = induction.says("start", "I build karts")
    again = induction.says("start", "I build and race karts", version=first.version)
    assert again.id == first.id
    road = induction.says("road", "Kart track", lane_id=induction.lane)
    induction.says("road", "Race team", lane_id=induction.lane, version=road.version)
    induction.says("stop", "Theory test", lane_id=induction.lane)
    induction.says("stop", "Practical test", lane_id=induction.lane, by_when="2027-03-01")
    draft = induction.draft()
    assert [part.said for part in draft.of("stop")] == ["Practical test", "Theory test"]
    assert draft.road(induction.lane) is not None
    assert len(draft.parts) == 4
    with pytest.raises(ChangedElsewhere):
        induction.says("start", "Old tab", version=first.version)


def test_a_stop_becomes_the_learners_proposal_which_the_tutor_amended(induction: Induction) -> None:
    stop = induction.says("stop", "Get maths good enough", lane_id=induction.lane)
    saved = route_draft_saves.take_stop(
        induction.session,
        induction.tutor,
        typed(
            part=stop.id,
            version=stop.version,
            title="Pass the entry maths test",
            criteria="60 of 100",
            lane_id=induction.lane,
            due_on="2027-03-01",
        ),
    )
    target = induction.session.get_one(models.Target, saved.target)
    assert (target.status, target.title, target.idea_of) == (
        "proposed",
        "Pass the entry maths test",
        "learner",
    )
    moves = induction.session.execute(
        select(
            models.Negotiation.side,
            models.Negotiation.move,
            models.Negotiation.said,
            models.Negotiation.by_id,
        )
        .where(models.Negotiation.target_id == target.id)
        .order_by(models.Negotiation.id)
    ).all()
    assert [tuple(move) for move in moves] == [
        ("learner", "proposed", "Get maths good enough", induction.learner.person_id),
        ("tutor", "amended", "", induction.tutor.person_id),
    ]
    (part,) = induction.draft(induction.learner).parts
    assert (part.said, part.taken_by, part.target_id) == (
        "Get maths good enough",
        induction.tutor.name,
        target.id,
    )
    with pytest.raises(Refused, match="already"):
        induction.says("stop", "Something else", part=part.id, version=part.version, lane_id=induction.lane)
    with pytest.raises(Refused, match="already"):
        route_draft_saves.take_stop(
            induction.session, induction.tutor, typed(part=part.id, version=part.version, title="Twice")
        )


def test_a_breakdown_becomes_a_barrier_that_the_learner_named(induction: Induction) -> None:
    part = induction.says("breakdown", "The early bus", what_helps="A later start")
    sent = typed(
        part=part.id, version=part.version, what="The 7.10 bus", kind="institutional", confidentiality="3"
    )
    route_draft_saves.take_breakdown(induction.session, induction.tutor, sent)
    barrier = induction.session.scalars(select(models.Barrier)).one()
    assert (barrier.what, barrier.named_by_learner, barrier.confidentiality) == ("The 7.10 bus", True, 3)
    assert induction.draft().of("breakdown")[0].barrier_id == barrier.id


def test_what_could_break_down_stands_in_no_history(induction: Induction) -> None:
    part = induction.says("breakdown", "zqsecretqz", what_helps="zqhelpqz")
    induction.says("breakdown", "zqotherqz", part=part.id, version=part.version)
    route_draft_saves.remove_part(
        induction.session, induction.learner, typed(part=part.id, version=part.version + 1)
    )
    changes = induction.session.execute(select(models.Change.old, models.Change.new)).all()
    assert len(changes) == 3
    assert not any("zq" in str(change) for change in changes)


def test_start_and_destination_go_into_the_plan_and_the_draft_keeps_its_words(induction: Induction) -> None:
    part = induction.says("destination", "I want to race")
    sent = typed(part=part.id, version=part.version, words="I want to be a motorsport engineer")
    route_draft_saves.take_text(induction.session, induction.tutor, sent)
    draft = induction.draft()
    assert draft.head.destination == "I want to be a motorsport engineer"
    assert draft.parts[0].said == "I want to race"
    assert draft.parts[0].drafted_by == induction.learner.name


def test_the_tutor_answers_and_the_learner_reads_who_did(induction: Induction) -> None:
    part = induction.says("stop", "Theory test", lane_id=induction.lane)
    assert induction.draft().waiting == 1
    sent = typed(part=part.id, version=part.version, reply="Which centre?")
    route_draft_saves.reply(induction.session, induction.tutor, sent)
    (read,) = induction.draft(induction.learner).parts
    assert (read.reply, read.replied_by) == ("Which centre?", induction.tutor.name)
    assert induction.draft().waiting == 0


def test_only_the_learner_drafts_only_staff_take_over_and_a_teacher_reads_nothing(
    induction: Induction,
) -> None:
    part = induction.says("stop", "Theory test", lane_id=induction.lane)
    draft = induction.draft(induction.teacher)
    assert (draft.readable, draft.parts) == (False, ())
    with pytest.raises(Refused):
        route_draft_saves.save_part(
            induction.session, induction.tutor, typed(plan=induction.plan.id, kind="start", said="Mine")
        )
    with pytest.raises(Refused):
        route_draft_saves.reply(
            induction.session, induction.learner, typed(part=part.id, version=1, reply="Hello")
        )


def test_bad_input_is_answered_at_its_field(induction: Induction) -> None:
    for kind, said, more, field in (
        ("stop", "Theory test", {}, "lane_id"),
        ("stop", "", {"lane_id": induction.lane}, "said"),
        ("stop", "x" * 201, {"lane_id": induction.lane}, "said"),
        ("stop", "Early", {"lane_id": induction.lane, "by_when": "2020-01-01"}, "by_when"),
        ("holiday", "Beach", {}, "kind"),
    ):
        with pytest.raises(Refused) as refused:
            induction.says(kind, said, **more)
        assert refused.value.field == field
    assert (
        induction.says("stop", "🏁 \u05de\u05d1\u05d7\u05df", lane_id=induction.lane).said
        == "🏁 \u05de\u05d1\u05d7\u05df"
    )


def test_the_page_takes_as_many_queries_for_many_pieces_as_for_none(induction: Induction) -> None:
    def queries() -> int:
        with statements(induction.session) as ran:
            induction.draft()
        return len(ran)

    few = queries()
    for number in range(5):
        induction.says("stop", f"Stop {number}", lane_id=induction.lane)
    assert queries() == few
