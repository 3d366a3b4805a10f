"""reviews held

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

PARTIES = "'learner', 'tutor', 'employer', 'parent', 'agency'"
CHOICES = "'achieved', 'keep', 'move', 'change', 'withdraw', 'new'"
TABLES = (
    "review_note",
    "review_signature",
    "review_action",
    "review_decision",
    "review_part",
    "review_form",
)


def upgrade() -> None:
    op.add_column("review", sa.Column("outcome", sa.Text(), server_default="", nullable=False))
    op.add_column("review", sa.Column("group_key", sa.Text(), nullable=True))
    op.add_column(
        "review_kind", sa.Column("signed_by", sa.Text(), server_default="learner tutor", nullable=False)
    )
    _add_form()
    _add_decisions()
    _add_what_follows()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("review_kind", "signed_by")
    op.drop_column("review", "group_key")
    op.drop_column("review", "outcome")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _add_form() -> None:
    op.create_table(
        "review_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("next_why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (review_id IS NULL)",
            name=op.f("ck_review_form_completed_has_review"),
        ),
        _key("review_form", "plan_id", "plan"),
        _key("review_form", "kind_id", "review_kind"),
        _key("review_form", "started_by_id", "person"),
        _key("review_form", "review_id", "review"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_form")),
    )
    op.create_index(op.f("ix_review_form_plan_id"), "review_form", ["plan_id"])
    op.create_index(op.f("ix_review_form_review_id"), "review_form", ["review_id"])
    op.create_table(
        "review_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(8), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "part IN ('learner', 'agreed', 'judgement')", name=op.f("ck_review_part_part_known")
        ),
        sa.CheckConstraint("colour IN ('red', 'amber', 'green')", name=op.f("ck_review_part_colour_known")),
        _key("review_part", "form_id", "review_form"),
        _key("review_part", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_part")),
        sa.UniqueConstraint("form_id", "part", name=op.f("uq_review_part_form_id_part")),
    )


def _add_decisions() -> None:
    op.create_table(
        "review_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("how_met", sa.Text(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"choice IN ({CHOICES})", name=op.f("ck_review_decision_choice_known")),
        _key("review_decision", "form_id", "review_form"),
        _key("review_decision", "target_id", "target"),
        _key("review_decision", "lane_id", "lane"),
        _key("review_decision", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
        sa.UniqueConstraint("form_id", "target_id", name=op.f("uq_review_decision_form_id_target_id")),
    )
    op.create_table(
        "review_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("review_action", "form_id", "review_form"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_action")),
    )
    op.create_index(op.f("ix_review_action_form_id"), "review_action", ["form_id"])


def _add_what_follows() -> None:
    op.create_table(
        "review_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"party IN ({PARTIES})", name=op.f("ck_review_signature_party_known")),
        _key("review_signature", "review_id", "review"),
        _key("review_signature", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_signature")),
        sa.UniqueConstraint("review_id", "party", name=op.f("uq_review_signature_review_id_party")),
    )
    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        _key("review_note", "review_id", "review"),
        _key("review_note", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    op.create_index(op.f("ix_review_note_review_id"), "review_note", ["review_id"])
