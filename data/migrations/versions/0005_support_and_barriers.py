"""support and barriers

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PLAN_KINDS = "'ehcp', 'iep', 'section-504', 'health', 'wellness', 'safeguarding', 'other'"
SORTS = "'support', 'barrier', 'external-help', 'linked-plan'"
ORIGINS = "'person', 'import', 'demo'"


def upgrade() -> None:
    op.add_column(
        "barrier", sa.Column("named_by_learner", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "support_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("support_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["support_id"], ["support.id"], name=op.f("fk_support_session_support_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_session")),
        sa.UniqueConstraint("support_id", "held_on", name=op.f("uq_support_session_support_id_held_on")),
    )
    op.create_table(
        "barrier_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("barrier_id", sa.Integer(), nullable=False),
        sa.Column("support_id", sa.Integer(), nullable=True),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("why_not", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "support_id IS NOT NULL OR target_id IS NOT NULL OR why_not <> ''",
            name=op.f("ck_barrier_answer_given"),
        ),
        sa.ForeignKeyConstraint(["barrier_id"], ["barrier.id"], name=op.f("fk_barrier_answer_barrier_id")),
        sa.ForeignKeyConstraint(["support_id"], ["support.id"], name=op.f("fk_barrier_answer_support_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_barrier_answer_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barrier_answer")),
        sa.UniqueConstraint("barrier_id", name=op.f("uq_barrier_answer_barrier_id")),
    )
    op.create_index(op.f("ix_barrier_answer_support_id"), "barrier_answer", ["support_id"])
    op.create_index(op.f("ix_barrier_answer_target_id"), "barrier_answer", ["target_id"])
    op.create_table(
        "external_help",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("confidentiality", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_external_help_until_on_after_from_on")
        ),
        sa.CheckConstraint(
            "confidentiality BETWEEN 1 AND 4", name=op.f("ck_external_help_confidentiality_known")
        ),
        sa.CheckConstraint(
            "(consent_on IS NULL) = (consent_by = '')", name=op.f("ck_external_help_consent_has_name")
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR (consent_on IS NOT NULL AND withdrawn_on >= consent_on)",
            name=op.f("ck_external_help_withdrawn_after_consent"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_external_help_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_help")),
    )
    op.create_index(op.f("ix_external_help_plan_id"), "external_help", ["plan_id"])
    op.create_table(
        "linked_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("whom_to_ask", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("confidentiality", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({PLAN_KINDS})", name=op.f("ck_linked_plan_kind_known")),
        sa.CheckConstraint(
            "confidentiality BETWEEN 1 AND 4", name=op.f("ck_linked_plan_confidentiality_known")
        ),
        sa.CheckConstraint(
            "kind <> 'safeguarding' OR confidentiality = 4",
            name=op.f("ck_linked_plan_safeguarding_highest"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_linked_plan_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_plan")),
    )
    op.create_index(op.f("ix_linked_plan_plan_id"), "linked_plan", ["plan_id"])
    op.create_table(
        "support_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"about IN ({SORTS})", name=op.f("ck_support_change_about_known")),
        sa.CheckConstraint(f"origin IN ({ORIGINS})", name=op.f("ck_support_change_origin_known")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_support_change_plan_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_support_change_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_change")),
    )
    op.create_index(
        "ix_support_change_plan_id_about_row_id", "support_change", ["plan_id", "about", "row_id"]
    )


def downgrade() -> None:
    op.drop_table("support_change")
    op.drop_table("linked_plan")
    op.drop_table("external_help")
    op.drop_table("barrier_answer")
    op.drop_table("support_session")
    op.drop_column("barrier", "named_by_learner")
