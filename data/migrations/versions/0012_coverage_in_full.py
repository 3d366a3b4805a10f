"""coverage in full

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "colour IN ('red', 'amber', 'green')", name=op.f("ck_judgement_colour_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_judgement_has_reason")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_judgement_plan_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_judgement_review_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_judgement_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_plan_id_judged_on", "judgement", ["plan_id", "judged_on"])


def downgrade() -> None:
    op.drop_table("judgement")
