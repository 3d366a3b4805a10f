"""targets in full

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("target", sa.Column("support_and_guidance", sa.Text(), server_default="", nullable=False))
    op.add_column("target", sa.Column("how_met", sa.Text(), server_default="", nullable=False))
    # Alembic adds no check to a table of SQLite's; as part of the column both databases take it.
    op.execute(
        "ALTER TABLE target ADD COLUMN priority VARCHAR(8) DEFAULT 'medium' NOT NULL"
        " CONSTRAINT ck_target_priority_known CHECK (priority IN ('high', 'medium', 'low'))"
    )
    op.execute(
        "ALTER TABLE target ADD COLUMN idea_of VARCHAR(8)"
        " CONSTRAINT ck_target_idea_of_known CHECK (idea_of IN ('learner', 'tutor', 'both', 'other'))"
    )
    op.add_column("step", sa.Column("by_learner", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "criterion_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("judged", sa.String(8), nullable=False),
        sa.Column("judge_kind", sa.String(8), nullable=False),
        sa.Column("judge_name", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("judged IN ('met', 'not-yet')", name=op.f("ck_criterion_judgement_judged_known")),
        sa.CheckConstraint(
            "judge_kind IN ('learner', 'peer')", name=op.f("ck_criterion_judgement_judge_kind_known")
        ),
        sa.CheckConstraint(
            "(confirmed_on IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_criterion_judgement_confirmed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_criterion_judgement_target_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_criterion_judgement_confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_judgement")),
        sa.UniqueConstraint(
            "target_id", "criterion", name=op.f("uq_criterion_judgement_target_id_criterion")
        ),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'link', 'file')", name=op.f("ck_evidence_kind_known")),
        sa.CheckConstraint(
            "(kind = 'file') = (stored_name IS NOT NULL)", name=op.f("ck_evidence_file_is_stored")
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_evidence_size_counted")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_evidence_target_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_evidence_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_evidence_stored_name")),
    )
    op.create_index("ix_evidence_target_id", "evidence", ["target_id"])
    op.create_table(
        "target_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("serves", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('need', 'goal', 'unit', 'skill')", name=op.f("ck_target_link_kind_known")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_target_link_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_link")),
    )
    op.create_index("ix_target_link_target_id", "target_link", ["target_id"])
    op.create_table(
        "negotiation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("move", sa.String(8), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("side IN ('learner', 'tutor')", name=op.f("ck_negotiation_side_known")),
        sa.CheckConstraint(
            "move IN ('proposed', 'amended', 'agreed', 'declined')", name=op.f("ck_negotiation_move_known")
        ),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_negotiation_target_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_negotiation_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiation")),
    )
    op.create_index("ix_negotiation_target_id", "negotiation", ["target_id"])
    op.create_table(
        "stuck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_stuck_target_id")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_stuck_step_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_stuck_said_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_stuck_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stuck")),
    )
    op.create_index("ix_stuck_target_id", "stuck", ["target_id"])
    op.create_index(
        "ix_stuck_open_target_id",
        "stuck",
        ["target_id"],
        sqlite_where=sa.text("answered_on IS NULL"),
        postgresql_where=sa.text("answered_on IS NULL"),
    )


def downgrade() -> None:
    for table in ("stuck", "negotiation", "target_link", "evidence", "criterion_judgement"):
        op.drop_table(table)
    op.drop_column("step", "by_learner")
    for column in ("idea_of", "priority", "how_met", "support_and_guidance"):
        op.drop_column("target", column)
