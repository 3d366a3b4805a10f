"""The success criteria of a target: the learner, or a peer, judges each; the tutor confirms.

The criteria are the lines of `target.criteria`. A judgement is about the words as they were: it falls away
when its line is reworded, and stands in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import history
from data.errors import NotFound, Refused
from data.form_values import LONGEST_TEXT, Typed
from data.models import CriterionJudgement, Judged, JudgeKind, Person
from data.saved import Saved
from data.scope import Viewer
from data.target_detail import TargetDetail, read
from data.target_writes import READ_ONLY


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion as it stands; `judged` is None until somebody judged it, `confirmed_on` until a tutor
    confirmed that."""

    text: str
    judged: Judged | None = None
    judge_kind: JudgeKind | None = None
    judge_name: str = ""
    judged_on: date | None = None
    confirmed_on: date | None = None
    confirmed_by: str = ""


def of_target(session: Session, viewer: Viewer, target_id: int) -> tuple[CriterionLine, ...]:
    """The target's criteria in order; NotFound out of scope."""
    return lines_of(session, read(session, viewer, target_id))


def lines_of(session: Session, detail: TargetDetail) -> tuple[CriterionLine, ...]:
    """The criteria of a target that was read for the viewer."""
    return lines_of_targets(session, {detail.id: detail.criteria_list})[detail.id]


def lines_of_targets(
    session: Session, criteria: Mapping[int, Sequence[str]]
) -> dict[int, tuple[CriterionLine, ...]]:
    """{target's id: its criteria as they stand}, in one query, of targets that were read for the viewer."""
    rows = session.execute(
        select(CriterionJudgement, Person.name)
        .outerjoin(Person, Person.id == CriterionJudgement.confirmed_by_id)
        .where(CriterionJudgement.target_id.in_(criteria))
    )
    judged = {(one.target_id, one.criterion): (one, name) for one, name in rows}
    return {
        target_id: tuple(
            _line(text, *judged[target_id, text]) if (target_id, text) in judged else CriterionLine(text)
            for text in texts
        )
        for target_id, texts in criteria.items()
    }


def judge(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Write down what the learner, or a peer by name, says of one criterion; an empty `judged` takes it back.

    A tutor may write it down for a learner, in the learner's name. The caller commits. Raises NotFound out
    of scope or where no criterion has these words any more, Refused for who only reads.
    """
    detail = read(session, viewer, typed.id("target"))
    if detail.may_write == "none":
        raise Refused(READ_ONLY)
    judged = typed.choice("judged", Judged)
    peer = typed.line("peer")
    kind, name = (JudgeKind.PEER, peer) if peer else (JudgeKind.LEARNER, detail.learner_name)
    text = criterion_of(detail, typed)
    set_judgement(session, viewer, detail, text, Judged(judged) if judged else None, kind, name)
    return detail.saved("Your judgement is saved. The tutor confirms it.", "criterion")


def set_judgement(
    session: Session,
    viewer: Viewer,
    detail: TargetDetail,
    text: str,
    judged: Judged | None,
    kind: JudgeKind,
    name: str,
    *,
    reason: str = "",
) -> None:
    """Set or take back the judgement of one criterion of a target that was read for the viewer; a new
    judgement waits for a new confirmation. `reason` goes into the history."""
    stored = _judgement(session, detail.id, text)
    old = stored.judged if stored else None
    if stored is not None and judged is None:
        session.delete(stored)
    elif judged is not None:
        if stored is None:
            stored = CriterionJudgement(target_id=detail.id, criterion=text, version=0)
            session.add(stored)
        stored.judged, stored.judge_kind, stored.judge_name = judged, kind, name
        stored.judged_on, stored.confirmed_on, stored.confirmed_by_id = viewer.today, None, None
        stored.version += 1
    before = f"{text}: {old}" if old else None
    _record(session, viewer, detail, "criterion", before, _as_text(text, judged), reason)


def confirm(session: Session, viewer: Viewer, typed: Typed) -> Saved:
    """Confirm the judgement of one criterion, or take the confirmation back; the caller commits.

    Raises NotFound out of scope, Refused for who isn't the tutor and where nobody has judged it.
    """
    detail = read(session, viewer, typed.id("target"))
    if detail.may_write != "all":
        raise Refused("The tutor confirms a judgement.")
    text, confirmed = criterion_of(detail, typed), typed.ticked("confirmed")
    stored = _judgement(session, detail.id, text)
    if stored is None:
        raise Refused("Nobody has judged this criterion yet: first the learner, or a peer, then you.")
    if confirmed and stored.judged != typed.line("judged"):
        raise Refused("This judgement has changed since. Please load the page again and look once more.")
    if (stored.confirmed_on is not None) != confirmed:
        stored.confirmed_on = viewer.today if confirmed else None
        stored.confirmed_by_id = viewer.person_id if confirmed else None
        stored.version += 1
        words = _as_text(text, Judged(stored.judged))
        _record(session, viewer, detail, "confirmed", *((None, words) if confirmed else (words, None)))
    return detail.saved("Confirmed." if confirmed else "To be confirmed again.", "criterion")


def _line(text: str, row: CriterionJudgement, confirmed_by: str | None) -> CriterionLine:
    return CriterionLine(
        text=text,
        judged=Judged(row.judged),
        judge_kind=JudgeKind(row.judge_kind),
        judge_name=row.judge_name,
        judged_on=row.judged_on,
        confirmed_on=row.confirmed_on,
        confirmed_by=confirmed_by or "",
    )


def criterion_of(detail: TargetDetail, typed: Typed) -> str:
    """The criterion that the form is about, by its words."""
    text = typed.line("criterion", longest=LONGEST_TEXT)
    if text not in detail.criteria_list:
        raise NotFound
    return text


def _judgement(session: Session, target_id: int, text: str) -> CriterionJudgement | None:
    return session.scalars(
        select(CriterionJudgement).where(
            CriterionJudgement.target_id == target_id, CriterionJudgement.criterion == text
        )
    ).one_or_none()


def _as_text(text: str, judged: Judged | None) -> str | None:
    return f"{text}: {judged}" if judged else None


def _record(
    session: Session,
    viewer: Viewer,
    detail: TargetDetail,
    field: str,
    old: str | None,
    new: str | None,
    reason: str = "",
) -> None:
    if old != new:
        history.record(session, viewer, detail.plan_id, field, old, new, reason=reason, target_id=detail.id)
    session.flush()
