"""What kind of file something is, by what is in it: names and the sender's word say nothing.

Only kinds that no browser runs are known; a file is kept only where its name says the same as its content.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from data.errors import Refused

LONGEST_NAME = 80
MOST_MEMBERS = 5_000
LONGEST_MEDIA_TYPE = 120
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
OFFICE_PARTS = {
    "docx": ("word/document.xml", f"{OFFICE}.wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}.presentationml.presentation"),
}
OPEN_DOCUMENTS = {
    "odt": f"{OPEN_DOCUMENT}.text",
    "ods": f"{OPEN_DOCUMENT}.spreadsheet",
    "odp": f"{OPEN_DOCUMENT}.presentation",
}
BEGINNINGS = {
    "pdf": ((b"%PDF-",), "application/pdf"),
    "png": ((b"\x89PNG\r\n\x1a\n",), "image/png"),
    "jpg": ((b"\xff\xd8\xff",), "image/jpeg"),
}
TEXT = "text/plain; charset=utf-8"
ENDINGS: Mapping[str, str] = {"jpeg": "jpg"}
"""Endings that mean the same as another."""
KNOWN = ("pdf", "png", "jpg", "jpeg", *OFFICE_PARTS, *OPEN_DOCUMENTS, "txt")
ACCEPT = ",".join(f".{ending}" for ending in KNOWN)
"""For the browser's dialog that chooses a file."""
KINDS_IN_WORDS = "PDF, PNG, JPEG, Word, Excel, PowerPoint, OpenDocument or plain text"


@dataclass(frozen=True, slots=True)
class FileType:
    """The usual ending, without a dot, and the media type to send it with."""

    ending: str
    media_type: str


def type_of(content: bytes) -> FileType | None:
    """What the content is; None for anything that isn't known to be harmless."""
    for ending, (beginnings, media_type) in BEGINNINGS.items():
        if content.startswith(beginnings):
            return FileType(ending, media_type)
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return FileType("txt", TEXT) if _is_plain_text(content) else None


def checked(name: str, content: bytes) -> FileType:
    """The type of a file whose name says the same; Refused, saying what to do, for any other."""
    if not content:
        raise Refused("This file is empty. Please choose another.", "file")
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
    if ending not in KNOWN:
        raise Refused(f"Please choose a file of one of these kinds: {KINDS_IN_WORDS}.", "file")
    found = type_of(content)
    if found is None or found.ending != ENDINGS.get(ending, ending):
        inside = f"what is in it is {found.ending.upper()}" if found else "what is in it is something else"
        raise Refused(
            f"Its name ends in .{ending}, but {inside}. Please save it anew as what it is, and choose that.",
            "file",
        )
    return found


def safe_name(name: str, ending: str) -> str:
    """A name to offer at a download: the last part of the path, letters, digits, space, dot, dash and
    underline only, not hidden, not long, with the ending of what it is."""
    stem = PurePosixPath(name.replace("\\", "/")).name.rpartition(".")[0]
    kept = "".join(
        one if one.isalnum() or one in " .-_" else " " for one in unicodedata.normalize("NFC", stem)
    )
    stem = " ".join(kept.split()).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{stem or 'evidence'}.{ending}"


def _zipped(content: bytes) -> FileType | None:
    """An office document by the parts that it must have. Nothing is unpacked but a few bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > MOST_MEMBERS or any("vbaProject" in name for name in names):
                return None
            if "[Content_Types].xml" in names:
                return next(
                    (FileType(end, media) for end, (part, media) in OFFICE_PARTS.items() if part in names),
                    None,
                )
            if "mimetype" in names:
                with archive.open("mimetype") as stream:
                    said = stream.read(LONGEST_MEDIA_TYPE).decode("ascii", "replace")
                return next(
                    (FileType(end, media) for end, media in OPEN_DOCUMENTS.items() if media == said), None
                )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    return None


def _is_plain_text(content: bytes) -> bool:
    """Text in UTF-8 without control characters, and no markup that something could take for a page."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if text.lstrip().startswith("<"):
        return False
    return all(one in "\t\n\r\f" or unicodedata.category(one) != "Cc" for one in text)
