"""Logs: one line for each event, that names nobody and can't be forged."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
import structlog

import logs


@contextmanager
def logged() -> Iterator[StringIO]:
    """What is logged meanwhile."""
    root, written = logging.getLogger(), StringIO()
    kept, root.handlers, level = root.handlers, [], root.level
    logs.configure(stream=written)
    yield written
    root.handlers = kept
    root.setLevel(level)
    structlog.reset_defaults()


def lines(written: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_time_in_utc() -> None:
    with logged() as written:
        structlog.get_logger("routebook").warning("failed sign-in", account="4f2a", person=7)
    (line,) = lines(written)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "failed sign-in",
        "level": "warning",
        "logger": "routebook",
        "account": "4f2a",
        "person": 7,
    }


@pytest.mark.parametrize("forged", ["a\nINFO all is well", "a\r\nb", "\x1b[2Jcleared", "\u2028x", "\x00"])
def test_no_text_can_begin_a_line_of_its_own(forged: str) -> None:
    with logged() as written:
        structlog.get_logger("routebook").info("refused", path=forged)
        logging.getLogger("somebody else's").warning("refused %s", forged)
    assert [line["level"] for line in lines(written)] == ["info", "warning"]
    assert written.getvalue().replace("\n", "").isprintable()


def test_personal_fields_are_removed() -> None:
    personal = {
        "email": "a",
        "password": "b",
        "note": "c",
        "csrf_token": "d",
        "given_name": "e",
        "Cookie": "f",
    }
    with logged() as written:
        structlog.get_logger("routebook").info("saved", **personal)
    (line,) = lines(written)
    assert {name: line[name] for name in personal} == dict.fromkeys(personal, logs.REMOVED)


def test_the_secret_part_of_an_address_is_removed() -> None:
    with logged() as written:
        logging.getLogger("werkzeug").info('"GET /choose-password/s3cr3t?x=1 HTTP/1.1" 200')
        structlog.get_logger("routebook").info("refused", path="/wall/s3cr3t")
    assert "s3cr3t" not in written.getvalue()
    assert "/choose-password/[removed]" in written.getvalue()


def test_of_an_error_its_kind_and_place_are_kept_but_not_its_text() -> None:
    with logged() as written:
        try:
            raise ValueError("Quillfeather has dyslexia")
        except ValueError as error:
            reference = logs.log_failure(error, path="/learner/1")
            logging.getLogger("somebody else's").exception("failed")
    ours, theirs = lines(written)
    assert ours["reference"] == reference
    assert ours["error"] == theirs["error"] == "ValueError"
    assert "test_logs.py" in str(ours["at"])
    assert "Quillfeather" not in written.getvalue()
