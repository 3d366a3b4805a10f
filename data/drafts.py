"""What somebody types is kept until it is saved: a closed tab or an ended sign-in loses nothing.

A draft belongs to who typed it and is read by nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.errors import Refused
from data.models import Draft
from data.scope import Viewer

KEPT_FOR = timedelta(days=60)
MOST_DRAFTS = 200
LARGEST = 64_000
"""Characters of one form's fields, as JSON."""
LONGEST_KEY = 120


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """The fields of one form as last typed; `based_on` is the version of what it would change."""

    key: str
    typed: Mapping[str, Sequence[str]]
    based_on: int | None
    kept_at: datetime


def kept(session: Session, viewer: Viewer) -> list[KeptDraft]:
    """The viewer's own drafts that aren't too old, the newest first."""
    rows = session.execute(
        select(Draft.key, Draft.typed, Draft.based_on, Draft.kept_at)
        .where(Draft.person_id == viewer.person_id, Draft.kept_at >= viewer.now - KEPT_FOR)
        .order_by(Draft.kept_at.desc(), Draft.id.desc())
        .limit(MOST_DRAFTS)
    )
    return [KeptDraft(*row) for row in rows]


def keep(
    session: Session, viewer: Viewer, key: str, typed: Mapping[str, Sequence[str]], based_on: int | None
) -> None:
    """Keep a form's fields as the viewer's draft, in place of an earlier one of the same form.

    Raises Refused where that is more than a form can hold, or more forms than anyone leaves open.
    """
    if not key or len(key) > LONGEST_KEY or len(json.dumps(typed)) > LARGEST:
        raise Refused("This is too long to keep as a draft. Please save it, or shorten it.")
    draft = session.scalar(
        select(Draft).where(Draft.person_id == viewer.person_id, Draft.key == key).with_for_update()
    )
    if draft is None:
        _make_room(session, viewer)
        draft = Draft(person_id=viewer.person_id, key=key)
        session.add(draft)
    draft.typed = {name: list(values) for name, values in typed.items()}
    draft.based_on = based_on
    draft.kept_at = viewer.now
    session.flush()


def discard(session: Session, viewer: Viewer, key: str) -> None:
    """Forget the viewer's draft of a form, once it is saved or given up."""
    session.execute(delete(Draft).where(Draft.person_id == viewer.person_id, Draft.key == key))


def _make_room(session: Session, viewer: Viewer) -> None:
    own: Any = Draft.person_id == viewer.person_id
    session.execute(delete(Draft).where(own, Draft.kept_at < viewer.now - KEPT_FOR))
    count = session.scalar(select(func.count()).select_from(Draft).where(own)) or 0
    if count >= MOST_DRAFTS:
        raise Refused("You have very many unsaved forms. Please save or discard some of them.")
