"""Evidence that a target is achieved: a note, a link, a file. Whoever sees the target sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data import file_types, history, targets
from data.errors import NotFound, Refused
from data.form_values import SentFile, Typed
from data.models import Enrolment, Evidence, EvidenceKind, Person, Target
from data.rules import TargetStatus
from data.saved import Saved
from data.scope import Viewer, enrolments_seen_by
from data.stored_files import FileStore
from data.target_detail import TargetDetail, read
from data.target_writes import READ_ONLY

LONGEST_ADDRESS = 2000
MOST_PIECES = 20
SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence; `said` is a note, or what the link or file shows. `size` is in bytes."""

    id: int
    kind: EvidenceKind
    said: str
    address: str
    file_name: str
    size: int
    added_by_id: int | None
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file to send: the name to offer, the type to send it with, where it is stored."""

    file_name: str
    media_type: str
    stored_name: str


def of_target(session: Session, viewer: Viewer, target_id: int) -> tuple[EvidenceLine, ...]:
    """The target's evidence, oldest first; NotFound out of scope."""
    return lines_of(session, read(session, viewer, target_id), viewer.time_zone)


def lines_of(session: Session, detail: TargetDetail, time_zone: str) -> tuple[EvidenceLine, ...]:
    """The evidence of a target that was read for the viewer."""
    return lines_of_targets(session, [detail.id], time_zone).get(detail.id, ())


def lines_of_targets(
    session: Session, target_ids: Sequence[int], time_zone: str
) -> dict[int, tuple[EvidenceLine, ...]]:
    """{target's id: its evidence} where there is some, in one query, of targets that were read for the
    viewer."""
    rows = session.execute(
        select(Evidence, Person.name)
        .outerjoin(Person, Person.id == Evidence.added_by_id)
        .where(Evidence.target_id.in_(target_ids))
        .order_by(Evidence.target_id, Evidence.id)
    )
    here = ZoneInfo(time_zone)
    return {
        target_id: tuple(_line(one, name, here) for one, name in some)
        for target_id, some in groupby(rows, key=lambda row: row[0].target_id)
    }


def _line(one: Evidence, added_by: str | None, here: ZoneInfo) -> EvidenceLine:
    return EvidenceLine(
        id=one.id,
        kind=EvidenceKind(one.kind),
        said=one.said,
        address=one.address,
        file_name=one.file_name,
        size=one.size,
        added_by_id=one.added_by_id,
        added_by=added_by or "",
        added_at=one.added_at.astimezone(here),
    )


def file_of(session: Session, viewer: Viewer, evidence_id: int) -> EvidenceFile:
    """The file of a piece of evidence; NotFound where the viewer sees none such."""
    row = session.execute(
        select(Evidence.file_name, Evidence.media_type, Evidence.stored_name)
        .join(Target, Target.id == Evidence.target_id)
        .join(Enrolment, Enrolment.id == Target.plan_id)
        .where(Evidence.id == evidence_id, Evidence.stored_name.is_not(None), enrolments_seen_by(viewer))
    ).one_or_none()
    if row is None or row.stored_name is None:
        raise NotFound
    return EvidenceFile(row.file_name, row.media_type, row.stored_name)


def add(session: Session, viewer: Viewer, typed: Typed, store: FileStore) -> Saved:
    """Add what was sent, a note, a link, a file, or a link or file with a note about it; the caller commits.

    Raises NotFound out of scope, Refused where nothing was sent or it can't be kept.
    """
    detail = read(session, viewer, typed.id("target"))
    if detail.may_write == "none":
        raise Refused(READ_ONLY)
    if not _keep(session, viewer, detail, typed, store):
        raise Refused("Please write a note, paste a link or choose a file.", "said")
    return detail.saved("Evidence added.", "evidence")


def achieve(session: Session, viewer: Viewer, typed: Typed, store: FileStore) -> Saved:
    """Set a target as achieved, with how its criteria were met and the evidence sent; the caller commits.

    Raises what `targets.update` does, and Refused where nobody says how they were met.
    """
    how_met = typed.text("how_met", required="Please say how the criteria were met.")
    values = {"status": TargetStatus.ACHIEVED.value, "how_met": how_met}
    detail = targets.update(session, viewer, typed.id("target"), typed.version(), values)
    _keep(session, viewer, detail, typed, store)
    return detail.saved(f"Achieved: “{detail.title}”.", "target")


def remove(session: Session, viewer: Viewer, typed: Typed, store: FileStore) -> Saved:
    """Take away a piece of evidence that one added, as a tutor any; the caller commits."""
    detail = read(session, viewer, typed.id("target"))
    evidence_id = typed.id("evidence")
    piece = session.scalars(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.target_id == detail.id)
    ).one_or_none()
    if piece is None:
        raise NotFound
    if not may_remove(detail, viewer, piece.added_by_id):
        raise Refused("Whoever added this can take it away, or the tutor.")
    if piece.stored_name is not None:
        store.give_up(session, piece.stored_name)
    session.execute(delete(Evidence).where(Evidence.id == piece.id))
    _record(session, viewer, detail, _in_words(piece), None)
    return detail.saved("Taken away.", "evidence")


def may_remove(detail: TargetDetail, viewer: Viewer, added_by_id: int | None) -> bool:
    return detail.may_write == "all" or (detail.may_write == "note" and added_by_id == viewer.person_id)


def _keep(session: Session, viewer: Viewer, detail: TargetDetail, typed: Typed, store: FileStore) -> bool:
    """Store what was sent as one piece of evidence; False where nothing was."""
    said, address, file = (
        typed.text("said"),
        typed.line("address", longest=LONGEST_ADDRESS),
        typed.file("file"),
    )
    if not (said or address or file):
        return False
    if address and file is not None:
        raise Refused("Please add the link and the file one after the other.", "address")
    if len(lines_of(session, detail, viewer.time_zone)) >= MOST_PIECES:
        raise Refused(
            f"{MOST_PIECES} pieces of evidence are many for one target. Please take one away first."
        )
    piece = Evidence(target_id=detail.id, said=said, added_by_id=viewer.person_id, added_at=viewer.now)
    if file is not None:
        _take_file(session, piece, file, store)
    else:
        piece.kind = EvidenceKind.LINK if address else EvidenceKind.NOTE
        piece.address = _checked_address(address)
    session.add(piece)
    _record(session, viewer, detail, None, _in_words(piece))
    return True


def _take_file(session: Session, piece: Evidence, file: SentFile, store: FileStore) -> None:
    found = file_types.checked(file.name, file.content)
    piece.kind, piece.media_type = EvidenceKind.FILE, found.media_type
    piece.file_name = file_types.safe_name(file.name, found.ending)
    piece.size, piece.stored_name = len(file.content), store.keep(session, file)


def _checked_address(address: str) -> str:
    """An address of the web; it is only shown, never fetched."""
    if not address:
        return ""
    wrong = Refused("Please paste a whole link that begins with https:// or http://.", "address")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        raise wrong from None
    if parts.scheme.lower() not in SCHEMES or not host or parts.username or " " in address:
        raise wrong
    return address


def _in_words(piece: Evidence) -> str:
    return piece.file_name or piece.address or piece.said


def _record(session: Session, viewer: Viewer, detail: TargetDetail, old: str | None, new: str | None) -> None:
    history.record(session, viewer, detail.plan_id, "evidence", old, new, target_id=detail.id)
    session.flush()
