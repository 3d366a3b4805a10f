"""a rule for each kind of review

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("review_rule", sa.Column("occasion", sa.Text(), server_default="interval", nullable=False))
    op.add_column("review_rule", sa.Column("for_whom", sa.Text(), server_default="everyone", nullable=False))
    op.create_table(
        "plan_review_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('interval', 'start', 'phases', 'end', 'needed')",
            name=op.f("ck_plan_review_rule_occasion_known"),
        ),
        sa.CheckConstraint(
            "unit IN ('weeks', 'calendar-months', 'terms', 'half-years')",
            name=op.f("ck_plan_review_rule_unit_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_plan_review_rule_amount_positive")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_review_rule_plan_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["review_kind.id"], name=op.f("fk_plan_review_rule_kind_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_review_rule")),
        sa.UniqueConstraint("plan_id", "kind_id", name=op.f("uq_plan_review_rule_plan_id_kind_id")),
    )


def downgrade() -> None:
    op.drop_table("plan_review_rule")
    op.drop_column("review_rule", "for_whom")
    op.drop_column("review_rule", "occasion")
