"""Who works with Routebook, in which role, and with which learners."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Reach, Writes, in_order, one_of

WITHOUT_DEPARTMENT = text("department_id IS NULL")


class Role(Base):
    """What a role sees and may do, as data: a college can add one. See `scope` for each reach."""

    __tablename__ = "role"
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    reach: Mapped[str]
    writes: Mapped[str]
    reads_confidentiality: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("reach", Reach),
        one_of("writes", Writes),
        CheckConstraint("reads_confidentiality BETWEEN 0 AND 4", name="reads_confidentiality_known"),
    )


class Person(Base):
    """Someone who signs in. A learner without an account has no row here."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    disabled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)


class RoleAssignment(Base):
    """A person's role, of one department where the role reaches a department."""

    __tablename__ = "role_assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role_name: Mapped[str] = mapped_column(ForeignKey("role.name"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    __table_args__ = (
        UniqueConstraint("person_id", "role_name", "department_id"),
        Index(
            "uq_role_assignment_without_department",
            "person_id",
            "role_name",
            unique=True,
            sqlite_where=WITHOUT_DEPARTMENT,
            postgresql_where=WITHOUT_DEPARTMENT,
        ),
    )


class CohortTutor(Base):
    __tablename__ = "cohort_tutor"
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("cohort_id", "person_id", "from_on"), in_order("from_on", "until_on"))


class TeachingGroupTeacher(Base):
    __tablename__ = "teaching_group_teacher"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("teaching_group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("group_id", "person_id", "from_on"), in_order("from_on", "until_on"))
