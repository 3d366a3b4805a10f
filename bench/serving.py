"""Starts and stops the servers that are measured, and reads what their workers hold in memory."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app import ALLOCATOR, server_command

ROOT = Path(__file__).parent.parent
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    pid: int

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def worker_megabytes(self) -> list[float]:
        """Resident memory of each worker, shared pages counted in each."""
        return [_resident_megabytes(pid) for pid in _children(self.pid)]

    def has_loaded(self, package: str) -> bool:
        """Whether any worker has a compiled part of a package in memory."""
        maps = [Path(f"/proc/{pid}/maps").read_text() for pid in _children(self.pid)]
        return any(f"/{package}/" in of_worker for of_worker in maps)


@contextmanager
def serving(factory: str, probe: str, **environment: str) -> Iterator[Server]:
    """gunicorn with two workers of four threads, as `make run` has it, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = server_command(factory, "127.0.0.1", port, WORKERS, THREADS)
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | ALLOCATOR | environment, start_new_session=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}{probe}", process)
        yield Server("127.0.0.1", port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {address}")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024
