"""Routebook: the app, the server, its pages, the command line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import dash
from dash import Dash
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

import answers
import bundles
import compression
import index
import logs
import safe_start
import security
import turns
from callbacks import (
    agreement,
    calendar_feed,
    capacity,
    cases,
    cohort,
    college_prompts,
    college_reviews,
    coverage,
    coverage_by,
    department,
    destination,
    experiences,
    exports,
    guests,
    home,
    learner,
    next_review,
    organisation,
    people,
    phases,
    plain_pages,
    print_pages,
    programme_checks,
    reflections,
    request,
    review,
    review_days,
    reviews,
    route_draft,
    schedule,
    search,
    small_forms,
    starting_point,
    support,
    target_form,
    target_page,
    templates,
    tutors,
    wall_admin,
    walls,
)
from callbacks import writing as forms
from components import shell
from data.database import make_engine, reading, writing
from data.errors import NotFound, Refused
from data.migrate import migrate
from data.models import Organisation
from data.scope import today_in
from settings import VERSION, Settings

PAGES = (
    # name, address, title, page function
    ("home", "/", "My page", home.page),
    ("caseload", "/caseload", "My learners", home.caseload),
    ("reviews", "/reviews", "My reviews", reviews.page),
    ("cohort", "/cohort/<cohort_id>", "Cohort", cohort.page),
    ("cohort_coverage", "/cohort/<cohort_id>/coverage", "Review coverage", coverage.page),
    ("learner", "/learner/<learner_id>", "Learner", learner.page),
    ("phases", "/learner/<learner_id>/phases", "Phases", phases.page),
    ("build", "/learner/<learner_id>/build", "Route draft", route_draft.page),
    ("templates", "/templates", "Templates", templates.page),
    ("template", "/template/<template_id>", "Template", templates.template),
    (
        "department_coverage",
        "/department/<department_id>/coverage",
        "Review coverage",
        coverage_by.page,
    ),
    (
        "department_checks",
        "/department/<department_id>/checks",
        "Right-programme checks",
        programme_checks.page,
    ),
    ("capacity", "/department/<department_id>/capacity", "Review capacity", capacity.page),
    ("tutors", "/department/<department_id>/tutors", "Cover and handover", tutors.page),
    ("organisation_coverage", "/organisation/coverage", "Review coverage", coverage_by.organisation_page),
    ("start", "/learner/<learner_id>/start", "Starting point", starting_point.page),
    ("destination", "/learner/<learner_id>/destination", "Destination", destination.page),
    ("pack", "/learner/<learner_id>/pack", "Review pack", reviews.pack),
    ("support", "/learner/<learner_id>/support", "Support", support.page),
    ("cases", "/learner/<learner_id>/cases", "Cases", cases.page),
    ("open_cases", "/cases", "Cases", cases.open_ones),
    ("experiences", "/learner/<learner_id>/experiences", "Learning experiences", experiences.page),
    ("reflections", "/learner/<learner_id>/reflections", "Reflections", reflections.page),
    ("people", "/learner/<learner_id>/people", "People", people.page),
    ("agreement", "/learner/<learner_id>/agreement", "Agreement", agreement.page),
    ("reviews_of_plan", "/learner/<learner_id>/reviews", "Reviews", review.of_learner),
    ("review", "/review/<form_id>", "Review", review.page),
    ("group_review", "/cohort/<cohort_id>/group-review", "Group review", review_days.group),
    ("recap", "/reviews/recap", "Recap", review_days.recap),
    ("target", "/target/<target_id>", "Target", target_page.page),
    ("propose", "/learner/<learner_id>/propose", "Propose a target", target_page.propose),
    ("next_review", "/learner/<learner_id>/next-review", "Next review", next_review.page),
    ("schedule", "/schedule", "Schedule", schedule.page),
    ("college_reviews", "/admin/reviews", "Review rules", college_reviews.page),
    ("college_prompts", "/admin/reviews/script", "Prompts, checks and cases", college_prompts.page),
    ("department", "/department/<department_id>", "Department", department.page),
    ("organisation", "/organisation", "Organisation", organisation.page),
)
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""For the workers' environment: glibc otherwise keeps freed memory aside, and for each thread."""
CALLBACKS = (
    home,
    cohort,
    coverage,
    coverage_by,
    capacity,
    tutors,
    learner,
    department,
    organisation,
    search,
    target_form,
    target_page,
    phases,
    route_draft,
    templates,
    people,
    agreement,
    starting_point,
    destination,
    experiences,
    reflections,
    reviews,
    support,
    cases,
    review,
    review_days,
    college_reviews,
    college_prompts,
    schedule,
    next_review,
)
"""Pages of Dash and what answers on them."""
PLAIN = (plain_pages, print_pages, guests, calendar_feed, walls, wall_admin, exports, small_forms)
"""Routes without Dash."""
WRITERS: tuple[Mapping[str, forms.Writer], ...] = tuple(
    vars(module)["WRITERS"] for module in (*CALLBACKS, *PLAIN) if "WRITERS" in vars(module)
)
"""What saves each kind of form, by the module whose page shows it."""


