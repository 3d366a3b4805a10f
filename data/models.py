"""The tables. Constraints and indexes live in the database itself, the same on SQLite and PostgreSQL.

Stored here are facts; a state (overdue, due soon …) is never stored, see `rules`. Two columns and two
tables are kept in step with the facts they follow from, in the transaction that changes those facts:
`enrolment.last_review_on`, `enrolment.next_review_on` and `coverage_span` (`review_schedule.reschedule`),
`department_figures` (`department_figures.keeping` and `rebuild`).

Dates are calendar dates in the organisation's time zone; instants are UTC. `PERSONAL` names the columns
that hold personal data.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.rules import IntervalUnit, TargetStatus


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


OPEN_TARGET = text("status IN ('to-come', 'in-progress')")
WITHOUT_DEPARTMENT = text("department_id IS NULL")


class Organisation(Base):
    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Europe/London")
    coverage_goal: Mapped[int] = mapped_column(default=95)
    demo_today: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("coverage_goal BETWEEN 0 AND 100", name="coverage_goal_percent"),)


class Department(Base):
    __tablename__ = "department"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class Cohort(Base):
    """The learners of one programme and start; `code` is what people say (E3-1)."""

    __tablename__ = "cohort"
    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    code: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("department_id", "code"),)


class ClosedPeriod(Base):
    """Days on which the college is closed: from `from_on` up to, not including, `back_on`."""

    __tablename__ = "closed_period"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    from_on: Mapped[date]
    back_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("back_on > from_on", name="back_after_from"),)


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


class Learner(Base):
    """A person with a plan. `reference` is the college's own number, unique with its provider (UKPRN)."""

    __tablename__ = "learner"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    provider: Mapped[str] = mapped_column(default="")
    reference: Mapped[str]
    given_name: Mapped[str]
    family_name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("organisation_id", "provider", "reference"),
        Index("ix_learner_family_name", "organisation_id", "family_name", "given_name"),
    )


class Enrolment(Base):
    """A learner in a cohort. `ended_on` is the last day of learning, both it and its reason or neither."""

    __tablename__ = "enrolment"
    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    planned_end_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    last_review_on: Mapped[date | None]
    next_review_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("learner_id", "cohort_id"),
        Index("ix_enrolment_cohort_id_next_review_on", "cohort_id", "next_review_on"),
        Index("ix_enrolment_tutor_id", "tutor_id"),
        in_order("starts_on", "ended_on"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        one_of("end_reason", EndReason),
    )


class BreakInLearning(Base):
    """`back_on` is the first day back; open-ended while it is empty."""

    __tablename__ = "break_in_learning"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    from_on: Mapped[date]
    back_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("enrolment_id", "from_on"),
        CheckConstraint("back_on IS NULL OR back_on > from_on", name="back_after_from"),
    )


class Plan(Base):
    """One learner's plan for one programme: it shares its enrolment's id.

    The own review rule, if any, holds for this plan instead of the college's from a day on, with its reason.
    """

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    starting_point: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    progression: Mapped[str] = mapped_column(default="")
    own_rule_unit: Mapped[str | None]
    own_rule_amount: Mapped[int | None]
    own_rule_from_on: Mapped[date | None]
    own_rule_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("own_rule_unit", IntervalUnit),
        CheckConstraint(
            "(own_rule_unit IS NULL) = (own_rule_amount IS NULL)"
            " AND (own_rule_unit IS NULL) = (own_rule_from_on IS NULL)"
            " AND (own_rule_unit IS NULL) = (own_rule_reason IS NULL)",
            name="own_rule_whole",
        ),
        CheckConstraint("own_rule_amount > 0", name="own_rule_amount_positive"),
    )


class Phase(Base):
    __tablename__ = "phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    name: Mapped[str]
    position: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("plan_id", "position"), in_order("starts_on", "ends_on"))


class Lane(Base):
    """A road of the route map; `key` is academic, career or personal, or one a college adds."""

    __tablename__ = "lane"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    label: Mapped[str]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)


