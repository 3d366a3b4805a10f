"""The app's own styles and scripts, each as one file whose address changes with its content.

A page would otherwise ask for some twenty small files, each time anew. The order is that of the files'
names, after Bootstrap and the icons.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response

ASSETS = Path(__file__).parent / "assets"
BEFORE = {"css": ("static/bootstrap.min.css", "static/icons.css"), "js": ()}
AHEAD = ("static/theme.js", "static/early.js")
MIMETYPES = {"css": "text/css", "js": "text/javascript"}


def install(server: Flask) -> None:
    for kind in MIMETYPES:
        server.add_url_rule(f"/assets/routebook.{kind}", f"bundle_{kind}", _answer, defaults={"kind": kind})


def address(kind: str) -> str:
    """Where the bundle of a kind ("css", "js") lies as it is now."""
    return f"/assets/routebook.{kind}?m={_digest(content(kind))}"


def file_address(name: str) -> str:
    """The address of one file under assets/, which changes with its content."""
    return f"/assets/{name}?m={_digest(_content_of([ASSETS / name]))}"


def content(kind: str) -> bytes:
    """All files of a kind."""
    return _content_of([*(ASSETS / name for name in BEFORE[kind]), *sorted(ASSETS.glob(f"*.{kind}"))])


def ahead() -> str:
    """The scripts that a page of Dash's carries within itself: asked for one by one, they would wait behind
    Dash's own, and what they ask for with them."""
    return _content_of([ASSETS / name for name in AHEAD]).decode()


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=6).hexdigest()


def _content_of(paths: Sequence[Path]) -> bytes:
    """The files one after another; read again once one of them has changed."""
    return _joined(tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=8)
def _joined(files: tuple[tuple[Path, int], ...]) -> bytes:
    return b"\n".join(path.read_bytes() for path, _ in files)


def _answer(kind: str) -> Response:
    return Response(content(kind), mimetype=MIMETYPES[kind])
