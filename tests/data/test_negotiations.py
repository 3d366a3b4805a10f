"""Learner and tutor come to agree on a target: who may do what when, and what stays on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy.orm import Session

from data import history, models, negotiations, progress_grid, stuck, target_detail, target_page, targets
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import Typed
from data.models import IdeaOf, Move, Side
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer
from tests import factories as make

DUE = date(2027, 2, 12)


@dataclass
class World:
    """A learner with an account and a plan, and people around it."""

    cohort: models.Cohort
    plan: models.Plan
    lane: int
    tutor: Viewer
    learner: Viewer
    teacher: Viewer
    other_tutor: Viewer
    other_learner: Viewer


@pytest.fixture
def world(session: Session) -> World:
    college = make.organisation(session)
    department = make.department(session, college)
    cohort, other = make.cohort(session, department), make.cohort(session, department)
    tutor = make.person(session, college, "tutor", name="Tom Tutor")
    make.tutors(session, tutor, cohort)
    elsewhere = make.person(session, college, "tutor")
    make.tutors(session, elsewhere, other)
    account = make.person(session, college, "learner", name="Lena Learner")
    lena = make.learner(session, college, person_id=account.id, given_name="Lena", family_name="Learner")
    plan = make.plan(session, make.enrolment(session, lena, cohort), destination="My own studio")
    another = make.person(session, college, "learner")
    of_another = make.learner(session, college, person_id=another.id)
    make.plan(session, make.enrolment(session, of_another, cohort))
    teacher = make.person(session, college, "quality-lead")
    make.complete(session)
    return World(
        cohort=cohort,
        plan=plan,
        lane=make.lane_id(session, plan, "career"),
        tutor=make.viewer(session, tutor),
        learner=make.viewer(session, account),
        teacher=make.viewer(session, teacher),
        other_tutor=make.viewer(session, elsewhere),
        other_learner=make.viewer(session, another),
    )


def sent(**fields: object) -> Typed:
    return Typed({name: [str(value)] for name, value in fields.items() if value is not None})


def words(world: World, **more: object) -> Mapping[str, object]:
    return {"title": "Ask three studios", "lane_id": world.lane, "due_on": DUE} | more


def propose(session: Session, viewer: Viewer, world: World, **more: object) -> int:
    saved = negotiations.propose(session, viewer, sent(plan=world.plan.id, **words(world, **more)))
    session.commit()
    assert saved.target is not None
    return saved.target


def amend(session: Session, viewer: Viewer, world: World, target_id: int, **more: object) -> Saved:
    version = more.pop("version", None) or target_detail.read(session, viewer, target_id).version
    saved = negotiations.amend(
        session, viewer, sent(target=target_id, version=version, **words(world, **more))
    )
    session.commit()
    return saved


def answer(session: Session, viewer: Viewer, target_id: int, kind: str, said: str = "") -> Saved:
    version = target_detail.read(session, viewer, target_id).version
    saved: Saved = getattr(negotiations, kind)(
        session, viewer, sent(target=target_id, version=version, said=said)
    )
    session.commit()
    return saved


def moves(session: Session, viewer: Viewer, target_id: int) -> list[tuple[Side, Move, str]]:
    found = negotiations.talks(session, viewer, target_id).moves
    return [(one.side, one.move, one.by) for one in found]


def test_a_learner_proposes_the_tutor_amends_the_learner_agrees_and_both_names_stay(
    session: Session, world: World
) -> None:
    target_id = propose(session, world.learner, world, criteria="Three calls\n\nOne answer\nThree calls")
    proposed = target_detail.read(session, world.tutor, target_id)
    assert (proposed.status, proposed.state, proposed.idea_of) == ("proposed", None, IdeaOf.LEARNER)
    assert proposed.criteria_list == ("Three calls", "One answer")
    amend(session, world.tutor, world, target_id, due_on=date(2027, 2, 26), said="After the holidays")
    answer(session, world.learner, target_id, "agree")
    agreed = target_detail.read(session, world.learner, target_id)
    assert (agreed.status, agreed.due_on, agreed.first_due_on, agreed.moves) == (
        "to-come",
        date(2027, 2, 26),
        date(2027, 2, 26),
        0,
    )
    assert moves(session, world.teacher, target_id) == [
        (Side.LEARNER, Move.PROPOSED, "Lena Learner"),
        (Side.TUTOR, Move.AMENDED, "Tom Tutor"),
        (Side.LEARNER, Move.AGREED, "Lena Learner"),
    ]
    lines = {(line.field, line.new): line.by for line in history.read(session, world.tutor, target_id)}
    assert lines[("status", "to-come")] == "Lena Learner"
    assert lines[("due_on", "2027-02-26")] == "Tom Tutor"


def test_nobody_agrees_to_their_own_proposal_for_the_other_side(session: Session, world: World) -> None:
    by_learner = propose(session, world.learner, world)
    with pytest.raises(Refused, match="for your tutor to agree"):
        answer(session, world.learner, by_learner, "agree")
    by_tutor = propose(session, world.tutor, world)
    with pytest.raises(Refused, match="how the learner agreed"):
        answer(session, world.tutor, by_tutor, "agree")
    answer(session, world.tutor, by_tutor, "agree", said="At our review today")
    assert moves(session, world.tutor, by_tutor)[-1] == (Side.TUTOR, Move.AGREED, "Tom Tutor")
    assert target_detail.read(session, world.learner, by_learner).status == "proposed"


def test_an_amendment_turns_the_question_round(session: Session, world: World) -> None:
    target_id = propose(session, world.tutor, world)
    amend(session, world.learner, world, target_id, title="Ask two studios")
    with pytest.raises(Refused, match="your own proposal"):
        answer(session, world.learner, target_id, "agree")
    answer(session, world.tutor, target_id, "agree")
    assert target_detail.read(session, world.tutor, target_id).title == "Ask two studios"


def test_what_was_amended_meanwhile_is_read_before_it_is_agreed(session: Session, world: World) -> None:
    target_id = propose(session, world.tutor, world)
    amend(session, world.tutor, world, target_id, title="Ask ten studios")
    with pytest.raises(Refused, match="Tom Tutor has changed this proposal since"):
        negotiations.agree(session, world.learner, sent(target=target_id, version=1))


def test_a_proposal_counts_nowhere_until_it_is_agreed(session: Session, world: World) -> None:
    before = progress_grid.read(session, world.tutor, world.cohort.id).figures
    target_id = propose(session, world.learner, world)
    assert progress_grid.read(session, world.tutor, world.cohort.id).figures == before
    answer(session, world.tutor, target_id, "agree")
    assert progress_grid.read(session, world.tutor, world.cohort.id).figures != before


def test_declining_needs_a_reason_and_withdraws_it(session: Session, world: World) -> None:
    target_id = propose(session, world.learner, world)
    with pytest.raises(Refused, match="say why"):
        answer(session, world.tutor, target_id, "decline")
    answer(session, world.tutor, target_id, "decline", said="It is too far away for now")
    detail = target_detail.read(session, world.learner, target_id)
    assert detail.status == "withdrawn"
    reasons = {line.field: line.reason for line in history.read(session, world.learner, target_id)}
    assert reasons["status"] == "It is too far away for now"
    with pytest.raises(Refused, match="isn’t a proposal any more"):
        answer(session, world.tutor, target_id, "agree")


def test_a_proposal_without_a_date_is_amended_before_it_is_agreed(session: Session, world: World) -> None:
    target_id = propose(session, world.learner, world, due_on=None)
    with pytest.raises(Refused, match="no date yet"):
        answer(session, world.tutor, target_id, "agree")
    amend(session, world.tutor, world, target_id)
    answer(session, world.learner, target_id, "agree")
    assert target_detail.read(session, world.learner, target_id).due_on == DUE


def test_once_agreed_its_words_are_the_tutors_to_change_and_its_date_moves_elsewhere(
    session: Session, world: World
) -> None:
    target_id = propose(session, world.learner, world)
    answer(session, world.tutor, target_id, "agree")
    with pytest.raises(Refused, match="This is agreed"):
        amend(session, world.learner, world, target_id, title="Mine")
    amend(session, world.tutor, world, target_id, title="Ours", due_on=date(2027, 5, 5), priority="high")
    detail = target_detail.read(session, world.tutor, target_id)
    assert (detail.title, detail.due_on, detail.priority) == ("Ours", DUE, "high")
    assert [move for _, move, _ in moves(session, world.tutor, target_id)] == [Move.PROPOSED, Move.AGREED]


def test_two_who_amend_at_once_are_told(session: Session, world: World) -> None:
    target_id = propose(session, world.learner, world)
    amend(session, world.tutor, world, target_id, title="The tutor’s words")
    with pytest.raises(ChangedElsewhere) as told:
        amend(session, world.learner, world, target_id, title="The learner’s words", version=1)
    assert told.value.theirs["title"] == "The tutor’s words"
    assert (told.value.version, told.value.by) == (2, "Tom Tutor")


def test_saving_the_same_words_again_is_no_move(session: Session, world: World) -> None:
    target_id = propose(session, world.learner, world, criteria="Three calls\r\nOne answer")
    assert amend(
        session, world.tutor, world, target_id, criteria="Three calls\nOne answer", idea_of="learner"
    )
    assert len(moves(session, world.tutor, target_id)) == 1


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", "", "what the target is"),
        ("title", "x" * 201, "shorten this to 200 characters"),
        ("due_on", "2020-01-01", "before learning began"),
        ("due_on", "31.12.2027", "no date in the calendar"),
        ("lane_id", 999_999, "one of the list"),
        ("criteria", "\n".join(f"Criterion {number}" for number in range(13)), "keep to 12 criteria"),
        ("priority", "urgent", "one of the list"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, world: World, field: str, value: object, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        propose(session, world.learner, world, **{field: value})
    assert refused.value.field == field


def test_who_only_reads_or_sees_nothing_proposes_nothing(session: Session, world: World) -> None:
    with pytest.raises(Refused, match="ask the tutor"):
        propose(session, world.teacher, world)
    for stranger in (world.other_tutor, world.other_learner):
        with pytest.raises(NotFound):
            propose(session, stranger, world)
    target_id = propose(session, world.learner, world)
    for stranger in (world.other_tutor, world.other_learner):
        for kind in ("agree", "decline"):
            with pytest.raises(NotFound):
                getattr(negotiations, kind)(session, stranger, sent(target=target_id, version=1, said="x"))
        with pytest.raises(NotFound):
            target_page.read(session, stranger, target_id)


def test_agreeing_by_the_form_beside_a_view_stands_among_the_moves(session: Session, world: World) -> None:
    target_id = propose(session, world.learner, world)
    targets.update(session, world.tutor, target_id, 1, {"status": TargetStatus.IN_PROGRESS.value})
    assert moves(session, world.tutor, target_id)[-1][:2] == (Side.TUTOR, Move.AGREED)


def test_what_a_learner_proposes_or_is_stuck_on_reaches_the_tutors_first_page(
    session: Session, world: World
) -> None:
    target_id = propose(session, world.learner, world)
    assert [one.target_id for one in negotiations.on_caseload(session, world.tutor)] == [target_id]
    assert negotiations.on_caseload(session, world.other_tutor) == ()
    assert negotiations.on_caseload(session, world.learner) == ()
    amend(session, world.tutor, world, target_id, title="Now it is the learner’s turn")
    assert negotiations.on_caseload(session, world.tutor) == ()
    stuck.say(session, world.learner, sent(target=target_id, said="Whom do I call?"))
    (waiting,) = stuck.on_caseload(session, world.tutor)
    assert (waiting.said, waiting.learner, waiting.by) == ("Whom do I call?", "Lena Learner", "Lena Learner")
    assert stuck.on_caseload(session, world.other_tutor) == ()
