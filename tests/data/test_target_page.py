"""All that belongs to a target: criteria judged, steps, being stuck, evidence, links, and its page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from data import (
    evidence,
    file_types,
    history,
    models,
    stuck,
    target_criteria,
    target_detail,
    target_links,
    target_page,
    target_steps,
    targets,
)
from data.errors import NotFound, Refused
from data.form_values import SentFile, Typed
from data.models import Judged
from data.scope import Viewer
from data.stored_files import FileStore
from data.target_page import TargetPage
from tests import factories as make
from tests.counting import statements
from tests.data.test_negotiations import World, sent
from tests.data.test_negotiations import world as world

PDF = b"%PDF-1.7\nhello"
PNG = b"\x89PNG\r\n\x1a\n...."


@pytest.fixture
def target(session: Session, world: World) -> models.Target:
    """An agreed target with two criteria and three steps."""
    made = make.target(session, world.plan, criteria="Three calls\nOne answer", title="Ask three studios")
    for position, text in enumerate(("List them", "Call them", "Write it down")):
        session.add(models.Step(target_id=made.id, position=position, text=text))
    make.complete(session)
    return made


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence", largest_mb=1)


def shown(session: Session, viewer: Viewer, target: models.Target) -> TargetPage:
    session.flush()
    return target_page.read(session, viewer, target.id)


def with_file(target: models.Target, name: str, content: bytes, **more: object) -> Typed:
    fields = {key: [str(value)] for key, value in ({"target": target.id} | more).items()}
    return Typed(fields, {"file": SentFile(name, content)})


# --- criteria ------------------------------------------------------------------------------------------


def test_the_learner_judges_a_criterion_a_peer_another_and_the_tutor_confirms(
    session: Session, world: World, target: models.Target
) -> None:
    judge = {"target": target.id, "judged": "met"}
    target_criteria.judge(session, world.learner, sent(criterion="Three calls", **judge))
    target_criteria.judge(session, world.learner, sent(criterion="One answer", peer="Sam", **judge))
    target_criteria.confirm(session, world.tutor, sent(criterion="One answer", confirmed="on", **judge))
    own, peers = shown(session, world.teacher, target).criteria
    assert (own.judged, own.judge_kind, own.judge_name, own.confirmed_on) == (
        Judged.MET,
        "learner",
        "Lena Learner",
        None,
    )
    assert (peers.judge_kind, peers.judge_name, peers.confirmed_by) == ("peer", "Sam", "Tom Tutor")
    assert shown(session, world.teacher, target).all_met


def test_a_new_judgement_waits_for_a_new_confirmation(
    session: Session, world: World, target: models.Target
) -> None:
    about = {"target": target.id, "criterion": "Three calls"}
    target_criteria.judge(session, world.learner, sent(judged="met", **about))
    target_criteria.confirm(session, world.tutor, sent(judged="met", confirmed="on", **about))
    target_criteria.judge(session, world.learner, sent(judged="not-yet", **about))
    assert shown(session, world.tutor, target).criteria[0].confirmed_on is None
    with pytest.raises(Refused, match="has changed since"):
        target_criteria.confirm(session, world.tutor, sent(judged="met", confirmed="on", **about))
    target_criteria.judge(session, world.learner, sent(judged="", **about))
    assert shown(session, world.tutor, target).criteria[0].judged is None


def test_a_judgement_falls_away_with_the_words_that_it_was_about(
    session: Session, world: World, target: models.Target
) -> None:
    about = {"target": target.id, "judged": "met"}
    target_criteria.judge(session, world.learner, sent(criterion="Three calls", **about))
    target.criteria = "Four calls\nOne answer"
    assert shown(session, world.tutor, target).criteria[0].judged is None
    with pytest.raises(NotFound):
        target_criteria.judge(session, world.learner, sent(criterion="Three calls", **about))
    assert any(line.field == "criterion" for line in history.read(session, world.tutor, target.id))


def test_only_the_tutor_confirms_and_only_what_is_judged(
    session: Session, world: World, target: models.Target
) -> None:
    about = {"target": target.id, "criterion": "Three calls", "judged": "met", "confirmed": "on"}
    with pytest.raises(Refused, match="Nobody has judged"):
        target_criteria.confirm(session, world.tutor, sent(**about))
    with pytest.raises(Refused, match="The tutor confirms"):
        target_criteria.confirm(session, world.learner, sent(**about))
    with pytest.raises(Refused, match="not change it"):
        target_criteria.judge(session, world.teacher, sent(**about))


# --- steps ---------------------------------------------------------------------------------------------


def order(session: Session, viewer: Viewer, target: models.Target) -> list[str]:
    return [step.text for step in target_detail.read(session, viewer, target.id).steps]


def test_steps_are_added_moved_reworded_and_taken_away(
    session: Session, world: World, target: models.Target
) -> None:
    of = {"target": target.id}
    target_steps.add(session, world.tutor, sent(text="Ring  back", due_on="2027-01-20", **of))
    step = target_detail.read(session, world.tutor, target.id).steps[-1]
    assert (step.text, step.by_learner) == ("Ring back", False)
    target_steps.move(session, world.tutor, sent(step=step.id, to="earlier", **of))
    assert order(session, world.tutor, target) == ["List them", "Call them", "Ring back", "Write it down"]
    target_steps.change(session, world.tutor, sent(step=step.id, text="Ring twice", **of))
    target_steps.move(session, world.tutor, sent(step=step.id, to="later", **of))
    target_steps.move(session, world.tutor, sent(step=step.id, to="later", **of))
    assert order(session, world.tutor, target)[-1] == "Ring twice"
    target_steps.remove(session, world.tutor, sent(step=step.id, **of))
    assert order(session, world.tutor, target) == ["List them", "Call them", "Write it down"]
    told = [(line.old, line.new) for line in history.read(session, world.tutor, target.id)]
    assert ("Ring back (by 2027-01-20)", "Ring twice") in told
    assert ("Ring twice", None) in told


def test_a_learner_adds_steps_and_changes_those_and_no_others(
    session: Session, world: World, target: models.Target
) -> None:
    of = {"target": target.id}
    target_steps.add(session, world.learner, sent(text="Ask my aunt", **of))
    agreed, *_, own = target_detail.read(session, world.learner, target.id).steps
    assert own.by_learner
    target_steps.change(session, world.learner, sent(step=own.id, text="Ask my uncle", **of))
    for act in (target_steps.change, target_steps.remove):
        with pytest.raises(Refused, match="step was agreed"):
            act(session, world.learner, sent(step=agreed.id, text="x", **of))
    targets.tick_step(session, world.learner, target.id, own.id, True)
    with pytest.raises(Refused, match="what was done stays"):
        target_steps.remove(session, world.learner, sent(step=own.id, **of))
    with pytest.raises(NotFound):
        target_steps.change(session, world.other_learner, sent(step=own.id, text="x", **of))


def test_a_step_before_learning_began_is_refused(
    session: Session, world: World, target: models.Target
) -> None:
    with pytest.raises(Refused, match="before learning began") as refused:
        target_steps.add(session, world.tutor, sent(target=target.id, text="x", due_on="2020-01-01"))
    assert refused.value.field == "due_on"


# --- stuck ---------------------------------------------------------------------------------------------


def test_who_is_stuck_is_answered_beside_the_step_until_it_is_done(
    session: Session, world: World, target: models.Target
) -> None:
    step = target_detail.read(session, world.learner, target.id).steps[0]
    about = {"target": target.id, "step": step.id}
    stuck.say(session, world.learner, sent(said="Which studios?", **about))
    stuck.say(session, world.learner, sent(said="Which studios near me?", **about))
    waiting = shown(session, world.tutor, target).stuck_on(step.id)
    assert waiting is not None
    assert waiting.said == "Which studios near me?"
    with pytest.raises(Refused, match="write an answer"):
        stuck.answer(session, world.tutor, sent(stuck=waiting.id))
    stuck.answer(session, world.tutor, sent(stuck=waiting.id, answer="Ask the careers adviser"))
    answered = shown(session, world.learner, target)
    assert answered.stuck_on(step.id) is None
    given = answered.answer_on(step.id)
    assert given is not None
    assert (given.answer, given.answered_by) == ("Ask the careers adviser", "Tom Tutor")
    with pytest.raises(NotFound):
        stuck.answer(session, world.tutor, sent(stuck=waiting.id, answer="Again"))


def test_a_step_that_is_done_is_not_stuck_on(session: Session, world: World, target: models.Target) -> None:
    step = target_detail.read(session, world.learner, target.id).steps[0]
    stuck.say(session, world.learner, sent(target=target.id, step=step.id))
    targets.tick_step(session, world.learner, target.id, step.id, True)
    assert stuck.on_caseload(session, world.tutor) == ()


def test_nobody_is_stuck_on_what_is_closed_or_out_of_scope(
    session: Session, world: World, target: models.Target
) -> None:
    with pytest.raises(NotFound):
        stuck.say(session, world.other_learner, sent(target=target.id))
    with pytest.raises(NotFound):
        stuck.say(session, world.learner, sent(target=target.id, step=999_999))
    targets.update(session, world.tutor, target.id, 1, {"status": "achieved"})
    with pytest.raises(Refused, match="closed"):
        stuck.say(session, world.learner, sent(target=target.id))


# --- evidence ------------------------------------------------------------------------------------------


def test_evidence_is_a_note_a_link_or_a_file_that_its_readers_can_have(
    session: Session, world: World, target: models.Target, store: FileStore
) -> None:
    evidence.add(session, world.learner, sent(target=target.id, said="I called all three"), store)
    link = {"address": "https://studio.example/answer?x=1", "said": "Their answer"}
    evidence.add(session, world.learner, sent(target=target.id, **link), store)
    evidence.add(session, world.learner, with_file(target, r"C:\tmp\..\my <log> 1.PDF", PDF), store)
    session.commit()
    note, linked, filed = evidence.of_target(session, world.teacher, target.id)
    assert (note.kind, linked.kind, filed.kind) == ("note", "link", "file")
    assert (linked.address, filed.file_name, filed.size) == (link["address"], "my log 1.pdf", len(PDF))
    found = evidence.file_of(session, world.tutor, filed.id)
    assert found.media_type == "application/pdf"
    assert store.read(found.stored_name) == PDF
    assert [path.name for path in store.folder.iterdir()] == [found.stored_name]
    assert "log" not in found.stored_name
    for stranger in (world.other_learner, world.other_tutor):
        with pytest.raises(NotFound):
            evidence.file_of(session, stranger, filed.id)
    with pytest.raises(NotFound):
        evidence.file_of(session, world.tutor, note.id)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({}, "said", "write a note, paste a link or choose a file"),
        ({"address": "javascript:alert(1)"}, "address", "begins with https"),
        ({"address": "https://"}, "address", "begins with https"),
        ({"address": "https://me:secret@studio.example"}, "address", "begins with https"),
        ({"address": "http://[::1"}, "address", "begins with https"),
        ({"address": "//studio.example"}, "address", "begins with https"),
    ],
)
def test_evidence_that_is_none_is_refused(
    session: Session,
    world: World,
    target: models.Target,
    store: FileStore,
    fields: Mapping[str, str],
    field: str,
    reason: str,
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        evidence.add(session, world.learner, sent(target=target.id, **fields), store)
    assert refused.value.field == field


def test_a_file_that_is_too_large_or_lies_is_not_kept(
    session: Session, world: World, target: models.Target, store: FileStore
) -> None:
    for name, content, reason in (
        ("log.pdf", PDF + b"x" * 1024 * 1024, "at most 1 MB"),
        ("log.pdf", b"<html><script>alert(1)</script>", "ends in .pdf, but what is in it is something else"),
        ("log.pdf", PNG, "ends in .pdf, but what is in it is PNG"),
    ):
        with pytest.raises(Refused, match=reason) as refused:
            evidence.add(session, world.learner, with_file(target, name, content), store)
        assert refused.value.field == "file"
    assert not store.folder.exists()


def test_a_file_goes_with_its_row_and_stays_with_it(
    session: Session, world: World, target: models.Target, store: FileStore
) -> None:
    evidence.add(session, world.learner, with_file(target, "log.pdf", PDF), store)
    session.rollback()
    assert list(store.folder.iterdir()) == []
    evidence.add(session, world.learner, with_file(target, "log.pdf", PDF), store)
    session.commit()
    session.rollback()
    (kept,) = evidence.of_target(session, world.tutor, target.id)
    for who, reason in ((world.teacher, "added this"), (world.tutor, "")):
        away = sent(target=target.id, evidence=kept.id)
        if reason:
            with pytest.raises(Refused, match=reason):
                evidence.remove(session, who, away, store)
    evidence.remove(session, world.tutor, sent(target=target.id, evidence=kept.id), store)
    session.rollback()
    assert len(list(store.folder.iterdir())) == 1
    evidence.remove(session, world.learner, sent(target=target.id, evidence=kept.id), store)
    session.commit()
    assert list(store.folder.iterdir()) == []
    assert "log.pdf" in {line.old for line in history.read(session, world.tutor, target.id)}


def test_achieving_asks_how_the_criteria_were_met_and_takes_evidence(
    session: Session, world: World, target: models.Target, store: FileStore
) -> None:
    of = {"version": 1}
    with pytest.raises(Refused, match="how the criteria were met"):
        evidence.achieve(session, world.tutor, sent(target=target.id, **of), store)
    how = "Three calls stand in the logbook"
    evidence.achieve(session, world.tutor, with_file(target, "log.png", PNG, how_met=how, **of), store)
    page = shown(session, world.learner, target)
    assert (page.target.state, page.target.how_met, page.target.achieved_on) == ("achieved", how, make.TODAY)
    assert [one.file_name for one in page.evidence] == ["log.png"]


# --- what kind of file it is ---------------------------------------------------------------------------


def zipped(**members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


DOCX: dict[str, Any] = {"[Content_Types].xml": b"", "word/document.xml": b""}
ODT: dict[str, Any] = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.JPEG", b"\xff\xd8\xff\xe0x", "image/jpeg"),
        ("a.jpg", b"\xff\xd8\xff\xe0x", "image/jpeg"),
        ("a.docx", zipped(**DOCX), f"{file_types.OFFICE}.wordprocessingml.document"),
        ("a.odt", zipped(**ODT), f"{file_types.OPEN_DOCUMENT}.text"),
        ("a.txt", "Grüße, 😀\n".encode(), file_types.TEXT),
    ],
)
def test_a_file_is_what_is_in_it(name: str, content: bytes, media_type: str) -> None:
    assert file_types.checked(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html>"),
        ("a.svg", b"<svg/>"),
        ("a.txt", b"  <svg onload=alert(1)>"),
        ("a.txt", b"MZ\x90\x00\x03"),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.txt", b""),
        ("a.exe", b"MZ"),
        ("a.docx", zipped(**ODT)),
        ("a.docx", zipped(**DOCX, **{"word/vbaProject.bin": b""})),
        ("a.docx", zipped(**{"evil.html": b"<html>"})),
        ("a.docx", b"PK\x03\x04 no zip at all"),
        ("a.zip", zipped(**DOCX)),
        ("pdf", PDF),
        ("a.pdf.html", PDF),
    ],
)
def test_a_file_of_another_kind_or_name_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        file_types.checked(name, content)
    assert refused.value.field == "file"


def test_a_name_to_offer_is_safe() -> None:
    for name, safe in (
        ("../../etc/passwd.txt", "passwd.txt"),
        (".htaccess.txt", "htaccess.txt"),
        ('a"\r\nSet-Cookie: x=1.txt', "a Set-Cookie x 1.txt"),
        ("😀.txt", "evidence.txt"),
        ("Übung ق.txt", "Übung ق.txt"),
        ("x" * 300 + ".txt", "x" * 80 + ".txt"),
    ):
        assert file_types.safe_name(name, "txt") == safe


# --- links and the page --------------------------------------------------------------------------------


def test_a_target_is_linked_to_what_it_serves(session: Session, world: World, target: models.Target) -> None:
    link = {"target": target.id, "kind": "goal", "serves": "My own studio"}
    for _ in range(2):
        target_links.add(session, world.learner, sent(**link))
    page = shown(session, world.learner, target)
    (linked,) = page.links
    assert (linked.kind, linked.serves) == ("goal", "My own studio")
    assert page.offered[0] == "My own studio"
    with pytest.raises(NotFound):
        target_links.remove(session, world.other_learner, sent(target=target.id, link=linked.id))
    target_links.remove(session, world.tutor, sent(target=target.id, link=linked.id))
    assert shown(session, world.learner, target).links == ()


def test_what_names_the_target_itself_is_linked_for_who_may_read_it(
    session: Session, world: World, target: models.Target
) -> None:
    about = {"plan_id": world.plan.id, "target_id": target.id}
    needs = {"instrument": "BKSB maths", "result": "Level 1", "taken_on": make.TODAY, "kind": "initial"}
    barrier = models.Barrier(
        plan_id=world.plan.id, kind="personal", what="No time", from_on=make.TODAY, confidentiality=3
    )
    session.add_all([models.Assessment(**about, **needs), barrier])
    session.flush()
    session.add(models.BarrierAnswer(barrier_id=barrier.id, target_id=target.id))
    found = {(one.id, one.kind, one.serves, one.page) for one in shown(session, world.tutor, target).links}
    assert found == {
        (None, "need", "BKSB maths: Level 1", "start"),
        (None, "need", "No time", "support"),
    }
    assert [one.serves for one in shown(session, world.teacher, target).links] == ["BKSB maths: Level 1"]


def test_the_page_takes_as_many_queries_whatever_belongs_to_the_target(
    session: Session, world: World, target: models.Target, store: FileStore
) -> None:
    def queries() -> int:
        with statements(session) as ran:
            target_page.read(session, world.tutor, target.id)
        return len(ran)

    queries()  # SQLite begins its transaction with the first one
    bare = queries()
    for number in range(3):
        target_steps.add(session, world.tutor, sent(target=target.id, text=f"Step {number}"))
        evidence.add(session, world.tutor, sent(target=target.id, said=f"Note {number}"), store)
        target_links.add(session, world.tutor, sent(target=target.id, kind="unit", serves=f"Unit {number}"))
    assert queries() == bare == 13