def create_app(settings: Settings | None = None) -> Dash:
    """The whole app on one database; each call makes a separate one."""
    settings = settings or Settings()
    engine = make_engine(settings.database_url, pool_size=settings.threads)
    app: Dash = index.Routebook(
        "routebook",
        use_pages=True,
        pages_folder="",
        suppress_callback_exceptions=True,
        assets_folder="assets",
        include_assets_files=False,
        index_string=index.INDEX,
        title="Routebook",
        update_title="",
        include_pages_meta=False,
        add_log_handler=False,
        enable_mcp=False,
        on_error=request.on_error,
        csrf_token_name=answers.csrf_cookie_name(settings),
        csrf_header_name=security.CSRF_HEADER,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.server.extensions["routebook_engine"] = engine
    app.server.extensions["routebook_settings"] = settings
    for name, address, title, function in PAGES:
        dash.register_page(
            f"pages.{name}",
            path=None if "<" in address else address,
            path_template=address if "<" in address else None,
            title=f"{title} · Routebook",
            name=title,
            # Dash takes the first that fits, and <an_id> fits slashes too: longer addresses come first.
            order=-address.count("/"),
            layout=function,
        )
    app.layout = shell.layout
    for module in CALLBACKS:
        module.register(app)
    for plain in PLAIN:
        plain.register(app.server)
    forms.register(app.server, WRITERS)
    bundles.install(app.server)
    compression.install(app.server)
    if engine.dialect.name == "sqlite":
        turns.install(app.server)
    security.install(app, settings, engine)
    return app


def create_server(settings: Settings | None = None) -> Flask:
    """The app for a production server, warmed up: requests that arrive together while Dash sets itself up
    would get errors for its scripts."""
    settings = settings or Settings()
    logs.configure(settings.log_level)
    app = create_app(settings)
    with app.server.test_request_context("/healthz"):
        app.server.preprocess_request()
        app.index()
    server: Flask = app.server
    engine: Engine = server.extensions["routebook_engine"]
    engine.dispose()
    # What is loaded stays: the collector needn't look through it again in each worker.
    gc.collect()
    gc.freeze()
    # A page makes thousands of objects and leaves hardly a cycle: looking through them after each 700 finds
    # next to nothing.
    gc.set_threshold(20_000)
    return server


# --- the command line ----------------------------------------------------------------------------------


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
        yield bar.update


class RoutebookGroup(click.Group):
    """Turns business errors into one line and exit code 1; wrong usage is click's own 2."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Refused as refused:
            raise click.ClickException(refused.reason) from refused
        except NotFound as missing:
            raise click.ClickException("There is no such thing in this database.") from missing
        except ValidationError as wrong:
            raise click.ClickException(wrong_settings(wrong)) from wrong
        except DBAPIError as error:
            raise click.ClickException(
                f"The database answers: {str(error.orig).strip().splitlines()[0]}. Check DATABASE_URL, that"
                " the server runs, and that nothing else writes to the file."
            ) from error
        except PermissionError as denied:
            raise click.ClickException(
                f"{denied.filename} may not be read or written. Ask whoever owns it, or choose another."
            ) from denied


def wrong_settings(wrong: ValidationError) -> str:
    """A sentence for each setting that can't be, by the name that it has in the environment."""
    prefix = str(Settings.model_config["env_prefix"])
    sentences = []
    for error in wrong.errors():
        name = str(error["loc"][0])
        name = name if name.startswith(prefix) else f"{prefix}{name}".upper()
        sentences.append(f"{name}: {error['msg']}.")
    return " ".join(sentences)


@click.group(cls=RoutebookGroup)
def cli() -> None:
    """Routebook: individual learning plans made live."""


def opened() -> tuple[Settings, Engine]:
    """The settings and their database, migrated."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    migrate(engine)
    return settings, engine


def organisation_in(engine: Engine) -> Organisation | None:
    with reading(engine) as session:
        return session.scalars(select(Organisation).limit(1)).first()


def today_for(settings: Settings, engine: Engine) -> date:
    organisation = organisation_in(engine)
    return settings.today or today_in(
        organisation.time_zone if organisation else "Europe/London", datetime.now(UTC)
    )


@cli.command()
@click.option("--dev", is_flag=True, help="Reload as files change, with Dash's debugging tools.")
def run(dev: bool) -> None:
    """Migrate the database, load the demo college where it belongs, and serve."""
    settings, engine = opened()
    organisation = organisation_in(engine)
    if organisation is None and (settings.demo or not settings.database_is_given):
        load_demo(engine, settings, learners=900, seed=1)
        organisation = organisation_in(engine)
    is_demo = organisation is not None and organisation.demo_today is not None
    safe_start.refuse_unsafe_start(settings, is_demo=is_demo)
    if not dev:  # the reloading server hands its socket on to itself
        safe_start.refuse_taken_port(settings.host, settings.port)
    engine.dispose()
    address = f"http://{settings.host}:{settings.port}"
    click.echo(f"Routebook {VERSION} on {address}")
    if is_demo:
        click.echo("Demonstration college. Sign in with the password routebook-demo as one of:")
        for name in ("admin", "head", "tutor", "learner"):
            click.echo(f"  {name}@demo.routebook.example")
    elif organisation is None:
        click.echo("The database is empty. Add an administrator in another terminal:")
        click.echo('  python app.py user add you@college.example "Your Name" --role administrator')
    sys.stdout.flush()
    serve(settings, dev=dev)


def serve(settings: Settings, *, dev: bool) -> None:
    if dev:
        logs.configure(settings.log_level)
        create_app(settings).run(
            host=settings.host,
            port=settings.port,
            debug=True,
            extra_files=files_of_pages(),
            dev_tools_disable_version_check=True,  # asks another host
        )
    elif sys.platform == "win32":
        from waitress import serve as waitress_serve

        waitress_serve(
            create_server(settings), host=settings.host, port=settings.port, threads=settings.threads
        )
    else:
        # A fresh process: what the migration and the demo college loaded stays out of the workers.
        command = server_command(
            "app:create_server()", settings.host, settings.port, settings.workers, settings.threads
        )
        os.execve(sys.executable, command, os.environ | ALLOCATOR)  # noqa: S606  # our own interpreter, no shell


def files_of_pages() -> list[str]:
    """Templates, styles and scripts: with the modules, what `make dev` watches."""
    here = Path(__file__).parent
    return [
        str(path) for folder in ("components/templates", "assets") for path in (here / folder).glob("*.*")
    ]


def server_command(factory: str, host: str, port: int, workers: int, threads: int) -> list[str]:
    """gunicorn as it serves Routebook; the benchmark starts it by the same command.

    A worker takes in no more requests than it can soon answer, and keeps no connection: so all who wait do
    so in one queue, for whichever worker is free first, and nobody behind a worker that has many.
    """
    return [
        *(sys.executable, "-m", "gunicorn", f"--bind={host}:{port}"),
        *(f"--workers={workers}", f"--threads={threads}", "--preload", "--no-control-socket"),
        *(f"--worker-connections={2 * threads + 2}", "--keep-alive=0"),
        *("--log-level=warning", f"--chdir={Path(__file__).parent}", factory),
    ]


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest version of the tables."""
    settings = Settings()
    applied = migrate(make_engine(settings.database_url))
    click.echo(f"Migrations applied: {applied}.")


@cli.command()
@click.option("--learners", type=click.IntRange(1, 1_000_000), default=900, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def demo(learners: int, seed: int) -> None:
    """Load a demonstration college into an empty database."""
    settings, engine = opened()
    load_demo(engine, settings, learners=learners, seed=seed)


def load_demo(engine: Engine, settings: Settings, *, learners: int, seed: int) -> None:
    from data.demo import build

    made = build(
        engine, today=today_for(settings, engine), seed=seed, learners=learners, progress=progress_bar
    )
    click.echo(
        f"Demonstration college loaded: {made.departments} departments, {made.cohorts} cohorts,"
        f" {made.learners:,} learners, {made.targets:,} targets, {made.reviews:,} reviews."
    )


@cli.group("import")
def import_group() -> None:
    """Bring a college's data in; each can be repeated and changes only what the source changed."""


def import_command(kind: str, help_text: str, *, needs_department: bool, takes: str = "FILE...") -> None:
    @click.argument(
        "paths", metavar=takes, nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
    )
    @click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
    def command(
        paths: Sequence[Path], dry_run: bool, mapping: Path | None = None, department: str | None = None
    ) -> None:
        from data.importers import import_files

        settings, engine = opened()
        summary = import_files(
            engine,
            kind,
            paths,
            department=department,
            mapping=mapping,
            dry_run=dry_run,
            today=today_for(settings, engine),
            progress=progress_bar,
        )
        for line in summary.lines():
            click.echo(line)
        if summary.all_refused:
            raise SystemExit(1)

    if needs_department:
        option = click.option("--department", required=True, help="Where it goes; made if it is new.")
    else:
        option = click.option(
            "--mapping",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A file that says which of your headings is which column.",
        )
    command = option(command)
    import_group.command(kind, help=help_text)(command)


import_command(
    "ilr", "Individualised Learner Record: XML of any year, or a zip of it.", needs_department=True
)
import_command(
    "oulad",
    "Open University Learning Analytics Dataset: its folder.",
    needs_department=True,
    takes="FOLDER",
)
import_command("roster", "Learners, cohorts and tutors from a CSV.", needs_department=False)
import_command("targets", "Milestones and targets from a CSV.", needs_department=False)
import_command("reviews", "Reviews held, from a CSV.", needs_department=False)
import_command("attendance", "Attendance by week from a CSV.", needs_department=False)


@cli.command()
@click.argument("kind", type=click.Choice(["roster", "targets", "reviews", "attendance"]))
def template(kind: str) -> None:
    """Print a CSV to fill in, with every column that an import knows."""
    from data.importers import template as template_of

    click.echo(template_of(kind), nl=False)


@cli.command("template-from")
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--department", required=True, help="Whose template it is; made if it is new.")
@click.option("--only", default="", help="Of many standards or skills those whose name holds this.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def template_from(paths: Sequence[Path], department: str, only: str, dry_run: bool) -> None:
    """Make a programme's template from a standard or a competency framework."""
    from data.importers.standards import import_standards

    settings, engine = opened()
    summary = import_standards(
        engine,
        paths,
        department=department,
        only=only,
        dry_run=dry_run,
        today=today_for(settings, engine),
    )
    for line in summary.lines():
        click.echo(line)
    if summary.all_refused:
        raise SystemExit(1)


@cli.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.argument("name")
@click.option(
    "--role",
    required=True,
    help="administrator, head-of-department, tutor, teacher, learning-support-lead, quality-lead or learner.",
)
@click.option("--department", help="The department of a head of department.")
@click.option("--learner", "learner_reference", help="The reference of the learner whose plan it is.")
def user_add(email: str, name: str, role: str, department: str | None, learner_reference: str | None) -> None:
    """Add a person, or a role to one, and print a link to choose a password."""
    from data import accounts
    from data.college import the_organisation

    settings, engine = opened()
    with writing(engine) as session:
        token = accounts.add_user(
            session,
            organisation=the_organisation(session),
            email=email,
            name=name,
            role=role,
            department=department,
            learner_reference=learner_reference,
            now=datetime.now(UTC),
            link_hours=settings.link_hours,
        )
    click.echo(f"{name} can choose a password within {settings.link_hours} hours, once, at")
    click.echo(f"  {settings.base_address}/choose-password/{token}")
    click.echo("Links made: 1.")


@cli.group()
def wall() -> None:
    """Screens that show figures without a name, each at a secret address."""


@wall.command("add")
@click.argument("name")
@click.option("--department", help="Show this department; else the whole organisation.")
@click.option("--cohort", "cohorts", multiple=True, help="Show only this cohort; can be given several times.")
@click.option(
    "--boards",
    default="where-we-are:30,coverage:20,overdue:20,reviews-due:20,achieved:20,milestones:20",
    show_default=True,
    help="Which boards, each with its seconds.",
)
@click.option("--theme", type=click.Choice(["dark", "light"]), default="dark", show_default=True)
@click.option(
    "--orientation", type=click.Choice(["landscape", "portrait"]), default="landscape", show_default=True
)
@click.option("--scale", type=click.Choice(["100", "110", "125"]), default="100", show_default=True)
@click.option("--from", "shows_from", default="07:00", show_default=True, help="When it begins to show.")
@click.option("--until", "shows_until", default="19:00", show_default=True, help="When it ends.")
@click.option("--expires", help="The last day on which it works, as 2027-07-31; else in a year.")
@click.option("--notice", default="", help="What the board “notice” says.")
def wall_add(name: str, **options: Any) -> None:
    """Make a wall and print its address, which can't be printed again."""
    from data import wall_commands

    settings, engine = opened()
    with writing(engine) as session:
        token = wall_commands.add(session, name, today=today_for(settings, engine), **options)
    click.echo("The wall's address, shown this once:")
    click.echo(f"  {settings.base_address}/wall/{token}")
    click.echo("Walls made: 1.")


@wall.command("list")
def wall_list() -> None:
    """List the walls, what they show, and when they were last seen."""
    from data import wall_commands

    settings, engine = opened()
    with reading(engine) as session:
        lines = wall_commands.lines(session, today=today_for(settings, engine))
    for line in lines:
        click.echo(line)
    click.echo(f"Walls: {len(lines)}.")


@wall.command("revoke")
@click.argument("wall_id", type=int)
def wall_revoke(wall_id: int) -> None:
    """Switch a wall off by its number in the list; its screen says so at its next refresh."""
    from data import wall_commands

    settings, engine = opened()
    with writing(engine) as session:
        name = wall_commands.revoke(session, wall_id, today=today_for(settings, engine))
    click.echo(f"“{name}” is switched off. Walls revoked: 1.")


if __name__ == "__main__":
    cli()
