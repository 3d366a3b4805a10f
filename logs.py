"""Logs: one escaped line for each event, in UTC, that names nobody.

What people type never reaches a log: known personal fields are removed, and of an exception only its type
and its place in the code are kept, since its text can quote what was typed or stored.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

HERE = Path(__file__).parent
REMOVED = "[removed]"
PERSONAL = re.compile(
    r"email|name|password|token|cookie|secret|key$|note|title|reason|text|html|body|authorization", re.I
)
NOT_PERSONAL = frozenset({"logger", "logger_name"})
SECRET_ADDRESS = re.compile(r"(/(?:choose-password|wall|guest|calendar)/)[^\s\"'?]+")
Event = MutableMapping[str, Any]


def configure(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send the events of structlog and of every library through the same redaction to one stream."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _failure_without_its_text,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def log_failure(error: BaseException, **facts: Any) -> str:
    """Log an unforeseen error; returns the short reference under which the log has it."""
    reference = secrets.token_hex(4)
    structlog.get_logger("routebook").error(
        "unforeseen error", reference=reference, **_kind_and_place(error), **facts
    )
    return reference


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Remove personal fields and the secret part of addresses."""
    for field, value in event.items():
        if field not in NOT_PERSONAL and PERSONAL.search(field):
            event[field] = REMOVED
        elif isinstance(value, str):
            event[field] = SECRET_ADDRESS.sub(rf"\1{REMOVED}", value)
    return event


def _failure_without_its_text(_logger: Any, _method: str, event: Event) -> Event:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(_kind_and_place(error))
    return event


def _kind_and_place(error: BaseException) -> dict[str, Any]:
    """The way through our own files to the error, and the last step wherever it was made."""
    frames = traceback.extract_tb(error.__traceback__)
    way = [frame for frame in frames if _is_ours(frame.filename) or frame is frames[-1]]
    return {
        "error": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in way],
    }


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(HERE) and "site-packages" not in path.parts