class Milestone(Base):
    """A target that a whole cohort shares: a column of the progress grid."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    phase_name: Mapped[str]
    position: Mapped[int]
    short_title: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (Index("ix_milestone_cohort_id_position", "cohort_id", "position"),)


class Target(Base):
    """Something to achieve by a date. `first_due_on` is what was agreed first and never changes;
    `moves` counts how often a person moved the due date since.

    An achieved target has its own `achieved_on`; any closed one `closed_on`, the day it was closed.
    """

    __tablename__ = "target"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    title: Mapped[str]
    criteria: Mapped[str] = mapped_column(default="")
    resources: Mapped[str] = mapped_column(default="")
    where_and_how: Mapped[str] = mapped_column(default="")
    stretch: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default=TargetStatus.TO_COME)
    due_on: Mapped[date | None]
    first_due_on: Mapped[date | None]
    moves: Mapped[int] = mapped_column(default=0)
    achieved_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("status", TargetStatus),
        CheckConstraint("(status = 'achieved') = (achieved_on IS NOT NULL)", name="achieved_has_date"),
        CheckConstraint(
            "(status IN ('achieved', 'not-achieved', 'withdrawn')) = (closed_on IS NOT NULL)",
            name="closed_has_date",
        ),
        CheckConstraint("(due_on IS NULL) = (first_due_on IS NULL)", name="first_due_with_due"),
        CheckConstraint("moves >= 0", name="moves_counted"),
        Index("uq_target_plan_id_milestone_id", "plan_id", "milestone_id", unique=True),
        Index("ix_target_milestone_id", "milestone_id"),
        Index(
            "ix_target_open_plan_id",
            "plan_id",
            "due_on",
            "first_due_on",
            sqlite_where=OPEN_TARGET,
            postgresql_where=OPEN_TARGET,
        ),
        Index(
            "ix_target_open_due_on",
            "due_on",
            "plan_id",
            sqlite_where=OPEN_TARGET,
            postgresql_where=OPEN_TARGET,
        ),
        Index("ix_target_closed_on", "closed_on", "plan_id"),
    )


class Step(Base):
    __tablename__ = "step"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    position: Mapped[int]
    text: Mapped[str]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("target_id", "position"),)


class ReviewKind(Base):
    """`counts` says whether a review of this kind counts for coverage and sets the clock again."""

    __tablename__ = "review_kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    counts: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)


class ReviewRuleVersion(Base):
    """One version of a kind's interval, in force from a date; see `rules.ReviewRule`."""

    __tablename__ = "review_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    from_on: Mapped[date]
    unit: Mapped[str]
    amount: Mapped[int]
    closures_stop_clock: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("kind_id", "from_on"),
        one_of("unit", IntervalUnit),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class Review(Base):
    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("review_kind.id"))
    held_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (Index("ix_review_plan_id_held_on", "plan_id", "held_on"),)


class Reflection(Base):
    """The learner's own account, by the four prompts."""

    __tablename__ = "reflection"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    written_on: Mapped[date]
    learned: Mapped[str] = mapped_column(default="")
    went_well: Mapped[str] = mapped_column(default="")
    went_less_well: Mapped[str] = mapped_column(default="")
    use_again: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class Support(Base):
    """Services beside the road. Sessions are counts; confidentiality 1 (who sees the plan) to 4."""

    __tablename__ = "support"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    what: Mapped[str]
    by_whom: Mapped[str] = mapped_column(default="")
    how_often: Mapped[str] = mapped_column(default="")
    sessions_planned: Mapped[int] = mapped_column(default=0)
    sessions_delivered: Mapped[int] = mapped_column(default=0)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    confidentiality: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        in_order("from_on", "until_on"),
        confidentiality_known(),
        CheckConstraint("sessions_planned >= 0 AND sessions_delivered >= 0", name="sessions_counted"),
    )


class Barrier(Base):
    """A breakdown on the road, and how it was passed."""

    __tablename__ = "barrier"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lane.id"))
    kind: Mapped[str]
    what: Mapped[str]
    from_on: Mapped[date]
    passed_on: Mapped[date | None]
    how_passed: Mapped[str] = mapped_column(default="")
    confidentiality: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", BarrierKind),
        in_order("from_on", "passed_on"),
        confidentiality_known(),
    )


class Contract(Base):
    """The agreement of learner and tutor on one version of the plan."""

    __tablename__ = "contract"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    plan_version: Mapped[int]
    learner_agreed_on: Mapped[date | None]
    tutor_agreed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("plan_id", "plan_version"),)


class Attendance(Base):
    """Sessions possible and attended in the week that begins on `week_on`, a Monday."""

    __tablename__ = "attendance"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    week_on: Mapped[date]
    possible: Mapped[int]
    attended: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("enrolment_id", "week_on"),
        CheckConstraint("possible >= 0 AND attended BETWEEN 0 AND possible", name="attended_possible"),
    )


class TeachingGroup(Base):
    __tablename__ = "teaching_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    code: Mapped[str]
    subject: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("department_id", "code"),)


