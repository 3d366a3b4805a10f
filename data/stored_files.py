"""Files of evidence in a folder outside the web root, under random names.

A file belongs to a row: it is taken away again when the transaction that stored it fails, and goes for good
once the one that gave it up has been committed.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from data.errors import NotFound, Refused
from data.form_values import SentFile

READ_BY_OWNER_ONLY = 0o600
FOLDER_OF_OWNER_ONLY = 0o700
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileStore:
    """A folder, and how many megabytes a file may have."""

    folder: Path
    largest_mb: int

    def keep(self, session: Session, sent: SentFile) -> str:
        """Store a file for the row that this session writes; the answer is its name in the folder."""
        if len(sent.content) > self.largest_mb * MEGABYTE:
            raise Refused(f"Please choose a file of at most {self.largest_mb} MB.", "file")
        self.folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_OF_OWNER_ONLY)
        name = secrets.token_hex(16)
        path = self.folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_BY_OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sent.content)
        _remove(path, session, when="after_rollback", unless="after_commit")
        return name

    def give_up(self, session: Session, name: str) -> None:
        """Delete a file once the session is committed."""
        _remove(self._path(name), session, when="after_commit", unless="after_rollback")

    def read(self, name: str) -> bytes:
        """The content; NotFound where the folder has no such file."""
        try:
            return self._path(name).read_bytes()
        except OSError:
            raise NotFound from None

    def _path(self, name: str) -> Path:
        return self.folder / Path(name).name


def _remove(path: Path, session: Session, *, when: str, unless: str) -> None:
    """Delete a file as soon as the transaction ends in one way; keep it if it ends in the other first."""
    waiting = [path]

    def remove(_session: Session) -> None:
        for one in waiting:
            one.unlink(missing_ok=True)

    def keep(_session: Session) -> None:
        waiting.clear()

    event.listen(session, when, remove, once=True)
    event.listen(session, unless, keep, once=True)
