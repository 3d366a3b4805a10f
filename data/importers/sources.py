"""Opens the files of an import, with a bound on all that comes from them. Nothing is unpacked to disk."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from data.errors import Refused

MEGABYTE = 1024 * 1024
MAX_XML_BYTES = 500 * MEGABYTE
MAX_TEXT_BYTES = 100 * MEGABYTE
MAX_ZIP_ENTRIES = 50
MAX_RATIO = 100
"""Times that a zipped file may grow; an ILR grows about twenty times."""
ZIP_START = b"PK"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name for messages, and its bytes."""

    name: str
    stream: IO[bytes]
    size: int


def existing_file(path: Path) -> Path:
    if path.is_dir():
        raise Refused(f"{path} is a folder. Name the file itself.")
    if not path.is_file():
        raise Refused(f"There is no file {path}. Check the name and the folder.")
    return path


@contextmanager
def opened_xml(path: Path) -> Iterator[Iterator[Source]]:
    """The XML files in a path: itself, or those of a zip that passes every check."""
    with existing_file(path).open("rb") as file:
        start = file.read(len(ZIP_START))
        file.seek(0)
        if start == ZIP_START:
            yield _zipped(path, file)
        else:
            size = path.stat().st_size
            _bound(path.name, size, MAX_XML_BYTES)
            yield iter([Source(path.name, file, size)])


def _zipped(path: Path, file: IO[bytes]) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _checked(path.name, archive)
            for entry in entries:
                name = f"{path.name}/{entry.filename}"
                with archive.open(entry) as start:
                    if start.read(len(ZIP_START)) == ZIP_START:
                        raise Refused(f"{name} is a zip inside a zip. Zip the ILR files themselves.")
                with archive.open(entry) as stream:
                    yield Source(name, stream, entry.file_size)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Refused(f"{path.name} isn't a zip that can be read ({error}). Zip it again.") from error


def _checked(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip, once none of them asks for more than an ILR would."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not entries:
        raise Refused(f"{name} is an empty zip. Put the ILR file in it.")
    if len(entries) > MAX_ZIP_ENTRIES:
        raise Refused(f"{name} holds {len(entries):,} files; at most {MAX_ZIP_ENTRIES} are read.")
    for entry in entries:
        _check_entry(name, entry)
    _bound(name, sum(entry.file_size for entry in entries), MAX_XML_BYTES)
    _refuse_overlaps(name, entries)
    return entries


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise Refused(f"{name} holds a path that leads out of it ({entry.filename}). Zip the files anew.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"{name} holds a link ({entry.filename}) where a file should be. Zip the file itself.")
    if entry.flag_bits & 1:
        raise Refused(f"{name} is locked with a password. Zip the file without one.")
    if not parts[-1].lower().endswith(".xml"):
        raise Refused(f"{name} holds {entry.filename}, which isn't XML. Zip the ILR files alone.")
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise Refused(
            f"{name} grows more than {MAX_RATIO} times when it is unpacked, which no ILR does."
            " Import the XML file itself."
        )


def _refuse_overlaps(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are how a small zip unpacks to a huge one."""
    ends = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < ends:
            raise Refused(f"{name} holds files that overlap one another. Zip them anew.")
        ends = entry.header_offset + entry.compress_size


def _bound(name: str, size: int, most: int) -> None:
    if size > most:
        raise Refused(
            f"{name} holds {size / MEGABYTE:,.0f} MB; at most {most // MEGABYTE} MB are read."
            " Split it, by department or year, and import the parts."
        )


# --- text ----------------------------------------------------------------------------------------------

WORKBOOKS = (ZIP_START, b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls begin, whatever the file is called."""
MARKS = rb"[\x85\x91-\x94\x96\x97\x99\xa0\xa3\xab\xae\xbb]"
"""What may follow an accented letter in Windows-1252: quotation marks, dashes, £, a fixed space …"""
UTF_8 = re.compile(
    rb"[\xc2-\xc5][\x80-\xbf]"
    rb"|[\xc6-\xdf](?!" + MARKS + rb")[\x80-\xbf]"
    rb"|[\xe1\xe2][\x80-\xbf]{2}"
    rb"|[\xe0\xe3-\xef](?!" + MARKS + rb"{2})[\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
)
"""A character beyond ASCII as UTF-8 has it, and that would be none that people write in Windows-1252."""
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path) -> str:
    """A text file in UTF-8, UTF-16 or Windows-1252, told apart by its bytes. Raises Refused for any other."""
    size = existing_file(path).stat().st_size
    _bound(path.name, size, MAX_TEXT_BYTES)
    raw = path.read_bytes()
    if raw.startswith(WORKBOOKS):
        raise Refused(f"{path.name} is an Excel workbook. In Excel, save it as “CSV UTF-8”, and import that.")
    if not raw.strip():
        raise Refused(f"{path.name} is empty. Export it again.")
    for encoding in _encodings(raw):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            if error.encoding == "utf-8" and (match := UTF_8.search(raw)):
                good, bad = _line(raw, match.start()), _line(error.object, error.start)
                raise Refused(
                    f"{path.name} mixes encodings: line {good} is UTF-8 and line {bad} isn't, so letters with"
                    f" accents would come out wrong. Correct line {bad}, or export the file as CSV UTF-8."
                ) from error
    raise Refused(f"{path.name} isn't text in UTF-8, UTF-16 or Windows-1252. Save it as CSV UTF-8.")


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1


def _encodings(raw: bytes) -> tuple[str, ...]:
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return (encoding,)
    start = raw[:2000]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    if len(start) >= 4 and start[0::2].count(0) > len(start) // 4:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")