class TeachingGroupTeacher(Base):
    __tablename__ = "teaching_group_teacher"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("teaching_group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("group_id", "person_id", "from_on"), in_order("from_on", "until_on"))


class TeachingGroupLearner(Base):
    __tablename__ = "teaching_group_learner"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("teaching_group.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("group_id", "learner_id", "from_on"), in_order("from_on", "until_on"))


class Change(Base):
    """Change history: one field of one row, by whom, when and why. Rows are only ever added.

    `field` "created" with the new value alone says that the row came into being.
    """

    __tablename__ = "change"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    origin: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    __table_args__ = (
        one_of("origin", Origin),
        Index("ix_change_target_id", "target_id", "id"),
        Index("ix_change_plan_id_at", "plan_id", "at"),
    )


class LoginSession(Base):
    """A signed-in browser; only a hash of its random key is kept."""

    __tablename__ = "login_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """A link to choose a password, once and until it expires; only a hash of its token is kept."""

    __tablename__ = "one_time_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A refused attempt, counted by account and by address; both only as hashes."""

    __tablename__ = "failed_sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str]
    address_hash: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_failed_sign_in_account_hash_at", "account_hash", "at"),
        Index("ix_failed_sign_in_address_hash_at", "address_hash", "at"),
        Index("ix_failed_sign_in_at", "at"),
    )


class ImportRecord(Base):
    """What a source last said of a row, so that a repeated import changes only what the source changed
    and a field that a person has edited since is kept."""

    __tablename__ = "import_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str]
    key: Mapped[str]
    row_id: Mapped[int]
    said: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("organisation_id", "source", "key"),)


class CoverageSpan(Base):
    """Review coverage of a cohort, from one Sunday to another, both included: how many learners are
    required, how many of them covered. The last span of a cohort reaches to the end of time."""

    __tablename__ = "coverage_span"
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    from_sunday: Mapped[date] = mapped_column(primary_key=True)
    until_sunday: Mapped[date]
    required: Mapped[int]
    covered: Mapped[int]
    __table_args__ = (
        in_order("from_sunday", "until_sunday"),
        CheckConstraint("covered BETWEEN 0 AND required", name="covered_required"),
    )


class DepartmentFigures(Base):
    """A department's figures from `from_on` until the day before its next row: the columns are those of
    `counted_days.Figure`."""

    __tablename__ = "department_figures"
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    late_0: Mapped[int] = mapped_column(default=0)
    late_1: Mapped[int] = mapped_column(default=0)
    late_2: Mapped[int] = mapped_column(default=0)
    late_3: Mapped[int] = mapped_column(default=0)
    late_4: Mapped[int] = mapped_column(default=0)
    first_0: Mapped[int] = mapped_column(default=0)
    first_1: Mapped[int] = mapped_column(default=0)
    first_2: Mapped[int] = mapped_column(default=0)
    first_3: Mapped[int] = mapped_column(default=0)
    first_4: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    achieved: Mapped[int] = mapped_column(default=0)
    live: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    enrolled: Mapped[int] = mapped_column(default=0)
    started: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    required: Mapped[int] = mapped_column(default=0)
    covered: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("covered BETWEEN 0 AND required", name="covered_required"),)


PERSONAL = {
    "person": {"email", "name", "password_hash"},
    "learner": {"reference", "given_name", "family_name"},
    "plan": {"starting_point", "destination", "progression", "own_rule_reason"},
    "target": {"title", "criteria", "resources", "where_and_how", "note"},
    "step": {"text"},
    "review": {"note"},
    "reflection": {"learned", "went_well", "went_less_well", "use_again"},
    "support": {"what", "by_whom", "how_often"},
    "barrier": {"what", "how_passed"},
    "change": {"old", "new", "reason"},
    "import_record": {"key", "said"},
}
"""Columns of text that hold personal data; what an export of a learner's own data and an erasure cover."""

NOT_PERSONAL = {
    "barrier": {"kind"},
    "change": {"field", "origin"},
    "closed_period": {"name"},
    "cohort": {"code", "title"},
    "department": {"name"},
    "enrolment": {"end_reason"},
    "failed_sign_in": {"account_hash", "address_hash"},
    "import_record": {"source"},
    "lane": {"key", "label"},
    "learner": {"provider"},
    "login_session": {"key_hash"},
    "milestone": {"phase_name", "short_title", "title"},
    "one_time_link": {"token_hash"},
    "organisation": {"name", "time_zone"},
    "phase": {"name"},
    "plan": {"own_rule_unit"},
    "review_kind": {"key", "name"},
    "review_rule": {"unit"},
    "role": {"name", "label", "reach", "writes"},
    "role_assignment": {"role_name"},
    "target": {"status"},
    "teaching_group": {"code", "subject"},
}
"""All other columns of text: codes of ours, the college's own names, hashes. A new column must be in one."""
