"""What every table is made with: types, naming of constraints, the codes that columns hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Date, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, stored as UTC without an offset on every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        date: Date,
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
    }


class Reach(StrEnum):
    """Which learners a role sees; each is turned into SQL in `scope`."""

    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    CASELOAD = "caseload"
    TEACHING_GROUPS = "teaching-groups"
    OWN_PLAN = "own-plan"


class Writes(StrEnum):
    """What a role changes of the plans that it sees."""

    PLANS = "plans"
    SUPPORT = "support"
    OWN_NOTES = "own-notes"
    NOTHING = "nothing"


class EndReason(StrEnum):
    COMPLETED = "completed"
    WITHDREW = "withdrew"
    TRANSFERRED = "transferred"


class BarrierKind(StrEnum):
    PERSONAL = "personal"
    SOCIAL = "social"
    INSTITUTIONAL = "institutional"


class Origin(StrEnum):
    """Where a change came from."""

    PERSON = "person"
    IMPORT = "import"
    DEMO = "demo"


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def in_order(first: str, second: str) -> CheckConstraint:
    return CheckConstraint(f"{second} IS NULL OR {second} >= {first}", name=f"{second}_after_{first}")


def confidentiality_known() -> CheckConstraint:
    return CheckConstraint("confidentiality BETWEEN 1 AND 4", name="confidentiality_known")
