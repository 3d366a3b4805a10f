"""Gzip for what the server sends.

Dash sends its scripts uncompressed, and its own option compresses them anew for each request; a file that
never changes under its address is compressed once here and kept in the worker's memory (a test names the
figures). Pages and answers are compressed as they are made: their cookies are SameSite, so that a foreign
site can't make a browser repeat requests and measure them.
"""

from __future__ import annotations

import gzip
from hashlib import blake2b
from threading import Lock

from flask import Flask, Response, request
from zlib_ng import gzip_ng

SMALLEST = 1000
COMPRESSIBLE = frozenset(
    {
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
BEST, QUICK = 9, 6
ESCAPED = {b"\\u003c": b"<", b"\\u003e": b">", b"\\u002f": b"/"}
"""What Dash's JSON writes for characters that matter in a script within HTML, where none of it stands."""


def install(server: Flask) -> None:
    kept = KeptFiles()

    @server.after_request
    def compress(response: Response) -> Response:
        if not _worth_it(response):
            return response
        response.direct_passthrough = False
        if response.cache_control.immutable:
            body = kept.compressed(response.get_data())
        else:
            body = gzip_ng.compress(_brief(response), QUICK, mtime=0)  # type: ignore[no-untyped-call]  # ships no types
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response


def _brief(response: Response) -> bytes:
    """The body; of JSON without the escapes that would be half of a drawing's markup.

    Left as it is where a backslash that is itself written stands before one of them.
    """
    body = response.get_data()
    if response.mimetype != "application/json" or b"\\\\u00" in body:
        return body
    for escape, character in ESCAPED.items():
        body = body.replace(escape, character)
    return body


class KeptFiles:
    """Compressed files by their content: the address can't be the key, since anyone can vary the part of it
    that stands for the version."""

    def __init__(self) -> None:
        self._files: dict[bytes, bytes] = {}
        self._lock = Lock()

    def compressed(self, body: bytes) -> bytes:
        digest = blake2b(body).digest()
        with self._lock:
            if digest not in self._files:
                self._files[digest] = gzip.compress(body, BEST, mtime=0)
            return self._files[digest]


def _worth_it(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.mimetype in COMPRESSIBLE
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("gzip") > 0
        and (response.content_length is None or response.content_length >= SMALLEST)
        and request.method != "HEAD"
    )
