"""Attacks by file: each is refused, in a sentence, before anything is expanded or written."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.errors import Refused
from data.importers import sources
from tests.data.importers.helpers import ILR, counts, run_import

VALID = (ILR / "ILR_Valid.xml").read_bytes()
BODY = '<Message xmlns="ESFA/ILR/2026-27"><LearningProvider><UKPRN>{}</UKPRN></LearningProvider></Message>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10))


def refuse(sqlite_engine: Engine, path: Path, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        run_import(sqlite_engine, "ilr", path)
    assert counts(sqlite_engine)["organisation"] == 0


def xml(folder: Path, content: str) -> Path:
    path = folder / "attack.xml"
    path.write_text(content)
    return path


def zipped(folder: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = folder / "ilr.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    "prologue",
    [
        pytest.param(f"<!DOCTYPE Message [{LAUGHS}]>", id="billion laughs"),
        pytest.param(f'<!DOCTYPE Message [<!ENTITY l9 "{"A" * 100_000}">]>', id="quadratic blow-up"),
        pytest.param('<!DOCTYPE Message [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>', id="file"),
        pytest.param('<!DOCTYPE Message [<!ENTITY l9 SYSTEM "http://127.0.0.1:1/x">]>', id="http"),
        pytest.param(
            '<!DOCTYPE Message [<!ENTITY % d SYSTEM "http://127.0.0.1:1/x.dtd"> %d;]>', id="parameter"
        ),
        pytest.param('<!DOCTYPE Message SYSTEM "http://127.0.0.1:1/x.dtd">', id="external DTD"),
    ],
)
def test_documents_that_declare_types_or_entities_are_refused_unexpanded(
    sqlite_engine: Engine, tmp_path: Path, prologue: str
) -> None:
    attack = xml(tmp_path, prologue + BODY.format("&l9;" * 1000))
    tracemalloc.start()
    refuse(sqlite_engine, attack, "document type or entities")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * sources.MEGABYTE


def test_xinclude_is_refused_and_never_followed(sqlite_engine: Engine, tmp_path: Path) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
    refuse(sqlite_engine, xml(tmp_path, BODY.format(include)), "another namespace")


def test_a_huge_text_is_refused_before_it_is_gathered(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(sqlite_engine, xml(tmp_path, BODY.format("9" * 20_000)), "longer than any field")


def test_a_huge_tag_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(
        sqlite_engine, xml(tmp_path, f'<Message xmlns="ESFA/ILR/2026-27" a="{"x" * 3_000_000}"/>'), "megabyte"
    )


def test_deep_nesting_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(sqlite_engine, xml(tmp_path, BODY.format("<a>" * 5000 + "</a>" * 5000)), "deeper")


def test_a_file_over_the_size_limit_is_refused_unread(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_XML_BYTES", 1000)
    refuse(sqlite_engine, ILR / "ILR_Valid.xml", "at most")
    refuse(sqlite_engine, ILR / "zip" / "ILR_Valid.zip", "at most")


def test_a_zip_bomb_is_refused_by_its_ratio(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(sqlite_engine, zipped(tmp_path, ("ilr.xml", b" " * 30_000_000)), "grows more than 100 times")


def test_a_zip_that_lies_about_its_size_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = zipped(tmp_path, ("ilr.xml", VALID))
    raw = path.read_bytes()
    size = len(VALID).to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (200).to_bytes(4, "little")))
    refuse(sqlite_engine, path, "zip that can be read|well-formed")


def test_too_many_entries_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(sqlite_engine, zipped(tmp_path, *((f"{n}.xml", VALID) for n in range(51))), "at most 50")


@pytest.mark.parametrize("name", ["inner.zip", "inner.xml"])
def test_a_zip_in_a_zip_is_refused_whatever_its_name(
    sqlite_engine: Engine, tmp_path: Path, name: str
) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("ilr.xml", VALID)
    refuse(sqlite_engine, zipped(tmp_path, (name, inner.getvalue())), r"zip inside a zip|isn't XML")


@pytest.mark.parametrize(
    "name", ["../ilr.xml", "a/../../ilr.xml", "/etc/ilr.xml", "..\\ilr.xml", "C:\\ilr.xml", "c:ilr.xml"]
)
def test_a_path_out_of_the_zip_is_refused(sqlite_engine: Engine, tmp_path: Path, name: str) -> None:
    refuse(sqlite_engine, zipped(tmp_path, (name, VALID)), "leads out")


def test_a_link_in_a_zip_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("ilr.xml")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refuse(sqlite_engine, zipped(tmp_path, (link, b"/etc/passwd")), "link")


def test_entries_that_overlap_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = zipped(tmp_path, ("one.xml", VALID), ("two.xml", VALID))
    raw = path.read_bytes()
    second = raw.index(b"PK\x03\x04", 4)
    at = raw.rindex(second.to_bytes(4, "little"), raw.index(b"PK\x01\x02"))
    path.write_bytes(raw[:at] + (10).to_bytes(4, "little") + raw[at + 4 :])
    refuse(sqlite_engine, path, "overlap")


def test_a_locked_or_foreign_or_empty_zip_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    refuse(sqlite_engine, zipped(tmp_path, ("notes.txt", b"hello")), "isn't XML")
    refuse(sqlite_engine, zipped(tmp_path), "empty")
    locked = bytearray(zipped(tmp_path, ("ilr.xml", VALID)).read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "ilr.zip").write_bytes(locked)
    refuse(sqlite_engine, tmp_path / "ilr.zip", "password")
    (tmp_path / "ilr.zip").write_bytes(b"PK\x03\x04 but no more")
    refuse(sqlite_engine, tmp_path / "ilr.zip", "isn't a zip that can be read")


def test_nothing_from_a_zip_is_written_to_disk(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = zipped(tmp_path, ("folder/ilr.xml", VALID))
    before = sorted(tmp_path.rglob("*"))
    run_import(sqlite_engine, "ilr", path)
    new = {each for each in tmp_path.rglob("*") if each not in before}
    assert not [each for each in new if each.suffix == ".xml"]
