"""`python -m bench`: builds colleges, measures, prints, and writes docs/benchmark.md."""

from __future__ import annotations

import csv
import json
import os
import platform
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from bench import browser, packs, report, views
from bench.browser import Visible, Visit
from bench.client import Client
from bench.colleges import ADMIN, FOLDER, browser_cookies, college, signed_in
from bench.sample import Sample, draw
from bench.serving import ROOT, Server, serving
from data.database import make_engine, sqlite_module

PEOPLE, LOAD_SECONDS = 50, 30


@click.command()
@click.option("--sizes", default="1000,10000,100000", show_default=True, help="Learners of each college.")
@click.option(
    "--folder",
    default=FOLDER,
    show_default="var/bench",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the colleges lie; those that stand there are brought up to date and used again.",
)
@click.option("--no-write", is_flag=True, help="Print only; leave docs/benchmark.md as it is.")
def main(sizes: str, folder: Path, no_write: bool) -> None:
    """Measure all views on colleges of several sizes, in one run."""
    os.environ.pop("ROUTEBOOK_TODAY", None)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(size) for size in sizes.split(",")]
    built = {size: college(folder.resolve(), size) for size in numbers}
    measured: dict[int, list[views.Measured]] = {}
    seen: list[Visible] = []
    memory: report.Memory | None = None
    printed: report.Packs | None = None
    load: list[dict[str, str]] = []
    for size in numbers:
        url, _ = built[size]
        engine = make_engine(url)
        sample = draw(engine)
        with serving("bench.server:create_server()", "/healthz", DATABASE_URL=url) as server:
            memory_before = max(server.worker_megabytes())
            client = signed_in(server)
            click.echo(f"\n{size:,} learners")
            measured[size] = []
            for view in views.VIEWS:
                one = views.measure(engine, client, ADMIN, sample, view)
                measured[size].append(one)
                click.echo(report.line(one))
            if size == max(numbers):
                after = max(server.worker_megabytes())
                memory = report.Memory(memory_before, after, pandas=server.has_loaded("pandas"))
                load = fifty_people(server, client, sample, folder)
                seen = in_chromium(server, client, sample)
                printed = packs.measure(server, client, packs.fullest_cohort(engine))
        engine.dispose()
    assert memory is not None
    assert printed is not None
    text = report.text(
        machine=machine(),
        built={size: seconds for size, (_, seconds) in built.items()},
        measured=measured,
        seen=seen,
        printed=printed,
        memory=memory,
        load=load,
    )
    click.echo(text)
    if not no_write:
        (ROOT / "docs" / "benchmark.md").write_text(text)


def in_chromium(server: Server, client: Client, sample: Sample) -> list[Visible]:
    """A bare Dash page of the same libraries, and each of ours."""
    visits = [
        Visit("bare page", "/", "#ready"),
        Visit("learner", f"/learner/{sample.learners[0]}", "[data-view=route-map] [data-target]"),
        Visit("cohort", f"/cohort/{sample.cohorts[0]}", "[row-id] [col-id^=milestone-]"),
        Visit("grid", f"/cohort/{sample.grid}", "[row-id] [col-id^=milestone-]"),
        Visit("department", f"/department/{sample.departments[0]}", "td[data-row][data-column]"),
        Visit("organisation", "/organisation", "td[data-row][data-column]"),
    ]
    cookies = browser_cookies(server, client)
    with serving("bench.bare_page:create_server()", "/") as bare:
        bases = {visit.name: server.base for visit in visits} | {"bare page": bare.base}
        return browser.measure(visits, cookies, base_of=bases)


def fifty_people(server: Server, client: Client, sample: Sample, folder: Path) -> list[dict[str, str]]:
    """Locust's figures for each view and all together."""
    path = folder / "sample.json"
    path.write_text(
        json.dumps(
            {
                "host": server.host,
                "port": server.port,
                "cookies": client.cookies,
                "learners": sample.learners,
                "cohorts": sample.cohorts,
                "departments": sample.departments,
            }
        )
    )
    results = folder / "load"
    with ExitStack() as stack:
        stack.callback(path.unlink)
        subprocess.run(
            [
                *(sys.executable, "-m", "locust", "-f", str(Path(__file__).parent / "load.py")),
                *("--headless", "-u", str(PEOPLE), "-r", str(PEOPLE), "-t", f"{LOAD_SECONDS}s"),
                *("--csv", str(results), "--only-summary", "--exit-code-on-error", "0"),
            ],
            cwd=ROOT,
            env=os.environ | {"ROUTEBOOK_BENCH_SAMPLE": str(path), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    with open(f"{results}_stats.csv", newline="") as lines:
        return list(csv.DictReader(lines))


def machine() -> str:
    described = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", described)
    return (
        f"{model[1] if model else platform.processor() or platform.machine()}, {os.cpu_count()} cores,"
        f" {platform.system()}, Python {platform.python_version()}, SQLite {sqlite_module().sqlite_version}"
    )


main()
