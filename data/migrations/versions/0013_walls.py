"""walls

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KINDS = "'where-we-are', 'coverage', 'overdue', 'reviews-due', 'achieved', 'milestones', 'notice'"


def upgrade() -> None:
    op.create_table(
        "wall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("orientation", sa.Text(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("shows_from", sa.Time(), nullable=False),
        sa.Column("shows_until", sa.Time(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("last_seen_from", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("theme IN ('dark', 'light')", name=op.f("ck_wall_theme_known")),
        sa.CheckConstraint(
            "orientation IN ('landscape', 'portrait')", name=op.f("ck_wall_orientation_known")
        ),
        sa.CheckConstraint("scale IN (100, 110, 125)", name=op.f("ck_wall_scale_readable")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_wall_organisation_id")
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_wall_department_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_wall_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wall_token_hash")),
    )
    op.create_index(op.f("ix_wall_organisation_id"), "wall", ["organisation_id"])
    op.create_index(op.f("ix_wall_department_id"), "wall", ["department_id"])
    op.create_table(
        "wall_board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wall_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_wall_board_kind_known")),
        sa.CheckConstraint("seconds BETWEEN 5 AND 600", name=op.f("ck_wall_board_seconds_readable")),
        sa.ForeignKeyConstraint(["wall_id"], ["wall.id"], name=op.f("fk_wall_board_wall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_board")),
        sa.UniqueConstraint("wall_id", "position", name=op.f("uq_wall_board_wall_id_position")),
    )
    op.create_table(
        "wall_cohort",
        sa.Column("wall_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wall_id"], ["wall.id"], name=op.f("fk_wall_cohort_wall_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_wall_cohort_cohort_id")),
        sa.PrimaryKeyConstraint("wall_id", "cohort_id", name=op.f("pk_wall_cohort")),
    )
    # A wall says when anything was last recorded.
    op.create_index("ix_change_at", "change", ["at"])
    op.create_index("ix_review_recorded_at", "review", ["recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_review_recorded_at", "review")
    op.drop_index("ix_change_at", "change")
    op.drop_table("wall_cohort")
    op.drop_table("wall_board")
    op.drop_table("wall")
