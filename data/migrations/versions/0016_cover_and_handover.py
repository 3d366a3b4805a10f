"""when a tutor is away or changes: who tutors in their place

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("named_id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('cover', 'handover')", name=op.f("ck_stand_in_kind_known")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_stand_in_until_on_after_from_on")
        ),
        sa.CheckConstraint("kind <> 'cover' OR until_on IS NOT NULL", name=op.f("ck_stand_in_cover_has_end")),
        sa.CheckConstraint("person_id <> tutor_id", name=op.f("ck_stand_in_somebody_else")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_stand_in_cohort_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_stand_in_enrolment_id")),
        sa.ForeignKeyConstraint(["named_id"], ["person.id"], name=op.f("fk_stand_in_named_id")),
        sa.ForeignKeyConstraint(["tutor_id"], ["person.id"], name=op.f("fk_stand_in_tutor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stand_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    for column in ("cohort_id", "enrolment_id", "named_id", "person_id"):
        op.create_index(op.f(f"ix_stand_in_{column}"), "stand_in", [column])


def downgrade() -> None:
    op.drop_table("stand_in")
