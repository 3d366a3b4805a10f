"""The figures as text: a line while measuring, and docs/benchmark.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.browser import Visible
from bench.views import Measured


@dataclass(frozen=True)
class Memory:
    """Of the largest worker, in megabytes; `pandas` says whether any worker has loaded it."""

    before: float
    after: float
    pandas: bool


@dataclass(frozen=True)
class Packs:
    """One cohort's packs: medians in milliseconds of the page until it is loaded and of making the PDF."""

    learners: int
    page_ms: float
    pdf_ms: float
    sides: int
    kilobytes: float

    @property
    def seconds(self) -> float:
        return (self.page_ms + self.pdf_ms) / 1000


def line(one: Measured) -> str:
    return (
        f"  {one.view:<13} SQL {one.sql_ms:6.1f} ms   bare {one.bare_ms:6.1f} ms {one.bare_rate:6.0f}/s"
        f"   callback {one.callback_ms:6.1f} ms {one.callback_rate:6.0f}/s ({one.rate_ratio:.2f})"
        f"   {one.wire_bytes / 1000:6.1f} kB   {one.queries} queries"
    )


def text(
    *,
    machine: str,
    built: Mapping[int, float],
    measured: Mapping[int, Sequence[Measured]],
    seen: Sequence[Visible],
    printed: Packs,
    memory: Memory,
    load: Sequence[Mapping[str, str]],
) -> str:
    parts = [
        "# Benchmark\n",
        "Written by `make bench`, which builds the colleges, measures in one run and prints the same figures."
        " Ratios carry over to other machines, times don't.\n",
        f"Machine: {machine}. Two gunicorn workers of four threads and the measuring client share it.\n",
        _builds(built),
        *(_views(size, rows) for size, rows in measured.items()),
        _growth(measured),
        _in_chromium(seen),
        packs_section(printed),
        _memory(memory),
        _load(load),
    ]
    return "\n".join(part for part in parts if part)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" + "---:|" * (len(heads) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _builds(built: Mapping[int, float]) -> str:
    rows = [[f"{size:,}", f"{seconds:.0f}"] for size, seconds in built.items()]
    return "## Building the colleges\n\n" + _table(["learners", "seconds"], rows)


def _views(size: int, rows: Sequence[Measured]) -> str:
    return (
        f"## {size:,} learners\n\n"
        "SQL alone: the same statements repeated without objects or rules. Bare: a route behind the same"
        " guard and scope that answers the same rows as JSON. Callback: what the browser asks for. Times"
        " are medians of one connection, rates those of eight.\n\n"
        + _table(
            [
                "view",
                "SQL ms",
                "bare ms",
                "callback ms",
                "bare/s",
                "callback/s",
                "ratio",
                "kB gzip",
                "queries",
            ],
            [
                [
                    one.view,
                    f"{one.sql_ms:.1f}",
                    f"{one.bare_ms:.1f}",
                    f"{one.callback_ms:.1f}",
                    f"{one.bare_rate:.0f}",
                    f"{one.callback_rate:.0f}",
                    f"{one.rate_ratio:.2f}",
                    f"{one.wire_bytes / 1000:.1f}",
                    str(one.queries),
                ]
                for one in rows
            ],
        )
        + "\nTo reach: a ratio of at least 0.50; at most 10 kB, the grid aside.\n"
    )


def _growth(measured: Mapping[int, Sequence[Measured]]) -> str:
    smallest, largest = min(measured), max(measured)
    if smallest == largest:
        return ""
    before = {one.view: one for one in measured[smallest]}
    rows = [
        [
            one.view,
            f"{before[one.view].callback_ms:.1f}",
            f"{one.callback_ms:.1f}",
            f"{one.callback_ms / before[one.view].callback_ms:.2f}",
        ]
        for one in measured[largest]
    ]
    return (
        "## Growth\n\n"
        + _table(["view", f"ms at {smallest:,}", f"ms at {largest:,}", "times"], rows)
        + "\nTo reach: 1.5 times at most, the organisation aside, which stays under 150 ms.\n"
    )


def _in_chromium(seen: Sequence[Visible]) -> str:
    if not seen:
        return ""
    bare = seen[0]
    rows = [
        [
            one.name,
            f"{one.cold_ms:.0f}",
            f"{one.cold_ms / bare.cold_ms:.2f}",
            f"{one.warm_ms:.0f}",
            f"{one.warm_ms / bare.warm_ms:.2f}",
            f"{one.requests - bare.requests:+d}",
            f"{one.kilobytes - bare.kilobytes:+.0f}",
        ]
        for one in seen
    ]
    return (
        "## In Chromium\n\nUntil the data is visible, against a bare Dash page of the same libraries.\n\n"
        + _table(
            ["page", "cold ms", "times", "warm ms", "times", "requests above", "kB above"],
            rows,
        )
        + f"\nThe bare page itself: {bare.requests} requests, {bare.kilobytes:.0f} kB. To reach: 1.3 times"
        " for department and learner, 2.5 times for the grid; at most ten requests and 250 kB above.\n"
    )


def packs_line(printed: Packs) -> str:
    return (
        f"{printed.learners} packs: page {printed.page_ms:.0f} ms, PDF {printed.pdf_ms:.0f} ms, together"
        f" {printed.seconds:.1f} s; {printed.sides} sides of A4, {printed.kilobytes:.0f} kB"
    )


def packs_section(printed: Packs) -> str:
    return (
        "## Printing a cohort's review packs\n\n"
        f"{packs_line(printed)}. In Chromium, medians; `python -m bench.packs` prints them alone. To reach:"
        " under five seconds together, one side for each learner.\n"
    )


def _memory(memory: Memory) -> str:
    pandas = "pandas is among what is loaded" if memory.pandas else "pandas isn't among what is loaded"
    return (
        "## Memory of a worker, largest college\n\n"
        f"{memory.before:.0f} MB before the first request, {memory.after:.0f} MB after all views were"
        f" measured; {pandas}. To reach: 100 MB before, at most 60 MB more after.\n"
    )


def _load(load: Sequence[Mapping[str, str]]) -> str:
    rows = [
        [
            line["Name"],
            line["Request Count"],
            line["Failure Count"],
            line["Requests/s"].split(".")[0],
            line["50%"],
            line["95%"],
        ]
        for line in load
    ]
    return (
        "## Fifty people without a pause, largest college\n\n"
        + _table(["view", "requests", "errors", "a second", "p50 ms", "p95 ms"], rows)
        + "\nTo reach: p95 under 500 ms, no error.\n"
    )
