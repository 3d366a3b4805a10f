"""Gzip: never twice for a file that stays the same, never where the browser doesn't take it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from dash._utils import to_json
from flask import Flask, Response

import compression

TEXT = "progress " * 1000


@pytest.fixture
def server() -> Flask:
    server = Flask("compressed")
    compression.install(server)

    @server.after_request
    def keep_files(response: Response) -> Response:
        if response.mimetype == "text/javascript":
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    server.add_url_rule("/page", "page", lambda: TEXT)
    server.add_url_rule("/short", "short", lambda: "short")
    server.add_url_rule("/file.js", "file", lambda: Response(TEXT, mimetype="text/javascript"))
    server.add_url_rule("/other.js", "other", lambda: Response(TEXT + "x", mimetype="text/javascript"))
    server.add_url_rule("/image", "image", lambda: Response(TEXT, mimetype="image/png"))
    return server


def answering(text: str) -> Flask:
    """A server that answers with a text as Dash does."""
    server = Flask("answering")
    compression.install(server)
    server.add_url_rule("/", "answer", lambda: Response(to_json({"text": text}), mimetype="application/json"))
    return server


def get(server: Flask, path: str, **headers: str) -> Any:
    return server.test_client().get(path, headers={"Accept-Encoding": "gzip, deflate"} | headers)


def test_a_page_arrives_smaller_and_the_same(server: Flask) -> None:
    answer = get(server, "/page")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(TEXT) / 10
    assert gzip.decompress(answer.data).decode() == TEXT


@pytest.mark.parametrize(
    "text", ["<b>bold</b>" * 200, "C:\\\\u003c <b>" * 200, "\\\\" + "<" * 1000, '"<\n/>' * 200]
)
def test_an_answer_of_dash_means_the_same_without_its_escapes(text: str) -> None:
    answer = get(answering(text), "/")
    assert json.loads(gzip.decompress(answer.data)) == {"text": text}


def test_markup_is_sent_as_it_is_written() -> None:
    assert b"<b>bold</b>" in gzip.decompress(get(answering("<b>bold</b>" * 200), "/").data)


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_gzip_gets_plain_text(server: Flask, accepts: str) -> None:
    answer = get(server, "/page", **{"Accept-Encoding": accepts})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == TEXT


@pytest.mark.parametrize("path", ["/short", "/image", "/missing"])
def test_what_would_gain_nothing_is_left_as_it_is(server: Flask, path: str) -> None:
    assert "Content-Encoding" not in get(server, path).headers


def test_a_file_that_stays_the_same_is_compressed_once(
    server: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed: list[int] = []
    really = gzip.compress

    def counted(body: bytes, level: int, *, mtime: float) -> bytes:
        compressed.append(level)
        return really(body, level, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", counted)
    answers = {get(server, f"/file.js?m={number}").data for number in range(5)}
    assert len(answers) == 1
    assert gzip.decompress(answers.pop()).decode() == TEXT
    assert compressed == [compression.BEST]
    assert gzip.decompress(get(server, "/other.js").data).decode() == TEXT + "x"
    assert compressed == [compression.BEST] * 2
