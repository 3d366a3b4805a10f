"""the learners own route

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "own_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stop_on", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_own_stop_plan_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_own_stop_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_stop")),
    )
    op.create_index(op.f("ix_own_stop_plan_id"), "own_stop", ["plan_id"])
    op.create_table(
        "road_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_road_name_plan_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_road_name_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_name")),
        sa.UniqueConstraint("plan_id", "lane_id", name=op.f("uq_road_name_plan_id_lane_id")),
    )


def downgrade() -> None:
    op.drop_table("road_name")
    op.drop_table("own_stop")
