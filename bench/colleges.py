"""The colleges that the benchmark measures, and its way into them."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

from app import progress_bar
from bench.client import Client
from bench.serving import ROOT, Server
from data.database import make_engine
from data.demo import DEMO_PASSWORD, build
from data.migrate import migrate

TODAY = date(2027, 1, 11)
FOLDER = ROOT / "var" / "bench"
ADMIN = "admin@demo.routebook.example"


def college(folder: Path, size: int) -> tuple[str, float]:
    """(database URL, seconds that building it took); a college that stands from an earlier run is kept,
    and migrated where its tables are older."""
    built = folder / f"{size}.built"
    url = f"sqlite:///{folder / f'{size}.db'}"
    engine = make_engine(url)
    try:
        migrate(engine)
        if built.exists():
            return url, float(built.read_text())
        began = time.perf_counter()
        build(engine, today=TODAY, seed=1, learners=size, progress=progress_bar)
        seconds = time.perf_counter() - began
        built.write_text(f"{seconds:.1f}")
        return url, seconds
    finally:
        engine.dispose()


def signed_in(server: Server) -> Client:
    client = Client(server.host, server.port)
    client.sign_in(ADMIN, DEMO_PASSWORD)
    return client


def browser_cookies(server: Server, client: Client) -> list[dict[str, Any]]:
    """The client's cookies as Chromium takes them, so that it is signed in too."""
    return [
        {"name": name, "value": value, "domain": server.host, "path": "/", "secure": True}
        for name, value in client.cookies.items()
    ]
