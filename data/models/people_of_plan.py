"""The people around a plan, the links by which some of them read it, and who agreed to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of


class PersonKind(StrEnum):
    """What somebody around a plan is to the learner."""

    SUPPORT_STAFF = "support-staff"
    EMPLOYER = "employer"
    PARENT = "parent"
    AGENCY = "agency"
    PEER = "peer"


class Access(StrEnum):
    """What somebody around a plan may do with it, by a link of their own."""

    NOTHING = "nothing"
    READ = "read"
    COMMENT = "comment"
    JUDGE = "judge"


class Party(StrEnum):
    """As what somebody agrees to a plan."""

    LEARNER = "learner"
    TUTOR = "tutor"
    EMPLOYER = "employer"
    PARENT = "parent"
    AGENCY = "agency"


class PlanPerson(Base):
    """Somebody around a plan who doesn't sign in. The learner's consent has its day, who recorded it and
    whether it was given in person; what is withdrawn since counts for nothing."""

    __tablename__ = "plan_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    access: Mapped[str] = mapped_column(default=Access.NOTHING)
    consented_on: Mapped[date | None]
    consent_in_person: Mapped[bool] = mapped_column(default=False)
    consent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        one_of("kind", PersonKind),
        one_of("access", Access),
        CheckConstraint("consented_on IS NULL OR withdrawn_on IS NULL", name="consented_or_withdrawn"),
    )


class Invitation(Base):
    """A link by which one of these people reads one plan, to the end of `expires_on`; only a hash of its
    token is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_person_id: Mapped[int] = mapped_column(ForeignKey("plan_person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class GuestLook(Base):
    """When a plan was opened by a link. Rows are only ever added."""

    __tablename__ = "guest_look"
    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    at: Mapped[datetime]


class GuestComment(Base):
    """What somebody wrote who reads a plan by a link. Rows are only ever added."""

    __tablename__ = "guest_comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    text: Mapped[str]
    written_at: Mapped[datetime]


class Agreement(Base):
    """Somebody agreed to the plan as it stood after a change (None: before any). Rows are only ever added.

    `by_id` is who signed in: the one who agrees, or who wrote down what was said `in_person`. A guest has
    `plan_person_id`, and nobody signed in unless it was in person.
    """

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    party: Mapped[str]
    plan_person_id: Mapped[int | None] = mapped_column(ForeignKey("plan_person.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_person: Mapped[bool] = mapped_column(default=False)
    agreed_on: Mapped[date]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"))
    __table_args__ = (one_of("party", Party),)
