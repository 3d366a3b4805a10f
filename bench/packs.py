"""How long a whole cohort's review packs take to print: `python -m bench.packs` measures them alone.

The page is asked for in Chromium, as whoever prints does, and made a PDF of by the same browser; the PDF's
pages are counted, as each learner's pack has one side of A4.
"""

from __future__ import annotations

import re
import shutil
import statistics
import time
from pathlib import Path

import click
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, func, select

from bench.browser import FLAGS
from bench.client import Client
from bench.colleges import FOLDER, browser_cookies, college, signed_in
from bench.report import Packs, packs_line
from bench.sample import draw
from bench.serving import Server, serving
from data.database import make_engine, reading
from data.models import Enrolment

PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def fullest_cohort(engine: Engine) -> int:
    """The cohort with the most learners who haven't left, the one of 350 aside."""
    here = func.count(Enrolment.id)
    with reading(engine) as session:
        return session.scalars(
            select(Enrolment.cohort_id)
            .where(Enrolment.ended_on.is_(None), Enrolment.cohort_id != draw(engine).grid)
            .group_by(Enrolment.cohort_id)
            .order_by(here.desc(), Enrolment.cohort_id)
            .limit(1)
        ).one()


def measure(server: Server, client: Client, cohort_id: int, *, times: int = 5) -> Packs:
    """Each time in a browser that has never been here."""
    page_ms, pdf_ms = [], []
    with sync_playwright() as play:
        for _ in range(times):
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context()
            context.add_cookies(browser_cookies(server, client))  # type: ignore[arg-type]  # plain dicts
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{server.base}/cohort/{cohort_id}/packs/print", wait_until="load")
            loaded = time.perf_counter()
            pdf = page.pdf(prefer_css_page_size=True, print_background=True)
            printed = time.perf_counter()
            page_ms.append((loaded - began) * 1000)
            pdf_ms.append((printed - loaded) * 1000)
            learners = page.locator("[data-view=review-pack]").count()
            browser.close()
    return Packs(
        learners=learners,
        page_ms=statistics.median(page_ms),
        pdf_ms=statistics.median(pdf_ms),
        sides=len(PAGE_OF_A_PDF.findall(pdf)),
        kilobytes=len(pdf) / 1024,
    )


@click.command()
@click.option("--size", default=1000, show_default=True, help="Learners of the college.")
@click.option(
    "--folder",
    default=FOLDER,
    show_default="var/bench",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the college lies, as for the whole benchmark.",
)
def main(size: int, folder: Path) -> None:
    """Measure the print of one cohort's packs, alone."""
    folder.mkdir(parents=True, exist_ok=True)
    url, _ = college(folder.resolve(), size)
    engine = make_engine(url)
    cohort_id = fullest_cohort(engine)
    engine.dispose()
    with serving("bench.server:create_server()", "/healthz", DATABASE_URL=url) as server:
        click.echo(packs_line(measure(server, signed_in(server), cohort_id)))


if __name__ == "__main__":
    main()
