"""Real files to import, and short ways to ask what came of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from data.college import add_organisation
from data.database import reading, writing
from data.importers import Summary, import_files
from data.models import Base
from tests.conftest import PUBLIC_FILES

SHARED = PUBLIC_FILES
ILR = SHARED / "ilr"
OULAD = SHARED / "analytics" / "oulad"
TODAY = date(2026, 11, 23)


def run_import(engine: Engine, kind: str, *paths: Path, **options: Any) -> Summary:
    """An import into the department Science on 23 November 2026, but for what `options` say."""
    if kind in ("ilr", "oulad"):
        options.setdefault("department", "Science")
    return import_files(engine, kind, list(paths), **({"today": TODAY} | options))


def counts(engine: Engine) -> dict[str, int]:
    """{table: rows} of the whole database."""
    with reading(engine) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the database, to compare before and after."""
    with reading(engine) as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def college(engine: Engine, **values: Any) -> None:
    """An organisation that is there before the import."""
    with writing(engine) as session:
        add_organisation(session, "Our college", **values)
