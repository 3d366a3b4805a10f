"""Saves what the forms in drawings send, and keeps what is typed in them meanwhile.

One address for each kind of form, `/write/<kind>`, and one for drafts. A kind is saved by one data
function, named in the `WRITERS` of the module whose page shows the form. The answer is JSON for
assets/writing.js: what was saved, or what was wrong at which field, or what somebody else saved. See
docs/decisions/0006-writing.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from flask import Flask, current_app
from flask import request as flask_request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from callbacks import request
from callbacks.declared import is_plain
from data import drafts
from data.errors import ChangedElsewhere, NotFound, Refused
from data.form_values import SentFile, Typed
from data.models import Writes
from data.saved import Saved
from data.scope import Viewer

GONE = "That isn’t there any more, or it isn’t yours to change. Please load the page again."
DRAFT_FIELD = "_draft"
log = structlog.get_logger("routebook.writing")


Save = Callable[[Session, Viewer, Typed], Saved]
Draws = Callable[[Session, Viewer, Saved], Mapping[str, str]]


@dataclass(frozen=True)
class Writer:
    """What saves one kind of form, and the rights of which one is needed in some role; none means everyone
    signed in. Whose rows those are is decided by the function, in its queries.

    `draws` gives drawings of the page as they are after the save, {name: HTML}, where that spares a request.
    """

    save: Save
    rights: frozenset[Writes]
    draws: Draws | None = None

    @classmethod
    def of(cls, save: Save, *rights: Writes, draws: Draws | None = None) -> Writer:
        return cls(save, frozenset(rights), draws)

    def allows(self, viewer: Viewer) -> bool:
        return not self.rights or any(grant.writes in self.rights for grant in viewer.grants)


def writers() -> Mapping[str, Writer]:
    """Each kind of form that the app saves."""
    found: Mapping[str, Writer] = current_app.extensions["routebook_writers"]
    return found


def write(kind: str) -> ResponseReturnValue:
    """Save a form: 200 saved, 403 without the right, 404 out of scope, 409 saved elsewhere, 422 refused."""
    writer = writers().get(kind)
    if writer is None:
        return {"sentence": GONE}, 404
    sent, files = flask_request.form.to_dict(flat=False), _files()
    draft = next(iter(sent.pop(DRAFT_FIELD, [])), "")
    if not is_plain(sent):
        return {"sentence": "This can’t be saved as it is. Please type it anew."}, 400
    try:
        with request.changing() as (session, viewer):
            if not writer.allows(viewer):
                log.warning("refused a form", kind=kind, person=current_user.person_id)
                return {"sentence": "Your role doesn’t change this. Please ask the tutor."}, 403
            saved = writer.save(session, viewer, Typed(sent, files))
            drafts.discard(session, viewer, draft)
            drawings = dict(writer.draws(session, viewer, saved)) if writer.draws else {}
    except Refused as refused:
        return {"sentence": refused.reason, "errors": {refused.field or "": refused.reason}}, 422
    except ChangedElsewhere as changed:
        return _conflict(changed), 409
    except NotFound:
        log.warning(
            "asked to save what isn't there or out of scope", kind=kind, person=current_user.person_id
        )
        return {"sentence": GONE}, 404
    return {"sentence": saved.sentence, "saved": asdict(saved), "drawings": drawings}


def _files() -> dict[str, SentFile]:
    """The files that were sent, read and closed: a large one lay on the disk meanwhile."""
    found: dict[str, SentFile] = {}
    for field, file in flask_request.files.items():
        if file.filename:
            found[field] = SentFile(file.filename, file.read())
        file.close()
    return found


def _conflict(changed: ChangedElsewhere) -> dict[str, Any]:
    who = changed.by or "Somebody else"
    return {
        "sentence": f"{who} saved this while you had it open. Nothing is overwritten: please choose.",
        "by": who,
        "version": changed.version,
        "theirs": {name: _as_sent(value) for name, value in changed.theirs.items()},
    }


def _as_sent(value: Any) -> list[str]:
    """A stored value as a form would send it."""
    if value is None or value is False:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(one) for one in value]
    return ["on"] if value is True else [str(value)]


def read_drafts() -> ResponseReturnValue:
    """What the person signed in has typed and not saved, by form."""
    with request.looking() as (session, viewer):
        return {
            one.key: {"typed": one.typed, "based_on": one.based_on} for one in drafts.kept(session, viewer)
        }


def keep_draft() -> ResponseReturnValue:
    """Keep what is typed in one form; without fields, forget it."""
    sent = flask_request.form.to_dict(flat=False)
    key = next(iter(sent.pop(DRAFT_FIELD, [])), "")
    based_on = Typed(sent).version() if "version" in sent else None
    sent.pop("version", None)
    if not is_plain(sent):
        return {"sentence": "This can’t be kept as it is. Please type it anew."}, 400
    try:
        with request.changing() as (session, viewer):
            if sent:
                drafts.keep(session, viewer, key, sent, based_on)
            else:
                drafts.discard(session, viewer, key)
    except Refused as refused:
        return {"sentence": refused.reason}, 422
    return {}


def register(server: Flask, kinds: Iterable[Mapping[str, Writer]]) -> None:
    """Put the addresses in; raises ValueError where two modules name the same kind."""
    known: dict[str, Writer] = {}
    for some in kinds:
        if twice := known.keys() & some.keys():
            raise ValueError(f"two writers for {sorted(twice)}")
        known |= some
    server.extensions["routebook_writers"] = known
    server.add_url_rule("/write/<kind>", "write", write, methods=["POST"])
    server.add_url_rule("/drafts", "read_drafts", read_drafts, methods=["GET"])
    server.add_url_rule("/drafts", "keep_draft", keep_draft, methods=["POST"])
