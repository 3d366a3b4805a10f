"""review preparation

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "self_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("going", sa.Text(), nullable=False),
        sa.Column("talk_about", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "going IN ('well', 'mostly', 'hard')", name=op.f("ck_self_evaluation_going_known")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_self_evaluation_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_evaluation")),
    )
    op.create_index("ix_self_evaluation_plan_id_written_on", "self_evaluation", ["plan_id", "written_on"])
    op.create_table(
        "review_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("going", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("going IN ('well', 'mostly', 'hard')", name=op.f("ck_review_line_going_known")),
        sa.CheckConstraint("going <> 'hard' OR said <> ''", name=op.f("ck_review_line_hard_is_explained")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_line_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_review_line_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_line")),
    )
    op.create_index("ix_review_line_plan_id_written_on", "review_line", ["plan_id", "written_on"])


def downgrade() -> None:
    op.drop_table("review_line")
    op.drop_table("self_evaluation")
